public import Configuration
internal import Deadlines
public import Delivery
public import Messages

/// Settings → ways out.
public enum Channels {
  /// One channel per entry of the settings, secrets read from their files now.
  ///
  /// - Throws: `ConfigurationError` naming every secret that cannot be read.
  public static func make(_ configuration: LoadedConfiguration) throws -> [Channel] {
    var problems: [Problem] = []
    let channels = configuration.settings.channels.compactMap { settings -> Channel? in
      do {
        return try make(settings, configuration)
      } catch {
        problems.append(
          Problem(
            settings.place,
            .error,
            "channel “\(settings.name)”: \(error)",
            remedy: "secrets are read when the service starts and when it reloads"
          )
        )
        return nil
      }
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    return channels
  }

  private static func make(_ settings: ChannelSettings, _ configuration: LoadedConfiguration) throws -> Channel {
    var channel =
      switch settings.kind {
      case .smtp(let smtp): try mail(settings, smtp, configuration)
      case .webhook(let webhook): try Self.webhook(settings, webhook, configuration)
      }
    channel.fallback = settings.fallback
    return channel
  }

  /// The same ways out with the letterhead of another configuration.
  static func readdressed(_ channels: [Channel], _ configuration: LoadedConfiguration) -> [Channel] {
    channels.map { channel in
      var channel = channel
      channel.letterhead = letterhead(of: channel.name, configuration)
      return channel
    }
  }

  /// A channel with another transport, for looking ahead: no secret is read.
  public static func withoutSecrets(
    _ settings: ChannelSettings,
    _ configuration: LoadedConfiguration,
    transport: any Transport
  ) -> Channel {
    var channel =
      switch settings.kind {
      case .smtp(let smtp):
        Channel(
          name: settings.name,
          form: .mail,
          transport: transport,
          letterhead: letterhead(configuration, from: smtp.fromAddress, name: smtp.fromName, replyTo: smtp.replyTo),
          width: smtp.connections
        )
      case .webhook(let webhook):
        Channel(
          name: settings.name,
          form: .webhook(Endpoint(url: "", body: webhook.form)),
          transport: transport,
          letterhead: letterhead(configuration, from: mailDomainSender(configuration), name: "", replyTo: nil),
          width: webhook.connections
        )
      }
    channel.fallback = settings.fallback
    return channel
  }

  private static func mail(
    _ settings: ChannelSettings,
    _ smtp: SMTPSettings,
    _ configuration: LoadedConfiguration
  ) throws -> Channel {
    let relays = try smtp.relays.map(relay)
    var channel = Channel(
      name: settings.name,
      form: .mail,
      transport: relays.count == 1 ? SMTPTransport(relay: relays[0]) : RelayChain(relays: relays),
      letterhead: letterhead(configuration, from: smtp.fromAddress, name: smtp.fromName, replyTo: smtp.replyTo),
      width: relays.map(\.connections).max() ?? smtp.connections,
      perMinute: settings.perMinute
    )
    channel.spare = channel.width
    channel.lease = 4 * (smtp.relays.map(\.totalTimeout).max() ?? smtp.totalTimeout) + 60
    return channel
  }

  /// The relay by its settings, its password read now.
  public static func relay(_ smtp: SMTPSettings) throws -> SMTPRelay {
    let security: SMTPRelay.Security =
      switch smtp.security {
      case .tls: .tls
      case .starttls: .startTLS
      case .plain: .plain
      }
    var relay = SMTPRelay(host: smtp.host, port: smtp.port, security: security)
    relay.user = smtp.user
    relay.password = try smtp.password.map { Secret(try $0.read()) }
    relay.caFile = smtp.caFile
    relay.heloName = smtp.heloName
    relay.connections = smtp.connections
    relay.timeouts.connect = Double(smtp.connectTimeout)
    relay.timeouts.reply = Double(smtp.replyTimeout)
    relay.timeouts.total = Double(smtp.totalTimeout)
    return relay
  }

  private static func webhook(
    _ settings: ChannelSettings,
    _ webhook: WebhookSettings,
    _ configuration: LoadedConfiguration
  ) throws -> Channel {
    let endpoint = Endpoint(
      url: try webhook.url(),
      keys: try webhook.secrets.map(key),
      headers: try webhook.headerLines(),
      body: webhook.form
    )
    let limits = limits(webhook, url: endpoint.url)
    var channel = Channel(
      name: settings.name,
      form: .webhook(endpoint),
      transport: WebhookTransport(limits: limits),
      letterhead: letterhead(configuration, from: mailDomainSender(configuration), name: "", replyTo: nil),
      width: webhook.connections,
      perMinute: settings.perMinute
    )
    channel.lease = 4 * Int64(limits.total) + 60
    return channel
  }

  /// What the webhook's calls may reach, and their time limits.
  static func limits(_ webhook: WebhookSettings, url: String) -> WebhookLimits {
    var limits = WebhookLimits()
    limits.connectionsPerHost = webhook.connections
    limits.total = Double(webhook.timeout)
    limits.allowPrivateAddresses = webhook.allowPrivateAddresses
    limits.caFile = webhook.caFile
    limits.allowPlainHTTP = url.hasPrefix("http://")
    return limits
  }

  /// A signing key, read now.
  static func key(_ source: SecretSource) throws -> WebhookKey {
    guard let key = WebhookKey(try source.read()) else {
      throw UnusableSecret("the webhook secret is not base64 of 24 to 64 bytes (whsec_…)")
    }
    return key
  }

  /// The letterhead of a channel by name; of the first one when it is no longer configured.
  public static func letterhead(of channel: String, _ configuration: LoadedConfiguration) -> Letterhead {
    let all = configuration.settings.channels
    for settings in all.filter({ $0.name == channel }) + all {
      return withoutSecrets(settings, configuration, transport: SilentTransport()).letterhead
    }
    return letterhead(configuration, from: mailDomainSender(configuration), name: "", replyTo: nil)
  }

  private static func letterhead(
    _ configuration: LoadedConfiguration,
    from address: String,
    name: String,
    replyTo: String?
  ) -> Letterhead {
    let office = configuration.office
    var letterhead = Letterhead(
      officeName: office.name,
      contact: office.contact,
      zone: office.zone,
      fromAddress: address,
      fromName: name.isEmpty ? office.name : name,
      url: configuration.settings.portalURL,
      replyTo: replyTo
    )
    letterhead.digestAheadDays = office.policy.digestAheadDays
    return letterhead
  }

  private static func mailDomainSender(_ configuration: LoadedConfiguration) -> String {
    "nhachan@" + domain(configuration)
  }

  /// The right side of Message-IDs: the domain of the first mail channel's sender, else the office's id.
  public static func domain(_ configuration: LoadedConfiguration) -> String {
    for channel in configuration.settings.channels {
      if case .smtp(let smtp) = channel.kind, let at = smtp.fromAddress.lastIndex(of: "@") {
        return String(smtp.fromAddress[smtp.fromAddress.index(after: at)...])
      }
    }
    return "\(configuration.office.id).invalid"
  }
}
