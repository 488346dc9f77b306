import Deadlines
import Testing

@Suite("Several obligations in one stretch of words")
struct ObligationTests {
  private let calendar: WorkingCalendar
  private let issued: CivilDate

  init() throws {
    self.calendar = try PhraseFixtures.calendar()
    self.issued = try #require(CivilDate("2026-05-13"))
  }

  @Test(
    "every date and every cycle is read",
    arguments: [
      ("trước ngày 15/6 và trước ngày 15/12 hằng năm", "recurring", "2026-06-14,2026-12-14"),
      ("Hằng năm, trước ngày 15/6 và trước ngày 15/12", "recurring", "2026-06-14,2026-12-14"),
      ("ngày 20 hằng tháng và ngày 15/6 hằng năm", "recurring+recurring", "2026-05-20,2026-06-15,2026-06-20"),
      ("hằng quý và trước ngày 15/6 hằng năm", "recurring+recurring", "2026-06-14,2026-06-30"),
      ("thứ Sáu cuối cùng hằng tháng và ngày 25 hằng quý", "recurring+recurring", "2026-05-29,2026-06-25,2026-06-26"),
      ("trước ngày 10 hằng tháng và trước ngày 15 tháng cuối quý", "recurring+recurring", "2026-06-09,2026-06-14"),
      ("định kỳ 6 tháng (trước ngày 15/6), hằng năm (trước ngày 15/12)", "recurring", "2026-06-14,2026-12-14"),
      ("Báo cáo năm gửi trước ngày 15/6 hằng năm", "recurring", "2026-06-14"),
      ("hằng tháng, cuối tháng", "recurring", "2026-05-31,2026-06-30"), ("đầu mỗi tháng", "recurring", "2026-06-01"),
      ("hằng tháng trong 03 ngày làm việc đầu tháng", "recurring", "2026-06-03"),
      ("từ ngày 20 đến ngày 25 hằng tháng", "recurring", "2026-05-25,2026-06-25"),
      ("từ ngày 15/5 đến ngày 15/6 hằng năm", "recurring", "2026-06-15"),
      ("Quý II/2026, hằng quý", "window+recurring", "2026-06-30,2026-09-30"),
      ("Tháng 5/2026 và hằng quý", "window+recurring", "2026-05-31,2026-06-30"),
      ("báo cáo hằng quý; Quý II/2026", "report+window", "2026-06-16,2026-06-30"),
      ("Rằm hằng tháng", "recurring", "2026-05-31,2026-06-29"),
      ("Chậm nhất 15 ngày sau khi kết thúc tháng", "recurring", "2026-05-15,2026-06-15"),
    ]
  )
  func all(phrase: String, kind: String, nominal: String) throws {
    let to = try #require(CivilDate("2026-12-31"))
    let reading = Reading(phrase, issued: issued, calendar: calendar, from: issued, to: to)
    #expect(reading.kind == kind)
    let wanted = try PhraseFixtures.dates(nominal)
    #expect(Array(reading.nominal.prefix(wanted.count)) == wanted)
  }

  @Test(
    "what belongs to no obligation is asked about",
    arguments: [
      "báo cáo hằng quý trong 05 ngày làm việc kể từ ngày chốt số liệu",
      "10 ngày kể từ ngày ban hành, sau đó hằng tháng",
      "trước 7 giờ sáng và 16 giờ chiều hằng ngày", "Hàng năm trước ngày 15/12, năm 2026 trước ngày 10/12",
      "đầu, giữa và cuối tháng hằng tháng", "hằng tuần, tháng, quý", "2,5 ngày làm việc kể từ ngày 20/5/2026",
      "trước ngày 30/6/2026 hoặc sau khi có hướng dẫn", "từ tháng 9 đến tháng 6/2026", "tuần 53 năm 2027",
      "ngày làm việc thứ 20 của tháng 2/2027", "số liệu tính đến ngày 14/6/2026", "trong Tháng Thanh niên",
    ]
  )
  func asks(phrase: String) {
    #expect(TimeLimitParser(calendar: calendar).parse(phrase, issued: issued).needsConfirmation)
  }

  @Test("dates of one period keep keys of their own")
  func keys() throws {
    let limit = TimeLimitParser(calendar: calendar).parse("ngày 10/6 và ngày 25/6 hằng năm", issued: issued)
    let dates = limit.dueDates(from: issued, to: PhraseFixtures.to, calendar: calendar, regime: .standard)
    #expect(dates.count == 4)
    #expect(Set(dates.map(\.periodKey)).count == 4)
  }
}
