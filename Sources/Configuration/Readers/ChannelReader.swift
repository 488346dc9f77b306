internal import Deadlines

/// Reads the `channels` of `nhachan.yaml`.
struct ChannelReader {
  let directory: String
  let officeName: String
  let findings: Findings

  private static let commonKeys = [
    "name", "kind", "credential", "caFile", "connections", "perMinute", "fitForSecrets", "fallback",
  ]
  private static let relayKeys = [
    "host", "port", "security", "user", "credential", "passwordFile", "caFile", "heloName", "connections", "timeouts",
  ]
  private static let smtpKeys =
    commonKeys + relayKeys.filter { !commonKeys.contains($0) } + ["from", "replyTo", "backup"]
  private static let webhookKeys =
    commonKeys + [
      "url", "urlFile", "urlCredential", "secretFile", "headers", "template", "ntfy", "zaloZNS",
      "allowPrivateAddresses",
      "allowPlainHTTP", "timeout",
    ]

  private enum KindName {
    case smtp
    case webhook
  }

  /// The channels, and the names of all that were described, with or without mistakes.
  func read(_ root: Fields) -> (channels: [ChannelSettings], names: [String]) {
    let values = root.list("channels")
    if values.isEmpty {
      findings.error(
        root.place(of: "channels"),
        "no channel: nothing could ever be sent",
        remedy: "describe one under “channels:”"
      )
    }
    var unique = UniqueNames("channel", findings)
    var fallbacks = FallbackChecks()
    let channels = values.compactMap { channel($0, &unique, &fallbacks) }
    fallbacks.report(findings)
    return (channels, unique.names)
  }

  private func channel(
    _ value: YAMLValue,
    _ unique: inout UniqueNames,
    _ fallbacks: inout FallbackChecks
  ) -> ChannelSettings? {
    let kind = kindName(of: value)
    let keys = kind.map { $0 == .smtp ? Self.smtpKeys : Self.webhookKeys } ?? Self.smtpKeys + Self.webhookKeys
    guard let fields = Fields(value, "a channel", keys: keys, findings) else { return nil }
    let name = fields.identifier("name")
    unique.add(name)
    guard let kind else { return nil }
    let settings = kind == .smtp ? smtp(fields) : webhook(fields)
    guard let name else { return nil }
    let fallback = fields.text("fallback")
    findings.refer(to: .channel, fallback)
    let isFit = fields.flag("fitForSecrets") ?? false
    fallbacks.add(name.string, fallback, isFitForSecrets: isFit)
    return ChannelSettings(
      name: name.string,
      kind: settings,
      perMinute: fields.number("perMinute", in: 1...6000),
      isFitForSecrets: isFit,
      fallback: fallback?.string,
      place: fields.place
    )
  }

  /// Looked up first, because the kind decides which keys there are.
  private func kindName(of value: YAMLValue) -> KindName? {
    guard case .mapping(let entries, let place) = value else { return nil }
    let kind = YAMLValue.mapping(entries.filter { $0.key == "kind" }, place)
    guard let fields = Fields(kind, "a channel", keys: ["kind"], findings), fields.required("kind") != nil else {
      return nil
    }
    return fields.choice("kind", ["smtp": .smtp, "webhook": .webhook])
  }
}

// Mail
extension ChannelReader {
  private func smtp(_ fields: Fields) -> ChannelSettings.Kind {
    let from = sender(fields)
    var settings = SMTPSettings(
      host: "",
      port: 0,
      security: .starttls,
      fromAddress: from?.address ?? "",
      fromName: from?.name ?? "",
      replyTo: fields.address("replyTo")
    )
    readRelay(fields, into: &settings)
    settings.backups = backups(fields, of: settings)
    return .smtp(settings)
  }

  /// How to reach one relay; `settings` brings what is taken over when it is not said.
  ///
  /// Never taken over are security, login and authorities: each was meant for one host, and another must not get them
  /// by omission.
  private func readRelay(_ fields: Fields, into settings: inout SMTPSettings) {
    let host = host(fields)
    settings.host = host ?? ""
    settings.security = security(fields)
    settings.port = fields.number("port", in: 1...65_535) ?? Self.usualPort(settings.security)
    warnIfPlain(settings.security, host, fields)
    (settings.user, settings.password) = login(fields)
    settings.caFile = fields.text("caFile").map { path($0.string) }
    settings.heloName = hostName(fields, "heloName") ?? settings.heloName
    settings.connections = fields.number("connections", in: 1...64) ?? settings.connections
    readTimeouts(fields, into: &settings)
  }

  private func backups(_ fields: Fields, of primary: SMTPSettings) -> [SMTPSettings] {
    var known = [place(of: primary)]
    return fields.list("backup").compactMap { value in
      guard let fields = Fields(value, "a backup relay", keys: Self.relayKeys, findings) else { return nil }
      var relay = primary
      readRelay(fields, into: &relay)
      if !relay.host.isEmpty, known.contains(place(of: relay)) {
        findings.error(
          fields.place(of: "host"),
          "the relay \(place(of: relay)) is named twice in this channel",
          remedy: "name another one, or delete this entry"
        )
      }
      known.append(place(of: relay))
      warnIfWithoutLogin(relay, primary, fields)
      return relay
    }
  }

  private func place(of relay: SMTPSettings) -> String { "\(relay.host.lowercased()):\(relay.port)" }

  /// A forgotten login would show only on the day the backup is needed.
  private func warnIfWithoutLogin(_ relay: SMTPSettings, _ primary: SMTPSettings, _ fields: Fields) {
    let mayForget = primary.user != nil && !fields.has("user") && !relay.host.isEmpty
    guard mayForget, !HostName.isLoopback(relay.host) else { return }
    findings.warning(
      fields.place,
      "the backup \(relay.host) is used without a login, unlike the channel’s first relay",
      remedy: "write “user” and “credential” or “passwordFile” for it too; they are never taken over from another host"
    )
  }

  private func host(_ fields: Fields) -> String? {
    fields.required("host") == nil ? nil : hostName(fields, "host")
  }

  private func hostName(_ fields: Fields, _ key: String) -> String? {
    fields.parsed(key, expected: "a host name or address", remedy: "write it as “mail.tinh.gov.vn” or “127.0.0.1”") {
      HostName.isValid($0) || HostName.isLoopback($0) ? $0 : nil
    }
  }

  /// TLS of one or the other form unless the file says “plain”: never clear text by omission.
  private func security(_ fields: Fields) -> SMTPSettings.Security {
    fields.choice("security", ["tls": .tls, "starttls": .starttls, "plain": .plain])
      ?? (fields.text("port")?.string == "465" ? .tls : .starttls)
  }

  private static func usualPort(_ security: SMTPSettings.Security) -> Int {
    switch security {
    case .tls: 465
    case .starttls: 587
    case .plain: 25
    }
  }

  private func warnIfPlain(_ security: SMTPSettings.Security, _ host: String?, _ fields: Fields) {
    guard security == .plain, let host, !HostName.isLoopback(host) else { return }
    findings.warning(
      fields.place(of: "security"),
      "mail to \(host) goes over the network in clear text",
      remedy: "use “security: starttls” or “tls” if the relay knows it"
    )
  }

  private func sender(_ fields: Fields) -> (address: String, name: String)? {
    guard let from = fields.section("from", keys: ["name", "address"]) else {
      if fields.value("from") == nil { fields.reportMissing("from") }
      return nil
    }
    guard from.required("address") != nil, let address = from.address("address") else { return nil }
    return (address, from.text("name")?.string ?? officeName)
  }

  private func login(_ fields: Fields) -> (user: String?, password: SecretSource?) {
    let user = fields.text("user")
    let sources = secrets(fields, file: "passwordFile")
    if sources.count > 1 {
      findings.error(
        fields.place,
        "more than one source of the password",
        remedy: "keep either “credential” or “passwordFile”"
      )
    }
    if let user, sources.isEmpty {
      findings.error(
        user.place,
        "a user without a password",
        remedy: "add “credential: …” or “passwordFile: …”, or delete “user”"
      )
    }
    if user == nil, !sources.isEmpty {
      findings.error(
        fields.place(of: fields.has("credential") ? "credential" : "passwordFile"),
        "a password without a user",
        remedy: "add “user: …”"
      )
    }
    return (user?.string, sources.first)
  }

  private func readTimeouts(_ fields: Fields, into settings: inout SMTPSettings) {
    guard let timeouts = fields.section("timeouts", keys: ["connect", "reply", "total"]) else { return }
    settings.connectTimeout = timeouts.duration("connect") ?? settings.connectTimeout
    settings.replyTimeout = timeouts.duration("reply") ?? settings.replyTimeout
    settings.totalTimeout = timeouts.duration("total") ?? settings.totalTimeout
  }
}

// Secrets
extension ChannelReader {
  /// The secrets that a section names, files first.
  func secrets(_ fields: Fields, file: String, credential: String = "credential") -> [SecretSource] {
    let files = fields.texts(file).map { self.file($0, file) }
    let credentials = fields.texts(credential).compactMap { name -> SecretSource? in
      if !name.string.contains("/"), !name.string.hasPrefix("."), name.string.utf8.count <= 255 {
        return .credential(name.string, SecretSource.Entry(key: credential, place: name.place))
      }
      findings.error(
        name.place,
        "“\(name.string.prefix(80))” is no name of a credential",
        remedy: "write the name alone, as in LoadCredential=; a path belongs to “\(file)”"
      )
      return nil
    }
    return files + credentials
  }

  private func file(_ text: YAMLText, _ key: String) -> SecretSource {
    if text.string.contains("://") {
      findings.error(
        text.place,
        "a secret written into the file (“\(key)”): an address where the name of its file belongs",
        remedy: "write the address into a file and name that, and have it replaced, since others may have read it"
      )
    }
    return text.string.hasPrefix("/")
      ? .file(text.string)
      : .fileBeside(folder: directory, name: text.string, SecretSource.Entry(key: key, place: text.place))
  }

  /// A path in the file counts from the configuration folder.
  func path(_ text: String) -> String { text.hasPrefix("/") ? text : "\(directory)/\(text)" }
}
