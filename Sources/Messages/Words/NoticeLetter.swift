internal import Deadlines

/// The letter of a message: from facts to paragraphs, cards and tables.
struct NoticeLetter {
  let message: Message
  let letterhead: Letterhead
  let words: Wording

  /// The letter of a message that is already cleaned, as the letterhead.
  static func compose(_ message: Message, _ letterhead: Letterhead) -> Letter {
    let composer = NoticeLetter(
      message: message,
      letterhead: letterhead,
      words: Wording(message.recipient.language)
    )
    var letter = Letter(language: message.recipient.language, title: SubjectLine(message, letterhead).text)
    switch message.content {
    case .notices(let entries): letter.blocks = composer.blocks(entries)
    case .digest(let digest): DigestLetter(digest, message, letterhead).compose(into: &letter)
    case .test: letter.blocks = composer.trial
    }
    letter.blocks.append(.footer(composer.footer))
    return letter
  }

  private func say(_ vietnamese: @autoclosure () -> String, _ english: @autoclosure () -> String) -> String {
    words.say(vietnamese(), english())
  }

  static func salutation(_ message: Message) -> Letter.Block {
    let words = Wording(message.recipient.language)
    return .salutation(words.say("Kính gửi: \(message.recipient.name).", "To: \(message.recipient.name)"))
  }

  private var footer: String {
    say(
      "Thư được gửi tự động từ hệ thống nhắc việc của \(letterhead.officeName), không thay thế văn bản hành chính.",
      "Sent automatically by the reminder service of \(letterhead.officeName). It does not replace an official document."
    )
  }

  private var trial: [Letter.Block] {
    let sent = letterhead.zone.civil(message.createdAt)
    return [
      Self.salutation(message),
      .paragraph(
        say(
          "Đây là thư thử từ hệ thống nhắc việc của \(letterhead.officeName), gửi lúc \(words.time(sent.time)) "
            + "ngày \(words.date(sent.date)) để kiểm tra đường gửi thư.",
          "This is a trial message from the reminder service of \(letterhead.officeName), sent at \(words.time(sent.time)) "
            + "on \(words.date(sent.date)) to check that mail arrives."
        )
      ),
      .paragraph(say("Thư này không giao nhiệm vụ, không cần trả lời.", "It gives no task and needs no answer.")),
    ]
  }

  private func blocks(_ entries: [Message.Entry]) -> [Letter.Block] {
    let all = entries.map { EntryWords($0, message, letterhead) }
    let middle = all.count == 1 ? all.flatMap(single) : several(all)
    return [Self.salutation(message)] + middle + closing(all)
  }

  private func single(_ entry: EntryWords) -> [Letter.Block] {
    let card = Letter.Card(
      heading: nil,
      badge: badge(entry),
      tone: Self.tone(entry),
      facts: entry.taskFacts + entry.dateFacts + entry.partyFacts + entry.completionFacts,
      dates: nil,
      remarks: entry.remarks
    )
    return [.paragraph(entry.leadIn), .card(card)]
  }

  /// What is asked, where to answer, whom to tell of doubts; a sentence that fits several occurrences is said once.
  private func closing(_ entries: [EntryWords]) -> [Letter.Block] {
    let requests = unique(entries.map(\.request))
    var blocks: [Letter.Block] = requests.count == 1 ? requests.map { .paragraph($0) } : [.points(requests)]
    blocks += draftNote(entries)
    if let contest = entries.lazy.compactMap(\.contest).first { blocks.append(.paragraph(contest)) }
    if let url = letterhead.url, entries.contains(where: { $0.kind != .settled }) {
      let answers = entries.contains { [.lead, .coordinating, .head].contains($0.entry.role) }
      let words =
        answers ? say("Xem và cập nhật kết quả tại:", "See and answer here:") : say("Xem chi tiết tại:", "Details:")
      blocks.append(.link(words, url: url))
    }
    return blocks
  }

  private func draftNote(_ entries: [EntryWords]) -> [Letter.Block] {
    guard entries.contains(where: \.entry.draftsLetter) else { return [] }
    return [
      .paragraph(
        say(
          "Kèm theo thư này là dự thảo công văn đôn đốc để người có thẩm quyền xem xét, chỉnh sửa và ký; dự thảo để trống "
            + "số, ngày và người ký, chưa có giá trị khi chưa được ký ban hành.",
          "Attached is a draft of an urging letter, in Vietnamese, for a person to check, change and sign. Number, date and "
            + "signer are blank; it has no force until it is signed and issued."
        )
      )
    ]
  }

  private func badge(_ entry: EntryWords) -> Letter.Badge? {
    if entry.isCheckIn {
      return Letter.Badge(words: say("Thường xuyên", "Continuous"), tone: .plain)
    }
    return Letter.Badge(words: standing(entry), tone: Self.tone(entry))
  }

  /// The state, or how many days are left when that says more.
  private func standing(_ entry: EntryWords) -> String {
    if entry.kind == .settled && !entry.entry.state.isDone { return say("Đã giải quyết", "Settled") }
    switch entry.entry.state {
    case .noDueDate where entry.occurrence.due == nil: return say("Không có hạn", "No due date")
    case .notYetDue, .dueSoon:
      guard let days = entry.entry.workingDaysLeft, days > 0, entry.kind != .assignment else {
        return words.state(entry.entry.state)
      }
      return say("Còn \(words.workingDays(days))", "\(words.workingDays(days)) left")
    case .dueToday where entry.occurrence.due?.target == message.today: return say("Đến hạn hôm nay", "Due today")
    case .dueToday: return say("Đã đến hạn", "Due already")
    default: return words.state(entry.entry.state)
    }
  }

  static func tone(_ entry: EntryWords) -> Letter.Tone {
    entry.kind == .settled ? .calm : tone(entry.entry.state)
  }

  static func tone(_ state: OccurrenceState) -> Letter.Tone {
    switch state {
    case .overdue: .overdue
    case .dueToday: .today
    case .dueSoon: .soon
    case .doneInTime: .calm
    case .notYetDue, .doneLate, .noDueDate, .unsettled: .plain
    }
  }

  private func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }
}

// Several occurrences: a table to see at a glance, then the tasks by kind, most urgent first.
extension NoticeLetter {
  /// Occurrences of one task that are told for the same reason.
  private struct TaskGroup {
    var entries: [EntryWords]
    var first: EntryWords { entries[0] }
  }

  private func several(_ entries: [EntryWords]) -> [Letter.Block] {
    let parts = NoticeGroup.allCases.compactMap { group in
      let tasks = byTask(entries.filter { NoticeGroup($0) == group })
      return tasks.isEmpty ? nil : (group, tasks)
    }
    let plan = commonPlan(entries)
    var blocks: [Letter.Block] = [.paragraph(opening(entries, plan)), .table(overview(parts.map(\.1)))]
    for (group, tasks) in parts {
      let number = tasks.reduce(0) { $0 + $1.entries.count }
      blocks.append(.heading("\(group.heading(words)) (\(words.count(number)))"))
      blocks += tasks.map { .card(card($0, plan)) }
    }
    return blocks
  }

  /// Tasks by their earliest date, undated ones last; within a task by date.
  private func byTask(_ entries: [EntryWords]) -> [TaskGroup] {
    var groups: [TaskGroup] = []
    var place: [String: Int] = [:]
    for entry in entries.sorted(by: isBefore) {
      let key = "\(entry.occurrence.plan.id)|\(entry.occurrence.task)|\(entry.occurrence.unit)|\(entry.entry.role)"
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
    return dates.0 == dates.1 ? left.occurrence.id < right.occurrence.id : dates.0 < dates.1
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

  private func overview(_ parts: [[TaskGroup]]) -> Letter.Table {
    var rows: [[Letter.Cell]] = []
    for entry in parts.flatMap({ $0.flatMap(\.entries) }) {
      let badge = badge(entry)
      rows.append([
        Letter.Cell(words.count(rows.count + 1)),
        Letter.Cell(CleanText.shortened(entry.name, to: 90)),
        Letter.Cell(dueCell(entry), detail: periodCell(entry)),
        Letter.Cell(badge?.words ?? "", tone: badge?.tone),
      ])
    }
    return Letter.Table(
      summary: say("Tổng hợp các nhiệm vụ trong thư", "The tasks in this message"),
      columns: [
        Letter.Column(title: say("TT", "No."), share: 7),
        Letter.Column(title: say("Nhiệm vụ", "Task"), share: 47),
        Letter.Column(title: say("Hạn", "Due"), share: 22),
        Letter.Column(title: say("Tình trạng", "State"), share: 24),
      ],
      rows: rows
    )
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

  private func card(_ group: TaskGroup, _ plan: Occurrence.PlanReference?) -> Letter.Card {
    let entry = group.first
    let isAlone = group.entries.count == 1
    let facts = [sourceFact(entry, plan), roleFact(entry)].compactMap(\.self)
    return Letter.Card(
      heading: entry.name,
      badge: isAlone ? badge(entry) : nil,
      tone: Self.tone(entry),
      facts: entry.taskFacts.filter { $0.value != entry.occurrence.title }
        + (isAlone ? entry.dateFacts : []) + facts
        + entry.partyFacts.filter { $0.value != entry.entry.unitName } + entry.completionFacts,
      dates: isAlone ? nil : dates(group),
      remarks: remarks(group)
    )
  }

  private func sourceFact(_ entry: EntryWords, _ plan: Occurrence.PlanReference?) -> Letter.Fact? {
    let value = plan == nil ? entry.source : entry.occurrence.section
    return value.isEmpty ? nil : Letter.Fact(label: say("Căn cứ", "Source"), value: value)
  }

  private func roleFact(_ entry: EntryWords) -> Letter.Fact? {
    Letter.Fact(label: say("Vai trò", "Your part"), value: entry.roleName)
  }

  /// The assignment's reason is said by the heading; what is said of several dates alike is said once.
  private func remarks(_ group: TaskGroup) -> [String] {
    let all = group.entries.flatMap { entry in
      entry.remarks.filter { entry.kind != .assignment || $0 != entry.reason }
    }
    return unique(all)
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
