/// Reads values out of a document's tokens.
struct JSONReader: Decoder {
  let document: JSONDocument
  let token: Int

  /// Not kept: it would be put together anew for every value, and a fault names type and kind.
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard kind == .object else { throw mismatch([String: Int].self) }
    return KeyedDecodingContainer(Members<Key>(reader: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard kind == .array else { throw mismatch([Int].self) }
    return Elements(reader: self)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(reader: self) }

  /// The value itself; numbers and texts directly, all else by its own `init(from:)`.
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    switch type {
    case is String.Type: return try cast(try text())
    case is Int.Type: return try cast(try integer(Int.self))
    case is Int64.Type: return try cast(try integer(Int64.self))
    case is Bool.Type: return try cast(try flag())
    default: return try Value(from: self)
    }
  }

  fileprivate var kind: JSONDocument.Kind { document.tokens[token].kind }

  /// Numbers of other widths come here by their own `init(from:)`.
  fileprivate func decodeSingle<Value: Decodable>(_ type: Value.Type) throws -> Value {
    guard let number = type as? any FixedWidthInteger.Type else { return try decode(type) }
    return try cast(try integer(number))
  }

  private func cast<Value>(_ value: Any) throws -> Value {
    guard let value = value as? Value else { throw mismatch(Value.self) }
    return value
  }

  fileprivate func text() throws -> String {
    guard kind == .plainString || kind == .escapedString else { throw mismatch(String.self) }
    return try document.text(document.tokens[token])
  }

  fileprivate func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
    guard kind == .number, let number: Number = document.integer(document.tokens[token]) else { throw mismatch(type) }
    return number
  }

  fileprivate func flag() throws -> Bool {
    guard kind == .bool else { throw mismatch(Bool.self) }
    return document.bytes[Int(document.tokens[token].start)] == UInt8(ascii: "t")
  }

  fileprivate func mismatch(_ type: Any.Type) -> DecodingError {
    DecodingError.typeMismatch(type, .init(codingPath: codingPath, debugDescription: "found \(kind)"))
  }

  fileprivate func reader(_ token: Int) -> JSONReader { JSONReader(document: document, token: token) }
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let reader: JSONReader

  var codingPath: [any CodingKey] { reader.codingPath }

  var allKeys: [Key] {
    var keys: [Key] = []
    var next = reader.token + 1
    while next < Int(reader.document.tokens[reader.token].next) {
      if let key = (try? reader.document.text(reader.document.tokens[next])).flatMap(Key.init(stringValue:)) {
        keys.append(key)
      }
      next = Int(reader.document.tokens[next + 1].next)
    }
    return keys
  }

  func contains(_ key: Key) -> Bool { find(key) != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try member(key).kind == .null }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try member(key).decode(type) }

  // Beside the general one for speed: no look at the type, no box around the value.
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try member(key).text() }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try member(key).integer(type) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try member(key).integer(type) }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try member(key).flag() }

  func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
    try present(key)?.decode(type)
  }
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try present(key)?.text() }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try present(key)?.integer(type) }
  func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try present(key)?.integer(type) }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
    -> KeyedDecodingContainer<Nested>
  { try member(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try member(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { reader }
  func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }

  private func present(_ key: Key) -> JSONReader? {
    guard let token = find(key) else { return nil }
    let member = reader.reader(token)
    return member.kind == .null ? nil : member
  }

  private func find(_ key: Key) -> Int? { reader.document.member(key.stringValue, of: reader.token) }

  private func member(_ key: Key) throws -> JSONReader {
    guard let token = find(key) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "not there"))
    }
    return reader.reader(token)
  }
}

private struct Elements: UnkeyedDecodingContainer {
  let reader: JSONReader
  private var next: Int
  private(set) var currentIndex = 0
  let count: Int?

  init(reader: JSONReader) {
    self.reader = reader
    next = reader.token + 1
    var (count, token) = (0, reader.token + 1)
    while token < Int(reader.document.tokens[reader.token].next) {
      token = Int(reader.document.tokens[token].next)
      count += 1
    }
    self.count = count
  }

  var codingPath: [any CodingKey] { reader.codingPath }
  var isAtEnd: Bool { next >= Int(reader.document.tokens[reader.token].next) }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, reader.document.tokens[next].kind == .null else { return false }
    _ = try element()
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try element().decode(type) }
  mutating func decode(_ type: String.Type) throws -> String { try element().text() }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try element().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try element().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try element() }

  private mutating func element() throws -> JSONReader {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(Any.self, .init(codingPath: codingPath, debugDescription: "no more elements"))
    }
    defer {
      next = Int(reader.document.tokens[next].next)
      currentIndex += 1
    }
    return reader.reader(next)
  }
}

private struct Single: SingleValueDecodingContainer {
  let reader: JSONReader

  var codingPath: [any CodingKey] { reader.codingPath }
  func decodeNil() -> Bool { reader.kind == .null }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try reader.decodeSingle(type) }
  // Beside the general one for speed: codes and days are texts, moments numbers.
  func decode(_ type: String.Type) throws -> String { try reader.text() }
  func decode(_ type: Int.Type) throws -> Int { try reader.integer(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try reader.integer(type) }
}
