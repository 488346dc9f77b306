import Deadlines
import Delivery
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
