public import Deadlines
internal import GRDB
internal import Messages

extension SQLiteLedger {
  public func settle(_ settlements: [Settlement], office: String, now: Instant) async throws {
    guard !settlements.isEmpty else { return }
    try await write { try Self.settle(settlements, $0, office: office, now: now) }
  }

  public func settle(
    _ settlements: [Settlement],
    thenClaim order: ClaimOrder,
    office: String,
    now: Instant
  ) async throws -> [ClaimedMessage] {
    try await write { db in
      try Self.settle(settlements, db, office: office, now: now)
      return try Self.claim(order, db, office: office, now: now)
    }
  }

  private static func settle(_ settlements: [Settlement], _ db: Database, office: String, now: Instant) throws {
    let record = try RecordWriter(db, office: office, now: now)
    let areAgesKept = try db.row("SELECT 1 FROM recalled WHERE office = :office LIMIT 1", ["office": office]) != nil
    var writer = SettleWriter(db: db, office: office, now: now, areAgesKept: areAgesKept, record: record)
    for settlement in settlements { try writer.write(settlement) }
  }

  public func attempts(office: String, id: Int64) async throws -> [DeliveryAttempt] {
    try await read { db in
      try db.rows(
        """
        SELECT number, at, report FROM attempt
        WHERE office = :office AND outbox = :id
        ORDER BY number
        """,
        ["office": office, "id": id]
      ).map { row in
        DeliveryAttempt(
          number: row["number"],
          at: Instant(milliseconds: row["at"]),
          report: try JSONText.read(row["report"])
        )
      }
    }
  }
}

/// Writes how attempts ended.
struct SettleWriter {
  let db: Database
  let office: String
  let now: Instant
  /// Whether any message was planned anew after trials in vain; rare, so it is asked once.
  let areAgesKept: Bool
  var record: RecordWriter

  mutating func write(_ settlement: Settlement) throws {
    let claim = settlement.claim
    let reportText = try settlement.report.map(JSONText.write)
    guard try update(settlement, reportText) else { return }
    if let report = settlement.report {
      let attempt = DeliveryAttempt(number: claim.attempt, at: settlement.attemptedAt, report: report)
      try attempt.write(
        db,
        office: office,
        id: claim.id,
        messageID: claim.message.messageID,
        reportText: reportText,
        sentDigest: settlement.sentDigest,
        record: &record
      )
    }
    try drop(settlement.droppedOccurrences, of: claim.message)
    switch settlement.next {
    case .again: return
    case .accepted: break
    case .deadLetter(let reason):
      // One that a person discarded on its way stays so, and is nobody's trouble.
      guard try isDead(claim.id) else { break }
      try record.append("deadLetter", ["message": .text(claim.message.messageID), "reason": .text(reason)])
      try bury(claim.message, standIn: settlement.standIn)
    case .dropped:
      try record.append("dropped", ["message": .text(claim.message.messageID)])
    }
    try forgetAge(of: claim.message)
  }

  /// How it ended is known: the next message of its occurrences has a life of its own.
  private func forgetAge(of message: Message) throws {
    guard areAgesKept else { return }
    try db.change(
      """
      DELETE FROM recalled WHERE office = :office AND (occurrence, recipient, channel) IN (
        SELECT occurrence, recipient, channel FROM notice WHERE office = :office AND message_id = :message)
      """,
      ["office": office, "message": message.messageID]
    )
  }

  /// False when the claim is no longer ours.
  ///
  /// A message that a person discarded while it was on its way stays discarded, unless the server took it: then it was
  /// told, and that is what is kept.
  private func update(_ settlement: Settlement, _ reportText: String?) throws -> Bool {
    let columns = Columns(settlement, now: now)
    return try db.change(
      """
      UPDATE outbox SET
        state = CASE WHEN state = 'discarded' AND ? THEN state ELSE ? END,
        attempts = CASE WHEN ? THEN attempts ELSE attempts - 1 END,
        next_attempt_at = ifnull(?, next_attempt_at),
        accepted_at = ?, given_up_because = ifnull(?, given_up_because),
        last_report = ifnull(?, last_report), lease_until = NULL, lease_token = NULL
      WHERE office = ? AND id = ? AND state IN ('claimed', 'discarded') AND lease_token = ?
      """,
      inOrder: [
        columns.state != .accepted, columns.state.rawValue, settlement.report != nil, columns.nextAttemptAt,
        columns.acceptedAt, columns.reason, reportText, office, settlement.claim.id, settlement.claim.leaseToken,
      ]
    ) == 1
  }

  /// Puts what stands in into the outbox, and the dead letter among the troubles of which somebody has to hear.
  mutating func bury(_ message: Message, standIn: Message?) throws {
    let isReplaced = try replace(message, by: standIn)
    try Self.reopenTroubles(db, office: office, toldIn: message.messageID)
    guard message.isTroubleToOthers else { return }
    try db.change(
      """
      INSERT INTO undelivered (office, message_id, died_at, is_reached, is_open)
      VALUES (:office, :message, :now, :reached, 1)
      ON CONFLICT DO UPDATE SET died_at = :now, is_reached = :reached, is_open = 1
      """,
      [
        "office": office, "message": message.messageID, "now": now.milliseconds,
        "reached": try isReplaced || message.isTelling || isToldElsewhere(message),
      ]
    )
  }

  private func isDead(_ id: Int64) throws -> Bool {
    try db.row(
      "SELECT 1 FROM outbox WHERE office = :office AND id = :id AND state = 'deadLetter'",
      ["office": office, "id": id]
    ) != nil
  }

  /// False when there is nothing to stand in, or all of it was given before.
  private mutating func replace(_ message: Message, by standIn: Message?) throws -> Bool {
    guard let standIn else { return false }
    var writer = EnqueueWriter(db: db, office: office, now: now, record: record)
    guard let stored = try writer.store(standIn, origin: .fallback) else { return false }
    record = writer.record
    try record.append(
      "standIn",
      ["message": .text(message.messageID), "by": .text(stored.messageID), "channel": .text(stored.channel)]
    )
    // Whoever was to hear of a trouble by the first hears of it by the second.
    try db.change(
      """
      INSERT INTO telling (office, subject, recipient, channel, message_id)
      SELECT office, subject, recipient, :channel, :standIn FROM telling
      WHERE office = :office AND message_id = :message
      ON CONFLICT DO NOTHING
      """,
      ["office": office, "channel": stored.channel, "standIn": stored.messageID, "message": message.messageID]
    )
    return true
  }

  /// Word that did not arrive has to reach somebody else.
  static func reopenTroubles(_ db: Database, office: String, toldIn messageID: String) throws {
    try db.change(
      """
      UPDATE undelivered SET is_open = 1
      WHERE office = :office
        -- a subject is a Message-ID, followed by a blank and the number of its death from the second on
        AND message_id IN (
          SELECT substr(subject, 1, instr(subject || ' ', ' ') - 1) FROM telling
          WHERE office = :office AND message_id = :message)
      """,
      ["office": office, "message": messageID]
    )
  }

  /// True when each of its notices is on its way to the same mailbox by another channel, or has arrived; good news need
  /// not be handed on.
  private func isToldElsewhere(_ message: Message) throws -> Bool {
    guard !message.notices.isEmpty else { return false }
    return try db.row(
      """
      SELECT 1 FROM notice
      WHERE office = :office AND message_id = :message AND kind <> 'settled' AND dropped_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM notice AS twin JOIN outbox ON outbox.office = twin.office AND outbox.message_id = twin.message_id
        WHERE twin.office = notice.office AND twin.occurrence = notice.occurrence AND twin.step = notice.step
          AND twin.recipient = notice.recipient AND twin.round = notice.round AND twin.channel <> notice.channel
          AND twin.dropped_at IS NULL AND outbox.state IN ('pending', 'claimed', 'deferred', 'accepted'))
      LIMIT 1
      """,
      ["office": office, "message": message.messageID]
    ) == nil
  }

  /// Once per notice, however often the message is tried.
  private mutating func drop(_ occurrences: Set<String>, of message: Message) throws {
    for notice in message.notices where occurrences.contains(notice.occurrence) {
      let isNew = try db.change(
        """
        UPDATE notice SET dropped_at = :now
        WHERE office = :office AND key = :key AND message_id = :message AND dropped_at IS NULL
        """,
        ["office": office, "key": notice.key, "message": message.messageID, "now": now.milliseconds]
      )
      guard isNew == 1 else { continue }
      try record.append(
        "dropped",
        occurrence: notice.occurrence,
        ["message": .text(message.messageID), "notice": .text(notice.key)]
      )
    }
  }

  /// What the row holds afterwards.
  private struct Columns {
    var state: OutboxState
    var nextAttemptAt: Int64?
    var acceptedAt: Int64?
    var reason: String?

    init(_ settlement: Settlement, now: Instant) {
      switch settlement.next {
      case .accepted:
        state = .accepted
        acceptedAt = settlement.attemptedAt.milliseconds
      case .again(let at):
        state = settlement.report == nil && settlement.claim.attempt == 1 ? .pending : .deferred
        // A wait counts from its attempt: one made by a clock that was ahead says nothing about now.
        nextAttemptAt = min(at, settlement.attemptedAt > now.adding(seconds: 60) ? now : at).milliseconds
      case .deadLetter(let why):
        state = .deadLetter
        reason = why
      case .dropped:
        state = .dropped
      }
    }
  }
}

extension Message {
  /// Says itself that something did not arrive: those above the first recipient hear of that, not of this.
  fileprivate var isTelling: Bool { if case .trouble = content { true } else { false } }

  /// False for a trial message, whose sender looks himself, and for word to the admin, who is the last to hear.
  fileprivate var isTroubleToOthers: Bool {
    switch content {
    case .notices, .digest: true
    case .trouble(let trouble): !trouble.isForAdmin
    case .test: false
    }
  }
}

extension DeliveryAttempt {
  /// Adds the attempt and its line of the record; `reportText` is the report as JSON where it is written already.
  func write(
    _ db: Database,
    office: String,
    id: Int64,
    messageID: String,
    reportText: String? = nil,
    sentDigest: String? = nil,
    record: inout RecordWriter
  ) throws {
    try db.change(
      """
      INSERT INTO attempt (office, outbox, number, at, outcome, report)
      VALUES (?, ?, ?, ?, ?, ?)
      """,
      inOrder: [office, id, number, at.milliseconds, report.outcome.rawValue, reportText ?? JSONText.write(report)]
    )
    try record.append(
      report.outcome.rawValue,
      [
        "message": .text(messageID), "attempt": .number(Int64(number)), "at": .number(at.milliseconds),
        "replyCode": report.replyCode.map { .number(Int64($0)) },
        "reply": report.reply.isEmpty ? nil : .text(report.reply),
        "relay": report.relay.map { .text($0) },
        "sent": sentDigest.map { .text($0) },
      ]
    )
  }
}
