public import Deadlines
internal import GRDB

extension SQLiteLedger {
  public func nextStep(office: String) async throws -> Instant? {
    try await read { try $0.row(Self.nextStepQuery, ["office": office])?.instant("next_step_at") }
  }

  public func due(office: String, at now: Instant, limit: Int) async throws -> [TrackedOccurrence] {
    try await read { db in
      let rows = try db.rows(
        Self.dueQuery,
        ["office": office, "now": now.milliseconds, "limit": limit]
      )
      return try Self.tracked(db, office: office, rows)
    }
  }

  public func tracked(office: String, ids: [String]) async throws -> [TrackedOccurrence] {
    try await read { db in
      let found = try Self.tracked(db, office: office, ids: ids)
      return ids.compactMap { found[$0] }
    }
  }

  public func allTracked(office: String) async throws -> [TrackedOccurrence] {
    try await read { try Self.allTracked($0, office: office) }
  }

  static func allTracked(_ db: Database, office: String) throws -> [TrackedOccurrence] {
    let rows = try db.rows(
      """
      SELECT \(trackedColumns) FROM occurrence
      WHERE office = :office AND vanished_at IS NULL
      ORDER BY nominal IS NULL, nominal, id
      """,
      ["office": office]
    )
    return try tracked(db, office: office, rows)
  }

  static let trackedColumns =
    "id, snapshot, adopted_at, is_backfill, was_backfill, acknowledged_at, completion, round, next_step_at"

  static let nextStepQuery = """
    SELECT next_step_at FROM occurrence
    WHERE office = :office AND vanished_at IS NULL AND next_step_at IS NOT NULL
    ORDER BY next_step_at LIMIT 1
    """

  static let dueQuery = """
    SELECT \(trackedColumns) FROM occurrence
    WHERE office = :office AND vanished_at IS NULL AND next_step_at <= :now
    ORDER BY next_step_at, id LIMIT :limit
    """

  static let givenQuery = """
    SELECT occurrence, step, kind, recipient, channel, round, at, is_superseded,
      EXISTS (
        SELECT 1 FROM outbox
        WHERE outbox.office = notice.office AND outbox.message_id = notice.message_id AND state = 'deadLetter'
      ) AND NOT EXISTS (
        SELECT 1 FROM notice AS twin JOIN outbox ON outbox.office = twin.office AND outbox.message_id = twin.message_id
        WHERE twin.office = notice.office AND twin.occurrence = notice.occurrence AND twin.step = notice.step
          AND twin.recipient = notice.recipient AND twin.round = notice.round AND twin.channel <> notice.channel
          AND outbox.state IN ('pending', 'claimed', 'deferred', 'accepted')
      ) AS is_lost
    FROM notice
    WHERE office = :office AND occurrence IN (SELECT value FROM json_each(:ids))
    ORDER BY notice.rowid
    """

  /// Occurrences by id, vanished ones too.
  static func tracked(_ db: Database, office: String, ids: [String]) throws -> [String: TrackedOccurrence] {
    let rows = try db.rows(
      """
      SELECT \(trackedColumns) FROM occurrence
      WHERE office = :office AND id IN (SELECT value FROM json_each(:ids))
      """,
      ["office": office, "ids": JSONText.write(ids)]
    )
    let found = try tracked(db, office: office, rows).map { ($0.occurrence.id, $0) }
    return Dictionary(found, uniquingKeysWith: { first, _ in first })
  }

  /// The rows with all their notices, which are read in one statement.
  private static func tracked(_ db: Database, office: String, _ rows: [Row]) throws -> [TrackedOccurrence] {
    guard !rows.isEmpty else { return [] }
    let given = try given(db, office: office, ids: rows.map { $0["id"] })
    return try rows.map { try TrackedOccurrence(row: $0, given: given[$0["id"]] ?? []) }
  }

  private static func given(_ db: Database, office: String, ids: [String]) throws -> [String: [Progress.GivenNotice]] {
    var given: [String: [Progress.GivenNotice]] = [:]
    for row in try db.rows(givenQuery, ["office": office, "ids": JSONText.write(ids)]) {
      given[row["occurrence"], default: []].append(try Progress.GivenNotice(row: row))
    }
    return given
  }
}

extension TrackedOccurrence {
  fileprivate init(row: Row, given: [Progress.GivenNotice]) throws {
    let completion: Progress.Completion? = try (row["completion"] as String?).map { try JSONText.read($0) }
    self.init(
      try JSONText.read(row["snapshot"]),
      Progress(
        adoptedAt: Instant(milliseconds: row["adopted_at"]),
        isBackfill: row["is_backfill"],
        wasBackfill: row["was_backfill"],
        acknowledgedAt: row.instant("acknowledged_at"),
        completion: completion,
        round: row["round"],
        given: given
      )
    )
  }
}

extension Progress.GivenNotice {
  fileprivate init(row: Row) throws {
    self.init(
      step: row["step"],
      kind: try NoticeKind(stored: row["kind"]),
      recipient: row["recipient"],
      channel: row["channel"],
      round: row["round"],
      at: Instant(milliseconds: row["at"]),
      isSuperseded: row["is_superseded"],
      isLost: row["is_lost"]
    )
  }
}

extension NoticeKind {
  fileprivate init(stored name: String) throws {
    guard let kind = NoticeKind(rawValue: name) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "no such kind of notice: \(name)")
    }
    self = kind
  }
}
