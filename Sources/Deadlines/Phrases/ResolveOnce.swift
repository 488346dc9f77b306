// Clauses that fall due once, and lists of them.
extension Resolver {
  /// A date, a window, a list or a range.
  mutating func limit(_ bound: Bound, _ span: CalendarSpan, time: TimeOfDay?, _ item: Item, words: Excerpt)
    -> LimitClause
  {
    let clause: LimitClause?
    switch span {
    case .one(let period): clause = one(bound, period, time, item, words)
    case .range(let from, let to): clause = range(bound, from, to, time, item, words)
    case .list(let periods, let joinedByAnd): clause = list(bound, periods, joinedByAnd, item, words)
    }
    return clause ?? impossible(words)
  }

  private mutating func impossible(_ words: Excerpt) -> LimitClause {
    ask("không có ngày này trong lịch: “\(words)”", "there is no such date")
    return LimitClause(kind: .invalid, timing: .undated, rule: "R10", words: words)
  }

  private mutating func one(
    _ bound: Bound,
    _ period: CalendarPeriod,
    _ time: TimeOfDay?,
    _ item: Item,
    _ words: Excerpt
  ) -> LimitClause? {
    if case .day(_, nil) = period.unit { return nil }
    guard let stretch = stretch(of: period, bound: bound) else { return nil }
    askAbout(part: period.part, period, stretch)
    switch bound {
    case .from: return continuing(from: stretch.first, words)
    case .after:
      let next = stretch.last.adding(days: 1)
      // Nothing begins while the feast's days off last.
      if case .feast = period.unit { return starting(on: calendar.rollForward(next), words) }
      return starting(on: next, words)
    case .notBefore: return starting(on: stretch.first, words)
    case .before where time == nil: return before(stretch, period, words)
    default: break
    }
    if item.followsReport && !item.isBounded && !period.isDay {
      ask(
        "kỳ báo cáo hay thời hạn? Báo cáo có thể phải gửi trước cuối kỳ",
        "the period reported on, or the time limit?"
      )
    }
    if bound == .within, period.unit == .feast(.lunarNewYear) {
      ask("trong dịp Tết: ngày nào?", "during Tết: on which day?")
    }
    if item.followsDocument && !period.isDay {
      ask("kỳ của văn bản hay thời hạn?", "the period of the document, or the time limit?")
    }
    if let time { return at(time, bound, stretch, words) }
    return isWindow(bound, period) ? window(stretch, item, words) : by(stretch, words)
  }

  private func isWindow(_ bound: Bound, _ period: CalendarPeriod) -> Bool {
    guard bound == .within || bound == .end, !period.isDay else { return false }
    if case .dates(let first, let last) = period.unit, first == last { return false }
    switch period.part {
    case .first, .middle, .lastDay, .workingDay, .weekday: return false
    default: return true
    }
  }

  private mutating func askAbout(part: CalendarPeriod.Part?, _ period: CalendarPeriod, _ stretch: Stretch) {
    guard part == .first || part == .middle else { return }
    if case .months(let months) = period.unit, months.count == 1 {
      tell("đầu, giữa tháng theo Điều 146 BLDS 2015", "start and middle of a month by art. 146 of the Civil Code")
    } else if part == .first || period.unit != .year {
      let other = stretch.last.lastOfMonth
      ask(
        "“\(stretch.label)” còn có thể là đến \(officeDate(other))",
        "it may also mean until \(other)",
        others: [OtherReading(meaning: "đến hết tháng / until the end of the month", nominal: [other])]
      )
    }
  }

  private mutating func by(_ stretch: Stretch, _ words: Excerpt) -> LimitClause {
    once(.deadline, LimitClause.Due(nominal: stretch.last, period: stretch.label), rule: "R2", words)
  }

  /// “trước ngày D” leaves D out, with D as grace; a month or quarter is left out whole (rule R2).
  private mutating func before(_ stretch: Stretch, _ period: CalendarPeriod, _ words: Excerpt) -> LimitClause {
    let isDay = stretch.first == stretch.last
    if period.part == .last || period.part == .lastDay && stretch.first != stretch.last {
      ask("“trước cuối kỳ”: đọc là trước ngày cuối kỳ", "“before the end” is read as before the last day")
      let due = LimitClause.Due(nominal: stretch.last.adding(days: -1), graceUntil: stretch.last)
      return once(.deadline, due, rule: "R2", words)
    }
    let due = LimitClause.Due(nominal: stretch.first.adding(days: -1), graceUntil: isDay ? stretch.first : nil)
    return once(.deadline, due, rule: "R2", words)
  }

  private mutating func at(_ time: TimeOfDay, _ bound: Bound, _ stretch: Stretch, _ words: Excerpt) -> LimitClause {
    let (day, time) = Self.moment(time, on: stretch.last)
    return once(.datetime, LimitClause.Due(nominal: day, time: time), rule: "R14", words)
  }

  /// Midnight at the start of a day is the end of the day before.
  private static func moment(_ time: TimeOfDay, on day: CivilDate) -> (CivilDate, TimeOfDay) {
    time == .midnight ? (day.adding(days: -1), .endOfDay) : (day, time)
  }

  private mutating func window(_ stretch: Stretch, _ item: Item, _ words: Excerpt) -> LimitClause {
    once(.window, due(stretch, item), rule: "R4", words)
  }

  /// Clipped to the issue date; a window wholly past stays as it was.
  func due(_ stretch: Stretch, _ item: Item) -> LimitClause.Due {
    let start = stretch.last < issued ? stretch.first : item.isFinish ? issued : max(stretch.first, issued)
    return LimitClause.Due(nominal: stretch.last, windowStart: start, period: stretch.label)
  }

  private mutating func once(_ kind: LimitKind, _ due: LimitClause.Due, rule: String, _ words: Excerpt) -> LimitClause {
    if due.nominal < issued {
      tell("thời hạn đã qua trước ngày ban hành", "the date was past when the document was issued")
    }
    return LimitClause(kind: kind, timing: .once(due), rule: rule, words: words)
  }

  private func continuing(from start: CivilDate, _ words: Excerpt) -> LimitClause {
    let timing = LimitClause.Timing.continuous(
      checkInMonths: Set(ReportingRegime.closingMonths),
      from: max(start, issued)
    )
    return LimitClause(kind: .continuous, timing: timing, rule: "R6", words: words, from: start)
  }

  private mutating func starting(on day: CivilDate, _ words: Excerpt) -> LimitClause {
    tell("không sớm hơn ngày \(officeDate(day))", "not before \(day)")
    return LimitClause(kind: .start, timing: .undated, rule: "R4", words: words, from: day)
  }

  private mutating func range(
    _ bound: Bound,
    _ from: CalendarPeriod?,
    _ to: CalendarPeriod,
    _ time: TimeOfDay?,
    _ item: Item,
    _ words: Excerpt
  ) -> LimitClause? {
    let before = remarks.count
    guard let stretch = withPeriods({ $0.range(from: from, to: to) }) else { return nil }
    if bound == .before {
      ask(
        "“trước” một khoảng thời gian: trước ngày đầu hay ngày cuối?",
        "before a range: before its first or last day?"
      )
    }
    if case .day(let day, nil)? = from?.unit, to.year == nil, remarks.count == before || day > 0 {
      ask("“\(words)”: khoảng ngày, không ghi năm", "a range of days without a year")
    }
    var due = due(stretch, item)
    if let time { (due.nominal, due.time) = Self.moment(time, on: due.nominal) }
    return once(.window, due, rule: "R4", words)
  }

  private mutating func list(
    _ bound: Bound,
    _ periods: [CalendarPeriod],
    _ joinedByAnd: Bool,
    _ item: Item,
    _ words: Excerpt
  ) -> LimitClause? {
    guard let stretches = withPeriods({ $0.list(periods, bound: bound) }), let first = stretches.first,
      let last = stretches.last
    else { return nil }
    if bound == .before, periods[0].isDay, areDaysInARow(stretches) {
      // “trước kỳ nghỉ lễ 30/4 và 01/5”: before the first of them.
      return before(first, periods[0], words)
    }
    let isConsecutive =
      !periods[0].isDay && zip(stretches, stretches.dropFirst()).allSatisfy { $0.last.adding(days: 1) == $1.first }
    if isConsecutive && bound != .before {
      if joinedByAnd || first.first.lastOfMonth != first.last { askWindowOrEach(stretches, joinedByAnd) }
      if !joinedByAnd {
        let joined = Stretch(first: first.first, last: last.last, label: "\(first.label) – \(last.label)")
        return window(joined, item, words)
      }
    }
    return each(stretches, bound, periods, item, words)
  }

  private func areDaysInARow(_ stretches: [Stretch]) -> Bool {
    zip(stretches, stretches.dropFirst()).allSatisfy { $0.last.adding(days: 1) == $1.first }
  }

  private mutating func askWindowOrEach(_ stretches: [Stretch], _ joinedByAnd: Bool) {
    let ends = stretches.map { officeDate($0.last) }.joined(separator: ", ")
    let end = stretches.last.map { officeDate($0.last) } ?? ""
    if joinedByAnd {
      let window = OtherReading(meaning: "một khoảng / one window", nominal: Array(stretches.map(\.last).suffix(1)))
      ask(
        "từng kỳ (\(ends)) hay một khoảng đến \(end)",
        "each period by itself, or one window to \(end)",
        others: [window]
      )
    } else {
      let each = OtherReading(meaning: "từng kỳ / each period by itself", nominal: stretches.map(\.last))
      ask(
        "một khoảng đến \(end) hay từng kỳ (\(ends))",
        "one window, or each period by itself (\(ends))",
        others: [each]
      )
    }
  }

  private func each(
    _ stretches: [Stretch],
    _ bound: Bound,
    _ periods: [CalendarPeriod],
    _ item: Item,
    _ words: Excerpt
  ) -> LimitClause {
    let isDay = periods[0].isDay
    let dues = stretches.map { stretch -> Recurrence.Period in
      var due = bound == .before ? LimitClause.Due(nominal: stretch.first.adding(days: -1)) : self.due(stretch, item)
      if bound == .before && isDay { due.graceUntil = stretch.first }
      if isDay { due.windowStart = nil }
      return Recurrence.Period(due: due, key: Self.key(of: stretch))
    }
    let recurrence = Recurrence(pattern: .periods(dues), cycle: isDay ? .day : .month, from: issued)
    return LimitClause(kind: .recurring, timing: .repeating(recurrence), rule: "R8", words: words)
  }

  private static func key(of stretch: Stretch) -> String {
    let days = stretch.last.days(since: stretch.first)
    if days == 0 { return PeriodName(day: stretch.last).key }
    if days < 31 { return PeriodName(month: stretch.last).key }
    if days < 100 { return PeriodName(quarter: stretch.last).key }
    return days < 200 ? PeriodName(half: stretch.last).key : PeriodName(year: stretch.last.year).key
  }

  // MARK: Counted periods

  /// The start day is not counted; months and years end on the corresponding day (BLDS 2015, articles 147 and 148).
  mutating func count(_ count: Count, words: Excerpt) -> LimitClause {
    guard let start = start(of: count, words) else { return impossible(words) }
    if count.isBackwards && count.event == .unknown && eventDate == nil {
      ask("đếm ngược từ một sự kiện chưa có ngày", "counted back from an event without a date")
      return LimitClause(kind: .event, timing: .undated, rule: "R11", words: words, awaitsEvent: true)
    }
    var clause = counted(count, from: start, words)
    clause.awaitsEvent = count.event == .unknown && eventDate == nil
    return clause
  }

  private mutating func counted(_ count: Count, from start: CivilDate, _ words: Excerpt) -> LimitClause {
    let number = count.isBackwards ? -count.number : count.number
    switch count.unit {
    case .workingDays:
      let due = LimitClause.Due(nominal: calendar.adding(workingDays: number, to: start))
      return once(.relativeWorkingDays, due, rule: "R11", words)
    case .hours: return hours(number, from: start, words)
    case .days: return relative(start.adding(days: number), words)
    case .weeks: return relative(start.adding(days: 7 * number), words)
    case .workingWeeks:
      let due = LimitClause.Due(nominal: calendar.adding(workingDays: 5 * number, to: start))
      return once(.relativeWorkingDays, due, rule: "R11", words)
    case .months: return relative(start.adding(months: number), words)
    case .years: return relative(start.adding(months: 12 * number), words)
    }
  }

  private mutating func relative(_ nominal: CivilDate, _ words: Excerpt) -> LimitClause {
    once(.relative, LimitClause.Due(nominal: nominal), rule: "R3", words)
  }

  private mutating func hours(_ number: Int, from start: CivilDate, _ words: Excerpt) -> LimitClause {
    let days = number < 0 ? (number - 23) / 24 : (number + 23) / 24
    let office = calendar.adding(workingDays: days, to: start)
    ask(
      "tính theo giờ từ lúc ban hành; nếu chỉ tính giờ làm việc thì hạn muộn hơn",
      "hours run from the issue; counted in office hours the date would be later",
      others: [OtherReading(meaning: "chỉ tính ngày làm việc / on working days only", nominal: [office])]
    )
    return once(.datetime, LimitClause.Due(nominal: start.adding(days: days)), rule: "R14", words)
  }

  private mutating func start(of count: Count, _ words: Excerpt) -> CivilDate? {
    switch count.event {
    case .issue: return issued
    case .date(let period): return stretch(of: period, bound: .by)?.last
    case .endOfEvery: return issued
    case .receipt:
      ask(
        "tính từ ngày ban hành; nếu nhận văn bản muộn hơn thì hạn muộn hơn",
        "counted from the issue date; later if the document was received later"
      )
      return eventDate ?? issued
    case .unknown:
      if let eventDate {
        datedByEvent += 1
        return eventDate
      }
      ask(
        "cần ngày thực tế của sự kiện; tạm tính từ ngày ban hành",
        "the event's real date is needed; counted from the issue date"
      )
      return issued
    case .notSaid:
      tell("không ghi mốc, tính từ ngày ban hành", "no starting point: counted from the issue date")
      if count.unit == .months && [6, 9].contains(count.number) { askHalfYear(count.number) }
      return issued
    }
  }

  private mutating func askHalfYear(_ months: Int) {
    let end = CivilDate(year: issued.year, month: months, day: 1)?.lastOfMonth
    ask(
      "“\(months) tháng” còn có thể là kỳ \(months) tháng đầu năm",
      "it may also mean the first \(months) months of the year",
      others: end.map { [OtherReading(meaning: "\(months) tháng đầu năm / the first \(months) months", nominal: [$0])] }
        ?? []
    )
  }
}
