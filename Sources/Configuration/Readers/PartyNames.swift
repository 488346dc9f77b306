internal import Deadlines

/// Finds the unit or group that a document means by its own words.
struct PartyNames {
  private struct Entry {
    let party: Party
    let place: SourcePlace
  }

  private var entries: [String: Entry] = [:]
  /// By the very letters of the directory, as most documents write them: folding takes longer than looking up.
  private var parties: [String: Party] = [:]
  /// As written in the directory, for “did you mean …?”.
  private(set) var known: [String] = []

  /// Takes up an id, name or alias; two parties of one name would leave documents in doubt.
  mutating func add(_ name: YAMLText?, for party: Party, _ findings: Findings) {
    guard let name else { return }
    let key = NameFold.key(name.string)
    guard let other = entries[key] else {
      entries[key] = Entry(party: party, place: name.place)
      known.append(name.string)
      parties[name.string] = party
      return
    }
    guard other.party != party else { return }
    findings.error(
      name.place,
      "“\(name.string)” already means \(Self.words(for: other.party)) (line \(other.place.line))",
      remedy: "let each name mean one unit or group"
    )
  }

  func party(_ name: String) -> Party? { parties[name] ?? entries[NameFold.key(name)]?.party }

  /// The parties of a task, each once, in the document's order.
  func parties(_ names: [YAMLText], _ findings: Findings) -> [Party] {
    var parties: [Party] = []
    for name in names {
      guard let party = party(name.string) else {
        reportUnknown(name, findings)
        continue
      }
      if !parties.contains(party) { parties.append(party) }
    }
    return parties
  }

  private func reportUnknown(_ name: YAMLText, _ findings: Findings) {
    let several = name.string.contains(";") || name.string.contains(",") || name.string.contains(" và ")
    let list = several ? "; several units are written as a list" : ""
    findings.error(
      name.place,
      "no unit or group is called “\(name.string.prefix(120))”",
      remedy: Spelling.advice(
        for: name.string,
        among: known,
        otherwise: "add it as an alias in directory.yaml\(list)"
      )
    )
  }

  static func words(for party: Party) -> String {
    switch party {
    case .unit(let id): "the unit “\(id)”"
    case .group(let id): "the group “\(id)”"
    }
  }
}
