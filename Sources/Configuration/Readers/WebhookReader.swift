internal import Deadlines
internal import Messages

// Webhooks
extension ChannelReader {
  func webhook(_ fields: Fields) -> ChannelSettings.Kind {
    let form = bodyForm(fields)
    let address = address(fields, form)
    let secrets = secrets(fields, file: "secretFile")
    if secrets.isEmpty, form?.wantsSignature == true {
      findings.error(
        fields.place,
        "a webhook without a signing key",
        remedy: "add “credential: …” or “secretFile: …”, or name the receiver's form by “template: …”"
      )
    }
    return .webhook(
      WebhookSettings(
        address: address ?? .written(""),
        secrets: secrets,
        form: form ?? .generic,
        headers: headers(fields),
        allowPrivateAddresses: fields.flag("allowPrivateAddresses") ?? false,
        allowPlainHTTP: fields.flag("allowPlainHTTP") ?? false,
        caFile: fields.text("caFile").map { path($0.string) },
        connections: fields.number("connections", in: 1...64) ?? 2,
        timeout: fields.duration("timeout") ?? 30
      )
    )
  }

  private func address(_ fields: Fields, _ form: BodyForm?) -> WebhookSettings.Address? {
    let sources = secrets(fields, file: "urlFile", credential: "urlCredential")
    let isWritten = fields.value("url") != nil
    guard sources.count + (isWritten ? 1 : 0) == 1, let source = sources.first else {
      if !sources.isEmpty {
        findings.error(
          fields.place,
          "more than one address",
          remedy: "keep one of “url”, “urlFile” and “urlCredential”"
        )
      }
      return sources.isEmpty ? url(fields, form).map { .written($0) } : nil
    }
    if case .ntfy? = form { checkNtfy(source, fields) }
    return .secret(source)
  }

  /// What can be seen of an address in a file: who checks may not read it, and the service says it then at its start.
  private func checkNtfy(_ source: SecretSource, _ fields: Fields) {
    guard let text = try? source.read(), let address = try? WebAddress(text), !address.isRoot else { return }
    reportPath(fields.place(of: fields.has("urlFile") ? "urlFile" : "urlCredential"))
  }

  private func reportPath(_ place: SourcePlace) {
    findings.error(
      place,
      "the address of ntfy has a path",
      remedy: "end it after the host, and name the topic by “topic” under “ntfy”"
    )
  }

  private func url(_ fields: Fields, _ form: BodyForm?) -> String? {
    guard let text = fields.required("url") else { return nil }
    do throws(WebAddress.Fault) {
      let address = try WebAddress(text.string)
      if !address.isEncrypted && !address.isLoopback { reportPlainHTTP(text.place, fields) }
      if let form { check(address, fits: form, text.place) }
      return address.text
    } catch {
      findings.error(text.place, "the webhook's address has \(error.rawValue)", remedy: "write it as “https://host/…”")
      return nil
    }
  }

  private func check(_ address: WebAddress, fits form: BodyForm, _ place: SourcePlace) {
    switch form {
    case .slack, .mattermost, .teams:
      if address.hasMoreThanHost { warnOfSecret(place) }
    case .ntfy:
      if !address.isRoot { reportPath(place) }
      // > /mytopic?auth=… (docs.ntfy.sh/publish, “Query param”): the header in base64.
      let names = address.query.split(separator: "&").map { $0.prefix { $0 != "=" }.lowercased() }
      if names.contains(where: ["auth", "authorization"].contains) { warnOfSecret(place) }
    case .generic, .zalo, .custom: break
    }
  }

  private func warnOfSecret(_ place: SourcePlace) {
    findings.warning(
      place,
      "a secret written into the file (“url”): who knows this address can post there",
      remedy: "name it by “urlFile: …” or “urlCredential: …”, and have it replaced, since others may have read it"
    )
  }

  private func reportPlainHTTP(_ place: SourcePlace, _ fields: Fields) {
    let message = "messages would go over plain HTTP"
    if fields.flag("allowPlainHTTP") == true {
      findings.warning(place, message, remedy: "use “https://” as soon as the receiver knows it")
    } else {
      findings.error(place, message, remedy: "use “https://”, or accept it with “allowPlainHTTP: true”")
    }
  }
}

// Headers
extension ChannelReader {
  private func headers(_ fields: Fields) -> [WebhookSettings.Header] {
    var seen: Set<String> = []
    return fields.pairs("headers").compactMap { entry in
      guard isUsable(entry) else { return nil }
      guard seen.insert(entry.key.lowercased()).inserted else {
        findings.error(entry.place, "the header “\(entry.key)” twice", remedy: "keep one of the two")
        return nil
      }
      return header(entry)
    }
  }

  private func isUsable(_ entry: YAMLEntry) -> Bool {
    if !HeaderText.isName(entry.key) {
      findings.error(
        entry.place,
        "“\(entry.key.prefix(80))” is no name of a header",
        remedy: "use letters, digits and hyphens"
      )
    } else if HeaderText.isOurs(entry.key) {
      findings.error(entry.place, "“\(entry.key)” is set by nhachan", remedy: "delete the line")
    } else {
      return true
    }
    return false
  }

  private func header(_ entry: YAMLEntry) -> WebhookSettings.Header? {
    guard case .mapping = entry.value else { return writtenHeader(entry) }
    let keys = ["prefix", "file", "credential"]
    guard let fields = Fields(entry.value, "the header “\(entry.key)”", keys: keys, findings) else { return nil }
    let sources = secrets(fields, file: "file")
    guard sources.count == 1, let source = sources.first else {
      findings.error(
        fields.place,
        "the header “\(entry.key)” has \(sources.isEmpty ? "no value" : "more than one value")",
        remedy: "name one by “file: …” or “credential: …”"
      )
      return nil
    }
    return WebhookSettings.Header(name: entry.key, prefix: headerPrefix(fields), value: .secret(source))
  }

  /// What stands before a secret, with the blank that separates them.
  private func headerPrefix(_ fields: Fields) -> String {
    let word = fields.parsed("prefix", expected: "text of a header", remedy: "write a word, as “Bearer”") {
      HeaderText.isValid($0) ? $0 : nil
    }
    return word.map { $0 + " " } ?? ""
  }

  private func writtenHeader(_ entry: YAMLEntry) -> WebhookSettings.Header? {
    guard case .text(let text) = entry.value, HeaderText.isValid(text.string), !text.string.isEmpty else {
      findings.error(
        entry.value.place,
        "the header “\(entry.key)” has no usable value",
        remedy: "write printable ASCII on one line, or “{file: …}” or “{credential: …}”"
      )
      return nil
    }
    guard !HeaderText.carriesSecret(entry.key) else {
      findings.error(
        text.place,
        "a secret written into the file (“\(entry.key)”)",
        remedy: "name it by “{file: …}” or “{credential: …}”, and change the secret, since others may have read it"
      )
      return nil
    }
    return WebhookSettings.Header(name: entry.key, value: .written(text.string))
  }
}
