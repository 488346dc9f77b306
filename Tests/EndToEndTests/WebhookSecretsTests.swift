import Foundation
import TestSupport
import Testing

@Suite("Secrets of a webhook, over everything that can be seen", .serialized)
struct WebhookSecretsTests {
  private static let path = "TOPSECRETPATH0123"
  private static let query = "TOPSECRETSIG4567"
  private static let bearer = "TOPSECRETBEARER89"
  private static let key = "VE9QU0VDUkVUS0VZMDEyMzQ1Njc4OWFiY2RlZg=="

  private func secret(_ folder: TemporaryFolder, _ name: String, _ text: String) throws -> String {
    let file = "\(folder.path)/\(name)"
    try Data("\(text)\n".utf8).write(to: URL(fileURLWithPath: file))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    return file
  }

  /// The ready example with a webhook as its first channel.
  private func config(_ folder: TemporaryFolder, port: Int) throws -> String {
    let address = "http://127.0.0.1:\(port)/hook/\(Self.path)/x?sig=\(Self.query)"
    let channel = """
      channels:
        - name: hook
          kind: webhook
          urlFile: \(try secret(folder, "url", address))
          secretFile: \(try secret(folder, "key", "whsec_" + Self.key))
          allowPrivateAddresses: true
          headers:
            Authorization: {prefix: Bearer, file: \(try secret(folder, "bearer", Self.bearer))}

      """
    return try folder.config(port: 1, edit: ["nhachan.yaml": { $0.replacing("channels:\n", with: channel) }])
  }

  @Test("a receiver that says them back, and one that is gone: no output, log or store has them")
  func nowhere() async throws {
    let server = try ScriptedHTTPServer { number, request in
      let said = "POST \(request.line) \(request.value(of: "Authorization") ?? "")"
      return [.answer([404, 503, 401][number % 3], body: said)]
    }
    let folder = try TemporaryFolder()
    let config = try config(folder, port: server.port)
    let log = "\(folder.path)/log"
    let service = try Service(
      config: config,
      store: "\(folder.path)/nhachan.sqlite",
      clock: "2026-05-13 01:00:00",
      log: log
    )
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").outbox.pending > 0 })
    #expect(try await service.command("arm").status == 0)
    #expect(try await service.waits { server.requests.count >= 3 })
    #expect(server.requests.first?.line.contains(Self.path) == true, "the secret really went to the receiver")
    #expect(server.requests.first?.value(of: "Authorization") == "Bearer \(Self.bearer)")
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").channels[0].state != "ok" })

    var seen: [String] = []
    for command in [
      ["status"], ["status", "--json"], ["outbox", "list"], ["outbox", "list", "--json"], ["outbox", "show", "1"],
      ["outbox", "show", "1", "--json"], ["check"], ["check", "--json"], ["doctor"], ["doctor", "--json"],
      ["agenda", "--json"], ["tasks", "--json"], ["test-message", "a@b.example", "--channel", "hook"],
    ] {
      let result = try await service.command(command)
      #expect(!(result.output + result.errors).isEmpty, "\(command)")
      seen += [result.output, result.errors]
    }
    try await service.stop()
    seen.append(String(decoding: try Data(contentsOf: URL(fileURLWithPath: log)), as: UTF8.self))
    #expect(seen.joined().contains("••••"), "what was said back is shown without its secrets")
    #expect(seen.last?.contains("message.id") == true, "the log was written")
    // Store, journal, and the copy of the configuration beside it.
    for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where !["url", "key", "bearer"].contains(file) {
      guard let data = FileManager.default.contents(atPath: "\(folder.path)/\(file)") else { continue }
      seen.append(String(decoding: data, as: UTF8.self))
    }
    for text in seen {
      for secret in [Self.path, Self.query, Self.bearer, Self.key, "TOPSECRET"] {
        #expect(
          !text.contains(secret),
          "\(text.firstRange(of: secret).map { text[..<$0.lowerBound].suffix(200) } ?? "")"
        )
      }
    }
  }

  @Test("an unreadable or unfit address is told of by its file, not by its text")
  func unfit() async throws {
    let folder = try TemporaryFolder()
    let config = try config(folder, port: 1)
    for text in [
      "http://elsewhere.example/\(Self.path)", "no address \(Self.path)", "https://u:\(Self.path)@a.example/",
    ] {
      _ = try secret(folder, "url", text)
      for command in [["run"], ["doctor"], ["test-message", "a@b.example", "--channel", "hook"]] {
        let result = try await run(
          [Nhachan.path] + command + ["--config", config, "--store", "\(folder.path)/x.sqlite"],
          seconds: 60
        )
        #expect(result.status != 0, "\(command)")
        #expect(!(result.output + result.errors).contains(Self.path), "\(command): \(result.errors)")
        #expect((result.output + result.errors).contains("the webhook's address"), "\(command): \(result.errors)")
      }
    }
  }
}
