/// How to reach one relay, and how much to ask of it.
public struct SMTPRelay: Sendable, Hashable {
  /// How the connection is protected.
  ///
  /// Nothing ever falls back from one to the next.
  public enum Security: String, Sendable, Hashable, Codable, CaseIterable {
    /// TLS from the first byte (RFC 8314), as on port 465.
    case tls
    /// TLS after STARTTLS (RFC 3207), or no mail at all.
    case startTLS = "starttls"
    /// Clear text: a relay on the same machine.
    case plain

    /// The port registered for it.
    public var usualPort: Int {
      switch self {
      case .tls: 465
      case .startTLS: 587
      case .plain: 25
      }
    }
  }

  /// Limits in seconds.
  ///
  /// A lease on a message must be longer than `total`, twice when a connection was reset while idle.
  public struct Timeouts: Sendable, Hashable {
    /// From the first packet until greeting, TLS and authentication are done.
    public var connect: Double
    /// For each reply of the server, but the one to the final dot: that may take what is left of `total`.
    ///
    /// libcurl counts whole seconds.
    public var reply: Double
    /// For a transfer in which not one byte moves.
    ///
    /// Never shorter than `reply`: waiting for a reply moves no byte either.
    public var stall: Double
    /// For the whole attempt.
    public var total: Double
    /// After which an unused connection is closed.
    public var idle: Double
    /// After which an attempt counts as stuck, and another connection may be opened in its place.
    ///
    /// Shorter than what the dispatcher waits before it gives such a connection its next mail.
    public var patience: Double

    public init(
      connect: Double = 30,
      reply: Double = 120,
      stall: Double = 120,
      total: Double = 300,
      idle: Double = 20,
      patience: Double = 10
    ) {
      self.connect = connect
      self.reply = reply
      self.stall = stall
      self.total = total
      self.idle = idle
      self.patience = patience
    }
  }

  /// A name or address; IPv6 without brackets.
  public var host: String
  public var port: Int
  public var security: Security
  /// With a user the relay must authenticate us, or no mail is sent.
  public var user: String?
  public var password: Secret?
  /// PEM file of the authorities to trust instead of the system's.
  public var caFile: String?
  /// The name we say in EHLO; the machine's own when nil.
  public var heloName: String?
  /// The largest number of connections at one time, but for those that are stuck.
  ///
  /// While a server does not answer for a mailbox, the mail behind it goes over another one; never over more than twice as
  /// many.
  public var connections: Int
  public var timeouts: Timeouts

  public init(
    host: String,
    port: Int? = nil,
    security: Security = .startTLS,
    user: String? = nil,
    password: Secret? = nil,
    caFile: String? = nil,
    heloName: String? = nil,
    connections: Int = 4,
    timeouts: Timeouts = Timeouts()
  ) {
    self.host = host
    self.port = port ?? security.usualPort
    self.security = security
    self.user = user
    self.password = password
    self.caFile = caFile
    self.heloName = heloName
    self.connections = max(1, connections)
    self.timeouts = timeouts
  }

  /// The relay as reports name it: `host:port`.
  public var name: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

  /// The relay for libcurl, nil when host or port cannot be part of an address.
  var url: String? {
    guard (1...65_535).contains(port), !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
      !host.contains(where: { "/?#@[]%\\".contains($0) })
    else { return nil }
    let scheme = security == .tls ? "smtps" : "smtp"
    let place = host.contains(":") ? "[\(host)]" : host
    return "\(scheme)://\(place):\(port)/\(heloName.map(percentEncoded) ?? "")"
  }
}

/// The text with everything but letters, digits, dots and hyphens as `%XX`: libcurl decodes the EHLO name again.
private func percentEncoded(_ text: String) -> String {
  text.utf8.map { byte in
    let character = Character(Unicode.Scalar(byte))
    let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || ".-".contains(character))
    let hex = String(byte, radix: 16, uppercase: true)
    return isPlain ? String(character) : "%" + (hex.count == 1 ? "0" : "") + hex
  }.joined()
}
