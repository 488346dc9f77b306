import Deadlines
import Ledger
import Messages
import Testing

@Suite("Every store: from plan to occurrences", .serialized)
struct AdoptionTests {
  @Test("new occurrences appear with their next step", arguments: StoreMaker.all)
  func appears(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    let adoption = try await ledger.adopt([occurrence("a"), occurrence("b", due: "2026-12-01")])
    #expect(adoption.appeared == ["P/1/once/a", "P/1/once/b"])
    #expect(adoption.backfill.isEmpty && adoption.moved.isEmpty && adoption.vanished.isEmpty)
    #expect(try await ledger.nextStep(office: office) == firstStep("2026-12-01"))
    #expect(try await stores.other.kinds() == ["adopted", "adopted"])
  }

  @Test("an unchanged plan writes nothing", arguments: StoreMaker.all)
  func unchanged(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let plan = [try occurrence("a"), try occurrence("b", due: nil)]
    try await stores.ledger.adopt(plan)
    let record = try await stores.ledger.record(office: office, occurrence: nil, limit: 100)
    let again = try await stores.ledger.adopt(plan.reversed(), at: start.adding(seconds: 60))
    #expect(again.isEmpty)
    #expect(try await stores.ledger.record(office: office, occurrence: nil, limit: 100) == record)
  }

  @Test("what is past when it first appears is backfill and has no next step", arguments: StoreMaker.all)
  func backfill(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let adoption = try await stores.ledger.adopt([
      occurrence("past", due: "2026-11-15"), occurrence("today", due: "2026-11-16"),
      occurrence("asked", due: "2026-09-30", kind: .continuous), occurrence("undated", due: nil),
    ])
    #expect(adoption.backfill == ["P/1/once/past", "P/1/once/asked"])
    #expect(try await stores.ledger.progress("P/1/once/past")?.isBackfill == true)
    #expect(
      try await stores.ledger.due(office: office, at: start, limit: 10).map(\.occurrence.id) == ["P/1/once/today"]
    )
  }

  @Test("another date moves the occurrence, keeps what has happened and begins a new round", arguments: StoreMaker.all)
  func moves(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.adopt([occurrence("a")])
    try await ledger.say(.acknowledged, ["P/1/once/a"])
    try await ledger.put([message(notice("a"))])
    let adoption = try await ledger.adopt([occurrence("a", due: "2026-12-31")], at: start.adding(seconds: 60))
    #expect(adoption.moved == ["P/1/once/a"] && adoption.appeared.isEmpty)
    let progress = try #require(try await ledger.progress("P/1/once/a"))
    #expect(progress.acknowledgedAt == start && progress.given.count == 1)
    // Another date begins a round of its own, which the notice given before is no part of.
    #expect(progress.adoptedAt == start.adding(seconds: 60) && progress.round == 1)
    let facts = try await ledger.record(office: office, occurrence: "P/1/once/a", limit: 10).last?.facts
    #expect(facts?.contains(#""nominalBefore":"2026-12-15""#) == true)
  }

  @Test("a moved occurrence that lies in the past now is not backfill", arguments: StoreMaker.all)
  func movedIntoThePast(maker: StoreMaker) async throws {
    let stores = try maker.make()
    try await stores.ledger.adopt([occurrence("a")])
    let adoption = try await stores.ledger.adopt([occurrence("a", due: "2026-11-02")])
    #expect(adoption.moved == ["P/1/once/a"] && adoption.backfill.isEmpty)
    #expect(try await stores.ledger.progress("P/1/once/a")?.isBackfill == false)
  }

  @Test("what is no longer given vanishes, and comes back with its old notices given", arguments: StoreMaker.all)
  func vanishes(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.adopt([occurrence("a"), occurrence("b", due: "2027-01-15")])
    try await ledger.put([message(notice("a"))])
    #expect(try await ledger.adopt([occurrence("b", due: "2027-01-15")]).vanished == ["P/1/once/a"])
    #expect(try await ledger.nextStep(office: office) == firstStep("2027-01-15"))
    #expect(try await ledger.allTracked(office: office).count == 1)
    let back = try await ledger.adopt([occurrence("a"), occurrence("b", due: "2027-01-15")])
    #expect(back.appeared == ["P/1/once/a"] && back.backfill.isEmpty)
    #expect(try await ledger.progress("P/1/once/a")?.given.map(\.step) == ["-3wd"])
    #expect(try await ledger.put([message(notice("a"))]).isEmpty)
    #expect(try await ledger.nextStep(office: office) == firstStep("2026-12-16"))
    #expect(try await ledger.kinds("P/1/once/a").filter { $0 != "planned" } == ["adopted", "vanished", "returned"])
  }

  @Test("the difference is told without being made", arguments: StoreMaker.all)
  func difference(maker: StoreMaker) async throws {
    let stores = try maker.make()
    try await stores.ledger.adopt([occurrence("a"), occurrence("b")])
    let difference = try await stores.ledger.difference(
      [occurrence("b", title: "Tờ trình"), occurrence("c")],
      office: office
    )
    #expect(difference.appeared == ["P/1/once/c"])
    #expect(difference.moved == ["P/1/once/b"])
    #expect(difference.vanished == ["P/1/once/a"])
    #expect(try await stores.ledger.kinds() == ["adopted", "adopted"])
  }

  @Test("all occurrences come by nominal date, undated last", arguments: StoreMaker.all)
  func order(maker: StoreMaker) async throws {
    let stores = try maker.make()
    try await stores.ledger.adopt([
      occurrence("x", due: nil), occurrence("b", due: "2026-12-31"), occurrence("a", due: "2026-12-31"),
      occurrence("c", due: "2026-12-01"),
    ])
    let ids = try await stores.ledger.allTracked(office: office).map(\.occurrence.id.last)
    #expect(ids == ["c", "a", "b", "x"])
  }

  @Test("due comes earliest first, up to its limit, with what was given", arguments: StoreMaker.all)
  func due(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.adopt([occurrence("b", due: "2026-12-02"), occurrence("a"), occurrence("c", due: "2026-12-01")])
    try await ledger.put([message([notice("c"), notice("b")])])
    let now = firstStep("2026-12-02")
    #expect(try await ledger.due(office: office, at: now, limit: 10).map(\.occurrence.id.last) == ["c", "b"])
    #expect(try await ledger.due(office: office, at: now, limit: 1).first?.progress.given.count == 1)
    #expect(try await ledger.due(office: office, at: firstStep("2026-11-30"), limit: 10).isEmpty)
  }

  @Test("an occurrence is read back as it was given", arguments: StoreMaker.all)
  func roundTrip(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let given = [
      try occurrence("a", title: "“Dân vận khéo” \\ \"2026\"\n\u{1}"), try occurrence("b", due: nil),
    ]
    try await stores.ledger.adopt(given)
    let kept = try await stores.other.tracked(office: office, ids: ["P/1/once/b", "P/1/none/a", "P/1/once/a"])
    #expect(kept.map(\.occurrence) == given.reversed())
  }

  @Test("next steps are worked out again when the ladder changed", arguments: StoreMaker.all)
  func replans(maker: StoreMaker) async throws {
    struct Tomorrow: StepClock {
      func nextStep(for tracked: TrackedOccurrence) -> Instant? { start.adding(seconds: 86_400) }
    }
    let stores = try maker.make()
    try await stores.ledger.adopt([occurrence("a"), occurrence("b")])
    #expect(try await stores.ledger.replan(office: office, schedule: DailySteps()) == 0)
    #expect(try await stores.ledger.replan(office: office, schedule: Tomorrow()) == 2)
    #expect(try await stores.ledger.nextStep(office: office) == start.adding(seconds: 86_400))
  }

  @Test("offices do not see one another", arguments: StoreMaker.all)
  func offices(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    let same = try message(notice("a"))
    for each in ["one", "two"] {
      #expect(try await ledger.adopt([occurrence("a")], office: each).appeared.count == 1)
      #expect(try await ledger.put([same], office: each).count == 1)
      #expect(try await ledger.enqueue(OutboxPlan(digest: digest(1)), office: each, now: start).isEmpty)
    }
    try await ledger.arm(office: "one")
    try await ledger.adopt([], office: "one")
    #expect(try await ledger.allTracked(office: "two").count == 1)
    let taken = try await ledger.claim(office: "two", channels: ["mail"], limit: 9, now: start, lease: 60)
    #expect(taken.isEmpty)
    let mine = try await ledger.claim(office: "one", channels: ["mail"], limit: 9, now: start, lease: 60)
    #expect(mine.count == 1)
    #expect(try await ledger.outboxRow(office: "two", id: mine[0].id) == nil)
    #expect(try await ledger.retry(office: "two", id: mine[0].id, now: start) == false)
    #expect(try await ledger.record(office: "two", occurrence: nil, limit: 99).map(\.sequence) == [1, 2])
    #expect(try await ledger.lastDigest(office: "three") == nil)
    #expect(try await ledger.toldOn(today, since: startOfDay, office: "three", channels: []).isEmpty)
    #expect(try await ledger.figures(office: "two").pending == 1)
  }
}
