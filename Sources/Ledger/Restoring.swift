public import Deadlines
internal import Foundation
internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What a restore has done.
public struct Restoration: Sendable, Hashable {
  /// Of the store that is in place now.
  public var store: StoreSummary
  /// Where the store that was there before lies now; nil when there was none.
  public var before: String?
  /// Messages that may go again: the store before says that they were accepted, the restored one knows nothing of them.
  ///
  /// Nil when there was no store before, or it cannot be read.
  public var mayGoAgain: Int?
}

extension SQLiteLedger {
  /// Puts a backup in the place of the store, not armed; what was there is kept as `STORE.before-LABEL`.
  ///
  /// The caller has seen to it that no service has the store. A crash at any moment leaves the old store, or the new
  /// one, or a store that refuses to be opened until the restore is run again; never a mixture of both: the finished
  /// copy lies beside the store as `STORE.restoring` for as long as anything of the old one is being moved.
  /// The backup stays as it is; `facts` are written for every office, as the reason why messages are held.
  public static func restore(
    _ backup: String,
    to store: String,
    label: String,
    by: String,
    reason: String,
    facts: [String: String],
    now: Instant
  ) throws -> Restoration {
    let copy = store + StoreFile.restoring
    let summary = try DurableFile.write(copy) { temporary in
      try self.copy(backup, to: temporary)
      try markRestored(temporary, by: by, reason: reason, facts: facts, now: now)
      try DurableFile.giveToOwner(of: store, temporary)
      return try self.summary(ofCopy: temporary)
    }
    let lost = try? acceptedMessages(store).subtracting(acceptedMessages(copy)).count
    let before: String?
    do {
      before = try StoreFile.keepAside(store, label: label)
    } catch {
      // Nothing of the old store was touched: it stays in use.
      DurableFile.removeIfThere(copy)
      throw error
    }
    try StoreFile.removeLog(store)
    try DurableFile.move(copy, to: store)
    return Restoration(store: summary, before: before, mayGoAgain: before == nil ? nil : lost)
  }

  /// Brings the copy up to date, disarms every office in it, and says so in each record.
  private static func markRestored(
    _ path: String,
    by: String,
    reason: String,
    facts: [String: String],
    now: Instant
  ) throws {
    let ledger = try open(path: path, checkingIntegrity: false)
    try ledger.database.write { db in
      for office in try offices(db) {
        try db.change(
          """
          INSERT INTO arming (office, is_armed) VALUES (:office, 0)
          ON CONFLICT (office) DO UPDATE SET is_armed = 0
          """,
          ["office": office]
        )
        for (name, value) in facts { try setFact(db, office: office, name, value) }
        var record = try RecordWriter(db, office: office, now: now)
        try record.append("restored", ["by": .text(by), "reason": .text(reason)])
      }
    }
    try ledger.close()
  }

  /// Office and Message-ID of every message that a server took.
  private static func acceptedMessages(_ path: String) throws -> Set<String> {
    let queue = try StoreFile.openForReading(path)
    defer { try? queue.close() }
    let accepted = "SELECT office || ' ' || message_id FROM outbox WHERE accepted_at IS NOT NULL"
    return try queue.read { try String.fetchSet($0, sql: accepted) }
  }
}

extension StoreFile {
  /// What the finished copy is called until it takes the store's place.
  static let restoring = ".restoring"

  static func refuseUnfinishedRestore(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path + restoring) else { return }
    throw LedgerError.unfinishedRestore(path: path)
  }

  /// Keeps the store and its log under a free name as well; nil when there is none.
  ///
  /// Linked, not moved: the pair is whole under one of the names whenever a restore is cut short.
  static func keepAside(_ store: String, label: String) throws -> String? {
    let parts = ["", "-wal"].filter { FileManager.default.fileExists(atPath: store + $0) }
    guard !parts.isEmpty else { return nil }
    let names = (1...).lazy.map { "\(store).before-\(label)\($0 == 1 ? "" : "-\($0)")" }
    let name = names.first { !FileManager.default.fileExists(atPath: $0) } ?? store
    for part in parts where link(store + part, name + part) != 0 { throw DurableFile.failure(name + part) }
    try DurableFile.syncFolder(of: store)
    return name
  }

  /// Takes the old store's log away, which would be taken for the new one's.
  static func removeLog(_ store: String) throws {
    for part in ["-wal", "-shm"] { DurableFile.removeIfThere(store + part) }
    try DurableFile.syncFolder(of: store)
  }
}
