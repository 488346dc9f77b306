/// Which days an office works: weekdays, minus decreed days off, plus weekend days worked in exchange (rule R11).
///
/// The days are data and change late (rule R17): a swap was once announced eight days before. So the calendar is a
/// value that is read from a file and handed in. For a year without a decree the days may be computed from a country's
/// law; such a year is provisional.
public struct WorkingCalendar: Sendable {
  /// What a decree says of one day.
  public enum DayKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// A statutory day off, also when it falls on a weekend.
    case `public`
    /// A weekday off that is no feast itself: compensation or exchange.
    case compensatory
    /// A weekend day that is worked in exchange.
    case swappedWorking = "swapped-working"
  }

  public struct DecreedDay: Sendable, Hashable, Codable {
    public let date: CivilDate
    public let name: String
    public let kind: DayKind
    /// The decree it comes from.
    public let source: String

    public init(date: CivilDate, name: String, kind: DayKind, source: String) {
      self.date = date
      self.name = name
      self.kind = kind
      self.source = source
    }
  }

  /// Where the days off of years without a decree come from.
  public enum Computed: String, Sendable, Hashable, CaseIterable {
    /// From nowhere: only the weekly rest is known.
    case none
    /// From the law of Viet Nam and the lunar calendar.
    case vietNam = "vietnam"

    func days(ofYear year: Int, weekendDays: Set<Int>) -> [DecreedDay] {
      switch self {
      case .none: []
      case .vietNam: VietnameseCalendar.days(ofYear: year, weekendDays: weekendDays)
      }
    }
  }

  /// What is known of a year's days off.
  public enum YearBasis: String, Sendable, Hashable, Codable {
    case decreed
    /// The office's files give its days, and say that the decree is still to come.
    case announced
    /// The law gives its days; what is decided year by year is guessed.
    case computed
    /// Only the weekly rest is known.
    case weeklyRest = "weekly-rest"
  }

  /// ISO weekdays off every week: 6 and 7 in Viet Nam.
  public let weekendDays: Set<Int>
  public let decreedDays: [CivilDate: DecreedDay]
  /// Years for which a file gives public days off, and to which nothing computed is added.
  ///
  /// A year of which it only names exchanged days, as one decreed for the turn of the year, is not among them.
  public let coveredYears: Set<Int>
  public let computed: Computed
  /// Years whose days in the files are not decreed yet.
  public let undecreedYears: Set<Int>

  private let index: DayIndex

  /// - Parameters:
  ///   - decreedDays: A later entry for the same day replaces an earlier one.
  ///   - weekendDays: ISO weekdays 1…7; a calendar without any working weekday falls back to Saturday and Sunday.
  ///   - computed: What gives the days of years that no entry covers.
  ///   - undecreedYears: Years whose entries are provisional all the same.
  public init(
    decreedDays: [DecreedDay],
    weekendDays: Set<Int> = [6, 7],
    computed: Computed = .none,
    undecreedYears: Set<Int> = []
  ) {
    let weekend = weekendDays.count < 7 ? weekendDays : [6, 7]
    self.weekendDays = weekend
    self.decreedDays = Dictionary(decreedDays.map { ($0.date, $0) }, uniquingKeysWith: { _, later in later })
    self.coveredYears = Set(decreedDays.filter { $0.kind == .public }.map(\.date.year))
    self.computed = computed
    self.undecreedYears = undecreedYears
    self.index = DayIndex(
      weekendDays: weekend,
      listed: Array(self.decreedDays.keys),
      covered: coveredYears,
      computed: computed
    )
  }

  /// Viet Nam as far as its law goes: no decree, every year provisional.
  public static let vietNamByLaw = WorkingCalendar(decreedDays: [], computed: .vietNam)

  public func isWorkingDay(_ date: CivilDate) -> Bool {
    if index.isListed(date) { return decreedDays[date]?.kind == .swappedWorking }
    return !index.isWeekend(date) && !index.isComputedDayOff(date)
  }

  /// The day itself if it is worked, else the working day before it: the *target* of rule R3.
  public func rollBack(_ date: CivilDate) -> CivilDate { firstWorkingDay(from: date, step: -1) }

  /// The day itself if it is worked, else the next working day: the *legal* date of rule R3, BLDS 2015 article
  /// 148(5).
  public func rollForward(_ date: CivilDate) -> CivilDate { firstWorkingDay(from: date, step: 1) }

  /// The working day `count` working days after `date` (before it when negative).
  ///
  /// The start day is not counted (article 147); 0 gives `date` itself, worked or not.
  public func adding(workingDays count: Int, to date: CivilDate) -> CivilDate {
    let step = count < 0 ? -1 : 1
    var day = date
    for _ in 0..<min(abs(count), 80_000) {
      let next = firstWorkingDay(from: day.adding(days: step), step: step)
      if next == day { break }
      day = next
    }
    return day
  }

  /// Working days after `start` up to and including `end`; negative when `end` is earlier.
  public func workingDays(from start: CivilDate, to end: CivilDate) -> Int {
    if end < start { return -workingDays(from: end, to: start) }
    var count = 0
    var day = start
    while day < end {
      day = day.adding(days: 1)
      if isWorkingDay(day) { count += 1 }
    }
    return count
  }

  private func firstWorkingDay(from date: CivilDate, step: Int) -> CivilDate {
    var day = date
    while !isWorkingDay(day) {
      let next = day.adding(days: step)
      if next == day { break }  // the end of 1900–2200
      day = next
    }
    return day
  }
}

// What is known of years, and the days by year.
extension WorkingCalendar {
  public func basis(ofYear year: Int) -> YearBasis {
    if coveredYears.contains(year) { return undecreedYears.contains(year) ? .announced : .decreed }
    return computed == .none ? .weeklyRest : .computed
  }

  /// True until the year's days off are decreed: dates in it may still move (rule R17).
  public func isProvisional(year: Int) -> Bool { basis(ofYear: year) != .decreed }

  /// In order.
  public func provisionalYears(in years: ClosedRange<Int>) -> [Int] { years.filter(isProvisional) }

  /// Every day off that is no mere weekly rest, and every weekend day that is worked, in order.
  public func days(ofYear year: Int) -> [DecreedDay] {
    let listed = decreedDays.values.filter { $0.date.year == year }
    let computed = index.computedDays(ofYear: year).filter { decreedDays[$0.date] == nil }
    return (listed + computed).sorted { $0.date < $1.date }
  }

  /// True when that day may still turn out otherwise: its year is provisional and no decree names the day itself.
  public func isProvisional(_ date: CivilDate) -> Bool {
    isProvisional(year: date.year) && (undecreedYears.contains(date.year) || decreedDays[date] == nil)
  }

  /// How many days of the month are worked; `month` must be 1…12.
  public func workingDays(inMonth month: Int, of year: Int) -> Int {
    guard let first = CivilDate(year: year, month: month, day: 1) else { return 0 }
    return (0..<CivilDate.daysIn(month: month, year: year)).count { isWorkingDay(first.adding(days: $0)) }
  }
}

extension WorkingCalendar: Hashable {
  // The index follows from the rest.
  public static func == (left: Self, right: Self) -> Bool {
    left.decreedDays == right.decreedDays && left.weekendDays == right.weekendDays && left.computed == right.computed
      && left.undecreedYears == right.undecreedYears
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(decreedDays)
    hasher.combine(weekendDays)
    hasher.combine(computed)
    hasher.combine(undecreedYears)
  }
}
