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
  private let pool: SMTPPool

  /// - Parameters:
  ///   - relay: Where mail goes.
  ///   - events: Told of connections and threads, on the threads themselves: must not block.
  public init(relay: SMTPRelay, events: (@Sendable (DeliveryEvent) -> Void)? = nil) {
    CurlLibrary.initialise()
    pool = SMTPPool(relay: relay, events: events)
  }

  deinit { pool.abandon() }

  public func deliver(_ parcel: Parcel) async -> DeliveryReport {
    guard case .mail(let sender, let recipient) = parcel.destination else {
      return DeliveryReport(outcome: .rejected, reply: "not a mail")
    }
    if let fault = MailSafety.fault(from: sender, to: recipient) {
      return DeliveryReport(outcome: .rejected, reply: "not sent: \(fault)")
    }
    guard let size = MailSafety.wireSize(of: parcel.bytes) else {
      return DeliveryReport(outcome: .rejected, reply: "not sent: CR or LF alone in the mail")
    }
    let mail = SMTPMail(sender: sender, recipient: recipient, bytes: parcel.bytes)
    return await pool.deliver(SMTPPool.Job(mail: mail, size: size))
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
