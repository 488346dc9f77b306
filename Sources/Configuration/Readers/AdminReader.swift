internal import Deadlines

/// Reads the `admin` of `nhachan.yaml`: who looks after the service.
struct AdminReader {
  let usualChannels: [String]
  let findings: Findings

  private static let mailboxKeys = ["address", "unit", "post", "person"]

  /// Nil when the file does not say.
  func read(_ root: Fields) -> Admin? {
    let keys = Self.mailboxKeys + ["name", "channels", "language"]
    guard let fields = root.section("admin", keys: keys) else { return nil }
    let mailbox = mailbox(fields)
    let channels = fields.texts("channels")
    for channel in channels { findings.refer(to: .channel, channel) }
    let (name, language) = (fields.text("name")?.string, fields.has("language") ? fields.language() : nil)
    guard let mailbox else { return nil }
    var admin = Admin(mailbox, name: name, channels: channels.map(\.string), language: language)
    // The directory does not know on which channels such a mailbox is told.
    if case .address = mailbox, admin.channels.isEmpty { admin.channels = usualChannels }
    return admin
  }

  private func mailbox(_ fields: Fields) -> Admin.Mailbox? {
    let given = Self.mailboxKeys.filter { fields.value($0) != nil }
    // All of them are looked at, so that a mistake in one shows at once however many there are.
    let mailboxes = [
      fields.address("address").map(Admin.Mailbox.address), reference(fields, "unit", .unit).map(Admin.Mailbox.unit),
      reference(fields, "post", .post).map(Admin.Mailbox.post),
      reference(fields, "person", .person).map(Admin.Mailbox.person),
    ].compactMap(\.self)
    guard given.count == 1 else {
      findings.error(
        fields.place,
        given.isEmpty ? "“admin” names no mailbox" : "“admin” names more than one mailbox",
        remedy: "write one of \(Self.mailboxKeys.joined(separator: ", "))"
      )
      return nil
    }
    return mailboxes.first
  }

  private func reference(_ fields: Fields, _ key: String, _ kind: Reference.Kind) -> String? {
    let text = fields.text(key)
    findings.refer(to: kind, text)
    return text?.string
  }
}
