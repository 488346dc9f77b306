import Deadlines
import Foundation
import GRDB
import Ledger
import Messages
import TestSupport
import Testing

@Suite("Every store: days of events", .serialized)
struct EventTests {
  private let event = EventDay(task: "P/1", date: day("2026-06-01"), by: "Lan", evidence: "12/HD-SNV")

  @Test("are known to every process once told, and say who told them", arguments: StoreMaker.all)
  func told(maker: StoreMaker) async throws {
    let stores = try maker.make()
    #expect(try await stores.ledger.events(office: office).isEmpty)
    let other = EventDay(task: "A/2", date: day("2026-07-01"), by: "Lan")
    try await stores.ledger.setEvent(event, office: office, now: start)
    try await stores.ledger.setEvent(other, office: office, now: start)
    #expect(try await stores.other.events(office: office) == [other, event])
    #expect(try await stores.other.events(office: "other").isEmpty)
    let entry = try #require(try await stores.ledger.record(office: office, occurrence: nil, limit: 9).first)
    #expect(entry.kind == "eventSet")
    #expect(entry.facts == #"{"by":"Lan","date":"2026-06-01","evidence":"12/HD-SNV","task":"P/1"}"#)
  }

  @Test("move, and the record keeps the day before", arguments: StoreMaker.all)
  func moved(maker: StoreMaker) async throws {
    let stores = try maker.make()
    try await stores.ledger.setEvent(event, office: office, now: start)
    let later = EventDay(task: "P/1", date: day("2026-06-03"), by: "Mai")
    try await stores.ledger.setEvent(later, office: office, now: start.adding(seconds: 5))
    #expect(try await stores.other.events(office: office) == [later])
    let facts = try await stores.ledger.record(office: office, occurrence: nil, limit: 9).map(\.facts)
    #expect(facts.last == #"{"by":"Mai","date":"2026-06-03","dateBefore":"2026-06-01","task":"P/1"}"#)
    #expect(try await stores.ledger.verifyRecord(office: office).firstAltered == nil)
  }

  @Test("are taken back once", arguments: StoreMaker.all)
  func unset(maker: StoreMaker) async throws {
    let stores = try maker.make()
    try await stores.ledger.setEvent(event, office: office, now: start)
    #expect(try await !stores.ledger.unsetEvent(task: "P/1", office: "other", by: "Mai", now: start))
    #expect(try await stores.ledger.unsetEvent(task: "P/1", office: office, by: "Mai", now: start))
    #expect(try await !stores.ledger.unsetEvent(task: "P/1", office: office, by: "Mai", now: start))
    #expect(try await stores.other.events(office: office).isEmpty)
    #expect(try await stores.ledger.kinds() == ["eventSet", "eventUnset"])
  }
}

@Suite("A store of an older version")
struct OlderStoreTests {
  private let folder: Folder
  private var path: String { folder.file("nhachan.sqlite") }

  init() throws {
    folder = try Folder()
    let raw = try DatabaseQueue(path: folder.file("nhachan.sqlite"))
    let dump = try String(contentsOf: Tree.fixture("store/version-1.sql"), encoding: .utf8)
    try raw.writeWithoutTransaction { try $0.execute(sql: dump) }
    try raw.close()
  }

  @Test("is brought up to date when it is opened, and keeps all that happened")
  func migrates() async throws {
    let ledger = try SQLiteLedger.open(path: path)
    #expect(try await ledger.troubles(office: "camgiang", channels: ["mail"], since: start).deadLetters.isEmpty)
    let tracked = try await ledger.allTracked(office: "camgiang")
    #expect(tracked.count == 8)
    #expect(tracked.compactMap(\.progress.completion?.evidence) == ["153a/KH-UBND"])
    #expect(tracked.count { $0.progress.acknowledgedAt != nil } == 1)
    #expect(try await ledger.outbox(office: "camgiang", filter: .all, limit: 99).count == 5)
    #expect(try await ledger.verifyRecord(office: "camgiang").firstAltered == nil)
    let event = EventDay(task: "153a-KH-UBND/PL.1", date: day("2026-06-01"), by: "Lan")
    try await ledger.setEvent(event, office: "camgiang", now: start)
    try ledger.close()
    let again = try SQLiteLedger.openReadOnly(path: path)
    #expect(try await again.events(office: "camgiang") == [event])
    #expect(try await again.verifyRecord(office: "camgiang").firstAltered == nil)
  }

  @Test("is copied for a rehearsal without being changed, and is not merely looked at before the service has run")
  func untouched() async throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let copy = try SQLiteLedger.inMemory(copyOf: path)
    #expect(try await copy.events(office: "camgiang").isEmpty)
    #expect(throws: LedgerError.self) { try SQLiteLedger.openReadOnly(path: path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }
}
