import Configuration
import Deadlines
import Delivery
import Foundation
import Glibc
import Logging
import Messages
import ServiceLifecycle
import TestSupport
import Testing

@testable import Daemon
@testable import Ledger

@Suite("The daemon")
struct DaemonTests {
  /// What was sent: recipient, and the facts of the message's own headers.
  private static func line(_ parcel: Parcel) -> String {
    guard case .mail(_, let recipient) = parcel.destination else { return "?" }
    let head = String(decoding: parcel.bytes, as: UTF8.self).components(separatedBy: "\r\n\r\n")[0]
    let lines = head.components(separatedBy: "\r\n")
    let facts = ["Message-ID: ", "Date: "].map { name in lines.first { $0.hasPrefix(name) } ?? "" }
    return ([recipient] + facts).joined(separator: " ")
  }

  private func configuration() throws -> LoadedConfiguration { try ConfigurationLoader.load(directory: Tree.config) }

  private func channels(_ configuration: LoadedConfiguration, _ transport: any Transport) -> [Channel] {
    configuration.settings.channels.map { Channels.withoutSecrets($0, configuration, transport: transport) }
  }

  private func daemon(
    _ ledger: SQLiteLedger,
    _ clock: any WallClock,
    _ transport: any Transport,
    perMinute: Int? = nil,
    load: (@Sendable () throws -> LoadedConfiguration)? = nil
  ) throws -> Daemon {
    try Daemon(
      ledger: ledger,
      clock: clock,
      notifier: SystemdNotifier(environment: [:]),
      logger: quiet,
      storePath: nil,
      load: load ?? { try configuration() },
      makeChannels: { configuration in
        channels(configuration, transport).map { channel in
          var channel = channel
          channel.perMinute = perMinute
          return channel
        }
      },
      jitter: { 0 }
    )
  }

  /// Runs the daemon's own services and moves its clock on whenever all of them wait.
  private func play(
    _ daemon: Daemon,
    _ clock: TurnedClock,
    to end: Instant,
    meanwhile: () async throws -> Void = {}
  ) async throws {
    let group = ServiceGroup(services: daemon.services, logger: quiet)
    try await daemon.start()
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      repeat {
        try await settle(daemon, clock)
        try await meanwhile()
        try await settle(daemon, clock)
      } while clock.advance(upTo: end)
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  /// Waits until nothing is going on: every loop waits at its bell, several times in a row.
  private func settle(_ daemon: Daemon, _ clock: TurnedClock) async throws {
    var calm = 0
    while calm < 20 {
      // A bell that was rung is awaited again only when its loop has done its work.
      let bells = [daemon.plannerBell, daemon.dispatchBell] + daemon.channelBells.withLock { $0 }
      let isCalm = !clock.isBusy && bells.count > 2 && bells.allSatisfy(\.isAwaited)
      calm = isCalm ? calm + 1 : 0
      await Task.yield()
      if !isCalm { try await Task.sleep(for: .microseconds(100)) }
    }
  }

  @Test("sends in a turned year exactly what the rehearsal of that year sends")
  func sameAsRehearsal() async throws {
    let configuration = try configuration()
    let start = Offices.instant("2026-05-13 00:00")
    let end = Offices.date("2026-12-31")
    let rehearsed = RecordingTransport()
    let rehearsal = Rehearsal(
      configuration: configuration,
      ledger: try SQLiteLedger.inMemory(),
      channels: channels(configuration, rehearsed)
    )
    let messages = try await rehearsal.run(from: start, through: end)
    #expect(messages.count == rehearsed.parcels.count && messages.count > 100)

    let folder = try TemporaryFolder()
    let ledger = try SQLiteLedger.open(path: "\(folder.path)/store.sqlite")
    try await arm(ledger, configuration, at: start)
    let clock = TurnedClock(start)
    let sent = RecordingTransport()
    try await play(try daemon(ledger, clock, sent), clock, to: OfficeZone.vietNam.instant(end, .endOfDay))
    #expect(Set(sent.parcels.map(Self.line)) == Set(rehearsed.parcels.map(Self.line)))
    #expect(sent.parcels.count == rehearsed.parcels.count)
    // Byte for byte, but for the mark of the record in digests, which only the office's own record has; a difference
    // names its mail rather than printing all of them.
    let known = Set(rehearsed.parcels)
    let different = Set(sent.parcels.filter { !known.contains($0) }.map { Self.line($0).dropRecipient })
    let stored = try await ledger.outbox(office: "camgiang", filter: .all, limit: .max).map(\.message)
    let digests = stored.filter { $0.kind == .digest }
    #expect(digests.count > 30 && different.count == Set(digests.map(\.messageID)).count)
    #expect(different.allSatisfy { line in digests.contains { line.contains("<\($0.messageID)>") } })
    let foretold = Set(messages.map(\.message))
    #expect(digests.map(\.withoutRecord).allSatisfy { foretold.contains($0) })
    #expect(digests.allSatisfy { $0 != $0.withoutRecord })
  }

  @Test("a paced channel sends no more than so many in any sixty seconds, the most urgent first")
  func pace() async throws {
    let configuration = try configuration()
    let ledger = try SQLiteLedger.inMemory()
    let start = Offices.instant("2026-05-13 00:00")
    try await arm(ledger, configuration, at: start)
    let clock = TurnedClock(start)
    let daemon = try daemon(ledger, clock, RecordingTransport(), perMinute: 2)
    try await play(daemon, clock, to: Offices.instant("2026-07-31 23:00"))
    let rows = try await ledger.outbox(office: configuration.office.id, filter: .states([.accepted]), limit: 1000)
    let times = rows.compactMap(\.acceptedAt).sorted()
    #expect(times.count > 50 && times.count == rows.count)
    #expect(zip(times, times.dropFirst(2)).allSatisfy { $1 >= $0.adding(seconds: 60) })
    let overtaken = rows.contains { late in
      rows.contains { early in
        early.message.createdAt == late.message.createdAt
          && Urgency(of: late.message).rawValue < Urgency(of: early.message).rawValue
          && (late.acceptedAt ?? start) > (early.acceptedAt ?? start)
      }
    }
    #expect(!overtaken)
    #expect(Set(rows.map { Urgency(of: $0.message) }).count > 1, "there was something to put in order")
  }

  private func arm(_ ledger: SQLiteLedger, _ configuration: LoadedConfiguration, at now: Instant) async throws {
    let office = configuration.office.id
    try await ledger.setFact(office: office, "machine", Arming.machineID())
    try await ledger.setFact(office: office, "heartbeat", "\(now.milliseconds)")
    try await ledger.setArmed(true, office: office, by: "test", reason: "test", now: now)
  }

  @Test("stops an occurrence's ladder at once when it is done, also for messages already planned")
  func doneWhileRunning() async throws {
    let configuration = try configuration()
    let ledger = try SQLiteLedger.inMemory()
    let start = Offices.instant("2026-05-13 00:00")
    try await arm(ledger, configuration, at: start)
    let clock = TurnedClock(start)
    let sent = RecordingTransport()
    let done = "153a-KH-UBND/PL.1/deadline/once/vhxh"
    // The first day's mails cannot leave; meanwhile PL.1 is done.
    sent.willAnswer(Array(repeating: DeliveryReport(outcome: .deferred, replyCode: 451, reply: "451 later"), count: 11))
    let daemon = try daemon(ledger, clock, sent)
    let answered = Locked(false)
    try await play(daemon, clock, to: Offices.instant("2026-05-29 23:00")) {
      guard clock.now() >= Offices.instant("2026-05-13 07:30"), !answered.withLock({ $0 }) else { return }
      answered.withLock { $0 = true }
      _ = try await ledger.answer(
        Answer(.done(on: Offices.date("2026-05-13")), by: "vhxh", evidence: "153a/KH-UBND"),
        office: "camgiang",
        occurrences: [done],
        now: clock.now(),
        schedule: Schedule(configuration.office)
      )
      daemon.plannerBell.ring()
    }
    let accepted = sent.parcels.dropFirst(11).map { String(decoding: $0.bytes, as: UTF8.self) }
    #expect(accepted.count > 20)
    #expect(!accepted.contains { $0.replacingOccurrences(of: "\r\n ", with: "").contains(done) })
    let digest = try #require(try await ledger.lastDigest(office: "camgiang"))
    #expect(digest.figures.doneInTime == 1 && digest.figures.overdue == 0)
  }

  @Test("keeps the configuration in force when the new one is broken, and says so")
  func brokenReload() async throws {
    let ledger = try SQLiteLedger.inMemory()
    let clock = TurnedClock(Offices.instant("2026-05-13 00:00"))
    let isBroken = Locked(false)
    let good = try configuration()
    let daemon = try daemon(ledger, clock, RecordingTransport()) {
      if isBroken.withLock({ $0 }) {
        throw ConfigurationError([Problem(SourcePlace(file: "policy.yaml"), .error, "broken", remedy: "mend it")])
      }
      return good
    }
    try await daemon.start()
    isBroken.withLock { $0 = true }
    await daemon.reload()
    await daemon.applyReload()
    #expect(daemon.current.withLock { $0.number } == 1)
    #expect(try await ledger.fact(office: "camgiang", "reloadProblem") == "policy.yaml:1:1: broken — mend it")
    isBroken.withLock { $0 = false }
    await daemon.reload()
    await daemon.applyReload()
    #expect(daemon.current.withLock { $0.number } == 2)
    #expect(try await ledger.fact(office: "camgiang", "reloadProblem") == "")
  }

  @Test(
    "holds its messages on a new store, another machine and after a week of silence",
    arguments: [
      (String?.none, String?.none, String?.some("a new store")),
      ("another", "2026-05-12 00:00", "the store comes from another machine"),
      ("this", "2026-05-01 00:00", "the service was silent for 12 days"), ("this", "2026-05-12 00:00", nil),
    ]
  )
  func arming(machine: String?, heartbeat: String?, reason: String?) async throws {
    let ledger = try SQLiteLedger.inMemory()
    let now = Offices.instant("2026-05-13 00:00")
    if let machine { try await ledger.setFact(office: "xa", "machine", machine) }
    if let heartbeat {
      try await ledger.setFact(office: "xa", "heartbeat", "\(Offices.instant(heartbeat).milliseconds)")
      try await ledger.setArmed(true, office: "xa", by: "test", reason: "test", now: now)
    }
    let said = try await Arming.check(ledger, office: "xa", machine: "this", holdAfterDays: 7, now: now)
    #expect(said == reason)
    #expect(try await ledger.isArmed(office: "xa") == (reason == nil))
  }

  @Test("holds when the record lacks the line that was last seen, and still says why it was held before")
  func olderCopy() async throws {
    let ledger = try SQLiteLedger.inMemory()
    let now = Offices.instant("2026-05-13 00:00")
    func check(_ seal: RecordMark?) async throws -> String? {
      try await Arming.check(
        ledger,
        office: "xa",
        machine: "this",
        holdAfterDays: 7,
        now: now,
        seal: seal.map(StoreSeal.Reading.mark) ?? .none
      )
    }
    func setArmed(_ armed: Bool, _ reason: String) async throws {
      try await ledger.setArmed(armed, office: "xa", by: "test", reason: reason, now: now)
      try await ledger.setFact(office: "xa", Arming.reasonFact, reason)
    }
    _ = try await check(nil)
    try await setArmed(true, "armed by command")
    let head = try await ledger.recordMark(office: "xa")
    #expect(try await check(head) == nil)
    let later = RecordMark(entries: head.entries + 7, hash: head.hash)
    let older = "an older copy of the store was put in its place: line \(later.entries) of the record is not in it"
    #expect(try await check(later) == older)
    #expect(try await check(RecordMark(entries: head.entries, hash: "other")) != nil)
    #expect(try await !ledger.isArmed(office: "xa"))
    #expect(try await check(nil) != nil)
    try await setArmed(false, "restored from the backup of 12/5/2026")
    #expect(try await check(later) == "restored from the backup of 12/5/2026; \(older)")
    #expect(try await check(later) == "restored from the backup of 12/5/2026; \(older)")
  }

  @Test("a clock set back excuses no later silence once it has run on for a day", arguments: [1, 30] as [Int64])
  func silenceAfterSetBack(hours: Int64) async throws {
    let ledger = try SQLiteLedger.inMemory()
    let ahead = Offices.instant("2026-06-02 00:00")
    let corrected = Offices.instant("2026-05-13 00:00")
    func check(_ now: Instant) async throws -> String? {
      try await Arming.check(ledger, office: "xa", machine: "this", holdAfterDays: 7, now: now)
    }
    _ = try await check(ahead)
    try await ledger.setArmed(true, office: "xa", by: "test", reason: "test", now: ahead)
    for hour in 0...hours { #expect(try await check(corrected.adding(seconds: hour * 3600)) == nil) }
    let later = try await check(ahead.adding(seconds: 3600))
    #expect(later == (hours == 1 ? nil : "the service was silent for 18 days"))
  }

  @Test(
    "holds a new store beside a seal that tells of another one, or tells nothing",
    arguments: [
      (
        StoreSeal.Reading.mark(RecordMark(entries: 7, hash: "ab")),
        "the store was lost or replaced by a new one: line 7 of the record is not in it"
      ),
      (
        .unreadable(reason: "it is damaged"),
        "the seal beside the store cannot be read, so nobody knows whether the store is an older copy: it is damaged"
      ),
      (
        .ofOthers(["huyen"]),
        "the seal beside the store is of another office (huyen), so nobody knows whether the store is an older copy"
      ),
      (.none, "a new store"),
    ]
  )
  func lostStore(seal: StoreSeal.Reading, reason: String) async throws {
    let ledger = try SQLiteLedger.inMemory()
    let now = Offices.instant("2026-05-13 00:00")
    func check(_ seal: StoreSeal.Reading) async throws -> String? {
      try await Arming.check(ledger, office: "xa", machine: "this", holdAfterDays: 7, now: now, seal: seal)
    }
    #expect(try await check(seal) == reason)
    #expect(try await check(.none) == reason)
    #expect(try await !ledger.isArmed(office: "xa"))
  }

  @Test("keeps a seal for each office beside the store")
  func seal() throws {
    let folder = try TemporaryFolder()
    let seal = StoreSeal(store: "\(folder.path)/s")
    #expect(seal.read(office: "xa") == .none)
    let heads = [RecordMark(entries: 7, hash: "ab"), RecordMark(entries: 9, hash: "cd")]
    try seal.write(heads[0], office: "xa")
    try seal.write(heads[1], office: "huyen")
    #expect(["xa", "huyen"].map { seal.read(office: $0) } == heads.map(StoreSeal.Reading.mark))
    #expect(seal.read(office: "tinh") == .ofOthers(["huyen", "xa"]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["s.seal"])
  }

  @Test(
    "takes a torn seal for a damaged one, and replaces it",
    arguments: ["", "xa\t7", "xa\t7\tab", "xa\tseven\tab\n", "xa\t7\tab\nhuy", "huyen\t9\tcd\nxa\t7\n"]
  )
  func tornSeal(text: String) throws {
    let folder = try TemporaryFolder()
    let seal = StoreSeal(store: "\(folder.path)/s")
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/s.seal"))
    #expect(seal.read(office: "xa") == .unreadable(reason: "it is damaged"))
    try seal.write(RecordMark(entries: 8, hash: "ef"), office: "xa")
    #expect(seal.read(office: "xa") == .mark(RecordMark(entries: 8, hash: "ef")))
  }

  @Test("takes a seal that is there and cannot be opened for no missing one", arguments: ["a folder", "a link"])
  func unreadableSeal(kind: String) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/s.seal"
    if kind == "a folder" {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    } else {
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(folder.path)/gone")
    }
    guard case .unreadable(let reason) = StoreSeal(store: "\(folder.path)/s").read(office: "xa") else {
      Issue.record("was read")
      return
    }
    #expect(reason.hasPrefix("\(path) is \(kind)") && reason.contains(" — "), "\(reason)")
  }

  @Test(
    "a store whose seal alone is there is lost, and the checkup says so",
    arguments: [
      (StoreSeal.Reading.none, Finding.State.ok), (.mark(RecordMark(entries: 7, hash: "ab")), .failure),
      (.unreadable(reason: "it is damaged"), .failure), (.ofOthers(["huyen"]), .failure),
    ]
  )
  func lostStore(seal: StoreSeal.Reading, state: Finding.State) throws {
    let folder = try TemporaryFolder()
    let finding = StoreProbe.missing("\(folder.path)/s", seal: seal)
    #expect(finding.state == state && finding.detail.contains("is lost") == (state == .failure))
    // A seal of another office says nothing of this one's store.
    let isOthers = seal == .ofOthers(["huyen"])
    #expect(finding.remedy.contains("nhachan restore") == (state == .failure && !isOthers))
    #expect(finding.remedy.contains("move the seal") == isOthers)
  }

  @Test("a seal that root writes belongs to the service's account", .enabled(if: geteuid() == 0))
  func sealOwner() throws {
    let folder = try TemporaryFolder()
    func give(_ path: String, to account: Int) throws {
      try FileManager.default.setAttributes(
        [.ownerAccountID: account, .groupOwnerAccountID: account],
        ofItemAtPath: path
      )
    }
    func owner(of path: String) throws -> [Int?] {
      let found = try FileManager.default.attributesOfItem(atPath: path)
      return [found[.ownerAccountID] as? Int, found[.groupOwnerAccountID] as? Int]
    }
    try give(folder.path, to: 4711)
    let store = "\(folder.path)/s"
    try StoreSeal(store: store).write(RecordMark(entries: 7, hash: "ab"), office: "xa")
    #expect(try owner(of: "\(store).seal") == [4711, 4711])
    try Data().write(to: URL(fileURLWithPath: store))
    try give(store, to: 4712)
    try StoreSeal(store: store).write(RecordMark(entries: 8, hash: "cd"), office: "xa")
    #expect(try owner(of: "\(store).seal") == [4712, 4712])
  }

  @Test("tries a store that cannot be written soon at first, then every half minute")
  func retryPause() {
    var pause = RetryPause()
    #expect((0..<7).map { _ in pause.next() } == [1, 2, 4, 8, 16, 30, 30])
    pause.reset()
    #expect(pause.next() == 1)
  }

  @Test("an error that comes back at every retry is logged when it begins, changes and ends, and once an hour between")
  func repeatedErrors() {
    let lines = Locked<[String]>([])
    let logger = Logger(label: "test") { _ in KeptLog(lines: lines) }
    let trouble = StoreTrouble(lock: nil, notifier: SystemdNotifier(environment: [:]), logger: logger)
    let start = Offices.instant("2026-05-13 08:00")
    func note(_ error: String, after seconds: Int64) -> Int {
      lines.withLock { $0 = [] }
      trouble.note(Words(description: error), "planning failed", of: .planner, now: start.adding(seconds: seconds))
      return lines.withLock { $0.count }
    }
    #expect(note("the disk is full", after: 0) == 2)
    #expect((1...119).map { note("the disk is full", after: $0 * 30) }.allSatisfy { $0 == 0 })
    #expect(note("is locked", after: 3590) == 2)
    #expect(note("the disk is full", after: 3600) == 2)
    #expect(note("the disk is full", after: 3630) == 0)
    #expect(note("is locked", after: 3640) == 0)
    lines.withLock { $0 = [] }
    trouble.isOver(of: .planner)
    trouble.isOver(of: .planner)
    #expect(lines.withLock { $0 } == ["notice: the store can be written again"])
    #expect(note("the disk is full", after: 3660) == 2)
  }

  @Test("the store can be written again once nobody's trouble with it lasts")
  func troublesBySource() throws {
    let lines = Locked<[String]>([])
    let trouble = StoreTrouble(
      lock: nil,
      notifier: SystemdNotifier(environment: [:]),
      logger: Logger(label: "test") { _ in KeptLog(lines: lines) }
    )
    let start = Offices.instant("2026-05-13 08:00")
    let full = Words(description: "the disk is full")
    let channels = try channels(configuration(), RecordingTransport())
    let mail = trouble.of(.dispatcher(channels[0].name))
    trouble.note(full, "the new configuration could not be adopted yet", of: .reload, now: start)
    for second in 1...30 as ClosedRange<Int64> {
      let now = start.adding(seconds: second)
      mail.note(full, "attempts could not be recorded", now: now)
      trouble.isOver(of: .planner)
      trouble.note(full, "the new configuration could not be adopted yet", of: .reload, now: now)
    }
    #expect(lines.withLock { $0.count } == 3 && !lines.withLock { $0.contains { $0.hasPrefix("notice") } })
    #expect(trouble.lastsBesidesPlanner(channels: channels, now: start.adding(seconds: 60)))
    trouble.isOver(of: .reload)
    #expect(lines.withLock { $0.count } == 3)
    // The dispatcher had nothing more to do, and never said that it could write again.
    #expect(!trouble.lastsBesidesPlanner(channels: channels, now: start.adding(seconds: 150)))
    trouble.isOver(of: .planner)
    #expect(lines.withLock { $0.suffix(1) } == ["notice: the store can be written again"])
  }

  @Test("a reload that could not be adopted is tried again after a pause, not at the next look")
  func reloadTriedAgain() async throws {
    let ledger = try SQLiteLedger.inMemory()
    let start = Offices.instant("2026-05-13 00:00")
    let clock = TurnedClock(start)
    let configuration = try configuration()
    try await arm(ledger, configuration, at: start)
    let daemon = try daemon(ledger, clock, RecordingTransport())
    let folder = try TemporaryFolder()
    try SQLiteLedger.open(path: "\(folder.path)/s").close()
    let unwritable = try SQLiteLedger.openReadOnly(path: "\(folder.path)/s")
    defer { try? unwritable.close() }
    var calls = 0
    try await play(daemon, clock, to: start.adding(seconds: 300)) {
      calls += 1
      var next = daemon.current.withLock { $0 }
      guard next.number == 1, calls < 3 else { return }
      next.number = 2
      if calls == 1 {
        next.planner = Planner(office: configuration.office, domain: "xa.example", ledger: unwritable)
        daemon.plannerBell.ring()
      }
      daemon.waiting.withLock { $0 = next }
    }
    #expect(calls > 2 && daemon.current.withLock { $0.number } == 2)
  }

  @Test("says no more that it is ready once it was told to end while it started")
  func endedWhileStarting() async throws {
    let folder = try TemporaryFolder()
    let store = "\(folder.path)/s"
    let configuration = try configuration()
    let daemon = try Daemon(
      ledger: try SQLiteLedger.open(path: store),
      clock: TurnedClock(Offices.instant("2026-05-13 00:00")),
      notifier: SystemdNotifier(environment: [:]),
      logger: Logger(label: "test") { _ in EndingLog() },
      storePath: store,
      configPath: Tree.config,
      load: { configuration },
      makeChannels: { channels($0, RecordingTransport()) },
      jitter: { 0 }
    )
    await #expect(throws: CancellationError.self) { try await daemon.start() }
    #expect(!FileManager.default.fileExists(atPath: LastGoodConfiguration.path(beside: store)))
  }

  /// Tells the task to end when the plans have been adopted.
  private struct EndingLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      if "\(event.message)" == "plans adopted" { withUnsafeCurrentTask { $0?.cancel() } }
    }
  }

  private struct Words: Error, CustomStringConvertible {
    var description: String
  }

  @Test("starts on no store whose lock it cannot open")
  func lockCannotBeOpened() throws {
    let folder = try TemporaryFolder()
    let store = "\(folder.path)/s"
    // Not even root opens a folder for writing.
    try FileManager.default.createDirectory(atPath: "\(store).lock", withIntermediateDirectories: false)
    let refused = #expect(throws: StoreLock.StoreInUse.self) { try StoreLock(store: store) }
    #expect(refused?.description.hasPrefix("\(store).lock: Is a directory — ") == true)
  }

  @Test("gives the lock to whom the store belongs", .enabled(if: geteuid() == 0))
  func lockIsGiven() throws {
    let folder = try TemporaryFolder()
    let store = "\(folder.path)/s"
    try Data().write(to: URL(fileURLWithPath: store))
    #expect(chown(store, 65534, 65534) == 0)
    try StoreLock(store: store).release()
    let owner = try FileManager.default.attributesOfItem(atPath: "\(store).lock")[.ownerAccountID]
    #expect(owner as? Int == 65534)
  }

  @Test("what keeps the service from its store is said by its lock, as long as it runs")
  func lockSays() throws {
    let folder = try TemporaryFolder()
    let store = "\(folder.path)/s"
    #expect(StoreLock.trouble(store: store) == nil)
    let lock = try StoreLock(store: store)
    #expect(StoreLock.trouble(store: store) == nil)
    lock.say("the disk is full — \(String(repeating: "ơ", count: 2000))")
    #expect(StoreLock.trouble(store: store)?.hasPrefix("the disk is full — ơ") == true)
    lock.say("")
    #expect(StoreLock.trouble(store: store) == nil)
    lock.say("the disk is full")
    lock.release()
    #expect(StoreLock.trouble(store: store) == nil)
  }
}

extension Message {
  /// A digest that says nothing of the record.
  fileprivate var withoutRecord: Message {
    guard case .digest(var digest) = content else { return self }
    digest.record = nil
    var copy = self
    copy.content = .digest(digest)
    return copy
  }
}

extension String {
  fileprivate var dropRecipient: String { String(drop { $0 != " " }) }
}
