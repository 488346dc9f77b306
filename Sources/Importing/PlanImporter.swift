public import Deadlines

/// Turns a document into a plan file.
public struct PlanImporter: Sendable {
  private let office: Office

  /// - Parameter office: Whose directory, calendar and reporting dates apply.
  public init(office: Office) { self.office = office }

  /// Reads the document.
  /// - Parameters:
  ///   - path: The document's file: text, Markdown or .docx.
  ///   - issued: The issue date, for a document that does not say it.
  /// - Returns: The plan with every doubt.
  /// - Throws: `ImportError` when the file cannot be read or holds no plan.
  public func plan(from path: String, issued: CivilDate? = nil) throws -> ImportedPlan {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    do {
      let document: Document =
        switch try SourceFile.open(path) {
        case .text(let text): try TextReader.read(text)
        case .word(let path): try WordReader.read(path)
        }
      return try plan(of: document, issued: issued)
    } catch let fault as Fault {
      throw ImportError(name, fault.message, remedy: fault.remedy)
    }
  }

  /// The text of the plan file, with every doubt as a comment beside its line.
  public static func planFile(_ plan: ImportedPlan, source: String) -> String {
    PlanFileWriter.text(plan, source: source)
  }

  // MARK: From document to plan

  private func plan(of document: Document, issued: CivilDate?) throws -> ImportedPlan {
    let blocks = flattened(document.blocks)
    let paragraphs = blocks.compactMap { if case .paragraph(let paragraph) = $0 { paragraph } else { nil } }
    var letterhead = LetterheadReader(paragraphs: paragraphs, officeName: office.name).read()
    if let issued { Self.replaceIssued(issued, in: &letterhead) }
    let outline = OutlineReader.read(body(of: blocks, after: letterhead.bodyStart))
    let parties = PartyReader(office)
    let (tasks, remarks) = tasks(of: outline, parties, issued: letterhead.issued)
    guard !tasks.isEmpty else {
      throw Fault(
        "no task found: neither a table with columns for tasks and units or limits, nor points with “Đơn vị chủ trì” or "
          + "“Thời gian thực hiện”",
        remedy: "check that this is the plan with its appendix, or write the plan file by hand"
      )
    }
    var plan = ImportedPlan(
      number: letterhead.number,
      type: letterhead.type,
      title: letterhead.title,
      issuer: letterhead.issuer,
      issued: try issueDate(&letterhead),
      secrecy: letterhead.secrecy,
      tasks: TaskIDs.unique(tasks),
      disagreements: [],
      doubts: letterhead.doubts + remarks
    )
    completeNumber(&plan)
    doubtLimits(&plan)
    let finder = DisagreementFinder(plan, calendar: office.calendar, regime: office.policy.regime)
    plan.disagreements = finder.disagreements()
    if let doubt = finder.doubt { plan.doubts.append(doubt) }
    return plan
  }

  /// The date given wins; that the document says another is told.
  private static func replaceIssued(_ issued: CivilDate, in letterhead: inout Letterhead) {
    if let written = letterhead.issued, written != issued {
      letterhead.doubts.append(
        Doubt(
          .issued,
          "văn bản ghi ngày \(written.slashed), khác ngày \(issued.slashed) cho bằng --issued; lấy ngày cho bằng --issued, "
            + "bỏ --issued nếu ngày của văn bản đúng"
        )
      )
    }
    letterhead.issued = issued
  }

  /// Tables that hold no tasks (letterhead, signature) become their paragraphs, so that the letterhead is found in them.
  private func flattened(_ blocks: [Document.Block]) -> [Document.Block] {
    blocks.flatMap { block -> [Document.Block] in
      guard case .table(let table) = block, !TaskTable.mayHoldTasks(table), table.width <= 3, table.rows.count <= 8,
        table.rows.first?.first.map({ Int($0.text) == nil }) == true
      else { return [block] }
      let cells = table.rows.joined().filter { $0.continues == nil }
      return cells.flatMap { $0.text.split(whereSeparator: \.isNewline) }
        .map { .paragraph(Paragraph(text: String($0))) }
    }
  }

  /// What follows the title; tables before it too.
  private func body(of blocks: [Document.Block], after start: Int) -> [Document.Block] {
    var count = 0
    return blocks.filter { block in
      guard case .paragraph = block else { return true }
      count += 1
      return count > start
    }
  }

  private func issueDate(_ letterhead: inout Letterhead) throws -> CivilDate {
    if let issued = letterhead.issued { return issued }
    if let open = letterhead.openDate, let date = CivilDate(year: open.year, month: open.month ?? 1, day: 1) {
      letterhead.doubts.append(
        Doubt(
          .issued,
          "văn bản chưa ghi ngày ban hành; tạm ghi \(date.slashed), điền ngày ký (mọi thời hạn tính từ ngày này)"
        )
      )
      return date
    }
    throw Fault(
      "no issue date found (a line such as “Cẩm Giàng, ngày 13 tháng 5 năm 2026”)",
      remedy: "give it by --issued YYYY-MM-DD"
    )
  }

  private func completeNumber(_ plan: inout ImportedPlan) {
    if plan.number.isEmpty {
      plan.number = "chưa-có-số-\(plan.issued)"
      plan.doubts.append(Doubt(.number, "không thấy số văn bản; điền số vào đây"))
    }
    let id = plan.number.map { $0 == "/" ? "-" : $0 }
    if office.plans.contains(where: { Array($0.id) == id }) {
      plan.doubts.append(Doubt(.number, "văn bản số này đã có trong “plans”; giữ một trong hai tệp"))
    }
  }

  // MARK: Tasks

  private func tasks(of outline: Outline, _ parties: PartyReader, issued: CivilDate?) -> (
    tasks: [ImportedTask], remarks: [Doubt]
  ) {
    var remarks: [Doubt] = []
    let dayIn = { (text: String) in self.day(in: text, issued: issued) }
    let saysWhen = { (words: String) in self.saysWhen(words, issued: issued) }
    let (rows, unread) = rows(of: outline, parties)
    var body = BodyItems(parties: parties, hasTable: !rows.isEmpty, saysWhen: saysWhen, dayIn: dayIn)
    body.read(outline.root)
    var tasks = body.tasks
    var leftOut = body.leftOut
    remarks += body.remarks
    for (number, root) in outline.appendixRoots where !rows.contains(where: { $0.appendix == number }) {
      var points = BodyItems(parties: parties, hasTable: false, saysWhen: saysWhen, dayIn: dayIn)
      points.idPrefix = outline.appendixCount > 1 ? "PL\(number)" : "PL"
      points.sectionPrefix = outline.appendixCount > 1 ? "Phụ lục \(number)" : "Phụ lục"
      points.read(root, as: .tasks)
      tasks += points.tasks
      leftOut += points.leftOut
      remarks += points.remarks
      if points.tasks.isEmpty, !root.paragraphs.isEmpty || !root.children.isEmpty {
        remarks.append(Doubt(.tasks, "phụ lục \(number) không đọc được việc nào; xem lại bảng trong văn bản gốc"))
      }
    }
    tasks += rows.flatMap(\.tasks)
    if !leftOut.isEmpty {
      let points = leftOut.prefix(30).joined(separator: ", ")
      remarks.append(
        Doubt(.tasks, "không nạp vì không ghi đơn vị và thời hạn: \(points)\(leftOut.count > 30 ? ", …" : "")")
      )
    }
    let columns = rows.flatMap(\.unreadColumns).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    if !columns.isEmpty {
      let names = columns.prefix(12).map { "“\($0.prefix(60))”" }.joined(separator: ", ")
      remarks.append(Doubt(.tasks, "cột \(names) của bảng không được đọc; xem lại văn bản gốc nếu cần"))
    }
    if unread > 0 { remarks.append(Doubt(.tasks, "\(unread) bảng không nhận ra các cột nên không đọc")) }
    if tasks.count >= Limits.tasks { remarks.append(Doubt(.tasks, "chỉ đọc \(Limits.tasks) việc đầu")) }
    return (Array(tasks.prefix(Limits.tasks)), remarks)
  }

  /// The words give a date or a period, and name no other document by its date.
  private func saysWhen(_ words: String, issued: CivilDate?) -> Bool {
    clauses(words, issued: issued).contains { clause in
      switch clause.kind {
      case .deadline, .datetime, .window, .recurring, .report, .invalid: true
      case .relative, .relativeWorkingDays: true
      default: false
      }
    }
  }

  /// A day, or days that come again, as a sentence without the words of a limit may name them.
  private func day(in text: String, issued: CivilDate?) -> String? {
    for sentence in text.prefix(8000).split(whereSeparator: { ".;".contains($0) })
    where sentence.contains(where: \.isNumber) {
      let clause = clauses(String(sentence), issued: issued).first {
        [.deadline, .datetime, .recurring].contains($0.kind)
      }
      if let clause { return clause.words.trimmed }
    }
    return nil
  }

  private func clauses(_ words: String, issued: CivilDate?) -> [LimitClause] {
    // Which day it is issued does not change whether there is a date.
    guard let issued = issued ?? CivilDate(year: 2026, month: 1, day: 1) else { return [] }
    return TimeLimitParser(calendar: office.calendar, regime: office.policy.regime).parse(words, issued: issued).clauses
  }

  private struct Rows {
    var appendix: Int?
    var tasks: [ImportedTask]
    var unreadColumns: [String]
  }

  /// The tasks of every table; a table without a head goes on with the one before it.
  private func rows(of outline: Outline, _ parties: PartyReader) -> (rows: [Rows], unread: Int) {
    var all: [Rows] = []
    var unread = 0
    var columns: [Int: Role]?
    var last: Int??
    let withTables = Set(outline.tables.compactMap(\.appendix))
    for placed in outline.tables {
      guard let table = TaskTable(placed.table, inherited: last == placed.appendix ? columns : nil) else {
        unread += placed.table.width >= 3 && placed.table.rows.count >= 2 ? 1 : 0
        continue
      }
      (columns, last) = (table.columns, placed.appendix)
      let isOne = placed.appendix == nil || withTables.count <= 1
      let items = TableItems(
        parties: parties,
        idPrefix: isOne ? "PL" : "PL\(placed.appendix ?? 0)",
        sectionPrefix: placed.appendix == nil
          ? "Bảng phân công" : isOne ? "Phụ lục" : "Phụ lục \(placed.appendix ?? 0)",
        headingLead: headingLead(placed.heading, parties)
      )
      let counted = all.filter { $0.appendix == placed.appendix }.reduce(0) { $0 + $1.tasks.count }
      all.append(
        Rows(
          appendix: placed.appendix,
          tasks: items.tasks(of: table, counted: counted),
          unreadColumns: table.unreadColumns
        )
      )
      if all.reduce(0, { $0 + $1.tasks.count }) > Limits.tasks { break }
    }
    return (all, unread)
  }

  /// The unit that an appendix is for, as in “Nhiệm vụ của Phòng Kinh tế”.
  private func headingLead(_ heading: [String], _ parties: PartyReader) -> String? {
    for line in heading.prefix(3) {
      let words = line.split(separator: " ")
      for start in words.indices {
        let rest = words[start...].joined(separator: " ")
        if let name = parties.leading(rest.isUppercased ? rest.lowercased() : rest).names.first { return name.text }
      }
    }
    return nil
  }

  /// What the reader of time limits is not sure of stands beside the limit.
  private func doubtLimits(_ plan: inout ImportedPlan) {
    let parser = TimeLimitParser(calendar: office.calendar, regime: office.policy.regime)
    for index in plan.tasks.indices {
      let task = plan.tasks[index]
      let limit = parser.parse(task.limit, issued: plan.issued, title: task.title, product: task.product ?? "")
      guard limit.needsConfirmation else { continue }
      if task.limit.isEmpty {
        plan.tasks[index].doubts.append(
          Doubt(.limit, "văn bản không ghi thời hạn; cần xác nhận, tạm hỏi tình hình theo kỳ")
        )
      } else {
        for note in limit.notes.prefix(4) { plan.tasks[index].doubts.append(Doubt(.limit, Self.vietnamese(note))) }
      }
    }
  }

  /// The first half of “… / …”, where the other is English.
  private static func vietnamese(_ note: String) -> String {
    note.firstRange(of: " / ").map { String(note[..<$0.lowerBound]) } ?? note
  }
}

/// Gives every task an id of its own.
enum TaskIDs {
  static func unique(_ tasks: [ImportedTask]) -> [ImportedTask] {
    var used: Set<String> = []
    return tasks.map { task in
      var task = task
      let id = usable(task.id)
      task.id = id
      var number = 2
      while !used.insert(task.id).inserted {
        task.id = "\(id)-\(number)"
        number += 1
      }
      if number > 2 { task.doubts.append(Doubt(.id, "số mục “\(id)” có nhiều lần trong văn bản; thêm số phía sau")) }
      return task
    }
  }

  /// Letters, digits, “-”, “.” and “_”, at most 60 bytes, a letter or digit first.
  private static func usable(_ id: String) -> String {
    var text = ""
    for character in id where character.isLetter || character.isNumber || "-._".contains(character) {
      guard text.utf8.count + String(character).utf8.count <= 50 else { break }
      text.append(character)
    }
    return text.first.map { $0.isLetter || $0.isNumber } == true ? text : "X\(text)"
  }
}
