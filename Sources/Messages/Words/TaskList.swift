internal import Deadlines

// Several tasks: a table to see at a glance, then the tasks by kind, most urgent first.
extension NoticeLetter {
  // A mail of hundreds of tasks would be too long to read, and above a megabyte some servers refuse it.

  /// So many tasks are told in full; fewer as the table grows beyond four hundred, or as attached drafts name them too.
  private static func mostDetails(of tasks: Int, drafted: Int) -> Int {
    max(0, 60 - max(0, tasks - 400) / 2 - max(0, drafted - 60) / 8)
  }
  /// Tasks with very long texts are told in full as long as their texts are no longer than this, in bytes.
  private static let mostDetailBytes = 120_000
  /// So many tasks are in the table.
  private static let mostRows = 450
  /// In a longer table the rows are shorter.
  private static let mostWideRows = 60

  /// Periods of one task that are told for the same reason.
  private struct TaskGroup {
    var entries: [EntryWords]
    var first: EntryWords { entries[0] }
  }

  private struct Part {
    var group: NoticeGroup
    var tasks: [TaskGroup]
    var count: Int { tasks.reduce(0) { $0 + $1.entries.count } }
  }

  func several(_ entries: [EntryWords]) -> [Letter.Block] {
    let parts = NoticeGroup.allCases.compactMap { group in
      let tasks = byTask(entries.filter { NoticeGroup($0) == group })
      return tasks.isEmpty ? nil : Part(group: group, tasks: tasks)
    }
    let plan = commonPlan(entries)
    let rows = parts.flatMap { $0.tasks.flatMap(\.entries) }
    return [.paragraph(opening(entries, plan)), .table(overview(rows))] + others(than: rows.count)
      + details(parts, of: entries.count, plan)
  }

  /// Tasks by their earliest date, undated ones last; within a task by date.
  private func byTask(_ entries: [EntryWords]) -> [TaskGroup] {
    var groups: [TaskGroup] = []
    var place: [String: Int] = [:]
    for entry in entries.sorted(by: isBefore) {
      let units = entry.merged.map(\.occurrence.unit).joined(separator: ",")
      let key = "\(entry.occurrence.plan.id)|\(entry.occurrence.task)|\(units)|\(entry.entry.role)"
      if let index = place[key] {
        groups[index].entries.append(entry)
      } else {
        place[key] = groups.count
        groups.append(TaskGroup(entries: [entry]))
      }
    }
    return groups
  }

  private func isBefore(_ left: EntryWords, _ right: EntryWords) -> Bool {
    let dates = (order(left), order(right))
    if dates.0 != dates.1 { return dates.0 < dates.1 }
    // What the recipient leads before what others lead.
    if left.isOwner != right.isOwner { return left.isOwner }
    return left.occurrence.id < right.occurrence.id
  }

  private func order(_ entry: EntryWords) -> CivilDate {
    entry.occurrence.isDated || entry.isCheckIn ? entry.occurrence.due?.target ?? .last : .last
  }

  private func commonPlan(_ entries: [EntryWords]) -> Occurrence.PlanReference? {
    let plan = entries.first?.occurrence.plan
    return entries.allSatisfy { $0.occurrence.plan == plan } ? plan : nil
  }

  private func opening(_ entries: [EntryWords], _ plan: Occurrence.PlanReference?) -> String {
    let you = entries.first?.you ?? say("đơn vị", "you")
    let number = words.count(entries.count)
    let date = words.date(message.today)
    guard let plan else {
      return say(
        "Tính đến ngày \(date), có \(number) nhiệm vụ liên quan đến \(you) như sau:",
        "As of \(date) there are \(number) tasks for your attention:"
      )
    }
    return say(
      "Theo \(words.document(plan)), tính đến ngày \(date), có \(number) nhiệm vụ liên quan đến \(you) như sau:",
      "Under \(words.document(plan)), as of \(date) there are \(number) tasks for your attention:"
    )
  }
}

// The table of all tasks.
extension NoticeLetter {
  private func overview(_ entries: [EntryWords]) -> Letter.Table {
    Letter.Table(
      summary: say("Tổng hợp các nhiệm vụ trong thư", "The tasks in this message"),
      columns: [
        Letter.Column(title: say("TT", "No."), share: 6),
        Letter.Column(title: say("Nhiệm vụ", "Task"), share: 48),
        Letter.Column(title: say("Hạn", "Due"), share: 20),
        Letter.Column(title: say("Tình trạng", "State"), share: 26),
      ],
      rows: entries.prefix(Self.mostRows).enumerated().map {
        row($0 + 1, $1, isShort: entries.count > Self.mostWideRows)
      }
    )
  }

  private func row(_ number: Int, _ entry: EntryWords, isShort: Bool) -> [Letter.Cell] {
    let badge = badge(entry)
    return [
      Letter.Cell(words.count(number)),
      Letter.Cell(CleanText.shortened(entry.name, to: isShort ? 70 : 90), detail: leadCell(entry)),
      Letter.Cell(dueCell(entry), detail: periodCell(entry)),
      Letter.Cell(badge?.words ?? "", tone: isShort ? nil : badge?.tone),
    ]
  }

  private func others(than tasks: Int) -> [Letter.Block] {
    guard tasks > Self.mostRows else { return [] }
    let rest = words.count(tasks - Self.mostRows)
    return [
      .paragraph(
        say(
          "và \(rest) nhiệm vụ khác, không nêu hết trong thư này.",
          "and \(rest) other tasks, too many for this message."
        )
      )
    ]
  }

  /// Who leads, unless the recipient does.
  private func leadCell(_ entry: EntryWords) -> String? {
    guard !entry.isOwner || entry.addressesPerson || entry.hasSeveralUnits else { return nil }
    return say("Chủ trì: \(entry.unitList)", "Lead: \(entry.unitList)")
  }

  private func dueCell(_ entry: EntryWords) -> String {
    guard entry.occurrence.isDated, let due = entry.occurrence.due else {
      return entry.occurrence.isCheckIn ? say("thường xuyên", "continuous") : say("không ghi", "none stated")
    }
    return words.date(due.nominal)
  }

  private func periodCell(_ entry: EntryWords) -> String? {
    guard let period = entry.occurrence.due?.period, !period.isEmpty else { return nil }
    return entry.kind == .assignment && entry.occurrence.isCheckIn ? nil : period
  }
}

// The tasks in full.
extension NoticeLetter {
  private func details(_ parts: [Part], of total: Int, _ plan: Occurrence.PlanReference?) -> [Letter.Block] {
    var room = Room(tasks: Self.mostDetails(of: total, drafted: message.entries.count(where: \.draftsLetter)))
    let blocks = parts.flatMap { part -> [Letter.Block] in
      let cards = part.tasks.compactMap { card($0, plan, in: &room) }
      let heading = "\(part.group.heading(words)) (\(words.count(part.count)))"
      return cards.isEmpty ? [] : [.heading(heading)] + cards.map { .card($0) }
    }
    return room.told < total ? [.paragraph(cutNote(told: room.told, of: total))] + blocks : blocks
  }

  /// How much of the tasks may still be told in full.
  private struct Room {
    let tasks: Int
    var told = 0
    var bytes = NoticeLetter.mostDetailBytes
    var isFull = false
  }

  /// The card, or nil once the letter is long enough: what follows is not told either, so that the first ones are.
  private func card(_ group: TaskGroup, _ plan: Occurrence.PlanReference?, in room: inout Room) -> Letter.Card? {
    let entries = Array(group.entries.prefix(room.tasks - room.told))
    guard !room.isFull, !entries.isEmpty else { return nil }
    let card = card(TaskGroup(entries: entries), plan)
    room.bytes -= card.bytes
    room.isFull = room.bytes < 0 || entries.count < group.entries.count
    guard room.bytes >= 0 else { return nil }
    room.told += entries.count
    return card
  }

  private func cutNote(told: Int, of total: Int) -> String {
    guard told > 0 else {
      return say(
        "Do nội dung dài, thư này chỉ nêu các nhiệm vụ trong bảng trên.",
        "Because their texts are long, the tasks are named in the table above only."
      )
    }
    let rest = words.count(total - told)
    return say(
      "Do số lượng lớn, dưới đây chỉ ghi chi tiết \(words.count(told)) nhiệm vụ đầu của bảng trên; "
        + "\(rest) nhiệm vụ còn lại chỉ nêu trong bảng.",
      "Because there are so many, only the first \(words.count(told)) tasks of the table are told in full below; "
        + "the other \(rest) are in the table only."
    )
  }

  private func card(_ group: TaskGroup, _ plan: Occurrence.PlanReference?) -> Letter.Card {
    let entry = group.first
    let isAlone = group.entries.count == 1
    let facts = [sourceFact(entry, plan), Letter.Fact(label: say("Vai trò", "Your part"), value: entry.roleName)]
    return Letter.Card(
      heading: entry.name,
      badge: isAlone ? badge(entry) : nil,
      tone: Self.tone(entry),
      facts: entry.taskFacts.filter { $0.value != entry.occurrence.title }
        + (isAlone ? entry.dateFacts : []) + facts.compactMap(\.self)
        // The role has named a single unit already.
        + entry.partyFacts.filter { $0.value != entry.entry.unitName } + entry.completionFacts,
      dates: isAlone ? nil : dates(group),
      remarks: remarks(group)
    )
  }

  private func sourceFact(_ entry: EntryWords, _ plan: Occurrence.PlanReference?) -> Letter.Fact? {
    let value = plan == nil ? entry.source : entry.occurrence.section
    return value.isEmpty ? nil : Letter.Fact(label: say("Căn cứ", "Source"), value: value)
  }

  /// The assignment's reason is said by the heading; what is said of several dates alike is said once.
  private func remarks(_ group: TaskGroup) -> [String] {
    group.entries.flatMap { entry in
      entry.remarks.filter { entry.kind != .assignment || $0 != entry.reason }
    }.unique
  }

  private func dates(_ group: TaskGroup) -> Letter.Table {
    let rows = group.entries.map { entry in
      let badge = badge(entry)
      return [
        Letter.Cell(entry.occurrence.due?.period ?? ""), Letter.Cell(dueCell(entry)),
        Letter.Cell(badge?.words ?? "", tone: badge?.tone),
      ]
    }
    return Letter.Table(
      summary: say("Các hạn của nhiệm vụ", "The dates of the task"),
      columns: [
        Letter.Column(title: say("Kỳ", "Period"), share: 34), Letter.Column(title: say("Hạn", "Due"), share: 30),
        Letter.Column(title: say("Tình trạng", "State"), share: 36),
      ],
      rows: rows
    )
  }
}

extension Letter.Card {
  /// The length of its texts, without any markup.
  fileprivate var bytes: Int {
    let texts = [heading ?? ""] + facts.map(\.value) + remarks
    return texts.reduce(0) { $0 + $1.utf8.count }
  }
}
