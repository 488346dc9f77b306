import Deadlines
import Testing

@Suite("Lunar days and feasts in time limits")
struct LunarPhraseTests {
  private let calendar: WorkingCalendar
  private let issued: CivilDate

  init() throws {
    self.calendar = try PhraseFixtures.calendar()
    self.issued = try #require(CivilDate("2026-05-13"))
  }

  @Test(
    "a lunar day or a named feast is a date",
    arguments: [
      ("trước ngày 23 tháng Chạp năm Bính Ngọ", "deadline", "2027-01-29"),
      ("chậm nhất ngày 23 tháng Chạp", "deadline", "2027-01-30"), ("Rằm tháng Bảy năm 2026", "deadline", "2026-08-27"),
      ("rằm tháng 7", "deadline", "2026-08-27"), ("ngày 10 tháng 3 âm lịch", "deadline", "2027-04-16"),
      ("ngày 15/8 (âm lịch)", "deadline", "2026-09-25"), ("mùng 10 tháng 3 âm lịch năm 2027", "deadline", "2027-04-16"),
      ("trong tháng Giêng năm Đinh Mùi", "window", "2027-03-07"), ("đến hết tháng Chạp", "deadline", "2027-02-05"),
      ("trước Tết Nguyên đán 2027", "deadline", "2027-02-05"), ("trước Tết Đinh Mùi", "deadline", "2027-02-05"),
      ("trước Giỗ Tổ Hùng Vương", "deadline", "2027-04-15"), ("chậm nhất ngày Quốc khánh", "deadline", "2026-09-02"),
      ("trước dịp Quốc khánh 02/9/2026", "deadline", "2026-09-01"),
      ("trước ngày 27/7 (Ngày Thương binh - Liệt sĩ)", "deadline", "2026-07-26"),
      ("Rằm tháng Giêng hằng năm", "recurring", "2027-02-20"), ("10/3 âm lịch hằng năm", "recurring", "2027-04-16"),
      ("trước ngày Nhà giáo Việt Nam 20/11 hằng năm", "recurring", "2026-11-19,2027-11-19"),
      ("05 ngày làm việc trước Tết Nguyên đán 2027", "relative-wd", "2027-01-29"),
      ("trước Tết Nguyên đán 2027 05 ngày làm việc", "relative-wd", "2027-01-29"),
      ("ngày 30 tháng Chạp năm Bính Ngọ", "invalid", ""),
    ]
  )
  func dates(phrase: String, kind: String, nominal: String) throws {
    let reading = Reading(phrase, issued: issued, calendar: calendar)
    #expect(reading.kind == kind)
    #expect(reading.nominal == (try PhraseFixtures.dates(nominal)))
  }

  @Test("work after Tết begins on the first working day after its days off")
  func afterTet() throws {
    let limit = TimeLimitParser(calendar: calendar).parse("sau Tết Nguyên đán 2027", issued: issued)
    #expect(limit.clauses.first?.kind == .start)
    #expect(limit.clauses.first?.from == CivilDate("2027-02-11"))
  }
}

@Suite("Days by their place in a month")
struct PlacedDayTests {
  private let calendar: WorkingCalendar
  private let issued: CivilDate

  init() throws {
    self.calendar = try PhraseFixtures.calendar()
    self.issued = try #require(CivilDate("2026-05-13"))
  }

  @Test(
    "weekdays, working days and the first or last days of a month or quarter",
    arguments: [
      ("thứ Sáu cuối cùng hằng tháng", "recurring", "2026-05-29,2026-06-26,2026-07-31"),
      ("thứ Hai đầu tiên hằng tháng", "recurring", "2026-06-01,2026-07-06"),
      ("thứ Tư thứ 2 hằng tháng", "recurring", "2026-05-13,2026-06-10,2026-07-08"),
      ("ngày làm việc thứ 5 hằng tháng", "recurring", "2026-06-05,2026-07-07"),
      ("ngày làm việc cuối cùng hằng tháng", "recurring", "2026-05-29,2026-06-30,2026-07-31"),
      ("ngày làm việc đầu tiên của quý", "recurring", "2026-07-01"),
      ("ngày làm việc cuối cùng của mỗi quý", "recurring", "2026-06-30"),
      ("trong 05 ngày làm việc đầu tiên hằng tháng", "recurring", "2026-06-05,2026-07-07"),
      ("thứ Sáu cuối cùng của tháng 6/2026", "deadline", "2026-06-26"),
      ("ngày làm việc đầu tiên của tháng 7/2026", "deadline", "2026-07-01"),
      ("trong 10 ngày đầu tháng 6/2026", "window", "2026-06-10"),
      ("trong 05 ngày làm việc đầu tháng 6/2026", "window", "2026-06-05"),
      ("trong 10 ngày cuối tháng 6/2026", "window", "2026-06-30"), ("mỗi quý một lần", "recurring", "2026-06-30"),
    ]
  )
  func places(phrase: String, kind: String, nominal: String) throws {
    let to = try #require(CivilDate("2026-07-31"))
    let reading = Reading(phrase, issued: issued, calendar: calendar, from: issued, to: to)
    #expect(reading.kind == kind)
    #expect(reading.nominal == (try PhraseFixtures.dates(nominal)))
    #expect(!reading.limit.needsConfirmation)
  }
}

@Suite("What a clause says of itself")
struct ClauseDoubtTests {
  private let issued = CivilDate("2026-05-13") ?? .first

  private func limit(_ phrase: String, eventDate: CivilDate? = nil) throws -> TimeLimit {
    TimeLimitParser(calendar: try PhraseFixtures.calendar()).parse(phrase, issued: issued, eventDate: eventDate)
  }

  @Test(
    "other readings come with their dates",
    arguments: [
      ("tuần 2 tháng 7", ["2026-07-14", "2026-07-17"]), ("trước ngày 30/6/2026", ["2026-06-30"]),
      ("đầu quý III/2026", ["2026-07-31"]), ("trong vòng 48 giờ", ["2026-05-15"]), ("6 tháng", ["2026-11-13"]),
      ("03 tháng/lần", ["2026-08-13"]), ("Quý II và quý III/2026", ["2026-09-30"]),
    ]
  )
  func otherReadings(phrase: String, firsts: [String]) throws {
    let clauses = try limit(phrase).clauses
    let readings = try #require(clauses.first).otherReadings
    // The same date reached another way is no other reading.
    let wanted = phrase == "trong vòng 48 giờ" ? [] : firsts.compactMap { CivilDate($0) }
    #expect(readings.compactMap(\.nominal.first) == wanted)
    #expect(readings.allSatisfy { $0.meaning.contains(" / ") })
  }

  @Test("each clause knows its words, and is doubtful only for its own")
  func spans() throws {
    let phrase = "Chậm nhất 15/5/2026; đầu quý III/2026; hằng tháng"
    let clauses = try limit(phrase).clauses
    let scalars = Array(phrase.unicodeScalars)
    for clause in clauses {
      var words = String.UnicodeScalarView()
      words.append(contentsOf: scalars[clause.excerpt.span])
      #expect(String(words) == clause.words)
    }
    #expect(clauses.map(\.words) == ["Chậm nhất 15/5/2026", "đầu quý III/2026", "hằng tháng"])
    #expect(clauses.map(\.confidence) == [.high, .medium, .high])
  }

  @Test(
    "what hangs on an event waits for it, and counts from it once it is told",
    arguments: [
      ("trong vòng 05 ngày làm việc kể từ ngày nhận đủ hồ sơ", "2026-06-17"),
      ("trong 05 ngày làm việc sau khi có hướng dẫn", "2026-06-17"), ("sau khi có hướng dẫn", "2026-06-10"),
      ("trước ngày khai mạc 05 ngày", "2026-06-05"), ("trước kỳ họp thường lệ giữa năm của HĐND xã", "2026-06-09"),
    ]
  )
  func events(phrase: String, nominal: String) throws {
    let calendar = try PhraseFixtures.calendar()
    let untold = try limit(phrase)
    #expect(untold.clauses.allSatisfy { $0.awaitsEvent })
    let told = try limit(phrase, eventDate: CivilDate("2026-06-10"))
    #expect(told.clauses.allSatisfy { !$0.awaitsEvent })
    let dates = told.dueDates(from: .first, to: .last, calendar: calendar, regime: .standard)
    #expect(dates.map(\.nominal.description) == [nominal])
  }

  @Test("receiving the very plan is no unknown event")
  func receipt() throws {
    let limit = try limit("trong 05 ngày làm việc kể từ ngày nhận được Kế hoạch này")
    #expect(limit.needsConfirmation && !limit.clauses.contains(where: \.awaitsEvent))
  }

  @Test("what lies beyond the first pages is a doubt")
  func tooLong() throws {
    let limit = try limit(String(repeating: "Các cơ quan, đơn vị. ", count: 5_000) + "Chậm nhất 15/5/2026")
    #expect(limit.needsConfirmation && !limit.notes.isEmpty)
  }
}

@Suite("Offices with another weekend")
struct OtherWeekendTests {
  @Test(
    "a week ends before its own days of rest",
    arguments: [([6, 7], "2026-05-15"), ([5, 6], "2026-05-14"), ([7], "2026-05-16")]
  )
  func week(weekend: [Int], last: String) throws {
    let issued = try #require(CivilDate("2026-05-13"))
    let calendar = WorkingCalendar(decreedDays: [], weekendDays: Set(weekend))
    for phrase in ["trong tuần", "hằng tuần"] {
      let limit = TimeLimitParser(calendar: calendar).parse(phrase, issued: issued)
      let dates = limit.dueDates(from: issued, to: .last, calendar: calendar, regime: .standard)
      #expect(dates.first?.nominal.description == last, "\(phrase)")
    }
  }
}
