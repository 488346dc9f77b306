public import Deadlines
internal import GRDB

extension SQLiteLedger {
  public func recordHolds(_ line: RecordMark, office: String) async throws -> Bool {
    try await read { db in
      let found: String? = try db.row(
        "SELECT hash FROM record WHERE office = :office AND sequence = :sequence",
        ["office": office, "sequence": line.entries]
      )?["hash"]
      return found == line.hash
    }
  }

  /// The last lines, the newest first.
  static func recordLines(_ db: Database, office: String, newest count: Int) throws -> [RecordEntry] {
    try db.rows(
      """
      SELECT sequence, at, kind, occurrence, facts, hash FROM record
      WHERE office = :office
      ORDER BY sequence DESC LIMIT :count
      """,
      ["office": office, "count": count]
    ).map(RecordEntry.init(row:))
  }

  /// Every office that the store has anything of.
  static func offices(_ db: Database) throws -> [String] {
    try String.fetchAll(db, sql: "SELECT office FROM arming UNION SELECT office FROM fact ORDER BY office")
  }

  /// Whether the last line's hash fits the line before it: what a torn end would show, whatever the record's length.
  static func isRecordEndSound(_ db: Database, office: String) throws -> Bool {
    let lines = try recordLines(db, office: office, newest: 2)
    guard let last = lines.first else { return true }
    let before = lines.count == 2 ? lines[1] : nil
    return last.sequence == (before?.sequence ?? 0) + 1
      && last.follows(before?.hash ?? RecordChain.genesis, as: last.sequence)
  }
}
