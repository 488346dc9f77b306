internal import Deadlines

/// Fills in the units of a task, and says what is doubtful about them.
struct TaskBuilder {
  let parties: PartyReader

  func setLead(_ words: String, _ task: inout ImportedTask) {
    guard let both = SharedRoles.divided(words), parties.party(words) == nil else {
      return setLead(parties.list(words), &task)
    }
    setLead(both.lead, &task)
    if !both.coordinating.isEmpty { setCoordinating(both.coordinating, &task) }
  }

  func setLead(_ names: [PartyReader.Name], _ task: inout ImportedTask) {
    let known = resolved(names, .lead, &task)
    task.lead = known.map(\.text)
    task.leadParties = known.compactMap(\.party)
  }

  func setCoordinating(_ words: String, _ task: inout ImportedTask) {
    task.coordinating = resolved(parties.list(words), .coordinating, &task).map(\.text)
  }

  /// A cell or line for both: “Chủ trì: A; phối hợp: B”, or the first named leads.
  func setParties(_ words: String, _ task: inout ImportedTask) {
    let labels = LabelLine.all(in: words.replacing("\n", with: "; "))
    if let lead = labels.fields.first(where: { $0.role == .lead })?.value {
      setLead(lead, &task)
      if let others = labels.fields.first(where: { $0.role == .coordinating })?.value { setCoordinating(others, &task) }
      return
    }
    let names = parties.list(words)
    setLead(Array(names.prefix(1)), &task)
    task.coordinating = resolved(Array(names.dropFirst()), .coordinating, &task).map(\.text)
    if names.count > 1 {
      task.doubts.append(Doubt(.lead, "văn bản ghi chung đơn vị chủ trì và phối hợp; lấy đơn vị ghi đầu làm chủ trì"))
    }
  }

  /// “Chủ trì, phối hợp với A cùng B định kỳ …”: the known names after the words.
  func setCoordinating(inSentence text: String, _ task: inout ImportedTask) {
    let words = text.prefix(3000).split(separator: " ")
    let folded = words.map { foldedWords($0).joined() }
    guard let start = folded.position(of: "phối hợp với") else { return }
    let rest = words[(start + 3)...].joined(separator: " ")
    let found = parties.leading(rest)
    if found.names.isEmpty {
      let name = rest.prefix { !",;.".contains($0) }.prefix(80)
      if !name.isEmpty {
        task.doubts.append(
          Doubt(.coordinating, "câu ghi “phối hợp với \(name)…”: chưa có tên này trong directory.yaml")
        )
      }
    }
    let leads = task.leadParties
    task.coordinating = found.names.filter { name in name.party.map { !leads.contains($0) } ?? true }.map(\.text)
  }

  /// The names the directory knows; the others become doubts with the document's words.
  private func resolved(_ names: [PartyReader.Name], _ key: Doubt.Key, _ task: inout ImportedTask) -> [PartyReader.Name]
  {
    var known: [PartyReader.Name] = []
    for name in names where name.text.contains(where: \.isLetter) {
      if name.party != nil {
        if !known.contains(where: { foldedWords($0.text) == foldedWords(name.text) }) { known.append(name) }
      } else if let unit = parties.unit(headedBy: name.text) {
        known.append(PartyReader.Name(text: unit, party: parties.party(unit)))
        task.doubts.append(Doubt(key, "văn bản ghi chức vụ “\(name.text)”; ghi đơn vị do chức vụ này đứng đầu"))
      } else {
        task.doubts.append(Doubt(key, unknown(name.text)))
      }
    }
    return known
  }

  private func unknown(_ name: String) -> String {
    let guess = parties.suggestion(for: name).map { "; có phải “\($0)”?" } ?? ""
    return "“\(name.prefix(160))” chưa có trong directory.yaml\(guess): thêm tên hoặc cách gọi khác rồi ghi vào đây"
  }

  // MARK: What every task needs

  func complete(_ task: inout ImportedTask) {
    task.title = Self.shortened(task.title)
    if task.title.isEmpty {
      task.title = "(không ghi nội dung)"
      task.doubts.append(Doubt(.title, "văn bản không ghi nội dung công việc"))
    }
    if task.lead.isEmpty { nameSomebody(&task) }
    task.notes += Targets.found(in: task)
    task.doubts += Slips.found(in: task)
    guard foldedWords(task.title).has("kiểm tra đột xuất"), !task.coordinating.isEmpty else { return }
    task.tellsCoordinating = false
    task.doubts.append(
      Doubt(
        .coordinating,
        "có kiểm tra đột xuất: không báo ngày cho đơn vị phối hợp; bỏ “tellCoordinating” nếu cần báo"
      )
    )
  }

  /// `check` needs a known lead; until a person has named it, Văn phòng is asked.
  private func nameSomebody(_ task: inout ImportedTask) {
    let isStated = task.doubts.contains { $0.key == .lead }
    task.lead = [parties.fallback]
    task.leadParties = parties.party(parties.fallback).map { [$0] } ?? []
    let reason = isStated ? "chưa xác định được đơn vị chủ trì" : "văn bản không ghi đơn vị chủ trì"
    task.doubts.append(Doubt(.lead, "\(reason); tạm ghi \(parties.fallback) để xác nhận"))
  }

  /// Whole sentences, as long as a letter can quote.
  static func shortened(_ text: String) -> String {
    let limit = 1500
    let line = text.replacing("\n", with: " ")
    guard line.count > limit else { return line }
    let cut = line.prefix(limit)
    guard let end = cut.lastIndex(where: { ".;".contains($0) }) ?? cut.lastIndex(of: " ") else { return String(cut) }
    return String(cut[...end]).trimmed
  }
}

/// Words that name leading and coordinating units in one breath.
enum SharedRoles {
  private static let leads: Phrase = "chủ trì"
  private static let helps: Phrase = "phối hợp"

  /// “A (chủ trì), B (phối hợp)”, “A chủ trì, phối hợp với B”; nil when the words give no roles.
  static func divided(_ words: String) -> (lead: String, coordinating: String)? {
    let line = words.replacing("\n", with: "; ")
    let both = byParentheses(line) ?? byVerbs(line)
    return both.flatMap { $0.lead.isEmpty ? nil : $0 }
  }

  private static func byParentheses(_ line: String) -> (lead: String, coordinating: String)? {
    var (lead, coordinating): ([String], [String]) = ([], [])
    var names = ""
    var rest = line[...]
    while let open = rest.firstIndex(of: "("), let close = rest[open...].firstIndex(of: ")") {
      let role = foldedWords(rest[open...close])
      names += rest[..<open]
      if role.has(helps) {
        coordinating.append(bare(names))
        names = ""
      } else if role.has(leads) {
        lead.append(bare(names))
        names = ""
      } else {
        names += rest[open...close]
      }
      rest = rest[rest.index(after: close)...]
    }
    guard !lead.isEmpty || !coordinating.isEmpty else { return nil }
    // What has no role of its own leads where nobody else does.
    let others = bare(names + rest)
    if lead.isEmpty { lead.append(others) } else { coordinating.append(others) }
    return (joined(lead), joined(coordinating))
  }

  private static func byVerbs(_ line: String) -> (lead: String, coordinating: String)? {
    let words = line.split(separator: " ")
    let folded = words.map { foldedWords($0).joined() }
    let (lead, help) = (folded.position(of: leads), folded.position(of: helps))
    guard let first = [lead, help].compactMap(\.self).min(), first > 0 else { return nil }
    guard let help else { return (bare(words[..<first].joined(separator: " ")), "") }
    let after = bare(words[(help + 2)...].joined(separator: " "))
    if !after.isEmpty { return (bare(words[..<first].joined(separator: " ")), after) }
    guard let lead, lead < help else { return nil }
    return (bare(words[..<lead].joined(separator: " ")), bare(words[(lead + 2)..<help].joined(separator: " ")))
  }

  private static let joints: [Phrase] = ["với", "cùng", "và", "thực hiện", "tham mưu"]

  /// Without separators and the words that join a name to its role.
  private static func bare(_ names: String) -> String {
    var words = names.split(separator: " ").map(String.init)
    while let first = words.first, foldedWords(first).isEmpty || isJoint([first]) { words.removeFirst() }
    while words.count >= 2, isJoint(Array(words.prefix(2))) { words.removeFirst(2) }
    while words.count >= 2, isJoint(Array(words.suffix(2))) { words.removeLast(2) }
    while let last = words.last, foldedWords(last).isEmpty || isJoint([last]) { words.removeLast() }
    return PartyReader.tidied(words.joined(separator: " ").drop { ",;: ".contains($0) }.description)
  }

  private static func isJoint(_ words: [String]) -> Bool {
    joints.contains { $0.words == words.flatMap { foldedWords($0) } }
  }

  private static func joined(_ names: [String]) -> String { names.filter { !$0.isEmpty }.joined(separator: "; ") }
}

/// Quantities that a task is measured by (chỉ tiêu), as the document writes them.
enum Targets {
  static func found(in task: ImportedTask) -> [String] {
    var targets: [String] = []
    for clause in [task.title, task.product ?? ""].flatMap({ clauses($0) }) where targets.count < 6 && isTarget(clause)
    {
      let note = "Chỉ tiêu: \(clause)"
      if !targets.contains(note) { targets.append(note) }
    }
    return targets
  }

  private static func clauses(_ text: String) -> [String] {
    var clauses: [String] = [""]
    let characters = Array(text)
    for (index, character) in characters.enumerated() {
      let next = index + 1 < characters.count ? characters[index + 1] : " "
      if character == ";" || character.isNewline || (".,".contains(character) && next == " ") {
        clauses.append("")
      } else {
        clauses[clauses.count - 1].append(character)
      }
    }
    return clauses.map(\.trimmed)
  }

  private static func isTarget(_ clause: String) -> Bool {
    guard clause.count <= 300, let sign = clause.firstIndex(of: "%") else { return false }
    return clause[..<sign].trimmed.last?.isNumber == true
  }
}

/// Words that scanning has misread so often that they are no words of any office (rule R15).
enum Slips {
  private static let known: [(wrong: Phrase, text: String, right: String)] = [
    ("những nhiễu", "những nhiễu", "nhũng nhiễu"), ("những nhiều", "những nhiều", "nhũng nhiễu"),
    ("những thiếu", "những thiếu", "nhũng nhiễu"), ("hợp trực tuyến", "hợp trực tuyến", "họp trực tuyến"),
    ("phần đấu", "phần đấu", "phấn đấu"), ("phần đầu đạt", "phần đầu đạt", "phấn đấu đạt"),
    ("cuộc hợp", "cuộc hợp", "cuộc họp"), ("hội hợp", "hội hợp", "hội họp"),
  ]

  static func found(in task: ImportedTask) -> [Doubt] {
    let words = foldedWords(task.title)
    return known.filter { words.has($0.wrong) }.map {
      Doubt(.title, "bản gốc ghi “\($0.text)”, có lẽ là “\($0.right)”; giữ nguyên chữ")
    }
  }
}
