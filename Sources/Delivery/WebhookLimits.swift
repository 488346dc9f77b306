/// What webhooks may reach, and how much time and answer they may take.
public struct WebhookLimits: Sendable, Hashable {
  /// Connections to one host at one time; further calls wait for one, and the wait counts into `total`.
  public var connectionsPerHost: Int
  /// Seconds until connected, TLS included.
  public var connect: Double
  /// Seconds for the whole call.
  public var total: Double
  /// Bytes of the answer's body that are read; the rest is cut off without changing the outcome.
  public var largestAnswer: Int
  /// Whether endpoints may be in the operator's own networks (see `AddressGuard`).
  public var allowPrivateAddresses: Bool
  /// Whether `http:` is allowed beside `https:`.
  public var allowPlainHTTP: Bool
  /// PEM file of the authorities to trust instead of the system's.
  public var caFile: String?

  public init(
    connectionsPerHost: Int = 4,
    connect: Double = 10,
    total: Double = 30,
    largestAnswer: Int = 65_536,
    allowPrivateAddresses: Bool = false,
    allowPlainHTTP: Bool = false,
    caFile: String? = nil
  ) {
    self.connectionsPerHost = max(1, connectionsPerHost)
    self.connect = connect
    self.total = total
    self.largestAnswer = max(0, largestAnswer)
    self.allowPrivateAddresses = allowPrivateAddresses
    self.allowPlainHTTP = allowPlainHTTP
    self.caFile = caFile
  }
}
