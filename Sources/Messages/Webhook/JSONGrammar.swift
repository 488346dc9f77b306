/// Whether bytes are JSON to the letter (RFC 8259).
///
/// Foundation's reader is lenient, with a comma after the last entry for one; receivers are not.
struct JSONGrammar {
  private let bytes: [UInt8]
  private var position = 0
  private static let deepest = 200

  static func accepts(_ bytes: [UInt8]) -> Bool {
    guard String(validating: bytes, as: UTF8.self) != nil else { return false }
    var grammar = JSONGrammar(bytes: bytes)
    return grammar.value(depth: 0) && grammar.next == nil
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// The next byte that is no white space, which it passes over.
  private var next: UInt8? {
    mutating get {
      while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
      return current
    }
  }

  private mutating func takes(_ character: Character) -> Bool {
    guard next == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) -> Bool {
    guard depth < Self.deepest, let first = next else { return false }
    switch first {
    case UInt8(ascii: "{"): return list("{", "}", depth) { $0.string() && $0.takes(":") && $0.value(depth: depth + 1) }
    case UInt8(ascii: "["): return list("[", "]", depth) { $0.value(depth: depth + 1) }
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "t"): return word("true")
    case UInt8(ascii: "f"): return word("false")
    case UInt8(ascii: "n"): return word("null")
    default: return number()
    }
  }

  private mutating func list(
    _ opening: Character,
    _ closing: Character,
    _ depth: Int,
    _ entry: (inout Self) -> Bool
  ) -> Bool {
    guard takes(opening) else { return false }
    if takes(closing) { return true }
    repeat { guard entry(&self) else { return false } } while takes(",")
    return takes(closing)
  }

  private mutating func string() -> Bool {
    guard takes("\"") else { return false }
    while let byte = current, byte >= 0x20 {
      position += 1
      if byte == UInt8(ascii: "\"") { return true }
      if byte == UInt8(ascii: "\\"), !escape() { return false }
    }
    return false
  }

  private mutating func escape() -> Bool {
    guard let byte = current else { return false }
    position += 1
    guard byte == UInt8(ascii: "u") else { return "\"\\/bfnrt".utf8.contains(byte) }
    let digits = bytes[position...].prefix(4)
    position += digits.count
    return digits.count == 4 && digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
  }

  private mutating func word(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func number() -> Bool {
    if current == UInt8(ascii: "-") { position += 1 }
    let isZero = current == UInt8(ascii: "0")
    let count = digits()
    guard count == 1 || (count > 1 && !isZero) else { return false }
    if current == UInt8(ascii: ".") {
      position += 1
      guard digits() > 0 else { return false }
    }
    guard current == UInt8(ascii: "e") || current == UInt8(ascii: "E") else { return true }
    position += 1
    if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
    return digits() > 0
  }

  /// How many there were.
  private mutating func digits() -> Int {
    let start = position
    while let byte = current, (48...57).contains(byte) { position += 1 }
    return position - start
  }
}
