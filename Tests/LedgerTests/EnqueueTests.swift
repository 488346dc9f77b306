import Deadlines
import Ledger
import Messages
import Testing

@Suite("Every store: into the outbox", .serialized)
struct EnqueueTests {
  @Test("a message, its notices and the next steps are kept together", arguments: StoreMaker.all)
  func keeps(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.adopt([occurrence("a"), occurrence("b")])
    let sent = try message([notice("a"), notice("b", step: "+1wd", kind: .overdue)])
    let next = start.adding(seconds: 5000)
    let plan = OutboxPlan(
      messages: [sent],
      superseded: [notice("b", step: "0wd")],
      nextSteps: ["P/1/once/a": next, "P/1/once/b": nil]
    )
    #expect(try await ledger.enqueue(plan, office: office, now: start) == [sent])
    let row = try #require(try await stores.other.outbox(office: office, filter: .all, limit: 5).first)
    #expect(row.message == sent && row.state == .pending && row.attempts == 0 && row.nextAttemptAt == start)
    #expect(try await ledger.nextStep(office: office) == next)
    let given = try #require(try await ledger.progress("P/1/once/b")?.given)
    #expect(given.map(\.isSuperseded) == [false, true])
    #expect(try await ledger.kinds("P/1/once/b") == ["adopted", "planned", "superseded"])
  }

  @Test(
    "what was tried in vain goes on growing old however often it is planned anew, until one of it ends",
    arguments: StoreMaker.all,
    [DeliveryOutcome.deferred, .misconfigured]
  )
  func agesOverRecalls(maker: StoreMaker, outcome: DeliveryOutcome) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.arm()
    try await ledger.adopt([occurrence("a")])
    let days = (0..<4).map { (day: today.adding(days: $0), now: start.adding(seconds: Int64($0) * 86_400)) }
    var ages: [Instant] = []
    for (number, (day, now)) in days.enumerated() {
      _ = try await ledger.recallUnsent(office: office, notOf: day, now: now)
      try await ledger.put([message(notice("a", step: number == 3 ? "0wd" : "-3wd"), on: day, at: now)], at: now)
      let claim = try #require(try await stores.other.take(at: now).first)
      ages.append(claim.agesFrom)
      let isLast = number >= 2
      try await ledger.settle(
        claim,
        isLast ? .deadLetter(reason: "too old") : .again(at: now.adding(seconds: 60)),
        isLast ? .deferred : outcome,
        at: now
      )
    }
    let expected = outcome == .deferred ? [start, start, start, days[3].now] : days.map(\.now)
    #expect(ages == expected)
  }

  @Test("a message of an earlier day that nobody tried to send is planned anew", arguments: StoreMaker.all)
  func recalls(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.adopt([occurrence("a"), occurrence("b")])
    try await ledger.put([message([notice("a")]), message([notice("b")])])
    try await ledger.arm()
    let claim = try #require(try await ledger.take(1, at: start).first)
    let tomorrow = start.adding(seconds: 86_400)
    #expect(try await ledger.recallUnsent(office: office, notOf: today, now: tomorrow) == 0)
    #expect(try await ledger.recallUnsent(office: office, notOf: today.adding(days: 1), now: tomorrow) == 1)
    #expect(try await ledger.recallUnsent(office: office, notOf: today.adding(days: 1), now: tomorrow) == 0)
    let tried = claim.message.notices[0].occurrence
    let recalled = tried.hasSuffix("a") ? "P/1/once/b" : "P/1/once/a"
    #expect(try await ledger.progress(recalled)?.given == [])
    #expect(try await ledger.progress(tried)?.given.count == 1)
    #expect(try await ledger.nextStep(office: office) == tomorrow)
    let again = try await ledger.put([
      message([notice(String(recalled.suffix(1)))], on: today.adding(days: 1), at: tomorrow)
    ])
    #expect(again.map { $0.notices.map(\.occurrence) } == [[recalled]])
  }

  @Test(
    "what is planned anew takes back what was passed over for its own mailbox, not others'",
    arguments: StoreMaker.all
  )
  func recallsPassedOver(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.adopt([occurrence("a")])
    try await ledger.arm()
    let mailboxes = ["head@xa.example", "office@xa.example"]
    let plan = OutboxPlan(
      messages: try mailboxes.map { try message(notice("a", step: "+3wd", kind: .escalation, to: $0)) },
      superseded: mailboxes.map { notice("a", step: "+1wd", kind: .escalation, to: $0) }
    )
    _ = try await ledger.enqueue(plan, office: office, now: start)
    let sent = try #require(try await ledger.take(1, at: start).first)
    #expect(try await ledger.recallUnsent(office: office, notOf: today.adding(days: 1), now: start) == 1)
    let given = try #require(try await stores.other.progress("P/1/once/a")?.given)
    #expect(Set(given.map(\.recipient)) == [sent.message.recipient.address])
    #expect(Set(given.map(\.step)) == ["+1wd", "+3wd"])
  }

  @Test("a notice is given once, and a message left with none is not stored", arguments: StoreMaker.all)
  func once(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.put([message([notice("a"), notice("b", kind: .overdue)])])
    let stored = try await ledger.put([
      message([notice("b", kind: .overdue)]), message([notice("b", kind: .overdue), notice("c")]),
    ])
    #expect(stored.map { $0.notices.map(\.key) } == [[notice("c").key]])
    #expect(stored.first?.kind == .reminder, "the gravest of what is left")
    #expect(try await ledger.outbox(office: office, filter: .all, limit: 9).last?.message == stored.first)
  }

  @Test("a superseded notice is never given later, a given one never superseded", arguments: StoreMaker.all)
  func superseded(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.adopt([occurrence("a")])
    _ = try await ledger.enqueue(OutboxPlan(superseded: [notice("a")]), office: office, now: start)
    #expect(try await ledger.put([message(notice("a"))]).isEmpty)
    try await ledger.put([message(notice("a", step: "0wd"))])
    _ = try await ledger.enqueue(
      OutboxPlan(superseded: [notice("a", step: "0wd")]),
      office: office,
      now: start
    )
    #expect(try await ledger.progress("P/1/once/a")?.given.map(\.isSuperseded) == [true, false])
    #expect(try await ledger.kinds().filter { $0 == "superseded" }.count == 1)
  }

  @Test("new notices are not lost when another message has the id", arguments: StoreMaker.all)
  func sameID(maker: StoreMaker) async throws {
    let stores = try maker.make()
    var second = try message(notice("b"))
    second.messageID = try message(notice("a")).messageID
    try await stores.ledger.put([message(notice("a"))])
    let stored = try await stores.ledger.put([second])
    #expect(stored.map(\.messageID) == ["2.\(second.messageID)"])
    #expect(try await stores.ledger.put([trialMessage()]).count == 1)
    #expect(try await stores.ledger.put([trialMessage()]).isEmpty)
  }

  @Test("a digest has the next number or is not ours to send", arguments: StoreMaker.all)
  func digests(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    func offer(_ number: Int, _ id: String) async throws -> Int {
      let reminder = try message(notice(id))
      let plan = OutboxPlan(
        messages: [digestMessage(number, id: "\(id)1"), digestMessage(number, id: "\(id)2"), reminder],
        digest: digest(number)
      )
      return try await ledger.enqueue(plan, office: office, now: start).count
    }
    #expect(try await offer(2, "early") == 1, "only the reminder")
    #expect(try await offer(1, "first") == 3)
    #expect(try await offer(1, "again") == 1)
    #expect(try await offer(2, "second") == 3)
    #expect(try await ledger.lastDigest(office: office) == digest(2))
  }

  @Test(
    "whoever got an ordinary notice was told today",
    arguments: StoreMaker.all,
    [
      ([NoticeKind.reminder], true), ([.assignment], true), ([.overdue], true), ([.escalation], false),
      ([.settled], false), ([.settled, .escalation], false), ([.escalation, .reminder], true),
    ]
  )
  func told(maker: StoreMaker, sample: (kinds: [NoticeKind], counts: Bool)) async throws {
    let stores = try maker.make()
    let notices = sample.kinds.enumerated().map { notice("n\($0.offset)", kind: $0.element) }
    try await stores.ledger.put([message(notices), trialMessage(), digestMessage(1, id: "d")])
    let expected: Set<String> = sample.counts ? ["vhxh@cg.example|mail"] : []
    #expect(try await stores.ledger.toldOn(today, since: startOfDay, office: office, channels: []) == expected)
    // What has not left yet stands in the way of another on the next day too.
    let tomorrow = startOfDay.adding(seconds: 86_400)
    #expect(
      try await stores.ledger.toldOn(today.adding(days: 1), since: tomorrow, office: office, channels: []) == expected
    )
  }

  @Test("two planners that say the same at once say it once", arguments: StoreMaker.all)
  func concurrent(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let stored = try await withThrowingTaskGroup(of: [Message].self) { group in
      for ledger in [stores.ledger, stores.other, stores.ledger, stores.other] {
        for number in 0..<25 {
          group.addTask { try await ledger.put([message([notice("\(number)"), notice("\(number + 1)")])]) }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let keys = stored.flatMap(\.notices).map(\.key)
    #expect(keys.count == 26 && Set(keys).count == 26)
    #expect(try await stores.ledger.outbox(office: office, filter: .all, limit: 999).count == stored.count)
    #expect(try await stores.ledger.verifyRecord(office: office).firstAltered == nil)
  }

  @Test("a tick that began before an answer does not undo its next step", arguments: StoreMaker.all)
  func answerDuringTick(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.adopt([occurrence("a")])
    try await ledger.say(.done(on: today), ["P/1/once/a"], at: start)
    try await ledger.say(.reopened, ["P/1/once/a"], at: start.adding(seconds: 1))
    let plan = OutboxPlan(nextSteps: ["P/1/once/a": nil])
    _ = try await ledger.enqueue(plan, office: office, now: start)
    #expect(try await ledger.nextStep(office: office) == firstStep("2026-12-15"))
    // The next tick has read the answer, whatever its clock says.
    _ = try await ledger.enqueue(plan, office: office, now: start)
    #expect(try await ledger.nextStep(office: office) == nil)
  }
}
