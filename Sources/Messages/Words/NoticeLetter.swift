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
    case .notices: letter.blocks = composer.notices
    case .digest(let digest): DigestLetter(digest, message, letterhead).compose(into: &letter)
    case .trouble(let trouble): letter.blocks = TroubleLetter(trouble, message, letterhead).blocks
    case .test: letter.blocks = composer.trial
    }
    letter.blocks.append(.footer(composer.footer))
    return letter
  }

  func say(_ vietnamese: @autoclosure () -> String, _ english: @autoclosure () -> String) -> String {
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

  private var notices: [Letter.Block] {
    let all = EntryWords.merged(message, letterhead)
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
    let requests = entries.map(\.request).unique
    var blocks: [Letter.Block] =
      requests.count == 1 ? requests.map { .paragraph($0) } : [.points(requests.map { Letter.Point($0) })]
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
    guard entries.contains(where: \.draftsLetter) else { return [] }
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

  func badge(_ entry: EntryWords) -> Letter.Badge? {
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
}
