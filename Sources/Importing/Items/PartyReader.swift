internal import Configuration
internal import Deadlines

/// Finds the directory's units and groups in a document's words.
struct PartyReader {
  private let parties: [String: Party]
  private let titles: [String: String]
  private let names: [String]
  /// The longest name, in words.
  private let longest: Int
  /// Who is named where the document names nobody known: Văn phòng.
  let fallback: String

  init(_ office: Office) {
    var parties: [String: Party] = [:]
    var names: [String] = []
    func add(_ known: [String], _ party: Party) {
      for name in known {
        parties[NameFold.key(name)] = parties[NameFold.key(name)] ?? party
        names.append(name)
      }
    }
    for unit in office.directory.units { add([unit.name, unit.id] + unit.aliases, .unit(unit.id)) }
    for group in office.directory.groups { add([group.name, group.id] + group.aliases, .group(group.id)) }
    self.parties = parties
    self.names = names
    longest = names.map { $0.split(separator: " ").count }.max() ?? 1
    fallback = office.directory.unit(office.policy.office)?.name ?? office.directory.units.first?.name ?? ""
    titles = Dictionary(
      office.directory.posts.compactMap { post in
        office.directory.units.first { $0.head == post.id }.map { (NameFold.key(post.title), $0.name) }
      },
      uniquingKeysWith: { first, _ in first }
    )
  }

  func party(_ name: String) -> Party? { parties[NameFold.key(name)] }

  /// The unit whose head holds that post.
  func unit(headedBy title: String) -> String? { titles[NameFold.key(title)] }

  func suggestion(for name: String) -> String? { Spelling.nearest(to: name, among: names) }

  // MARK: Lists

  /// One name of a list, known or not.
  struct Name {
    var text: String
    var party: Party?
  }

  /// Divides a cell or a labelled line into names, as few as the directory allows.
  ///
  /// A name is never divided at its own commas: “Các cơ quan, tổ chức, đơn vị” is one.
  func list(_ text: String) -> [Name] {
    var names: [Name] = []
    for line in text.prefix(4000).split(separator: ";") where !Self.tidied(String(line)).isEmpty {
      for name in divided(String(line)) where names.count < 60 { names.append(name) }
    }
    return names
  }

  /// Without bullets, full stops, and what is only said beside the name.
  static func tidied(_ text: String) -> String {
    var name = text.trimmed
    if let marker = Marker.parse(name), marker.kind.isBullet || marker.kind == .decimal(1) { name = marker.rest }
    while let last = name.last, ".,:;".contains(last) || last.isWhitespace { name.removeLast() }
    return name
  }

  private func divided(_ line: String) -> [Name] {
    let whole = Self.tidied(line)
    if let party = party(whole) { return [Name(text: Markup.singleSpaced(whole), party: party)] }
    let pieces = line.split(whereSeparator: \.isNewline).flatMap { Self.pieces(String($0)) }
    guard pieces.count > 1, pieces.count <= 60 else { return [named(whole)] }
    return best(pieces)
  }

  /// What stands between separators, with the separator before it.
  private static func pieces(_ line: String) -> [(separator: String, text: String)] {
    var pieces: [(separator: String, text: String)] = [("", "")]
    for word in line.split(separator: " ", omittingEmptySubsequences: true).map(String.init) {
      let folded = foldedWords(word)
      let isJoint = ["và", "cùng"].contains { ($0 as Phrase).words == folded }
      if isJoint, !pieces[pieces.count - 1].text.isEmpty {
        pieces.append((" \(word) ", ""))
        continue
      }
      pieces[pieces.count - 1].text += (pieces[pieces.count - 1].text.isEmpty ? "" : " ") + word
      if word.hasSuffix(",") {
        pieces[pieces.count - 1].text.removeLast()
        pieces.append((", ", ""))
      }
    }
    return pieces.filter { !$0.text.isEmpty }
  }

  /// The division with the fewest unknown pieces, and of those the one with the fewest names.
  private func best(_ pieces: [(separator: String, text: String)]) -> [Name] {
    var best: [(cost: Int, names: [Name])?] = [(0, [])]
    for end in 1...pieces.count {
      var choice: (cost: Int, names: [Name])?
      for start in max(0, end - 8)..<end {
        guard let before = best[start] else { continue }
        let text = pieces[start..<end].reduce("") { words, piece in
          words.isEmpty ? piece.text : words + (piece.separator.isEmpty ? " " : piece.separator) + piece.text
        }
        let name = named(text)
        // An unknown name may have “và” in it, but no comma, and it begins no line with a capital.
        let joins = pieces[start..<end].dropFirst()
        let isTwo = joins.contains {
          $0.separator == ", " || ($0.separator == "" && $0.text.first?.isLowercase != true)
        }
        if name.party == nil && isTwo { continue }
        let cost = before.cost + 1 + (name.party == nil ? 100 * (end - start) - (end - start - 1) : 0)
        if choice.map({ cost < $0.cost }) ?? true { choice = (cost, before.names + [name]) }
      }
      best.append(choice)
    }
    return best[pieces.count]?.names ?? []
  }

  private func named(_ text: String) -> Name {
    let name = Self.tidied(text)
    if let party = party(name) { return Name(text: name, party: party) }
    // “Phòng Kinh tế (đ/c A theo dõi)” is Phòng Kinh tế.
    if let open = name.firstIndex(of: "("), open > name.startIndex {
      let before = name[..<open].trimmed
      if let party = party(before) { return Name(text: before, party: party) }
    }
    return Name(text: name, party: nil)
  }

  // MARK: Names at the beginning of a sentence

  /// The names with which a text begins, and how many characters they take.
  func leading(_ text: String) -> (names: [Name], length: Int) {
    let words = text.prefix(1500).split(separator: " ", maxSplits: 120, omittingEmptySubsequences: false)
    var names: [Name] = []
    var index = 0
    var end = text.startIndex
    while index < words.count, names.count < 20, let count = prefixLength(words, from: index) {
      let name = words[index..<(index + count)].joined(separator: " ")
      names.append(named(name))
      end = words[index + count - 1].endIndex
      let isListed = name.hasSuffix(",") || name.hasSuffix(";")
      index += count
      if index < words.count, ["và", "cùng"].contains(where: { ($0 as Phrase).words == foldedWords(words[index]) }) {
        index += 1
        // “cùng với”
        if index < words.count, foldedWords(words[index]) == Phrase("với").words { index += 1 }
      } else if !isListed {
        break
      }
    }
    return (names, text.distance(from: text.startIndex, to: end))
  }

  /// How many words from there are a known name, the longest one.
  private func prefixLength(_ words: [Substring], from start: Int) -> Int? {
    for count in (1...(longest + 2)).reversed() where start + count <= words.count {
      let name = words[start..<(start + count)].joined(separator: " ")
      guard name.count <= 200, named(Self.tidied(name)).party != nil, !name.contains("(") else { continue }
      let after = start + count < words.count ? String(words[start + count]) : ""
      if isEnd(of: name, before: after) { return count }
    }
    return nil
  }

  /// “Phòng Kinh tế” does not stand in “Phòng Kinh tế Hạ tầng”, nor our centre in that “tỉnh”.
  private func isEnd(of name: String, before word: String) -> Bool {
    if name.last.map({ ",;:.".contains($0) }) == true || word.isEmpty { return true }
    if let first = word.first, first.isUppercase || "-–—&/".contains(first) { return false }
    let higher: [Phrase] = ["tỉnh", "huyện", "thành", "trung"]
    return !higher.contains { $0.words == foldedWords(word) }
  }
}
