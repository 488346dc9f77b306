/// A document as it is read, whatever file it came from: lines and tables in their order.
struct Document {
  var blocks: [Block] = []

  enum Block {
    case paragraph(Paragraph)
    case table(Table)
  }
}

/// One paragraph, without markup.
struct Paragraph {
  var text: String
  /// All of it is bold, or a heading.
  var isStrong = false
}

/// A table whose merged cells are spread over the places they cover.
struct Table {
  struct Cell: Hashable {
    /// Several lines are separated by line breaks.
    var text = ""
    /// It belongs to the cell above (merged downwards) or to the left (merged across).
    var continues: Continues?

    enum Continues { case above, left }
  }

  var rows: [[Cell]] = []

  var width: Int { rows.map(\.count).max() ?? 0 }
}

/// Puts cells that cover several columns or rows where they belong.
struct TableBuilder {
  private(set) var table = Table()
  private(set) var cellCount = 0
  private var row: [Table.Cell] = []
  /// Rows that a cell of the column still covers, and its text.
  private var hanging: [Int: (rows: Int, text: String)] = [:]

  mutating func startRow() { row = [] }

  /// One cell of the row.
  ///
  /// `rows` is how many rows it covers, itself included (`rowspan`); `continuesAbove` makes it the lower part of the cell
  /// above (`w:vMerge`).
  mutating func add(_ text: String, columns: Int = 1, rows: Int = 1, continuesAbove: Bool = false) {
    takeHanging()
    let first = row.count
    for offset in 0..<max(1, min(columns, Limits.columns)) where row.count < Limits.columns {
      var cell = Table.Cell(text: text, continues: offset > 0 ? .left : nil)
      if continuesAbove, offset == 0 {
        cell = Table.Cell(text: above(row.count), continues: .above)
      }
      row.append(cell)
      cellCount += 1
    }
    guard rows > 1 else { return }
    for column in first..<row.count { hanging[column] = (min(rows, 1000) - 1, row[column].text) }
  }

  mutating func endRow() {
    guard !row.isEmpty else { return }
    takeHanging()
    table.rows.append(row)
    row = []
  }

  private func above(_ column: Int) -> String {
    guard let last = table.rows.last, last.indices.contains(column) else { return "" }
    return last[column].text
  }

  private mutating func takeHanging() {
    while row.count < Limits.columns, let cell = hanging[row.count] {
      hanging[row.count] = cell.rows > 1 ? (cell.rows - 1, cell.text) : nil
      row.append(Table.Cell(text: cell.text, continues: .above))
    }
  }
}
