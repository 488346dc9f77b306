internal import GRDB

extension SQLiteLedger {
  /// The schema of an existing file, which stays as it is; a stranger's or a newer one's file is refused.
  public static func schemaVersion(ofFile path: String) throws -> Int {
    try LedgerError.explaining(path: path) {
      let queue = try StoreFile.openForReading(path)
      defer { try? queue.close() }
      return try queue.read { try Migrations.version(of: $0, path: path) }
    }
  }

  /// Reads the whole file through; throws what is damaged and what to do.
  ///
  /// Takes time with the file's size, and ends early when the task is cancelled.
  public func checkIntegrity() async throws {
    try await read { [path] db in try StoreFile.checkIntegrity(db, path: path) }
  }
}
