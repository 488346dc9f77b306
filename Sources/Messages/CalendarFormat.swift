internal import Deadlines

/// The dates of a message for a calendar program (RFC 5545).
public enum CalendarFormat {
  /// One all-day entry on the target date of every dated occurrence that is still open; nil when there is none.
  public static func render(_ message: Message, letterhead: Letterhead) -> String? {
    compose(message.cleaned, letterhead.cleaned)
  }

  /// The same for a message and letterhead that are already cleaned.
  static func compose(_ message: Message, _ letterhead: Letterhead) -> String? {
    let dated = message.entries.filter {
      $0.occurrence.isDated && !$0.state.isDone && $0.notice.kind != .settled
    }
    let events = dated.compactMap { event($0, message, letterhead) }
    guard !events.isEmpty else { return nil }
    let head = [
      "BEGIN:VCALENDAR", "VERSION:2.0",
      "PRODID:-//nhachan//nhachan//\(message.recipient.language.rawValue.uppercased())",
      "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
    ]
    return (head + events.flatMap(\.self) + ["END:VCALENDAR"]).map(folded).joined()
  }

  private static func event(_ entry: Message.Entry, _ message: Message, _ letterhead: Letterhead) -> [String]? {
    guard let due = entry.occurrence.due else { return nil }
    let words = EntryWords(entry, message, letterhead)
    let id = MessageIdentity.calendarID(
      office: message.office,
      occurrence: entry.occurrence.id,
      domain: MessageIdentity.domain(ofAddress: letterhead.fromAddress)
    )
    return [
      "BEGIN:VEVENT", "UID:\(id)", "DTSTAMP:\(stamp(message.createdAt))",
      // Counts up with the days, so that a later mail about the same occurrence replaces the earlier date.
      "SEQUENCE:\(max(0, Int(message.today.dayNumber)))",
      "DTSTART;VALUE=DATE:\(basic(due.target))", "DTEND;VALUE=DATE:\(basic(due.target.adding(days: 1)))",
      "SUMMARY:\(escaped(summary(words)))", "DESCRIPTION:\(escaped(description(words, due)))",
      letterhead.url.map { "URL:\($0)" }, "TRANSP:TRANSPARENT", "STATUS:CONFIRMED", "END:VEVENT",
    ].compactMap(\.self)
  }

  private static func summary(_ entry: EntryWords) -> String {
    entry.say("Hạn: ", "Due: ") + CleanText.shortened(entry.name, to: 150)
  }

  private static func description(_ entry: EntryWords, _ due: DueDate) -> String {
    let facts = entry.taskFacts + entry.dateFacts + entry.partyFacts
    let lines = [entry.source] + facts.map { "\($0.label): \($0.value)" } + [entry.dayOffRemark].compactMap(\.self)
    return lines.joined(separator: "\n")
  }

  /// RFC 5545 section 3.3.11 TEXT.
  static func escaped(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    // By scalars: a comma with a combining mark after it is another Character, and still separates.
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", ";", ",":
        escaped.append("\\")
        escaped.append(scalar)
      case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }

  /// The content line in pieces of at most 75 octets, never inside a scalar, each with its CRLF (section 3.1).
  static func folded(_ line: String) -> String {
    var folded = String.UnicodeScalarView()
    var octets = 0
    for scalar in line.unicodeScalars {
      let length = UTF8.width(scalar)
      if octets + length > 75 {
        folded.append(contentsOf: "\r\n ".unicodeScalars)
        octets = 1
      }
      folded.append(scalar)
      octets += length
    }
    return String(folded) + "\r\n"
  }

  /// `20261209T003000Z`.
  private static func stamp(_ instant: Instant) -> String {
    let day = instant.seconds >= 0 ? instant.seconds / 86_400 : (instant.seconds - 86_399) / 86_400
    let second = Int(instant.seconds - day * 86_400)
    let date = CivilDate(dayNumber: Int(day)) ?? .first
    let time = twoDigits(second / 3600) + twoDigits(second / 60 % 60) + twoDigits(second % 60)
    return "\(basic(date))T\(time)Z"
  }

  /// `20261216`.
  private static func basic(_ date: CivilDate) -> String {
    let (year, month, day) = date.yearMonthDay
    return "\(year)\(twoDigits(month))\(twoDigits(day))"
  }
}
