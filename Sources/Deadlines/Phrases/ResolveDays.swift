// Days of every month, quarter or week.
extension Resolver {
  struct MonthDays {
    let bound: Bound
    var days: DaysOfMonth
    var base: MonthBase?
    let time: TimeOfDay?

    init?(_ item: Item) {
      guard case .daysOfMonth(let bound, let days, let base, let time) = item.content else { return nil }
      (self.bound, self.days, self.base, self.time) = (bound, days, base, time)
    }

    /// The days by number.
    var numbers: [Int] {
      if case .days(let days) = days { days } else { [] }
    }
  }

  /// “ngày 15 và ngày cuối tháng”: days written one by one come together.
  mutating func withOtherDays(_ first: MonthDays, in segment: Segment) -> MonthDays {
    let all = segment.items.prefix(31).compactMap { MonthDays($0) }
    guard all.count > 1 else { return first }
    ask("nhiều ngày trong tháng: đọc là cùng một việc", "several days of a month: read as one task")
    var together = first
    together.days = .days(Array(Set(all.flatMap(\.numbers))).sorted())
    together.base = all.lazy.compactMap(\.base).first
    return together
  }

  mutating func days(_ days: MonthDays, _ segment: Segment) -> [LimitClause] {
    let words = text.excerpt(segment.tokens)
    askAboutMissingDays(days)
    guard days.numbers.allSatisfy({ (1...31).contains($0) }) else {
      ask("không có ngày này trong tháng", "no month has such a day")
      return [LimitClause(kind: .invalid, timing: .undated, rule: "R10", words: words)]
    }
    guard let place = place(of: days, segment) else { return days.numbers.map { nextDay($0, days, words) } }
    var recurrence = Recurrence(
      pattern: Self.pattern(days.days, place.months),
      cycle: place.cycle,
      lag: place.lag,
      from: issued,
      time: days.time
    )
    recurrence.isBefore = days.bound == .before && days.time == nil
    return [repeating(recurrence, segment, rule: "R7")]
  }

  /// “ngày 31 của các tháng 4, 6”: a day that none of the named months has was hardly meant (rule R10).
  private mutating func askAboutMissingDays(_ days: MonthDays) {
    guard case .months(let months) = days.base, let last = days.numbers.max(), days.numbers != [31] || months != [12],
      months.contains(where: { (1...12).contains($0) && CivilDate.daysIn(month: $0, year: 2028) < last })
    else { return }
    ask("có tháng không có ngày \(last): đọc là ngày cuối tháng", "a month without a day \(last): read as its last day")
  }

  private static func pattern(_ days: DaysOfMonth, _ months: [Int]) -> Recurrence.Pattern {
    switch days {
    case .days(let days):
      .monthDays(months.flatMap { month in days.map { Recurrence.MonthDay(month: month, day: $0) } })
    case .workingDay(let ordinal): .workingDay(ordinal, months: months)
    case .weekday(let weekday, let ordinal): .weekday(weekday, ordinal: ordinal, months: months)
    }
  }

  private struct Place {
    let months: [Int]
    let cycle: Recurrence.Cycle
    var lag = 0
  }

  private mutating func place(of days: MonthDays, _ segment: Segment) -> Place? {
    switch days.base {
    case .everyMonth:
      askWhetherEveryMonth(segment)
      return Place(months: Array(1...12), cycle: .month)
    case .nextMonth: return isReportPeriodSaid(segment) ? Place(months: Array(1...12), cycle: .month, lag: 1) : nil
    case .monthAfterEach: return Place(months: Array(1...12), cycle: .month, lag: 1)
    case .lastOfQuarter: return Place(months: [3, 6, 9, 12], cycle: .quarter)
    case .firstOfQuarter: return Place(months: [1, 4, 7, 10], cycle: .quarter)
    case .middleOfQuarter: return Place(months: [2, 5, 8, 11], cycle: .quarter)
    case .firstOfNextQuarter: return Place(months: [1, 4, 7, 10], cycle: .quarter, lag: 1)
    case .months(let months): return Place(months: months, cycle: .year)
    case .nextYear, nil: return place(cycles: segment.cycles)
    }
  }

  /// “ngày cuối tháng”: without “hằng” it may be this month's.
  private mutating func askWhetherEveryMonth(_ segment: Segment) {
    if !says([.every, .periodic, .report, .reportMonth, .reportQuarter, .reportPeriod], segment) {
      ask("hằng tháng hay chỉ tháng này?", "every month, or this month only?")
    }
  }

  private func isReportPeriodSaid(_ segment: Segment) -> Bool {
    !segment.cycles.isEmpty
      || says([.reportPeriod, .reportMonth, .reportQuarter, .report, .periodic, .next], segment)
  }

  private func says(_ wanted: Set<Term>, _ segment: Segment) -> Bool {
    tokens[segment.tokens].contains { if case .term(let term) = $0.kind { wanted.contains(term) } else { false } }
  }

  /// “hằng tháng, trước ngày 25”; with a longer cycle it is not said in which month.
  private mutating func place(cycles: [Cycle]) -> Place? {
    if cycles.contains(.month) { return Place(months: Array(1...12), cycle: .month) }
    let months = closingMonths(cycles)
    guard !months.isEmpty else { return nil }
    ask("ngày này thuộc tháng nào của kỳ? đọc là tháng cuối kỳ", "in which month of the period? read as its last")
    return Place(months: months.sorted(), cycle: Self.cycle(closing: months))
  }

  /// A day without any month: the next one.
  private mutating func nextDay(_ wanted: Int, _ days: MonthDays, _ words: Excerpt) -> LimitClause {
    ask("ngày không ghi tháng: lấy ngày gần nhất", "a day without a month: the next one is taken")
    let start = days.base == .nextMonth ? issued.adding(months: 1).firstOfMonth : issued
    let next = (0...62).map { start.adding(days: $0) }.first { $0.day == wanted } ?? issued
    let due = due(days.bound, next, time: days.time)
    let kind: LimitKind = days.time == nil ? .deadline : .datetime
    return LimitClause(kind: kind, timing: .once(due), rule: "R9", words: words)
  }

  // MARK: Weekdays

  mutating func weekdays(_ bound: Bound, _ days: [Int], _ time: TimeOfDay?, _ segment: Segment) -> [LimitClause] {
    let words = text.excerpt(segment.tokens)
    for case .everyWeeks(let count) in segment.cycles { return [everyWeeks(count, days, time, segment)] }
    if segment.cycles.contains(.week) || isAfterEvery(segment) {
      var recurrence = Recurrence(pattern: .weekdays(Set(days)), cycle: .week, from: issued, time: time)
      recurrence.isBefore = bound == .before && time == nil
      return [repeating(recurrence, segment, rule: "R7")]
    }
    ask("ngày trong tuần không ghi tuần nào: lấy ngày gần nhất", "a weekday without its week: the next one is taken")
    guard segment.cycles.isEmpty else {
      return [LimitClause(kind: .recurring, timing: .undated, rule: "R13", words: words)]
    }
    return days.map { day in
      let next = (0...6).map { issued.adding(days: $0) }.first { $0.weekday == day } ?? issued
      let due = due(bound, next, time: time)
      return LimitClause(kind: time == nil ? .deadline : .datetime, timing: .once(due), rule: "R9", words: words)
    }
  }

  /// “hai tuần một lần vào thứ Sáu”: from the first such day on.
  private mutating func everyWeeks(_ count: Int, _ days: [Int], _ time: TimeOfDay?, _ segment: Segment) -> LimitClause {
    ask("tính từ ngày ban hành", "counted from the issue date")
    let first = (0...6).map { issued.adding(days: $0) }.first { days.contains($0.weekday) } ?? issued
    let start = first.adding(days: -7 * count)
    let recurrence = Recurrence(pattern: .everyDays(7 * count), cycle: .week, from: start, time: time)
    return repeating(recurrence, segment, rule: "R7")
  }

  /// “mỗi thứ Sáu”.
  private func isAfterEvery(_ segment: Segment) -> Bool {
    segment.tokens.contains { index in
      index + 1 < tokens.count && tokens[index].kind == .term(.every)
        && (tokens[index + 1].kind == .term(.weekday) || tokens[index + 1].kind == .term(.sunday))
    }
  }
}
