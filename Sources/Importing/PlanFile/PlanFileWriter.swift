internal import Deadlines

/// Writes the plan file, with every doubt as a comment above its line.
struct PlanFileWriter {
  static let width = 110
  private var lines: [String] = []

  static func text(_ plan: ImportedPlan, source: String) -> String {
    var writer = PlanFileWriter()
    writer.writeHead(plan, source: source)
    writer.writeTasks(plan.tasks)
    writer.writeDisagreements(plan.disagreements)
    return writer.lines.joined(separator: "\n") + "\n"
  }

  // MARK: The document

  private mutating func writeHead(_ plan: ImportedPlan, source: String) {
    let count = plan.doubtCount
    comment("\(plan.type) \(plan.number): \(plan.tasks.count) việc, nạp từ “\(source)”.", indent: 0)
    comment("Lời của văn bản giữ nguyên từng chữ. Có \(count) chỗ cần xem lại, ghi ở các dòng “# ?”.", indent: 0)
    let fields: [(Doubt.Key, String, String)] = [
      (.number, "number", plan.number), (.type, "type", plan.type), (.title, "title", plan.title),
      (.issuer, "issuer", plan.issuer),
    ]
    for (key, name, value) in fields {
      doubts(plan.doubts, key, indent: 0)
      field(name, value, indent: 0)
    }
    doubts(plan.doubts, .issued, indent: 0)
    lines.append("issued: \(plan.issued)")
    doubts(plan.doubts, .secrecy, indent: 0)
    if let secrecy = plan.secrecy { field("secrecy", secrecy, indent: 0) }
    lines.append("")
    doubts(plan.doubts, .tasks, indent: 0)
    lines.append("tasks:")
  }

  private mutating func writeTasks(_ tasks: [ImportedTask]) {
    for (index, task) in tasks.enumerated() {
      if index > 0 { lines.append("") }
      writeTask(task)
    }
  }

  private mutating func writeTask(_ task: ImportedTask) {
    doubts(task.doubts, .id, indent: 2)
    lines.append("  - id: \(YAMLText.scalar(task.id))")
    field("section", task.section, indent: 4)
    doubts(task.doubts, .title, indent: 4)
    field("title", task.title, indent: 4)
    doubts(task.doubts, .product, indent: 4)
    if let product = task.product, !product.isEmpty { field("product", product, indent: 4) }
    doubts(task.doubts, .limit, indent: 4)
    lines.append("    limit: \(YAMLText.quoted(task.limit))")
    doubts(task.doubts, .lead, indent: 4)
    lines.append("    lead: \(YAMLText.list(task.lead))")
    doubts(task.doubts, .coordinating, indent: 4)
    if !task.coordinating.isEmpty { lines.append("    coordinating: \(YAMLText.list(task.coordinating))") }
    if !task.tellsCoordinating { lines.append("    tellCoordinating: false") }
    guard !task.notes.isEmpty else { return }
    lines.append("    notes:")
    for note in task.notes { entry(note, indent: 6) }
  }

  private mutating func writeDisagreements(_ disagreements: [Disagreement]) {
    guard !disagreements.isEmpty else { return }
    lines.append("")
    comment(
      "? \(disagreements.count) chỗ thân văn bản và phụ lục ghi khác nhau. Cả hai được giữ; khi đã quyết định mỗi hạn "
        + "đứng riêng, ghi “settled: true”.",
      indent: 0
    )
    lines.append("disagreements:")
    for pair in disagreements {
      lines.append("  - body: \(YAMLText.scalar(pair.body))")
      lines.append("    appendix: \(YAMLText.scalar(pair.appendix))")
      field("proposal", pair.proposal, indent: 4)
      lines.append("    settled: false")
    }
  }

  // MARK: Lines

  private mutating func doubts(_ doubts: [Doubt], _ key: Doubt.Key, indent: Int) {
    for doubt in doubts where doubt.key == key { comment("? \(doubt.text)", indent: indent) }
  }

  private mutating func comment(_ text: String, indent: Int) {
    let margin = String(repeating: " ", count: indent)
    let words = Markup.singleSpaced(text)
    for line in YAMLText.folded(words, width: Self.width - indent - 2) { lines.append("\(margin)# \(line)") }
  }

  private mutating func field(_ name: String, _ value: String, indent: Int) {
    write("\(String(repeating: " ", count: indent))\(name): ", value, indent: indent)
  }

  private mutating func entry(_ value: String, indent: Int) {
    write("\(String(repeating: " ", count: indent))- ", value, indent: indent)
  }

  /// A long text is folded, a text of several lines is kept line by line.
  private mutating func write(_ start: String, _ value: String, indent: Int) {
    let margin = String(repeating: " ", count: indent + 2)
    if value.contains("\n") {
      lines.append("\(start)|-")
      for line in value.split(whereSeparator: \.isNewline) { lines.append(margin + line.trimmed) }
    } else if start.count + value.count <= Self.width || value.count < 40 {
      lines.append(start + YAMLText.scalar(value))
    } else {
      lines.append("\(start)>-")
      for line in YAMLText.folded(value, width: Self.width - indent - 2) { lines.append(margin + line) }
    }
  }
}

extension ImportedPlan {
  public var doubtCount: Int { doubts.count + tasks.reduce(0) { $0 + $1.doubts.count } + disagreements.count }
}

/// Scalars that mean what they say in YAML 1.1 and 1.2.
enum YAMLText {
  static func list(_ texts: [String]) -> String {
    let items = texts.map { text in text.contains { ",[]{}".contains($0) } ? quoted(text) : scalar(text) }
    return "[\(items.joined(separator: ", "))]"
  }

  /// Plain where that is safe, else in quotes.
  static func scalar(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

  static func quoted(_ text: String) -> String {
    var output = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output + "\""
  }

  private static let words: Set<String> = [
    "null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", "---", "...",
  ]

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first,
      first.properties.isAlphabetic || ("0"..."9").contains(first) || first == "(",
      !text.contains(": "), !text.contains(" #"), !text.hasSuffix(":"), !text.hasSuffix(" "),
      !words.contains(text.lowercased()), !text.contains(where: \.isNewline)
    else { return false }
    return !text.contains { "[]{}\t\"".contains($0) } && text.contains { !$0.isNumber && !".:eE_-+".contains($0) }
  }

  /// Lines no longer than the width; joined by single spaces they are the text again.
  static func folded(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var length = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
      let count = word.count
      if length > 0, length + 1 + count > max(20, width) {
        lines.append(line)
        (line, length) = ("", 0)
      }
      line += length > 0 ? " \(word)" : String(word)
      length += count + (length > 0 ? 1 : 0)
    }
    return lines + [line]
  }
}
