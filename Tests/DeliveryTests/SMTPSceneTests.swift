import Deadlines
import Delivery
import Foundation
import TestSupport
import Testing

/// One place in the conversation at which a server misbehaves, in one way, and how the attempt must end.
struct SMTPScene: Sendable, CustomTestStringConvertible {
  enum Place: String, Sendable, CaseIterable {
    case greeting, hello, startTLS, helloInsideTLS, authentication, sender, recipient, data, body, message, farewell
  }

  enum Fault: String, Sendable, CaseIterable {
    case refuses4yz, refuses5yz, leaves421, closes, resets, stalls, garbage, byteByByte, overLong, endless
  }

  let place: Place
  let fault: Fault
  let outcome: DeliveryOutcome

  var testDescription: String { "\(place.rawValue): \(fault.rawValue)" }

  /// One line for each place, one column for each fault; outcomes by their first letters, `-` for no scene.
  ///
  /// A server that leaves, lies or falls silent before the final dot has not got the mail; one that does so after
  /// it may have.
  private static let table = """
    greeting       def mis def def def def def acc acc def
    hello          def mis def def def def def acc acc def
    startTLS       def mis def def def def def -   -   def
    helloInsideTLS def mis def def def def def acc acc def
    authentication def mis def def def def def acc acc def
    sender         def mis def def def def def acc acc def
    recipient      def rej def def def def def acc acc def
    data           def rej def def def def def acc acc def
    body           def rej def def def def acc -   -   def
    message        def rej def unk unk unk unk acc acc unk
    farewell       acc acc acc acc acc acc acc acc acc acc
    """

  static let all: [SMTPScene] = table.split(separator: "\n").flatMap { line -> [SMTPScene] in
    let words = line.split(separator: " ")
    guard let place = Place(rawValue: String(words[0])) else { return [] }
    return zip(Fault.allCases, words.dropFirst()).compactMap { fault, word in
      DeliveryOutcome.allCases.first { $0.rawValue.hasPrefix(word) }
        .map { SMTPScene(place: place, fault: fault, outcome: $0) }
    }
  }

  static let refusal = "không nhận"

  var server: ScriptedSMTPServer {
    get throws {
      try ScriptedSMTPServer(
        [stage: [act]],
        capabilities: place == .authentication ? ["AUTH PLAIN"] : place == .startTLS ? ["STARTTLS"] : []
      )
    }
  }

  var stage: ScriptedSMTPServer.Stage {
    switch place {
    case .greeting: .greeting
    case .hello, .helloInsideTLS: .hello
    case .startTLS: .startTLS
    case .authentication: .authentication
    case .sender: .sender
    case .recipient: .recipient
    case .data: .data
    case .body: .body
    case .message: .message
    case .farewell: .farewell
    }
  }

  private var act: ScriptedSMTPServer.Act {
    switch fault {
    case .refuses4yz: .reply("451 4.3.0 \(Self.refusal)")
    case .refuses5yz: .reply("554 5.3.0 \(Self.refusal)")
    case .leaves421: .replyThenClose("421 4.3.2 \(Self.refusal)")
    case .closes: .close
    case .resets: .reset
    // In the mail: reads no further.
    case .stalls: place == .body ? .hold : .stall
    case .garbage: .garbage
    case .byteByByte: .byteByByte
    case .overLong: .overLong
    case .endless: .endless
    }
  }

  /// The code the server refuses with, where its refusal is the end of it.
  ///
  /// In the middle of the mail libcurl does not listen: a connection closed then has said nothing.
  var code: Int? {
    guard place != .farewell else { return nil }
    switch fault {
    case .refuses4yz: return 451
    case .refuses5yz: return 554
    case .leaves421: return place == .body ? nil : 421
    default: return nil
    }
  }

  /// Longer than what sockets on the way can swallow, where the mail itself is what breaks.
  var parcel: Parcel { place == .body ? Self.longMail : mail() }

  private static let longMail = mail([String](repeating: String(repeating: "x", count: 900), count: 20_000))

  /// Short limits where they are what ends the scene.
  var limits: SMTPRelay.Timeouts {
    let mustGiveUp = [.stalls, .garbage, .endless].contains(fault) && outcome != .accepted
    return mustGiveUp
      ? SMTPRelay.Timeouts(connect: 2, reply: 1, stall: 1, total: 4, idle: 5)
      : SMTPRelay.Timeouts(connect: 30, reply: 30, stall: 30, total: 60, idle: 5)
  }
}

@Suite("Scenes at the relay")
struct SMTPSceneTests {
  @Test("there is a scene for every fault at every stage that has it")
  func count() {
    #expect(SMTPScene.all.count == SMTPScene.Place.allCases.count * SMTPScene.Fault.allCases.count - 4)
  }

  @Test(
    "each ends as it must, in bounded time, with the server's own words",
    arguments: SMTPScene.all.filter { $0.place != .helloInsideTLS }
  )
  func scene(_ scene: SMTPScene) async throws {
    let server = try scene.server
    var relay = relay(port: server.port, timeouts: scene.limits)
    if scene.place == .startTLS { relay.security = .startTLS }
    if scene.place == .authentication { (relay.user, relay.password) = ("nhachan", Secret("mật khẩu")) }
    try await play(scene, server, over: relay)
  }

  @Test("the same inside TLS, where the server greets anew")
  func insideTLS() async throws {
    let certificates = try await Certificates()
    defer { certificates.remove() }
    let front = try await certificates.startFront()
    await withTaskGroup { group in
      for scene in SMTPScene.all where scene.place == .helloInsideTLS {
        group.addTask {
          do {
            let server = try scene.server
            var relay = relay(port: front.port, timeouts: scene.limits)
            (relay.host, relay.security, relay.caFile) = ("localhost", .startTLS, certificates.path("ca.pem"))
            relay.heloName = "port-\(server.port).example"
            try await play(scene, server, over: relay)
          } catch {
            Issue.record("\(scene): \(error)")
          }
        }
      }
    }
    await front.process.stop()
  }

  private func play(_ scene: SMTPScene, _ server: ScriptedSMTPServer, over relay: SMTPRelay) async throws {
    let (report, seconds) = await duration { await deliver(scene.parcel, over: relay) }
    #expect(report.outcome == scene.outcome, "\(scene): \(report)")
    // Far below the limits that apply when nothing is wrong, on a busy machine too.
    #expect(seconds < 30, "\(scene) took \(seconds) s")
    if let code = scene.code {
      #expect(report.replyCode == code && report.reply.contains(SMTPScene.refusal), "\(scene): \(report)")
    }
    #expect(report.relay == relay.name)
    #expect(await server.waits(for: scene.stage), "the scene was never played")
    let hasMail = [.message, .farewell].contains(scene.place) || scene.outcome == .accepted
    #expect(server.mails.count == (hasMail ? 1 : 0), "\(scene)")
  }
}

@Suite("More scenes at the relay")
struct OtherSMTPSceneTests {
  @Test("greylisted first, taken the next time")
  func greylisted() async throws {
    let server = try ScriptedSMTPServer([.recipient: [.reply("450 4.2.0 greylisted, come back later"), .usual]])
    let transport = SMTPTransport(relay: relay(port: server.port))
    #expect(await transport.deliver(mail()).outcome == .deferred)
    #expect(await transport.deliver(mail()).outcome == .accepted)
    await transport.shutDown(grace: 5)
  }

  @Test(
    "any 2yz to the final dot means taken, and any 2yz to the recipient that it is known",
    arguments: [
      (ScriptedSMTPServer.Stage.message, "200 ok"), (.message, "251 taken"), (.message, "250-queued\r\n250 as 12"),
      (.recipient, "251 user not local, will forward"), (.recipient, "252 cannot check"),
      (.sender, "250-2.1.0 sender\r\n250 2.1.0 ok"), (.greeting, "220-hôm nay\r\n220-trời đẹp\r\n220 mời"),
    ]
  )
  func otherSuccess(stage: ScriptedSMTPServer.Stage, reply: String) async throws {
    let server = try ScriptedSMTPServer([stage: [.reply(reply)]])
    let report = await deliver(over: relay(port: server.port))
    #expect(report.outcome == .accepted && server.mails.count == 1, "\(report)")
  }

  @Test("an answer to the final dot that is neither yes nor no: the server may have the mail")
  func oddAnswer() async throws {
    for reply in ["354 go on", "334 ", "100 wait"] {
      let server = try ScriptedSMTPServer([.message: [.reply(reply)]])
      let report = await deliver(over: relay(port: server.port))
      #expect(report.outcome == .unknown, "\(reply): \(report)")
    }
  }

  @Test("an answer to DATA that is not 354: nothing of the mail is said")
  func noGoAhead() async throws {
    let server = try ScriptedSMTPServer([.data: [.reply("250 ok")]])
    let report = await deliver(over: relay(port: server.port))
    #expect(report.outcome == .deferred && server.mails.isEmpty, "\(report)")
  }

  @Test("replies slipped in before TLS begins are not taken for those that come after")
  func injected() async throws {
    let server = try ScriptedSMTPServer(
      [.startTLS: [.reply("220 go ahead\r\n250-scripted\r\n250 AUTH PLAIN")]],
      capabilities: ["STARTTLS"]
    )
    var relay = relay(port: server.port)
    (relay.security, relay.user, relay.password) = (.startTLS, "nhachan", Secret("mật khẩu"))
    let report = await deliver(over: relay)
    #expect(report.outcome != .accepted && server.mails.isEmpty, "\(report)")
    #expect(!server.commands.contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") })
  }

  @Test(
    "an address outside ASCII needs SMTPUTF8; without it nothing is said to the server, and others go on",
    arguments: ["văn-hóa@camgiang.example", "vp@cẩm-giàng.example"]
  )
  func internationalAddress(_ address: String) async throws {
    let server = try ScriptedSMTPServer(capabilities: ["8BITMIME"])
    let transport = SMTPTransport(relay: relay(port: server.port))
    for _ in 1...2 {
      let refused = await transport.deliver(mail(to: address))
      #expect(refused.outcome == .rejected && refused.reply.contains("SMTPUTF8"), "\(refused)")
      #expect(await transport.deliver(mail()).outcome == .accepted)
    }
    await transport.shutDown(grace: 5)
    #expect(!server.commands.contains { $0.hasPrefix("RCPT TO:<\(address)") })
    #expect(server.mails.count == 2)
  }

  @Test(
    "a server that says no and then misbehaves at QUIT holds nobody up",
    arguments: [ScriptedSMTPServer.Act.stall, .endless, .byteByByte, .garbage, .reset]
  )
  func farewell(_ act: ScriptedSMTPServer.Act) async throws {
    let server = try ScriptedSMTPServer([.recipient: [.reply("550 5.1.1 no such user")], .farewell: [act]])
    let patient = SMTPRelay.Timeouts(connect: 60, reply: 60, stall: 60, total: 120, idle: 60)
    let (report, seconds) = await duration { await deliver(over: relay(port: server.port, timeouts: patient)) }
    #expect(report.outcome == .rejected && report.reply == "5.1.1 no such user", "\(report)")
    #expect(seconds < 20)
  }

  @Test(
    "a reply without end is cut short, whatever the time limits say",
    arguments: [ScriptedSMTPServer.Stage.greeting, .hello, .sender, .recipient, .message]
  )
  func endless(stage: ScriptedSMTPServer.Stage) async throws {
    let server = try ScriptedSMTPServer([stage: [.endless]])
    let patient = SMTPRelay.Timeouts(connect: 120, reply: 120, stall: 120, total: 240, idle: 60)
    let (report, seconds) = await duration { await deliver(over: relay(port: server.port, timeouts: patient)) }
    #expect(report.outcome == (stage == .message ? .unknown : .deferred), "\(report)")
    // Debian's libcurl has a limit of its own against endless headers, which may be reached first.
    #expect(report.reply.contains("had no end") || report.reply.contains("Too large"), "\(report)")
    #expect(seconds < 60)
  }

  @Test("a server that babbles after its answer neither keeps the mail back nor the end")
  func babble() async throws {
    let server = try ScriptedSMTPServer([.message: [.babble]])
    let transport = SMTPTransport(relay: relay(port: server.port))
    for _ in 1...2 { #expect(await transport.deliver(mail()).outcome == .accepted) }
    let (_, seconds) = await duration { await transport.shutDown(grace: 60) }
    #expect(seconds < 20 && server.connections == 2)
  }

  @Test("what a server says unasked on a kept connection is not taken for its next answer")
  func unasked() async throws {
    let server = try ScriptedSMTPServer([.message: [.reply("250 ok\r\n421 4.4.2 about to leave"), .usual]])
    let transport = SMTPTransport(relay: relay(port: server.port))
    for _ in 1...2 { #expect(await transport.deliver(mail()).outcome == .accepted) }
    await transport.shutDown(grace: 5)
    #expect(server.mails.map(\.connection) == [0, 1])
  }

  @Test("of a reply of many lines as much is kept as a person reads")
  func longReply() async throws {
    let lines = [String](repeating: "550-5.1.1 \(String(repeating: "x", count: 70))", count: 200) + ["550 5.1.1 end"]
    let server = try ScriptedSMTPServer([.recipient: [.reply(lines.joined(separator: "\r\n"))]])
    let report = await deliver(over: relay(port: server.port))
    #expect(report.outcome == .rejected && report.reply.utf8.count == 500, "\(report.reply.utf8.count)")
  }
}
