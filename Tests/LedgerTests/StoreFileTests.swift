import Deadlines
import Foundation
import GRDB
import Messages
import Synchronization
import Testing

@testable import Ledger

@Suite("The store's file")
struct StoreFileTests {
  private let folder: Folder
  private var path: String { folder.file("nhachan.sqlite") }

  init() throws { folder = try Folder() }

  private func reason(_ work: () throws -> Void) -> String {
    do {
      try work()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test("only its owner may read it, and commits wait for the disk")
  func settings() async throws {
    let ledger = try SQLiteLedger.open(path: path)
    for file in [path, path + "-wal", path + "-shm"] {
      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(file)")
    }
    for (pragma, value) in [
      ("synchronous", "2"), ("journal_mode", "wal"), ("foreign_keys", "1"), ("busy_timeout", "5000"),
    ] {
      let found = try await ledger.write { try String.fetchOne($0, sql: "PRAGMA \(pragma)") }
      #expect(found == value, "\(pragma)")
    }
  }

  @Test("what was written is there after opening again")
  func reopens() async throws {
    let ledger = try SQLiteLedger.open(path: path)
    try await ledger.adopt([occurrence("a")])
    try ledger.close()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["nhachan.sqlite"])
    #expect(try await SQLiteLedger.open(path: path).allTracked(office: office).count == 1)
  }

  @Test("processes that start together make one store")
  func together() async throws {
    let path = path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<8 {
        group.addTask {
          let ledger = try SQLiteLedger.open(path: path)
          try await ledger.setFact(office: "o\(number)", "n", "1")
        }
      }
      try await group.waitForAll()
    }
    let raw = try DatabaseQueue(path: path)
    #expect(try await raw.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM fact") } == 8)
  }

  @Test("a text file is not a store, and stays as it was")
  func notADatabase() throws {
    let text = String(repeating: "Kế hoạch số 153a/KH-UBND\n", count: 99)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(reason { _ = try SQLiteLedger.open(path: path) }.contains("is not a store of nhachan — name another file"))
    #expect(reason { _ = try SQLiteLedger.openReadOnly(path: path) }.contains("is not a store of nhachan"))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test("another program's database is refused untouched")
  func foreign() throws {
    let raw = try DatabaseQueue(path: path)
    try raw.write { try $0.execute(sql: "CREATE TABLE moz_places (id INTEGER)") }
    try raw.close()
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(reason { _ = try SQLiteLedger.open(path: path) }.contains("is the database of another program"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test("a store of a newer version is refused untouched")
  func newer() throws {
    try SQLiteLedger.open(path: path).close()
    let raw = try DatabaseQueue(path: path)
    try raw.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
    try raw.close()
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    for open in [{ try SQLiteLedger.open(path: path) }, { try SQLiteLedger.openReadOnly(path: path) }] {
      #expect(throws: LedgerError.writtenByNewerVersion(found: "99")) { _ = try open() }
    }
    #expect(throws: LedgerError.writtenByNewerVersion(found: "99")) { _ = try SQLiteLedger.inMemory(copyOf: path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test(
    "a place where no store can be says what to do",
    arguments: [
      ("/nowhere/at/all/s.sqlite", "the folder /nowhere/at/all does not exist — create it"),
      ("/proc/s.sqlite", "cannot be created"),
      ("/tmp", "is a folder — name a file in it"),
    ]
  )
  func noPlace(path: String, expected: String) {
    let found = reason { _ = try SQLiteLedger.open(path: path) }
    #expect(found.hasPrefix("\(path): \(expected)"), "\(found)")
  }

  @Test("a damaged file is found when it was not closed cleanly")
  func damaged() async throws {
    let ledger = try SQLiteLedger.open(path: path)
    try await ledger.adopt((0..<200).map { try occurrence("\($0)") })
    try await ledger.write { try $0.execute(sql: "DELETE FROM fact") }
    try ledger.close()
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    for page in stride(from: 20, to: 60, by: 1) {
      try file.seek(toOffset: UInt64(page * 4096))
      try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
    }
    try file.close()
    // What a crash leaves: a log that was not taken over into the file.
    try Data(repeating: 0, count: 32).write(to: URL(fileURLWithPath: path + "-wal"))
    #expect(reason { _ = try SQLiteLedger.open(path: path) }.contains("is damaged"))
  }

  @Test("a store locked by somebody else says so")
  func locked() async throws {
    let ledger = try SQLiteLedger.inMemory()
    let failure = LedgerError.explaining(DatabaseError(resultCode: .SQLITE_BUSY), path: path)
    #expect("\(failure)".contains("is locked by another program — end the program that holds it"))
    try ledger.close()
  }

  @Test("a full disk refuses the change and keeps what was there")
  func full() async throws {
    let ledger = try SQLiteLedger.open(path: path)
    try await ledger.adopt([occurrence("a")])
    let before = try await ledger.record(office: office, occurrence: nil, limit: .max)
    _ = try await ledger.write { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      return try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages + 2)")
    }
    let plan = try (0..<500).map { try occurrence("\($0)") }
    await #expect(
      throws: LedgerError.cannotUse(
        path: path,
        reason: "the disk is full",
        remedy: "make room: nothing is lost, the service goes on by itself"
      )
    ) {
      try await ledger.adopt(plan)
    }
    #expect(try await ledger.record(office: office, occurrence: nil, limit: .max) == before)
    #expect(try await ledger.allTracked(office: office).map(\.occurrence.id) == ["P/1/once/a"])
    _ = try await ledger.write { try Int.fetchOne($0, sql: "PRAGMA max_page_count = 1000000") }
    #expect(try await ledger.adopt(plan).appeared.count == 500)
  }

  @Test("looking changes and creates nothing", arguments: [true, false])
  func readOnly(isOpenElsewhere: Bool) async throws {
    #expect(reason { _ = try SQLiteLedger.openReadOnly(path: path) }.contains("does not exist"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    let daemon = try SQLiteLedger.open(path: path)
    try await daemon.adopt([occurrence("a")])
    if !isOpenElsewhere { try daemon.close() }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let looking = try SQLiteLedger.openReadOnly(path: path)
    #expect(try await looking.allTracked(office: office).count == 1)
    await #expect(throws: LedgerError.self) { try await looking.setFact(office: office, "a", "b") }
    await #expect(throws: LedgerError.self) { try await looking.adopt([]) }
    try looking.close()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == files)
    if isOpenElsewhere { #expect(try await daemon.fact(office: office, "a") == nil) }
  }

  @Test("a rehearsal works on a copy and leaves the store as it is", arguments: [true, false])
  func copies(isOpenElsewhere: Bool) async throws {
    let real = try SQLiteLedger.open(path: path)
    try await real.adopt([occurrence("a")])
    if !isOpenElsewhere { try real.close() }
    let copy = try SQLiteLedger.inMemory(copyOf: path)
    #expect(try await copy.adopt([occurrence("a"), occurrence("b")]).appeared == ["P/1/once/b"])
    try copy.close()
    let after = try await SQLiteLedger.open(path: path).kinds()
    #expect(after == ["adopted"])
  }

  @Test("an unchanged adoption and an idle claim touch no row")
  func touchesNothing() async throws {
    let ledger = try SQLiteLedger.open(path: path)
    let plan = try (0..<50).map { try occurrence("\($0)") }
    try await ledger.adopt(plan)
    let before = try await ledger.write { $0.totalChangesCount }
    try await ledger.adopt(plan)
    _ = try await ledger.take()
    try await ledger.setChannelState(ChannelState(), office: office, channel: "mail", now: start)
    #expect(try await ledger.write { $0.totalChangesCount } == before)
  }

  @Test(
    "what is asked all day goes by an index",
    arguments: [
      (SQLiteLedger.dueQuery, "occurrence_next_step"), (SQLiteLedger.nextStepQuery, "occurrence_next_step"),
      (SQLiteLedger.readyQuery(Urgency.allCases), "outbox_ready"), (SQLiteLedger.nextClaimQuery, "outbox_ready"),
      (SQLiteLedger.strandedQuery, "outbox_ready"),
      (SQLiteLedger.toldQuery, "outbox_told"), (SQLiteLedger.givenQuery, "notice_occurrence"),
    ]
  )
  func indexes(query: String, index: String) async throws {
    let ledger = try SQLiteLedger.inMemory()
    let plan = try await ledger.read { db in
      let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + query)
      statement.setUncheckedArguments([
        "office": office, "now": 1, "limit": 1, "channel": "mail", "urgency": 1, "day": "2026-11-16", "start": 1,
        "ids": "[]",
      ])
      return try Row.fetchAll(statement).map { $0["detail"] as String }
    }
    #expect(plan.contains { $0.contains("SEARCH") && $0.contains(index) }, "\(plan)")
    #expect(!plan.contains { $0.hasPrefix("SCAN") && !$0.contains("json_each") }, "\(plan)")
    // The union of who was told drops what comes twice: a few mailboxes.
    #expect(
      ["notice_occurrence", "outbox_told"].contains(index) || !plan.contains { $0.contains("TEMP B-TREE") },
      "\(plan)"
    )
  }

  @Test("holding the tables against the record walks through the record for no single row")
  func auditsByIndexes() async throws {
    let ledger = try SQLiteLedger.inMemory()
    let asked = Mutex<[String]>([])
    try await ledger.write { db in
      db.trace { event in if case .statement(let statement) = event { asked.withLock { $0.append(statement.sql) } } }
    }
    _ = try await ledger.auditRecord(office: office)
    try await ledger.write { $0.trace(options: []) }
    let questions = asked.withLock { $0 }.filter { $0.contains("FROM record") }
    #expect(questions.count > 10)
    for question in questions {
      let walks = try await ledger.read { db in try Self.walksPerRow(db, question) }
      #expect(walks.isEmpty, "\(walks) in \(question)")
    }
  }

  /// What is done anew for every row of the outer question, by the office alone.
  private static func walksPerRow(_ db: Database, _ question: String) throws -> [String] {
    let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + question)
    statement.setUncheckedArguments(["office": "xa"])
    var inner: Set<Int> = []
    return try Row.fetchAll(statement).compactMap { row in
      let (number, parent, detail): (Int, Int, String) = (row["id"], row["parent"], row["detail"])
      if detail.hasPrefix("CORRELATED") || inner.contains(parent) { inner.insert(number) }
      let isWalk = detail.hasSuffix("(office=?)") || detail.hasPrefix("SCAN record")
      return isWalk && inner.contains(parent) ? detail : nil
    }
  }
}
