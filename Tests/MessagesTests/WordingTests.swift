import Deadlines
import Messages
import Testing

@Suite("words of an office")
struct WordingTests {
  static let vietnamese = Wording(.vietnamese)
  static let english = Wording(.english)

  @Test(
    "dates have the zeros that documents want",
    arguments: [
      ("2026-09-30", "30/9/2026", "ngày 30 tháng 9 năm 2026", "thứ Tư, ngày 30/9/2026", "Wednesday 30 September 2026"),
      (
        "2026-12-16", "16/12/2026", "ngày 16 tháng 12 năm 2026", "thứ Tư, ngày 16/12/2026", "Wednesday 16 December 2026"
      ),
      ("2027-02-07", "07/02/2027", "ngày 07 tháng 02 năm 2027", "Chủ nhật, ngày 07/02/2027", "Sunday 7 February 2027"),
    ]
  )
  func writesDates(day: String, short: String, long: String, weekday: String, english: String) {
    let date = Samples.day(day)
    #expect(Self.vietnamese.date(date) == short)
    #expect(Self.vietnamese.longDate(date) == long)
    #expect(Self.vietnamese.weekdayDate(date) == weekday)
    #expect(Self.english.weekdayDate(date) == english)
  }

  @Test(
    "counts have a zero below ten and dots at thousands",
    arguments: [
      (0, "0", "0"), (5, "05", "5"), (10, "10", "10"), (1250, "1.250", "1,250"), (1_234_567, "1.234.567", "1,234,567"),
    ]
  )
  func counts(number: Int, vietnamese: String, english: String) {
    #expect(Self.vietnamese.count(number) == vietnamese)
    #expect(Self.english.count(number) == english)
  }

  @Test(
    "percentages have a decimal comma and never divide by nothing",
    arguments: [
      (1, 8, "12,5%"), (2, 17, "11,8%"), (3, 3, "100%"), (0, 5, "0%"), (1, 3, "33,3%"), (2, 3, "66,7%"), (0, 0, "–"),
    ]
  )
  func percents(part: Int, whole: Int, expected: String) {
    #expect(Self.vietnamese.percent(part, of: whole) == expected)
  }

  @Test("every kind and every state has a word in both languages", arguments: Language.allCases)
  func isComplete(language: Language) {
    let words = Wording(language)
    let states: [OccurrenceState] = [
      .notYetDue, .dueSoon, .dueToday, .overdue(workingDays: 3), .doneInTime, .doneLate, .noDueDate, .unsettled,
    ]
    #expect(Set(NoticeKind.allCases.map(words.tag)).count == NoticeKind.allCases.count)
    #expect(Set(states.map(words.state)).count == states.count)
  }

  @Test("a check-in never speaks of a last day or of being overdue", arguments: Language.allCases)
  func asksGently(language: Language) {
    var message = Samples.checkIn
    message.recipient.language = language
    let text =
      MailFormat.subject(message, letterhead: Samples.letterhead).lowercased()
      + MailFormat.plainText(message, letterhead: Samples.letterhead).lowercased()
    for word in ["quá hạn", "hạn chót", "hạn hoàn thành", "đến hạn", "overdue", "deadline", "due date"] {
      #expect(!text.contains(word), "\(word)")
    }
    #expect(text.contains(language == .vietnamese ? "cho biết tình hình thực hiện" : "tell us the progress"))
  }

  @Test("an escalation says what the system knows, not what the unit did")
  func accusesNobody() {
    let text = MailFormat.plainText(Samples.escalation, letterhead: Samples.letterhead)
    #expect(text.contains("Đến hết ngày 16/12/2026, hệ thống chưa ghi nhận kết quả"))
    #expect(!text.contains("chưa thực hiện"))
  }

  @Test("a day off is explained with the day to finish by and the day after which it is overdue")
  func explainsDayOff() {
    let text = MailFormat.plainText(Samples.dayOff, letterhead: Samples.letterhead).split(
      whereSeparator: \.isWhitespace
    )
    .joined(separator: " ")
    #expect(text.contains("Ngày 31/5/2026 là ngày nghỉ, đề nghị hoàn thành chậm nhất thứ Sáu, ngày 29/5/2026"))
    #expect(text.contains("chỉ tính quá hạn sau ngày 01/6/2026"))
    #expect(text.contains("Thân Kế hoạch và Phụ lục ghi khác nhau"))
    #expect(!text.contains("Body and appendix"))
  }

  @Test("a late notice says when it should have come and why it did not")
  func explainsDelay() {
    #expect(
      MailFormat.plainText(Samples.late, letterhead: Samples.letterhead)
        .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        .contains("lẽ ra gửi ngày 11/12/2026; nay mới gửi vì được gộp vào thư kế tiếp hoặc hệ thống đã tạm dừng.")
    )
  }

  @Test(
    "a subject tells kind and time left",
    arguments: [
      (Samples.reminder, "[Nhắc việc] Còn 05 ngày làm việc: PL.13 – Báo cáo Chủ tịch UBND tỉnh"),
      (Samples.englishReminder, "[Reminder] 5 working days left: PL.13 – "),
      (Samples.dueToday, "[Đến hạn hôm nay] PL.13 – "),
      (Samples.overdue, "[Quá hạn] 01 ngày làm việc: PL.13 – "),
      (Samples.escalation, "[Đôn đốc] Quá hạn 05 ngày làm việc: PL.13 – "),
      (Samples.assignment, "[Giao việc] 20 nhiệm vụ mới được giao"),
      (Samples.checkIn, "[Nhắc việc] Tình hình thực hiện quý III/2026: PL.4 – "),
      (Samples.bundle, "[Quá hạn] 06 nhiệm vụ: 02 quá hạn, 01 đến hạn hôm nay, 01 sắp đến hạn, "),
      (Samples.settled, "[Đã giải quyết] PL.13 – "),
      (Samples.trial, "[Thử] "),
      (Samples.digestMessage(Samples.fullDigest), "[Tổng hợp] Số 28, ngày 23/11/2026: 02 quá hạn, 02 sắp đến hạn"),
    ]
  )
  func tellsKind(message: Message, start: String) {
    let subject = MailFormat.subject(message, letterhead: Samples.letterhead)
    #expect(subject.hasPrefix(start), "\(subject)")
  }

  @Test("a notice of the due date that leaves a day later does not say today")
  func todayIsTrue() {
    var message = Samples.dueToday
    message.today = Samples.day("2026-12-17")
    #expect(
      MailFormat.subject(message, letterhead: Samples.letterhead).hasPrefix("[Nhắc việc] Đã đến hạn 16/12/2026: ")
    )
    #expect(!MailFormat.plainText(message, letterhead: Samples.letterhead).contains("hôm nay là ngày đến hạn"))
  }

  @Test("nothing to report is still a digest that says when the next one comes")
  func reportsNothing() {
    let text = MailFormat.plainText(Samples.digestMessage(Samples.emptyDigest), letterhead: Samples.letterhead)
    #expect(text.contains("Không có nhiệm vụ quá hạn."))
    #expect(text.contains("Bản tổng hợp số 02 sẽ gửi lúc 07 giờ 30 thứ Hai, ngày 25/5/2026"))
  }

  @Test("entries are told most urgent first, tasks once, undated last")
  func ordersEntries() throws {
    let text = MailFormat.plainText(Samples.bundle, letterhead: Samples.letterhead)
    let headings = [
      "Nhiệm vụ quá hạn (02)", "Nhiệm vụ đến hạn hôm nay (01)", "Nhiệm vụ sắp đến hạn (01)",
      "Nhiệm vụ mới được giao (01)",
    ]
    let places = try headings.map { try #require(text.split(separator: "\n").firstIndex(of: $0[...])) }
    #expect(places == places.sorted())
    #expect(text.split(separator: "\n").count { $0 == "IV.1.b – Tự theo dõi, thống kê" } == 1)
  }

  @Test("the draft letter leaves number, date and signer to people")
  func draftsBlanks() throws {
    let draft = try #require(MailFormat.drafts(Samples.escalation, letterhead: Samples.letterhead).first)
    #expect(draft.hasPrefix("DỰ THẢO"))
    #expect(draft.contains("Số: ......../UBND-......"))
    #expect(draft.contains("Cẩm Giàng, ngày ... tháng ... năm ......"))
    #expect(draft.contains("Kính gửi: Phòng Văn hóa - Xã hội."))
    #expect(MailFormat.drafts(Samples.reminder, letterhead: Samples.letterhead) == [])
  }
}
