/// Turns the rows of a table into tasks.
struct TableItems {
  let parties: PartyReader
  /// “PL” when there is one appendix, “PL2” when there are several.
  let idPrefix: String
  /// “Phụ lục”, “Phụ lục 2”, “Bảng phân công”.
  let sectionPrefix: String
  /// A unit that the appendix's heading names, for tables without a column of units.
  let headingLead: String?

  func tasks(of table: TaskTable, counted start: Int) -> [ImportedTask] {
    var tasks: [ImportedTask] = []
    var above: TaskTable.Row?
    for row in table.rows {
      if continuesRow(row, above), let last = tasks.indices.last {
        extend(&tasks[last], row)
      } else {
        tasks.append(task(row, above, position: start + tasks.count + 1))
        above = filled(row, above)
      }
    }
    return tasks
  }

  /// A row without number and task goes on with the one above, as a page break leaves it.
  private func continuesRow(_ row: TaskTable.Row, _ above: TaskTable.Row?) -> Bool {
    guard above != nil, row.number.isEmpty, !row.merged.contains(.title) else { return false }
    let title = row.cells[.title] ?? ""
    if row.cells.keys.contains(.number), title.first?.isLowercase == true, row.cells[.lead, default: ""].isEmpty,
      row.cells[.limit, default: ""].isEmpty
    {
      return true
    }
    return title.isEmpty && (row.cells[.limit, default: ""].isEmpty && row.cells[.lead, default: ""].isEmpty)
  }

  private func extend(_ task: inout ImportedTask, _ row: TaskTable.Row) {
    if let title = row.cells[.title], !title.isEmpty { task.title += " " + title.replacing("\n", with: " ") }
    if let product = row.cells[.product], !product.isEmpty {
      task.product = [task.product, product].compactMap { $0 }.joined(separator: "\n")
    }
    task.doubts.append(Doubt(.title, "dòng dưới không có số thứ tự, được nối vào đây"))
  }

  /// The row with what it takes from the one above, for the rows below it.
  private func filled(_ row: TaskTable.Row, _ above: TaskTable.Row?) -> TaskTable.Row {
    var filled = row
    for (role, text) in row.cells where Self.isDitto(text) || text.isEmpty {
      if let value = above?.cells[role], role != .product || Self.isDitto(text) { filled.cells[role] = value }
    }
    return filled
  }

  private static func isDitto(_ text: String) -> Bool {
    let words = foldedWords(text)
    let signs = text.trimmed
    return ["nt", "như trên", "cùng trên", "như mục trên", "n t"].contains { ($0 as Phrase).words == words }
      || ["\"", "″", "''", "“", "”", "-nt-", "//", "〃"].contains(signs)
  }

  // MARK: One row

  private func task(_ row: TaskTable.Row, _ above: TaskTable.Row?, position: Int) -> ImportedTask {
    let number = row.number.isEmpty ? "\(position)" : row.number
    var task = ImportedTask(
      id: "\(idPrefix).\(number)",
      section: "\(sectionPrefix), mục \(number)",
      title: row.cells[.title]?.replacing("\n", with: " ") ?? "",
      limit: "",
      lead: [],
      coordinating: []
    )
    if row.number.isEmpty { task.doubts.append(Doubt(.id, "dòng không có số thứ tự; lấy theo thứ tự trong bảng")) }
    if let marker = Marker.parse(task.title), marker.kind.isBullet { task.title = marker.rest }
    task.product = cell(.product, row, above, &task, inheritsEmpty: false)
    task.limit = (cell(.limit, row, above, &task, inheritsEmpty: true) ?? "").replacing("\n", with: " ")
    task.isAppendix = true
    let builder = TaskBuilder(parties: parties)
    readParties(row, above, builder, &task)
    readRemarks(row, &task)
    task.content = [row.group?.title ?? "", task.title, task.product ?? ""].joined(separator: ". ")
    builder.complete(&task)
    return task
  }

  private func readParties(
    _ row: TaskTable.Row,
    _ above: TaskTable.Row?,
    _ builder: TaskBuilder,
    _ task: inout ImportedTask
  ) {
    if row.cells.keys.contains(.parties), let both = cell(.parties, row, above, &task, inheritsEmpty: true) {
      builder.setParties(both, &task)
    } else if let lead = cell(.lead, row, above, &task, inheritsEmpty: true) {
      setLead(lead, builder, &task)
    } else if let headingLead, row.cells[.lead] == nil {
      builder.setLead(headingLead, &task)
      task.doubts.append(Doubt(.lead, "bảng không có cột đơn vị; đơn vị lấy từ tên phụ lục"))
    }
    if let others = cell(.coordinating, row, above, &task, inheritsEmpty: false) {
      let named = task.coordinating
      builder.setCoordinating(others, &task)
      task.coordinating = named + task.coordinating.filter { !named.contains($0) }
    }
  }

  /// A cell of leads may say itself who coordinates: “Chủ trì: A; Phối hợp: B”.
  private func setLead(_ words: String, _ builder: TaskBuilder, _ task: inout ImportedTask) {
    let labels = LabelLine.all(in: words.replacing("\n", with: "; "))
    let isLabelled = labels.before.isEmpty && labels.fields.contains { $0.role == .lead }
    if isLabelled { builder.setParties(words, &task) } else { builder.setLead(words, &task) }
  }

  private func readRemarks(_ row: TaskTable.Row, _ task: inout ImportedTask) {
    guard let remark = row.cells[.note], !remark.isEmpty else { return }
    task.notes.append("Ghi chú: \(remark.replacing("\n", with: " "))")
  }

  /// What a cell says; “nt” and, for leads and limits, an empty cell stand for the row above.
  private func cell(
    _ role: Role,
    _ row: TaskTable.Row,
    _ above: TaskTable.Row?,
    _ task: inout ImportedTask,
    inheritsEmpty: Bool
  ) -> String? {
    guard let text = row.cells[role] else { return nil }
    if Self.isNothing(text) {
      return inheritsEmpty && !text.isEmpty
        ? nil : (text.isEmpty ? inherited(role, "", above, &task, inheritsEmpty) : nil)
    }
    guard Self.isDitto(text) else { return text }
    return inherited(role, text, above, &task, true)
  }

  private func inherited(
    _ role: Role,
    _ text: String,
    _ above: TaskTable.Row?,
    _ task: inout ImportedTask,
    _ inherits: Bool
  ) -> String? {
    guard inherits, let value = above?.cells[role], !value.isEmpty else { return nil }
    let key: Doubt.Key =
      role == .limit ? .limit : role == .product ? .product : role == .coordinating ? .coordinating : .lead
    let written = text.isEmpty ? "ô để trống" : "ô ghi “\(text)”"
    task.doubts.append(Doubt(key, "\(written); lấy theo dòng trên"))
    return value
  }

  /// Empty, or nothing but signs that no ditto is.
  private static func isNothing(_ text: String) -> Bool {
    !text.contains { $0.isLetter || $0.isNumber } && !isDitto(text)
  }
}
