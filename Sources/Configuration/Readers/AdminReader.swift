internal import Deadlines

/// Reads the `admin` of `nhachan.yaml`: who looks after the service.
struct AdminReader {
  let usualChannels: [String]
  let findings: Findings

  private static let mailboxKeys = ["address", "unit", "post", "person"]

  /// Nil when the file does not say.
  func read(_ root: Fields) -> Admin? {
    let keys = Self.mailboxKeys + ["name", "channels", "language"]
    guard let fields = root.section("admin", keys: keys), let mailbox = mailbox(fields) else { return nil }
    let channels = fields.texts("channels")
    for channel in channels { findings.refer(to: .channel, channel) }
    var admin = Admin(
      mailbox,
      name: fields.text("name")?.string,
      channels: channels.map(\.string),
      language: fields.has("language") ? fields.language() : nil
    )
    // The directory does not know on which channels such a mailbox is told.
    if case .address = mailbox, admin.channels.isEmpty { admin.channels = usualChannels }
    return admin
  }

  private func mailbox(_ fields: Fields) -> Admin.Mailbox? {
    let given = Self.mailboxKeys.filter { fields.value($0) != nil }
    guard given.count == 1 else {
      findings.error(
        fields.place,
        given.isEmpty ? "“admin” names no mailbox" : "“admin” names more than one mailbox",
        remedy: "write one of \(Self.mailboxKeys.joined(separator: ", "))"
      )
      return nil
    }
    if given == ["address"] { return fields.address("address").map { .address($0) } }
    return reference(fields, "unit", .unit).map { .unit($0) } ?? reference(fields, "post", .post).map { .post($0) }
      ?? reference(fields, "person", .person).map { .person($0) }
  }

  private func reference(_ fields: Fields, _ key: String, _ kind: Reference.Kind) -> String? {
    let text = fields.text(key)
    findings.refer(to: kind, text)
    return text?.string
  }
}
