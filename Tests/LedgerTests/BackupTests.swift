import Deadlines
import Foundation
import GRDB
import Messages
import TestSupport
import Testing

@testable import Ledger

@Suite("Backup and restore")
struct BackupTests {
  private let folder: Folder
  private var store: String { folder.file("s") }
  private var backup: String { folder.file("b") }
  private let reason = "restored from the backup of 16/11/2026 07:30"

  init() throws { folder = try Folder() }

  private func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }

  private func restore(_ label: String = "1") throws -> Restoration {
    try SQLiteLedger.restore(
      backup,
      to: store,
      label: label,
      by: "An",
      reason: reason,
      facts: ["armingReason": reason],
      now: start
    )
  }

  /// An armed store with one accepted message.
  private func filled() async throws -> SQLiteLedger {
    let ledger = try SQLiteLedger.open(path: store)
    try await ledger.setFact(office: office, "machine", "m")
    try await ledger.adopt([occurrence("a"), occurrence("b")])
    try await ledger.arm()
    try await ledger.put([message(notice("a"))])
    let claim = try #require(try await ledger.take().first)
    try await ledger.settle(claim, .accepted, .accepted)
    return ledger
  }

  @Test("a copy holds what the open store holds, and may be read by its owner alone")
  func copies() async throws {
    let ledger = try await filled()
    let summary = try SQLiteLedger.backUp(store: store, to: backup, isReplacing: false)
    #expect(summary.schema == SQLiteLedger.schemaVersion && summary.bytes == StoreFile.size(backup))
    #expect(try await summary.records[office]?.head == ledger.recordMark(office: office))
    #expect(try FileManager.default.attributesOfItem(atPath: backup)[.posixPermissions] as? Int == 0o600)
    #expect(try files().filter { $0.hasPrefix("b") } == ["b"])
    let copy = try SQLiteLedger.openReadOnly(path: backup)
    let lines = try await copy.record(office: office, occurrence: nil, limit: .max).count
    #expect(summary.records[office]?.head.entries == lines)
    #expect(try await copy.states() == [.accepted])
  }

  @Test("a file that is there is replaced only on request, and as a whole")
  func replacing() async throws {
    _ = try await filled()
    try Data("mine".utf8).write(to: URL(fileURLWithPath: backup))
    #expect(throws: LedgerError.self) { try SQLiteLedger.backUp(store: store, to: backup, isReplacing: false) }
    #expect(try String(contentsOfFile: backup, encoding: .utf8) == "mine")
    let nowhere = folder.file("none/b")
    #expect(throws: LedgerError.self) { try SQLiteLedger.backUp(store: store, to: nowhere, isReplacing: true) }
    #expect(try SQLiteLedger.backUp(store: store, to: backup, isReplacing: true).records[office] != nil)
  }

  @Test("nothing but a file is replaced by a backup")
  func special() async throws {
    _ = try await filled()
    try FileManager.default.createDirectory(atPath: backup, withIntermediateDirectories: false)
    for place in [backup, "/dev/null"] {
      #expect(throws: LedgerError.self) { try SQLiteLedger.backUp(store: store, to: place, isReplacing: true) }
    }
    let kind = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
    #expect(kind == .typeCharacterSpecial)
  }

  @Test("a damaged store gives no backup")
  func damaged() async throws {
    try await filled().close()
    let file = try #require(FileHandle(forUpdatingAtPath: store))
    for page in stride(from: 20, to: StoreFile.size(store) / 4096, by: 1) {
      try file.seek(toOffset: page * 4096)
      try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
    }
    try file.close()
    #expect(throws: LedgerError.self) { try SQLiteLedger.backUp(store: store, to: backup, isReplacing: false) }
    #expect(try files() == ["s"])
  }

  @Test("a service that goes on writing neither stops a backup nor waits for it")
  func besideWriter() async throws {
    let ledger = try await filled()
    // Some 30 MB, so that the copy takes many steps.
    try await ledger.write { db in
      try db.execute(
        sql: """
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
          INSERT INTO fact SELECT 'filling', i, hex(zeroblob(5000)) FROM n
          """
      )
    }
    let (store, backup) = (store, backup)
    let (hasBegun, isDone) = (Flag(), Flag())
    async let written: Int = {
      var count = 0
      repeat {
        count += 1
        try await ledger.setFact(office: office, "count", "\(count)")
        hasBegun.set()
      } while !isDone.isSet
      return count
    }()
    while !hasBegun.isSet { await Task.yield() }
    let result = await onAThread { Result { try SQLiteLedger.backUp(store: store, to: backup, isReplacing: false) } }
    isDone.set()
    let count = try await written
    let summary = try result.get()
    #expect(count > 1 && summary.bytes > 20_000_000)
    let copy = try SQLiteLedger.openReadOnly(path: backup)
    let seen = try await copy.fact(office: office, "count").flatMap { Int($0) } ?? 0
    #expect(seen <= count)
  }

  @Test("a restored store is what the backup was, holds its messages, says so, and keeps what was there before")
  func restores() async throws {
    let ledger = try await filled()
    _ = try SQLiteLedger.backUp(store: store, to: backup, isReplacing: false)
    try await ledger.put([message(notice("b"))])
    let claim = try #require(try await ledger.take().first)
    try await ledger.settle(claim, .accepted, .accepted)
    let head = try await ledger.recordMark(office: office)
    try ledger.close()

    let restoration = try restore("20261116-073000")
    #expect(restoration.mayGoAgain == 1 && restoration.before == store + ".before-20261116-073000")
    #expect(try files() == ["b", "s", "s.before-20261116-073000"])
    let restored = try SQLiteLedger.open(path: store)
    #expect(try await !restored.isArmed(office: office))
    #expect(try await restored.fact(office: office, "armingReason") == reason)
    #expect(try await restored.kinds().last == "restored")
    #expect(try await restored.verifyRecord(office: office).firstAltered == nil)
    #expect(try await restored.states() == [.accepted])
    #expect(try await !restored.recordHolds(head, office: office))
    let before = try SQLiteLedger.openReadOnly(path: store + ".before-20261116-073000")
    #expect(try await before.recordHolds(head, office: office))
    try restored.close()
    // The backup itself stays armed and as it was.
    #expect(try await SQLiteLedger.openReadOnly(path: backup).isArmed(office: office))
  }

  @Test("a store that was not closed is kept with its log")
  func keepsLog() async throws {
    let ledger = try await filled()
    _ = try SQLiteLedger.backUp(store: store, to: backup, isReplacing: false)
    try await ledger.setFact(office: office, "late", "1")
    // As after a crash: the log is there and nobody has taken it over.
    let crashed = folder.file("c")
    for part in ["", "-wal"] { try FileManager.default.copyItem(atPath: store + part, toPath: crashed + part) }
    _ = try SQLiteLedger.restore(backup, to: crashed, label: "1", by: "An", reason: reason, facts: [:], now: start)
    #expect(try files().filter { $0.hasPrefix("c") } == ["c", "c.before-1", "c.before-1-wal"])
    #expect(try await SQLiteLedger.open(path: crashed).fact(office: office, "late") == nil)
    #expect(try await SQLiteLedger.open(path: crashed + ".before-1").fact(office: office, "late") == "1")
  }

  @Test("a second restore in the same second keeps both stores that were there")
  func twice() async throws {
    try await filled().close()
    _ = try SQLiteLedger.backUp(store: store, to: backup, isReplacing: false)
    #expect(try [restore(), restore()].map(\.before) == [store + ".before-1", store + ".before-1-2"])
    #expect(try files() == ["b", "s", "s.before-1", "s.before-1-2"])
  }

  @Test("what is no store at all is named as such", arguments: ["none", "empty", "text", "folder"])
  func noBackup(name: String) throws {
    if name == "folder" {
      try FileManager.default.createDirectory(atPath: backup, withIntermediateDirectories: false)
    } else if name != "none" {
      try Data((name == "text" ? "Kế hoạch" : "").utf8).write(to: URL(fileURLWithPath: backup))
    }
    #expect(throws: LedgerError.noBackup(path: backup)) { try SQLiteLedger.summary(ofCopy: backup) }
  }

  @Test("an empty place is filled, and what cannot be compared is not counted")
  func intoNothing() async throws {
    try await filled().close()
    try FileManager.default.moveItem(atPath: store, toPath: backup)
    let restoration = try restore()
    #expect(restoration.before == nil && restoration.mayGoAgain == nil)
    #expect(try await SQLiteLedger.open(path: store).states() == [.accepted])
  }

  @Test("a restore that was cut short keeps every service and command from the store until it is run again")
  func interrupted() async throws {
    try await filled().close()
    _ = try SQLiteLedger.backUp(store: store, to: backup, isReplacing: false)
    // The finished copy has not taken its place yet.
    try FileManager.default.copyItem(atPath: backup, toPath: store + ".restoring")
    #expect(throws: LedgerError.unfinishedRestore(path: store)) { _ = try SQLiteLedger.open(path: store) }
    _ = try restore()
    #expect(try await SQLiteLedger.open(path: store).states() == [.accepted])
  }

  @Test("a backup of which the end is missing is refused", arguments: [1, 700, 4095, 4096, 40960] as [UInt64])
  func cutShort(missing: UInt64) async throws {
    try await filled().close()
    _ = try SQLiteLedger.backUp(store: store, to: backup, isReplacing: false)
    let whole = StoreFile.size(backup)
    // By another name, which has a size of its own.
    let name = folder.file("link")
    try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: backup)
    #expect(try SQLiteLedger.summary(ofCopy: name, verifyingRecords: true).records[office] != nil)
    let file = try #require(FileHandle(forUpdatingAtPath: backup))
    try file.truncate(atOffset: whole - missing)
    try file.close()
    for path in [backup, name] {
      #expect(throws: LedgerError.cutShort(path: path, bytes: whole - missing, of: whole)) {
        try SQLiteLedger.summary(ofCopy: path, verifyingRecords: true)
      }
    }
  }

  @Test(
    "what is no sound backup changes nothing",
    arguments: [
      ("UPDATE record SET at = at + 1 WHERE sequence = 2", "does not hold from line 2"),
      ("UPDATE occurrence SET snapshot = substr(snapshot, 2)", "the text of occurrence P/1/once/"),
      (
        "DROP TRIGGER attempt_is_never_changed; UPDATE attempt SET report = substr(report, 3)",
        "the text of attempt 1 of"
      ),
      ("PRAGMA user_version = 99", "newer"), ("PRAGMA application_id = 1", "another program"),
    ]
  )
  func unsound(change: String, word: String) async throws {
    try await filled().close()
    try FileManager.default.copyItem(atPath: store, toPath: backup)
    let raw = try DatabaseQueue(path: backup)
    try await raw.writeWithoutTransaction { db in
      try db.execute(sql: "DROP TRIGGER record_is_never_changed; \(change)")
    }
    try raw.close()
    let error = #expect(throws: LedgerError.self) {
      try SQLiteLedger.summary(ofCopy: backup, verifyingRecords: true)
    }
    #expect(error?.description.contains(word) == true, "\(String(describing: error))")
  }
}

/// Set once, by whoever ends the work of another.
private final class Flag: @unchecked Sendable {
  // Unchecked, and so: reached under the lock alone.
  private let lock = NSLock()
  private var value = false
  var isSet: Bool { lock.withLock { value } }
  func set() { lock.withLock { value = true } }
}
