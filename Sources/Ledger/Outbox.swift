public import Deadlines
internal import GRDB
internal import Messages

extension SQLiteLedger {
  public func outbox(office: String, filter: OutboxFilter, limit: Int) async throws -> [OutboxRow] {
    try await read { db in
      try Self.rows(db, office: office, filter: filter, limit: limit).reversed()
        .map { try OutboxRow($0, db, office: office) }
    }
  }

  public func outboxRow(office: String, id: Int64) async throws -> OutboxRow? {
    try await read { db in
      try db.row(
        "SELECT \(Self.outboxColumns) FROM \(Self.wholeOutbox) WHERE office = :office AND id = :id",
        ["office": office, "id": id]
      ).map { try OutboxRow($0, db, office: office) }
    }
  }

  private static let outboxColumns =
    "id, state, attempts, ready_at, last_report, accepted_at, text_dropped_at, text_hash, \(StoredMessage.columns)"

  private static let wholeOutbox = "outbox JOIN outbox_message USING (id)"

  /// Newest first.
  private static func rows(_ db: Database, office: String, filter: OutboxFilter, limit: Int) throws -> [Row] {
    switch filter {
    case .all:
      return try db.rows(
        """
        SELECT \(outboxColumns) FROM \(wholeOutbox)
        WHERE office = :office
        ORDER BY id DESC LIMIT :limit
        """,
        ["office": office, "limit": limit]
      )
    case .states(let states):
      return try db.rows(
        """
        SELECT \(outboxColumns) FROM \(wholeOutbox)
        WHERE office = :office AND state IN (SELECT value FROM json_each(:states))
        ORDER BY id DESC LIMIT :limit
        """,
        ["office": office, "states": JSONText.write(states.map(\.rawValue).sorted()), "limit": limit]
      )
    }
  }

  public func retry(office: String, id: Int64, now: Instant) async throws -> Bool {
    try await write { db in
      guard let row = try Self.handled(db, office: office, id: id) else { return false }
      // On its way already: what becomes of it is decided there.
      guard row["state"] != OutboxState.claimed.rawValue else { return true }
      if row["lease_token"] as String? != nil { return try Self.takeUpAgain(db, office: office, id: id, now: now) }
      try db.change(
        """
        UPDATE outbox SET
          state = CASE WHEN attempts > 0 THEN 'deferred' ELSE 'pending' END,
          next_attempt_at = :now, given_up_because = NULL, lease_token = NULL
        WHERE office = :office AND id = :id
        """,
        ["office": office, "id": id, "now": now.milliseconds]
      )
      try Self.probe(db, office: office, channel: row["channel"], now: now)
      var record = try RecordWriter(db, office: office, now: now)
      try record.append("retried", ["message": .text(row["message_id"])])
      return true
    }
  }

  /// Discarded while it was on its way: it is so still, and its sender says how that ends.
  private static func takeUpAgain(_ db: Database, office: String, id: Int64, now: Instant) throws -> Bool {
    try db.change(
      """
      UPDATE outbox SET state = 'claimed', given_up_because = NULL, lease_until = :until
      WHERE office = :office AND id = :id
      """,
      ["office": office, "id": id, "until": now.adding(seconds: longestAttempt).milliseconds]
    ) == 1
  }

  /// Seconds in which a sender that lives has told of its attempt, or renewed its lease.
  private static let longestAttempt: Int64 = 3600

  public func discard(office: String, id: Int64, by: String, now: Instant) async throws -> Bool {
    try await write { db in
      guard let row = try Self.handled(db, office: office, id: id) else { return false }
      // The lease token stays: should the message be on its way, its sender can still say how that ended.
      try db.change(
        """
        UPDATE outbox SET state = 'discarded', given_up_because = :reason, lease_until = NULL
        WHERE office = :office AND id = :id
        """,
        ["office": office, "id": id, "reason": "discarded by \(by)"]
      )
      var record = try RecordWriter(db, office: office, now: now)
      try record.append("discarded", ["message": .text(row["message_id"]), "by": .text(by)])
      return true
    }
  }

  /// The message, unless it was accepted, its text is gone or another was planned in its place: then nothing can be done
  /// about it any more.
  private static func handled(_ db: Database, office: String, id: Int64) throws -> Row? {
    try db.row(
      """
      SELECT state, channel, message_id, lease_token FROM outbox
      WHERE office = :office AND id = :id AND state <> 'accepted' AND text_dropped_at IS NULL
        AND NOT (state = 'discarded' AND given_up_because IS :recalled)
      """,
      ["office": office, "id": id, "recalled": recalledReason]
    )
  }

  /// A person asks: a held channel is tried now, with its most urgent message.
  private static func probe(_ db: Database, office: String, channel: String, now: Instant) throws {
    try db.change(
      """
      UPDATE channel SET probe_at = :now
      WHERE office = :office AND name = :channel AND held_because IS NOT NULL
        AND ifnull(probe_at, :now) >= :now
      """,
      ["office": office, "channel": channel, "now": now.milliseconds]
    )
  }

  // MARK: Digests

  public func lastDigest(office: String) async throws -> Digest? {
    try await read { db in
      try db.row(
        """
        SELECT facts FROM digest
        WHERE office = :office
        ORDER BY number DESC LIMIT 1
        """,
        ["office": office]
      ).map { try JSONText.read($0["facts"]) }
    }
  }

  public func acceptedCount(office: String, since: Instant) async throws -> Int {
    try await read { db in
      try db.row(
        "SELECT count(*) AS accepted FROM outbox WHERE office = :office AND accepted_at >= :since",
        ["office": office, "since": since.milliseconds]
      )?["accepted"] ?? 0
    }
  }
}

extension OutboxRow {
  fileprivate init(_ row: Row, _ db: Database, office: String) throws {
    let state: String = row["state"]
    let stored = StoredMessage(row)
    self.init(
      id: row["id"],
      message: stored.message,
      state: OutboxState(rawValue: state) ?? .pending,
      attempts: row["attempts"],
      nextAttemptAt: row.instant("ready_at"),
      lastReport: try (row["last_report"] as String?).map { try JSONText.read($0) },
      acceptedAt: row.instant("accepted_at"),
      droppedText: try DroppedText(row, db, office: office, messageID: stored.message.messageID),
      fault: stored.fault
    )
  }
}
