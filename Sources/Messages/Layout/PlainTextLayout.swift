/// A letter as lines of text, wrapped and with aligned tables.
struct PlainTextLayout {
  /// Columns of a line; nil leaves paragraphs unwrapped, as chats want them.
  var width: Int?
  private var lines: [String] = []

  /// The text with `\n` line ends, ending in one.
  static func render(_ letter: Letter, wrapping: Bool = true) -> String {
    var layout = PlainTextLayout(width: wrapping ? letter.columns : nil)
    for block in letter.blocks { layout.add(block) }
    while layout.lines.last == "" { layout.lines.removeLast() }
    return layout.lines.joined(separator: "\n") + "\n"
  }

  private init(width: Int?) { self.width = width }

  private mutating func add(_ block: Letter.Block) {
    switch block {
    case .salutation(let text), .paragraph(let text), .title(let text): add(text)
    case .heading(let text):
      add(text)
      lines.append(String(repeating: "-", count: min(text.count, width ?? 78)))
    case .points(let points): points.forEach { add($0) }
    case .card(let card): add(card)
    case .table(let table): lines += PlainTable.lines(table, width: width ?? 100)
    case .link(let words, let url):
      add(words)
      lines.append("  " + url)
    case .footer(let text):
      lines.append("--")
      add(text)
    }
    lines.append("")
  }

  private mutating func add(_ text: String, indent: Int = 0, hanging: Int = 0) {
    lines += Self.wrap(text, width: width, indent: indent, hanging: hanging)
  }

  private mutating func add(_ point: Letter.Point) {
    add("- " + point.words, hanging: 2)
    for part in point.parts { add("+ " + part, indent: 2, hanging: 2) }
  }

  private mutating func add(_ card: Letter.Card) {
    let title = [card.badge.map { "[\($0.words)]" }, card.heading].compactMap(\.self).joined(separator: " ")
    if !title.isEmpty { add(title) }
    for fact in card.facts { add("\(fact.label): \(fact.value)", indent: 2, hanging: 2) }
    if let dates = card.dates {
      lines += PlainTable.lines(dates, width: (width ?? 100) - 2).map { "  " + $0 }
    }
    if !card.remarks.isEmpty && (card.heading == nil) { lines.append("") }
    for remark in card.remarks { add(remark, indent: card.heading == nil ? 0 : 2) }
  }

  /// The words in lines of at most `width` columns; a longer word stands alone on a line of its own.
  static func wrap(_ text: String, width: Int?, indent: Int = 0, hanging: Int = 0) -> [String] {
    let first = String(repeating: " ", count: indent)
    guard let width else { return [first + text] }
    let rest = String(repeating: " ", count: indent + hanging)
    var result: [String] = []
    var line = first
    var column = 0
    for word in text.utf8.split(separator: UInt8(ascii: " ")).map(Substring.init) {
      let length = CleanText.length(word)
      if column > 0, column + 1 + length > width - (result.isEmpty ? indent : indent + hanging) {
        result.append(line)
        line = rest
        column = 0
      }
      if column > 0 { line += " " }
      line += word
      column += column == 0 ? length : 1 + length
    }
    return result + [line]
  }
}

/// A table of text with columns side by side.
enum PlainTable {
  static func lines(_ table: Letter.Table, width: Int) -> [String] {
    let texts = table.rows.map { $0.map { [$0.words, $0.detail].compactMap(\.self).filter { !$0.isEmpty } } }
    let widths = columnWidths(table, texts, width: width)
    let heads = row(table.columns.map { [$0.title] }, widths, table.columns)
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    return heads + [rule] + texts.flatMap { row($0, widths, table.columns) }
  }

  /// What the words need, and where that is too much, the column's share of the width.
  private static func columnWidths(_ table: Letter.Table, _ texts: [[[String]]], width: Int) -> [Int] {
    let gaps = 2 * (table.columns.count - 1)
    let natural = table.columns.enumerated().map { index, column in
      texts.reduce(longestWord(column.title)) { max($0, $1[index].map { CleanText.length($0[...]) }.max() ?? 0) }
    }
    let room = max(width - gaps, table.columns.count * 4)
    guard natural.reduce(0, +) > room else { return natural }
    let fair = table.columns.map { max($0.share * room / 100, longestWord($0.title), 4) }
    var widths = zip(natural, fair).map { min($0, $1) }
    // What modest columns leave goes to the one that needs most.
    let left = room - widths.reduce(0, +)
    if left > 0, let neediest = widths.indices.max(by: { natural[$0] - widths[$0] < natural[$1] - widths[$1] }) {
      widths[neediest] += left
    }
    return widths
  }

  private static func longestWord(_ text: String) -> Int { text.split(separator: " ").map(CleanText.length).max() ?? 0 }

  private static func row(_ cells: [[String]], _ widths: [Int], _ columns: [Letter.Column]) -> [String] {
    let wrapped = zip(cells, widths).map { texts, width in
      texts.flatMap { PlainTextLayout.wrap($0, width: width).flatMap { broken($0, width) } }
    }
    let height = wrapped.map(\.count).max() ?? 1
    return (0..<max(height, 1)).map { line in
      let padded = wrapped.indices.map { column in
        let text = line < wrapped[column].count ? wrapped[column][line] : ""
        return pad(text, widths[column], right: columns[column].isNumber)
      }
      return trimmedRight(padded.joined(separator: "  "))
    }
  }

  /// A word wider than its column is broken, so that the columns stay in place.
  private static func broken(_ line: String, _ width: Int) -> [String] {
    guard CleanText.length(line[...]) > width else { return [line] }
    var rest = line[...]
    var pieces: [String] = []
    while !rest.isEmpty {
      pieces.append(String(rest.prefix(width)))
      rest = rest.dropFirst(width)
    }
    return pieces
  }

  private static func pad(_ text: String, _ width: Int, right: Bool) -> String {
    let blanks = String(repeating: " ", count: max(0, width - CleanText.length(text[...])))
    return right ? blanks + text : text + blanks
  }

  private static func trimmedRight(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }
}
