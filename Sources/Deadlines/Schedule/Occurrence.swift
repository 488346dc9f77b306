/// One obligation of one unit for one period, with everything a message about it must say.
///
/// It is a snapshot: what was told stays what was told when the plan's words change later.
public struct Occurrence: Sendable, Hashable, Codable {
  /// plan / task / clause / period / unit, as `153a-KH-UBND/PL.13/report/2026/vhxh`.
  ///
  /// Never changes when an unrelated line of the plan changes.
  public var id: String
  public var plan: PlanReference
  public var task: String
  public var section: String
  public var title: String
  public var product: String?
  /// The time limit word for word; empty when none is stated.
  public var limit: String
  public var kind: LimitKind
  /// The unit that answers for it.
  public var unit: String
  /// True when the document names the unit's head rather than the unit.
  public var meansHead: Bool
  /// Units named as leads after the owner: told the same.
  public var coLeads: [String]
  public var coordinating: [String]
  /// False where the coordinating units are not to be told.
  public var tellsCoordinating: Bool
  /// Nil when the task has no date at all.
  public var due: DueDate?
  /// The last day on which it is not overdue: the legal date, or later by the grace of rule R2 or the disagreement of
  /// rule R12.
  ///
  /// Nil for check-ins and undated tasks, which are never overdue (rule R6).
  public var overdueAfter: CivilDate?
  /// More than a month from the start of the work to the nominal date.
  public var isLongLimit: Bool
  /// True for the one occurrence of a task and unit that carries the notice of assignment.
  public var carriesAssignment: Bool
  public var ladder: String
  /// What a person should confirm.
  public var doubts: [String]

  public struct PlanReference: Sendable, Hashable, Codable {
    public var id: String
    public var number: String
    public var documentType: String
    public var issuer: String
    public var issued: CivilDate

    public init(_ plan: Plan) {
      id = plan.id
      number = plan.number
      documentType = plan.documentType
      issuer = plan.issuer
      issued = plan.issued
    }
  }

  /// A question for the reporting period rather than a due date (rule R6).
  public var isCheckIn: Bool { due?.kind == .continuous }
  /// A real due date that can become overdue.
  public var isDated: Bool { overdueAfter != nil }
  /// `plan/task`, what the digest counts.
  public var taskKey: String { "\(plan.id)/\(task)" }
}

/// What has happened to an occurrence since it was adopted.
public struct Progress: Sendable, Hashable, Codable {
  public var adoptedAt: Instant
  /// Its legal date was past when the plan was first loaded; nothing is sent until a person settles it.
  public var isBackfill: Bool
  /// It was backfill once, and a person said that it is still open.
  public var wasBackfill: Bool
  public var acknowledgedAt: Instant?
  public var completion: Completion?
  /// How often it was reopened; a notice is given once per round.
  public var round: Int
  public var given: [GivenNotice]

  public struct Completion: Sendable, Hashable, Codable {
    /// The day on which the work was done, which decides between in time and late.
    public var on: CivilDate
    public var recordedAt: Instant
    public var by: String
    /// Number and date of the resulting document, or a note.
    public var evidence: String?

    public init(on: CivilDate, recordedAt: Instant, by: String, evidence: String?) {
      self.on = on
      self.recordedAt = recordedAt
      self.by = by
      self.evidence = evidence
    }
  }

  /// A notice that was put into a message, or passed over because a later one was given.
  public struct GivenNotice: Sendable, Hashable, Codable {
    public var step: String
    public var kind: NoticeKind
    public var recipient: String
    public var channel: String
    public var round: Int
    public var at: Instant
    public var isSuperseded: Bool
    /// Its message was given up, and nothing took its place.
    public var isLost: Bool

    public init(
      step: String,
      kind: NoticeKind,
      recipient: String,
      channel: String,
      round: Int,
      at: Instant,
      isSuperseded: Bool,
      isLost: Bool = false
    ) {
      self.step = step
      self.kind = kind
      self.recipient = recipient
      self.channel = channel
      self.round = round
      self.at = at
      self.isSuperseded = isSuperseded
      self.isLost = isLost
    }
  }

  public init(
    adoptedAt: Instant,
    isBackfill: Bool = false,
    wasBackfill: Bool = false,
    acknowledgedAt: Instant? = nil,
    completion: Completion? = nil,
    round: Int = 0,
    given: [GivenNotice] = []
  ) {
    self.adoptedAt = adoptedAt
    self.isBackfill = isBackfill
    self.wasBackfill = wasBackfill
    self.acknowledgedAt = acknowledgedAt
    self.completion = completion
    self.round = round
    self.given = given
  }
}

/// An occurrence with what has happened to it.
public struct TrackedOccurrence: Sendable, Hashable {
  public var occurrence: Occurrence
  public var progress: Progress

  public init(_ occurrence: Occurrence, _ progress: Progress) {
    self.occurrence = occurrence
    self.progress = progress
  }
}

/// One step of one occurrence for one recipient and channel.
public struct Notice: Sendable, Hashable, Codable {
  public var occurrence: String
  public var step: String
  public var kind: NoticeKind
  public var recipient: String
  public var channel: String
  public var round: Int

  public init(occurrence: String, step: String, kind: NoticeKind, recipient: String, channel: String, round: Int) {
    self.occurrence = occurrence
    self.step = step
    self.kind = kind
    self.recipient = recipient
    self.channel = channel
    self.round = round
  }

  /// Unique for ever within an office: a notice is given once.
  public var key: String {
    let base = "\(occurrence)|\(step)|\(recipient)|\(channel)"
    return round == 0 ? base : "\(base)|\(round)"
  }
}
