import Foundation
import TestSupport
import Testing

private struct OutboxFacts: Decodable {
  var id: Int
  var recipient: String
  var channel: String
  var state: String
  var outcome: String?
  var relay: String?
}

private struct ChannelFacts: Decodable {
  struct Channel: Decodable {
    struct Relay: Decodable {
      var relay: String
      var state: String
      var reason: String?
    }
    var name: String
    var state: String
    var relays: [Relay]?
  }
  var channels: [Channel]
}

private struct DoctorFacts: Decodable {
  struct Check: Decodable {
    var name: String
    var state: String
    var detail: String
    var remedy: String
  }
  var checks: [Check]
}

@Suite("Relays of the running service")
struct RelayTests {
  /// 08:00 on Wednesday 13 May 2026 in Viet Nam.
  private static let morning = "2026-05-13 01:00:00"

  /// An armed service on its first morning, once its messages are planned.
  private func start(_ folder: TemporaryFolder, _ config: String) async throws -> Service {
    let service = try Service(config: config, store: "\(folder.path)/nhachan.sqlite", clock: Self.morning)
    #expect(try await service.waits { try await service.command("status").status == 0 })
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").outbox.pending >= 11 })
    #expect(try await service.command("arm").status == 0)
    return service
  }

  private func outbox(_ service: Service, until isDone: ([OutboxFacts]) -> Bool) async throws -> [OutboxFacts] {
    var rows: [OutboxFacts] = []
    let isReached = try await service.waits {
      rows = try await service.json([OutboxFacts].self, "outbox", "list")
      return isDone(rows)
    }
    #expect(isReached, "\(rows)")
    return rows
  }

  /// The ready example with a primary relay on one port, a backup on the other, and more keys for the primary.
  private func config(_ folder: TemporaryFolder, primary: Int, backup: Int, keys: String = "") throws -> String {
    let more = """
          security: plain
      \(keys)    backup:
            - host: localhost
              port: \(backup)
              security: plain

      """
    return try folder.config(
      port: primary,
      edit: ["nhachan.yaml": { $0.replacingOccurrences(of: "    security: plain\n", with: more) }]
    )
  }

  @Test("a primary relay that is down: every mail goes over the backup at once, and status, outbox and why say so")
  func primaryDown() async throws {
    let backup = try await MaildirServer()
    let folder = try TemporaryFolder()
    let primary = try unusedPort()
    let service = try await start(folder, try config(folder, primary: primary, backup: backup.port))
    let rows = try await outbox(service) { $0.count == 11 && $0.allSatisfy { $0.state == "accepted" } }
    #expect(try backup.mails().count == 11)
    #expect(rows.allSatisfy { $0.relay == "localhost:\(backup.port)" })

    let channel = try #require(try await service.json(ChannelFacts.self, "status").channels.first)
    #expect(channel.state == "working")
    #expect(channel.relays?.map(\.relay) == ["127.0.0.1:\(primary)", "localhost:\(backup.port)"])
    #expect(channel.relays?.map(\.state) == ["failing", "working"])
    #expect(channel.relays?.first?.reason?.contains("connect") ?? false, "\(channel)")
    let words = try await service.command("status")
    #expect(words.output.contains("  relay 127.0.0.1:\(primary): failing — "))
    let shown = try await service.command("outbox", "show", "\(rows[0].id)")
    #expect(shown.output.contains("(localhost:\(backup.port))"), "\(shown.output)")
    let why = try await service.command("why", "153a-KH-UBND/PL.1/deadline/once/vhxh")
    #expect(why.output.contains("”  (localhost:\(backup.port))"), "\(why.output)")
    try await service.stop()
    await backup.stop()
  }

  @Test("a primary with a wrong password holds nothing while the backup works; doctor tries both")
  func primaryMisconfigured() async throws {
    let strict = try ServerProcess([
      "/usr/bin/python3", Tree.fixture("servers/mailserver.py").path, "plain", "--user", "nhachan", "--password",
      "đúng",
    ])
    #expect(await strict.waits { $0.contains("\n") })
    let port = try #require(Int(strict.output.dropFirst("PORT ".count).prefix { $0.isNumber }))
    let backup = try await MaildirServer()
    let folder = try TemporaryFolder()
    let secret = URL(fileURLWithPath: "\(folder.path)/password")
    try Data("sai\n".utf8).write(to: secret)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret.path)
    let keys = "    user: nhachan\n    passwordFile: \(secret.path)\n"
    let service = try await start(folder, try config(folder, primary: port, backup: backup.port, keys: keys))
    _ = try await outbox(service) { $0.count == 11 && $0.allSatisfy { $0.state == "accepted" } }

    let channel = try #require(try await service.json(ChannelFacts.self, "status").channels.first)
    #expect(channel.state == "working" && channel.relays?.map(\.state) == ["failing", "working"])
    #expect(channel.relays?.first?.reason?.hasPrefix("535 ") ?? false, "\(channel)")
    let checks = try await service.json(DoctorFacts.self, "doctor").checks.filter { $0.name.hasPrefix("channel") }
    #expect(checks.map(\.name) == ["channel mail", "channel mail, backup 1"])
    #expect(checks.map(\.state) == ["warning", "ok"] && checks[0].remedy.contains("password"))
    try await service.stop()
    await strict.stop()
    await backup.stop()
  }

  @Test("a relay that says nothing delays only the messages of its own channel")
  func otherChannel() async throws {
    let silent = try ScriptedSMTPServer([.greeting: [.stall]])
    let mails = try await MaildirServer()
    let folder = try TemporaryFolder()
    let second = """
        - name: second
          kind: smtp
          host: 127.0.0.1
          port: \(silent.port)
          security: plain
          from: {address: nhachan@camgiang.example}

      """
    let sender = "      address: nhachan@camgiang.example\n\n"
    let config = try folder.config(
      port: mails.port,
      edit: [
        "nhachan.yaml": { $0.replacingOccurrences(of: sender, with: sender + second) },
        "directory.yaml": {
          $0.replacingOccurrences(of: "  - id: kt\n", with: "  - id: kt\n    channels: [second, mail]\n")
        },
      ]
    )
    let service = try await start(folder, config)
    let rows = try await outbox(service) { $0.filter { $0.state == "accepted" }.count == 11 }
    #expect(rows.filter { $0.channel == "second" }.map(\.state) == ["claimed"], "still waiting for a greeting")
    #expect(try mails.mails().count == 11)
    silent.stop()
    try await service.stop()
    await mails.stop()
  }

  @Test("a mailbox that is stuck at RCPT keeps one connection, and the others are told over the next")
  func stuckMailbox() async throws {
    let server = try ScriptedSMTPServer(mailboxes: ["<kt@": .stall])
    let folder = try TemporaryFolder()
    let service = try await start(folder, try folder.config(port: server.port))
    let rows = try await outbox(service) { $0.filter { $0.state == "accepted" }.count == 10 }
    #expect(rows.filter { $0.state != "accepted" }.map(\.recipient) == ["kt@camgiang.example"])
    #expect(rows.filter { $0.state != "accepted" }.map(\.state) == ["claimed"])
    #expect(server.mails.count == 10 && server.connections <= 2)
    server.stop()
    try await service.stop()
  }

  @Test("rehearsing over SMTP is refused when a backup relay is not on this machine")
  func rehearsal() async throws {
    let folder = try TemporaryFolder()
    let config = try folder.config(
      port: 2525,
      edit: [
        "nhachan.yaml": {
          $0.replacingOccurrences(
            of: "    security: plain\n",
            with: "    security: plain\n    backup:\n      - host: mail2.camgiang.example\n"
          )
        }
      ]
    )
    let result = try await Nhachan.run(
      "rehearse",
      "--smtp",
      "--from",
      "2026-05-13",
      "--to",
      "2026-05-14",
      "--config",
      config
    )
    #expect(result.status == 1 && result.errors.contains("mail2.camgiang.example"), "\(result.errors)")
  }
}
