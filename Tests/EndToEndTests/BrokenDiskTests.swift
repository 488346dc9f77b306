import Foundation
import TestSupport
import Testing

@Suite("A disk that fails", .serialized)
struct BrokenDiskTests {
  private static let units = 12

  struct Fault: Sendable, CustomTestStringConvertible {
    var knob: FaultyDisk.Knob
    var error: Int32
    var says: String
    var testDescription: String { "\(knob) \(String(cString: strerror(error)))" }
  }

  static let faults = [
    Fault(knob: .writeError, error: ENOSPC, says: "the disk is full — make room"),
    Fault(knob: .writeError, error: EIO, says: "cannot be read or written"),
    Fault(knob: .writeError, error: EROFS, says: "cannot be read or written"),
    Fault(knob: .syncError, error: EIO, says: "cannot be read or written"),
  ]

  /// Armed at six in the morning with everything to send at half past seven, and running.
  private func waiting() async throws -> (DiskService, MaildirServer) {
    let server = try await MaildirServer()
    let service = try await DiskService(units: Self.units, port: server.port)
    try await service.prepare()
    try await service.start()
    return (service, server)
  }

  @Test("sends nothing that it could not write down, says so, and goes on by itself", arguments: faults)
  func beforeSending(fault: Fault) async throws {
    let (service, server) = try await waiting()
    try service.disk.set(fault.knob, Int(fault.error))
    try service.set(clock: 8, 0)
    try service.ring()
    #expect(try await service.waits { service.said().contains("the store cannot be used at the moment") })
    // Where nothing at all can be written, the log and systemd alone can be told.
    let isTellable = fault.error == ENOSPC || fault.knob == .syncError
    let problem = try await service.status()?.storeProblem
    #expect(isTellable ? problem?.contains(fault.says) == true : problem == nil, "\(problem ?? "none")")
    let refused = try await service.command("hold")
    #expect(refused.status == 3 && refused.errors.contains(fault.says), "\(refused.status) \(refused.errors)")
    #expect(try server.mails().isEmpty && service.isRunning)

    try service.disk.set(fault.knob, 0)
    #expect(try await service.waits { try await service.status()?.outbox.accepted == Self.units })
    #expect(try await service.waits { try await service.status()?.storeProblem == nil })
    #expect(try server.copies().values.allSatisfy { $0 == 1 } && server.mails().count == Self.units)
    #expect(try await service.status()?.armed == true)
    try await service.stop()
    await server.stop()
  }

  @Test("keeps in mind what a server took while nothing could be written, and sends it once", arguments: faults)
  func whileSending(fault: Fault) async throws {
    let (service, server) = try await waiting()
    // The plan and the first claim can be written; some step after them cannot.
    let steps = try service.disk.read(.steps)
    try service.set(clock: 8, 0)
    try service.disk.set(.killAt, 0)
    try service.ring()
    #expect(try await service.waits { try !server.mails().isEmpty })
    try service.disk.set(fault.knob, Int(fault.error))
    #expect(try service.disk.read(.steps) > steps)
    let isStopped = try await service.waits {
      let isSaid = service.said().contains("the store cannot be used at the moment")
      let isAll = try await service.status()?.outbox.accepted == Self.units
      return isSaid || isAll
    }
    #expect(isStopped && service.isRunning)
    let sent = try server.mails().count
    // Later than any lease: what is kept in mind is written down before anything is taken again.
    try service.set(clock: 9, 0)
    try service.ring()
    try service.disk.set(fault.knob, 0)
    #expect(try await service.waits { try await service.status()?.outbox.accepted == Self.units })
    #expect(try server.copies().values.allSatisfy { $0 == 1 } && sent <= Self.units)
    try await service.stop()
    await server.stop()
  }

  @Test("a store that another program has locked for longer than we wait is waited for")
  func locked() async throws {
    let (service, server) = try await waiting()
    let script = """
      import sqlite3, sys
      store = sqlite3.connect(sys.argv[1], isolation_level=None)
      store.execute("BEGIN IMMEDIATE")
      print("locked", flush=True)
      sys.stdin.read()
      import time; time.sleep(600)
      """
    let other = try ServerProcess(["/usr/bin/python3", "-c", script, service.store])
    #expect(await other.waits { $0.contains("locked") })
    try service.set(clock: 8, 0)
    try service.ring()
    #expect(try await service.waits { try await service.status()?.storeProblem?.contains("is locked") == true })
    let refused = try await service.command("hold")
    #expect(refused.status == 3 && refused.errors.contains("end the program that holds it"), "\(refused.errors)")
    #expect(try server.mails().isEmpty && service.isRunning)
    await other.stop()
    #expect(try await service.waits { try await service.status()?.outbox.accepted == Self.units })
    #expect(try server.copies().values.allSatisfy { $0 == 1 })
    try await service.stop()
    await server.stop()
  }

  @Test("a commit of a command is on the disk before the command ends")
  func synced() async throws {
    let (service, server) = try await waiting()
    let other = try await FaultyDisk(service.disk.folder)
    func hold() async throws -> CommandResult {
      try await run(
        other.prefix() + [Nhachan.path, "hold", "--config", service.configPath, "--store", service.store]
      )
    }
    #expect(try await hold().status == 0)
    // Disarmed, and the reason: two commits; the service has the store open, so nobody takes the log over into the file.
    #expect(try other.read(.syncsOfLog) >= 2)
    try await service.stop()
    await server.stop()
  }

  @Test("a start on a full disk ends with 3 and says that somebody has to start it again")
  func startOnFullDisk() async throws {
    let (service, server) = try await waiting()
    // Its log stays, so that the store can be opened and not be written.
    try await service.cut()
    try service.disk.set(.writeError, Int(ENOSPC))
    let refused = try await service.command("run")
    #expect(refused.status == 3 && refused.errors.contains("systemctl start nhachan"), "\(refused.errors)")
    #expect(!refused.errors.contains("goes on by itself"))
    try service.disk.set(.writeError, 0)
    await server.stop()
  }

  @Test("a full disk refuses a backup and leaves nothing of it")
  func backup() async throws {
    let (service, server) = try await waiting()
    try service.disk.set(.writeError, Int(ENOSPC))
    let target = "\(service.disk.folder)/backup"
    let refused = try await service.command("backup", target)
    #expect(refused.status == 3 && refused.errors.contains("make room"), "\(refused.errors)")
    try service.disk.set(.writeError, 0)
    let left = try FileManager.default.contentsOfDirectory(atPath: service.disk.folder)
    #expect(!left.contains { $0.hasPrefix("backup") })
    #expect(try await service.command("backup", target).status == 0)
    try await service.stop()
    await server.stop()
  }
}
