import Deadlines
import Delivery
import Foundation
import TestSupport
import Testing

@Suite("Mail on the wire")
struct SMTPTransportTests {
  @Test("lines arrive as they were, the envelope as it was given")
  func content() async throws {
    let server = try ScriptedSMTPServer()
    let lines = ["một", ".", "..hai", "", ".ba", String(repeating: "x", count: 990), "."]
    let report = await deliver(mail(lines), over: relay(port: server.port))
    #expect(report.outcome == .accepted, "\(report)")
    let received = try #require(server.mails.first)
    #expect(received.lines.dropFirst(2).map { $0.hasPrefix(".") ? String($0.dropFirst()) : $0 } == lines)
    #expect(received.from.hasPrefix("MAIL FROM:<nhachan@camgiang.example> SIZE="))
    #expect(received.to == "RCPT TO:<vhxh@camgiang.example>")
  }

  @Test("SIZE counts the doubled dots, and no dot cuts a mail short", arguments: [1, 2, 3, 1000])
  func dots(_ count: Int) async throws {
    let server = try ScriptedSMTPServer()
    // Longer than libcurl's buffer, so that the end falls into another piece.
    let lines =
      [String](repeating: ".", count: count) + [String](repeating: String(repeating: "y", count: 98), count: 1500)
    let parcel = mail(lines)
    #expect(await deliver(parcel, over: relay(port: server.port)).outcome == .accepted)
    let received = try #require(server.mails.first)
    #expect(received.lines.count == lines.count + 2)
    #expect(received.from.hasSuffix(" SIZE=\(parcel.bytes.count + count)"))
  }

  @Test("an address that is not ASCII asks for SMTPUTF8, the null sender is itself")
  func envelope() async throws {
    let server = try ScriptedSMTPServer()
    _ = await deliver(mail(from: "", to: "văn-hóa@camgiang.example"), over: relay(port: server.port))
    let received = try #require(server.mails.first)
    #expect(received.from.hasPrefix("MAIL FROM:<>") && received.from.hasSuffix("SMTPUTF8"))
    #expect(received.to == "RCPT TO:<văn-hóa@camgiang.example>")
  }

  @Test(
    "an address that could be more than one never reaches the relay",
    arguments: [
      "a@b.example\r\nRCPT TO:<c@d.example>", "a@b.example\nDATA", "a@b.example\r", "a\u{0}@b.example",
      "a\u{7F}@b.example", "a\u{85}@b.example", "a\u{1B}[2J@b.example", "a\tb@b.example", "a b@b.example",
      "a@b.example> SIZE=1", "<a@b.example", "a\u{A0}b@b.example", "a\u{2028}b@b.example",
      String(repeating: "a", count: 250) + "@b.example",
    ]
  )
  func unsafeAddress(_ address: String) async throws {
    let server = try ScriptedSMTPServer()
    let toIt = await deliver(mail(to: address), over: relay(port: server.port))
    let fromIt = await deliver(mail(from: address), over: relay(port: server.port))
    #expect(toIt.outcome == .rejected && toIt.reply.hasPrefix("not sent: recipient: "), "\(toIt)")
    #expect(fromIt.outcome == .rejected && fromIt.reply.hasPrefix("not sent: sender: "), "\(fromIt)")
    #expect(toIt.curlCode == nil && toIt.replyCode == nil && server.connections == 0)
  }

  @Test("nobody is no recipient, and a webhook is no mail")
  func noMail() async throws {
    let relay = relay(port: try unusedPort())
    #expect(await deliver(mail(to: ""), over: relay).reply == "not sent: recipient: no address")
    let webhook = Parcel(destination: .webhook(url: "https://a.example", headers: []), bytes: [])
    #expect(await deliver(webhook, over: relay).outcome == .rejected)
  }

  @Test(
    "a line end that is not CRLF could hide a second mail",
    arguments: ["a\nb\r\n", "a\rb\r\n", "\n", "\r", "a\r\n\r", "\r\r\n"]
  )
  func loneLineEnd(_ text: String) async throws {
    let server = try ScriptedSMTPServer()
    let parcel = Parcel(destination: .mail(from: "a@b.example", to: "c@d.example"), bytes: Array(text.utf8))
    let report = await deliver(parcel, over: relay(port: server.port))
    #expect(report.outcome == .rejected && report.reply == "not sent: CR or LF alone in the mail", "\(report)")
    #expect(server.connections == 0)
  }

  @Test("a mail without a byte is sent like any other")
  func empty() async throws {
    let server = try ScriptedSMTPServer()
    let parcel = Parcel(destination: .mail(from: "a@b.example", to: "c@d.example"), bytes: [])
    let report = await deliver(parcel, over: relay(port: server.port))
    #expect(report.outcome == .accepted && server.mails.count == 1, "\(report)")
  }

  @Test("one connection carries many mails, greeted once")
  func reuse() async throws {
    let server = try ScriptedSMTPServer()
    let counter = EventCounter()
    let transport = SMTPTransport(relay: relay(port: server.port)) { counter.add($0) }
    for _ in 1...20 { #expect(await transport.deliver(mail()).outcome == .accepted) }
    await transport.shutDown(grace: 5)
    #expect(server.connections == 1 && server.mails.count == 20)
    #expect(server.commands.filter { $0.hasPrefix("EHLO") }.count == 1)
    #expect(counter.count(.connectionOpened) == 1 && counter.count(.workerEnded) == 1)
  }

  @Test("each of many mails at once arrives, over no more connections than allowed", arguments: [1, 3, 8])
  func pool(_ connections: Int) async throws {
    let server = try ScriptedSMTPServer()
    let transport = SMTPTransport(relay: relay(port: server.port, connections: connections))
    let outcomes = await withTaskGroup { group in
      for number in 0..<200 {
        group.addTask { await transport.deliver(mail(to: "u\(number)@camgiang.example")).outcome }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    await transport.shutDown(grace: 5)
    #expect(outcomes == [DeliveryOutcome](repeating: .accepted, count: 200))
    #expect(Set(server.mails.map(\.to)).count == 200)
    #expect(server.connections <= connections)
  }

  @Test("a refused mailbox does not hurt the next mail")
  func refusedThenAccepted() async throws {
    let server = try ScriptedSMTPServer([
      .recipient: [.reply("550 5.1.1 no"), .usual], .message: [.reply("554 5.7.1 no"), .usual],
    ])
    let transport = SMTPTransport(relay: relay(port: server.port))
    var outcomes: [DeliveryOutcome] = []
    for _ in 1...3 { outcomes.append(await transport.deliver(mail()).outcome) }
    await transport.shutDown(grace: 5)
    #expect(outcomes == [.rejected, .rejected, .accepted])
  }

  @Test(
    "a kept connection that the relay had closed costs no attempt",
    arguments: [ScriptedSMTPServer.Act.close, .reset]
  )
  func lostWhileIdle(_ act: ScriptedSMTPServer.Act) async throws {
    // The loss shows only when MAIL was sent: the hardest moment.
    let server = try ScriptedSMTPServer([.sender: [.usual, act, .usual]])
    let counter = EventCounter()
    let transport = SMTPTransport(relay: relay(port: server.port)) { counter.add($0) }
    for _ in 1...2 {
      let report = await transport.deliver(mail())
      #expect(report.outcome == .accepted, "\(report)")
    }
    await transport.shutDown(grace: 5)
    #expect(server.mails.map(\.connection) == [0, 1])
    #expect(counter.count(.sentAgainAtOnce) == 1)
  }

  @Test("a new connection lost at MAIL is not tried again at once")
  func lostWhenNew() async throws {
    let server = try ScriptedSMTPServer([.sender: [.close]])
    #expect(await deliver(over: relay(port: server.port)).outcome == .deferred)
    #expect(server.connections == 1)
  }

  @Test("a relay that says goodbye while idle is called again")
  func goodbyeWhileIdle() async throws {
    let server = try ScriptedSMTPServer([.message: [.replyThenClose("250 ok\r\n421 4.4.2 idle too long"), .usual]])
    let transport = SMTPTransport(relay: relay(port: server.port))
    for _ in 1...2 { #expect(await transport.deliver(mail()).outcome == .accepted) }
    await transport.shutDown(grace: 5)
    #expect(server.mails.count == 2)
  }

  @Test("an idle connection is closed with QUIT and its thread ends; the next mail opens another")
  func idle() async throws {
    let server = try ScriptedSMTPServer()
    let counter = EventCounter()
    let limits = SMTPRelay.Timeouts(connect: 5, reply: 5, stall: 5, total: 10, idle: 0.05)
    let transport = SMTPTransport(relay: relay(port: server.port, timeouts: limits)) { counter.add($0) }
    #expect(await transport.deliver(mail()).outcome == .accepted)
    #expect(await server.waits(for: .farewell))
    #expect(await transport.deliver(mail()).outcome == .accepted)
    await transport.shutDown(grace: 5)
    #expect(server.connections == 2 && counter.count(.workerStarted) == 2 && counter.count(.workerEnded) == 2)
  }
}
