import Deadlines
import Delivery
import TestSupport
import Testing

/// One line of the table of outcomes.
struct SMTPCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let script: ScriptedSMTPServer.Script
  let outcome: DeliveryOutcome
  var code: Int?
  var curl: Int?

  init(
    _ name: String,
    _ script: ScriptedSMTPServer.Script,
    _ outcome: DeliveryOutcome,
    code: Int? = nil,
    curl: Int? = nil
  ) {
    testDescription = name
    self.script = script
    self.outcome = outcome
    self.code = code
    self.curl = curl
  }
}

private let accepted = SMTPCase("accepted", [:], .accepted, code: 250, curl: 0)

private let refusals: [SMTPCase] = [
  .init("greeting 421", [.greeting: [.replyThenClose("421 4.3.2 busy")]], .deferred, code: 421, curl: 8),
  .init("greeting 450", [.greeting: [.reply("450 4.3.2 later")]], .deferred, code: 450, curl: 8),
  .init("greeting 554", [.greeting: [.reply("554 5.3.2 no service")]], .misconfigured, code: 554, curl: 8),
  .init("MAIL 421", [.sender: [.replyThenClose("421 4.7.0 slow down")]], .deferred, code: 421, curl: 55),
  .init("MAIL 451", [.sender: [.reply("451 4.3.0 later")]], .deferred, code: 451, curl: 55),
  .init("MAIL 530", [.sender: [.reply("530 5.7.0 authenticate first")]], .misconfigured, code: 530, curl: 55),
  .init("MAIL 550", [.sender: [.reply("550 5.7.1 sender refused")]], .misconfigured, code: 550, curl: 55),
  .init("MAIL 553", [.sender: [.reply("553 5.1.8 not your address")]], .misconfigured, code: 553, curl: 55),
  .init("MAIL 552 too large", [.sender: [.reply("552 5.3.4 too large")]], .rejected, code: 552, curl: 55),
  .init("RCPT 421", [.recipient: [.replyThenClose("421 4.7.0 enough")]], .deferred, code: 421, curl: 55),
  .init("RCPT 450 greylisted", [.recipient: [.reply("450 4.2.0 greylisted")]], .deferred, code: 450, curl: 55),
  .init("RCPT 452 mailbox full", [.recipient: [.reply("452 4.2.2 full")]], .deferred, code: 452, curl: 55),
  .init("RCPT 550 no such user", [.recipient: [.reply("550 5.1.1 no such user")]], .rejected, code: 550, curl: 55),
  .init("RCPT 552 mailbox full", [.recipient: [.reply("552 5.2.2 full")]], .rejected, code: 552, curl: 55),
  .init("RCPT 530", [.recipient: [.reply("530 5.7.0 authenticate first")]], .misconfigured, code: 530, curl: 55),
  .init("DATA 451", [.data: [.reply("451 4.3.0 later")]], .deferred, code: 451, curl: 55),
  .init("DATA 554", [.data: [.reply("554 5.5.1 no valid recipients")]], .rejected, code: 554, curl: 55),
  .init("dot 421", [.message: [.replyThenClose("421 4.3.2 closing")]], .deferred, code: 421, curl: 8),
  .init("dot 451", [.message: [.reply("451 4.3.0 later")]], .deferred, code: 451, curl: 8),
  .init("dot 552", [.message: [.reply("552 5.3.4 too much data")]], .rejected, code: 552, curl: 8),
  .init("dot 554", [.message: [.reply("554 5.7.1 spam")]], .rejected, code: 554, curl: 8),
]

private let losses: [SMTPCase] = [
  .init("closed before the greeting", [.greeting: [.close]], .deferred, curl: 56),
  .init("closed at EHLO", [.hello: [.close]], .deferred),
  .init("closed at MAIL", [.sender: [.close]], .deferred, curl: 56),
  .init("closed at RCPT", [.recipient: [.close]], .deferred, curl: 56),
  .init("reset at RCPT", [.recipient: [.reset]], .deferred, curl: 56),
  .init("closed at DATA", [.data: [.close]], .deferred, curl: 56),
  .init("closed after the final dot", [.message: [.close]], .unknown, curl: 56),
  .init("reset after the final dot", [.message: [.reset]], .unknown, curl: 56),
]

private let silences: [SMTPCase] = [
  .init("silent before the greeting", [.greeting: [.stall]], .deferred, curl: 28),
  .init("silent at EHLO", [.hello: [.stall]], .deferred, curl: 28),
  .init("silent at MAIL", [.sender: [.stall]], .deferred, curl: 28),
  .init("silent at RCPT", [.recipient: [.stall]], .deferred, curl: 28),
  .init("silent at DATA", [.data: [.stall]], .deferred, curl: 28),
  .init("silent after the final dot", [.message: [.stall]], .unknown, curl: 28),
]

@Suite("What a relay's answer means")
struct SMTPOutcomeTests {
  @Test("the reply decides, and libcurl's result before it", arguments: [accepted] + refusals + losses)
  func outcome(_ line: SMTPCase) async throws {
    let server = try ScriptedSMTPServer(line.script)
    let report = await deliver(over: relay(port: server.port))
    #expect(report.outcome == line.outcome, "\(report)")
    #expect(report.replyCode == line.code, "\(report)")
    if let curl = line.curl { #expect(report.curlCode == curl, "\(report)") }
  }

  @Test("a relay that says nothing is given up in time", arguments: silences)
  func silence(_ line: SMTPCase) async throws {
    let server = try ScriptedSMTPServer(line.script)
    let limits = SMTPRelay.Timeouts(connect: 0.4, reply: 5, stall: 5, total: 0.4, idle: 5)
    let (report, seconds) = await duration { await deliver(over: relay(port: server.port, timeouts: limits)) }
    #expect(report.outcome == line.outcome, "\(report)")
    #expect(report.curlCode == line.curl, "\(report)")
    #expect(seconds < 20)
  }

  @Test("each reply has its own limit, whatever the whole may take")
  func replyLimit() async throws {
    let server = try ScriptedSMTPServer([.recipient: [.stall]])
    let limits = SMTPRelay.Timeouts(connect: 60, reply: 1, stall: 60, total: 60, idle: 5)
    let (report, seconds) = await duration { await deliver(over: relay(port: server.port, timeouts: limits)) }
    #expect(report.outcome == .deferred && report.curlCode == 28, "\(report)")
    #expect(seconds < 20)
  }

  @Test("an answer to the final dot that comes too late is not taken for one to the next mail")
  func lateAnswer() async throws {
    let server = try ScriptedSMTPServer([.message: [.hold, .reply("250 2.0.0 second")]])
    let limits = SMTPRelay.Timeouts(connect: 60, reply: 60, stall: 60, total: 2, idle: 30)
    let transport = SMTPTransport(relay: relay(port: server.port, timeouts: limits))
    let first = await transport.deliver(mail())
    #expect(first.outcome == .unknown, "\(first)")
    server.release()
    let second = await transport.deliver(mail())
    #expect(second.outcome == .accepted && second.reply == "2.0.0 second", "\(second)")
    #expect(server.connections == 2)
    await transport.shutDown(grace: 5)
  }

  @Test("the answer to the final dot may take longer than any other")
  func slowAnswer() async throws {
    let server = try ScriptedSMTPServer([.message: [.hold]])
    let limits = SMTPRelay.Timeouts(connect: 5, reply: 1, stall: 1, total: 60, idle: 5)
    async let report = deliver(over: relay(port: server.port, timeouts: limits))
    // As long as any other reply may take, and as much again.
    try await Task.sleep(for: .seconds(3))
    server.release()
    #expect(await report.outcome == .accepted)
  }

  @Test("a relay that says no and then nothing to QUIT holds nobody up")
  func silentFarewell() async throws {
    let server = try ScriptedSMTPServer([.recipient: [.reply("550 5.1.1 no such user")], .farewell: [.stall]])
    let (report, seconds) = await duration { await deliver(over: relay(port: server.port)) }
    #expect(report.outcome == .rejected && report.replyCode == 550, "\(report)")
    #expect(seconds < 20)
  }

  @Test(
    "a connection lost in the middle of the mail is not unknown: the dot never left",
    arguments: [ScriptedSMTPServer.Act.close, .reset]
  )
  func lostInTheBody(_ act: ScriptedSMTPServer.Act) async throws {
    let server = try ScriptedSMTPServer([.body: [act]])
    let long = [String](repeating: String(repeating: "x", count: 900), count: 20_000)
    let report = await deliver(mail(long), over: relay(port: server.port))
    #expect(report.outcome == .deferred, "\(report)")
    #expect(server.mails.isEmpty)
  }

  @Test("a relay that stops reading in the middle of the mail is given up in time")
  func stalledInTheBody() async throws {
    let server = try ScriptedSMTPServer([.data: [.usual], .body: [.hold]])
    let long = [String](repeating: String(repeating: "x", count: 900), count: 20_000)
    let limits = SMTPRelay.Timeouts(connect: 5, reply: 60, stall: 60, total: 0.6, idle: 5)
    let (report, seconds) = await duration {
      await deliver(mail(long), over: relay(port: server.port, timeouts: limits))
    }
    #expect(report.outcome == .deferred && report.curlCode == 28, "\(report)")
    #expect(seconds < 20)
  }

  @Test("the server's words come back whole, and not those of its farewell")
  func words() async throws {
    let server = try ScriptedSMTPServer([.recipient: [.reply("550-5.1.1 no mailbox\r\n550 5.1.1 of that name\u{7}")]])
    let report = await deliver(over: relay(port: server.port))
    #expect(report.reply == "5.1.1 no mailbox 5.1.1 of that name")
    #expect(server.commands.last == "QUIT")
  }

  @Test("an accepted mail keeps the server's words, for the clerk who asks the relay's admin")
  func acceptedWords() async throws {
    let server = try ScriptedSMTPServer()
    let report = await deliver(over: relay(port: server.port))
    #expect(
      report
        == DeliveryReport(
          outcome: .accepted,
          replyCode: 250,
          reply: "2.0.0 queued as SCRIPTED",
          curlCode: 0,
          relay: "127.0.0.1:\(server.port)"
        )
    )
  }

  @Test("an old server without EHLO is greeted with HELO")
  func oldServer() async throws {
    let server = try ScriptedSMTPServer([.hello: [.reply("502 5.5.1 what?"), .usual]])
    let report = await deliver(over: relay(port: server.port))
    #expect(report.outcome == .accepted, "\(report)")
    #expect(server.commands.prefix(2) == ["EHLO mail.camgiang.example", "HELO mail.camgiang.example"])
  }

  @Test("nobody listens: deferred")
  func refusedPort() async throws {
    let report = await deliver(over: relay(port: try unusedPort()))
    #expect(report.outcome == .deferred && report.curlCode == 7, "\(report)")
  }

  @Test("a name that does not exist: deferred, for name servers fail too")
  func unknownName() async throws {
    var nowhere = relay(port: 25)
    nowhere.host = "relay.invalid"
    let report = await deliver(over: nowhere)
    #expect(report.outcome == .deferred && report.curlCode == 6, "\(report)")
  }

  @Test(
    "a host that cannot be one is a mistake in the settings",
    arguments: ["", "a b", "relay/x", "user@relay", "a\r\nb"]
  )
  func impossibleHost(_ host: String) async {
    var nowhere = relay(port: 25)
    nowhere.host = host
    #expect(await deliver(over: nowhere).outcome == .misconfigured)
  }
}
