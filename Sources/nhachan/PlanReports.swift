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
  static func text(_ expanded: [ExpandedTask], office: Office, today: CivilDate) -> String {
    let blocks = expanded.map { block($0, office: office) }
    let dated = expanded.count { $0.occurrences.contains(where: \.isDated) }
    let doubtful = expanded.count { !$0.doubts.isEmpty }
    let summary =
      "\(expanded.count) tasks, \(dated) with dates, \(expanded.count - dated) without; \(doubtful) to confirm; "
      + "occurrences to \(Office.horizon(on: today))"
    return withoutControls((blocks + [summary]).joined(separator: "\n\n"))
  }

  /// A title may hold anything; a terminal must not obey it.
  private static func withoutControls(_ text: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
      (scalar.value < 0x20 && scalar != "\n") || (0x7F...0x9F).contains(scalar.value)
    }
    guard text.unicodeScalars.contains(where: isControl) else { return text }
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

  /// One line per period, however many units share it.
  private static func dates(_ occurrences: [Occurrence]) -> [String] {
    var seen: Set<String> = []
    return occurrences.compactMap { occurrence in
      guard let due = occurrence.due, seen.insert("\(due.clause) \(due.periodKey)").inserted else { return nil }
      let units = occurrences.count { $0.due?.clause == due.clause && $0.due?.periodKey == due.periodKey }
      let shared = units > 1 ? "  × \(units) units" : ""
      if occurrence.isCheckIn { return "    hỏi tình hình \(due.nominal)  \(due.period)\(shared)" }
      let moved = due.target == due.legal ? "" : "  target \(due.target)  legal \(due.legal)"
      let time = due.time.map { " \($0)" } ?? ""
      return "    due \(due.nominal)\(time)\(moved)  \(due.period)  (\(due.rule))\(shared)"
    }
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
  static func problems(_ expanded: [ExpandedTask], office: Office, today: CivilDate) -> [Problem] {
    let schedule = Schedule(office)
    return expanded.flatMap { unremindedProblems($0, schedule: schedule, today: today) }
      + provisionalProblems(expanded, office: office)
  }

  /// An occurrence ahead of us whose owner hears nothing before its date.
  private static func unremindedProblems(_ task: ExpandedTask, schedule: Schedule, today: CivilDate) -> [Problem] {
    let ahead = task.occurrences.filter { $0.isDated && ($0.due?.target ?? today) > today }
    let silent = ahead.filter { occurrence in
      let ladder = schedule.office.policy.ladder(occurrence.ladder)
      return !ladder.steps.contains { step in
        guard case .beforeTarget = step.when, !step.onlyLongLimits || occurrence.isLongLimit else { return false }
        return schedule.recipients(of: step, occurrence).contains { $0.role == .lead }
      }
    }
    guard let first = silent.first else { return [] }
    return [
      Problem(
        task.task.place,
        .warning,
        "nobody is reminded before \(first.id) falls due",
        remedy: "give its ladder “\(first.ladder)” a step before the date, to: [lead]"
      )
    ]
  }

  /// Dates in a year whose days off are not decreed (rule R17).
  private static func provisionalProblems(_ expanded: [ExpandedTask], office: Office) -> [Problem] {
    let dates = expanded.flatMap(\.occurrences).compactMap(\.due).flatMap { [$0.nominal, $0.target, $0.legal] }
    return Set(dates.map(\.year)).filter(office.calendar.isProvisional).sorted().map { year in
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
