import Deadlines
import Ledger
import Messages
import TestSupport
import Testing

@Suite("Every store: whatever happens in whatever order", .serialized)
struct PropertyTests {
  @Test(
    "keys are given once, accepted stays accepted, attempts add up",
    arguments: StoreMaker.all,
    1...6 as ClosedRange<UInt64>
  )
  func invariants(maker: StoreMaker, seed: UInt64) async throws {
    let stores = try maker.make()
    try await stores.ledger.arm()
    var story = Story(stores: stores, random: Seeded(seed))
    for _ in 0..<150 { try await story.goOn() }
    try await story.check()
  }
}

/// A random life of a store, with what must hold at the end.
private struct Story {
  let stores: Stores
  var random: Seeded
  var now = start
  var stored: [Message] = []
  var held: [ClaimedMessage] = []
  var accepted: Set<Int64> = []

  private var ledger: any Ledger { now.milliseconds % 2 == 0 ? stores.ledger : stores.other }

  mutating func goOn() async throws {
    now = now.adding(milliseconds: Int64.random(in: 1...40_000, using: &random))
    switch Int.random(in: 0..<10, using: &random) {
    case 0: try await adopt()
    case 1: try await answer()
    case 2...4: try await enqueue()
    case 5, 6: held += try await ledger.take(Int.random(in: 1...4, using: &random), at: now, lease: 30)
    case 7, 8: try await settle()
    default: try await giveBack()
    }
  }

  private mutating func adopt() async throws {
    let names = (0..<6).filter { _ in Bool.random(using: &random) }
    try await ledger.adopt(
      names.map { try occurrence("\($0)", title: "\(Int.random(in: 0...1, using: &random))") },
      at: now
    )
  }

  private mutating func answer() async throws {
    let known = try await ledger.allTracked(office: office).map(\.occurrence.id)
    guard let id = known.randomElement(using: &random) else { return }
    let kinds: [Answer.Kind] = [.acknowledged, .done(on: today), .reopened]
    try await ledger.say(kinds[Int.random(in: 0..<3, using: &random)], [id], at: now)
  }

  private mutating func enqueue() async throws {
    let notices = (0..<Int.random(in: 1...4, using: &random)).map { _ in
      notice("\(Int.random(in: 0..<6, using: &random))", step: "\(Int.random(in: 0..<8, using: &random))wd")
    }
    stored += try await ledger.put([message(notices, at: now)], at: now)
  }

  private mutating func settle() async throws {
    guard let claim = held.randomElement(using: &random) else { return }
    let isOurs = try await isStillOurs(claim)
    let next: [Settlement.Next] = [.accepted, .again(at: now.adding(seconds: 10)), .deadLetter(reason: "550")]
    let choice = Int.random(in: 0..<3, using: &random)
    try await ledger.settle(claim, next[choice], [.accepted, .deferred, .rejected][choice], at: now)
    if isOurs && choice == 0 { accepted.insert(claim.id) }
  }

  private func isStillOurs(_ claim: ClaimedMessage) async throws -> Bool {
    let row = try await ledger.outboxRow(office: office, id: claim.id)
    return row?.state == .claimed && row?.attempts == claim.attempt && row?.nextAttemptAt == claim.leaseUntil
  }

  private mutating func giveBack() async throws {
    guard let claim = held.randomElement(using: &random) else { return }
    try await ledger.release([claim], office: office, now: now)
  }

  func check() async throws {
    let keys = stored.flatMap(\.notices).map(\.key)
    #expect(Set(keys).count == keys.count && !keys.isEmpty)
    let rows = try await ledger.outbox(office: office, filter: .all, limit: .max)
    #expect(rows.map(\.message) == stored)
    for row in rows {
      let attempts = try await ledger.attempts(office: office, id: row.id)
      #expect(attempts.count == row.attempts - (row.state == .claimed ? 1 : 0))
      #expect(attempts.map(\.number) == Array(1..<(attempts.count + 1)))
      #expect(accepted.contains(row.id) == (row.state == .accepted))
    }
    #expect(!accepted.isEmpty)
    #expect(try await ledger.verifyRecord(office: office).fault == nil)
    let audit = try await (ledger as? SQLiteLedger)?.auditRecord(office: office)
    #expect(audit?.findings == [] && audit?.compared ?? 0 > 0)
  }
}
