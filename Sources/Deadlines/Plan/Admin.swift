/// Who looks after the service: told of whatever could not be delivered, and of channels that are held.
public struct Admin: Sendable, Hashable {
  public enum Mailbox: Sendable, Hashable {
    /// A mailbox that the directory does not know.
    case address(String)
    case unit(String)
    case post(String)
    case person(String)
  }

  public var mailbox: Mailbox
  /// As addressed in the letter; nil for the directory's own words.
  public var name: String?
  /// In the order in which they are tried; empty for those of the directory.
  public var channels: [String]
  /// Nil for that of the directory, else Vietnamese.
  public var language: Language?

  public init(_ mailbox: Mailbox, name: String? = nil, channels: [String] = [], language: Language? = nil) {
    self.mailbox = mailbox
    self.name = name
    self.channels = channels
    self.language = language
  }
}

extension Office {
  /// The admin's mailbox: as the policy names it, else Văn phòng's.
  public var admin: Recipient? {
    guard let admin = policy.admin else {
      return directory.recipient(unit: policy.office) ?? directory.recipient(post: policy.office)
    }
    guard var recipient = recipient(admin) else { return nil }
    recipient.name = admin.name ?? recipient.name
    recipient.language = admin.language ?? recipient.language
    if !admin.channels.isEmpty { recipient.channels = admin.channels }
    return recipient
  }

  private func recipient(_ admin: Admin) -> Recipient? {
    switch admin.mailbox {
    case .unit(let id): directory.recipient(unit: id)
    case .post(let id): directory.recipient(post: id)
    case .person(let id): directory.person(id).map { Recipient($0) }
    case .address(let address):
      Recipient(
        address: address.lowercased(),
        name: admin.language == .english ? "The reminder service's administrator" : "Quản trị hệ thống nhắc việc",
        unit: nil,
        language: admin.language ?? .vietnamese,
        channels: admin.channels
      )
    }
  }
}

extension Recipient {
  fileprivate init(_ person: Person) {
    self.init(
      address: person.address,
      name: "Đồng chí \(person.name)",
      unit: nil,
      language: person.language,
      channels: person.channels
    )
  }
}
