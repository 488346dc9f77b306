public import Deadlines
internal import GRDB
public import Messages

extension SQLiteLedger {
  public func enqueue(_ plan: OutboxPlan, office: String, now: Instant) async throws -> [Message] {
    try await write { db in
      var writer = EnqueueWriter(
        db: db,
        office: office,
        now: now,
        record: try RecordWriter(db, office: office, now: now)
      )
      return try writer.write(plan)
    }
  }

  public func toldOn(
    _ day: CivilDate,
    since start: Instant,
    office: String,
    channels: [String]
  ) async throws -> Set<String> {
    try await read { db in
      let told = try db.rows(
        Self.toldQuery,
        ["office": office, "day": day.description, "start": start.milliseconds]
      )
      return told.reduce(into: []) { mailboxes, row in
        let (recipient, channel): (String, String) = (row["recipient"], row["channel"])
        mailboxes.insert("\(recipient)|\(channel)")
        guard !channels.isEmpty, !channels.contains(channel), row["state"] != OutboxState.deadLetter.rawValue else {
          return
        }
        mailboxes.formUnion(channels.map { "\(recipient)|\($0)" })
      }
    }
  }

  /// Made that day, or still on its way from another, or delivered that day.
  ///
  /// A message that was dropped or discarded has told nobody; one made by a clock that was ahead told on no such day.
  static let toldQuery = """
    SELECT recipient, channel, state FROM outbox
    WHERE office = :office AND day = :day AND counts_as_told = 1 AND state NOT IN ('dropped', 'discarded')
      AND \(isOfThisClock("created_at"))
    UNION
    SELECT recipient, channel, state FROM outbox
    WHERE office = :office AND state IN ('pending', 'claimed', 'deferred') AND counts_as_told = 1
    UNION
    SELECT recipient, channel, state FROM outbox
    WHERE office = :office AND accepted_at >= :start AND counts_as_told = 1 AND \(isOfThisClock("accepted_at"))
    """

  /// Not at a time that was yet to come when the clock was set back.
  private static func isOfThisClock(_ time: String) -> String {
    """
    NOT EXISTS (
      SELECT 1 FROM fact AS corrected JOIN fact AS newest USING (office)
      WHERE office = outbox.office AND corrected.name = 'clockSetBackAt' AND newest.name = 'clockSetBackNewest'
        AND outbox.id <= CAST(newest.value AS INTEGER) AND outbox.\(time) > CAST(corrected.value AS INTEGER))
    """
  }
}

/// Why a message is in the outbox that the planner did not make.
enum Origin: String {
  /// Stands in for a dead letter, by another channel.
  case fallback
  /// Says that something did not arrive.
  case telling
}

/// Writes what one planner tick, or one look at the troubles, has decided.
struct EnqueueWriter {
  let db: Database
  let office: String
  let now: Instant
  var record: RecordWriter

  mutating func write(_ plan: OutboxPlan) throws -> [Message] {
    let isDigestOurs = try plan.digest.map { try insert($0) } ?? true
    let stored = try plan.messages.filter { isDigestOurs || !$0.isDigest }.compactMap { try store($0) }
    // Superseded after given: a notice that a message carries is never marked as passed over.
    for notice in plan.superseded { try supersede(notice) }
    for (occurrence, next) in plan.nextSteps { try advance(occurrence, to: next) }
    return stored
  }

  /// False when the number is not the next one: another process has made this digest.
  private func insert(_ digest: Digest) throws -> Bool {
    try db.change(
      """
      INSERT INTO digest (office, number, at, facts)
      SELECT :office, :number, :at, :facts
      WHERE :number = (SELECT ifnull(max(number), 0) + 1 FROM digest WHERE office = :office)
      """,
      [
        "office": office, "number": digest.number, "at": digest.asOf.milliseconds, "facts": JSONText.write(digest),
      ]
    ) == 1
  }

  /// Gives the message's notices and stores what of it was not given before; nil when nothing was left.
  mutating func store(_ message: Message, origin: Origin? = nil) throws -> Message? {
    var candidate = message
    if try isTaken(message.messageID) {
      // Notices decide: new ones are never lost, even if another message has the id by which these came.
      guard try !message.entries.isEmpty || isTakenBack(message.messageID) else { return nil }
      candidate.messageID = try freeID(like: message.messageID)
    }
    guard let left = try giving(candidate) else { return nil }
    let text = try JSONText.write(left)
    guard try insert(left, as: text, origin) else { return nil }
    try recordPlanned(left, as: text, origin)
    return left
  }

  private mutating func recordPlanned(_ message: Message, as text: String, _ origin: Origin?) throws {
    let keys = message.notices.map(\.key)
    try record.append(
      "planned",
      [
        "message": .text(message.messageID), "kind": .text(message.kind.rawValue), "channel": .text(message.channel),
        "recipient": .text(message.recipient.address), "unit": message.recipient.unit.map { .text($0) },
        "notices": keys.isEmpty ? nil : .texts(keys), "digest": message.digestNumber.map { .number(Int64($0)) },
        "origin": origin.map { .text($0.rawValue) },
        "stored": .text(RecordChain.digest(of: text)),
      ]
    )
  }

  private func isTaken(_ messageID: String) throws -> Bool {
    try db.row(
      "SELECT 1 FROM outbox WHERE office = :office AND message_id = :id",
      ["office": office, "id": messageID]
    ) != nil
  }

  /// The newest message of that id was taken back before it left, so what takes its place is new.
  private func isTakenBack(_ messageID: String) throws -> Bool {
    try db.row(
      "SELECT 1 FROM outbox WHERE office = :office AND message_id = :id AND state = 'discarded' AND given_up_because = :why",
      ["office": office, "id": try ids(like: messageID).taken, "why": SQLiteLedger.recalledReason]
    ) != nil
  }

  private func freeID(like messageID: String) throws -> String { try ids(like: messageID).free }

  /// The last one that is taken, and the first that is not.
  private func ids(like messageID: String) throws -> (taken: String, free: String) {
    var taken = messageID
    var number = 2
    while try isTaken("\(number).\(messageID)") {
      taken = "\(number).\(messageID)"
      number += 1
    }
    return (taken, "\(number).\(messageID)")
  }

  private func giving(_ message: Message) throws -> Message? {
    var kept: Set<String> = []
    for notice in message.notices where try give(notice, in: message.messageID) { kept.insert(notice.key) }
    // Of a key that comes twice in one message the first entry counts.
    return message.dropping { kept.remove($0.key) == nil }
  }

  /// False when it was given before; what a clock that was ahead passed over for later than now is open again.
  private func give(_ notice: Notice, in messageID: String?) throws -> Bool {
    try db.change(
      """
      INSERT INTO notice (
        office, key, occurrence, step, kind, recipient, channel, round, at, is_superseded, message_id)
      VALUES (
        :office, :key, :occurrence, :step, :kind, :recipient, :channel, :round, :at, :superseded, :message)
      ON CONFLICT (office, key) DO UPDATE SET at = :at, is_superseded = :superseded, message_id = :message
        WHERE is_superseded = 1 AND at > :at
      """,
      [
        "office": office, "key": notice.key, "occurrence": notice.occurrence, "step": notice.step,
        "kind": notice.kind.rawValue, "recipient": notice.recipient, "channel": notice.channel,
        "round": notice.round, "at": now.milliseconds, "superseded": messageID == nil, "message": messageID,
      ]
    ) == 1
  }

  private func insert(_ message: Message, as text: String, _ origin: Origin?) throws -> Bool {
    guard try insertRow(for: message, origin) else { return false }
    try db.change("INSERT INTO outbox_message (id, message) VALUES (last_insert_rowid(), :text)", ["text": text])
    return true
  }

  private func insertRow(for message: Message, _ origin: Origin?) throws -> Bool {
    try db.change(
      """
      INSERT INTO outbox (
        office, message_id, channel, recipient, kind, urgency, day, counts_as_told, created_at, state,
        next_attempt_at, origin, aged_since)
      VALUES (
        :office, :id, :channel, :recipient, :kind, :urgency, :day, :told, :created, 'pending', :now, :origin,
        -- of what the planner makes only; a clock that was ahead makes nothing younger
        (SELECT min(min(since), :created) FROM recalled JOIN notice USING (office, occurrence, recipient, channel)
          WHERE office = :office AND notice.message_id = :id AND :origin IS NULL))
      ON CONFLICT (office, message_id) DO NOTHING
      """,
      [
        "office": office, "id": message.messageID, "channel": message.channel,
        "recipient": message.recipient.address, "kind": message.kind.rawValue,
        "urgency": Urgency(of: message).rawValue, "day": message.today.description,
        "told": origin == nil && message.countsAsTold,
        "created": message.createdAt.milliseconds, "now": now.milliseconds,
        "origin": origin?.rawValue,
      ]
    ) == 1
  }

  private mutating func supersede(_ notice: Notice) throws {
    guard try give(notice, in: nil) else { return }
    try record.append("superseded", occurrence: notice.occurrence, ["notice": .text(notice.key)])
  }

  /// Sets the next step, unless an answer came that no tick has seen for sure: then its own next step stands, once,
  /// and the next look works with it.
  ///
  /// No comparing of clocks: the answer comes from another process.
  private func advance(_ occurrence: String, to next: Instant?) throws {
    try db.change(
      """
      UPDATE occurrence SET
        next_step_at = CASE WHEN answered_at IS NULL THEN :next ELSE next_step_at END,
        answered_at = NULL
      WHERE office = :office AND id = :id
      """,
      ["office": office, "id": occurrence, "next": next?.milliseconds]
    )
  }
}

/// The order in which messages leave, most urgent first: defined here only.
enum Urgency: Int, CaseIterable {
  /// Somebody waits for it, and it goes while the service is not armed.
  case trial
  case escalation
  case overdue
  case dueToday
  case digest
  case reminder
  case assignment
  case settled

  init(of message: Message) {
    if case .test = message.content {
      self = .trial
      return
    }
    switch message.kind {
    case .escalation: self = .escalation
    case .overdue: self = .overdue
    case .dueToday: self = .dueToday
    case .digest: self = .digest
    case .reminder: self = .reminder
    case .assignment: self = .assignment
    case .settled: self = .settled
    }
  }
}

extension Message {
  fileprivate var isDigest: Bool { digestNumber != nil }
  // Not inlined: Swift 6.3's optimiser aborts (“outside of lifetime use”, CopyPropagation) when it is.
  @inline(never)
  fileprivate var digestNumber: Int? { if case .digest(let digest) = content { digest.number } else { nil } }

  /// Counts towards “one a day” (behaviour 3.4): says something besides escalations and settled problems.
  fileprivate var countsAsTold: Bool {
    notices.contains { $0.kind != .escalation && $0.kind != .settled && $0.kind != .digest }
  }
}
