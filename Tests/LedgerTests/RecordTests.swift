import Deadlines
import GRDB
import Ledger
import TestSupport
import Testing

@Suite("The record")
struct RecordTests {
  /// A store on disk with a record of some lines.
  private func written(_ folder: Folder) async throws -> SQLiteLedger {
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    try await ledger.adopt([occurrence("a"), occurrence("b"), occurrence("c")])
    try await ledger.arm()
    try await ledger.put([message([notice("a"), notice("b")])])
    try await ledger.say(.done(on: today), ["P/1/once/a"])
    return ledger
  }

  @Test("every line holds the one before it")
  func holds() async throws {
    let folder = try Folder()
    let ledger = try await written(folder)
    let verdict = try await ledger.verifyRecord(office: office)
    #expect(verdict.entries == 6 && verdict.fault == nil)
    let entries = try await ledger.record(office: office, occurrence: nil, limit: .max)
    #expect(entries.map(\.sequence) == Array(1...6) && entries.last?.hash == verdict.head)
    #expect(try await ledger.record(office: office, occurrence: nil, limit: 2).map(\.sequence) == [1, 2])
    #expect(try await ledger.recordMark(office: office) == RecordMark(entries: 6, hash: verdict.head))
  }

  @Test(
    "a line that was touched is found, and what was done to it",
    arguments: [
      ("UPDATE record SET facts = '{}' WHERE sequence = 4", RecordFault.Kind.altered, 4),
      ("UPDATE record SET at = at + 1 WHERE sequence = 2", .altered, 2),
      ("UPDATE record SET occurrence = 'P/1/once/b' WHERE sequence = 1", .altered, 1),
      ("UPDATE record SET hash = (SELECT hash FROM record WHERE sequence = 1) WHERE sequence = 5", .altered, 5),
      ("UPDATE record SET sequence = 9 WHERE sequence = 6", .altered, 9),
      ("DELETE FROM record WHERE sequence = 3", .missing, 3),
      ("DELETE FROM record WHERE sequence IN (1, 2)", .missing, 1),
      (
        "DELETE FROM record WHERE sequence = 2; UPDATE record SET sequence = sequence - 1 WHERE sequence > 2", .missing,
        2
      ),
      ("UPDATE record SET sequence = 0 WHERE sequence = 5", .inserted, 0),
    ]
  )
  func touched(tampering: String, kind: RecordFault.Kind, found: Int64) async throws {
    let folder = try Folder()
    let ledger = try await written(folder)
    try ledger.close()
    try await tamper(folder.file("s"), tampering)
    let fault = try await SQLiteLedger.open(path: folder.file("s")).verifyRecord(office: office).fault
    #expect(fault?.kind == kind && fault?.sequence == found)
  }

  @Test(
    "the tables of what happened refuse changes",
    arguments: [
      "UPDATE record SET kind = 'done'", "DELETE FROM record", "UPDATE answer SET by = 'x'", "DELETE FROM answer",
      "UPDATE attempt SET outcome = 'accepted'", "DELETE FROM attempt",
    ]
  )
  func refuses(change: String) async throws {
    let folder = try Folder()
    let ledger = try await written(folder)
    let claim = try #require(try await ledger.take().first)
    try await ledger.settle(claim, .accepted, .accepted)
    let raw = try DatabaseQueue(path: folder.file("s"))
    await #expect(throws: DatabaseError.self) { try await raw.write { try $0.execute(sql: change) } }
  }

  @Test("the hash is SHA-256 over the hash before and the digest of the line as JSON")
  func formula() {
    // line='{"at":1000,"facts":{},"kind":"armed","occurrence":null,"sequence":1}'
    // printf '%s\n%s' 'nhachan record 1' "$(printf %s "$line" | sha256sum | cut -c1-64)" | sha256sum
    let line = RecordChain.line(sequence: 1, at: Instant(seconds: 1), kind: "armed", occurrence: nil, facts: "{}")
    let hash = RecordChain.hash(after: RecordChain.genesis, lineDigest: RecordChain.digest(of: line))
    #expect(hash == "865895123cd5c4dd52ae927f05b96f2c0c5f5bc8949337de3ad27b7d3e913d4f")
  }

  @Test("lines chained by the rule of the first stores still hold, and go on by the present one")
  func firstRule() async throws {
    let folder = try Folder()
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    // printf '%s\n%s' 'nhachan record 1' '{"at":1000,"facts":{},"kind":"armed","occurrence":null,"sequence":1}' | sha256sum
    try await tamper(
      folder.file("s"),
      """
      INSERT INTO record (office, sequence, at, kind, facts, hash) VALUES (
        'cg', 1, 1000, 'armed', '{}', '268c70055c370c369b3f7465da2b7b85e4707fe8e9a55fd2649024c96fbe086e')
      """
    )
    try await ledger.adopt([occurrence("a")])
    let verdict = try await ledger.verifyRecord(office: office)
    #expect(verdict.entries == 2 && verdict.fault == nil)
  }

  @Test("a line by the rule of the first stores behind one by the present rule does not hold")
  func backToFirstRule() async throws {
    let folder = try Folder()
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    try await ledger.adopt([occurrence("a")])
    let head = try await ledger.recordMark(office: office)
    let next = Int64(head.entries) + 1
    let line = RecordChain.line(sequence: next, at: Instant(seconds: 1), kind: "armed", occurrence: nil, facts: "{}")
    let hash = RecordChain.digest(of: "\(head.hash)\n\(line)")
    try await tamper(
      folder.file("s"),
      "INSERT INTO record (office, sequence, at, kind, facts, hash) VALUES ('cg', \(next), 1000, 'armed', '{}', '\(hash)')"
    )
    let verdict = try await ledger.verifyRecord(office: office)
    #expect(verdict.entries == head.entries && verdict.firstAltered == next)
  }

  @Test("a head noted elsewhere is found by its beginning, and not in a record that was cut")
  func headNotedElsewhere() async throws {
    let folder = try Folder()
    let ledger = try await written(folder)
    let head = try await ledger.recordMark(office: office)
    let digits = try #require(RecordMark.digits(of: head.short.uppercased()))
    #expect(try await ledger.recordLine(office: office, hash: digits) == head)
    #expect(try await ledger.recordLine(office: office, hash: digits, number: 6) == head)
    #expect(try await ledger.recordLine(office: office, hash: digits, number: 5) == nil)
    try ledger.close()
    try await tamper(folder.file("s"), "DELETE FROM record WHERE sequence = 6")
    let cut = try SQLiteLedger.openForVerifying(path: folder.file("s"))
    #expect(try await cut.verifyRecord(office: office).fault == nil)
    #expect(try await cut.recordLine(office: office, hash: digits) == nil)
  }

  @Test("a mark is read as people copy it", arguments: [("3F9A-12cd", "3f9a12cd"), ("3f9a 12cd 0", "3f9a12cd0")])
  func marks(typed: String, digits: String) { #expect(RecordMark.digits(of: typed) == digits) }

  @Test("what is no mark is refused", arguments: ["", "3f9a-12c", "3f9a-12cg", String(repeating: "a", count: 65)])
  func noMarks(typed: String) { #expect(RecordMark.digits(of: typed) == nil) }
}

/// Changes a store behind the back of the service.
func tamper(_ path: String, _ sql: String) async throws {
  let raw = try DatabaseQueue(path: path)
  try await raw.write { db in
    for table in ["record", "attempt", "answer"] {
      try db.execute(sql: "DROP TRIGGER IF EXISTS \(table)_is_never_changed")
      try db.execute(sql: "DROP TRIGGER IF EXISTS \(table)_is_never_deleted")
    }
    try db.execute(sql: sql)
  }
  try raw.close()
}
