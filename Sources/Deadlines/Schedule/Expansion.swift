// From a plan's words to occurrences (behaviour section 2): each task's phrase is read, each due date becomes one
// occurrence for each unit that answers for it.

/// One task with what its words mean and the occurrences that follow from them.
public struct ExpandedTask: Sendable, Hashable {
  public let plan: Plan
  public let task: PlanTask
  public let limit: TimeLimit
  /// One per due date and owner, ordered by nominal date; then check-ins; or one undated occurrence per owner.
  public let occurrences: [Occurrence]
  public let doubts: [String]
}

extension Office {
  /// The last day for which recurring occurrences are worked out: the end of the next calendar year.
  public static func horizon(on today: CivilDate) -> CivilDate { today.lastOfYear.adding(days: 1).lastOfYear }

  /// Every occurrence of every task up to the horizon.
  public func occurrences(through horizon: CivilDate) -> [Occurrence] {
    expandedTasks(through: horizon).flatMap(\.occurrences)
  }

  /// Reads every task's time limit and works out its occurrences up to the horizon; what is due only once is given
  /// however far away it is.
  public func expandedTasks(through horizon: CivilDate) -> [ExpandedTask] {
    let parser = TimeLimitParser(calendar: calendar, regime: policy.regime)
    return plans.flatMap { plan in
      let expanded = plan.tasks.map { expand($0, of: plan, through: horizon, parser: parser) }
      return deferringDisputed(expanded, of: plan)
    }
  }

  private func expand(
    _ task: PlanTask,
    of plan: Plan,
    through horizon: CivilDate,
    parser: TimeLimitParser
  ) -> ExpandedTask {
    let limit = parser.parse(task.limit, issued: plan.issued, title: task.title, product: task.product ?? "")
    let dueDates = dueDates(of: task, limit: limit, through: horizon)
    let doubts = doubts(about: task, limit: limit, in: plan)
    let owners = owners(of: task)
    var occurrences = (dueDates.isEmpty ? [nil] : dueDates.map(Optional.some)).flatMap { due in
      owners.map { owner in
        occurrence(of: task, in: plan, limit: limit, due: due, owner: owner, doubts: doubts)
      }
    }
    markAssignments(&occurrences)
    return ExpandedTask(plan: plan, task: task, limit: limit, occurrences: occurrences, doubts: doubts)
  }

  /// Due dates by the words, or the date a person confirmed beside them, then the check-ins of what goes on.
  private func dueDates(of task: PlanTask, limit: TimeLimit, through horizon: CivilDate) -> [DueDate] {
    if let confirmed = task.confirmedDue { return [confirmedDue(confirmed, of: limit)] }
    let regime = policy.regime
    let dated = limit.dueDates(from: .first, to: horizon, calendar: calendar, regime: regime)
    let later = limit.dueDates(
      from: horizon.adding(days: 1),
      to: limit.lastOnceDate,
      calendar: calendar,
      regime: regime
    )
    .filter { $0.periodKey == "once" }
    let checkIns =
      limit.kind == LimitKind.missing.rawValue
      ? limit.missingCheckIns(to: horizon, calendar: calendar, regime: regime)
      : limit.checkIns(from: limit.issued, to: horizon, calendar: calendar, regime: regime)
    return withOwnKeys(dated + later + checkIns)
  }

  /// Two dates of one period (“ngày 10 và ngày 25 tháng cuối quý”) are told apart by their day.
  private func withOwnKeys(_ dates: [DueDate]) -> [DueDate] {
    var counts: [String: Int] = [:]
    for date in dates { counts["\(date.clause)/\(date.periodKey)", default: 0] += 1 }
    return dates.map { date in
      guard counts["\(date.clause)/\(date.periodKey)", default: 0] > 1 else { return date }
      var copy = date
      copy.periodKey = date.nominal.description
      return copy
    }
  }

  /// Confirming a date keeps the occurrence's id, and so what is known of it.
  private func confirmedDue(_ date: CivilDate, of limit: TimeLimit) -> DueDate {
    let issued = limit.issued
    let once = limit.clauses.first { if case .once = $0.timing { true } else { false } }?.kind ?? .deadline
    return DueDate(
      clause: once.rawValue,
      kind: once,
      periodKey: "once",
      period: "",
      nominal: date,
      target: calendar.rollBack(date),
      legal: calendar.rollForward(date),
      windowStart: min(issued, date),
      rule: "R13"
    )
  }

  private func doubts(about task: PlanTask, limit: TimeLimit, in plan: Plan) -> [String] {
    let reading = task.confirmedDue == nil && limit.needsConfirmation ? limit.notes : []
    let disputes = plan.disagreements.filter { !$0.isSettled && ($0.body == task.id || $0.appendix == task.id) }
    return reading + disputes.compactMap { disputeText($0, in: plan) }
  }

  private func disputeText(_ dispute: Disagreement, in plan: Plan) -> String? {
    guard let body = plan.tasks.first(where: { $0.id == dispute.body }),
      let appendix = plan.tasks.first(where: { $0.id == dispute.appendix })
    else { return nil }
    return "Thân Kế hoạch (\(body.id)) ghi “\(body.limit)”; Phụ lục (\(appendix.id)) ghi “\(appendix.limit)”. "
      + "Đề xuất: \(dispute.proposal)"
  }

  // MARK: Who answers

  private struct Owner {
    var unit: String
    var meansHead: Bool
    var coLeads: [String]
  }

  /// The first named lead owns the task; a group named first becomes one owner per unit, so that each unit answers
  /// for itself (behaviour 2.2).
  ///
  /// Every other lead is told the same.
  private func owners(of task: PlanTask) -> [Owner] {
    guard let first = task.leads.first else { return [] }
    let others = task.leads.dropFirst().flatMap { directory.members(of: $0) }
    let meansHead: Bool =
      switch first {
      case .unit: false
      case .group(let id): directory.group(id)?.meansHeads ?? false
      }
    let owning = directory.members(of: first)
    return owning.map { unit in
      let coLeads = unique(others).filter { !owning.contains($0) }
      return Owner(unit: unit, meansHead: meansHead, coLeads: coLeads)
    }
  }

  private func occurrence(
    of task: PlanTask,
    in plan: Plan,
    limit: TimeLimit,
    due: DueDate?,
    owner: Owner,
    doubts: [String]
  ) -> Occurrence {
    let kind = due?.kind ?? limit.clauses.first?.kind ?? .none
    let clause = due?.clause ?? kind.rawValue
    let told = [owner.unit] + owner.coLeads
    let coordinating = unique(task.coordinating.flatMap { directory.members(of: $0) }).filter { !told.contains($0) }
    return Occurrence(
      id: "\(plan.id)/\(task.id)/\(clause)/\(due?.periodKey ?? "once")/\(owner.unit)",
      plan: Occurrence.PlanReference(plan),
      task: task.id,
      section: task.section,
      title: task.title,
      product: task.product,
      limit: task.limit,
      kind: kind,
      unit: owner.unit,
      meansHead: owner.meansHead,
      coLeads: owner.coLeads,
      coordinating: coordinating,
      tellsCoordinating: task.tellsCoordinating,
      due: due,
      overdueAfter: due.flatMap(overdueAfter),
      isLongLimit: due.map { isLong($0, issued: plan.issued) } ?? false,
      carriesAssignment: false,
      ladder: policy.ladderName(task: task, plan: plan, kind: kind),
      doubts: doubts
    )
  }

  /// The last day on which nobody is called late: the legal date, and D itself for “trước ngày D” (rule R2).
  private func overdueAfter(_ due: DueDate) -> CivilDate? {
    guard due.kind != .continuous else { return nil }
    guard policy.gracesExclusiveDates, let grace = due.graceUntil else { return due.legal }
    return max(due.legal, grace)
  }

  private func isLong(_ due: DueDate, issued: CivilDate) -> Bool {
    let start = max(due.windowStart ?? issued, issued)
    return due.nominal > start.adding(months: 1)
  }

  /// A unit is told of its task once: on its first occurrence, however many follow.
  private func markAssignments(_ occurrences: inout [Occurrence]) {
    var told: Set<String> = []
    for index in occurrences.indices where told.insert(occurrences[index].unit).inserted {
      occurrences[index].carriesAssignment = true
    }
  }

  // MARK: Body and appendix disagree (rule R12)

  /// Until a person settles a disagreement, nobody is called late before the later of the two dates has passed.
  ///
  /// Only dates that come once can be put off so; the periods of a recurring task stand for themselves.
  private func deferringDisputed(_ expanded: [ExpandedTask], of plan: Plan) -> [ExpandedTask] {
    let open = plan.disagreements.filter { !$0.isSettled }
    guard !open.isEmpty else { return expanded }
    let byTask = Dictionary(expanded.map { ($0.task.id, $0) }, uniquingKeysWith: { first, _ in first })
    return expanded.map { task in
      let partners = open.compactMap { $0.partner(of: task.task.id) }.compactMap { byTask[$0] }
      let occurrences = task.occurrences.map { deferring($0, to: partners) }
      return ExpandedTask(
        plan: task.plan,
        task: task.task,
        limit: task.limit,
        occurrences: occurrences,
        doubts: task.doubts
      )
    }
  }

  private func deferring(_ occurrence: Occurrence, to partners: [ExpandedTask]) -> Occurrence {
    guard let own = occurrence.overdueAfter, occurrence.due?.periodKey == "once" else { return occurrence }
    let others = partners.compactMap { partner in
      partner.occurrences.first { $0.isDated && $0.due?.periodKey == "once" }?.overdueAfter
    }
    var copy = occurrence
    copy.overdueAfter = others.reduce(own, max)
    return copy
  }
}

extension Disagreement {
  fileprivate func partner(of task: String) -> String? {
    task == body ? appendix : task == appendix ? body : nil
  }
}

extension TimeLimit {
  /// The last nominal date of a clause that is due only once.
  fileprivate var lastOnceDate: CivilDate {
    clauses.compactMap { if case .once(let due) = $0.timing { due.nominal } else { nil } }.max() ?? .first
  }

  /// A task without any stated limit is asked about like one that goes on (domain table of the seed, II.6.c and d).
  fileprivate func missingCheckIns(
    to horizon: CivilDate,
    calendar: WorkingCalendar,
    regime: ReportingRegime
  ) -> [DueDate] {
    let months = Set(ReportingRegime.closingMonths)
    let goesOn = LimitClause(
      kind: .continuous,
      timing: .continuous(checkInMonths: months, from: nil),
      rule: "R6",
      words: Excerpt(whole: phrase)
    )
    return TimeLimit(
      phrase: phrase,
      issued: issued,
      clauses: [goesOn],
      confidence: .low,
      needsConfirmation: true,
      notes: []
    ).checkIns(from: issued, to: horizon, calendar: calendar, regime: regime)
  }
}

/// The elements in order, each once.
func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}
