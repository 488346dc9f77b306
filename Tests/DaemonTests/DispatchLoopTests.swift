import Configuration
import Deadlines
import Delivery
import Foundation
import GRDB
import Messages
import ServiceLifecycle
import TestSupport
import Testing

@testable import Daemon
@testable import Ledger

/// Never answers for some mailboxes until it is let go.
private final class StuckTransport: Transport {
  private let stuck: Set<String>
  private let state = Locked<(accepted: [String], waiting: [CheckedContinuation<Void, Never>], isOver: Bool)>(
    ([], [], false)
  )

  init(_ stuck: Set<String>) { self.stuck = stuck }

  var accepted: [String] { state.withLock { $0.accepted } }
  var waiting: Int { state.withLock { $0.waiting.count } }

  func letGo() {
    let waiting = state.withLock { state in
      state.isOver = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func deliver(_ parcel: Parcel) async -> DeliveryReport {
    guard case .mail(_, let recipient) = parcel.destination else { return DeliveryReport(outcome: .deferred) }
    let name = String(recipient.prefix { $0 != "@" })
    if stuck.contains(name) {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if !state.isOver { state.waiting.append(continuation) }
          return state.isOver
        }
        if isOver { continuation.resume() }
      }
      return DeliveryReport(outcome: .deferred, reply: "timed out")
    }
    state.withLock { $0.accepted.append(name) }
    return DeliveryReport(outcome: .accepted, replyCode: 250, reply: "250 ok")
  }

  func shutDown(grace: Double) async { letGo() }
}

/// The example office's service with a turned clock, whose loops run while `body` does.
private struct RunningService {
  let configuration: LoadedConfiguration
  let ledger: SQLiteLedger
  let clock = TurnedClock(Offices.instant("2026-05-13 07:30"))
  let daemon: Daemon
  var office: String { configuration.office.id }

  init(_ transport: any Transport, perMinute: Int? = nil, spare: Int = 0, store: String? = nil) async throws {
    let configuration = try ConfigurationLoader.load(directory: Tree.config)
    self.configuration = configuration
    ledger = try store.map { try SQLiteLedger.open(path: $0) } ?? SQLiteLedger.inMemory()
    daemon = try Daemon(
      ledger: ledger,
      clock: clock,
      notifier: SystemdNotifier(environment: [:]),
      logger: quiet,
      storePath: nil,
      load: { configuration },
      makeChannels: { configuration in
        configuration.settings.channels.map { settings in
          var channel = Channels.withoutSecrets(settings, configuration, transport: transport)
          channel.width = 2
          channel.perMinute = perMinute
          channel.spare = spare
          return channel
        }
      },
      jitter: { 0 }
    )
    let now = clock.now()
    try await ledger.setFact(office: office, Fact.machine, Arming.machineID())
    try await ledger.setFact(office: office, Fact.heartbeat, "\(now.milliseconds)")
    try await ledger.setArmed(true, office: office, by: "test", reason: "test", now: now)
    try await daemon.start()
  }

  func run(_ body: () async throws -> Void) async throws {
    let group = ServiceGroup(services: daemon.services, logger: quiet)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      do { try await body() } catch { Issue.record(error) }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  /// Gives the loops their turn until the question is satisfied, the clock moving on up to `end`; fails when it never is.
  func reached(by end: Instant? = nil, _ isReached: () async throws -> Bool) async throws {
    for _ in 0..<20_000 {
      if try await isReached() { return }
      try await Task.sleep(for: .microseconds(200))
      if let end, !clock.isBusy { _ = clock.advance(upTo: end) }
    }
    Issue.record("never reached")
  }

  func rest() async throws { for _ in 0..<200 { try await Task.sleep(for: .microseconds(100)) } }

  func count(_ state: OutboxState) async throws -> Int {
    try await ledger.outbox(office: office, filter: .states([state]), limit: .max).count
  }

  func reload() async throws {
    let before = daemon.current.withLock { $0.number }
    await daemon.reload()
    try await reached { daemon.current.withLock { $0.number } > before }
  }
}

@Suite("The loop of a channel", .serialized)
struct DispatchLoopTests {
  @Test("a paced channel keeps its pace over reloads, however many")
  func paceOverReloads() async throws {
    let transport = RecordingTransport()
    let service = try await RunningService(transport, perMinute: 2)
    try await service.run {
      try await service.reached { try await service.count(.accepted) == 2 }
      for _ in 0..<5 {
        try await service.reload()
        try await service.rest()
        #expect(transport.parcels.count == 2)
      }
      try await service.reached(by: service.clock.now().adding(seconds: 61)) { transport.parcels.count == 4 }
    }
  }

  @Test(
    "what servers took while the store could not be written is written once after a reload, and goes no second time"
  )
  func reloadDuringTrouble() async throws {
    let transport = RecordingTransport()
    let service = try await RunningService(transport)
    try await service.ledger.write { db in
      try db.execute(
        sql: """
          CREATE TRIGGER full BEFORE UPDATE ON outbox WHEN NEW.state = 'accepted'
            BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
          """
      )
    }
    let end = service.clock.now().adding(seconds: 600)
    try await service.run {
      try await service.reached { transport.parcels.count == 2 }
      for _ in 0..<3 {
        try await service.reload()
        for _ in 0..<3 {
          _ = service.clock.advance(upTo: end)
          try await service.rest()
        }
      }
      #expect(transport.parcels.count == 2, "nothing new while something waits to be recorded")
      #expect(try await service.count(.accepted) == 0)
      try await service.ledger.write { try $0.execute(sql: "DROP TRIGGER full") }
      try await service.reached(by: end) { try await service.count(.accepted) == 11 }
    }
    #expect(transport.parcels.count == 11 && Set(transport.parcels).count == 11)
    let rows = try await service.ledger.outbox(office: service.office, filter: .all, limit: .max)
    #expect(rows.allSatisfy { $0.state == .accepted && $0.attempts == 1 })
    let accepted = try await service.ledger.record(office: service.office, occurrence: nil, limit: .max)
      .count { $0.kind == "accepted" }
    #expect(accepted == 11)
    #expect(try await service.ledger.auditRecord(office: service.office).findings.isEmpty)
  }

  @Test("what could not be recorded is recorded at the next trial, though the channel could have more on its way")
  func recordedSoon() async throws {
    let transport = RecordingTransport()
    let service = try await RunningService(transport, spare: 2)
    try await service.ledger.write { db in
      try db.execute(
        sql: """
          CREATE TRIGGER full BEFORE UPDATE ON outbox WHEN NEW.state = 'accepted'
            BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
          """
      )
    }
    try await service.run {
      try await service.reached { transport.parcels.count == 2 }
      try await service.rest()
      try await service.ledger.write { try $0.execute(sql: "DROP TRIGGER full") }
      // Trials follow one another after one, two and four seconds; what is stuck is so after more.
      try await service.reached(by: service.clock.now().adding(seconds: 4)) { try await service.count(.accepted) >= 2 }
    }
  }

  @Test("a message that cannot be read keeps no settlement from being recorded and no other message back")
  func unreadable() async throws {
    let transport = RecordingTransport()
    let service = try await RunningService(transport)
    let planned = try await service.daemon.current.withLock { $0.planner }.tick(now: service.clock.now()).messages
    #expect(planned.count == 11)
    try await service.ledger.write { db in
      try db.execute(
        sql: """
          UPDATE outbox_message SET message = '{' WHERE id IN (
            SELECT id FROM outbox WHERE state = 'pending' ORDER BY urgency, ready_at, id LIMIT 1 OFFSET 4)
          """
      )
    }
    try await service.run {
      try await service.reached(by: service.clock.now().adding(seconds: 3600)) { transport.parcels.count >= 11 }
    }
    // What it told of was planned anew: eleven mailboxes have theirs, each once.
    let mailboxes = transport.parcels.map(\.destination)
    #expect(mailboxes.count == 11 && Set(mailboxes).count == 11)
    let kinds = try await service.ledger.record(office: service.office, occurrence: nil, limit: .max).map(\.kind)
    #expect(kinds.count { $0 == "accepted" } == 11 && kinds.count { $0 == "recalled" } == 1)
  }

  @Test("as many mailboxes that are stuck as a channel is wide delay nobody else")
  func stuckMailboxes() async throws {
    let configuration = try ConfigurationLoader.load(directory: Tree.config)
    let names = Set(
      configuration.office.directory.units.compactMap(\.address).sorted().prefix(2).map {
        String($0.prefix { $0 != "@" })
      }
    )
    let transport = StuckTransport(names)
    let service = try await RunningService(transport, spare: 2)
    try await service.run {
      try await service.reached { transport.waiting == 2 || !transport.accepted.isEmpty }
      for _ in 0..<1000 where transport.accepted.count < 9 {
        try await Task.sleep(for: .milliseconds(1))
        _ = service.clock.advance(upTo: Offices.instant("2026-05-13 07:31"))
      }
      #expect(transport.accepted.count == 9 && transport.waiting == 2)
      #expect(service.clock.now() <= Offices.instant("2026-05-13 07:31"))
      transport.letGo()
    }
  }
}
