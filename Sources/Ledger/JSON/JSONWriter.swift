/// A JSON value whose objects can still grow.
indirect enum JSONNode {
  /// A number, or one of the three words of RFC 8259.
  case word(String)
  case text(String)
  case integer(Int64)
  case object(JSONMembers)
  case array(JSONElements)

  func write(to bytes: inout [UInt8]) {
    switch self {
    case .word(let word): bytes += word.utf8
    case .text(let text): Self.write(text, to: &bytes)
    case .integer(let number): bytes += String(number).utf8
    case .object(let object): object.write(to: &bytes)
    case .array(let array): array.write(to: &bytes)
    }
  }

  /// RFC 8259 section 7: only what must be is escaped.
  static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    if text.utf8.allSatisfy(standsForItself) {
      bytes += text.utf8
    } else {
      for byte in text.utf8 { if standsForItself(byte) { bytes.append(byte) } else { bytes += escape(byte).utf8 } }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func standsForItself(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private static func escape(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "\""): "\\\""
    case UInt8(ascii: "\\"): "\\\\"
    case 0x08: "\\b"
    case 0x09: "\\t"
    case 0x0A: "\\n"
    case 0x0C: "\\f"
    case 0x0D: "\\r"
    default: (byte < 16 ? "\\u000" : "\\u00") + String(byte, radix: 16)
    }
  }
}

/// An object in the making; of a key given twice the later value counts.
final class JSONMembers {
  private var members: [(key: String, node: JSONNode)] = []

  subscript(key: String) -> JSONNode? {
    get { members.last { $0.key == key }?.node }
    set {
      let place = members.firstIndex { $0.key == key }
      if let place { members.remove(at: place) }
      if let newValue { members.append((key, newValue)) }
    }
  }

  func write(to bytes: inout [UInt8]) {
    members.sort { $0.key < $1.key }
    var separator = UInt8(ascii: "{")
    if members.isEmpty { bytes.append(separator) }
    for (key, node) in members {
      bytes.append(separator)
      JSONNode.write(key, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      node.write(to: &bytes)
      separator = UInt8(ascii: ",")
    }
    bytes.append(UInt8(ascii: "}"))
  }
}

/// An array in the making.
final class JSONElements {
  var elements: [JSONNode] = []

  func write(to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      element.write(to: &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
  }
}

/// Takes what one value says of itself.
final class JSONWriter: Encoder {
  let codingPath: [any CodingKey]
  private var node: JSONNode?

  private init(path: [any CodingKey]) { codingPath = path }

  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// Numbers and texts directly, all else by its own `encode(to:)`.
  static func node(of value: some Encodable, path: [any CodingKey]) throws -> JSONNode {
    switch value {
    case let text as String: return .text(text)
    case let number as Int: return .integer(Int64(number))
    case let number as Int64: return .integer(number)
    case let flag as Bool: return .flag(flag)
    default:
      let writer = JSONWriter(path: path)
      try value.encode(to: writer)
      return writer.node ?? .object(JSONMembers())
    }
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    let object: JSONMembers
    if case .object(let begun)? = node { object = begun } else { object = JSONMembers() }
    node = .object(object)
    return KeyedEncodingContainer(Members<Key>(object: object, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    let array: JSONElements
    if case .array(let begun)? = node { array = begun } else { array = JSONElements() }
    node = .array(array)
    return Elements(array: array, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(writer: self) }

  private struct Single: SingleValueEncodingContainer {
    let writer: JSONWriter

    var codingPath: [any CodingKey] { writer.codingPath }
    func encodeNil() throws { writer.node = .null }
    // Beside the general one for speed: codes and days are texts, moments numbers.
    func encode(_ value: String) throws { writer.node = .text(value) }
    func encode(_ value: Int) throws { writer.node = .integer(Int64(value)) }
    func encode(_ value: Int64) throws { writer.node = .integer(value) }
    func encode<Value: Encodable>(_ value: Value) throws {
      // Numbers of other widths come here by their own `encode(to:)`.
      if let number = value as? any FixedWidthInteger {
        writer.node = .word("\(number)")
      } else {
        writer.node = try JSONWriter.node(of: value, path: codingPath)
      }
    }
  }

  private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let object: JSONMembers
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) throws { object[key.stringValue] = .null }
    // Beside the general one for speed: no look at the type.
    func encode(_ value: String, forKey key: Key) throws { object[key.stringValue] = .text(value) }
    func encode(_ value: Int, forKey key: Key) throws { object[key.stringValue] = .integer(Int64(value)) }
    func encode(_ value: Int64, forKey key: Key) throws { object[key.stringValue] = .integer(value) }
    func encode(_ value: Bool, forKey key: Key) throws { object[key.stringValue] = .flag(value) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
      object[key.stringValue] = try JSONWriter.node(of: value, path: codingPath)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key)
      -> KeyedEncodingContainer<Nested>
    {
      let inner = JSONMembers()
      object[key.stringValue] = .object(inner)
      return KeyedEncodingContainer(Members<Nested>(object: inner, codingPath: codingPath + [key]))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      let inner = JSONElements()
      object[key.stringValue] = .array(inner)
      return Elements(array: inner, codingPath: codingPath + [key])
    }

    // Classes with parents, of which there are none in the store.
    func superEncoder() -> any Encoder { JSONWriter(path: codingPath) }
    func superEncoder(forKey key: Key) -> any Encoder { JSONWriter(path: codingPath + [key]) }
  }

  private struct Elements: UnkeyedEncodingContainer {
    let array: JSONElements
    let codingPath: [any CodingKey]

    var count: Int { array.elements.count }
    func encodeNil() throws { array.elements.append(.null) }
    func encode(_ value: String) throws { array.elements.append(.text(value)) }

    func encode<Value: Encodable>(_ value: Value) throws {
      array.elements.append(try JSONWriter.node(of: value, path: codingPath))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
      let inner = JSONMembers()
      array.elements.append(.object(inner))
      return KeyedEncodingContainer(Members<Nested>(object: inner, codingPath: codingPath))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
      let inner = JSONElements()
      array.elements.append(.array(inner))
      return Elements(array: inner, codingPath: codingPath)
    }

    func superEncoder() -> any Encoder { JSONWriter(path: codingPath) }
  }
}

extension JSONNode {
  static var null: JSONNode { .word("null") }
  static func flag(_ isTrue: Bool) -> JSONNode { .word(isTrue ? "true" : "false") }
}
