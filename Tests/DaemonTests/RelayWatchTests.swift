import Deadlines
import Delivery
import Ledger
import Logging
import TestSupport
import Testing

@testable import Daemon

/// Keeps the sentences of a log with their levels.
struct KeptLog: LogHandler {
  let lines: Locked<[String]>
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { lines.withLock { $0.append("\(event.level): \(event.message)") } }
}

@Suite("What is said about the relays of a channel")
struct RelayWatchTests {
  private func relay(_ server: ScriptedSMTPServer) -> SMTPRelay {
    SMTPRelay(host: "127.0.0.1", port: server.port, security: .plain)
  }

  private let parcel = Parcel(
    destination: .mail(from: "nhachan@xa.example", to: "kt@xa.example"),
    bytes: Array("Subject: Nhac han\r\n\r\n".utf8)
  )

  @Test(
    "a relay that stops taking mail is told of once, and so is its return; the store always knows",
    arguments: [("421 4.3.2 busy", "warning"), ("554 5.3.2 no service", "error")]
  )
  func watch(greeting: String, level: String) async throws {
    let primary = try ScriptedSMTPServer([.greeting: [.replyThenClose(greeting), .replyThenClose(greeting), .usual]])
    let backup = try ScriptedSMTPServer()
    let chain = RelayChain(relays: [relay(primary), relay(backup)], rests: 0.01...0.01)
    let scene = try await Scene([])
    var channel = scene.channel
    channel.transport = chain
    let lines = Locked<[String]>([])
    let logger = Logger(label: "test") { _ in KeptLog(lines: lines) }
    var watch = RelayWatch()
    try await scene.ledger.setFact(office: "xa", Fact.relayFaults("mail"), "what an earlier run has left")

    await watch.look(at: channel, scene.ledger, office: "xa", logger)
    #expect(try await faults(scene).isEmpty)
    var seen: Set<String> = []
    for _ in 0..<500 where chain.faults != [] || seen.isEmpty {
      #expect(await chain.deliver(parcel).outcome == .accepted)
      await watch.look(at: channel, scene.ledger, office: "xa", logger)
      try await seen.formUnion(faults(scene).map(\.reason))
    }
    #expect(seen == [greeting])
    #expect(try await faults(scene).isEmpty)
    #expect(
      lines.withLock { $0 } == [
        "\(level): relay takes no mail, the next one is asked", "notice: relay takes mail again",
      ]
    )
    await chain.shutDown(grace: 5)
  }

  private func faults(_ scene: Scene) async throws -> [RelayFault] {
    try await RelayWatch.faults(scene.ledger, office: "xa", channel: "mail")
  }
}
