import ArgumentParser
import Configuration
import Daemon
import Deadlines
import Foundation
import Ledger
import Messages

/// `outbox`: messages and dead letters.
struct Outbox: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Messages waiting, sent and given up.",
    subcommands: [OutboxList.self, OutboxShow.self, OutboxRetry.self, OutboxDiscard.self],
    defaultSubcommand: OutboxList.self
  )
}

/// One message as the outbox commands print it.
struct OutboxLine: Encodable {
  var id: Int64
  var messageID: String
  var recipient: String
  var channel: String
  var kind: String
  var state: String
  var outcome: String?
  var attempts: Int
  var createdAt: String
  var nextAttemptAt: String?
  var acceptedAt: String?
  var replyCode: Int?
  var reply: String?
  var relay: String?
  var notices: [String]
  /// Why its text cannot be read.
  var fault: String?
  /// The reply with its code before it, for people; scripts have both.
  let said: String?

  private enum CodingKeys: CodingKey {
    case id, messageID, recipient, channel, kind, state, outcome, attempts, createdAt, nextAttemptAt, acceptedAt
    case replyCode, reply, relay, notices, fault
  }

  init(_ row: OutboxRow, zone: OfficeZone) {
    id = row.id
    messageID = row.message.messageID
    recipient = row.message.recipient.address
    channel = row.message.channel
    kind = row.message.kind.rawValue
    state = row.state.rawValue
    outcome = row.lastReport?.outcome.rawValue
    attempts = row.attempts
    createdAt = zone.civil(row.message.createdAt).rfc3339
    nextAttemptAt = row.nextAttemptAt.map { zone.civil($0).rfc3339 }
    acceptedAt = row.acceptedAt.map { zone.civil($0).rfc3339 }
    replyCode = row.lastReport?.replyCode
    reply = row.lastReport?.reply
    relay = row.lastReport?.relay
    fault = row.fault
    said = row.fault == nil ? row.lastReport?.said : "its text cannot be read"
    notices = row.notices.map { "\($0.occurrence) \($0.step)" }
  }
}

struct OutboxList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List messages, newest first.",
    discussion: "--state takes pending, claimed, deferred, accepted, dropped, discarded, deadLetter."
  )

  @Option(help: "Only in this state; may be given several times.")
  var state: [String] = []
  @Option(help: "At most so many.")
  var limit: Int = 200
  @OptionGroup var place: PlaceOptions

  func validate() throws {
    for word in state where OutboxState(rawValue: word) == nil {
      throw ValidationError("unknown state “\(word)”: \(OutboxState.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    if limit < 1 { throw ValidationError("--limit is at least 1") }
  }

  func run() async throws {
    let configuration = try place.loadInForce()
    let ledger = try place.openForReading(configuration)
    let filter: OutboxFilter = state.isEmpty ? .all : .states(Set(state.compactMap(OutboxState.init(rawValue:))))
    let rows = try await ledger.outbox(office: configuration.office.id, filter: filter, limit: limit).reversed()
    let lines = rows.map { OutboxLine($0, zone: configuration.office.zone) }
    if place.json { try printJSON(lines) }
    if lines.isEmpty { throw Failure.no("no message matches") }
    if place.json { return }
    print(
      table(
        lines.map {
          [
            "\($0.id)", $0.state, $0.outcome ?? "-", $0.recipient, $0.channel, $0.kind, "\($0.attempts)",
            $0.said ?? "",
          ]
        }
      )
    )
  }
}

struct OutboxShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one message with its attempts and what it says."
  )

  @Argument(help: "The message's number.")
  var id: Int64
  @OptionGroup var place: PlaceOptions

  struct Dropped: Encodable {
    var at: String
    /// SHA-256 of what was stored.
    var sha256: String
  }

  struct Report: Encodable {
    var message: OutboxLine
    /// Nil once it is no longer kept, as the text.
    var subject: String?
    var text: String?
    var textDropped: Dropped?
    var attempts: [DeliveryAttempt]
  }

  func run() async throws {
    let configuration = try place.loadInForce()
    let office = configuration.office
    let ledger = try place.openForReading(configuration)
    guard let row = try await ledger.outboxRow(office: office.id, id: id) else {
      throw Failure.no("no message \(id) — `nhachan outbox list` lists them")
    }
    let letterhead = Channels.letterhead(of: row.message.channel, configuration)
    let isKept = row.droppedText == nil && row.fault == nil
    let report = Report(
      message: OutboxLine(row, zone: office.zone),
      subject: isKept ? MailFormat.subject(row.message, letterhead: letterhead) : nil,
      text: isKept ? MailFormat.plainText(row.message, letterhead: letterhead) : nil,
      textDropped: row.droppedText.map { Dropped(at: office.zone.civil($0.at).rfc3339, sha256: $0.hash) },
      attempts: try await ledger.attempts(office: office.id, id: id)
    )
    if place.json { return try printJSON(report) }
    show(report, zone: office.zone)
  }

  private func show(_ report: Report, zone: OfficeZone) {
    let message = report.message
    print("\(report.subject ?? message.kind)\n\(message.recipient) by \(message.channel): \(message.state)")
    for attempt in report.attempts {
      let reply = attempt.report
      let relay = reply.relay.map { "  (\($0))" } ?? ""
      let at = zone.civil(attempt.at).rfc3339
      print("  \(attempt.number)  \(at)  \(reply.outcome.rawValue)  \(reply.said)\(relay)")
    }
    if let text = report.text { return print("\n\(text)") }
    if let fault = message.fault { return print("\nIts text cannot be read: \(fault)") }
    let dropped = report.textDropped.map { "since \($0.at) (SHA-256 \($0.sha256))" } ?? ""
    print("\nIts text is no longer kept \(dropped). It told of:")
    for notice in message.notices { print("  \(notice)") }
  }
}

struct OutboxRetry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "retry", abstract: "Try messages again at once.")

  @Argument(help: "Numbers of messages.")
  var ids: [Int64]
  @OptionGroup var place: PlaceOptions

  func run() async throws {
    try await changeOutbox(ids, place: place) {
      ledger,
      office,
      id in
      try await ledger.retry(office: office, id: id, now: SystemClock().now())
    }
  }
}

struct OutboxDiscard: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "discard", abstract: "Give messages up for good.")

  @Argument(help: "Numbers of messages.")
  var ids: [Int64]
  @Option(help: "Who decides so (default: the user of this command).")
  var by: String?
  @OptionGroup var place: PlaceOptions

  func run() async throws {
    let who = by ?? currentUser
    try await changeOutbox(ids, place: place) {
      ledger,
      office,
      id in
      try await ledger.discard(office: office, id: id, by: who, now: SystemClock().now())
    }
  }
}

private func changeOutbox(
  _ ids: [Int64],
  place: PlaceOptions,
  change: (SQLiteLedger, String, Int64) async throws -> Bool
) async throws {
  let configuration = try place.loadInForce()
  let ledger = try place.openForWriting(configuration)
  var refused: [Int64] = []
  for id in ids where try await !change(ledger, configuration.office.id, id) { refused.append(id) }
  StoreBell.ring(store: place.storePath(configuration))
  guard refused.isEmpty else {
    let why = "was accepted already, was taken back and planned anew as another, is too old, or there is none"
    throw Failure.no(refused.map { "message \($0) \(why)" }.joined(separator: "\n"))
  }
}
