public import Deadlines
internal import GRDB
public import Messages

extension SQLiteLedger {
  public func recallStranded(
    office: String,
    channels: [String],
    now: Instant,
    anew: @escaping @Sendable (Digest, String) -> [Message]
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
          var writer = try StrandedWriter(db, office: office, now: now, channels: channels, anew: anew)
          for row in rows { try writer.recall(row) }
          return rows.count
        }
        if taken > 0 { counts[channel, default: 0] += taken }
      } while taken == Self.strandedBatch
    }
    return counts
  }

  /// Messages in one transaction: dispatchers settle between two.
  private static let strandedBatch = 500

  public func setAside(
    office: String,
    id: Int64,
    now: Instant,
    anew: @escaping @Sendable (Digest, String) -> [Message]
  ) async throws -> Bool {
    try await write { db in
      let row = try db.row(
        """
        SELECT \(Self.strandedColumns) FROM outbox JOIN outbox_message USING (id)
        WHERE office = :office AND id = :id AND state IN ('pending', 'deferred', 'claimed')
        """,
        ["office": office, "id": id]
      )
      guard let row, (try? JSONText.read(row["message"]) as Message) == nil else { return false }
      var writer = try StrandedWriter(db, office: office, now: now, channels: nil, anew: anew)
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

  private static let strandedColumns =
    "id, message_id, created_at, origin, channel, recipient, kind, message"

  /// Not what is on its way still: its sender says how that ends.
  ///
  /// A walk along `outbox_ready`, which what was taken back has left.
  static let strandedQuery = """
    SELECT \(strandedColumns) FROM outbox JOIN outbox_message USING (id)
    WHERE office = :office AND channel = :channel AND ready_at IS NOT NULL AND +state IN ('pending', 'deferred')
    ORDER BY urgency, ready_at LIMIT :limit
    """
}

/// Takes back what waits for a channel that exists no longer, or what cannot be read.
///
/// What may have arrived too: on its own channel it would have gone again, and nobody can ask there any more.
private struct StrandedWriter {
  let db: Database
  let office: String
  let now: Instant
  /// The ways out that are configured; nil when nobody asked.
  let channels: [String]?
  /// A digest again for the mailbox of that address, by each of its channels as they are now.
  let anew: (Digest, String) -> [Message]
  var record: RecordWriter

  init(
    _ db: Database,
    office: String,
    now: Instant,
    channels: [String]?,
    anew: @escaping (Digest, String) -> [Message]
  ) throws {
    self.db = db
    self.office = office
    self.now = now
    self.channels = channels
    self.anew = anew
    record = try RecordWriter(db, office: office, now: now)
  }

  /// One that cannot be read must not keep those behind it, nor anything that is due.
  mutating func recall(_ row: Row) throws {
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
    case .digest(let digest): try replace(row, message, digest)
    case .test: try discard(row, because: goneReason(row))
    }
  }

  // MARK: Digests

  /// One by another channel for each, unless the mailbox has it by the old name of one.
  private mutating func replace(_ row: Row, _ message: Message, _ digest: Digest) throws {
    let others = try copies(of: digest, beside: row)
    if isToldElsewhere(others) { return try discard(row, because: goneReason(row)) }
    if try storeOne(of: candidates(for: row, digest)) {
      try SQLiteLedger.takeBack(row, db, office: office, &record)
    } else if others.contains(where: { [.pending, .claimed, .deferred, .accepted].contains($0.state) }) {
      try discard(row, because: goneReason(row))
    } else {
      try giveUp(row, message)
    }
  }

  /// What else says the same to the same mailbox; only the record knows the number of what has left long ago.
  private func copies(of digest: Digest, beside row: Row) throws -> [(channel: String, state: OutboxState?)] {
    try db.rows(
      """
      SELECT channel, state FROM outbox
      WHERE office = :office AND kind = 'digest' AND recipient = :recipient AND id <> :id AND EXISTS (
        SELECT 1 FROM record
        WHERE record.office = :office AND record.message = outbox.message_id AND record.kind = 'planned'
          AND json_extract(record.facts, '$.digest') = :number)
      """,
      ["office": office, "recipient": row["recipient"] as String, "id": row["id"] as Int64, "number": digest.number]
    ).map { ($0["channel"], OutboxState(rawValue: $0["state"])) }
  }

  private func isToldElsewhere(_ copies: [(channel: String, state: OutboxState?)]) -> Bool {
    copies.contains { $0.state == .accepted && !exists($0.channel) }
  }

  private func successors(of row: Row, _ digest: Digest) throws -> [Message] {
    try isToldElsewhere(copies(of: digest, beside: row)) ? [] : candidates(for: row, digest)
  }

  private func exists(_ channel: String) -> Bool { channels?.contains(channel) ?? true }

  /// By its own channel first, if that is still there.
  private func candidates(for row: Row, _ digest: Digest) -> [Message] {
    let own: String = row["channel"]
    let all = anew(digest, row["recipient"]).filter { exists($0.channel) }
    return all.filter { $0.channel == own } + all.filter { $0.channel != own }
  }

  /// Puts the first that is new into the outbox; false when none is.
  private mutating func storeOne(of messages: [Message]) throws -> Bool {
    var writer = EnqueueWriter(db: db, office: office, now: now, record: record)
    defer { record = writer.record }
    for message in messages where try writer.store(message) != nil { return true }
    return false
  }

  // MARK: What cannot be read

  /// What it said is known by its notices, by the troubles it told of, by the dead letter it stood for and by the number of
  /// its digest.
  mutating func setAside(_ row: Row) throws {
    let origin = (row["origin"] as String?).flatMap(Origin.init(rawValue:))
    let digests = origin == nil ? try digest(of: row).map { try successors(of: row, $0) } ?? [] : []
    let isKnown = try !digests.isEmpty || origin != nil || hasNotices(row)
    if origin != .telling { try SQLiteLedger.planAnew(db, office: office, message: row, now: now) }
    try untell(row)
    if origin == .fallback { try reopenDeadLetter(behind: row) }
    try db.change(
      "UPDATE outbox SET lease_until = NULL, lease_token = NULL WHERE office = :office AND id = :id",
      ["office": office, "id": row["id"] as Int64]
    )
    guard isKnown else { return try discard(row, because: "it cannot be read") }
    try SQLiteLedger.takeBack(row, db, office: office, &record)
    _ = try storeOne(of: digests)
  }

  /// Nil when it was none.
  private func digest(of row: Row) throws -> Digest? {
    let facts = try db.row(
      """
      SELECT digest.facts FROM digest WHERE office = :office AND number = (
        SELECT json_extract(record.facts, '$.digest') FROM record
        WHERE record.office = :office AND record.message = :message AND record.kind = 'planned'
        ORDER BY sequence DESC LIMIT 1)
      """,
      ["office": office, "message": row["message_id"] as String]
    )
    return facts.flatMap { try? JSONText.read($0["facts"]) }
  }

  private func hasNotices(_ row: Row) throws -> Bool {
    try db.row(
      "SELECT 1 FROM notice WHERE office = :office AND message_id = :message LIMIT 1",
      ["office": office, "message": row["message_id"] as String]
    ) != nil
  }

  /// The dead letter for which it stood reaches nobody now: those above have to hear of it.
  private func reopenDeadLetter(behind row: Row) throws {
    // The record has the two lines one after the other.
    try db.change(
      """
      UPDATE undelivered SET is_open = 1, is_reached = 0
      WHERE office = :office AND message_id = (
        SELECT instead.message FROM record AS planned JOIN record AS instead USING (office)
        WHERE office = :office AND planned.message = :message AND planned.kind = 'planned'
          AND instead.sequence > planned.sequence AND instead.kind = 'standIn'
          AND json_extract(instead.facts, '$.by') = :message
        ORDER BY instead.sequence LIMIT 1)
      """,
      ["office": office, "message": row["message_id"] as String]
    )
  }

  // MARK: How it ends

  /// Nobody heard of the trouble by this message; those who have to hear are told anew.
  private func untell(_ row: Row) throws {
    let facts: StatementArguments = ["office": office, "message": row["message_id"] as String]
    try SettleWriter.reopenTroubles(db, office: office, toldIn: row["message_id"])
    try db.change("DELETE FROM telling WHERE office = :office AND message_id = :message", facts)
    try db.change("DELETE FROM notice WHERE office = :office AND message_id = :message", facts)
  }

  private mutating func discard(_ row: Row, because reason: String) throws {
    try end(row, as: .discarded, because: reason)
    try record.append("discarded", ["message": .text(row["message_id"]), "by": .text(reason)])
  }

  private func goneReason(_ row: Row) -> String { "channel “\(row["channel"] as String)” is no longer configured" }

  private func end(_ row: Row, as state: OutboxState, because reason: String) throws {
    try db.change(
      "UPDATE outbox SET state = :state, given_up_because = :reason WHERE office = :office AND id = :id",
      ["office": office, "id": row["id"] as Int64, "state": state.rawValue, "reason": reason]
    )
  }

  private mutating func giveUp(_ row: Row, _ message: Message) throws {
    let reason = goneReason(row)
    try end(row, as: .deadLetter, because: reason)
    try record.append("deadLetter", ["message": .text(message.messageID), "reason": .text(reason)])
    var writer = SettleWriter(db: db, office: office, now: now, areAgesKept: false, record: record)
    try writer.bury(message, standIn: nil)
    record = writer.record
  }
}
