/// The questions about a day that counting working days asks again and again, answered by bits.
struct DayIndex: Sendable {
  private let weekend: UInt8
  /// One bit for each day from `firstListed` on.
  private var listed: [UInt64] = []
  private var firstListed = 0
  /// One bit for each year from 1900 on.
  private var covered: [UInt64] = Array(repeating: 0, count: 5)
  /// By year, each worked out when first asked for; nil when nothing is computed.
  private let computed: YearTable<ComputedYear>?

  init(weekendDays: Set<Int>, listed days: [CivilDate], covered years: Set<Int>, computed: WorkingCalendar.Computed) {
    weekend = weekendDays.reduce(0) { $0 | (1 << UInt8($1)) }
    self.computed =
      computed == .none
      ? nil : YearTable(1900...2200) { ComputedYear($0, computed.days(ofYear: $0, weekendDays: weekendDays)) }
    for year in years { covered.set(year - 1900) }
    guard let first = days.min(), let last = days.max() else { return }
    firstListed = Int(first.dayNumber)
    listed = Array(repeating: 0, count: last.days(since: first) / 64 + 1)
    for day in days { listed.set(Int(day.dayNumber) - firstListed) }
  }

  func isWeekend(_ date: CivilDate) -> Bool { weekend & (1 << UInt8(date.weekday)) != 0 }

  func isListed(_ date: CivilDate) -> Bool {
    let place = Int(date.dayNumber) - firstListed
    return place >= 0 && place < listed.count * 64 && listed.has(place)
  }

  /// Only in years that no file covers.
  func isComputedDayOff(_ date: CivilDate) -> Bool {
    guard let computed else { return false }
    let year = date.year
    return !covered.has(year - 1900) && computed[year].isOff(date)
  }

  func computedDays(ofYear year: Int) -> [WorkingCalendar.DecreedDay] {
    guard let computed, (1900...2200).contains(year), !covered.has(year - 1900) else { return [] }
    return computed[year].days
  }
}

/// The computed days of one year.
final class ComputedYear: Sendable {
  let days: [WorkingCalendar.DecreedDay]
  private let first: Int
  private let off: [UInt64]

  init(_ year: Int, _ days: [WorkingCalendar.DecreedDay]) {
    self.days = days
    let first = CivilDate(year: year, month: 1, day: 1).map { Int($0.dayNumber) } ?? 0
    var off: [UInt64] = Array(repeating: 0, count: 6)
    for day in days where day.date.year == year { off.set(Int(day.date.dayNumber) - first) }
    self.first = first
    self.off = off
  }

  /// The day must be of this year.
  func isOff(_ date: CivilDate) -> Bool { off.has(Int(date.dayNumber) - first) }
}

extension [UInt64] {
  fileprivate func has(_ place: Int) -> Bool { self[place >> 6] >> UInt64(place & 63) & 1 != 0 }
  fileprivate mutating func set(_ place: Int) { self[place >> 6] |= 1 << UInt64(place & 63) }
}
