internal import Deadlines
public import Foundation
public import Messages

/// One message as `agenda --json` and `messages.json` list it.
public struct AgendaLine: Codable, Sendable, Hashable {
  public struct NoticeLine: Codable, Sendable, Hashable {
    public var occurrence: String
    public var step: String
  }

  public var at: String
  public var recipient: String
  public var unit: String?
  public var channel: String
  public var kind: String
  public var subject: String
  public var messageID: String
  public var notices: [NoticeLine]

  /// Every key is written, `unit` as null where a message is for no unit: the form is fixed.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(at, forKey: .at)
    try container.encode(recipient, forKey: .recipient)
    try container.encode(unit, forKey: .unit)
    try container.encode(channel, forKey: .channel)
    try container.encode(kind, forKey: .kind)
    try container.encode(subject, forKey: .subject)
    try container.encode(messageID, forKey: .messageID)
    try container.encode(notices, forKey: .notices)
  }

  public init(_ rehearsed: RehearsedMessage, letterhead: Letterhead) {
    let message = rehearsed.message
    at = letterhead.zone.civil(rehearsed.at).rfc3339
    recipient = message.recipient.address
    unit = message.recipient.unit
    channel = message.channel
    kind = message.kind.rawValue
    subject = MailFormat.subject(message, letterhead: letterhead)
    messageID = message.messageID
    notices = message.notices.map { NoticeLine(occurrence: $0.occurrence, step: $0.step) }
  }
}

/// Writes a rehearsal as a Maildir of mails, a list and a page to look at them.
public struct RehearsalFolder: Sendable {
  private let path: String

  /// Makes the folder; refuses one that holds anything else than an earlier rehearsal.
  public init(path: String) throws {
    self.path = path
    let manager = FileManager.default
    let known: Set = ["Maildir", "pages", "webhooks", "index.html", "messages.json"]
    let found = (try? manager.contentsOfDirectory(atPath: path)) ?? []
    let foreign = found.filter { !known.contains($0) && !$0.hasPrefix(".") }
    guard foreign.isEmpty else { throw FolderInUse(path: path, foreign: foreign.sorted()[0]) }
    for name in found where known.contains(name) && name != "Maildir" {
      try manager.removeItem(atPath: "\(path)/\(name)")
    }
    for folder in ["pages", "webhooks"] {
      try manager.createDirectory(atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
    }
  }

  /// Writes everything; the mails themselves only when no mail server keeps them.
  public func write(
    _ messages: [RehearsedMessage],
    letterheads: [String: Letterhead],
    webhooks: [String: BodyForm],
    writesMails: Bool
  ) throws {
    if writesMails {
      try? FileManager.default.removeItem(atPath: "\(path)/Maildir")
      for folder in ["cur", "new", "tmp"] {
        try FileManager.default.createDirectory(atPath: "\(path)/Maildir/\(folder)", withIntermediateDirectories: true)
      }
    }
    var lines: [AgendaLine] = []
    for (index, rehearsed) in messages.enumerated() {
      guard let letterhead = letterheads[rehearsed.message.channel] else { continue }
      lines.append(AgendaLine(rehearsed, letterhead: letterhead))
      let form = webhooks[rehearsed.message.channel]
      try write(rehearsed, number: index + 1, letterhead: letterhead, form: form, writesMails: writesMails)
    }
    try save(try Self.json(lines), "messages.json")
    try save(Data(RehearsalIndex.page(lines).utf8), "index.html")
  }

  private func write(
    _ rehearsed: RehearsedMessage,
    number: Int,
    letterhead: Letterhead,
    form: BodyForm?,
    writesMails: Bool
  ) throws {
    let message = rehearsed.message
    try save(Data(MailFormat.html(message, letterhead: letterhead).utf8), "pages/\(number).html")
    if let form {
      try save(form, message, letterhead, "webhooks/\(number)")
    } else if writesMails {
      // Maildir's unique names: time, number, host (https://cr.yp.to/proto/maildir.html).
      let name = "\(rehearsed.at.seconds).\(number).rehearsal"
      try save(Data(MailFormat.render(message, letterhead: letterhead)), "Maildir/new/\(name)")
    }
  }

  /// The body as it would be posted, or why there is none.
  private func save(_ form: BodyForm, _ message: Message, _ letterhead: Letterhead, _ name: String) throws {
    let body: WebhookBody
    do throws(Unaddressed) {
      body = try form.body(message, letterhead: letterhead)
    } catch {
      return try save(Data("not sent: \(error.reason)\n".utf8), "\(name).txt")
    }
    try save(Data(body.bytes), body.contentType.contains("json") ? "\(name).json" : "\(name).txt")
  }

  /// Lines as the fixed JSON array.
  public static func json(_ lines: [AgendaLine]) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(lines)
  }

  private func save(_ data: Data, _ name: String) throws {
    try data.write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }

  /// A folder that holds something else.
  public struct FolderInUse: Error, CustomStringConvertible {
    public var path: String
    public var foreign: String
    public var description: String {
      "\(path) holds “\(foreign)”, which no rehearsal wrote — name an empty or a new folder"
    }
  }
}

/// The page that lists what went out.
enum RehearsalIndex {
  static func page(_ lines: [AgendaLine]) -> String {
    let rows = lines.enumerated().map { index, line in
      """
      <tr><td>\(escape(day(line.at)))</td><td>\(escape(time(line.at)))</td><td>\(escape(line.recipient))</td>\
      <td>\(escape(line.kind))</td><td><a href="pages/\(index + 1).html">\(escape(line.subject))</a></td>\
      <td class="n">\(line.notices.count)</td></tr>
      """
    }
    return """
      <!DOCTYPE html>
      <html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>Diễn tập nhắc hạn</title>
      <style>
      body { font: 15px/1.5 system-ui, "Noto Sans", sans-serif; color: #1a1a1a; margin: 2rem auto; max-width: 72rem;
        padding: 0 1rem; }
      table { border-collapse: collapse; width: 100%; }
      th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ddd; }
      th { border-bottom: 2px solid #666; }
      td:nth-child(-n+4) { white-space: nowrap; }
      .n { text-align: right; }
      </style></head><body>
      <h1>Diễn tập nhắc hạn <small lang="en">/ Rehearsal</small></h1>
      <p>\(lines.count) thư. Không thư nào trong số này đã gửi đến người thật.<br>
      <span lang="en">\(lines.count) messages; none of them was sent to a real person.</span></p>
      <table><thead><tr><th scope="col">Ngày</th><th scope="col">Giờ</th><th scope="col">Người nhận</th>\
      <th scope="col">Loại</th><th scope="col">Tiêu đề</th><th scope="col">Việc</th></tr></thead><tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></body></html>

      """
  }

  /// “02/12/2026” of an RFC 3339 time.
  private static func day(_ text: String) -> String {
    let parts = text.prefix(10).split(separator: "-")
    return parts.count == 3 ? "\(parts[2])/\(parts[1])/\(parts[0])" : text
  }

  private static func time(_ text: String) -> String { String(text.dropFirst(11).prefix(5)) }

  private static func escape(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
