import Foundation
import TestSupport
import Testing

/// Certificates made for one test run, and real servers that show them.
struct Certificates {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nhachan-tls-\(UUID().uuidString)")

  init() async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let made = try await run(["/bin/sh", Tree.fixture("tls/make-certificates.sh").path, folder.path])
    try #require(made.status == 0, "\(made.errors)")
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// Starts the front that takes TLS for scripted servers.
  func startFront() async throws -> (process: ServerProcess, port: Int) {
    let script = Tree.fixture("servers/tls_front.py").path
    let front = try ServerProcess(["/usr/bin/python3", script, path("good.pem"), path("good.key")])
    try #require(await front.waits { $0.contains("\n") })
    return (front, try #require(Int(front.output.prefix { $0.isNumber })))
  }

  /// Starts a server in `mode`, with the certificate of that name, and returns it with its port.
  func start(_ mode: String, certificate: String? = nil, login: [String] = []) async throws -> (ServerProcess, Int) {
    let files = certificate.map { ["--cert", path("\($0).pem"), "--key", path("\($0).key")] } ?? []
    let server = try ServerProcess(
      ["/usr/bin/python3", Tree.fixture("servers/mailserver.py").path, mode] + files + login
    )
    try #require(await server.waits { $0.contains("PORT ") && $0.contains("\n") })
    let port = server.output.split(separator: "\n").first.flatMap { Int($0.dropFirst(5)) }
    return (server, try #require(port))
  }
}
