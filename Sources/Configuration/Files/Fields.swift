internal import Deadlines

/// The keys of one YAML mapping, read with their types; every misfit is reported at its place.
///
/// An absent key and an empty one are both nil.
struct Fields {
  /// What the mapping describes, for messages, as “unit”.
  let what: String
  let place: SourcePlace
  let findings: Findings
  private let entries: [String: YAMLEntry]

  /// Reads the mapping and reports unknown keys; nil when the value is no mapping.
  init?(_ value: YAMLValue, _ what: String, keys: [String], _ findings: Findings) {
    guard case .mapping(let entries, let place) = value else {
      findings.error(
        value.place,
        "\(what) must be keys with values, not \(value.form)",
        remedy: "write “\(keys.first ?? "key"): …” and so on"
      )
      return nil
    }
    self.what = what
    self.place = place
    self.findings = findings
    self.entries = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    for entry in entries where !keys.contains(entry.key) { refuse(entry, known: keys) }
  }

  private static let secretKeys: Set = ["password", "pass", "passwd", "secret", "secrets", "token", "key", "apiKey"]

  private func refuse(_ entry: YAMLEntry, known keys: [String]) {
    let holdsSecret = Self.secretKeys.contains(entry.key) && keys.contains("credential")
    if holdsSecret {
      let file = keys.contains("passwordFile") ? "passwordFile" : "secretFile"
      findings.error(
        entry.place,
        "a secret written into the file (“\(entry.key)”)",
        remedy: "name it by “\(file): …” or “credential: …”, and change the secret, since others may have read it"
      )
    } else {
      findings.error(
        entry.place,
        "unknown key “\(entry.key)” in \(what)",
        remedy: Spelling.advice(
          for: entry.key,
          among: keys,
          otherwise: "known here: \(keys.joined(separator: ", "))"
        )
      )
    }
  }

  /// True when the key is there, whatever its value.
  func has(_ key: String) -> Bool { entries[key] != nil }

  /// Where the key's value stands, or the mapping itself when the key is absent.
  func place(of key: String) -> SourcePlace { entries[key]?.value.place ?? place }

  func value(_ key: String) -> YAMLValue? {
    guard let value = entries[key]?.value, !value.isNull else { return nil }
    return value
  }

  func reportMissing(_ key: String) {
    findings.error(place, "\(what) has no “\(key)”", remedy: "add “\(key): …”")
  }
}

// Texts
extension Fields {
  /// Text of any length with line breaks inside.
  func paragraph(_ key: String) -> YAMLText? { value(key).flatMap { text(of: $0, key) } }

  /// Text on one line.
  func text(_ key: String) -> YAMLText? {
    paragraph(key).map { text in
      if text.string.unicodeScalars.contains(where: Self.endsLine) {
        findings.error(text.place, "a line break inside “\(key)”", remedy: "write it on one line, or after “>-”")
      }
      return text
    }
  }

  /// Scalars, since telling the characters of a title apart takes much longer.
  private static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// Text that must be there; with `isOneLine` false it may run over several lines, as titles copied from a document do.
  func required(_ key: String, isOneLine: Bool = true) -> YAMLText? {
    guard let value = value(key) else {
      reportMissing(key)
      return nil
    }
    guard case .text(let text) = value, text.string.allSatisfy(\.isWhitespace) else {
      return isOneLine ? self.text(key) : paragraph(key)
    }
    findings.error(text.place, "“\(key)” is empty", remedy: "fill it in")
    return nil
  }

  /// One text or a list of texts.
  func texts(_ key: String) -> [YAMLText] {
    guard let value = value(key) else { return [] }
    guard case .list(let values, _) = value else { return text(key).map { [$0] } ?? [] }
    return values.compactMap { element in
      guard let text = text(of: element, key) else { return nil }
      guard !text.string.allSatisfy(\.isWhitespace) else {
        findings.error(text.place, "an empty entry in “\(key)”", remedy: "fill it in, or delete it")
        return nil
      }
      return text
    }
  }

  /// A short name that goes into other names and into addresses of pages.
  ///
  /// An unfit one is reported and still comes back, so that what refers to it is not reported too.
  func identifier(_ key: String = "id") -> YAMLText? {
    guard let text = required(key) else { return nil }
    let isUsable =
      text.string.utf8.count <= 64 && text.string.first.map { $0.isLetter || $0.isNumber } == true
      && text.string.allSatisfy { $0.isLetter || $0.isNumber || "-._".contains($0) }
    if isUsable { return text }
    findings.error(
      text.place,
      "“\(text.string.prefix(80))” cannot be an id",
      remedy: "use letters, digits, “-”, “.” and “_”, at most 64, a letter or digit first"
    )
    return text
  }

  private func text(of value: YAMLValue, _ key: String) -> YAMLText? {
    if case .text(let text) = value { return text }
    findings.error(value.place, "“\(key)” must be text, not \(value.form)", remedy: "write a single text")
    return nil
  }
}

// Lists and mappings
extension Fields {
  func list(_ key: String) -> [YAMLValue] {
    guard let value = value(key) else { return [] }
    if case .list(let values, _) = value { return values }
    findings.error(value.place, "“\(key)” must be a list, not \(value.form)", remedy: "begin each entry with “- ”")
    return []
  }

  func section(_ key: String, keys: [String]) -> Fields? {
    value(key).flatMap { Fields($0, "“\(key)”", keys: keys, findings) }
  }

  /// The entries of a mapping whose keys are free.
  func pairs(_ key: String) -> [YAMLEntry] {
    guard let value = value(key) else { return [] }
    if case .mapping(let entries, _) = value { return entries }
    findings.error(
      value.place,
      "“\(key)” must be keys with values, not \(value.form)",
      remedy: "write “key: value” lines"
    )
    return []
  }
}

// Typed values
extension Fields {
  /// Anything that a text can be turned into; `expected` ends the sentence “… is not …”.
  func parsed<Value>(_ key: String, expected: String, remedy: String, _ parse: (String) -> Value?) -> Value? {
    guard let text = text(key) else { return nil }
    if let value = parse(text.string) { return value }
    findings.error(text.place, "“\(Self.shown(text.string))” is not \(expected)", remedy: remedy)
    return nil
  }

  /// What stands behind a colon and before an “@” may be a password, and is not repeated.
  private static func shown(_ text: String) -> String {
    guard let at = text.lastIndex(of: "@"), text[..<at].contains(":") else { return String(text.prefix(80)) }
    return "…\(text[at...].prefix(79))"
  }

  func flag(_ key: String) -> Bool? {
    parsed(key, expected: "true or false", remedy: "write true or false") { ["true": true, "false": false][$0] }
  }

  func number(_ key: String, in range: ClosedRange<Int>) -> Int? {
    parsed(
      key,
      expected: "a number from \(range.lowerBound) to \(range.upperBound)",
      remedy: "write such a number"
    ) {
      Measures.number($0).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// Seconds.
  func duration(_ key: String) -> Int64? {
    parsed(key, expected: "a length of time", remedy: "write a number with s, m, h or d, as “2m” or “5d”") {
      Measures.seconds($0).flatMap { $0 > 0 ? $0 : nil }
    }
  }

  func time(_ key: String) -> TimeOfDay? {
    parsed(key, expected: "a time of day", remedy: "write it as HH:MM, as “07:30”") { TimeOfDay($0) }
  }

  func date(_ key: String) -> CivilDate? {
    parsed(key, expected: "a day of the calendar", remedy: "write an existing day as YYYY-MM-DD, as “2026-05-13”") {
      CivilDate($0)
    }
  }

  /// A mailbox; an impossible one is reported and still comes back.
  func address(_ key: String) -> String? {
    guard let text = text(key) else { return nil }
    guard let fault = MailAddress.fault(in: text.string) else { return text.string }
    findings.error(
      text.place,
      "“\(text.string.prefix(80))” is no mail address: \(fault)",
      remedy: "write it as name@domain"
    )
    return text.string
  }

  /// One of a few words.
  func choice<Value>(_ key: String, _ words: KeyValuePairs<String, Value>) -> Value? {
    guard let text = text(key) else { return nil }
    if let pair = words.first(where: { $0.key == text.string }) { return pair.value }
    let known = words.map(\.key)
    findings.error(
      text.place,
      "“\(key)” cannot be “\(text.string.prefix(80))”",
      remedy: Spelling.advice(
        for: text.string,
        among: known,
        otherwise: "choose one of \(known.joined(separator: ", "))"
      )
    )
    return nil
  }

  func language() -> Language {
    choice("language", ["vi": .vietnamese, "en": .english]) ?? .vietnamese
  }
}
