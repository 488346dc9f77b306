import Deadlines
import Foundation
import Ledger
import TestSupport
import Testing

@Suite("Backup and restore, by command", .serialized)
struct StoreCommandTests {
  @Test("a service that is told to end while it starts ends cleanly, and the next start makes up for it")
  func endWhileStarting() async throws {
    let folder = try TemporaryFolder()
    let config = try folder.config(port: 1)
    let plan = try String(contentsOfFile: "\(config)/plans/153a-KH-UBND.yaml", encoding: .utf8)
    for number in 201...260 {
      let text = plan.replacing("number: 153a/KH-UBND", with: "number: \(number)/KH-UBND")
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(config)/plans/\(number).yaml"))
    }
    let store = "\(folder.path)/nhachan.sqlite"
    // Held messages are said before the plans are adopted.
    let script = """
      "$0" run --config "$1" --store "$2" 2> "$2.log" & service=$!
      for _ in $(seq 600); do grep -q 'messages are held' "$2.log" && break; sleep 0.05; done
      kill -TERM $service; wait $service
      """
    let result = try await run(["/bin/bash", "-c", script, Nhachan.path, config, store])
    #expect(result.status == 0, "\(result.status) \(result.errors)")
    let log = try String(contentsOfFile: "\(store).log", encoding: .utf8)
    #expect(log.contains("messages are held") && !log.contains("plans adopted"), "\(log)")
    #expect(try await run([Nhachan.path, "record", "verify", store]).status == 0)
  }

  private struct BackupFacts: Decodable {
    var bytes: Int
    var entries: Int
    var head: String
    var schema: Int
  }

  private struct RestoreFacts: Decodable {
    var entries: Int
    var head: String
    var before: String?
    var mayGoAgain: Int?
  }

  private static let units = 12

  /// Armed and waiting for half past seven.
  private func waiting() async throws -> (DiskService, MaildirServer) {
    let server = try await MaildirServer()
    let service = try await DiskService(units: Self.units, port: server.port)
    try await service.prepare()
    try await service.start()
    return (service, server)
  }

  /// The morning's messages leave.
  private func send(_ service: DiskService, at minute: Int = 0) async throws {
    try service.set(clock: 8, minute)
    try service.ring()
    #expect(try await service.waits { try await service.status()?.outbox.accepted == Self.units })
  }

  private func facts<Facts: Decodable>(_ type: Facts.Type, _ result: CommandResult) throws -> Facts {
    #expect(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode(type, from: Data(result.output.utf8))
  }

  @Test("an answer given about a copied store is written into that one, and not into the one it was copied from")
  func answerOnACopy() async throws {
    let (service, _) = try await waiting()
    try await service.stop()
    let copy = try TemporaryFolder()
    for suffix in ["", ".config"] {
      try FileManager.default.copyItem(atPath: service.store + suffix, toPath: "\(copy.path)/copy.sqlite\(suffix)")
    }
    let config = "\(copy.path)/config"
    try FileManager.default.copyItem(atPath: service.configPath, toPath: config)
    let settings = "\(config)/nhachan.yaml"
    let text = try String(contentsOfFile: settings, encoding: .utf8)
      .replacing(/path: \S+/, with: "path: \(copy.path)/copy.sqlite")
    try Data(text.utf8).write(to: URL(fileURLWithPath: settings))
    let id = try #require(try await SQLiteLedger.openReadOnly(path: service.store).allTracked(office: "camgiang").first)
    let done = try await Nhachan.run("done", id.occurrence.id, "--by", "An", "--config", config)
    #expect(done.status == 0, "\(done.errors)")
    for (path, isDone) in [(service.store, false), ("\(copy.path)/copy.sqlite", true)] {
      let ledger = try SQLiteLedger.openReadOnly(path: path)
      let tracked = try await ledger.tracked(office: "camgiang", ids: [id.occurrence.id])
      #expect((tracked.first?.progress.completion != nil) == isDone, "\(path)")
    }
  }

  @Test("a backup made while the service runs is put back, holds, says why, and leaves only when a person says so")
  func backupAndRestore() async throws {
    let (service, server) = try await waiting()
    let backup = "\(service.disk.folder)/backup"
    let made = try facts(BackupFacts.self, try await service.command("backup", backup, "--json"))
    #expect(made.entries > 0 && made.head.count == 64 && made.bytes > 10_000)
    #expect(try await service.command("backup", backup).status == 1)
    #expect(try await service.command("backup", backup, "--force").status == 0)
    for part in ["", "-wal", ".lock", ".seal"] {
      #expect(try await service.command("backup", service.store + part, "--force").status == 2)
    }
    try await send(service)

    let refused = try await service.command("restore", backup)
    #expect(refused.status == 3 && refused.errors.contains("stop it first"), "\(refused.errors)")
    try await service.stop()
    let result = try await service.command("restore", backup, "--json", "--by", "An")
    let restored = try facts(RestoreFacts.self, result)
    #expect(restored.mayGoAgain == Self.units && restored.entries == made.entries + 1)
    #expect(FileManager.default.fileExists(atPath: try #require(restored.before)))

    try await service.start()
    #expect(try await service.waits { try await service.status()?.outbox.pending == Self.units })
    let status = try #require(try await service.status())
    #expect(!status.armed && status.heldBecause?.contains("restored from the backup of 13/5/2026") == true)
    #expect(try server.mails().count == Self.units)
    let first = try server.copies()
    #expect(try await service.command("arm").status == 0)
    #expect(try await service.waits { try await service.status()?.outbox.accepted == Self.units })
    // The same Message-IDs: their readers' programs can tell the copies.
    #expect(try server.copies() == first.mapValues { $0 + 1 })
    try await service.stop()
    await server.stop()
  }

  @Test("an older copy that somebody put in place by hand on the same machine holds its messages")
  func olderCopy() async throws {
    let (service, server) = try await waiting()
    try await service.stop()
    let copy = try Data(contentsOf: URL(fileURLWithPath: service.store))
    try service.set(clock: 6, 10)
    try await service.start()
    try await send(service)
    try await service.stop()

    try copy.write(to: URL(fileURLWithPath: service.store))
    try service.set(clock: 9, 0)
    try await service.start()
    #expect(try await service.waits { try await service.status()?.armed == false })
    let status = try #require(try await service.status())
    #expect(status.heldBecause?.contains("an older copy of the store was put in its place") == true)
    #expect(try server.mails().count == Self.units)
    try await service.stop()
    // It stays held, also once the seal has been written anew.
    try await service.start()
    #expect(try await service.status()?.armed == false)
    try await service.stop()
    await server.stop()
  }

  @Test("a service that was killed is not held when it starts again on its own store")
  func killed() async throws {
    let (service, server) = try await waiting()
    try await send(service)
    try await service.cut()
    try await service.start()
    #expect(try await service.status()?.armed == true)
    try await service.stop()
    await server.stop()
  }

  @Test("a store of a newer version is refused by every command with a clear word, and stays as it is")
  func newer() async throws {
    let (service, server) = try await waiting()
    try await service.stop()
    let made = try await runSQL("PRAGMA user_version = 99", in: service.store)
    #expect(made.status == 0)
    let before = try Data(contentsOf: URL(fileURLWithPath: service.store))
    let commands = [
      ["run"], ["status"], ["tasks"], ["why", "x"], ["outbox"], ["outbox", "show", "1"], ["outbox", "retry", "1"],
      ["done", "x"], ["ack", "x"], ["event", "list"], ["event", "set", "T1", "2026-05-13"], ["arm"], ["hold"],
      ["backup", "\(service.disk.folder)/b"],
    ]
    for command in commands {
      let result = try await run(
        service.disk.prefix() + [Nhachan.path] + command + ["--config", service.configPath, "--store", service.store]
      )
      #expect(result.status == 3, "\(command): \(result.status)")
      #expect(result.errors.contains("written by a newer nhachan (schema 99)"), "\(command): \(result.errors)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: service.store)) == before)
    await server.stop()
  }

  @Test("the outbox is listed though one of its texts cannot be read, and says which")
  func unreadable() async throws {
    let (service, server) = try await waiting()
    try await send(service)
    try await service.stop()
    let damage = "UPDATE outbox_message SET message = '{' WHERE id = 1;"
    #expect(try await runSQL(damage, in: service.store).status == 0)
    let list = try await service.command("outbox", "list")
    #expect(list.status == 0 && list.output.contains("its text cannot be read"), "\(list.output) \(list.errors)")
    #expect(list.output.split(separator: "\n").count { $0.contains("250 ") } == Self.units - 1)
    let shown = try await service.command("outbox", "show", "1")
    #expect(shown.status == 0 && shown.output.contains("Its text cannot be read"), "\(shown.output) \(shown.errors)")
    #expect(try await service.command("outbox", "show", "2").output.contains("Kính gửi"))
    await server.stop()
  }

  @Test("texts older than the office keeps them are dropped in the daily look, and `outbox show` says so")
  func retention() async throws {
    let (service, server) = try await waiting()
    try await send(service)
    try await service.stop()
    try service.set(clock: 8 + 401 * 24, 0)
    try await service.start()
    // After so long a silence messages are held, and nothing is thrown away before somebody has said that it is right.
    #expect(try await service.waits { try await service.status()?.armed == false })
    #expect(try await service.command("outbox", "show", "1").output.contains("Kính gửi"))
    #expect(!service.said().contains("texts of old messages dropped"))
    #expect(try await service.command("arm").status == 0)
    #expect(try await service.waits { service.said().contains("texts of old messages dropped") })
    let shown = try await service.command("outbox", "show", "1")
    #expect(shown.status == 0 && shown.output.contains("Its text is no longer kept"), "\(shown.output) \(shown.errors)")
    #expect(shown.output.contains("/T") && shown.output.contains("assignment"))
    try await service.stop()
    await server.stop()
  }
}
