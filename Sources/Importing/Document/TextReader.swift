/// Reads a plan from plain text, Markdown, or text with HTML tables in it.
enum TextReader {
  static func read(_ text: String) throws -> Document {
    // One line break, and no byte order mark.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.count <= Limits.blocks * 2 else { throw Fault.tooManyLines }
    guard text.contains("<") else {
      return try LineReader.read(lines.map { .text(String($0), isStrong: false) }, isText: true)
    }
    return try LineReader.read(try HTMLTables.lines(text), isText: true)
  }
}

/// Takes HTML tables out of a text and leaves the rest as lines.
struct HTMLTables {
  private var lines: [Line] = []
  private var line = ""
  private var builder: TableBuilder?
  private var depth = 0
  private var cell: (text: String, columns: Int, rows: Int)?
  private var isSkipping = false
  private var cells = 0

  static func lines(_ text: String) throws -> [Line] {
    var reader = HTMLTables()
    var rest = text[...]
    while let open = rest.firstIndex(of: "<") {
      reader.take(rest[..<open])
      let after = rest.index(after: open)
      let inside = rest[after...].prefix(2000)
      guard let close = inside.firstIndex(of: ">"),
        let name = Markup.tagName(inside[..<close]) ?? skippedTag(inside[..<close])
      else {
        reader.take("<")
        rest = rest[after...]
        continue
      }
      try reader.takeTag(name, inside[..<close])
      rest = rest[rest.index(after: close)...]
    }
    reader.take(rest)
    reader.endTable()
    reader.endLine()
    return reader.lines
  }

  /// Parts of a page that nobody reads.
  private static func skippedTag(_ inside: Substring) -> String? {
    let name = inside.drop { $0 == "/" }.prefix { $0.isLetter }.lowercased()
    return ["style", "script", "title"].contains(name) ? name : nil
  }

  private mutating func take(_ text: Substring) {
    guard !isSkipping else { return }
    if builder != nil {
      cell?.text += text.count > 100_000 ? text.prefix(100_000) : text
      return
    }
    for piece in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      if piece.offset > 0 { endLine() }
      line += piece.element
    }
  }

  private mutating func endLine() {
    lines.append(.text(line, isStrong: false))
    line = ""
  }

  private mutating func takeTag(_ name: String, _ inside: Substring) throws {
    let isEnd = inside.hasPrefix("/")
    if ["style", "script", "title"].contains(name) {
      isSkipping = !isEnd
    } else if name == "table" {
      isEnd ? leaveTable() : enterTable()
    } else if builder != nil {
      try takeTableTag(name, inside, isEnd)
    } else if line.contains("|") || line.contains("\t") {
      // Inside a row of another kind of table; the break belongs to its cell.
      line += "<\(inside)>"
    } else if ["p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6"].contains(name) {
      if !line.trimmed.isEmpty { endLine() }
      if isEnd && name != "br" { endLine() }
      if name == "li" && !isEnd { line = "- " }
      if name.first == "h" && name.count == 2 && !isEnd { line = "# " }
    } else {
      line += "<\(inside)>"
    }
  }

  private mutating func enterTable() {
    depth += 1
    guard depth == 1 else { return }
    if !line.trimmed.isEmpty { endLine() }
    builder = TableBuilder()
  }

  private mutating func leaveTable() {
    guard depth > 0 else { return }
    depth -= 1
    if depth == 0 { endTable() }
  }

  private mutating func endTable() {
    guard builder != nil else { return }
    endCell()
    builder?.endRow()
    if let table = builder?.table { lines.append(.table(table)) }
    builder = nil
    depth = 0
  }

  private mutating func takeTableTag(_ name: String, _ inside: Substring, _ isEnd: Bool) throws {
    guard (builder?.cellCount ?? 0) < Limits.cells else { throw Fault.tooManyCells }
    switch name {
    case "tr" where depth == 1:
      endCell()
      builder?.endRow()
      builder?.startRow()
    case "td" where depth == 1, "th" where depth == 1:
      endCell()
      if !isEnd { cell = ("", Self.number("colspan", inside), Self.number("rowspan", inside)) }
    case "p", "br", "div", "li": cell?.text += "\n"
    case "td", "th", "tr": cell?.text += " "
    default: break
    }
  }

  private mutating func endCell() {
    guard let cell else { return }
    builder?.add(CellText.clean(cell.text), columns: cell.columns, rows: cell.rows)
    self.cell = nil
  }

  private static func number(_ attribute: String, _ inside: Substring) -> Int {
    let text = inside.lowercased()
    guard let start = text.range(of: attribute) else { return 1 }
    let digits = text[start.upperBound...].drop { "=\"' ".contains($0) }.prefix { $0.isNumber }.prefix(4)
    return Int(digits) ?? 1
  }
}

extension String {
  /// The first place of the words, without Foundation.
  fileprivate func range(of wanted: String) -> Range<String.Index>? { firstRange(of: wanted) }
}
