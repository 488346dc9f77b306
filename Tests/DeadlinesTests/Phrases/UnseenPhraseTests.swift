import Deadlines
import Testing

/// Phrases that no table has, built from the same words.
@Suite("Phrases built from the same blocks")
struct UnseenPhraseTests {
  private let calendar: WorkingCalendar
  private let issued: CivilDate

  init() throws {
    self.calendar = try PhraseFixtures.calendar()
    self.issued = try #require(CivilDate("2026-05-13"))
  }

  private func check(_ phrase: String, _ kind: String, _ nominal: String) throws {
    let reading = Reading(phrase, issued: issued, calendar: calendar)
    #expect(reading.kind == kind)
    #expect(reading.nominal == (try PhraseFixtures.dates(nominal)))
  }

  private static let verbs = [
    "", "Hoàn thành ", "Thực hiện ", "Triển khai ", "Gửi ", "Nộp ", "Ban hành ", "Trình ", "Xong ", "Tổng hợp ",
    "Báo cáo ",
  ]

  @Test(
    "a day after any verb and preposition is due that day, after “trước” the day before",
    arguments: [
      "ngày 05/9/2026", "5.9.2026", "5-9-2026", "05 / 9 / 2026", "5/9/26", "2026-09-05", "ngày 05 tháng 9 năm 2026",
      "ngày 5 tháng chín năm 2026", "ngày 5/9", "ngày 05 tháng 9", "ngày 30-9", "30 tháng 9",
    ]
  )
  func days(spelling: String) throws {
    let day = spelling.contains("30") ? "30" : "05"
    let dayBefore = spelling.contains("30") ? "29" : "04"
    let prepositions = [
      "chậm nhất ", "chậm nhất là ", "chậm nhất đến ", "chậm nhất là đến ", "muộn nhất ", "đến ", "đến hết ", "hết ",
      "hạn ", "hạn chót ", "hạn cuối: ", "thời hạn ", "không quá ", "không muộn hơn ", "trước và trong ", "xong trong ",
    ]
    for verb in Self.verbs {
      for preposition in prepositions { try check(verb + preposition + spelling, "deadline", "2026-09-\(day)") }
      try check(verb + "trước " + spelling, "deadline", "2026-09-\(dayBefore)")
    }
  }

  @Test(
    "a period is a window, and a deadline after “đến” or “chậm nhất”",
    arguments: [
      ("tháng 8/2026", "2026-08-31"), ("T8/2026", "2026-08-31"), ("tháng tám năm 2026", "2026-08-31"),
      ("quý IV/2026", "2026-12-31"), ("quí 4 năm 2026", "2026-12-31"), ("Q4/2026", "2026-12-31"),
      ("quý bốn năm 2026", "2026-12-31"), ("Q.IV/2026", "2026-12-31"), ("năm 2027", "2027-12-31"),
      ("QuýIV/2026", "2026-12-31"), ("quý IV (năm 2026)", "2026-12-31"), ("quý IV, 2026", "2026-12-31"),
      ("6 tháng đầu năm 2027", "2027-06-30"), ("06 tháng cuối năm 2026", "2026-12-31"),
      ("9 tháng đầu năm 2027", "2027-09-30"), ("9 tháng năm 2026", "2026-09-30"), ("6 tháng/2027", "2027-06-30"),
    ]
  )
  func periods(spelling: String, last: String) throws {
    for verb in Self.verbs where verb != "Báo cáo " {
      for preposition in ["", "trong ", "vào ", "hết ", "ngay trong "] {
        try check(verb + preposition + spelling, "window", last)
      }
      for preposition in ["đến ", "đến hết ", "chậm nhất ", "không quá "] {
        try check(verb + preposition + spelling, "deadline", last)
      }
    }
  }

  @Test(
    "a range is one window to its last day",
    arguments: [
      ("Quý 3-4/2026", "2026-12-31"), ("Quý III-IV/2026", "2026-12-31"), ("T6-T8/2026", "2026-08-31"),
      ("Q3-Q4/2026", "2026-12-31"), ("từ quý II đến quý IV năm 2026", "2026-12-31"),
      ("Tháng 10, 11, 12/2026", "2026-12-31"), ("Từ tháng 11/2026 đến hết tháng 3/2027", "2027-03-31"),
      ("ngày 10 - 12 tháng 6 năm 2026", "2026-06-12"), ("từ ngày 28/12 đến ngày 05/01/2027", "2027-01-05"),
      ("trong 2 năm 2026 - 2027", "2027-12-31"), ("từ ngày 01/6/2026 đến hết năm 2026", "2026-12-31"),
      ("từ 8h00 ngày 01/6/2026 đến 17h00 ngày 05/6/2026", "2026-06-05"),
      ("từ ngày 01/6 đến trước 17 giờ ngày 05/6/2026", "2026-06-05"),
      ("từ 8h00 ngày 01/6/2026 đến ngày 05/6/2026", "2026-06-05"),
    ]
  )
  func ranges(phrase: String, last: String) throws { try check(phrase, "window", last) }

  @Test(
    "a time of day is read in every spelling; of two times the later is the limit",
    arguments: [
      ("8h00 - 17h00 ngày 20/5/2026", "17:00"), ("từ 8h00 đến 17h00 ngày 20/5/2026", "17:00"),
      ("từ 08 giờ 00 đến 11 giờ 30 ngày 20/5/2026", "11:30"), ("8h-11h30 ngày 20/5/2026", "11:30"),
      ("chậm nhất là 16h30' ngày thứ Tư 20/5/2026", "16:30"), ("Trước 17h00 - 20/5/2026", "17:00"),
      ("trước mười bảy giờ ngày 20/5/2026", "17:00"), ("hạn chót: 17h ngày 20/5/2026", "17:00"),
      ("đến 24h00 ngày 20/5/2026", "24:00"), ("trước 5 giờ chiều ngày 20/5/2026", "17:00"),
      ("ngày 20/5/2026 (trước 17h00)", "17:00"), ("hết giờ hành chính ngày 20/5/2026", "17:00"),
      ("trước 16 giờ 30 phút, thứ Tư, ngày 20 tháng 5 năm 2026", "16:30"), ("2026-05-20 16:30", "16:30"),
    ]
  )
  func times(phrase: String, time: String) throws {
    try check(phrase, "datetime", "2026-05-20")
    let limit = TimeLimitParser(calendar: calendar).parse(phrase, issued: issued)
    guard case .once(let due) = limit.clauses[0].timing else {
      Issue.record("not once")
      return
    }
    #expect(due.time?.description == time)
    #expect(!limit.needsConfirmation)
  }

  @Test("the end of a range with a time keeps the time")
  func timeOfRange() throws {
    let limit = TimeLimitParser(calendar: calendar).parse(
      "từ 8h00 ngày 01/6/2026 đến 17h00 ngày 05/6/2026",
      issued: issued
    )
    guard case .once(let due) = limit.clauses[0].timing else {
      Issue.record("not once")
      return
    }
    #expect(due.windowStart == CivilDate("2026-06-01") && due.time == TimeOfDay(hour: 17, minute: 0))
  }

  @Test(
    "days, parts of periods and starts",
    arguments: [
      ("Các đơn vị gửi báo cáo về Văn phòng trước ngày 20/6/2026", "deadline", "2026-06-19"),
      ("Hoàn thành việc rà soát, trình UBND xã chậm nhất vào ngày 25/6/2026", "deadline", "2026-06-25"),
      ("Thực hiện Quyết định số 534/QĐ-TTg ngày 31/3/2026, hoàn thành trước ngày 30/6/2026", "deadline", "2026-06-29"),
      ("Triển khai Luật Đất đai năm 2024 trước ngày 30/6/2026", "deadline", "2026-06-29"),
      ("Xây dựng Đề án giai đoạn 2026 - 2030, hoàn thành trong quý III/2026", "window", "2026-09-30"),
      ("Tổng kết năm 2026 trước ngày 20/12/2026", "deadline", "2026-12-19"),
      ("ngày cuối cùng của tháng 6/2026", "deadline", "2026-06-30"), ("ngày cuối năm 2026", "deadline", "2026-12-31"),
      ("ngày làm việc cuối cùng của tháng 5/2026", "deadline", "2026-05-29"),
      ("ngày đầu tháng 7/2026", "deadline", "2026-07-01"), ("Ngày 30 tháng 6, 2026", "deadline", "2026-06-30"),
      ("ngày mười lăm tháng sáu năm hai nghìn không trăm hai mươi sáu", "deadline", "2026-06-15"),
      ("không trước ngày 30/6/2026", "start", ""), ("không sớm hơn ngày 30/6/2026", "start", ""),
      ("cuối năm hằng năm", "recurring", "2026-12-31,2027-12-31"),
      ("Báo cáo 6 tháng đầu năm và cả năm", "report", "2026-06-16,2026-12-16,2027-06-16,2027-12-16"),
    ]
  )
  func others(phrase: String, kind: String, nominal: String) throws { try check(phrase, kind, nominal) }

  @Test("“không trước ngày D” may begin on D, “sau ngày D” the day after")
  func starts() {
    let parser = TimeLimitParser(calendar: calendar)
    #expect(parser.parse("không trước ngày 30/6/2026", issued: issued).clauses[0].from == CivilDate("2026-06-30"))
    #expect(parser.parse("sau ngày 30/6/2026", issued: issued).clauses[0].from == CivilDate("2026-07-01"))
  }

  @Test(
    "what is no time limit gives no date",
    arguments: [
      "Luật năm 2025", "Luật Tổ chức chính quyền địa phương năm 2025", "5/6 chỉ tiêu", "3/4 số đơn vị",
      "họp không quá một ngày", "họp không quá 02 - 03 giờ", "các cuộc họp không quá 90 phút", "TCVN ISO 9001:2015",
      "trong chương trình công tác hằng năm", "Cẩm Giàng, ngày 25/6/2026", "Hội nghị trực tuyến không quá 1/2 ngày",
      "Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị", "số điện thoại: 0220.3786.123", "khoản 3 Điều 12",
    ]
  )
  func noLimits(phrase: String) {
    let reading = Reading(phrase, issued: issued, calendar: calendar)
    #expect(["none", "target"].contains(reading.kind) && reading.nominal.isEmpty)
  }

  @Test(
    "an impossible period or day is refused",
    arguments: [
      "Quý V/2026", "Trong quý V năm 2026", "quý năm năm 2026", "31 6 2026", "ngày 31-9", "ngày 32/5/2026",
      "tháng 13/2026", "17h ngày 31/6/2026", "từ ngày 31/6 đến ngày 15/7/2026", "29-2-2027",
    ]
  )
  func impossible(phrase: String) {
    let reading = Reading(phrase, issued: issued, calendar: calendar)
    #expect(reading.kind == "invalid" && reading.nominal.isEmpty && reading.limit.needsConfirmation)
  }

  @Test(
    "doubtful dates are never given without asking",
    arguments: [
      ("hoàn thành 30 6 2026", "2026-06-30"), ("trước ngày 30 06 2026", "2026-06-29"),
      ("mùng 5 tháng 6 năm 2026", "2026-06-05"), ("ngày 10-12", "2026-12-10"),
      ("trước 16.30 ngày 20/5/2026", "2026-05-20"),
      ("ngày 15 và ngày 30", "2026-05-15,2026-05-30"), ("tháng 6 (2026)", "2026-06-30,2026-12-31"),
      ("trước ngày 30/6/2026 (riêng thôn 3 trước ngày 15/7/2026)", "2026-06-29,2026-07-14"),
      ("không phải trước ngày 30/6/2026", "2026-06-29"), ("30/6/2026 - 2027", "2026-06-30,2027-12-31"),
      ("15-20/12", "2026-12-20"),
    ]
  )
  func doubtful(phrase: String, nominal: String) throws {
    let reading = Reading(phrase, issued: issued, calendar: calendar)
    #expect(reading.nominal == (try PhraseFixtures.dates(nominal)))
    #expect(reading.limit.needsConfirmation)
  }

  @Test("several days of a month come together, and without “hằng” it asks")
  func daysOfMonth() {
    let reading = Reading("Ngày 15 và ngày cuối tháng", issued: issued, calendar: calendar)
    #expect(reading.kind == "recurring" && reading.limit.needsConfirmation)
    #expect(
      Array(reading.nominal.prefix(3)) == ["2026-05-15", "2026-05-31", "2026-06-15"].compactMap { CivilDate($0) }
    )
  }
}
