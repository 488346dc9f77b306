import Foundation
import TestSupport
import Testing

@Suite("nhachan calendar")
struct CalendarCommandTests {
  struct Report: Codable {
    struct Day: Codable {
      var date: String
      var name: String
      var kind: String
      var source: String
      var provisional: Bool
      var lunar: String?
    }
    var year: Int
    var basis: String
    var provisional: Bool
    var days: [Day]
    var workingDays: Int
    var workingDaysByMonth: [Int]
  }

  private func report(_ year: Int, _ arguments: String...) async throws -> Report {
    let result = try await TestSupport.run([Nhachan.path, "calendar", "\(year)", "--json"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  @Test("gives a decreed year as its table has it")
  func decreed() async throws {
    let report = try await report(2026, "--config", Tree.config)
    let rows = try Tree.rows("domain/holidays.tsv").filter { $0[0].hasPrefix("2026") }
    #expect(report.days.map { [$0.date, $0.name, $0.kind, $0.source] } == rows)
    #expect(report.basis == "decreed" && !report.provisional && !report.days.contains(where: \.provisional))
    #expect(report.days.first { $0.name.contains("Giỗ Tổ") }?.lunar == "10/3 Bính Ngọ")
    // 261 weekdays, less 14 days off on weekdays, and 2 Saturdays.
    #expect(report.workingDays == 249 && report.workingDays == report.workingDaysByMonth.reduce(0, +))
  }

  @Test(
    "says that a year announced but not decreed, or computed, is provisional",
    arguments: [
      (2027, "announced"), (2028, "computed"), (2199, "computed"),
    ]
  )
  func provisional(year: Int, basis: String) async throws {
    let report = try await report(year, "--config", Tree.config)
    #expect(report.basis == basis && report.provisional && report.days.allSatisfy(\.provisional))
    #expect(report.days.contains { $0.name.contains("Tết Nguyên đán (mùng 1") })
    let text = try await Nhachan.run("calendar", "\(year)", "--config", Tree.config)
    #expect(text.status == 0 && text.output.contains("Lịch nghỉ năm \(year) – tạm tính"))
  }

  @Test("gives an iCalendar file with the office in its UIDs")
  func iCalendar() async throws {
    let result = try await Nhachan.run("calendar", "2027", "--ics", "--config", Tree.config, "--at", "2026-11-23")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("BEGIN:VCALENDAR\r\n") && result.output.hasSuffix("END:VCALENDAR\r\n"))
    #expect(result.output.contains("UID:2027-02-06@camgiang.calendar.nhachan\r\nDTSTAMP:20261122T170000Z\r\n"))
    #expect(result.output.contains("STATUS:TENTATIVE") && !result.output.contains("STATUS:CONFIRMED"))
  }

  @Test("knows nothing of Viet Nam where the office is elsewhere, but what its file says")
  func elsewhere() async throws {
    let folder = try TemporaryFolder()
    let config = try folder.config(
      port: 2525,
      edit: [
        "nhachan.yaml": { $0.replacingOccurrences(of: "Asia/Ho_Chi_Minh", with: "Asia/Dubai") },
        "calendar/holidays.tsv": { _ in "# weekend: 5,6\n2026-12-02\tNational Day\tpublic\tdecree 1\n" },
      ]
    )
    let report = try await report(2028, "--config", config)
    #expect(report.basis == "weekly-rest" && report.provisional && report.days.isEmpty)
    let text = try await Nhachan.run("calendar", "2026", "--config", config)
    #expect(text.output.hasPrefix("Days off of 2026 – as decreed"))
    #expect(text.output.contains("Wednesday") && !text.output.contains("Bính Ngọ"))
  }

  @Test(
    "ends with 2 on a year that it cannot compute, and on two forms at once",
    arguments: [
      ["1899"], ["2200"], ["MMXXVI"], ["2026", "--ics", "--json"], [],
    ]
  )
  func usage(arguments: [String]) async throws {
    let result = try await TestSupport.run([Nhachan.path, "calendar"] + arguments + ["--config", Tree.config])
    #expect(result.status == 2)
    #expect(result.output.isEmpty && !result.errors.isEmpty)
  }

  @Test("check names the years whose dates are provisional, and why")
  func check() async throws {
    let result = try await Nhachan.run("check", "--config", Tree.config, "--at", "2026-11-23")
    #expect(result.status == 0)
    #expect(result.errors.contains("dates in 2027 are provisional: the files give its days off"))
    #expect(!result.errors.contains("2026 are provisional"))
    let later = try await Nhachan.run("check", "--config", Tree.config, "--at", "2027-11-23")
    #expect(later.errors.contains("dates in 2028 are provisional: its days off are computed from the law"))
  }

  @Test("due says that a date lies in a provisional year, and computes where there is no configuration")
  func due() async throws {
    func due(_ phrase: String, _ arguments: String...) async throws -> String {
      let command = [Nhachan.path, "due", phrase, "--issued", "2026-05-13", "--to", "2029-12-31"] + arguments
      let result = try await TestSupport.run(command, environment: ["NHACHAN_CONFIG": ""])
      return result.output
    }
    let settled = try await due("Chậm nhất 15/10/2026", "--config", Tree.config)
    #expect(!settled.contains("tạm tính"))
    let open = try await due("Chậm nhất 26/01/2028", "--config", Tree.config)
    #expect(open.contains("lịch nghỉ năm 2028 chưa có thông báo"))
    #expect(open.contains("2028-01-26  target 2028-01-21  legal 2028-01-31"), "Tết of 2028")
  }
}
