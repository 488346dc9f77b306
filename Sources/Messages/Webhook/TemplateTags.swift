/// The tags of a template, looked at one by one: a misspelt name would write nothing, and nobody would notice.
struct TemplateTags {
  private let text: Substring
  private let start: String.Index
  /// Sections that are open, with the lists among them.
  private var open: [String] = []

  private init(_ text: Substring) {
    self.text = text
    start = text.startIndex
  }

  /// Every tag that is not known here, with its place.
  static func faults(in text: String) -> [BodyTemplate.Fault] {
    var tags = TemplateTags(text[...])
    return tags.faults()
  }

  private mutating func faults() -> [BodyTemplate.Fault] {
    var faults: [BodyTemplate.Fault] = []
    var rest = text
    while let tag = Self.next(in: rest) {
      guard let end = tag.end else {
        return faults + [fault(tag.start, "a tag that is not closed", "write }} at its end")]
      }
      do throws(BodyTemplate.Fault) {
        try check(tag.content, at: tag.start)
      } catch {
        faults.append(error)
        // What it opened is closed all the same.
        if ["#", "^"].contains(tag.content.first) { open.append("") }
      }
      rest = text[end...]
    }
    return faults
  }

  private static func next(in text: Substring) -> (start: String.Index, content: Substring, end: String.Index?)? {
    guard let opening = text.firstRange(of: "{{") else { return nil }
    let after = text[opening.upperBound...]
    guard let closing = after.firstRange(of: "}}") else { return (opening.lowerBound, after, nil) }
    return (opening.lowerBound, after[..<closing.lowerBound], closing.upperBound)
  }

  private mutating func check(_ content: Substring, at place: String.Index) throws(BodyTemplate.Fault) {
    switch content.first {
    case "!": return
    case ">", "<", "$", "=", "%":
      throw fault(place, "{{\(content.prefix(1)) is not known here", "write the whole body in this one file")
    case "/": if !open.isEmpty { open.removeLast() }
    case "#", "^":
      let name = try known(content.dropFirst(), at: place)
      open.append(name)
    case "{", "&": _ = try known(content.dropFirst(), at: place)
    default: _ = try known(content, at: place)
    }
  }

  /// The value's name without transforms.
  private func known(_ content: Substring, at place: String.Index) throws(BodyTemplate.Fault) -> String {
    let parts = content.filter { $0 != " " && $0 != ")" }.split(separator: "(", omittingEmptySubsequences: false)
    let name = parts.last.map(String.init) ?? ""
    for transform in parts.dropLast() where !Self.transforms.contains(String(transform)) {
      throw fault(place, "“\(transform)” is not known here", "one of \(Self.transforms.joined(separator: ", "))")
    }
    let names = names
    if name.isEmpty && parts.count > 1 || names.contains(name) { return name }
    throw fault(
      place,
      "no value is called “\(name.prefix(60))” here",
      "known: \(names.sorted().joined(separator: ", "))"
    )
  }

  private static let transforms = ["first", "last", "index", "even", "odd", "uppercased", "lowercased"]

  /// Names that can be seen from here: those of the open lists, and of the message.
  private var names: [String] {
    var names = Array(TemplateSample.shape.keys)
    var scope = TemplateSample.shape
    for section in open {
      guard case .list(let items)? = scope[section] ?? TemplateSample.shape[section], let item = items.first else {
        continue
      }
      scope = item
      names += item.keys
    }
    return names
  }

  private func fault(_ place: String.Index, _ message: String, _ remedy: String) -> BodyTemplate.Fault {
    let before = text[start..<place]
    let line = before.utf8.count { $0 == UInt8(ascii: "\n") } + 1
    let column = before.unicodeScalars.reversed().prefix { $0 != "\n" }.count + 1
    return BodyTemplate.Fault(line: line, column: column, message: message, remedy: remedy)
  }
}
