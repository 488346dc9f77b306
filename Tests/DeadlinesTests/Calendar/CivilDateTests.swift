import Deadlines
import Foundation
import TestSupport
import Testing

@Suite("A civil date")
struct CivilDateTests {
  @Test(
    "is refused when there is no such day",
    arguments: [
      "2026-06-31", "2027-02-29", "2026-00-10", "2026-13-01", "1899-12-31", "2201-01-01", "2026-6-3", "26-06-03",
      "2026/06/03", "２０２６-06-03", "", "2026-06-3O", "1900-02-29",
    ]
  )
  func impossible(text: String) {
    #expect(CivilDate(text) == nil)
  }

  @Test(
    "knows its weekday",
    arguments: [("2026-05-13", 3), ("1970-01-01", 4), ("1900-01-01", 1), ("2200-12-31", 3)]
  )
  func weekday(text: String, expected: Int) {
    #expect(Offices.date(text).weekday == expected)
  }

  @Test(
    "moves by months to the corresponding day, or the month's last",
    arguments: [
      ("2026-01-31", 1, "2026-02-28"), ("2026-11-30", 3, "2027-02-28"), ("2024-02-29", 12, "2025-02-28"),
      ("2026-03-31", -1, "2026-02-28"), ("2026-05-13", 0, "2026-05-13"), ("1900-01-01", -1, "1900-01-01"),
      ("2200-12-31", 1, "2200-12-31"),
    ]
  )
  func months(start: String, count: Int, expected: String) {
    #expect(Offices.date(start).adding(months: count) == Offices.date(expected))
  }

  @Test("agrees with Foundation's Gregorian calendar on every day of 1900 to 2200")
  func everyDay() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    var day = CivilDate.first
    var count = 0
    while true {
      let parts = calendar.dateComponents(
        [.year, .month, .day, .weekday],
        from: Date(timeIntervalSince1970: Double(day.dayNumber) * 86_400)
      )
      let isEqual =
        parts.year == day.year && parts.month == day.month && parts.day == day.day
        && (parts.weekday.map { ($0 + 5) % 7 + 1 }) == day.weekday
      if !isEqual { Issue.record("\(day) is \(parts)") }
      count += 1
      if day == .last { break }
      day = day.adding(days: 1)
    }
    #expect(count == 109_938)
  }

  @Test("is read back as it is written")
  func writtenAndRead() {
    var numbers = Seeded(1)
    for _ in 0..<2000 {
      let number = Int.random(in: -25_567...84_370, using: &numbers)
      let date = CivilDate(dayNumber: number)
      #expect(date != nil && CivilDate(date?.description ?? "") == date)
    }
  }

  @Test("stays inside 1900 to 2200, however far it is moved", arguments: [Int.max, Int.min, 1_000_000, -1_000_000])
  func farAway(count: Int) {
    let moved = Offices.date("2026-05-13").adding(days: count)
    #expect(moved == (count > 0 ? .last : .first))
    #expect((CivilDate.first...CivilDate.last).contains(Offices.date("2026-05-13").adding(months: count)))
  }
}
