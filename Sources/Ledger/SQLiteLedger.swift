internal import Deadlines
internal import GRDB

/// The ledger in one SQLite file, or in memory for a rehearsal: the same code, the same tables.
///
/// Writing is one connection, one immediate transaction per call; reading goes beside it on a few others (WAL), in
/// batches, because every read costs about 95 µs. Several processes may hold the same file open at the same time.
public final class SQLiteLedger: Ledger {
  /// The schema this version writes; a file with a higher one is refused.
  public static let schemaVersion = Migrations.latest

  let database: any DatabaseWriter
  let path: String

  init(_ database: any DatabaseWriter, path: String) {
    self.database = database
    self.path = path
  }

  /// Runs one change in one transaction, which is on disk when this returns and undone when it throws.
  ///
  /// Not cancelled with the calling task: GRDB's own async `write` throws `CancellationError` before it has begun, and
  /// what a mail server answered during shut-down must still be written.
  @discardableResult
  func write<Value: Sendable>(_ change: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      database.asyncWrite(change) { [path] _, result in
        continuation.resume(with: result.mapError { LedgerError.explaining($0, path: path) })
      }
    }
  }

  /// Reads from one unchanging state of the store.
  func read<Value: Sendable>(_ question: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    do {
      return try await database.read(question)
    } catch {
      throw LedgerError.explaining(error, path: path)
    }
  }

  /// Ends all use; the last one to close leaves one file without `-wal` and `-shm` beside it.
  public func close() throws {
    do {
      // GRDB 7 closes the writer before the readers, and a reader that is the last cannot take the log over into the
      // file: so the idle readers go first.
      if let pool = database as? DatabasePool { pool.releaseMemory() }
      try database.close()
    } catch {
      throw LedgerError.explaining(error, path: path)
    }
  }
}

extension Database {
  /// Runs a statement, prepared once per connection, and gives the number of rows it changed.
  @discardableResult
  func change(_ sql: String, _ arguments: StatementArguments) throws -> Int {
    try cachedStatement(sql: sql).execute(arguments: arguments)
    return changesCount
  }

  /// The same for statements that run for every message: `values` in the order of the statement's question marks, which
  /// costs less than looking names up.
  @discardableResult
  func change(_ sql: String, inOrder values: [(any DatabaseValueConvertible)?]) throws -> Int {
    let statement = try cachedStatement(sql: sql)
    statement.setUncheckedArguments(StatementArguments(values))
    try statement.execute()
    return changesCount
  }

  /// All rows of a query, prepared once per connection.
  func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
    try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
  }

  /// The first row of a query, prepared once per connection.
  func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
    try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
  }
}

extension Row {
  /// A moment kept as milliseconds since 1970, or nil.
  func instant(_ column: String) -> Instant? { (self[column] as Int64?).map(Instant.init(milliseconds:)) }
}
