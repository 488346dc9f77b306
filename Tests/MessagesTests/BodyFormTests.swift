import Deadlines
import Foundation
import TestSupport
import Testing

@testable import Messages

/// One of each ready form, and the name of its format in `Tests/Fixtures/webhooks`.
enum Forms {
  static let zalo = ZaloForm(
    templateID: "338212",
    parameters: [
      ZaloForm.Parameter(name: "customer_name", fact: "recipientName"),
      ZaloForm.Parameter(name: "task", fact: "task"),
      ZaloForm.Parameter(name: "due", fact: "due", longest: 20),
      ZaloForm.Parameter(name: "status", fact: "badge"),
      ZaloForm.Parameter(name: "title", fact: "title", longest: 100),
    ],
    phones: Dictionary(messages.map { ($0.message.recipient.address, "84912345678") }) { first, _ in first }
  )

  static let all: [(name: String, form: BodyForm)] = [
    ("slack", .slack), ("mattermost", .mattermost), ("teams", .teams),
    ("ntfy", .ntfy(NtfyForm(topic: "nhac-han-vhxh", priorities: [.reminder: 2], tags: ["calendar", "xã"]))),
    ("zalo-zns", .zalo(zalo)),
  ]

  static let messages: [(name: String, message: Message)] = [
    ("reminder", Samples.reminder), ("english", Samples.englishReminder), ("overdue", Samples.overdue),
    ("check-in", Samples.checkIn), ("settled", Samples.settled), ("bundle", Samples.bundle),
    ("assignment-20", Samples.assignment), ("hundreds", Samples.hundreds), ("escalation", Samples.groupEscalation),
    ("trial", Samples.trial), ("digest", Samples.digestMessage(Samples.fullDigest)),
    ("digest-empty", Samples.digestMessage(Samples.emptyDigest)),
    ("digest-week", Samples.digestMessage(Samples.ordinaryDigest)), ("undelivered", Samples.undeliveredToHead),
    ("undelivered-admin", Samples.undeliveredToAdmin), ("channel-held", Samples.channelHeld),
  ]

  static func body(_ form: BodyForm, _ message: Message, url: Bool = true) throws -> String {
    var letterhead = Samples.letterhead
    if !url { letterhead.url = nil }
    let body = try form.body(message, letterhead: letterhead)
    #expect(body.fault == nil && body.contentType == "application/json")
    return String(decoding: body.bytes, as: UTF8.self)
  }
}

@Suite("ready forms of webhook bodies")
struct BodyFormTests {
  @Test(
    "a body is the bytes of its file",
    arguments: ["slack", "mattermost", "teams", "ntfy", "zalo-zns"],
    ["reminder", "bundle", "digest", "trial", "undelivered"]
  )
  func bodyEqualsFile(form: String, message: String) throws {
    let form = try #require(Forms.all.first { $0.name == form })
    let message = try #require(Forms.messages.first { $0.name == message })
    let body = try Forms.body(form.form, message.message)
    let json = try JSONSerialization.jsonObject(with: Data(body.utf8))
    let pretty = try JSONSerialization.data(
      withJSONObject: json,
      options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    )
    try Fixture.expect([UInt8](pretty) + [0x0A], equals: "../webhooks/\(form.name)-\(message.name).json")
  }

  private struct Job: Encodable {
    var name: String
    var form: String
    var body: String
  }

  @Test("every form keeps to the format that its receiver has published, with hostile and huge messages too")
  func keepsToFormats() async throws {
    var jobs: [Job] = []
    for (name, form) in Forms.all {
      for (message, value) in Forms.messages {
        jobs.append(Job(name: message, form: name, body: try Forms.body(form, value)))
        jobs.append(Job(name: "\(message) without a page", form: name, body: try Forms.body(form, value, url: false)))
      }
      for (index, title) in HostileTitleTests.titles.enumerated() {
        jobs.append(
          Job(name: "title \(index)", form: name, body: try Forms.body(form, HostileTitleTests.message(title)))
        )
        jobs.append(Job(name: "titles \(index)", form: name, body: try Forms.body(form, Self.many(title))))
      }
    }
    #expect(try await problems(jobs) == [])
  }

  @Test("a body that breaks its format is found")
  func findsBreaches() async throws {
    let bodies = [
      Job(name: "quote", form: "ntfy", body: #"{"topic":"a","message":"b"c"}"#),
      Job(name: "long", form: "ntfy", body: #"{"topic":"a","message":"\#(String(repeating: "ệ", count: 1400))"}"#),
      Job(name: "extra", form: "slack", body: #"{"text":"a","blocks":[{"type":"header","text":{}}]}"#),
      Job(name: "twice", form: "mattermost", body: #"{"text":"a","text":"b","attachments":[{"fallback":"x"}]}"#),
    ]
    #expect(try await problems(bodies).count >= bodies.count)
  }

  /// Forty tasks with that title.
  private static func many(_ title: String) -> Message {
    var message = HostileTitleTests.message(title)
    let entry = message.entries[0]
    message.content = .notices(
      (0..<40).map { number in
        var copy = entry
        copy.occurrence.task = "PL.\(number)"
        return copy
      }
    )
    return message
  }

  private func problems(_ jobs: [Job]) async throws -> [String] {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/bodies.json"
    try JSONEncoder().encode(jobs).write(to: URL(fileURLWithPath: file))
    let result = try await runPython("webhooks/check_bodies.py", file)
    #expect(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode([String].self, from: Data(result.output.utf8))
  }

  @Test("what is cut says how many lines were left out, in both languages")
  func saysWhatWasCut() throws {
    #expect(try Forms.body(.ntfy(NtfyForm(topic: "t")), Samples.hundreds).contains("dòng nữa, không nêu hết ở đây."))
    var english = Samples.hundreds
    english.recipient.language = .english
    for (name, form) in Forms.all where name != "zalo-zns" {
      #expect(try Forms.body(form, english).contains("more lines, too many to show here."), "\(name)")
      #expect(try !Forms.body(form, Samples.reminder).contains("…"), "\(name)")
    }
  }

  @Test("a field is cut between letters, never within one, and holds what the receiver takes", arguments: 1...30)
  func cutsBetweenGraphemes(longest: Int) {
    let texts = [
      "Phòng Văn hóa – Xã hội và Thể thao xã Cẩm Giàng",
      "Ba\u{0301}o ca\u{0301}o ke\u{0302}\u{0301}t qua\u{0309} ra\u{0300} soa\u{0301}t",
      "Gia đình 👨‍👩‍👧‍👦 họp 👩🏻‍❤️‍💋‍👩🏻 cả xã 🇻🇳🇻🇳 hôm nay",
    ]
    for text in texts {
      let cut = CleanText.cut(text, to: longest) { $0.utf16.count }
      #expect(cut.utf16.count <= longest)
      #expect(cut.hasSuffix("…") == (text.utf16.count > longest))
      #expect(Array(text).starts(with: Array(cut.hasSuffix("…") ? cut.dropLast() : cut[...])), "\(cut)")
    }
    #expect(CleanText.cut("Vừa đủ", to: 6) { $0.utf16.count } == "Vừa đủ")
  }

  @Test("a chat shows a title as it is: no mention, no link, no markup")
  func neutralisesMarks() throws {
    let message = HostileTitleTests.message("<!channel> @all *đậm* [x](https://evil.example) & `mã`")
    let slack = try Forms.body(.slack, message)
    #expect(!slack.contains("<!channel>") && slack.contains("&lt;!channel&gt; @all"))
    // With a page the title is a link and shown as it is; without one its marks would be obeyed.
    let mattermost = try Forms.body(.mattermost, message, url: false)
    #expect(mattermost.contains(#"\\*đậm\\* \\[x\\](https://evil.example)"#))
    let read = try #require(try JSONSerialization.jsonObject(with: Data(mattermost.utf8)) as? [String: Any])
    let attachment = try #require((read["attachments"] as? [[String: Any]])?.first)
    for key in ["text", "title"] { #expect((attachment[key] as? String)?.contains("@all") == false, "\(key)") }
    #expect(try Forms.body(.teams, message).contains("*đậm* [x](https://evil.example) & `mã`"))
  }

  @Test("the gravest notice decides the priority of a message to a telephone")
  func priorities() throws {
    func priority(_ message: Message, _ own: [NoticeKind: Int] = [:]) throws -> Int? {
      let body = try Forms.body(.ntfy(NtfyForm(topic: "t", priorities: own)), message)
      return (try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])?["priority"] as? Int
    }
    #expect(try priority(Samples.reminder) == 3)
    #expect(try priority(Samples.overdue) == 4)
    #expect(try priority(Samples.escalation) == 5)
    #expect(try priority(Samples.reminder, [.reminder: 1]) == 1)
  }

  @Test("a recipient without a telephone number is no reason to send to nobody")
  func withoutNumber() {
    var form = Forms.zalo
    form.phones = [:]
    #expect(throws: Unaddressed.self) {
      _ = try BodyForm.zalo(form).body(Samples.reminder, letterhead: Samples.letterhead)
    }
  }

  @Test("tracking_id is our id without its domain, and short whatever the id is")
  func trackingID() throws {
    func id(_ messageID: String) throws -> String? {
      var message = Samples.reminder
      message.messageID = messageID
      let body = try Forms.body(.zalo(Forms.zalo), message)
      return (try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])?["tracking_id"] as? String
    }
    let usual = Samples.reminder.messageID
    #expect(try id(usual) == usual.split(separator: "@").first.map(String.init))
    #expect(try id(String(repeating: "x", count: 150) + "@y")?.count == 24)
  }
}
