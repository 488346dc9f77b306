import Daemon
import Deadlines
import Ledger
import Messages

/// What a crash run comes to.
public struct CrashReport: Sendable {
  public var kills: [CrashKind: Int] = [:]
  /// Different messages that the server took.
  public var messages = 0
  /// Notices that an undisturbed run gives, and that neither arrived nor were stood for by a later one that did.
  public var lost: [String] = []
  /// Notices that arrived and that an undisturbed run does not give.
  public var unexpected: [String] = []
  /// Messages that the server took again.
  public var copies = 0
  /// Copies that no kill between the final dot and the settling accounts for.
  public var unexplained: [String] = []
  /// Connections that the service may open.
  public var connections = 0
  /// The most messages that one kill doubled.
  public var mostCopiesPerKill = 0
  /// The most messages that one kill doubled on one connection.
  public var mostCopiesPerConnection = 0
  /// Messages that are neither accepted nor rightly given up at the end.
  public var unfinished: [String] = []
  /// Mails whose header names other occurrences than the store's message.
  public var altered: [String] = []
  public var recordEntries = 0
  public var recordIsWhole = false

  /// Kills while there was work.
  public var killCount: Int { kills.reduce(0) { $0 + ($1.key == .idle ? 0 : $1.value) } }

  /// Nothing lost, nothing doubled without a reason, and a store that can be believed.
  public var isClean: Bool {
    [lost, unexpected, unexplained, unfinished, altered].allSatisfy(\.isEmpty) && recordIsWhole
      && mostCopiesPerKill <= connections
  }

  public var lines: [String] {
    let kinds = CrashKind.allCases.compactMap { kind in kills[kind].map { "\($0) \(kind.rawValue)" } }
    return [
      "kills \(killCount) (\(kinds.joined(separator: ", ")))",
      "messages \(messages), lost \(lost.count), copies \(copies), explained \(copies - unexplained.count)",
      "copies of one kill: at most \(mostCopiesPerKill) of \(connections) connections; on one connection: at most \(mostCopiesPerConnection)",
      "record: \(recordEntries) entries, \(recordIsWhole ? "whole" : "BROKEN")",
    ]
      + [
        ("lost", lost), ("unexpected", unexpected), ("unexplained copy", unexplained), ("unfinished", unfinished),
        ("altered", altered),
      ].flatMap { name, list in list.prefix(20).map { "  \(name): \($0)" } }
  }
}

/// The accounts of a run, from what the server wrote down, what the store says, and what an undisturbed run sends.
struct CrashAccounts {
  let deliveries: [MailRecorder.Delivery]
  let rows: [OutboxRow]
  let tracked: [TrackedOccurrence]
  /// For each outbox row, how often its sender ended without a word.
  let lostClaims: [String: Int]
  /// What an undisturbed run sends up to the last day but one, and up to the last.
  let expected: [Message]
  let possible: [Message]
  /// What the clock showed whenever the service was up, armed and had nothing left to do.
  let restful: [Instant]

  func report(kills: [CrashKind: Int]) -> CrashReport {
    var report = CrashReport()
    report.kills = kills
    report.messages = taken.count
    report.lost = lost
    report.unexpected = unexpected
    countCopies(&report)
    report.unfinished = rows.filter {
      ![.accepted, .dropped, .discarded].contains($0.state)
        || $0.state == .accepted && !taken.contains($0.message.messageID)
    }
    .map { "\($0.state.rawValue) \($0.message.messageID)" }
    report.altered = altered
    return report
  }

  private var taken: Set<String> { Set(deliveries.map(\.messageID)) }

  // MARK: Nothing lost

  /// What the answers make depend on the moment is not compared.
  private func isCompared(_ notice: Notice) -> Bool {
    !notice.occurrence.contains("/\(CrashOffice.answeredTask)/")
  }

  private var arrived: Set<String> {
    let taken = taken
    return Set(
      rows.filter { taken.contains($0.message.messageID) }.flatMap(\.message.notices).filter(isCompared).map(\.key)
    )
  }

  private var lost: [String] {
    let arrived = arrived
    let stoodFor = stoodFor(arrived: arrived)
    let notices = expected.flatMap(\.notices).filter(isCompared)
    return notices.filter { !arrived.contains($0.key) && !stoodFor.contains($0.key) }.map(\.key) + lostDigests
  }

  /// Digests that were never made though there was time, or that did not arrive.
  ///
  /// Of each slot, as an undisturbed run has them: once its time has come and the service was seen to have nothing left to
  /// do, it must have been made before the next slot, for the same people. Only where each start was killed before it came
  /// to that does the next digest stand for it.
  private var lostDigests: [String] {
    let made = rows.map(\.message).filter { $0.kind == .digest }
    let slots = Dictionary(grouping: expected.filter { $0.kind == .digest }, by: \.createdAt)
    let times = slots.keys.sorted()
    let next = times.dropFirst() + [Instant(milliseconds: .max)]
    let unmade = zip(times, next).flatMap { slot, next in
      let people = Set(made.filter { slot <= $0.createdAt && $0.createdAt < next }.map(\.recipient.address))
      let hadTime = restful.contains { slot <= $0 && $0 < next }
      return (slots[slot] ?? []).filter { !people.contains($0.recipient.address) && (hadTime || !people.isEmpty) }
    }
    return unmade.map { "digest of \($0.today) to \($0.recipient.address)" }
      + made.map(\.messageID).filter { !taken.contains($0) }
  }

  private var unexpected: [String] {
    arrived.subtracting(possible.flatMap(\.notices).map(\.key)).sorted()
  }

  /// Steps passed over for a later one to the same mailbox, which arrived.
  private func stoodFor(arrived: Set<String>) -> Set<String> {
    var keys: Set<String> = []
    for occurrence in tracked {
      let given = occurrence.progress.given.map { (notice: Notice($0, of: occurrence.occurrence.id), $0) }
      for (passed, facts) in given where facts.isSuperseded {
        let isStoodFor = given.contains { later, laterFacts in
          !laterFacts.isSuperseded && laterFacts.at >= facts.at && later.recipient == passed.recipient
            && later.channel == passed.channel && arrived.contains(later.key)
        }
        if isStoodFor { keys.insert(passed.key) }
      }
    }
    return keys
  }

  // MARK: Nothing doubled without a reason

  private struct Place: Hashable {
    var run: Int
    var connection: Int
  }

  private func countCopies(_ report: inout CrashReport) {
    var perKill: [Int: Int] = [:]
    var perConnection: [Place: Int] = [:]
    for (id, all) in Dictionary(grouping: deliveries, by: \.messageID) where all.count > 1 {
      report.copies += all.count - 1
      for (before, after) in zip(all, all.dropFirst()) {
        perKill[before.run, default: 0] += 1
        perConnection[Place(run: before.run, connection: before.connection), default: 0] += 1
        if before.run >= after.run { report.unexplained.append("\(id): twice within run \(after.run)") }
      }
      if all.count - 1 > lostClaims[id, default: 0] {
        report.unexplained.append("\(id): the store knows of no lost claim")
      }
    }
    report.mostCopiesPerKill = perKill.values.max() ?? 0
    report.mostCopiesPerConnection = perConnection.values.max() ?? 0
  }

  // MARK: Nothing altered

  private var altered: [String] {
    let known = Dictionary(rows.map { ($0.message.messageID, $0.message) }, uniquingKeysWith: { first, _ in first })
    return deliveries.filter { delivery in
      guard let message = known[delivery.messageID] else { return true }
      return Set(message.notices.filter(isCompared).map(\.occurrence))
        != Set(delivery.occurrences.filter { !$0.contains("/\(CrashOffice.answeredTask)/") })
    }.map(\.messageID)
  }
}

extension Notice {
  fileprivate init(_ given: Progress.GivenNotice, of occurrence: String) {
    self.init(
      occurrence: occurrence,
      step: given.step,
      kind: given.kind,
      recipient: given.recipient,
      channel: given.channel,
      round: given.round
    )
  }
}
