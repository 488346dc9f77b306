public import Deadlines
public import Messages

/// The durable memory of one service: what was adopted, answered, planned, sent and said.
///
/// Promises, tested for every store by one suite:
/// - A call that returns has been written to disk; a call that throws has changed nothing.
/// - A notice key is given once for ever, whatever is asked twice, crashes or runs beside it.
/// - What a message says and that its occurrences have advanced is one transaction.
/// - Every row belongs to an office; offices do not see one another.
/// - Times are arguments. A store never reads the clock.
/// - A cancelled task's change is still made, all of it; questions, and what begins with one (`adopt`, `claim`), may end
///   with `CancellationError` before anything is changed.
public protocol Ledger: Sendable {
  // MARK: From plan to occurrences

  /// Compares with what is adopted and takes over the difference in one transaction: new occurrences appear, those no
  /// longer given vanish (kept, never planned again unless they come back), those with another date or wording move.
  ///
  /// An occurrence whose legal date (the nominal day of a check-in) lies before `today` when it first
  /// appears is backfill; one that comes back is what it was. What was sent before is never sent again because a file
  /// changed. A plan or occurrence that did not change costs no write. `schedule` is asked for the next step of every
  /// new or moved one; of several occurrences with one id the first counts.
  func adopt(_ occurrences: [Occurrence], office: String, today: CivilDate, now: Instant, schedule: any StepClock)
    async throws -> Adoption

  /// What `adopt` would do, without doing it; `backfill` stays empty, since it depends on the day.
  func difference(_ occurrences: [Occurrence], office: String) async throws -> Adoption

  /// Works out the next step of every occurrence again, as after a change of ladders, calendar or sending window that
  /// leaves the occurrences as they are; gives back how many changed.
  func replan(office: String, schedule: any StepClock) async throws -> Int

  /// The earliest next step of any open occurrence.
  func nextStep(office: String) async throws -> Instant?

  /// Occurrences whose next step has come, by index, earliest first.
  func due(office: String, at now: Instant, limit: Int) async throws -> [TrackedOccurrence]

  /// Occurrences by id; unknown ids are left out.
  func tracked(office: String, ids: [String]) async throws -> [TrackedOccurrence]

  /// Every occurrence that has not vanished, ordered by nominal date, undated last.
  func allTracked(office: String) async throws -> [TrackedOccurrence]

  // MARK: Answers

  /// Records an answer and works out the occurrence's next step again. Throws `LedgerError.unknownOccurrence` with
  /// all unknown ids, and then changes nothing.
  func answer(_ answer: Answer, office: String, occurrences: [String], now: Instant, schedule: any StepClock)
    async throws -> [TrackedOccurrence]

  // MARK: Events

  /// Notes the day of the event that a task's words hang on; a later call for the same task moves it.
  func setEvent(_ event: EventDay, office: String, now: Instant) async throws
  /// Forgets the day; false when none was known.
  func unsetEvent(task: String, office: String, by: String, now: Instant) async throws -> Bool
  /// Every day known, ordered by task.
  func events(office: String) async throws -> [EventDay]

  // MARK: The outbox

  /// Puts messages into the outbox and advances their occurrences in one transaction. A message whose notices have
  /// all been given before is not stored; one with some is stored without those. Digests advance the digest number.
  func enqueue(_ plan: OutboxPlan, office: String, now: Instant) async throws -> [Message]

  /// Recipients and channels (`address|channel`) for which a message counting towards “one a day” was made on that
  /// civil day, which begins at `start`, or left on it, or is still on its way from an earlier one.
  ///
  /// Who was told by a channel that is none of `channels`, unless that is empty, was told by all of them; not by what was
  /// given up.
  func toldOn(_ day: CivilDate, since start: Instant, office: String, channels: [String]) async throws -> Set<String>

  /// Takes up to `limit` messages that may be sent now, most urgent first, for the caller alone until `now + lease`.
  /// The attempt is counted before it is made. Messages of held channels stay. Claims whose lease has run out are
  /// taken again with the same Message-ID. Throws `LedgerError.unreadableMessage` when the text of one cannot be read.
  func claim(office: String, channels: [String], limit: Int, now: Instant, lease: Int64) async throws
    -> [ClaimedMessage]

  /// Takes a message whose text cannot be read out of the way of the others: its notices were not given and are planned
  /// anew, word of a trouble was not told, the dead letter for which it stood has reached nobody; of what `anew` gives for
  /// its digest and address the first that is new takes its place. Nothing takes that of a trial message.
  /// - Returns: False when it can be read after all, or does not wait.
  func setAside(
    office: String,
    id: Int64,
    now: Instant,
    anew: @escaping @Sendable (Digest, String) -> [Message]
  ) async throws -> Bool

  /// When the next claim can give something: the earliest of next attempts and running-out leases among `channels`.
  func nextClaim(office: String, channels: [String]) async throws -> Instant?

  /// Records how attempts ended, in one transaction; a claim whose lease is no longer ours is left alone. A dead letter's
  /// `standIn` is put into the outbox with it, without notices given before, and the dead letter among the troubles of
  /// which people have to hear.
  func settle(_ settlements: [Settlement], office: String, now: Instant) async throws

  /// `settle`, and `claim` as the order says, in one transaction: whoever sends waits for the disk once a message.
  func settle(_ settlements: [Settlement], thenClaim order: ClaimOrder, office: String, now: Instant) async throws
    -> [ClaimedMessage]

  /// Takes back every claim, for a service that starts as the only one on its store: whoever made them has ended.
  ///
  /// The messages may have been sent: each attempt's outcome is unknown, and the next is made at `retryAt`, with the same
  /// Message-ID, instead of when the lease runs out.
  /// - Returns: How many claims were taken back.
  func takeBackClaims(office: String, retryAt: Instant, now: Instant) async throws -> Int

  /// Moves the end of leases that are still ours, for messages that are still on their way; others are left alone.
  func renew(_ claims: [ClaimedMessage], office: String, until: Instant) async throws

  /// Gives claims back unsent, as at shut-down: the attempt is not counted.
  func release(_ claims: [ClaimedMessage], office: String, now: Instant) async throws

  /// The newest `limit` messages, in the order in which they were stored.
  func outbox(office: String, filter: OutboxFilter, limit: Int) async throws -> [OutboxRow]
  func outboxRow(office: String, id: Int64) async throws -> OutboxRow?
  func attempts(office: String, id: Int64) async throws -> [DeliveryAttempt]

  /// Makes deferred, held or dead messages due at once; false when there is no such message, it was accepted, its text is
  /// no longer kept, or it was taken back and planned anew.
  func retry(office: String, id: Int64, now: Instant) async throws -> Bool
  /// Gives a message up for good, by a person; false when there is no such message, it was accepted, its text is no longer
  /// kept, or it was taken back and planned anew.
  func discard(office: String, id: Int64, by: String, now: Instant) async throws -> Bool

  /// Takes back messages of other days that surely no server has seen, and lets their occurrences be planned anew: “còn 05 ngày” must count from the day on which it leaves. Their notices were not given.
  /// - Returns: How many messages were taken back; they stay in the outbox as discarded.
  func recallUnsent(office: String, notOf day: CivilDate, now: Instant) async throws -> Int

  /// Takes back what waits for a channel that is none of `channels`, since nobody would ever send it; so many messages in
  /// one transaction that senders are not held up, and one that cannot be read as `setAside` does.
  ///
  /// Notices were not given and are planned anew; word of a trouble was not told; a trial message ends; what stood in for a
  /// dead letter is one itself. Of what `anew` gives for a digest and an address the first that is new takes the digest's
  /// place, unless the mailbox has it by another channel that is gone; a digest for which it gives nothing is a dead letter.
  /// - Returns: How many messages were taken back, by channel; they stay in the outbox as discarded, or as dead letters.
  func recallStranded(
    office: String,
    channels: [String],
    now: Instant,
    anew: @escaping @Sendable (Digest, String) -> [Message]
  ) async throws -> [String: Int]

  /// Drops the texts of up to `limit` messages that ended before `end` (accepted, dropped, discarded or given up), oldest
  /// first, and notes each with the hash of what was stored. Recipient, times, kind, notices, attempts and the record
  /// stay for ever.
  /// - Returns: How many texts were dropped; fewer than `limit` when no more are left.
  func dropTexts(office: String, endedBefore end: Instant, limit: Int, now: Instant) async throws -> Int

  // MARK: Troubles

  /// Dead letters of which somebody has still to hear, how the channels stand, and what was told of them; of recent
  /// tellings those made at or after `since`, and those on their way.
  func troubles(office: String, channels: [String], since: Instant) async throws -> Troubles

  /// Puts word of troubles into the outbox and notes who was told of what, in one transaction. What was told to the same
  /// mailbox by the same channel before is left out.
  func tell(_ plan: TellingPlan, office: String, now: Instant) async throws -> [Message]

  // MARK: Digests

  /// The last digest's number, time and facts.
  func lastDigest(office: String) async throws -> Digest?
  /// Messages accepted since then.
  func acceptedCount(office: String, since: Instant) async throws -> Int

  // MARK: A clock that was set back

  /// Notices that the clock shows less than the newest entry of the record, by more than a minute, and lets nothing wait
  /// for a time that the clock showed too early: steps are looked at again, deferred messages are due, a held channel is
  /// probed within the hour, and who was told at times yet to come no longer counts as told.
  /// - Returns: What the clock showed before; nil when it goes on as it should, and then nothing is changed.
  func noticeClockSetBack(office: String, now: Instant) async throws -> Instant?

  // MARK: Channels, arming, figures

  func channelState(office: String, channel: String) async throws -> ChannelState
  func setChannelState(_ state: ChannelState, office: String, channel: String, now: Instant) async throws
  /// Messages may leave only while armed.
  func isArmed(office: String) async throws -> Bool
  func setArmed(_ armed: Bool, office: String, by: String, reason: String, now: Instant) async throws
  /// Small facts kept between runs, as the machine's id and the last heartbeat.
  func fact(office: String, _ name: String) async throws -> String?
  func setFact(office: String, _ name: String, _ value: String) async throws
  func figures(office: String) async throws -> LedgerFigures

  // MARK: The record

  /// Everything that happened, oldest first, for all occurrences or one; for one with what became of the messages that
  /// told of it.
  func record(office: String, occurrence: String?, limit: Int) async throws -> [RecordEntry]

  /// Whether the record has that very line.
  func recordHolds(_ line: RecordMark, office: String) async throws -> Bool

  /// How far the record goes.
  func recordMark(office: String) async throws -> RecordMark

  /// Checks the hash chain from its first line to its last.
  func verifyRecord(office: String) async throws -> RecordVerdict

  func close() throws
}

/// Works out when an occurrence's next step is due; the schedule, seen from the store.
public protocol StepClock: Sendable {
  /// Nil when nothing more is to come.
  func nextStep(for tracked: TrackedOccurrence) -> Instant?
}

/// What the adoption of a configuration changes.
public struct Adoption: Sendable, Hashable, Codable {
  public var appeared: [String] = []
  public var vanished: [String] = []
  /// Other dates, unit, wording; the id stays.
  public var moved: [String] = []
  /// Of the appeared: past already, so nothing is sent until a person settles them.
  public var backfill: [String] = []

  public init() {}
  public var isEmpty: Bool { appeared.isEmpty && vanished.isEmpty && moved.isEmpty }
}

/// What somebody says about an occurrence.
public struct Answer: Sendable, Hashable, Codable {
  public enum Kind: Sendable, Hashable, Codable {
    case acknowledged
    /// Done on that civil day.
    case done(on: CivilDate)
    /// Not done after all, or past and still open: starts its ladder where it stands, with a new round of notices
    /// when it was done before.
    case reopened
  }

  public var kind: Kind
  public var by: String
  /// Number and date of the resulting document, or a note.
  public var evidence: String?

  public init(_ kind: Kind, by: String, evidence: String? = nil) {
    self.kind = kind
    self.by = by
    self.evidence = evidence
  }
}

/// The day of an event that a plan does not date, as somebody told it.
public struct EventDay: Sendable, Hashable, Codable {
  /// `plan/task`, as `153a-KH-UBND/PL.13`.
  public var task: String
  public var date: CivilDate
  public var by: String
  /// Number and date of the document that shows it, or a note.
  public var evidence: String?

  public init(task: String, date: CivilDate, by: String, evidence: String? = nil) {
    self.task = task
    self.date = date
    self.by = by
    self.evidence = evidence
  }
}

/// What one planner tick writes.
public struct OutboxPlan: Sendable {
  public var messages: [Message]
  /// Notices passed over because a later one of the same occurrence and recipient is given.
  public var superseded: [Notice]
  /// Occurrence id and its next step after this tick; nil when nothing more is to come.
  public var nextSteps: [String: Instant?]
  public var digest: Digest?

  public init(
    messages: [Message] = [],
    superseded: [Notice] = [],
    nextSteps: [String: Instant?] = [:],
    digest: Digest? = nil
  ) {
    self.messages = messages
    self.superseded = superseded
    self.nextSteps = nextSteps
    self.digest = digest
  }
}

/// A message in our hands until its lease runs out.
public struct ClaimedMessage: Sendable, Hashable {
  public var id: Int64
  public var message: Message
  /// Counted from 1, this one included.
  public var attempt: Int
  /// Proves at settling that the claim is still ours.
  public var leaseToken: String
  public var leaseUntil: Instant
  /// Of the message's notices: those whose occurrence is done by now, so that they drop out (behaviour 3.5).
  public var settledOccurrences: Set<String>
  /// From when on it grows old: when it was made, or the first that was taken back and is made anew by it; or when its channel
  /// last began to work.
  ///
  /// What waits in a held channel does not grow old.
  public var agesFrom: Instant

  public init(
    id: Int64,
    message: Message,
    attempt: Int,
    leaseToken: String,
    leaseUntil: Instant,
    settledOccurrences: Set<String>,
    agesFrom: Instant? = nil
  ) {
    self.id = id
    self.message = message
    self.attempt = attempt
    self.leaseToken = leaseToken
    self.leaseUntil = leaseUntil
    self.settledOccurrences = settledOccurrences
    self.agesFrom = agesFrom ?? message.createdAt
  }
}

/// What a sender asks for: messages of these channels, most urgent first.
public struct ClaimOrder: Sendable, Hashable {
  public var channels: [String]
  public var limit: Int
  /// Seconds for which they are the sender's alone.
  public var lease: Int64

  public init(channels: [String], limit: Int, lease: Int64) {
    self.channels = channels
    self.limit = limit
    self.lease = lease
  }
}

/// How one claim ended.
public struct Settlement: Sendable {
  public enum Next: Sendable, Hashable {
    case accepted
    /// Another attempt then.
    case again(at: Instant)
    /// Given up, kept for a human.
    case deadLetter(reason: String)
    /// Nothing left to say: all its occurrences were settled in the meantime.
    case dropped
  }

  public var claim: ClaimedMessage
  /// Nil when no attempt was made (dropped).
  public var report: DeliveryReport?
  public var next: Next
  public var attemptedAt: Instant
  /// Occurrences that dropped out before this attempt.
  public var droppedOccurrences: Set<String>
  /// Of a dead letter: the same by another channel.
  public var standIn: Message?
  /// SHA-256 in hex of the bytes that the server was given, when they may have reached it; for the record.
  public var sentDigest: String?

  public init(
    claim: ClaimedMessage,
    report: DeliveryReport?,
    next: Next,
    attemptedAt: Instant,
    droppedOccurrences: Set<String> = [],
    standIn: Message? = nil,
    sentDigest: String? = nil
  ) {
    self.claim = claim
    self.report = report
    self.next = next
    self.attemptedAt = attemptedAt
    self.droppedOccurrences = droppedOccurrences
    self.standIn = standIn
    self.sentDigest = sentDigest
  }
}

public struct DeliveryAttempt: Sendable, Hashable, Codable {
  public var number: Int
  public var at: Instant
  public var report: DeliveryReport

  public init(number: Int, at: Instant, report: DeliveryReport) {
    self.number = number
    self.at = at
    self.report = report
  }
}

public enum OutboxState: String, Sendable, Hashable, Codable, CaseIterable {
  case pending, claimed, deferred, accepted, dropped, discarded
  case deadLetter
}

public enum OutboxFilter: Sendable, Hashable {
  case all
  case states(Set<OutboxState>)
}

/// A message as the outbox shows it.
public struct OutboxRow: Sendable, Hashable {
  public var id: Int64
  public var message: Message
  public var state: OutboxState
  public var attempts: Int
  public var nextAttemptAt: Instant?
  public var lastReport: DeliveryReport?
  public var acceptedAt: Instant?
  /// What is left of a text that is no longer kept; then the message has no entries.
  public var droppedText: DroppedText?
  /// Why the text cannot be read; then the message has no entries, and of its recipient the address alone.
  public var fault: String?

  public init(
    id: Int64,
    message: Message,
    state: OutboxState,
    attempts: Int,
    nextAttemptAt: Instant?,
    lastReport: DeliveryReport?,
    acceptedAt: Instant?,
    droppedText: DroppedText? = nil,
    fault: String? = nil
  ) {
    self.id = id
    self.message = message
    self.state = state
    self.attempts = attempts
    self.nextAttemptAt = nextAttemptAt
    self.lastReport = lastReport
    self.acceptedAt = acceptedAt
    self.droppedText = droppedText
    self.fault = fault
  }

  /// The notices that the message carried, whether its text is kept or not.
  public var notices: [Notice] { droppedText?.notices ?? message.notices }
}

/// What stays of a message's text after its time.
public struct DroppedText: Sendable, Hashable {
  public var at: Instant
  /// SHA-256 in hex of what was stored; the record has it too (`textDropped`).
  public var hash: String
  public var notices: [Notice]

  public init(at: Instant, hash: String, notices: [Notice]) {
    self.at = at
    self.hash = hash
    self.notices = notices
  }
}

/// Whether a channel may send.
public struct ChannelState: Sendable, Hashable, Codable {
  /// Nil while it works; else why it is held.
  public var heldBecause: String?
  public var heldSince: Instant?
  /// When one message may be tried again.
  public var probeAt: Instant?
  public var failedProbes: Int
  /// When it last began to work again; nil when it was never held.
  public var worksSince: Instant?

  public init(
    heldBecause: String? = nil,
    heldSince: Instant? = nil,
    probeAt: Instant? = nil,
    failedProbes: Int = 0,
    worksSince: Instant? = nil
  ) {
    self.heldBecause = heldBecause
    self.heldSince = heldSince
    self.probeAt = probeAt
    self.failedProbes = failedProbes
    self.worksSince = worksSince
  }

  public var isHeld: Bool { heldBecause != nil }
}

public struct LedgerFigures: Sendable, Hashable, Codable {
  public var occurrences = 0
  public var pending = 0
  public var deferred = 0
  public var deadLetters = 0
  public var accepted = 0
  public init() {}
}

/// One line of what happened.
public struct RecordEntry: Sendable, Hashable, Codable {
  public var sequence: Int64
  public var at: Instant
  /// What happened, in one word.
  ///
  /// Of occurrences: `adopted`, `returned`, `moved`, `vanished`, `superseded`, `acknowledged`, `done`, `reopened`. Of
  /// messages: `planned`, `dropped`, `deadLetter`, `standIn`, `told`, `retried`, `discarded`, `recalled`, `textDropped`, and
  /// the outcome of each attempt. Of the service: `armed`, `held`, `restored`, `channelHeld`, `channelResumed`, `clockSetBack`. Of events
  /// that plans do not date: `eventSet`, `eventUnset`.
  public var kind: String
  public var occurrence: String?
  /// Canonical JSON of the facts.
  public var facts: String
  /// SHA-256 over the hash before it and this line, in hex.
  public var hash: String

  public init(sequence: Int64, at: Instant, kind: String, occurrence: String?, facts: String, hash: String) {
    self.sequence = sequence
    self.at = at
    self.kind = kind
    self.occurrence = occurrence
    self.facts = facts
    self.hash = hash
  }
}

public enum LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
  case unknownOccurrence([String])
  /// The stored text of that message of the outbox cannot be read: `setAside` lets the others go on.
  case unreadableMessage(number: Int64, reason: String)
  /// The store was written by a newer nhachan.
  case writtenByNewerVersion(found: String)
  /// The file is no store of ours, damaged, full, locked or not readable; the text says what to do.
  case cannotUse(path: String, reason: String, remedy: String)

  public var description: String {
    switch self {
    case .unknownOccurrence(let ids):
      "no such occurrence: \(ids.joined(separator: ", ")) — `nhachan tasks` lists them"
    case .unreadableMessage(let number, let reason):
      "message \(number) of the outbox cannot be read: \(reason)"
    case .writtenByNewerVersion(let found):
      "the store was written by a newer nhachan (schema \(found)) — use that version, or restore an older backup"
    case .cannotUse(let path, let reason, let remedy):
      "\(path): \(reason) — \(remedy)"
    }
  }
}
