internal import Foundation
internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension SQLiteLedger {
  /// Opens the store for writing; creates it with mode 0600 when there is none.
  ///
  /// Every commit waits until it is on the disk (`synchronous=FULL`). A file that belongs to something else, to a newer
  /// version, or that is damaged, is refused before anything in it is touched.
  /// `checkingIntegrity` reads the file through when it was not closed cleanly, or is open elsewhere; a large one for
  /// `StoreFile.longestCheck`.
  public static func open(path: String, checkingIntegrity: Bool = true) throws -> SQLiteLedger {
    try LedgerError.explaining(path: path) {
      try StoreFile.refuseUnfinishedRestore(path)
      try StoreFile.create(path)
      try StoreFile.refuseUnfit(path, checkingIntegrity: checkingIntegrity)
      let pool = try DatabasePool(path: path, configuration: StoreFile.configuration())
      try prepare(pool)
      return SQLiteLedger(pool, path: path)
    }
  }

  /// Opens the store for looking only: nothing is created, changed or migrated.
  public static func openReadOnly(path: String) throws -> SQLiteLedger {
    try LedgerError.explaining(path: path) {
      let queue = try StoreFile.openForReading(path)
      let version = try queue.read { try Migrations.version(of: $0, path: path) }
      guard version == schemaVersion else { throw LedgerError.notYetMigrated(path: path, version: version) }
      return SQLiteLedger(queue, path: path)
    }
  }

  /// Opens a store or a backup of any version so far, for checking its record only.
  public static func openForVerifying(path: String) throws -> SQLiteLedger {
    try LedgerError.explaining(path: path) {
      let queue = try StoreFile.openForReading(path)
      guard try queue.read({ try Migrations.version(of: $0, path: path) }) > 0 else {
        throw LedgerError.cannotUse(path: path, reason: "is empty", remedy: "name a store or a backup of one")
      }
      return SQLiteLedger(queue, path: path)
    }
  }

  /// A store that lives in memory and ends with the process: empty, or a copy of a real one, which stays untouched.
  public static func inMemory(copyOf path: String? = nil) throws -> SQLiteLedger {
    try LedgerError.explaining(path: path ?? ":memory:") {
      let queue = try DatabaseQueue(configuration: StoreFile.configuration())
      if let path {
        let source = try StoreFile.openForReading(path)
        _ = try source.read { try Migrations.version(of: $0, path: path) }
        try source.backup(to: queue)
        try source.close()
      }
      try prepare(queue)
      return SQLiteLedger(queue, path: ":memory:")
    }
  }

  private static func prepare(_ writer: any DatabaseWriter) throws {
    try writer.writeWithoutTransaction { db in
      // DatabasePool sets NORMAL after `prepareDatabase` (GRDB 7), which may lose the last commits with the power.
      try db.execute(sql: "PRAGMA synchronous = FULL")
      guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2 else {
        throw DatabaseError(message: "synchronous=FULL could not be set")
      }
    }
    try writer.write { try Migrations.run($0) }
  }
}

/// The file below the tables: how it is created, recognised and checked.
enum StoreFile {
  /// Foreign keys on; another writer is waited for 5 seconds.
  static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.label = "ledger"
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    configuration.maximumReaderCount = 3
    configuration.prepareDatabase { db in
      // 8 MB of pages: with SQLite's usual two a busy morning reads its indexes again and again.
      try db.execute(sql: "PRAGMA cache_size = -8000")
      // 16 MB of log before it is taken over: the same pages change again and again, and the message whose commit does
      // it waits that long.
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
    }
    return configuration
  }

  /// Makes an empty file that only its owner may read; SQLite gives `-wal` and `-shm` the same mode.
  static func create(_ path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder) else {
      throw LedgerError.cannotUse(
        path: path,
        reason: "the folder \(folder) does not exist",
        remedy: "create it for the service's user, or name another place under `store:`"
      )
    }
    guard !isFolder(path) else {
      throw LedgerError.cannotUse(path: path, reason: "is a folder", remedy: "name a file in it under `store:`")
    }
    let file = openNew(path)
    if file >= 0 { _ = close(file) }
    let failure = errno
    guard file >= 0 || failure == EEXIST else {
      throw LedgerError.cannotUse(
        path: path,
        reason: "cannot be created: \(String(cString: strerror(failure)))",
        remedy: [ENOSPC, EDQUOT].contains(failure)
          ? "make room on that disk" : "give the service's user the right to write in \(folder)"
      )
    }
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private static func openNew(_ path: String) -> Int32 {
    errno = 0
    return open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
  }

  /// Bytes; 0 when there is no such file.
  static func size(_ path: String) -> UInt64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? UInt64) ?? 0
  }

  /// Looks at an existing file before it is opened for writing, which would already change it.
  static func refuseUnfit(_ path: String, checkingIntegrity: Bool) throws {
    guard size(path) > 0 else { return }
    let isUnclean = size(path + "-wal") > 0
    let queue = try openForReading(path)
    let version = try queue.read { try Migrations.version(of: $0, path: path) }
    if checkingIntegrity && isUnclean && version > 0 { try checkForAWhile(queue, path: path) }
    try queue.close()
  }

  /// A connection that cannot write.
  static func openForReading(_ path: String) throws -> DatabaseQueue {
    guard FileManager.default.fileExists(atPath: path) else {
      throw LedgerError.cannotUse(
        path: path,
        reason: "does not exist",
        remedy: "start the service once, or name the store under `store:`"
      )
    }
    var configuration = configuration()
    configuration.readonly = true
    return try DatabaseQueue(path: nameForReading(path), configuration: configuration)
  }

  /// Without a `-wal` nobody has the file open and all is in it: read as immutable, or SQLite would create `-wal` and
  /// `-shm` beside it even for a reader (sqlite.org/wal.html, “Read-Only Databases”).
  private static func nameForReading(_ path: String) -> String {
    guard !FileManager.default.fileExists(atPath: path + "-wal"),
      let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
    else { return path }
    return "file:\(escaped)?immutable=1"
  }

  static func checkIntegrity(_ db: Database, path: String) throws {
    let finding = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
    guard finding == "ok" else { throw LedgerError.damaged(path: path, finding: finding ?? "no answer") }
  }

  /// Seconds that reading a file through may hold up the start; systemd gives the service two minutes.
  static let longestCheck = 20.0

  /// The end of every record, and of the file as much as can be read in time.
  ///
  /// A file too large for that is not called damaged: `nhachan doctor` and `nhachan backup` read it to the end.
  private static func checkForAWhile(_ queue: DatabaseQueue, path: String) throws {
    try queue.read { db in
      for office in try SQLiteLedger.offices(db) where try !SQLiteLedger.isRecordEndSound(db, office: office) {
        throw LedgerError.damaged(path: path, finding: "the last line of its record does not fit the one before it")
      }
    }
    let limit = DispatchWorkItem { queue.interrupt() }
    DispatchQueue.global().asyncAfter(deadline: .now() + longestCheck, execute: limit)
    defer { limit.cancel() }
    do {
      try queue.read { try checkIntegrity($0, path: path) }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
      return
    }
  }
}
