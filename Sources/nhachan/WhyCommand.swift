import ArgumentParser
import Configuration
import Daemon
import Deadlines
import Foundation
import Ledger
import Messages

/// `why`: every date and step of an occurrence with the rule that made it.
struct Why: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say why: every date and step of an occurrence with its rule, and everything that happened to it."
  )

  @Argument(help: "The occurrence's id, as `nhachan tasks` lists it.")
  var occurrence: String
  @Option(help: "The language of the answer: vi or en.")
  var language: Language = .vietnamese
  @OptionGroup var place: PlaceOptions
  @OptionGroup var moment: AtOption

  func run() async throws {
    let configuration = try place.loadInForce()
    let office = configuration.office
    let ledger = try place.openForReading(configuration)
    defer { try? ledger.close() }
    guard let tracked = try await ledger.tracked(office: office.id, ids: [occurrence]).first else {
      throw Failure.no(try await unknown(ledger, office))
    }
    let now = moment.instant(office.zone)
    let lines = try await ledger.record(office: office.id, occurrence: occurrence, limit: .max)
      .filter { moment.at == nil || $0.at <= now }
    let known = moment.at == nil ? tracked : tracked.known(at: now)
    let report = WhyReport(known, lines, office, now: now)
    if place.json { try printJSON(report) } else { print(WhyText(report, known, office, Wording(language)).text) }
  }

  private func unknown(_ ledger: SQLiteLedger, _ office: Office) async throws -> String {
    let ids = try await ledger.allTracked(office: office.id).map(\.occurrence.id)
    let near = NearIDs.of(occurrence, among: ids)
    let advice = near.isEmpty ? "`nhachan tasks` lists them" : "did you mean\n  \(near.joined(separator: "\n  "))"
    return "no such occurrence: \(occurrence) — \(advice)"
  }
}

/// Ids that somebody may have meant.
enum NearIDs {
  /// At most five: those that hold the word, as “PL.13”, else the nearest by spelling.
  static func of(_ word: String, among ids: [String]) -> [String] {
    let holding = ids.filter { $0.lowercased().contains(word.lowercased()) }
    if !holding.isEmpty { return Array(holding.prefix(5)) }
    let parts = Set(word.lowercased().split(separator: "/"))
    let sharing = ids.map { id in (id: id, shared: parts.intersection(id.lowercased().split(separator: "/")).count) }
    let most = sharing.map(\.shared).max() ?? 0
    if most > 0 { return Array(sharing.filter { $0.shared == most }.map(\.id).prefix(5)) }
    return [Spelling.nearest(to: word, among: ids)].compactMap(\.self)
  }
}

extension TrackedOccurrence {
  /// As it was known at an earlier moment; the dates are today's.
  fileprivate func known(at now: Instant) -> TrackedOccurrence {
    var copy = self
    copy.progress.given.removeAll { $0.at > now }
    if let completion = progress.completion, completion.recordedAt > now { copy.progress.completion = nil }
    if let acknowledged = progress.acknowledgedAt, acknowledged > now { copy.progress.acknowledgedAt = nil }
    return copy
  }
}

/// All facts of one occurrence.
struct WhyReport: Encodable {
  struct Date: Encodable {
    /// `nominal`, `target`, `legal`, `overdueAfter`, `grace`.
    var name: String
    var date: CivilDate
    var rules: [String]
  }
  struct Step: Encodable {
    var step: String
    var kind: String
    var at: String?
    var to: [String]
    /// `given`, `superseded`, `due`, `toCome`, `notNeeded`.
    var fate: String
    var reason: StepOutlook.Reason?
    /// Mailboxes for which it stands in a message; what became of that stands among the messages.
    var planned: [String]
    var superseded: [String]
  }
  struct Attempt: Encodable {
    var number: Int
    var at: String
    var outcome: DeliveryOutcome
    var reply: String
    var sent: String?
    var relay: String?
  }
  struct Delivery: Encodable {
    var messageID: String
    var recipient: String
    var channel: String
    var steps: [String]
    var plannedAt: String
    var acceptedAt: String?
    var attempts: [Attempt]
  }
  struct Happened: Encodable {
    var sequence: Int64
    var at: String
    var what: String
    var facts: String
  }

  var id: String
  var plan: Occurrence.PlanReference
  var task: String
  var title: String
  var limit: String
  var period: String?
  var unit: String
  var state: String
  var overdueDays: Int?
  var ladder: String
  var dates: [Date]
  var doubts: [String]
  var round: Int
  var steps: [Step]
  var messages: [Delivery]
  var record: [Happened]

  // For the text alone, which says the same in words.
  var now: Instant
  var today: CivilDate
  var deliveries: [RecordedDelivery]
  var events: [RecordedEvent]

  enum CodingKeys: CodingKey {
    case id, plan, task, title, limit, period, unit, state, overdueDays, ladder, dates, doubts, round, steps, messages
    case record
  }
}

extension WhyReport {
  init(_ tracked: TrackedOccurrence, _ lines: [RecordEntry], _ office: Office, now: Instant) {
    let occurrence = tracked.occurrence
    let zone = office.zone
    let state = OccurrenceState(tracked, office: office, today: zone.civil(now).date)
    id = occurrence.id
    plan = occurrence.plan
    task = occurrence.task
    title = occurrence.title
    limit = occurrence.limit
    period = occurrence.due?.period
    unit = occurrence.unit
    self.state = state.name
    overdueDays = state.overdueDays
    ladder = occurrence.ladder
    dates = Self.dates(occurrence, office.calendar)
    doubts = occurrence.doubts
    round = tracked.progress.round
    steps = Schedule(office).outlook(of: tracked, now: now).map { Step($0, tracked, zone) }
    self.now = now
    today = zone.civil(now).date
    events = lines.map(RecordedEvent.init)
    deliveries = RecordedDelivery.all(in: events, about: id)
    messages = deliveries.map { Delivery($0, zone) }
    record = lines.map { line in
      Happened(
        sequence: line.sequence,
        at: zone.civil(line.at).rfc3339,
        what: line.kind,
        facts: Self.facts(line.facts, about: occurrence.id)
      )
    }
  }

  private static func dates(_ occurrence: Occurrence, _ calendar: WorkingCalendar) -> [Date] {
    guard let due = occurrence.due else { return [] }
    let moving = calendar.isProvisional(due.nominal) ? ["R17"] : []
    var dates = [
      Date(name: "nominal", date: due.nominal, rules: rules(due.rule)),
      Date(name: "target", date: due.target, rules: ["R3"] + moving),
      Date(name: "legal", date: due.legal, rules: ["R3"] + moving),
    ]
    if let grace = due.graceUntil { dates.append(Date(name: "grace", date: grace, rules: ["R2"])) }
    if let last = occurrence.overdueAfter {
      let rule = last == due.legal ? "R3" : last == due.graceUntil ? "R2" : "R12"
      dates.append(Date(name: "overdueAfter", date: last, rules: [rule]))
    }
    return dates
  }

  /// The rules that a date's reading names, as “R5” or “R8, R4”.
  private static func rules(_ text: String) -> [String] {
    text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  /// A message may carry dozens of notices; only this occurrence's are of interest here.
  private static func facts(_ json: String, about id: String) -> String {
    guard var facts = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any],
      let notices = facts["notices"] as? [String]
    else { return json }
    facts["notices"] = notices.filter { $0.hasPrefix("\(id)|") }
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? JSONSerialization.data(withJSONObject: facts, options: options) else { return json }
    return String(decoding: data, as: UTF8.self)
  }
}

extension WhyReport.Step {
  init(_ outlook: StepOutlook, _ tracked: TrackedOccurrence, _ zone: OfficeZone) {
    let given = tracked.progress.given.filter {
      $0.step == outlook.step.id && $0.round == tracked.progress.round
    }
    step = outlook.step.id
    kind = outlook.step.kind.rawValue
    at = outlook.at.map { zone.civil($0).rfc3339 }
    to = outlook.recipients.map(\.address)
    (fate, reason) =
      switch outlook.fate {
      case .given: ("given", nil)
      case .superseded: ("superseded", nil)
      case .due: ("due", nil)
      case .toCome: ("toCome", nil)
      case .notNeeded(let reason): ("notNeeded", reason)
      }
    planned = given.filter { !$0.isSuperseded }.map(\.recipient)
    superseded = given.filter(\.isSuperseded).map(\.recipient)
  }
}

extension WhyReport.Delivery {
  init(_ delivery: RecordedDelivery, _ zone: OfficeZone) {
    messageID = delivery.messageID
    recipient = delivery.address
    channel = delivery.channel
    steps = delivery.steps
    plannedAt = zone.civil(delivery.plannedAt).rfc3339
    acceptedAt = Self.accepted(delivery).map { zone.civil($0).rfc3339 }
    attempts = delivery.attempts.map {
      WhyReport.Attempt(
        number: $0.number,
        at: zone.civil($0.at).rfc3339,
        outcome: $0.outcome,
        reply: $0.reply,
        sent: $0.sent,
        relay: $0.relay
      )
    }
  }
  // Swift 6.3.1 ends with an ownership error when it puts this into the initializer.
  @inline(never)
  private static func accepted(_ delivery: RecordedDelivery) -> Instant? { delivery.acceptedAt }
}
