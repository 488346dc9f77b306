internal import Deadlines
internal import GRDB

/// Appends to the record within the transaction of what it describes.
///
/// Holds the end of the chain so that a thousand lines read it once; used in one transaction only.
struct RecordWriter {
  private let db: Database
  private let office: String
  private let now: Instant
  private var sequence: Int64
  private var hash: String

  init(_ db: Database, office: String, now: Instant) throws {
    self.db = db
    self.office = office
    self.now = now
    let last = try db.row(
      """
      SELECT sequence, hash FROM record
      WHERE office = :office
      ORDER BY sequence DESC LIMIT 1
      """,
      ["office": office]
    )
    sequence = last?["sequence"] ?? 0
    hash = last?["hash"] ?? RecordChain.genesis
  }

  /// Writes one line, whose facts never hold a secret or the text of a message.
  mutating func append(_ kind: String, occurrence: String? = nil, _ facts: [String: Fact?] = [:]) throws {
    let json = CanonicalJSON.object(facts)
    sequence += 1
    hash = RecordChain.hash(
      after: hash,
      sequence: sequence,
      at: now,
      kind: kind,
      occurrence: occurrence,
      facts: json
    )
    try db.change(
      """
      INSERT INTO record (office, sequence, at, kind, occurrence, facts, hash)
      VALUES (:office, :sequence, :at, :kind, :occurrence, :facts, :hash)
      """,
      [
        "office": office, "sequence": sequence, "at": now.milliseconds, "kind": kind, "occurrence": occurrence,
        "facts": json, "hash": hash,
      ]
    )
  }
}

extension SQLiteLedger {
  public func record(office: String, occurrence: String?, limit: Int) async throws -> [RecordEntry] {
    try await read { db in
      let entries =
        if let occurrence {
          try Self.recordOfOne(db, office: office, occurrence: occurrence, limit: limit)
        } else {
          try db.rows(
            """
            SELECT sequence, at, kind, occurrence, facts, hash FROM record
            WHERE office = :office
            ORDER BY sequence LIMIT :limit
            """,
            ["office": office, "limit": limit]
          )
        }
      return entries.map(RecordEntry.init(row:))
    }
  }

  /// Its own lines and those of the messages that told of it.
  private static func recordOfOne(_ db: Database, office: String, occurrence: String, limit: Int) throws -> [Row] {
    try db.rows(
      """
      SELECT sequence, at, kind, occurrence, facts, hash FROM record
      WHERE office = :office AND occurrence = :occurrence
      UNION
      SELECT sequence, at, kind, occurrence, facts, hash FROM record
      WHERE office = :office AND occurrence IS NULL AND message IN (
        SELECT message_id FROM notice WHERE office = :office AND occurrence = :occurrence)
      ORDER BY sequence LIMIT :limit
      """,
      ["office": office, "occurrence": occurrence, "limit": limit]
    )
  }

  public func verifyRecord(office: String) async throws -> RecordVerdict {
    try await read { try Self.verifyRecord($0, office: office) }
  }

  static func verifyRecord(_ db: Database, office: String) throws -> RecordVerdict {
    var verdict = RecordVerdict()
    let lines = try Row.fetchCursor(
      db,
      sql: """
        SELECT sequence, at, kind, occurrence, facts, hash FROM record
        WHERE office = :office
        ORDER BY sequence
        """,
      arguments: ["office": office]
    )
    while let line = try lines.next(), verdict.add(RecordEntry(row: line)) {}
    return verdict
  }
}

extension RecordEntry {
  init(row: Row) {
    self.init(
      sequence: row["sequence"],
      at: Instant(milliseconds: row["at"]),
      kind: row["kind"],
      occurrence: row["occurrence"],
      facts: row["facts"],
      hash: row["hash"]
    )
  }
}
