/// A table of tasks: its columns by what they say, and its rows without heads.
struct TaskTable {
  struct Row {
    /// As written in the number column; empty when there is none.
    var number: String
    var cells: [Role: String]
    /// Cells that are merged with the one above, and so repeat it.
    var merged: Set<Role>
    /// The heading that the row stands under.
    var group: Group?
  }

  struct Group: Hashable {
    var number: String
    var title: String
  }

  var columns: [Int: Role]
  var rows: [Row] = []
  /// The heads of columns that say something nobody reads.
  var unreadColumns: [String] = []

  /// Three columns or more, of which a head is understood.
  static func mayHoldTasks(_ table: Table) -> Bool { header(of: table) != nil }

  /// Reads the rows; `inherited` are the columns of the table above, when this one goes on without a head.
  init?(_ table: Table, inherited: [Int: Role]?) {
    let header = Self.header(of: table)
    guard let columns = header?.columns ?? inherited, header != nil || table.width == (columns.keys.max() ?? 0) + 1
    else {
      return nil
    }
    self.columns = columns
    unreadColumns = (header?.names ?? []).enumerated().filter { index, name in
      !name.isEmpty && columns[index].map { $0 == .other } ?? true && Self.isUsed(index, in: table)
    }.map { $0.element.split(separator: "\u{1}").joined(separator: " ").replacing("\n", with: " ") }
    readRows(of: table, from: header?.end ?? 0)
  }

  // MARK: Heads

  /// Anything stands in the column below its head.
  private static func isUsed(_ column: Int, in table: Table) -> Bool {
    table.rows.dropFirst().contains { $0.indices.contains(column) && !$0[column].text.isEmpty }
  }

  private struct Header {
    var columns: [Int: Role]
    var names: [String]
    /// The first row after the head.
    var end: Int
  }

  private static func header(of table: Table) -> Header? {
    guard table.width >= 2 else { return nil }
    for start in table.rows.indices.prefix(6) {
      var names = table.rows[start].map(\.text)
      guard
        roles(names).values.filter({ $0 != .other && $0 != .number }).count >= 2
          || names.filter({ !$0.isEmpty }).count >= 3
      else { continue }
      var end = start + 1
      while end < table.rows.count, end < start + 3, goesOn(table.rows[end], under: names) {
        names = zip(names, table.rows[end]).map { joined($0, $1) } + names.dropFirst(table.rows[end].count)
        end += 1
      }
      let columns = roles(names)
      if isTaskHead(columns) { return Header(columns: columns, names: names, end: end) }
    }
    return nil
  }

  private static func isTaskHead(_ columns: [Int: Role]) -> Bool {
    let roles = Set(columns.values)
    return roles.contains(.title) && !roles.isDisjoint(with: [.lead, .limit, .product, .parties])
  }

  /// Each role once, the first column that has it; the most telling words of a two-storey head are the lower ones.
  private static func roles(_ names: [String]) -> [Int: Role] {
    var columns: [Int: Role] = [:]
    var taken: Set<Role> = []
    for (index, name) in names.enumerated() {
      let lines = name.split(separator: "\u{1}").map(String.init)
      guard let role = lines.last.flatMap({ Role.ofColumn($0) }) ?? Role.ofColumn(lines.joined(separator: " ")) else {
        continue
      }
      if role == .other || role == .note || taken.insert(role).inserted {
        columns[index] = role
      } else if role == .lead, let person = columns.first(where: { $0.value == .lead })?.key, isPerson(names[person]),
        !isPerson(name)
      {
        columns[person] = nil
        columns[index] = .lead
      }
    }
    return columns
  }

  /// “Người phụ trách”, beside which a column of units counts more.
  private static func isPerson(_ name: String) -> Bool {
    let words = foldedWords(name)
    return words.has(any: ["người", "cán bộ", "cá nhân"]) && !words.has(any: ["đơn vị", "cơ quan", "phòng"])
  }

  private static func joined(_ above: String, _ below: Table.Cell) -> String {
    below.text.isEmpty || below.continues == .above || below.text == above ? above : "\(above)\u{1}\(below.text)"
  }

  /// A second row of the head: names of columns, and nothing that is a task.
  private static func goesOn(_ row: [Table.Cell], under names: [String]) -> Bool {
    let own = row.filter { $0.continues != .above && !$0.text.isEmpty }
    guard !own.isEmpty, !isNumbering(row) else { return false }
    let isHead = own.allSatisfy { Role.ofColumn($0.text) != nil && $0.text.count <= 60 }
    return isHead && row.first.map { $0.continues == .above || $0.text.isEmpty || $0.text == names.first } == true
  }

  /// “(1) | (2) | (3)”, “A | B | 1 | 2”.
  private static func isNumbering(_ row: [Table.Cell]) -> Bool {
    let signs = row.filter { $0.continues == nil }.map { $0.text.filter { $0.isLetter || $0.isNumber } }
    guard signs.count >= 3, signs.allSatisfy({ (1...2).contains($0.count) }) else { return false }
    let numbers = signs.compactMap { Int($0) }
    return numbers.count >= 2 && zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 }
  }

  // MARK: Rows

  private mutating func readRows(of table: Table, from start: Int) {
    let heads = Set(table.rows.prefix(start).map(Self.key))
    var group: Group?
    for (index, row) in table.rows.enumerated() where index >= start {
      guard rows.count < Limits.tasks, row.contains(where: { !$0.text.isEmpty }), !heads.contains(Self.key(row)),
        !Self.isNumbering(row), !isRepeatedHead(row)
      else { continue }
      if let heading = heading(row, next: table.rows.dropFirst(index + 1).first) {
        group = heading
      } else {
        rows.append(taskRow(row, group))
      }
    }
  }

  private static func key(_ row: [Table.Cell]) -> [String] { row.flatMap { foldedWords($0.text.prefix(200)) } }

  /// A page's head that differs from the first only in breaks or bold.
  private func isRepeatedHead(_ row: [Table.Cell]) -> Bool {
    let roles = columns.compactMap { column, role in
      row.indices.contains(column) && row[column].text.count <= 60 && Role.ofColumn(row[column].text) == role
        ? role : nil
    }
    return roles.count >= 3 && roles.count >= columns.count - 1
  }

  /// “I | Công tác tuyên truyền”: a row that heads the ones below it.
  private func heading(_ row: [Table.Cell], next: [Table.Cell]?) -> Group? {
    let own = row.enumerated().filter { $0.element.continues == nil && !$0.element.text.isEmpty }
    let numberColumn = columns.first { $0.value == .number }?.key
    let number = numberColumn.flatMap { row.indices.contains($0) ? row[$0].text : nil } ?? ""
    let others = own.filter { $0.offset != numberColumn }
    guard own.count <= 2, others.count <= 1 else { return nil }
    if others.isEmpty {
      // The number's cell spans the row, or the row has a number alone.
      guard let only = own.first, only.element.text.contains(" ") else { return nil }
      let marker = Marker.parse(only.element.text)
      return Group(number: marker?.label ?? "", title: marker?.rest ?? only.element.text)
    }
    let title = others[0].element.text
    let isWide = row.filter { $0.continues == .left }.count >= max(1, columns.count - 3)
    let label = Self.label(number)
    let isHigh = Marker.value(ofRoman: label) != nil || (label.count == 1 && label.first?.isUppercase == true)
    let nextNumber =
      numberColumn.flatMap { column in next.flatMap { $0.indices.contains(column) ? $0[column].text : nil } } ?? ""
    let opensSublist =
      !label.isEmpty && (Self.label(nextNumber).hasPrefix("\(label).") || Self.isLetter(Self.label(nextNumber)))
    guard isHigh || isWide || opensSublist || (title.isUppercased && title.count < 200) else { return nil }
    let marker = label.isEmpty ? Marker.parse(title) : nil
    return Group(number: marker?.label ?? label, title: marker?.rest ?? title)
  }

  private static func isLetter(_ label: String) -> Bool { label.count == 1 && label.first?.isLowercase == true }

  /// “1.” and “1)” are 1.
  static func label(_ number: String) -> String {
    let words = number.trimmed.filter { $0.isLetter || $0.isNumber || $0 == "." }
    return String(words.drop { $0 == "." }.reversed().drop { $0 == "." }.reversed()).prefix(12).description
  }

  private func taskRow(_ row: [Table.Cell], _ group: Group?) -> Row {
    var cells: [Role: String] = [:]
    var merged: Set<Role> = []
    for (column, role) in columns.sorted(by: { $0.key < $1.key }) where row.indices.contains(column) {
      let cell = row[column]
      if role == .note || role == .other {
        if !cell.text.isEmpty, role == .note {
          cells[role, default: ""] += (cells[role] == nil ? "" : "\n") + cell.text
        }
        continue
      }
      cells[role] = cell.text
      if cell.continues == .above { merged.insert(role) }
    }
    return Row(number: Self.label(cells[.number] ?? ""), cells: cells, merged: merged, group: group)
  }
}
