internal import Deadlines

/// Notices a name that comes twice.
struct UniqueNames {
  private let what: String
  private let findings: Findings
  /// In the order of the file.
  private(set) var names: [String] = []
  private var places: [String: SourcePlace] = [:]

  init(_ what: String, _ findings: Findings) {
    self.what = what
    self.findings = findings
  }

  mutating func add(_ name: YAMLText?) {
    guard let name else { return }
    if let first = places[name.string] {
      findings.error(
        name.place,
        "the \(what) “\(name.string)” is already in \(first.file), line \(first.line)",
        remedy: "give each its own name"
      )
    } else {
      places[name.string] = name.place
      names.append(name.string)
    }
  }
}
