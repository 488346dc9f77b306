import ArgumentParser
import Configuration
import Daemon
import Deadlines
import Foundation
import Ledger

/// What every answer needs: which occurrences, who says so.
struct AnswerOptions: ParsableArguments {
  @Argument(help: "Ids of occurrences, as `nhachan tasks` lists them.")
  var occurrences: [String]
  @Option(help: "Who says so (default: the user of this command).")
  var by: String?
  @Option(help: "Number and date of the resulting document, or a note.")
  var evidence: String?

  func validate() throws {
    if occurrences.isEmpty { throw ValidationError("name at least one occurrence") }
  }

  var who: String { by ?? currentUser }

  /// Writes the answer and wakes the running service, so that it takes effect at once.
  func give(_ kind: Answer.Kind, place: PlaceOptions) async throws {
    let configuration = try place.loadAsRunning()
    let ledger = try place.openForWriting(configuration)
    let office = configuration.office
    let now = SystemClock().now()
    let today = office.zone.civil(now).date
    try await refuseContradiction(kind, ledger, office)
    do {
      let after = try await ledger.answer(
        Answer(kind, by: who, evidence: evidence),
        office: office.id,
        occurrences: occurrences,
        now: now,
        schedule: try await ledger.schedule(of: office).steps(at: now)
      )
      StoreBell.ring(store: place.storePath(configuration))
      try report(after, office: office, json: place.json, today: today)
    } catch let error as LedgerError {
      if case .unknownOccurrence = error { throw Failure.no(error.description) }
      throw Failure.unreachable(error.description)
    }
  }

  /// What is done stays as it was recorded until it is reopened, and nothing was done before it was ordered.
  private func refuseContradiction(_ kind: Answer.Kind, _ ledger: SQLiteLedger, _ office: Office) async throws {
    if case .reopened = kind { return }
    for tracked in try await ledger.tracked(office: office.id, ids: occurrences) {
      let id = tracked.occurrence.id
      if let done = tracked.progress.completion {
        throw Failure.no(
          "\(id): done on \(done.on) already, as \(done.by) said — `nhachan reopen` it first to change that"
        )
      }
      if case .done(let day) = kind, day < tracked.occurrence.plan.issued {
        throw Failure.no("\(id): the plan was issued on \(tracked.occurrence.plan.issued) — --on \(day) lies before it")
      }
    }
  }

  private struct Line: Encodable {
    var id: String
    var state: String
  }

  private func report(_ tracked: [TrackedOccurrence], office: Office, json: Bool, today: CivilDate) throws {
    let states = tracked.map { ($0, OccurrenceState($0, office: office, today: today)) }
    if json {
      try printJSON(states.map { Line(id: $0.0.occurrence.id, state: $0.1.name) })
    } else {
      for (tracked, state) in states {
        // What has no date is neither in time nor late.
        let word = state.isDone && !tracked.occurrence.isDated ? "đã ghi nhận kết quả" : state.written
        print("\(tracked.occurrence.id): \(word)")
      }
    }
  }
}

struct Ack: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Record that the unit has taken note. It is not done by that."
  )
  @OptionGroup var answer: AnswerOptions
  @OptionGroup var place: PlaceOptions

  func run() async throws { try await answer.give(.acknowledged, place: place) }
}

struct Done: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Record that it is done; its reminders stop at once.",
    discussion: "Example: nhachan done 153a-KH-UBND/PL.1/deadline/once/vhxh --evidence '153a/KH-UBND, 13/5/2026'"
  )
  @OptionGroup var answer: AnswerOptions
  @Option(help: "The day on which it was done: decides between in time and late (default: today).")
  var on: CivilDate?
  @OptionGroup var place: PlaceOptions

  func run() async throws {
    let zone = try place.loadInForce().office.zone
    let today = zone.civil(SystemClock().now()).date
    if let on, on > today { throw Failure.usage("--on \(on) lies in the future") }
    try await answer.give(.done(on: on ?? today), place: place)
  }
}

struct Reopen: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Record that it is not done after all, or, for what was past at adoption, that it is still open."
  )
  @OptionGroup var answer: AnswerOptions
  @OptionGroup var place: PlaceOptions

  func run() async throws { try await answer.give(.reopened, place: place) }
}
