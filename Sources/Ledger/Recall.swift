public import Deadlines
internal import GRDB

extension SQLiteLedger {
  public func recallUnsent(office: String, before day: CivilDate, now: Instant) async throws -> Int {
    try await write { db in
      let stale = try db.rows(Self.staleQuery, ["office": office, "day": day.description])
      guard !stale.isEmpty else { return 0 }
      var record = try RecordWriter(db, office: office, now: now)
      for row in stale {
        let messageID: String = row["message_id"]
        try Self.planAnew(db, office: office, messageID: messageID, now: now)
        try db.change(
          "UPDATE outbox SET state = 'discarded', given_up_because = 'planned anew' WHERE id = :id",
          ["id": row["id"] as Int64]
        )
        try record.append("recalled", ["message": .text(messageID)])
      }
      return stale.count
    }
  }

  /// Digests and trial messages carry no notices and stay as they are.
  private static let staleQuery = """
    SELECT id, message_id FROM outbox
    WHERE office = :office AND state = 'pending' AND attempts = 0 AND day < :day AND kind <> 'digest'
      AND EXISTS (SELECT 1 FROM notice WHERE notice.office = outbox.office AND notice.message_id = outbox.message_id)
    """

  /// Nobody was told: the message's notices were never given, and its occurrences are looked at again.
  private static func planAnew(_ db: Database, office: String, messageID: String, now: Instant) throws {
    let facts: StatementArguments = ["office": office, "message": messageID, "now": now.milliseconds]
    try db.change(
      """
      UPDATE occurrence SET next_step_at = :now
      WHERE office = :office AND vanished_at IS NULL
        AND id IN (SELECT occurrence FROM notice WHERE office = :office AND message_id = :message)
      """,
      facts
    )
    try db.change(
      "DELETE FROM notice WHERE office = :office AND message_id = :message",
      ["office": office, "message": messageID]
    )
  }
}
