import Deadlines
import GRDB
import Testing

@testable import Ledger
@testable import Messages

@Suite("The store's troubles")
struct TroubleTests {
  /// A claimed message of one notice.
  private func claimed(_ maker: StoreMaker, _ notices: [Notice] = [notice()]) async throws -> (Stores, ClaimedMessage) {
    let stores = try maker.make()
    try await stores.ledger.arm()
    try await stores.ledger.adopt([occurrence("a"), occurrence("b")])
    try await stores.ledger.put([message(notices)])
    return (stores, try #require(try await stores.ledger.take().first))
  }

  private func bury(_ claim: ClaimedMessage, _ ledger: any Ledger, standIn: Message? = nil) async throws {
    let settlement = Settlement(
      claim: claim,
      report: DeliveryReport(outcome: .rejected, replyCode: 550, reply: "550 no such user"),
      next: .deadLetter(reason: "550 no such user"),
      attemptedAt: start,
      standIn: standIn
    )
    try await ledger.settle([settlement], office: office, now: start)
  }

  private func standIn(_ notices: [Notice]) throws -> Message {
    try message(notices.map { notice(String($0.occurrence.last ?? "a"), step: $0.step, channel: "hook") })
  }

  private func troubles(_ ledger: any Ledger) async throws -> Troubles {
    try await ledger.troubles(office: office, channels: ["mail", "hook"], since: start)
  }

  /// A plan that tells the head of those dead letters.
  private func plan(_ dead: [Message], closing: Bool = true) throws -> TellingPlan {
    var plan = TellingPlan()
    let head = recipient("head@cg.example")
    let letters = dead.map { message in
      Trouble.Undelivered(
        number: 1,
        messageID: message.messageID,
        address: message.recipient.address,
        name: message.recipient.name,
        channel: message.channel,
        since: start,
        until: start,
        attempts: 1,
        reply: "550 no such user",
        kind: .notices,
        recourse: .nobody,
        tasks: message.notices.map { notice in
          Trouble.Task(
            occurrence: notice.occurrence,
            planNumber: "1",
            task: "1",
            title: "",
            period: "",
            unitName: "",
            nominal: nil,
            state: .dueSoon,
            notice: notice.undelivered(to: head.address, by: "mail")
          )
        }
      )
    }
    let telling = Message(
      messageID: "telling-\(dead.map(\.messageID).joined())",
      office: office,
      channel: "mail",
      recipient: head,
      kind: .escalation,
      createdAt: start,
      today: today,
      content: .trouble(Trouble(.undelivered(letters), isForAdmin: false))
    )
    plan.letters = [TellingPlan.Letter(message: telling, subjects: dead.map(\.messageID))]
    plan.closed = closing ? dead.map(\.messageID) : []
    return plan
  }

  @Test("a dead letter is a trouble from the same moment on, seen by every process", arguments: StoreMaker.all)
  func opens(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    #expect(try await troubles(stores.ledger).deadLetters.isEmpty)
    try await bury(claim, stores.ledger)
    let dead = try #require(try await troubles(stores.other).deadLetters.first)
    #expect(dead.message == claim.message && dead.number == claim.id && dead.diedAt == start && dead.attempts == 1)
    #expect(dead.reply == "550 no such user" && !dead.isReached && dead.isStillDead && dead.told.isEmpty)
  }

  @Test("what stands in is in the outbox with the dead letter, and nobody above has to hear", arguments: StoreMaker.all)
  func standsIn(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let standIn = try standIn(claim.message.notices)
    try await bury(claim, stores.ledger, standIn: standIn)
    #expect(try await stores.ledger.states() == [.deadLetter, .pending])
    #expect(try await stores.ledger.take(channels: ["hook"]).map(\.message) == [standIn])
    #expect(try await troubles(stores.ledger).deadLetters.map(\.isReached) == [true])
    #expect(try await stores.ledger.kinds("P/1/once/a").suffix(3) == ["deadLetter", "planned", "standIn"])
    // Only the first was a message of the day.
    #expect(
      try await stores.ledger.toldOn(today, since: startOfDay, office: office, channels: []).sorted() == [
        "vhxh@cg.example|mail"
      ]
    )
  }

  @Test("what stands in is never taken back for another day", arguments: StoreMaker.all)
  func standInStays(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    try await bury(claim, stores.ledger, standIn: try standIn(claim.message.notices))
    _ = try await stores.ledger.tell(plan([claim.message]), office: office, now: start)
    let tomorrow = today.adding(days: 1)
    #expect(
      try await stores.ledger.recallUnsent(office: office, notOf: tomorrow, now: start.adding(seconds: 86_400)) == 0
    )
  }

  @Test("what was given by that channel before is not repeated", arguments: StoreMaker.all, [true, false])
  func givenBefore(maker: StoreMaker, isAlive: Bool) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    let twin = try standIn(claim.message.notices)
    try await ledger.put([twin])
    if !isAlive {
      try await bury(try #require(try await ledger.take(channels: ["hook"]).first), ledger)
    }
    try await bury(claim, ledger, standIn: twin)
    #expect(try await ledger.states().count == 2)
    let dead = try await troubles(ledger).deadLetters.first { $0.message.channel == "mail" }
    #expect(dead?.isReached == isAlive)
  }

  @Test("a dead letter that was half given elsewhere is not told elsewhere", arguments: StoreMaker.all)
  func halfGiven(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker, [notice("a"), notice("b")])
    try await stores.ledger.put([try standIn([notice("a")])])
    try await bury(claim, stores.ledger)
    #expect(try await troubles(stores.ledger).deadLetters.map(\.isReached) == [false])
  }

  @Test("telling and being told are one transaction, and never twice", arguments: StoreMaker.all)
  func tells(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    try await bury(claim, ledger)
    let plan = try plan([claim.message], closing: false)
    #expect(try await ledger.tell(plan, office: office, now: start).count == 1)
    #expect(try await stores.other.tell(plan, office: office, now: start).isEmpty)
    let told = try await troubles(ledger).deadLetters.flatMap(\.told)
    #expect(told.map(\.address) == ["head@cg.example"] && told.map(\.fate) == [.unsent])
    #expect(try await ledger.kinds("P/1/once/a").suffix(3) == ["deadLetter", "planned", "told"])
    #expect(try await ledger.progress("P/1/once/a")?.given.map(\.kind) == [.reminder, .escalation])
    #expect(try await ledger.toldOn(today, since: startOfDay, office: office, channels: []).count == 1)
  }

  @Test("what was told before is left out beside what is new in the same word", arguments: StoreMaker.all)
  func toldBefore(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    try await bury(claim, ledger)
    try await ledger.put([message([notice("b")])])
    let second = try #require(try await ledger.take().first)
    try await bury(second, ledger)
    _ = try await ledger.tell(plan([claim.message], closing: false), office: office, now: start)
    _ = try await ledger.tell(plan([claim.message, second.message], closing: false), office: office, now: start)
    #expect(try await troubles(ledger).deadLetters.map(\.told.count) == [1, 1])
  }

  @Test("word that dies itself opens the trouble again", arguments: StoreMaker.all)
  func reopens(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    try await bury(claim, ledger)
    _ = try await ledger.tell(plan([claim.message]), office: office, now: start)
    #expect(try await troubles(ledger).deadLetters.isEmpty)
    try await bury(try #require(try await ledger.take().first), ledger)
    let open = try await troubles(ledger).deadLetters
    #expect(open.map(\.message.messageID).contains(claim.message.messageID))
    let first = try #require(open.first { $0.message.messageID == claim.message.messageID })
    #expect(first.told.map(\.fate) == [.dead] && !first.isReached)
    // Of the word itself only the admin has to hear.
    #expect(open.filter { $0.message.messageID != claim.message.messageID }.map(\.isReached) == [true])
  }

  @Test("what was done since is nobody's trouble any more", arguments: StoreMaker.all)
  func doneSince(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker, [notice("a"), notice("b")])
    let ledger = stores.ledger
    try await bury(claim, ledger)
    try await ledger.say(.done(on: today), ["P/1/once/a"])
    #expect(try await troubles(ledger).deadLetters.first?.message.notices.map(\.occurrence) == ["P/1/once/b"])
    try await ledger.say(.done(on: today), ["P/1/once/b"])
    #expect(try await troubles(ledger).deadLetters.map(\.isReached) == [true])
    #expect(try await troubles(ledger).deadLetters.first?.message.notices.isEmpty == true)
  }

  @Test("word of what was done since drops out before it leaves", arguments: StoreMaker.all)
  func dropsOut(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    try await bury(claim, stores.ledger)
    _ = try await stores.ledger.tell(plan([claim.message]), office: office, now: start)
    try await stores.ledger.say(.done(on: today), ["P/1/once/a"])
    let word = try #require(try await stores.ledger.take().first)
    #expect(word.settledOccurrences == ["P/1/once/a"])
    #expect(word.message.dropping { word.settledOccurrences.contains($0.occurrence) } == nil)
  }

  @Test("a discarded message and a trial message are nobody's trouble", arguments: StoreMaker.all)
  func noTrouble(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    #expect(try await ledger.discard(office: office, id: claim.id, by: "admin", now: start))
    try await bury(claim, ledger)
    #expect(try await ledger.kinds().suffix(2) == ["discarded", "rejected"])
    try await ledger.put([trialMessage()])
    try await bury(try #require(try await ledger.take().first), ledger)
    #expect(try await troubles(ledger).deadLetters.isEmpty)
  }

  @Test("a retried message is no longer dead", arguments: StoreMaker.all)
  func retried(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    try await bury(claim, stores.ledger)
    #expect(try await stores.ledger.retry(office: office, id: claim.id, now: start))
    #expect(try await troubles(stores.ledger).deadLetters.map(\.isStillDead) == [false])
  }

  @Test("what stood in by a channel that exists no longer is a dead letter itself", arguments: StoreMaker.all)
  func standInStranded(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    let standIn = try standIn(claim.message.notices)
    try await bury(claim, ledger, standIn: standIn)
    let taken = try await ledger.recallStranded(office: office, channels: ["mail"], now: start) { _, _ in [] }
    #expect(taken == ["hook": 1])
    #expect(try await ledger.states() == [.deadLetter, .deadLetter])
    let dead = try #require(try await troubles(ledger).deadLetters.last)
    #expect(dead.message == standIn && !dead.isReached && dead.reply == "channel “hook” is no longer configured")
    #expect(try await ledger.recallStranded(office: office, channels: ["mail"], now: start) { _, _ in [] }.isEmpty)
  }

  @Test(
    "a trial message for a channel that exists no longer ends; what is on its way is left to its sender",
    arguments: StoreMaker.all
  )
  func trialStranded(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    try await ledger.put([trialMessage()])
    #expect(try await ledger.recallStranded(office: office, channels: ["mail"], now: start) { _, _ in [] }.isEmpty)
    let taken = try await ledger.recallStranded(office: office, channels: ["thu"], now: start) { _, _ in [] }
    #expect(taken == ["mail": 1])
    #expect(try await ledger.states() == [.claimed, .discarded])
    try await ledger.settle(claim, .again(at: start), .deferred)
    #expect(
      try await ledger.recallStranded(office: office, channels: ["thu"], now: start) { _, _ in [] } == ["mail": 1]
    )
    #expect(try await ledger.states() == [.discarded, .discarded])
    #expect(try await ledger.progress("P/1/once/a")?.given.isEmpty == true)
    #expect(try await ledger.kinds().suffix(2) == ["deferred", "recalled"])
  }

  /// Damages what is stored of the newest message and sets it aside; what is in the outbox in its place.
  private func setAsideNewest(
    _ ledger: any Ledger,
    anew: @escaping @Sendable (Digest, String) -> [Message] = { _, _ in [] }
  ) async throws -> [Message] {
    let newest = try #require(try await ledger.outbox(office: office, filter: .all, limit: 1).first)
    let store = try #require(ledger as? SQLiteLedger)
    try await store.write {
      try $0.execute(sql: "UPDATE outbox_message SET message = '{' WHERE id = ?", arguments: [newest.id])
    }
    #expect(try await ledger.setAside(office: office, id: newest.id, now: start, anew: anew))
    // It can be read for the test's sake.
    try await store.write {
      try $0.execute(
        sql: "UPDATE outbox_message SET message = ? WHERE id = ?",
        arguments: [JSONText.write(newest.message), newest.id]
      )
    }
    let rows = try await ledger.outbox(office: office, filter: .all, limit: .max)
    #expect(rows.first { $0.id == newest.id }?.state == .discarded)
    return rows.filter { $0.id > newest.id }.map(\.message)
  }

  @Test("those above hear of a dead letter whose stand-in cannot be read", arguments: StoreMaker.all)
  func unreadableStandIn(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    try await bury(claim, ledger, standIn: standIn(claim.message.notices))
    var closing = TellingPlan()
    closing.closed = [claim.message.messageID]
    _ = try await ledger.tell(closing, office: office, now: start)
    #expect(try await setAsideNewest(ledger).isEmpty)
    #expect(try await troubles(ledger).deadLetters.map(\.message) == [claim.message])
    #expect(try await troubles(ledger).deadLetters.map(\.isReached) == [false])
  }

  @Test("whoever was to hear by a stand-in that cannot be read is told again", arguments: StoreMaker.all)
  func unreadableStandInOfWord(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    try await bury(claim, ledger)
    _ = try await ledger.tell(plan([claim.message]), office: office, now: start)
    let word = try #require(try await ledger.take().first)
    var instead = word.message
    instead.channel = "hook"
    instead.messageID = "instead"
    if case .trouble(let trouble) = instead.content { instead.content = .trouble(trouble.readdressed(to: "hook")) }
    try await bury(word, ledger, standIn: instead)
    var closing = TellingPlan()
    closing.closed = [claim.message.messageID, word.message.messageID]
    _ = try await ledger.tell(closing, office: office, now: start)
    #expect(try await troubles(ledger).deadLetters.isEmpty)
    #expect(try await setAsideNewest(ledger).isEmpty)
    let open = try await troubles(ledger).deadLetters
    let first = try #require(open.first { $0.message.messageID == claim.message.messageID })
    #expect(first.told.map(\.channel) == ["mail"] && first.told.map(\.fate) == [.dead])
  }

  @Test("a digest that cannot be read is made again; of a trial message nothing is", arguments: StoreMaker.all)
  func unreadableDigest(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    var plan = OutboxPlan(messages: [digestMessage(1, id: "digest@nhachan")])
    plan.digest = digest(1)
    _ = try await ledger.enqueue(plan, office: office, now: start)
    let again = try await setAsideNewest(ledger) { digest, address in
      address == "ct@cg.example" ? [digestMessage(digest.number, id: "digest@nhachan")] : []
    }
    #expect(again == [digestMessage(1, id: "2.digest@nhachan")])
    try await ledger.put([trialMessage()])
    #expect(try await setAsideNewest(ledger).isEmpty)
    #expect(try await ledger.kinds().suffix(2) == ["planned", "discarded"])
  }

  @Test("a digest for an address that gets none any more is a dead letter", arguments: StoreMaker.all)
  func digestStranded(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    var plan = OutboxPlan(messages: [digestMessage(1, id: "digest@nhachan")])
    plan.digest = digest(1)
    _ = try await ledger.enqueue(plan, office: office, now: start)
    let taken = try await ledger.recallStranded(office: office, channels: ["thu"], now: start) { _, _ in [] }
    #expect(taken == ["mail": 1])
    #expect(try await ledger.states() == [.deadLetter])
    #expect(try await troubles(ledger).deadLetters.map(\.isReached) == [false])
  }

  @Test("however much waits for a channel that exists no longer, it is taken back in small transactions")
  func manyStranded() async throws {
    let ledger = try SQLiteLedger.inMemory()
    try await ledger.arm()
    let names = (0..<1_001).map { "o\($0)" }
    try await ledger.adopt(names.map { try occurrence($0) })
    try await ledger.put(names.map { try message([notice($0, to: "\($0)@cg.example")]) })
    // A transaction that takes back more is refused.
    try await ledger.write { db in
      try db.execute(sql: "CREATE TEMP TABLE taken (count INTEGER)")
      try db.execute(
        sql: """
          CREATE TEMP TRIGGER counted AFTER UPDATE ON outbox WHEN NEW.state = 'discarded' BEGIN
            INSERT INTO taken VALUES (1);
            SELECT RAISE(ABORT, 'too many at once') WHERE (SELECT count(*) FROM taken) > 500;
          END
          """
      )
    }
    await #expect(throws: (any Error).self) {
      _ = try await ledger.recallStranded(office: office, channels: ["thu"], now: start) { _, _ in [] }
    }
    #expect(try await ledger.states().count { $0 == .discarded } == 500)
    try await ledger.write { try $0.execute(sql: "DROP TRIGGER temp.counted") }
    let taken = try await ledger.recallStranded(office: office, channels: ["thu"], now: start) { _, _ in [] }
    #expect(taken == ["mail": 501])
  }

  @Test("a message that dies a second time is told of a second time", arguments: StoreMaker.all)
  func secondDeath(maker: StoreMaker) async throws {
    let (stores, claim) = try await claimed(maker)
    let ledger = stores.ledger
    try await bury(claim, ledger)
    _ = try await ledger.tell(plan([claim.message]), office: office, now: start)
    try await ledger.settle(try #require(try await ledger.take().first), .accepted, .accepted)
    #expect(try await ledger.retry(office: office, id: claim.id, now: start))
    try await bury(try #require(try await ledger.take().first), ledger)
    let dead = try #require(try await troubles(ledger).deadLetters.first)
    #expect(dead.death == 2 && dead.told.isEmpty && !dead.isReached)
  }

  @Test("a held channel says why, since when and how many wait", arguments: StoreMaker.all)
  func heldChannel(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.arm()
    try await ledger.put((0..<3).map { try message(notice("\($0)")) })
    let held = ChannelState(heldBecause: "535", heldSince: start, probeAt: start.adding(seconds: 60), failedProbes: 1)
    try await ledger.setChannelState(held, office: office, channel: "mail", now: start)
    let standing = try await troubles(ledger).channels
    let expected = Trouble.HeldChannel(
      name: "mail",
      reason: "535",
      since: start,
      waiting: 3,
      probeAt: start.adding(seconds: 60)
    )
    #expect(standing.map(\.held) == [expected, nil] && standing.flatMap(\.told).isEmpty)
  }
}
