import Configuration
import Deadlines
import Delivery
import Foundation
import Ledger
import Messages
import TestSupport
import Testing

@testable import Daemon

/// An office whose servers refuse some mailboxes, with two ways out.
private struct Refusals {
  let office: Office
  let ledger: SQLiteLedger
  let mail = PickyTransport()
  let hook = PickyTransport()
  let planner: Planner
  let schedule: Schedule
  private let fallback: String?

  init(_ office: Office, fallback: String? = nil, store: String? = nil) async throws {
    self.office = office
    self.fallback = fallback
    ledger = try store.map { try SQLiteLedger.open(path: $0) } ?? SQLiteLedger.inMemory()
    schedule = Schedule(office)
    planner = Planner(
      office: office,
      domain: "xa.example",
      ledger: ledger,
      telling: TellingRules(
        channels: ["mail", "hook"],
        fallbacks: fallback.map { ["mail": $0] } ?? [:],
        gathering: 60,
        rest: 1800
      )
    )
    let start = Offices.instant("2026-05-13 00:00")
    try await ledger.setArmed(true, office: office.id, by: "test", reason: "test", now: start)
    _ = try await planner.adopt(now: start)
  }

  private var dispatchers: [Dispatcher] {
    [("mail", mail, fallback), ("hook", hook, nil)].map { name, transport, fallback in
      var channel = Channel(
        name: name,
        form: .mail,
        transport: transport,
        letterhead: Letterhead(
          officeName: office.name,
          contact: office.contact,
          zone: office.zone,
          fromAddress: "nhachan@xa.example",
          fromName: office.name
        ),
        width: 4
      )
      channel.fallback = fallback
      return Dispatcher(
        office: office.id,
        channel: channel,
        ledger: ledger,
        courier: Courier(schedule: schedule, backoff: .standard, jitter: { 0 }),
        schedule: schedule,
        logger: quiet
      )
    }
  }

  /// Looks and sends whenever something asks for it, from one time to another; `time channel recipient` of whatever a
  /// server took.
  @discardableResult
  func play(from first: String, to last: String) async throws -> [String] {
    var now = Offices.instant(first)
    var sent: [String] = []
    while now <= Offices.instant(last) {
      var next = try await planner.tick(now: now).next
      for (name, dispatcher) in zip(["mail", "hook"], dispatchers) {
        let transport = name == "mail" ? mail : hook
        let before = transport.accepted.count
        _ = try await dispatcher.pass(now: now)
        let civil = office.zone.civil(now)
        sent += transport.accepted[before...].sorted().map { "\(civil.date) \(civil.time) \(name) \($0)" }
        next = [next, try await dispatcher.nextPass(after: now)].compactMap { $0 }.min()
      }
      // What a server answered may lead to more at once, as the bell does in the service.
      let again = try await planner.tick(now: now)
      next = [next, again.next, again.messages.isEmpty ? nil : now].compactMap { $0 }.min()
      now = max(next ?? Instant(milliseconds: .max), now.adding(milliseconds: 1))
    }
    return sent
  }

  func states(_ recipient: String) async throws -> [OutboxState] {
    try await ledger.outbox(office: office.id, filter: .all, limit: 999)
      .filter { $0.message.recipient.address == "\(recipient)@xa.example" }.map(\.state)
  }

  func messages() async throws -> [Message] {
    try await ledger.outbox(office: office.id, filter: .all, limit: 999).map(\.message)
  }
}

/// Refuses the mailboxes it is told to, or everything in one way.
private final class PickyTransport: Transport {
  private let state = Locked<State>(State())

  private struct State {
    var refused: Set<String> = []
    var always: DeliveryReport?
    var accepted: [String] = []
    var attempts = 0
  }

  func refuse(_ names: String...) { state.withLock { $0.refused = Set(names) } }
  func answer(_ report: DeliveryReport?) { state.withLock { $0.always = report } }
  var accepted: [String] { state.withLock { $0.accepted } }
  var attempts: Int { state.withLock { $0.attempts } }

  func deliver(_ parcel: Parcel) async -> DeliveryReport {
    guard case .mail(_, let recipient) = parcel.destination else { return DeliveryReport(outcome: .deferred) }
    let name = String(recipient.prefix { $0 != "@" })
    return state.withLock { state in
      state.attempts += 1
      if let report = state.always { return report }
      if state.refused.contains(name) || state.refused.contains("*") {
        return DeliveryReport(outcome: .rejected, replyCode: 550, reply: "550 5.1.1 no such user")
      }
      state.accepted.append(name)
      return DeliveryReport(outcome: .accepted, replyCode: 250, reply: "250 ok")
    }
  }

  func shutDown(grace: Double) async {}
}

@Suite("What happens after a message could not be delivered")
struct AftermathTests {
  private static let task = Offices.task("1", "Chậm nhất 30/9/2026")
  private static let misconfigured = DeliveryReport(
    outcome: .misconfigured,
    replyCode: 535,
    reply: "535 5.7.8 authentication failed"
  )

  /// The small office with another channel list for some units, or an admin of its own.
  private func office(
    _ tasks: [PlanTask] = [task],
    channels: [String: [String]] = [:],
    admin: Admin? = nil
  ) -> Office {
    var office = Offices.office(tasks)
    let units = Offices.units.map { unit in
      var unit = unit
      unit.channels = channels[unit.id] ?? unit.channels
      return unit
    }
    office.directory = Directory(units: units, groups: Offices.directory.groups, posts: Offices.posts, people: [])
    office.policy.admin = admin
    return office
  }

  @Test("a refused unit's head and the admin are told a minute later, once")
  func refused() async throws {
    let scene = try await Refusals(office())
    scene.mail.refuse("kt")
    let sent = try await scene.play(from: "2026-05-13 07:30", to: "2026-05-15 17:00")
    #expect(sent == ["2026-05-13 07:31 mail truong.kt", "2026-05-13 07:31 mail vp"])
    let told = try await scene.messages().filter {
      $0.recipient.unit == "kt" || $0.recipient.address == "vp@xa.example"
    }
    let letters = told.compactMap { message in
      if case .trouble(let trouble) = message.content, case .undelivered(let letters) = trouble.matter {
        letters
      } else {
        nil
      }
    }
    #expect(letters.flatMap { $0 }.map(\.reply) == ["550 5.1.1 no such user", "550 5.1.1 no such user"])
    #expect(letters.flatMap { $0 }.flatMap(\.tasks).map(\.occurrence).allSatisfy { $0 == "1-KH/1/deadline/once/kt" })
  }

  @Test("a message that is tried again and dies again is told of again, once for each death")
  func diesAgain() async throws {
    let scene = try await Refusals(office())
    scene.mail.refuse("kt")
    try await scene.play(from: "2026-05-13 07:30", to: "2026-05-13 17:00")
    let dead = try #require(try await scene.ledger.outbox(office: "xa", filter: .states([.deadLetter]), limit: 9).first)
    for day in ["14", "15"] {
      let morning = Offices.instant("2026-05-\(day) 09:00")
      #expect(try await scene.ledger.retry(office: "xa", id: dead.id, now: morning))
      let sent = try await scene.play(from: "2026-05-\(day) 09:00", to: "2026-05-\(day) 12:00")
      #expect(sent == ["2026-05-\(day) 09:01 mail truong.kt", "2026-05-\(day) 09:01 mail vp"])
    }
    let verdict = try await scene.ledger.auditRecord(office: "xa")
    #expect(verdict.findings.isEmpty)
    // And whoever above was told hears once that it is done.
    try await done(scene, "1-KH/1/deadline/once/kt", at: "2026-05-15 13:00")
    #expect(
      try await scene.play(from: "2026-05-15 13:00", to: "2026-05-15 17:00") == ["2026-05-15 13:00 mail truong.kt"]
    )
  }

  @Test("the admin reads that somebody was told only once the word has arrived")
  func honestRecourse() async throws {
    let scene = try await Refusals(office())
    scene.mail.refuse("kt", "truong.kt", "phochutich")
    try await scene.play(from: "2026-05-13 07:30", to: "2026-05-13 17:00")
    let told = try await scene.messages().filter { $0.recipient.address == "vp@xa.example" }
    let letters = told.flatMap { message -> [Trouble.Undelivered] in
      if case .trouble(let trouble) = message.content, case .undelivered(let letters) = trouble.matter {
        letters
      } else {
        []
      }
    }
    let recourses = Dictionary(
      letters.map { (String($0.address.prefix { $0 != "@" }), $0.recourse) },
      uniquingKeysWith: { first, _ in first }
    )
    // Its head was being told when the admin was; that word died, and so did the next, but the third has arrived.
    guard case .tellingAbove = recourses["kt"] else {
      Issue.record("\(String(describing: recourses["kt"]))")
      return
    }
    let follower = try #require(scene.office.directory.recipient(unit: "vhxh")).name
    #expect(recourses["truong.kt"] == .above(follower) && recourses["phochutich"] == .above(follower))
  }

  @Test("a dead letter that cannot be read keeps nobody’s reminder back")
  func unreadable() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("unreadable-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("store.sqlite").path
    let scene = try await Refusals(office(), store: path)
    scene.mail.refuse("kt")
    try await scene.play(from: "2026-05-13 07:30", to: "2026-05-13 07:30")
    let change = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
    let sql = "UPDATE outbox SET last_report = '{' WHERE state = 'deadLetter'"
    #expect(try await run(["/usr/bin/python3", "-c", change, path, sql]).status == 0)
    let tick = try await scene.planner.tick(now: Offices.instant("2026-05-13 07:31"))
    #expect(tick.untold != nil && tick.next == Offices.instant("2026-05-13 07:46"))
    let later = try await scene.planner.tick(now: Offices.instant("2026-09-25 07:30"))
    #expect(later.untold != nil && !later.messages.isEmpty)
  }

  @Test("word that dies goes up until somebody has it; the top's own loss ends in the outbox")
  func upToTheTop() async throws {
    let scene = try await Refusals(office())
    scene.mail.refuse("kt", "truong.kt", "phochutich")
    let sent = try await scene.play(from: "2026-05-13 07:30", to: "2026-05-13 17:00")
    // The unit that follows the plans has it; Văn phòng, the admin, hears of each lost mailbox, half an hour apart.
    #expect(sent.filter { $0.hasSuffix(" vhxh") }.count == 1)
    #expect(sent.filter { $0.hasSuffix(" vp") } == ["2026-05-13 07:31 mail vp", "2026-05-13 08:01 mail vp"])
    #expect(sent.count == 3)

    let deaf = try await Refusals(office())
    deaf.mail.refuse("*")
    let attempts = try await deaf.play(from: "2026-05-13 07:30", to: "2026-05-15 17:00")
    #expect(attempts.isEmpty)
    // Each mailbox of the way up once: the unit, its head, the vice-chair, the following unit, Văn phòng, the chair.
    #expect(deaf.mail.attempts < 20)
    #expect(
      try await deaf.ledger.troubles(office: "xa", channels: [], since: Offices.instant("2026-05-15 17:00")).deadLetters
        .isEmpty
    )
  }

  @Test("a hundred mailboxes refused at once are two mails, however long one looks")
  func storm() async throws {
    let hundred = (1...100).map { number in
      Unit(id: "th\(number)", name: "Trường số \(number)", address: "th\(number)@xa.example", head: "truong-kt")
    }
    var office = office([Offices.task("1", "Chậm nhất 30/9/2026", lead: .group("truong"))])
    office.directory = Directory(
      units: Offices.units + hundred,
      groups: [UnitGroup(id: "truong", name: "Các trường", members: hundred.map(\.id))],
      posts: Offices.posts,
      people: []
    )
    let scene = try await Refusals(office)
    scene.mail.answer(DeliveryReport(outcome: .rejected, replyCode: 554, reply: "554 5.7.1 refused"))
    try await scene.play(from: "2026-05-13 07:30", to: "2026-05-13 07:30")
    #expect(scene.mail.attempts == 100)
    scene.mail.answer(nil)
    let sent = try await scene.play(from: "2026-05-13 07:31", to: "2026-05-15 17:00")
    #expect(sent == ["2026-05-13 07:31 mail truong.kt", "2026-05-13 07:31 mail vp"])
  }

  @Test("a fallback takes over with its own Message-ID, the admin alone is told, and it does not count for the day")
  func fallback() async throws {
    let scene = try await Refusals(office(), fallback: "hook")
    scene.mail.refuse("kt")
    let sent = try await scene.play(from: "2026-05-13 07:30", to: "2026-05-13 17:00")
    #expect(sent == ["2026-05-13 07:30 hook kt", "2026-05-13 07:31 mail vp"])
    let ids = try await scene.messages().filter { $0.recipient.unit == "kt" }.map(\.messageID)
    #expect(Set(ids).count == 2 && ids.allSatisfy { $0.hasSuffix("@xa.example") })
    let given = try await scene.ledger.tracked(office: "xa", ids: ["1-KH/1/deadline/once/kt"]).flatMap(\.progress.given)
    #expect(given.map(\.channel) == ["mail", "hook"])
  }

  @Test("when the fallback dies as well, the next one up is told")
  func fallbackDies() async throws {
    let scene = try await Refusals(office(), fallback: "hook")
    scene.mail.refuse("kt")
    scene.hook.refuse("kt")
    let sent = try await scene.play(from: "2026-05-13 07:30", to: "2026-05-13 17:00")
    #expect(sent.map { $0.split(separator: " ").last } == ["truong.kt", "vp"])
  }

  @Test("a recipient that has the same notices by another channel of its own gets nothing twice")
  func bothChannels() async throws {
    let scene = try await Refusals(office(channels: ["kt": ["mail", "hook"]]), fallback: "hook")
    scene.mail.refuse("kt")
    let sent = try await scene.play(from: "2026-05-13 07:30", to: "2026-05-13 17:00")
    #expect(sent == ["2026-05-13 07:30 hook kt", "2026-05-13 07:31 mail vp"])
  }

  @Test("what was done in the meantime is neither repeated by the fallback nor told above")
  func doneInTheMeantime() async throws {
    let scene = try await Refusals(office([Self.task, Offices.task("2", "Chậm nhất 30/9/2026")]), fallback: "hook")
    scene.mail.refuse("kt")
    _ = try await scene.planner.tick(now: Offices.instant("2026-05-13 07:30"))
    try await done(scene, "1-KH/1/deadline/once/kt", at: "2026-05-13 07:30")
    try await scene.play(from: "2026-05-13 07:30", to: "2026-05-13 17:00")
    let standIn = try await scene.messages().filter { $0.channel == "hook" }
    #expect(standIn.flatMap(\.notices).map(\.occurrence) == ["1-KH/2/deadline/once/kt"])
  }

  private func done(_ scene: Refusals, _ id: String, at time: String) async throws {
    _ = try await scene.ledger.answer(
      Answer(.done(on: Offices.date(String(time.prefix(10)))), by: "test"),
      office: "xa",
      occurrences: [id],
      now: Offices.instant(time),
      schedule: scene.schedule
    )
  }

  @Test("whoever above was told hears when it is done; the admin does not")
  func settled() async throws {
    let scene = try await Refusals(office())
    scene.mail.refuse("kt")
    try await scene.play(from: "2026-05-13 07:30", to: "2026-05-13 17:00")
    try await done(scene, "1-KH/1/deadline/once/kt", at: "2026-05-14 09:00")
    let sent = try await scene.play(from: "2026-05-14 09:00", to: "2026-05-15 17:00")
    #expect(sent == ["2026-05-14 09:00 mail truong.kt"])
    #expect(try await scene.messages().last?.notices.map(\.kind) == [.settled])
  }

  @Test("word of a dead letter takes the place of no step of the ladder, and urges nobody in the figures")
  func ladderGoesOn() async throws {
    let scene = try await Refusals(office())
    scene.mail.refuse("kt")
    try await scene.play(from: "2026-05-13 07:30", to: "2026-10-20 17:00")
    let tracked = try #require(try await scene.ledger.tracked(office: "xa", ids: ["1-KH/1/deadline/once/kt"]).first)
    let steps = tracked.progress.given.filter {
      $0.recipient == "truong.kt@xa.example" && !$0.step.contains("undelivered")
    }
    #expect(steps.map(\.step) == ["+3wd"])
    #expect(tracked.progress.urgings == 3)
  }

  @Test("a corrected address gets the latest reminder by itself")
  func correctedAddress() async throws {
    let scene = try await Refusals(office())
    scene.mail.refuse("kt")
    try await scene.play(from: "2026-05-13 07:30", to: "2026-05-13 17:00")
    var corrected = office()
    var units = Offices.units
    units[2].address = "kinhte@xa.example"
    corrected.directory = Directory(units: units, groups: [], posts: Offices.posts, people: [])
    let planner = Planner(office: corrected, domain: "xa.example", ledger: scene.ledger)
    _ = try await planner.adopt(now: Offices.instant("2026-05-14 08:00"))
    let messages = try await planner.tick(now: Offices.instant("2026-05-14 08:00")).messages
    #expect(messages.map(Scene.line) == ["assignment kinhte assignment"])
  }

  @Test("a message that dies of old age has the same consequences, at the days of that time")
  func oldAge() async throws {
    let scene = try await Refusals(office([Offices.task("1", "Chậm nhất 22/5/2026")]), fallback: "hook")
    scene.mail.answer(DeliveryReport(outcome: .deferred, replyCode: 450, reply: "450 4.2.0 try again later"))
    // The same message all the time: a server answered for it, so it is not planned anew.
    try await scene.play(from: "2026-05-13 07:30", to: "2026-05-20 17:00")
    let standIn = try #require(try await scene.messages().first { $0.channel == "hook" })
    let first = try #require(try await scene.messages().first)
    #expect(first.today == Offices.date("2026-05-13") && standIn.today > first.today)
    #expect(
      standIn.entries.map(\.workingDaysLeft) == [
        Offices.calendar.workingDays(from: standIn.today, to: Offices.date("2026-05-22"))
      ]
    )
    #expect(standIn.entries.map(\.isLate) == [true])
    #expect(scene.hook.accepted == ["kt"])
  }

  // MARK: Channels

  @Test("a held channel is told by another way, gives nothing up, leaves the other alone, and resumes by itself")
  func heldChannel() async throws {
    let admin = Admin(.unit("vp"), channels: ["mail", "hook"])
    let tasks = [Offices.task("1", "Chậm nhất 30/9/2026", lead: .group("tat-ca"))]
    let scene = try await Refusals(office(tasks, channels: ["vhxh": ["hook"]], admin: admin))
    scene.mail.answer(Self.misconfigured)
    let first = try await scene.play(from: "2026-05-13 07:30", to: "2026-05-14 17:00")
    #expect(first == ["2026-05-13 07:30 hook vhxh", "2026-05-13 07:30 hook vp"])
    #expect(try await scene.ledger.figures(office: "xa").deadLetters == 0)
    // Two at first, then one trial after 1, 2, 4 … minutes, and every hour of the sending window.
    #expect((20...35).contains(scene.mail.attempts))

    scene.mail.answer(nil)
    let then = try await scene.play(from: "2026-05-14 17:00", to: "2026-05-15 17:00")
    #expect(then.filter { $0.contains(" mail ") }.count == 2)
    #expect(then.filter { $0.contains(" hook ") } == ["2026-05-15 07:30 hook vp"])
    #expect(try await scene.ledger.channelState(office: "xa", channel: "mail").isHeld == false)
    #expect(try await scene.play(from: "2026-05-15 17:00", to: "2026-05-17 17:00").isEmpty)
  }

  @Test("a message is not too old because its channel was held: the first answer after it counts from then")
  func heldTimeIsNoAge() async throws {
    let scene = try await Refusals(office())
    scene.mail.answer(Self.misconfigured)
    try await scene.play(from: "2026-05-13 07:30", to: "2026-05-25 16:00")
    scene.mail.answer(DeliveryReport(outcome: .deferred, reply: "connection refused"))
    try await scene.play(from: "2026-05-25 16:00", to: "2026-05-26 16:00")
    #expect(try await scene.states("kt").contains(.deadLetter) == false, "a trial that shows nothing gives nothing up")
    scene.mail.answer(nil)
    let sent = try await scene.play(from: "2026-05-26 16:00", to: "2026-05-27 17:00")
    #expect(sent.filter { $0.hasSuffix(" kt") }.count == 1)
  }

  @Test("what tried a held channel day after day leaves with the count of days of the day on which it leaves")
  func heldTrialIsPlannedAnew() async throws {
    let scene = try await Refusals(office())
    scene.mail.answer(Self.misconfigured)
    try await scene.play(from: "2026-05-13 07:30", to: "2026-05-14 17:00")
    scene.mail.answer(nil)
    let sent = try await scene.play(from: "2026-05-14 17:00", to: "2026-05-15 17:00")
    #expect(sent == ["2026-05-15 07:30 mail kt"])
    let left = try await scene.ledger.outbox(office: "xa", filter: .states([.accepted]), limit: 9).map(\.message.today)
    #expect(left == [Offices.date("2026-05-15")])
  }

  @Test("a held channel in which nobody waits is not tried at all")
  func nobodyWaits() async throws {
    let scene = try await Refusals(office())
    try await scene.play(from: "2026-05-13 07:30", to: "2026-05-13 07:30")
    let held = ChannelState(
      heldBecause: "535",
      heldSince: Offices.instant("2026-05-13 08:00"),
      probeAt: Offices.instant("2026-05-13 08:01"),
      failedProbes: 1
    )
    try await scene.ledger.setChannelState(
      held,
      office: "xa",
      channel: "mail",
      now: Offices.instant("2026-05-13 08:00")
    )
    let before = scene.mail.attempts
    try await scene.play(from: "2026-05-13 08:01", to: "2026-05-15 17:00")
    #expect(scene.mail.attempts == before)
  }
}
