import Deadlines
import Delivery
import TestSupport
import Testing

@Suite("Cutting a delivery off")
struct CancellationTests {
  /// Cancels once the server has got so far, and returns how it ended and how long that took.
  private func cancelled(
    at stage: ScriptedSMTPServer.Stage,
    _ server: ScriptedSMTPServer,
    over transport: SMTPTransport
  ) async -> (result: DeliveryReport, seconds: Double) {
    let attempt = Task { await transport.deliver(mail()) }
    #expect(await server.waits(for: stage))
    attempt.cancel()
    return await duration { await attempt.value }
  }

  @Test(
    "a cancelled attempt ends at once, unknown only after the final dot",
    arguments: [
      (ScriptedSMTPServer.Stage.greeting, DeliveryOutcome.deferred), (.hello, .deferred), (.sender, .deferred),
      (.recipient, .deferred), (.data, .deferred), (.message, .unknown),
    ]
  )
  func inFlight(stage: ScriptedSMTPServer.Stage, outcome: DeliveryOutcome) async throws {
    let server = try ScriptedSMTPServer([stage: [.stall, .usual]])
    let transport = SMTPTransport(relay: relay(port: server.port))
    let (report, seconds) = await cancelled(at: stage, server, over: transport)
    #expect(report.outcome == outcome, "\(report)")
    #expect(seconds < 10)
    // The worker lives on and serves the next.
    #expect(await transport.deliver(mail()).outcome == .accepted)
    await transport.shutDown(grace: 5)
  }

  @Test("what waits in the queue is given back at once, though every worker is stuck")
  func inTheQueue() async throws {
    let server = try ScriptedSMTPServer([.recipient: [.hold]])
    let transport = SMTPTransport(relay: relay(port: server.port))
    let stuck = Task { await transport.deliver(mail()) }
    #expect(await server.waits(for: .recipient))
    let waiting = Task { await transport.deliver(mail()) }
    await Task.yield()
    waiting.cancel()
    let (report, seconds) = await duration { await waiting.value }
    #expect(report.outcome == .deferred && seconds < 10)
    server.release()
    #expect(await stuck.value.outcome == .accepted)
    await transport.shutDown(grace: 5)
    #expect(server.mails.count == 1)
  }

  @Test("a task cancelled beforehand sends nothing")
  func beforehand() async throws {
    let server = try ScriptedSMTPServer()
    let transport = SMTPTransport(relay: relay(port: server.port))
    let attempt = Task {
      while !Task.isCancelled { await Task.yield() }
      return await transport.deliver(mail())
    }
    attempt.cancel()
    #expect(await attempt.value.outcome == .deferred)
    await transport.shutDown(grace: 5)
    #expect(server.mails.isEmpty)
  }

  @Test("shutting down lets the attempt in flight end, gives back the queue and takes no more")
  func shutDown() async throws {
    let server = try ScriptedSMTPServer([.message: [.hold]])
    let counter = EventCounter()
    let transport = SMTPTransport(relay: relay(port: server.port)) { counter.add($0) }
    let inFlight = Task { await transport.deliver(mail()) }
    #expect(await server.waits(for: .message))
    let queued = Task { await transport.deliver(mail()) }
    async let end: Void = transport.shutDown(grace: 10)
    #expect(await queued.value == DeliveryReport(outcome: .deferred, reply: "shutting down"))
    server.release()
    #expect(await inFlight.value.outcome == .accepted)
    await end
    #expect(counter.count(.workerEnded) == 1)
    #expect(await transport.deliver(mail()) == DeliveryReport(outcome: .deferred, reply: "shutting down"))
    await transport.shutDown(grace: 10)
  }

  @Test("after the grace an attempt in flight is cut off")
  func grace() async throws {
    let server = try ScriptedSMTPServer([.message: [.stall]])
    let transport = SMTPTransport(relay: relay(port: server.port))
    let inFlight = Task { await transport.deliver(mail()) }
    #expect(await server.waits(for: .message))
    let (_, seconds) = await duration { await transport.shutDown(grace: 0.1) }
    #expect(seconds < 20)
    #expect(await inFlight.value.outcome == .unknown)
  }

  @Test("a transport nobody holds any more closes by itself")
  func dropped() async throws {
    let server = try ScriptedSMTPServer()
    do {
      let transport = SMTPTransport(relay: relay(port: server.port))
      #expect(await transport.deliver(mail()).outcome == .accepted)
    }
    #expect(await server.waits(for: .farewell))
  }
}
