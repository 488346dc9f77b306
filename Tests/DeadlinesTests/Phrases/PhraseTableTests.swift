import Deadlines
import Testing

@Suite("The table of phrases")
struct PhraseTableTests {
  @Test("every row reads as the table says")
  func everyRow() throws {
    let calendar = try PhraseFixtures.calendar()
    let rows = try PhraseFixtures.rows("phrases")
    #expect(rows.count > 160)
    for row in rows {
      try #require(row.count == 5, "not five columns: \(row)")
      let issued = try #require(CivilDate(row[1]), "\(row)")
      let reading = Reading(row[0], issued: issued, calendar: calendar)
      #expect(reading.kind == row[2], "\(row[0])")
      #expect(reading.nominal == (try PhraseFixtures.dates(row[3])), "\(row[0])")
    }
  }

  @Test("what must be asked is asked, and says why")
  func doubtsHaveNotes() throws {
    let calendar = try PhraseFixtures.calendar()
    for row in try PhraseFixtures.rows("phrases") {
      let reading = Reading(row[0], issued: try #require(CivilDate(row[1])), calendar: calendar)
      if reading.limit.needsConfirmation { #expect(!reading.limit.notes.isEmpty, "\(row[0])") }
      if reading.limit.confidence == .high { #expect(!reading.limit.needsConfirmation, "\(row[0])") }
      if ["invalid", "missing"].contains(row[2]) { #expect(reading.limit.needsConfirmation, "\(row[0])") }
    }
  }

  /// Title and product where rule R7 looks at them.
  private static let words: [String: (title: String, product: String)] = [
    "PL.3": (
      "Thực hiện cắt giảm tối thiểu 15% số lượng văn bản hành chính",
      "Số lượng văn bản hành chính giảm ít nhất 15% mỗi năm; báo cáo kết quả về Sở Nội vụ tổng hợp chung"
    ),
    "PL.6": ("Thực hiện cắt giảm hội nghị", "Số lượng hội nghị giảm; báo cáo kết quả về Văn phòng UBND tỉnh"),
    "PL.10": ("Số hóa văn bản đạt 100%", "văn bản gửi nhận điện tử; báo cáo kết quả định kỳ."),
    "PL.13": (
      "Báo cáo Chủ tịch UBND tỉnh kết quả triển khai Kết luận 226-KL/TW",
      "Báo cáo tình hình định kỳ hằng quý, 6 tháng, hằng năm (trong báo cáo CCHC theo quy định)"
    ),
  ]

  @Test("the first plan has the three dates of the table")
  func seedTasks() throws {
    let calendar = try PhraseFixtures.calendar()
    let issued = try #require(CivilDate("2026-05-13"))
    for row in try PhraseFixtures.rows("seed_tasks") {
      let words = Self.words[row[0]]
      let reading = Reading(
        row[3],
        issued: issued,
        title: words?.title ?? "",
        product: words?.product ?? "",
        calendar: calendar
      )
      #expect(reading.kind == row[4], "\(row[0])")
      // The table gives the monthly statistics of 2026 only.
      let end = row[0] == "IV.1.b" ? try #require(CivilDate("2026-12-31")) : PhraseFixtures.to
      let dates = reading.limit.dueDates(from: issued, to: end, calendar: calendar, regime: .standard)
      #expect(dates.map(\.nominal) == (try PhraseFixtures.dates(row[5])), "\(row[0])")
      #expect(dates.map(\.target) == (try PhraseFixtures.dates(row[6])), "\(row[0])")
      #expect(dates.map(\.legal) == (try PhraseFixtures.dates(row[7])), "\(row[0])")
    }
  }
}
