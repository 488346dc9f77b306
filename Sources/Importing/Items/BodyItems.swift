/// Finds the tasks among the points of a document's body.
struct BodyItems {
  /// What a section is for, by its heading.
  enum Section { case skipped, tasks, organisation, other }

  let parties: PartyReader
  /// Tasks are listed in a table, so that points without unit and limit only explain.
  let hasTable: Bool
  /// The start of ids and the words for sections: empty for the body, “PL2” and “Phụ lục 2” for an appendix.
  var idPrefix = ""
  var sectionPrefix = ""
  private(set) var tasks: [ImportedTask] = []
  /// Points without unit and limit that were left out.
  private(set) var leftOut: [String] = []
  /// Sentences with a limit that could not become tasks.
  private(set) var remarks: [Doubt] = []
  /// Whether words give a date or a period.
  private let saysWhen: (String) -> Bool
  /// The words of a day or of days that come again, in a sentence.
  private let dayIn: (String) -> String?
  /// Points whose limit stands in a task, and where in the document each task stands.
  private var covered: Set<ObjectIdentifier> = []
  private var places: [Int] = []
  private var order: [ObjectIdentifier: Int] = [:]

  init(parties: PartyReader, hasTable: Bool, saysWhen: @escaping (String) -> Bool, dayIn: @escaping (String) -> String?)
  {
    self.parties = parties
    self.hasTable = hasTable
    self.saysWhen = saysWhen
    self.dayIn = dayIn
  }

  mutating func read(_ root: Node, as section: Section = .other) {
    for (place, node) in root.all.enumerated() { order[ObjectIdentifier(node)] = place }
    for child in root.children { visit(child, Self.section(child, in: section), lead: nil) }
    takeParagraphs(of: root)
    for child in root.children { sweep(child, Self.section(child, in: section), lead: nil, isBelowTask: false) }
    tasks = zip(places, tasks).enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
      .map(\.element.1)
  }

  // MARK: Limits that nobody took

  /// A point left over whose sentence says by when is a task, or at least is named.
  private mutating func sweep(_ node: Node, _ section: Section, lead: String?, isBelowTask: Bool) {
    let isTask = covered.contains(ObjectIdentifier(node))
    if !isTask { takeLeftover(node, section, lead: lead, isBelowTask: isBelowTask) }
    let inner = headingLead(node) ?? lead
    for child in node.children {
      sweep(child, Self.section(child, in: section), lead: inner, isBelowTask: isTask || isBelowTask)
    }
  }

  private mutating func takeLeftover(_ node: Node, _ section: Section, lead: String?, isBelowTask: Bool) {
    let text = sentences(node)
    let found = isBelowTask ? InlineLimit.dated(in: text).first : InlineLimit.obligation(in: text)
    guard let limit = found, saysWhen(limit) else {
      // A date without the words that make it a limit is named, and a person decides.
      if found == nil, !isBelowTask, section != .skipped, node.children.isEmpty, let day = dayIn(text) {
        remark(id(node), day)
      }
      return
    }
    let subject = Subject.read(title(of: node), parties)
    guard tasks.count < Limits.tasks, section != .skipped || subject.isAssigned || subject.isOrder else {
      return remark(id(node), limit)
    }
    let place = id(node)
    leftOut.removeAll { $0 == place }
    take(node, section == .skipped ? .other : section, lead: lead)
  }

  private mutating func remark(_ place: String, _ limit: String) {
    guard remarks.count < 30 else { return }
    remarks.append(
      Doubt(.tasks, "\(place) ghi “\(limit)” nhưng không rõ có phải thời hạn của một việc, nên không nạp; xem lại")
    )
  }

  /// Sentences without a sign before them, as a letter has them.
  private mutating func takeParagraphs(of root: Node) {
    var number = 0
    for paragraph in root.paragraphs where !Self.isGround(paragraph) {
      guard let limit = InlineLimit.obligation(in: paragraph), saysWhen(limit) else { continue }
      number += 1
      guard tasks.count < Limits.tasks else { return }
      let node = Node(nil, text: paragraph, parent: root)
      take(node, .other, lead: nil)
      tasks[tasks.count - 1].id = "\(idPrefix.isEmpty ? "" : "\(idPrefix).")đoạn\(number)"
      tasks[tasks.count - 1].section =
        "\(sectionPrefix.isEmpty ? "" : "\(sectionPrefix), ")đoạn “\(paragraph.prefix(40))…”"
    }
  }

  /// “Căn cứ …”, “Thực hiện Công văn số …”: why the document was written.
  private static func isGround(_ text: String) -> Bool {
    foldedWords(text.prefix(40)).starts(withAny: ["căn cứ", "kính gửi", "thực hiện công văn", "thực hiện kế hoạch"])
  }

  /// The unit that a heading or a point before a colon names for what is below it.
  private func headingLead(_ node: Node) -> String? {
    if let unit = unitHeading(node) { return unit }
    if let lead = node.values(.lead).first { return lead }
    guard node.text.hasSuffix(":") else { return nil }
    let names = Subject.read(node.text, parties).names.map(\.text)
    return names.isEmpty ? nil : names.joined(separator: "; ")
  }

  /// “Trên cơ sở đó, yêu cầu Phòng Kinh tế …”: the unit after the order.
  private func ordered(in text: String) -> String? {
    let words = text.prefix(2000).split(separator: " ")
    let folded = words.map { foldedWords($0).joined() }
    for order in ["giao", "giao cho", "yêu cầu", "đề nghị"] as [Phrase] {
      guard let start = folded.position(of: order) else { continue }
      let names = parties.leading(words[(start + order.words.count)...].joined(separator: " ")).names
      if !names.isEmpty { return names.map(\.text).joined(separator: "; ") }
    }
    return leading(words, folded)
  }

  /// “Công tác ứng phó: Phòng Kinh tế chủ trì …”: the unit before the verb.
  private func leading(_ words: [Substring], _ folded: [String]) -> String? {
    guard let verb = folded.position(of: "chủ trì") else { return nil }
    for start in max(0, verb - 12)..<verb {
      let names = parties.list(words[start..<verb].joined(separator: " "))
      if !names.isEmpty, names.allSatisfy({ $0.party != nil }) { return names.map(\.text).joined(separator: "; ") }
    }
    return nil
  }

  /// What the point itself says, without what is below it.
  private func sentences(_ node: Node) -> String { ([node.text] + node.paragraphs).joined(separator: " . ") }

  private static func numbers(_ limit: String) -> Set<String> {
    Set(
      limit.split { !($0.isLetter || $0.isNumber || $0 == "/") }.filter { $0.contains(where: \.isNumber) }.map(
        String.init
      )
    )
  }

  /// The point and what below it gives the same limit are done with; another limit in its sentences is told.
  private mutating func cover(_ node: Node, _ task: inout ImportedTask) {
    covered.insert(ObjectIdentifier(node))
    let own = Self.numbers(task.limit)
    for below in node.all.dropFirst() {
      guard let limit = InlineLimit.dated(in: sentences(below)).first else { continue }
      if Self.numbers(limit).isSubset(of: own) { covered.insert(ObjectIdentifier(below)) }
    }
    for limit in InlineLimit.dated(in: sentences(node)) where !Self.numbers(limit).isSubset(of: own) && saysWhen(limit)
    {
      task.doubts.append(Doubt(.limit, "câu còn ghi “\(limit)”; xem có phải thời hạn khác không"))
    }
  }

  /// A unit or an order with a colon, below which bullets or points have limits of their own.
  private func headsLimits(_ node: Node) -> Bool {
    guard !node.children.isEmpty, unitHeading(node) != nil || node.text.hasSuffix(":"),
      InlineLimit.dated(in: sentences(node)).isEmpty, node.values(.limit).isEmpty
    else { return false }
    let limits = node.children.compactMap { InlineLimit.obligation(in: sentences($0)) }
    return limits.count >= (headingLead(node) == nil ? 2 : 1)
  }

  // MARK: Sections

  private static func section(_ node: Node, in outer: Section) -> Section {
    guard node.marker?.kind.isHeading == true else { return outer }
    let words = foldedWords(node.text.prefix(200))
    guard words.count <= 30 || node.isStrong else { return outer }
    let isTop = node.rank <= 2 || (outer == .other && node.rank == 3)
    if words.starts(withAny: [
      "mục đích", "mục tiêu", "yêu cầu", "quan điểm", "căn cứ", "kinh phí", "sự cần thiết", "thực trạng", "tình hình",
      "phạm vi", "đối tượng", "nguyên tắc", "chỉ tiêu", "đánh giá tình hình", "kết quả đạt được", "nguồn kinh phí",
    ]), words.count <= 14, InlineLimit.dated(in: node.text).isEmpty {
      return .skipped
    }
    if words.has(any: ["tổ chức thực hiện", "phân công thực hiện", "phân công trách nhiệm", "trách nhiệm của các"]),
      words.count <= 14
    {
      return .organisation
    }
    guard isTop, outer != .organisation else { return outer }
    if words.has(any: [
      "nhiệm vụ", "giải pháp", "nội dung", "công việc", "hoạt động", "công tác", "phân công", "chương trình",
    ]) {
      return .tasks
    }
    return outer == .skipped && node.rank <= 2 ? .other : outer
  }

  // MARK: Points

  /// Looks for tasks in a point and below it; `lead` is the unit that heads the section, as written.
  private mutating func visit(_ node: Node, _ section: Section, lead: String?) {
    guard section != .skipped, tasks.count < Limits.tasks else { return }
    if hasOwnFields(node) {
      takeLabelled(node, section, lead: lead)
    } else if section == .organisation || (unitHeading(node) != nil && headsLimits(node)) {
      takeOrganisation(node, lead: lead)
    } else if headsLimits(node), node.points.isEmpty {
      for bullet in node.bullets { visit(bullet, section, lead: headingLead(node) ?? lead) }
    } else if !node.points.isEmpty {
      for child in node.points { visit(child, Self.section(child, in: section), lead: lead) }
    } else if node.bullets.contains(where: { hasOwnFields($0) }) {
      for bullet in node.bullets { visit(bullet, section, lead: lead) }
    } else {
      takeBare(node, section, lead: lead)
    }
  }

  private func hasOwnFields(_ node: Node) -> Bool {
    node.fields.contains { $0.role == .lead || $0.role == .limit || $0.role == .parties }
  }

  /// A point with lines for unit or time; its own points are details unless they have such lines too.
  private mutating func takeLabelled(_ node: Node, _ section: Section, lead: String?) {
    let labelled = node.points.filter { hasOwnFields($0) }
    guard !labelled.isEmpty else { return take(node, section, lead: lead) }
    let common = node.values(.lead).first ?? lead
    for child in node.points { visit(child, section, lead: common) }
  }

  /// A point without lines of its own is a task when it says who does it, or by when.
  private mutating func takeBare(_ node: Node, _ section: Section, lead: String?) {
    let subject = Subject.read(node.text, parties)
    let limit = InlineLimit.find(in: ownText(node), onlyDated: section != .organisation)
    let siblingsLabelled = node.parent?.children.contains { hasOwnFields($0) } ?? false
    let isTask =
      switch section {
      case .tasks: subject.isAssigned || limit != nil || siblingsLabelled && node.marker?.kind.isBullet == false
      default: subject.isAssigned && (limit != nil || subject.isOrder) || (limit != nil && lead != nil)
      }
    if isTask {
      take(node, section, lead: lead)
    } else if section == .tasks, !hasTable {
      leftOut.append(id(node))
    }
  }

  /// In the part on carrying out, a heading names the unit and the points below are its tasks.
  private mutating func takeOrganisation(_ node: Node, lead: String?) {
    let own = unitHeading(node)
    let below = node.children
    if let own, !below.isEmpty || !node.paragraphs.isEmpty {
      if below.isEmpty { return take(node, .organisation, lead: own) }
      for child in below { takeOrganisation(child, lead: own) }
    } else if !node.points.isEmpty || (node.rank < 3 && !below.isEmpty) {
      for child in below { visit(child, .organisation, lead: lead) }
    } else if lead != nil || Subject.read(node.text, parties).isAssigned {
      take(node, .organisation, lead: lead)
    } else if InlineLimit.find(in: ownText(node), onlyDated: true) != nil {
      take(node, .organisation, lead: nil)
    }
  }

  /// The words of a point that is nothing but a unit's name, known or not.
  private func unitHeading(_ node: Node) -> String? {
    let whole = PartyReader.tidied(node.text)
    let isAbout = foldedWords(whole.prefix(10)).starts(with: "đối với")
    let text = isAbout ? whole.split(separator: " ").dropFirst(2).joined(separator: " ") : whole
    let names = parties.list(text)
    if !names.isEmpty, names.allSatisfy({ $0.party != nil }) { return text }
    let words = text.split(separator: " ").count
    let hasBelow = !node.children.isEmpty || !node.paragraphs.isEmpty
    let isName =
      words <= 12 && text.first?.isUppercase == true && (node.text.hasSuffix(":") || !node.text.hasSuffix("."))
    guard node.rank >= 3, hasBelow, isName, Subject.looksLikeUnit(text) else { return nil }
    // “Trung tâm PVHCC niêm yết”: a known name with a verb after it.
    let known = parties.leading(text).names
    return names.count == 1 && known.count == 1 ? known[0].text : text
  }

  // MARK: One task

  private mutating func take(_ node: Node, _ section: Section, lead: String?) {
    var task = ImportedTask(id: id(node), section: words(node), title: "", limit: "", lead: [], coordinating: [])
    let builder = TaskBuilder(parties: parties)
    let body = title(of: node)
    let subject = Subject.read(body, parties)
    task.title = subject.rest.isEmpty ? body : subject.rest
    task.product = node.values(.product).first
    task.isOrganisation = section == .organisation
    task.content = ([heading(node), node.text] + node.paragraphs + node.bullets.map(\.text)).joined(separator: ". ")
    readLimit(of: node, section, &task)
    readParties(of: node, subject, lead: lead, builder, &task)
    cover(node, &task)
    builder.complete(&task)
    tasks.append(task)
    places.append(order[ObjectIdentifier(node)] ?? 0)
  }

  private func readLimit(of node: Node, _ section: Section, _ task: inout ImportedTask) {
    let limits = node.values(.limit)
    if let limit = limits.first {
      task.limit = limit
      for other in limits.dropFirst() {
        task.doubts.append(Doubt(.limit, "văn bản còn ghi “\(other)”; mới lấy thời hạn ghi trước"))
      }
    } else if let limit = InlineLimit.find(in: ownText(node), onlyDated: section != .organisation) {
      task.limit = limit
      task.doubts.append(Doubt(.limit, "thời hạn lấy từ trong câu, không có dòng “Thời gian thực hiện”"))
    }
  }

  private func readParties(
    of node: Node,
    _ subject: Subject,
    lead: String?,
    _ builder: TaskBuilder,
    _ task: inout ImportedTask
  ) {
    let written = node.values(.lead)
    if !written.isEmpty {
      builder.setLead(written.joined(separator: "\n"), &task)
    } else if let both = node.values(.parties).first {
      builder.setParties(both, &task)
    } else if !subject.names.isEmpty {
      builder.setLead(subject.names, &task)
      task.doubts.append(Doubt(.lead, "đơn vị lấy từ đầu câu, không có dòng “Đơn vị chủ trì”"))
    } else if let lead {
      builder.setLead(lead, &task)
    } else if let named = ordered(in: sentences(node)) {
      builder.setLead(named, &task)
      task.doubts.append(Doubt(.lead, "đơn vị lấy từ trong câu, không có dòng “Đơn vị chủ trì”"))
    } else {
      let actors = node.bullets.flatMap { parties.leading($0.text).names }
      if !actors.isEmpty {
        builder.setLead(actors, &task)
        task.doubts.append(Doubt(.lead, "không có dòng “Đơn vị thực hiện”; đơn vị lấy từ các gạch đầu dòng"))
      }
    }
    let coordinating = node.values(.coordinating)
    if !coordinating.isEmpty {
      builder.setCoordinating(coordinating.joined(separator: "\n"), &task)
    } else if node.values(.parties).isEmpty {
      builder.setCoordinating(inSentence: ownText(node), &task)
    }
  }

  /// The words of the task: the paragraph under a heading, else the point's own.
  private func title(of node: Node) -> String {
    guard let first = node.paragraphs.first, first.count > 20 else { return node.text }
    let isHeading = node.marker?.kind.isHeading == true && !node.text.hasSuffix(".") && !node.text.hasSuffix(";")
    return isHeading && node.bullets.isEmpty ? first : node.text
  }

  private func ownText(_ node: Node) -> String {
    ([node.text] + node.paragraphs + (node.points.isEmpty ? node.bullets.map(\.text) : [])).joined(separator: " . ")
  }

  /// The heading above a point that stands alone under it.
  private func heading(_ node: Node) -> String { node.marker?.kind.isHeading == true ? node.text : "" }

  // MARK: Names of places

  private func id(_ node: Node) -> String {
    let parts = node.path.map { node -> String in
      guard let marker = node.marker else { return "" }
      switch marker.kind {
      case .article: return "Đ\(marker.label)"
      case .dash, .plus: return "g\(node.bulletNumber)"
      default: return marker.label
      }
    }
    return ([idPrefix] + parts).filter { !$0.isEmpty }.joined(separator: ".")
  }

  private func words(_ node: Node) -> String {
    let parts = node.path.enumerated().map { index, node -> String in
      let label = node.marker?.label ?? ""
      switch node.marker?.kind {
      case .part?: return "Phần \(label)"
      case .capital?: return "Phần \(label)"
      case .roman?: return index == 0 ? "Phần \(label)" : "mục \(label)"
      case .article?: return "Điều \(label)"
      case .decimal?: return "mục \(label)"
      case .letter?: return "điểm \(label)"
      default: return "gạch đầu dòng \(node.bulletNumber)"
      }
    }
    let text = ([sectionPrefix] + parts).filter { !$0.isEmpty }.joined(separator: ", ")
    return text.prefix(1).uppercased() + text.dropFirst()
  }
}

/// Who does it, at the beginning of a sentence: “Giao Phòng Kinh tế chủ trì …”, “Phòng Kinh tế: …”.
struct Subject {
  var names: [PartyReader.Name] = []
  /// What is left when “Phòng Kinh tế:” is taken away; otherwise all.
  var rest: String
  /// “Giao …”, “Đề nghị …”, or a name with a colon.
  var isOrder = false

  var isAssigned: Bool { !names.isEmpty }

  private static let orders: [Phrase] = ["giao", "giao cho", "yêu cầu", "đề nghị", "phân công", "chỉ đạo"]

  static func read(_ text: String, _ parties: PartyReader) -> Subject {
    var subject = Subject(rest: text)
    var start = text[...]
    let words = foldedWords(text.prefix(24))
    if let order = orders.last(where: { words.starts(with: $0) }) {
      for _ in order.words { start = start.drop { $0 == " " }.drop { $0 != " " } }
      subject.isOrder = true
    }
    let found = parties.leading(start.trimmed)
    subject.names = found.names
    let after = start.trimmed.dropFirst(found.length)
    if !found.names.isEmpty, after.hasPrefix(":") || start.trimmed.prefix(found.length).hasSuffix(":") {
      subject.rest = after.drop { ":, ".contains($0) }.trimmed
      subject.isOrder = true
    } else if found.names.isEmpty, let unknown = unknownUnit(start.trimmed, isOrder: subject.isOrder) {
      subject.names = parties.list(unknown)
      let rest = start.trimmed.dropFirst(unknown.count)
      if rest.hasPrefix(":") { subject.rest = rest.dropFirst().trimmed }
      subject.isOrder = true
    }
    return subject
  }

  /// “Công an xã: …”, “Giao Trạm Y tế chủ trì …”: a name the directory does not have.
  private static func unknownUnit(_ text: String, isOrder: Bool) -> String? {
    if let colon = text.prefix(90).firstIndex(of: ":"), looksLikeUnit(String(text[..<colon])) {
      return String(text[..<colon])
    }
    guard isOrder, looksLikeUnit(text) else { return nil }
    let words = text.prefix(200).split(separator: " ")
    let verbs: [Phrase] = [
      "chủ", "phối", "thực", "tham", "có", "tổ", "xây", "rà", "báo", "chịu", "khẩn", "tiếp", "triển",
    ]
    let end = words.indices.first { index in
      index > 0 && verbs.contains { $0.words == foldedWords(words[index]) } && words[index].first?.isLowercase == true
    }
    return end.map { words[..<$0].joined(separator: " ") }
  }

  /// Begins as names of units do.
  static func looksLikeUnit(_ text: String) -> Bool {
    let words = foldedWords(text.prefix(80))
    return text.first?.isUppercase == true
      && words.starts(withAny: [
        "phòng", "ban", "văn phòng", "trung tâm", "công an", "trạm", "trường", "hội", "đoàn", "mặt trận", "các",
        "thủ trưởng",
        "ủy ban", "ubnd", "đảng ủy", "chủ tịch", "phó chủ tịch", "lãnh đạo", "bộ phận", "tổ", "trưởng", "chi bộ",
        "ubmttq",
        "bí thư", "công chức", "đơn vị", "quân sự", "hạt", "kho bạc", "chi cục", "thuế", "cơ quan", "hợp tác xã",
        "thôn",
      ])
  }
}
