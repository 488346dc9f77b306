// The words for a reason: which line of a plan, which day of the calendar, which group, which step.

/// Why something changes: the part of the configuration, and what is different in it.
public struct ChangeReason: Sendable, Hashable, Codable {
  public var cause: OfficePart
  /// As “limit “Chậm nhất 15/5/2026” → “Chậm nhất 20/5/2026””.
  public var detail: String
  /// The task that was changed, where it is one; its key, as `limit`, stands at or below it.
  public var place: SourcePlace?
  public var key: String?

  public init(_ cause: OfficePart, _ detail: String, place: SourcePlace? = nil, key: String? = nil) {
    self.cause = cause
    self.detail = detail
    self.place = place
    self.key = key
  }
}

/// What a reason is asked about, so that of many differences those are named that have to do with it.
public struct ChangeSubject: Sendable, Hashable {
  /// What came first and what comes now; the same for a notice whose occurrence stays as it is.
  public var occurrences: [Occurrence]
  /// Days within which a day off matters.
  public var days: ClosedRange<CivilDate>?
  /// The mailboxes that are told, for messages.
  public var recipients: Set<String> = []
  /// The step of the ladder, for messages.
  public var step: String?
  public var isDigest = false

  public init(_ occurrences: [Occurrence], days more: [CivilDate] = []) {
    self.occurrences = occurrences
    let dues = occurrences.compactMap(\.due)
    let all = dues.flatMap { [$0.nominal, $0.target, $0.legal] } + occurrences.compactMap(\.overdueAfter) + more
    days = all.min().flatMap { first in all.max().map { first...$0 } }
  }
}

/// Everything in which two configurations of one office differ, in words.
public struct OfficeDifference: Sendable {
  private let old: Office
  private let new: Office
  private let oldTasks: [TaskKey: PlanTask]
  private let newTasks: [TaskKey: PlanTask]
  private let days: [DayChange]
  private let directory: [Detail]
  private let policy: [Detail]
  private let settings: [Detail]

  /// A difference, and the names by which it concerns something.
  struct Detail: Sendable, Hashable {
    var text: String
    var keys: Set<String>
  }

  struct DayChange: Sendable, Hashable {
    var date: CivilDate
    var text: String
  }

  /// Compares days up to the horizon; `others` are differences of the settings that an office does not hold.
  public init(from old: Office, to new: Office, through horizon: CivilDate, others: [String] = []) {
    self.old = old
    self.new = new
    oldTasks = Self.tasks(of: old)
    newTasks = Self.tasks(of: new)
    days = Self.days(from: old, to: new, through: horizon)
    directory = DirectoryDetails(old: old.directory, new: new.directory).all
    policy = PolicyDetails(old: old.policy, new: new.policy).all
    settings =
      [
        Self.change("timeZone", old.zone.identifier, new.zone.identifier), Self.change("name", old.name, new.name),
        Self.change("contact", old.contact, new.contact),
      ]
      .compactMap { $0 }.map { Detail(text: $0, keys: []) } + others.map { Detail(text: $0, keys: []) }
  }

  /// What is different in one part, as far as it concerns the subject; where nothing is seen to, all of it.
  public func reasons(_ part: OfficePart, for subject: ChangeSubject) -> [ChangeReason] {
    switch part {
    case .plan: planReasons(subject)
    case .directory: reasons(.directory, directory, keys: directoryKeys(subject))
    case .calendar: calendarReasons(subject)
    case .policy: reasons(.policy, policy, keys: policyKeys(subject))
    case .settings: reasons(.settings, settings, keys: [])
    }
  }

  private func reasons(_ cause: OfficePart, _ details: [Detail], keys: Set<String>) -> [ChangeReason] {
    let near = details.filter { !$0.keys.isDisjoint(with: keys) }
    return Self.few((near.isEmpty ? details : near).map(\.text), cause)
  }

  /// The first few; somebody who exchanges half a file wants no page of it at every line.
  private static func few(_ texts: [String], _ cause: OfficePart) -> [ChangeReason] {
    guard !texts.isEmpty else { return [ChangeReason(cause, "changed")] }
    let more = texts.count > 4 ? [ChangeReason(cause, "and \(texts.count - 3) more")] : []
    return texts.prefix(more.isEmpty ? 4 : 3).map { ChangeReason(cause, $0) } + more
  }

  static func change(_ name: String, _ before: String?, _ after: String?) -> String? {
    before == after ? nil : "\(name) \(before ?? "none") → \(after ?? "none")"
  }
}

// MARK: Calendar

extension OfficeDifference {
  /// Days that are worked in one calendar and off in the other, from the first document on.
  private static func days(from old: Office, to new: Office, through horizon: CivilDate) -> [DayChange] {
    guard let first = (old.plans + new.plans).map(\.issued).min(), old.calendar != new.calendar, first <= horizon
    else { return [] }
    return (0...horizon.days(since: first)).compactMap { offset in
      let day = first.adding(days: offset)
      let (before, after) = (old.calendar.isWorkingDay(day), new.calendar.isWorkingDay(day))
      guard before != after else { return nil }
      return DayChange(date: day, text: "\(day) \(word(day, old.calendar)) → \(word(day, new.calendar))")
    }
  }

  private static func word(_ day: CivilDate, _ calendar: WorkingCalendar) -> String {
    let name = calendar.decreedDays[day].map { " (\($0.name))" } ?? ""
    return (calendar.isWorkingDay(day) ? "làm việc" : "nghỉ") + name
  }

  private func calendarReasons(_ subject: ChangeSubject) -> [ChangeReason] {
    let within = days.filter { subject.days?.contains($0.date) ?? false }
    return Self.few((within.isEmpty ? days : within).map(\.text), .calendar)
  }
}

// MARK: Plan

extension OfficeDifference {
  private func planReasons(_ subject: ChangeSubject) -> [ChangeReason] {
    let reasons = unique(subject.occurrences.map { TaskKey(plan: $0.plan.id, task: $0.task) }).flatMap { key in
      let own = planReasons(key)
      // A date may be put off by the other line of a disagreement.
      return own.isEmpty ? partners(of: key).flatMap { planReasons($0) } : own
    }
    return reasons.isEmpty ? otherTasks() : unique(reasons)
  }

  private struct TaskKey: Hashable {
    var plan: String
    var task: String
  }

  private static func tasks(of office: Office) -> [TaskKey: PlanTask] {
    let all = office.plans.flatMap { plan in plan.tasks.map { (TaskKey(plan: plan.id, task: $0.id), $0) } }
    return Dictionary(all, uniquingKeysWith: { first, _ in first })
  }

  /// A notice may move because its recipient is told of another task on that day.
  private func otherTasks() -> [ChangeReason] {
    let keys = (old.plans + new.plans).flatMap { plan in plan.tasks.map { TaskKey(plan: plan.id, task: $0.id) } }
    let all = unique(keys).flatMap(planReasons)
    if all.isEmpty { return [ChangeReason(.plan, "changed")] }
    return Array(all.prefix(all.count > 4 ? 3 : 4))
      + (all.count > 4 ? [ChangeReason(.plan, "and \(all.count - 3) more")] : [])
  }

  private func planReasons(_ key: TaskKey) -> [ChangeReason] {
    let before = old.plans.first { $0.id == key.plan }
    let after = new.plans.first { $0.id == key.plan }
    let (oldTask, newTask) = (oldTasks[key], newTasks[key])
    switch (before, after, oldTask, newTask) {
    case (nil, _, _, let task?): return [ChangeReason(.plan, "the plan \(key.plan) is new", place: task.place)]
    case (_, nil, let task?, _): return [ChangeReason(.plan, "the plan \(key.plan) is gone", place: task.place)]
    case (_, _, nil, let task?): return [ChangeReason(.plan, "task \(key.task) is new", place: task.place)]
    case (_, _, let task?, nil): return [ChangeReason(.plan, "task \(key.task) is gone", place: task.place)]
    case (let before?, let after?, let oldTask?, let newTask?):
      return taskReasons(oldTask, newTask) + wholePlanReasons(before, after, newTask)
    default: return []
    }
  }

  private func taskReasons(_ before: PlanTask, _ after: PlanTask) -> [ChangeReason] {
    func parties(_ list: [Party]) -> String { list.map(\.id).joined(separator: ", ") }
    let changes: [(key: String, text: String?)] = [
      ("limit", Self.change("limit", "“\(before.limit)”", "“\(after.limit)”")),
      (
        "override",
        Self.change("override", before.limitOverride?.description, after.limitOverride?.description)
      ),
      ("lead", Self.change("lead", parties(before.leads), parties(after.leads))),
      ("coordinating", Self.change("coordinating", parties(before.coordinating), parties(after.coordinating))),
      (
        "tellCoordinating",
        Self.change("tellCoordinating", "\(before.tellsCoordinating)", "\(after.tellsCoordinating)")
      ),
      ("ladder", Self.change("ladder", before.ladder, after.ladder)),
      ("title", before.title == after.title ? nil : "title reworded"),
      ("product", before.product == after.product ? nil : "product reworded"),
      ("section", before.section == after.section ? nil : "section reworded"),
    ]
    let named = changes.compactMap { change in
      change.text.map { ChangeReason(.plan, $0, place: after.place, key: change.key) }
    }
    return named.isEmpty ? otherReasons(before, after) : named
  }

  /// What is not named above, wherever it now stands in the file.
  private func otherReasons(_ before: PlanTask, _ after: PlanTask) -> [ChangeReason] {
    var moved = before
    moved.place = after.place
    moved.notes = after.notes
    return moved == after ? [] : [ChangeReason(.plan, "task \(after.id) changed", place: after.place)]
  }

  private func wholePlanReasons(_ before: Plan, _ after: Plan, _ task: PlanTask) -> [ChangeReason] {
    let changes = [
      Self.change("issued", before.issued.description, after.issued.description),
      Self.change("number", before.number, after.number),
      Self.change("type", before.documentType, after.documentType),
      Self.change("issuer", before.issuer, after.issuer),
      Self.change("ladder of the plan", before.ladder, after.ladder),
    ]
    let file = SourcePlace(file: task.place.file)
    return changes.compactMap { $0 }.map { ChangeReason(.plan, $0, place: file) }
      + disagreementReasons(before, after, task.id, file)
  }

  private func disagreementReasons(_ before: Plan, _ after: Plan, _ task: String, _ file: SourcePlace) -> [ChangeReason]
  {
    func pairs(_ plan: Plan) -> [String: Bool] {
      let own = plan.disagreements.filter { $0.body == task || $0.appendix == task }
      return Dictionary(own.map { ("\($0.body) / \($0.appendix)", $0.isSettled) }, uniquingKeysWith: { $0 && $1 })
    }
    let (old, new) = (pairs(before), pairs(after))
    return Set(old.keys).union(new.keys).sorted().compactMap { pair in
      guard old[pair] != new[pair] else { return nil }
      let word = new[pair].map { $0 ? "is settled" : old[pair] == nil ? "is new" : "is open again" } ?? "is gone"
      return ChangeReason(.plan, "the disagreement \(pair) \(word)", place: file)
    }
  }

  private func partners(of key: TaskKey) -> [TaskKey] {
    let disputes = (old.plans + new.plans).filter { $0.id == key.plan }.flatMap(\.disagreements)
    return unique(
      disputes.compactMap { dispute in
        dispute.body == key.task ? dispute.appendix : dispute.appendix == key.task ? dispute.body : nil
      }
    ).map { TaskKey(plan: key.plan, task: $0) }
  }
}

extension Party {
  fileprivate var id: String {
    switch self {
    case .unit(let id), .group(let id): id
    }
  }
}

// MARK: Whom a directory or a policy's line concerns

extension OfficeDifference {
  private func directoryKeys(_ subject: ChangeSubject) -> Set<String> {
    var keys = subject.recipients
    for occurrence in subject.occurrences {
      keys.insert("unit \(occurrence.unit)")
      keys.formUnion((occurrence.coLeads + occurrence.coordinating).map { "unit \($0)" })
      keys.formUnion(groups(of: occurrence).map { "group \($0)" })
      // Messages are told apart by their recipients; an occurrence by the unit's own posts.
      guard subject.recipients.isEmpty else { continue }
      for unit in [old, new].compactMap({ $0.directory.unit(occurrence.unit) }) {
        keys.formUnion([unit.head, unit.superior, unit.viceChair].compactMap { $0 }.map { "post \($0)" })
      }
    }
    return keys
  }

  private func groups(of occurrence: Occurrence) -> [String] {
    let tasks = (old.plans + new.plans).filter { $0.id == occurrence.plan.id }.flatMap(\.tasks)
      .filter { $0.id == occurrence.task }
    return tasks.flatMap { $0.leads + $0.coordinating }.compactMap { if case .group(let id) = $0 { id } else { nil } }
  }

  private func policyKeys(_ subject: ChangeSubject) -> Set<String> {
    if subject.isDigest { return ["digest", "window", "dates"] }
    let ladders = Set(subject.occurrences.map(\.ladder))
    guard let step = subject.step else { return ladders.union(["dates", "choice"]) }
    return Set(ladders.map { "\($0) \(step)" }).union(["dates", "choice", "window", "roles"])
  }
}
