public import Deadlines
internal import Foundation

/// One line of an exported file: exactly one of these is there.
///
/// JSON Lines. Lines of the record come in their order and without a gap, in full (`line`, word for word the text that is
/// hashed) or as digests; so the whole stretch can be hashed again from `opening.after` to `head`.
public struct ExportLine: Sendable, Hashable, Codable {
  public struct Opening: Sendable, Hashable, Codable {
    /// Says what the file is; `RecordExport.format`.
    public var format: String
    public var office: String
    public var officeName: String
    public var unit: String
    public var unitName: String
    public var from: CivilDate
    public var to: CivilDate
    /// Local time with its offset.
    public var madeAt: String
    /// The moment by which the page judges, where that is not when it was made.
    public var asOf: String?
    public var timeZone: String
    /// The head of the record before the first line of the file.
    public var after: RecordMark
    /// The public key in base64; nil in an unsigned file.
    public var publicKey: String?

    public init(
      office: Office,
      unit: String,
      unitName: String,
      period: ClosedRange<CivilDate>,
      madeAt: Instant,
      asOf: Instant? = nil,
      after: RecordMark,
      publicKey: String?
    ) {
      format = RecordExport.format
      self.office = office.id
      officeName = office.name
      self.unit = unit
      self.unitName = unitName
      from = period.lowerBound
      to = period.upperBound
      self.madeAt = office.zone.civil(madeAt).rfc3339
      self.asOf = asOf.map { office.zone.civil($0).rfc3339 }
      timeZone = office.zone.identifier
      self.after = after
      self.publicKey = publicKey
    }
  }

  /// The head that a digest printed.
  public struct Printed: Sendable, Hashable, Codable {
    public var number: Int
    public var record: RecordMark
  }

  /// A message as it was given to the server, in base64; its digest stands in the line that tells of the attempt.
  public struct Sent: Sendable, Hashable, Codable {
    public var message: String
    public var bytes: String
  }

  public var opening: Opening?
  /// A line of the record, and its hash.
  public var line: String?
  public var hash: String?
  /// Digests of lines that concern others.
  public var digests: [String]?
  /// Hashes of lines of others, chained by the rule of the first stores, which cannot be worked out again from a digest.
  public var hashes: [String]?
  public var printed: Printed?
  public var sent: Sent?
  /// SHA-256 of the readable page that belongs to the file.
  public var page: String?
  /// Where the file ends.
  public var head: RecordMark?

  init() {}
}

/// A signed extract of the record about one unit.
public enum RecordExport {
  public static let format = "nhachan record export 1"
  /// Digests in one line of the file.
  static let run = 64

  /// What the file is to say besides the record.
  public struct Content: Sendable {
    public var opening: ExportLine.Opening
    /// The lines to be given in full; of all others behind `opening.after` only digests are given.
    public var disclosed: Set<Int64>
    /// Messages as they were sent, by Message-ID.
    public var sent: [(message: String, bytes: [UInt8])]
    public var page: [UInt8]

    public init(
      opening: ExportLine.Opening,
      disclosed: Set<Int64>,
      sent: [(message: String, bytes: [UInt8])],
      page: [UInt8]
    ) {
      self.opening = opening
      self.disclosed = disclosed
      self.sent = sent
      self.page = page
    }
  }
}

/// Writes the file line by line.
struct ExportWriter {
  private(set) var bytes: [UInt8] = []
  private var digests: [String] = []
  private var hashes: [String] = []
  private let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }()

  /// The next line of the record, chained by `rule`.
  mutating func add(_ entry: RecordEntry, isDisclosed: Bool, by rule: RecordChain.Rule) throws {
    let line = entry.line
    if isDisclosed {
      try flush()
      return try write {
        $0.line = line
        $0.hash = entry.hash
      }
    }
    if rule == .digests && !hashes.isEmpty { try flush() }
    if rule == .lines { hashes.append(entry.hash) } else { digests.append(RecordChain.digest(of: line)) }
    if max(digests.count, hashes.count) == RecordExport.run { try flush() }
  }

  mutating func flush() throws {
    let (digests, hashes) = (digests, hashes)
    if !digests.isEmpty { try write { $0.digests = digests } }
    if !hashes.isEmpty { try write { $0.hashes = hashes } }
    self.digests = []
    self.hashes = []
  }

  mutating func write(_ fill: (inout ExportLine) -> Void) throws {
    var line = ExportLine()
    fill(&line)
    bytes += try encoder.encode(line)
    bytes.append(UInt8(ascii: "\n"))
  }
}
