/// What was said between us and the server, as far as the outcome of a delivery depends on it.
///
/// Of our commands only the verb is looked at and nothing is kept: the lines of AUTH hold the password.
struct SMTPConversation: Sendable {
  /// What the server's next reply will answer, in the order of RFC 5321 section 4.1.4.
  enum Stage: Sendable { case greeting, hello, startTLS, authentication, sender, recipient, data, message, farewell }

  /// A final reply of the server; lines of one reply are joined.
  struct Reply: Sendable, Hashable {
    var code: Int
    var text: String
    var stage: Stage
  }

  private(set) var stage = Stage.greeting
  /// The first 4yz or 5yz that nothing of ours followed; the `221` after it says nothing.
  private(set) var refusal: Reply?
  /// The code of the last complete reply, 0 before the first.
  private(set) var lastCode = 0
  /// Whether this connection has answered `235`.
  ///
  /// Outlives a transfer, not a connection.
  private(set) var isAuthenticated = false

  private var text: [UInt8] = []
  private var isInsideReply = false

  /// The text of the last complete reply.
  var lastText: String { String(decoding: text, as: UTF8.self) }

  /// A new mail, on the same connection or on another.
  mutating func begin() {
    stage = .greeting
    refusal = nil
    lastCode = 0
    text.removeAll(keepingCapacity: true)
    isInsideReply = false
  }

  /// We have sent a line.
  mutating func sent(_ line: UnsafeRawBufferPointer) {
    guard let next = Stage(ofCommand: line) else { return }
    stage = next
    if next == .farewell { return }
    // EHLO refused, then HELO; one mechanism refused, then another: a refusal we went on after was none.
    refusal = nil
    // A new connection starts with EHLO, and so does the part inside TLS.
    if next == .hello { isAuthenticated = false }
  }

  /// The server has sent a line.
  mutating func received(_ line: UnsafeRawBufferPointer) {
    guard line.count >= 3, let code = replyCode(line) else { return }
    if !isInsideReply { text.removeAll(keepingCapacity: true) }
    append(line.dropFirst(4))
    isInsideReply = line.count > 3 && line[3] == UInt8(ascii: "-")
    if !isInsideReply { end(code) }
  }

  private mutating func end(_ code: Int) {
    lastCode = code
    if code == 235 { isAuthenticated = true }
    if code == 354 { stage = .message }
    if (400..<600).contains(code), refusal == nil, stage != .farewell {
      refusal = Reply(code: code, text: lastText, stage: stage)
    }
  }

  private mutating func append(_ part: Slice<UnsafeRawBufferPointer>) {
    if !text.isEmpty { text.append(UInt8(ascii: " ")) }
    // Enough for a reason; a server may send as much as it likes.
    for byte in part.prefix(max(0, 500 - text.count)) where byte >= 0x20 && byte != 0x7F { text.append(byte) }
  }
}

extension SMTPConversation.Stage {
  /// The stage a command begins; nil for lines that are no command, such as the answers of SASL.
  init?(ofCommand line: UnsafeRawBufferPointer) {
    guard line.count >= 6 else { return nil }
    switch (line[0], line[1], line[2], line[3]) {
    case (0x45, 0x48, 0x4C, 0x4F), (0x48, 0x45, 0x4C, 0x4F): self = .hello  // EHLO, HELO
    case (0x53, 0x54, 0x41, 0x52): self = .startTLS  // STARTTLS
    case (0x41, 0x55, 0x54, 0x48): self = .authentication  // AUTH
    case (0x4D, 0x41, 0x49, 0x4C): self = .sender  // MAIL
    case (0x52, 0x43, 0x50, 0x54): self = .recipient  // RCPT
    case (0x44, 0x41, 0x54, 0x41): self = .data  // DATA
    case (0x51, 0x55, 0x49, 0x54): self = .farewell  // QUIT
    default: return nil
    }
    // A line of SASL is base64: it has neither the space nor, at this length, the line end after four letters.
    if line[4] != 0x20 && line[4] != 0x0D && self != .startTLS {
      return nil
    }
  }
}

private func replyCode(_ line: UnsafeRawBufferPointer) -> Int? {
  var code = 0
  for byte in line.prefix(3) {
    guard (0x30...0x39).contains(byte) else { return nil }
    code = code * 10 + Int(byte - 0x30)
  }
  return code
}
