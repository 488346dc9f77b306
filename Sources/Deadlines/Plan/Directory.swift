/// The language a recipient reads.
public enum Language: String, Sendable, Hashable, Codable, CaseIterable {
  case vietnamese = "vi"
  case english = "en"
}

/// A unit of the office.
public struct Unit: Sendable, Hashable {
  public var id: String
  public var name: String
  public var aliases: [String]
  /// The unit's own mailbox.
  public var address: String?
  /// The post that heads it.
  public var head: String?
  /// The post above the head.
  public var superior: String?
  /// The vice-chair in charge of the unit's field, if one is.
  public var viceChair: String?
  public var language: Language
  /// Names of the channels it is told on.
  public var channels: [String]
  public var place: SourcePlace

  public init(
    id: String,
    name: String,
    aliases: [String] = [],
    address: String?,
    head: String? = nil,
    superior: String? = nil,
    viceChair: String? = nil,
    language: Language = .vietnamese,
    channels: [String] = ["mail"],
    place: SourcePlace = SourcePlace(file: "")
  ) {
    self.id = id
    self.name = name
    self.aliases = aliases
    self.address = address
    self.head = head
    self.superior = superior
    self.viceChair = viceChair
    self.language = language
    self.channels = channels
    self.place = place
  }
}

/// A list of units under one name, as “các cơ quan, tổ chức, đơn vị”.
public struct UnitGroup: Sendable, Hashable {
  public var id: String
  public var name: String
  public var aliases: [String]
  public var members: [String]
  /// True when the document names the heads (“thủ trưởng các đơn vị”): mail goes to the head, not the unit's mailbox.
  public var meansHeads: Bool

  public init(id: String, name: String, aliases: [String] = [], members: [String], meansHeads: Bool = false) {
    self.id = id
    self.name = name
    self.aliases = aliases
    self.members = members
    self.meansHeads = meansHeads
  }
}

/// An office that a person holds: chair, head of a unit.
public struct Post: Sendable, Hashable {
  public var id: String
  /// “Chủ tịch UBND xã”.
  public var title: String
  /// Who holds it; nil when the post has a mailbox of its own or is vacant.
  public var holder: String?
  /// The post's own mailbox.
  public var address: String?
  /// The post that stands in.
  public var deputy: String?
  /// The post above; nil only at the top.
  public var superior: String?
  public var language: Language
  public var channels: [String]
  public var place: SourcePlace

  public init(
    id: String,
    title: String,
    holder: String? = nil,
    address: String? = nil,
    deputy: String? = nil,
    superior: String? = nil,
    language: Language = .vietnamese,
    channels: [String] = ["mail"],
    place: SourcePlace = SourcePlace(file: "")
  ) {
    self.id = id
    self.title = title
    self.holder = holder
    self.address = address
    self.deputy = deputy
    self.superior = superior
    self.language = language
    self.channels = channels
    self.place = place
  }
}

public struct Person: Sendable, Hashable {
  public var id: String
  public var name: String
  public var address: String
  public var language: Language
  public var channels: [String]

  public init(
    id: String,
    name: String,
    address: String,
    language: Language = .vietnamese,
    channels: [String] = ["mail"]
  ) {
    self.id = id
    self.name = name
    self.address = address
    self.language = language
    self.channels = channels
  }
}

/// Who gets a message: one mailbox, however many units and posts it stands for.
public struct Recipient: Sendable, Hashable, Codable {
  /// The mailbox; two recipients with the same address are one.
  public var address: String
  /// As addressed in the letter: “Phòng Văn hóa - Xã hội”, “Đồng chí Chủ tịch UBND xã”.
  public var name: String
  /// The unit it is told for, when it is told for one.
  public var unit: String?
  public var language: Language
  public var channels: [String]

  public init(address: String, name: String, unit: String?, language: Language, channels: [String]) {
    self.address = address
    self.name = name
    self.unit = unit
    self.language = language
    self.channels = channels
  }
}

/// Units, groups, posts and people of one office.
///
/// Reading it never fails: `Configuration` has refused unknown names, cycles and dead ends before.
public struct Directory: Sendable, Hashable {
  public let units: [Unit]
  public let groups: [UnitGroup]
  public let posts: [Post]
  public let people: [Person]
  private let unitByID: [String: Unit]
  private let groupByID: [String: UnitGroup]
  private let postByID: [String: Post]
  private let personByID: [String: Person]

  public init(units: [Unit], groups: [UnitGroup], posts: [Post], people: [Person]) {
    // One mailbox is one mailbox however it is written: nobody gets two mails a day for a capital letter.
    let units = units.map { unit in
      var unit = unit
      unit.address = unit.address?.lowercased()
      return unit
    }
    let posts = posts.map { post in
      var post = post
      post.address = post.address?.lowercased()
      return post
    }
    let people = people.map { person in
      var person = person
      person.address = person.address.lowercased()
      return person
    }
    self.units = units
    self.groups = groups
    self.posts = posts
    self.people = people
    unitByID = Dictionary(units.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    groupByID = Dictionary(groups.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    postByID = Dictionary(posts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    personByID = Dictionary(people.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public func unit(_ id: String) -> Unit? { unitByID[id] }
  public func group(_ id: String) -> UnitGroup? { groupByID[id] }
  public func post(_ id: String) -> Post? { postByID[id] }
  public func person(_ id: String) -> Person? { personByID[id] }

  /// The units a party stands for, in the directory's order.
  public func members(of party: Party) -> [String] {
    switch party {
    case .unit(let id): [id]
    case .group(let id): groupByID[id]?.members ?? []
    }
  }

  /// The mailbox of a unit; a unit without one is told through its head.
  public func recipient(unit id: String) -> Recipient? {
    guard let unit = unitByID[id] else { return nil }
    guard let address = unit.address else { return headRecipient(of: unit) }
    return Recipient(
      address: address,
      name: unit.name,
      unit: id,
      language: unit.language,
      channels: unit.channels
    )
  }

  /// Who heads the unit, or stands in, or is above.
  public func recipient(headOf id: String) -> Recipient? { unitByID[id].flatMap { headRecipient(of: $0) } }

  /// The holder of a post; when it is vacant its deputy, else the post above, and so on up (behaviour: hierarchy).
  public func recipient(post id: String, unit: String? = nil) -> Recipient? {
    var visited: Set<String> = []
    var next: String? = id
    while let current = next, visited.insert(current).inserted, let post = postByID[current] {
      if let holder = holder(of: post, unit: unit) { return holder }
      if let deputy = post.deputy.flatMap({ postByID[$0] }), visited.insert(deputy.id).inserted,
        let standIn = holder(of: deputy, unit: unit)
      {
        return standIn
      }
      next = post.superior
    }
    return nil
  }

  /// Whose mailbox it is, in the office's words: a unit's name, a post's title, a person's name; else the address itself.
  public func title(ofMailbox address: String) -> String {
    units.first { $0.address == address }?.name
      ?? posts.first { $0.address == address }?.title
      ?? people.first { $0.address == address }?.name
      ?? address
  }

  private func headRecipient(of unit: Unit) -> Recipient? {
    unit.head.flatMap { recipient(post: $0, unit: unit.id) }
      ?? unit.superior.flatMap { recipient(post: $0, unit: unit.id) }
  }

  /// Who holds the post itself, without anybody who stands in.
  func recipient(holding post: String, unit: String?) -> Recipient? {
    postByID[post].flatMap { holder(of: $0, unit: unit) }
  }

  private func holder(of post: Post, unit: String?) -> Recipient? {
    if let person = post.holder.flatMap({ personByID[$0] }) {
      return Recipient(
        address: person.address,
        name: "Đồng chí \(person.name), \(post.title)",
        unit: unit,
        language: person.language,
        channels: person.channels
      )
    }
    return post.address.map {
      Recipient(
        address: $0,
        name: "Đồng chí \(post.title)",
        unit: unit,
        language: post.language,
        channels: post.channels
      )
    }
  }
}
