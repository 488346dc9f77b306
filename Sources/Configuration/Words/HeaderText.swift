/// Names and values of HTTP headers.
enum HeaderText {
  /// > field-name is a token (RFC 9110 section 5.6.2).
  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 100
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }

  /// A letter or digit of ASCII, a hyphen or a low line.
  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
    default: false
    }
  }

  /// Printable ASCII without blanks at either end: a line end would begin another header.
  static func isValid(_ text: String) -> Bool {
    text.utf8.count <= 8000 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && text.utf8.first != 0x20
      && text.utf8.last != 0x20
  }

  /// What the message, the signature and the connection say themselves.
  static func isOurs(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.hasPrefix("webhook-")
      || [
        "host", "content-type", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te",
        "trailer", "expect", "user-agent", "accept-encoding",
      ].contains(name)
  }

  /// Headers that receivers know somebody by.
  static func carriesSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["authorization", "cookie", "token", "key", "secret", "password"].contains { name.contains($0) }
  }
}
