import Deadlines
import Ledger
import Messages
import Testing

@Suite("Every store: claims and leases", .serialized)
struct ClaimTests {
  /// Armed, with one message for each name.
  private func stores(_ maker: StoreMaker, _ names: [String] = ["a"]) async throws -> Stores {
    let stores = try maker.make()
    try await stores.ledger.arm()
    try await stores.ledger.adopt(names.map { try occurrence($0) })
    try await stores.ledger.put(names.map { try message(notice($0)) })
    return stores
  }

  @Test("a claim is ours alone until its lease runs out", arguments: StoreMaker.all)
  func lease(maker: StoreMaker) async throws {
    let stores = try await stores(maker)
    let first = try #require(try await stores.ledger.take(lease: 60).first)
    #expect(first.attempt == 1 && first.leaseUntil == start.adding(seconds: 60))
    #expect(try await stores.other.take(at: start.adding(milliseconds: 59_999)).isEmpty)
    #expect(try await stores.other.nextClaim(office: office, channels: ["mail"]) == start.adding(seconds: 60))
    let second = try #require(try await stores.other.take(at: start.adding(seconds: 60)).first)
    #expect(second.id == first.id && second.attempt == 2)
    #expect(second.message.messageID == first.message.messageID)
    #expect(second.leaseToken != first.leaseToken)
    let attempts = try await stores.ledger.attempts(office: office, id: first.id)
    #expect(attempts.map(\.report.outcome) == [.unknown], "the lost claim may have been sent")
  }

  @Test("the most urgent message leaves first, then the oldest", arguments: StoreMaker.all)
  func urgency(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.arm()
    let kinds: [NoticeKind] = [.settled, .reminder, .overdue, .assignment, .escalation, .dueToday]
    try await ledger.put(kinds.map { try message(notice($0.rawValue, kind: $0)) })
    try await ledger.put([digestMessage(1, id: "d"), trialMessage()])
    try await ledger.put([
      message(notice("later", kind: .overdue, channel: "hook"), at: start.adding(seconds: 5)),
      message(notice("earlier", kind: .overdue, channel: "hook"), at: start.adding(seconds: -5)),
    ])
    var order: [String] = []
    for _ in 0..<5 {
      let taken = try await ledger.take(2, channels: ["hook", "mail"], at: start.adding(seconds: 9))
      order += taken.map { $0.message.entries.first?.occurrence.id ?? $0.message.messageID }
    }
    #expect(
      order.map { $0.replacing("P/1/once/", with: "") } == [
        "trial@nhachan", "escalation", "earlier", "overdue", "later", "dueToday", "d", "reminder", "assignment",
        "settled",
      ]
    )
  }

  @Test("nothing but a trial message leaves while the service is not armed", arguments: StoreMaker.all)
  func armed(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.put([message(notice("a"))])
    #expect(try await ledger.isArmed(office: office) == false)
    #expect(try await ledger.nextClaim(office: office, channels: ["mail"]) == nil)
    try await ledger.put([trialMessage()])
    #expect(try await ledger.take().map(\.message.messageID) == ["trial@nhachan"])
    try await ledger.arm()
    #expect(try await ledger.take().count == 1)
    try await ledger.setArmed(false, office: office, by: "admin", reason: "moved", now: start)
    #expect(try await ledger.take(at: start.adding(seconds: 600)).map(\.message.messageID) == ["trial@nhachan"])
    #expect(try await ledger.kinds().filter { $0 == "armed" || $0 == "held" } == ["armed", "held"])
  }

  @Test("a held channel keeps its messages but for one probe at a time", arguments: StoreMaker.all)
  func held(maker: StoreMaker) async throws {
    let stores = try await stores(maker, ["a", "b", "c"])
    let ledger = stores.ledger
    let probeAt = start.adding(seconds: 300)
    let held = ChannelState(heldBecause: "535 refused", heldSince: start, probeAt: probeAt, failedProbes: 1)
    try await ledger.setChannelState(held, office: office, channel: "mail", now: start)
    #expect(try await stores.other.channelState(office: office, channel: "mail") == held)
    #expect(try await ledger.take().isEmpty)
    #expect(try await ledger.nextClaim(office: office, channels: ["mail"]) == probeAt)
    #expect(try await ledger.take(at: probeAt, lease: 60).count == 1)
    #expect(try await stores.other.take(at: probeAt).isEmpty)
    #expect(try await ledger.nextClaim(office: office, channels: ["mail"]) == probeAt.adding(seconds: 60))
    #expect(try await ledger.take(at: probeAt.adding(seconds: 60)).count == 1)
    try await ledger.setChannelState(ChannelState(), office: office, channel: "mail", now: probeAt)
    #expect(try await ledger.take(at: probeAt.adding(seconds: 60)).count == 2)
    #expect(try await ledger.kinds().filter { $0.hasPrefix("channel") } == ["channelHeld", "channelResumed"])
  }

  @Test("a held channel is probed by what waits longest, not by one urgent message for ever", arguments: StoreMaker.all)
  func probesTakeTurns(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.arm()
    try await ledger.put([message(notice("urgent", kind: .escalation)), message(notice("calm"))])
    var now = start
    var probes: [String] = []
    for _ in 0..<4 {
      let held = ChannelState(heldBecause: "554 relay access denied", heldSince: start, probeAt: now, failedProbes: 1)
      try await ledger.setChannelState(held, office: office, channel: "mail", now: now)
      let claims = try await ledger.take(at: now)
      #expect(claims.count == 1)
      let probe = try #require(claims.first)
      probes += probe.message.notices.map(\.occurrence)
      now = now.adding(seconds: 30)
      try await ledger.settle(probe, .again(at: now), .misconfigured, at: now)
      now = now.adding(seconds: 60)
    }
    #expect(probes == ["P/1/once/urgent", "P/1/once/calm", "P/1/once/urgent", "P/1/once/calm"])
  }

  @Test("only the asked channels, up to the limit, in due time", arguments: StoreMaker.all)
  func limits(maker: StoreMaker) async throws {
    let stores = try await stores(maker, ["a", "b", "c"])
    let ledger = stores.ledger
    try await ledger.put([message(notice("h", channel: "hook"))], at: start.adding(seconds: 30))
    #expect(try await ledger.take(2, channels: ["mail", "mail"]).count == 2)
    #expect(try await ledger.take(9, channels: ["mail"]).count == 1)
    #expect(try await ledger.take(9, channels: ["hook"]).isEmpty)
    #expect(try await ledger.nextClaim(office: office, channels: ["hook"]) == start.adding(seconds: 30))
    #expect(try await ledger.nextClaim(office: office, channels: []) == nil)
  }

  @Test("a claim tells which occurrences were settled in the meantime", arguments: StoreMaker.all)
  func settledMeanwhile(maker: StoreMaker) async throws {
    let stores = try await stores(maker, ["gone"])
    let ledger = stores.ledger
    try await ledger.adopt(["open", "done", "told"].map { try occurrence($0) })
    try await ledger.put([message([notice("open"), notice("done"), notice("gone", step: "0wd")])])
    try await ledger.put([message(notice("told", step: "settled", kind: .settled))])
    try await ledger.say(.done(on: today), ["P/1/once/done", "P/1/once/told"])
    let settled = try await ledger.take().map { $0.settledOccurrences }
    #expect(settled == [["P/1/once/gone"], ["P/1/once/done", "P/1/once/gone"], []])
  }

  @Test("claims given back unsent were never made", arguments: StoreMaker.all)
  func release(maker: StoreMaker) async throws {
    let stores = try await stores(maker)
    let ledger = stores.ledger
    let first = try await ledger.take()
    try await ledger.release(first, office: office, now: start)
    let row = try #require(try await ledger.outbox(office: office, filter: .all, limit: 1).first)
    #expect(row.state == .pending && row.attempts == 0 && row.nextAttemptAt == start)
    let second = try #require(try await ledger.take().first)
    try await ledger.release(first, office: office, now: start)
    #expect(try await ledger.states() == [.claimed], "a stale claim gives nothing back")
    try await ledger.settle(second, .again(at: start.adding(seconds: 120)), .deferred)
    let third = try await ledger.take(at: start.adding(seconds: 120))
    try await ledger.release(third, office: office, now: start.adding(seconds: 120))
    let back = try #require(try await ledger.outbox(office: office, filter: .all, limit: 1).first)
    #expect(back.state == .deferred && back.attempts == 1 && back.nextAttemptAt == start.adding(seconds: 120))
  }

  @Test("two processes never share a claim", arguments: StoreMaker.all)
  func shared(maker: StoreMaker) async throws {
    let stores = try await stores(maker, (0..<120).map(String.init))
    let taken = try await withThrowingTaskGroup(of: [Int64].self) { group in
      for ledger in [stores.ledger, stores.other, stores.ledger, stores.other] {
        group.addTask {
          var mine: [Int64] = []
          while true {
            let claims = try await ledger.take(7)
            guard !claims.isEmpty else { return mine }
            mine += claims.map(\.id)
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(taken.count == 120 && Set(taken).count == 120)
  }
}
