import Deadlines
import TestSupport
import Testing

@Suite("The lunar calendar")
struct LunarDateTests {
  private func civil(_ year: Int, _ month: Int, _ day: Int, leap: Bool = false) -> CivilDate? {
    LunarDate(year: year, month: month, isLeapMonth: leap, day: day)?.civil
  }

  @Test("has Tết and Giỗ Tổ on the days of the tables", arguments: [("tet", 1, 1), ("gioto", 3, 10)])
  func tables(table: String, month: Int, day: Int) throws {
    let rows = try Tree.rows("domain/\(table).tsv")
    #expect(rows.count >= 50)
    for row in rows {
      let date = Offices.date(row[1])
      let lunar = LunarDate(date)
      #expect(civil(date.year, month, day) == date, "\(row)")
      #expect((lunar.year, lunar.month, lunar.day) == (Int(row[0]), month, day), "\(row)")
      #expect(!lunar.isLeapMonth)
    }
  }

  @Test(
    "differs from China where a new moon or the solstice lies between the two midnights",
    arguments: [
      (1968, "1968-01-29"), (1969, "1969-02-16"), (1985, "1985-01-21"), (2007, "2007-02-17"), (2030, "2030-02-02"),
      (2053, "2053-02-18"), (2034, "2034-02-19"), (1900, "1900-01-31"), (2199, "2199-01-27"),
    ]
  )
  func newYears(year: Int, expected: String) {
    #expect(LunarDate.newYear(year) == Offices.date(expected))
  }

  @Test(
    "has leap months where no major term falls",
    arguments: [
      (1984, nil), (1985, 2), (1987, 7), (2004, 2), (2006, 7), (2012, 4), (2014, 9), (2017, 6), (2020, 4), (2023, 2),
      (2025, 6), (2026, nil), (2028, 5), (2031, 3), (2033, 11), (2034, nil),
    ]
  )
  func leapMonths(year: Int, month: Int?) {
    #expect(LunarDate.leapMonth(ofYear: year) == month)
  }

  @Test("has the leap eleventh month of 2033, which simple rules put into 2034")
  func year2033() {
    #expect(LunarDate(Offices.date("2033-12-22")).description == "1/11 nhuận Quý Sửu")
    #expect(LunarDate(Offices.date("2034-01-20")).description == "1/12 Quý Sửu")
    #expect(LunarDate.daysIn(month: 11, isLeapMonth: true, year: 2033) == 29)
  }

  @Test("goes from every day of 1900 to 2200 to its lunar date and back, day by day")
  func roundTrip() throws {
    var previous: LunarDate?
    for number in CivilDate.first.dayNumber...CivilDate.last.dayNumber {
      let date = try #require(CivilDate(dayNumber: Int(number)))
      let lunar = LunarDate(date)
      let again = LunarDate(year: lunar.year, month: lunar.month, isLeapMonth: lunar.isLeapMonth, day: lunar.day)
      guard again == lunar, again?.civil == date, previous.map({ follows(lunar, $0) }) ?? true else {
        Issue.record("\(date): \(lunar) after \(previous?.description ?? "nothing")")
        return
      }
      previous = lunar
    }
  }

  /// The next day of the same month, or the first day of the next month.
  private func follows(_ next: LunarDate, _ day: LunarDate) -> Bool {
    let isSameMonth = next.year == day.year && next.month == day.month && next.isLeapMonth == day.isLeapMonth
    if isSameMonth { return next.day == day.day + 1 }
    guard next.day == 1, day.day >= 29 else { return false }
    let isLeap = next.isLeapMonth && next.month == day.month && !day.isLeapMonth && next.year == day.year
    let isNext =
      !next.isLeapMonth && next.month == day.month % 12 + 1 && next.year - day.year == (day.month == 12 ? 1 : 0)
    return isLeap || isNext
  }

  @Test("refuses days that do not exist")
  func refuses() {
    #expect(civil(2026, 2, 30) == nil, "the second month of Bính Ngọ has 29 days")
    #expect(civil(2026, 2, 29) != nil && civil(2026, 1, 30) != nil)
    #expect(civil(2026, 6, 1, leap: true) == nil)
    #expect(civil(2025, 6, 1, leap: true) == Offices.date("2025-07-25"))
    for (month, day) in [(0, 1), (13, 1), (1, 0), (1, 31)] { #expect(civil(2026, month, day) == nil) }
    for year in [-1, 1899, 1898, 2201, .max, .min] { #expect(civil(year, 1, 1) == nil) }
    #expect(civil(1899, 12, 1) == Offices.date("1900-01-01"))
    #expect(civil(2200, 12, 30) == nil, "in 2201")
  }

  @Test("equals PyPI's lunar-vn on every day of 1975 to 2075 but one month's start")
  func oracle() async throws {
    let result = try await runPython("calendar/lunar_days.py")
    #expect(result.status == 0, "\(result.errors.suffix(400))")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 36_890)
    let differing = lines.filter { line in
      let cells = line.split(separator: "\t")
      let lunar = LunarDate(Offices.date(String(cells[0])))
      let own = "\(lunar.year)\t\(lunar.month)\t\(lunar.isLeapMonth ? 1 : 0)\t\(lunar.day)"
      return cells.dropFirst().joined(separator: "\t") != own
    }
    // New moon on 9 December 2072 about ten seconds before local midnight: lunar-vn's shorter series is some minutes late.
    // Hồ Ngọc Đức's tables and the numerical ephemerides begin month 11 on that day too; from the next day on, until
    // the month ends, the two differ by one.
    #expect(differing.count == 30)
    #expect(differing.first?.hasPrefix("2072-12-09\t") == true)
    #expect(differing.last?.hasPrefix("2073-01-07\t") == true)
  }

  @Test("names years by stem and branch, and finds the nearest year of a name")
  func names() {
    #expect(
      [1984, 2026, 2027, 2033, 1900].map(LunarDate.yearName) == [
        "Giáp Tý", "Bính Ngọ", "Đinh Mùi", "Quý Sửu", "Canh Tý",
      ]
    )
    #expect(LunarDate.year(named: "Bính Ngọ", near: 2026) == 2026)
    #expect(LunarDate.year(named: "bính  ngọ", near: 1990) == 1966)
    #expect(LunarDate.year(named: "Quí Tị", near: 2026) == 2013)
    #expect(LunarDate.year(named: "Bính Mùi", near: 2026) == nil, "an even stem has no odd branch")
    #expect(LunarDate.year(named: "năm ngoái", near: 2026) == nil)
    #expect(LunarDate.year(stem: 2, branch: 6, near: 2026) == 2026)
    #expect(LunarDate.year(stem: 10, branch: 6, near: 2026) == nil)
  }
}
