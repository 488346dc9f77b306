/// The months of one lunar year of Viet Nam.
///
/// Method: astronomical new moons and major solar terms (trung khí) by the local day at UTC+7, in force in Viet Nam since
/// 1968; the month of the winter solstice is the eleventh; of thirteen months between two solstices the first without a
/// major term is the leap month (Hồ Ngọc Đức, “Thuật toán tính âm lịch”; Aslaksen, “The Mathematics of the Chinese
/// Calendar”).
final class LunarYear: Sendable {
  struct Month: Sendable {
    /// 1…12; a leap month has the number of the month before it.
    var number: Int
    var isLeap: Bool
    /// Days since 1970-01-01.
    var start: Int
    var length: Int
  }

  let months: [Month]

  var start: Int { months[0].start }

  /// The lunar years that have a day in 1900…2200.
  static let years = 1899...2200

  /// The year's months, worked out once.
  static func of(_ year: Int) -> LunarYear { table[year] }

  private static let table = YearTable(years, LunarYear.init)

  private init(_ year: Int) {
    let toOctober = SolsticeYear.endingIn(year).months.drop { $0.number > 10 }
    let toDecember = SolsticeYear.endingIn(year + 1).months.prefix { $0.number > 10 }
    months = Array(toOctober + toDecember)
  }

  func month(_ number: Int, isLeap: Bool) -> Month? { months.first { $0.number == number && $0.isLeap == isLeap } }
}

/// The months from that of one winter solstice up to that of the next.
private final class SolsticeYear: Sendable {
  let months: [LunarYear.Month]

  /// Worked out once: two lunar years have a part in it.
  static func endingIn(_ year: Int) -> SolsticeYear { table[year] }

  private static let table = YearTable(1899...2201, SolsticeYear.init)

  /// From the eleventh month of the year before.
  private init(endingIn year: Int) {
    let first = Self.newMoonBeforeSolstice(ofYear: year - 1)
    let last = Self.newMoonBeforeSolstice(ofYear: year)
    let starts = (first...last).map(NewMoons.localDay)
    let leap = last - first == 13 ? Self.firstWithoutMajorTerm(starts) : nil
    months = starts.indices.dropLast().map { index in
      let place = leap.map { index >= $0 } == true ? index - 1 : index
      return LunarYear.Month(
        number: (place + 10) % 12 + 1,
        isLeap: index == leap,
        start: starts[index],
        length: starts[index + 1] - starts[index]
      )
    }
  }

  /// The number of the new moon with which the month of that year's December solstice begins.
  private static func newMoonBeforeSolstice(ofYear year: Int) -> Int {
    var index = Int(((Double(year) - 2000 + 0.97) * 12.3685).rounded(.down))
    func isAfterSolstice(_ index: Int) -> Bool { SolarLongitude.twelfth(atMidnight: NewMoons.localDay(index)) >= 9 }
    while isAfterSolstice(index) { index -= 1 }
    while !isAfterSolstice(index + 1) { index += 1 }
    return index
  }

  private static func firstWithoutMajorTerm(_ starts: [Int]) -> Int? {
    let terms = starts.map(SolarLongitude.twelfth)
    return terms.indices.dropFirst().dropLast().first { terms[$0] == terms[$0 + 1] }
  }
}
