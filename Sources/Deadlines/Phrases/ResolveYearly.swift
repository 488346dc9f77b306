// Dates of every year, and a date beside a cycle.
extension Resolver {
  /// “Trước ngày 20 tháng 12 hằng năm”, “Quý I hằng năm”, “báo cáo 6 tháng trước ngày 05/6”.
  mutating func yearly(_ segment: Segment) -> [LimitClause]? {
    for item in segment.items {
      guard case .limit(let bound, let span, let time) = item.content, !bound.isStart,
        isYearless(span), segment.cycles.contains(.year) || isDay(span)
      else { continue }
      if let lunar = lunarDays(span) {
        var recurrence = Recurrence(pattern: .lunarDays(lunar), cycle: .year, from: issued, time: time)
        recurrence.isBefore = bound == .before && time == nil
        return [repeating(recurrence, segment, rule: "R7")]
      }
      guard let days = yearDays(span, bound) else {
        return [limit(bound, span, time: time, item, words: text.excerpt(segment.tokens))]
      }
      if !segment.cycles.contains(.year) { ask("ngày này lặp lại hằng năm?", "does this date come every year?") }
      var recurrence = Recurrence(pattern: .monthDays(days), cycle: .year, from: issued, time: time)
      recurrence.isBefore = bound == .before && isDay(span) && time == nil
      return [repeating(recurrence, segment, rule: "R7")]
    }
    return nil
  }

  func isYearless(_ span: CalendarSpan) -> Bool {
    periods(of: span).allSatisfy { period in
      switch period.unit {
      case .lunarDay(_, .some, false), .feast: period.year == nil
      case .day(_, .some), .months: period.year == nil && period.unit != CalendarPeriod.impossible.unit
      case .year: period.year == nil && period.part != nil
      default: false
      }
    }
  }

  func isDay(_ span: CalendarSpan) -> Bool { periods(of: span).allSatisfy(\.isDay) }

  private func periods(of span: CalendarSpan) -> [CalendarPeriod] {
    switch span {
    case .one(let period): [period]
    case .list(let periods, _): periods
    case .range(_, let to): [to]
    }
  }

  private func yearDays(_ span: CalendarSpan, _ bound: Bound) -> [Recurrence.MonthDay]? {
    let days = periods(of: span).map { Self.yearDay($0, bound) }
    let found = days.compactMap { $0 }
    return found.count == days.count ? found : nil
  }

  /// Nil unless every one of the days is of the lunar calendar.
  private func lunarDays(_ span: CalendarSpan) -> [Recurrence.MonthDay]? {
    let days = periods(of: span).map { period -> Recurrence.MonthDay? in
      switch period.unit {
      case .lunarDay(let day, let month?, false): Recurrence.MonthDay(month: month, day: day)
      case .feast(let feast) where feast.day.isLunar: Recurrence.MonthDay(month: feast.day.month, day: feast.day.day)
      default: nil
      }
    }
    let found = days.compactMap { $0 }
    return found.count == days.count ? found : nil
  }

  private static func yearDay(_ period: CalendarPeriod, _ bound: Bound) -> Recurrence.MonthDay? {
    switch period.unit {
    case .feast(let feast) where !feast.day.isLunar:
      return Recurrence.MonthDay(month: feast.day.month, day: feast.day.day)
    case .day(let day, let month?):
      // 2028 is a leap year: 29 February is a date of some years.
      guard CivilDate(year: 2028, month: month, day: day) != nil else { return nil }
      return Recurrence.MonthDay(month: month, day: day)
    case .months(let months): return yearDay(months, period.part, bound)
    case .year: return yearDay(of: period.part, bound)
    default: return nil
    }
  }

  /// “cuối năm”, “giữa năm” of every year.
  private static func yearDay(of part: CalendarPeriod.Part?, _ bound: Bound) -> Recurrence.MonthDay? {
    guard bound != .before else { return nil }
    switch part {
    case .first: return Recurrence.MonthDay(month: 1, day: 1)
    case .middle: return Recurrence.MonthDay(month: 6, day: 30)
    case .last, .lastDay: return Recurrence.MonthDay(month: 12, day: 31)
    default: return nil
    }
  }

  private static func yearDay(
    _ months: ClosedRange<Int>,
    _ part: CalendarPeriod.Part?,
    _ bound: Bound
  ) -> Recurrence.MonthDay? {
    if bound == .before {
      return Recurrence.MonthDay(month: months.lowerBound == 1 ? 12 : months.lowerBound - 1, day: 31)
    }
    switch part {
    case .first: return Recurrence.MonthDay(month: months.lowerBound, day: 1)
    case .middle, .firstHalf: return months.count == 1 ? Recurrence.MonthDay(month: months.lowerBound, day: 15) : nil
    default: return Recurrence.MonthDay(month: months.upperBound, day: 31)
    }
  }

  /// “Quý III/2026, hằng quý”: the window first, then every quarter after it.
  mutating func periodThenCycle(_ segment: Segment) -> [LimitClause]? {
    guard let first = segment.items.first, !first.isBounded, first.isPeriod, segment.cycles.count == 1,
      case .limit(_, .one(let period), _) = first.content, period.year != nil, !period.isUnnumbered,
      case .months(let months) = period.unit, [.month: 1, .quarter: 3, .halfYear: 6][segment.cycles[0]] == months.count
    else { return nil }
    return firstThenRest(segment)
  }

  /// The first item by itself, then the others from the day after it on.
  private mutating func firstThenRest(_ segment: Segment, isDoubtful: Bool = false) -> [LimitClause]? {
    guard let first = alone(segment.items[0]) else { return nil }
    guard case .once(let due) = first.timing else { return [first] }
    if isDoubtful {
      ask("ngày đầu rồi lặp lại: đọc là hai thời hạn", "a first day, then a cycle: read as two limits")
    }
    return [first] + periodic(withoutFirst(segment)).map { startingAfter(due.nominal, $0) }
  }

  /// A dated item as a limit of its own; nil for any other.
  private mutating func alone(_ item: Item) -> LimitClause? {
    guard case .limit(let bound, let span, let time) = item.content else { return nil }
    return limit(bound, span, time: time, item, words: text.excerpt(item.tokens))
  }

  private func withoutFirst(_ segment: Segment) -> Segment {
    let start = segment.items[0].tokens.upperBound
    return Segment(items: Array(segment.items.dropFirst()), tokens: start..<segment.tokens.upperBound)
  }

  /// “Năm 2026, hằng năm”: the window first, then every year after it (rule R8).
  mutating func windowThenYearly(_ segment: Segment) -> [LimitClause]? {
    guard segment.cycles == [.year], let first = segment.items.first(where: \.isDated),
      case .limit(let bound, let span, let time) = first.content, !bound.isStart
    else { return nil }
    if isDay(span) { ask("ngày có năm nhưng lặp lại hằng năm", "a date with its year, yet yearly") }
    let window = limit(bound, span, time: time, first, words: text.excerpt(first.tokens))
    guard case .once(let due) = window.timing else { return [window] }
    let cycleWords = segment.items.first { if case .cycles = $0.content { true } else { false } }
    let (month, day) = (due.nominal.month, due.nominal == due.nominal.lastOfMonth ? 31 : due.nominal.day)
    let recurrence = Recurrence(
      pattern: .monthDays([Recurrence.MonthDay(month: month, day: day)]),
      cycle: .year,
      from: max(due.nominal, issued).adding(days: 1)
    )
    let words = text.excerpt(cycleWords?.tokens ?? segment.tokens)
    return [window, LimitClause(kind: .recurring, timing: .repeating(recurrence), rule: "R8", words: words)]
  }

  /// “30/6/2026, sau đó hằng quý”, “Tháng 6/2026 và hằng quý”: the day or period by itself, then the cycle.
  mutating func dayThenCycle(_ segment: Segment) -> [LimitClause]? {
    guard let first = segment.items.first, isBesideCycle(segment) || (first.isDayWithYear && !first.isBounded) else {
      return nil
    }
    return firstThenRest(segment, isDoubtful: true)
  }

  /// “Tháng 6/2026 và hằng quý”: “và” joins two limits, where a comma may bound the one by the other.
  func isBesideCycle(_ segment: Segment) -> Bool {
    segment.items.count == 2 && segment.items[1].isCycle && segment.items[1].isAnother && segment.items[0].hasYear
  }

  /// “hằng tháng và 30/6/2026”.
  mutating func cycleThenDay(_ segment: Segment) -> [LimitClause]? {
    guard segment.items.count == 2, segment.items[0].isCycle, segment.items[1].isAnother, segment.items[1].hasYear,
      let day = alone(segment.items[1])
    else { return nil }
    let start = segment.tokens.lowerBound
    let cycle = Segment(items: [segment.items[0]], tokens: start..<segment.items[0].tokens.upperBound)
    ask("“và”: đọc là hai thời hạn", "“and”: read as two limits")
    return periodic(cycle) + [day]
  }

  private func startingAfter(_ day: CivilDate, _ clause: LimitClause) -> LimitClause {
    guard case .repeating(var recurrence) = clause.timing else { return clause }
    recurrence.from = max(recurrence.from, day.adding(days: 1))
    var later = clause
    later.timing = .repeating(recurrence)
    return later
  }

  /// “Báo cáo quý gửi trước ngày 15/9/2026”: one date, whatever the report is called.
  mutating func reportOfOneDate(_ segment: Segment) -> [LimitClause]? {
    for item in segment.items {
      guard case .limit(let bound, let span, let time) = item.content,
        bound == .before || (bound == .by && segment.saysReport(tokens)),
        isDay(span)
      else { continue }
      ask("công việc lặp lại nhưng chỉ ghi một ngày", "it recurs but there is one date only")
      return [limit(bound, span, time: time, item, words: text.excerpt(segment.tokens))]
    }
    return nil
  }
}
