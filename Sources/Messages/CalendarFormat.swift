internal import Deadlines

/// The dates of a message for a calendar program (RFC 5545).
public enum CalendarFormat {
  /// One all-day entry on the target date of every dated task and period that is still open, whatever the number of
  /// units that owe it; nil when there is none.
  public static func render(_ message: Message, letterhead: Letterhead) -> String? {
    compose(message.cleaned, letterhead.cleaned)
  }

  /// The same for a message and letterhead that are already cleaned.
  static func compose(_ message: Message, _ letterhead: Letterhead) -> String? {
    let days = days(message)
    let events = days.compactMap { event($0, isBrief: days.count > mostDescribed, message, letterhead) }
    guard !events.isEmpty else { return nil }
    let head = [
      "BEGIN:VCALENDAR", "VERSION:2.0",
      "PRODID:-//nhachan//nhachan//\(message.recipient.language.rawValue.uppercased())",
      "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
    ]
    return (head + events.flatMap(\.self) + ["END:VCALENDAR"]).map(folded).joined()
  }

  /// With more entries than these, each is named and no more: the mail must stay small.
  private static let mostDescribed = 60

  /// What is to be finished on one day: a task and period, with the entries of all its units.
  private struct Day {
    /// What the UID is made of: without units, so that an entry stays the same when one of them has finished.
    var key: [String]
    var entries: [Message.Entry]
  }

  private static func days(_ message: Message) -> [Day] {
    let dated = message.entries.filter {
      $0.occurrence.isDated && !$0.state.isDone && $0.notice.kind != .settled
    }
    var days: [Day] = []
    var place: [[String]: Int] = [:]
    var periods: Set<[String]> = []
    for entry in dated {
      guard let due = entry.occurrence.due else { continue }
      let period = [entry.occurrence.plan.id, entry.occurrence.task, due.clause, due.periodKey]
      let day = period + [due.target.description]
      if let index = place[day] {
        days[index].entries.append(entry)
      } else {
        place[day] = days.count
        // The date is not in the UID, so that a later mail moves the entry; only a second date of a period needs it.
        days.append(Day(key: periods.insert(period).inserted ? period : day, entries: [entry]))
      }
    }
    return days
  }

  private static func event(_ day: Day, isBrief: Bool, _ message: Message, _ letterhead: Letterhead) -> [String]? {
    guard let words = EntryWords(day.entries, message, letterhead), let due = words.occurrence.due else { return nil }
    let id = MessageIdentity.calendarID(
      office: message.office,
      key: day.key,
      domain: MessageIdentity.domain(ofAddress: letterhead.fromAddress)
    )
    return [
      "BEGIN:VEVENT", "UID:\(id)", "DTSTAMP:\(stamp(message.createdAt))",
      // Counts up with the days, so that a later mail about the same occurrence replaces the earlier date.
      "SEQUENCE:\(max(0, Int(message.today.dayNumber)))",
      "DTSTART;VALUE=DATE:\(basic(due.target))", "DTEND;VALUE=DATE:\(basic(due.target.adding(days: 1)))",
      "SUMMARY:\(escaped(summary(words, limit: isBrief ? 60 : 150)))",
      isBrief ? nil : "DESCRIPTION:\(escaped(description(words)))", isBrief ? nil : letterhead.url.map { "URL:\($0)" },
      "TRANSP:TRANSPARENT", "STATUS:CONFIRMED", "END:VEVENT",
    ].compactMap(\.self)
  }

  private static func summary(_ entry: EntryWords, limit: Int) -> String {
    entry.say("Hạn: ", "Due: ") + CleanText.shortened(entry.name, to: limit)
  }

  private static func description(_ entry: EntryWords) -> String {
    let facts = entry.taskFacts + entry.dateFacts + entry.partyFacts
    let lines = [entry.source] + facts.map { "\($0.label): \($0.value)" } + [entry.dayOffRemark].compactMap(\.self)
    return lines.joined(separator: "\n")
  }

  /// RFC 5545 section 3.3.11 TEXT.
  static func escaped(_ text: String) -> String {
    // By bytes: a comma with a combining mark after it is another Character, and still separates.
    var escaped: [UInt8] = []
    escaped.reserveCapacity(text.utf8.count + 16)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"), UInt8(ascii: ";"), UInt8(ascii: ","): escaped += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): escaped += "\\n".utf8
      default: escaped.append(byte)
      }
    }
    return String(decoding: escaped, as: UTF8.self)
  }

  /// The content line in pieces of at most 75 octets, never inside a scalar, each with its CRLF (section 3.1).
  static func folded(_ line: String) -> String {
    var folded: [UInt8] = []
    folded.reserveCapacity(line.utf8.count + line.utf8.count / 24 + 2)
    var octets = 0
    for byte in line.utf8 {
      // The first byte of a scalar says how many follow.
      if !UTF8.isContinuation(byte), octets + Self.width(byte) > 75 {
        folded += "\r\n ".utf8
        octets = 1
      }
      folded.append(byte)
      octets += 1
    }
    return String(decoding: folded, as: UTF8.self) + "\r\n"
  }

  /// Bytes of the scalar that begins with this one.
  private static func width(_ byte: UInt8) -> Int { byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4 }

  /// `20261209T003000Z`.
  static func stamp(_ instant: Instant) -> String {
    let day = instant.seconds >= 0 ? instant.seconds / 86_400 : (instant.seconds - 86_399) / 86_400
    let second = Int(instant.seconds - day * 86_400)
    let date = CivilDate(dayNumber: Int(day)) ?? .first
    let time = twoDigits(second / 3600) + twoDigits(second / 60 % 60) + twoDigits(second % 60)
    return "\(basic(date))T\(time)Z"
  }

  /// `20261216`.
  static func basic(_ date: CivilDate) -> String {
    let (year, month, day) = date.yearMonthDay
    return "\(year)\(twoDigits(month))\(twoDigits(day))"
  }
}
