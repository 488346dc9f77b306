extension RecurrenceRule {
  /// Every occurrence inside `from`…`to`, earliest first, each day once.
  ///
  /// The work is bounded by the days between `start` and `to`, whatever INTERVAL and COUNT say and even when no day
  /// ever matches.
  /// - Parameters:
  ///   - start: The standard's DTSTART; the first day of the rule, and what it takes a missing day, month or weekday
  ///     from.
  ///   - from: The first day wanted.
  ///   - to: The last day wanted.
  /// - Returns: The days, without those of EXDATE, with those of RDATE.
  public func dates(startingOn start: CivilDate, from: CivilDate, to: CivilDate) -> [CivilDate] {
    guard from <= to else { return [] }
    var dates = Set(added.filter { from <= $0 && $0 <= to })
    forEachDate(startingOn: start, through: to) { date in
      if from <= date { dates.insert(date) }
      return true
    }
    return dates.subtracting(excluded).sorted()
  }

  /// The first occurrence of all, or nil when the rule never gives one.
  public func firstDate(startingOn start: CivilDate) -> CivilDate? {
    let excluded = Set(excluded)
    var first = added.first { !excluded.contains($0) }
    forEachDate(startingOn: start, through: first ?? .last) { date in
      guard !excluded.contains(date) else { return true }
      first = min(first ?? date, date)
      return false
    }
    return first
  }

  /// Calls `body` with the rule's own days in their order, until it says false.
  private func forEachDate(startingOn start: CivilDate, through end: CivilDate, _ body: (CivilDate) -> Bool) {
    let last = min(end, until ?? end)
    let matcher = DayMatcher(completed(by: start))
    var counted = 0
    for period in RulePeriods(rule: self, start: start) {
      guard period.lowerBound <= last else { return }
      for date in chosen(matcher.days(in: period)) where date >= start {
        guard date <= last, counted < count ?? .max else { return }
        counted += 1
        guard body(date) else { return }
      }
    }
  }

  /// The places of BYSETPOS within the days of one period.
  private func chosen(_ days: [CivilDate]) -> [CivilDate] {
    guard !bySetPosition.isEmpty else { return days }
    let places = bySetPosition.map { $0 > 0 ? $0 - 1 : days.count + $0 }
    return Set(places).filter(days.indices.contains).sorted().map { days[$0] }
  }

  /// What the rule does not say is taken from the start day.
  private func completed(by start: CivilDate) -> RecurrenceRule {
    var rule = self
    guard byWeekNumber.isEmpty, byYearDay.isEmpty, byMonthDay.isEmpty, byDay.isEmpty else { return rule }
    switch frequency {
    case .daily: break
    case .weekly: rule.byDay = [WeekdayNumber(weekday: start.weekday, ordinal: nil)]
    case .monthly: rule.byMonthDay = [start.day]
    case .yearly:
      rule.byMonthDay = [start.day]
      if byMonth.isEmpty { rule.byMonth = [start.month] }
    }
    return rule
  }

  /// Weekdays with a place count within the month, else within the year.
  var countsWeekdaysByMonth: Bool { frequency == .monthly || !byMonth.isEmpty }
}

/// The days, weeks, months or years in which a rule looks for occurrences.
private struct RulePeriods: Sequence, IteratorProtocol {
  private let frequency: RecurrenceRule.Frequency
  private let weekStart: Int
  private let step: Int
  /// Nil once 1900–2200 is over.
  private var start: CivilDate?

  init(rule: RecurrenceRule, start: CivilDate) {
    frequency = rule.frequency
    weekStart = rule.weekStart
    // 1900–2200 has some 110 000 days: a longer step leads out of it as well, and must not overflow.
    step = Swift.min(rule.interval, 200_000)
    self.start =
      switch frequency {
      case .daily, .weekly: start
      case .monthly: start.firstOfMonth
      case .yearly: start.firstOfYear
      }
  }

  mutating func next() -> ClosedRange<CivilDate>? {
    guard let start else { return nil }
    self.start = following(start)
    return start...end(of: start)
  }

  private func end(of start: CivilDate) -> CivilDate {
    switch frequency {
    case .daily: start
    case .weekly: start.adding(days: 6 - daysIntoWeek(start))
    case .monthly: start.lastOfMonth
    case .yearly: start.lastOfYear
    }
  }

  private func following(_ start: CivilDate) -> CivilDate? {
    switch frequency {
    case .daily: CivilDate(dayNumber: Int(start.dayNumber) + step)
    case .weekly: CivilDate(dayNumber: Int(start.dayNumber) - daysIntoWeek(start) + 7 * step)
    case .monthly: month(start.year * 12 + start.month - 1 + step)
    case .yearly: CivilDate(year: start.year + step, month: 1, day: 1)
    }
  }

  private func daysIntoWeek(_ day: CivilDate) -> Int { (day.weekday - weekStart + 7) % 7 }

  private func month(_ index: Int) -> CivilDate? { CivilDate(year: index / 12, month: index % 12 + 1, day: 1) }
}

/// Tells which days a rule matches, its places within periods aside.
private struct DayMatcher {
  private let rule: RecurrenceRule
  private let months: Set<Int>
  private let weekdays: Set<Int>
  private let placed: Set<RecurrenceRule.WeekdayNumber>

  init(_ rule: RecurrenceRule) {
    self.rule = rule
    months = Set(rule.byMonth)
    weekdays = Set(rule.byDay.filter { $0.ordinal == nil }.map(\.weekday))
    placed = Set(rule.byDay.filter { $0.ordinal != nil })
  }

  func days(in period: ClosedRange<CivilDate>) -> [CivilDate] {
    (0...period.upperBound.days(since: period.lowerBound)).map { period.lowerBound.adding(days: $0) }.filter(matches)
  }

  private func matches(_ date: CivilDate) -> Bool {
    let (year, month, day) = date.yearMonthDay
    return (months.isEmpty || months.contains(month))
      && isIn(rule.byMonthDay, day, of: CivilDate.daysIn(month: month, year: year))
      && isIn(rule.byYearDay, date.days(since: date.firstOfYear) + 1, of: CivilDate.isLeap(year) ? 366 : 365)
      && (rule.byDay.isEmpty || weekdays.contains(date.weekday) || isPlaced(date))
      && isInWeek(date)
  }

  /// Whether the list is empty, or names the number from the front or from the end.
  private func isIn(_ list: [Int], _ number: Int, of all: Int) -> Bool {
    list.isEmpty || list.contains(number) || list.contains(number - all - 1)
  }

  private func isPlaced(_ date: CivilDate) -> Bool {
    guard !placed.isEmpty else { return false }
    let isByMonth = rule.countsWeekdaysByMonth
    let before = date.days(since: isByMonth ? date.firstOfMonth : date.firstOfYear)
    let after = (isByMonth ? date.lastOfMonth : date.lastOfYear).days(since: date)
    return [before / 7 + 1, -(after / 7 + 1)].contains { ordinal in
      placed.contains(RecurrenceRule.WeekdayNumber(weekday: date.weekday, ordinal: ordinal))
    }
  }

  // MARK: Weeks of the year

  private func isInWeek(_ date: CivilDate) -> Bool {
    guard !rule.byWeekNumber.isEmpty else { return true }
    let year = [date.year + 1, date.year].first { Int(date.dayNumber) >= firstWeek(of: $0) } ?? date.year - 1
    let first = firstWeek(of: year)
    let weeks = (firstWeek(of: year + 1) - first) / 7
    return isIn(rule.byWeekNumber, (Int(date.dayNumber) - first) / 7 + 1, of: weeks)
  }

  /// The day number on which the first week with at least four days in the year begins.
  private func firstWeek(of year: Int) -> Int {
    let fourth = dayNumber(ofFourthOfJanuary: year)
    let weekday = (fourth % 7 + 7 + 3) % 7 + 1
    return fourth - (weekday - rule.weekStart + 7) % 7
  }

  /// Counted on beyond 1900–2200, whose last weeks belong to the years beside it.
  private func dayNumber(ofFourthOfJanuary year: Int) -> Int {
    let held = min(max(year, CivilDate.first.year), CivilDate.last.year)
    let inside = CivilDate.first.adding(months: 12 * (held - CivilDate.first.year)).adding(days: 3)
    return Int(inside.dayNumber) + 365 * (year - held)
  }
}
