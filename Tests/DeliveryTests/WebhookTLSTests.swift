import Deadlines
import Delivery
import Foundation
import TestSupport
import Testing

/// Certificates for one test run, and an HTTPS server that shows them.
private struct HTTPSServers {
  let folder: TemporaryFolder

  init() async throws {
    folder = try TemporaryFolder()
    let result = try await run(["/bin/sh", Tree.fixture("tls/make-certificates.sh").path, folder.path])
    try #require(result.status == 0, "\(result.errors)")
  }

  var authority: String { "\(folder.path)/ca.pem" }

  func start(_ certificate: String, _ protocols: String...) async throws -> (ServerProcess, Int) {
    let files = ["\(folder.path)/\(certificate).pem", "\(folder.path)/\(certificate).key"]
    let server = try startPython("servers/https_server.py", files + protocols)
    try #require(await server.waits { $0.contains("PORT ") && $0.contains("\n") }, "\(server.output)")
    let port = server.output.split(separator: "\n").first.flatMap { Int($0.dropFirst(5)) }
    return (server, try #require(port))
  }
}

private func call(_ port: Int, id: String = "msg_1") -> Parcel {
  let headers = ["content-type: application/json", "webhook-id: \(id)"]
  return Parcel(destination: .webhook(url: "https://localhost:\(port)/hook", headers: headers), bytes: Array("{}".utf8))
}

@Suite("Webhooks over TLS")
struct WebhookTLSTests {
  private func limits(_ authority: String?) -> WebhookLimits {
    WebhookLimits(total: 15, allowPrivateAddresses: true, caFile: authority)
  }

  @Test(
    "HTTP/2 where the server speaks it, HTTP/1.1 where not, many calls at once on each",
    arguments: ["h2", "http/1.1"]
  )
  func versions(name: String) async throws {
    let servers = try await HTTPSServers()
    let (server, port) = try await servers.start("good", name)
    let transport = WebhookTransport(limits: limits(servers.authority))
    let outcomes = await withTaskGroup { group in
      for number in 0..<60 { group.addTask { await transport.deliver(call(port, id: "msg_\(number)")).outcome } }
      return await group.reduce(into: Set()) { $0.insert($1) }
    }
    await transport.shutDown(grace: 5)
    #expect(outcomes == [.accepted])
    let version = name == "h2" ? "HTTP/2 " : "HTTP/1.1 "
    #expect(await server.waits { $0.components(separatedBy: version).count == 61 }, "\(server.output.suffix(300))")
    await server.stop()
    let ids = server.output.split(separator: "\n").dropFirst().compactMap {
      $0.split(separator: " ").dropFirst(2).first
    }
    #expect(Set(ids).count == 60 && ids.count == 60)
  }

  @Test(
    "a certificate wrong in name, issuer or date holds the channel, and nothing is posted",
    arguments: ["wrongname", "otherissuer", "expired"]
  )
  func wrongCertificates(name: String) async throws {
    let servers = try await HTTPSServers()
    let (server, port) = try await servers.start(name, "h2", "http/1.1")
    let transport = WebhookTransport(limits: limits(servers.authority))
    let report = await transport.deliver(call(port))
    await transport.shutDown(grace: 5)
    #expect(report.outcome == .misconfigured && report.curlCode == 60, "\(report)")
    await server.stop()
    #expect(!server.output.contains("POST"))
  }

  @Test("the machine's own authorities do not know ours")
  func systemAuthorities() async throws {
    let servers = try await HTTPSServers()
    let (server, port) = try await servers.start("good", "http/1.1")
    let transport = WebhookTransport(limits: limits(nil))
    let report = await transport.deliver(call(port))
    await transport.shutDown(grace: 5)
    await server.stop()
    #expect(report.outcome == .misconfigured && report.curlCode == 60, "\(report)")
  }

  @Test("clear text behind https: the channel is held, not answered in clear text")
  func noTLS() async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    let transport = WebhookTransport(limits: limits(nil))
    let report = await transport.deliver(call(server.port))
    await transport.shutDown(grace: 5)
    #expect(report.outcome == .misconfigured || report.outcome == .deferred, "\(report)")
    #expect(server.requests.allSatisfy { !$0.line.contains("POST") })
  }
}
