internal import Deadlines

/// What a message says, as values that templates name.
struct MessageFacts {
  // Ids come from the message as it is: a receiver compares them with ours.
  private let original: Message
  private let message: Message
  private let letterhead: Letterhead
  private let letter: Letter
  private let words: Wording

  init(_ message: Message, _ letterhead: Letterhead) {
    original = message
    self.message = message.cleaned
    self.letterhead = letterhead.cleaned
    letter = NoticeLetter.compose(self.message, self.letterhead)
    words = Wording(message.recipient.language)
  }

  private var layout: ChatLayout { ChatLayout(letter) }
  private var webhookID: String { MessageIdentity.webhookSafe(original.messageID) }

  /// The words of a button that leads to the page.
  private var open: String { words.say("Xem và cập nhật", "See and answer") }

  private func leftOut(_ cut: ChatCut) -> String {
    guard cut.leftOut > 0 else { return "" }
    let count = words.count(cut.leftOut)
    return words.say(
      "… và \(count) dòng nữa, không nêu hết ở đây.",
      "… and \(count) more lines, too many to show here."
    )
  }
}

// For an admin's own template: everything, nothing cut.
extension MessageFacts {
  var general: TemplateFacts {
    var facts: TemplateFacts = [
      "type": .text(WebhookFormat.type(message)),
      "id": .text(webhookID),
      "timestamp": .text(letterhead.zone.civil(message.createdAt).rfc3339),
      "date": .text(words.date(message.today)),
      "language": .text(message.recipient.language.rawValue),
      "recipient": .text(original.recipient.address),
      "recipientName": .text(message.recipient.name),
      "unit": .optional(original.recipient.unit),
      "office": .text(letterhead.officeName),
      "contact": .text(letterhead.contact),
      "subject": .text(letter.title),
      "salutation": .text(layout.salutation),
      "text": .text(PlainTextLayout.render(letter, wrapping: false)),
      "footer": .text(layout.footer),
      "url": .optional(letterhead.url),
      "count": .number(message.entries.count),
      "occurrences": .list(zip(original.entries, message.entries).map(occurrence)),
      "parts": .list(layout.parts.map { Self.part($0, escaped: { $0 }) }),
    ]
    facts.merge(kinds) { $1 }
    return facts
  }

  private var kinds: TemplateFacts {
    var number = 0
    if case .digest(let digest) = message.content { number = digest.number }
    return [
      "isDigest": .flag(number > 0),
      "isTest": .flag(message.content == .test),
      "digestNumber": .number(number),
    ]
  }

  private func occurrence(_ original: Message.Entry, _ entry: Message.Entry) -> TemplateFacts {
    let entryWords = EntryWords(entry, message, letterhead)
    let due = entry.occurrence.due
    let badge = NoticeLetter(message: message, letterhead: letterhead, words: words).badge(entryWords)
    return [
      "id": .text(original.occurrence.id),
      "task": .text(original.occurrence.task),
      "title": .text(entry.occurrence.title),
      "name": .text(entryWords.name),
      "plan": .text(entry.occurrence.plan.number),
      "limit": .text(entry.occurrence.limit),
      "period": .optional(due?.period),
      "unitName": .text(entry.unitName),
      "kind": .text(entry.notice.kind.rawValue),
      "state": .text(entry.state.name),
      "step": .text(original.notice.step),
      "badge": .optional(badge?.words),
      "due": .optional(due.map { words.date($0.nominal) }),
      "nominal": .optional(due?.nominal.description),
      "target": .optional(due?.target.description),
      "legal": .optional(due?.legal.description),
    ]
  }

  private static func part(_ part: ChatLayout.Part, escaped: (String) -> String) -> TemplateFacts {
    let lines = part.lines.map(escaped)
    return [
      "heading": .text(escaped(part.heading)),
      "text": .text(lines.joined(separator: "\n")),
      "lines": .list(lines.map { ["line": .text($0)] }),
    ]
  }
}

// Chats.
extension MessageFacts {
  // > Header 150 characters, section text 3,000, 50 blocks (docs.slack.dev/reference/block-kit/blocks). All texts together
  // > more than about 13,200 characters are refused with msg_blocks_too_long (slackapi/bolt-js#2509).
  private static let slackRoom = ChatRoom(total: 11_000, part: 2_900, parts: 20) { ChatMarks.slack($0).utf16.count }

  var slack: TemplateFacts {
    let cut = ChatCut(layout, to: Self.slackRoom)
    return [
      "subject": .text(slack(letter.title, 150)),
      "salutation": .text(slack(layout.salutation, 300)),
      "parts": .list(cut.parts.map { Self.part($0, escaped: ChatMarks.slack) }),
      "leftOut": .text(leftOut(cut)),
      "url": .optional(letterhead.url),
      "open": .text(open),
      "footer": .text(slack(layout.footer, 1_000)),
    ]
  }

  private func slack(_ text: String, _ limit: Int) -> String {
    ChatMarks.slack(CleanText.cut(text, to: limit) { ChatMarks.slack($0).utf16.count })
  }

  // > Texts of posts: 16,383 characters; longer ones are refused (docs.mattermost.com, MaxPostSize).
  private static let mattermostRoom = ChatRoom(total: 14_000, part: 14_000, parts: 200) {
    ChatMarks.mattermost($0).unicodeScalars.count
  }

  var mattermost: TemplateFacts {
    let cut = ChatCut(layout, to: Self.mattermostRoom)
    let parts = cut.parts.map { part in
      let heading = part.heading.isEmpty ? [] : ["**\(ChatMarks.mattermost(part.heading))**"]
      return (heading + part.lines.map(ChatMarks.mattermost)).joined(separator: "\n")
    }
    let text = (parts + [leftOut(cut)].filter { !$0.isEmpty }).joined(separator: "\n\n")
    return [
      "subject": .text(letter.title),
      // Where the title is a link it is shown as it is, else its marks are obeyed.
      "title": .text(letterhead.url == nil ? ChatMarks.mattermost(letter.title) : letter.title),
      "salutation": .text(ChatMarks.mattermost(layout.salutation)),
      "text": .text(text),
      "color": .text(["#57606A", "#1A7F37", "#9A6700", "#B3261E"][gravity]),
      "url": .optional(letterhead.url),
      "footer": .text(ChatMarks.mattermost(layout.footer)),
    ]
  }

  // > About 28 KB for the whole message (learn.microsoft.com/connectors/teams, known limits); in bytes of JSON, with what
  // > stands around every line.
  private static let teamsRoom = ChatRoom(total: 20_000, part: 20_000, parts: 60) {
    JSONText.escaped($0).utf8.count + 70
  }

  var teams: TemplateFacts {
    let cut = ChatCut(layout, to: Self.teamsRoom)
    return [
      "subject": .text(letter.title),
      "salutation": .text(layout.salutation),
      "parts": .list(cut.parts.map { Self.part($0) { $0 } }),
      "color": .text(["Default", "Good", "Warning", "Attention"][gravity]),
      "leftOut": .text(leftOut(cut)),
      "url": .optional(letterhead.url),
      "open": .text(open),
      "footer": .text(layout.footer),
    ]
  }

  /// From 0, nothing to hurry for, over settled and due to 3, overdue.
  private var gravity: Int {
    guard case .notices = message.content else { return 0 }
    return switch message.kind {
    case .assignment, .digest: 0
    case .settled: 1
    case .reminder, .dueToday: 2
    case .overdue, .escalation: 3
    }
  }
}

// Phones.
extension MessageFacts {
  // > 4,096 bytes; a longer message becomes an attachment (docs.ntfy.sh/publish, “Limitations”).
  private static let ntfyRoom = ChatRoom(total: 3_800, part: 3_800, parts: 60) { $0.utf8.count }

  func ntfy(_ form: NtfyForm) -> TemplateFacts {
    let cut = ChatCut(layout, to: Self.ntfyRoom)
    let parts = cut.parts.map { ([$0.heading].filter { !$0.isEmpty } + $0.lines).joined(separator: "\n") }
    return [
      "topic": .text(form.topic),
      "subject": .text(letter.title),
      "text": .text((parts + [leftOut(cut)].filter { !$0.isEmpty }).joined(separator: "\n\n")),
      "priority": .number(form.priorities[message.kind] ?? 3),
      "tags": .list(form.tags.map { ["tag": .text($0)] }),
      "url": .optional(letterhead.url),
    ]
  }

  func zalo(_ form: ZaloForm) throws(Unaddressed) -> TemplateFacts {
    guard let phone = form.phones[original.recipient.address] else {
      throw Unaddressed(reason: "no telephone number for this recipient under “phones”")
    }
    let values = zaloValues
    return [
      "phone": .text(phone),
      "templateID": .text(form.templateID),
      "trackingID": .text(trackingID),
      "parameters": .list(
        form.parameters.map { parameter in
          let value = values[parameter.fact] ?? ""
          return [
            "name": .text(parameter.name),
            "value": .text(CleanText.cut(value, to: parameter.longest) { $0.utf16.count }),
          ]
        }
      ),
    ]
  }

  // The gravest comes first, and a short message can name but one.
  private var zaloValues: [String: String] {
    let all = general
    var values = ["recipientName", "subject", "office", "contact", "date", "count"]
      .reduce(into: [String: String]()) { $0[$1] = all[$1]?.text }
    var first: TemplateFacts = [:]
    if case .list(let occurrences)? = all["occurrences"] { first = occurrences.first ?? [:] }
    for name in ["task", "title", "name", "plan", "unitName", "badge", "due", "period"] {
      values[name] = first[name]?.text ?? ""
    }
    if first.isEmpty { values["title"] = letter.title }
    // Zalo refuses a template with an empty parameter.
    return values.mapValues { $0.isEmpty ? "–" : $0 }
  }

  // > tracking_id: 48 characters at most (developers.zalo.me). Ours without the domain has 40.
  private var trackingID: String {
    let name = webhookID.split(separator: "@").first.map(String.init) ?? ""
    return (1...48).contains(name.utf16.count) ? name : "nhachan.\(MessageIdentity.fingerprint(webhookID))"
  }
}

extension ZaloForm {
  /// What may fill a parameter.
  public static let facts = [
    "recipientName", "subject", "office", "contact", "date", "count", "task", "title", "name", "plan", "unitName",
    "badge", "due", "period",
  ]
}

/// Characters that chats would take for marks of their own.
enum ChatMarks {
  /// > Control characters `&`, `<`, `>` as entities (docs.slack.dev/messaging/formatting-message-text).
  static func slack(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
  }

  /// Markdown's marks with a backslash; an invisible joiner keeps `@all` from calling everybody.
  static func mattermost(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if "\\`*_~[]<>|#".unicodeScalars.contains(scalar) { escaped.append("\\") }
      let isMention = scalar == "@" && escaped.last.map { !$0.properties.isAlphabetic } ?? true
      escaped.append(scalar)
      if isMention { escaped.append("\u{2060}") }
    }
    return String(escaped)
  }
}
