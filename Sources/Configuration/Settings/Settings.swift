public import Deadlines

/// What `nhachan.yaml` says beside the office itself: where things are kept and how messages leave.
public struct Settings: Sendable, Hashable {
  /// As written; nil when the file does not say.
  public var storePath: String?
  /// Seconds for which the text of a message is kept after it has ended; the facts about it stay.
  public var keepTextsFor: Int64
  /// In the order of the file; never empty, names unique.
  public var channels: [ChannelSettings]
  public var backoff: Backoff
  /// Seconds from a dead letter to the message that tells of it, and between two such messages for one mailbox.
  public var tellAfter: Int64
  public var tellAgainAfter: Int64
  public var catchUp: CatchUp
  /// What links in messages begin with, without a trailing slash.
  public var portalURL: String?
  /// The key with which extracts of the record are signed.
  public var recordKey: SecretSource?

  public init(
    storePath: String? = nil,
    keepTextsFor: Int64 = standardKeepTextsFor,
    channels: [ChannelSettings],
    backoff: Backoff = .standard,
    tellAfter: Int64 = TellingRules().gathering,
    tellAgainAfter: Int64 = TellingRules().rest,
    catchUp: CatchUp = CatchUp(),
    portalURL: String? = nil,
    recordKey: SecretSource? = nil
  ) {
    self.storePath = storePath
    self.keepTextsFor = keepTextsFor
    self.channels = channels
    self.backoff = backoff
    self.tellAfter = tellAfter
    self.tellAgainAfter = tellAgainAfter
    self.catchUp = catchUp
    self.portalURL = portalURL
    self.recordKey = recordKey
  }

  /// 400 days: a year's reports can be compared with those of the year before.
  public static let standardKeepTextsFor: Int64 = 400 * 86_400

  /// How people hear of what could not be delivered.
  public var telling: TellingRules {
    TellingRules(
      channels: channels.map(\.name),
      fallbacks: Dictionary(
        channels.compactMap { channel in channel.fallback.map { (channel.name, $0) } },
        uniquingKeysWith: { first, _ in first }
      ),
      gathering: tellAfter,
      rest: tellAgainAfter
    )
  }

  public func channel(_ name: String) -> ChannelSettings? { channels.first { $0.name == name } }
}

/// What happens after the service was not running.
public struct CatchUp: Sendable, Hashable {
  /// A store silent for longer than these days plans but holds its messages until a person lets them out.
  public var holdAfterSilenceDays: Int

  public init(holdAfterSilenceDays: Int = 7) { self.holdAfterSilenceDays = holdAfterSilenceDays }
}

/// One way to the outside.
public struct ChannelSettings: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case smtp(SMTPSettings)
    case webhook(WebhookSettings)
  }

  /// What units, posts and people name it by.
  public var name: String
  public var kind: Kind
  /// Messages a minute at most; nil when nothing limits them.
  public var perMinute: Int?
  /// The admin declared that documents marked “Mật” may leave here.
  public var isFitForSecrets: Bool
  /// The channel that stands in for what this one cannot deliver.
  public var fallback: String?
  public var place: SourcePlace

  public init(
    name: String,
    kind: Kind,
    perMinute: Int? = nil,
    isFitForSecrets: Bool = false,
    fallback: String? = nil,
    place: SourcePlace = SourcePlace(file: "")
  ) {
    self.name = name
    self.kind = kind
    self.perMinute = perMinute
    self.isFitForSecrets = isFitForSecrets
    self.fallback = fallback
    self.place = place
  }
}

public struct SMTPSettings: Sendable, Hashable {
  public enum Security: String, Sendable, Hashable, CaseIterable {
    /// TLS from the first byte (RFC 8314), port 465.
    case tls
    /// STARTTLS, and nothing without it, port 587.
    case starttls
    /// No encryption at all, because the admin wrote so.
    case plain
  }

  public var host: String
  public var port: Int
  public var security: Security
  public var user: String?
  /// There is one exactly when there is a user.
  public var password: SecretSource?
  /// PEM file of the authorities to trust instead of the machine's; an absolute path or one from the folder.
  public var caFile: String?
  /// The name said to the server; nil for the machine's own.
  public var heloName: String?
  public var fromAddress: String
  public var fromName: String
  public var replyTo: String?
  /// Connections open at the same time.
  public var connections: Int
  /// Seconds.
  public var connectTimeout: Int64
  /// Seconds to wait for each answer of the server.
  public var replyTimeout: Int64
  /// Seconds for one message from beginning to end.
  public var totalTimeout: Int64
  /// Asked in this order while the relays before them fail; without backups of their own.
  public var backups: [SMTPSettings] = []

  /// Every relay of the channel, in the order in which they are asked.
  public var relays: [SMTPSettings] { [self] + backups }

  public init(
    host: String,
    port: Int,
    security: Security,
    user: String? = nil,
    password: SecretSource? = nil,
    caFile: String? = nil,
    heloName: String? = nil,
    fromAddress: String,
    fromName: String,
    replyTo: String? = nil,
    connections: Int = 2,
    connectTimeout: Int64 = 30,
    replyTimeout: Int64 = 120,
    totalTimeout: Int64 = 600
  ) {
    self.host = host
    self.port = port
    self.security = security
    self.user = user
    self.password = password
    self.caFile = caFile
    self.heloName = heloName
    self.fromAddress = fromAddress
    self.fromName = fromName
    self.replyTo = replyTo
    self.connections = connections
    self.connectTimeout = connectTimeout
    self.replyTimeout = replyTimeout
    self.totalTimeout = totalTimeout
  }
}
