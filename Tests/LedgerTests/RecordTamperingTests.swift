import Deadlines
import GRDB
import Ledger
import Messages
import TestSupport
import Testing

@Suite("The record: whatever is done to it behind the service's back", .serialized)
struct RecordTamperingTests {
  @Test("one change anywhere is found and named", arguments: 1...40 as ClosedRange<UInt64>)
  func oneChange(seed: UInt64) async throws {
    var random = Seeded(seed)
    let folder = try Folder()
    try await Self.write(Int.random(in: 5...40, using: &random), folder)
    let lines = try await Self.lines(folder)
    let tampering = try #require(Tampering.any(of: lines, &random))
    try await tamper(folder.file("s"), tampering.sql)
    let verdict = try await SQLiteLedger.openForVerifying(path: folder.file("s")).verifyRecord(office: office)
    let fault = try #require(verdict.fault, "\(tampering) was not found")
    #expect(fault.kind == tampering.kind, "\(tampering)")
    #expect(fault.sequence == tampering.first, "\(tampering)")
    #expect(verdict.entries == Int(tampering.first) - (tampering.isForged ? 0 : 1), "\(tampering)")
  }

  /// A record of some lines of several kinds.
  private static func write(_ count: Int, _ folder: Folder) async throws {
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    try await ledger.adopt((0..<count).map { try occurrence("\($0)") })
    try await ledger.put([message([notice("0"), notice("1")])])
    try await ledger.say(.done(on: today), ["P/1/once/0", "P/1/once/2"])
    try ledger.close()
  }

  private static func lines(_ folder: Folder) async throws -> [RecordEntry] {
    let ledger = try SQLiteLedger.openForVerifying(path: folder.file("s"))
    defer { try? ledger.close() }
    return try await ledger.record(office: office, occurrence: nil, limit: .max)
  }
}

/// One change to a record, with what must be said of it.
private struct Tampering: CustomStringConvertible {
  var kind: RecordFault.Kind
  var first: Int64
  var sql: String
  /// The line put in follows the one before it.
  var isForged = false

  var description: String { "\(kind) at \(first) by: \(sql)" }

  static func any(of lines: [RecordEntry], _ random: inout Seeded) -> Tampering? {
    guard let line = lines.dropLast(2).randomElement(using: &random) else { return nil }
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return column(of: line, &random)
    case 1: return oneByte(of: line, &random)
    case 2: return deleted(line, count: Int64.random(in: 1...2, using: &random))
    case 3: return deletedAndHidden(line)
    case 4: return swapped(line, lines.suffix(2).randomElement(using: &random))
    case 5: return inserted(after: line, isForged: false)
    case 6: return inserted(after: line, isForged: true)
    default: return copied(line, to: Int64(lines.count))
    }
  }

  private static func column(of line: RecordEntry, _ random: inout Seeded) -> Tampering {
    let changes = ["at = at - 1", "kind = 'done ' || kind", "occurrence = 'P/1/once/x'", "facts = '{\"by\":\"x\"}'"]
    let change = changes[Int.random(in: 0..<changes.count, using: &random)]
    return Tampering(
      kind: .altered,
      first: line.sequence,
      sql: "UPDATE record SET \(change) WHERE sequence = \(line.sequence)"
    )
  }

  /// A byte of the facts or of the hash becomes another.
  private static func oneByte(of line: RecordEntry, _ random: inout Seeded) -> Tampering {
    let isHash = Bool.random(using: &random)
    var bytes = Array((isHash ? line.hash : line.facts).utf8)
    let letters = bytes.indices.filter { (97...102).contains(bytes[$0]) }
    let place = letters.randomElement(using: &random) ?? 0
    bytes[place] = bytes[place] == 97 ? 98 : 97
    let text = String(decoding: bytes, as: UTF8.self).replacing("'", with: "''")
    return Tampering(
      kind: .altered,
      first: line.sequence,
      sql: "UPDATE record SET \(isHash ? "hash" : "facts") = '\(text)' WHERE sequence = \(line.sequence)"
    )
  }

  private static func deleted(_ line: RecordEntry, count: Int64) -> Tampering {
    Tampering(
      kind: .missing,
      first: line.sequence,
      sql: "DELETE FROM record WHERE sequence BETWEEN \(line.sequence) AND \(line.sequence + count - 1)"
    )
  }

  /// The lines behind are numbered anew, so that no number is missing.
  private static func deletedAndHidden(_ line: RecordEntry) -> Tampering {
    Tampering(
      kind: .missing,
      first: line.sequence,
      sql: "DELETE FROM record WHERE sequence = \(line.sequence); \(moved(by: -1, from: line.sequence))"
    )
  }

  private static func swapped(_ line: RecordEntry, _ other: RecordEntry?) -> Tampering? {
    guard let other else { return nil }
    return Tampering(
      kind: .misplaced,
      first: line.sequence,
      sql: """
        UPDATE record SET sequence = -1 WHERE sequence = \(line.sequence);
        UPDATE record SET sequence = \(line.sequence) WHERE sequence = \(other.sequence);
        UPDATE record SET sequence = \(other.sequence) WHERE sequence = -1
        """
    )
  }

  /// A line that never was, with a hash that fits or not; those behind it are numbered anew.
  private static func inserted(after line: RecordEntry, isForged: Bool) -> Tampering {
    let number = line.sequence + 1
    let text = RecordChain.line(sequence: number, at: line.at, kind: "done", occurrence: "P/1/once/1", facts: "{}")
    let hash =
      isForged
      ? RecordChain.hash(after: line.hash, lineDigest: RecordChain.digest(of: text)) : RecordChain.digest(of: "")
    return Tampering(
      kind: .inserted,
      first: number,
      sql: """
        \(moved(by: 1, from: line.sequence));
        INSERT INTO record (office, sequence, at, kind, occurrence, facts, hash)
        VALUES ('cg', \(number), \(line.at.milliseconds), 'done', 'P/1/once/1', '{}', '\(hash)')
        """,
      isForged: isForged
    )
  }

  /// A line that was is written once more behind the last.
  private static func copied(_ line: RecordEntry, to last: Int64) -> Tampering {
    Tampering(
      kind: .inserted,
      first: last + 1,
      sql: """
        INSERT INTO record (office, sequence, at, kind, occurrence, facts, hash)
        SELECT office, \(last + 1), at, kind, occurrence, facts, hash FROM record WHERE sequence = \(line.sequence)
        """
    )
  }

  /// By way of negative numbers: SQLite checks the key row by row.
  private static func moved(by step: Int, from sequence: Int64) -> String {
    """
    UPDATE record SET sequence = -(sequence + \(step)) WHERE sequence > \(sequence);
    UPDATE record SET sequence = -sequence WHERE sequence < 0
    """
  }
}
