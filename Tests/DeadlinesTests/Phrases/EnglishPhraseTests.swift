import Deadlines
import Testing

@Suite("English time limits")
struct EnglishPhraseTests {
  private let calendar: WorkingCalendar
  private let issued: CivilDate

  init() throws {
    self.calendar = try PhraseFixtures.calendar()
    self.issued = try #require(CivilDate("2026-05-13"))
  }

  private func limit(_ phrase: String) -> TimeLimit {
    TimeLimitParser(calendar: calendar).parse(phrase, issued: issued)
  }

  @Test(
    "an English limit means what the Vietnamese one means",
    arguments: [
      ("by 30 June 2026", "chậm nhất ngày 30/6/2026"), ("no later than June 30, 2026", "không quá ngày 30/6/2026"),
      ("on or before the 30th of June 2026", "trước và trong ngày 30/6/2026"),
      ("before 1 July 2026", "trước ngày 01/7/2026"), ("prior to July 1st, 2026", "trước ngày 01/7/2026"),
      ("within Q3 2026", "trong quý III/2026"), ("the third quarter of 2026", "quý III năm 2026"),
      ("2026 Q3", "quý III/2026"), ("by the end of June 2026", "đến cuối tháng 6/2026"),
      ("by year-end 2026", "đến cuối năm 2026"), ("in the first half of 2026", "trong 6 tháng đầu năm 2026"),
      ("first nine months of 2026", "9 tháng đầu năm 2026"), ("mid-June 2026", "giữa tháng 6/2026"),
      ("May 2026", "Tháng 5/2026"), ("May-June 2026", "Tháng 5-6/2026"), ("during 2026", "trong năm 2026"),
      ("from 1 to 15 June 2026", "từ ngày 01 đến ngày 15 tháng 6 năm 2026"),
      ("June 1-15, 2026", "01-15/6/2026"), ("between 8 June and 12 June 2026", "từ ngày 08/6 đến ngày 12/6/2026"),
      ("from now until 30 June 2026", "từ nay đến hết ngày 30/6/2026"),
      ("after 30 June 2026", "sau ngày 30/6/2026"), ("second week of June 2026", "tuần 2 tháng 6/2026"),
      ("every quarter", "hằng quý"), ("each month", "hằng tháng"), ("annually", "hằng năm"), ("daily", "hằng ngày"),
      ("weekly", "hằng tuần"), ("every Friday", "thứ Sáu hằng tuần"),
      ("on Mondays and Thursdays", "thứ Hai và thứ Năm hằng tuần"), ("every 2 months", "02 tháng/lần"),
      ("every other week", "hai tuần một lần"), ("twice a year", "02 lần/năm"), ("once per quarter", "mỗi quý 01 lần"),
      ("by the 25th of each month", "chậm nhất ngày 25 hằng tháng"),
      ("before the 5th of the following month", "trước ngày 05 của tháng kế tiếp sau kỳ báo cáo (tháng)"),
      ("the 15th and 30th of every month", "ngày 15 và ngày 30 hằng tháng"),
      ("the 1st day of each month", "ngày đầu tiên hằng tháng"),
      ("the last working day of each month", "ngày làm việc cuối cùng hằng tháng"),
      ("the third working day of each month", "ngày làm việc thứ 3 hằng tháng"),
      ("the first Monday of each month", "thứ Hai đầu tiên hằng tháng"),
      ("the last Friday of June 2026", "thứ Sáu cuối cùng của tháng 6/2026"),
      ("last day of every quarter", "ngày cuối cùng của mỗi quý"),
      ("by the 10th of the first month of the next quarter", "chậm nhất ngày 10 của tháng đầu quý sau"),
      ("by 20 December each year", "chậm nhất ngày 20 tháng 12 hằng năm"),
      ("every June and December", "tháng 6 và tháng 12 hằng năm"),
      ("quarterly, six-monthly and annual reports", "báo cáo hằng quý, 6 tháng, năm"),
      ("report every six months", "báo cáo 6 tháng một lần"),
      ("5 working days after receipt", "05 ngày làm việc sau khi nhận được"),
      (
        "within five (5) working days of receipt of this plan",
        "trong 05 ngày làm việc kể từ ngày nhận được Kế hoạch này"
      ),
      ("within 30 days from the date of issue", "trong vòng 30 ngày kể từ ngày ban hành"),
      ("within 48 hours", "trong vòng 48 giờ"), ("the next working day", "ngày làm việc tiếp theo"),
      ("by 5:30 pm on 20 May 2026", "trước 17 giờ 30 ngày 20/5/2026"), ("20 May 2026 at 17:00", "17h00 ngày 20/5/2026"),
      ("by close of business on Friday, 22 May 2026", "trước 17h00 thứ Sáu, ngày 22/5/2026"),
      ("complete by 30 June 2026; report by 5 July 2026", "hoàn thành ngày 30/6/2026; báo cáo đến ngày 05/7/2026"),
      ("ongoing", "thường xuyên"), ("2026 and the following years", "năm 2026 và các năm tiếp theo"),
      ("on request", "theo yêu cầu"), ("as soon as possible", "trong thời gian sớm nhất"),
      ("February 30, 2026", "ngày 30/02/2026"), ("in the third quarter", "trong quý III"),
      ("report under Plan No. 181/KH-UBND of 29 April 2026 by 30 June 2026", "chậm nhất ngày 30/6/2026"),
    ]
  )
  func meansTheSame(english: String, vietnamese: String) throws {
    let (read, wanted) = (limit(english), limit(vietnamese))
    #expect(read.clauses.map(\.kind) == wanted.clauses.map(\.kind))
    let last = PhraseFixtures.to
    let dates = read.dueDates(from: .first, to: last, calendar: calendar, regime: .standard)
    let wantedDates = wanted.dueDates(from: .first, to: last, calendar: calendar, regime: .standard)
    #expect(dates.map(\.nominal) == wantedDates.map(\.nominal))
    #expect(dates.map(\.time) == wantedDates.map(\.time))
    #expect(dates.map(\.graceUntil) == wantedDates.map(\.graceUntil))
  }

  @Test(
    "what English leaves open is asked",
    arguments: [
      "by 05/06/2026", "by 6/30/2026", "next Friday", "early July 2026", "biweekly", "tentatively 30 June 2026",
      "within 5 working days after approval", "by 30 June 2026 or 15 July 2026",
    ]
  )
  func asks(phrase: String) { #expect(limit(phrase).needsConfirmation) }

  @Test("day and month in figures: both readings are given")
  func dayOrMonth() throws {
    let clause = try #require(limit("by 05/06/2026").clauses.first)
    #expect(clause.timing == .once(LimitClause.Due(nominal: try #require(CivilDate("2026-06-05")))))
    #expect(clause.otherReadings.map(\.nominal) == [[try #require(CivilDate("2026-05-06"))]])
  }

  @Test(
    "Vietnamese without its marks stays Vietnamese",
    arguments: ["den het ngay 30/6/2026", "to chuc trong thang 6/2026", "T6/2026", "bao cao hang quy", "Q3/2026"]
  )
  func unmarked(phrase: String) {
    #expect(!limit(phrase).clauses.isEmpty)
    #expect(limit(phrase).clauses.allSatisfy { $0.kind != .none })
  }
}
