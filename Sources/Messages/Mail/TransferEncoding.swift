/// Encodings that make any bytes into short lines of ASCII (RFC 2045 section 6).
enum TransferEncoding {
  /// A line without its end, at most.
  static let lineLimit = 76

  /// RFC 4648 base64 in one line.
  static func base64(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    appendBase64(bytes[...], to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func appendBase64(_ bytes: ArraySlice<UInt8>, to text: inout [UInt8]) {
    text.reserveCapacity(text.count + (bytes.count + 2) / 3 * 4)
    for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 3) {
      let count = min(3, bytes.endIndex - start)
      var bits = 0
      for place in 0..<3 { bits = bits << 8 | (place < count ? Int(bytes[start + place]) : 0) }
      for place in 0..<4 {
        text.append(place > count ? UInt8(ascii: "=") : alphabet[bits >> (18 - 6 * place) & 63])
      }
    }
  }

  /// The bytes of a base64 text with or without padding, or nil when it is none.
  static func bytes(ofBase64 text: String) -> [UInt8]? {
    var digits = Array(text.utf8)
    for _ in 0..<2 where digits.last == UInt8(ascii: "=") && text.utf8.count % 4 == 0 { digits.removeLast() }
    guard digits.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    var buffer = 0
    var bits = 0
    for digit in digits {
      guard let value = value(ofDigit: digit) else { return nil }
      buffer = (buffer << 6 | value) & 0xFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(buffer >> bits & 0xFF))
      }
    }
    return buffer & ((1 << bits) - 1) == 0 ? bytes : nil
  }

  private static func value(ofDigit digit: UInt8) -> Int? {
    switch digit {
    case 65...90: Int(digit) - 65
    case 97...122: Int(digit) - 71
    case 48...57: Int(digit) + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }

  /// Base64 in lines of 76, each with its CRLF.
  static func base64Lines(_ bytes: [UInt8]) -> String {
    var lines: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 57) {
      appendBase64(bytes[start..<min(start + 57, bytes.count)], to: &lines)
      lines += crlf
    }
    return String(decoding: lines, as: UTF8.self)
  }

  /// Quoted-printable: `text` has `\n` line ends, what comes back has CRLF and ends in one.
  static func quotedPrintable(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      var encoded: [UInt8] = []
      encoded.reserveCapacity(bytes.count * 2)
      for line in lines(of: bytes) {
        appendLine(line, to: &encoded)
        encoded += crlf
      }
      return String(decoding: encoded, as: UTF8.self)
    }
  }

  private static func lines(of bytes: UnsafeBufferPointer<UInt8>) -> [UnsafeBufferPointer<UInt8>] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { UnsafeBufferPointer(rebasing: $0) }
  }

  private static let crlf = Array("\r\n".utf8)
  private static let softBreak = Array("=\r\n".utf8)
  private static let hexDigits = Array("0123456789ABCDEF".utf8)

  private static func appendLine(_ line: UnsafeBufferPointer<UInt8>, to encoded: inout [UInt8]) {
    var column = 0
    for (index, byte) in line.enumerated() {
      let isLast = index == line.count - 1
      // A soft line break needs one column itself, except after the last byte of the line.
      let room = lineLimit - (isLast ? 0 : 1)
      var isPlain = isPlain(byte, isLast: isLast, isFirst: column == 0)
      if column + (isPlain ? 1 : 3) > room {
        encoded += softBreak
        column = 0
        isPlain = Self.isPlain(byte, isLast: isLast, isFirst: true)
      }
      if isPlain { encoded.append(byte) } else { appendEscape(of: byte, to: &encoded) }
      column += isPlain ? 1 : 3
    }
  }

  /// The byte as `=XX`, for both quoted-printable and the Q of encoded-words.
  static func appendEscape(of byte: UInt8, to encoded: inout [UInt8]) {
    encoded.append(UInt8(ascii: "="))
    encoded.append(hexDigits[Int(byte >> 4)])
    encoded.append(hexDigits[Int(byte & 15)])
  }

  // A line that begins with "." or "From " is changed by some relays and stores; written as =2E and =46 it is not.
  private static func isPlain(_ byte: UInt8, isLast: Bool, isFirst: Bool) -> Bool {
    if byte == 32 || byte == 9 { return !isLast }
    if isFirst && (byte == UInt8(ascii: ".") || byte == UInt8(ascii: "F")) { return false }
    return (33...126).contains(byte) && byte != UInt8(ascii: "=")
  }

  /// Two hexadecimal digits in upper case.
  static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return byte < 16 ? "0" + digits : digits
  }
}
