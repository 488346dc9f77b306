public import Deadlines

/// Something the operator may want to count.
///
/// Holds no address and no secret.
public enum DeliveryEvent: String, Sendable, Hashable, CaseIterable {
  case workerStarted
  case workerEnded
  case connectionOpened
  /// A kept connection had been reset while idle, and the mail went again over a new one.
  case sentAgainAtOnce
}

/// Mail to one relay, over a few connections that are kept open.
///
/// Grows to the relay's connection limit under load, and closes what is idle. One recipient per transaction.
public final class SMTPTransport: Transport {
  let relay: SMTPRelay
  private let pool: SMTPPool
  /// When the relay last took a mail, in seconds of the monotonic clock.
  private let lastTaken = Locked(-Double.infinity)

  /// - Parameters:
  ///   - relay: Where mail goes.
  ///   - events: Told of connections and threads, on the threads themselves: must not block.
  public convenience init(relay: SMTPRelay, events: (@Sendable (DeliveryEvent) -> Void)? = nil) {
    self.init(relay: relay, hasBackup: false, events: events)
  }

  /// The same for one of several relays: with `hasBackup` another one can take what this one cannot.
  init(relay: SMTPRelay, hasBackup: Bool, events: (@Sendable (DeliveryEvent) -> Void)?) {
    CurlLibrary.initialise()
    self.relay = relay
    pool = SMTPPool(relay: relay, givesQueueBack: hasBackup, events: events)
  }

  deinit { pool.abandon() }

  public func deliver(_ parcel: Parcel) async -> DeliveryReport { await attempt(parcel).report }

  /// The same, saying also whom the end speaks of.
  func attempt(_ parcel: Parcel) async -> SMTPResult {
    guard case .mail(let sender, let recipient) = parcel.destination else { return .notAsked(.rejected, "not a mail") }
    if let fault = MailSafety.fault(from: sender, to: recipient) { return .notAsked(.rejected, "not sent: \(fault)") }
    guard let size = MailSafety.wireSize(of: parcel.bytes) else {
      return .notAsked(.rejected, "not sent: CR or LF alone in the mail")
    }
    let mail = SMTPMail(sender: sender, recipient: recipient, bytes: parcel.bytes)
    return named(settled(await pool.deliver(SMTPPool.Job(mail: mail, size: size))))
  }

  /// Decides a refusal that may be about us or about this recipient.
  ///
  /// A relay that has just taken mail for others has nothing against us. One mailbox outside the relay's reach must not
  /// hold the channel, and a relay that takes nothing must not turn every mail into a dead letter.
  private func settled(_ result: SMTPResult) -> SMTPResult {
    let now = MonotonicClock.seconds
    if result.report.outcome == .accepted { lastTaken.withLock { $0 = now } }
    guard result.concern == .relayOrRecipient else { return result }
    var result = result
    let takesOthers = now - lastTaken.withLock { $0 } < Self.recent
    result.concern = takesOthers ? .mail : .relay
    if takesOthers { result.report.outcome = .rejected }
    return result
  }

  private static let recent = 600.0

  private func named(_ result: SMTPResult) -> SMTPResult {
    var result = result
    if result.concern != .nobody { result.report.relay = relay.name }
    return result
  }

  public func shutDown(grace: Double) async {
    pool.stop()
    await withTaskGroup { group in
      group.addTask { await self.pool.ended() }
      group.addTask {
        // Cancelled when all have ended before; then there is nothing left to cut.
        try? await Task.sleep(for: .seconds(max(0, grace)))
        self.pool.cut()
      }
      await group.next()
      group.cancelAll()
    }
  }
}
