public import Deadlines
internal import GRDB
public import Messages

extension SQLiteLedger {
  public func troubles(office: String, channels: [String], since: Instant) async throws -> Troubles {
    try await read { db in
      let reader = TroubleReader(db: db, office: office)
      let deadLetters = try reader.deadLetters()
      return Troubles(
        deadLetters: deadLetters,
        channels: try channels.map { try reader.standing(of: $0) },
        recent: deadLetters.isEmpty ? [] : try reader.recent(since: since)
      )
    }
  }

  public func tell(_ plan: TellingPlan, office: String, now: Instant) async throws -> [Message] {
    try await write { db in
      var writer = EnqueueWriter(
        db: db,
        office: office,
        now: now,
        record: try RecordWriter(db, office: office, now: now)
      )
      let stored = try plan.letters.compactMap { try writer.store($0) }
      for dead in plan.closed {
        try db.change(
          "UPDATE undelivered SET is_open = 0 WHERE office = :office AND message_id = :dead",
          ["office": office, "dead": dead]
        )
      }
      return stored
    }
  }

  static let openTroublesQuery = """
    SELECT outbox.id, message, attempts, last_report, given_up_because, state, died_at, is_reached
    FROM undelivered JOIN outbox USING (office, message_id) JOIN outbox_message USING (id)
    WHERE office = :office AND is_open = 1
    ORDER BY died_at, outbox.id
    """
}

extension EnqueueWriter {
  /// Stores word of a trouble with the note of what it tells of; nil when the same was told to the same mailbox before.
  fileprivate mutating func store(_ letter: TellingPlan.Letter) throws -> Message? {
    guard let stored = try store(letter.message, origin: .telling) else { return nil }
    for subject in letter.subjects {
      try db.change(
        """
        INSERT INTO telling (office, subject, recipient, channel, message_id)
        VALUES (:office, :subject, :recipient, :channel, :message)
        ON CONFLICT DO NOTHING
        """,
        [
          "office": office, "subject": subject, "recipient": stored.recipient.address, "channel": stored.channel,
          "message": stored.messageID,
        ]
      )
      // Under the dead letter's id, so that the history of its occurrences has it.
      try record.append(
        "told",
        [
          "message": .text(Trouble.matter(of: subject)), "in": .text(stored.messageID),
          "recipient": .text(stored.recipient.address),
        ]
      )
    }
    return stored
  }
}

/// Reads where troubles stand.
private struct TroubleReader {
  let db: Database
  let office: String

  func deadLetters() throws -> [Troubles.DeadLetter] {
    try db.rows(SQLiteLedger.openTroublesQuery, ["office": office]).map(deadLetter)
  }

  private func deadLetter(_ row: Row) throws -> Troubles.DeadLetter {
    let (message, isOver) = try stillOpen(try JSONText.read(row["message"]))
    let death = try deaths(of: message.messageID)
    let report: DeliveryReport? = try (row["last_report"] as String?).map { try JSONText.read($0) }
    return Troubles.DeadLetter(
      number: row["id"],
      message: message,
      diedAt: Instant(milliseconds: row["died_at"]),
      attempts: row["attempts"],
      death: death,
      reply: report?.said ?? row["given_up_because"] ?? "",
      isReached: row["is_reached"] || isOver,
      isStillDead: row["state"] == OutboxState.deadLetter.rawValue,
      told: try tellings(
        "subject = :subject",
        ["subject": Trouble.subject(dead: message.messageID, death: death)]
      ).map(\.telling),
      toldInstead: try toldInstead(of: message)
    )
  }

  /// How often it was given up, by the record.
  private func deaths(of messageID: String) throws -> Int {
    try db.row(
      "SELECT count(*) AS deaths FROM record WHERE office = :office AND message = :message AND kind = 'deadLetter'",
      ["office": office, "message": messageID]
    )?["deaths"] ?? 1
  }

  private func toldInstead(of message: Message) throws -> [Telling] {
    guard case .trouble = message.content else { return [] }
    return try tellings(
      """
      telling.message_id <> :word
      AND subject IN (SELECT subject FROM telling WHERE office = :office AND message_id = :word)
      """,
      ["word": message.messageID]
    ).map(\.telling)
  }

  /// The message without what was done since; true when that is all of it.
  private func stillOpen(_ message: Message) throws -> (Message, isOver: Bool) {
    guard !message.notices.isEmpty else { return (message, false) }
    let settled = try db.rows(
      """
      SELECT id FROM occurrence
      WHERE office = :office AND (completion IS NOT NULL OR vanished_at IS NOT NULL)
        AND id IN (SELECT occurrence FROM notice WHERE office = :office AND message_id = :message)
      """,
      ["office": office, "message": message.messageID]
    ).map { $0["id"] as String }
    if let left = message.dropping(where: { settled.contains($0.occurrence) }) { return (left, false) }
    var empty = message
    empty.content = .notices([])
    return (empty, true)
  }

  func standing(of channel: String) throws -> Troubles.ChannelStanding {
    // The names of channels have no “|”, and “}” is the character after it.
    let told = try tellings(
      """
      (subject >= 'held|' || :name || '|' AND subject < 'held|' || :name || '}'
        OR subject >= 'works|' || :name || '|' AND subject < 'works|' || :name || '}')
      """,
      ["name": channel]
    )
    return Troubles.ChannelStanding(
      name: channel,
      held: try held(channel),
      told: told.map(\.telling),
      lastTold: try told.last.flatMap { try message($0.messageID) }
    )
  }

  private func message(_ id: String) throws -> Message? {
    try db.row(
      """
      SELECT message FROM outbox JOIN outbox_message USING (id)
      WHERE office = :office AND message_id = :id
      """,
      ["office": office, "id": id]
    ).map { try JSONText.read($0["message"]) }
  }

  private func held(_ channel: String) throws -> Trouble.HeldChannel? {
    let state = try ChannelState(db, office: office, channel: channel)
    guard let reason = state.heldBecause, let since = state.heldSince else { return nil }
    let waiting = try db.row(
      "SELECT count(*) AS waiting FROM outbox WHERE office = :office AND channel = :channel AND ready_at IS NOT NULL",
      ["office": office, "channel": channel]
    )
    return Trouble.HeldChannel(
      name: channel,
      reason: reason,
      since: since,
      waiting: waiting?["waiting"] ?? 0,
      probeAt: state.probeAt
    )
  }

  func recent(since: Instant) throws -> [Telling] {
    try tellings("(ready_at IS NOT NULL OR created_at >= :since)", ["since": since.milliseconds]).map(\.telling)
  }

  /// Oldest first.
  private func tellings(_ condition: String, _ arguments: StatementArguments) throws -> [(
    telling: Telling, messageID: String
  )] {
    try db.rows(
      """
      SELECT subject, telling.recipient, telling.channel, telling.message_id, created_at, state
      FROM telling JOIN outbox USING (office, message_id)
      WHERE office = :office AND \(condition)
      ORDER BY outbox.id
      """,
      ["office": office] + arguments
    ).map { row in
      let telling = Telling(
        subject: row["subject"],
        address: row["recipient"],
        channel: row["channel"],
        madeAt: Instant(milliseconds: row["created_at"]),
        fate: Self.fate(OutboxState(rawValue: row["state"]))
      )
      return (telling, row["message_id"])
    }
  }

  private static func fate(_ state: OutboxState?) -> Telling.Fate {
    switch state {
    case .pending, .claimed, .deferred: .unsent
    case .deadLetter: .dead
    case .accepted: .left
    case .dropped, .discarded, nil: .ended
    }
  }
}
