import Deadlines
import Foundation
import Ledger
import Messages

let office = "cg"
let today = day("2026-11-16")
/// 16 November 2026, 07:30 in Viet Nam.
let start = Instant(seconds: 1_794_789_000)

func day(_ text: String) -> CivilDate {
  guard let day = CivilDate(text) else { preconditionFailure("no such day: \(text)") }
  return day
}

/// A store of each kind, twice: what two processes see.
struct StoreMaker: Sendable, CustomStringConvertible {
  let description: String
  let make: @Sendable () throws -> Stores

  /// Add a later store here, and the whole suite holds for it.
  static let all = [
    StoreMaker(description: "SQLite file") {
      let folder = try Folder()
      let path = folder.file("nhachan.sqlite")
      return Stores(try SQLiteLedger.open(path: path), try SQLiteLedger.open(path: path), folder)
    },
    StoreMaker(description: "SQLite in memory") {
      let store = try SQLiteLedger.inMemory()
      return Stores(store, store, nil)
    },
  ]
}

/// Two instances on one store, closed and removed with the test.
final class Stores: Sendable {
  let ledger: any Ledger
  let other: any Ledger
  private let folder: Folder?

  init(_ ledger: any Ledger, _ other: any Ledger, _ folder: Folder?) {
    self.ledger = ledger
    self.other = other
    self.folder = folder
  }

  deinit {
    try? ledger.close()
    try? other.close()
  }
}

/// A folder of its own, removed with the test.
final class Folder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "ledger-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// One step a day from the nominal date on, as many as are not given yet; none when settled or past.
struct DailySteps: StepClock {
  func nextStep(for tracked: TrackedOccurrence) -> Instant? {
    let progress = tracked.progress
    guard progress.completion == nil, !progress.isBackfill, let due = tracked.occurrence.due else { return nil }
    return Instant(seconds: Int64(due.nominal.dayNumber) * 86_400).adding(seconds: 86_400 * Int64(progress.given.count))
  }
}

/// Midnight before `start`.
var startOfDay: Instant { start.adding(seconds: -(start.seconds % 86_400)) }

/// The first step of an occurrence due on that day, by `DailySteps`.
func firstStep(_ nominal: String) -> Instant { Instant(seconds: Int64(day(nominal).dayNumber) * 86_400) }

enum Making: Error { case occurrence(String) }

/// An occurrence `P/1/once/<name>` of unit `vhxh`, due on `nominal`; undated when that is nil.
func occurrence(
  _ name: String = "a",
  due nominal: String? = "2026-12-15",
  kind: LimitKind = .deadline,
  title: String = "Báo cáo"
) throws -> Occurrence {
  let due: [String: Any]? = nominal.map {
    [
      "clause": kind.rawValue, "kind": kind.rawValue, "periodKey": "once", "period": "", "nominal": $0, "target": $0,
      "legal": $0, "rule": "R1",
    ]
  }
  let fields: [String: Any?] = [
    "id": "P/1/once/\(name)", "task": "1", "section": "Phụ lục, mục 1", "title": title, "limit": "Trong năm 2026",
    "kind": kind.rawValue, "unit": "vhxh", "meansHead": false, "coLeads": [String](), "coordinating": [String](),
    "tellsCoordinating": true, "isLongLimit": true, "carriesAssignment": true, "ladder": "standard",
    "doubts": [String](), "due": due, "overdueAfter": kind == .continuous ? nil : nominal,
    "plan": [
      "id": "P", "number": "153a/KH-UBND", "documentType": "Kế hoạch", "issuer": "UBND xã Cẩm Giàng",
      "issued": "2026-05-13",
    ],
  ]
  let json = try JSONSerialization.data(withJSONObject: fields.compactMapValues(\.self))
  return try JSONDecoder().decode(Occurrence.self, from: json)
}

func notice(
  _ name: String = "a",
  step: String = "-3wd",
  kind: NoticeKind = .reminder,
  to recipient: String = "vhxh@cg.example",
  channel: String = "mail",
  round: Int = 0
) -> Notice {
  Notice(
    occurrence: "P/1/once/\(name)",
    step: step,
    kind: kind,
    recipient: recipient,
    channel: channel,
    round: round
  )
}

/// A message with those notices, with an id made from their keys.
func message(
  _ notices: [Notice],
  office: String = office,
  on today: CivilDate = today,
  at now: Instant = start
) throws -> Message {
  let first = notices.first ?? notice()
  let entries = try notices.map { notice in
    Message.Entry(
      occurrence: try occurrence(String(notice.occurrence.dropFirst("P/1/once/".count))),
      notice: notice,
      role: .lead,
      state: .dueSoon,
      workingDaysLeft: 3,
      isLate: false,
      scheduledFor: today,
      urgings: 0,
      draftsLetter: false,
      unitName: "Phòng Văn hóa - Xã hội",
      coordinatingNames: [],
      coLeadNames: []
    )
  }
  return Message(
    messageID: notices.map(\.key).joined(separator: "+") + "@nhachan",
    office: office,
    channel: first.channel,
    recipient: recipient(first.recipient, first.channel),
    kind: notices.map(\.kind).max() ?? .reminder,
    createdAt: now,
    today: today,
    content: .notices(entries)
  )
}

func message(_ notice: Notice, on today: CivilDate = today, at now: Instant = start) throws -> Message {
  try message([notice], on: today, at: now)
}

func recipient(_ address: String, _ channel: String = "mail") -> Recipient {
  Recipient(address: address, name: "Phòng Văn hóa - Xã hội", unit: "vhxh", language: .vietnamese, channels: [channel])
}

func trialMessage(_ id: String = "trial@nhachan") -> Message {
  Message(
    messageID: id,
    office: office,
    channel: "mail",
    recipient: recipient("admin@cg.example"),
    kind: .reminder,
    createdAt: start,
    today: today,
    content: .test
  )
}

func digest(_ number: Int) -> Digest {
  Digest(
    number: number,
    asOf: start,
    today: today,
    next: start.adding(seconds: 7 * 86_400),
    closedPeriod: nil,
    figures: Digest.Figures(),
    overdue: [],
    comingDue: [],
    byUnit: [],
    unsettled: [],
    unclear: [],
    deliveryProblems: [],
    changes: Digest.Changes()
  )
}

func digestMessage(_ number: Int, id: String) -> Message {
  Message(
    messageID: id,
    office: office,
    channel: "mail",
    recipient: recipient("ct@cg.example"),
    kind: .digest,
    createdAt: start,
    today: today,
    content: .digest(digest(number))
  )
}

extension Ledger {
  @discardableResult
  func adopt(_ occurrences: [Occurrence], office: String = office, at now: Instant = start) async throws -> Adoption {
    try await adopt(occurrences, office: office, today: today, now: now, schedule: DailySteps())
  }

  @discardableResult
  func put(_ messages: [Message], office: String = office, at now: Instant = start) async throws -> [Message] {
    try await enqueue(OutboxPlan(messages: messages), office: office, now: now)
  }

  func take(
    _ limit: Int = 100,
    channels: [String] = ["mail"],
    at now: Instant = start,
    lease: Int64 = 60
  ) async throws -> [ClaimedMessage] {
    try await claim(office: office, channels: channels, limit: limit, now: now, lease: lease)
  }

  func arm(office: String = office) async throws {
    try await setArmed(true, office: office, by: "admin", reason: "installed", now: start)
  }

  func settle(
    _ claim: ClaimedMessage,
    _ next: Settlement.Next,
    _ outcome: DeliveryOutcome?,
    at now: Instant = start,
    dropping dropped: Set<String> = []
  ) async throws {
    let report = outcome.map { DeliveryReport(outcome: $0, replyCode: 250, reply: "2.0.0 Ok") }
    let settlement = Settlement(
      claim: claim,
      report: report,
      next: next,
      attemptedAt: now,
      droppedOccurrences: dropped
    )
    try await settle([settlement], office: office, now: now)
  }

  @discardableResult
  func say(_ kind: Answer.Kind, _ ids: [String], at now: Instant = start) async throws -> [TrackedOccurrence] {
    try await answer(
      Answer(kind, by: "Nguyễn Văn An", evidence: "12/BC-UBND"),
      office: office,
      occurrences: ids,
      now: now,
      schedule: DailySteps()
    )
  }

  func states() async throws -> [OutboxState] {
    try await outbox(office: office, filter: .all, limit: .max).map(\.state)
  }

  func kinds(_ occurrence: String? = nil) async throws -> [String] {
    try await record(office: office, occurrence: occurrence, limit: .max).map(\.kind)
  }

  func progress(_ id: String) async throws -> Deadlines.Progress? {
    try await tracked(office: office, ids: [id]).first?.progress
  }
}
