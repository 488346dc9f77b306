import ArgumentParser
import Configuration
import Daemon
import Deadlines
import Foundation
import Ledger

/// `status`: how the service stands.
struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Say how the service stands.")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var moment: AtOption

  struct Report: Encodable {
    struct Occurrences: Encodable {
      var open = 0
      var dueSoon = 0
      var overdue = 0
      var done = 0
      var unsettled = 0
    }
    struct OutboxCounts: Encodable {
      var pending: Int
      var deferred: Int
      var deadLetters: Int
      var accepted: Int
    }
    struct ChannelLine: Encodable {
      var name: String
      var state: String
      var reason: String?
      /// Where there are backups.
      var relays: [RelayState]?
    }

    var armed: Bool
    var heldBecause: String?
    var plans: [String]
    var occurrences: Occurrences
    var outbox: OutboxCounts
    var channels: [ChannelLine]
    var nextMessageAt: String?
    var lastDigest: Int?
    var reloadProblem: String?
    /// What keeps the running service from writing its store.
    var storeProblem: String?
    var version: String
  }

  func run() async throws {
    let configuration = try place.loadInForce()
    let ledger = try place.openForReading(configuration)
    let report = try await report(configuration.office, configuration, ledger)
    if place.json { try printJSON(report) } else { print(Self.text(report)) }
  }

  private func report(_ office: Office, _ configuration: LoadedConfiguration, _ ledger: SQLiteLedger) async throws
    -> Report
  {
    let figures = try await ledger.figures(office: office.id)
    let problem = try await ledger.fact(office: office.id, Fact.reloadProblem)
    let armed = try await ledger.isArmed(office: office.id)
    return Report(
      armed: armed,
      heldBecause: armed ? nil : try await ledger.fact(office: office.id, Arming.reasonFact),
      plans: office.plans.map(\.id),
      occurrences: try await occurrences(office, ledger),
      outbox: Report.OutboxCounts(
        pending: figures.pending,
        deferred: figures.deferred,
        deadLetters: figures.deadLetters,
        accepted: figures.accepted
      ),
      channels: try await channels(configuration, ledger),
      // Nothing leaves while held.
      nextMessageAt: armed ? try await nextMessage(office, ledger) : nil,
      lastDigest: try await ledger.lastDigest(office: office.id)?.number,
      reloadProblem: problem.flatMap { $0.isEmpty ? nil : $0 },
      storeProblem: StoreLock.trouble(store: place.storePath(configuration)),
      version: Version.text
    )
  }

  private func occurrences(_ office: Office, _ ledger: SQLiteLedger) async throws -> Report.Occurrences {
    var counts = Report.Occurrences()
    let today = moment.today(office.zone)
    for tracked in try await ledger.allTracked(office: office.id) {
      let state = OccurrenceState(tracked, office: office, today: today)
      if state.isDone { counts.done += 1 } else { counts.open += 1 }
      if state == .dueSoon || state == .dueToday { counts.dueSoon += 1 }
      if state.isOverdue { counts.overdue += 1 }
      if state == .unsettled { counts.unsettled += 1 }
    }
    return counts
  }

  private func channels(_ configuration: LoadedConfiguration, _ ledger: SQLiteLedger) async throws
    -> [Report.ChannelLine]
  {
    var lines: [Report.ChannelLine] = []
    for channel in configuration.settings.channels {
      let state = try await ledger.channelState(office: configuration.office.id, channel: channel.name)
      let relays = try await RelayState.all(ledger, office: configuration.office.id, channel)
      lines.append(
        Report.ChannelLine(
          name: channel.name,
          state: state.isHeld ? "held" : "working",
          reason: state.heldBecause,
          relays: relays.isEmpty ? nil : relays
        )
      )
    }
    return lines
  }

  private func nextMessage(_ office: Office, _ ledger: SQLiteLedger) async throws -> String? {
    let schedule = Schedule(office)
    let now = moment.instant(office.zone)
    let step = try await ledger.nextStep(office: office.id).map { schedule.opening(onOrAfter: max($0, now)) }
    return [step, schedule.nextDigest(after: now).at].compactMap { $0 }.min().map { office.zone.civil($0).rfc3339 }
  }

  private static func text(_ report: Report) -> String {
    var lines = [
      report.armed
        ? "armed: messages leave"
        : "HELD: messages stay until `nhachan arm` (\(report.heldBecause ?? "never armed"))",
      "plans: \(report.plans.joined(separator: ", "))",
      "occurrences: \(report.occurrences.open) open (\(report.occurrences.dueSoon) due soon, "
        + "\(report.occurrences.overdue) overdue, \(report.occurrences.unsettled) to settle), "
        + "\(report.occurrences.done) done",
      "outbox: \(report.outbox.pending) pending, \(report.outbox.deferred) deferred, "
        + "\(report.outbox.deadLetters) given up, \(report.outbox.accepted) accepted",
    ]
    lines += report.channels.flatMap { channel in
      ["channel \(channel.name): \(channel.state)\(channel.reason.map { " — \($0)" } ?? "")"]
        + (channel.relays ?? []).map { "  relay \($0.relay): \($0.state)\($0.reason.map { " — \($0)" } ?? "")" }
    }
    lines.append("next message: \(report.nextMessageAt ?? "none")")
    if let digest = report.lastDigest { lines.append("last digest: number \(digest)") }
    if let problem = report.storeProblem { lines.append("nothing is sent until the store can be written: \(problem)") }
    if let problem = report.reloadProblem {
      lines.append("the last reload failed, the old configuration stays:\n\(problem)")
    }
    return lines.joined(separator: "\n")
  }
}

extension OccurrenceState {
  init(_ tracked: TrackedOccurrence, office: Office, today: CivilDate) {
    self.init(
      of: tracked.occurrence,
      tracked.progress,
      today: today,
      calendar: office.calendar,
      dueSoonDays: office.policy.dueSoonDays
    )
  }

  /// In the words offices use.
  var written: String {
    switch self {
    case .notYetDue: "chưa đến hạn"
    case .dueSoon: "sắp đến hạn"
    case .dueToday: "đến hạn hôm nay"
    case .overdue(let days): "quá hạn \(days) ngày"
    case .doneInTime: "hoàn thành đúng hạn"
    case .doneLate: "hoàn thành quá hạn"
    case .noDueDate: "không có hạn"
    case .unsettled: "chờ xác nhận"
    }
  }
}

/// `tasks`: the state of every occurrence.
struct Tasks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List every occurrence with its state.",
    discussion: "--state takes notYetDue, dueSoon, dueToday, overdue, doneInTime, doneLate, noDueDate, unsettled."
  )

  @Option(help: "Only this unit's.")
  var unit: String?
  @Option(help: "Only in this state.")
  var state: String?
  @OptionGroup var place: PlaceOptions
  @OptionGroup var moment: AtOption

  struct Line: Encodable {
    var id: String
    var task: String
    var unit: String
    var title: String
    var limit: String
    var state: String
    var overdueDays: Int?
    var nominal: CivilDate?
    var target: CivilDate?
    var legal: CivilDate?
    var period: String?
    var acknowledged: Bool
    var doneOn: CivilDate?
    var evidence: String?
  }

  func run() async throws {
    let configuration = try place.loadInForce()
    let office = configuration.office
    let ledger = try place.openForReading(configuration)
    let today = moment.today(office.zone)
    if let unit, office.directory.unit(unit) == nil {
      throw Failure.no(
        "no unit “\(unit)” — directory.yaml has: \(office.directory.units.map(\.id).joined(separator: ", "))"
      )
    }
    let lines = try await ledger.allTracked(office: office.id).map { line($0, office, today) }
      .filter { (unit == nil || $0.unit == unit) && (state == nil || $0.state == state) }
    if place.json {
      try printJSON(lines)
    } else if !lines.isEmpty {
      print(table(lines.map { [$0.id, $0.nominal?.description ?? "-", written($0), String($0.title.prefix(60))] }))
    }
    if lines.isEmpty { throw Failure.no("no occurrence matches") }
  }

  private func written(_ line: Line) -> String { line.overdueDays.map { "overdue \($0)" } ?? line.state }

  private func line(_ tracked: TrackedOccurrence, _ office: Office, _ today: CivilDate) -> Line {
    let occurrence = tracked.occurrence
    let state = OccurrenceState(tracked, office: office, today: today)
    return Line(
      id: occurrence.id,
      task: occurrence.task,
      unit: occurrence.unit,
      title: occurrence.title,
      limit: occurrence.limit,
      state: state.name,
      overdueDays: state.overdueDays,
      nominal: occurrence.due?.nominal,
      target: occurrence.due?.target,
      legal: occurrence.due?.legal,
      period: occurrence.due?.period,
      acknowledged: tracked.progress.acknowledgedAt != nil,
      doneOn: tracked.progress.completion?.on,
      evidence: tracked.progress.completion?.evidence
    )
  }
}

extension OccurrenceState {
  var overdueDays: Int? { if case .overdue(let days) = self { days } else { nil } }
}
