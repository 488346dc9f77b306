import Deadlines
import Delivery
import Foundation
import TestSupport
import Testing

@Suite("Authentication at the relay")
struct SMTPAuthenticationTests {
  private func withCredentials(port: Int) -> SMTPRelay {
    var relay = relay(port: port)
    relay.user = "nhachan@camgiang.example"
    relay.password = Secret("mật khẩu")
    return relay
  }

  @Test("credentials set, authentication not offered: nothing is said about the mail, and the channel is held")
  func notOffered() async throws {
    let server = try ScriptedSMTPServer()
    let report = await deliver(over: withCredentials(port: server.port))
    #expect(report.outcome == .misconfigured, "\(report)")
    #expect(server.mails.isEmpty)
    #expect(!server.commands.contains { $0.hasPrefix("RCPT") || $0.hasPrefix("DATA") })
  }

  @Test("a relay that has nothing we know is the same")
  func unknownMechanism() async throws {
    let server = try ScriptedSMTPServer(capabilities: ["AUTH X-SMOKE-SIGNALS"])
    let report = await deliver(over: withCredentials(port: server.port))
    #expect(report.outcome == .misconfigured, "\(report)")
    #expect(server.mails.isEmpty)
  }

  @Test(
    "a refusal of the credentials holds the channel, a failure of the password server does not",
    arguments: [
      ("535 5.7.8 wrong password", DeliveryOutcome.misconfigured, 535), ("534 5.7.9 too weak", .misconfigured, 534),
      ("454 4.7.0 try later", .deferred, 454), ("421 4.3.2 closing", .deferred, 421),
    ]
  )
  func refused(reply: String, outcome: DeliveryOutcome, code: Int) async throws {
    let server = try ScriptedSMTPServer([.authentication: [.reply(reply)]], capabilities: ["AUTH PLAIN"])
    let report = await deliver(over: withCredentials(port: server.port))
    #expect(report.outcome == outcome && report.replyCode == code, "\(report)")
    #expect(!report.reply.contains("mật khẩu") && !report.reply.contains("bcOhdCBraOG6qXU"))
    #expect(server.mails.isEmpty)
  }

  @Test(
    "a password that the relay says back is kept in no form",
    arguments: [
      "535 5.7.8 wrong: mật khẩu",
      "500 5.5.1 unrecognized: AUTH PLAIN \(base64("\u{0}nhachan@camgiang.example\u{0}mật khẩu"))",
      "535 5.7.8 \(base64("mật khẩu")) is wrong",
    ]
  )
  func saidBack(reply: String) async throws {
    let server = try ScriptedSMTPServer([.authentication: [.reply(reply)]], capabilities: ["AUTH PLAIN"])
    for report in [
      await deliver(over: withCredentials(port: server.port)), await Probe.relay(withCredentials(port: server.port)),
    ] {
      #expect(report.outcome == .misconfigured && report.reply.contains("••••"), "\(report)")
      for form in ["mật khẩu", base64("mật khẩu"), base64("\u{0}nhachan@camgiang.example\u{0}mật khẩu")] {
        #expect(!report.reply.contains(form))
      }
    }
  }

  @Test("controls and overrides of direction in a reply do not reach a terminal")
  func controls() async throws {
    let server = try ScriptedSMTPServer([.recipient: [.reply("550 5.1.1 \u{9B}31m no \u{202E}such user")]])
    let report = await deliver(over: relay(port: server.port))
    #expect(report.reply.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    #expect(!report.reply.contains("\u{202E}") && report.reply.contains("such user"), "\(report)")
  }

  @Test("one 235 serves all mails of its connection, and a new connection asks again")
  func oncePerConnection() async throws {
    let server = try ScriptedSMTPServer(
      [.message: [.usual, .replyThenClose("250 ok"), .usual]],
      capabilities: ["AUTH PLAIN"]
    )
    let transport = SMTPTransport(relay: withCredentials(port: server.port))
    for _ in 1...3 { #expect(await transport.deliver(mail()).outcome == .accepted) }
    await transport.shutDown(grace: 5)
    #expect(server.commands.filter { $0.hasPrefix("AUTH") }.count == 2)
    #expect(server.mails.map(\.connection) == [0, 0, 1])
  }

  @Test("a secret does not show itself")
  func secret() {
    let secret = Secret("mật khẩu")
    var dumped = ""
    dump(withCredentials(port: 25), to: &dumped)
    #expect("\(secret) \(String(reflecting: secret)) \(dumped)".contains("mật khẩu") == false)
    #expect(secret.reveal() == "mật khẩu")
  }
}

private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
