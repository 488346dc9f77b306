/// A letter as the short parts of a chat: headings with lines below.
///
/// Where a table shows all tasks at a glance, their details stay in the mail and on the page.
struct ChatLayout {
  struct Part {
    var heading = ""
    var lines: [String] = []
  }

  private(set) var salutation = ""
  private(set) var footer = ""
  private(set) var parts = [Part()]
  private let isOverview: Bool

  init(_ letter: Letter) {
    isOverview = letter.blocks.contains { if case .table = $0 { true } else { false } }
    for block in letter.blocks { add(block) }
    parts.removeAll { $0.lines.isEmpty }
  }

  private mutating func add(_ block: Letter.Block) {
    switch block {
    case .salutation(let text): salutation = text
    case .footer(let text): footer = text
    case .heading(let text): parts.append(Part(heading: text))
    case .paragraph(let text): add([text])
    case .points(let points): add(points.flatMap { ["• " + $0.words] + $0.parts.map { "– " + $0 } })
    case .table(let table): add(table.rows.map { Self.line($0, table.columns) })
    case .card(let card): if isOverview { endEmptyPart() } else { add(Self.lines(card)) }
    // The subject says the title, a button or link of the chat's own the page.
    case .title, .link: break
    }
  }

  private mutating func add(_ lines: [String]) { parts[parts.count - 1].lines += lines }

  /// A heading whose tasks are left out must not stand above what comes after them.
  private mutating func endEmptyPart() {
    if parts[parts.count - 1].lines.isEmpty { parts[parts.count - 1].heading = "" }
  }

  private static func lines(_ card: Letter.Card) -> [String] {
    let title = [card.badge.map { "[\($0.words)]" }, card.heading].compactMap(\.self).joined(separator: " ")
    let rows = card.dates.map { table in table.rows.map { "• " + line($0, table.columns) } } ?? []
    return [title].filter { !$0.isEmpty } + card.facts.map { "\($0.label): \($0.value)" } + rows + card.remarks
  }

  /// A row in one line; a column of numbers says what it counts.
  private static func line(_ row: [Letter.Cell], _ columns: [Letter.Column]) -> String {
    let cells = zip(row, columns).compactMap { cell, column -> String? in
      guard !cell.words.isEmpty else { return nil }
      let words = column.isNumber ? "\(column.title): \(cell.words)" : cell.words
      return cell.detail.map { $0.isEmpty ? words : "\(words) (\($0))" } ?? words
    }
    return cells.joined(separator: " · ")
  }
}
