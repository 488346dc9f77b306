import Foundation
import TestSupport
import Testing

@Suite("The service and what cannot be delivered", .serialized)
struct UndeliveredTests {
  // 08:00 on Wednesday 13 May 2026 in Viet Nam.
  private static let morning = "2026-05-13 01:00:00"

  private struct OutboxFacts: Decodable {
    var id: Int
    var recipient: String
    var channel: String
    var kind: String
    var state: String
    var reply: String?
    var notices: [String]
  }

  private struct MessageFacts: Decodable {
    var subject: String
    var text: String
  }

  private struct WhyFacts: Decodable {
    struct Happened: Decodable {
      var what: String
      var facts: String
    }
    var record: [Happened]
  }

  /// Told at once, so that the test need not wait.
  private static let atOnce = { @Sendable (text: String) in
    text.replacingOccurrences(of: "tellAfter: 1m ", with: "tellAfter: 1s ")
      .replacingOccurrences(of: "tellAgainAfter: 30m ", with: "tellAgainAfter: 1s ")
  }

  private func armed(_ config: String, _ folder: TemporaryFolder) async throws -> Service {
    let service = try Service(config: config, store: "\(folder.path)/nhachan.sqlite", clock: Self.morning)
    #expect(try await service.waits { try await service.command("status").status == 0 })
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").outbox.pending >= 11 })
    #expect(try await service.command("arm").status == 0)
    return service
  }

  private func outbox(_ service: Service) async throws -> [OutboxFacts] {
    try await service.json([OutboxFacts].self, "outbox", "list")
  }

  @Test("a unit whose mailbox is refused: its head and the admin are told with the server's reply, and why shows it")
  func refusedUnit() async throws {
    let server = try ServerProcess([
      "/usr/bin/python3", Tree.fixture("servers/choosy_server.py").path, "kt=550 5.1.1 no such user",
    ])
    #expect(await server.waits { $0.contains("\n") })
    let port = try #require(Int(server.output.prefix { $0.isNumber }))
    let folder = try TemporaryFolder()
    let config = try folder.config(port: port, edit: ["nhachan.yaml": Self.atOnce])
    let service = try await armed(config, folder)
    var rows: [OutboxFacts] = []
    let isTold = try await service.waits {
      rows = try await outbox(service)
      return rows.count(where: { $0.kind == "escalation" && $0.state == "accepted" }) == 2
    }
    #expect(isTold, "\(rows)")
    #expect(rows.count(where: { $0.state == "deadLetter" }) == 1)
    #expect(
      Set(rows.filter { $0.kind == "escalation" }.map(\.recipient))
        == ["truong-phong-kt@camgiang.example", "vp@camgiang.example"]
    )
    for row in rows where row.kind == "escalation" {
      let message = try await service.json(MessageFacts.self, "outbox", "show", "\(row.id)")
      #expect(message.text.contains("550 5.1.1 no such user") && message.text.contains("kt@camgiang.example"))
      #expect(message.text.contains("nhachan outbox retry") == (row.recipient == "vp@camgiang.example"))
    }
    let occurrence = try #require(rows.first { $0.state == "deadLetter" }?.notices.first).split(separator: " ")[0]
    let why = try await service.json(WhyFacts.self, "why", String(occurrence))
    let told = why.record.filter { $0.what == "told" }.map(\.facts)
    #expect(told.count == 2 && told.contains { $0.contains("truong-phong-kt@camgiang.example") })

    // A restart tells nothing twice.
    try await service.stop()
    let again = try Service(config: config, store: "\(folder.path)/nhachan.sqlite", clock: "2026-05-13 02:00:00")
    #expect(try await again.waits { try await again.command("status").status == 0 })
    #expect(try await outbox(again).count == rows.count)

    // Who had it tried again counts on it, and so does the head: both hear that it died once more.
    #expect(
      try await again.command("outbox", "retry", "\(rows.first { $0.state == "deadLetter" }?.id ?? 0)").status == 0
    )
    #expect(
      try await again.waits {
        rows = try await outbox(again)
        return rows.count(where: { $0.kind == "escalation" && $0.state == "accepted" }) == 4
      }
    )
    #expect(rows.count(where: { $0.state == "deadLetter" }) == 1)
    try await again.stop()
    await server.stop()
  }

  @Test("a password that became wrong: the admin is told by the other channel, once, and again when it works")
  func heldChannel() async throws {
    let login = try ServerProcess([
      "/usr/bin/python3", Tree.fixture("servers/mailserver.py").path, "plain", "--user", "nhachan", "--password",
      "right",
    ])
    #expect(await login.waits { $0.contains("\n") })
    let port = try #require(Int(login.output.dropFirst("PORT ".count).prefix { $0.isNumber }))
    let other = try await MaildirServer()
    let folder = try TemporaryFolder()
    let secret = URL(fileURLWithPath: "\(folder.path)/password")
    try Data("wrong\n".utf8).write(to: secret)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret.path)
    let config = try folder.config(
      port: port,
      edit: ["nhachan.yaml": { Self.withSecondChannel(Self.atOnce($0), port: other.port, secret: secret.path) }]
    )
    let service = try await armed(config, folder)
    #expect(try await service.waits { try other.mails().count == 1 })
    let held = try #require(try await readMails(other.maildir).first)
    #expect(held.recipient == "vp@camgiang.example" && held.subject.contains("“mail” tạm dừng"))
    #expect(held.text.contains("535") && held.text.contains("Số thư đang chờ: 11"))
    #expect(try await service.json(StatusFacts.self, "status").outbox.deadLetters == 0)

    try Data("right\n".utf8).write(to: secret)
    #expect(try await service.signal("-HUP") == 0)
    let waiting = try #require(try await outbox(service).first { $0.channel == "mail" }?.id)
    #expect(
      try await service.waits {
        guard try await service.command("outbox", "retry", "\(waiting)").status == 0 else { return true }
        return try await service.json(StatusFacts.self, "status").channels.allSatisfy { $0.state == "working" }
      }
    )
    #expect(try await service.waits { try other.mails().count == 2 })
    let relief = try await readMails(other.maildir).map(\.subject).filter { $0.contains("đã gửi lại được") }
    #expect(relief.count == 1)
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").outbox.accepted == 13 })
    try await service.stop()
    await login.stop()
    await other.stop()
  }

  /// The mail channel with a login, and a second relay for the admin.
  private static func withSecondChannel(_ text: String, port: Int, secret: String) -> String {
    let second = """
        - name: reserve
          kind: smtp
          host: 127.0.0.1
          port: \(port)
          security: plain
          from:
            name: Nhắc việc UBND xã Cẩm Giàng
            address: nhachan@camgiang.example

      """
    let sender = "      address: nhachan@camgiang.example\n\n"
    return text.replacingOccurrences(of: sender, with: sender + second)
      .replacingOccurrences(
        of:
          "    security: plain\n    from:\n      name: Nhắc việc UBND xã Cẩm Giàng\n      address: nhachan@camgiang.example\n\n",
        with:
          "    security: plain\n    user: nhachan\n    passwordFile: \(secret)\n    from:\n      name: Nhắc việc UBND xã Cẩm Giàng\n"
          + "      address: nhachan@camgiang.example\n\n"
      ) + "\nadmin: {unit: vp, channels: [mail, reserve]}\n"
  }
}
