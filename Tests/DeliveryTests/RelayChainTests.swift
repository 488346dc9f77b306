import Deadlines
import Foundation
import TestSupport
import Testing

@testable import Delivery

@Suite("Mail over several relays")
struct RelayChainTests {
  /// A way in which the primary relay fails before it has the mail.
  struct Failure: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let script: ScriptedSMTPServer.Script
    var needsLogin = false
  }

  private static let failures: [Failure] = [
    Failure(testDescription: "busy", script: [.greeting: [.replyThenClose("421 4.3.2 busy")]]),
    Failure(testDescription: "refuses us", script: [.greeting: [.reply("554 5.3.2 no service")]]),
    Failure(testDescription: "closes", script: [.greeting: [.close]]),
    Failure(testDescription: "silent", script: [.greeting: [.stall]]),
    Failure(testDescription: "lost at EHLO", script: [.hello: [.reset]]),
    Failure(testDescription: "wrong password", script: [.authentication: [.reply("535 5.7.8 no")]], needsLogin: true),
    Failure(testDescription: "full", script: [.sender: [.reply("452 4.3.1 insufficient system storage")]]),
    Failure(testDescription: "refuses the sender", script: [.sender: [.reply("550 5.7.1 sender refused")]]),
    Failure(testDescription: "silent at MAIL", script: [.sender: [.stall]]),
    Failure(testDescription: "silent at RCPT", script: [.recipient: [.stall]]),
    Failure(testDescription: "closes at RCPT", script: [.recipient: [.close]]),
    Failure(testDescription: "in trouble at RCPT", script: [.recipient: [.reply("451 4.3.5 configuration error")]]),
    Failure(testDescription: "in trouble at DATA", script: [.data: [.reply("451 4.3.0 later")]]),
    Failure(testDescription: "lost at DATA", script: [.data: [.reset]]),
    Failure(testDescription: "silent at DATA", script: [.data: [.stall]]),
    Failure(testDescription: "used up", script: [.recipient: [.reply("550 5.4.5 Daily sending limit exceeded")]]),
    Failure(testDescription: "does not relay", script: [.recipient: [.reply("554 5.7.1 Relay access denied")]]),
  ]

  private static let short = SMTPRelay.Timeouts(connect: 0.5, reply: 1, stall: 1, total: 20, idle: 5)

  private func primary(_ failure: Failure, port: Int) -> SMTPRelay {
    var relay = relay(port: port, timeouts: Self.short)
    if failure.needsLogin { (relay.user, relay.password) = ("nhachan", Secret("sai")) }
    return relay
  }

  @Test("a relay that fails before it has the mail leaves it to the next at once", arguments: failures)
  func next(_ failure: Failure) async throws {
    let broken = try ScriptedSMTPServer(failure.script, capabilities: ["AUTH PLAIN"])
    let backup = try ScriptedSMTPServer()
    let chain = RelayChain(relays: [primary(failure, port: broken.port), relay(port: backup.port)])
    let report = await chain.deliver(mail())
    #expect(report.outcome == .accepted && report.relay == "127.0.0.1:\(backup.port)", "\(report)")
    #expect(chain.faults.map(\.relay) == ["127.0.0.1:\(broken.port)"])
    await chain.shutDown(grace: 5)
    #expect(broken.mails.isEmpty && backup.mails.count == 1)
  }

  @Test("a closed port, a name that does not exist, and a certificate asked of a server without TLS are such failures")
  func unreachable() async throws {
    let backup = try ScriptedSMTPServer()
    var nameless = relay(port: 25)
    nameless.host = "relay.invalid"
    var withoutTLS = relay(port: try ScriptedSMTPServer().port)
    withoutTLS.security = .startTLS
    for broken in [relay(port: try unusedPort()), nameless, withoutTLS] {
      let chain = RelayChain(relays: [broken, relay(port: backup.port)])
      let report = await chain.deliver(mail())
      #expect(report.outcome == .accepted, "\(report)")
      await chain.shutDown(grace: 5)
    }
  }

  @Test(
    "what a relay says about the mail or its recipient stands, and so does silence after the final dot",
    arguments: [
      (
        ScriptedSMTPServer.Stage.recipient, ScriptedSMTPServer.Act.reply("450 4.2.0 greylisted"),
        DeliveryOutcome.deferred
      ),
      (.recipient, .reply("550 5.1.1 no such user"), .rejected), (.data, .reply("451 4.7.1 later"), .deferred),
      (.message, .reply("451 4.3.0 later"), .deferred), (.message, .reply("554 5.7.1 spam"), .rejected),
      (.message, .close, .unknown), (.message, .reset, .unknown), (.message, .stall, .unknown),
      (.sender, .reply("552 5.3.4 too large"), .rejected),
    ]
  )
  func final(stage: ScriptedSMTPServer.Stage, act: ScriptedSMTPServer.Act, outcome: DeliveryOutcome) async throws {
    let server = try ScriptedSMTPServer([stage: [act]])
    let backup = try ScriptedSMTPServer()
    // Short only for the reply that does not come.
    let limits = SMTPRelay.Timeouts(connect: 30, reply: act == .stall ? 2 : 30, stall: 1, total: 60, idle: 5)
    let chain = RelayChain(relays: [relay(port: server.port, timeouts: limits), relay(port: backup.port)])
    let report = await chain.deliver(mail())
    #expect(report.outcome == outcome && report.relay == "127.0.0.1:\(server.port)", "\(report)")
    await chain.shutDown(grace: 5)
    #expect(backup.connections == 0 && chain.faults.isEmpty)
  }

  @Test("silence after the final dot does not end the rest of a relay that had failed")
  func silenceIsNoWork() async throws {
    let server = try ScriptedSMTPServer([.greeting: [.replyThenClose("421 4.3.2 busy"), .usual], .message: [.close]])
    let chain = RelayChain(relays: [relay(port: server.port)])
    #expect(await chain.deliver(mail()).outcome == .deferred)
    #expect(await chain.deliver(mail()).outcome == .unknown)
    #expect(chain.faults.first?.reason == "421 4.3.2 busy")
    await chain.shutDown(grace: 5)
  }

  @Test("a relay that failed is left alone while it rests, so that not every mail pays for it")
  func rest() async throws {
    let broken = try ScriptedSMTPServer([.greeting: [.stall]])
    let backup = try ScriptedSMTPServer()
    let chain = RelayChain(relays: [relay(port: broken.port, timeouts: Self.short), relay(port: backup.port)])
    for _ in 1...20 { #expect(await chain.deliver(mail()).outcome == .accepted) }
    await chain.shutDown(grace: 5)
    #expect(broken.connections == 1 && backup.mails.count == 20)
  }

  @Test("mails that wait behind the failing one go to the next relay with it")
  func queueBehind() async throws {
    let broken = try ScriptedSMTPServer([.greeting: [.hold]])
    let backup = try ScriptedSMTPServer()
    let limits = SMTPRelay.Timeouts(connect: 2, reply: 2, stall: 2, total: 60, idle: 5)
    let chain = RelayChain(relays: [relay(port: broken.port, timeouts: limits), relay(port: backup.port)])
    let (outcomes, seconds) = await duration { await deliverMany(20, over: chain) }
    await chain.shutDown(grace: 5)
    #expect(outcomes == [.accepted] && backup.mails.count == 20)
    // One after the other they would have waited for 40 s.
    #expect(broken.connections == 1 && seconds < 20)
  }

  private func deliverMany(_ count: Int, over transport: any Transport) async -> Set<DeliveryOutcome> {
    await withTaskGroup { group in
      for number in 0..<count {
        group.addTask { await transport.deliver(mail(to: "u\(number)@camgiang.example")).outcome }
      }
      return await group.reduce(into: []) { $0.insert($1) }
    }
  }

  @Test("it comes back by itself when it works again")
  func comesBack() async throws {
    let primary = try ScriptedSMTPServer([.greeting: [.replyThenClose("421 4.3.2 busy"), .usual]])
    let backup = try ScriptedSMTPServer()
    let chain = RelayChain(relays: [relay(port: primary.port), relay(port: backup.port)], rests: 0.05...0.05)
    #expect(await chain.deliver(mail()).relay == "127.0.0.1:\(backup.port)")
    #expect(chain.faults.first?.reason == "421 4.3.2 busy")
    var answered: String?
    for _ in 0..<500 where answered != "127.0.0.1:\(primary.port)" { answered = await chain.deliver(mail()).relay }
    #expect(answered == "127.0.0.1:\(primary.port)" && chain.faults.isEmpty)
    await chain.shutDown(grace: 5)
  }

  @Test("rests grow to their longest, and after each one mail alone tries the relay")
  func health() {
    let fault = DeliveryReport(outcome: .deferred, reply: "away")
    var health = RelayHealth()
    var rests: [Double] = []
    var admitted: [Bool] = []
    var now = 0.0
    for _ in 1...6 {
      health.failed(fault, at: now, rests: 30...300)
      // The others of the same moment count once.
      health.failed(fault, at: now + 1, rests: 30...300)
      rests.append(health.restsUntil - now)
      admitted.append(health.admits(at: now + 29))
      now = health.restsUntil
      admitted += [health.admits(at: now), health.admits(at: now)]
    }
    #expect(rests == [30, 60, 120, 240, 300, 300])
    #expect(admitted == [Bool](repeatElement([false, true, false], count: 6).joined()))
  }

  @Test("a trial that was cut off is followed by another, one that went well by all")
  func trial() {
    var health = RelayHealth()
    var admitted = [health.admits(at: 0), health.admits(at: 0)]
    health.failed(DeliveryReport(outcome: .deferred, reply: "away"), at: 0, rests: 30...300)
    admitted += [health.admits(at: 30), health.admits(at: 30)]
    health.learntNothing()
    admitted += [health.admits(at: 30), health.admits(at: 30)]
    health.worked()
    admitted += [health.admits(at: 30), health.admits(at: 30)]
    #expect(admitted == [true, true, true, false, true, false, true, true] && health.fault == nil)
  }

  @Test("all misconfigured: so is the channel, with the words of each; one merely away: the mail waits")
  func allFail() async throws {
    let refusing = try ScriptedSMTPServer([.greeting: [.reply("554 5.3.2 no service")]])
    let strict = try ScriptedSMTPServer([.sender: [.reply("550 5.7.1 sender refused")]])
    let busy = try ScriptedSMTPServer([.greeting: [.replyThenClose("421 4.3.2 busy")]])
    let both = RelayChain(relays: [relay(port: refusing.port), relay(port: strict.port)])
    let misconfigured = await both.deliver(mail())
    #expect(misconfigured.outcome == .misconfigured && misconfigured.replyCode == 554, "\(misconfigured)")
    #expect(misconfigured.reply.contains("127.0.0.1:\(refusing.port): 554 5.3.2 no service"))
    #expect(misconfigured.reply.contains("127.0.0.1:\(strict.port): 550 5.7.1 sender refused"))
    let mixed = RelayChain(relays: [relay(port: refusing.port), relay(port: busy.port)])
    // The second time both rest, and the one whose rest ends first is asked all the same.
    for _ in 1...2 {
      let deferred = await mixed.deliver(mail())
      #expect(deferred.outcome == .deferred && deferred.reply.contains("421 4.3.2 busy"), "\(deferred)")
    }
    #expect(refusing.connections + busy.connections == 4)
    for chain in [both, mixed] { await chain.shutDown(grace: 5) }
  }

  @Test("each relay keeps to its own number of connections")
  func connections() async throws {
    let backup = try ScriptedSMTPServer()
    let chain = RelayChain(relays: [
      relay(port: try unusedPort(), connections: 8), relay(port: backup.port, connections: 2),
    ])
    #expect(await deliverMany(60, over: chain) == [.accepted])
    await chain.shutDown(grace: 5)
    #expect(backup.mails.count == 60 && backup.connections <= 2)
  }

  @Test("a cancelled delivery does not wander on to the next relay")
  func cancelled() async throws {
    let silent = try ScriptedSMTPServer([.greeting: [.stall]])
    let backup = try ScriptedSMTPServer()
    let chain = RelayChain(relays: [relay(port: silent.port), relay(port: backup.port)])
    let attempt = Task { await chain.deliver(mail()) }
    #expect(await silent.waits(for: .greeting))
    attempt.cancel()
    #expect(await attempt.value.outcome == .deferred)
    #expect(backup.connections == 0 && chain.faults.isEmpty)
    await chain.shutDown(grace: 5)
  }
}
