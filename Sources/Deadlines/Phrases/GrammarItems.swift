// The items of a phrase, left to right.
extension PhraseReader {
  /// Reads everything; what bears on time and is not understood becomes a question.
  mutating func readItems() {
    if isPlaceAndDate {
      if tokens.contains(where: { $0.kind == .mark(UInt8(ascii: "/")) }) {
        ask("đọc là địa danh và ngày ban hành, không phải thời hạn", "read as the place and the date of issue")
      }
      at = tokens.count
      add(.noLimit, from: 0, isBounded: true)
      return
    }
    while !isAtEnd {
      let start = at
      if !beginsNothing, let (content, isBounded) = nextItem() {
        add(content, from: start, isBounded: isBounded)
      } else {
        skip()
      }
    }
  }

  /// Most words of a sentence: no production need look at them.
  private var beginsNothing: Bool {
    switch tokens[at].kind {
    case .word, .term(.verb), .term(.noun), .term(.finish), .term(.filler), .term(.not), .term(.numberSign): true
    default: false
    }
  }

  private mutating func nextItem() -> (Item.Content, isBounded: Bool)? {
    if token()?.kind == .cited { return (citation(), true) }
    if let boundary = boundary() { return (boundary, true) }
    if let quantity = attempt({ $0.quantity() }) { return (quantity, true) }
    if let open = openTerm() { return (open, true) }
    if let cycles = cycles() { return (adjective(cycles), true) }
    return limit()
  }

  private mutating func citation() -> Item.Content {
    while token()?.kind == .cited { advanceUnread() }
    return .noLimit
  }

  /// “Cẩm Giàng, ngày 13 tháng 5 năm 2026”: a name, a comma, a date in full, nothing else (rule R16).
  private var isPlaceAndDate: Bool {
    guard let comma = tokens.prefix(12).firstIndex(where: { $0.kind == .mark(UInt8(ascii: ",")) }), comma > 0 else {
      return false
    }
    guard tokens[..<comma].allSatisfy(Self.isName), tokens.count >= comma + 7 else { return false }
    return Self.isFullDate(tokens[comma + 1..<comma + 7].map(\.kind))
      && tokens[(comma + 7)...].allSatisfy { if case .mark = $0.kind { true } else { false } }
  }

  private static func isFullDate(_ kinds: [Token.Kind]) -> Bool {
    guard kinds[0] == .term(.day), [1, 3, 5].allSatisfy({ kinds[$0] == .number }) else { return false }
    let slash = Token.Kind.mark(UInt8(ascii: "/"))
    return (kinds[2] == .term(.month) && kinds[4] == .term(.year)) || (kinds[2] == slash && kinds[4] == slash)
  }

  private static func isName(_ token: Token) -> Bool {
    switch token.kind {
    case .word, .mark(UInt8(ascii: ".")), .term(.noun): true
    case .term: token.isSlip
    default: false
    }
  }

  // MARK: Separators

  /// Where one obligation ends and the next begins (rule R8).
  private mutating func boundary() -> Item.Content? {
    if takeMark(";") { return .boundary }
    if isFullStop {
      advance()
      return .boundary
    }
    guard isMark(",") || term() == .and, term(1) == .report, hasDatedItem else { return nil }
    advance()
    return .boundary
  }

  /// A dated item since the last boundary, other than a cycle alone.
  private var hasDatedItem: Bool {
    for item in items.reversed() {
      switch item.content {
      case .boundary: return false
      case .limit, .daysOfMonth, .count, .weekdays, .open(.continuous), .unknownDate, .event: return true
      default: continue
      }
    }
    return false
  }

  // MARK: What is no time limit

  /// “60%”, “không quá 1/2 ngày”, “1,5 ngày”; a meeting's length.
  private mutating func quantity() -> Item.Content? {
    let isCap = term() == .atMost || term() == .atLeast
    _ = take(.atLeast, .from, .atMost) && take(.from, .atMost)
    if isCap, isAboutMeeting, let length = attempt({ $0.meetingLength() }) { return length }
    guard digits(atMost: 9) != nil else { return comparison() }
    advance()
    if takeMark("%") { return .quantity }
    if isMark("/") || isMark(","), let part = digits(1), part < 100 {
      guard isMark("/") || token(1)?.isGlued == true, [.day, .workingDay, .hour, .month].contains(term(2)) else {
        return nil
      }
      for _ in 0..<3 { advance() }
      // “2,5 ngày làm việc kể từ …” is a limit, though not one of whole days.
      if let next = term(), [.from, .after, .whenever].contains(next) {
        ask("số ngày lẻ: tính thế nào?", "a part of a day: how is it counted?")
      }
      return .quantity
    }
    return nil
  }

  /// “một ngày”, “02 - 03 giờ”, not counted from anything.
  private mutating func meetingLength() -> Item.Content? {
    guard number(atMost: 3) != nil else { return nil }
    if takeMark("-") || take(.until) { _ = number(atMost: 3) }
    guard take(.day, .hour, .hourSign, .workingDay, .minute) else { return nil }
    if let next = term(), [.from, .after, .whenever, .before].contains(next) { return nil }
    return .quantity
  }

  /// “so với cùng kỳ năm trước”.
  private mutating func comparison() -> Item.Content? {
    guard take(.compared) else { return nil }
    toStretchEnd()
    return .noLimit
  }

  private var isAboutMeeting: Bool {
    var index = at - 1
    while index >= 0, index > at - 24 {
      switch tokens[index].kind {
      case .term(.gathering): return true
      case .mark(UInt8(ascii: ";")): return false
      default: index -= 1
      }
    }
    return false
  }

  /// “ngân sách hằng năm”: an adjective, no time limit.
  private mutating func adjective(_ cycles: Item.Content) -> Item.Content {
    var index = at - 1
    while index > max(0, at - 4), case .term(let term) = tokens[index].kind,
      [.every, .year, .quarter, .month].contains(term)
    {
      index -= 1
    }
    let start = index
    while index > 0, start - index < 8, Self.isInsideName(tokens[index]) { index -= 1 }
    guard term() != .yearly else { return .noLimit }
    guard index >= 0 else { return cycles }
    if tokens[index].kind == .term(.yearly) { return .noLimit }
    guard tokens[index].kind == .term(.document) else { return cycles }
    ask("“hằng …” có thể chỉ là loại văn bản", "the period may only say what document is meant")
    return .open(.none)
  }

  private static func isInsideName(_ token: Token) -> Bool {
    switch token.kind {
    case .term(.noun), .term(.verb), .word, .mark(UInt8(ascii: "-")): true
    default: false
    }
  }

  // MARK: Words without a date

  private mutating func openTerm() -> Item.Content? {
    switch term() {
    case .continuous: return taking(.open(.continuous))
    case .followingYears: return taking(.followingYears)
    case .onRequest: return countBehindRequest().map { .count($0) } ?? taking(.open(.event))
    case .vague: return taking(.open(.none))
    case .done: return taking(.open(.done))
    case .missing where tokens.count <= 3: return taking(.open(.missing))
    case .immediately: return isLimitAhead ? nil : taking(.open(.immediate))
    case .schoolYear: return eventStretch(.by)
    case .beforeEvent: return countBehind(.before) ?? eventAhead()
    case .whenever where term(1) != .end: return countBehind(.after) ?? whenever()
    case .periodic where !isCycleAhead: return taking(.unknownDate(.report))
    case .reportYear: return taking(.cycles([.year], isReport: false))
    default: return nil
    }
  }

  private mutating func taking(_ content: Item.Content) -> Item.Content {
    advance()
    return content
  }

  private var isLimitAhead: Bool {
    guard let next = term(1) else { return token(1)?.kind == .number }
    return [.within, .before, .day, .month, .quarter, .year, .first, .until, .latest].contains(next)
  }

  private var isCycleAhead: Bool {
    if token(1)?.kind == .number { return true }
    switch term(1) {
    case .every, .month, .quarter, .year, .week, .day, .numeral, .half, .report: return true
    default: return false
    }
  }

  /// “khi …”, “sau khi …”: something whose date is not known.
  private mutating func whenever() -> Item.Content {
    toStretchEnd()
    ask("phụ thuộc một sự kiện chưa có ngày", "depends on an event without a date")
    remarks[remarks.count - 1].isSettledByEvent = true
    return .open(.event)
  }

  /// “trước khi họp HĐND 10 ngày”, “sau khi nhận hồ sơ 05 ngày làm việc”.
  private mutating func countBehind(_ bound: Bound) -> Item.Content? {
    attempt { reader in
      reader.advance()
      return reader.countBehindEvent(bound).map { .count($0) }
    }
  }

  /// “trước khi khai mạc”: due the day before.
  private mutating func eventAhead() -> Item.Content {
    toStretchEnd()
    return .event(.before)
  }

  private mutating func eventStretch(_ bound: Bound) -> Item.Content {
    toStretchEnd()
    return .event(bound)
  }

  // MARK: Limits

  private mutating func limit() -> (Item.Content, isBounded: Bool)? {
    attempt { reader in
      let bound = reader.bound()
      guard let content = reader.limitContent(bound) else { return nil }
      return (content, bound != nil)
    }
  }

  private mutating func limitContent(_ bound: Bound?) -> Item.Content? {
    if let bound, [.before, .after, .by].contains(bound), term() == .gathering { return eventStretch(bound) }
    if bound == .from, let start = attempt({ $0.fromIssue() }) { return start }
    if let bound, let count = attempt({ $0.countBehindEvent(bound) }) { return .count(count) }
    if bound != nil && bound != .before, let count = count(after: bound) { return counted(count) }
    if let range = attempt({ $0.clockedRange() }) { return range }
    let hours = attempt { $0.clockRange() }
    let time = hours ?? attempt { $0.clockBeforeDay() }
    let bound = hours != nil && bound == .from ? .by : bound
    if let placed = placedDays(bound, time) ?? leadingDays(bound, time) ?? partOfEvery(bound, time) { return placed }
    if let span = span(after: bound) { return content(bound, span, time) }
    if let weekdays = attempt({ $0.plainWeekdays() }) { return .weekdays(bound ?? .within, weekdays, time: time) }
    if let time { return .time(time) }
    return attempt { $0.edgeDayOfMonth(bound) } ?? count(after: bound).map { counted($0) }
      ?? attempt { $0.halfYearAlone(bound) }
  }

  /// “kể từ ngày ký”, “từ ngày ban hành Kế hoạch này”.
  private mutating func fromIssue() -> Item.Content? {
    _ = take(.day)
    guard take(.issue) else { return nil }
    while take(.document, .this, .issue, .filler) {}
    guard isStretchEnd else { return nil }
    return .limit(.from, .one(CalendarPeriod(unit: .dates(issued, issued))), time: nil)
  }

  /// “6 tháng” and nothing more.
  private mutating func halfYearAlone(_ bound: Bound?) -> Item.Content? {
    guard let number = number(atMost: 2), number == 6 || number == 9, take(.month), isStretchEnd else { return nil }
    ask(
      "“\(number) tháng” có thể là kỳ báo cáo, \(number) tháng đầu năm hoặc \(number) tháng từ ngày ban hành",
      "a report period, the first \(number) months of the year, or \(number) months from the issue",
      others: [
        OtherReading(
          meaning: "\(number) tháng từ ngày ban hành / \(number) months from the issue",
          nominal: [issued.adding(months: number)]
        )
      ]
    )
    return .limit(bound ?? .within, .one(CalendarPeriod(unit: .months(1...number))), time: nil)
  }

  /// “15 ngày sau khi kết thúc quý” is the 15th of the month that follows.
  private mutating func counted(_ count: Count) -> Item.Content {
    guard case .endOfEvery(let unit) = count.event else { return .count(count) }
    let base: MonthBase = unit == .quarter ? .firstOfNextQuarter : unit == .year ? .months([1]) : .monthAfterEach
    switch count.unit {
    case .workingDays where (1...20).contains(count.number):
      return .daysOfMonth(.by, .workingDay(count.number), base, time: nil)
    case .days where (1...28).contains(count.number):
      return .daysOfMonth(.by, .days([count.number]), base, time: nil)
    default:
      ask("đếm dài hơn một tháng từ cuối kỳ", "counted over more than a month from the end of each period")
      return .count(Count(number: count.number, unit: count.unit, event: .unknown))
    }
  }

  mutating func clockBeforeDay() -> TimeOfDay? {
    guard let time = clock() else { return nil }
    _ = takeMark(",", "-") || take(.of)
    while take(.within) {}
    return time
  }

  /// “8h00 - 17h00”, “8 giờ đến 11 giờ 30”: the later time is the limit.
  private mutating func clockRange() -> TimeOfDay? {
    guard clock() != nil, takeMark("-") || take(.until) else { return nil }
    return clockBeforeDay()
  }

  /// “8h00 ngày 01/6/2026 đến 17h00 ngày 05/6/2026”, “ngày 01/6 đến trước 17 giờ ngày 05/6/2026”.
  private mutating func clockedRange() -> Item.Content? {
    _ = attempt { $0.clockBeforeDay() }
    guard let from = day(), takeMark("-") || take(.until) else { return nil }
    while take(.before, .end, .latest) {}
    guard let time = clockBeforeDay(), let to = day() else { return nil }
    return .limit(.within, .range(from: from, to: to), time: time)
  }

  /// “thứ Sáu”, “thứ Hai và thứ Năm”, “thứ Hai đến thứ Tư”.
  private mutating func plainWeekdays() -> [Int]? {
    guard let first = plainWeekday() else { return nil }
    if let last = attempt({ $0.take(.until) || $0.takeMark("-") ? $0.plainWeekday() : nil }), last > first {
      return Array(first...last)
    }
    var weekdays = [first]
    while weekdays.count < 7, let next = attempt({ $0.nextWeekday() }) { weekdays.append(next) }
    return weekdays
  }

  private mutating func nextWeekday() -> Int? {
    let comma = takeMark(",")
    return take(.and) || comma ? plainWeekday() : nil
  }

  private mutating func plainWeekday() -> Int? {
    if term(1) == .weekday || term(1) == .sunday { _ = take(.day) }
    let weekday = weekdayName()
    guard let weekday, term() != .week else { return nil }
    return weekday
  }

  private mutating func content(_ bound: Bound?, _ span: CalendarSpan, _ earlier: TimeOfDay?) -> Item.Content? {
    // The time before a range is that of its first day.
    let time = (span.isRange ? nil : earlier) ?? attempt { $0.clockAfterDay() }
    if let days = Self.daysWithoutMonth(span) {
      return .daysOfMonth(bound ?? .within, .days(days), monthBase(), time: time)
    }
    // “từ ngày 20 đến ngày 25 hằng tháng”: due on the last of them.
    if case .range(let from?, let to) = span, case .day(_, nil) = from.unit, case .day(let last, nil) = to.unit {
      return .daysOfMonth(.by, .days([last]), monthBase(), time: time)
    }
    return .limit(bound ?? .within, span, time: time)
  }

  private static func daysWithoutMonth(_ span: CalendarSpan) -> [Int]? {
    let periods: [CalendarPeriod]
    switch span {
    case .one(let period): periods = [period]
    case .list(let list, _): periods = list
    case .range: return nil
    }
    let days = periods.compactMap { period -> Int? in
      if case .day(let day, nil) = period.unit { day } else { nil }
    }
    return days.count == periods.count ? days : nil
  }

  /// “ngày 30/6/2026, trước 17 giờ”, “ngày 30/6/2026 (17h00)”.
  private mutating func clockAfterDay() -> TimeOfDay? {
    let parenthesis = takeMark(",", "(") && tokens[at - 1].kind == .mark(UInt8(ascii: "("))
    while take(.before, .latest, .at, .within) {}
    guard let time = clock() else { return nil }
    return !parenthesis || takeMark(")") ? time : nil
  }

  /// “ngày cuối cùng hằng tháng”, “ngày đầu tiên của mỗi quý”.
  private mutating func edgeDayOfMonth(_ bound: Bound?) -> Item.Content? {
    let isFirst = term(1) == .first
    guard take(.day), take(.first, .last), let base = baseOfPlace(isFirst: isFirst) else { return nil }
    return .daysOfMonth(bound ?? .within, .days([isFirst ? 1 : 31]), base, time: nil)
  }

  // MARK: The rest

  private mutating func add(_ content: Item.Content, from start: Int, isBounded: Bool) {
    var item = Item(content: content, tokens: start..<at)
    item.isFinish = followsFinish(start)
    item.isBounded = isBounded
    item.isAnother = start > 0 && isBehindAnd(start)
    item.isJoined = start > 0 && [.term(.and), .mark(UInt8(ascii: ","))].contains(tokens[start - 1].kind)
    item.followsReport = start > 0 && tokens[start - 1].kind == .term(.report)
    item.followsDocument = !isBounded && followsDocument(start)
    if start > 0, !isBounded || tokens[start - 1].kind == .term(.cutOff) { askAboutWordBefore(start) }
    if start > 0, tokens[start - 1].kind == .term(.not) {
      ask("có từ “không” trước thời hạn", "“not” before the limit")
    }
    items.append(item)
  }

  private mutating func askAboutWordBefore(_ start: Int) {
    let isColon = start > 1 && tokens[start - 1].kind == .mark(UInt8(ascii: ":"))
    let before = tokens[isColon ? start - 2 : start - 1]
    if before.kind == .term(.cutOff) {
      ask("ngày chốt số liệu hoặc hiệu lực, không phải thời hạn?", "a cut-off or a validity, not a time limit?")
      return
    }
    guard before.kind == .word || before.kind == .number || isNumeral(before) || (before.isSlip && !readSlip) else {
      return
    }
    ask("không rõ từ đứng trước thời hạn", "the word before the limit is unknown")
  }

  /// “và”, “và định kỳ”.
  private func isBehindAnd(_ start: Int) -> Bool {
    if start > 1, case .term(.filler) = tokens[start - 1].kind { return tokens[start - 2].kind == .term(.and) }
    return tokens[start - 1].kind == .term(.and)
  }

  /// “một tuần …”: a number in words that no production took.
  private func isNumeral(_ token: Token) -> Bool {
    switch token.kind {
    case .term(.numeral), .term(.ten), .term(.tens): true
    default: false
    }
  }

  private func followsFinish(_ start: Int) -> Bool {
    var index = start - 1
    while index >= 0, index > start - 24, tokens[index].kind != .mark(UInt8(ascii: ";")) {
      if tokens[index].kind == .term(.finish) { return true }
      index -= 1
    }
    return false
  }

  private func followsDocument(_ start: Int) -> Bool {
    var index = start - 1
    while index >= 0, index > start - 16 {
      switch tokens[index].kind {
      case .term(.document), .term(.yearly): return true
      case .word, .term(.noun), .term(.verb), .mark(UInt8(ascii: "-")): index -= 1
      default: return false
      }
    }
    return false
  }

  /// Goes past a token that begins no item.
  private mutating func skip() {
    if bearsOnTime || isPartOfReportPeriod { unread.append(at) }
    if token()?.kind == .number, unread.last != at { sawQuantity = true }
    at += 1
  }

  /// “đầu kỳ, giữa kỳ, cuối kỳ”; “đầu, giữa và cuối tháng”.
  private var isPartOfReportPeriod: Bool {
    guard [.first, .middle, .last].contains(term()) else { return false }
    return term(1) == .reportPeriod || term(1) == .and || isMark(",", 1)
  }

  private var bearsOnTime: Bool {
    guard let token = token() else { return false }
    switch token.kind {
    case .term(let term): return !token.isSlip && Self.timeTerms.contains(term)
    case .number: return !isLabelOrQuantity
    case .mark(Glyph.foreignLetter): return true
    // A slash between numbers that made no date: “05 /( 9 / 2026”.
    case .mark(UInt8(ascii: "/")): return self.token(-1)?.kind == .number
    default: return false
    }
  }

  /// Words of another language may turn a date into its opposite: such a phrase gives no dates.
  var hasForeignWords: Bool {
    unread.contains { tokens[$0].kind == .term(.foreign) || tokens[$0].kind == .mark(Glyph.foreignLetter) }
  }

  private static let timeTerms: Set<Term> = [
    .day, .workingDay, .month, .year, .week, .before, .latest, .limit, .lunar, .hedge, .foreign, .schoolYear,
    .today, .tomorrow, .times, .exceptDaysOff,
  ]

  /// “Tổ công tác 07”, “02 cấp”, “6 rõ”: a number with a word that is no unit of time.
  private var isLabelOrQuantity: Bool {
    isPlainWord(token(1)) || (at > 0 && isPlainWord(tokens[at - 1]))
  }

  private func isPlainWord(_ token: Token?) -> Bool {
    guard let token else { return false }
    switch token.kind {
    case .word, .term(.noun), .term(.document), .term(.law), .term(.gathering), .term(.numberSign): return true
    case .term: return token.isSlip
    default: return false
    }
  }
}
