import Configuration
import Deadlines
import Ledger
import Messages
import TestSupport
import Testing

@testable import Daemon

@Suite("Events that plans do not date")
struct EventTests {
  private let id = "1-KH/1/relative-wd/once/kt"

  private func waitingScene() async throws -> Scene {
    let scene = try await Scene([Offices.task("1", "Trong 05 ngày làm việc kể từ ngày nhận được hồ sơ")])
    try await scene.adopt()
    #expect(try await scene.tick("2026-05-13 07:30") == ["assignment kt assignment"])
    try await scene.send("2026-05-13 07:30")
    return scene
  }

  private func tell(_ scene: Scene, _ date: String, at time: String) async throws {
    let event = EventDay(task: "1-KH/1", date: Offices.date(date), by: "test")
    try await scene.ledger.setEvent(event, office: "xa", now: Offices.instant(time))
  }

  private func nominal(_ scene: Scene) async throws -> [String] {
    try await scene.ledger.allTracked(office: "xa").map { $0.occurrence.due.map { "\($0.nominal)" } ?? "-" }
  }

  /// What the unit is told in the looks of those mornings.
  private func told(_ scene: Scene, _ days: [String]) async throws -> [String] {
    var told: [String] = []
    for day in days {
      let tick = try await scene.planner.tick(now: Offices.instant("\(day) 07:30"))
      told += tick.messages.filter { $0.recipient.address == "kt@xa.example" }.map { "\(day) \(Scene.line($0))" }
      try await scene.send("\(day) 07:30")
    }
    return told
  }

  @Test("nothing is urged while the event's day is not known")
  func waits() async throws {
    let scene = try await waitingScene()
    #expect(try await told(scene, ["2026-05-19", "2026-05-20", "2026-05-21", "2026-06-30"]).isEmpty)
    #expect(try await nominal(scene) == ["-"])
  }

  @Test("the next look after the day was told dates the occurrence, keeps what is known of it, and its ladder runs")
  func tolds() async throws {
    let scene = try await waitingScene()
    try await scene.answer(.acknowledged, [id], at: "2026-05-14 09:00")
    try await tell(scene, "2026-06-01", at: "2026-06-01 16:00")
    _ = try await scene.tick("2026-06-01 16:00")
    let tracked = try #require(try await scene.ledger.tracked(office: "xa", ids: [id]).first)
    #expect(tracked.occurrence.due?.nominal == Offices.date("2026-06-08"))
    #expect(tracked.progress.acknowledgedAt == Offices.instant("2026-05-14 09:00"))
    let mornings = try await told(scene, ["2026-06-02", "2026-06-03", "2026-06-05", "2026-06-08", "2026-06-09"])
    #expect(
      mornings == [
        "2026-06-02 assignment kt assignment", "2026-06-03 reminder kt -3wd", "2026-06-05 reminder kt -1wd",
        "2026-06-08 dueToday kt 0wd", "2026-06-09 overdue kt +1wd",
      ]
    )
  }

  @Test("another day moves it, and a day taken back makes it wait again")
  func moves() async throws {
    let scene = try await waitingScene()
    for (date, expected) in [("2026-06-01", "2026-06-08"), ("2026-06-03", "2026-06-10")] {
      try await tell(scene, date, at: "2026-06-01 08:00")
      _ = try await scene.tick("2026-06-01 08:00")
      #expect(try await nominal(scene) == [expected])
    }
    #expect(
      try await scene.ledger.unsetEvent(
        task: "1-KH/1",
        office: "xa",
        by: "test",
        now: Offices.instant("2026-06-02 08:00")
      )
    )
    _ = try await scene.tick("2026-06-02 08:00")
    #expect(try await nominal(scene) == ["-"])
    let mornings = try await told(scene, ["2026-06-05", "2026-06-08", "2026-06-11"])
    #expect(mornings == ["2026-06-05 assignment kt assignment"])
  }

  @Test("a day told outside the sending window takes effect at once, and a restart or the same look changes nothing")
  func restart() async throws {
    let scene = try await waitingScene()
    try await tell(scene, "2026-06-01", at: "2026-06-01 22:00")
    _ = try await scene.tick("2026-06-01 22:00")
    #expect(try await nominal(scene) == ["2026-06-08"])
    let again = Planner(office: scene.office, domain: "xa.example", ledger: scene.ledger)
    #expect(try await again.adopt(now: Offices.instant("2026-06-01 23:00")).isEmpty)
    let lines = try await scene.ledger.record(office: "xa", occurrence: id, limit: 99).map(\.kind)
    #expect(lines.count { $0 == "moved" } == 1)
  }

  @Test("a running service dates it as soon as its bell is rung")
  func running() async throws {
    let configuration = LoadedConfiguration.waiting
    let ledger = try SQLiteLedger.inMemory()
    let now = Offices.instant("2026-06-01 09:00")
    let daemon = try Daemon(
      ledger: ledger,
      clock: TurnedClock(now),
      notifier: SystemdNotifier(environment: [:]),
      logger: quiet,
      storePath: nil,
      load: { configuration },
      makeChannels: { _ in [] },
      jitter: { 0 }
    )
    try await daemon.start()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await PlannerService(daemon: daemon).run() }
      try await reached { daemon.plannerBell.isAwaited }
      let event = EventDay(task: "1-KH/1", date: Offices.date("2026-06-01"), by: "test")
      try await ledger.setEvent(event, office: "xa", now: now)
      daemon.plannerBell.ring()
      try await reached { try await ledger.tracked(office: "xa", ids: [id]).first?.occurrence.due != nil }
      group.cancelAll()
      daemon.plannerBell.ring()
      try await group.waitForAll()
    }
    await daemon.reload()
    await daemon.applyReload()
    #expect(
      try await ledger.tracked(office: "xa", ids: [id]).first?.occurrence.due?.nominal == Offices.date("2026-06-08")
    )
  }

  /// Gives the other task its turn until the question is satisfied; fails when it never is.
  private func reached(_ isReached: () async throws -> Bool) async throws {
    for _ in 0..<20_000 {
      if try await isReached() { return }
      try await Task.sleep(for: .microseconds(100))
    }
    Issue.record("never reached")
  }

  @Test("a rehearsal from a copy of the store goes by the days it knows")
  func rehearsed() async throws {
    let ledger = try SQLiteLedger.inMemory()
    let event = EventDay(task: "1-KH/1", date: Offices.date("2026-06-01"), by: "test")
    let start = Offices.instant("2026-05-13 00:00")
    try await ledger.setEvent(event, office: "xa", now: start)
    let scene = try await Scene([])
    let rehearsal = Rehearsal(configuration: .waiting, ledger: ledger, channels: [scene.channel])
    let messages = try await rehearsal.run(from: start, through: Offices.date("2026-06-30"))
    let steps = messages.flatMap(\.message.notices).filter { $0.occurrence == id && $0.recipient == "kt@xa.example" }
    #expect(steps.map(\.step) == ["assignment", "-3wd", "-1wd", "0wd", "+1wd"])
    #expect(
      try await ledger.tracked(office: "xa", ids: [id]).first?.occurrence.due?.nominal == Offices.date("2026-06-08")
    )
  }
}

extension LoadedConfiguration {
  /// An office with one task that waits for an event.
  fileprivate static var waiting: LoadedConfiguration {
    let task = Offices.task("1", "Trong 05 ngày làm việc kể từ ngày nhận được hồ sơ")
    return LoadedConfiguration(office: Offices.office([task]), settings: Settings(channels: []))
  }
}
