/// One document that gives tasks with time limits.
public struct Plan: Sendable, Hashable {
  /// Its id in occurrence ids: the number with `/` written `-`, as `153a-KH-UBND`.
  public var id: String
  /// The number as issued, a string because offices insert suffixes: `153a/KH-UBND`.
  public var number: String
  /// “Kế hoạch”, “Quyết định”, “Công văn”.
  public var documentType: String
  public var title: String
  /// Who issued it, as “UBND xã Cẩm Giàng”.
  public var issuer: String
  /// The anchor of every phrase (rule R1).
  public var issued: CivilDate
  public var tasks: [PlanTask]
  public var disagreements: [Disagreement]
  public var ladder: String?

  public init(
    id: String,
    number: String,
    documentType: String,
    title: String,
    issuer: String,
    issued: CivilDate,
    tasks: [PlanTask],
    disagreements: [Disagreement] = [],
    ladder: String? = nil
  ) {
    self.id = id
    self.number = number
    self.documentType = documentType
    self.title = title
    self.issuer = issuer
    self.issued = issued
    self.tasks = tasks
    self.disagreements = disagreements
    self.ladder = ladder
  }
}

/// One row or point of a plan, in the office's words.
public struct PlanTask: Sendable, Hashable {
  /// `PL.13`, `II.5.a`.
  public var id: String
  /// Where it stands in the document, as “Phụ lục, mục 13”.
  public var section: String
  public var title: String
  public var product: String?
  /// The time limit, word for word; empty when none is stated.
  public var limit: String
  /// The first named owns the task, the others are told the same.
  public var leads: [Party]
  public var coordinating: [Party]
  /// False where the dates are nobody else's business, as with surprise inspections.
  public var tellsCoordinating: Bool
  /// What a person wrote beside the phrase in place of its reading.
  public var limitOverride: LimitOverride?
  public var ladder: String?
  /// What the clerk should know or decide, shown by `check`.
  public var notes: [String]
  public var place: SourcePlace

  public init(
    id: String,
    section: String,
    title: String,
    product: String? = nil,
    limit: String,
    leads: [Party],
    coordinating: [Party] = [],
    tellsCoordinating: Bool = true,
    limitOverride: LimitOverride? = nil,
    ladder: String? = nil,
    notes: [String] = [],
    place: SourcePlace = SourcePlace(file: "")
  ) {
    self.id = id
    self.section = section
    self.title = title
    self.product = product
    self.limit = limit
    self.leads = leads
    self.coordinating = coordinating
    self.tellsCoordinating = tellsCoordinating
    self.limitOverride = limitOverride
    self.ladder = ladder
    self.notes = notes
    self.place = place
  }
}

/// A unit or a group of units, by id.
public enum Party: Sendable, Hashable {
  case unit(String)
  case group(String)
}

/// Two places of one plan that give the same work different limits (rule R12).
///
/// Both are kept and shown; reminders go for the earlier, and neither is called overdue before the later has passed,
/// until a person has settled it.
public struct Disagreement: Sendable, Hashable {
  public var body: String
  public var appendix: String
  /// What the office may decide, in its words.
  public var proposal: String
  /// True once a person has said that each date stands for itself.
  public var isSettled: Bool

  public init(body: String, appendix: String, proposal: String, isSettled: Bool = false) {
    self.body = body
    self.appendix = appendix
    self.proposal = proposal
    self.isSettled = isSettled
  }
}
