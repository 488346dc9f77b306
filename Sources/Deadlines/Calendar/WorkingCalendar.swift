/// Which days an office works: weekdays, minus decreed days off, plus weekend days worked in exchange (rule R11).
///
/// The days are data and change late (rule R17): a swap was once announced eight days before. So the calendar is a
/// value that is read from a file and handed in; nothing here knows one country.
public struct WorkingCalendar: Sendable, Hashable {
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

  /// ISO weekdays off every week: 6 and 7 in Viet Nam.
  public let weekendDays: Set<Int>
  public let decreedDays: [CivilDate: DecreedDay]
  /// Years for which a file gives days; in any other year only the weekly rest is known.
  public let coveredYears: Set<Int>

  /// - Parameters:
  ///   - decreedDays: A later entry for the same day replaces an earlier one.
  ///   - weekendDays: ISO weekdays 1…7; a calendar without any working weekday falls back to Saturday and Sunday.
  public init(decreedDays: [DecreedDay], weekendDays: Set<Int> = [6, 7]) {
    self.weekendDays = weekendDays.count < 7 ? weekendDays : [6, 7]
    self.decreedDays = Dictionary(decreedDays.map { ($0.date, $0) }, uniquingKeysWith: { _, later in later })
    self.coveredYears = Set(decreedDays.map(\.date.year))
  }

  public func isWorkingDay(_ date: CivilDate) -> Bool {
    switch decreedDays[date]?.kind {
    case .public, .compensatory: false
    case .swappedWorking: true
    case nil: !weekendDays.contains(date.weekday)
    }
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
