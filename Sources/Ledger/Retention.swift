public import Deadlines
internal import GRDB
internal import Messages

extension SQLiteLedger {
  public func dropTexts(office: String, endedBefore end: Instant, limit: Int, now: Instant) async throws -> Int {
    let aged = { @Sendable (db: Database, limit: Int) in
      try db.rows(Self.agedQuery, ["office": office, "end": end.milliseconds, "limit": limit])
    }
    // A look beside the writer first: on most days nothing has come of age.
    guard try await read({ try !aged($0, 1).isEmpty }) else { return 0 }
    return try await write { db in
      var record = try RecordWriter(db, office: office, now: now)
      let rows = try aged(db, limit)
      for row in rows { try Self.dropText(of: row, db, now: now, record: &record) }
      return rows.count
    }
  }

  /// What ended and was not touched since then, by the index of those that have a text still.
  ///
  /// A dead letter of which somebody has still to be told keeps its text: the telling lists what it says.
  static let agedQuery = """
    SELECT id, \(StoredMessage.columns)
    FROM outbox JOIN outbox_message USING (id) LEFT JOIN undelivered USING (office, message_id)
    WHERE office = :office AND created_at < :end AND text_dropped_at IS NULL
      AND state IN ('accepted', 'dropped', 'discarded', 'deadLetter')
      AND next_attempt_at < :end AND ifnull(accepted_at, 0) < :end
      AND ifnull(died_at, 0) < :end AND ifnull(is_open, 0) = 0
    ORDER BY created_at LIMIT :limit
    """

  /// What cannot be read is dropped as it is, and keeps the place of no other.
  private static func dropText(of row: Row, _ db: Database, now: Instant, record: inout RecordWriter) throws {
    let text: String = row["message"]
    let hash = RecordChain.digest(of: text)
    var facts = StoredMessage(row).message
    facts.content = .notices([])
    let id: Int64 = row["id"]
    try db.change(
      "UPDATE outbox_message SET message = :facts WHERE id = :id",
      ["facts": JSONText.write(facts), "id": id]
    )
    try db.change(
      "UPDATE outbox SET text_hash = :hash, text_dropped_at = :now WHERE id = :id",
      ["hash": hash, "now": now.milliseconds, "id": id]
    )
    try record.append("textDropped", ["message": .text(row["message_id"]), "sha256": .text(hash)])
  }
}

extension DroppedText {
  /// Nil while the text is there.
  init?(_ row: Row, _ db: Database, office: String, messageID: String) throws {
    guard let at = row.instant("text_dropped_at"), let hash = row["text_hash"] as String? else { return nil }
    let notices = try db.rows(
      """
      SELECT occurrence, step, kind, recipient, channel, round FROM notice
      WHERE office = :office AND message_id = :message
      ORDER BY rowid
      """,
      ["office": office, "message": messageID]
    )
    self.init(at: at, hash: hash, notices: notices.compactMap(Notice.init(row:)))
  }
}

extension Notice {
  fileprivate init?(row: Row) {
    guard let kind = NoticeKind(rawValue: row["kind"]) else { return nil }
    self.init(
      occurrence: row["occurrence"],
      step: row["step"],
      kind: kind,
      recipient: row["recipient"],
      channel: row["channel"],
      round: row["round"]
    )
  }
}
