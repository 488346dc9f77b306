import Configuration
import Daemon
import Deadlines
import Delivery
import Ledger
import Logging
import Messages
import TestSupport

/// Says nothing.
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A small office with a store in memory and a way out that records.
struct Scene {
  let office: Office
  let ledger: SQLiteLedger
  let transport = RecordingTransport()
  let planner: Planner

  init(_ tasks: [PlanTask], armed: Bool = true, disagreements: [Disagreement] = []) async throws {
    office = Offices.office(tasks, disagreements: disagreements)
    ledger = try SQLiteLedger.inMemory()
    planner = Planner(office: office, domain: "xa.example", ledger: ledger)
    try await ledger.setArmed(
      armed,
      office: office.id,
      by: "test",
      reason: "test",
      now: Offices.instant("2026-05-13 00:00")
    )
  }

  var schedule: Schedule { Schedule(office) }

  var channel: Channel {
    Channel(
      name: "mail",
      form: .mail,
      transport: transport,
      letterhead: Letterhead(
        officeName: office.name,
        contact: office.contact,
        zone: office.zone,
        fromAddress: "nhachan@xa.example",
        fromName: office.name
      ),
      width: 4
    )
  }

  func adopt(_ day: String = "2026-05-13 00:00") async throws {
    _ = try await planner.adopt(now: Offices.instant(day))
  }

  /// What a look at that time puts into the outbox, as `kind recipient steps`.
  func tick(_ time: String) async throws -> [String] {
    try await planner.tick(now: Offices.instant(time)).messages.map(Self.line).sorted()
  }

  static func line(_ message: Message) -> String {
    let mailbox = message.recipient.address.split(separator: "@")[0]
    return "\(message.kind.rawValue) \(mailbox) \(message.notices.map(\.step).joined(separator: ","))"
  }

  /// Sends what waits in the outbox at that time; the number of attempts.
  @discardableResult
  func send(_ time: String) async throws -> Int {
    try await Dispatcher(
      office: office.id,
      channel: channel,
      ledger: ledger,
      courier: Courier(schedule: schedule, backoff: .standard, jitter: { 0 }),
      schedule: schedule,
      logger: quiet
    ).pass(now: Offices.instant(time))
  }

  func answer(_ kind: Answer.Kind, _ ids: [String], at time: String) async throws {
    _ = try await ledger.answer(
      Answer(kind, by: "test"),
      office: office.id,
      occurrences: ids,
      now: Offices.instant(time),
      schedule: schedule
    )
  }
}

/// Answers as told and remembers what it was given.
final class RecordingTransport: Transport {
  private let state = Locked<(parcels: [Parcel], reports: [DeliveryReport])>(([], []))

  /// Reports for the next deliveries; accepted once they are used up.
  func willAnswer(_ reports: [DeliveryReport]) { state.withLock { $0.reports = reports } }

  var parcels: [Parcel] { state.withLock { $0.parcels } }

  func deliver(_ parcel: Parcel) async -> DeliveryReport {
    state.withLock { state in
      state.parcels.append(parcel)
      return state.reports.isEmpty
        ? DeliveryReport(outcome: .accepted, replyCode: 250, reply: "250 ok") : state.reports.removeFirst()
    }
  }

  func shutDown(grace: Double) async {}
}
