import Configuration
import Deadlines
import Delivery
import GRDB
import Messages
import TestSupport
import Testing

@testable import Daemon
@testable import Ledger

/// An office whose channels have other names from time to time: `mail`, or `mail zalo`.
private struct RenamedChannel {
  let ledger: SQLiteLedger
  let transport = RecordingTransport()
  private let tasks: [PlanTask]

  init(_ tasks: [PlanTask]) async throws {
    self.tasks = tasks
    ledger = try SQLiteLedger.inMemory()
    let now = Offices.instant("2026-05-13 00:00")
    try await ledger.setArmed(true, office: "xa", by: "test", reason: "test", now: now)
  }

  private func office(_ names: String, _ other: [PlanTask]? = nil) -> Office {
    let channels = names.split(separator: " ").map(String.init)
    var office = Offices.office(other ?? tasks)
    let units = Offices.units.map { unit in
      var unit = unit
      unit.channels = channels
      return unit
    }
    let posts = Offices.posts.map { post in
      var post = post
      post.channels = channels
      return post
    }
    office.directory = Directory(units: units, groups: Offices.directory.groups, posts: posts, people: [])
    office.policy.admin = Admin(.unit("vp"), channels: channels)
    return office
  }

  private func planner(_ names: String, _ tasks: [PlanTask]?, fallback: String?) -> Planner {
    let channels = names.split(separator: " ").map(String.init) + [fallback].compactMap(\.self)
    return Planner(
      office: office(names, tasks),
      domain: "xa.example",
      ledger: ledger,
      telling: TellingRules(channels: channels, gathering: 60, rest: 1800)
    )
  }

  /// The service reads that its channels have these names, and looks; what is planned at that look.
  @discardableResult
  func configure(_ names: String, _ time: String, _ tasks: [PlanTask]? = nil, fallback: String? = nil) async throws
    -> [String]
  {
    let planner = planner(names, tasks, fallback: fallback)
    _ = try await planner.adopt(now: Offices.instant(time))
    return try await planner.tick(now: Offices.instant(time)).messages.map { "\($0.channel) \(Scene.line($0))" }
      .sorted()
  }

  /// What leaves then by the channel of this name.
  @discardableResult
  func send(_ name: String, _ time: String, fallback: String? = nil) async throws -> [String] {
    let schedule = Schedule(office(name))
    let before = transport.parcels.count
    var channel = Channel(
      name: name,
      form: .unwritten,
      transport: transport,
      letterhead: Letterhead(
        officeName: "",
        contact: "",
        zone: .vietNam,
        fromAddress: "nhachan@xa.example",
        fromName: ""
      ),
      width: 4
    )
    channel.fallback = fallback
    _ = try await Dispatcher(
      office: "xa",
      channel: channel,
      ledger: ledger,
      courier: Courier(schedule: schedule, backoff: .standard, jitter: { 0 }),
      schedule: schedule,
      logger: quiet
    ).pass(now: Offices.instant(time))
    return transport.parcels[before...].map { parcel in
      if case .mail(_, let recipient) = parcel.destination { String(recipient.prefix { $0 != "@" }) } else { "?" }
    }.sorted()
  }

  func refuse(_ count: Int, _ report: DeliveryReport) {
    transport.willAnswer(Array(repeating: report, count: count))
  }

  /// `state channel recipient` of every message.
  func outbox() async throws -> [String] {
    try await ledger.outbox(office: "xa", filter: .all, limit: .max).map { row in
      "\(row.state.rawValue) \(row.message.channel) \(row.message.recipient.address.prefix { $0 != "@" })"
    }
  }

  /// Damages what is stored of the message that waits for this recipient, or everywhere.
  func damage(_ recipient: String) async throws {
    try await ledger.write { db in
      try db.execute(
        sql: """
          UPDATE outbox_message SET message = '{' WHERE id IN (
            SELECT id FROM outbox WHERE state IN ('pending', 'deferred') AND recipient LIKE ? || '@%')
          """,
        arguments: [recipient]
      )
    }
  }

  func isWhole() async throws -> Bool {
    let audit = try await ledger.auditRecord(office: "xa")
    let verdict = try await ledger.verifyRecord(office: "xa")
    return verdict.firstAltered == nil && audit.findings.isEmpty
  }
}

@Suite("A channel with another name")
struct RenamedChannelTests {
  private static let task = Offices.task("1", "Chậm nhất 30/9/2026", lead: .group("tat-ca"))
  private static let later = DeliveryReport(outcome: .deferred, replyCode: 450, reply: "450 4.2.0 later")

  @Test(
    "what waited for it leaves once by its new name, and what had left is not told again",
    arguments: [
      later, DeliveryReport(outcome: .deferred, reply: "connection refused"),
      DeliveryReport(outcome: .unknown, reply: "connection lost after the final dot"),
    ]
  )
  func renamed(ending: DeliveryReport) async throws {
    let scene = try await RenamedChannel([Self.task])
    #expect(try await scene.configure("mail", "2026-05-13 07:30").count == 3)
    scene.refuse(1, ending)
    #expect(try await scene.send("mail", "2026-05-13 07:30").count == 3)
    let waiting = try #require(try await scene.outbox().first { $0.hasPrefix("deferred") }).split(separator: " ")[2]

    #expect(try await scene.configure("thu", "2026-05-13 08:00") == ["thu assignment \(waiting) assignment"])
    #expect(try await scene.configure("thu", "2026-05-13 08:00").isEmpty)
    #expect(try await scene.send("thu", "2026-05-13 08:00") == [String(waiting)])
    #expect(try await scene.configure("mail", "2026-05-13 09:00").isEmpty)
    #expect(try await scene.send("mail", "2026-05-14 16:00").isEmpty)
    #expect(try await scene.outbox().filter { $0.hasPrefix("discarded mail") }.count == 1)
    #expect(
      try await scene.ledger.record(office: "xa", occurrence: nil, limit: .max).count { $0.kind == "recalled" } == 1
    )
    #expect(try await scene.isWhole())
  }

  @Test("what cannot be read of what waited for it keeps nobody else's reminders back, and is planned anew")
  func unreadable() async throws {
    let scene = try await RenamedChannel([Self.task])
    try await scene.configure("mail", "2026-05-13 07:30")
    try await scene.damage("kt")
    #expect(try await scene.configure("thu", "2026-05-13 08:00").count == 3)
    #expect(try await scene.send("thu", "2026-05-13 08:00") == ["kt", "vhxh", "vp"])
  }

  @Test("what cannot be read on a channel that is there is set aside while the others leave, and leaves the next time")
  func setsAsideInAPass() async throws {
    let scene = try await RenamedChannel([Self.task])
    #expect(try await scene.configure("mail", "2026-05-13 07:30").count == 3)
    try await scene.damage("kt")
    #expect(try await scene.send("mail", "2026-05-13 07:30").contains("kt") == false)
    try await scene.configure("mail", "2026-05-13 07:31")
    #expect(try await scene.send("mail", "2026-05-13 07:31") == ["kt"])
  }

  @Test("a look goes on though nothing can be taken back, and takes it back later")
  func notTakenBack() async throws {
    let scene = try await RenamedChannel([Self.task])
    try await scene.configure("mail", "2026-05-13 07:30")
    try await scene.ledger.write { db in
      try db.execute(
        sql: """
          CREATE TRIGGER stuck BEFORE UPDATE ON outbox WHEN NEW.state = 'discarded'
            BEGIN SELECT RAISE(ABORT, 'stuck'); END
          """
      )
    }
    #expect(try await scene.configure("thu", "2026-05-13 08:00").isEmpty)
    try await scene.ledger.write { try $0.execute(sql: "DROP TRIGGER stuck") }
    #expect(try await scene.configure("thu", "2026-05-13 08:15").count == 3)
  }

  @Test("nobody tries again what was taken back and planned anew")
  func notRetried() async throws {
    let scene = try await RenamedChannel([Self.task])
    try await scene.configure("mail", "2026-05-13 07:30")
    try await scene.configure("thu", "2026-05-13 08:00")
    for row in try await scene.ledger.outbox(office: "xa", filter: .states([.discarded]), limit: .max) {
      let now = Offices.instant("2026-05-13 08:00")
      #expect(try await !scene.ledger.discard(office: "xa", id: row.id, by: "test", now: now))
      #expect(try await !scene.ledger.retry(office: "xa", id: row.id, now: now))
    }
    #expect(try await scene.send("mail", "2026-05-13 08:00").isEmpty)
    #expect(try await scene.send("thu", "2026-05-13 08:00") == ["kt", "vhxh", "vp"])
  }

  @Test("a name that comes back before anything has left doubles nothing, and loses nothing")
  func thereAndBack() async throws {
    let scene = try await RenamedChannel([Self.task])
    try await scene.configure("mail", "2026-05-13 07:30")
    for name in ["thu", "mail", "thu", "mail"] {
      #expect(try await scene.configure(name, "2026-05-13 08:00").count == 3)
    }
    #expect(try await scene.send("mail", "2026-05-13 08:00") == ["kt", "vhxh", "vp"])
    #expect(try await scene.send("thu", "2026-05-13 08:00").isEmpty)
    #expect(try await scene.isWhole())
  }

  @Test("at night what waited is taken back, and leaves when the window opens")
  func atNight() async throws {
    let scene = try await RenamedChannel([Self.task])
    try await scene.configure("mail", "2026-05-13 07:30")
    #expect(try await scene.configure("thu", "2026-05-13 20:00").isEmpty)
    #expect(try await scene.outbox().allSatisfy { $0.hasPrefix("discarded") })
    #expect(try await scene.configure("thu", "2026-05-14 07:30").count == 3)
    #expect(try await scene.send("thu", "2026-05-14 07:30") == ["kt", "vhxh", "vp"])
  }

  @Test("a digest that waited for it goes to the same people under its own number, once")
  func digest() async throws {
    let scene = try await RenamedChannel([])
    try await scene.configure("mail", "2026-05-13 07:30")
    let made = try await scene.configure("mail", "2026-05-18 07:30")
    #expect(made == ["mail digest chutich ", "mail digest phochutich ", "mail digest vp "])
    scene.refuse(1, Self.later)
    try await scene.send("mail", "2026-05-18 07:30")
    let waiting = try #require(try await scene.outbox().first { $0.hasPrefix("deferred") }).split(separator: " ")[2]
    for name in ["thu", "mail", "thu"] { try await scene.configure(name, "2026-05-18 08:00") }
    #expect(try await scene.send("thu", "2026-05-18 08:00") == [String(waiting)])
    #expect(try await scene.send("mail", "2026-05-19 16:00").isEmpty)
    #expect(try await scene.ledger.lastDigest(office: "xa")?.number == 1)
    #expect(try await scene.isWhole())
  }

  @Test("one digest of those that waited goes by two new names, and none to whoever has it by another old one")
  func digestOfTwo() async throws {
    let scene = try await RenamedChannel([])
    try await scene.configure("mail", "2026-05-13 07:30")
    #expect(try await scene.configure("mail", "2026-05-18 07:30").count == 3)
    try await scene.configure("thu zalo", "2026-05-18 08:00")
    #expect(try await scene.send("thu", "2026-05-18 08:00").count == 3)
    #expect(try await scene.send("zalo", "2026-05-18 08:00").isEmpty)

    #expect(try await scene.configure("thu zalo", "2026-05-25 07:30").count == 6)
    #expect(try await scene.send("zalo", "2026-05-25 07:30").count == 3)
    try await scene.configure("mail", "2026-05-25 08:00")
    #expect(try await scene.send("mail", "2026-05-25 08:00").isEmpty)
    #expect(try await scene.outbox().filter { $0.hasPrefix("discarded thu") }.count == 3)
    #expect(try await scene.isWhole())
  }

  @Test("what all its servers refused is told by the channel that takes its place, the same day")
  func refused() async throws {
    let scene = try await RenamedChannel([Self.task])
    try await scene.configure("zalo", "2026-05-13 07:30")
    scene.refuse(2, DeliveryReport(outcome: .rejected, replyCode: 400, reply: "400 no such user"))
    try await scene.send("zalo", "2026-05-13 07:30")
    let lost = try await scene.outbox().filter { $0.hasPrefix("deadLetter") }.map {
      String($0.split(separator: " ")[2])
    }
    #expect(lost.count == 2)
    let planned = try await scene.configure("mail", "2026-05-13 08:00").filter { $0.contains(" assignment ") }
    #expect(planned == lost.sorted().map { "mail assignment \($0) assignment" })
    #expect(try await scene.send("mail", "2026-05-13 08:00").filter(lost.contains) == lost.sorted())
    #expect(try await scene.configure("mail", "2026-05-14 07:30").filter { $0.contains(" assignment ") }.isEmpty)
    #expect(try await scene.isWhole())
  }

  @Test(
    "what died by its old name is told by the new one, unless the channel that stood in has told it",
    arguments: [true, false]
  )
  func standsIn(isRefusedToo: Bool) async throws {
    let scene = try await RenamedChannel([Self.task])
    let refusal = DeliveryReport(outcome: .rejected, replyCode: 550, reply: "550 no such user")
    try await scene.configure("mail", "2026-05-13 07:30", fallback: "fb")
    scene.refuse(1, refusal)
    try await scene.send("mail", "2026-05-13 07:30", fallback: "fb")
    if isRefusedToo { scene.refuse(1, refusal) }
    let last = try #require(try await scene.send("fb", "2026-05-13 07:30").first)
    let planned = try await scene.configure("thu", "2026-05-13 08:00", fallback: "fb")
    #expect(planned.contains("thu assignment \(last) assignment") == isRefusedToo, "\(planned)")
    #expect(try await scene.isWhole())
  }

  @Test("whoever was told by its old name is told nothing else that day by its new one")
  func toldThatDay() async throws {
    let scene = try await RenamedChannel([Self.task])
    try await scene.configure("mail", "2026-05-13 07:30")
    try await scene.send("mail", "2026-05-13 07:30")
    let more = [Self.task, Offices.task("2", "Chậm nhất 30/10/2026", lead: .group("tat-ca"))]
    #expect(try await scene.configure("thu", "2026-05-13 08:00", more).isEmpty)
    #expect(try await scene.configure("thu", "2026-05-14 07:30", more).count == 3)
  }

  @Test("word of a trouble that waited for it is told by its new name")
  func word() async throws {
    let scene = try await RenamedChannel([Offices.task("1", "Chậm nhất 30/9/2026")])
    try await scene.configure("mail", "2026-05-13 07:30")
    scene.refuse(1, DeliveryReport(outcome: .rejected, replyCode: 550, reply: "550 no such user"))
    try await scene.send("mail", "2026-05-13 07:30")
    #expect(try await scene.configure("mail", "2026-05-13 07:31").count == 2)
    for name in ["thu", "mail", "thu"] { try await scene.configure(name, "2026-05-13 07:32") }
    // What was lost by the old name goes by the new one too.
    #expect(try await scene.send("thu", "2026-05-13 07:32") == ["kt", "truong.kt", "vp"])
    try await scene.configure("mail", "2026-05-13 07:33")
    #expect(try await scene.send("mail", "2026-05-14 16:00").isEmpty)
    #expect(try await scene.isWhole())
  }

  @Test("whoever was told by its old name that something is overdue hears by its new one that it is done, once")
  func settled() async throws {
    let scene = try await RenamedChannel([Offices.task("1", "Chậm nhất 15/5/2026")])
    for day in ["13", "14", "15", "18", "19", "20", "21", "22"] {
      try await scene.configure("mail", "2026-05-\(day) 07:30")
      try await scene.send("mail", "2026-05-\(day) 07:30")
    }
    _ = try await scene.ledger.answer(
      Answer(.done(on: Offices.date("2026-05-22")), by: "test"),
      office: "xa",
      occurrences: ["1-KH/1/deadline/once/kt"],
      now: Offices.instant("2026-05-22 09:00"),
      schedule: Schedule(Offices.office([]))
    )
    let told = try await scene.configure("thu", "2026-05-22 09:30").filter { $0.contains(" settled ") }
    #expect(!told.isEmpty && told.allSatisfy { $0.hasPrefix("thu ") })
    #expect(try await scene.configure("mail", "2026-05-22 10:00").count { $0.contains(" settled ") } == told.count)
    #expect(try await scene.send("mail", "2026-05-22 10:00").count >= told.count)
    #expect(try await scene.configure("thu", "2026-05-22 10:30").isEmpty)
  }
}
