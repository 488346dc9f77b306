import Deadlines
import Delivery
import TestSupport
import Testing

@Suite("Trying a way out without sending")
struct ProbeTests {
  @Test("a relay: as far as the login, then NOOP and QUIT; no sender, no recipient, no mail")
  func relayIsReached() async throws {
    let server = try ScriptedSMTPServer(capabilities: ["AUTH PLAIN"])
    var relay = relay(port: server.port)
    relay.user = "nhachan@camgiang.example"
    relay.password = Secret("mật khẩu")
    let report = await Probe.relay(relay)
    #expect(report.outcome == .accepted, "\(report)")
    #expect(await server.waits(for: .farewell))
    #expect(server.commands.map { String($0.prefix(4)) } == ["EHLO", "AUTH", "NOOP", "QUIT"])
  }

  @Test("a relay that asks for no login")
  func relayWithoutLogin() async throws {
    let server = try ScriptedSMTPServer()
    let report = await Probe.relay(relay(port: server.port))
    #expect(report.outcome == .accepted, "\(report)")
    #expect(server.mails.isEmpty)
  }

  @Test(
    "what a mail would meet is said",
    arguments: [
      (ScriptedSMTPServer.Stage.authentication, "535 5.7.8 wrong password", DeliveryOutcome.misconfigured, 535),
      (.authentication, "454 4.7.0 try later", .deferred, 454),
      (.greeting, "554 5.3.2 no service", .misconfigured, 554),
      (.greeting, "421 4.3.2 closing", .deferred, 421),
    ]
  )
  func refusals(stage: ScriptedSMTPServer.Stage, reply: String, outcome: DeliveryOutcome, code: Int) async throws {
    let server = try ScriptedSMTPServer([stage: [.reply(reply)]], capabilities: ["AUTH PLAIN"])
    var relay = relay(port: server.port)
    relay.user = "nhachan"
    relay.password = Secret("sai")
    let report = await Probe.relay(relay)
    #expect(report.outcome == outcome && report.replyCode == code, "\(report)")
  }

  @Test("credentials set and no authentication offered: libcurl is content, we are not")
  func notOffered() async throws {
    let server = try ScriptedSMTPServer()
    var relay = relay(port: server.port)
    relay.user = "nhachan"
    relay.password = Secret("mật khẩu")
    #expect(await Probe.relay(relay).outcome == .misconfigured)
  }

  @Test("a closed port and a server that says nothing end in time", .timeLimit(.minutes(1)))
  func silence() async throws {
    let closed = await Probe.relay(relay(port: try unusedPort()))
    #expect(closed.outcome == .deferred && closed.replyCode == nil)
    let silent = try ScriptedSMTPServer([.greeting: [.stall]])
    let limits = SMTPRelay.Timeouts(connect: 1, reply: 1, stall: 1, total: 2, idle: 1)
    let (report, seconds) = await duration { await Probe.relay(relay(port: silent.port, timeouts: limits)) }
    #expect(report.outcome == .deferred && seconds < 10, "\(report) after \(seconds) s")
  }

  @Test("an endpoint is connected to, and nothing is posted")
  func endpoint() async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    let limits = WebhookLimits(total: 5, allowPrivateAddresses: true, allowPlainHTTP: true)
    let report = await Probe.endpoint("http://127.0.0.1:\(server.port)/hook", limits: limits)
    #expect(report.outcome == .accepted, "\(report)")
    #expect(server.connections == 1 && server.requests.isEmpty)
  }

  @Test("an endpoint: the guard of addresses, a closed port and missing TLS are seen")
  func endpointFailures() async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    let guarded = WebhookLimits(total: 5, allowPlainHTTP: true)
    let refused = await Probe.endpoint("http://127.0.0.1:\(server.port)/", limits: guarded)
    #expect(refused.outcome == .misconfigured && server.connections == 0, "\(refused)")
    let open = WebhookLimits(total: 5, allowPrivateAddresses: true, allowPlainHTTP: true)
    #expect(await Probe.endpoint("http://127.0.0.1:\(try unusedPort())/", limits: open).outcome == .deferred)
    let noTLS = await Probe.endpoint("https://127.0.0.1:\(server.port)/", limits: open)
    #expect(noTLS.outcome != .accepted, "\(noTLS)")
    #expect(await Probe.endpoint("http://127.0.0.1/\r\nX: y", limits: open).outcome == .misconfigured)
  }
}
