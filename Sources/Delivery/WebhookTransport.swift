public import Deadlines

/// Webhooks: HTTPS POSTs over kept connections, all on one thread.
public final class WebhookTransport: Transport {
  private let loop: WebhookLoop?

  public init(limits: WebhookLimits = WebhookLimits()) {
    CurlLibrary.initialise()
    loop = WebhookLoop(limits: limits)
  }

  deinit { loop?.abandon() }

  public func deliver(_ parcel: Parcel) async -> DeliveryReport {
    guard case .webhook(let url, let headers) = parcel.destination else {
      return DeliveryReport(outcome: .rejected, reply: "not a webhook")
    }
    let call = WebhookCall(url: url, headers: headers, body: parcel.bytes, answerForm: parcel.answerForm)
    if let fault = call.fault { return DeliveryReport(outcome: .rejected, reply: "not sent: \(fault)") }
    guard let loop else { return DeliveryReport(outcome: .deferred, reply: "no memory or thread to be had") }
    return await loop.deliver(call)
  }

  public func shutDown(grace: Double) async {
    loop?.stop(grace: grace)
    await loop?.ended()
  }
}
