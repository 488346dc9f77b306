import ArgumentParser
import Configuration
import Daemon
import Deadlines
import Foundation
import Ledger

/// `event`: the days of events that plans do not date.
struct Event: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say when an event took place on which a time limit hangs, as “kể từ ngày nhận được hồ sơ”.",
    discussion: "What hangs on the event then falls due by that day, and its reminders begin.",
    subcommands: [EventSet.self, EventList.self, EventUnset.self],
    defaultSubcommand: EventList.self
  )
}

/// The task whose event is spoken of.
struct EventTaskOptions: ParsableArguments {
  @Argument(help: "The task: PLAN/TASK as 153a-KH-UBND/PL.13, or its id alone if no other plan has it.")
  var task: String
  @Option(help: "Who says so (default: the user of this command).")
  var by: String?

  var who: String { by ?? currentUser }

  /// The one task that is meant, with what its words mean; `events` are the days known so far.
  func find(in office: Office, today: CivilDate, events: EventDates = [:]) throws -> ExpandedTask {
    let all = office.expandedTasks(through: Office.horizon(on: today), events: events)
    let found = all.filter { $0.key == task || $0.task.id == task }
    guard let first = found.first else {
      let waiting = all.filter(\.awaitsEvent).map(\.key).joined(separator: ", ")
      throw Failure.no("no task “\(task)” — waiting for an event: \(waiting.isEmpty ? "none" : waiting)")
    }
    guard found.count == 1 else {
      throw Failure.no("several plans have a task “\(task)” — say which: \(found.map(\.key).joined(separator: ", "))")
    }
    return first
  }
}

struct EventSet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Note the day of the event; another day for the same task moves it.",
    discussion: "Example: nhachan event set 153a-KH-UBND/PL.13 2026-06-10 --evidence '12/HD-SNV, 10/6/2026'"
  )
  @OptionGroup var task: EventTaskOptions
  @Argument(help: "The day of the event: YYYY-MM-DD.")
  var date: CivilDate
  @Option(help: "Number and date of the document that shows it, or a note.")
  var evidence: String?
  @OptionGroup var place: PlaceOptions

  struct Report: Encodable {
    struct Line: Encodable {
      var id: String
      var nominal: CivilDate
      var target: CivilDate
      var legal: CivilDate
    }
    var task: String
    var date: CivilDate
    var by: String
    var evidence: String?
    var occurrences: [Line]
    var notes: [String]
  }

  func run() async throws {
    let configuration = try place.loadAsRunning()
    let ledger = try place.openForWriting(configuration)
    let office = configuration.office
    let now = SystemClock().now()
    let today = office.zone.civil(now).date
    let key = try refuseIdle(task.find(in: office, today: today))
    let after = try task.find(in: office, today: today, events: [key: date])
    let event = EventDay(task: key, date: date, by: task.who, evidence: evidence)
    do {
      try await ledger.setEvent(event, office: office.id, now: now)
    } catch let error as LedgerError {
      throw Failure.unreachable(error.description)
    }
    StoreBell.ring(store: place.storePath(configuration))
    try tell(report(event, after))
  }

  /// The task's key, if its words hang on an event and the day can be one.
  private func refuseIdle(_ expanded: ExpandedTask) throws -> String {
    let key = expanded.key
    if let override = expanded.task.limitOverride {
      throw Failure.no("\(key): “\(override)” stands in the plan file and decides — delete it there first")
    }
    guard expanded.awaitsEvent else {
      throw Failure.no(
        "\(key): “\(expanded.task.limit)” hangs on no event without a date — `nhachan event list` says which do"
      )
    }
    let issued = expanded.plan.issued
    guard abs(date.days(since: issued)) <= 3660 else {
      throw Failure.no("\(date) lies more than ten years from the plan's date (\(issued)) — check the year")
    }
    if date < issued { printError("note: \(date) lies before the plan was issued (\(issued))") }
    return key
  }

  private func report(_ event: EventDay, _ after: ExpandedTask) -> Report {
    let before = Set(after.doubts)
    let dated = after.occurrences.filter(\.isDated).compactMap { occurrence in
      occurrence.due.map {
        Report.Line(id: occurrence.id, nominal: $0.nominal, target: $0.target, legal: $0.legal)
      }
    }
    return Report(
      task: event.task,
      date: event.date,
      by: event.by,
      evidence: event.evidence,
      occurrences: dated,
      notes: before.sorted()
    )
  }

  private func tell(_ report: Report) throws {
    if place.json { return try printJSON(report) }
    print("\(report.task): sự kiện ngày \(report.date.written)")
    for line in report.occurrences {
      let moved = line.target == line.legal ? "" : "  target \(line.target)  legal \(line.legal)"
      print("  \(line.id)  due \(line.nominal)\(moved)")
    }
    for note in report.notes { print("  ? \(note)") }
  }
}

struct EventList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the events whose day is known, and the tasks that wait for one."
  )
  @OptionGroup var place: PlaceOptions

  struct Line: Encodable {
    var task: String
    /// Nil while it is waited for.
    var date: CivilDate?
    var by: String?
    var evidence: String?
    var limit: String?
    /// False when the plan's words hang on no event any more.
    var isUsed: Bool
  }

  func run() async throws {
    let configuration = try place.loadInForce()
    let ledger = try place.openForReading(configuration)
    let events = try await ledger.events(office: configuration.office.id)
    let lines = lines(events, configuration.office)
    if place.json { return try printJSON(lines) }
    if lines.isEmpty { return print("no time limit hangs on an event without a date") }
    print(table(lines.map { [$0.task, $0.date?.description ?? "-", state($0), "“\($0.limit ?? "")”"] }))
  }

  private func lines(_ events: [EventDay], _ office: Office) -> [Line] {
    let today = office.zone.civil(SystemClock().now()).date
    let tasks = office.expandedTasks(through: Office.horizon(on: today), events: EventDates(events))
    let byKey = Dictionary(tasks.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    let known = events.map { event in
      let task = byKey[event.task]
      return Line(
        task: event.task,
        date: event.date,
        by: event.by,
        evidence: event.evidence,
        limit: task?.task.limit,
        isUsed: task?.eventDate != nil
      )
    }
    let waiting = tasks.filter(\.awaitsEvent).map { Line(task: $0.key, limit: $0.task.limit, isUsed: true) }
    return known + waiting
  }

  private func state(_ line: Line) -> String {
    guard line.date != nil else { return "waits for its event" }
    return line.isUsed ? "as \(line.by ?? "") said" : "not needed by the plan any more"
  }
}

struct EventUnset: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unset",
    abstract: "Take the day of an event back; what hangs on it waits again."
  )
  @OptionGroup var task: EventTaskOptions
  @OptionGroup var place: PlaceOptions

  struct Report: Encodable {
    var task: String
    var unset: Bool
  }

  func run() async throws {
    let configuration = try place.loadAsRunning()
    let ledger = try place.openForWriting(configuration)
    let office = configuration.office.id
    let known = try await ledger.events(office: office).map(\.task)
    // Also of tasks that are no longer in the plan.
    let matching = known.filter { $0 == task.task || $0.hasSuffix("/\(task.task)") }
    guard matching.count < 2 else {
      throw Failure.no("several plans have a task “\(task.task)” — say which: \(matching.joined(separator: ", "))")
    }
    guard let key = matching.first else {
      throw Failure.no("no day of an event is known for “\(task.task)” — `nhachan event list` shows all")
    }
    _ = try await ledger.unsetEvent(task: key, office: office, by: task.who, now: SystemClock().now())
    StoreBell.ring(store: place.storePath(configuration))
    if place.json { return try printJSON(Report(task: key, unset: true)) }
    print("\(key): waits for its event again")
  }
}
