import Daemon
import Deadlines
import Ledger
import Messages
import TestSupport
import Testing

@Suite("The planner")
struct PlannerTests {
  @Test("puts all that one person is told on one day into one message")
  func oneMessagePerPerson() async throws {
    let scene = try await Scene([
      Offices.task("1", "Chậm nhất 30/9/2026"), Offices.task("2", "Năm 2026"),
      Offices.task("3", "Thường xuyên", coordinating: [.unit("vhxh")]),
    ])
    try await scene.adopt()
    #expect(try await scene.tick("2026-05-13 07:30") == ["assignment kt assignment,assignment,assignment"])
    #expect(try await scene.tick("2026-05-13 07:30").isEmpty)
  }

  @Test("says nothing outside the sending window and looks again when it opens")
  func window() async throws {
    let scene = try await Scene([Offices.task("1", "Chậm nhất 30/9/2026")])
    try await scene.adopt("2026-05-15 18:00")
    let tick = try await scene.planner.tick(now: Offices.instant("2026-05-15 18:00"))
    #expect(tick.messages.isEmpty)
    #expect(tick.next == Offices.instant("2026-05-18 07:30"))
  }

  @Test("bundles what comes later on a day into the next day's message")
  func laterTheSameDay() async throws {
    let scene = try await Scene([Offices.task("1", "Chậm nhất 30/9/2026"), Offices.task("2", "Chậm nhất 29/6/2026")])
    try await scene.adopt("2026-05-13 07:00")
    #expect(try await scene.tick("2026-05-13 07:30").count == 1)
    try await scene.send("2026-05-13 07:30")
    // Reopened at ten, its ladder starts anew: the missed step waits for tomorrow.
    try await scene.answer(.done(on: Offices.date("2026-05-13")), ["1-KH/1/deadline/once/kt"], at: "2026-05-13 09:00")
    try await scene.answer(.reopened, ["1-KH/1/deadline/once/kt"], at: "2026-05-13 10:00")
    #expect(try await scene.tick("2026-05-13 10:00").isEmpty)
    #expect(try await scene.tick("2026-05-14 07:30") == ["assignment kt assignment"])
  }

  @Test("lets an escalation go the same day all the same")
  func escalationGoes() async throws {
    let scene = try await Scene([
      Offices.task("1", "Chậm nhất 15/5/2026"), Offices.task("2", "Chậm nhất 21/5/2026", lead: .unit("vhxh")),
    ])
    try await scene.adopt("2026-05-13 07:00")
    // Away until +3: the owner gets the latest, the head and Văn phòng the escalation, each once.
    let lines = try await scene.tick("2026-05-20 07:30").filter { !$0.hasPrefix("digest") }
    #expect(lines.contains("escalation truong.kt +3wd"))
    #expect(lines.contains("overdue kt +1wd"))
    #expect(lines.filter { $0.contains(" vhxh ") }.count == 1)
    #expect(lines.filter { $0.contains(" vp ") }.count == 1)
  }

  @Test("sends one message per recipient after ninety days of standing still")
  func noStorm() async throws {
    let scene = try await Scene((1...40).map { Offices.task("\($0)", "Hằng tháng", lead: .group("tat-ca")) })
    try await scene.adopt()
    let messages = try await scene.planner.tick(now: Offices.instant("2026-08-11 09:00")).messages
    let mailboxes = messages.filter { $0.kind != .digest }.map(\.recipient.address)
    #expect(Set(mailboxes).count == mailboxes.count)
    #expect(messages.flatMap(\.entries).allSatisfy { $0.isLate })
    #expect(messages.count { $0.kind == .digest } == 3)
  }

  @Test("tells nobody of what was past when the plan was loaded, until somebody says that it is still open")
  func backfill() async throws {
    let scene = try await Scene([Offices.task("1", "Chậm nhất 15/5/2026")])
    try await scene.adopt("2026-11-20 08:00")
    #expect(try await scene.tick("2026-11-20 08:00").isEmpty)
    try await scene.answer(.reopened, ["1-KH/1/deadline/once/kt"], at: "2026-11-20 09:00")
    let lines = try await scene.tick("2026-11-20 09:00")
    #expect(
      lines == [
        "escalation chutich +5wd", "escalation phochutich +5wd", "escalation truong.kt +3wd", "escalation vhxh +3wd",
        "escalation vp +3wd", "overdue kt +1wd",
      ]
    )
  }

  @Test("numbers the digests and makes one a week, none while messages are held")
  func digests() async throws {
    let scene = try await Scene([Offices.task("1", "Thường xuyên")])
    try await scene.adopt()
    var now = Offices.instant("2026-05-13 07:30")
    var digests: [Digest] = []
    while let next = try await tick(scene, now, &digests), digests.count < 6 { now = next }
    #expect(digests.map(\.number) == [1, 2, 3, 4, 5, 6])
    #expect(
      digests.map(\.today)
        == ["2026-05-18", "2026-05-25", "2026-06-01", "2026-06-08", "2026-06-15", "2026-06-22"].map(Offices.date)
    )
    #expect(zip(digests, digests.dropFirst()).allSatisfy { $0.next == $1.asOf })
    try await scene.ledger.setArmed(false, office: "xa", by: "test", reason: "test", now: now)
    #expect(
      try await scene.planner.tick(now: Offices.instant("2026-07-06 07:30")).messages.allSatisfy { $0.kind != .digest }
    )
  }

  private func tick(_ scene: Scene, _ now: Instant, _ digests: inout [Digest]) async throws -> Instant? {
    let tick = try await scene.planner.tick(now: now)
    digests += tick.messages.prefix(9).compactMap { if case .digest(let digest) = $0.content { digest } else { nil } }
      .prefix(1)
    return tick.next
  }

  @Test("puts one message a recipient into a held outbox, however long it is held")
  func held() async throws {
    let scene = try await Scene(
      [Offices.task("1", "Hằng tháng"), Offices.task("2", "Chậm nhất 15/6/2026")],
      armed: false
    )
    try await scene.adopt()
    for day in ["2026-05-13", "2026-05-26", "2026-05-28", "2026-06-12", "2026-06-15"] {
      _ = try await scene.tick("\(day) 07:30")
    }
    let rows = try await scene.ledger.outbox(office: "xa", filter: .all, limit: 100)
    #expect(rows.filter { $0.message.recipient.address == "kt@xa.example" }.count == 1)
  }

  @Test("once let out, what was held too long is planned anew, counted from that day")
  func armedLater() async throws {
    let scene = try await Scene([Offices.task("1", "Chậm nhất 15/6/2026")], armed: false)
    try await scene.adopt()
    #expect(try await scene.tick("2026-05-13 07:30") == ["assignment kt assignment"])
    try await scene.ledger.setArmed(
      true,
      office: "xa",
      by: "test",
      reason: "test",
      now: Offices.instant("2026-06-11 09:00")
    )
    let lines = try await scene.tick("2026-06-11 09:00")
    #expect(lines.filter { $0.contains(" kt ") } == ["reminder kt -3wd"])
    let waiting = try await scene.ledger.outbox(office: "xa", filter: .states([.pending]), limit: 100)
    #expect(
      waiting.filter { $0.message.recipient.address == "kt@xa.example" }.map(\.message.today) == [
        Offices.date("2026-06-11")
      ]
    )
  }

  @Test("tells of a date that was moved, and reminds of the new one as if the old had never been")
  func movedDate() async throws {
    let scene = try await Scene([Offices.task("1", "Chậm nhất 29/5/2026")])
    try await scene.adopt()
    for time in ["2026-05-13 07:30", "2026-05-26 07:30"] {
      #expect(try await scene.tick(time).filter { $0.contains(" kt ") }.count == 1)
      try await scene.send(time)
    }
    let moved = Planner(
      office: Offices.office([Offices.task("1", "Chậm nhất 30/6/2026")]),
      domain: "xa.example",
      ledger: scene.ledger
    )
    let now = Offices.instant("2026-05-27 09:00")
    #expect(try await moved.adopt(now: now).moved == ["1-KH/1/deadline/once/kt"])
    #expect(try await moved.tick(now: now).messages.map(Scene.line) == ["assignment kt assignment"])
    try await scene.send("2026-05-27 09:00")
    var told: [String] = []
    for day in ["2026-05-29", "2026-06-16", "2026-06-25", "2026-06-29", "2026-06-30"] {
      let tick = try await moved.tick(now: Offices.instant("\(day) 07:30"))
      told += tick.messages.filter { $0.recipient.address == "kt@xa.example" }.map { "\(day) \(Scene.line($0))" }
      try await scene.send("\(day) 07:30")
    }
    #expect(
      told == [
        "2026-06-16 reminder kt -10wd", "2026-06-25 reminder kt -3wd", "2026-06-29 reminder kt -1wd",
        "2026-06-30 dueToday kt 0wd",
      ]
    )
  }

  @Test("assigns a recurring task by its first period still to come when the plan is loaded late")
  func recurringLoadedLate() async throws {
    let scene = try await Scene([Offices.task("1", "Hằng tháng"), Offices.task("2", "Thường xuyên")])
    try await scene.adopt("2026-11-20 08:00")
    let messages = try await scene.planner.tick(now: Offices.instant("2026-11-20 08:00")).messages
    #expect(messages.map(Scene.line) == ["assignment kt assignment,assignment"])
    #expect(
      messages.flatMap(\.notices).map(\.occurrence) == ["1-KH/1/recurring/2026-11/kt", "1-KH/2/continuous/2026/kt"]
    )
    #expect(try await scene.planner.adopt(now: Offices.instant("2026-11-20 09:00")).isEmpty)
  }

  @Test("counts as past what is past by its legal date, though body and appendix disagree about it")
  func pastAndDisputed() async throws {
    let dispute = Disagreement(body: "1", appendix: "2", proposal: "hai việc")
    let scene = try await Scene(
      [Offices.task("1", "Trong tháng 5/2026."), Offices.task("2", "Năm 2026")],
      disagreements: [dispute]
    )
    let adoption = try await scene.planner.adopt(now: Offices.instant("2026-11-20 08:00"))
    #expect(adoption.backfill == ["1-KH/1/window/once/kt"])
  }

  @Test("after days of a dead relay everybody gets one message, which speaks of that day")
  func deadRelay() async throws {
    let scene = try await Scene([Offices.task("1", "Chậm nhất 15/5/2026")])
    try await scene.adopt()
    let refused = DeliveryReport(outcome: .deferred, reply: "connection refused", curlCode: 7)
    for day in ["2026-05-13", "2026-05-14", "2026-05-15"] {
      _ = try await scene.tick("\(day) 07:30")
      scene.transport.willAnswer([refused, refused, refused])
      try await scene.send("\(day) 07:30")
    }
    scene.transport.willAnswer([])
    let before = scene.transport.parcels.count
    _ = try await scene.tick("2026-05-18 07:30")
    try await scene.send("2026-05-18 07:30")
    let rows = try await scene.ledger.outbox(office: "xa", filter: .states([.accepted]), limit: 99)
    let toUnit = rows.filter { $0.message.recipient.address == "kt@xa.example" }
    #expect(toUnit.map { Scene.line($0.message) } == ["overdue kt +1wd"])
    #expect(scene.transport.parcels.count - before == rows.count)
    #expect(try await scene.ledger.outbox(office: "xa", filter: .states([.pending, .deferred]), limit: 99).isEmpty)
  }

  @Test("does not go back to an earlier step when the ladder gets one")
  func ladderGetsAStep() async throws {
    let scene = try await Scene([Offices.task("1", "Chậm nhất 30/9/2026")])
    try await scene.adopt()
    for time in ["2026-05-13 07:30", "2026-09-23 07:30"] {
      _ = try await scene.tick(time)
      try await scene.send(time)
    }
    var office = scene.office
    office.policy.ladders[0].steps[1] = LadderStep(when: .beforeTarget(12), to: [.lead], kind: .reminder)
    let changed = Planner(office: office, domain: "xa.example", ledger: scene.ledger)
    _ = try await changed.adopt(now: Offices.instant("2026-09-24 09:00"))
    #expect(
      try await changed.tick(now: Offices.instant("2026-09-24 09:00")).messages.filter { $0.kind != .digest }.isEmpty
    )
    let next = try await changed.tick(now: Offices.instant("2026-09-25 07:30")).messages.filter { $0.kind != .digest }
    #expect(next.map(Scene.line) == ["reminder kt -3wd"])
  }

  @Test("takes next year's occurrences in at the turn of the year")
  func newYear() async throws {
    let scene = try await Scene([Offices.task("1", "Hằng năm")])
    try await scene.adopt()
    #expect(try await scene.ledger.allTracked(office: "xa").compactMap(\.occurrence.due?.nominal.year) == [2026, 2027])
    let newYear = Offices.instant("2027-01-01 00:00")
    #expect(try await scene.planner.tick(now: newYear).adoption?.appeared.count == 1)
    #expect(try await scene.planner.tick(now: newYear).adoption == nil)
    #expect(
      try await scene.ledger.allTracked(office: "xa").compactMap(\.occurrence.due?.nominal.year) == [2026, 2027, 2028]
    )
  }

  private func planner(_ limits: [String], _ scene: Scene, reading: String) -> Planner {
    let office = Offices.office(limits.map { Offices.task($0, "Chậm nhất 30/9/2026") })
    return Planner(office: office, domain: "xa.example", ledger: scene.ledger, reading: reading)
  }

  @Test("works plans out only when what they are read from or by has changed, whatever was adopted in between")
  func sameReading() async throws {
    let scene = try await Scene([])
    let now = Offices.instant("2026-05-13 00:00")
    #expect(try await planner(["1"], scene, reading: "first").adopt(now: now).appeared.count == 1)
    // Another office under the same name would be a mistake of the caller, and shows here that nobody looks.
    #expect(try await planner(["1", "2"], scene, reading: "first").adopt(now: now).isEmpty)
    #expect(try await planner(["1", "2"], scene, reading: "second").adopt(now: now).appeared.count == 1)
    #expect(try await planner(["1"], scene, reading: "first").adopt(now: now).vanished.count == 1)
    #expect(
      try await planner([], scene, reading: "first").adopt(now: Offices.instant("2027-01-01 00:00")).vanished == [
        "1-KH/1/deadline/once/kt"
      ]
    )
  }

  @Test("adopts again after an adoption that was cut off")
  func cutOffAdoption() async throws {
    let scene = try await Scene([])
    let now = Offices.instant("2026-05-13 00:00")
    _ = try await planner(["1"], scene, reading: "first").adopt(now: now)
    // As far as the second adoption came: its occurrences, and not the word that they are all there.
    let cutOff = Planner(office: Offices.office([]), domain: "xa.example", ledger: scene.ledger)
    _ = try await cutOff.adopt(now: now)
    #expect(try await planner(["1"], scene, reading: "first").adopt(now: now).appeared.count == 1)
  }
}
