internal import Deadlines

/// What a check of the record's chain finds.
public struct RecordVerdict: Sendable, Hashable, Codable {
  /// Lines that hold, from the first on.
  public var entries: Int
  /// The hash of the last line that holds.
  public var head: String
  /// What is wrong after the last line that holds; nil when all hold.
  public var fault: RecordFault?
  /// By which the last line that holds is chained.
  private var rule = RecordChain.Rule.lines

  private enum CodingKeys: CodingKey { case entries, head, fault }

  public init() {
    entries = 0
    head = RecordChain.genesis
  }

  /// The number of the first line that was altered, is missing, was put in or stands in another's place.
  public var firstAltered: Int64? { fault?.sequence }

  /// Takes the next line into the check; false when it does not follow the one before it.
  public mutating func add(_ entry: RecordEntry) -> Bool {
    guard entry.sequence == next, let rule = entry.rule(after: head, as: next), rule >= self.rule else { return false }
    self.rule = rule
    entries += 1
    head = entry.hash
    return true
  }

  /// The number that the next line must have.
  var next: Int64 { Int64(entries) + 1 }
}

/// The first place where a record does not hold.
public struct RecordFault: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable {
    /// The line says something else than when it was written.
    case altered
    /// Lines that were there are not there any more.
    case missing
    /// Lines that never were there.
    case inserted
    /// A line that stands in another's place.
    case misplaced
  }

  public var kind: Kind
  /// The first line concerned, and the last.
  public var sequence: Int64
  public var last: Int64
  /// What is written there now, or, where lines are missing, behind them.
  public var entry: RecordEntry?
  /// True where the line before could have been altered instead, with its hash made to fit.
  public var mayBeTheOneBefore: Bool

  init(_ kind: Kind, _ lines: ClosedRange<Int64>, at entry: RecordEntry?, mayBeTheOneBefore: Bool = false) {
    self.kind = kind
    sequence = lines.lowerBound
    last = lines.upperBound
    self.entry = entry
    self.mayBeTheOneBefore = mayBeTheOneBefore
  }
}

/// Walks a record from its first line on, until the visitor has seen enough and says false; can be walked again.
typealias RecordWalk = (_ visit: (RecordEntry) throws -> Bool) throws -> Void

extension RecordVerdict {
  /// Checks every line, and at the first that does not hold finds out what was done there.
  ///
  /// Keeps a few lines in memory, however long the record.
  static func examine(_ walk: RecordWalk) rethrows -> RecordVerdict {
    var verdict = RecordVerdict()
    var stranger: RecordEntry?
    try walk { entry in
      guard verdict.add(entry) else {
        stranger = entry
        return false
      }
      return true
    }
    if let stranger { verdict.fault = try verdict.fault(at: stranger, walk) }
    return verdict
  }

  /// What was done where `stranger` does not follow: the lines that hold and those behind it are held against it.
  private func fault(at stranger: RecordEntry, _ walk: RecordWalk) rethrows -> RecordFault {
    var clues = Clues(stranger: stranger, head: head, next: next)
    try walk { entry in
      clues.add(entry)
      return true
    }
    return clues.fault
  }
}

/// What a second walk finds out about the line that does not follow.
private struct Clues {
  let stranger: RecordEntry
  /// The hash of the last line that holds.
  let head: String
  /// The number of the line that should follow it.
  let next: Int64

  /// The line in whose place the stranger was before: it and those behind it, which hold, were put in.
  private var usurper: RecordEntry?
  /// The line that follows the last good one, at a later place.
  private var home: RecordEntry?
  /// The stranger says what an earlier line says.
  private var isCopy = false
  private var hashBeforeHome = ""
  private var neighbour: RecordEntry?
  private var previousHash = RecordChain.genesis

  init(stranger: RecordEntry, head: String, next: Int64) {
    self.stranger = stranger
    self.head = head
    self.next = next
  }

  mutating func add(_ entry: RecordEntry) {
    defer { previousHash = entry.hash }
    if entry.sequence < min(next, stranger.sequence) { return compareEarlier(entry) }
    if neighbour == nil, entry.sequence > stranger.sequence { neighbour = entry }
    guard home == nil, entry.follows(head, as: next) else { return }
    home = entry
    hashBeforeHome = previousHash
  }

  private mutating func compareEarlier(_ entry: RecordEntry) {
    guard stranger.follows(previousHash, as: entry.sequence) else { return }
    if entry.hash == stranger.hash { isCopy = true } else { usurper = usurper ?? entry }
  }

  var fault: RecordFault {
    if stranger.sequence < next {
      return RecordFault(.inserted, stranger.sequence...stranger.sequence, at: stranger)
    }
    if let usurper { return RecordFault(.inserted, usurper.sequence...(next - 1), at: usurper) }
    if let home { return faultWithHome(home) }
    if stranger.sequence > next { return RecordFault(.missing, next...(stranger.sequence - 1), at: stranger) }
    if isCopy && neighbour == nil { return RecordFault(.inserted, next...next, at: stranger) }
    if let count = linesTakenOut { return RecordFault(.missing, next...(next + count - 1), at: stranger) }
    return RecordFault(.altered, next...next, at: stranger, mayBeTheOneBefore: next > 1 && !isHashAlone)
  }

  /// The line that should follow is there, elsewhere.
  private func faultWithHome(_ home: RecordEntry) -> RecordFault {
    if home.sequence == stranger.sequence {
      // Only its number is another.
      return RecordFault(.altered, home.sequence...home.sequence, at: home)
    }
    let before = hashBeforeHome == stranger.hash ? home.hash : hashBeforeHome
    let isSwapped = stranger.follows(before, as: home.sequence)
    if isSwapped || stranger.follows(home.hash, as: next + 1) {
      return RecordFault(.misplaced, stranger.sequence...home.sequence, at: stranger)
    }
    return RecordFault(.inserted, stranger.sequence...(home.sequence - 1), at: stranger)
  }

  /// How many lines were taken out, where those behind them were numbered anew to hide it; up to a thousand are tried.
  private var linesTakenOut: Int64? {
    guard let neighbour else { return nil }
    return (1...1000).first { neighbour.follows(stranger.hash, as: neighbour.sequence + $0) }
  }

  /// The line behind follows what this line says: so only the hash written beside it is another.
  private var isHashAlone: Bool {
    let own = RecordChain.hash(after: head, lineDigest: RecordChain.digest(of: stranger.line))
    let first = RecordChain.firstHash(after: head, line: stranger.line)
    return neighbour.map { $0.follows(own, as: $0.sequence) || $0.follows(first, as: $0.sequence) } ?? false
  }
}
