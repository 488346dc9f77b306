/// How far a record goes: the number of its lines and the hash of the last.
///
/// Noted elsewhere, on paper or in a mail, it shows later that nothing before it was cut off or written anew.
public struct RecordMark: Sendable, Hashable, Codable {
  public var entries: Int
  /// In hex; whole, or its beginning where people copy it.
  public var hash: String

  public init(entries: Int, hash: String) {
    self.entries = entries
    self.hash = hash
  }

  /// As people copy it: the first 64 bits, “3f9a-12cd-77e0-b41c”.
  public var short: String {
    let digits = Array(hash.prefix(16))
    return stride(from: 0, to: digits.count, by: 4)
      .map { String(digits[$0..<min($0 + 4, digits.count)]) }.joined(separator: "-")
  }

  /// A hash or its beginning as somebody typed it, without dashes and blanks in lower case; nil below 8 digits, or with
  /// anything else in it.
  public static func digits(of typed: String) -> String? {
    let digits = typed.lowercased().filter { $0 != "-" && $0 != " " }
    let isHex = digits.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    return isHex && (8...64).contains(digits.utf8.count) ? digits : nil
  }
}
