/// Days that come again and again.
public struct Recurrence: Sendable, Hashable {
  /// A day of a month; a month without that day gives its last one (BLDS 2015, article 148(3); rule R10).
  public struct MonthDay: Sendable, Hashable {
    /// 1…12.
    public let month: Int
    /// 1…31; 31 is the last day of every month.
    public let day: Int

    public init(month: Int, day: Int) {
      self.month = month
      self.day = day
    }
  }

  public enum Pattern: Sendable, Hashable {
    case monthDays([MonthDay])
    /// ISO weekdays 1…7.
    case weekdays(Set<Int>)
    case workingDays
    /// Every so many days after `from`.
    case everyDays(Int)
    /// A working day of those months, counted from the start, or, when negative, back from the end; a month without so
    /// many gives none.
    case workingDay(Int, months: [Int])
    /// An ISO weekday of those months, counted in the same way; a month without a fifth one gives none.
    case weekday(Int, ordinal: Int, months: [Int])
    /// Days of the lunar calendar, in every lunar year.
    case lunarDays([MonthDay])
    /// Days of every lunar month, leap months included.
    case lunarMonthDays([Int])
    /// The last day of every so many years after that of `from`.
    case everyYears(Int)
    /// Certain periods, each due once, with their keys.
    case periods([Period])
  }

  public struct Period: Sendable, Hashable {
    public let due: LimitClause.Due
    public let key: String

    public init(due: LimitClause.Due, key: String) {
      self.due = due
      self.key = key
    }
  }

  /// The period that one due date closes.
  public enum Cycle: Sendable, Hashable { case day, week, month, quarter, halfYear, year }

  public var pattern: Pattern
  public var cycle: Cycle
  /// Periods by which the due date lies behind the period it belongs to: 1 for “ngày 03 của tháng kế tiếp”.
  public var lag: Int
  public var from: CivilDate
  public var until: CivilDate?
  public var time: TimeOfDay?
  /// “trước ngày D”: due the day before, with D itself as grace (rule R2).
  public var isBefore: Bool

  public init(
    pattern: Pattern,
    cycle: Cycle,
    lag: Int = 0,
    from: CivilDate,
    until: CivilDate? = nil,
    time: TimeOfDay? = nil,
    isBefore: Bool = false
  ) {
    self.pattern = pattern
    self.cycle = cycle
    self.lag = lag
    self.from = from
    self.until = until
    self.time = time
    self.isBefore = isBefore
  }

  /// The dues with a nominal day inside `from`…`to`, with the key of their period, earliest first.
  public func occurrences(from start: CivilDate, to end: CivilDate, calendar: WorkingCalendar) -> [Period] {
    let first = max(start, from)
    let last = min(end, until ?? end)
    guard first <= last else { return [] }
    if case .periods(let periods) = pattern {
      return periods.filter { start <= $0.due.nominal && $0.due.nominal <= last }
    }
    // One day more at each side: “trước ngày D” and rolling back move a day out of its place.
    let anchors = anchors(from: first.adding(days: -1), to: last.adding(days: 15), calendar: calendar)
    return anchors.compactMap { anchor in
      let nominal = isBefore ? anchor.adding(days: -1) : anchor
      return first <= nominal && nominal <= last ? period(at: anchor, nominal: nominal) : nil
    }
  }

  private func anchors(from start: CivilDate, to end: CivilDate, calendar: WorkingCalendar) -> [CivilDate] {
    switch pattern {
    case .monthDays(let days): Self.monthDays(days, from: start, to: end)
    case .weekdays(let weekdays): Self.days(from: start, to: end) { weekdays.contains($0.weekday) }
    case .workingDays: Self.days(from: start, to: end, where: calendar.isWorkingDay)
    case .everyDays(let step): Self.days(from: start, to: end) { $0 > from && $0.days(since: from) % max(step, 1) == 0 }
    case .workingDay(let ordinal, let months):
      Self.months(months, from: start, to: end) { first in
        let day = calendar.workingDay(ordinal, from: first, to: first.lastOfMonth)
        return day.month == first.month ? day : nil
      }
    case .weekday(let weekday, let ordinal, let months):
      Self.months(months, from: start, to: end) { first in
        let day = CivilDate.weekday(weekday, ordinal: ordinal, from: first, to: first.lastOfMonth)
        return day.month == first.month ? day : nil
      }
    case .lunarDays(let days): Self.lunarDays(days, from: start, to: end)
    case .lunarMonthDays(let days): Self.days(from: start, to: end) { days.contains(LunarDate($0).day) }
    case .everyYears(let step):
      Self.yearEnds(from: start, to: end).filter { $0.year > from.year && ($0.year - from.year) % max(step, 1) == 0 }
    case .periods: []
    }
  }

  private static func months(
    _ months: [Int],
    from start: CivilDate,
    to end: CivilDate,
    day: (CivilDate) -> CivilDate?
  ) -> [CivilDate] {
    let firsts = (start.year...end.year).flatMap { year in
      months.sorted().compactMap { CivilDate(year: year, month: $0, day: 1) }
    }
    return firsts.compactMap(day).filter { start <= $0 && $0 <= end }
  }

  private static func yearEnds(from start: CivilDate, to end: CivilDate) -> [CivilDate] {
    (start.year...end.year).compactMap { CivilDate(year: $0, month: 12, day: 31) }.filter { start <= $0 && $0 <= end }
  }

  /// A month of 29 days gives its last one for the 30th.
  private static func lunarDays(_ days: [MonthDay], from start: CivilDate, to end: CivilDate) -> [CivilDate] {
    let dates = (start.year - 1...end.year).flatMap { year in
      days.compactMap { day in
        (LunarDate(year: year, month: day.month, day: day.day) ?? LunarDate(year: year, month: day.month, day: 29))?
          .civil
      }
    }
    return dates.filter { start <= $0 && $0 <= end }.sorted()
  }

  private static func days(from start: CivilDate, to end: CivilDate, where holds: (CivilDate) -> Bool) -> [CivilDate] {
    (0...max(0, end.days(since: start))).map { start.adding(days: $0) }.filter(holds)
  }

  private static func monthDays(_ days: [MonthDay], from start: CivilDate, to end: CivilDate) -> [CivilDate] {
    let dates = (start.year...end.year).flatMap { year in
      days.compactMap { day in
        CivilDate(year: year, month: day.month, day: 1).map {
          $0.adding(days: min(day.day, CivilDate.daysIn(month: day.month, year: year)) - 1)
        }
      }
    }
    return unique(dates.filter { start <= $0 && $0 <= end }.sorted())
  }

  private func period(at anchor: CivilDate, nominal: CivilDate) -> Period {
    let name = periodName(of: anchor)
    let due = LimitClause.Due(nominal: nominal, time: time, graceUntil: isBefore ? anchor : nil, period: name.label)
    return Period(due: due, key: name.key)
  }

  private func periodName(of anchor: CivilDate) -> PeriodName {
    if isSeveralAPeriod { return PeriodName(day: anchor) }
    return switch cycle {
    case .day, .week: PeriodName(day: anchor)
    case .month: PeriodName(month: anchor.adding(months: -lag))
    case .quarter: PeriodName(quarter: anchor.adding(months: -3 * lag))
    case .halfYear: PeriodName(half: anchor.adding(months: -6 * lag))
    case .year: isSeveralAYear ? PeriodName(month: anchor) : PeriodName(year: anchor.year - lag)
    }
  }

  /// Then only the day tells them apart; lunar days wander over the months and years of the solar calendar.
  private var isSeveralAPeriod: Bool {
    switch pattern {
    case .lunarDays, .lunarMonthDays: return true
    default: break
    }
    guard case .monthDays(let days) = pattern else { return false }
    let periods = days.map { day in
      switch cycle {
      case .quarter: (day.month - 1) / 3
      case .halfYear: (day.month - 1) / 6
      default: day.month
      }
    }
    return Set(periods).count < periods.count
  }

  private var isSeveralAYear: Bool {
    switch pattern {
    case .monthDays(let days): days.count > 1
    case .workingDay(_, let months), .weekday(_, _, let months): months.count > 1
    default: false
    }
  }
}

/// A period's key, which never changes, and its name in the office's words.
public struct PeriodName: Sendable, Hashable {
  public let key: String
  public let label: String

  init(key: String, label: String) {
    self.key = key
    self.label = label
  }

  init(day: CivilDate) { self.init(key: "\(day)", label: "ngày \(officeDate(day))") }
  init(month day: CivilDate) {
    self.init(key: "\(day.year)-\(twoDigits(day.month))", label: "tháng \(day.month)/\(day.year)")
  }
  init(quarter day: CivilDate) {
    self.init(key: "\(day.year)-Q\(day.quarter)", label: "quý \(romanNumeral(day.quarter))/\(day.year)")
  }
  init(half day: CivilDate) {
    let isFirst = day.month <= 6
    self.init(key: "\(day.year)-H\(isFirst ? 1 : 2)", label: "6 tháng \(isFirst ? "đầu" : "cuối") năm \(day.year)")
  }
  init(year: Int) { self.init(key: "\(year)", label: "năm \(year)") }
}

/// I to IV.
func romanNumeral(_ quarter: Int) -> String {
  (1...4).contains(quarter) ? ["I", "II", "III", "IV"][quarter - 1] : "\(quarter)"
}

/// As offices write it: 05/7/2026; the month takes a zero only for 1 and 2 (NĐ 30/2020).
func officeDate(_ date: CivilDate) -> String {
  let (year, month, day) = date.yearMonthDay
  return "\(twoDigits(day))/\(month <= 2 ? twoDigits(month) : "\(month)")/\(year)"
}
