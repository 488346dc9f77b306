public import Deadlines
internal import GRDB
internal import Messages

extension SQLiteLedger {
  public func claim(office: String, channels: [String], limit: Int, now: Instant, lease: Int64) async throws
    -> [ClaimedMessage]
  {
    // A look beside the writer first: an idle dispatcher costs no write transaction.
    guard let next = try await nextClaim(office: office, channels: channels), next <= now else { return [] }
    let order = ClaimOrder(channels: channels, limit: limit, lease: lease)
    return try await write { try Self.claim(order, $0, office: office, now: now) }
  }

  static func claim(_ order: ClaimOrder, _ db: Database, office: String, now: Instant) throws -> [ClaimedMessage] {
    let writer = ClaimWriter(db: db, office: office, now: now, until: now.adding(seconds: order.lease))
    return try writer.claim(channels: order.channels, limit: order.limit)
  }

  public func nextClaim(office: String, channels: [String]) async throws -> Instant? {
    try await read { db in
      let classes = try Urgency.leaving(db, office: office)
      return try unique(channels).compactMap { try Self.nextClaim(db, office: office, channel: $0, classes) }.min()
    }
  }

  /// A held channel gives its next message when the probe is due, if there is one then.
  private static func nextClaim(_ db: Database, office: String, channel: String, _ classes: [Urgency]) throws
    -> Instant?
  {
    let state = try ChannelState(db, office: office, channel: channel)
    let first = try classes.compactMap { urgency in
      try db.row(
        nextClaimQuery,
        ["office": office, "channel": channel, "urgency": urgency.rawValue]
      )?.instant("ready_at")
    }.min()
    guard let first, state.isHeld else { return first }
    return state.probeAt.map { max($0, first) }
  }

  public func release(_ claims: [ClaimedMessage], office: String, now: Instant) async throws {
    try await write { db in
      for claim in claims {
        try db.change(
          """
          UPDATE outbox SET
            state = CASE WHEN attempts > 1 THEN 'deferred' ELSE 'pending' END,
            attempts = attempts - 1, lease_until = NULL, lease_token = NULL
          WHERE office = :office AND id = :id AND state = 'claimed' AND lease_token = :token
          """,
          ["office": office, "id": claim.id, "token": claim.leaseToken]
        )
      }
    }
  }

  static let nextClaimQuery = """
    SELECT ready_at FROM outbox
    WHERE office = :office AND channel = :channel AND urgency = :urgency AND ready_at IS NOT NULL
    ORDER BY ready_at LIMIT 1
    """

  /// The most urgent of one channel that leave at all, a walk along `outbox_ready`: no sorting, however long the queue.
  static func readyQuery(_ classes: [Urgency]) -> String {
    """
    SELECT id, urgency, created_at, aged_since, ready_at, state, attempts, lease_until, message_id, message
    FROM outbox JOIN outbox_message USING (id)
    WHERE office = :office AND channel = :channel AND ready_at <= :now
      AND urgency IN (\(classes.map { "\($0.rawValue)" }.joined(separator: ", ")))
    ORDER BY urgency, ready_at LIMIT :limit
    """
  }
}

/// Takes messages out for one sender.
private struct ClaimWriter {
  let db: Database
  let office: String
  let now: Instant
  let until: Instant

  func claim(channels: [String], limit: Int) throws -> [ClaimedMessage] {
    let open = try unique(channels).compactMap { try OpenChannel($0, db, office: office, now: now) }
    let probes = try open.filter(\.isProbe).prefix(limit).compactMap { try probe($0.name) }
    let rows = try probes + mostUrgent(of: open.filter { !$0.isProbe }, limit: limit - probes.count)
    for channel in open where channel.isProbe && rows.contains(where: { $0.channel == channel.name }) {
      try moveProbe(of: channel.name)
    }
    let messages = try rows.map { try message($0.row) }
    let settled = try settled(among: messages)
    let agesFrom = Dictionary(open.map { ($0.name, $0.agesFrom) }, uniquingKeysWith: { first, _ in first })
    return try zip(rows, messages).map { row, message in
      var claim = try take(row.row, message, settled: settled)
      let since = row.row.instant("aged_since") ?? message.createdAt
      claim.agesFrom = max(since, (agesFrom[row.channel] ?? nil) ?? since)
      return claim
    }
  }

  private func message(_ row: Row) throws -> Message {
    do {
      return try JSONText.read(row["message"])
    } catch {
      throw LedgerError.unreadableMessage(number: row["id"], reason: "\(error)")
    }
  }

  /// What waits longest, however urgent: a message that fails as a probe waits from then on, so the next probe is
  /// another one, and no single address keeps its channel held.
  private func probe(_ channel: String) throws -> (channel: String, row: Row)? {
    try Urgency.leaving(db, office: office)
      .flatMap { try ready(channel, [$0], limit: 1) }
      .min { Self.readiness($0) < Self.readiness($1) }
      .map { (channel, $0) }
  }

  private static func readiness(_ row: Row) -> Int64 { row["ready_at"] }

  private func mostUrgent(of channels: [OpenChannel], limit: Int) throws -> [(channel: String, row: Row)] {
    let classes = try Urgency.leaving(db, office: office)
    let ready = try channels.flatMap { channel in
      try self.ready(channel.name, classes, limit: limit).map { (channel: channel.name, row: $0) }
    }
    return Array(ready.sorted { Self.rank($0.row) < Self.rank($1.row) }.prefix(limit))
  }

  /// The more urgent before the older.
  private static func rank(_ row: Row) -> (Int, Int64, Int64) { (row["urgency"], row["created_at"], row["id"]) }

  private func ready(_ channel: String, _ classes: [Urgency], limit: Int) throws -> [Row] {
    guard limit > 0 else { return [] }
    return try db.rows(
      SQLiteLedger.readyQuery(classes),
      ["office": office, "channel": channel, "now": now.milliseconds, "limit": limit]
    )
  }

  /// Counted before it is sent: a crash while sending is an attempt too.
  private func take(_ row: Row, _ message: Message, settled: Set<String>) throws -> ClaimedMessage {
    let id: Int64 = row["id"]
    let attempt: Int = row["attempts"] + 1
    if row["state"] == OutboxState.claimed.rawValue { try recordLostClaim(row, message) }
    let token = Self.freshToken()
    try db.change(
      """
      UPDATE outbox SET state = 'claimed', attempts = ?, lease_until = ?, lease_token = ?
      WHERE office = ? AND id = ?
      """,
      inOrder: [attempt, until.milliseconds, token, office, id]
    )
    let about = message.notices.filter { $0.kind != .settled }.map(\.occurrence)
    return ClaimedMessage(
      id: id,
      message: message,
      attempt: attempt,
      leaseToken: token,
      leaseUntil: until,
      settledOccurrences: settled.intersection(about)
    )
  }

  /// 128 random bits; Foundation's UUID opens /dev/urandom for every one.
  private static func freshToken() -> String {
    var random = SystemRandomNumberGenerator()
    return [random.next(), random.next()].map { (half: UInt64) in String(half, radix: 16) }.joined(separator: "-")
  }

  /// The sender before us ended without a word: it may have sent the message.
  private func recordLostClaim(_ row: Row, _ message: Message) throws {
    let attempt = SQLiteLedger.lost(row, at: Instant(milliseconds: row["lease_until"]))
    var record = try RecordWriter(db, office: office, now: now)
    try attempt.write(db, office: office, id: row["id"], messageID: message.messageID, record: &record)
  }

  /// Until the lease of the one message has run out no other probes the channel.
  private func moveProbe(of channel: String) throws {
    try db.change(
      "UPDATE channel SET probe_at = :until WHERE office = :office AND name = :channel",
      ["office": office, "channel": channel, "until": until.milliseconds]
    )
  }

  /// Of the messages' occurrences: those that are done or have vanished.
  private func settled(among messages: [Message]) throws -> Set<String> {
    let ids = Set(messages.flatMap(\.notices).map(\.occurrence))
    guard !ids.isEmpty else { return [] }
    let rows = try db.rows(
      """
      SELECT id FROM occurrence
      WHERE office = :office AND id IN (SELECT value FROM json_each(:ids))
        AND (completion IS NOT NULL OR vanished_at IS NOT NULL)
      """,
      ["office": office, "ids": JSONText.write(ids.sorted())]
    )
    return Set(rows.map { $0["id"] })
  }
}

/// A channel that may send now: freely, or one message to try it.
private struct OpenChannel {
  let name: String
  let isProbe: Bool
  /// What waited while it was held does not grow old: nil when it never was.
  let agesFrom: Instant?

  /// Nil when the channel is held and its next trial is still to come.
  init?(_ name: String, _ db: Database, office: String, now: Instant) throws {
    let state = try ChannelState(db, office: office, channel: name)
    self.name = name
    isProbe = state.isHeld
    agesFrom = state.isHeld ? now : state.worksSince
    guard state.isHeld else { return }
    guard let probeAt = state.probeAt, probeAt <= now else { return nil }
  }
}

extension Urgency {
  /// All while armed, else only trial messages.
  fileprivate static func leaving(_ db: Database, office: String) throws -> [Urgency] {
    try SQLiteLedger.isArmed(db, office: office) ? allCases : [.trial]
  }
}
