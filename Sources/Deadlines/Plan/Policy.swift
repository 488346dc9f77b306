/// What a notice is about, gravest last: a message takes the gravest of its notices.
public enum NoticeKind: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// A problem somebody was told about is settled.
  case settled
  case assignment
  case reminder
  case dueToday
  case overdue
  case escalation
  case digest

  private var gravity: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  public static func < (left: Self, right: Self) -> Bool { left.gravity < right.gravity }
}

/// Whom a step tells.
public enum Role: Sendable, Hashable, Codable {
  /// The unit that owns the occurrence, and the other leads, who are told the same.
  case lead
  case coordinating
  /// The head of the owning unit.
  case head
  /// The post above the owning unit's head.
  case superior
  /// The unit that follows the plan (R: the seed's IV.2.a).
  case monitor
  /// Văn phòng.
  case office
  case chair
  /// The vice-chair in charge of the owning unit.
  case viceChair
  case post(String)
  case unit(String)
}

/// One rung of a ladder, as data.
public struct LadderStep: Sendable, Hashable {
  /// Counted in working days.
  public enum When: Sendable, Hashable {
    /// When the plan is adopted.
    case adoption
    /// That many working days before the target date; 0 is the target date itself.
    case beforeTarget(Int)
    /// That many working days after the legal date and any grace.
    case afterLegal(Int)
  }

  /// `assignment`, `-10wd`, `0wd`, `+3wd`: unique within its ladder and part of the notice's key.
  public var id: String
  public var when: When
  public var to: [Role]
  public var kind: NoticeKind
  /// Given only when more than a month lies between the start of the work and the nominal date.
  public var onlyLongLimits: Bool
  /// Not given once the unit has acknowledged.
  public var unlessAcknowledged: Bool
  /// Carries a draft công văn đôn đốc for a person to sign.
  public var draftsLetter: Bool

  public init(
    when: When,
    to: [Role],
    kind: NoticeKind,
    onlyLongLimits: Bool = false,
    unlessAcknowledged: Bool = false,
    draftsLetter: Bool = false
  ) {
    self.when = when
    self.to = to
    self.kind = kind
    self.onlyLongLimits = onlyLongLimits
    self.unlessAcknowledged = unlessAcknowledged
    self.draftsLetter = draftsLetter
    self.id =
      switch when {
      case .adoption: "assignment"
      case .beforeTarget(0): "0wd"
      case .beforeTarget(let days): "-\(days)wd"
      case .afterLegal(let days): "+\(days)wd"
      }
  }
}

/// The ordered steps by which one occurrence is reminded of and escalated.
public struct Ladder: Sendable, Hashable {
  public var name: String
  public var steps: [LadderStep]

  public init(name: String, steps: [LadderStep]) {
    self.name = name
    self.steps = steps
  }

  /// The default ladder of domain section 5.1.
  public static let standard = Ladder(
    name: "standard",
    steps: [
      LadderStep(when: .adoption, to: [.lead, .coordinating], kind: .assignment),
      LadderStep(when: .beforeTarget(10), to: [.lead], kind: .reminder, onlyLongLimits: true),
      LadderStep(when: .beforeTarget(5), to: [.lead, .coordinating], kind: .reminder, onlyLongLimits: true),
      LadderStep(when: .beforeTarget(3), to: [.lead], kind: .reminder),
      LadderStep(when: .beforeTarget(1), to: [.lead, .coordinating], kind: .reminder),
      LadderStep(when: .beforeTarget(0), to: [.lead], kind: .dueToday),
      LadderStep(when: .afterLegal(1), to: [.lead, .office], kind: .overdue),
      LadderStep(when: .afterLegal(3), to: [.head, .monitor, .office], kind: .escalation),
      LadderStep(when: .afterLegal(5), to: [.chair, .viceChair], kind: .escalation, draftsLetter: true),
    ]
  )
}

/// When messages may leave: working days between two times of day.
public struct SendingWindow: Sendable, Hashable {
  public var opens: TimeOfDay
  public var closes: TimeOfDay

  public init(opens: TimeOfDay, closes: TimeOfDay) {
    self.opens = opens
    self.closes = closes
  }
}

/// How the office reminds and escalates.
public struct Policy: Sendable, Hashable {
  public var ladders: [Ladder]
  /// The ladder for a kind of limit where neither task nor plan names one.
  public var ladderByKind: [LimitKind: String]
  public var window: SendingWindow
  /// Working days before the target date from which an occurrence counts as “sắp đến hạn”.
  public var dueSoonDays: Int
  /// Working days ahead that the digest lists.
  public var digestAheadDays: Int
  /// ISO weekday of the digest: 1 for Monday.
  public var digestWeekday: Int
  /// Unit ids and post ids of the roles.
  public var monitor: String
  public var office: String
  public var chair: String
  /// Posts that get the digest.
  public var digestPosts: [String]
  /// Units that get the digest.
  public var digestUnits: [String]
  public var regime: ReportingRegime
  /// Rule R2: no overdue notice before the end of D of “trước ngày D”.
  public var gracesExclusiveDates: Bool
  /// Nil when Văn phòng looks after the service.
  public var admin: Admin?

  public init(
    ladders: [Ladder] = [.standard],
    ladderByKind: [LimitKind: String] = [:],
    window: SendingWindow,
    dueSoonDays: Int = 5,
    digestAheadDays: Int = 10,
    digestWeekday: Int = 1,
    monitor: String,
    office: String,
    chair: String,
    digestPosts: [String],
    digestUnits: [String],
    regime: ReportingRegime = .standard,
    gracesExclusiveDates: Bool = true,
    admin: Admin? = nil
  ) {
    self.ladders = ladders
    self.ladderByKind = ladderByKind
    self.window = window
    self.dueSoonDays = dueSoonDays
    self.digestAheadDays = digestAheadDays
    self.digestWeekday = digestWeekday
    self.monitor = monitor
    self.office = office
    self.chair = chair
    self.digestPosts = digestPosts
    self.digestUnits = digestUnits
    self.regime = regime
    self.gracesExclusiveDates = gracesExclusiveDates
    self.admin = admin
  }

  /// The ladder by that name, else the first, else the default one.
  public func ladder(_ name: String) -> Ladder {
    ladders.first { $0.name == name } ?? ladders.first ?? .standard
  }

  /// Task before plan before kind before the first ladder.
  public func ladderName(task: PlanTask, plan: Plan, kind: LimitKind) -> String {
    task.ladder ?? plan.ladder ?? ladderByKind[kind] ?? ladders.first?.name ?? Ladder.standard.name
  }
}
