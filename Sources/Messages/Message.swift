public import Deadlines

/// What goes to one recipient on one channel in one sending slot: a value from which the same bytes can be made at
/// every attempt.
public struct Message: Sendable, Hashable, Codable {
  /// RFC 5322 Message-ID without angle brackets, also the webhook-id.
  ///
  /// Made from what the message says, so it is the same in a rehearsal, after a crash and at every attempt.
  public var messageID: String
  public var office: String
  public var channel: String
  public var recipient: Recipient
  /// The gravest of its entries.
  public var kind: NoticeKind
  /// When it was put into the outbox.
  public var createdAt: Instant
  /// The office's civil day on which it was made: “còn 05 ngày làm việc” counts from here.
  public var today: CivilDate
  public var content: Content

  public enum Content: Sendable, Hashable, Codable {
    /// Most urgent first, one per occurrence.
    case notices([Entry])
    case digest(Digest)
    /// What could not be delivered, or a channel that is held, for the admin or for those above the recipient.
    case trouble(Trouble)
    /// A trial message that says it is one.
    case test
  }

  /// One occurrence within a message.
  public struct Entry: Sendable, Hashable, Codable {
    public var occurrence: Occurrence
    public var notice: Notice
    /// Why the recipient is told.
    public var role: Role
    public var state: OccurrenceState
    /// Working days from `today` to the target date; negative once it has passed, nil for undated tasks.
    public var workingDaysLeft: Int?
    /// True when the notice's own day has passed: the message says that it is late and why.
    public var isLate: Bool
    /// The day the notice should have gone.
    public var scheduledFor: CivilDate
    /// How often the unit was urged before (overdue and escalation notices).
    public var urgings: Int
    /// A draft công văn đôn đốc belongs to it.
    public var draftsLetter: Bool
    public var unitName: String
    public var coordinatingNames: [String]
    public var coLeadNames: [String]
    /// The completion, when the notice says that a problem is settled.
    public var completion: Progress.Completion?

    public init(
      occurrence: Occurrence,
      notice: Notice,
      role: Role,
      state: OccurrenceState,
      workingDaysLeft: Int?,
      isLate: Bool,
      scheduledFor: CivilDate,
      urgings: Int,
      draftsLetter: Bool,
      unitName: String,
      coordinatingNames: [String],
      coLeadNames: [String],
      completion: Progress.Completion? = nil
    ) {
      self.occurrence = occurrence
      self.notice = notice
      self.role = role
      self.state = state
      self.workingDaysLeft = workingDaysLeft
      self.isLate = isLate
      self.scheduledFor = scheduledFor
      self.urgings = urgings
      self.draftsLetter = draftsLetter
      self.unitName = unitName
      self.coordinatingNames = coordinatingNames
      self.coLeadNames = coLeadNames
      self.completion = completion
    }
  }

  public init(
    messageID: String,
    office: String,
    channel: String,
    recipient: Recipient,
    kind: NoticeKind,
    createdAt: Instant,
    today: CivilDate,
    content: Content
  ) {
    self.messageID = messageID
    self.office = office
    self.channel = channel
    self.recipient = recipient
    self.kind = kind
    self.createdAt = createdAt
    self.today = today
    self.content = content
  }

  public var entries: [Entry] { if case .notices(let entries) = content { entries } else { [] } }
  public var notices: [Notice] {
    if case .trouble(let trouble) = content { trouble.notices } else { entries.map(\.notice) }
  }

  /// The same message without the occurrences that `isSettled` names (behaviour 3.5); nil when nothing is left to say.
  public func dropping(where isSettled: (Notice) -> Bool) -> Message? {
    if case .trouble(let trouble) = content {
      var copy = self
      guard let left = trouble.dropping(where: isSettled) else { return nil }
      copy.content = .trouble(left)
      return copy
    }
    guard case .notices(let entries) = content else { return self }
    let left = entries.filter { !isSettled($0.notice) }
    guard let gravest = left.map(\.notice.kind).max() else { return nil }
    var copy = self
    copy.content = .notices(left)
    copy.kind = gravest
    return copy
  }
}

/// What every message of an office says about the sender.
public struct Letterhead: Sendable, Hashable {
  /// “UBND xã Cẩm Giàng”.
  public var officeName: String
  /// Whom to turn to with doubts: “Văn phòng HĐND và UBND xã”.
  public var contact: String
  public var zone: OfficeZone
  /// Mailbox and display name in From; the mailbox is the envelope sender too.
  public var fromAddress: String
  public var fromName: String
  /// Where the unit answers, when there is a portal.
  public var url: String?
  /// Where replies go, when not to the sender.
  public var replyTo: String?
  /// Working days ahead that the digest lists, as the policy says; named in its heading.
  public var digestAheadDays: Int

  public init(
    officeName: String,
    contact: String,
    zone: OfficeZone,
    fromAddress: String,
    fromName: String,
    url: String? = nil,
    replyTo: String? = nil,
    digestAheadDays: Int = 10
  ) {
    self.officeName = officeName
    self.contact = contact
    self.zone = zone
    self.fromAddress = fromAddress
    self.fromName = fromName
    self.url = url
    self.replyTo = replyTo
    self.digestAheadDays = digestAheadDays
  }
}
