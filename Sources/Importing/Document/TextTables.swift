/// A table drawn with `|`, as Markdown has it; with `+---+` lines between the rows it is a grid.
enum PipeTable {
  static func end(_ lines: [Line], from index: Int) -> Int? {
    guard isRow(lines[index]) else { return nil }
    let end = (index..<lines.count).first { !isRow(lines[$0]) } ?? lines.count
    return end - index >= 2 ? end : nil
  }

  private static func isRow(_ line: Line) -> Bool {
    guard case .text(let raw, _) = line else { return false }
    let text = raw.drop { $0 == " " }
    if text.hasPrefix("+") { return text.allSatisfy { "+-=: ".contains($0) } && text.count > 4 }
    return text.hasPrefix("|") && text.dropFirst().contains("|") || isSeparator(text)
      || text.split(separator: "|").count > 2
  }

  private static func isSeparator(_ text: Substring) -> Bool {
    text.contains("|") && text.contains("-") && text.allSatisfy { "|-: +=".contains($0) }
  }

  static func table(_ lines: ArraySlice<Line>) -> Table {
    var builder = TableBuilder()
    let isGrid = lines.contains { raw($0).drop { $0 == " " }.hasPrefix("+") }
    var pending: [String] = []
    for line in lines {
      let text = raw(line)[...].drop { $0 == " " }
      if text.hasPrefix("+") || isSeparator(text) {
        flush(&pending, into: &builder)
      } else {
        let cells = cells(of: text)
        pending = isGrid ? merged(pending, cells) : cells
        if !isGrid { flush(&pending, into: &builder) }
      }
    }
    flush(&pending, into: &builder)
    return builder.table
  }

  private static func raw(_ line: Line) -> String {
    if case .text(let text, _) = line { text } else { "" }
  }

  private static func merged(_ above: [String], _ below: [String]) -> [String] {
    (0..<max(above.count, below.count)).map { column in
      let parts = [above, below].compactMap { $0.indices.contains(column) ? $0[column] : nil }
      return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }
  }

  private static func flush(_ cells: inout [String], into builder: inout TableBuilder) {
    guard !cells.isEmpty else { return }
    builder.startRow()
    for cell in cells { builder.add(CellText.clean(cell)) }
    builder.endRow()
    cells = []
  }

  private static func cells(of line: Substring) -> [String] {
    var cells: [String] = [""]
    var isEscaped = false
    for character in line {
      if character == "|" && !isEscaped {
        cells.append("")
      } else {
        cells[cells.count - 1].append(character)
      }
      isEscaped = character == "\\" && !isEscaped
    }
    cells = cells.map { $0.replacing("\\|", with: "|").trimmed }
    if cells.first == "" { cells.removeFirst() }
    if cells.last == "", line.trimmed.hasSuffix("|") { cells.removeLast() }
    return cells
  }
}

/// A table whose cells are separated by tabs.
enum TabTable {
  private static let longestCell = 60  // lines

  static func end(_ lines: [Line], from index: Int) -> Int? {
    guard cells(lines[index]).filter({ !$0.isEmpty }).count >= 3 else { return nil }
    var end = index
    while end < lines.count, let next = rowEnd(lines, from: end) { end = next }
    return end > index ? end : nil
  }

  /// The index after the row: a quoted cell may run over several lines, as spreadsheets write it.
  private static func rowEnd(_ lines: [Line], from index: Int) -> Int? {
    guard case .text(let raw, _) = lines[index], raw.contains("\t") || isContinuation(raw) else { return nil }
    guard hasOpenQuote(raw) else { return index + 1 }
    let last = min(lines.count, index + longestCell)
    let close = (index + 1..<max(index + 1, last)).first { number in
      if case .text(let more, _) = lines[number] { hasOpenQuote(more) } else { false }
    }
    return (close ?? index) + 1
  }

  /// A line without tabs directly below a row goes on with the row's last cell.
  private static func isContinuation(_ raw: String) -> Bool {
    let text = raw.trimmed
    return !text.isEmpty && !text.hasPrefix("#") && !text.hasPrefix("**") && Marker.parse(text)?.kind.isHeading != true
      && LabelLine.parse(text) == nil && text.first?.isLowercase == true
  }

  /// An odd number of quotation marks, one of them at the beginning or end of a cell.
  private static func hasOpenQuote(_ raw: String) -> Bool {
    raw.count { $0 == "\"" } % 2 == 1
      && raw.split(separator: "\t").contains { $0.trimmed.hasPrefix("\"") || $0.trimmed.hasSuffix("\"") }
  }

  private static func cells(_ line: Line) -> [String] {
    guard case .text(let raw, _) = line else { return [] }
    return raw.split(separator: "\t", omittingEmptySubsequences: false).map { $0.trimmed }
  }

  static func table(_ lines: ArraySlice<Line>) -> Table {
    var rows: [[String]] = []
    var index = lines.startIndex
    let all = Array(lines)
    while index < lines.endIndex {
      let start = index - lines.startIndex
      let end = rowEnd(all, from: start) ?? start + 1
      add(all[start..<end], to: &rows)
      index = lines.startIndex + end
    }
    var builder = TableBuilder()
    for row in rows {
      builder.startRow()
      for cell in row { builder.add(CellText.clean(cell)) }
      builder.endRow()
    }
    return builder.table
  }

  private static func add(_ lines: ArraySlice<Line>, to rows: inout [[String]]) {
    let texts = lines.map { if case .text(let raw, _) = $0 { raw } else { "" } }
    let raw = texts.joined(separator: "\n")
    if !raw.contains("\t"), var last = rows.popLast() {
      last[last.count - 1] += "\n\(raw.trimmed)"
      rows.append(last)
    } else {
      rows.append(raw.split(separator: "\t", omittingEmptySubsequences: false).map { unquoted($0.trimmed) })
    }
  }

  private static func unquoted(_ cell: String) -> String {
    guard cell.count >= 2, cell.hasPrefix("\""), cell.hasSuffix("\"") else { return cell }
    return String(cell.dropFirst().dropLast()).replacing("\"\"", with: "\"")
  }
}

/// The text of one cell.
enum CellText {
  /// Without markup; breaks inside the cell stay.
  static func clean(_ raw: String) -> String {
    var text = raw
    for tag in ["<br>", "<br/>", "<br />", "<BR>", "</p>", "</li>"] where text.contains(tag) {
      text = text.replacing(tag, with: "\n")
    }
    let lines = text.split(whereSeparator: \.isNewline).map { Markup.words($0) }
    return lines.filter { !$0.isEmpty }.joined(separator: "\n")
  }
}
