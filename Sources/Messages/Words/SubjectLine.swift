internal import Deadlines

/// The subject of a message: what it is, how grave, which task; at most 150 characters.
struct SubjectLine {
  static let limit = 150
  let message: Message
  let letterhead: Letterhead
  let words: Wording

  /// The message and letterhead are already cleaned.
  init(_ message: Message, _ letterhead: Letterhead) {
    self.message = message
    self.letterhead = letterhead
    self.words = Wording(message.recipient.language)
  }

  var text: String { CleanText.shortened(full, to: Self.limit) }

  private var full: String {
    switch message.content {
    case .notices: notices(EntryWords.merged(message, letterhead))
    case .digest(let digest): summary(digest)
    case .trouble(let trouble): TroubleLetter(trouble, message, letterhead).subject
    case .test:
      words.say(
        "\(words.testTag) Thư thử từ hệ thống nhắc việc của \(letterhead.officeName)",
        "\(words.testTag) Trial message from the reminder service of \(letterhead.officeName)"
      )
    }
  }

  /// Counted in tasks as the letter tells them, whatever the number of units.
  private func notices(_ entries: [EntryWords]) -> String {
    if let only = entries.first, entries.count == 1 { return single(only) }
    return several(entries)
  }

  private func single(_ entry: EntryWords) -> String {
    let head = [tag(entry), standing(entry).map { $0 + ":" }].compactMap(\.self).joined(separator: " ")
    let tail = tail(entry)
    let room = max(Self.limit - head.count - tail.count - 1, 20)
    return "\(head) \(CleanText.shortened(entry.name, to: room))\(tail)"
  }

  // The period tells one quarter's report from the next, so a long title gives way to it, and to the number of units.
  private func tail(_ entry: EntryWords) -> String {
    let period = entry.occurrence.due?.period ?? ""
    let isNamed = period.isEmpty || entry.isCheckIn || isFirst(entry)
    return (isNamed ? "" : " (\(CleanText.shortened(period, to: 40)))")
      + (entry.hasSeveralUnits ? " (\(words.unitCount(entry.unitNames.count)))" : "")
  }

  private func isFirst(_ entry: EntryWords) -> Bool { entry.kind == .assignment }

  private func tag(_ entry: EntryWords) -> String { words.tag(entry.tagKind) }

  /// What stands between the tag and the task.
  private func standing(_ entry: EntryWords) -> String? {
    if entry.isCheckIn { return checkIn(entry) }
    switch entry.kind {
    case .reminder, .digest: return timeLeft(entry)
    case .dueToday: return entry.tagKind == .dueToday ? nil : timeLeft(entry)
    case .settled: return nil
    case .assignment:
      guard let due = entry.occurrence.due, entry.occurrence.isDated else { return nil }
      return words.say("Hạn \(words.date(due.nominal))", "Due \(words.date(due.nominal))")
    case .overdue:
      guard case .overdue(let days) = entry.entry.state else { return nil }
      return words.say(words.workingDays(days), "By \(words.workingDays(days))")
    case .escalation:
      return entry.entry.state.isOverdue ? words.state(entry.entry.state) : nil
    }
  }

  private func checkIn(_ entry: EntryWords) -> String {
    let period = entry.occurrence.due?.period ?? ""
    return words.say("Tình hình thực hiện", "Progress") + (period.isEmpty ? "" : " \(period)")
  }

  private func timeLeft(_ entry: EntryWords) -> String? {
    if let days = entry.entry.workingDaysLeft, days > 0 {
      return words.say("Còn \(words.workingDays(days))", "\(words.workingDays(days)) left")
    }
    guard let due = entry.occurrence.due else { return nil }
    return due.target >= message.today
      ? words.say("Đến hạn hôm nay", "Due today")
      : words.say("Đã đến hạn \(words.date(due.target))", "Due since \(words.date(due.target))")
  }

  // “[Nhắc việc] 03 nhiệm vụ: 01 đến hạn hôm nay, 02 sắp đến hạn”.
  private func several(_ entries: [EntryWords]) -> String {
    let groups = NoticeGroup.allCases.compactMap { group in
      let number = entries.count { NoticeGroup($0) == group }
      return number == 0 ? nil : (group, number)
    }
    let kind = entries.map(\.tagKind).max() ?? message.kind
    let tasks = words.say("\(words.count(entries.count)) nhiệm vụ", "\(words.count(entries.count)) tasks")
    if groups.count == 1 { return "\(words.tag(kind)) \(tasks) \(groups[0].0.words(words))" }
    let parts = groups.map { "\(words.count($0.1)) \($0.0.words(words))" }.joined(separator: ", ")
    return "\(words.tag(kind)) \(tasks): \(parts)"
  }

  private func summary(_ digest: Digest) -> String {
    let number = words.say(
      "Số \(words.count(digest.number)), ngày \(words.date(digest.today))",
      "No. \(words.count(digest.number)), \(words.date(digest.today))"
    )
    return "\(words.tag(.digest)) \(number): \(standing(digest))"
  }

  private func standing(_ digest: Digest) -> String {
    let parts = [
      part(digest.figures.overdue, "quá hạn", "overdue"),
      part(digest.figures.dueToday, "đến hạn", "due"),
      part(digest.figures.dueSoon, "sắp đến hạn", "due soon"),
    ].compactMap(\.self)
    if parts.isEmpty { return words.say("không có nhiệm vụ quá hạn, sắp đến hạn", "nothing overdue or due soon") }
    return parts.joined(separator: ", ")
  }

  private func part(_ number: Int, _ vietnamese: String, _ english: String) -> String? {
    number == 0 ? nil : "\(words.count(number)) \(words.say(vietnamese, english))"
  }
}

/// The parts of a message with several occurrences, most urgent first.
enum NoticeGroup: CaseIterable {
  case escalated, overdue, dueAlready, dueToday, dueSoon, checkIn, assigned, settled

  init(_ entry: EntryWords) {
    switch entry.kind {
    case .settled: self = .settled
    case .assignment: self = .assigned
    case _ where entry.isCheckIn: self = .checkIn
    case .overdue: self = .overdue
    case .escalation: self = .escalated
    case .reminder, .dueToday, .digest: self = Self.due(entry)
    }
  }

  // By the calendar, not by the step: a reminder that was delayed may leave on the due date itself.
  private static func due(_ entry: EntryWords) -> Self {
    guard let target = entry.occurrence.due?.target, target <= entry.today else { return .dueSoon }
    return target == entry.today ? .dueToday : .dueAlready
  }

  /// After a number, in a subject.
  func words(_ words: Wording) -> String {
    switch self {
    case .escalated: words.say("quá hạn cần đôn đốc", "overdue and escalated")
    case .overdue: words.say("quá hạn", "overdue")
    case .dueAlready: words.say("đã đến hạn", "due already")
    case .dueToday: words.say("đến hạn hôm nay", "due today")
    case .dueSoon: words.say("sắp đến hạn", "due soon")
    case .checkIn: words.say("cần cho biết tình hình", "asking for progress")
    case .assigned: words.say("mới được giao", "newly assigned")
    case .settled: words.say("đã giải quyết", "settled")
    }
  }

  /// Above a part of the letter.
  func heading(_ words: Wording) -> String {
    switch self {
    case .escalated: words.say("Nhiệm vụ quá hạn cần đôn đốc", "Overdue and escalated")
    case .overdue: words.say("Nhiệm vụ quá hạn", "Overdue")
    case .dueAlready: words.say("Nhiệm vụ đã đến hạn", "Due already")
    case .dueToday: words.say("Nhiệm vụ đến hạn hôm nay", "Due today")
    case .dueSoon: words.say("Nhiệm vụ sắp đến hạn", "Due soon")
    case .checkIn:
      words.say("Nhiệm vụ thường xuyên, đề nghị cho biết tình hình", "Continuous tasks, asking for progress")
    case .assigned: words.say("Nhiệm vụ mới được giao", "Newly assigned")
    case .settled: words.say("Việc đã giải quyết", "Settled")
    }
  }
}
