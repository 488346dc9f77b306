internal import Crypto
public import Deadlines

/// The hash chain over the record: every line's hash covers the line and the hash before it, so that a line that was
/// changed, taken out or put in is found.
///
/// What it cannot show is that the newest lines were cut off: keep the last hash elsewhere, as on a printed digest.
public enum RecordChain {
  /// Stands for the hash before the first line.
  public static let genesis = "nhachan record 1"

  /// SHA-256 in hex over the hash before, a line feed, and the line as JSON with sorted keys.
  public static func hash(
    after previous: String,
    sequence: Int64,
    at: Instant,
    kind: String,
    occurrence: String?,
    facts: String
  ) -> String {
    let subject = occurrence.map(CanonicalJSON.text) ?? "null"
    let line =
      "\(previous)\n{\"at\":\(at.milliseconds),\"facts\":\(facts),\"kind\":\(CanonicalJSON.text(kind)),"
      + "\"occurrence\":\(subject),\"sequence\":\(sequence)}"
    return hex(SHA256.hash(data: Array(line.utf8)))
  }

  /// SHA-256 of a text, in hex.
  static func digest(of text: String) -> String { hex(SHA256.hash(data: Array(text.utf8))) }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// What a check of the record finds.
public struct RecordVerdict: Sendable, Hashable, Codable {
  /// Lines that hold, from the first on.
  public var entries: Int
  /// The sequence number of the first line that does not fit the one before it; nil when all hold.
  public var firstAltered: Int64?
  /// The hash of the last line that holds.
  public var head: String

  public init() {
    entries = 0
    firstAltered = nil
    head = RecordChain.genesis
  }

  /// Takes the next line into the check; false once a line does not fit.
  public mutating func add(_ entry: RecordEntry) -> Bool {
    guard firstAltered == nil else { return false }
    let expected = RecordChain.hash(
      after: head,
      sequence: entry.sequence,
      at: entry.at,
      kind: entry.kind,
      occurrence: entry.occurrence,
      facts: entry.facts
    )
    guard entry.sequence == Int64(entries) + 1, entry.hash == expected else {
      firstAltered = entry.sequence
      return false
    }
    entries += 1
    head = entry.hash
    return true
  }
}

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
