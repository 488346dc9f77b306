import Deadlines
import Ledger
import Messages
import TestSupport
import Testing

@testable import CrashHarness

@Suite("Crashes", .serialized)
struct CrashTests {
  @Test("a service killed fifty times at work loses nothing, and doubles only what a server had and no store knew of")
  func fiftyKills() async throws {
    var run = try CrashRun(binary: Nhachan.path, kills: 50, units: 8, seed: 20_261_123)
    let report = try await run.run()
    #expect(report.isClean, "\(report.lines.joined(separator: "\n"))")
    #expect(report.killCount >= 50 && report.messages > 100)
  }

  @Test(
    "a digest that was never made counts as lost once there was time for it, whatever came later",
    arguments: [
      ([], 0), (["2026-05-18 07:00"], 0), (["2026-05-18 09:00"], 1), (["2026-05-25 09:00"], 0),
      (["2026-05-18 07:30", "2026-05-25 07:30"], 1),
    ] as [([String], Int)]
  )
  func lostDigest(restful: [String], lost: Int) {
    let digests = [(1, "2026-05-18"), (2, "2026-05-25")].map { digest($0, on: $1) }
    var made = digests[1]
    made.messageID = digests[0].messageID
    let accounts = CrashAccounts(
      deliveries: [
        MailRecorder.Delivery(messageID: made.messageID, occurrences: [], run: 1, connection: 1, isAnswered: true)
      ],
      rows: [
        OutboxRow(
          id: 1,
          message: made,
          state: .accepted,
          attempts: 1,
          nextAttemptAt: nil,
          lastReport: nil,
          acceptedAt: made.createdAt
        )
      ],
      tracked: [],
      lostClaims: [:],
      expected: digests,
      possible: digests,
      restful: restful.map(Offices.instant)
    )
    #expect(accounts.report(kills: [:]).lost.count == lost)
  }

  private func digest(_ number: Int, on day: String) -> Message {
    let facts = Digest(
      number: number,
      asOf: Offices.instant("\(day) 07:30"),
      today: Offices.date(day),
      next: Offices.instant("\(day) 07:30").adding(seconds: 7 * 86_400),
      closedPeriod: nil,
      figures: Digest.Figures(),
      overdue: [],
      comingDue: [],
      byUnit: [],
      unsettled: [],
      unclear: [],
      deliveryProblems: [],
      changes: Digest.Changes()
    )
    return Message(
      messageID: "\(number)@xa.example",
      office: "xa",
      channel: "mail",
      recipient: Recipient(
        address: "chutich@xa.example",
        name: "Chủ tịch",
        unit: nil,
        language: .vietnamese,
        channels: ["mail"]
      ),
      kind: .digest,
      createdAt: facts.asOf,
      today: facts.today,
      content: .digest(facts)
    )
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
