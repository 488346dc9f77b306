/// One line of a text file, or one paragraph or table of a Word document.
enum Line {
  case text(String, isStrong: Bool)
  case table(Table)

  static let blank = Line.text("", isStrong: false)
}

/// Finds the tables among the lines, joins what a page or line break has torn apart, and takes the markup away.
struct LineReader {
  private var blocks: [Document.Block] = []
  private var cells = 0
  /// The paragraph that is being read.
  private var open: (text: String, isStrong: Bool, isClosed: Bool)?
  private var sawBlank = false
  /// The lines as a document; only those of a text file may have been broken at a width.
  static func read(_ lines: [Line], isText: Bool) throws -> Document {
    guard !lines.contains(where: isTooLong) else { throw Fault.longLine }
    let lines = isText ? Wrapping.undone(lines) : lines
    var reader = LineReader()
    var index = 0
    while index < lines.count { index = try reader.take(lines, at: index) }
    reader.closeParagraph()
    return Document(blocks: reader.blocks)
  }

  private static func isTooLong(_ line: Line) -> Bool {
    let texts =
      switch line {
      case .text(let text, _): [text]
      case .table(let table): table.rows.joined().map(\.text)
      }
    return texts.contains { $0.utf8.count > Limits.lineCharacters && $0.count > Limits.lineCharacters }
  }

  /// Takes the line at the index and what belongs to it, and gives the index of the next one.
  private mutating func take(_ lines: [Line], at index: Int) throws -> Int {
    guard blocks.count < Limits.blocks else { throw Fault.tooManyLines }
    guard cells <= Limits.cells else { throw Fault.tooManyCells }
    guard case .text(let raw, let isStrong) = lines[index] else {
      if case .table(let table) = lines[index] { addTable(table) }
      return index + 1
    }
    if let end = PipeTable.end(lines, from: index) { return takeTable(PipeTable.table(lines[index..<end]), end) }
    if let end = TabTable.end(lines, from: index) { return takeTable(TabTable.table(lines[index..<end]), end) }
    takeText(raw, isStrong)
    return index + 1
  }

  private mutating func takeTable(_ table: Table, _ end: Int) -> Int {
    addTable(table)
    return end
  }

  private mutating func addTable(_ table: Table) {
    closeParagraph()
    cells += table.rows.reduce(0) { $0 + $1.count }
    if !table.rows.isEmpty { blocks.append(.table(table)) }
  }

  private mutating func takeText(_ raw: String, _ isStrong: Bool) {
    guard !isRule(raw) else {
      sawBlank = true
      return
    }
    for part in Self.tabParts(raw) { takeLine(part, isStrong, endsHard: raw.hasSuffix("  ") || raw.hasSuffix("\\")) }
  }

  /// Blank, or nothing but a line drawn with signs.
  private func isRule(_ raw: String) -> Bool {
    let text = raw.trimmed
    return text.allSatisfy { "-=_*~—–.·#>".contains($0) } && (text.count != 1 || text == "#") || text.hasPrefix("```")
  }

  /// The number beside the place and date are two lines; a tab after “1)” or a label leaves one.
  private static func tabParts(_ raw: String) -> [String] {
    var parts: [String] = []
    for piece in raw.split(separator: "\t").map({ $0.trimmed }) where !piece.isEmpty {
      if let last = parts.last, last.hasSuffix(":") || Marker.isMarker(last) {
        parts[parts.count - 1] = "\(last) \(piece)"
      } else {
        parts.append(piece)
      }
    }
    return parts
  }

  private mutating func takeLine(_ raw: String, _ isStrong: Bool, endsHard: Bool) {
    var line = raw[...]
    while line.hasPrefix(">") { line = line.dropFirst().drop { $0 == " " } }
    let hashes = line.prefix { $0 == "#" }.count
    if (1...6).contains(hashes), line.dropFirst(hashes).hasPrefix(" ") { line = line.dropFirst(hashes + 1) }
    let text = Markup.words(Self.withoutBullet(line))
    guard !text.isEmpty else { return }
    let isStrong = isStrong || (1...6).contains(hashes) || Self.isBold(line)
    add(text, isStrong, endsHard: endsHard)
  }

  /// “* ” begins an entry of a list, not emphasis.
  private static func withoutBullet(_ line: Substring) -> String {
    line.hasPrefix("* ") ? "- " + line.dropFirst(2) : String(line)
  }

  private static func isBold(_ line: Substring) -> Bool {
    let text = line.trimmed
    guard text.count > 4 else { return false }
    if text.hasPrefix("<b>") && text.hasSuffix("</b>") { return true }
    return text.hasPrefix("**") && text.hasSuffix("**") && !text.dropFirst(2).dropLast(2).contains("**")
  }

  private mutating func add(_ text: String, _ isStrong: Bool, endsHard: Bool) {
    if let before = open, continues(before, text, isStrong) {
      open = (before.text + " " + text, before.isStrong && isStrong, endsHard)
    } else {
      closeParagraph()
      open = (text, isStrong, endsHard)
    }
    sawBlank = false
  }

  /// Whether the line goes on with the sentence of the paragraph before it.
  private func continues(_ before: (text: String, isStrong: Bool, isClosed: Bool), _ text: String, _ isStrong: Bool)
    -> Bool
  {
    guard !before.isClosed, let first = text.first, let last = before.text.last, before.text.count < 20_000,
      Marker.parse(text) == nil, LabelLine.parse(text) == nil
    else { return false }
    let isUnfinished = !".;:!?…".contains(last)
    return first.isLowercase && isUnfinished && before.isStrong == isStrong && (!sawBlank || before.text.count >= 30)
  }

  private mutating func closeParagraph() {
    if let open { blocks.append(.paragraph(Paragraph(text: open.text, isStrong: open.isStrong))) }
    open = nil
    sawBlank = false
  }
}

/// Joins lines that a program broke at a width, as Markdown from converters has them.
enum Wrapping {
  static func undone(_ lines: [Line]) -> [Line] {
    guard let width = width(of: lines) else { return lines }
    var output: [Line] = []
    var lastLength = 0
    for line in lines {
      guard case .text(let raw, _) = line else {
        output.append(line)
        lastLength = 0
        continue
      }
      if case .text(let before, let isStrong)? = output.last, goesOn(before, lastLength, raw, width) {
        output[output.count - 1] = .text(before + " " + raw.trimmed, isStrong: isStrong)
      } else {
        output.append(line)
      }
      lastLength = raw.count
    }
    return output
  }

  /// The longest line's length, when all are short and many are nearly as long.
  private static func width(of lines: [Line]) -> Int? {
    let lengths = lines.compactMap { line -> Int? in
      guard case .text(let text, _) = line, isProse(text) else { return nil }
      return text.count
    }
    guard let longest = lengths.max(), (40...130).contains(longest) else { return nil }
    let full = lengths.count { $0 > longest * 4 / 5 }
    return full >= 5 && full * 4 >= lengths.count { $0 > 0 } ? longest : nil
  }

  private static func isProse(_ text: String) -> Bool {
    !text.contains("\t") && !text.contains("|") && !text.hasPrefix("#") && !text.hasPrefix("+")
      && !text.trimmed.allSatisfy { "-= ".contains($0) }
  }

  /// The line above was full, and this one opens nothing new.
  private static func goesOn(_ before: String, _ length: Int, _ raw: String, _ width: Int) -> Bool {
    let text = raw.trimmed
    guard length > 0, !text.isEmpty, before.count < 20_000, isProse(before), isProse(raw), !before.hasSuffix("  "),
      !before.hasSuffix("\\"), Marker.parse(text) == nil, LabelLine.parse(text) == nil
    else { return false }
    let firstWord = text.prefix { $0 != " " }.count
    return length + 1 + firstWord > width - 8 || text.first?.isLowercase == true
  }
}
