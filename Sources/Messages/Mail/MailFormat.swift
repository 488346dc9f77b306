internal import Deadlines

/// A message as Internet mail (RFC 5322, MIME).
public enum MailFormat {
  /// The whole mail with CRLF line ends, in ASCII.
  ///
  /// The same message and letterhead give the same bytes, always.
  public static func render(_ message: Message, letterhead: Letterhead) -> [UInt8] {
    let mail = Mail(message.cleaned, letterhead.cleaned)
    return Array((mail.header + mail.body).utf8)
  }

  /// The subject in plain words, before any encoding: one line, at most 150 characters.
  public static func subject(_ message: Message, letterhead: Letterhead) -> String {
    SubjectLine(message.cleaned, letterhead.cleaned).text
  }

  /// The mail's text part, with `\n` line ends.
  public static func plainText(_ message: Message, letterhead: Letterhead) -> String {
    PlainTextLayout.render(NoticeLetter.compose(message.cleaned, letterhead.cleaned))
  }

  /// The mail's HTML part, with `\n` line ends.
  public static func html(_ message: Message, letterhead: Letterhead) -> String {
    HTMLLayout.render(NoticeLetter.compose(message.cleaned, letterhead.cleaned))
  }

  /// The drafts of công văn đôn đốc that go with the message, one for each unit to be urged.
  public static func drafts(_ message: Message, letterhead: Letterhead) -> [String] {
    UrgingLetter.drafts(message.cleaned, letterhead.cleaned).map(\.text)
  }
}

/// One mail in the making; message and letterhead are clean.
private struct Mail {
  let message: Message
  let letterhead: Letterhead

  init(_ message: Message, _ letterhead: Letterhead) {
    self.message = message
    self.letterhead = letterhead
  }

  var header: String {
    [
      HeaderField.mailbox("From", displayName: letterhead.fromName, address: letterhead.fromAddress),
      HeaderField.mailbox("To", displayName: message.recipient.name, address: message.recipient.address),
      letterhead.replyTo.map { HeaderField.mailbox("Reply-To", address: $0) },
      HeaderField.text("Subject", SubjectLine(message, letterhead).text),
      HeaderField.folded("Date", [date]),
      HeaderField.identifiers("Message-ID", [message.messageID]),
      threads.first.map { HeaderField.identifiers("In-Reply-To", [$0]) },
      threads.isEmpty ? nil : HeaderField.identifiers("References", threads),
      "Auto-Submitted: auto-generated\r\n",
      "X-Auto-Response-Suppress: All\r\n",
      occurrences.isEmpty ? nil : HeaderField.list("X-Nhachan-Occurrences", occurrences),
      "Content-Language: \(message.recipient.language.rawValue)\r\n",
      "MIME-Version: 1.0\r\n",
    ].compactMap(\.self).joined()
  }

  private var occurrences: [String] {
    var seen: Set<String> = []
    return message.notices.map(\.occurrence).filter { seen.insert($0).inserted }
  }

  /// The threads of the first twenty occurrences: a longer list helps no reader, and some servers refuse it.
  private var threads: [String] {
    let domain = MessageIdentity.domain(ofAddress: letterhead.fromAddress)
    return occurrences.prefix(20).map {
      MessageIdentity.threadID(office: message.office, occurrence: $0, domain: domain)
    }
  }

  /// RFC 5322 date-time with the office's offset, as `Wed, 09 Dec 2026 07:30:00 +0700`.
  private var date: String {
    let sent = letterhead.zone.civil(message.createdAt)
    let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][sent.date.weekday - 1]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let minutes = abs(sent.offset) / 60
    let zone = (sent.offset < 0 ? "-" : "+") + twoDigits(minutes / 60) + twoDigits(minutes % 60)
    let day = "\(twoDigits(sent.date.day)) \(months[sent.date.month - 1]) \(sent.date.year)"
    return "\(weekday), \(day) \(sent.time):\(twoDigits(sent.second)) \(zone)"
  }

  var body: String {
    let letter = NoticeLetter.compose(message, letterhead)
    let alternatives = [
      Part.text(PlainTextLayout.render(letter), type: "text/plain"),
      Part.text(HTMLLayout.render(letter), type: "text/html"),
    ]
    let words = Part.multipart("alternative", alternatives, boundary: boundary("a"))
    let files = attachments
    return files.isEmpty ? words.text : Part.multipart("mixed", [words] + files, boundary: boundary("m")).text
  }

  private var attachments: [Part] {
    let calendar = CalendarFormat.compose(message, letterhead).map {
      Part.file($0, type: "text/calendar", parameter: "; method=PUBLISH", name: "nhac-han.ics")
    }
    let drafts = UrgingLetter.drafts(message, letterhead).enumerated().map { index, draft in
      let number = index == 0 ? "" : "-\(index + 1)"
      return Part.file(draft.text, type: "text/plain", name: "du-thao-cong-van-don-doc\(number).txt")
    }
    return [calendar].compactMap(\.self) + drafts
  }

  // “=_” never occurs in quoted-printable or base64, so no line of a part can be taken for the boundary (RFC 2045 6.7).
  private func boundary(_ level: String) -> String {
    "=_nhachan_\(MessageIdentity.fingerprint(message.messageID))_\(level)"
  }
}

/// One MIME entity: its fields, a blank line, its encoded content.
private struct Part {
  var text: String

  static func text(_ content: String, type: String) -> Part {
    let (encoding, encoded) = encoded(content)
    return Part(
      text: "Content-Type: \(type); charset=utf-8\r\nContent-Transfer-Encoding: \(encoding)\r\n\r\n" + encoded
    )
  }

  // Quoted-printable can be read in the raw mail, but makes six or nine letters of a Vietnamese one: long texts
  // take base64 when that is shorter.
  private static func encoded(_ content: String) -> (encoding: String, text: String) {
    let quoted = TransferEncoding.quotedPrintable(content)
    guard quoted.utf8.count > 100_000 else { return ("quoted-printable", quoted) }
    let lines = base64(content)
    return lines.utf8.count < quoted.utf8.count ? ("base64", lines) : ("quoted-printable", quoted)
  }

  /// The text with CRLF line ends in base64.
  private static func base64(_ content: String) -> String {
    let bytes = Array(content.utf8).split(separator: 10, omittingEmptySubsequences: false).map { line in
      line.last == 13 ? Array(line.dropLast()) : Array(line)
    }
    return TransferEncoding.base64Lines(Array(bytes.joined(separator: [13, 10])))
  }

  static func file(_ content: String, type: String, parameter: String = "", name: String) -> Part {
    Part(
      text: """
        Content-Type: \(type); charset=utf-8\(parameter);\r
         name="\(name)"\r
        Content-Transfer-Encoding: base64\r
        Content-Disposition: attachment;\r
         filename="\(name)"\r
        \r

        """ + base64(content)
    )
  }

  static func multipart(_ kind: String, _ parts: [Part], boundary: String) -> Part {
    // The line end before a boundary belongs to the boundary, so that a part keeps its own last one.
    let inner = parts.map { "--\(boundary)\r\n\($0.text)\r\n" }.joined()
    return Part(
      text: "Content-Type: multipart/\(kind);\r\n boundary=\"\(boundary)\"\r\n\r\n\(inner)--\(boundary)--\r\n"
    )
  }
}
