import Deadlines
import Foundation
import Messages
import TestSupport
import Testing

@Suite("titles that would break a mail")
struct HostileTitleTests {
  static let titles = [
    "Báo cáo\r\nBcc: ai-do@other.example\r\n\r\nnội dung khác",
    "\"Ngoặc kép\" và 'ngoặc đơn' \\ gạch chéo",
    "<script>alert(1)</script><img src=x onerror=alert(1)> &amp; &lt;",
    String(repeating: "Dòng rất dài không nghỉ ", count: 84),
    String(repeating: "x", count: 2000),
    "Gia đình 👨‍👩‍👧‍👦 họp 👩🏻‍❤️‍💋‍👩🏻",
    "Ba\u{0301}o ca\u{0301}o ke\u{0302}\u{0301}t qua\u{0309}",
    "Hạn \u{202E}6202/21/61\u{202C} và \u{2066}ẩn\u{2069}",
    "Số 0\0NUL và \u{7F} và \u{1B}[31m",
    "=?utf-8?B?SGFja2Vk?= =?utf-8?q?=0D=0A?=",
    ".",
    "\n.\n",
    "a\\,b;c\\nBEGIN:VEVENT",
    "<\u{0338}b>\"\u{0301}&\u{0301},\u{0301}",
    "--=_nhachan_x_a--",
    "From người gửi",
    "\u{FFFE}\u{E000}\u{10FFFF} \u{E0041}",
    "",
    "   ",
    "e" + String(repeating: "\u{0301}", count: 500),
    "a ,  b",
  ]

  /// A message in which every text of others is hostile.
  static func message(_ title: String) -> Message {
    var entry = Samples.entry(
      Samples.report,
      step: "+5wd",
      kind: .escalation,
      role: .chair,
      state: .overdue(workingDays: 5),
      daysLeft: -5
    )
    entry.occurrence.id = "153a/\(title)"
    entry.occurrence.title = title
    entry.occurrence.product = title
    entry.occurrence.limit = title
    entry.occurrence.section = title
    entry.occurrence.plan.number = title
    entry.occurrence.due?.period = title
    entry.occurrence.doubts = [title]
    entry.unitName = title
    entry.coordinatingNames = [title]
    entry.draftsLetter = true
    return Samples.message([entry], to: Samples.chair, on: "2026-12-23")
  }

  @Test("Python reads back what was written, and no header was added")
  func readsBack() throws {
    let jobs = Self.titles.enumerated().map { PythonMail.Job("title \($0)", Self.message($1)) }
    try PythonMail.expectNoProblems(jobs)
  }

  @Test("a hostile name of a recipient stays a name")
  func namesStayNames() throws {
    let jobs = Self.titles.enumerated().compactMap { index, title -> PythonMail.Job? in
      var message = Samples.reminder
      message.recipient.name = "Đồng chí \(title)"
      message.office = title
      let shown = MailFormat.plainText(message, letterhead: Samples.letterhead)
      guard let name = shown.split(separator: "\n\n").first?.split(separator: "\n").joined(separator: " ") else {
        return nil
      }
      return PythonMail.Job("name \(index)", message, to: String(name.dropFirst("Kính gửi: ".count).dropLast()))
    }
    #expect(jobs.count == Self.titles.count)
    try PythonMail.expectNoProblems(jobs)
  }

  @Test(
    "an id that could end a header is replaced",
    arguments: ["x@y>\r\nBcc: a@b.example", "no at sign", "", "é@x.example"]
  )
  func replacesIDs(id: String) {
    var message = Samples.reminder
    message.messageID = id
    let mail = String(decoding: MailFormat.render(message, letterhead: Samples.letterhead), as: UTF8.self)
    #expect(!mail.contains("Bcc:"))
    #expect(mail.contains("Message-ID: <nhachan."))
  }

  @Test("HTML shows a title and never obeys it", arguments: titles)
  func escapesHTML(title: String) {
    let html = MailFormat.html(Self.message(title), letterhead: Samples.letterhead)
    #expect(!html.lowercased().contains("<script"))
    #expect(!html.contains("<img"))
    #expect(!html.unicodeScalars.contains("\u{0338}"))
  }

  @Test("the calendar has no line of a title's own", arguments: titles)
  func escapesCalendar(title: String) throws {
    let calendar = try #require(CalendarFormat.render(Self.message(title), letterhead: Samples.letterhead))
    let lines = calendar.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for line in lines.dropLast() {
      #expect(line.unicodeScalars.last == "\r")
      #expect(line.utf8.count <= 76)  // 75 octets and CR
    }
    #expect(lines.count { $0 == "BEGIN:VEVENT\r" } == 1)
  }

  @Test("a subject is one line of at most 150 characters, with its tag and its period", arguments: titles)
  func boundsSubject(title: String) {
    let subject = MailFormat.subject(Self.message(title), letterhead: Samples.letterhead)
    #expect(subject.count <= 150)
    #expect(subject.hasPrefix("[Đôn đốc] Quá hạn 05 ngày làm việc: PL.13"))
    #expect(subject.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
  }

  @Test("random titles come back from the subject as they were shown", arguments: [1, 2, 3] as [UInt64])
  func roundTrips(seed: UInt64) throws {
    var random = Seeded(seed)
    let jobs = (0..<60).map { PythonMail.Job("seed \(seed), title \($0)", Self.message(Self.title(&random))) }
    try PythonMail.expectNoProblems(jobs)
  }

  /// Up to 120 scalars from all of Unicode, half of them Vietnamese or ASCII.
  private static func title(_ random: inout Seeded) -> String {
    let near = Array("aăâbcdđeêghiklmnoôơpqrstuưvxyẶếộ ,.;:!?=_\"'\\<>@()[]\t\r\n0123456789".unicodeScalars)
    var title = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 1...120, using: &random) {
      let far = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random))
      title.append(Bool.random(using: &random) ? far ?? "�" : near[Int.random(in: 0..<near.count, using: &random)])
    }
    return String(title)
  }
}
