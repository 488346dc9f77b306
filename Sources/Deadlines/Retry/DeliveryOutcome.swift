/// How one delivery attempt ended, and so what happens to the message next (RFC 5321 section 4.2.1, RFC 9110 section 15).
public enum DeliveryOutcome: String, Sendable, Hashable, Codable, CaseIterable {
  /// The server took responsibility: SMTP 250 to the final dot, HTTP 2xx.
  case accepted
  /// Not now: SMTP 4yz, HTTP 429 or 5xx, time-outs, refused connections. Tried again after a backoff.
  case deferred
  /// Never for this recipient: SMTP 5yz about it, HTTP 4xx, 410. A dead letter on the first answer.
  case rejected
  /// The connection was lost after the final dot: the server may or may not have the message. Tried again with the
  /// same Message-ID (RFC 1047).
  case unknown
  /// The channel itself is at fault: authentication, TLS, sender refused. The channel is held; no message is given up.
  case misconfigured
}

/// One delivery attempt as it is kept: the outcome and what the server really said.
public struct DeliveryReport: Sendable, Hashable, Codable {
  public var outcome: DeliveryOutcome
  /// The server's last meaningful reply code (SMTP or HTTP), nil when it said nothing.
  public var replyCode: Int?
  /// The server's reply text, or the library's reason when the server said nothing.
  ///
  /// Never a secret.
  public var reply: String
  /// libcurl's result code, nil when libcurl was not reached (an address refused beforehand).
  public var curlCode: Int?
  /// Seconds the server asked us to wait (`Retry-After`), when it did.
  public var retryAfter: Int64?
  /// The mail relay that was tried, as `host:port`; nil for webhooks, and where no relay was asked.
  public var relay: String?

  public init(
    outcome: DeliveryOutcome,
    replyCode: Int? = nil,
    reply: String = "",
    curlCode: Int? = nil,
    retryAfter: Int64? = nil,
    relay: String? = nil
  ) {
    self.outcome = outcome
    self.replyCode = replyCode
    self.reply = reply
    self.curlCode = curlCode
    self.retryAfter = retryAfter
    self.relay = relay
  }

  /// The server's words with its code before them, as “550 5.1.1 no such user”.
  public var said: String {
    guard let code = replyCode, !reply.hasPrefix("\(code)") else { return reply }
    return reply.isEmpty ? "\(code)" : "\(code) \(reply)"
  }
}
