/// Header fields as lines of ASCII, folded at 76, each with its CRLF (RFC 5322 section 2.2).
enum HeaderField {
  /// A field of free text, as Subject.
  static func text(_ name: String, _ text: String) -> String {
    let words = text.split(separator: " ").map(String.init)
    let isPlain =
      text.utf8.allSatisfy { (32...126).contains($0) } && !text.contains("=?")
      && words.allSatisfy { $0.utf8.count <= 60 }
    return isPlain ? folded(name, words) : folded(name, EncodedWord.words(text, firstRoom: firstRoom(name)))
  }

  /// A field with one mailbox: From, To, Reply-To.
  static func mailbox(_ name: String, displayName: String = "", address: String) -> String {
    guard let address = checked(address) else { return "\(name): undisclosed-recipients:;\r\n" }
    if displayName.isEmpty { return folded(name, [address]) }
    return folded(name, phrase(displayName, firstRoom: firstRoom(name)) + ["<\(address)>"])
  }

  /// A field of message ids: References, In-Reply-To.
  static func identifiers(_ name: String, _ ids: [String]) -> String {
    folded(name, ids.map { "<\(MessageIdentity.headerSafe($0))>" })
  }

  /// A comma-separated field of ids of ours, everything but plain ASCII percent-encoded.
  static func list(_ name: String, _ items: [String]) -> String {
    let encoded = items.map(percentEncoded)
    return folded(name, encoded.enumerated().map { $1 + ($0 < encoded.count - 1 ? "," : "") })
  }

  /// Words joined by spaces, on a new line where the line would grow longer than 76.
  static func folded(_ name: String, _ words: [String]) -> String {
    var field = name + ":"
    var column = field.utf8.count
    for word in words {
      let length = word.utf8.count
      // The first word stays on the field's line: a line of nothing but blanks after the name is obsolete syntax.
      if column + 1 + length > TransferEncoding.lineLimit, column > name.utf8.count + 1 {
        field += "\r\n"
        column = 0
      }
      field += " " + word
      column += 1 + length
    }
    return field + "\r\n"
  }

  /// A mailbox that may stand between angle brackets: printable ASCII around one `@`; else nil.
  static func checked(_ address: String) -> String? {
    let bytes = Array(address.utf8)
    let isPlain = bytes.allSatisfy { (33...126).contains($0) && !"<>()[]:;,\\\"".utf8.contains($0) }
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    guard isPlain, bytes.count <= 254, parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    return address
  }

  private static func firstRoom(_ name: String) -> Int { TransferEncoding.lineLimit - name.utf8.count - 2 }

  /// A display name as atoms, as one quoted string, or as encoded-words.
  private static func phrase(_ text: String, firstRoom: Int) -> [String] {
    let isASCII = text.utf8.allSatisfy { (32...126).contains($0) } && !text.contains("=?")
    guard isASCII, text.utf8.count <= 50 else { return EncodedWord.words(text, firstRoom: firstRoom) }
    let words = text.split(separator: " ").map(String.init)
    if words.allSatisfy({ $0.utf8.allSatisfy(MessageIdentity.isAtomText) }) { return words }
    var quoted = ""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    return ["\"\(quoted)\""]
  }

  private static func percentEncoded(_ id: String) -> String {
    // A line has at most 998 characters and an id nowhere to fold: an absurdly long one is named by a digest of itself.
    guard id.utf8.count <= 300 else { return "sha256-\(MessageIdentity.fingerprint(id))" }
    return id.utf8.map { byte in
      switch byte {
      case 48...57, 65...90, 97...122: String(Unicode.Scalar(byte))
      case _ where "/._-+:|~".utf8.contains(byte): String(Unicode.Scalar(byte))
      default: "%" + TransferEncoding.hex(byte)
      }
    }.joined()
  }
}
