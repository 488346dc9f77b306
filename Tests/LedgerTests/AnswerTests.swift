import Deadlines
import Ledger
import Messages
import Testing

@Suite("Every store: answers", .serialized)
struct AnswerTests {
  private let id = "P/1/once/a"

  @Test("done ends the ladder and says who, when and by what document", arguments: StoreMaker.all)
  func done(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.adopt([occurrence("a")])
    let after = try await ledger.say(.done(on: day("2026-11-13")), [id])
    let completion = Progress.Completion(
      on: day("2026-11-13"),
      recordedAt: start,
      by: "Nguyễn Văn An",
      evidence: "12/BC-UBND"
    )
    #expect(after.map(\.progress.completion) == [completion])
    #expect(try await stores.other.tracked(office: office, ids: [id]) == after)
    #expect(try await ledger.nextStep(office: office) == nil)
    let entry = try #require(try await ledger.record(office: office, occurrence: id, limit: 9).last)
    #expect(entry.kind == "done")
    #expect(
      entry.facts == #"{"by":"Nguyễn Văn An","evidence":"12/BC-UBND","on":"2026-11-13","round":0}"#
    )
  }

  @Test("done twice is done once", arguments: StoreMaker.all)
  func twice(maker: StoreMaker) async throws {
    let stores = try maker.make()
    try await stores.ledger.adopt([occurrence("a")])
    let first = try await stores.ledger.say(.done(on: day("2026-11-13")), [id, id])
    let second = try await stores.ledger.say(.done(on: day("2026-11-16")), [id], at: start.adding(seconds: 5))
    #expect(first.count == 1 && first == second)
  }

  @Test("acknowledged keeps its first time and the ladder", arguments: StoreMaker.all)
  func acknowledged(maker: StoreMaker) async throws {
    let stores = try maker.make()
    try await stores.ledger.adopt([occurrence("a")])
    try await stores.ledger.say(.acknowledged, [id])
    try await stores.ledger.say(.acknowledged, [id], at: start.adding(seconds: 5))
    #expect(try await stores.ledger.progress(id)?.acknowledgedAt == start)
    #expect(try await stores.ledger.nextStep(office: office) == firstStep("2026-12-15"))
  }

  @Test("reopening what was done begins a new round, in which notices are given anew", arguments: StoreMaker.all)
  func reopened(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.adopt([occurrence("a")])
    try await ledger.put([message(notice("a"))])
    try await ledger.say(.done(on: today), [id])
    let after = try #require(try await ledger.say(.reopened, [id]).first)
    #expect(after.progress.completion == nil && after.progress.round == 1)
    #expect(try await ledger.nextStep(office: office) == firstStep("2026-12-16"), "one notice was given")
    #expect(try await ledger.put([message(notice("a"))]).isEmpty)
    #expect(try await ledger.put([message(notice("a", round: 1))]).count == 1)
    try await ledger.say(.done(on: today), [id], at: start.adding(seconds: 9))
    #expect(try await ledger.progress(id)?.completion?.recordedAt == start.adding(seconds: 9))
  }

  @Test("reopening what is past and open starts its ladder in the same round", arguments: StoreMaker.all)
  func stillOpen(maker: StoreMaker) async throws {
    let stores = try maker.make()
    try await stores.ledger.adopt([occurrence("a", due: "2026-10-01")])
    #expect(try await stores.ledger.nextStep(office: office) == nil)
    let after = try #require(try await stores.ledger.say(.reopened, [id]).first)
    #expect(after.progress.isBackfill == false && after.progress.round == 0)
    #expect(try await stores.ledger.nextStep(office: office) == firstStep("2026-10-01"))
  }

  @Test("an unknown occurrence refuses the whole answer and names all of them", arguments: StoreMaker.all)
  func unknown(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    try await ledger.adopt([occurrence("a")])
    await #expect(throws: LedgerError.unknownOccurrence(["x", "y"])) {
      try await ledger.say(.done(on: today), ["x", id, "y"])
    }
    #expect(try await ledger.progress(id)?.completion == nil)
    #expect(try await ledger.kinds() == ["adopted"])
  }

  @Test("an answer about what has vanished is kept, and nothing is planned for it", arguments: StoreMaker.all)
  func vanished(maker: StoreMaker) async throws {
    let stores = try maker.make()
    try await stores.ledger.adopt([occurrence("a")])
    try await stores.ledger.adopt([])
    try await stores.ledger.say(.reopened, [id])
    #expect(try await stores.ledger.nextStep(office: office) == nil)
  }

  @Test("facts and figures", arguments: StoreMaker.all)
  func facts(maker: StoreMaker) async throws {
    let stores = try maker.make()
    let ledger = stores.ledger
    #expect(try await ledger.fact(office: office, "machine") == nil)
    try await ledger.setFact(office: office, "machine", "1")
    try await ledger.setFact(office: office, "machine", "2")
    #expect(try await stores.other.fact(office: office, "machine") == "2")
    try await ledger.adopt([occurrence("a"), occurrence("b")])
    try await ledger.put([message(notice("a")), message(notice("b"))])
    let figures = try await ledger.figures(office: office)
    #expect(figures.occurrences == 2 && figures.pending == 2 && figures.accepted == 0 && figures.deferred == 0)
  }
}
