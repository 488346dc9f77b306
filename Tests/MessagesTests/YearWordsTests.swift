import Deadlines
import Foundation
import Messages
import TestSupport
import Testing

@Suite("a year's days off in words")
struct YearWordsTests {
  private static func day(_ date: String, _ name: String, _ kind: WorkingCalendar.DayKind) -> WorkingCalendar.DecreedDay
  {
    WorkingCalendar.DecreedDay(date: Samples.day(date), name: name, kind: kind, source: "TB 1/TB-BNV, đ.1; đ.2")
  }

  /// 2026 decreed, 2027 announced, 2028 computed but for an exchange at the turn of the year.
  private let calendar = WorkingCalendar(
    decreedDays: [
      day("2026-09-02", "Quốc khánh", .public), day("2026-08-22", "Làm việc thứ Bảy, bù 31/8/2026", .swappedWorking),
      day("2027-01-01", "Tết Dương lịch", .public), day("2028-01-08", "Làm việc thứ Bảy", .swappedWorking),
    ],
    computed: .vietNam,
    undecreedYears: [2027]
  )

  private func calendarFile(_ year: Int) -> String {
    YearWords(year, calendar, language: .vietnamese)
      .iCalendar(owner: "camgiang", createdAt: Samples.morning(Samples.day("2026-11-23")))
  }

  @Test("the calendar file is the bytes of its file", arguments: [2026, 2028])
  func equalsFile(year: Int) throws {
    try Fixture.expect(Array(calendarFile(year).utf8), equals: "calendar-\(year).ics")
  }

  @Test("PyPI's icalendar reads every day back", arguments: [2026, 2027, 2028])
  func readsBack(year: Int) async throws {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/year.ics"
    try Data(calendarFile(year).utf8).write(to: URL(fileURLWithPath: file))
    let result = try await runPython("calendar/read_ics.py", file)
    #expect(result.status == 0, "\(result.errors)")
    let expected = calendar.days(ofYear: year).map { day in
      let isOpen = year == 2027 || (year == 2028 && day.kind != .swappedWorking)
      let name = isOpen ? "\(day.name) (tạm tính)" : day.name
      let status = isOpen ? "TENTATIVE" : "CONFIRMED"
      return "\(day.date)\t\(day.date.adding(days: 1))\t\(day.date)@camgiang.calendar.nhachan\t\(status)\t\(name)"
    }
    #expect(result.output.split(separator: "\n").map(String.init) == expected)
  }

  @Test("lines end with CRLF and have at most 75 octets")
  func lines() {
    let lines = calendarFile(2028).components(separatedBy: "\r\n")
    #expect(lines.last == "" && lines.count > 100)
    #expect(lines.allSatisfy { $0.utf8.count <= 75 && !$0.contains("\n") })
  }

  @Test("a row tells the weekday, the lunar date, the kind and what is provisional")
  func rows() throws {
    let words = YearWords(2028, calendar, language: .vietnamese)
    let tet = try #require(words.days.first { $0.name == "Tết Nguyên đán (mùng 1)" })
    #expect(words.row(tet).prefix(5) == ["26/01/2028", "thứ Tư", "1/1 Mậu Thân", "nghỉ lễ, tết", "tạm tính"])
    let worked = try #require(words.days.first { $0.kind == .swappedWorking })
    #expect(words.row(worked).prefix(5) == ["08/01/2028", "thứ Bảy", "12/12 Đinh Mùi", "làm bù", "chính thức"])
    let english = YearWords(2026, calendar, language: .english)
    #expect(english.row(english.days[1]).prefix(4) == ["2 September 2026", "Wednesday", "public holiday", "decreed"])
    #expect(english.header.count == english.row(english.days[0]).count)
    #expect(words.header.count == words.row(tet).count)
  }

  @Test(
    "says what the year rests on",
    arguments: [(2026, "theo thông báo"), (2027, "tạm tính: tệp lịch"), (2028, "tạm tính theo quy định")]
  )
  func basis(year: Int, expected: String) {
    #expect(YearWords(year, calendar, language: .vietnamese).basis.hasPrefix(expected))
  }
}
