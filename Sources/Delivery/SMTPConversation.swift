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
  /// The last stage of the mail itself, whatever farewell came after it.
  private(set) var reached = Stage.greeting
  /// The first 4yz or 5yz that nothing of ours followed; the `221` after it says nothing.
  private(set) var refusal: Reply?
  /// The code of the last complete reply, 0 before the first.
  private(set) var lastCode = 0
  /// Whether this connection has answered `235`.
  ///
  /// Outlives a transfer, not a connection.
  private(set) var isAuthenticated = false
  /// Whether the server takes addresses outside ASCII (SMTPUTF8, RFC 6531); known of a connection, not of a transfer.
  private(set) var takesInternationalAddresses = false

  private var text: [UInt8] = []
  private var replySize = 0
  private var isInsideReply = false

  /// A reply has some lines of 512 octets at most (RFC 5321 section 4.5.3.1.5); what goes on beyond this never ends.
  private static let largestReply = 65_536

  /// The text of the last complete reply.
  var lastText: String { String(decoding: text, as: UTF8.self) }

  /// A new mail, on the same connection or on another.
  mutating func begin() {
    stage = .greeting
    reached = .greeting
    refusal = nil
    lastCode = 0
    text.removeAll(keepingCapacity: true)
    replySize = 0
    isInsideReply = false
  }

  /// We have sent a line.
  mutating func sent(_ line: UnsafeRawBufferPointer) {
    guard let next = Stage(ofCommand: line) else { return }
    stage = next
    replySize = 0
    if next == .farewell { return }
    reached = next
    // EHLO refused, then HELO; one mechanism refused, then another: a refusal we went on after was none. Except 421,
    // with which the server leaves: what we still say it does not hear.
    if refusal?.code != 421 { refusal = nil }
    guard next == .hello else { return }
    // A new connection starts with EHLO, and so does the part inside TLS.
    isAuthenticated = false
    takesInternationalAddresses = false
  }

  /// The server has sent a line.
  ///
  /// - Returns: False when its reply has no end.
  mutating func received(_ line: UnsafeRawBufferPointer) -> Bool {
    replySize += line.count
    guard replySize <= Self.largestReply else { return false }
    // What comes after QUIT says nothing about the mail.
    guard stage != .farewell, line.count >= 3, let code = replyCode(line) else { return true }
    if !isInsideReply { text.removeAll(keepingCapacity: true) }
    append(line.dropFirst(4))
    if stage == .hello, code == 250, isKeyword("SMTPUTF8", line.dropFirst(4)) { takesInternationalAddresses = true }
    isInsideReply = line.count > 3 && line[3] == UInt8(ascii: "-")
    if !isInsideReply { end(code) }
    return true
  }

  private mutating func end(_ code: Int) {
    lastCode = code
    if code == 235 { isAuthenticated = true }
    if code == 354 {
      stage = .message
      reached = .message
    }
    if (400..<600).contains(code) {
      if refusal == nil { refusal = Reply(code: code, text: lastText, stage: stage) }
    } else {
      refusal = nil
    }
  }

  private mutating func append(_ part: Slice<UnsafeRawBufferPointer>) {
    // Enough for a reason; a server may send as much as it likes.
    guard text.count < 500 else { return }
    if !text.isEmpty { text.append(UInt8(ascii: " ")) }
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

/// Whether a line of EHLO's reply offers the extension: its keyword in any case, then a space or the end.
private func isKeyword(_ keyword: StaticString, _ line: Slice<UnsafeRawBufferPointer>) -> Bool {
  let length = keyword.utf8CodeUnitCount
  guard line.count >= length else { return false }
  for (said, wanted) in zip(line, UnsafeBufferPointer(start: keyword.utf8Start, count: length))
  where said & 0xDF != wanted & 0xDF { return false }
  return line.dropFirst(length).first.map { $0 <= 0x20 } ?? true
}

private func replyCode(_ line: UnsafeRawBufferPointer) -> Int? {
  var code = 0
  for byte in line.prefix(3) {
    guard (0x30...0x39).contains(byte) else { return nil }
    code = code * 10 + Int(byte - 0x30)
  }
  return code
}
