public import Deadlines
internal import GRDB
public import Messages

extension SQLiteLedger {
  public func recallStranded(
    office: String,
    channels: [String],
    now: Instant,
    anew: @escaping @Sendable (Message) -> [Message]
  ) async throws -> [String: Int] {
    // A look beside the writer first: hardly ever is there anything.
    let stranded = try await read { try Self.stranded(db: $0, office: office, channels) }
    var counts: [String: Int] = [:]
    for channel in stranded {
      // Should it come back, what waits there then is of its own age.
      try await write { db in
        try db.change(
          "DELETE FROM recalled WHERE office = :office AND channel = :channel",
          ["office": office, "channel": channel]
        )
      }
      var taken = 0
      repeat {
        taken = try await write { db in
          let rows = try db.rows(
            Self.strandedQuery,
            ["office": office, "channel": channel, "limit": Self.strandedBatch]
          )
          var writer = try StrandedWriter(db, office: office, now: now)
          for row in rows { try writer.recall(row, anew: anew) }
          return rows.count
        }
        if taken > 0 { counts[channel, default: 0] += taken }
      } while taken == Self.strandedBatch
    }
    return counts
  }

  /// Messages in one transaction: dispatchers settle between two.
  private static let strandedBatch = 500

  public func setAside(office: String, id: Int64, now: Instant) async throws -> Bool {
    try await write { db in
      let row = try db.row(
        """
        SELECT id, message_id, created_at, origin, channel, message FROM outbox JOIN outbox_message USING (id)
        WHERE office = :office AND id = :id AND state IN ('pending', 'deferred', 'claimed')
        """,
        ["office": office, "id": id]
      )
      guard let row, (try? JSONText.read(row["message"]) as Message) == nil else { return false }
      var writer = try StrandedWriter(db, office: office, now: now)
      try writer.setAside(row)
      return true
    }
  }

  /// Channels for which something waits, and which are none of `channels`.
  private static func stranded(db: Database, office: String, _ channels: [String]) throws -> [String] {
    try db.rows(waitingChannels, ["office": office]).map { $0["channel"] }.filter { !channels.contains($0) }
  }

  /// One step in `outbox_ready` for each channel, however much waits.
  private static let waitingChannels = """
    WITH RECURSIVE waiting (channel) AS (
      SELECT min(channel) FROM outbox WHERE office = :office AND ready_at IS NOT NULL
      UNION ALL
      SELECT (SELECT min(channel) FROM outbox WHERE office = :office AND ready_at IS NOT NULL
        AND channel > waiting.channel) FROM waiting WHERE waiting.channel IS NOT NULL)
    SELECT channel FROM waiting WHERE channel IS NOT NULL
    """

  /// Not what is on its way still: its sender says how that ends.
  ///
  /// A walk along `outbox_ready`, which what was taken back has left.
  static let strandedQuery = """
    SELECT id, message_id, created_at, origin, channel, message FROM outbox JOIN outbox_message USING (id)
    WHERE office = :office AND channel = :channel AND ready_at IS NOT NULL AND +state IN ('pending', 'deferred')
    ORDER BY urgency, ready_at LIMIT :limit
    """
}

/// Takes back what waits for a channel that exists no longer.
///
/// What may have arrived too: on its own channel it would have gone again, and nobody can ask there any more.
private struct StrandedWriter {
  let db: Database
  let office: String
  let now: Instant
  var record: RecordWriter

  init(_ db: Database, office: String, now: Instant) throws {
    self.db = db
    self.office = office
    self.now = now
    record = try RecordWriter(db, office: office, now: now)
  }

  /// One that cannot be read must not keep those behind it, nor anything that is due.
  mutating func recall(_ row: Row, anew: (Message) -> [Message]) throws {
    guard let message: Message = try? JSONText.read(row["message"]) else { return try setAside(row) }
    let isStandIn = row["origin"] as String? == Origin.fallback.rawValue
    switch message.content {
    case .trouble:
      try SQLiteLedger.takeBack(row, db, office: office, &record)
      try untell(row)
    // Its message was given up, and the planner would not make it again.
    case .notices where isStandIn, .digest where isStandIn: try giveUp(row, message)
    case .notices:
      try SQLiteLedger.planAnew(db, office: office, message: row, now: now)
      try SQLiteLedger.takeBack(row, db, office: office, &record)
    case .digest:
      try SQLiteLedger.takeBack(row, db, office: office, &record)
      try put(anew(message))
    case .test: try discard(row)
    }
  }

  /// What it said is known by its notices and by the troubles it told of alone.
  mutating func setAside(_ row: Row) throws {
    if row["origin"] as String? == Origin.telling.rawValue {
      try untell(row)
    } else {
      try SQLiteLedger.planAnew(db, office: office, message: row, now: now)
    }
    try db.change(
      "UPDATE outbox SET lease_until = NULL, lease_token = NULL WHERE office = :office AND id = :id",
      ["office": office, "id": row["id"] as Int64]
    )
    try SQLiteLedger.takeBack(row, db, office: office, &record)
  }

  /// Nobody heard of the trouble by this message; those who have to hear are told anew.
  private func untell(_ row: Row) throws {
    let facts: StatementArguments = ["office": office, "message": row["message_id"] as String]
    try SettleWriter.reopenTroubles(db, office: office, toldIn: row["message_id"])
    try db.change("DELETE FROM telling WHERE office = :office AND message_id = :message", facts)
    try db.change("DELETE FROM notice WHERE office = :office AND message_id = :message", facts)
  }

  private mutating func put(_ messages: [Message]) throws {
    var writer = EnqueueWriter(db: db, office: office, now: now, record: record)
    for message in messages { _ = try writer.store(message) }
    record = writer.record
  }

  private mutating func discard(_ row: Row) throws {
    try end(row, as: .discarded)
    try record.append("discarded", ["message": .text(row["message_id"]), "by": .text(reason(row))])
  }

  private func reason(_ row: Row) -> String { "channel “\(row["channel"] as String)” is no longer configured" }

  private func end(_ row: Row, as state: OutboxState) throws {
    try db.change(
      "UPDATE outbox SET state = :state, given_up_because = :reason WHERE office = :office AND id = :id",
      ["office": office, "id": row["id"] as Int64, "state": state.rawValue, "reason": reason(row)]
    )
  }

  private mutating func giveUp(_ row: Row, _ message: Message) throws {
    let reason = reason(row)
    try end(row, as: .deadLetter)
    try record.append("deadLetter", ["message": .text(message.messageID), "reason": .text(reason)])
    var writer = SettleWriter(db: db, office: office, now: now, areAgesKept: false, record: record)
    try writer.bury(message, standIn: nil)
    record = writer.record
  }
}
