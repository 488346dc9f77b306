/// One value among the facts of a record entry.
enum Fact: Sendable {
  case text(String)
  case number(Int64)
  case flag(Bool)
  case texts([String])

  var json: String {
    switch self {
    case .text(let text): CanonicalJSON.text(text)
    case .number(let number): "\(number)"
    case .flag(let flag): flag ? "true" : "false"
    case .texts(let texts): "[\(texts.map(CanonicalJSON.text).joined(separator: ","))]"
    }
  }
}

extension Fact: ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral {
  init(stringLiteral value: String) { self = .text(value) }
  init(booleanLiteral value: Bool) { self = .flag(value) }
}

/// JSON written one way only: sorted keys, no spaces, nothing escaped that need not be.
enum CanonicalJSON {
  /// An object of the facts that are there.
  static func object(_ facts: [String: Fact?]) -> String {
    let pairs = facts.compactMapValues(\.self).sorted { $0.key < $1.key }
    return "{\(pairs.map { "\(text($0.key)):\($0.value.json)" }.joined(separator: ","))}"
  }

  static func text(_ value: String) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case ..<0x20: bytes += Array((byte < 16 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
    return String(decoding: bytes, as: UTF8.self)
  }
}
