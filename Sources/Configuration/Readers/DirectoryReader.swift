internal import Deadlines

/// What `directory.yaml` says: the directory itself, and the names by which documents mean its units.
struct DirectoryFile {
  let directory: Directory
  let names: PartyNames
}

/// Reads `directory.yaml`.
struct DirectoryReader {
  static let file = "directory.yaml"

  /// Where a unit, post or person is told when it names no channel.
  let usualChannels: [String]
  let findings: Findings

  func read(_ root: YAMLValue) -> DirectoryFile? {
    guard let fields = Fields(root, "the file", keys: ["units", "groups", "posts", "people"], findings) else {
      return nil
    }
    var names = PartyNames()
    let units = units(fields, &names)
    let groups = groups(fields, &names)
    let posts = posts(fields)
    let people = people(fields)
    if units.isEmpty {
      findings.error(
        fields.place(of: "units"),
        "no unit: nobody could be reminded",
        remedy: "describe the units under “units:”"
      )
    }
    let directory = Directory(
      units: withSuperiors(units, posts),
      groups: groups,
      posts: posts,
      people: people
    )
    return DirectoryFile(directory: directory, names: names)
  }

  private func units(_ root: Fields, _ names: inout PartyNames) -> [Unit] {
    let keys = ["id", "name", "aliases", "address", "head", "superior", "viceChair", "language", "channels"]
    var unique = UniqueNames("unit", findings)
    return root.list("units").compactMap { value in
      guard let fields = Fields(value, "a unit", keys: keys, findings) else { return nil }
      let (id, name, aliases) = (fields.identifier(), fields.required("name"), fields.texts("aliases"))
      unique.add(id)
      guard let id else { return nil }
      for known in [id, name].compactMap({ $0 }) + aliases { names.add(known, for: .unit(id.string), findings) }
      return Unit(
        id: id.string,
        name: name?.string ?? id.string,
        aliases: aliases.map(\.string),
        address: fields.address("address"),
        head: reference(fields, "head"),
        superior: reference(fields, "superior"),
        viceChair: reference(fields, "viceChair"),
        language: fields.language(),
        channels: channels(fields),
        place: fields.place
      )
    }
  }

  private func groups(_ root: Fields, _ names: inout PartyNames) -> [UnitGroup] {
    let keys = ["id", "name", "aliases", "members", "means"]
    var unique = UniqueNames("group", findings)
    return root.list("groups").compactMap { value in
      guard let fields = Fields(value, "a group", keys: keys, findings) else { return nil }
      let (id, name, aliases) = (fields.identifier(), fields.required("name"), fields.texts("aliases"))
      unique.add(id)
      guard let id else { return nil }
      for known in [id, name].compactMap({ $0 }) + aliases { names.add(known, for: .group(id.string), findings) }
      return UnitGroup(
        id: id.string,
        name: name?.string ?? id.string,
        aliases: aliases.map(\.string),
        members: members(fields),
        meansHeads: fields.choice("means", ["units": false, "heads": true]) ?? false
      )
    }
  }

  private func members(_ fields: Fields) -> [String] {
    let members = fields.texts("members")
    if members.isEmpty {
      findings.error(fields.place(of: "members"), "a group without members", remedy: "list ids of units")
    }
    var unique = UniqueNames("member", findings)
    for member in members {
      unique.add(member)
      findings.refer(to: .unit, member)
    }
    return members.map(\.string)
  }

  private func posts(_ root: Fields) -> [Post] {
    let keys = ["id", "title", "holder", "address", "vacant", "deputy", "superior", "language", "channels"]
    var unique = UniqueNames("post", findings)
    return root.list("posts").compactMap { value in
      guard let fields = Fields(value, "a post", keys: keys, findings) else { return nil }
      let (id, title) = (fields.identifier(), fields.required("title"))
      unique.add(id)
      findings.refer(to: .person, fields.text("holder"))
      guard let id else { return nil }
      checkVacancy(fields, id.string)
      return Post(
        id: id.string,
        title: title?.string ?? id.string,
        holder: fields.text("holder")?.string,
        address: fields.address("address"),
        deputy: reference(fields, "deputy"),
        superior: reference(fields, "superior"),
        language: fields.language(),
        channels: channels(fields),
        place: fields.place
      )
    }
  }

  /// A post is held, has a mailbox of its own, or is said to be vacant: never vacant by oversight.
  private func checkVacancy(_ fields: Fields, _ id: String) {
    let isTaken = fields.value("holder") != nil || fields.value("address") != nil
    let isVacant = fields.flag("vacant") ?? false
    if isVacant && isTaken {
      findings.error(
        fields.place(of: "vacant"),
        "the post “\(id)” is vacant and taken at once",
        remedy: "delete “vacant”, or delete “holder” and “address”"
      )
    } else if !isVacant && !isTaken {
      findings.error(
        fields.place,
        "the post “\(id)” has neither holder nor address",
        remedy: "add one of them, or write “vacant: true”"
      )
    }
  }

  private func people(_ root: Fields) -> [Person] {
    var unique = UniqueNames("person", findings)
    return root.list("people").compactMap { value in
      let keys = ["id", "name", "address", "language", "channels"]
      guard let fields = Fields(value, "a person", keys: keys, findings) else { return nil }
      let (id, name) = (fields.identifier(), fields.required("name"))
      unique.add(id)
      let address = fields.required("address").flatMap { _ in fields.address("address") }
      guard let id, let name else { return nil }
      return Person(
        id: id.string,
        name: name.string,
        address: address ?? "",
        language: fields.language(),
        channels: channels(fields)
      )
    }
  }

  private func reference(_ fields: Fields, _ key: String) -> String? {
    let text = fields.text(key)
    findings.refer(to: .post, text)
    return text?.string
  }

  private func channels(_ fields: Fields) -> [String] {
    guard fields.value("channels") != nil else { return usualChannels }
    let channels = fields.texts("channels")
    if channels.isEmpty {
      findings.error(
        fields.place(of: "channels"),
        "told on no channel at all",
        remedy: "name a channel, or delete “channels” for the first one"
      )
    }
    for channel in channels { findings.refer(to: .channel, channel) }
    return channels.map(\.string)
  }

  /// A unit that names no post above its head has the one above the head's post.
  private func withSuperiors(_ units: [Unit], _ posts: [Post]) -> [Unit] {
    let above = Dictionary(posts.map { ($0.id, $0.superior) }, uniquingKeysWith: { first, _ in first })
    return units.map { unit in
      var unit = unit
      if unit.superior == nil, let head = unit.head { unit.superior = above[head] ?? nil }
      return unit
    }
  }
}
