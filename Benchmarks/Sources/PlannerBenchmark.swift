import Daemon
import Deadlines
import Foundation
import Ledger
import Messages

/// Adopts a large plan and plans the morning on which some of it falls due, on a store on disk.
struct PlannerBenchmark {
  let tasks: Int
  let units: Int
  let due: Int

  func run() async throws {
    let office = LargeConfiguration(tasks: tasks, units: units).office(due: due)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nhachan-bench-\(getpid())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ledger = try SQLiteLedger.open(path: "\(folder)/store.sqlite")
    let planner = Planner(office: office, domain: "xa.example", ledger: ledger)
    let start = office.zone.instant(LargeConfiguration.issued, .midnight)
    try await ledger.setArmed(true, office: office.id, by: "bench", reason: "bench", now: start)
    let adoption = try await measured("adopt \(tasks) tasks, \(units) units", count: tasks) {
      try await planner.adopt(now: start)
    }
    _ = try await measured("adopt the same again", count: tasks) { try await planner.adopt(now: start) }
    _ = try await measured("first tick: \(adoption.appeared.count) assignments", count: adoption.appeared.count) {
      try await planner.tick(now: office.zone.instant(LargeConfiguration.issued, office.policy.window.opens))
    }
    try await accept(ledger, office)
    let morning = office.zone.instant(LargeConfiguration.dueDay, office.policy.window.opens)
    _ = try await planner.tick(now: office.zone.instant(LargeConfiguration.dayBefore, office.policy.window.opens))
    try await accept(ledger, office)
    let tick = try await measured("one tick with \(due) due", count: due) { try await planner.tick(now: morning) }
    print("  messages \(tick.messages.count), notices \(tick.messages.reduce(0) { $0 + $1.notices.count })")
    try ledger.close()
  }

  /// As if the relay had taken everything: what is not sent would be planned anew.
  private func accept(_ ledger: SQLiteLedger, _ office: Office) async throws {
    let now = office.zone.instant(LargeConfiguration.issued, office.policy.window.opens)
    while true {
      let claims = try await ledger.claim(office: office.id, channels: ["mail"], limit: 500, now: .distant, lease: 60)
      guard !claims.isEmpty else { return }
      let settlements = claims.map {
        Settlement(claim: $0, report: DeliveryReport(outcome: .accepted), next: .accepted, attemptedAt: now)
      }
      try await ledger.settle(settlements, office: office.id, now: now)
    }
  }
}

extension Instant {
  fileprivate static let distant = Instant(seconds: 4_000_000_000)
}

/// Reads the same few dozen phrases over and over, each with another date.
struct PhraseBenchmark {
  let count: Int

  func run() async {
    let parser = TimeLimitParser(calendar: WorkingCalendar(decreedDays: []))
    let forms = [
      "Chậm nhất ngày %d/%m/2026", "Trong tháng %m/2026.", "trước ngày %d tháng %m năm 2026", "Quý III/2026",
      "Hằng quý, 6 tháng, năm", "Thực hiện thường xuyên trong năm 2026 và các năm tiếp theo.",
      "Hoàn thành rà soát trong quý III năm 2026; thực hiện thường xuyên hằng năm.", "đến hết ngày %d/%m/2026",
    ]
    let phrases = (0..<1000).map { index in
      forms[index % forms.count].replacingOccurrences(of: "%d", with: "\(index % 28 + 1)")
        .replacingOccurrences(of: "%m", with: "\(index % 12 + 1)")
    }
    var clauses = 0
    await measured("read \(count) time limits", count: count) {
      for index in 0..<count {
        clauses += parser.parse(phrases[index % phrases.count], issued: LargeConfiguration.issued).clauses.count
      }
    }
    print("  clauses \(clauses)")
  }
}
