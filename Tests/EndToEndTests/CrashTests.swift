import CrashHarness
import TestSupport
import Testing

@Suite("Crashes", .serialized)
struct CrashTests {
  @Test("killed fifty times at work, the service loses nothing, and doubles only what a server had and no store knew")
  func fiftyKills() async throws {
    var run = try CrashRun(binary: Nhachan.path, kills: 50, units: 8, seed: 20_261_123)
    let report = try await run.run()
    #expect(report.isClean, "\(report.lines.joined(separator: "\n"))")
    #expect(report.killCount >= 50 && report.messages > 100)
  }
}
