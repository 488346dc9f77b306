import CrashHarness
import Foundation

/// Kills the service over and over and prints what became of its messages.
struct CrashBenchmark {
  let binary: String
  let kills: Int
  let seed: UInt64

  /// False when a message was lost, doubled without a reason, or the store is no longer whole.
  func run() async throws -> Bool {
    var run = try CrashRun(binary: binary, kills: kills, seed: seed)
    let start = ContinuousClock.now
    let report = try await run.run { day, kills in
      FileHandle.standardError.write(Data("\(day): \(kills) kills\n".utf8))
    }
    for line in report.lines { print(line) }
    print(figure("seed \(seed)", (ContinuousClock.now - start).inSeconds, count: report.killCount))
    return report.isClean
  }
}
