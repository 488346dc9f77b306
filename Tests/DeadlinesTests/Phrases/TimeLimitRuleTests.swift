import Deadlines
import Testing

@Suite("Rules of time limits")
struct TimeLimitRuleTests {
  private let calendar: WorkingCalendar
  private let issued: CivilDate

  init() throws {
    self.calendar = try PhraseFixtures.calendar()
    self.issued = try #require(CivilDate("2026-05-13"))
  }

  private func dueDates(_ phrase: String, title: String = "", product: String = "") -> [DueDate] {
    TimeLimitParser(calendar: calendar).parse(phrase, issued: issued, title: title, product: product)
      .dueDates(from: PhraseFixtures.from, to: PhraseFixtures.to, calendar: calendar, regime: .standard)
  }

  @Test(
    "siblings of the table's phrases",
    arguments: [
      ("ngày ba mươi tháng sáu năm 2026", "deadline", "2026-06-30"),
      ("tháng mười hai", "window", "2026-12-31"),
      ("Tháng 6, tháng 7 năm 2026", "window", "2026-07-31"),
      ("Quý I, II/2026", "window", "2026-06-30"),
      ("nửa đầu năm", "window", "2026-06-30"),
      ("9 tháng đầu năm 2026", "window", "2026-09-30"),
      ("đầu tháng 6/2026", "deadline", "2026-06-01"),
      ("giữa tháng 7/2026", "deadline", "2026-07-15"),
      ("hết năm 2026", "window", "2026-12-31"),
      ("hết tháng 6/2026", "window", "2026-06-30"),
      ("đến tháng 9 năm 2026", "deadline", "2026-09-30"),
      ("trước quý III", "deadline", "2026-06-30"),
      ("17h00 ngày 30/6/2026", "datetime", "2026-06-30"),
      ("trước 24h ngày 30/6/2026", "datetime", "2026-06-30"),
      ("trước 0h ngày 01/7/2026", "datetime", "2026-06-30"),
      ("từ ngày 25/6 đến ngày 05/7/2026", "window", "2026-07-05"),
      ("01–15/6/2026", "window", "2026-06-15"),
      ("từ nay đến trước ngày 30/6/2026", "window", "2026-06-29"),
      ("trước ngày 31/4", "invalid", ""),
      ("tháng 13/2026", "invalid", ""),
      ("quý lII/2026", "window", "2026-09-30"),
      ("quy III nam 2026", "window", "2026-09-30"),
      ("truoc ngay 30/6/2026", "deadline", "2026-06-29"),
      ("10 ngày trước ngày 30/6/2026", "relative", "2026-06-20"),
      ("Báo cáo năm gửi trước ngày 25/11 hàng năm", "recurring", "2026-11-24,2027-11-24"),
      ("trước ngày 10/01 của năm liền kề năm báo cáo", "recurring", "2027-01-09"),
      ("mỗi năm 2 lần", "recurring", "2026-06-30,2026-12-31,2027-06-30,2027-12-31"),
      ("Theo Kế hoạch số 12/KH-UBND ngày 1/2/2026, hoàn thành trước ngày 30/6/2026", "deadline", "2026-06-29"),
      ("Hà Nội, ngày 01 tháng 6 năm 2026", "none", ""),
      ("Thường xuyên; báo cáo trước ngày 15/12/2026", "continuous+deadline", "2026-12-14"),
      ("trước 16h, thứ Sáu, ngày 22/5/2026", "datetime", "2026-05-22"),
      ("trước khi kết thúc quý III/2026", "deadline", "2026-09-30"),
    ]
  )
  func siblings(phrase: String, kind: String, nominal: String) throws {
    let reading = Reading(phrase, issued: issued, calendar: calendar)
    #expect(reading.kind == kind)
    #expect(reading.nominal == (try PhraseFixtures.dates(nominal)))
  }

  @Test(
    "two readings are asked about",
    arguments: [
      "tuần 2 tháng 7", "đầu quý III/2026", "03 tháng/lần", "trong vòng 48 giờ", "trước ngày 30/4", "6 tháng",
      "15-20/12",
      "Quý II, III", "khoảng ngày 15/6/2026", "trước ngày 30/6/2026 nếu có hướng dẫn", "Hạn before 30/6/2026",
      "trước ngày 30/6/2026 (thứ Hai)", "chậm nhất ngày 15/6/2026 hoặc ngày 20/6/2026", "T6", "xyz abc",
      "ngày 3O/6/2026", "Quý V/2026", "15 ngày trước khi khai mạc", "до 30.06.2026",
    ]
  )
  func asks(phrase: String) {
    let limit = TimeLimitParser(calendar: calendar).parse(phrase, issued: issued)
    #expect(limit.needsConfirmation)
    #expect(!limit.notes.isEmpty)
    #expect(limit.confidence != .high)
  }

  @Test(
    "words around a limit do not make it doubtful",
    arguments: [
      "gửi về Phòng Văn hóa - Xã hội trước ngày 30/6/2026 để tổng hợp", "Hoàn thành rà soát trong quý III/2026",
      "Nộp hồ sơ về Văn phòng chậm nhất 16h30 ngày 12/6/2026 để kịp thời tổng hợp", "Hằng tháng tự theo dõi, thống kê",
      "Khẩn trương hoàn thành trước ngày 30/6/2026", "Thời hạn hoàn thành: trước ngày 15 tháng 08 năm 2026",
    ]
  )
  func fillersAreHarmless(phrase: String) {
    #expect(!TimeLimitParser(calendar: calendar).parse(phrase, issued: issued).needsConfirmation)
  }

  @Test("“trước ngày D” is due the day before, with D as grace; a month has none (R2)")
  func grace() throws {
    let day = try #require(dueDates("trước ngày 30/6/2026").first)
    #expect(day.nominal == CivilDate("2026-06-29") && day.graceUntil == CivilDate("2026-06-30"))
    let month = try #require(dueDates("trước tháng 7/2026").first)
    #expect(month.nominal == CivilDate("2026-06-30") && month.graceUntil == nil)
    let each = try #require(dueDates("trước ngày 25 hàng tháng").first)
    #expect(each.graceUntil == CivilDate("2026-05-25") && each.periodKey == "2026-05")
  }

  @Test(
    "a window begins on the issue date, with its period, or at once (R4)",
    arguments: [
      ("Trong tháng 5/2026.", "2026-05-13"), ("Quý III/2026", "2026-07-01"),
      ("hoàn thành trong quý III/2026", "2026-05-13"),
      ("thực hiện trong quý III/2026", "2026-07-01"), ("tháng 4/2026", "2026-04-01"),
    ]
  )
  func windowStart(phrase: String, start: String) throws {
    let due = try #require(dueDates(phrase).first)
    #expect(due.windowStart == CivilDate(start))
  }

  @Test("a past date is kept and said to be past")
  func past() throws {
    let limit = TimeLimitParser(calendar: calendar).parse("trước ngày 20.7.2020", issued: issued)
    let dates = limit.dueDates(from: .first, to: .last, calendar: calendar, regime: .standard)
    #expect(dates.map(\.nominal) == [CivilDate("2020-07-19")])
    #expect(!limit.notes.isEmpty)
  }

  @Test("the four reports with their keys and data periods (R5)")
  func reports() {
    let dates = dueDates("Hằng quý, 6 tháng, năm").prefix(4)
    #expect(dates.map(\.periodKey) == ["2026-H1", "2026-Q3", "2026", "2027-Q1"])
    #expect(dates.map(\.period) == ["6 tháng đầu năm 2026", "quý III/2026", "năm 2026", "quý I/2027"])
    #expect(
      dates.map { "\($0.dataFrom?.description ?? "")" } == ["2025-12-15", "2026-06-15", "2025-12-15", "2026-12-15"]
    )
    #expect(
      dates.map { "\($0.dataTo?.description ?? "")" } == ["2026-06-14", "2026-09-14", "2026-12-14", "2027-03-14"]
    )
    #expect(dates.allSatisfy { $0.clause == "report" })
  }

  @Test("a periodic word is a report when title or product begin with it (R7)")
  func reportTask() {
    #expect(dueDates("Hằng quý").first?.nominal == CivilDate("2026-06-30"))
    #expect(dueDates("Hằng quý", title: "Báo cáo kết quả").first?.nominal == CivilDate("2026-06-16"))
    #expect(dueDates("Hằng quý", product: "Kế hoạch; báo cáo định kỳ").first?.nominal == CivilDate("2026-06-16"))
    #expect(dueDates("Hằng quý", product: "Kế hoạch; báo cáo kết quả").first?.nominal == CivilDate("2026-06-30"))
  }

  @Test("check-ins of continuous work (R6)")
  func checkIns() throws {
    let parser = TimeLimitParser(calendar: calendar)
    let quarterly = parser.parse("Thường xuyên", issued: issued)
      .checkIns(from: PhraseFixtures.from, to: PhraseFixtures.to, calendar: calendar, regime: .standard)
    let expected = "2026-06-12,2026-09-14,2026-12-14,2027-03-12,2027-06-14,2027-09-14,2027-12-14"
    #expect(quarterly.map(\.nominal) == (try PhraseFixtures.dates(expected)))
    #expect(quarterly.allSatisfy { $0.kind == .continuous && $0.target == $0.nominal && $0.legal == $0.nominal })
    let yearly = parser.parse(
      "Hoàn thành rà soát trong quý III năm 2026; thực hiện thường xuyên hằng năm.",
      issued: issued
    )
    .checkIns(from: PhraseFixtures.from, to: PhraseFixtures.to, calendar: calendar, regime: .standard)
    #expect(yearly.map(\.nominal) == (try PhraseFixtures.dates("2026-12-14,2027-12-14")))
  }

  @Test(
    "the key of a period does not move with its date",
    arguments: [
      ("Năm 2026", ["once"]), ("Quý II và quý IV/2026", ["2026-Q2", "2026-Q4"]), ("hằng năm", ["2026", "2027"]),
      ("ngày 03 của tháng kế tiếp sau kỳ báo cáo (tháng), trong tháng 6/2026", ["2026-05"]),
      ("thứ Sáu hằng tuần từ 01/8/2026 đến 08/8/2026", ["2026-08-07"]),
      ("tháng 6 và tháng 12 hằng năm", ["2026-06", "2026-12", "2027-06", "2027-12"]),
    ]
  )
  func keys(phrase: String, keys: [String]) { #expect(dueDates(phrase).map(\.periodKey) == keys) }

  @Test("clauses of one kind have keys of their own")
  func clauseKeys() {
    let dates = dueDates("Hoàn thành trước ngày 15/6/2026; gửi kết quả trước ngày 20/6/2026")
    #expect(dates.map(\.clause) == ["deadline", "deadline-2"])
  }

  @Test("the words of a clause are those of the phrase, also decomposed")
  func words() {
    let phrase = "Hoàn thành trong tháng 6/2026; báo cáo trước ngày 05/7/2026 nhé"
    let limit = TimeLimitParser(calendar: calendar).parse(phrase, issued: issued)
    #expect(limit.clauses.map(\.words) == ["Hoàn thành trong tháng 6/2026", "báo cáo trước ngày 05/7/2026 nhé"])
  }
}
