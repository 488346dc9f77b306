import Deadlines
import Foundation
import GRDB
import Messages
import Testing

@testable import Ledger

@Suite("Texts of old messages")
struct RetentionTests {
  private static let day: Int64 = 86_400
  private static let later = start.adding(seconds: 100 * day)

  @Test("are dropped once their messages have long ended, and the facts stay", arguments: StoreMaker.all)
  func dropped(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.arm()
    try await ledger.adopt([occurrence("a"), occurrence("b")])
    try await ledger.put([message([notice("a"), notice("b")])])
    let claim = try #require(try await ledger.take().first)
    try await ledger.settle(claim, .accepted, .accepted)
    let before = try #require(try await ledger.outbox(office: office, filter: .all, limit: 1).first)

    #expect(try await ledger.dropTexts(office: office, endedBefore: start, limit: 10, now: Self.later) == 0)
    let end = start.adding(seconds: 1)
    #expect(try await ledger.dropTexts(office: "other", endedBefore: end, limit: 10, now: Self.later) == 0)
    #expect(try await ledger.dropTexts(office: office, endedBefore: end, limit: 10, now: Self.later) == 1)
    #expect(try await ledger.dropTexts(office: office, endedBefore: end, limit: 10, now: Self.later) == 0)

    let after = try #require(try await stores.other.outboxRow(office: office, id: before.id))
    let dropped = try #require(after.droppedText)
    let stored = try JSONText.write(before.message)
    #expect(dropped.at == Self.later && dropped.hash == RecordChain.digest(of: stored))
    #expect(after.message.entries.isEmpty && after.message.recipient == before.message.recipient)
    #expect(after.notices == before.notices && after.notices.count == 2)
    #expect(after.state == .accepted && after.acceptedAt == before.acceptedAt && after.lastReport == before.lastReport)
    #expect(try await ledger.attempts(office: office, id: before.id).map(\.report.reply) == ["2.0.0 Ok"])
    #expect(try await ledger.kinds("P/1/once/a").suffix(2) == ["accepted", "textDropped"])
    #expect(try await ledger.verifyRecord(office: office).firstAltered == nil)
    // The notice stays given: the drop makes nothing due again.
    #expect(try await ledger.put([message([notice("a"), notice("b")], at: Self.later)]).isEmpty)
  }

  @Test("stay as long as a message may still be sent, and are dropped oldest first, so many at a time")
  func kept() async throws {
    let ledger = try SQLiteLedger.inMemory()
    try await ledger.arm()
    for (index, name) in ["a", "b", "c", "d", "e"].enumerated() {
      let at = start.adding(seconds: Int64(index))
      try await ledger.put([message([notice(name, to: "\(name)@cg.example")], at: at)], at: at)
    }
    let claims = try await ledger.take(at: start.adding(seconds: 10))
    for (claim, next) in zip(
      claims,
      [.accepted, .deadLetter(reason: "550"), .again(at: start), .dropped] as [Settlement.Next]
    ) {
      try await ledger.settle(claim, next, next == .dropped ? nil : .rejected)
    }
    try await close(claims[1].message, in: ledger)
    #expect(try await ledger.states() == [.accepted, .deadLetter, .deferred, .dropped, .claimed])
    var left: [Int64] = []
    for _ in 0..<3 {
      #expect(try await ledger.dropTexts(office: office, endedBefore: Self.later, limit: 1, now: Self.later) == 1)
      let rows = try await ledger.outbox(office: office, filter: .all, limit: 9)
      left.append(Int64(rows.count { $0.droppedText == nil }))
    }
    #expect(left == [4, 3, 2])
    #expect(try await ledger.dropTexts(office: office, endedBefore: Self.later, limit: 9, now: Self.later) == 0)
    let rows = try await ledger.outbox(office: office, filter: .all, limit: 9)
    #expect(rows.filter { $0.droppedText == nil }.map(\.state) == [.deferred, .claimed])
  }

  /// Whoever had to hear of that dead letter has heard.
  private func close(_ dead: Message, in ledger: any Ledger) async throws {
    var plan = TellingPlan()
    plan.closed = [dead.messageID]
    _ = try await ledger.tell(plan, office: office, now: start)
  }

  @Test("stay while somebody has still to be told that the message was given up", arguments: StoreMaker.all)
  func untold(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.arm()
    try await ledger.put([message([notice("a")])])
    let claim = try #require(try await ledger.take().first)
    let death = start.adding(seconds: 50 * Self.day)
    try await ledger.settle(claim, .deadLetter(reason: "550"), .rejected, at: death)
    let drop = { try await ledger.dropTexts(office: office, endedBefore: $0, limit: 9, now: Self.later) }
    #expect(try await drop(Self.later) == 0)
    try await close(claim.message, in: ledger)
    #expect(try await drop(death) == 0)
    #expect(try await drop(Self.later) == 1)
  }

  @Test("that cannot be read are listed as such, dropped in their turn, and keep no other")
  func unreadable() async throws {
    let ledger = try SQLiteLedger.inMemory()
    try await ledger.arm()
    try await ledger.put(["a", "b"].map { try message([notice($0, to: "\($0)@cg.example")]) })
    for claim in try await ledger.take() { try await ledger.settle(claim, .accepted, .accepted) }
    try await ledger.write { try $0.execute(sql: "UPDATE outbox_message SET message = '{' WHERE id = 1") }
    let rows = try await ledger.outbox(office: office, filter: .all, limit: 9)
    #expect(rows.map { $0.fault == nil } == [false, true])
    #expect(rows[0].message.recipient.address == "a@cg.example" && rows[0].message.notices.isEmpty)
    #expect(try await ledger.outboxRow(office: office, id: 1)?.fault != nil)
    #expect(try await ledger.dropTexts(office: office, endedBefore: Self.later, limit: 9, now: Self.later) == 2)
    let after = try await ledger.outbox(office: office, filter: .all, limit: 9)
    #expect(after.map(\.fault) == [nil, nil] && after[0].droppedText?.hash == RecordChain.digest(of: "{"))
    #expect(after.map(\.message.recipient.address) == ["a@cg.example", "b@cg.example"])
  }

  @Test("once dropped are not sent again by a person either")
  func notRetried() async throws {
    let ledger = try SQLiteLedger.inMemory()
    try await ledger.arm()
    try await ledger.put([message([notice("a")])])
    let claim = try #require(try await ledger.take().first)
    try await ledger.settle(claim, .deadLetter(reason: "550"), .rejected)
    try await close(claim.message, in: ledger)
    _ = try await ledger.dropTexts(office: office, endedBefore: Self.later, limit: 9, now: Self.later)
    #expect(try await !ledger.retry(office: office, id: claim.id, now: Self.later))
    #expect(try await ledger.take(at: Self.later).isEmpty)
    #expect(try await ledger.states() == [.deadLetter])
  }

  @Test("leave their place to new ones, so that the file grows by the facts alone")
  func reused() async throws {
    let folder = try Folder()
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    try await ledger.arm()
    var pages: [Int] = []
    for year in 0..<6 {
      let now = start.adding(seconds: Int64(year) * 400 * Self.day)
      try await ledger.put((0..<100).map { try longMessage("\(year)", to: "\($0)@cg.example", at: now) }, at: now)
      for claim in try await ledger.take(at: now) { try await ledger.settle(claim, .accepted, .accepted, at: now) }
      _ = try await ledger.dropTexts(office: office, endedBefore: now, limit: 100, now: now)
      pages.append(try await ledger.write { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 })
    }
    let growth = zip(pages, pages.dropFirst()).map { $1 - $0 }
    // A year's texts take some 500 pages; from the second year on those of the year before make room for them.
    #expect(pages[0] > 500 && growth.dropFirst().allSatisfy { $0 < pages[0] / 4 }, "\(pages)")
  }

  @Test("are written once: neither claiming nor settling writes them again")
  func writtenOnce() async throws {
    let folder = try Folder()
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    try await ledger.arm()
    try await ledger.put((0..<20).map { try longMessage("0wd", to: "\($0)@cg.example", at: start) })
    let before = StoreFile.size(folder.file("s-wal"))
    let settlements = try await ledger.take().map { claim in
      Settlement(claim: claim, report: DeliveryReport(outcome: .accepted), next: .accepted, attemptedAt: start)
    }
    try await ledger.settle(settlements, office: office, now: start)
    // Both write some pages each of the outbox, its indexes, the attempts and the record; the texts are 400 KB.
    #expect(settlements.count == 20)
    #expect(StoreFile.size(folder.file("s-wal")) - before < 300_000)
  }

  /// Some 20 KB of text.
  private func longMessage(_ step: String, to recipient: String, at now: Instant) throws -> Message {
    var message = try message([notice("a", step: step, to: recipient)], at: now)
    message.content = .notices(
      message.entries.map { entry in
        var entry = entry
        entry.unitName = String(repeating: "Phòng ", count: 3000)
        return entry
      }
    )
    return message
  }

  @Test("are looked for by an index")
  func index() async throws {
    let ledger = try SQLiteLedger.inMemory()
    let plan = try await ledger.read { db in
      let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + SQLiteLedger.agedQuery)
      statement.setUncheckedArguments(["office": office, "end": 1, "limit": 1])
      return try Row.fetchAll(statement).map { $0["detail"] as String }
    }
    #expect(plan.contains { $0.contains("SEARCH") && $0.contains("outbox_text") }, "\(plan)")
    #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
  }
}
