import Deadlines
import Foundation
import Messages
import Testing

@Suite("webhooks, calendars and identities")
struct WebhookTests {
  @Test("a body is the bytes of its file")
  func bodyEqualsFile() throws {
    let letterhead = Samples.letterhead
    try Fixture.expect(WebhookFormat.body(Samples.reminder, letterhead: letterhead), equals: "webhook-reminder.json")
    try Fixture.expect(
      WebhookFormat.body(Samples.digestMessage(Samples.fullDigest), letterhead: letterhead),
      equals: "webhook-digest.json"
    )
    try Fixture.expect(WebhookFormat.body(Samples.trial, letterhead: letterhead), equals: "webhook-trial.json")
  }

  @Test("a body has the members that receivers rely on")
  func hasMembers() throws {
    let body = try object(WebhookFormat.body(Samples.reminder, letterhead: Samples.letterhead))
    let data = try #require(body["data"] as? [String: Any])
    let occurrence = try #require((data["occurrences"] as? [[String: Any]])?.first)
    #expect(Set(body.keys) == ["type", "id", "timestamp", "data"])
    #expect(Set(data.keys) == ["unit", "recipient", "subject", "text", "url", "occurrences"])
    #expect(
      Set(occurrence.keys) == ["id", "task", "title", "limit", "nominal", "target", "legal", "state", "step"]
    )
    #expect(body["type"] as? String == "reminder")
    #expect(body["timestamp"] as? String == "2026-12-09T07:30:00+07:00")
    #expect(occurrence["nominal"] as? String == "2026-12-16")
  }

  @Test("a hostile title is read back from JSON as it was cleaned", arguments: HostileTitleTests.titles)
  func bodyReadsBack(title: String) throws {
    let message = HostileTitleTests.message(title)
    let body = try object(WebhookFormat.body(message, letterhead: Samples.letterhead))
    let data = try #require(body["data"] as? [String: Any])
    let occurrence = try #require((data["occurrences"] as? [[String: Any]])?.first)
    #expect(data["subject"] as? String == MailFormat.subject(message, letterhead: Samples.letterhead))
    #expect(occurrence["id"] as? String == "153a/\(title)")
  }

  private func object(_ bytes: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  // The example of the Standard Webhooks specification.
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  private static let payload = Array(#"{"test": 2432232314}"#.utf8)

  @Test("the signature is that of the specification's example, one for each key")
  func signs() throws {
    let key = try #require(WebhookKey(Self.secret))
    let other = try #require(WebhookKey("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="))
    let headers = WebhookFormat.headers(
      messageID: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestamp: 1_614_265_330,
      body: Self.payload,
      keys: [key, other]
    )
    #expect(headers.contains("webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek"))
    #expect(headers.contains("webhook-timestamp: 1614265330"))
    #expect(headers.contains("content-type: application/json"))
    let signature = try #require(headers.first { $0.hasPrefix("webhook-signature: ") })
    let parts = signature.dropFirst("webhook-signature: ".count).split(separator: " ")
    #expect(parts.first == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    #expect(parts.count == 2 && parts.allSatisfy { $0.hasPrefix("v1,") && $0.utf8.count == 47 })
    try Fixture.expect(Array((headers.joined(separator: "\n") + "\n").utf8), equals: "webhook-headers.txt")
  }

  @Test("a key is base64 of 24 to 64 bytes, with or without its prefix")
  func readsKeys() {
    #expect(WebhookKey(Self.secret) != nil)
    #expect(WebhookKey(String(Self.secret.dropFirst(6))) != nil)
    #expect(WebhookKey("whsec_") == nil)
    #expect(WebhookKey("not base64!") == nil)
    #expect(WebhookKey("c2hvcnQ=") == nil)
  }

  @Test("a Message-ID depends on what is said, not on the order of the keys")
  func isStable() {
    func id(_ keys: [String], office: String = "camgiang", domain: String = "camgiang.example") -> String {
      MessageIdentity.messageID(office: office, channel: "mail", recipient: "a@b.example", keys: keys, domain: domain)
    }
    #expect(id(["a", "b"]) == id(["b", "a"]))
    #expect(id(["a", "b"]) != id(["ab"]))
    #expect(id(["a"]) != id(["a"], office: "camgian"))
    #expect(id(["a"]).hasSuffix("@camgiang.example"))
    #expect(id(["a"], domain: "x>\r\nBcc: y").hasSuffix("@nhachan.invalid"))
    #expect(MessageIdentity.domain(ofAddress: "nhachan@camgiang.example") == "camgiang.example")
  }

  @Test("check-ins, undated and settled occurrences are no dates for a calendar")
  func leavesOut() {
    for message in [Samples.checkIn, Samples.settled, Samples.trial, Samples.digestMessage(Samples.fullDigest)] {
      #expect(CalendarFormat.render(message, letterhead: Samples.letterhead) == nil)
    }
  }

  @Test("an entry stands on the day to finish by, which may be before the nominal day")
  func standsOnTarget() throws {
    let calendar = try #require(CalendarFormat.render(Samples.dayOff, letterhead: Samples.letterhead))
    #expect(calendar.contains("DTSTART;VALUE=DATE:20260529\r\n"))
  }

  @Test("mails about one occurrence share a thread; at most twenty are named")
  func threads() {
    let mails = [Samples.reminder, Samples.dueToday, Samples.overdue].map {
      String(decoding: MailFormat.render($0, letterhead: Samples.letterhead), as: UTF8.self)
    }
    let root = MessageIdentity.threadID(
      office: "camgiang",
      occurrence: Samples.report.id,
      domain: "camgiang.example"
    )
    for mail in mails { #expect(mail.contains("\r\nReferences: <\(root)>\r\n")) }
    #expect(Set(mails.map { $0.split(separator: "\r\n").first { $0.hasPrefix("Message-ID") } }).count == 3)
    var many = Samples.assignment
    many.content = .notices(many.entries + many.entries)
    let mail = String(decoding: MailFormat.render(many, letterhead: Samples.letterhead), as: UTF8.self)
    #expect(mail.components(separatedBy: "<viec.").count - 1 == 21)
  }
}
