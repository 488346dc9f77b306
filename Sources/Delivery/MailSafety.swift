import Glibc

/// What must never reach the wire.
///
/// libcurl 7.88 passes it on as it is.
enum MailSafety {
  /// Why an address may not stand in MAIL FROM or RCPT TO, or nil when it may.
  ///
  /// A line end would be a second command; a space or an angle bracket would be a parameter. Whether the mailbox
  /// exists is the server's to say.
  static func fault(inAddress address: String) -> String? {
    let bytes = address.utf8
    // RFC 5321 section 4.5.3.1.3: a path has at most 256 octets, two of them the brackets.
    if bytes.count > 254 { return "address too long" }
    if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "control character in the address" }
    if address.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      return "control character in the address"
    }
    if address.unicodeScalars.contains(where: { $0.properties.isWhitespace || "<>".unicodeScalars.contains($0) }) {
      return "space or angle bracket in the address"
    }
    return nil
  }

  /// Why a parcel may not be sent, or nil when it may.
  static func fault(from sender: String, to recipient: String) -> String? {
    // An empty sender is the null reverse-path of RFC 5321 section 4.5.5; an empty recipient is nobody.
    if recipient.isEmpty { return "recipient: no address" }
    if let fault = fault(inAddress: recipient) { return "recipient: \(fault)" }
    return fault(inAddress: sender).map { "sender: \($0)" }
  }

  /// The size on the wire of a mail whose lines all end in CRLF, with the dots libcurl doubles; nil when a CR or LF
  /// stands alone.
  ///
  /// Servers disagree about lone line ends, which lets one mail hide inside another (RFC 5321 section 2.3.8).
  static func wireSize(of mail: [UInt8]) -> Int? {
    mail.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, !bytes.isEmpty else { return 0 }
      var dots = bytes[0] == UInt8(ascii: ".") ? 1 : 0
      var lineEnds = 0
      var position = 0
      while let found = memchr(start + position, 0x0A, bytes.count - position) {
        let lineFeed = start.distance(to: UnsafeRawPointer(found))
        guard lineFeed > 0, bytes[lineFeed - 1] == 0x0D else { return nil }
        lineEnds += 1
        position = lineFeed + 1
        if position == bytes.count { break }
        if bytes[position] == UInt8(ascii: ".") { dots += 1 }
      }
      return carriageReturns(in: bytes) == lineEnds ? bytes.count + dots : nil
    }
  }

  private static func carriageReturns(in bytes: UnsafeRawBufferPointer) -> Int {
    guard let start = bytes.baseAddress else { return 0 }
    var count = 0
    var position = 0
    while position < bytes.count, let found = memchr(start + position, 0x0D, bytes.count - position) {
      count += 1
      position = start.distance(to: UnsafeRawPointer(found)) + 1
    }
    return count
  }
}
