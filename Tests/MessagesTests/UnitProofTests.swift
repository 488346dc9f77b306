import Deadlines
import Messages
import TestSupport
import Testing

@Suite("Was the unit told?")
struct UnitProofTests {
  private static let task = Offices.task("1", "Chậm nhất 30/9/2026", lead: .unit("vhxh"))
  private static let office = Offices.office([task])

  private static func occurrence() throws -> Occurrence {
    try #require(office.occurrences(through: Offices.date("2026-12-31")).first { $0.unit == "vhxh" })
  }

  /// The beginning of a record’s lines, numbered as they come.
  private struct Lines {
    let id: String
    var events: [RecordedEvent] = []

    mutating func add(_ kind: String, _ at: String, about occurrence: String? = nil, _ facts: String) {
      events.append(
        RecordedEvent(
          sequence: Int64(events.count) + 1,
          at: Offices.instant(at),
          kind: kind,
          occurrence: occurrence,
          facts: facts
        )
      )
    }

    mutating func plan(
      _ message: String,
      _ at: String,
      _ step: String,
      to mailbox: String = "vhxh",
      unit: String? = "vhxh"
    ) {
      let unit = unit.map { ",\"unit\":\"\($0)\"" } ?? ""
      add(
        "planned",
        at,
        """
        {"channel":"mail","kind":"reminder","message":"\(message)",\
        "notices":["\(id)|\(step)|\(mailbox)@xa.example|mail"],"recipient":"\(mailbox)@xa.example"\(unit)}
        """
      )
    }

    mutating func attempt(
      _ message: String,
      _ at: String,
      _ outcome: String,
      _ code: Int,
      _ reply: String,
      number: Int = 1
    ) {
      let sent = outcome == "accepted" ? ",\"sent\":\"3f9a12cd77e0b41c99\"" : ""
      add(
        outcome,
        at,
        """
        {"at":\(Offices.instant(at).milliseconds),"attempt":\(number),"message":"\(message)","reply":"\(reply)",\
        "replyCode":\(code)\(sent)}
        """
      )
    }
  }

  private static func proof(
    _ lines: Lines,
    from: String = "2026-09-01",
    to: String = "2026-10-31",
    progress: Progress = Progress(adoptedAt: Offices.instant("2026-05-13 08:00"))
  ) throws -> UnitProof {
    let period = Offices.date(from)...Offices.date(to)
    return UnitProofBuilder(office: office, unit: "vhxh", period: period, events: lines.events)
      .proof(of: [TrackedOccurrence(try occurrence(), progress)], now: Offices.instant("2026-10-08 09:00"))
  }

  /// The lines that the record had at that moment.
  private static func known(_ lines: Lines, asOf: String) -> [RecordedEvent] {
    let last = lines.events.lastIndex { $0.at <= Offices.instant(asOf) }
    return last.map { Array(lines.events[...$0]) } ?? []
  }

  private static func proof(_ lines: Lines, of occurrence: Occurrence, asOf: String) -> UnitProof {
    UnitProofBuilder(
      office: office,
      unit: "vhxh",
      period: Offices.date("2026-05-01")...Offices.date("2026-12-31"),
      events: known(lines, asOf: asOf)
    ).proof(
      of: [TrackedOccurrence(occurrence, Progress(adoptedAt: Offices.instant("2026-05-13 08:00")))],
      now: Offices.instant("2026-12-08 09:00"),
      asOf: Offices.instant(asOf)
    )
  }

  /// One obligation with everything that can happen to a message of it.
  private static func eventful() throws -> Lines {
    var lines = Lines(id: try occurrence().id)
    lines.add("adopted", "2026-05-13 08:00", about: lines.id, #"{"nominal":"2026-09-30","unit":"vhxh"}"#)
    lines.plan("a@xa", "2026-05-13 08:00", "assignment")
    lines.attempt("a@xa", "2026-05-13 08:00", "accepted", 250, "2.0.0 queued as 12")
    lines.add(
      "superseded",
      "2026-09-24 07:30",
      about: lines.id,
      "{\"notice\":\"\(lines.id)|-10wd|vhxh@xa.example|mail\"}"
    )
    lines.plan("b@xa", "2026-09-25 07:30", "-3wd")
    lines.attempt("b@xa", "2026-09-25 07:30", "deferred", 451, "451 4.7.1 greylisted")
    lines.attempt("b@xa", "2026-09-25 07:34", "unknown", 0, "connection lost after the final dot", number: 2)
    lines.attempt("b@xa", "2026-09-25 07:50", "accepted", 250, "2.0.0 queued as 13", number: 3)
    lines.add("acknowledged", "2026-09-25 09:10", about: lines.id, #"{"by":"Lan","round":0}"#)
    lines.plan("c@xa", "2026-10-01 07:30", "+1wd")
    lines.attempt("c@xa", "2026-10-01 07:30", "rejected", 550, "550 5.1.1 <vhxh@xa.example>: no such user")
    lines.add("deadLetter", "2026-10-01 07:30", #"{"message":"c@xa","reason":"550 5.1.1 no such user"}"#)
    lines.plan("d@xa", "2026-10-05 07:30", "+3wd", to: "truong.vhxh", unit: "vhxh")
    lines.attempt("d@xa", "2026-10-05 07:30", "accepted", 250, "2.0.0 queued as 15")
    lines.plan("e@xa", "2026-10-07 07:30", "+5wd", to: "chutich", unit: nil)
    lines.attempt("e@xa", "2026-10-07 07:30", "accepted", 250, "2.0.0 queued as 16")
    lines.add("textDropped", "2026-10-07 08:00", #"{"message":"a@xa","sha256":"aa"}"#)
    lines.add("done", "2026-10-07 15:00", about: lines.id, #"{"by":"Lan","evidence":"12/BC-VHXH","on":"2026-10-06"}"#)
    return lines
  }

  @Test("the lines of one message are put together, attempt by attempt")
  func deliveries() throws {
    let lines = try Self.eventful()
    let deliveries = RecordedDelivery.all(in: lines.events, about: lines.id)
    #expect(deliveries.map(\.steps) == [["assignment"], ["-3wd"], ["+1wd"], ["+3wd"], ["+5wd"]])
    let greylisted = deliveries[1]
    #expect(greylisted.attempts.map(\.outcome) == [.deferred, .unknown, .accepted])
    #expect(greylisted.attempts.map(\.reply).first == "451 4.7.1 greylisted")
    #expect(greylisted.acceptedAt == Offices.instant("2026-09-25 07:50") && greylisted.lines == [5, 6, 7, 8])
    #expect(deliveries[2].end == .deadLetter(reason: "550 5.1.1 no such user"))
    #expect(deliveries[0].isTextDropped && !deliveries[1].isTextDropped)
    #expect(RecordedDelivery.all(in: lines.events, about: "another").isEmpty)
  }

  @Test("what was taken back is not said to have stayed here when it may have arrived", arguments: [true, false])
  func takenBack(mayHaveArrived: Bool) throws {
    var lines = Lines(id: try Self.occurrence().id)
    lines.plan("a@xa", "2026-05-13 08:00", "assignment")
    lines.attempt("a@xa", "2026-05-13 08:00", mayHaveArrived ? "unknown" : "deferred", 0, "connection lost")
    lines.add("recalled", "2026-05-13 09:00", #"{"message":"a@xa"}"#)
    let delivery = try #require(RecordedDelivery.all(in: lines.events, about: lines.id).first)
    #expect(
      Wording(.vietnamese).end(delivery)
        == "đã thu lại để lập thư mới" + (mayHaveArrived ? "; có thể đã đến nơi" : "")
    )
    #expect(
      Wording(.english).end(delivery)
        == "taken back, and planned anew" + (mayHaveArrived ? "; it may have arrived" : "")
    )
  }

  @Test("told in time: how often, and how many working days before")
  func told() throws {
    let proof = try Self.proof(try Self.eventful())
    let obligation = try #require(proof.obligations.first)
    // 30 September less three working days is 25 September; the assignment of 13 May was 98 before.
    let first = Offices.instant("2026-05-13 08:00")
    #expect(obligation.answer == .told(first: first, workingDaysBefore: [98, 3]))
    #expect(obligation.events.map(\.kind) == ["adopted", "superseded", "acknowledged", "done"])
    #expect(proof.names["chutich@xa.example"] == "Chủ tịch UBND xã")
  }

  @Test("what went to somebody above does not count as told to the unit")
  func aboveOnly() throws {
    var lines = Lines(id: try Self.occurrence().id)
    lines.plan("e@xa", "2026-09-25 07:30", "-3wd", to: "chutich", unit: "vhxh")
    lines.attempt("e@xa", "2026-09-25 07:30", "accepted", 250, "ok")
    #expect(try Self.proof(lines).obligations.first?.answer == .nothingPlanned)
  }

  @Test(
    "when no server took a message, the answer says how it stands",
    arguments: [
      (["planned"], UnitProof.Answer.waiting), (["planned", "rejected", "deadLetter"], .refused),
      (["planned", "deferred"], .retrying),
      (["planned", "unknown"], .perhaps(at: Offices.instant("2026-09-25 07:31"))),
      (["planned", "late"], .toldLate(first: Offices.instant("2026-10-02 07:31"))), ([], .nothingPlanned),
      (["planned", "dropped"], .nothingPlanned),
    ]
  )
  func otherAnswers(kinds: [String], expected: UnitProof.Answer) throws {
    var lines = Lines(id: try Self.occurrence().id)
    for kind in kinds {
      switch kind {
      case "planned": lines.plan("a@xa", "2026-09-25 07:30", "-3wd")
      case "late": lines.attempt("a@xa", "2026-10-02 07:31", "accepted", 250, "ok")
      case "dropped", "deadLetter": lines.add(kind, "2026-09-25 07:31", #"{"message":"a@xa","reason":"no"}"#)
      default: lines.attempt("a@xa", "2026-09-25 07:31", kind, 450, "later")
      }
    }
    #expect(try Self.proof(lines).obligations.first?.answer == expected)
  }

  @Test(
    "told after the day to be finished by is late only once it is overdue",
    arguments: [
      ("2026-09-30", UnitProof.Answer.toldAfterTarget(first: Offices.instant("2026-09-30 07:31"))),
      ("2026-10-01", .toldLate(first: Offices.instant("2026-10-01 07:31"))),
    ]
  )
  func afterTarget(day: String, expected: UnitProof.Answer) throws {
    var occurrence = try Self.occurrence()
    occurrence.due?.target = Offices.date("2026-09-25")
    var lines = Lines(id: occurrence.id)
    lines.plan("a@xa", "\(day) 07:30", "assignment")
    lines.attempt("a@xa", "\(day) 07:31", "accepted", 250, "ok")
    let period = Offices.date("2026-09-01")...Offices.date("2026-10-31")
    let proof = UnitProofBuilder(office: Self.office, unit: "vhxh", period: period, events: lines.events).proof(
      of: [TrackedOccurrence(occurrence, Progress(adoptedAt: Offices.instant("2026-05-13 08:00")))],
      now: Offices.instant("2026-10-08 09:00")
    )
    #expect(proof.obligations.first?.answer == expected)
    #expect(UnitProofPage.render(proof).contains("trước khi quá hạn") == (day == "2026-09-30"))
  }

  @Test("a proof as of another moment names that one beside the time at which it was made")
  func asOf() throws {
    let occurrence = try Self.occurrence()
    let tracked = TrackedOccurrence(occurrence, Progress(adoptedAt: Offices.instant("2026-05-13 08:00")))
    let period = Offices.date("2026-09-01")...Offices.date("2026-10-31")
    var lines = Lines(id: occurrence.id)
    lines.add("adopted", "2026-05-13 08:00", about: lines.id, #"{"nominal":"2026-09-30","unit":"vhxh"}"#)
    let builder = UnitProofBuilder(office: Self.office, unit: "vhxh", period: period, events: lines.events)
    func proof(_ asOf: String?) -> UnitProof {
      builder.proof(of: [tracked], now: Offices.instant("2026-10-08 09:00"), asOf: asOf.map { Offices.instant($0) })
    }
    let (before, plain) = (proof("2026-06-01 10:30"), proof(nil))
    #expect(before.madeAt == Offices.instant("2026-10-08 09:00"))
    #expect(before.obligations.first?.state != plain.obligations.first?.state)
    let pages = [before, plain].map { UnitProofPage.render($0) }
    #expect(pages.map { $0.contains("Tính đến") && $0.contains("10:30") } == [true, false])
    #expect(pages.allSatisfy { $0.contains("Lập lúc") && $0.contains("8/10/2026") })
  }

  @Test(
    "what was told, answered and done after the moment of a proof is left out of it",
    arguments: [
      ("2026-05-12 08:00", [], [], nil), ("2026-05-13 08:00", ["adopted"], [1], .notYetDue),
      ("2026-09-25 07:34", ["adopted", "superseded"], [1, 2], .dueSoon),
      ("2026-09-25 10:00", ["adopted", "superseded", "acknowledged"], [1, 3], .dueSoon),
      ("2026-10-07 14:00", ["adopted", "superseded", "acknowledged"], [1, 3, 1, 1, 1], .overdue(workingDays: 5)),
      ("2026-10-07 15:00", ["adopted", "superseded", "acknowledged", "done"], [1, 3, 1, 1, 1], .doneLate),
    ] as [(String, [String], [Int], OccurrenceState?)]
  )
  func laterIsLeftOut(asOf: String, kinds: [String], attempts: [Int], state: OccurrenceState?) throws {
    var progress = Progress(adoptedAt: Offices.instant("2026-05-13 08:00"))
    progress.acknowledgedAt = Offices.instant("2026-09-25 09:10")
    progress.completion = Progress.Completion(
      on: Offices.date("2026-10-06"),
      recordedAt: Offices.instant("2026-10-07 15:00"),
      by: "Lan",
      evidence: "12/BC-VHXH"
    )
    let period = Offices.date("2026-09-01")...Offices.date("2026-10-31")
    let events = Self.known(try Self.eventful(), asOf: asOf)
    let proof = UnitProofBuilder(office: Self.office, unit: "vhxh", period: period, events: events).proof(
      of: [TrackedOccurrence(try Self.occurrence(), progress)],
      now: Offices.instant("2026-10-08 09:00"),
      asOf: Offices.instant(asOf)
    )
    #expect(proof.obligations.map(\.state) == [state].compactMap(\.self))
    #expect(proof.obligations.flatMap(\.events).map(\.kind) == kinds)
    #expect(proof.obligations.flatMap(\.deliveries).map(\.attempts.count) == attempts)
  }

  @Test("of what a proof as of another moment hides it does not say that all of it is about others")
  func hiddenLater() throws {
    var proof = try Self.proof(try Self.eventful())
    let plain = UnitProofPage.render(proof)
    #expect(plain.contains("dòng về việc khác chỉ ghi mã băm") && !plain.contains("Lời văn là của lúc lập"))
    proof.asOf = Offices.instant("2026-10-01 09:00")
    let page = UnitProofPage.render(proof)
    #expect(page.contains("dòng chỉ ghi mã băm: về việc khác, hoặc ghi sau thời điểm tính đến."))
    #expect(page.contains("as digests only: about other matters, or written after that moment."))
    #expect(!page.contains("dòng về việc khác") && page.contains("Lời văn là của lúc lập"))
  }

  @Test(
    "a proof as of another moment has the dates of then, and says where they are others now",
    arguments: [
      ("2026-06-15 08:00", "2026-06-12", OccurrenceState.overdue(workingDays: 1), "12/6/2026; nay là 30/9/2026"),
      ("2026-07-15 08:00", nil, .noDueDate, "chưa có; nay là 30/9/2026"),
      ("2026-08-15 08:00", "2026-08-31", .notYetDue, "31/8/2026; nay là 30/9/2026"),
      ("2026-09-15 08:00", "2026-09-30", .notYetDue, nil),
    ] as [(String, String?, OccurrenceState, String?)]
  )
  func datesOfThen(asOf: String, nominal: String?, state: OccurrenceState, words: String?) throws {
    let occurrence = try Self.occurrence()
    var lines = Lines(id: occurrence.id)
    lines.add(
      "adopted",
      "2026-05-13 08:00",
      about: lines.id,
      #"{"legal":"2026-06-12","nominal":"2026-06-12","unit":"vhxh"}"#
    )
    lines.plan("a@xa", "2026-05-13 08:00", "assignment")
    lines.add("moved", "2026-07-01 08:00", about: lines.id, #"{"nominalBefore":"2026-06-12","unit":"vhxh"}"#)
    lines.add(
      "moved",
      "2026-08-01 08:00",
      about: lines.id,
      #"{"legal":"2026-08-31","nominal":"2026-08-31","target":"2026-08-28","unit":"vhxh"}"#
    )
    lines.add(
      "moved",
      "2026-09-01 08:00",
      about: lines.id,
      #"{"legal":"2026-09-30","nominal":"2026-09-30","target":"2026-09-30","unit":"vhxh"}"#
    )
    let proof = Self.proof(lines, of: occurrence, asOf: asOf)
    let obligation = try #require(proof.obligations.first)
    #expect(obligation.occurrence.due?.nominal == nominal.map { Offices.date($0) })
    #expect(obligation.state == state)
    let page = UnitProofPage.render(proof)
    #expect(page.contains("Thời hạn khi đó") == (words != nil) && words.map(page.contains) != false)
    // What was moved later decides nothing.
    if nominal == "2026-08-31" { #expect(obligation.occurrence.due?.target == Offices.date("2026-08-28")) }
  }

  @Test("where the record said no dates, the page says that they are those of now")
  func datesUnknown() throws {
    let occurrence = try Self.occurrence()
    var lines = Lines(id: occurrence.id)
    lines.add("adopted", "2026-05-13 08:00", about: lines.id, "{}")
    let proof = Self.proof(lines, of: occurrence, asOf: "2026-06-15 08:00")
    #expect(proof.obligations.first?.occurrence == occurrence && proof.obligations.first?.dates == .unknown)
    #expect(UnitProofPage.render(proof).contains("Nhật ký lúc đó không ghi ngày"))
  }

  @Test("lines of a clock that was ahead count by their place, and the page says so")
  func clockAhead() throws {
    let occurrence = try Self.occurrence()
    var lines = Lines(id: occurrence.id)
    lines.add("adopted", "2026-05-13 08:00", about: lines.id, #"{"nominal":"2026-09-30","unit":"vhxh"}"#)
    lines.add("acknowledged", "2026-11-13 08:00", about: lines.id, #"{"by":"Lan","round":0}"#)
    lines.add("reopened", "2026-05-13 09:00", about: lines.id, #"{"by":"Lan","changesNothing":true,"round":0}"#)
    let proof = Self.proof(lines, of: occurrence, asOf: "2026-05-14 08:00")
    #expect(proof.obligations.first?.events.map(\.kind) == ["adopted", "acknowledged", "reopened"])
    #expect(UnitProofPage.render(proof).contains("Đồng hồ máy chủ đã được chỉnh lùi"))
    #expect(!UnitProofPage.render(Self.proof(lines, of: occurrence, asOf: "2026-12-01 08:00")).contains("Đồng hồ"))
  }

  @Test(
    "only another date can have ended that it waits to be settled, in stores whose moves do not say",
    arguments: [("", OccurrenceState.unsettled), (#","nominalBefore":"2026-04-30""#, .notYetDue)]
  )
  func backfillOfOldMoves(before: String, state: OccurrenceState) throws {
    let occurrence = try Self.occurrence()
    var lines = Lines(id: occurrence.id)
    lines.add(
      "adopted",
      "2026-05-13 08:00",
      about: lines.id,
      #"{"backfill":true,"nominal":"2026-04-30","unit":"vhxh"}"#
    )
    lines.add("moved", "2026-05-14 08:00", about: lines.id, "{\"nominal\":\"2026-09-30\",\"unit\":\"vhxh\"\(before)}")
    #expect(Self.proof(lines, of: occurrence, asOf: "2026-05-20 08:00").obligations.first?.state == state)
  }

  @Test("an obligation belongs to the period in which it falls due, is told of, or answered")
  func period() throws {
    var lines = Lines(id: try Self.occurrence().id)
    #expect(try Self.proof(lines, from: "2026-06-01", to: "2026-06-30").obligations.isEmpty)
    lines.plan("a@xa", "2026-06-25 07:30", "assignment")
    #expect(try Self.proof(lines, from: "2026-06-01", to: "2026-06-30").obligations.count == 1)
    #expect(try Self.proof(lines, from: "2026-07-01", to: "2026-07-31").obligations.isEmpty)
    lines.add("acknowledged", "2026-07-02 08:00", about: lines.id, #"{"by":"Lan"}"#)
    #expect(try Self.proof(lines, from: "2026-07-01", to: "2026-07-31").obligations.count == 1)
  }

  @Test("the page is the whole file it was")
  func page() throws {
    var proof = try Self.proof(try Self.eventful())
    proof.seal.head = RecordMark(entries: 1234, hash: "3f9a12cd77e0b41c5d")
    proof.seal.begin = 3
    proof.seal.disclosed = 18
    proof.seal.hidden = 1213
    proof.seal.publicKey = "MCowBQYDK2VwAyEA"
    proof.seal.fileName = "record-vhxh.jsonl"
    try Fixture.expect(Array(UnitProofPage.render(proof).utf8), equals: "unit-proof.html")
  }

  @Test("nothing that others wrote becomes markup, and nothing is fetched")
  func hostile() throws {
    var lines = Lines(id: try Self.occurrence().id)
    lines.plan("<script>a@xa", "2026-09-25 07:30", "<b>")
    lines.attempt("<script>a@xa", "2026-09-25 07:30", "deferred", 451, "<img src=x>")
    lines.add("done", "2026-09-26 07:30", about: lines.id, #"{"by":"<i>x</i>","evidence":"<u>y</u>"}"#)
    var proof = try Self.proof(lines)
    proof.unitName = "<h1>unit"
    let page = UnitProofPage.render(proof)
    for word in ["<script", "<img", "<i>", "<u>", "<b>", "<h1>unit", "http:", "https:", "url("] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("&lt;img src=x&gt;"))
  }
}
