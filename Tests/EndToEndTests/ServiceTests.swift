import Foundation
import TestSupport
import Testing

/// The real service under another wall clock, and commands beside it.
final class Service: Sendable {
  private let process: ServerProcess
  let config: String
  let store: String
  private let clock: String

  /// Starts the service; `clock` is the wall clock at the start, UTC, and `log` a file for what it logs.
  init(config: String, store: String, clock: String, log: String = "/dev/null") throws {
    self.config = config
    self.store = store
    self.clock = clock
    process = try ServerProcess(
      ["/bin/sh", "-c", #"exec "$@" 2>"$0""#, log] + Nhachan.underClock(clock)
        + ["run", "--config", config, "--store", store]
    )
  }

  func command(_ arguments: String...) async throws -> CommandResult { try await command(arguments) }

  func command(_ arguments: [String]) async throws -> CommandResult {
    let place = ["--config", config, "--store", store]
    return try await run(Nhachan.underClock(clock) + arguments + place)
  }

  func json<Facts: Decodable>(_ type: Facts.Type, _ arguments: String...) async throws -> Facts {
    let place = ["--json", "--config", config, "--store", store]
    var result = try await run(Nhachan.underClock(clock) + arguments + place)
    // The service may be opening its store at that very moment.
    for _ in 0..<20 where result.output.isEmpty {
      _ = await onAThread { usleep(100_000) }
      result = try await run(Nhachan.underClock(clock) + arguments + place)
    }
    if result.output.isEmpty { Issue.record("\(arguments): \(result.errors)") }
    return try JSONDecoder().decode(type, from: Data(result.output.utf8))
  }

  /// Asks again until the answer satisfies, at most half a minute.
  func waits(until isDone: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<60 {
      if try await isDone() { return true }
      _ = await onAThread { usleep(200_000) }
    }
    return false
  }

  /// A test that failed half-way must not leave its service behind.
  deinit {
    let killing = Process()
    killing.executableURL = URL(fileURLWithPath: "/usr/bin/pkill")
    killing.arguments = ["-KILL", "-f", "^\(Nhachan.path) run --config \(config)"]
    try? killing.run()
  }

  /// Ends the service as systemd does and waits for it: `faketime` stays in between and hands no signal on, but ends with
  /// it, and then takes its shared memory away.
  func stop() async throws {
    try await signal("-TERM")
    let isGone = try await waits { try await self.signal("-0") != 0 }
    #expect(isGone, "the service did not end")
    let isClean = try await waits {
      try await run(["/usr/bin/pgrep", "-f", "^/usr/bin/faketime .* --config \(self.config)"]).status != 0
    }
    #expect(isClean, "faketime did not end")
    await process.stop()
  }

  /// Sends a signal to the service whose configuration this is; 0 when there was one.
  @discardableResult
  func signal(_ name: String) async throws -> Int32 {
    try await run(["/usr/bin/pkill", name, "-f", "^\(Nhachan.path) run --config \(config)"]).status
  }
}

struct StatusFacts: Decodable {
  struct Outbox: Decodable {
    var pending: Int
    var deferred: Int
    var deadLetters: Int
    var accepted: Int
  }
  struct Channel: Decodable {
    var name: String
    var state: String
    var reason: String?
  }
  struct Occurrences: Decodable {
    var open: Int
    var overdue: Int
    var done: Int
  }
  var armed: Bool
  var outbox: Outbox
  var channels: [Channel]
  var occurrences: Occurrences
  var reloadProblem: String?
  var nextMessageAt: String?
}

private struct OutboxFacts: Decodable {
  var recipient: String
  var state: String
  var outcome: String?
  var reply: String?
  var replyCode: Int?
}

@Suite("The service", .serialized)
struct ServiceTests {
  // 08:00 on Wednesday 13 May 2026 in Viet Nam.
  private static let morning = "2026-05-13 01:00:00"

  @Test("holds a new store's messages until it is armed, stops a ladder at done, reloads, and ends clean")
  func life() async throws {
    let server = try await MaildirServer()
    let folder = try TemporaryFolder()
    let config = try folder.config(port: server.port)
    let service = try Service(config: config, store: "\(folder.path)/nhachan.sqlite", clock: Self.morning)

    // Planned, held, said.
    #expect(try await service.waits { try await service.command("status").status == 0 })
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").outbox.pending == 11 })
    #expect(try await !service.json(StatusFacts.self, "status").armed)
    #expect(try server.mails().isEmpty)

    // Done before anything left: PL.1 drops out of the message that was already planned.
    let done = try await service.command("done", "153a-KH-UBND/PL.1/deadline/once/vhxh", "--evidence", "153a/KH-UBND")
    #expect(done.status == 0 && done.output.contains("hoàn thành đúng hạn"), "\(done.errors)")
    #expect(try await service.command("done", "153a-KH-UBND/PL.99/deadline/once/vhxh").status == 1)

    #expect(try await service.command("arm").status == 0)
    #expect(try await service.waits { try server.mails().count == 11 })
    let mails = try await readMails(server.maildir)
    #expect(mails.flatMap(\.defects).isEmpty)
    #expect(!mails.flatMap(\.occurrences).contains { $0.contains("/PL.1/") })
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").outbox.accepted == 11 })

    // A broken configuration changes nothing and is named.
    let policy = URL(fileURLWithPath: "\(config)/policy.yaml")
    let good = try Data(contentsOf: policy)
    try Data((String(decoding: good, as: UTF8.self) + "\nsurprise: 1\n").utf8).write(to: policy)
    #expect(try await service.signal("-HUP") == 0)
    #expect(
      try await service.waits {
        try await service.json(StatusFacts.self, "status").reloadProblem?.contains("surprise") ?? false
      }
    )
    try good.write(to: policy)
    #expect(try await service.signal("-HUP") == 0)
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").reloadProblem == nil })

    let why = try await service.command("why", "153a-KH-UBND/PL.13/report/2026/vhxh")
    #expect(why.status == 0 && why.output.contains("-10wd") && why.output.contains("2026-12-02 07:30"))
    try await service.stop()
    await server.stop()
  }

  private struct TaskFacts: Decodable {
    var id: String
    var nominal: String?
  }

  private struct EventFacts: Decodable {
    var task: String
    var date: String?
  }

  @Test("an event whose day is told dates what hangs on it at once, and every look ahead sees it")
  func event() async throws {
    let server = try await MaildirServer()
    let folder = try TemporaryFolder()
    let waiting = "Trong 05 ngày làm việc kể từ ngày nhận được hồ sơ"
    let config = try folder.config(
      port: server.port,
      edit: ["plans/153a-KH-UBND.yaml": { $0.replacingOccurrences(of: "Chậm nhất 15/5/2026", with: waiting) }]
    )
    let service = try Service(config: config, store: "\(folder.path)/nhachan.sqlite", clock: Self.morning)
    #expect(try await service.waits { try await service.command("status").status == 0 })
    let id = "153a-KH-UBND/PL.1/relative-wd/once/vhxh"
    func nominal() async throws -> String? {
      try await service.json([TaskFacts].self, "tasks").first { $0.id == id }?.nominal
    }
    #expect(try await service.waits { try await service.json([TaskFacts].self, "tasks").contains { $0.id == id } })
    #expect(try await nominal() == nil)
    #expect(
      try await service.json([EventFacts].self, "event", "list").contains {
        $0.task == "153a-KH-UBND/PL.1" && $0.date == nil
      }
    )

    for (arguments, status) in [
      (["PL.1", "2026-02-30"], 2), (["PL.1"], 2), (["PL.99", "2026-05-18"], 1), (["PL.13", "2026-05-18"], 1),
      (["PL.1", "2126-05-18"], 1),
    ] {
      let refused = try await service.command(["event", "set"] + arguments)
      #expect(refused.status == status && !refused.errors.isEmpty && refused.output.isEmpty, "\(arguments)")
    }
    for (date, expected) in [("2026-05-18", "2026-05-25"), ("2026-05-19", "2026-05-26")] {
      let set = try await service.command("event", "set", "PL.1", date, "--by", "Lan", "--evidence", "sổ văn bản đến")
      #expect(set.status == 0 && set.output.contains("\(id)  due \(expected)"), "\(set.errors)")
      #expect(try await service.waits { try await nominal() == expected })
    }
    let agenda = try await service.command("agenda", "--from", "2026-05-13", "--to", "2026-05-31", "--json")
    let entries = try JSONDecoder().decode([AgendaEntry].self, from: Data(agenda.output.utf8))
    let steps = entries.filter { $0.recipient == "vhxh@camgiang.example" }.flatMap(\.notices).filter {
      $0.occurrence == id
    }
    #expect(steps.map(\.step).contains("-3wd"))
    let check = try await service.command("check", "--json", "--at", "2026-05-13")
    let report = try JSONDecoder().decode(CheckCommandTests.Report.self, from: Data(check.output.utf8))
    #expect(report.tasks.first { $0.id == "PL.1" }?.occurrences.map(\.nominal) == ["2026-05-26"])
    #expect(try await service.command("event", "unset", "PL.1").status == 0)
    #expect(try await service.command("event", "unset", "PL.1").status == 1)
    #expect(try await service.waits { try await nominal() == nil })
    try await service.stop()
    await server.stop()
  }

  @Test("refused, greylisted and accepted recipients end as the server said, each by itself")
  func refusals() async throws {
    let server = try ServerProcess([
      "/usr/bin/python3", Tree.fixture("servers/choosy_server.py").path, "kt=550 5.1.1 no such user",
      "dvth=450 4.2.0 greylisted, come back later",
    ])
    #expect(await server.waits { $0.contains("\n") })
    let port = try #require(Int(server.output.prefix { $0.isNumber }))
    let rows = try await outbox(config: { try $0.config(port: port) }) {
      $0.filter { $0.state == "accepted" }.count == 9 && $0.allSatisfy { $0.outcome != nil }
    }
    let byRecipient = Dictionary(rows.map { ($0.recipient, $0) }, uniquingKeysWith: { first, _ in first })
    let refused = try #require(byRecipient["kt@camgiang.example"])
    #expect(refused.state == "deadLetter" && refused.outcome == "rejected" && refused.replyCode == 550)
    #expect(refused.reply?.contains("no such user") ?? false)
    let greylisted = try #require(byRecipient["dvth@camgiang.example"])
    #expect(greylisted.state == "deferred" && greylisted.outcome == "deferred" && greylisted.replyCode == 450)
    await server.stop()
  }

  private struct Call: Decodable {
    struct Body: Decodable {
      struct Facts: Decodable {
        struct Occurrence: Decodable {
          var id: String
          var limit: String
          var step: String
        }
        var unit: String
        var recipient: String
        var subject: String
        var text: String
        var occurrences: [Occurrence]
      }
      var type: String
      var id: String
      var timestamp: String
      var data: Facts
    }
    var good: Bool
    var id: String
    var body: Body
  }

  @Test("a unit told by webhook gets the fixed body, signed so that another library accepts it")
  func webhook() async throws {
    let secret = "whsec_" + Data("a secret of thirty-two bytes, ok".utf8).base64EncodedString()
    let server = try ServerProcess(["/usr/bin/python3", Tree.fixture("servers/webhook_server.py").path, secret])
    #expect(await server.waits { $0.contains("\n") })
    let port = try #require(Int(server.output.prefix { $0.isNumber }))
    let mails = try await MaildirServer()
    let rows = try await outbox(config: { try configWithWebhook($0, port: port, mailPort: mails.port, secret: secret) })
    {
      $0.count == 12 && $0.allSatisfy { $0.state == "accepted" }
    }
    #expect(rows.filter { $0.recipient == "kt@camgiang.example" }.count == 2)
    let lines = server.output.split(separator: "\n").dropFirst()
    let calls = try lines.map { try JSONDecoder().decode(Call.self, from: Data($0.utf8)) }
    let call = try #require(calls.first)
    #expect(calls.count == 1 && call.good && call.body.id == call.id)
    #expect(call.body.type == "assignment" && call.body.data.unit == "kt")
    #expect(call.body.data.recipient == "kt@camgiang.example" && !call.body.data.text.isEmpty)
    #expect(
      call.body.data.occurrences.contains { $0.id == "153a-KH-UBND/II.1.a/window/once/kt" && $0.step == "assignment" }
    )
    await server.stop()
    await mails.stop()
  }

  private func configWithWebhook(
    _ folder: TemporaryFolder,
    port: Int,
    mailPort: Int,
    secret: String
  ) throws -> String {
    let file = URL(fileURLWithPath: "\(folder.path)/webhook-secret")
    try Data(secret.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    let channel = """
        - name: gateway
          kind: webhook
          url: http://127.0.0.1:\(port)/hook
          secretFile: \(file.path)
          allowPrivateAddresses: true

      """
    return try folder.config(
      port: mailPort,
      edit: [
        "nhachan.yaml": { text in
          // After the mail channel: the first one is everybody's.
          let sender = "      address: nhachan@camgiang.example\n\n"
          return text.replacingOccurrences(of: sender, with: sender + channel)
        },
        "directory.yaml": {
          $0.replacingOccurrences(of: "  - id: kt\n", with: "  - id: kt\n    channels: [mail, gateway]\n")
        },
      ]
    )
  }

  @Test("a closed port defers everything")
  func closedPort() async throws {
    let port = try unusedPort()
    let rows = try await outbox(config: { try $0.config(port: port) }) { $0.allSatisfy { $0.outcome != nil } }
    #expect(rows.count == 11 && rows.allSatisfy { $0.state == "deferred" && $0.outcome == "deferred" })
  }

  @Test("a wrong password holds the channel and gives nothing up")
  func wrongPassword() async throws {
    let server = try ServerProcess([
      "/usr/bin/python3", Tree.fixture("servers/mailserver.py").path, "plain", "--user", "nhachan", "--password",
      "right",
    ])
    #expect(await server.waits { $0.contains("\n") })
    let port = try #require(Int(server.output.dropFirst("PORT ".count).prefix { $0.isNumber }))
    let rows = try await outbox(
      config: { folder in
        let secret = URL(fileURLWithPath: "\(folder.path)/password")
        try Data("wrong\n".utf8).write(to: secret)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret.path)
        return try folder.config(
          port: port,
          edit: [
            "nhachan.yaml": { text in
              text.replacingOccurrences(
                of: "    security: plain\n",
                with: "    security: plain\n    user: nhachan\n    passwordFile: \(secret.path)\n"
              )
            }
          ]
        )
      }
    ) { $0.contains { $0.outcome == "misconfigured" } }
    #expect(!rows.contains { $0.state == "deadLetter" || $0.state == "accepted" })
    #expect(rows.contains { $0.outcome == "misconfigured" && $0.replyCode == 535 })
    await server.stop()
  }

  @Test("a certificate that nobody vouches for holds the channel")
  func badCertificate() async throws {
    let folder = try TemporaryFolder()
    let made = try await run([
      "/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
      "-keyout", "\(folder.path)/key.pem", "-out", "\(folder.path)/cert.pem",
    ])
    #expect(made.status == 0)
    let server = try ServerProcess([
      "/usr/bin/python3", Tree.fixture("servers/mailserver.py").path, "tls", "--cert", "\(folder.path)/cert.pem",
      "--key", "\(folder.path)/key.pem",
    ])
    #expect(await server.waits { $0.contains("\n") })
    let port = try #require(Int(server.output.dropFirst("PORT ".count).prefix { $0.isNumber }))
    let rows = try await outbox(
      config: {
        try $0.config(
          port: port,
          edit: ["nhachan.yaml": { $0.replacingOccurrences(of: "security: plain", with: "security: tls") }]
        )
      }
    ) { $0.contains { $0.outcome == "misconfigured" } }
    #expect(!rows.contains { $0.state == "deadLetter" || $0.state == "accepted" })
    await server.stop()
  }

  /// Runs an armed service on the first morning until its outbox satisfies, and gives the outbox.
  private func outbox(
    config: (TemporaryFolder) throws -> String,
    until isDone: ([OutboxFacts]) -> Bool
  ) async throws -> [OutboxFacts] {
    let folder = try TemporaryFolder()
    let service = try Service(config: try config(folder), store: "\(folder.path)/nhachan.sqlite", clock: Self.morning)
    #expect(try await service.waits { try await service.command("status").status == 0 })
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").outbox.pending >= 11 })
    #expect(try await service.command("arm").status == 0)
    var rows: [OutboxFacts] = []
    let isReached = try await service.waits {
      rows = try await service.json([OutboxFacts].self, "outbox", "list")
      return isDone(rows)
    }
    #expect(isReached, "\(rows)")
    try await service.stop()
    return rows
  }

  @Test("its unit has no unknown key and lets it do little")
  func systemdUnit() async throws {
    let folder = try TemporaryFolder()
    let unit = try String(contentsOf: Tree.root.appendingPathComponent("systemd/nhachan.service"), encoding: .utf8)
      .replacingOccurrences(of: "/usr/bin/nhachan", with: Nhachan.path)
    let path = "\(folder.path)/nhachan.service"
    try Data(unit.utf8).write(to: URL(fileURLWithPath: path))
    let verified = try await run(["/usr/bin/systemd-analyze", "verify", "--man=no", "--recursive-errors=yes", path])
    #expect(verified.status == 0, "\(verified.errors)")
    let secure = try await run(["/usr/bin/systemd-analyze", "security", "--offline=true", "--threshold=15", path])
    #expect(secure.status == 0, "\(secure.output.suffix(200))")
  }
}
