// From a plan's words to occurrences (behaviour section 2): each task's phrase is read, each due date becomes one
// occurrence for each unit that answers for it.

/// One task with what its words mean and the occurrences that follow from them.
public struct ExpandedTask: Sendable, Hashable {
  public let plan: Plan
  public let task: PlanTask
  /// What the phrase means, also where an override takes its place.
  public let limit: TimeLimit
  /// One per due date and owner, ordered by nominal date; then check-ins; then one without a date for each clause that
  /// waits for its event; or one undated occurrence per owner.
  public let occurrences: [Occurrence]
  public let doubts: [String]
  /// The day of the event that its words hang on, once somebody has told it.
  public let eventDate: CivilDate?
  /// True when a clause waits for that day.
  public let awaitsEvent: Bool
}

/// The days of events that plans do not date, by task: `153a-KH-UBND/PL.13`.
public typealias EventDates = [String: CivilDate]

extension Office {
  /// The last day for which recurring occurrences are worked out: the end of the next calendar year.
  public static func horizon(on today: CivilDate) -> CivilDate { today.lastOfYear.adding(days: 1).lastOfYear }

  /// Every occurrence of every task up to the horizon.
  public func occurrences(through horizon: CivilDate, events: EventDates = [:]) -> [Occurrence] {
    expandedTasks(through: horizon, events: events).flatMap(\.occurrences)
  }

  /// Reads every task's time limit and works out its occurrences up to the horizon; what is due only once is given
  /// however far away it is.
  public func expandedTasks(through horizon: CivilDate, events: EventDates = [:]) -> [ExpandedTask] {
    plans.flatMap { expandedTasks(of: $0, through: horizon, events: events) }
  }

  /// The same of one plan, which asks nothing of the others: thousands need not be held at once, and may be worked out
  /// side by side.
  public func expandedTasks(
    of plan: Plan,
    through horizon: CivilDate,
    events: EventDates = [:]
  ) -> [ExpandedTask] {
    let parser = TimeLimitParser(calendar: calendar, regime: policy.regime)
    var limits = PlanLimits(issued: plan.issued, parser: parser)
    let expanded = plan.tasks.map { task in
      let reading = TaskReading(task, of: plan, event: events["\(plan.id)/\(task.id)"], limits: &limits)
      return expand(task, of: plan, reading: reading, through: horizon, parser: parser)
    }
    return deferringDisputed(expanded, of: plan)
  }

  private func expand(
    _ task: PlanTask,
    of plan: Plan,
    reading: TaskReading,
    through horizon: CivilDate,
    parser: TimeLimitParser
  ) -> ExpandedTask {
    let dueDates = dueDates(of: task, in: plan, reading: reading, through: horizon, parser: parser)
    let doubts = reading.doubts + disputes(about: task, in: plan)
    let owners = owners(of: task)
    let waitingDoubts = doubts + reading.waitingDoubts
    let slots = slots(dueDates, reading: reading)
    var occurrences: [Occurrence] = []
    occurrences.reserveCapacity(slots.count * owners.count)
    for slot in slots {
      let shared = occurrence(of: task, in: plan, slot: slot, doubts: slot.due == nil ? waitingDoubts : doubts)
      for owner in owners { occurrences.append(owner.own(shared)) }
    }
    // Every owner has one in the first slot.
    markAssignments(&occurrences, among: owners.count)
    return ExpandedTask(
      plan: plan,
      task: task,
      limit: reading.limit,
      occurrences: occurrences,
      doubts: reading.waitingDoubts + doubts,
      eventDate: reading.event,
      awaitsEvent: !reading.waitingClauses.isEmpty
    )
  }

  /// Where an occurrence of each owner goes: a due date, or a clause without one.
  private struct Slot {
    var due: DueDate?
    var clause: String
    var kind: LimitKind
  }

  private func slots(_ dueDates: [DueDate], reading: TaskReading) -> [Slot] {
    let dated = dueDates.map { Slot(due: $0, clause: $0.clause, kind: $0.kind) }
    let waiting = reading.waitingClauses.map { Slot(clause: $0.key, kind: $0.kind) }
    if !dated.isEmpty || !waiting.isEmpty { return dated + waiting }
    let kind = reading.limit.clauses.first?.kind ?? .none
    return [Slot(clause: kind.rawValue, kind: kind)]
  }

  /// Due dates by what a person wrote beside the words, else by the words, then the check-ins of what goes on.
  private func dueDates(
    of task: PlanTask,
    in plan: Plan,
    reading: TaskReading,
    through horizon: CivilDate,
    parser: TimeLimitParser
  ) -> [DueDate] {
    let regime = policy.regime
    switch task.limitOverride {
    case .due(let dues): return confirmedDues(dues, of: reading.limit)
    case .every(let words, let from):
      // Refused words were found when the file was read; without dates the task shows up as one without a limit.
      guard let limit = try? parser.recurring(words, from: from ?? plan.issued) else { return [] }
      return withOwnKeys(limit.dueDates(from: .first, to: horizon, calendar: calendar, regime: regime))
    case .rule(let rule, let from):
      return rule.dates(startingOn: from ?? plan.issued, from: .first, to: horizon).map { recurringDue($0) }
    case nil: return reading.withStableClauses(datesByWords(reading, through: horizon))
    }
  }

  private func datesByWords(_ reading: TaskReading, through horizon: CivilDate) -> [DueDate] {
    let (limit, regime) = (reading.limit, policy.regime)
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
    let waiting = Set(reading.waitingClauses.map(\.key))
    return withOwnKeys((dated + later + checkIns).filter { !waiting.contains($0.clause) })
  }

  /// Two dates of one period (“ngày 10 và ngày 25 tháng cuối quý”) are told apart by their day.
  private func withOwnKeys(_ dates: [DueDate]) -> [DueDate] {
    guard dates.count > 1 else { return dates }
    let counts = dates.reduce(into: [:]) { $0[DatedPeriod($1), default: 0] += 1 }
    guard counts.count < dates.count else { return dates }
    return dates.map { date in
      guard counts[DatedPeriod(date), default: 0] > 1 else { return date }
      var copy = date
      copy.periodKey = date.nominal.description
      return copy
    }
  }

  /// Confirming a date keeps the occurrence's id, and so what is known of it; several have their day in it.
  private func confirmedDues(_ dues: [LimitOverride.ConfirmedDue], of limit: TimeLimit) -> [DueDate] {
    let once = limit.clauses.first { if case .once = $0.timing { true } else { false } }?.kind ?? .deadline
    return dues.map { due in
      DueDate(
        clause: once.rawValue,
        kind: due.time == nil ? once : .datetime,
        periodKey: dues.count == 1 ? "once" : due.date.description,
        period: dues.count == 1 ? "" : PeriodName(day: due.date).label,
        nominal: due.date,
        time: due.time,
        target: calendar.rollBack(due.date),
        legal: calendar.rollForward(due.date),
        windowStart: min(limit.issued, due.date),
        rule: "R13"
      )
    }
  }

  private func recurringDue(_ date: CivilDate) -> DueDate {
    let name = PeriodName(day: date)
    return DueDate(
      clause: LimitKind.recurring.rawValue,
      kind: .recurring,
      periodKey: name.key,
      period: name.label,
      nominal: date,
      target: calendar.rollBack(date),
      legal: calendar.rollForward(date),
      rule: "R13"
    )
  }

  private func disputes(about task: PlanTask, in plan: Plan) -> [String] {
    let disputes = plan.disagreements.filter { !$0.isSettled && ($0.body == task.id || $0.appendix == task.id) }
    return disputes.compactMap { disputeText($0, in: plan) }
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
    var coordinating: [String]

    /// The occurrence as this owner's; its unit ends the id.
    func own(_ shared: Occurrence) -> Occurrence {
      var occurrence = shared
      occurrence.id += unit
      occurrence.unit = unit
      occurrence.meansHead = meansHead
      occurrence.coLeads = coLeads
      occurrence.coordinating = coordinating
      return occurrence
    }
  }

  /// The first named lead owns the task; a group named first becomes one owner per unit, so that each unit answers
  /// for itself (behaviour 2.2).
  ///
  /// Every other lead is told the same.
  private func owners(of task: PlanTask) -> [Owner] {
    guard let first = task.leads.first else { return [] }
    let owning = directory.members(of: first)
    let others = unique(task.leads.dropFirst().flatMap { directory.members(of: $0) })
    let coLeads = others.filter { !owning.contains($0) }
    let coordinating = unique(task.coordinating.flatMap { directory.members(of: $0) }).filter { !coLeads.contains($0) }
    let meansHead: Bool =
      switch first {
      case .unit: false
      case .group(let id): directory.group(id)?.meansHeads ?? false
      }
    return owning.map { unit in
      let others = coordinating.contains(unit) ? coordinating.filter { $0 != unit } : coordinating
      return Owner(unit: unit, meansHead: meansHead, coLeads: coLeads, coordinating: others)
    }
  }

  /// What the owners of one slot share.
  private func occurrence(of task: PlanTask, in plan: Plan, slot: Slot, doubts: [String]) -> Occurrence {
    let due = slot.due
    return Occurrence(
      id: "\(plan.id)/\(task.id)/\(slot.clause)/\(due?.periodKey ?? "once")/",
      plan: Occurrence.PlanReference(plan),
      task: task.id,
      section: task.section,
      title: task.title,
      product: task.product,
      limit: task.limit,
      kind: slot.kind,
      unit: "",
      meansHead: false,
      coLeads: [],
      coordinating: [],
      tellsCoordinating: task.tellsCoordinating,
      due: due,
      overdueAfter: due.flatMap(overdueAfter),
      isLongLimit: due.map { isLong($0, issued: plan.issued) } ?? false,
      carriesAssignment: false,
      ladder: policy.ladderName(task: task, plan: plan, kind: slot.kind),
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
  private func markAssignments(_ occurrences: inout [Occurrence], among first: Int) {
    var told: Set<String> = []
    for index in occurrences.indices.prefix(first) where told.insert(occurrences[index].unit).inserted {
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
      guard let later = partners.compactMap(\.lateOnlyAfter).max(), task.occurrences.contains(where: \.canBePutOff)
      else { return task }
      let occurrences = task.occurrences.map { deferring($0, to: later) }
      return ExpandedTask(
        plan: task.plan,
        task: task.task,
        limit: task.limit,
        occurrences: occurrences,
        doubts: task.doubts,
        eventDate: task.eventDate,
        awaitsEvent: task.awaitsEvent
      )
    }
  }

  private func deferring(_ occurrence: Occurrence, to later: CivilDate) -> Occurrence {
    guard let own = occurrence.overdueAfter, occurrence.canBePutOff else { return occurrence }
    var copy = occurrence
    copy.overdueAfter = max(own, later)
    return copy
  }
}

extension Occurrence {
  /// Dated, and due only once.
  fileprivate var canBePutOff: Bool { isDated && due?.periodKey == "once" }
}

extension ExpandedTask {
  /// The last good day of what is due once.
  fileprivate var lateOnlyAfter: CivilDate? { occurrences.first(where: \.canBePutOff)?.overdueAfter }
}

/// What two dates of one period share.
private struct DatedPeriod: Hashable {
  let clause: String
  let key: String

  init(_ due: DueDate) {
    clause = due.clause
    key = due.periodKey
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
package func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}
