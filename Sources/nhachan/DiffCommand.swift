import ArgumentParser
import Configuration
import Daemon
import Deadlines
import Foundation
import Ledger
import Messages

/// `diff`: what another configuration would change.
struct Diff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what would change if another configuration were adopted, and why.",
    discussion: """
      Compares the configuration in force (the one the service works with, else --config) with the folder \
      NEW-CONFIG: occurrences to the end of next year, and every message from now to --to, both as the service itself \
      would plan them, from a copy of the store when there is one. What is done, and what was sent already, stays. \
      The reason of each change is the plan, the directory, the calendar, the policy or the settings. Nothing is \
      adopted and nothing is sent.
      """
  )

  @Argument(help: "The folder with the new configuration.")
  var newConfig: String
  @Option(help: "The last day for which messages are compared: YYYY-MM-DD (default: the end of the year).")
  var to: CivilDate?
  @Flag(help: "Print every line of long lists.")
  var all = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var moment: AtOption

  func run() async throws {
    let new: LoadedConfiguration
    do {
      new = try ConfigurationLoader.load(directory: newConfig)
    } catch let error as ConfigurationError {
      throw Failure.no(error.description)
    }
    let old = try place.loadAsRunning()
    guard old.office.id == new.office.id else {
      throw Failure.no(
        "nhachan.yaml: the office's id is “\(new.office.id)” instead of “\(old.office.id)” — another office needs "
          + "another store, so the service would refuse it; keep the id"
      )
    }
    let comparison = ConfigurationComparison(place: place, old: old, new: new)
    let report = try await comparison.report(at: moment.instant(old.office.zone), through: to, folder: newConfig)
    if place.json { try printJSON(report) } else { print(DiffText.text(report, all: all)) }
  }
}

/// Two configurations of one office, held against each other from one moment on.
struct ConfigurationComparison {
  var place: PlaceOptions
  var old: LoadedConfiguration
  var new: LoadedConfiguration

  func report(at moment: Instant, through last: CivilDate?, folder: String) async throws -> DiffReport {
    var start = moment
    let store = try await RehearsalRunner(place: place, configuration: old).startingLedger(from: &start)
    let today = old.office.zone.civil(start).date
    let last = last ?? today.lastOfYear
    guard today <= last else { throw Failure.usage("--to \(last) is before \(today)") }
    let horizon = Office.horizon(on: max(today, last))
    let others = new.settings.differences(from: old.settings)
    let mixtures = OfficeMixtures(from: old.office, to: new.office, others: others.isEmpty ? [] : [.settings])
    let difference = OfficeDifference(from: old.office, to: new.office, through: horizon, others: others)

    let events = EventDates(try await store.events(office: old.office.id))
    let all = ScheduleDifference(from: old.office, to: new.office, through: horizon, events: events).changes
    let (changes, done) = try await adopted(all, store: store, events: events, horizon: horizon, now: start)
    let notices =
      mixtures.parts.isEmpty
      ? [] : NoticeChange.all(try await sent(mixtures, store, from: start, through: last), parts: mixtures.parts)
    let occurrences = [old, new].flatMap { $0.office.occurrences(through: horizon, events: events) }
    let writer = ReasonWriter(difference: difference, changes: all, folder: folder, occurrences: occurrences)
    return DiffReport(
      from: old.office.zone.civil(start).rfc3339,
      to: last,
      changes: changes,
      done: done,
      messages: MessageChange.grouping(notices, reasons: writer.reasons),
      writer: writer
    )
  }

  /// Of the changes those that the store would take over when the service adopts the new configuration, by its own
  /// code; what is done does not matter any more and is counted.
  private func adopted(
    _ changes: [OccurrenceChange],
    store: SQLiteLedger,
    events: EventDates,
    horizon: CivilDate,
    now: Instant
  ) async throws -> (changes: [OccurrenceChange], done: Int) {
    let copy = try store.copyInMemory()
    let office = old.office
    _ = try await Planner(office: office, domain: Channels.domain(old), ledger: copy).adopt(now: now)
    let tracked = try await copy.allTracked(office: office.id)
    let adoption = try await copy.difference(
      new.office.occurrences(through: horizon, events: events),
      office: office.id
    )
    let ids = Set(adoption.appeared + adoption.moved + adoption.vanished)
    let done = Set(tracked.filter { $0.progress.completion != nil }.map(\.occurrence.id))
    let real = changes.filter { ids.contains($0.id) }
    return (real.filter { !done.contains($0.id) }, real.count { done.contains($0.id) })
  }

  /// What each mixture sends, each on a copy of its own.
  private func sent(_ mixtures: OfficeMixtures, _ store: SQLiteLedger, from start: Instant, through last: CivilDate)
    async throws -> [[SentNotice.Key: SentNotice]]
  {
    let newFrom = mixtures.parts.firstIndex(of: .settings).map { $0 + 1 } ?? mixtures.stages.count
    let stages = mixtures.stages.enumerated().map { index, office in
      var configuration = index >= newFrom || index == mixtures.stages.count - 1 ? new : old
      configuration.office = office
      return configuration
    }
    return try await withThrowingTaskGroup(of: (Int, [SentNotice.Key: SentNotice]).self) { group in
      for (index, configuration) in stages.enumerated() {
        let copy = try store.copyInMemory()
        let channels = try RehearsalRunner(place: place, configuration: configuration).silentChannels()
        group.addTask {
          let rehearsal = Rehearsal(configuration: configuration, ledger: copy, channels: channels)
          let messages = try await rehearsal.run(from: start, through: last)
          return (index, Self.notices(messages, channels, configuration.office.zone))
        }
      }
      return try await group.reduce(into: Array(repeating: [:], count: stages.count)) { $0[$1.0] = $1.1 }
    }
  }

  private static func notices(_ messages: [RehearsedMessage], _ channels: [Channel], _ zone: OfficeZone)
    -> [SentNotice.Key: SentNotice]
  {
    SentNotice.all(messages, zone: zone) { one in
      channels.first { $0.name == one.message.channel }
        .map { MailFormat.subject(one.message, letterhead: $0.letterhead) } ?? ""
    }
  }
}

extension Settings {
  /// What is different in the ways out, in words.
  func differences(from old: Settings) -> [String] {
    let names = old.channels.map(\.name) + channels.map(\.name).filter { old.channel($0) == nil }
    let changes = names.compactMap { name -> String? in
      switch (old.channel(name), channel(name)) {
      case (nil, _): return "channel \(name) is new"
      case (_, nil): return "channel \(name) is gone"
      case (let before?, let after?):
        let isSame = before.kind == after.kind && before.perMinute == after.perMinute
        return isSame ? nil : "channel \(name) changed"
      }
    }
    return changes + (portalURL == old.portalURL ? [] : ["portal url changed"])
  }
}

/// Finds the words for the causes of a change.
struct ReasonWriter {
  var difference: OfficeDifference
  private var changes: [String: OccurrenceChange]
  private var occurrences: [String: [Occurrence]]
  private let folder: String

  init(
    difference: OfficeDifference,
    changes: [OccurrenceChange],
    folder: String,
    occurrences: [Occurrence]
  ) {
    self.difference = difference
    self.changes = Dictionary(changes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.folder = folder
    self.occurrences = Dictionary(grouping: occurrences, by: \.id)
  }

  func reasons(_ change: OccurrenceChange) -> [ChangeReason] {
    let subject = ChangeSubject([change.before, change.after].compactMap { $0 })
    return change.causes.flatMap { difference.reasons($0, for: subject) }
  }

  /// A notice changes for the reasons of its occurrence too, where the two change alike.
  func reasons(_ change: NoticeChange) -> [ChangeReason] {
    guard let notice = change.after ?? change.before else { return [] }
    let own = changes[notice.key.occurrence]
    let isAlike = own.map { $0.kind.rawValue == change.kind.rawValue } ?? false
    let causes = OfficePart.allCases.filter {
      change.causes.contains($0) || isAlike && own?.causes.contains($0) ?? false
    }
    var subject = ChangeSubject(
      occurrences[notice.key.occurrence] ?? [],
      days: [change.before?.day, change.after?.day].compactMap { $0 }
    )
    subject.recipients = Set([change.before, change.after].compactMap { $0?.key.recipient })
    subject.step = notice.key.step
    subject.isDigest = change.isDigest
    return causes.flatMap { difference.reasons($0, for: subject) }
  }

  /// The line of the key itself, where it is found below the place of its task.
  func line(_ reason: ChangeReason) -> Int? {
    guard let place = reason.place else { return nil }
    guard let key = reason.key, let text = try? String(contentsOfFile: "\(folder)/\(place.file)", encoding: .utf8)
    else { return place.line }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.drop { $0 == " " } }
    guard lines.indices.contains(place.line - 1) else { return place.line }
    let ofTask = [place.line - 1] + (place.line..<lines.count).prefix { !lines[$0].hasPrefix("- id:") }
    let found = ofTask.first { lines[$0].hasPrefix("\(key):") || lines[$0].hasPrefix("- \(key):") }
    return found.map { $0 + 1 } ?? place.line
  }

  /// `plans/153a-KH-UBND.yaml:12: limit “…” → “…”`.
  func detail(_ reason: ChangeReason) -> String {
    guard let place = reason.place, let line = line(reason) else { return reason.detail }
    return "\(place.file):\(line): \(reason.detail)"
  }
}
