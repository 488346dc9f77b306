public import Deadlines
internal import GRDB

/// The last line of an office's record, on which the next one builds.
struct RecordEnd {
  let sequence: Int64
  let hash: String
  /// When it was written; nil while there is none.
  let at: Instant?

  init(_ db: Database, office: String) throws {
    let last = try db.row(
      """
      SELECT sequence, hash, at FROM record
      WHERE office = :office
      ORDER BY sequence DESC LIMIT 1
      """,
      ["office": office]
    )
    sequence = last?["sequence"] ?? 0
    hash = last?["hash"] ?? RecordChain.genesis
    at = last?.instant("at")
  }

  /// Whether it was written at a time yet to come: by a clock that was set back since.
  ///
  /// A minute is allowed for: entries of two writers stand in the order of their commits, not of their clocks.
  func isAhead(of now: Instant) -> Bool { at.map { $0 > now.adding(seconds: 60) } ?? false }
}

/// Appends to the record within the transaction of what it describes.
///
/// Holds the end of the chain so that a thousand lines read it once; used in one transaction only. Whoever writes first
/// after the clock was set back notices it, for the line that he writes would hide it from everybody after him.
struct RecordWriter {
  private let db: Database
  private let office: String
  private let now: Instant
  private var sequence: Int64
  private var hash: String
  /// What the clock showed before it was set back, when this writer is the one who noticed.
  private(set) var setBackFrom: Instant?

  init(_ db: Database, office: String, now: Instant) throws {
    self.db = db
    self.office = office
    self.now = now
    let end = try RecordEnd(db, office: office)
    sequence = end.sequence
    hash = end.hash
    if let later = end.at, end.isAhead(of: now) { try correct(from: later) }
  }

  private mutating func correct(from later: Instant) throws {
    setBackFrom = later
    try ClockCorrection(db: db, office: office, now: now).run()
    try append("clockSetBack", ["from": .number(later.milliseconds)])
  }

  /// Writes one line, whose facts never hold a secret or the text of a message.
  mutating func append(_ kind: String, occurrence: String? = nil, _ facts: [String: Fact?] = [:]) throws {
    let json = CanonicalJSON.object(facts)
    sequence += 1
    let line = RecordChain.line(sequence: sequence, at: now, kind: kind, occurrence: occurrence, facts: json)
    hash = RecordChain.hash(after: hash, lineDigest: RecordChain.digest(of: line))
    try db.change(
      """
      INSERT INTO record (office, sequence, at, kind, occurrence, facts, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      inOrder: [office, sequence, now.milliseconds, kind, occurrence, json, hash]
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

  public func recordMark(office: String) async throws -> RecordMark {
    try await read { db in
      let last = try db.row(
        "SELECT sequence, hash FROM record WHERE office = :office ORDER BY sequence DESC LIMIT 1",
        ["office": office]
      )
      return RecordMark(entries: last?["sequence"] ?? 0, hash: last?["hash"] ?? RecordChain.genesis)
    }
  }

  /// The line whose hash begins with these digits, as a head noted elsewhere; with a number, only that line.
  public func recordLine(office: String, hash digits: String, number: Int? = nil) async throws -> RecordMark? {
    try await read { db in
      let line = try db.row(
        """
        SELECT sequence, hash FROM record
        WHERE office = :office AND substr(hash, 1, length(:digits)) = :digits AND sequence = ifnull(:number, sequence)
        LIMIT 1
        """,
        ["office": office, "digits": digits, "number": number]
      )
      return line.map { RecordMark(entries: $0["sequence"], hash: $0["hash"]) }
    }
  }

  public func verifyRecord(office: String) async throws -> RecordVerdict {
    try await read { try Self.verifyRecord($0, office: office) }
  }

  static func verifyRecord(_ db: Database, office: String) throws -> RecordVerdict {
    try RecordVerdict.examine { try walk(db, office: office, $0) }
  }

  /// Visits the record line by line, however long it is, until the visitor says false.
  static func walk(_ db: Database, office: String, after: Int = 0, _ visit: (RecordEntry) throws -> Bool) throws {
    let lines = try Row.fetchCursor(
      db,
      sql: """
        SELECT sequence, at, kind, occurrence, facts, hash FROM record
        WHERE office = :office AND (:after = 0 OR sequence > :after)
        ORDER BY sequence
        """,
      arguments: ["office": office, "after": after]
    )
    while let line = try lines.next(), try visit(RecordEntry(row: line)) {}
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
