/// What a task's words mean with what is known of the event they hang on.
struct TaskReading {
  /// A clause whose dates wait for an event, with its key in occurrence ids.
  struct WaitingClause {
    var key: String
    var kind: LimitKind
    var words: String
  }

  let limit: TimeLimit
  /// The day of the event, where the words hang on one.
  let event: CivilDate?
  let waitingClauses: [WaitingClause]
  /// What a person should confirm about the reading; nothing where an override takes its place.
  let doubts: [String]
  /// What is said of the occurrences that wait for the event.
  let waitingDoubts: [String]
  /// Where an event date has changed a clause's kind: its key with the date, and the one without.
  private let keysBefore: [String: String]

  init(_ task: PlanTask, of plan: Plan, event: CivilDate?, limits: inout PlanLimits) {
    let undated = limits.limit(of: task, event: nil)
    let waiting = task.limitOverride == nil ? zip(undated.clauses, undated.clauseKeys).filter(\.0.awaitsEvent) : []
    guard !waiting.isEmpty else {
      limit = undated
      self.event = nil
      waitingClauses = []
      doubts = task.limitOverride == nil && undated.needsConfirmation ? undated.notes : []
      waitingDoubts = []
      keysBefore = [:]
      return
    }
    // With any day for the event only those doubts are left that its day does not settle.
    let dated = limits.limit(of: task, event: event ?? plan.issued)
    let rest = dated.needsConfirmation ? dated.notes : []
    limit = event == nil ? undated : dated
    self.event = event
    if event == nil {
      waitingClauses = waiting.map { WaitingClause(key: $1, kind: $0.kind, words: $0.words) }
      doubts = rest
      waitingDoubts = [Self.waitingText(waiting.map(\.0.words), task: "\(plan.id)/\(task.id)")]
      keysBefore = [:]
    } else {
      waitingClauses = []
      doubts = rest + (dated.hasUncountedEvent ? [Self.uncountedText] : [])
      waitingDoubts = []
      let keys = zip(dated.clauseKeys, undated.clauseKeys)
      keysBefore = dated.clauses.count == undated.clauses.count ? Dictionary(keys) { first, _ in first } : [:]
    }
  }

  /// The occurrence that waited for the event keeps its id, and so what is known of it, when its date is told.
  func withStableClauses(_ dates: [DueDate]) -> [DueDate] {
    guard !keysBefore.isEmpty else { return dates }
    return dates.map { date in
      var copy = date
      copy.clause = keysBefore[date.clause] ?? date.clause
      return copy
    }
  }

  private static func waitingText(_ words: [String], task: String) -> String {
    let quoted = words.map { "“\($0)”" }.joined(separator: ", ")
    let command = "nhachan event set \(task) YYYY-MM-DD"
    return
      "chờ ngày của sự kiện (\(quoted)): khi biết ngày, ghi bằng \(command) / waits for the event's date: \(command)"
  }

  private static let uncountedText =
    "không ghi số ngày sau sự kiện: lấy chính ngày của sự kiện; nếu hạn khác thì ghi “due:” trong tệp kế hoạch"
    + " / no number of days after the event: its own day is taken; write “due:” for another"
}

/// The time limits of one plan; its tasks say “Thường xuyên” again and again, and it is read once.
struct PlanLimits {
  private struct Words: Hashable {
    var phrase: String
    var event: CivilDate?
  }

  private let issued: CivilDate
  private let parser: TimeLimitParser
  /// Only those that mean the same whatever the task is about.
  private var known: [Words: TimeLimit] = [:]

  init(issued: CivilDate, parser: TimeLimitParser) {
    self.issued = issued
    self.parser = parser
  }

  mutating func limit(of task: PlanTask, event: CivilDate?) -> TimeLimit {
    let words = Words(phrase: task.limit, event: event)
    if let limit = known[words] { return limit }
    var dependsOnTask = false
    let limit = parser.parse(task.limit, issued: issued, eventDate: event) {
      dependsOnTask = true
      return isReportTask(title: task.title, product: task.product ?? "")
    }
    if !dependsOnTask { known[words] = limit }
    return limit
  }
}

extension TimeLimit {
  /// The key of each clause in occurrence ids: its kind, with a number from the second clause of that kind on.
  fileprivate var clauseKeys: [String] {
    var counts: [LimitKind: Int] = [:]
    return clauses.map { clause in
      counts[clause.kind, default: 0] += 1
      let count = counts[clause.kind] ?? 1
      return count == 1 ? clause.kind.rawValue : "\(clause.kind.rawValue)-\(count)"
    }
  }

  /// True when a clause falls due on the very day of the event because the words count nothing from it; not where they
  /// say “before” it.
  fileprivate var hasUncountedEvent: Bool {
    clauses.contains { clause in
      guard clause.kind == .event, case .once(let due) = clause.timing else { return false }
      return due.graceUntil == nil
    }
  }
}

extension ExpandedTask {
  /// `plan/task`, as events are kept by.
  public var key: String { "\(plan.id)/\(task.id)" }

  /// The kind by which the task falls due: that of its words, or of what a person wrote in their place.
  public var kind: String {
    switch task.limitOverride {
    case .due(let dues): (dues.contains { $0.time != nil } ? LimitKind.datetime : .deadline).rawValue
    case .every: unique(occurrences.filter(\.isDated).map(\.kind.rawValue)).joined(separator: "+")
    case .rule: LimitKind.recurring.rawValue
    case nil: limit.kind
    }
  }

  /// True when a person must confirm before the dates may be trusted.
  public var needsConfirmation: Bool { task.limitOverride == nil && (awaitsEvent || limit.needsConfirmation) }
}
