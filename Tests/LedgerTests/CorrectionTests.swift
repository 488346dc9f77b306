import Deadlines
import Ledger
import Messages
import Testing

@Suite("Every store: crashed senders and clocks set back", .serialized)
struct CorrectionTests {
  private static let later = start.adding(seconds: 40 * 86_400)

  private func stores(_ maker: StoreMaker, _ names: [String] = ["a"], at now: Instant = start) async throws -> Stores {
    let stores = try maker.make()
    try await stores.ledger.arm()
    try await stores.ledger.adopt(names.map { try occurrence($0) }, at: now)
    try await stores.ledger.put(names.map { try message(notice($0), at: now) }, at: now)
    return stores
  }

  @Test(
    "what a crashed sender had in hand is an unknown attempt, and goes again when told to",
    arguments: StoreMaker.all
  )
  func takenBack(maker: StoreMaker) async throws {
    let stores = try await stores(maker, ["a", "b", "c"])
    let claims = try await stores.ledger.take(2, lease: 2460)
    let now = start.adding(seconds: 30)
    let retryAt = start.adding(seconds: 900)
    #expect(try await stores.other.takeBackClaims(office: office, retryAt: retryAt, now: now) == 2)
    #expect(try await stores.other.takeBackClaims(office: office, retryAt: retryAt, now: now) == 0)
    #expect(try await stores.ledger.states().sorted { $0.rawValue < $1.rawValue } == [.deferred, .deferred, .pending])
    let attempts = try await stores.ledger.attempts(office: office, id: claims[0].id)
    #expect(attempts.map(\.report.outcome) == [.unknown] && attempts.map(\.at) == [now])
    // Nothing that the dead sender might still say counts any more.
    try await stores.ledger.settle(claims[0], .accepted, .accepted)
    #expect(try await !stores.ledger.states().contains(.accepted))
    #expect(try await stores.ledger.take(at: retryAt.adding(seconds: -1)).count == 1)
    let again = try await stores.ledger.take(at: retryAt)
    #expect(Set(again.map(\.message.messageID)) == Set(claims.map(\.message.messageID)))
    #expect(again.allSatisfy { $0.attempt == 2 })
    #expect(try await stores.ledger.takeBackClaims(office: "other", retryAt: retryAt, now: now) == 0)
  }

  @Test("a renewed lease is ours on, one that is no longer ours is left alone", arguments: StoreMaker.all)
  func renewed(maker: StoreMaker) async throws {
    let stores = try await stores(maker)
    let first = try await stores.ledger.take(lease: 60)
    try await stores.ledger.renew(first, office: office, until: start.adding(seconds: 300))
    #expect(try await stores.other.take(at: start.adding(seconds: 299)).isEmpty)
    let second = try await stores.other.take(at: start.adding(seconds: 300), lease: 60)
    try await stores.ledger.renew(first, office: office, until: start.adding(seconds: 9000))
    #expect(try await stores.other.nextClaim(office: office, channels: ["mail"]) == second.first?.leaseUntil)
  }

  @Test("a clock that goes on as it should changes nothing", arguments: StoreMaker.all)
  func goesOn(maker: StoreMaker) async throws {
    let stores = try await stores(maker)
    let before = try await stores.ledger.kinds()
    for seconds in [-60, -1, 0, 1, 86_400] as [Int64] {
      #expect(try await stores.ledger.noticeClockSetBack(office: office, now: start.adding(seconds: seconds)) == nil)
    }
    #expect(try await stores.ledger.kinds() == before)
    #expect(try await stores.ledger.noticeClockSetBack(office: "empty", now: start) == nil)
  }

  @Test(
    "once it is set back, nothing waits for what it showed before, and this is noticed once",
    arguments: StoreMaker.all
  )
  func setBack(maker: StoreMaker) async throws {
    let stores = try await stores(maker, ["tried", "waiting", "kept"], at: Self.later)
    let ledger = stores.ledger
    let tried = try #require(try await ledger.take(1, at: Self.later).first)
    try await ledger.settle(tried, .again(at: Self.later.adding(seconds: 7200)), .deferred, at: Self.later)
    let held = ChannelState(heldBecause: "535", heldSince: Self.later, probeAt: Self.later, failedProbes: 3)
    try await ledger.setChannelState(held, office: office, channel: "hook", now: Self.later)

    #expect(try await stores.other.noticeClockSetBack(office: office, now: start) == Self.later)
    #expect(try await ledger.noticeClockSetBack(office: office, now: start) == nil)
    #expect(try await ledger.nextClaim(office: office, channels: ["mail"]) == start)
    #expect(try await ledger.take(at: start).count == 3)
    #expect(try await ledger.channelState(office: office, channel: "hook").probeAt == start.adding(seconds: 3600))
    #expect(try await ledger.nextStep(office: office) == start)
    #expect(try await ledger.kinds().last == "clockSetBack")
    #expect(try await ledger.verifyRecord(office: office).firstAltered == nil)
  }

  /// What may be the first to write at the corrected time, before the planner looks.
  enum Writer: CaseIterable {
    case settlement, answer, arming
  }

  @Test(
    "whoever writes first once it is set back notices, and hides it from nobody",
    arguments: StoreMaker.all,
    Writer.allCases
  )
  func noticedByWriters(maker: StoreMaker, writer: Writer) async throws {
    let stores = try await stores(maker, ["tried", "onItsWay"], at: Self.later)
    let ledger = stores.ledger
    let claims = try await ledger.take(2, at: Self.later, lease: 9000)
    try await ledger.settle(claims[0], .again(at: Self.later.adding(seconds: 7200)), .deferred, at: Self.later)
    let now = start.adding(seconds: 60)
    switch writer {
    case .settlement:
      // Its attempt began and ended before the clock was set back.
      var settlement = Settlement(claim: claims[1], report: nil, next: .again(at: Self.later), attemptedAt: Self.later)
      settlement.report = DeliveryReport(outcome: .deferred, replyCode: 450, reply: "450 later")
      try await stores.other.settle([settlement], office: office, now: now)
      #expect(try await ledger.take(at: now).count == 2)
    case .answer:
      try await stores.other.say(.acknowledged, ["P/1/once/tried"], at: now)
      #expect(try await ledger.take(at: now).count == 1)
    case .arming:
      try await stores.other.setArmed(false, office: office, by: "admin", reason: "test", now: now)
    }
    #expect(try await ledger.nextStep(office: office) == now)
    let record = try await ledger.record(office: office, occurrence: nil, limit: .max)
    #expect(record.filter { $0.kind == "clockSetBack" }.map(\.at) == [now])
    #expect(try await ledger.noticeClockSetBack(office: office, now: now) == nil)
  }

  @Test("a wait that an earlier attempt asked for is kept when the clock is set back", arguments: StoreMaker.all)
  func keptWait(maker: StoreMaker) async throws {
    let stores = try await stores(maker)
    let claim = try #require(try await stores.ledger.take(1).first)
    let next = start.adding(seconds: 4 * 3600)
    try await stores.ledger.settle(claim, .again(at: next), .deferred)
    try await stores.ledger.adopt([try occurrence("b")], at: Self.later)
    #expect(try await stores.ledger.noticeClockSetBack(office: office, now: start.adding(seconds: 60)) == Self.later)
    #expect(try await stores.ledger.nextClaim(office: office, channels: ["mail"]) == next)
  }

  @Test(
    "who was told at a time that is yet to come counts as told on no day, others stay told",
    arguments: StoreMaker.all
  )
  func told(maker: StoreMaker) async throws {
    let stores = try await stores(maker, ["a"])
    let ledger = stores.ledger
    let first = try #require(try await ledger.take(1).first)
    try await ledger.settle(first, .accepted, .accepted)
    let laterDay = day("2026-12-26")
    try await ledger.put(
      [message(notice("b", to: "kt@cg.example"), on: laterDay, at: Self.later)],
      at: Self.later
    )
    let second = try #require(try await ledger.take(1, at: Self.later).first)
    try await ledger.settle(second, .accepted, .accepted, at: Self.later)
    let told = { (on: CivilDate, since: Instant) in
      try await ledger.toldOn(on, since: since, office: office, channels: [])
    }
    #expect(try await told(today, startOfDay) == ["vhxh@cg.example|mail", "kt@cg.example|mail"])

    _ = try await ledger.noticeClockSetBack(office: office, now: start.adding(seconds: 3600))
    #expect(try await told(today, startOfDay) == ["vhxh@cg.example|mail"])
    #expect(try await told(laterDay, Self.later).isEmpty)
    // What is made from here on counts again.
    try await ledger.put([message(notice("c", to: "kt@cg.example"), on: laterDay, at: Self.later)], at: Self.later)
    #expect(try await told(laterDay, Self.later) == ["kt@cg.example|mail"])
  }

  @Test("what was passed over at a time that is yet to come may be given, once", arguments: StoreMaker.all)
  func passedOver(maker: StoreMaker) async throws {
    let stores = try await stores(maker, [])
    let plan = OutboxPlan(superseded: [notice("a"), notice("b")])
    _ = try await stores.ledger.enqueue(plan, office: office, now: Self.later)
    #expect(try await stores.ledger.put([message(notice("a"))]).count == 1)
    #expect(try await stores.ledger.put([message(notice("a"))]).isEmpty)
    #expect(try await stores.ledger.put([message(notice("b"), at: Self.later)], at: Self.later).isEmpty)
  }
}
