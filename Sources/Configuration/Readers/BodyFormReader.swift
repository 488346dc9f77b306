internal import Deadlines
internal import Messages

// The form of a webhook's messages.
extension ChannelReader {
  private enum FormName {
    case generic, slack, mattermost, teams, ntfy, zaloZNS
  }

  /// Nil when it was described with a mistake.
  func bodyForm(_ fields: Fields) -> BodyForm? {
    if case .mapping? = fields.value("template") { return ownForm(fields) }
    let name = fields.choice(
      "template",
      [
        "generic": FormName.generic, "slack": .slack, "mattermost": .mattermost, "teams": .teams, "ntfy": .ntfy,
        "zalo-zns": .zaloZNS,
      ]
    )
    if name == nil, fields.value("template") != nil { return nil }
    refuseSettings(of: ["ntfy": .ntfy, "zaloZNS": .zaloZNS], but: name ?? .generic, fields)
    switch name ?? .generic {
    case .generic: return .generic
    case .slack: return .slack
    case .mattermost: return .mattermost
    case .teams: return .teams
    case .ntfy: return ntfy(fields)
    case .zaloZNS: return zalo(fields)
    }
  }

  private func refuseSettings(of forms: KeyValuePairs<String, FormName>, but chosen: FormName?, _ fields: Fields) {
    for (key, form) in forms where form != chosen && fields.has(key) {
      findings.error(
        fields.place(of: key),
        "“\(key)” belongs to another template",
        remedy: "delete it, or choose the template “\(form == .ntfy ? "ntfy" : "zalo-zns")”"
      )
    }
  }

  // MARK: The admin's own

  private func ownForm(_ fields: Fields) -> BodyForm? {
    refuseSettings(of: ["ntfy": .ntfy, "zaloZNS": .zaloZNS], but: nil, fields)
    guard let own = fields.section("template", keys: ["file", "contentType"]) else { return nil }
    // Each is read whatever is wrong with the other, so that all mistakes are said at once.
    let (source, contentType) = (templateSource(own), contentType(own))
    guard let source, areTagsSound(source), let contentType else { return nil }
    return template(source, contentType)
  }

  private func templateSource(_ own: Fields) -> SourceText? {
    guard let file = own.required("file") else { return nil }
    guard isInTemplates(file.string) else {
      findings.error(
        file.place,
        "“\(file.string.prefix(80))” is no template of this folder",
        remedy: "put it into “templates” and write its name as “templates/….mustache”"
      )
      return nil
    }
    return SourceText.read(file.string, in: directory, findings)
  }

  private func isInTemplates(_ file: String) -> Bool {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count >= 2 && parts[0] == "templates" && file.hasSuffix(".mustache")
      && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") }
  }

  private func contentType(_ own: Fields) -> String? {
    guard own.value("contentType") != nil else { return "application/json" }
    return own.parsed("contentType", expected: "a media type", remedy: "write it as “application/json”") {
      HeaderText.isValid($0) && $0.split(separator: "/").count == 2 ? $0 : nil
    }
  }

  private func areTagsSound(_ source: SourceText) -> Bool {
    let faults = BodyTemplate.faults(in: source.text)
    for fault in faults { report(fault, in: source) }
    return faults.isEmpty
  }

  private func template(_ source: SourceText, _ contentType: String) -> BodyForm? {
    do throws(BodyTemplate.Fault) {
      return .custom(try BodyTemplate(source.text, contentType: contentType))
    } catch {
      report(error, in: source)
      return nil
    }
  }

  private func report(_ fault: BodyTemplate.Fault, in source: SourceText) {
    let place = SourcePlace(file: source.file, line: fault.line, column: fault.column)
    findings.error(place, fault.message, remedy: fault.remedy)
  }

  // MARK: ntfy

  private func ntfy(_ fields: Fields) -> BodyForm? {
    guard let ntfy = fields.section("ntfy", keys: ["topic", "priorities", "tags"]) else {
      if fields.value("ntfy") == nil { fields.reportMissing("ntfy") }
      return nil
    }
    guard ntfy.required("topic") != nil else { return nil }
    // > ^[-_A-Za-z0-9]{1,64}$ (docs.ntfy.sh/publish).
    let topic = ntfy.parsed(
      "topic",
      expected: "a topic of ntfy",
      remedy: "use letters, digits, “-” and “_”, at most 64"
    ) {
      let isUsable = $0.utf8.allSatisfy { HeaderText.isWordByte($0) } && (1...64).contains($0.utf8.count)
      return isUsable ? $0 : nil
    }
    guard let topic else { return nil }
    return .ntfy(NtfyForm(topic: topic, priorities: priorities(ntfy), tags: ntfy.texts("tags").map(\.string)))
  }

  private func priorities(_ ntfy: Fields) -> [NoticeKind: Int] {
    let names = NoticeKind.allCases.map(\.rawValue)
    guard let section = ntfy.section("priorities", keys: names) else { return [:] }
    return NoticeKind.allCases.reduce(into: [:]) { priorities, kind in
      if let number = section.number(kind.rawValue, in: 1...5) { priorities[kind] = number }
    }
  }

  // MARK: Zalo

  private func zalo(_ fields: Fields) -> BodyForm? {
    guard let zalo = fields.section("zaloZNS", keys: ["templateID", "parameters", "phones"]) else {
      if fields.value("zaloZNS") == nil { fields.reportMissing("zaloZNS") }
      return nil
    }
    for key in ["parameters", "phones"] where zalo.value(key) == nil { zalo.reportMissing(key) }
    let id = zalo.required("templateID")
    let parameters = zalo.pairs("parameters").compactMap(parameter)
    let phones = zalo.pairs("phones").compactMap(phone)
    guard let id else { return nil }
    return .zalo(
      ZaloForm(templateID: id.string, parameters: parameters, phones: Dictionary(phones) { first, _ in first })
    )
  }

  private func parameter(_ entry: YAMLEntry) -> ZaloForm.Parameter? {
    guard entry.key.utf8.allSatisfy({ HeaderText.isWordByte($0) }), entry.key.utf8.count <= 60 else {
      findings.error(
        entry.place,
        "“\(entry.key.prefix(80))” is no parameter of a Zalo template",
        remedy: "write it as in the template, without < and >"
      )
      return nil
    }
    let what = "the parameter “\(entry.key)”"
    guard let fields = Fields(entry.value, what, keys: ["value", "longest"], findings), fields.required("value") != nil
    else { return nil }
    guard let fact = fact(fields) else { return nil }
    return ZaloForm.Parameter(name: entry.key, fact: fact, longest: fields.number("longest", in: 1...400) ?? 30)
  }

  private func fact(_ fields: Fields) -> String? {
    fields.parsed(
      "value",
      expected: "a value of a message",
      remedy: "choose one of \(ZaloForm.facts.joined(separator: ", "))"
    ) {
      ZaloForm.facts.contains($0) ? $0 : nil
    }
  }

  /// > 84…, without a plus (developers.zalo.me).
  private func phone(_ entry: YAMLEntry) -> (String, String)? {
    if let fault = MailAddress.fault(in: entry.key) {
      findings.error(
        entry.place,
        "“\(entry.key.prefix(80))” is no mail address: \(fault)",
        remedy: "write the mailbox of directory.yaml, then the number"
      )
      return nil
    }
    guard case .text(let text) = entry.value, let number = Self.number(text.string) else {
      findings.error(
        entry.value.place,
        "no telephone number",
        remedy: "write it in quotes with the country's code, as “84912345678”"
      )
      return nil
    }
    return (entry.key, number)
  }

  /// As written in Viet Nam or from abroad; nine digits of a mobile, or ten of a desk.
  private static func number(_ text: String) -> String? {
    let written = text.filter { !" .-".contains($0) }
    guard let prefix = ["+84", "0084", "84", "0"].first(where: written.hasPrefix) else { return nil }
    let own = written.dropFirst(prefix.count)
    let isNumber = own.utf8.allSatisfy { (48...57).contains($0) } && (9...10).contains(own.utf8.count)
    return isNumber && own.first != "0" ? "84" + own : nil
  }
}
