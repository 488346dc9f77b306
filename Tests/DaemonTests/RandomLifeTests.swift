import Daemon
import Deadlines
import Ledger
import Messages
import TestSupport
import Testing

@Suite("Two years of anything")
struct RandomLifeTests {
  private static let day: Int64 = 86_400

  private static var office: Office {
    Offices.office([
      Offices.task("1", "Hằng tháng"),
      Offices.task("2", "Hằng quý", coordinating: [.unit("vp")]),
      Offices.task("3", "Chậm nhất 30/9/2026", lead: .unit("vhxh")), Offices.task("4", "Hằng năm", lead: .unit("vp")),
    ])
  }

  private static let start = Offices.instant("2026-05-13 06:00")
  private static let end = Offices.instant("2028-05-15 12:00")

  /// Crashes, wrong clocks, dead relays and answers in any order; each of them ends.
  private func life(_ seed: UInt64, _ ids: [String]) -> [ClockedService.Timed] {
    var random = Seeded(seed)
    var events: [ClockedService.Timed] = []
    var at = Self.start
    while true {
      at = at.adding(seconds: .random(in: 3600...14 * Self.day, using: &random))
      let over = at.adding(seconds: .random(in: 60...3 * Self.day, using: &random))
      guard over < Self.end.adding(seconds: -20 * Self.day) else { return events }
      switch Int.random(in: 0..<6, using: &random) {
      case 0: events += [(at, .crash), (over, .start)]
      case 1: events += [(at, .crashWhileSending), (over, .start)]
      case 2:
        let wrong = Int64.random(in: -3 * Self.day...3 * Self.day, using: &random)
        events += [(at, .clock(wrong)), (over, .clock(0))]
      case 3: events += [(at, .relay(works: false)), (over, .relay(works: true))]
      case 4: events.append((at, .answer(.acknowledged, ids.randomElement(using: &random) ?? "")))
      default: events.append((at, .answer(.reopened, ids.randomElement(using: &random) ?? "")))
      }
      at = over
    }
  }

  @Test("gives each notice once, forgets no step, and tells nobody twice a day", arguments: UInt64(1)...2)
  func anything(seed: UInt64) async throws {
    let service = try await ClockedService(Self.office, from: Self.start)
    let ids = try await service.ledger.allTracked(office: "xa").map(\.occurrence.id)
    let events = life(seed, ids)
    try await service.run(to: Self.end, events)
    #expect(events.count > 60 && service.told.count > 100)
    #expect(Set(service.arrived).count == service.arrived.count)
    #expect(try await service.forgotten() == [])
    let clockDays = Set(
      events.compactMap { event in
        if case .clock = event.event { Self.office.zone.civil(event.at).date } else { nil }
      }
    )
    // Only where the clock itself was moved between two tellings do they fall on one true day.
    let twice = service.tellings.filter { $0.value > 1 }.keys.filter { key in
      !clockDays.contains { key.hasSuffix(" \($0)") }
    }
    #expect(twice.sorted() == [])
    #expect(service.held == nil)
    #expect(try await service.ledger.verifyRecord(office: "xa").firstAltered == nil)
    let waiting = try await service.ledger.outbox(office: "xa", filter: .states([.claimed, .deferred]), limit: 99)
    #expect(waiting.isEmpty)
  }
}
