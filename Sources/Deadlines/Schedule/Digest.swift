/// The facts of the chair's page (behaviour 3.9), worked out and still without words.
public struct Digest: Sendable, Hashable, Codable {
  /// Counts from 1; a missing number is a missing digest.
  public var number: Int
  public var asOf: Instant
  /// The office's civil day of `asOf`.
  public var today: CivilDate
  /// When the next one comes.
  public var next: Instant
  /// True when it was made because data closed, and what period closed.
  public var closedPeriod: String?
  public var figures: Figures
  /// Longest overdue first.
  public var overdue: [Row]
  public var comingDue: [Row]
  public var byUnit: [UnitRow]
  /// Past when the plan was loaded, not settled by anybody yet.
  public var unsettled: [Row]
  /// Unclear limits and disagreements of body and appendix.
  public var unclear: [Unclear]
  /// What could not be delivered, in plain words.
  public var deliveryProblems: [String]
  /// What changed since the digest before.
  public var changes: Changes
  /// Years of open dates whose days off are not decreed yet (rule R17); nil in digests of older versions.
  public var provisionalYears: [Int]?
  /// How far the record went when it was made; nil in digests of older versions.
  public var record: RecordMark?

  /// Counted in tasks of the plans, as the office counts them.
  public struct Figures: Sendable, Hashable, Codable {
    public var tasks = 0
    public var dated = 0
    public var undated = 0
    public var doneInTime = 0
    public var doneLate = 0
    public var notYetDue = 0
    public var dueSoon = 0
    public var dueToday = 0
    public var overdue = 0
    public var unsettled = 0

    public init() {}
    public var done: Int { doneInTime + doneLate }
  }

  public struct Row: Sendable, Hashable, Codable {
    public var occurrence: String
    /// Every occurrence that the row stands for.
    public var occurrences: [String] = []
    public var planNumber: String
    public var task: String
    public var title: String
    public var period: String
    public var unit: String
    public var unitName: String
    public var nominal: CivilDate
    public var legal: CivilDate
    public var state: OccurrenceState
    /// How often the unit was urged after the legal date, and who above it was told.
    public var urgings: Int
    public var lastUrged: Instant?
    public var toldAbove: [String]

    public init(
      occurrence: String,
      planNumber: String,
      task: String,
      title: String,
      period: String,
      unit: String,
      unitName: String,
      nominal: CivilDate,
      legal: CivilDate,
      state: OccurrenceState,
      urgings: Int,
      lastUrged: Instant?,
      toldAbove: [String]
    ) {
      self.occurrence = occurrence
      self.planNumber = planNumber
      self.task = task
      self.title = title
      self.period = period
      self.unit = unit
      self.unitName = unitName
      self.nominal = nominal
      self.legal = legal
      self.state = state
      self.urgings = urgings
      self.lastUrged = lastUrged
      self.toldAbove = toldAbove
    }
  }

  /// Counted in occurrences of the calendar year: what the unit was given, done and owes.
  public struct UnitRow: Sendable, Hashable, Codable {
    public var unit: String
    public var name: String
    public var assigned = 0
    public var doneInTime = 0
    public var doneLate = 0
    public var inTime = 0
    public var overdue = 0

    public init(unit: String, name: String) {
      self.unit = unit
      self.name = name
    }
  }

  public struct Unclear: Sendable, Hashable, Codable {
    public var planNumber: String
    public var task: String
    public var title: String
    public var limit: String
    public var doubt: String

    public init(planNumber: String, task: String, title: String, limit: String, doubt: String) {
      self.planNumber = planNumber
      self.task = task
      self.title = title
      self.limit = limit
      self.doubt = doubt
    }
  }

  public struct Changes: Sendable, Hashable, Codable {
    /// Nil for the first digest.
    public var sinceNumber: Int?
    public var newlyDone: [String] = []
    public var newlyOverdue: [String] = []
    public var messagesSent = 0

    public init() {}
  }

  public init(
    number: Int,
    asOf: Instant,
    today: CivilDate,
    next: Instant,
    closedPeriod: String?,
    figures: Figures,
    overdue: [Row],
    comingDue: [Row],
    byUnit: [UnitRow],
    unsettled: [Row],
    unclear: [Unclear],
    deliveryProblems: [String],
    changes: Changes,
    provisionalYears: [Int] = []
  ) {
    self.number = number
    self.asOf = asOf
    self.today = today
    self.next = next
    self.closedPeriod = closedPeriod
    self.figures = figures
    self.overdue = overdue
    self.comingDue = comingDue
    self.byUnit = byUnit
    self.unsettled = unsettled
    self.unclear = unclear
    self.deliveryProblems = deliveryProblems
    self.changes = changes
    self.provisionalYears = provisionalYears
  }
}
