// One command, one table: what the daemon's own work costs on this machine.
//
//   benchmarks planner [TASKS] [UNITS] [DUE]    adopt a large plan and plan one morning
//   benchmarks phrases [COUNT]                  read time limits
//   benchmarks plan TASKS UNITS FOLDER          write a configuration of that size for `nhachan check`
//
// Times are wall clock, one line a figure; `Benchmarks/run` sets them beside public tools.

import Daemon
import Deadlines
import Foundation
import Ledger

func measured<Result>(_ name: String, count: Int, _ work: () async throws -> Result) async rethrows -> Result {
  let start = ContinuousClock.now
  let result = try await work()
  let parts = (ContinuousClock.now - start).components
  let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
  let rate = count > 0 ? String(format: "%12.0f/s", Double(count) / max(seconds, 1e-9)) : ""
  print(name.padding(toLength: 44, withPad: " ", startingAt: 0) + String(format: "%10.3f s", seconds) + rate)
  return result
}

func number(_ index: Int, _ fallback: Int) -> Int {
  CommandLine.arguments.indices.contains(index) ? Int(CommandLine.arguments[index]) ?? fallback : fallback
}

switch CommandLine.arguments.dropFirst().first {
case "planner":
  try await PlannerBenchmark(tasks: number(2, 10_000), units: number(3, 50), due: number(4, 500)).run()
case "phrases":
  await PhraseBenchmark(count: number(2, 100_000)).run()
case "plan":
  guard CommandLine.arguments.count == 5 else { fatalUsage() }
  try LargeConfiguration(tasks: number(2, 10_000), units: number(3, 50)).write(to: CommandLine.arguments[4])
default:
  fatalUsage()
}

func fatalUsage() -> Never {
  FileHandle.standardError.write(Data("usage: benchmarks planner|phrases|plan …\n".utf8))
  exit(2)
}
