import Deadlines
import Ledger
import Testing

@Suite("A whole province")
struct LoadTests {
  @Test("20,000 occurrences are adopted, found unchanged and looked through")
  func many() async throws {
    let folder = try Folder()
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    let sample = try occurrence("a")
    let plan = (0..<20_000).map { number in
      var next = sample
      next.id = "P/\(number)/once/vhxh"
      return next
    }
    let clock = ContinuousClock()
    var adoption = Adoption()
    let adopting = try await clock.measure { adoption = try await ledger.adopt(plan) }
    let again = try await clock.measure { adoption.moved = try await ledger.adopt(plan).appeared }
    var due = 0
    let reading = try await clock.measure {
      due = try await ledger.due(office: office, at: firstStep("2026-12-15"), limit: 1000).count
    }
    let verifying = try await clock.measure { _ = try await ledger.verifyRecord(office: office) }
    print("20,000 occurrences: adopt \(adopting), again \(again), due 1,000 \(reading), verify \(verifying)")
    #expect(adoption.appeared.count == 20_000 && adoption.moved.isEmpty && due == 1000)
  }
}
