import Configuration
import Daemon
public import Deadlines
import Delivery
import Foundation
import Ledger
import Messages
import TestSupport

/// What the service was doing when it was killed.
public enum CrashKind: String, Sendable, Hashable, CaseIterable {
  case newStore = "making a store"
  case oldStore = "migrating a store"
  case start = "starting, adopting or planning"
  case dot = "after a final dot"
  case answer = "after a 250"
  case reload = "reloading"
  case command = "beside a command"
  case idle = "with nothing to do"
}

/// Kills the real service with SIGKILL at random moments while it plans and sends, and gives account of every message.
///
/// Each start finds the clock a quarter of an hour later, so that what a crash left in doubt is due again; each day is
/// either ended in peace or broken off with work left over.
public struct CrashRun {
  private let binary: String
  private let wanted: Int
  private let folder: TemporaryFolder
  private let office: CrashOffice
  private let recorder: MailRecorder
  private let config: String
  private let configuration: LoadedConfiguration
  private var random: Seeded
  private var kills: [CrashKind: Int] = [:]
  private var runs = 0
  /// What the clock showed when the service was seen to have nothing left to do.
  private var restful: [Instant] = []
  private var edition = 1

  private var store: String { "\(folder.path)/nhachan.sqlite" }
  private var log: String { "\(folder.path)/service.log" }
  private var zone: OfficeZone { configuration.office.zone }
  private static let firstDay = CivilDate("2026-05-13") ?? .first

  /// - Parameters:
  ///   - binary: The path of the command.
  ///   - kills: How often it is killed while there is work.
  ///   - units: Units of the office; each is told something on most days.
  ///   - connections: Connections that the service may open to the recorder.
  ///   - seed: Draws the moments; what the machine makes of them is its own.
  /// - Throws: What the files, the recorder or the configuration throw.
  public init(binary: String, kills: Int, units: Int = 16, connections: Int = 4, seed: UInt64) throws {
    self.binary = binary
    wanted = kills
    folder = try TemporaryFolder()
    office = CrashOffice(units: units, connections: connections)
    recorder = try MailRecorder(seed: seed)
    config = try office.write(in: folder, port: recorder.port)
    configuration = try ConfigurationLoader.load(directory: config)
    random = Seeded(seed)
  }

  /// Kills until there were enough, lets the rest arrive, and counts.
  ///
  /// `progress` is told after each day.
  public mutating func run(progress: (CivilDate, Int) -> Void = { _, _ in }) async throws -> CrashReport {
    defer { recorder.stop() }
    try await breakNewStores()
    try await breakOldStores()
    try await armStore()
    var day = Self.firstDay
    while kills.values.reduce(0, +) - kills[.idle, default: 0] < wanted {
      try await play(day)
      progress(day, kills.values.reduce(0, +) - kills[.idle, default: 0])
      day = configuration.office.calendar.adding(workingDays: 1, to: day)
    }
    try await end(day, at: opening(of: day))
    // Whoever got yesterday's message only today gets today's at the next opening.
    let last = configuration.office.calendar.adding(workingDays: 1, to: day)
    try await end(last, at: opening(of: last))
    return try await account(expecting: day, through: last)
  }

  // MARK: Stores that are just being made

  private mutating func breakNewStores() async throws {
    let before = opening(of: Self.firstDay).adding(seconds: -7200)
    for _ in 0..<max(3, wanted / 25) {
      let service = try await start(at: before)
      await pause(upTo: 400_000)
      await kill(service, .newStore)
      if Bool.random(using: &random) { removeStore(store) }
    }
  }

  private func removeStore(_ path: String) {
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
  }

  private mutating func breakOldStores() async throws {
    let dump = Tree.fixture("store/version-1.sql").path
    for _ in 0..<max(2, wanted / 50) {
      let old = "\(folder.path)/old.sqlite"
      removeStore(old)
      let script = "import sqlite3, sys; sqlite3.connect(sys.argv[2]).executescript(open(sys.argv[1]).read())"
      let made = try await TestSupport.run(["/usr/bin/python3", "-c", script, dump, old])
      guard made.status == 0 else { throw Unready(what: "no old store could be made: \(made.errors)") }
      let service = try await start(at: opening(of: Self.firstDay), store: old)
      await pause(upTo: 400_000)
      await kill(service, .oldStore)
      // Refused when it is neither the old nor the new schema, or damaged.
      try SQLiteLedger.open(path: old).close()
    }
  }

  /// Starts the service once in peace, so that it knows its machine, and arms it.
  private mutating func armStore() async throws {
    let before = opening(of: Self.firstDay).adding(seconds: -5400)
    let service = try await start(at: before)
    let isReady = await waits(seconds: 60) { [store, configuration] in
      guard let ledger = try? SQLiteLedger.openReadOnly(path: store) else { return false }
      defer { try? ledger.close() }
      return try await ledger.fact(office: configuration.office.id, Fact.adoptedAt) != nil
    }
    guard isReady else { throw Unready(what: "the service did not adopt its plan: \(lastWords)") }
    await service.kill()
    let ledger = try SQLiteLedger.open(path: store)
    try await ledger.setArmed(true, office: configuration.office.id, by: "crash", reason: "armed", now: before)
    try ledger.close()
  }

  // MARK: A day of crashes

  private mutating func play(_ day: CivilDate) async throws {
    var clock = opening(of: day)
    for _ in 0..<Int.random(in: 4...10, using: &random) {
      guard try await crash(at: clock) else { return }
      clock = clock.adding(seconds: .random(in: 930...1500, using: &random))
    }
    // Now and then the rest is left for another day.
    if Int.random(in: 0..<8, using: &random) > 0 { try await end(day, at: clock) }
  }

  /// One start and one kill; false when there was nothing left to do.
  private mutating func crash(at clock: Instant) async throws -> Bool {
    let kinds: [CrashKind] = [.start, .dot, .dot, .dot, .answer, .answer, .reload, .command]
    let kind = kinds.randomElement(using: &random) ?? .dot
    let service = try await start(at: clock)
    var isAtWork = true
    switch kind {
    case .start: await pause(upTo: 900_000)
    case .answer:
      isAtWork = await sees(.answer, times: .random(in: 1...5, using: &random), at: clock)
      await pause(upTo: 4_000)
    case .reload:
      isAtWork = await sees(.dot, times: 1, at: clock)
      edition += 1
      try office.writePlan(to: config, edition: edition)
      service.signal(SIGHUP)
      await pause(upTo: 400_000)
    case .command:
      isAtWork = await sees(.dot, times: 1, at: clock)
      try await answer(at: clock)
    default:
      isAtWork = await sees(.dot, times: .random(in: 1...5, using: &random), at: clock)
      await pause(upTo: 16_000)
    }
    await kill(service, isAtWork ? kind : .idle)
    return isAtWork
  }

  /// Waits for so many mails of this start; false when nothing is left that could bring them.
  private mutating func sees(_ event: MailRecorder.Event, times: Int, at clock: Instant) async -> Bool {
    for _ in 0..<Self.longestWork * 5 {
      if await recorder.waits(for: event, times: times, seconds: 0.2) { return true }
      // A store that cannot be read yet is no store at rest.
      if (try? await inDoubt(after: clock)) != nil {
        restful.append(clock)
        return false
      }
    }
    return false
  }

  /// For what a start has to do, on a machine that is busy with other things, in seconds.
  private static let longestWork = 120

  /// Says that a week's report is done, by the command, which is killed like the service unless it was quicker.
  private mutating func answer(at clock: Instant) async throws {
    let id = try await openOccurrence(Int.random(in: 0..<50, using: &random))
    let command = try await KillableProcess(
      [binary, "done", id, "--config", config, "--store", store],
      clock: clock.adding(seconds: 5),
      log: log
    )
    await pause(upTo: 500_000)
    await command.kill()
  }

  private func openOccurrence(_ number: Int) async throws -> String {
    let ledger = try SQLiteLedger.openReadOnly(path: store)
    defer { try? ledger.close() }
    let ids = try await ledger.allTracked(office: configuration.office.id)
      .filter { $0.occurrence.task == CrashOffice.answeredTask && $0.progress.completion == nil }
      .map(\.occurrence.id)
    guard !ids.isEmpty else { throw Unready(what: "every occurrence is answered") }
    return ids[number % ids.count]
  }

  /// Lets everything of the day leave: what is due at once, and then what the kills before left in doubt.
  private mutating func end(_ day: CivilDate, at clock: Instant) async throws {
    var clock = clock
    for _ in 0..<4 {
      let service = try await start(at: clock)
      var inDoubt = 0
      let isDone = await waits(seconds: Double(Self.longestWork)) {
        inDoubt = try await self.inDoubt(after: clock) ?? -1
        return inDoubt >= 0
      }
      guard isDone else { throw Unready(what: "messages of \(day) did not leave: \(lastWords)") }
      await kill(service, .idle)
      restful.append(clock)
      if inDoubt == 0 { return }
      clock = clock.adding(seconds: 960)
    }
    throw Unready(what: "messages of \(day) stay in doubt: \(lastWords)")
  }

  /// How many messages wait for another attempt once all that can leave has left; nil before that.
  private func inDoubt(after clock: Instant) async throws -> Int? {
    let ledger = try SQLiteLedger.openReadOnly(path: store)
    defer { try? ledger.close() }
    let office = configuration.office.id
    guard try await !isDigestDue(ledger, at: clock) else { return nil }
    // Planned in one transaction with the steps' advance; what was answered is looked at once more tomorrow.
    let due = try await ledger.due(office: office, at: clock, limit: .max)
    guard due.allSatisfy({ $0.occurrence.task == CrashOffice.answeredTask }) else { return nil }
    let figures = try await ledger.figures(office: office)
    guard figures.pending == 0 else { return nil }
    let waiting = try await ledger.outbox(office: office, filter: .states([.deferred]), limit: .max)
    let soon = clock.adding(seconds: 600)
    return waiting.allSatisfy { $0.nextAttemptAt.map { $0 > soon } ?? false } ? waiting.count : nil
  }

  /// The digest is made after the notices, in a transaction of its own.
  private func isDigestDue(_ ledger: SQLiteLedger, at clock: Instant) async throws -> Bool {
    let office = configuration.office
    let adopted = try await ledger.moment(office: office.id, Fact.adoptedAt)
    guard let last = try await ledger.lastDigest(office: office.id)?.asOf ?? adopted else { return true }
    return Schedule(office).digestDue(after: last, now: clock) != nil
  }

  // MARK: Starting, waiting, killing

  private mutating func start(at clock: Instant, store: String? = nil) async throws -> KillableProcess {
    runs += 1
    recorder.beginRun(runs)
    return try await KillableProcess(
      [binary, "run", "--config", config, "--store", store ?? self.store],
      clock: clock,
      log: log
    )
  }

  private mutating func kill(_ service: KillableProcess, _ kind: CrashKind) async {
    await service.kill()
    kills[kind, default: 0] += 1
  }

  private mutating func pause(upTo microseconds: UInt32) async {
    let pause = UInt32.random(in: 0..<microseconds, using: &random)
    await onAThread { _ = usleep(pause) }
  }

  /// Asks again until the answer is yes; what cannot be answered yet is no.
  private func waits(seconds: Double, until isDone: () async throws -> Bool) async -> Bool {
    let limit = Date(timeIntervalSinceNow: seconds)
    while Date() < limit {
      if (try? await isDone()) ?? false { return true }
      await onAThread { _ = usleep(30_000) }
    }
    return false
  }

  private func opening(of day: CivilDate) -> Instant {
    zone.instant(day, configuration.office.policy.window.opens).adding(seconds: 2)
  }

  private var lastWords: String { String((try? String(contentsOfFile: log, encoding: .utf8))?.suffix(2000) ?? "") }

  struct Unready: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
  }

  // MARK: The accounts

  private func account(expecting day: CivilDate, through last: CivilDate) async throws -> CrashReport {
    let ledger = try SQLiteLedger.open(path: store)
    let id = configuration.office.id
    let rows = try await ledger.outbox(office: id, filter: .all, limit: .max)
    var lostClaims: [String: Int] = [:]
    for row in rows where row.attempts > 1 {
      lostClaims[row.message.messageID] = try await ledger.attempts(office: id, id: row.id)
        .count { $0.report.outcome == .unknown }
    }
    let messages = try await undisturbed(through: last)
    let accounts = CrashAccounts(
      deliveries: recorder.deliveries,
      rows: rows,
      tracked: try await ledger.allTracked(office: id),
      lostClaims: lostClaims,
      expected: messages.filter { $0.at < opening(of: day).adding(seconds: 86_000) }.map(\.message),
      possible: messages.map(\.message),
      restful: restful
    )
    var report = accounts.report(kills: kills)
    report.connections = office.connections
    let verdict = try await ledger.verifyRecord(office: id)
    report.recordEntries = verdict.entries
    report.recordIsWhole = verdict.firstAltered == nil
    try ledger.close()
    return report
  }

  /// What goes out over the same days when nothing happens.
  private func undisturbed(through day: CivilDate) async throws -> [RehearsedMessage] {
    let channels = configuration.settings.channels.map { settings in
      var channel = Channels.withoutSecrets(settings, configuration, transport: SilentTransport())
      channel.form = .unwritten
      return channel
    }
    let rehearsal = Rehearsal(configuration: configuration, ledger: try SQLiteLedger.inMemory(), channels: channels)
    let start = opening(of: Self.firstDay).adding(seconds: -7200)
    return try await rehearsal.run(from: start, through: day)
  }
}
