import Daemon
import Deadlines
import Ledger
import Messages
import TestSupport
import Testing

@Suite("A service that was down")
struct DowntimeTests {
  private static let day: Int64 = 86_400

  private static var office: Office {
    Offices.office([
      Offices.task("1", "Hằng tuần"), Offices.task("2", "Hằng tháng"),
      Offices.task("3", "Chậm nhất 4/9/2026", lead: .unit("vhxh"), coordinating: [.unit("vp")]),
    ])
  }

  // The long weekend of the National Day lies within: 31 August to 2 September 2026 are off.
  private static let start = Offices.instant("2026-08-10 06:00")
  private static let end = Offices.instant("2026-12-04 12:00")

  /// What is told when nothing happens, worked out once.
  private static let right = Task {
    let service = try await ClockedService(office, from: start)
    try await service.run(to: end)
    return service.told
  }

  @Test(
    "loses nothing, tells everybody once, says that it is late and what it stands for",
    arguments: ["2026-08-27 07:29", "2026-08-28 18:00"],
    [60, 3600, day, 6 * day, 8 * day, 40 * day, 90 * day]
  )
  func downtime(from time: String, seconds: Int64) async throws {
    let (down, up) = (Offices.instant(time), Offices.instant(time).adding(seconds: seconds))
    let service = try await ClockedService(Self.office, from: Self.start)
    try await service.run(to: up.adding(seconds: 60), [(down, .crash), (up, .start)])
    let isLong = seconds >= 7 * Self.day
    #expect(service.held == (isLong ? "the service was silent for \(seconds / Self.day) days" : nil))
    #expect(!isLong || service.told.allSatisfy { $0.truth < down })
    // Looked at an hour later, let out, and then the next two working days.
    let settled = up.adding(seconds: 3600)
    try await service.run(to: up.adding(seconds: 5 * Self.day), isLong ? [(settled, .arm)] : [])
    #expect(service.tellings.allSatisfy { $0.value == 1 })
    expectLatenessSaid(service.told.filter { $0.truth >= up }, since: down)

    try await service.run(to: Self.end)
    #expect(Set(service.arrived).count == service.arrived.count)
    let right = try await ClockedService.keys(Self.right.value)
    // Of digests that were missed one is made up.
    let lost = try await Set(right).subtracting(service.accounted()).filter { !$0.hasPrefix("nhachan.") }
    #expect(lost.sorted() == [])
    #expect(try await service.forgotten() == [])
    #expect(service.tellings.allSatisfy { $0.value == 1 })
  }

  /// A notice of an earlier day says so, and of each occurrence everybody is told its latest step alone.
  private func expectLatenessSaid(_ told: [ClockedService.Told], since down: Instant) {
    let zone = Self.office.zone
    for entry in told.flatMap(\.message.entries) where entry.notice.kind != .settled {
      let message = told.first { $0.message.entries.contains(entry) }
      let today = message.map { zone.civil($0.shown).date } ?? .last
      #expect(entry.isLate == (entry.scheduledFor < today), "\(entry.notice.key)")
    }
    let first = told.first.map { zone.civil($0.truth).date }
    let steps = told.filter { zone.civil($0.truth).date == first }.flatMap(\.message.notices)
      .map { "\($0.recipient) \($0.occurrence)" }
    #expect(Set(steps).count == steps.count)
  }

  @Test("for a message that was on its way: it goes again with its Message-ID, a quarter of an hour after the start")
  func crashWhileSending() async throws {
    let service = try await ClockedService(Self.office, from: Self.start)
    let opening = Offices.instant("2026-08-10 07:30")
    try await service.run(to: opening.adding(seconds: -60), [(opening.adding(seconds: -120), .relay(works: false))])
    try await service.run(
      to: opening.adding(seconds: 1800),
      [
        (opening.adding(seconds: 200), .crashWhileSending), (opening.adding(seconds: 260), .relay(works: true)),
        (opening.adding(seconds: 300), .start),
      ]
    )
    let rows = try await service.ledger.outbox(office: "xa", filter: .all, limit: 99)
    let again = try #require(try await lostClaim(rows, service.ledger))
    #expect(
      service.told.filter { $0.message.messageID == again.message.messageID }.map(\.truth)
        == [opening.adding(seconds: 300 + 15 * 60)]
    )
    #expect(rows.allSatisfy { $0.state == .accepted })
  }

  private func lostClaim(_ rows: [OutboxRow], _ ledger: SQLiteLedger) async throws -> OutboxRow? {
    for row in rows
    where try await ledger.attempts(office: "xa", id: row.id).contains(where: { $0.report.outcome == .unknown }) {
      return row
    }
    return nil
  }
}
