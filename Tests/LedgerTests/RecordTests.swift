import Deadlines
import GRDB
import Ledger
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
    #expect(verdict.entries == 6 && verdict.firstAltered == nil)
    let entries = try await ledger.record(office: office, occurrence: nil, limit: .max)
    #expect(entries.map(\.sequence) == Array(1...6) && entries.last?.hash == verdict.head)
    #expect(try await ledger.record(office: office, occurrence: nil, limit: 2).map(\.sequence) == [1, 2])
  }

  @Test(
    "a line that was touched is found",
    arguments: [
      ("UPDATE record SET facts = '{}' WHERE sequence = 4", 4),
      ("UPDATE record SET at = at + 1 WHERE sequence = 2", 2),
      ("UPDATE record SET occurrence = 'P/1/once/b' WHERE sequence = 1", 1),
      ("DELETE FROM record WHERE sequence = 3", 4),
      ("UPDATE record SET hash = (SELECT hash FROM record WHERE sequence = 1) WHERE sequence = 5", 5),
    ]
  )
  func touched(tampering: String, found: Int64) async throws {
    let folder = try Folder()
    let ledger = try await written(folder)
    try ledger.close()
    let raw = try DatabaseQueue(path: folder.file("s"))
    try await raw.write { db in
      try db.execute(sql: "DROP TRIGGER record_is_never_changed; DROP TRIGGER record_is_never_deleted")
      try db.execute(sql: tampering)
    }
    try raw.close()
    let verdict = try await SQLiteLedger.open(path: folder.file("s")).verifyRecord(office: office)
    #expect(verdict.firstAltered == found)
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

  @Test("the hash is SHA-256 over the hash before and the line as JSON")
  func formula() {
    // printf '%s\n%s' 'nhachan record 1' '{"at":1000,"facts":{},"kind":"armed","occurrence":null,"sequence":1}' | sha256sum
    let hash = RecordChain.hash(
      after: RecordChain.genesis,
      sequence: 1,
      at: Instant(seconds: 1),
      kind: "armed",
      occurrence: nil,
      facts: "{}"
    )
    #expect(hash == "268c70055c370c369b3f7465da2b7b85e4707fe8e9a55fd2649024c96fbe086e")
  }
}
