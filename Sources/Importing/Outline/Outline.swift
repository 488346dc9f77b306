/// One part of a document's body: a section, a point, a bullet.
final class Node {
  let marker: Marker?
  /// The words after the marker, and what is said in lines of their own below it.
  var text: String
  var paragraphs: [String] = []
  var fields: [(role: Role, value: String)] = []
  var children: [Node] = []
  /// Bold, or a heading of Markdown.
  let isStrong: Bool
  private(set) weak var parent: Node?
  /// Which bullet of its parent, from 1.
  var bulletNumber = 0

  init(_ marker: Marker?, text: String, isStrong: Bool = false, parent: Node? = nil) {
    self.marker = marker
    self.text = text
    self.isStrong = isStrong
    self.parent = parent
  }

  var rank: Int { marker?.kind.rank ?? -1 }
  func values(_ role: Role) -> [String] { fields.filter { $0.role == role && !$0.value.isEmpty }.map(\.value) }
  var points: [Node] { children.filter { $0.marker?.kind.isBullet == false } }
  var bullets: [Node] { children.filter { $0.marker?.kind.isBullet == true } }

  /// The node itself and all below it, in the document's order.
  var all: [Node] { [self] + children.flatMap(\.all) }

  /// The parts above it and itself; the root has no sign and is left out.
  var path: [Node] {
    var path: [Node] = []
    var next: Node? = self
    while let node = next, let marker = node.marker {
      // “1.2” says that it is under “1”.
      if case .decimal(let depth) = marker.kind, let below = path.last?.marker?.kind, case .decimal(let deeper) = below,
        deeper > depth
      {
        next = node.parent
        continue
      }
      path.append(node)
      next = node.parent
    }
    return path.reversed()
  }
}

/// A table with the heading of the appendix or section that it stands in.
struct PlacedTable {
  var table: Table
  /// Counted from 1; nil outside appendices.
  var appendix: Int?
  /// What the appendix is called, as “Phụ lục II”.
  var heading: [String]
}

/// A document's body as a tree, and its tables.
struct Outline {
  let root = Node(nil, text: "")
  var tables: [PlacedTable] = []
  /// The words above each appendix's points, by appendix.
  var appendixCount = 0
  /// Points of an appendix that has no table.
  var appendixRoots: [(number: Int, root: Node)] = []
}

/// Builds the outline from what follows the letterhead.
struct OutlineReader {
  private var outline = Outline()
  private var stack: [Node] = []
  private var isBodyOver = false
  private var heading: [String] = []
  /// A label without a value, whose value is the next line.
  private var pendingLabel: (node: Node, index: Int)?
  private var appendix: Int?

  static func read(_ blocks: some Sequence<Document.Block>) -> Outline {
    var reader = OutlineReader()
    reader.stack = [reader.outline.root]
    for block in blocks { reader.take(block) }
    return reader.outline
  }

  private mutating func take(_ block: Document.Block) {
    switch block {
    case .table(let table) where TaskTable.mayHoldTasks(table):
      outline.tables.append(PlacedTable(table: table, appendix: appendix, heading: heading))
    case .table(let table):
      // A letterhead, or “Nơi nhận” beside the signature; or the next page of the table above.
      if table.width >= 3 {
        outline.tables.append(PlacedTable(table: table, appendix: appendix, heading: heading))
      } else {
        for cell in table.rows.joined() where cell.continues == nil {
          for line in cell.text.split(whereSeparator: \.isNewline) { takeParagraph(Paragraph(text: String(line))) }
        }
      }
    case .paragraph(let paragraph): takeParagraph(paragraph)
    }
  }

  private mutating func takeParagraph(_ paragraph: Paragraph) {
    if let name = Self.appendixName(paragraph.text) { return startAppendix(name) }
    if Self.startsAttachment(paragraph) { isBodyOver = false }
    guard !isBodyOver else {
      if appendix != nil, heading.count < 8 { heading.append(paragraph.text) }
      return
    }
    if Self.endsBody(paragraph.text) {
      if Self.closesWithLimit(paragraph.text) { outline.root.paragraphs.append(paragraph.text) }
      isBodyOver = true
      return
    }
    if appendix == nil, Self.closesWithLimit(paragraph.text) {
      outline.root.paragraphs.append(paragraph.text)
    } else {
      place(paragraph)
    }
    if Self.isLast(paragraph.text), stack.count > 0, appendix == nil, Marker.parse(paragraph.text) == nil {
      isBodyOver = true
    }
  }

  // MARK: Where things begin and end

  /// “PHỤ LỤC”, “Phụ lục II”, “PHỤ LỤC 1: …”; a mention inside a sentence is none.
  static func appendixName(_ text: String) -> String? {
    guard text.count < 250 else { return nil }
    let words = foldedWords(text)
    guard
      words.starts(withAny: [
        "phụ lục", "biểu phân công", "bảng phân công", "biểu tổng hợp nhiệm vụ", "danh mục nhiệm vụ",
      ])
    else { return nil }
    let start = text.prefix { $0 != " " }
    let isTitle = start.isUppercased || (start.first?.isUppercase == true && words.count <= 5 && !text.hasSuffix("."))
    return isTitle ? text : nil
  }

  private mutating func startAppendix(_ name: String) {
    isBodyOver = true
    // “PHỤ LỤC” and below it “DANH MỤC NHIỆM VỤ …” are one.
    if appendix != nil, heading.count <= 3, !foldedWords(name).starts(with: "phụ lục"),
      outline.tables.last?.appendix != appendix, outline.appendixRoots.last?.root.children.isEmpty != false
    {
      heading.append(name)
      return
    }
    outline.appendixCount += 1
    appendix = outline.appendixCount
    heading = [name]
    let root = Node(nil, text: "")
    outline.appendixRoots.append((outline.appendixCount, root))
    stack = [root]
    isBodyOver = false
  }

  /// A plan that a decision puts into force begins after the decision's signature.
  private static func startsAttachment(_ paragraph: Paragraph) -> Bool {
    let words = foldedWords(paragraph.text.prefix(80))
    return paragraph.text.isUppercased && words.count <= 3
      && ["kế hoạch", "chương trình", "đề án", "phương án"].contains { ($0 as Phrase).words == words }
  }

  private static func endsBody(_ text: String) -> Bool {
    let words = foldedWords(text.prefix(80))
    return words.starts(withAny: ["nơi nhận", "trên đây là"])
      || (text.isUppercased && words.count <= 8
        && words.starts(withAny: [
          "tm ủy ban nhân dân", "tm ubnd", "kt chủ tịch", "chủ tịch", "tm đảng ủy", "tl chủ tịch",
        ]))
  }

  /// “Yêu cầu các đơn vị báo cáo trước ngày …”: an order to all, which belongs to no point above it.
  private static func closesWithLimit(_ text: String) -> Bool {
    let words = foldedWords(text.prefix(80))
    let isClosing =
      isLast(text) && Marker.parse(text) == nil
      || words.starts(withAny: ["trên đây là", "yêu cầu", "đề nghị", "nhận được", "trong quá trình"])
    return isClosing && LabelLine.parse(text) == nil && !InlineLimit.dated(in: text).isEmpty
  }

  private static func isLast(_ text: String) -> Bool { text.hasSuffix("./.") || text.hasSuffix("./") }

  // MARK: Points

  private mutating func place(_ paragraph: Paragraph) {
    if let pending = pendingLabel, takeValue(paragraph.text, for: pending) { return }
    let marker = Marker.parse(paragraph.text)
    if let labels = LabelLine.parse(marker?.kind.isBullet == false ? marker?.rest ?? "" : paragraph.text) {
      return takeLabels(labels, marker)
    }
    guard let marker else { return takePlain(paragraph.text) }
    let trailing = LabelLine.all(in: marker.rest)
    let hasFields = !trailing.fields.isEmpty && !trailing.before.isEmpty
    open(marker, text: hasFields ? trailing.before : marker.rest, isStrong: paragraph.isStrong)
    if hasFields { takeFields(trailing.fields, stack[stack.count - 1]) }
  }

  private mutating func open(_ marker: Marker, text: String, isStrong: Bool) {
    let rank = marker.kind.rank
    while stack.count > 1, stack[stack.count - 1].rank >= rank { stack.removeLast() }
    let parent = stack[stack.count - 1]
    let node = Node(marker, text: text, isStrong: isStrong, parent: parent)
    if marker.kind.isBullet { node.bulletNumber = parent.bullets.count + 1 }
    parent.children.append(node)
    stack.append(node)
  }

  private mutating func takePlain(_ text: String) {
    let node = stack[stack.count - 1]
    let trailing = LabelLine.all(in: text)
    if !trailing.fields.isEmpty {
      if !trailing.before.isEmpty { node.paragraphs.append(trailing.before) }
      takeFields(trailing.fields, node)
    } else if node.paragraphs.count < 200 {
      node.paragraphs.append(text)
    }
  }

  /// Labels belong to the point above them: to a bullet only when they stand one level below it.
  private mutating func takeLabels(_ labels: LabelLine, _ marker: Marker?) {
    let rank = marker?.kind.rank ?? Marker.Kind.dash.rank
    while stack.count > 1, stack[stack.count - 1].rank >= rank { stack.removeLast() }
    takeFields(labels.fields, stack[stack.count - 1])
  }

  private mutating func takeFields(_ fields: [(role: Role, value: String)], _ node: Node) {
    for field in fields where node.fields.count < 50 {
      node.fields.append(field)
      if field.value.isEmpty { pendingLabel = (node, node.fields.count - 1) }
    }
  }

  private mutating func takeValue(_ text: String, for pending: (node: Node, index: Int)) -> Bool {
    pendingLabel = nil
    guard LabelLine.parse(text) == nil else { return false }
    let marker = Marker.parse(text)
    guard marker == nil || marker?.kind.isBullet == true, text.count < 300 else { return false }
    pending.node.fields[pending.index].value = marker?.rest ?? text
    return true
  }
}
