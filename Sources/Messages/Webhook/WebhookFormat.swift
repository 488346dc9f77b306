internal import Crypto
internal import Deadlines

/// A secret shared with the receiver of a webhook.
public struct WebhookKey: Sendable {
  fileprivate let bytes: [UInt8]

  /// The key written as `whsec_` and base64, or as base64 alone; nil for anything else.
  ///
  /// Standard Webhooks asks for 24 to 64 bytes.
  public init?(_ text: String) {
    let secret = text.hasPrefix("whsec_") ? String(text.dropFirst("whsec_".count)) : text
    guard let bytes = TransferEncoding.bytes(ofBase64: secret), (24...64).contains(bytes.count) else { return nil }
    self.bytes = bytes
  }
}

/// A message as the body and headers of a webhook (Standard Webhooks 1.0).
public enum WebhookFormat {
  /// JSON in UTF-8; the same message and letterhead give the same bytes, always.
  public static func body(_ message: Message, letterhead: Letterhead) -> [UInt8] {
    Array(json(message, message.cleaned, letterhead.cleaned).text.utf8)
  }

  /// The headers as `name: value`, for an attempt made `timestamp` seconds after 1970.
  ///
  /// The signature covers id, timestamp and body, once for each key, so that keys can be changed without a gap.
  public static func headers(
    messageID: String,
    timestamp: Int64,
    body: [UInt8],
    contentType: String = "application/json",
    keys: [WebhookKey]
  ) -> [String] {
    let id = MessageIdentity.webhookSafe(messageID)
    let signed = Array("\(id).\(timestamp).".utf8) + body
    let signatures = keys.map { key in
      let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: key.bytes))
      return "v1," + TransferEncoding.base64(Array(code))
    }
    let signature = signatures.isEmpty ? [] : ["webhook-signature: " + signatures.joined(separator: " ")]
    return [
      "content-type: \(contentType)", "user-agent: nhachan", "webhook-id: \(id)", "webhook-timestamp: \(timestamp)",
    ]
      + signature
  }

  // Ids come from the message as it is: a receiver compares them with ours.
  private static func json(_ original: Message, _ message: Message, _ letterhead: Letterhead) -> JSONText {
    let letter = NoticeLetter.compose(message, letterhead)
    var data: [(String, JSONText)] = [
      ("unit", .optional(original.recipient.unit)),
      ("recipient", .string(original.recipient.address)),
      ("subject", .string(letter.title)),
      ("text", .string(PlainTextLayout.render(letter, wrapping: false))),
      ("url", .optional(letterhead.url)),
      ("occurrences", .array(zip(original.entries, message.entries).map(occurrence))),
    ]
    if case .digest(let digest) = message.content { data.append(("digest", self.digest(digest, letterhead))) }
    return .object([
      ("type", .string(type(message))),
      ("id", .string(MessageIdentity.webhookSafe(original.messageID))),
      ("timestamp", .string(letterhead.zone.civil(message.createdAt).rfc3339)),
      ("data", .object(data)),
    ])
  }

  static func type(_ message: Message) -> String {
    switch message.content {
    case .notices, .trouble: message.kind.rawValue
    case .digest: "digest"
    case .test: "test"
    }
  }

  private static func occurrence(_ original: Message.Entry, _ entry: Message.Entry) -> JSONText {
    let due = entry.occurrence.due
    return .object([
      ("id", .string(original.occurrence.id)),
      ("task", .string(original.occurrence.task)),
      ("title", .string(entry.occurrence.title)),
      ("limit", .string(entry.occurrence.limit)),
      ("nominal", .optional(due?.nominal.description)),
      ("target", .optional(due?.target.description)),
      ("legal", .optional(due?.legal.description)),
      ("state", .string(entry.state.name)),
      ("step", .string(original.notice.step)),
    ])
  }

  private static func digest(_ digest: Deadlines.Digest, _ letterhead: Letterhead) -> JSONText {
    let figures = digest.figures
    let numbers: [(String, Int)] = [
      ("tasks", figures.tasks), ("dated", figures.dated), ("undated", figures.undated),
      ("doneInTime", figures.doneInTime), ("doneLate", figures.doneLate), ("notYetDue", figures.notYetDue),
      ("dueSoon", figures.dueSoon), ("dueToday", figures.dueToday), ("overdue", figures.overdue),
      ("unsettled", figures.unsettled),
    ]
    return .object([
      ("number", .number(digest.number)),
      ("asOf", .string(letterhead.zone.civil(digest.asOf).rfc3339)),
      ("next", .string(letterhead.zone.civil(digest.next).rfc3339)),
      ("figures", .object(numbers.map { ($0, .number($1)) })),
      ("overdue", .array(digest.overdue.map { .string($0.occurrence) })),
      ("comingDue", .array(digest.comingDue.map { .string($0.occurrence) })),
    ])
  }
}
