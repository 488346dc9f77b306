import ArgumentParser
import Configuration
import Daemon
import Deadlines
import Delivery
import Foundation
import Ledger
import Logging
import Messages

/// `run`: the service.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the service in the foreground (Type=notify).",
    discussion: """
      SIGTERM and SIGINT end it once what is in flight has ended; SIGHUP reads the configuration again. A new store, \
      one from another machine, or one silent for a week holds its messages until `nhachan arm`.
      """
  )

  @OptionGroup var place: PlaceOptions

  func run() async throws {
    // Until the service listens for it, a reload must not end it.
    signal(SIGHUP, SIG_IGN)
    let configuration = try place.load()
    let path = place.storePath(configuration)
    let lock = try takeLock(path)
    defer { lock.release() }
    let ledger = try openStore(path)
    for warning in configuration.warnings { printError(warning.description) }
    let place = place
    let daemon: Daemon
    do {
      daemon = try Daemon(
        ledger: ledger,
        clock: SystemClock(),
        notifier: SystemdNotifier(environment: ProcessInfo.processInfo.environment),
        logger: Logger(label: "nhachan", factory: { StreamLogHandler.standardError(label: $0) }),
        storePath: path,
        configPath: place.configPath,
        storeLock: lock,
        read: configuration,
        load: { try ConfigurationLoader.load(directory: place.configPath) }
      )
    } catch let error as ConfigurationError {
      throw Failure.no(error.description)
    }
    do {
      try await daemon.run()
    } catch let error as LedgerError {
      throw Failure.unreachable(error.atStart.description)
    }
    try ledger.close()
  }

  private func takeLock(_ path: String) throws -> StoreLock {
    do {
      return try StoreLock(store: path)
    } catch let error as StoreLock.StoreInUse {
      throw Failure.unreachable(error.description)
    }
  }

  private func openStore(_ path: String) throws -> SQLiteLedger {
    do {
      return try SQLiteLedger.open(path: path)
    } catch let error as LedgerError {
      throw Failure.unreachable(error.atStart.description)
    }
  }
}

/// `arm`: let messages out.
struct Arm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Let messages out.",
    discussion: "Needed once for a new store, and after it was moved, restored or silent for a week."
  )

  @OptionGroup var place: PlaceOptions
  @Option(help: "Who decides so (default: the user of this command).")
  var by: String?

  func run() async throws { try await setArmed(true, place: place, by: by, reason: "armed by command") }
}

/// `hold`: keep messages in.
struct Hold: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Keep all messages in until `nhachan arm`.")

  @OptionGroup var place: PlaceOptions
  @Option(help: "Who decides so (default: the user of this command).")
  var by: String?
  @Option(help: "Why.")
  var reason: String = "held by command"

  func run() async throws { try await setArmed(false, place: place, by: by, reason: reason) }
}

private func setArmed(_ armed: Bool, place: PlaceOptions, by: String?, reason: String) async throws {
  let configuration = try place.loadInForce()
  let ledger = try place.openForWriting(configuration)
  let who = by ?? currentUser
  let office = configuration.office.id
  // Of the two commits the second may fail, on a full disk: a reason without its deed harms nobody while armed.
  if !armed { try await ledger.setFact(office: office, Arming.reasonFact, reason) }
  try await ledger.setArmed(armed, office: office, by: who, reason: reason, now: SystemClock().now())
  if armed { try await ledger.setFact(office: office, Arming.reasonFact, reason) }
  StoreBell.ring(store: place.storePath(configuration))
  let pending = try await ledger.figures(office: office).pending
  if place.json { return try printJSON(["armed": armed]) }
  print(armed ? "armed: \(pending) messages may leave" : "held: nothing leaves until `nhachan arm`")
}

/// `test-message`: one real mail, now.
struct TestMessage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test-message",
    abstract: "Send one test mail now and print the server's own reply."
  )

  @Argument(help: "The address.")
  var address: String
  @Option(help: "The channel (default: the first mail channel).")
  var channel: String?
  @OptionGroup var place: PlaceOptions

  struct Report: Encodable {
    var address: String
    var channel: String
    var outcome: String
    var replyCode: Int?
    var reply: String
  }

  func run() async throws {
    let configuration = try place.load()
    let channel = try chosen(from: try Channels.make(configuration))
    let now = SystemClock().now()
    let message = Message(
      messageID: MessageIdentity.messageID(
        office: configuration.office.id,
        channel: channel.name,
        recipient: address,
        keys: ["test|\(now.milliseconds)"],
        domain: Channels.domain(configuration)
      ),
      office: configuration.office.id,
      channel: channel.name,
      recipient: Recipient(address: address, name: address, unit: nil, language: .vietnamese, channels: [channel.name]),
      kind: .reminder,
      createdAt: now,
      today: configuration.office.zone.civil(now).date,
      content: .test
    )
    let report = await channel.deliver(message, now: now).report
    await channel.transport.shutDown(grace: 5)
    try tell(report, from: channel.name)
    if report.outcome != .accepted {
      throw report.outcome == .rejected ? Failure.no("") : Failure.unreachable("")
    }
  }

  private func chosen(from channels: [Channel]) throws -> Channel {
    let match = channels.first { candidate in
      if let channel { return candidate.name == channel }
      if case .mail = candidate.form { return true }
      return false
    }
    guard let match else {
      throw Failure.no("no such channel — nhachan.yaml has: \(channels.map(\.name).joined(separator: ", "))")
    }
    return match
  }

  private func tell(_ report: DeliveryReport, from channel: String) throws {
    let outcome = report.outcome.rawValue
    guard place.json else { return print("\(address) by \(channel): \(outcome)  \(report.said)") }
    try printJSON(
      Report(address: address, channel: channel, outcome: outcome, replyCode: report.replyCode, reply: report.reply)
    )
  }
}
