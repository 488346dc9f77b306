import Configuration
import Deadlines
import Foundation

/// `check --json`, in the form that interfaces fix.
struct CheckReport: Encodable {
  var tasks: [TaskLine]
  var problems: [ProblemLine]
}

struct ProblemLine: Encodable {
  var file: String
  var line: Int
  var column: Int
  var severity: String
  var message: String
  var remedy: String

  init(_ problem: Problem) {
    file = problem.place.file
    line = problem.place.line
    column = problem.place.column
    severity = problem.severity.rawValue
    message = problem.message
    remedy = problem.remedy
  }
}

struct TaskLine: Encodable {
  struct OccurrenceLine: Encodable {
    var id: String
    var unit: String
    var nominal: CivilDate
    var target: CivilDate
    var legal: CivilDate
    var period: String
    var rule: String
    /// Later than `legal` under the grace of rule R2 or a disagreement (R12).
    var overdueAfter: CivilDate?
  }

  struct CheckInLine: Encodable {
    var id: String
    var unit: String
    var date: CivilDate
    var period: String
  }

  var id: String
  var plan: String
  var title: String
  var lead: [String]
  var coordinating: [String]
  var limit: String
  var kind: String
  var confidence: String
  var needsConfirmation: Bool
  /// What a person wrote beside the limit, as `due: 2026-08-31`.
  var override: String?
  var eventDate: CivilDate?
  /// Waits for `nhachan event set`.
  var awaitsEvent: Bool
  var occurrences: [OccurrenceLine]
  var checkIns: [CheckInLine]
  var doubts: [String]

  init(_ expanded: ExpandedTask, office: Office) {
    let task = expanded.task
    id = task.id
    plan = expanded.plan.id
    title = task.title
    lead = task.leads.flatMap { office.directory.members(of: $0) }
    coordinating = task.coordinating.flatMap { office.directory.members(of: $0) }
    limit = task.limit
    kind = expanded.kind
    confidence = expanded.limit.confidence.rawValue
    needsConfirmation = expanded.needsConfirmation
    override = task.limitOverride?.description
    eventDate = expanded.eventDate
    awaitsEvent = expanded.awaitsEvent
    occurrences = expanded.occurrences.filter(\.isDated).compactMap(Self.line)
    checkIns = expanded.occurrences.filter(\.isCheckIn).compactMap(Self.checkIn)
    doubts = expanded.doubts + task.notes
  }

  private static func line(_ occurrence: Occurrence) -> OccurrenceLine? {
    occurrence.due.map { due in
      OccurrenceLine(
        id: occurrence.id,
        unit: occurrence.unit,
        nominal: due.nominal,
        target: due.target,
        legal: due.legal,
        period: due.period,
        rule: due.rule,
        overdueAfter: occurrence.overdueAfter == due.legal ? nil : occurrence.overdueAfter
      )
    }
  }

  private static func checkIn(_ occurrence: Occurrence) -> CheckInLine? {
    occurrence.due.map { CheckInLine(id: occurrence.id, unit: occurrence.unit, date: $0.nominal, period: $0.period) }
  }
}

/// `check` for people.
enum CheckText {
  /// The tasks of one plan, an empty line after each.
  static func blocks(_ expanded: [ExpandedTask], office: Office) -> String {
    withoutControls(expanded.map { block($0, office: office) + "\n\n" }.joined())
  }

  /// A title may hold anything; a terminal must not obey it.
  private static func withoutControls(_ text: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
      (scalar.value < 0x20 && scalar != "\n") || (0x7F...0x9F).contains(scalar.value)
    }
    // U+0080…U+009F begin with the byte C2.
    let mayHaveControls = text.utf8.contains { ($0 < 0x20 && $0 != 0x0A) || $0 == 0x7F || $0 == 0xC2 }
    guard mayHaveControls else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
  }

  private static func block(_ expanded: ExpandedTask, office: Office) -> String {
    let leads = expanded.task.leads.map { name($0, office) }.joined(separator: "; ")
    let limit = expanded.task.limit.isEmpty ? "(không ghi)" : "“\(expanded.task.limit)”"
    var lines = ["\(expanded.task.id)  \(limit)  [\(expanded.kind)]  \(leads)", "  \(expanded.task.title)"]
    if let override = expanded.task.limitOverride { lines.append("  = \(override)") }
    if let date = expanded.eventDate { lines.append("  = event: \(date)") }
    lines += dates(expanded.occurrences)
    lines += (expanded.doubts + expanded.task.notes).map { "  ? \($0)" }
    return lines.joined(separator: "\n")
  }

  private static func name(_ party: Party, _ office: Office) -> String {
    switch party {
    case .unit(let id): office.directory.unit(id)?.name ?? id
    case .group(let id): office.directory.group(id)?.name ?? id
    }
  }

  private struct Period: Hashable {
    var clause: String
    var key: String
  }

  /// One line per period, however many units share it.
  private static func dates(_ occurrences: [Occurrence]) -> [String] {
    var units: [Period: Int] = [:]
    var firsts: [(period: Period, occurrence: Occurrence, due: DueDate)] = []
    for occurrence in occurrences {
      guard let due = occurrence.due else { continue }
      let period = Period(clause: due.clause, key: due.periodKey)
      if units.updateValue((units[period] ?? 0) + 1, forKey: period) == nil { firsts.append((period, occurrence, due)) }
    }
    return firsts.map { line($0.occurrence, $0.due, units: units[$0.period] ?? 1) }
  }

  private static func line(_ occurrence: Occurrence, _ due: DueDate, units: Int) -> String {
    let shared = units > 1 ? "  × \(units) units" : ""
    if occurrence.isCheckIn { return "    hỏi tình hình \(due.nominal)  \(due.period)\(shared)" }
    let moved = due.target == due.legal ? "" : "  target \(due.target)  legal \(due.legal)"
    let time = due.time.map { " \($0)" } ?? ""
    return "    due \(due.nominal)\(time)\(moved)  \(due.period)  (\(due.rule))\(shared)"
  }
}

/// `due --json`.
struct DueReport: Encodable {
  struct Line: Encodable {
    var due: DueDate

    enum Keys: CodingKey { case nominal, time, target, legal, windowStart, period, rule }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Keys.self)
      try container.encode(due.nominal, forKey: .nominal)
      // Written even when there is none: the form is fixed.
      try container.encode(due.time, forKey: .time)
      try container.encode(due.target, forKey: .target)
      try container.encode(due.legal, forKey: .legal)
      try container.encode(due.windowStart, forKey: .windowStart)
      try container.encode(due.period, forKey: .period)
      try container.encode(due.rule, forKey: .rule)
    }
  }

  /// One obligation of the phrase: which words it was read from, how sure, what else they may mean.
  struct Clause: Encodable {
    /// Offsets of Unicode scalars in the phrase.
    struct Span: Encodable {
      var start: Int
      var end: Int
    }
    struct Reading: Encodable {
      var meaning: String
      var nominal: [CivilDate]
    }

    var kind: String
    var rule: String
    var confidence: String
    var words: String
    var span: Span
    /// True when it waits for an event that the words do not date.
    var awaitsEvent: Bool
    var otherReadings: [Reading]

    init(_ clause: LimitClause) {
      kind = clause.kind.rawValue
      rule = clause.rule
      confidence = clause.confidence.rawValue
      words = clause.words
      span = Span(start: clause.excerpt.span.lowerBound, end: clause.excerpt.span.upperBound)
      awaitsEvent = clause.awaitsEvent
      otherReadings = clause.otherReadings.map { Reading(meaning: $0.meaning, nominal: $0.nominal) }
    }
  }

  var phrase: String
  var issued: CivilDate
  var kind: String
  var confidence: String
  var needsConfirmation: Bool
  var clauses: [Clause]
  var occurrences: [Line]
  var checkIns: [CivilDate]
  var notes: [String]

  init(limit: TimeLimit, dates: [DueDate], checkIns: [DueDate], notes further: [String]) {
    phrase = limit.phrase
    issued = limit.issued
    kind = limit.kind
    confidence = limit.confidence.rawValue
    needsConfirmation = limit.needsConfirmation
    clauses = limit.clauses.map(Clause.init)
    occurrences = dates.map(Line.init)
    self.checkIns = checkIns.map(\.nominal)
    notes = limit.notes + further
  }

  var text: String {
    let confirm = needsConfirmation ? ", needs confirmation" : ""
    var lines = ["“\(phrase)”: \(kind) (confidence \(confidence)\(confirm))"]
    lines += occurrences.map { line in
      let due = line.due
      let time = due.time.map { " \($0)" } ?? ""
      return "  \(due.nominal)\(time)  target \(due.target)  legal \(due.legal)  \(due.period)  (\(due.rule))"
    }
    if !checkIns.isEmpty { lines.append("  asked about on: \(checkIns.map(\.description).joined(separator: ", "))") }
    lines += notes.map { "  ? \($0)" }
    for reading in clauses.flatMap(\.otherReadings) {
      lines.append("  or: \(reading.meaning): \(reading.nominal.map(\.description).joined(separator: ", "))")
    }
    return lines.joined(separator: "\n")
  }
}

/// Proves that nobody is forgotten: what the configuration's own mistakes do not show (behaviour 6.2).
enum Coverage {
  /// Tasks with an occurrence ahead of us whose owner hears nothing before its date.
  static func unremindedProblems(_ expanded: [ExpandedTask], office: Office, today: CivilDate) -> [Problem] {
    let schedule = Schedule(office)
    return expanded.compactMap { task in
      guard let first = firstUnreminded(task, schedule: schedule, today: today) else { return nil }
      return Problem(
        task.task.place,
        .warning,
        "nobody is reminded before \(first.id) falls due",
        remedy: "give its ladder “\(first.ladder)” a step before the date, to: [lead]"
      )
    }
  }

  /// What decides, within one task, who is told before a date.
  private struct Telling: Hashable {
    var ladder: String
    var unit: String
    var isLongLimit: Bool
  }

  private static func firstUnreminded(_ task: ExpandedTask, schedule: Schedule, today: CivilDate) -> Occurrence? {
    var known: Set<Telling> = []
    return task.occurrences.first { occurrence in
      guard occurrence.isDated, (occurrence.due?.target ?? today) > today else { return false }
      let telling = Telling(ladder: occurrence.ladder, unit: occurrence.unit, isLongLimit: occurrence.isLongLimit)
      return known.insert(telling).inserted && !isReminded(occurrence, schedule)
    }
  }

  private static func isReminded(_ occurrence: Occurrence, _ schedule: Schedule) -> Bool {
    schedule.office.policy.ladder(occurrence.ladder).steps.contains { step in
      guard case .beforeTarget = step.when, !step.onlyLongLimits || occurrence.isLongLimit else { return false }
      return schedule.recipients(of: step, occurrence).contains { $0.role == .lead }
    }
  }

  /// The years of every date.
  static func years(of expanded: [ExpandedTask]) -> Set<Int> {
    var dates: Set<CivilDate> = []
    for task in expanded {
      for due in task.occurrences.lazy.compactMap(\.due) { dates.formUnion([due.nominal, due.target, due.legal]) }
    }
    return Set(dates.map(\.year))
  }

  /// Dates in a year whose days off are not decreed (rule R17).
  static func provisionalProblems(_ years: Set<Int>, office: Office) -> [Problem] {
    years.filter(office.calendar.isProvisional).sorted().map { year in
      Problem(
        SourcePlace(file: "calendar"),
        .warning,
        "dates in \(year) are provisional: \(office.calendar.basis(ofYear: year).reason)",
        remedy: "add the decreed days of \(year) to a file in calendar/ when they are announced"
      )
    }
  }
}

extension WorkingCalendar.YearBasis {
  /// Why dates in such a year may still move.
  var reason: String {
    switch self {
    case .decreed: "its days off are decreed"
    case .announced: "the files give its days off, but say that they are not decreed yet"
    case .computed: "its days off are computed from the law, without what the Prime Minister decides"
    case .weeklyRest: "the calendar has no days off for that year"
    }
  }
}
