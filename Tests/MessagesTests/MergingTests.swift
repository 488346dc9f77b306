import Deadlines
import Foundation
import Messages
import Testing

@Suite("tasks of several units")
struct MergingTests {
  static let letterhead = Samples.letterhead

  private func flat(_ message: Message) -> String {
    MailFormat.plainText(message, letterhead: Self.letterhead).split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
  }

  private func english(_ message: Message) -> Message {
    var copy = message
    copy.recipient.language = .english
    return copy
  }

  @Test("one task of five units is one task to the reader, with the units by name")
  func mergesUnits() {
    let text = flat(Samples.groupEscalation)
    #expect(
      MailFormat.subject(Samples.groupEscalation, letterhead: Self.letterhead).hasSuffix("… (năm 2026) (05 đơn vị)")
    )
    #expect(text.contains("05 đơn vị được giao chủ trì:"))
    #expect(
      text.contains(
        "Đơn vị chủ trì: Trung tâm Dịch vụ tổng hợp; Phòng Kinh tế; Trung tâm Phục vụ hành chính công; "
          + "Phòng Văn hóa - Xã hội; Văn phòng HĐND và UBND xã"
      )
    )
    #expect(text.contains("đã nhắc sau hạn từ 02 đến 03 lần tùy đơn vị"))
    #expect(text.components(separatedBy: "Nội dung: ").count == 2)
    #expect(MailFormat.drafts(Samples.groupEscalation, letterhead: Self.letterhead).count == 5)
  }

  @Test("what one's own unit leads stays apart from what it coordinates")
  func keepsOwn() {
    let message = Samples.groupReminder
    let text = flat(message)
    #expect(
      MailFormat.subject(message, letterhead: Self.letterhead) == "[Nhắc việc] 03 nhiệm vụ sắp đến hạn"
    )
    #expect(text.components(separatedBy: "Còn 05 ngày làm việc] PL.7 – ").count == 3)
    #expect(text.contains("Vai trò: chủ trì Đơn vị phối hợp:"))
    #expect(text.contains("Vai trò: phối hợp Đơn vị chủ trì: Trung tâm Dịch vụ tổng hợp; Trung tâm Phục vụ"))
    #expect(text.contains("Vai trò: phối hợp; chủ trì: Văn phòng HĐND và UBND xã"))
  }

  @Test("the table names the lead, except beside what one leads oneself")
  func namesLead() {
    let html = MailFormat.html(Samples.groupReminder, letterhead: Self.letterhead)
    #expect(html.components(separatedBy: ">Chủ trì: ").count == 3)
    #expect(!html.contains(">Chủ trì: Phòng Kinh tế<"))
  }

  @Test(
    "entries that differ in more than the unit stay apart",
    arguments: [
      { $0.state = .dueToday }, { $0.notice.kind = .dueToday }, { $0.role = .monitor },
      { $0.occurrence.task = "PL.8" }, { $0.occurrence.plan.number = "154/KH-UBND" },
      { $0.occurrence.due?.periodKey = "2027" }, { $0.occurrence.due?.clause = "window-2" },
    ] as [@Sendable (inout Message.Entry) -> Void]
  )
  func keepsApart(change: @Sendable (inout Message.Entry) -> Void) {
    let first = Samples.reviewEntry("kt", role: .office)
    var second = Samples.reviewEntry("vp", role: .office)
    let one = Samples.message([first, second], to: Samples.chair, on: "2026-12-24")
    #expect(flat(one).components(separatedBy: "PL.7 – ").count == 1)
    change(&second)
    let two = Samples.message([first, second], to: Samples.chair, on: "2026-12-24")
    #expect(MailFormat.subject(two, letterhead: Self.letterhead).contains("02 nhiệm vụ"))
  }

  @Test("more than six units are a number and the first six")
  func countsUnits() {
    let entries = (1...9).map { Samples.reviewEntry("u\($0)", role: .chair, name: "Trường số \($0)") }
    let message = Samples.message(entries, to: Samples.chair, on: "2026-12-24")
    #expect(flat(message).contains("09 đơn vị: Trường số 1; Trường số 2; Trường số 3; Trường số 4; "))
    #expect(flat(message).contains("Trường số 6 và 03 đơn vị khác"))
    #expect(flat(english(message)).contains("9 units: Trường số 1;"))
    #expect(flat(english(message)).contains("Trường số 6 and 3 others"))
    #expect(MailFormat.subject(english(message), letterhead: Self.letterhead).hasSuffix("(9 units)"))
  }

  @Test("English readers get no Vietnamese but the plan's own words")
  func isEnglish() {
    for message in [Samples.groupEscalation, Samples.groupReminder, Samples.hundreds] {
      let text = flat(english(message))
      for word in ["đơn vị", "chủ trì", "nhiệm vụ đầu", "phối hợp", "Hạn hoàn thành", "Đề xuất", "Phụ lục (", "ghi “"] {
        let quoted = ["thủ tục", "rà soát"].contains(word)
        #expect(quoted || !text.contains(word), "\(word)")
      }
    }
    let text = flat(english(Samples.groupEscalation))
    #expect(text.contains("5 units were given the lead of:"))
    #expect(text.contains("The plan’s body (II.5.a) says “Hoàn thành rà soát"))
    #expect(text.contains("its appendix (PL.7) says “Năm 2026”. Proposal: "))
  }

  @Test("several results of one task are told by unit")
  func tellsResults() {
    let entries = ["kt", "vp"].map { unit in
      var entry = Samples.reviewEntry(unit, role: .chair, kind: .settled, state: .doneLate)
      entry.completion = Progress.Completion(
        on: Samples.day("2027-01-05"),
        recordedAt: Samples.morning(Samples.day("2027-01-06")),
        by: "Văn thư",
        evidence: "Quyết định của \(unit)"
      )
      return entry
    }
    let text = flat(Samples.message(entries, to: Samples.chair, on: "2027-01-08"))
    #expect(text.contains("Phòng Kinh tế: Hoàn thành: ngày 05/01/2027; Kết quả: Quyết định của kt; Người ghi nhận"))
    #expect(text.contains("Văn phòng HĐND và UBND xã: Hoàn thành: ngày 05/01/2027; Kết quả: Quyết định của vp"))
  }

  @Test("headers, webhook and identity keep every occurrence of a merged task")
  func keepsOccurrences() throws {
    let message = Samples.groupEscalation
    let mail = String(decoding: MailFormat.render(message, letterhead: Self.letterhead), as: UTF8.self)
    let header = try #require(mail.components(separatedBy: "\r\n\r\n").first)
    let body = String(decoding: WebhookFormat.body(message, letterhead: Self.letterhead), as: UTF8.self)
    for entry in message.entries {
      #expect(header.contains(entry.occurrence.id))
      #expect(body.contains("\"id\":\"\(entry.occurrence.id)\""))
    }
  }

  @Test("a calendar has one entry for a task and period, the same whichever units are left")
  func mergesDays() throws {
    func identifiers(_ message: Message) throws -> [String] {
      let calendar = try #require(CalendarFormat.render(message, letterhead: Self.letterhead))
      return calendar.replacing("\r\n ", with: "").components(separatedBy: "\r\n").filter { $0.hasPrefix("UID:") }
    }
    var fewer = Samples.groupEscalation
    fewer.content = .notices(Array(fewer.entries.dropFirst(2)))
    var moved = Samples.groupEscalation
    var entries = moved.entries
    entries[4].occurrence.due?.target = Samples.day("2027-01-15")
    moved.content = .notices(entries)
    let all = try identifiers(Samples.groupEscalation)
    #expect(all.count == 1)
    #expect(try identifiers(fewer) == all)
    #expect(try Set(identifiers(moved)).count == 2)
    #expect(try identifiers(moved).first == all.first)
  }

  @Test("a mail of 400 tasks stays below one megabyte, tells sixty in full and names all", arguments: Language.allCases)
  func bounds(language: Language) throws {
    var message = Samples.hundreds
    message.recipient.language = language
    let mail = MailFormat.render(message, letterhead: Self.letterhead)
    #expect(mail.count < 1_000_000, "\(mail.count)")
    let html = MailFormat.html(message, letterhead: Self.letterhead)
    #expect(html.components(separatedBy: "<h3 ").count == 61)
    for number in 1...400 { #expect(html.contains(">PL.\(number) – ")) }
    let note =
      language == .vietnamese
      ? "dưới đây chỉ ghi chi tiết 60 nhiệm vụ đầu của bảng trên; 340 nhiệm vụ còn lại"
      : "only the first 60 tasks of the table are told in full below; the other 340"
    #expect(html.contains(note))
    let calendar = try #require(CalendarFormat.render(message, letterhead: Self.letterhead))
    #expect(calendar.components(separatedBy: "BEGIN:VEVENT").count == 401)
    try PythonMail.expectNoProblems([PythonMail.Job("hundreds", message)])
  }

  @Test(
    "however many tasks there are, a mail stays below one megabyte",
    arguments: [400, 401, 450, 500, 600, 800, 1000]
  )
  func boundsMore(number: Int) throws {
    let first = try #require(Samples.hundreds.entries.first)
    let entries = (0..<number).map { index in
      var entry = first
      entry.occurrence.task = "PL.\(index)"
      return entry
    }
    let message = Samples.message(entries, to: Samples.economyOffice, on: "2026-05-15")
    let mail = MailFormat.render(message, letterhead: Self.letterhead)
    #expect(mail.count < 1_000_000, "\(mail.count)")
    #expect(MailFormat.html(message, letterhead: Self.letterhead).contains("và 550 nhiệm vụ khác") == (number == 1000))
  }

  @Test("hundreds of escalations with their drafts stay below one megabyte")
  func boundsDrafts() {
    let entries = Samples.hundreds.entries.enumerated().map { index, entry in
      var urged = entry
      urged.notice.kind = .escalation
      urged.role = .chair
      urged.state = .overdue(workingDays: 5)
      urged.draftsLetter = true
      urged.unitName = "Trường tiểu học số \(index % 20)"
      return urged
    }
    let message = Samples.message(entries, to: Samples.chair, on: "2027-01-08")
    #expect(MailFormat.drafts(message, letterhead: Self.letterhead).count == 20)
    let mail = MailFormat.render(message, letterhead: Self.letterhead)
    #expect(mail.count < 1_000_000, "\(mail.count)")
  }

  @Test("texts of thousands of characters leave no room for details, and the mail says so")
  func boundsLongTexts() {
    var entries = Array(Samples.hundreds.entries.prefix(100))
    for index in entries.indices { entries[index].occurrence.product = String(repeating: "ế ", count: 2000) }
    let message = Samples.message(entries, to: Samples.chair, on: "2026-05-15")
    #expect(MailFormat.render(message, letterhead: Self.letterhead).count < 1_000_000)
    #expect(flat(message).contains("nhiệm vụ còn lại chỉ nêu trong bảng"))
  }
}
