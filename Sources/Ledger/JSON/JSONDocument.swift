/// A JSON text as a list of tokens over its bytes: one pass, one array, and no text copied before it is asked for.
final class JSONDocument {
  enum Kind: UInt8 { case null, bool, number, plainString, escapedString, array, object }

  struct Token {
    var kind: Kind
    /// Its bytes; of a string those between the quotes.
    var start: Int32
    var end: Int32
    /// The token after it and all that it contains.
    var next: Int32

    var range: Range<Int> { Int(start)..<Int(end) }
  }

  let bytes: [UInt8]
  let tokens: [Token]

  /// Throws `DecodingError` where the text is no JSON, or nested deeper than anything of ours.
  init(_ text: String) throws {
    var scanner = JSONScanner(bytes: Array(text.utf8))
    try scanner.scan()
    bytes = scanner.bytes
    tokens = scanner.tokens
  }

  /// The text of a string's token.
  func text(_ token: Token) throws -> String {
    token.kind == .escapedString ? try unescaped(bytes[token.range]) : plainText(token)
  }

  func integer<Number: FixedWidthInteger>(_ token: Token) -> Number? { Number(plainText(token)) }

  private func plainText(_ token: Token) -> String {
    bytes.withUnsafeBufferPointer { String(decoding: UnsafeBufferPointer(rebasing: $0[token.range]), as: UTF8.self) }
  }

  /// The value's token for a key of the object at `index`; nil when it has none.
  func member(_ key: String, of index: Int) -> Int? {
    var next = index + 1
    while next < Int(tokens[index].next) {
      if isKey(tokens[next], key) { return next + 1 }
      next = Int(tokens[next + 1].next)
    }
    return nil
  }

  private func isKey(_ token: Token, _ key: String) -> Bool {
    if token.kind == .escapedString { return (try? text(token)) == key }
    guard token.range.count == key.utf8.count else { return false }
    var key = key
    return key.withUTF8 { key in bytes.withUnsafeBufferPointer { $0[token.range].elementsEqual(key) } }
  }
}

// MARK: Reading the text

/// The one pass over the text.
private struct JSONScanner {
  let bytes: [UInt8]
  private(set) var tokens: [JSONDocument.Token] = []
  private var position = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
    tokens.reserveCapacity(bytes.count / 12)
  }

  mutating func scan() throws {
    try value(depth: 0)
    skipBlanks()
    guard position == bytes.count else { throw fault("something after the end") }
  }

  private func fault(_ what: String) -> DecodingError {
    DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "\(what) at byte \(position)"))
  }

  private mutating func value(depth: Int) throws {
    guard depth < 64 else { throw fault("nested too deeply") }
    skipBlanks()
    switch peek {
    case UInt8(ascii: "{"): try container(.object, depth: depth, closing: UInt8(ascii: "}"))
    case UInt8(ascii: "["): try container(.array, depth: depth, closing: UInt8(ascii: "]"))
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "t"), UInt8(ascii: "f"): try word(peek == UInt8(ascii: "t") ? "true" : "false", .bool)
    case UInt8(ascii: "n"): try word("null", .null)
    default: try number()
    }
  }

  private mutating func container(_ kind: JSONDocument.Kind, depth: Int, closing: UInt8) throws {
    let index = tokens.count
    tokens.append(JSONDocument.Token(kind: kind, start: Int32(position), end: 0, next: 0))
    position += 1
    skipBlanks()
    while peek != closing {
      if kind == .object {
        try string()
        try expect(UInt8(ascii: ":"))
      }
      try value(depth: depth + 1)
      skipBlanks()
      guard peek != closing else { break }
      try expect(UInt8(ascii: ","))
      skipBlanks()
    }
    position += 1
    tokens[index].end = Int32(position)
    tokens[index].next = Int32(tokens.count)
  }

  private mutating func string() throws {
    guard peek == UInt8(ascii: "\"") else { throw fault("no string") }
    let start = position + 1
    let (end, isEscaped) = endOfString(from: start)
    position = end
    guard end < bytes.count else { throw fault("a string without end") }
    append(isEscaped ? .escapedString : .plainString, from: start)
    position += 1
  }

  /// The place of the closing quote, or one beyond all bytes; nearly all of a text is read here.
  private func endOfString(from start: Int) -> (end: Int, isEscaped: Bool) {
    bytes.withUnsafeBufferPointer { bytes in
      var (place, isEscaped) = (start, false)
      while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
        let escapes = bytes[place] == UInt8(ascii: "\\")
        isEscaped = isEscaped || escapes
        place += escapes ? 2 : 1
      }
      return (place, isEscaped)
    }
  }

  private mutating func word(_ word: StaticString, _ kind: JSONDocument.Kind) throws {
    let start = position
    let isThere = word.withUTF8Buffer { bytes[start...].starts(with: $0) }
    guard isThere else { throw fault("no value") }
    position += word.utf8CodeUnitCount
    append(kind, from: start)
  }

  private mutating func number() throws {
    let start = position
    while let byte = peek, Self.isNumeric(byte) { position += 1 }
    guard position > start else { throw fault("no value") }
    append(.number, from: start)
  }

  private static func isNumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func append(_ kind: JSONDocument.Kind, from start: Int) {
    tokens.append(
      JSONDocument.Token(kind: kind, start: Int32(start), end: Int32(position), next: Int32(tokens.count + 1))
    )
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func expect(_ byte: UInt8) throws {
    skipBlanks()
    guard peek == byte else { throw fault("“\(Unicode.Scalar(byte))” is missing") }
    position += 1
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
  }
}

// MARK: Texts with escapes

extension JSONDocument {
  /// RFC 8259 section 7.
  private func unescaped(_ escaped: ArraySlice<UInt8>) throws -> String {
    var units: [UInt16] = []
    var text = ""
    var rest = escaped[...]
    func flush() {
      text += String(decoding: units, as: UTF16.self)
      units = []
    }
    while let byte = rest.first {
      guard byte == UInt8(ascii: "\\"), rest.count > 1 else {
        flush()
        let plain = rest.prefix { $0 != UInt8(ascii: "\\") }
        text += String(decoding: plain, as: UTF8.self)
        rest = rest.dropFirst(max(plain.count, 1))
        continue
      }
      let sign = rest[rest.startIndex + 1]
      rest = rest.dropFirst(2)
      if sign == UInt8(ascii: "u") {
        // Two halves of one character stand side by side.
        guard let unit = UInt16(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16) else {
          throw Self.noSuchEscape
        }
        units.append(unit)
        rest = rest.dropFirst(4)
      } else {
        units.append(try Self.escape(sign).map(UInt16.init) ?? { throw Self.noSuchEscape }())
      }
    }
    flush()
    return text
  }

  private static var noSuchEscape: DecodingError {
    DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "no such escape"))
  }

  private static func escape(_ sign: UInt8) -> UInt8? {
    switch sign {
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): sign
    default: nil
    }
  }
}
