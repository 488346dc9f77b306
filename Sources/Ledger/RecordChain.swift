internal import Crypto
public import Deadlines

/// The hash chain over the record: every line's hash covers the line and the hash before it, so that a line that was
/// changed, taken out or put in is found.
///
/// What it cannot show is that the newest lines were cut off, or that all of it was written anew: compare with a head
/// noted elsewhere, as the one at the foot of every printed digest.
public enum RecordChain {
  /// Stands for the hash before the first line.
  public static let genesis = "nhachan record 1"

  /// What a hash covers beside the hash before; the later rule holds from its first line on for good.
  enum Rule: Int, Comparable {
    /// The line itself, in the first stores.
    case lines
    case digests

    static func < (left: Rule, right: Rule) -> Bool { left.rawValue < right.rawValue }
  }

  /// A line of the record as JSON with sorted keys, the text that is hashed.
  public static func line(sequence: Int64, at: Instant, kind: String, occurrence: String?, facts: String) -> String {
    let subject = occurrence.map(CanonicalJSON.text) ?? "null"
    return "{\"at\":\(at.milliseconds),\"facts\":\(facts),\"kind\":\(CanonicalJSON.text(kind)),"
      + "\"occurrence\":\(subject),\"sequence\":\(sequence)}"
  }

  /// The hash of a line: SHA-256 in hex over the hash before, a line feed, and the digest of the line.
  ///
  /// Of the digest and not of the line, so that an export can prove where a unit's lines stand and give of the lines of
  /// others nothing but their digests.
  public static func hash(after previous: String, lineDigest: String) -> String {
    digest(of: "\(previous)\n\(lineDigest)")
  }

  /// The hash by which the first stores chained their lines: over the line itself.
  static func firstHash(after previous: String, line: String) -> String { digest(of: "\(previous)\n\(line)") }

  /// SHA-256 of a text, in hex.
  public static func digest(of text: String) -> String {
    var text = text
    return text.withUTF8 { hex(SHA256.hash(data: UnsafeRawBufferPointer($0))) }
  }

  /// SHA-256 of bytes, in hex.
  public static func digest(of bytes: [UInt8]) -> String { hex(SHA256.hash(data: bytes)) }

  private static func hex(_ digest: SHA256.Digest) -> String {
    String(unsafeUninitializedCapacity: 2 * SHA256.byteCount) { text in
      for (place, byte) in digest.enumerated() {
        text[2 * place] = hexDigit(byte >> 4)
        text[2 * place + 1] = hexDigit(byte & 15)
      }
      return 2 * SHA256.byteCount
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }
}

extension RecordEntry {
  /// The text that its hash covers.
  public var line: String { line(as: sequence) }

  /// The same under another number.
  func line(as number: Int64) -> String {
    RecordChain.line(sequence: number, at: at, kind: kind, occurrence: occurrence, facts: facts)
  }

  /// Whether its hash is that of its line, under that number, after `previous`.
  func follows(_ previous: String, as number: Int64) -> Bool { rule(after: previous, as: number) != nil }

  /// By which rule its hash is that of its line, under that number, after `previous`; nil when by none.
  func rule(after previous: String, as number: Int64) -> RecordChain.Rule? {
    let line = line(as: number)
    if hash == RecordChain.hash(after: previous, lineDigest: RecordChain.digest(of: line)) { return .digests }
    return hash == RecordChain.firstHash(after: previous, line: line) ? .lines : nil
  }
}
