public import Configuration
public import Deadlines
public import Delivery
public import Ledger
internal import Logging
public import Messages

/// A message that went out in a rehearsal, with the moment the turned clock showed.
public struct RehearsedMessage: Sendable {
  public var at: Instant
  public var message: Message
  public var report: DeliveryReport
}

private typealias Sent = Locked<[RehearsedMessage]>

/// Runs any stretch of time in seconds: the daemon's own planner, courier and dispatchers with a turned clock.
///
/// What is rehearsed is what is later sent: same recipients, subjects and times.
public struct Rehearsal: Sendable {
  private let configuration: LoadedConfiguration
  private let ledger: any Ledger
  private let channels: [Channel]
  private let sent: Sent = Sent([])
  private let refused = Locked<[DeliveryReport]>([])

  /// A rehearsal on a store of its own, never the real one, with ways out that reach nobody real.
  public init(configuration: LoadedConfiguration, ledger: any Ledger, channels: [Channel]) {
    self.configuration = configuration
    self.ledger = ledger
    self.channels = channels
  }

  /// Everything that goes out from `start` to the end of the day `end`, in the order it goes.
  ///
  /// `progress` is told of each day on which something went out, with the number of messages so far.
  public func run(
    from start: Instant,
    through end: CivilDate,
    progress: @Sendable (CivilDate, Int) -> Void = { _, _ in }
  ) async throws -> [RehearsedMessage] {
    let office = configuration.office
    let planner = Planner(
      office: office,
      domain: Channels.domain(configuration),
      ledger: ledger,
      telling: configuration.settings.telling,
      notesRecord: false
    )
    let stop = office.zone.instant(end.adding(days: 1), .midnight)
    let dispatchers = channels.map(dispatcher)
    try await ledger.setArmed(true, office: office.id, by: "rehearsal", reason: "rehearsal", now: start)
    for channel in channels {
      try await ledger.setChannelState(ChannelState(), office: office.id, channel: channel.name, now: start)
    }
    _ = try await planner.adopt(now: start)
    var now = start
    var lastDay = office.zone.civil(start).date.adding(days: -1)
    while now < stop {
      let tick = try await planner.tick(now: now)
      var wakes = [tick.next]
      for dispatcher in dispatchers {
        let today = office.zone.civil(now).date
        if try await dispatcher.pass(now: now) > 0, today > lastDay {
          lastDay = today
          progress(today, sent.withLock { $0.count })
        }
        wakes.append(try await dispatcher.nextPass(after: now))
      }
      guard let next = wakes.compactMap({ $0 }).min() else { break }
      now = max(next, now.adding(milliseconds: 1))
    }
    return sent.withLock { $0 }.sorted { ($0.at, $0.message.messageID) < ($1.at, $1.message.messageID) }
  }

  /// Attempts that a server did not accept, in the order they were made.
  public var refusals: [DeliveryReport] { refused.withLock { $0 } }

  private func dispatcher(for channel: Channel) -> Dispatcher {
    let office = configuration.office
    let schedule = Schedule(office)
    let recording = RecordingCourier(
      courier: Courier(schedule: schedule, backoff: configuration.settings.backoff, jitter: { 0 }),
      sent: sent,
      refused: refused
    )
    return Dispatcher(
      office: office.id,
      channel: channel,
      ledger: ledger,
      courier: recording.courier,
      schedule: schedule,
      logger: Logger(label: "nhachan.rehearsal") { _ in SwiftLogNoOpLogHandler() },
      onSettled: recording.note
    )
  }
}

/// Keeps what was accepted, as it was sent.
private struct RecordingCourier: Sendable {
  let courier: Courier
  let sent: Sent
  let refused: Locked<[DeliveryReport]>

  @Sendable func note(_ settlement: Settlement, at now: Instant) {
    if let report = settlement.report, report.outcome != .accepted { refused.withLock { $0.append(report) } }
    guard let report = settlement.report, settlement.next == .accepted,
      let message = settlement.claim.message.dropping(where: {
        $0.kind != .settled && settlement.droppedOccurrences.contains($0.occurrence)
      })
    else { return }
    sent.withLock { $0.append(RehearsedMessage(at: now, message: message, report: report)) }
  }
}

/// Accepts everything and sends nothing: the agenda.
public struct SilentTransport: Transport {
  public init() {}
  public func deliver(_ parcel: Parcel) async -> DeliveryReport {
    DeliveryReport(outcome: .accepted, reply: "rehearsed")
  }
  public func shutDown(grace: Double) async {}
}

/// Sends every mail to one address instead of its recipient.
public struct RewritingTransport: Transport {
  private let inner: any Transport
  private let address: String

  public init(_ inner: any Transport, to address: String) {
    self.inner = inner
    self.address = address
  }

  public func deliver(_ parcel: Parcel) async -> DeliveryReport {
    guard case .mail(let from, _) = parcel.destination else {
      return DeliveryReport(outcome: .accepted, reply: "not sent: only mail is rewritten")
    }
    return await inner.deliver(Parcel(destination: .mail(from: from, to: address), bytes: parcel.bytes))
  }

  public func shutDown(grace: Double) async { await inner.shutDown(grace: grace) }
}
