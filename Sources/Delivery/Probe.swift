import CCurl
public import Deadlines

/// Tries a way out as far as it goes without sending anything, with the very settings that messages are sent with.
public enum Probe {
  /// Connects to a relay, takes TLS and logs in as a delivery does, then says NOOP and QUIT: no sender, no recipient, no
  /// mail.
  ///
  /// - Returns: `accepted` when a mail could be handed over now; else what a mail would have met.
  public static func relay(_ relay: SMTPRelay) async -> DeliveryReport {
    await onAThread {
      do throws(OptionRefused) {
        return try SMTPConnection(relay: relay, lifeline: Lifeline()).probe()
      } catch {
        return error.report
      }
    } ?? DeliveryReport(outcome: .deferred, reply: "no thread to be had")
  }

  /// Opens a connection to an endpoint, TLS included, and closes it: nothing is posted.
  ///
  /// The guard of addresses holds as it does for messages.
  public static func endpoint(_ url: String, limits: WebhookLimits) async -> DeliveryReport {
    CurlLibrary.initialise()
    guard let loop = WebhookLoop(limits: limits) else {
      return DeliveryReport(outcome: .deferred, reply: "no memory or thread to be had")
    }
    var call = WebhookCall(url: url, headers: [], body: [])
    call.isProbe = true
    let report: DeliveryReport
    if let fault = call.fault {
      report = DeliveryReport(outcome: .misconfigured, reply: fault)
    } else {
      report = await loop.deliver(call)
    }
    loop.stop(grace: 0)
    await loop.ended()
    return report
  }

  /// libcurl blocks, so it gets a thread of its own; nil when the system has none left.
  private static func onAThread(_ work: @escaping @Sendable () -> DeliveryReport) async -> DeliveryReport? {
    let thread = Locked<JoinableThread?>(nil)
    let report: DeliveryReport? = await withCheckedContinuation { answer in
      thread.withLock { thread in
        thread = JoinableThread { answer.resume(returning: work()) }
        if thread == nil { answer.resume(returning: nil) }
      }
    }
    thread.withLock { $0?.join() }
    return report
  }
}
