import Deadlines
import Delivery
import TestSupport
import Testing

@Suite("Whom a refusal is about")
struct SMTPRefusalTests {
  @Test(
    "at MAIL the sender, who is the same for all, unless the reply speaks of this mail",
    arguments: [
      ("550 5.7.1 sender refused", DeliveryOutcome.misconfigured), ("553 5.1.8 not your address", .misconfigured),
      ("550 sender rejected", .misconfigured), ("552 5.3.1 mail system full", .misconfigured),
      ("552 message size exceeds fixed limit", .rejected), ("552 5.3.4 too large", .rejected),
      ("550 5.2.3 too long", .rejected), ("550 5.6.7 SMTPUTF8 needed", .rejected),
      ("452 4.3.1 insufficient system storage", .deferred), ("538 5.7.11 encryption required", .misconfigured),
    ]
  )
  func sender(reply: String, outcome: DeliveryOutcome) async throws {
    let server = try ScriptedSMTPServer([.sender: [.reply(reply)]])
    #expect(await deliver(over: relay(port: server.port)).outcome == outcome)
  }

  @Test(
    "at RCPT the mailbox",
    arguments: [
      "550 5.1.1 no such user", "550 no such user here", "501 5.1.3 bad address syntax", "550 5.2.1 disabled",
      "552 5.2.2 mailbox full", "550 5.7.1 this mailbox takes mail of its own domain only", "556 5.1.10 null MX",
      "550 5.1.1 <relay@camgiang.example>: user unknown in relay recipient table, not allowed",
      "550 <unable.relay@camgiang.example>: unknown", "552 5.2.2 over the daily limit of the mailbox",
      "550 5.4.1 recipient address rejected: access denied",
      "554 5.2.2 mailbox of the authentication required team", "550 5.7.129 restricted to members",
    ]
  )
  func mailbox(reply: String) async throws {
    let server = try ScriptedSMTPServer([.recipient: [.reply(reply)]])
    let report = await deliver(over: relay(port: server.port))
    #expect(report.outcome == .rejected, "\(report)")
  }

  private static let aboutUs = [
    "554 5.7.1 <vhxh@camgiang.example>: Relay access denied", "550 5.7.1 Unable to relay",
    "550 relay not permitted", "550 5.7.1 Relaying denied. Proper authentication required.",
    "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied",
    "550 5.1.8 <nhachan@camgiang.example>: Sender address rejected: Domain not found",
    "553 5.7.1 <nhachan@camgiang.example>: Sender address rejected: not owned by user vp",
    "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname",
    "530 5.7.0 Authentication required", "550 5.7.23 SPF validation failed",
    "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
    "550 Sender verify failed", "550 5.7.1 Invalid credentials for relay [192.0.2.1].",
  ]

  @Test("or us, as long as the relay takes mail for nobody", arguments: aboutUs)
  func channel(reply: String) async throws {
    let server = try ScriptedSMTPServer([.recipient: [.reply(reply)]])
    let report = await deliver(over: relay(port: server.port))
    #expect(report.outcome == .misconfigured && reply.hasSuffix(report.reply), "\(report)")
  }

  @Test("once it takes mail for others, one mailbox does not hold the channel", arguments: aboutUs)
  func oneMailbox(reply: String) async throws {
    let server = try ScriptedSMTPServer(mailboxes: ["outside@": .reply(reply)])
    let transport = SMTPTransport(relay: relay(port: server.port))
    var outcomes: [DeliveryOutcome] = []
    for name in ["outside", "vhxh", "outside", "kt"] {
      outcomes.append(await transport.deliver(mail(to: "\(name)@camgiang.example")).outcome)
    }
    await transport.shutDown(grace: 5)
    #expect(outcomes == [.misconfigured, .accepted, .rejected, .accepted])
  }

  @Test(
    "what we may send today is used up: later, however much was taken before",
    arguments: [
      "550 5.4.5 Daily SMTP relay sending limit exceeded", "550 5.1.90 you have reached your daily limit",
      "550 Domain camgiang.example has exceeded the max emails per hour", "554 5.7.0 sending quota exceeded",
    ],
    [ScriptedSMTPServer.Stage.sender, .recipient, .message]
  )
  func usedUp(reply: String, stage: ScriptedSMTPServer.Stage) async throws {
    let server = try ScriptedSMTPServer([stage: [.usual, .reply(reply)]])
    let transport = SMTPTransport(relay: relay(port: server.port))
    #expect(await transport.deliver(mail()).outcome == .accepted)
    let report = await transport.deliver(mail())
    await transport.shutDown(grace: 5)
    #expect(report.outcome == .deferred && reply.hasSuffix(report.reply), "\(report)")
  }

  @Test("a sender that may not send shows at the final dot at some servers")
  func sendAs() async throws {
    let reply = "550 5.7.60 SMTP; Client does not have permissions to send as this sender"
    let server = try ScriptedSMTPServer([.message: [.reply(reply)]])
    #expect(await deliver(over: relay(port: server.port)).outcome == .misconfigured)
  }
}
