internal import Deadlines
internal import Yams

/// Turns the text of a YAML file into values with places, or says what keeps it from being read.
struct YAMLComposer {
  static let deepestNesting = 32

  let source: SourceText
  let findings: Findings

  /// The file's one document; nil when it cannot be used, and then `findings` says why.
  static func compose(_ source: SourceText, _ findings: Findings) -> YAMLValue? {
    let composer = YAMLComposer(source: source, findings: findings)
    // Before parsing: a few nested aliases can stand for billions of values.
    if let place = source.placeOfAlias() {
      composer.refuseAlias(at: place)
      return nil
    }
    return composer.document()
  }

  private func document() -> YAMLValue? {
    do {
      // No resolver rules: everything is text, so a unit `no` stays `no` and `07` stays `07`.
      let parser = try Parser(yaml: source.text, resolver: .basic, encoding: .utf8)
      guard let root = try parser.singleRoot() else {
        return refuse(SourcePlace(file: source.file), "the file says nothing", "fill it in, or take it away")
      }
      // The parser owns the anchors that the nodes point to.
      return withExtendedLifetime(parser) { value(of: root, depth: 0) }
    } catch let error as YamlError {
      report(error)
    } catch {
      _ = refuse(SourcePlace(file: source.file), "not readable as YAML: \(error)", "correct the file")
    }
    return nil
  }

  private func value(of node: Node, depth: Int) -> YAMLValue? {
    let place = place(of: node.mark)
    guard depth <= Self.deepestNesting else {
      return refuse(place, "nested more than \(Self.deepestNesting) levels deep", "write it flatter")
    }
    switch node {
    case .scalar(let scalar):
      checkOrdinary(scalar.tag, anchor: scalar.anchor, place)
      return .text(YAMLText(string: trimmed(scalar), isPlain: scalar.style == .plain, place: place))
    case .sequence(let sequence):
      checkOrdinary(sequence.tag, anchor: sequence.anchor, place)
      return .list(sequence.compactMap { value(of: $0, depth: depth + 1) }, place)
    case .mapping(let mapping):
      checkOrdinary(mapping.tag, anchor: mapping.anchor, place)
      return .mapping(mapping.compactMap { entry($0.key, $0.value, depth: depth + 1) }, place)
    case .alias:
      refuseAlias(at: place)
      return nil
    }
  }

  private func entry(_ key: Node, _ value: Node, depth: Int) -> YAMLEntry? {
    guard case .scalar(let name) = key else {
      _ = refuse(place(of: key.mark), "a list or mapping used as a key", "write a word as the key")
      return nil
    }
    checkOrdinary(name.tag, anchor: name.anchor, place(of: key.mark))
    return self.value(of: value, depth: depth).map {
      YAMLEntry(key: name.string, place: place(of: key.mark), value: $0)
    }
  }

  /// Block scalars end in a line break that no office wrote.
  private func trimmed(_ scalar: Node.Scalar) -> String {
    guard scalar.style == .literal || scalar.style == .folded else { return scalar.string }
    var text = scalar.string
    while text.last?.isNewline == true { text.removeLast() }
    return text
  }

  private static let usualTags = ["", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"]

  private func checkOrdinary(_ tag: Tag, anchor: Anchor?, _ place: SourcePlace) {
    if !Self.usualTags.contains(tag.description) {
      _ = refuse(
        place,
        "a YAML tag (“!…”)",
        "write the value without it; put quotes around a text that begins with “!”"
      )
    }
    if anchor != nil {
      _ = refuse(place, "a YAML anchor (“&…”)", "write the value out; put quotes around a text that begins with “&”")
    }
  }

  private func refuseAlias(at place: SourcePlace) {
    _ = refuse(place, "a YAML alias (“*…”)", "write the value out; put quotes around a text that begins with “*”")
  }

  private func refuse(_ place: SourcePlace, _ message: String, _ remedy: String) -> YAMLValue? {
    findings.error(place, message, remedy: remedy)
    return nil
  }

  private func place(of mark: Mark?) -> SourcePlace {
    guard let mark else { return SourcePlace(file: source.file) }
    return source.place(line: mark.line, scalarColumn: mark.column)
  }
}

extension YAMLComposer {
  private func report(_ error: YamlError) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      reportSyntax(problem, while: context?.text, mark)
    case .composer(_, let problem, let mark, _) where problem.contains("alias"):
      refuseAlias(at: place(of: mark))
    case .composer(_, _, let mark, _):
      findings.error(
        place(of: mark),
        "a second document (“---”) in one file",
        remedy: "keep one document in each file"
      )
    case .duplicatedKeysInMapping(let keys, let context):
      reportDuplicate(keys.first ?? "", at: context.mark)
    case .reader(let problem, _, _, _):
      findings.error(SourcePlace(file: source.file), "not readable: \(problem)", remedy: "save it as UTF-8 text")
    default:
      findings.error(SourcePlace(file: source.file), "not readable as YAML", remedy: "correct the file")
    }
  }

  private func reportSyntax(_ problem: String, while context: String?, _ mark: Mark) {
    let scalars = source.line(mark.line).unicodeScalars.dropFirst(mark.column - 1)
    if problem.contains("nesting level") {
      findings.error(place(of: mark), "nested too deep", remedy: "write it flatter")
    } else if scalars.first == "\t" {
      findings.error(place(of: mark), "a tab used to indent", remedy: "use spaces")
    } else {
      let situation = context.map { " \($0)" } ?? ""
      findings.error(
        place(of: mark),
        "not readable as YAML\(situation): \(problem)",
        remedy: Self.remedy(for: problem)
      )
    }
  }

  private static func remedy(for problem: String) -> String {
    if problem.contains("mapping values are not allowed") {
      return "put quotes around a text that contains “: ”, and check the indentation"
    }
    if problem.contains("cannot start any token") { return "put quotes around the text that begins here" }
    if problem.contains("unexpected end of stream") { return "close the quotes that were opened" }
    return "check the indentation, quotes and brackets here and on the line before"
  }

  /// Points to the second of the two keys, which the parser does not say.
  private func reportDuplicate(_ key: String, at first: Mark) {
    let indent = first.column - 1
    var place = place(of: first)
    for number in first.line + 1..<max(first.line + 2, source.lineCount + 1) {
      let line = source.line(number)
      let depth = line.prefix { $0 == " " }.count
      let rest = line.dropFirst(depth)
      if rest.isEmpty || rest.hasPrefix("#") || depth > indent { continue }
      if depth < indent { break }
      if rest.hasPrefix("\(key):") {
        place = source.place(line: number, column: depth + 1)
        break
      }
    }
    findings.error(place, "the key “\(key)” stands here twice", remedy: "keep one of the two")
  }
}

extension SourceText {
  /// The first `*name` in a text that has `&name` too, outside comment lines: an alias can stand nowhere else.
  func placeOfAlias() -> SourcePlace? {
    guard text.utf8.contains(UInt8(ascii: "&")), text.utf8.contains(UInt8(ascii: "*")) else { return nil }
    let lines = (1...lineCount).lazy.filter { !self.line($0).drop { $0 == " " || $0 == "\t" }.hasPrefix("#") }
    guard lines.contains(where: { Self.column(of: "&", in: self.line($0)) != nil }) else { return nil }
    for number in lines {
      if let column = Self.column(of: "*", in: line(number)) { return place(line: number, scalarColumn: column) }
    }
    return nil
  }

  /// The column, in scalars, at which the indicator stands before a name and not inside a word.
  private static func column(of indicator: Unicode.Scalar, in line: Substring) -> Int? {
    let scalars = Array(line.unicodeScalars)
    let index = scalars.indices.first { index in
      guard scalars[index] == indicator, index + 1 < scalars.count, isNameScalar(scalars[index + 1]) else {
        return false
      }
      return index == 0 || !isNameScalar(scalars[index - 1])
    }
    return index.map { $0 + 1 }
  }

  private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-"
  }
}
