/// Makes clauses of the items of a phrase.
struct Resolver {
  let issued: CivilDate
  let calendar: WorkingCalendar
  /// The task's title or product says that a periodic limit is a report (rule R7).
  let taskIsReport: () -> Bool
  /// The day of the event that the words name without its date, once somebody has told it.
  let eventDate: CivilDate?
  let tokens: [Token]
  let text: PhraseText
  /// What the reader of the words remarked, by token.
  let readerRemarks: [Remark]
  /// Something was read in spite of lost marks or misread characters.
  let hasSlips: Bool
  var remarks: [Remark] = []
  /// Obligations that the told day has dated.
  var datedByEvent = 0
  /// Items that say what the work is about: what was doubtful about them does not matter.
  var subjects: [Range<Int>] = []

  mutating func ask(_ vietnamese: String, _ english: String, others: [OtherReading] = []) {
    remarks.append(.ask(vietnamese, english, others: others))
  }
  mutating func tell(_ vietnamese: String, _ english: String) { remarks.append(.tell(vietnamese, english)) }

  mutating func withPeriods<Result>(_ body: (inout PeriodResolver) -> Result) -> Result {
    var periods = PeriodResolver(issued: issued, calendar: calendar)
    let result = body(&periods)
    remarks += periods.remarks
    return result
  }

  mutating func stretch(of period: CalendarPeriod, bound: Bound) -> Stretch? {
    withPeriods { $0.stretch(of: period, bound: bound) }
  }

  /// The clauses in the order of the words; what says nothing about time is left out when something else does.
  mutating func clauses(of items: [Item]) -> [LimitClause] {
    var clauses: [LimitClause] = []
    for part in segments(items) { clauses += judged(part) }
    if datedByEvent > 1 {
      ask("nhiều sự kiện, chỉ một ngày: cùng một sự kiện?", "several events and one day: are they the same event?")
    }
    let empty: Set<LimitKind> = [.none, .target]
    let telling = clauses.filter { !empty.contains($0.kind) }
    if !telling.isEmpty { return telling }
    return Array(clauses.sorted { $0.kind == .target && $1.kind != .target }.prefix(1))
  }

  /// The clauses of a segment with what was doubtful about its own words.
  private mutating func judged(_ segment: Segment) -> [LimitClause] {
    let before = remarks.count
    let clauses = clauses(of: segment)
    let own = remarks[before...] + readerRemarks.filter { $0.token.map(segment.tokens.contains) ?? false }
    let others = own.flatMap(\.others) + inclusive(clauses)
    let isSlip = tokens[segment.tokens].contains(where: \.isSlip)
    return clauses.map { clause in
      var clause = clause
      clause.confidence = isSlip && hasSlips ? .low : own.isEmpty ? .high : .medium
      clause.otherReadings = Array(unique(others).filter { $0.nominal != clause.onceDates }.prefix(6))
      return clause
    }
  }

  /// “trước ngày D”: many offices accept D itself (rule R2).
  private func inclusive(_ clauses: [LimitClause]) -> [OtherReading] {
    clauses.compactMap { clause in
      guard case .once(let due) = clause.timing, let day = due.graceUntil else { return nil }
      return OtherReading(meaning: "kể cả ngày \(officeDate(day)) / that day included", nominal: [day])
    }
  }

  private func segments(_ items: [Item]) -> [Segment] {
    var segments: [Segment] = []
    var start = 0
    var part: [Item] = []
    for item in items {
      guard item.content == .boundary else {
        part.append(item)
        continue
      }
      segments.append(Segment(items: part, tokens: start..<item.tokens.lowerBound))
      part = []
      start = item.tokens.upperBound
    }
    segments.append(Segment(items: part, tokens: start..<tokens.count))
    return segments.filter { !$0.items.isEmpty }
  }

  private mutating func clauses(of segment: Segment) -> [LimitClause] {
    let subjectless = withoutSubjects(segment)
    let obligations = subjectless.isContinuous ? [subjectless] : subjectless.obligations
    if obligations.count > 1, subjectless.items.contains(where: { $0.isPeriod && !$0.isBounded && !$0.isRecurrable }) {
      ask("một kỳ đứng giữa các thời hạn lặp lại: cho thời hạn nào?", "a period among recurring limits: of which one?")
    }
    return merged(obligations.flatMap { clausesOfOne($0) })
  }

  private mutating func clausesOfOne(_ obligation: Segment) -> [LimitClause] {
    var segment = withTimes(obligation)
    segment.countDated()
    if segment.isContinuous { return continuous(segment) }
    if let recurring = recurring(segment) {
      askAboutSpare(segment)
      return recurring
    }
    let dated = segment.items.compactMap { once($0, in: segment) }
    askAboutSeveral(segment, count: dated.count + (segment.has(.open(.event)) && saysOr(segment) ? 1 : 0))
    return dated.isEmpty ? open(segment) : dated
  }

  /// “Báo cáo quý III trước ngày 15/9/2026”: the first period says what is reported, not when.
  private mutating func withoutSubjects(_ segment: Segment) -> Segment {
    var result = segment
    result.items = []
    for (index, item) in segment.items.enumerated() {
      let next = index + 1 < segment.items.count ? segment.items[index + 1] : nil
      if let next, isSubject(item, of: next, in: segment) || isWeekOf(next, item) || isSameFeast(next, item) {
        subjects.append(item.tokens)
        continue
      }
      if let last = result.items.last, isSameFeast(last, item) {
        subjects.append(item.tokens)
        continue
      }
      result.items.append(item)
    }
    return result
  }

  /// What was remarked about words that are no limit.
  func isAboutSubject(_ remark: Remark) -> Bool {
    remark.token.map { token in subjects.contains { $0.contains(token) } } ?? false
  }

  /// A period of its own before a limit: “Tổng kết năm 2026 trước ngày 20/12/2026”.
  private mutating func isSubject(_ item: Item, of next: Item, in segment: Segment) -> Bool {
    guard item.isPeriod, !item.isBounded, next.isBounded, next.isLimit else { return false }
    if item.followsReport || item.followsDocument { return true }
    let isBesideDay = if case .limit(_, .one(let period), _) = next.content { period.isDay } else { false }
    guard item.tokens.lowerBound > segment.tokens.lowerBound || isBesideDay,
      item.tokens.upperBound == next.tokens.lowerBound
    else {
      return false
    }
    let words = text.excerpt(item.tokens)
    ask("“\(words)” đọc là kỳ của nội dung, không phải thời hạn", "“\(words)” is read as what the work is about")
    return true
  }

  /// “Tuần thứ 07 từ ngày 09/02/2026 đến ngày 13/02/2026”: the days say which week.
  private func isWeekOf(_ limit: Item, _ item: Item) -> Bool {
    guard case .limit(.within, .one(let period), nil) = item.content, case .dates = period.unit,
      case .limit(_, .range, _) = limit.content
    else { return false }
    return true
  }

  /// “27/7 (Ngày Thương binh - Liệt sĩ)”: the feast of that very day.
  private func isSameFeast(_ limit: Item, _ item: Item) -> Bool {
    guard case .limit(.within, .one(let named), nil) = item.content, case .feast(let feast) = named.unit,
      case .limit(_, .one(let written), _) = limit.content, case .day(let day, let month?) = written.unit
    else { return false }
    return !feast.day.isLunar && (month, day) == (feast.day.month, feast.day.day)
  }

  /// A time of day by itself belongs to the day beside it.
  private mutating func withTimes(_ segment: Segment) -> Segment {
    guard let timeIndex = segment.items.firstIndex(where: { $0.time != nil }), let time = segment.items[timeIndex].time,
      let target = segment.items.firstIndex(where: { $0.acceptsTime })
    else { return segment }
    var result = segment
    result.items[target] = segment.items[target].with(time: time)
    result.items.remove(at: timeIndex)
    return result
  }

  private mutating func once(_ item: Item, in segment: Segment) -> LimitClause? {
    guard item.isDated || (segment.isSingle && item.content == .open(.immediate)) else { return nil }
    let words = segment.isSingle ? text.excerpt(segment.tokens) : text.excerpt(item.tokens)
    switch item.content {
    case .limit(let bound, let span, let time): return limit(bound, span, time: time, item, words: words)
    case .count(let count): return self.count(count, words: words)
    case .time(let time):
      ask("chỉ có giờ, không có ngày: lấy ngày ban hành", "a time without a day: the issue date is taken")
      return LimitClause(kind: .datetime, timing: .once(.init(nominal: issued, time: time)), rule: "R14", words: words)
    case .unknownDate(let kind) where kind != .report || segment.isSingle: return unknown(kind, words)
    case .event(let bound): return event(bound, words)
    case .open(.immediate) where segment.isSingle: return immediate(words)
    default: return nil
    }
  }

  private mutating func unknown(_ kind: LimitKind, _ words: Excerpt) -> LimitClause {
    switch kind {
    case .report: ask("báo cáo định kỳ nhưng không ghi kỳ", "a periodic report without its period")
    default:
      ask("ngày âm lịch hoặc dịp lễ: cần người xác định ngày", "a lunar date or feast: a person must give the date")
    }
    return LimitClause(kind: kind, timing: .undated, rule: kind == .report ? "R5" : "R13", words: words)
  }

  /// Due by the event's day, once that is known; after an event nothing is due, it is the day to begin.
  private mutating func event(_ bound: Bound, _ words: Excerpt) -> LimitClause {
    guard let day = eventDate else {
      ask("ngày của sự kiện chưa biết", "the event's date is not known")
      return LimitClause(kind: .event, timing: .undated, rule: "R13", words: words, awaitsEvent: true)
    }
    datedByEvent += 1
    return LimitClause(kind: .event, timing: .once(due(bound, day, time: nil)), rule: "R13", words: words)
  }

  /// D itself, or for “trước ngày D” the day before, with D as grace (rule R2); a time of day keeps D (rule R14).
  func due(_ bound: Bound, _ day: CivilDate, time: TimeOfDay?) -> LimitClause.Due {
    let isBefore = bound == .before && time == nil
    return LimitClause.Due(
      nominal: isBefore ? day.adding(days: -1) : day,
      time: time,
      graceUntil: isBefore ? day : nil
    )
  }

  private mutating func immediate(_ words: Excerpt) -> LimitClause {
    ask("“ngay” đọc là ngày làm việc tiếp theo", "“at once” is read as the next working day")
    let due = LimitClause.Due(nominal: calendar.adding(workingDays: 1, to: issued))
    return LimitClause(kind: .immediate, timing: .once(due), rule: "R13", words: words)
  }

  /// Rule R8 splits at marks; what stands together without one may be one task or several.
  private mutating func askAboutSeveral(_ segment: Segment, count: Int) {
    guard count > 1 else { return }
    if saysOr(segment) {
      ask("“hoặc”: chọn thời hạn nào?", "“or”: which of the dates?")
    } else {
      ask("nhiều thời hạn trong một câu: cùng một việc?", "several limits in one sentence: for one task?")
    }
  }

  private func saysOr(_ segment: Segment) -> Bool { tokens[segment.tokens].contains { $0.kind == .term(.or) } }

  /// One recurrence takes one kind of day; what is left over is a question, never dropped in silence.
  private mutating func askAboutSpare(_ segment: Segment) {
    let days = segment.items.count { $0.isRecurrable }
    let isListOfDays = segment.items.allSatisfy { !$0.isRecurrable || $0.isDayOfMonth }
    let isAmongDates = days > 0 && segment.items.contains(where: \.isOneDay)
    let hasCount = segment.items.contains { $0.isCountOrEvent }
    guard hasCount || segment.items.contains(where: { $0.time != nil }) || (days > 1 && !isListOfDays) || isAmongDates
    else { return }
    ask("còn ngày, giờ trong câu chưa được tính", "there are days or times in it that were not counted")
  }

  /// A segment without any date.
  private mutating func open(_ segment: Segment) -> [LimitClause] {
    let words = text.excerpt(segment.tokens)
    for kind: LimitKind in [.done, .event, .missing, .immediate, .none] where segment.has(.open(kind)) {
      return [undated(kind, words)]
    }
    if segment.has(.unknownDate(.report)) { return [unknown(.report, words)] }
    let kind: LimitKind = segment.has(.quantity) ? .target : .none
    return [LimitClause(kind: kind, timing: .undated, rule: "R16", words: words)]
  }

  /// What comes on request is due on the day that somebody names.
  private func undated(_ kind: LimitKind, _ words: Excerpt) -> LimitClause {
    let timing = (kind == .event ? eventDate : nil).map { LimitClause.Timing.once(.init(nominal: $0)) } ?? .undated
    let awaitsEvent = kind == .event && eventDate == nil
    return LimitClause(kind: kind, timing: timing, rule: "R13", words: words, awaitsEvent: awaitsEvent)
  }

  // MARK: Continuous work

  /// “Thường xuyên”, “năm 2026 và các năm tiếp theo” (rule R6); a dated part beside it stays an obligation of its own.
  private mutating func continuous(_ segment: Segment) -> [LimitClause] {
    var clauses = segment.items.filter { isOwnObligation($0, in: segment) }.compactMap { once($0, in: segment) }
    let hasReport = segment.saysReport(tokens) && !segment.cycles.isEmpty
    let months = hasReport ? Set(ReportingRegime.closingMonths) : checkInMonths(segment.cycles)
    let (from, until) = bounds(of: segment)
    let goingOn = LimitClause(
      kind: .continuous,
      timing: .continuous(checkInMonths: months, from: from),
      rule: "R6",
      words: text.excerpt(segment.tokens),
      from: from,
      until: segment.has(.followingYears) ? nil : until
    )
    clauses.append(goingOn)
    if hasReport { clauses.append(report(segment)) }
    return clauses
  }

  private func isOwnObligation(_ item: Item, in segment: Segment) -> Bool {
    switch item.content {
    case .limit(.from, .one, _), .limit(.notBefore, .one, _): return false
    case .limit(let bound, .one(let period), _):
      if segment.has(.followingYears) && period.unit == .year { return false }
      let isShorterThanYear = segment.has(.followingYears) && period.year != nil
      return bound == .before || item.isFinish || period.isDay || isShorterThanYear
    case .limit: return item.isFinish
    case .count: return true
    default: return false
    }
  }

  private func checkInMonths(_ cycles: [Cycle]) -> Set<Int> {
    if cycles == [.year] { return [12] }
    return cycles == [.halfYear] ? [6, 12] : Set(ReportingRegime.closingMonths)
  }

  /// The days between which a segment's periods hold its other words.
  mutating func bounds(of segment: Segment) -> (from: CivilDate?, until: CivilDate?) {
    var from: CivilDate?
    var until: CivilDate?
    for item in segment.items where !segment.isContinuous || !isOwnObligation(item, in: segment) {
      guard case .limit(let bound, let span, _) = item.content, let stretch = stretch(bound, span) else { continue }
      if [.from, .notBefore, .within, .end].contains(bound) { from = max(stretch.first, issued) }
      if bound == .after { from = stretch.last.adding(days: 1) }
      if !bound.isStart || span.isRange { until = stretch.last }
      if bound == .before { until = stretch.first.adding(days: -1) }
    }
    return (from, until)
  }

  private mutating func stretch(_ bound: Bound, _ span: CalendarSpan) -> Stretch? {
    switch span {
    case .one(let period): return stretch(of: period, bound: bound)
    case .range(let from, let to): return withPeriods { $0.range(from: from, to: to) }
    case .list(let periods, _):
      guard let all = withPeriods({ $0.list(periods, bound: bound) }), let first = all.first, let last = all.last else {
        return nil
      }
      return Stretch(first: first.first, last: last.last, label: "")
    }
  }
}

/// The items between two separators: one obligation, as a rule (rule R8).
struct Segment {
  var items: [Item]
  let tokens: Range<Int>

  init(items: [Item], tokens: Range<Int>) {
    self.items = items
    self.tokens = tokens
  }

  func has(_ content: Item.Content) -> Bool { items.contains { $0.content == content } }

  var isContinuous: Bool { has(.open(.continuous)) || has(.followingYears) }

  /// One dated item, so that the clause's words are those of the whole segment.
  private(set) var isSingle = false

  /// Counted once: a hostile phrase may have thousands of items.
  mutating func countDated() { isSingle = items.count { $0.isDated } <= 1 }

  var cycles: [Cycle] {
    items.flatMap { item -> [Cycle] in
      if case .cycles(let cycles, _) = item.content { cycles } else { [] }
    }
  }

  /// “báo cáo” or “định kỳ” stands there, other than for a report on request.
  func saysReport(_ all: [Token]) -> Bool {
    for item in items {
      if case .cycles(_, isReport: true) = item.content { return true }
    }
    return tokens.contains { index in
      let next = index + 1 < all.count ? all[index + 1].kind : .word
      return all[index].kind == .term(.periodic) || (all[index].kind == .term(.report) && next != .term(.onRequest))
    }
  }
}

extension CalendarSpan {
  var isRange: Bool {
    if case .range = self { true } else { false }
  }
}

extension Item {
  var isLimit: Bool {
    switch content {
    case .limit, .daysOfMonth: true
    default: false
    }
  }

  /// What a recurrence cannot take in.
  var isCountOrEvent: Bool {
    switch content {
    case .count, .event, .unknownDate: true
    case .limit(_, .one(let period), _): if case .dates = period.unit { true } else { false }
    default: false
    }
  }

  var isCycle: Bool {
    if case .cycles = content { true } else { false }
  }

  /// One whole period, not a day.
  var isPeriod: Bool {
    if case .limit(_, .one(let period), _) = content { !period.isDay } else { false }
  }

  var isDated: Bool {
    switch content {
    case .limit, .daysOfMonth, .count, .weekdays, .cycles, .unknownDate, .event, .time: true
    default: false
    }
  }

  var time: TimeOfDay? {
    if case .time(let time) = content { time } else { nil }
  }

  var acceptsTime: Bool {
    switch content {
    case .limit(_, _, time: nil), .daysOfMonth(_, _, _, time: nil), .weekdays(_, _, time: nil): true
    default: false
    }
  }

  func with(time: TimeOfDay) -> Item {
    var copy = self
    switch content {
    case .limit(let bound, let span, _): copy.content = .limit(bound, span, time: time)
    case .daysOfMonth(let bound, let days, let base, _):
      copy.content = .daysOfMonth(bound, days, base, time: time)
    case .weekdays(let bound, let days, _): copy.content = .weekdays(bound, days, time: time)
    default: break
    }
    return copy
  }
}

/// The original words by token.
struct PhraseText {
  private let bytes: [UInt8]
  /// Where each scalar of the phrase begins in `bytes`, and their end.
  private let starts: [Int]
  private let tokens: [Token]

  init(_ phrase: String, _ tokens: [Token]) {
    let bytes = Array(phrase.utf8)
    self.bytes = bytes
    self.starts = bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
    self.tokens = tokens
  }

  func excerpt(_ range: Range<Int>) -> Excerpt {
    guard !range.isEmpty else { return Excerpt("", span: 0..<0) }
    let start = tokens[range.lowerBound].start
    var last = tokens[range.upperBound - 1].end
    // The marks of a decomposed last letter belong to it.
    while last + 1 < starts.count, isCombiningMark(last) { last += 1 }
    return Excerpt(String(decoding: bytes[starts[start]..<starts[last]], as: UTF8.self), span: start..<last)
  }

  /// U+0300 to U+036F.
  private func isCombiningMark(_ scalar: Int) -> Bool {
    let at = starts[scalar]
    return bytes[at] == 0xCC || (bytes[at] == 0xCD && at + 1 < bytes.count && bytes[at + 1] < 0xB0)
  }
}
