import Deadlines
import Delivery
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Real mail servers")
struct RealServerTests {
  private static let login = ["--user", "nhachan", "--password", "đúng"]

  private func relay(_ port: Int, _ security: SMTPRelay.Security, caFile: String?) -> SMTPRelay {
    var relay = DeliveryTests.relay(port: port)
    relay.host = "localhost"
    relay.security = security
    relay.caFile = caFile
    return relay
  }

  @Test("TLS is verified: name, issuer and date, by STARTTLS and from the first byte")
  func certificates() async throws {
    let servers = try await Certificates()
    defer { servers.remove() }
    for security in [SMTPRelay.Security.startTLS, .tls] {
      for (name, outcome) in [
        ("good", DeliveryOutcome.accepted), ("wrongname", .misconfigured), ("otherissuer", .misconfigured),
        ("expired", .misconfigured),
      ] {
        let (server, port) = try await servers.start(security.rawValue, certificate: name)
        let report = await deliver(over: relay(port, security, caFile: servers.path("ca.pem")))
        #expect(report.outcome == outcome, "\(security) \(name): \(report)")
        #expect(report.curlCode == (outcome == .accepted ? 0 : 60), "\(security) \(name): \(report)")
        await server.stop()
        #expect(server.output.contains("tls=yes") == (outcome == .accepted))
      }
    }
  }

  @Test("the system's authorities are asked when no file is named")
  func systemAuthorities() async throws {
    let servers = try await Certificates()
    defer { servers.remove() }
    let (server, port) = try await servers.start("tls", certificate: "good")
    let report = await deliver(over: relay(port, .tls, caFile: nil))
    #expect(report.outcome == .misconfigured && report.curlCode == 60, "\(report)")
    let noFile = await deliver(over: relay(port, .tls, caFile: "/nonexistent/ca.pem"))
    #expect(noFile.outcome == .misconfigured, "\(noFile)")
    await server.stop()
  }

  @Test("no TLS where TLS is asked for: never clear text")
  func noFallBack() async throws {
    let servers = try await Certificates()
    defer { servers.remove() }
    let (server, port) = try await servers.start("plain")
    let withStartTLS = await deliver(over: relay(port, .startTLS, caFile: nil))
    #expect(withStartTLS.outcome == .misconfigured && withStartTLS.curlCode == 64, "\(withStartTLS)")
    let withTLS = await deliver(over: relay(port, .tls, caFile: nil))
    #expect(withTLS.outcome == .misconfigured && withTLS.curlCode == 35, "\(withTLS)")
    await server.stop()
    #expect(!server.output.contains("MAIL"))
  }

  @Test("a handshake cut short is a failure of the network, STARTTLS refused for now a deferral")
  func brokenHandshake() async throws {
    for act in [ScriptedSMTPServer.Act.close, .reset] {
      let cut = try ScriptedSMTPServer([.greeting: [act]])
      let report = await deliver(over: relay(cut.port, .tls, caFile: nil))
      #expect(report.outcome == .deferred, "\(act): \(report)")
    }
    let later = try ScriptedSMTPServer(capabilities: ["STARTTLS"])
    let report = await deliver(over: relay(later.port, .startTLS, caFile: nil))
    #expect(report.outcome == .deferred && report.replyCode == 454, "\(report)")
  }

  @Test("the right password is let in, the wrong one holds the channel", arguments: [("đúng", true), ("sai", false)])
  func authentication(password: String, isRight: Bool) async throws {
    let servers = try await Certificates()
    defer { servers.remove() }
    let (server, port) = try await servers.start("starttls", certificate: "good", login: Self.login)
    var relay = relay(port, .startTLS, caFile: servers.path("ca.pem"))
    relay.user = "nhachan"
    relay.password = Secret(password)
    let report = await deliver(over: relay)
    #expect(report.outcome == (isRight ? .accepted : .misconfigured), "\(report)")
    #expect(report.replyCode == (isRight ? 250 : 535), "\(report)")
    await server.stop()
    #expect(server.output.contains("auth=yes tls=yes") == isRight)
  }

  @Test("a server that asks for authentication when we have none: the channel is held")
  func authenticationRequired() async throws {
    let servers = try await Certificates()
    defer { servers.remove() }
    let (server, port) = try await servers.start("plain", login: Self.login)
    let report = await deliver(over: relay(port, .plain, caFile: nil))
    #expect(report.outcome == .misconfigured && report.replyCode == 530, "\(report)")
    await server.stop()
    #expect(!server.output.contains("MAIL"))
  }

  @Test(
    "Postfix's own sink counts every mail, over a few connections",
    .enabled(if: access("/usr/sbin/smtp-sink", X_OK) == 0)
  )
  func sink() async throws {
    let port = try unusedPort()
    // Started by root it wants to be somebody else.
    let user = geteuid() == 0 ? ["-u", "nobody"] : []
    let sink = try ServerProcess(["/usr/sbin/smtp-sink", "-c"] + user + ["127.0.0.1:\(port)", "64"])
    #expect(await isListening(on: port))
    let transport = SMTPTransport(relay: DeliveryTests.relay(port: port, connections: 4))
    let outcomes = await withTaskGroup { group in
      for _ in 0..<400 { group.addTask { await transport.deliver(mail()).outcome } }
      return await group.reduce(into: Set()) { $0.insert($1) }
    }
    await transport.shutDown(grace: 5)
    #expect(outcomes == [.accepted])
    #expect(await sink.waits { $0.contains("mesg=400") }, "\(sink.output.suffix(60))")
    #expect(await sink.waits { $0.contains("quit=4 ") }, "every connection ended with QUIT: \(sink.output.suffix(60))")
  }
}
