public import Deadlines
internal import GRDB
public import Messages

/// All that the record says of one unit, with the messages as far as they are kept.
public struct UnitRecord: Sendable {
  /// The unit's occurrences, vanished ones too.
  public var occurrences: [TrackedOccurrence]
  /// Lines about them, about messages that told of them and about messages to the unit, in their order.
  public var lines: [RecordEntry]
  /// By Message-ID, of those lines.
  public var messages: [String: Message]
}

extension SQLiteLedger {
  /// What the record says of a unit in its first `entries` lines.
  public func unitRecord(office: String, unit: String, entries: Int) async throws -> UnitRecord {
    try await read { db in
      let arguments: StatementArguments = ["office": office, "unit": unit, "entries": entries]
      let lines = try db.rows(Self.unitLinesQuery, arguments).map(RecordEntry.init(row:))
      let ids = try db.rows(
        "SELECT id FROM occurrence WHERE office = :office AND unit = :unit ORDER BY id",
        ["office": office, "unit": unit]
      ).map { $0["id"] as String }
      let known = try Self.tracked(db, office: office, ids: ids)
      return UnitRecord(
        occurrences: ids.compactMap { known[$0] },
        lines: lines,
        messages: try Self.messages(db, arguments)
      )
    }
  }

  /// How many lines the record had at that moment.
  ///
  /// Its order counts, and not the clock alone: what a clock wrote that was ahead stands before what was written when
  /// it had been set right.
  public func recordEntries(office: String, asOf: Instant) async throws -> Int {
    try await read { db in
      let last = try db.row(
        "SELECT ifnull(max(sequence), 0) AS entries FROM record WHERE office = :office AND at <= :asOf",
        ["office": office, "asOf": asOf.milliseconds]
      )
      return last?["entries"] ?? 0
    }
  }

  /// Message-IDs that told of the unit's occurrences or went to the unit.
  private static let unitMessages = """
    SELECT line.message FROM record AS line, json_each(line.facts, '$.notices') AS told
    WHERE line.office = :office AND line.kind = 'planned' AND line.sequence <= :entries AND (
      json_extract(line.facts, '$.unit') = :unit
      OR substr(told.value, 1, instr(told.value, '|') - 1) IN (
        SELECT id FROM occurrence WHERE office = :office AND unit = :unit))
    """

  private static let unitLinesQuery = """
    SELECT sequence, at, kind, occurrence, facts, hash FROM record
    WHERE office = :office AND sequence <= :entries AND occurrence IN (
      SELECT id FROM occurrence WHERE office = :office AND unit = :unit)
    UNION
    SELECT sequence, at, kind, occurrence, facts, hash FROM record
    WHERE office = :office AND sequence <= :entries AND occurrence IS NULL AND message IN (\(unitMessages))
    ORDER BY sequence
    """

  /// What is not kept any more is left out: its facts stay in the record.
  private static func messages(_ db: Database, _ arguments: StatementArguments) throws -> [String: Message] {
    let rows = try db.rows(
      """
      SELECT message_id, message FROM outbox JOIN outbox_message USING (id)
      WHERE office = :office AND message_id IN (\(unitMessages))
      """,
      arguments
    )
    var messages: [String: Message] = [:]
    for row in rows {
      guard let text = row["message"] as String?, let message: Message = try? JSONText.read(text) else { continue }
      messages[row["message_id"]] = message
    }
    return messages
  }

  /// The line of that number with its hash; the beginning of all records for 0.
  public func recordMark(office: String, at entries: Int) async throws -> RecordMark? {
    guard entries > 0 else { return RecordMark(entries: 0, hash: RecordChain.genesis) }
    return try await read { db in
      let line = try db.row(
        "SELECT hash FROM record WHERE office = :office AND sequence = :entries",
        ["office": office, "entries": entries]
      )
      return line.map { RecordMark(entries: entries, hash: $0["hash"]) }
    }
  }

  /// Writes the file: the record from `content.opening.after` up to `head`, checked line by line on the way.
  ///
  /// - Throws: `RecordBroken` when a line does not follow the one before it: such a record proves nothing.
  public func exportRecord(_ content: RecordExport.Content, office: String, head: RecordMark) async throws -> [UInt8] {
    try await read { db in
      var writer = ExportWriter()
      try writer.write { $0.opening = content.opening }
      try Self.writeLines(db, office: office, content, head, &writer)
      for printed in try Self.printedHeads(db, office: office) where printed.record.entries <= head.entries {
        try writer.write { $0.printed = printed }
      }
      for (message, bytes) in content.sent {
        try writer.write { $0.sent = ExportLine.Sent(message: message, bytes: bytes.base64) }
      }
      try writer.write { $0.page = RecordChain.digest(of: content.page) }
      try writer.write { $0.head = head }
      return writer.bytes
    }
  }

  private static func writeLines(
    _ db: Database,
    office: String,
    _ content: RecordExport.Content,
    _ head: RecordMark,
    _ writer: inout ExportWriter
  ) throws {
    var last = content.opening.after
    var rule = RecordChain.Rule.lines
    try walk(db, office: office, after: last.entries) { entry in
      guard last.entries < head.entries else { return false }
      let next = Int64(last.entries) + 1
      guard entry.sequence == next, let itsRule = entry.rule(after: last.hash, as: next), itsRule >= rule else {
        throw RecordBroken(sequence: next)
      }
      rule = itsRule
      try writer.add(entry, isDisclosed: content.disclosed.contains(next), by: rule)
      last = RecordMark(entries: last.entries + 1, hash: entry.hash)
      return true
    }
    try writer.flush()
    guard last == head else { throw RecordBroken(sequence: Int64(last.entries) + 1) }
  }

  private static func printedHeads(_ db: Database, office: String) throws -> [ExportLine.Printed] {
    try db.rows(
      """
      SELECT number, json_extract(facts, '$.record.entries') AS entries, json_extract(facts, '$.record.hash') AS hash
      FROM digest WHERE office = :office AND json_extract(facts, '$.record.entries') > 0 ORDER BY number
      """,
      ["office": office]
    ).map { ExportLine.Printed(number: $0["number"], record: RecordMark(entries: $0["entries"], hash: $0["hash"])) }
  }
}

/// The record was changed behind the service's back.
public struct RecordBroken: Error, Sendable, Hashable, CustomStringConvertible {
  public var sequence: Int64

  public init(sequence: Int64) { self.sequence = sequence }

  public var description: String {
    "line \(sequence) of the record is not what was written — `nhachan record verify` says what was done to it; "
      + "export from a backup of before"
  }
}
