import CrashHarness
import TestSupport
import Testing

@Suite("Crashes", .serialized)
struct CrashTests {
  @Test("a service killed fifty times at work loses nothing, and doubles only what a server had and no store knew of")
  func fiftyKills() async throws {
    var run = try CrashRun(binary: Nhachan.path, kills: 50, units: 8, seed: 20_261_123)
    let report = try await run.run()
    #expect(report.isClean, "\(report.lines.joined(separator: "\n"))")
    #expect(report.killCount >= 50 && report.messages > 100)
  }

  @Test("a service whose clock was a year ahead when its store was made sends, once it is right, what any other would")
  func yearAhead() async throws {
    let folder = try TemporaryFolder()
    let store = "\(folder.path)/nhachan.sqlite"
    let wrong = try Service(
      config: try folder.config(port: try unusedPort()),
      store: store,
      clock: "2027-05-12 01:00:00"
    )
    #expect(try await wrong.waits { try await wrong.command("status").status == 0 })
    #expect(try await wrong.command("arm").status == 0)
    #expect(try await wrong.waits { try await wrong.json(StatusFacts.self, "status").outbox.deferred > 0 })
    try await wrong.stop()

    let server = try await MaildirServer()
    let right = try Service(
      config: try folder.config(port: server.port),
      store: store,
      clock: "2026-05-13 01:00:00"
    )
    #expect(try await right.waits { try server.mails().count == 11 })
    #expect(try await right.waits { try await right.json(StatusFacts.self, "status").outbox.accepted == 11 })
    let status = try await right.json(StatusFacts.self, "status")
    #expect(status.armed && status.outbox.deferred == 0 && status.outbox.pending == 0)
    let mails = try await readMails(server.maildir)
    #expect(mails.allSatisfy { $0.date.hasPrefix("2026-05-13") })
    #expect(mails.flatMap(\.occurrences).contains("153a-KH-UBND/PL.1/deadline/once/vhxh"))
    try await right.stop()
    await server.stop()
  }
}
