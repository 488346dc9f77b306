import Deadlines
import Ledger
import Messages
import Testing

@Suite("Every store: how attempts end", .serialized)
struct SettleTests {
  /// Armed, with one claimed message about `a`.
  private func claimed(_ maker: StoreMaker) async throws -> (Stores, ClaimedMessage) {
    let stores = try maker.make()
    try await stores.ledger.arm()
    try await stores.ledger.adopt([occurrence("a")])
    try await stores.ledger.put([message(notice("a"))])
    return (stores, try #require(try await stores.ledger.take().first))
  }

  @Test("what has ended is settled and the most urgent of the rest claimed in one step", arguments: StoreMaker.all)
  func settleThenClaim(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    try await ledger.adopt([occurrence("a"), occurrence("b"), occurrence("c")])
    try await ledger.put([message(notice("b", to: "b@cg.example"))])
    try await ledger.put([message(notice("c", kind: .overdue, to: "c@cg.example"))])
    let order = ClaimOrder(channels: ["mail"], limit: 1, lease: 60)
    let accepted = Settlement(
      claim: claim,
      report: DeliveryReport(outcome: .accepted, replyCode: 250, reply: "2.0.0 Ok"),
      next: .accepted,
      attemptedAt: start
    )
    let next = try await ledger.settle([accepted], thenClaim: order, office: office, now: start)
    #expect(next.map(\.message.recipient.address) == ["c@cg.example"] && next.map(\.attempt) == [1])
    #expect(try await stores.other.states() == [.accepted, .pending, .claimed])
    // Settled twice, as after an answer that was lost: nothing of it a second time, and the claim is made.
    let last = try await ledger.settle([accepted], thenClaim: order, office: office, now: start)
    #expect(last.map(\.message.recipient.address) == ["b@cg.example"])
    #expect(try await ledger.attempts(office: office, id: claim.id).count == 1)
    #expect(try await ledger.settle([], thenClaim: order, office: office, now: start).isEmpty)
  }

  @Test("accepted is for ever", arguments: StoreMaker.all)
  func accepted(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    let at = start.adding(seconds: 2)
    try await ledger.settle(claim, .accepted, .accepted, at: at)
    let row = try #require(try await stores.other.outboxRow(office: office, id: claim.id))
    #expect(row.state == .accepted && row.acceptedAt == at && row.attempts == 1 && row.nextAttemptAt == nil)
    #expect(row.lastReport?.reply == "2.0.0 Ok")
    #expect(try await ledger.take(at: at.adding(seconds: 9999)).isEmpty)
    #expect(try await ledger.retry(office: office, id: claim.id, now: at) == false)
    #expect(try await ledger.discard(office: office, id: claim.id, by: "admin", now: at) == false)
    #expect(try await ledger.acceptedCount(office: office, since: at) == 1)
    #expect(try await ledger.acceptedCount(office: office, since: at.adding(seconds: 1)) == 0)
    #expect(try await ledger.kinds("P/1/once/a") == ["adopted", "planned", "accepted"])
  }

  @Test(
    "what was not accepted is tried again then, with the same id",
    arguments: StoreMaker.all,
    [DeliveryOutcome.deferred, .unknown, .misconfigured]
  )
  func again(maker: StoreMaker, outcome: DeliveryOutcome) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    let then = start.adding(seconds: 120)
    try await ledger.settle(claim, .again(at: then), outcome)
    #expect(try await ledger.states() == [.deferred])
    #expect(try await ledger.nextClaim(office: office, channels: ["mail"]) == then)
    #expect(try await ledger.take(at: then.adding(milliseconds: -1)).isEmpty)
    let second = try #require(try await ledger.take(at: then).first)
    #expect(second.attempt == 2 && second.message == claim.message)
    try await ledger.settle(second, .accepted, .accepted, at: then)
    let attempts = try await ledger.attempts(office: office, id: claim.id)
    #expect(attempts.map(\.number) == [1, 2] && attempts.map(\.report.outcome) == [outcome, .accepted])
  }

  @Test("a dead letter waits for a person, who may try it again", arguments: StoreMaker.all)
  func deadLetter(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    try await ledger.settle(claim, .deadLetter(reason: "550 no such user"), .rejected)
    #expect(try await ledger.take(at: start.adding(seconds: 1_000_000)).isEmpty)
    let dead = try await ledger.outbox(office: office, filter: .states([.deadLetter, .discarded]), limit: 5)
    #expect(dead.map(\.id) == [claim.id])
    #expect(try await ledger.figures(office: office).deadLetters == 1)
    #expect(try await ledger.retry(office: office, id: claim.id, now: start))
    #expect(try await ledger.take().map(\.attempt) == [2])
    #expect(try await ledger.retry(office: office, id: 999, now: start) == false)
    #expect(try await ledger.kinds().contains("deadLetter"))
  }

  @Test("a message with nothing left to say is dropped without an attempt", arguments: StoreMaker.all)
  func dropped(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    #expect(try await ledger.toldOn(today, since: startOfDay, office: office, channels: []).count == 1)
    try await ledger.settle(claim, .dropped, nil, dropping: ["P/1/once/a"])
    let row = try #require(try await ledger.outboxRow(office: office, id: claim.id))
    #expect(row.state == .dropped && row.attempts == 0)
    #expect(try await ledger.attempts(office: office, id: claim.id).isEmpty)
    #expect(try await ledger.toldOn(today, since: startOfDay, office: office, channels: []).isEmpty, "nobody was told")
    #expect(try await ledger.kinds("P/1/once/a") == ["adopted", "planned", "dropped", "dropped"])
  }

  @Test("an occurrence drops out of a message once, however often it is tried", arguments: StoreMaker.all)
  func dropsOnce(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    try await ledger.settle(claim, .again(at: start), .deferred, dropping: ["P/1/once/a"])
    let second = try #require(try await ledger.take().first)
    try await ledger.settle(second, .again(at: start), .deferred, dropping: ["P/1/once/a"])
    #expect(try await ledger.kinds().filter { $0 == "dropped" }.count == 1)
  }

  @Test("a claim that is no longer ours changes nothing", arguments: StoreMaker.all)
  func stale(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    let later = start.adding(seconds: 60)
    let taken = try #require(try await stores.other.take(at: later).first)
    let before = try await ledger.record(office: office, occurrence: nil, limit: 99)
    try await ledger.settle(claim, .accepted, .accepted, at: later)
    #expect(try await ledger.states() == [.claimed])
    #expect(try await ledger.record(office: office, occurrence: nil, limit: 99) == before)
    try await stores.other.settle(taken, .again(at: later), .deferred, at: later)
    try await ledger.settle(taken, .accepted, .accepted, at: later)
    #expect(try await ledger.states() == [.deferred], "settled once")
  }

  @Test(
    "a message discarded and asked for again while it is on its way is not sent beside itself",
    arguments: StoreMaker.all
  )
  func retriedOnItsWay(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    #expect(try await ledger.discard(office: office, id: claim.id, by: "admin", now: start))
    #expect(try await ledger.retry(office: office, id: claim.id, now: start))
    #expect(try await ledger.take().isEmpty)
    try await ledger.settle(claim, .accepted, .accepted)
    #expect(try await ledger.states() == [.accepted])
  }

  @Test("a message discarded on its way stays so, unless the server took it", arguments: StoreMaker.all, [true, false])
  func discardedOnItsWay(maker: StoreMaker, isTaken: Bool) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    #expect(try await ledger.discard(office: office, id: claim.id, by: "admin", now: start))
    #expect(try await ledger.take(at: start.adding(seconds: 999)).isEmpty)
    if isTaken {
      try await ledger.settle(claim, .accepted, .accepted)
    } else {
      try await ledger.settle(claim, .again(at: start), .deferred)
    }
    #expect(try await ledger.states() == [isTaken ? .accepted : .discarded])
    #expect(try await ledger.attempts(office: office, id: claim.id).count == 1)
  }

  @Test("a batch is settled together", arguments: StoreMaker.all)
  func batch(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.arm()
    try await ledger.put((0..<50).map { try message(notice("\($0)")) })
    let settlements = try await ledger.take().map {
      Settlement(claim: $0, report: DeliveryReport(outcome: .accepted), next: .accepted, attemptedAt: start)
    }
    try await ledger.settle(settlements, office: office, now: start)
    #expect(try await ledger.figures(office: office).accepted == 50)
  }

  @Test("what a server answered is written even when the task is cancelled", arguments: StoreMaker.all)
  func cancelled(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      try await ledger.settle(claim, .accepted, .accepted)
    }
    task.cancel()
    try await task.value
    #expect(try await ledger.states() == [.accepted])
  }

  @Test("the outbox shows the newest, in the order they came", arguments: StoreMaker.all)
  func newest(maker: StoreMaker) async throws {
    let stores = try maker.make()
    try await stores.ledger.put(["a", "b", "c"].map { try message(notice($0)) })
    let shown = try await stores.ledger.outbox(office: office, filter: .states([.pending]), limit: 2)
    #expect(shown.compactMap { $0.message.notices.first?.occurrence.last } == ["b", "c"])
  }

  @Test("a person's retry tries a held channel at once", arguments: StoreMaker.all)
  func retriesHeld(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    try await ledger.settle(claim, .again(at: start.adding(seconds: 900)), .misconfigured)
    let held = ChannelState(heldBecause: "535", heldSince: start, probeAt: start.adding(seconds: 900))
    try await ledger.setChannelState(held, office: office, channel: "mail", now: start)
    #expect(try await ledger.retry(office: office, id: claim.id, now: start))
    #expect(try await ledger.take().map(\.id) == [claim.id])
  }
}
