import Configuration
import Deadlines
import Delivery
import Ledger
import Messages
import TestSupport
import Testing

@testable import Daemon

@Suite("The courier and its channel")
struct CourierTests {
  private func dispatcher(_ scene: Scene) -> Dispatcher {
    Dispatcher(
      office: "xa",
      channel: scene.channel,
      ledger: scene.ledger,
      courier: Courier(schedule: scene.schedule, backoff: .standard, jitter: { 0 }),
      schedule: scene.schedule,
      logger: quiet
    )
  }

  private func planned(_ tasks: [PlanTask] = [Offices.task("1", "Chậm nhất 30/9/2026")]) async throws -> Scene {
    let scene = try await Scene(tasks)
    try await scene.adopt()
    #expect(try await scene.tick("2026-05-13 07:30").count >= 1)
    return scene
  }

  @Test(
    "treats an attempt by its outcome",
    arguments: [
      (DeliveryOutcome.accepted, OutboxState.accepted), (.deferred, .deferred), (.unknown, .deferred),
      (.rejected, .deadLetter), (.misconfigured, .deferred),
    ]
  )
  func outcomes(outcome: DeliveryOutcome, state: OutboxState) async throws {
    let scene = try await planned()
    scene.transport.willAnswer([DeliveryReport(outcome: outcome, replyCode: 250, reply: "as told")])
    let dispatcher = dispatcher(scene)
    #expect(try await dispatcher.pass(now: Offices.instant("2026-05-13 07:30")) == 1)
    let row = try #require(try await scene.ledger.outbox(office: "xa", filter: .all, limit: 9).first)
    #expect(row.state == state)
    #expect(row.lastReport?.reply == "as told")
    let held = try await scene.ledger.channelState(office: "xa", channel: "mail").isHeld
    #expect(held == (outcome == .misconfigured))
  }

  @Test("notes in the record the digest of the bytes that the server may have, and of no others")
  func sentDigest() async throws {
    let scene = try await planned()
    scene.transport.willAnswer([
      DeliveryReport(outcome: .deferred, replyCode: 451, reply: "451 later"),
      DeliveryReport(outcome: .unknown, reply: "connection lost"),
    ])
    for time in ["2026-05-13 07:30", "2026-05-13 09:00", "2026-05-13 11:00"] {
      _ = try await dispatcher(scene).pass(now: Offices.instant(time))
    }
    let digest = RecordChain.digest(of: try #require(scene.transport.parcels.last).bytes)
    let lines = try await scene.ledger.record(office: "xa", occurrence: nil, limit: .max)
    let attempts = lines.filter { ["deferred", "unknown", "accepted"].contains($0.kind) }
    #expect(attempts.map(\.kind) == ["deferred", "unknown", "accepted"])
    #expect(attempts.map { $0.facts.contains("\"sent\":\"\(digest)\"") } == [false, true, true])
  }

  @Test("tries a deferred message again with the same bytes, inside the window only")
  func retries() async throws {
    let scene = try await planned()
    scene.transport.willAnswer([DeliveryReport(outcome: .deferred, replyCode: 451, reply: "451 later")])
    let dispatcher = dispatcher(scene)
    _ = try await dispatcher.pass(now: Offices.instant("2026-05-13 16:59"))
    #expect(
      try await dispatcher.nextPass(after: Offices.instant("2026-05-13 16:59")) == Offices.instant("2026-05-14 07:30")
    )
    #expect(try await dispatcher.pass(now: Offices.instant("2026-05-13 17:30")) == 0)
    #expect(try await dispatcher.pass(now: Offices.instant("2026-05-14 07:30")) == 1)
    #expect(scene.transport.parcels.count == 2)
    #expect(Set(scene.transport.parcels).count == 1)
  }

  @Test("drops what was done in the meantime, and sends nothing when nothing is left")
  func doneInTheMeantime() async throws {
    let scene = try await planned([Offices.task("1", "Chậm nhất 30/9/2026"), Offices.task("2", "Năm 2026")])
    let today = Offices.date("2026-05-13")
    try await scene.answer(.done(on: today), ["1-KH/1/deadline/once/kt"], at: "2026-05-13 07:30")
    #expect(try await dispatcher(scene).pass(now: Offices.instant("2026-05-13 07:31")) == 1)
    let mail = String(decoding: scene.transport.parcels[0].bytes, as: UTF8.self)
    #expect(mail.contains("1-KH/2/window/once/kt") && !mail.contains("1-KH/1/deadline/once/kt"))

    let other = try await planned()
    try await other.answer(.done(on: today), ["1-KH/1/deadline/once/kt"], at: "2026-05-13 07:30")
    _ = try await dispatcher(other).pass(now: Offices.instant("2026-05-13 07:31"))
    #expect(other.transport.parcels.isEmpty)
    #expect(try await other.ledger.outbox(office: "xa", filter: .all, limit: 9).map(\.state) == [.dropped])
  }

  @Test("holds a misconfigured channel, probes it with one message, and lets all go once it works")
  func heldChannel() async throws {
    let scene = try await planned((1...5).map { Offices.task("\($0)", "Năm 2026", lead: .group("tat-ca")) })
    let bad = DeliveryReport(outcome: .misconfigured, replyCode: 535, reply: "535 authentication failed")
    scene.transport.willAnswer([bad, bad, bad])
    let dispatcher = dispatcher(scene)
    _ = try await dispatcher.pass(now: Offices.instant("2026-05-13 07:30"))
    #expect(
      try await scene.ledger.channelState(office: "xa", channel: "mail").heldBecause == "535 authentication failed"
    )
    #expect(try await dispatcher.pass(now: Offices.instant("2026-05-13 07:30")) == 0)
    let probe = try #require(try await dispatcher.nextPass(after: Offices.instant("2026-05-13 07:30")))
    _ = try await dispatcher.pass(now: probe)
    #expect(try await !scene.ledger.channelState(office: "xa", channel: "mail").isHeld)
    #expect(try await scene.ledger.outbox(office: "xa", filter: .states([.deadLetter]), limit: 9).isEmpty)
    #expect(try await scene.ledger.figures(office: "xa").accepted == 3)
  }

  @Test(
    "frees a held channel by the word of its server, not by a refusal of our own",
    arguments: [
      (DeliveryReport(outcome: .accepted, replyCode: 250, reply: "250 ok"), false),
      (DeliveryReport(outcome: .rejected, replyCode: 550, reply: "550 no such user"), false),
      (DeliveryReport(outcome: .rejected, reply: "not sent: no address"), true),
      (DeliveryReport(outcome: .unknown, reply: "timed out"), true),
    ]
  )
  func freed(report: DeliveryReport, staysHeld: Bool) async throws {
    let scene = try await Scene([])
    let now = Offices.instant("2026-05-13 07:30")
    let held = ChannelState(heldBecause: "535", heldSince: now, probeAt: now.adding(seconds: 60), failedProbes: 3)
    let after = try #require(dispatcher(scene).courier.channelState(after: report, before: held, now: now))
    #expect(after.isHeld == staysHeld)
    guard staysHeld else { return }
    #expect(after.heldBecause == "535" && after.worksSince == nil)
    // A refusal of our own has asked no server: the next message does, at once.
    #expect(
      (after.probeAt == now, after.failedProbes) == (report.outcome == .rejected, report.outcome == .rejected ? 3 : 4)
    )
  }

  @Test("gives up what a relay that is down never answers for, and the fallback sends it", arguments: [nil, "hook"])
  func deadRelay(fallback: String?) async throws {
    let scene = try await planned()
    let down = DeliveryReport(outcome: .deferred, reply: "connection refused")
    scene.transport.willAnswer(Array(repeating: down, count: 500))
    var dispatcher = dispatcher(scene)
    dispatcher.channel.fallback = fallback
    var now = Offices.instant("2026-05-13 07:30")
    let end = Offices.instant("2026-05-22 12:00")
    while let next = try await dispatcher.nextPass(after: now), next < end {
      now = next
      _ = try await scene.planner.tick(now: now)
      _ = try await dispatcher.pass(now: now)
      if try await dispatcher.nextPass(after: now) == nil { _ = try await scene.planner.tick(now: now) }
    }
    let rows = try await scene.ledger.outbox(office: "xa", filter: .all, limit: 99)
    #expect(rows.contains { $0.state == .discarded }, "planned anew each morning")
    #expect(rows.contains { $0.state == .deadLetter })
    #expect(rows.contains { $0.message.channel == "hook" && $0.state == .pending } == (fallback != nil))
    // Without a fallback those above hear of it.
    let isTold = rows.contains { if case .trouble = $0.message.content { true } else { false } }
    #expect(isTold || fallback != nil)
  }

  @Test("gives a message up at the end of its life, and says so")
  func deadLetter() async throws {
    let scene = try await planned()
    let later = DeliveryReport(outcome: .deferred, replyCode: 450, reply: "450 greylisted")
    scene.transport.willAnswer(Array(repeating: later, count: 500))
    let dispatcher = dispatcher(scene)
    var now = Offices.instant("2026-05-13 07:30")
    var attempts = 0
    while let next = try await dispatcher.nextPass(after: now), attempts < 400 {
      now = next
      attempts += try await dispatcher.pass(now: now)
    }
    #expect((10...60).contains(attempts))
    #expect(try await scene.ledger.outbox(office: "xa", filter: .all, limit: 9).map(\.state) == [.deadLetter])
  }

  @Test("keeps to so many messages in any sixty seconds")
  func pace() {
    var pace = Pace(perMinute: 3)
    let start = Offices.instant("2026-05-13 07:30")
    #expect(pace.room(at: start) == 3)
    pace.took(2, at: start)
    #expect(pace.room(at: start.adding(seconds: 10)) == 1)
    pace.took(1, at: start.adding(seconds: 10))
    #expect(pace.room(at: start.adding(seconds: 59)) == 0)
    #expect(pace.next(after: start.adding(seconds: 59)) == start.adding(seconds: 60))
    // The third left at 10 s: at the turn of a minute no double share leaves.
    #expect(pace.room(at: start.adding(seconds: 60)) == 2)
    #expect(pace.room(at: start.adding(seconds: 70)) == 3)
    #expect(pace.room(at: start.adding(seconds: -3600)) == 3, "a clock set back")
    #expect(Pace(perMinute: nil).room(at: start) == .max)
    var free = Pace(perMinute: nil)
    for half in 0..<4 { free.took(100, at: start.adding(milliseconds: Int64(half) * 500)) }
    free.perMinute = 300
    #expect(free.room(at: start.adding(seconds: 59)) == 0, "a limit counts what left before it was set")
    #expect(free.room(at: start.adding(seconds: 61)) == 100)
  }
}
