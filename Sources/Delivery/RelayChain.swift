public import Deadlines

/// A relay that does not take mail at present.
public struct RelayFault: Sendable, Hashable, Codable {
  /// As `host:port`.
  public var relay: String
  /// The server's words, or libcurl's.
  public var reason: String
  /// A setting is wrong; else it is away or busy.
  public var isMisconfigured: Bool

  public init(relay: String, reason: String, isMisconfigured: Bool) {
    self.relay = relay
    self.reason = reason
    self.isMisconfigured = isMisconfigured
  }
}

/// Mail over the first of several relays that takes it.
///
/// A relay that fails, falls silent or has a trouble of its own before the mail was handed over leaves it to the next at
/// once. What a relay says about a mail or its recipient stands, and so does silence after the final dot: another relay
/// would make a second copy.
public final class RelayChain: Transport {
  private let relays: [SMTPTransport]
  private let health: Locked<[RelayHealth]>
  private let rests: ClosedRange<Double>
  /// Seconds after which an attempt begins with no further relay; with it an attempt over all relays takes no longer
  /// than one over one relay may.
  private let patience: Double

  /// - Parameters:
  ///   - relays: The primary and its backups, in the order in which they are asked; at least one.
  ///   - rests: Seconds for which a relay that failed is left alone, at first and at most.
  ///   - events: Told of connections and threads, on the threads themselves: must not block.
  public init(
    relays: [SMTPRelay],
    rests: ClosedRange<Double> = 30...600,
    events: (@Sendable (DeliveryEvent) -> Void)? = nil
  ) {
    self.relays = relays.map { SMTPTransport(relay: $0, hasBackup: true, events: events) }
    self.rests = rests
    health = Locked(relays.map { _ in RelayHealth() })
    patience = relays.map(\.timeouts.total).max() ?? 0
  }

  /// The relays that do not take mail, in their order; empty while all work or were never tried.
  public var faults: [RelayFault] {
    zip(relays, health.withLock { $0 }).compactMap { transport, health in
      health.fault.map {
        RelayFault(relay: transport.relay.name, reason: $0.words, isMisconfigured: $0.outcome == .misconfigured)
      }
    }
  }

  public func deliver(_ parcel: Parcel) async -> DeliveryReport {
    let start = MonotonicClock.seconds
    var tried: [Int: DeliveryReport] = [:]
    while let index = next(after: tried) {
      let result = await relays[index].attempt(parcel)
      learn(from: result, about: index)
      guard result.concern == .relay else { return result.report }
      tried[index] = result.report
      if Task.isCancelled || MonotonicClock.seconds - start > patience { break }
    }
    return failure(tried)
  }

  public func shutDown(grace: Double) async {
    await withDiscardingTaskGroup { group in
      for relay in relays { group.addTask { await relay.shutDown(grace: grace) } }
    }
  }

  /// The first relay that is worth trying; for a mail that would otherwise go nowhere, the one whose rest ends first.
  private func next(after tried: [Int: DeliveryReport]) -> Int? {
    let now = MonotonicClock.seconds
    return health.withLock { health in
      let untried = health.indices.filter { tried[$0] == nil }
      if let fit = untried.first(where: { health[$0].admits(at: now) }) { return fit }
      return tried.isEmpty ? untried.min { health[$0].restsUntil < health[$1].restsUntil } : nil
    }
  }

  private func learn(from result: SMTPResult, about index: Int) {
    let now = MonotonicClock.seconds
    health.withLock { health in
      switch result.concern {
      case .relay: health[index].failed(result.report, at: now, rests: rests)
      // No code: silence after the final dot, or a mail that we did not offer.
      case .mail where result.report.replyCode == nil, .nobody: health[index].learntNothing()
      case .mail, .relayOrRecipient: health[index].worked()
      }
    }
  }

  /// No relay took the mail: misconfigured only if every one is, since one that is merely away may take it later.
  private func failure(_ tried: [Int: DeliveryReport]) -> DeliveryReport {
    let reports = health.withLock { health in health.indices.compactMap { tried[$0] ?? health[$0].fault } }
    guard var report = reports.first(where: { $0.outcome != .misconfigured }) ?? reports.first else {
      return DeliveryReport(outcome: .deferred, reply: "no relay to ask")
    }
    if reports.count < relays.count { report.outcome = .deferred }
    report.reply = reports.map { "\($0.relay ?? ""): \($0.words)" }.joined(separator: "; ")
    return report
  }
}

extension DeliveryReport {
  /// The reply with its code, as an admin reads it.
  fileprivate var words: String { (replyCode.map { "\($0) " } ?? "") + reply }
}
