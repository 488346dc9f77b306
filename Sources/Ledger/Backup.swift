public import Deadlines
internal import Foundation
internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What a store or a copy of one holds.
public struct StoreSummary: Sendable, Hashable {
  public var bytes: UInt64
  public var schema: Int
  /// By office; offices of which nothing has happened are left out.
  public var records: [String: RecordEnd]

  /// The record's last line and when it was written.
  public struct RecordEnd: Sendable, Hashable {
    public var head: RecordMark
    public var at: Instant
  }
}

extension SQLiteLedger {
  /// Copies the store into one new file, as it is at one moment, while others go on writing.
  ///
  /// The copy is on the disk, was read through, and only then gets its name. Readers do not hold up writers (WAL); the
  /// copy goes to the disk in pieces of 4 MB, so that a commit never waits for all of it.
  /// - Throws: `LedgerError` that names the store or the file.
  public static func backUp(store: String, to file: String, isReplacing: Bool) throws -> StoreSummary {
    if !isReplacing && FileManager.default.fileExists(atPath: file) {
      throw LedgerError.cannotUse(path: file, reason: "is there already", remedy: "name another file, or say --force")
    }
    try refuseSpecial(file)
    return try DurableFile.write(file) { temporary in
      try copy(store, to: temporary)
      return try summary(ofCopy: temporary)
    }
  }

  /// A device, pipe or folder would be replaced by a file of its name.
  private static func refuseSpecial(_ file: String) throws {
    guard let found = try? FileManager.default.attributesOfItem(atPath: file) else { return }
    guard found[.type] as? FileAttributeType != .typeRegular else { return }
    throw LedgerError.cannotUse(path: file, reason: "is no ordinary file", remedy: "name a file of its own")
  }

  /// Reads a closed copy through: pages, schema and the end of each record; with `verifyingRecords` every line of them,
  /// and the texts of occurrences and reports.
  public static func summary(ofCopy path: String, verifyingRecords: Bool = false) throws -> StoreSummary {
    guard StoreFile.size(path) > 0, !StoreFile.isFolder(path) else { throw LedgerError.noBackup(path: path) }
    do {
      try StoreFile.refuseCutShort(path)
      let queue = try StoreFile.openForReading(path)
      defer { try? queue.close() }
      return try queue.read { db in
        let schema = try Migrations.version(of: db, path: path)
        guard schema > 0 else { throw LedgerError.noBackup(path: path) }
        try StoreFile.checkIntegrity(db, path: path)
        if verifyingRecords { try checkTexts(db, path: path) }
        let records = try records(db, path: path, verifying: verifyingRecords)
        return StoreSummary(bytes: StoreFile.size(path), schema: schema, records: records)
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
      throw LedgerError.noBackup(path: path)
    } catch {
      throw LedgerError.explaining(error, path: path)
    }
  }

  /// SQLite's own check sees pages and indexes, not that the bytes between them are those that were written.
  private static func checkTexts(_ db: Database, path: String) throws {
    let broken = try db.row(
      """
      SELECT 'occurrence ' || id AS name FROM occurrence WHERE NOT json_valid(snapshot)
      UNION ALL SELECT 'attempt ' || number || ' of message ' || outbox FROM attempt WHERE NOT json_valid(report)
      LIMIT 1
      """,
      []
    )
    guard let broken else { return }
    throw LedgerError.damaged(path: path, finding: "the text of \(broken["name"] as String) cannot be read")
  }

  private static func records(_ db: Database, path: String, verifying: Bool) throws
    -> [String: StoreSummary.RecordEnd]
  {
    var ends: [String: StoreSummary.RecordEnd] = [:]
    for office in try offices(db) {
      ends[office] = try recordLines(db, office: office, newest: 1).first.map {
        StoreSummary.RecordEnd(head: RecordMark(entries: Int($0.sequence), hash: $0.hash), at: $0.at)
      }
      guard verifying, let altered = try verifyRecord(db, office: office).firstAltered else { continue }
      throw LedgerError.damaged(path: path, finding: "its record does not hold from line \(altered) on")
    }
    return ends
  }

  /// Fills an empty file with what the store holds at this moment.
  ///
  /// One read transaction around all steps: without it every commit of the service would begin the copy anew
  /// (sqlite.org/c3ref/backup_finish.html). The copy needs no journal: half of one is thrown away.
  static func copy(_ store: String, to file: String) throws {
    let source = try LedgerError.explaining(path: store) { try StoreFile.openBeside(store) }
    defer { try? source.close() }
    try LedgerError.explaining(path: store) { _ = try source.read { try Migrations.version(of: $0, path: store) } }
    try LedgerError.explaining(path: file) {
      let target = try DatabaseQueue(path: file)
      defer { try? target.close() }
      try target.writeWithoutTransaction { copy in
        try copy.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        try source.read { db in
          _ = try Migrations.version(of: db, path: store)
          try db.backup(to: copy, pagesPerStep: 1024) { _ in try DurableFile.sync(file) }
        }
      }
    }
  }
}

extension StoreFile {
  /// Refuses a file that ends before its last page does: SQLite takes what is missing of a page for zeros.
  ///
  /// With a log beside it the file may rightly be shorter, until the log is written into it.
  static func refuseCutShort(_ path: String) throws {
    guard !FileManager.default.fileExists(atPath: path + "-wal"), let file = FileHandle(forReadingAtPath: path) else {
      return
    }
    defer { try? file.close() }
    guard let whole = sizeByHeader(Array(try file.read(upToCount: 100) ?? Data())) else { return }
    let found = try file.seekToEnd()
    guard found < whole else { return }
    throw LedgerError.cutShort(path: path, bytes: found, of: whole)
  }

  /// Page size times pages (sqlite.org/fileformat.html, 1.3); nil where the header does not say.
  private static func sizeByHeader(_ header: [UInt8]) -> UInt64? {
    func number(_ place: Range<Int>) -> UInt64 { header[place].reduce(0) { $0 << 8 | UInt64($1) } }
    // The count of pages holds only when it was written with the last change.
    guard header.count == 100, header.starts(with: "SQLite format 3\0".utf8), number(24..<28) == number(92..<96)
    else { return nil }
    let pageSize = number(16..<18)
    return (pageSize == 1 ? 65536 : pageSize) * number(28..<32)
  }

  /// A connection that takes part as the service's own do, so that a service that starts meanwhile is no harm; only
  /// looking where the file may not be written.
  static func openBeside(_ path: String) throws -> DatabaseQueue {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: path), access(path, W_OK) == 0, access(folder, W_OK) == 0 else {
      return try openForReading(path)
    }
    // A stranger's file would be touched by being opened for writing.
    try refuseUnfit(path, checkingIntegrity: false)
    return try DatabaseQueue(path: path, configuration: configuration())
  }
}
