public import Deadlines
internal import GRDB

extension SQLiteLedger {
  public func recallUnsent(office: String, notOf day: CivilDate, now: Instant) async throws -> Int {
    try await write { db in
      let stale = try db.rows(Self.staleQuery, ["office": office, "day": day.description])
      guard !stale.isEmpty else { return 0 }
      var record = try RecordWriter(db, office: office, now: now)
      for row in stale {
        try Self.keepAge(db, office: office, message: row)
        try Self.planAnew(db, office: office, message: row, now: now)
        try Self.takeBack(row, db, office: office, &record)
      }
      return stale.count
    }
  }

  static func takeBack(_ message: Row, _ db: Database, office: String, _ record: inout RecordWriter) throws {
    try db.change(
      "UPDATE outbox SET state = 'discarded', given_up_because = :reason WHERE office = :office AND id = :id",
      ["office": office, "id": message["id"] as Int64, "reason": recalledReason]
    )
    try record.append("recalled", ["message": .text(message["message_id"])])
  }

  /// Why a message that was taken back is discarded: its id is free for what is made in its place.
  static let recalledReason = "planned anew"

  /// Made for another day (later ones too: a clock may have been wrong) and surely not delivered: never tried, or
  /// every attempt ended before a server had answered for the message.
  ///
  /// A channel refused for its own sake says nothing of the message. What a server deferred stays as it is; what may have
  /// arrived is never planned again.
  ///
  /// Digests and trial messages carry no notices and stay as they are, and so does what stands in for a dead letter or
  /// tells of one: the planner would not make it again.
  private static let staleQuery = """
    SELECT id, message_id, created_at, aged_since FROM outbox
    WHERE office = :office AND state IN ('pending', 'deferred') AND day <> :day AND kind <> 'digest' AND origin IS NULL
      AND EXISTS (SELECT 1 FROM notice WHERE notice.office = outbox.office AND notice.message_id = outbox.message_id)
      AND NOT EXISTS (
        SELECT 1 FROM attempt WHERE attempt.office = outbox.office AND attempt.outbox = outbox.id
          AND (attempt.outcome = 'unknown'
            OR attempt.outcome <> 'misconfigured' AND ifnull(json_extract(attempt.report, '$.replyCode'), 0) >= 400))
    """

  /// What was tried in vain goes on growing old in the message that is made anew, so that it ends as a dead letter some
  /// day; what waited in a held channel does not.
  private static func keepAge(_ db: Database, office: String, message: Row) throws {
    try db.change(
      """
      INSERT INTO recalled (office, occurrence, recipient, channel, since)
      SELECT office, occurrence, recipient, channel, :since FROM notice
      WHERE office = :office AND message_id = :message AND EXISTS (
        SELECT 1 FROM attempt WHERE office = :office AND outbox = :id AND outcome <> 'misconfigured')
      ON CONFLICT DO NOTHING
      """,
      [
        "office": office, "message": message["message_id"] as String, "id": message["id"] as Int64,
        "since": message["aged_since"] as Int64? ?? message["created_at"] as Int64,
      ]
    )
  }

  /// Nobody was told: the message's notices were never given, nor were its mailbox's steps passed over for their sake,
  /// and its occurrences are looked at again.
  static func planAnew(_ db: Database, office: String, message: Row, now: Instant) throws {
    let facts: StatementArguments = ["office": office, "message": message["message_id"] as String]
    try db.change(
      """
      UPDATE occurrence SET next_step_at = :now
      WHERE office = :office AND vanished_at IS NULL
        AND id IN (SELECT occurrence FROM notice WHERE office = :office AND message_id = :message)
      """,
      facts + ["now": now.milliseconds]
    )
    try db.change(
      """
      DELETE FROM notice WHERE office = :office AND is_superseded = 1 AND at = :created
        AND (occurrence, recipient, channel) IN (
          SELECT occurrence, recipient, channel FROM notice WHERE office = :office AND message_id = :message)
      """,
      facts + ["created": message["created_at"] as Int64]
    )
    try db.change("DELETE FROM notice WHERE office = :office AND message_id = :message", facts)
  }
}
