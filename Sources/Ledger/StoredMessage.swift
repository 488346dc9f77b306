internal import Deadlines
internal import GRDB
internal import Messages

/// A message as the outbox has it, though its text may be damaged.
struct StoredMessage {
  /// Says nothing when the text cannot be read: the outbox itself knows for whom it was, not what it told of.
  let message: Message
  /// Why the text cannot be read; nil when it can.
  let fault: String?

  static let columns = "message, office, message_id, channel, recipient, kind, created_at, day"

  init(_ row: Row) {
    do {
      message = try JSONText.read(row["message"])
      fault = nil
    } catch {
      message = Message(shellOf: row)
      fault = "\(error)"
    }
  }
}

extension Message {
  fileprivate init(shellOf row: Row) {
    let address: String = row["recipient"]
    let channel: String = row["channel"]
    self.init(
      messageID: row["message_id"],
      office: row["office"],
      channel: channel,
      recipient: Recipient(address: address, name: address, unit: nil, language: .vietnamese, channels: [channel]),
      kind: NoticeKind(rawValue: row["kind"]) ?? .reminder,
      createdAt: Instant(milliseconds: row["created_at"]),
      today: CivilDate(row["day"] as String) ?? .last,
      content: .notices([])
    )
  }
}
