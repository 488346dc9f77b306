/// Reads a plan from a Word document (ECMA-376 part 1, WordprocessingML).
enum WordReader {
  static func read(_ path: String) throws -> Document {
    let archive = try ZipArchive(path: path)
    let part = try mainPart(of: archive)
    let numbering = WordNumbering()
    for name in ["word/numbering.xml", "word/styles.xml"] where archive.names.contains(name) {
      try parse(archive, name, into: numbering)
    }
    let content = WordContent(numbering)
    try parse(archive, part, into: content)
    if let fault = content.fault { throw fault }
    return try LineReader.read(content.lines, isText: false)
  }

  /// `word/document.xml`, or what some programs call it.
  private static func mainPart(of archive: ZipArchive) throws -> String {
    if archive.names.contains("word/document.xml") { return "word/document.xml" }
    if let other = archive.names.filter({ $0.hasPrefix("word/document") && $0.hasSuffix(".xml") }).min() {
      return other
    }
    let names = archive.names
    if names.contains("content.xml") {
      throw Fault("an OpenDocument file (.odt, .ods)", remedy: "open it in LibreOffice and save it as .docx")
    }
    if names.contains("EncryptionInfo") || names.contains("EncryptedPackage") {
      throw Fault("the document is protected by a password", remedy: "save it without a password and import that")
    }
    throw Fault("a zip archive, but no Word document: word/document.xml is missing", remedy: "name the .docx itself")
  }

  private static func parse(_ archive: ZipArchive, _ part: String, into events: any XMLEvents) throws {
    let reader = try XMLReader(events)
    let content = events as? WordContent
    try archive.read(part) { piece in
      try reader.feed(piece)
      if let fault = content?.fault { throw fault }
    }
    try reader.finish()
  }
}

/// Collects paragraphs and tables of `word/document.xml`.
private final class WordContent: XMLEvents {
  private struct Open {
    var text = ""
    var boldLength = 0
    var style: String?
    var number: String?
    var level: Int?
  }

  private struct OpenTable {
    var builder = TableBuilder()
    var lines: [String] = []
    var columns = 1
    var continuesAbove = false
    var isDeletedRow = false
    var skippedColumns = 0
  }

  private(set) var lines: [Line] = []
  private(set) var fault: Fault?
  private let numbering: WordNumbering
  private var paragraphs: [Open] = []
  private var tables: [OpenTable] = []
  private var runs = 0
  private var isText = false
  private var isBold = false
  /// How deep we are in something that is not part of the text: deletions, fallbacks, properties.
  private var skipped = 0
  private var size = 0
  private var cells = 0

  init(_ numbering: WordNumbering) { self.numbering = numbering }

  /// Deleted or moved away; the other form of a text box; what the document had been before.
  private static let skippedElements: Set<String> = [
    "w:del", "w:moveFrom", "mc:Fallback", "w:pPrChange", "w:rPrChange", "w:tblPrChange", "w:tcPrChange", "w:trPrChange",
    "w:sectPr", "w:tabs",
  ]

  func start(_ name: String, _ attributes: [String: String]) {
    guard fault == nil else { return }
    if name == "w:del", let last = tables.indices.last, runs == 0, paragraphs.isEmpty {
      tables[last].isDeletedRow = true
    }
    if skipped > 0 || Self.skippedElements.contains(name) {
      skipped += 1
      return
    }
    let value = attributes["val"]
    switch name {
    case "w:p": paragraphs.append(Open())
    case "w:r": runs += 1
    case "w:rPr": isBold = false
    case "w:b": isBold = runs > 0 && !["0", "false", "off"].contains(value ?? "")
    case "w:t": isText = true
    case "w:tab": if runs > 0 { append("\t") }
    case "w:br", "w:cr": if attributes["type"] == nil || attributes["type"] == "textWrapping" { append("\n") }
    case "w:noBreakHyphen": append("-")
    case "w:pStyle": change { $0.style = value }
    case "w:numId": change { $0.number = value }
    case "w:ilvl": change { $0.level = value.flatMap { Int($0) } }
    default: startTablePart(name, attributes)
    }
  }

  func end(_ name: String) {
    guard fault == nil else { return }
    if skipped > 0 {
      skipped -= 1
      return
    }
    switch name {
    case "w:p": endParagraph()
    case "w:r":
      runs = max(0, runs - 1)
      isBold = false
    case "w:t": isText = false
    case "w:tc": endCell()
    case "w:tr": endRow()
    case "w:tbl": endTable()
    default: break
    }
  }

  func text(_ text: String) {
    guard isText, skipped == 0, fault == nil else { return }
    append(text)
  }

  private func append(_ text: String) {
    guard let last = paragraphs.indices.last else { return }
    size += text.utf8.count
    guard size <= Limits.textBytes else { return fault = .tooLong }
    paragraphs[last].text += text
    if isBold { paragraphs[last].boldLength += text.count { !$0.isWhitespace } }
  }

  private func change(_ body: (inout Open) -> Void) {
    if let last = paragraphs.indices.last { body(&paragraphs[last]) }
  }

  private func endParagraph() {
    guard let paragraph = paragraphs.popLast() else { return }
    let label = numbering.label(style: paragraph.style, number: paragraph.number, level: paragraph.level)
    let text = label.map { "\($0) \(paragraph.text)" } ?? paragraph.text
    guard paragraphs.isEmpty || tables.isEmpty else { return add(text, isStrong: false) }
    let letters = paragraph.text.count { !$0.isWhitespace }
    add(
      text.trimmed.isEmpty || paragraph.text.trimmed.isEmpty ? "" : text,
      isStrong: letters > 0 && paragraph.boldLength == letters
    )
  }

  private func add(_ text: String, isStrong: Bool) {
    if let last = tables.indices.last {
      tables[last].lines += text.split(whereSeparator: \.isNewline).map(String.init)
      return
    }
    guard lines.count < Limits.blocks * 2 else { return fault = .tooManyLines }
    let parts = text.split(whereSeparator: \.isNewline)
    if parts.isEmpty { lines.append(.blank) }
    for part in parts { lines.append(.text(String(part), isStrong: isStrong)) }
  }

  // MARK: Tables

  private func startTablePart(_ name: String, _ attributes: [String: String]) {
    guard name.hasPrefix("w:t") || name.hasPrefix("w:v") || name.hasPrefix("w:g") else { return }
    if name == "w:tbl" { tables.append(OpenTable()) }
    guard let last = tables.indices.last else { return }
    switch name {
    case "w:tr":
      tables[last].builder.startRow()
      tables[last].isDeletedRow = false
    case "w:gridBefore":
      for _ in 0..<min(Limits.columns, Int(attributes["val"] ?? "") ?? 0) { tables[last].builder.add("") }
    case "w:tc":
      tables[last].lines = []
      tables[last].columns = 1
      tables[last].continuesAbove = false
    case "w:gridSpan": tables[last].columns = Int(attributes["val"] ?? "") ?? 1
    case "w:vMerge": tables[last].continuesAbove = attributes["val"] != "restart"
    default: break
    }
  }

  private func endCell() {
    guard let last = tables.indices.last else { return }
    cells += 1
    guard cells <= Limits.cells else { return fault = .tooManyCells }
    let lines = tables[last].lines.map { Markup.words($0) }.filter { !$0.isEmpty }
    let columns = tables[last].columns
    tables[last].builder.add(
      lines.joined(separator: "\n"),
      columns: columns,
      continuesAbove: tables[last].continuesAbove
    )
    tables[last].lines = []
  }

  private func endRow() {
    guard let last = tables.indices.last else { return }
    if tables[last].isDeletedRow { tables[last].builder.startRow() } else { tables[last].builder.endRow() }
  }

  private func endTable() {
    guard let table = tables.popLast()?.builder.table else { return }
    // A table inside a cell is that cell's text.
    if let outer = tables.indices.last {
      tables[outer].lines += table.rows.map { $0.map(\.text).joined(separator: " ") }
    } else {
      lines.append(.table(table))
    }
  }
}
