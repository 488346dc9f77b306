internal import Deadlines

/// A name in one file that another file must explain.
struct Reference {
  enum Kind: String {
    case unit
    case post
    case person
    case channel
    case ladder
  }

  let kind: Kind
  let name: String
  let place: SourcePlace
}

/// What reading finds beside the values: mistakes, and names that are looked up once every file is read.
///
/// Belongs to one call of the loader and never leaves it.
final class Findings {
  private(set) var problems: [Problem] = []
  private(set) var references: [Reference] = []
  /// A fingerprint of each file that was read, by name.
  private(set) var contents: [String: UInt64] = [:]

  var hasErrors: Bool { problems.contains { $0.severity == .error } }

  func error(_ place: SourcePlace, _ message: String, remedy: String) {
    problems.append(Problem(place, .error, message, remedy: remedy))
  }

  func warning(_ place: SourcePlace, _ message: String, remedy: String) {
    problems.append(Problem(place, .warning, message, remedy: remedy))
  }

  func refer(to kind: Reference.Kind, _ text: YAMLText?) {
    guard let text else { return }
    references.append(Reference(kind: kind, name: text.string, place: text.place))
  }

  func note(_ bytes: [UInt8], of file: String) {
    var hash = FowlerNollVo()
    hash.add(bytes)
    contents[file] = hash.value
  }

  /// Takes over what was found elsewhere.
  func append(_ other: Findings) {
    problems += other.problems
    references += other.references
    contents.merge(other.contents) { first, _ in first }
  }

  /// Changes whenever a file does, or is there or not.
  var fingerprint: String {
    var hash = FowlerNollVo()
    for (file, content) in contents.sorted(by: { $0.key < $1.key }) { hash.add("\(file) \(content)") }
    return String(hash.value, radix: 16)
  }

  /// Each once, by file, line and column.
  var sorted: [Problem] {
    var seen: Set<Problem> = []
    return problems.filter { seen.insert($0).inserted }.sorted(by: Self.isBefore)
  }

  private static func isBefore(_ left: Problem, _ right: Problem) -> Bool {
    let (first, second) = (left.place, right.place)
    return (first.file, first.line, first.column, left.message)
      < (second.file, second.line, second.column, right.message)
  }
}
