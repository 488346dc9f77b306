import Foundation
import Ledger
import Messages
import TestSupport
import Testing

@Suite("Power that fails", .serialized)
struct PowerLossTests {
  private static let units = 60

  /// `NHACHAN_POWER_CUTS=200` for a long run; twenty cuts fit into one office's morning.
  private static let rounds: [UInt64] = {
    let asked = ProcessInfo.processInfo.environment["NHACHAN_POWER_CUTS"].flatMap { Int($0) } ?? 12
    return Array(0..<UInt64(max(1, (asked + 19) / 20)))
  }()
  private static let cutsPerRound =
    min(20, ProcessInfo.processInfo.environment["NHACHAN_POWER_CUTS"].flatMap { Int($0) } ?? 12)

  @Test("takes nothing that was settled, loses no message, and doubles only what was on its way", arguments: rounds)
  func cuts(round: UInt64) async throws {
    let server = try await MaildirServer()
    let service = try await DiskService(units: Self.units, port: server.port)
    try await service.prepare()
    var random = Seeded(round)
    /// Message-IDs of which the service had said that they are settled, with the copies that had arrived by then.
    var settled: [String: Int] = [:]
    var losses: [DiskState.Loss] = []
    for cut in 0..<Self.cutsPerRound {
      try service.set(clock: 8, cut * 25)
      let before = try service.disk.state()
      try service.disk.set(.steps, 0)
      try service.disk.set(.killAt, Int.random(in: 1...500, using: &random))
      try await service.start(isRecording: true)
      // It ends at its step, or has nothing more to do.
      _ = try await service.waits {
        try !service.isRunning || server.copies().count == Self.units
      }
      try await service.cut()
      losses.append(try service.disk.cutPower(since: before, seed: random.next()))
      try service.disk.set(.killAt, 0)
      let arrived = try server.copies()
      for id in Self.settledIDs(service.said()) where settled[id] == nil { settled[id] = arrived[id] ?? 0 }
      try await check(service, settled: Array(settled.keys), arrived: Set(arrived.keys))
    }
    try service.set(clock: 16, 55)
    try await service.start()
    #expect(try await service.waits { try server.copies().count == Self.units })
    #expect(try await service.waits { try await service.status()?.outbox.accepted == Self.units })
    try await service.stop()
    let copies = try server.copies()
    #expect(copies.count == Self.units, "\(copies.keys.filter { $0.hasPrefix("none") })")
    for (id, count) in settled {
      #expect(copies[id] == count && count > 0, "\(id) was sent again after it was settled")
    }
    // Two connections, as configured.
    #expect(copies.values.reduce(0, +) - Self.units <= 2 * Self.cutsPerRound)
    Self.tell(round, losses, copies)
    await server.stop()
  }

  /// A copy of the folder as the cut left it: the store opens, is sound, and knows what was settled.
  private func check(_ service: DiskService, settled: [String], arrived: Set<String>) async throws {
    let folder = try TemporaryFolder()
    let copy = "\(folder.path)/disk"
    try FileManager.default.copyItem(atPath: service.disk.folder, toPath: copy)
    let ledger = try SQLiteLedger.open(path: "\(copy)/nhachan.sqlite")
    try await ledger.checkIntegrity()
    #expect(try await ledger.verifyRecord(office: "camgiang").firstAltered == nil)
    let rows = try await ledger.outbox(office: "camgiang", filter: .all, limit: .max)
    let accepted = Set(rows.filter { $0.state == .accepted }.map(\.message.messageID))
    #expect(accepted.isSuperset(of: settled), "\(Set(settled).subtracting(accepted)) are no longer settled")
    #expect(accepted.isSubset(of: arrived))
    try ledger.close()
  }

  private static func settledIDs(_ log: String) -> [String] {
    log.split(separator: "\n").filter { $0.contains("message accepted") }
      .compactMap { $0.firstMatch(of: /message\.id=(\S+)/).map { String($0.1) } }
  }

  private static func tell(_ round: UInt64, _ losses: [DiskState.Loss], _ copies: [String: Int]) {
    let torn = losses.count { $0.kept > 0 && $0.lost > 0 }
    print(
      "power: round \(round), \(losses.count) cuts, \(losses.map(\.unsynced).reduce(0, +)) unsynced writes "
        + "(\(losses.map(\.lost).reduce(0, +)) sectors lost, \(torn) cuts torn), \(copies.count) messages, \(units - copies.count) lost, "
        + "\(copies.values.reduce(0, +) - copies.count) copies"
    )
  }

  @Test("in the middle of a migration leaves the old schema with all its rows, or the new one")
  func migration() async throws {
    let service = try await DiskService(units: 2, port: 25)
    let dump = try String(contentsOf: Tree.fixture("store/version-2.sql"), encoding: .utf8)
    func hold() async throws -> CommandResult { try await service.command("hold", "--by", "An") }
    func makeOld() async throws {
      for name in try FileManager.default.contentsOfDirectory(atPath: service.disk.folder) {
        try FileManager.default.removeItem(atPath: "\(service.disk.folder)/\(name)")
      }
      let made = try await runSQL(dump, in: service.store)
      #expect(made.status == 0, "\(made.errors)")
    }
    try await makeOld()
    #expect(try await hold().status == 0)
    let steps = try service.disk.read(.steps)
    #expect(steps > 5)
    var random = Seeded(1)
    var versions: Set<Int> = []
    for step in stride(from: 1, through: steps, by: max(1, steps / 15)) {
      try await makeOld()
      let before = try service.disk.state()
      try service.disk.set(.steps, 0)
      try service.disk.set(.killAt, step)
      let killed = try await run(
        service.disk.prefix(isRecording: true) + [
          Nhachan.path, "hold", "--config", service.configPath, "--store", service.store,
        ]
      )
      #expect(killed.status == 137)
      _ = try service.disk.cutPower(since: before, seed: random.next())
      try service.disk.set(.killAt, 0)
      versions.insert(try SQLiteLedger.schemaVersion(ofFile: service.store))
      let ledger = try SQLiteLedger.open(path: service.store)
      try await ledger.checkIntegrity()
      #expect(try await ledger.verifyRecord(office: "camgiang").entries >= 58)
      #expect(try await ledger.outbox(office: "camgiang", filter: .all, limit: 9).count == 5)
      try ledger.close()
    }
    #expect(versions == [2, SQLiteLedger.schemaVersion])
  }
}
