import Deadlines
import Delivery
import Foundation
import TestSupport
import Testing

@Suite("One server's trouble is nobody else's")
struct IsolationTests {
  /// Limits that would be felt: what is stuck stays stuck for longer than any of these tests may take.
  private static let patient = SMTPRelay.Timeouts(connect: 120, reply: 120, stall: 120, total: 240, idle: 60)

  @Test("while relays are stuck at every stage, mails over another relay keep their latency")
  func otherRelay() async throws {
    let stages: [ScriptedSMTPServer.Stage] = [.greeting, .hello, .sender, .recipient, .data, .body, .message]
    let stuck = try stages.map { try ScriptedSMTPServer([$0: [.stall]]) }
    let transports = stuck.map { SMTPTransport(relay: relay(port: $0.port, connections: 2, timeouts: Self.patient)) }
    let attempts = transports.flatMap { transport in (0..<4).map { _ in Task { await transport.deliver(mail()) } } }
    for (server, stage) in zip(stuck, stages) { #expect(await server.waits(for: stage, times: 2)) }

    let latencies = await latencies(of: 200)
    // A mail of ours takes milliseconds; one that had to wait for a stuck server would take minutes.
    #expect(latencies.count == 200 && latencies[100] < 0.5 && latencies[199] < 10, "\(latencies[199]) s")

    for transport in transports { await transport.shutDown(grace: 0) }
    for attempt in attempts { #expect([.deferred, .unknown].contains(await attempt.value.outcome)) }
  }

  /// Seconds that so many mails to a sound relay took, one after the other; the shortest first.
  private func latencies(of count: Int) async -> [Double] {
    guard let server = try? ScriptedSMTPServer() else { return [] }
    let transport = SMTPTransport(relay: relay(port: server.port))
    var latencies: [Double] = []
    for _ in 0..<count {
      let (report, seconds) = await duration { await transport.deliver(mail()) }
      if report.outcome == .accepted { latencies.append(seconds) }
    }
    await transport.shutDown(grace: 5)
    return latencies.sorted()
  }

  @Test(
    "one mailbox of a hundred that is refused, put off, or stuck at RCPT: the other 99 are told at once",
    arguments: [
      (ScriptedSMTPServer.Act.reply("550 5.1.1 no such user"), DeliveryOutcome.rejected),
      (.reply("450 4.2.0 greylisted"), .deferred), (.close, .deferred), (.stall, .deferred),
    ]
  )
  func oneOfAHundred(act: ScriptedSMTPServer.Act, outcome: DeliveryOutcome) async throws {
    let server = try ScriptedSMTPServer(mailboxes: ["u50@": act])
    let transport = SMTPTransport(relay: relay(port: server.port, connections: 2, timeouts: Self.patient))
    let bad = Task { await transport.deliver(mail(to: "u50@camgiang.example")) }
    #expect(await server.waits(for: .sender))
    let (outcomes, seconds) = await duration {
      await withTaskGroup { group in
        for number in 0..<100 where number != 50 {
          group.addTask { await transport.deliver(mail(to: "u\(number)@camgiang.example")).outcome }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(outcomes == [DeliveryOutcome](repeating: .accepted, count: 99) && seconds < 20)
    await transport.shutDown(grace: 0)
    #expect(await bad.value.outcome == outcome)
  }

  @Test(
    "as many mailboxes stuck at RCPT as there are connections: the others are told over others, no more than twice as many"
  )
  func everyConnectionStuck() async throws {
    let server = try ScriptedSMTPServer(mailboxes: ["u1@": .stall, "u2@": .stall])
    var limits = Self.patient
    limits.patience = 0.2
    let transport = SMTPTransport(relay: relay(port: server.port, connections: 2, timeouts: limits))
    let bad = (1...2).map { number in Task { await transport.deliver(mail(to: "u\(number)@camgiang.example")) } }
    #expect(await server.waits(for: .sender, times: 2))
    try await Task.sleep(for: .milliseconds(300))
    let (outcomes, seconds) = await duration {
      await withTaskGroup { group in
        for number in 3..<100 {
          group.addTask { await transport.deliver(mail(to: "u\(number)@camgiang.example")).outcome }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(outcomes == [DeliveryOutcome](repeating: .accepted, count: 97) && seconds < 20, "\(seconds) s")
    #expect(server.connections <= 4)
    await transport.shutDown(grace: 0)
    for attempt in bad { #expect(await attempt.value.outcome == .deferred) }
  }

  @Test("a mail that finds every connection stuck is given back when an attempt's time is over")
  func queueLimit() async throws {
    let server = try ScriptedSMTPServer([.recipient: [.stall]])
    let limits = SMTPRelay.Timeouts(connect: 5, reply: 1, stall: 1, total: 1, idle: 5)
    let transport = SMTPTransport(relay: relay(port: server.port, timeouts: limits))
    let (outcomes, seconds) = await duration {
      await withTaskGroup { group in
        for _ in 0..<40 { group.addTask { await transport.deliver(mail()).outcome } }
        return await group.reduce(into: Set()) { $0.insert($1) }
      }
    }
    // One after the other they would take forty seconds and more; a lease on a message counts on four.
    #expect(outcomes == [.deferred] && seconds < 25, "\(seconds) s")
    await transport.shutDown(grace: 5)
  }
}
