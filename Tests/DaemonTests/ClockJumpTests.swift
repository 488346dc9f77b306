import Deadlines
import Delivery
import Ledger
import Messages
import TestSupport
import Testing

@testable import Daemon

@Suite("A clock that is set")
struct ClockJumpTests {
  private static let hour: Int64 = 3600
  private static let day: Int64 = 86_400

  private static var office: Office {
    Offices.office([
      Offices.task("1", "Hằng tuần"), Offices.task("2", "Hằng tháng", lead: .unit("vp")),
      Offices.task("3", "Chậm nhất 30/6/2026", lead: .unit("vhxh"), coordinating: [.unit("vp")]),
      Offices.task("4", "Thường xuyên"), Offices.task("5", "Trong tháng 6/2026"),
    ])
  }

  private static let start = Offices.instant("2026-05-13 06:00")
  private static let end = Offices.instant("2026-07-11 12:00")

  /// What a clock that is right leads to, worked out once.
  private static let right = Task {
    let service = try await ClockedService(office, from: start)
    try await service.run(to: end)
    return service.told
  }

  /// The same stretch of time with a clock that is right.
  private func reference(_ office: Office, from start: Instant, to end: Instant) async throws -> ClockedService {
    let service = try await ClockedService(office, from: start)
    try await service.run(to: end)
    return service
  }

  /// Wrong by so many seconds for a while, over and over: during the night, at the opening, while messages wait.
  private func wrong(by seconds: Int64, from start: Instant, to end: Instant) -> [(
    at: Instant, event: ClockedService.Event
  )] {
    var events: [ClockedService.Timed] = []
    var random = Seeded(UInt64(bitPattern: seconds))
    var at = start.adding(seconds: 5 * Self.day)
    while at < end.adding(seconds: -3 * Self.day) {
      events.append((at, .clock(seconds)))
      events.append((at.adding(seconds: .random(in: 60...4 * Self.hour, using: &random)), .clock(0)))
      at = at.adding(seconds: .random(in: 2 * Self.day...9 * Self.day, using: &random))
    }
    return events
  }

  @Test(
    "gives the same notices as one that is right, each once, and storms nobody",
    arguments: [hour, -hour, day, -day, 6 * day, -6 * day, 40 * day, -40 * day]
  )
  func jumps(seconds: Int64) async throws {
    let right = try await Self.right.value
    let service = try await ClockedService(Self.office, from: Self.start)
    let events = wrong(by: seconds, from: Self.start, to: Self.end)
    try await service.run(to: Self.end, events)
    #expect(events.count > 12 && right.count > 60)
    #expect(Set(service.arrived).count == service.arrived.count, "given twice")
    let accounted = try await service.accounted()
    let expected = Set(ClockedService.keys(right))
    #expect(expected.subtracting(accounted).sorted() == [], "lost")
    #expect(try await service.forgotten() == [])
    #expect(service.held == nil)
    let sets = events.reduce(into: [CivilDate: Int]()) { $0[Self.office.zone.civil($1.at).date, default: 0] += 1 }
    let storms = service.tellings.filter { key, count in
      count > 1 + sets.reduce(0) { key.hasSuffix(" \($1.key)") ? $1.value : $0 }
    }
    #expect(storms == [:])
    // An hour matters only at the edges of the day, and a jump beyond the setting holds: nothing is passed over.
    if abs(seconds) == Self.hour || seconds == 40 * Self.day || seconds < 0 {
      #expect(expected.symmetricDifference(service.arrived).sorted() == [])
    }
  }

  private static func line(_ told: ClockedService.Told) -> String {
    let message = told.message
    // What was planned by the wrong clock and taken back has had the id; its second making is numbered.
    let id = message.messageID.replacing(/^2\./, with: "")
    return "\(office.zone.civil(told.truth).date) \(message.kind) \(message.recipient.address) \(id)"
  }

  @Test("ahead by forty days holds what it plans, says so, and goes on by itself once it is right")
  func heldWhileAhead() async throws {
    let service = try await ClockedService(Self.office, from: Self.start)
    let noon = Offices.instant("2026-05-20 12:00")
    try await service.run(to: noon)
    let before = service.told
    try await service.run(to: noon.adding(seconds: 600), [(noon.adding(seconds: 60), .clock(40 * Self.day))])
    #expect(service.told == before && service.held == "the service was silent for 40 days")
    #expect(try await service.ledger.figures(office: "xa").pending > 0)
    try await service.run(to: Self.end, [(noon.adding(seconds: 1200), .clock(0))])
    let right = try await Self.right.value
    let difference = Set(right.map(Self.line)).symmetricDifference(service.told.map(Self.line))
    #expect(difference.sorted() == [])
    #expect(service.told.count == right.count)
  }

  @Test("ahead by ten years for an hour destroys no text")
  func textsStay() async throws {
    let service = try await ClockedService(Self.office, from: Self.start)
    let noon = Offices.instant("2026-05-20 12:00")
    let events: [ClockedService.Timed] = [
      (noon, .clock(3650 * Self.day)), (noon.adding(seconds: Self.hour), .clock(0)),
    ]
    try await service.run(to: noon.adding(seconds: 2 * Self.hour), events)
    let rows = try await service.ledger.outbox(office: "xa", filter: .all, limit: 999)
    #expect(!service.told.isEmpty && rows.allSatisfy { $0.droppedText == nil })
  }

  @Test("ahead by six days for a while tells once more what it passed over, each on its day")
  func passedOverAgain() async throws {
    let office = Offices.office([Offices.task("1", "Chậm nhất 30/9/2026")])
    let noon = Offices.instant("2026-09-24 12:00")
    let service = try await ClockedService(office, from: Self.start)
    try await service.run(
      to: Offices.instant("2026-10-10 12:00"),
      [(noon, .clock(6 * Self.day)), (noon.adding(seconds: Self.hour), .clock(0))]
    )
    let steps = service.told.filter { $0.message.recipient.address == "kt@xa.example" }
      .map { "\(office.zone.civil($0.truth).date) \($0.message.notices.map(\.step).joined(separator: ","))" }
    #expect(
      steps == [
        "2026-05-13 assignment", "2026-09-16 -10wd", "2026-09-23 -5wd", "2026-09-24 0wd", "2026-09-25 -3wd",
        "2026-09-29 -1wd", "2026-10-01 +1wd",
      ]
    )
  }

  @Test("ahead by a day over the opening, and right later that morning: the day's own step is given that day")
  func rightAfterTheOpening() async throws {
    let office = Offices.office([Offices.task("1", "Chậm nhất 30/9/2026")])
    let service = try await ClockedService(office, from: Self.start)
    let early = Offices.instant("2026-09-29 07:00")
    try await service.run(
      to: Offices.instant("2026-10-01 12:00"),
      [(early, .clock(Self.day)), (early.adding(seconds: 2400), .clock(0))]
    )
    let steps = service.told.filter { $0.message.recipient.address == "kt@xa.example" }
      .map { "\(office.zone.civil($0.truth).date) \($0.message.notices.map(\.step).joined(separator: ","))" }
    #expect(steps.suffix(3) == ["2026-09-29 0wd", "2026-09-29 -1wd", "2026-10-01 +1wd"])
  }

  @Test("ahead by a year from its start, and then right: retries, steps and digests wait for no such time")
  func yearAhead() async throws {
    let service = try await ClockedService(Self.office, from: Self.start)
    let wrongStart = Offices.instant("2026-05-20 09:00")
    let corrected = Offices.instant("2026-05-20 10:00")
    try await service.run(
      to: corrected,
      [
        (wrongStart, .relay(works: false)), (wrongStart, .clock(365 * Self.day)),
        (wrongStart.adding(seconds: 60), .arm),
      ]
    )
    #expect(try await service.ledger.figures(office: "xa").deferred > 0)
    let before = service.told.count
    try await service.run(
      to: corrected.adding(seconds: 120),
      [(corrected, .relay(works: true)), (corrected, .clock(0))]
    )
    // What the dead relay had not seen is taken back; of that year nothing is said but its digest, which has a number.
    #expect(service.told.dropFirst(before).allSatisfy { $0.message.kind == .digest })
    #expect(try await service.ledger.figures(office: "xa").deferred == 0)
    try await service.run(to: Self.end)
    let lost = try await Set(ClockedService.keys(Self.right.value)).subtracting(service.accounted())
    #expect(lost.filter { !$0.hasPrefix("nhachan.") }.sorted() == [])
    #expect(try await service.forgotten() == [])
    let digests = service.told.filter { $0.message.kind == .digest && $0.truth > corrected }.map(\.truth)
    #expect(digests.count >= 7 * 2)
  }

  @Test(
    "over a change of daylight saving tells the same at the same hours of the office",
    arguments: [
      ("Europe/Berlin", "2026-03-20"), ("Europe/Berlin", "2026-10-16"), ("America/New_York", "2026-03-02"),
      ("America/New_York", "2026-10-23"), ("Australia/Lord_Howe", "2026-03-27"), ("Australia/Lord_Howe", "2026-09-25"),
      ("America/Santiago", "2026-08-28"), ("Africa/Cairo", "2026-04-17"),
    ]
  )
  func daylightSaving(name: String, from day: String) async throws {
    let zone = try #require(OfficeZone(name))
    func told(in zone: OfficeZone) async throws -> [String] {
      var office = Self.office
      office.zone = zone
      office.plans[0].issued = Offices.date(day)
      office.plans[0].tasks.removeAll { ["3", "5"].contains($0.id) }
      let start = zone.instant(Offices.date(day), .midnight)
      let service = try await reference(office, from: start, to: start.adding(seconds: 20 * Self.day))
      return service.told.map { told in
        let shown = zone.civil(told.shown)
        return "\(shown.date) \(shown.time) \(told.message.recipient.address) \(told.message.notices.map(\.key))"
      }.sorted()
    }
    let utc = try #require(OfficeZone("UTC"))
    let here = try await told(in: zone)
    let offsets = (0..<20).map { zone.offset(at: zone.instant(Offices.date(day).adding(days: $0), .midnight)) }
    #expect(Set(offsets).count == 2, "the stretch has a change")
    #expect(here.count > 20)
    #expect(try await here == told(in: utc))
  }

  @Test(
    "over a leap day and the turn of a year tells all, also when it is set there",
    arguments: [("2028-02-20", "Chậm nhất 29/2/2028"), ("2026-12-21", "Chậm nhất 31/12/2026")],
    [0, 3600, -3600, 86_400, -86_400]
  )
  func edges(stretch: (day: String, limit: String), seconds: Int64) async throws {
    var office = Self.office
    office.plans[0].issued = Offices.date(stretch.day)
    office.plans[0].tasks = [Offices.task("1", stretch.limit), Offices.task("2", "Hằng tuần", lead: .group("tat-ca"))]
    let start = office.zone.instant(Offices.date(stretch.day), .midnight)
    let end = start.adding(seconds: 24 * Self.day)
    let right = try await reference(office, from: start, to: end)
    let service = try await ClockedService(office, from: start)
    let edge = try #require(CivilDate(stretch.limit.hasSuffix("2028") ? "2028-02-29" : "2026-12-31"))
    let events: [ClockedService.Timed] = (-1...1).flatMap { shift -> [ClockedService.Timed] in
      let midnight = office.zone.instant(edge.adding(days: shift), .midnight)
      return [(midnight.adding(seconds: -600), .clock(seconds)), (midnight.adding(seconds: 10 * 3600), .clock(0))]
    }
    try await service.run(to: end, events)
    #expect(right.arrived.count { $0.hasPrefix("1-KH/1/") } >= 5)
    #expect(Set(service.arrived).count == service.arrived.count)
    #expect(Set(right.arrived).subtracting(try await service.accounted()).sorted() == [])
    #expect(try await service.forgotten() == [])
  }

  @Test("set forward past a lease, does not send a second time what is on its way")
  func forwardWhileSending() async throws {
    let scene = try await Scene([Offices.task("1", "Chậm nhất 30/9/2026")])
    try await scene.adopt()
    #expect(try await scene.tick("2026-05-13 07:30").count == 1)
    let transport = SlowTransport()
    var channel = scene.channel
    channel.transport = transport
    let clock = TurnedClock(Offices.instant("2026-05-13 07:30"))
    let (bell, isStopping) = (Doorbell(), Locked(false))
    let isOver = { @Sendable in isStopping.withLock { $0 } }
    let dispatcher = Dispatcher(
      office: "xa",
      channel: channel,
      ledger: scene.ledger,
      courier: Courier(schedule: scene.schedule, backoff: .standard, jitter: { 0 }),
      schedule: scene.schedule,
      logger: quiet
    )
    let running = Task { await dispatcher.run(bell: bell, clock: clock, isStopping: isOver, isLeaving: isOver) }
    while transport.begun == 0 { await Task.yield() }
    for hour in 1...3 {
      clock.set(Offices.instant("2026-05-13 07:30").adding(seconds: Int64(hour) * Self.hour))
      bell.ring()
      while !bell.isAwaited { await Task.yield() }
    }
    #expect(transport.begun == 1)
    isStopping.withLock { $0 = true }
    transport.release()
    await running.value
    let rows = try await scene.ledger.outbox(office: "xa", filter: .all, limit: 9)
    #expect(rows.map(\.state) == [.accepted] && rows.map(\.attempts) == [1])
  }
}

/// Answers only when it is told to.
private final class SlowTransport: Transport {
  private let waiting = Locked<[Doorbell]>([])

  var begun: Int { waiting.withLock { $0.count } }

  func release() { for bell in waiting.withLock({ $0 }) { bell.ring() } }

  func deliver(_ parcel: Parcel) async -> DeliveryReport {
    let bell = Doorbell()
    waiting.withLock { $0.append(bell) }
    await bell.wait()
    return DeliveryReport(outcome: .accepted, replyCode: 250, reply: "250 ok")
  }

  func shutDown(grace: Double) async {}
}
