// One command, one table: what the daemon's own work costs on this machine.
//
//   benchmarks planner [TASKS] [UNITS] [DUE]    adopt a large plan and plan one morning
//   benchmarks phrases [COUNT]                  read time limits
//   benchmarks fuzz [COUNT] [SEED]              read bent phrases; fails when a promise breaks or memory grows
//   benchmarks long [SHAPE]                     read phrases of 100 KB; fails when one takes ten milliseconds
//   benchmarks expand [PLANS]                   read and expand the country's time limits in this process
//   benchmarks mail PORT [CONNECTIONS] [COUNT] [SIZE]   empty a full outbox into an SMTP server, settled on disk
//   benchmarks bare PORT [CONNECTIONS] [COUNT] [SIZE]   the same mails by the transport alone, without a store
//   benchmarks post URL [CONNECTIONS] [COUNT] [SIZE]    the same by webhook; size 0: rendered as they are sent
//   benchmarks morning PORT [CONNECTIONS] [COUNT]       everybody due at the opening of the window, to the last 250
//   benchmarks fill CONFIG STORE [COUNT]        put messages of today into a configured office's outbox
//   benchmarks plan TASKS UNITS FOLDER          write a configuration of that size for `nhachan check`
//   benchmarks country PLANS EXAMPLE FOLDER     write a configuration of so many copies of the first plan
//   benchmarks crash NHACHAN [KILLS] [SEED]     kill the service at work; fails when a message is lost (Benchmarks/crash)
//
// Times are wall clock, one line a figure; `Benchmarks/run` sets them beside public tools.

import Daemon
import Deadlines
import Foundation
import Ledger

func measured<Result>(_ name: String, count: Int, _ work: () async throws -> Result) async rethrows -> Result {
  let start = ContinuousClock.now
  let result = try await work()
  print(figure(name, (ContinuousClock.now - start).inSeconds, count: count))
  return result
}

/// One line of the table.
func figure(_ name: String, _ seconds: Double, count: Int) -> String {
  let rate = count > 0 ? String(format: "%12.0f/s", Double(count) / max(seconds, 1e-9)) : ""
  return name.padding(toLength: 44, withPad: " ", startingAt: 0) + String(format: "%10.3f s", seconds) + rate
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

func number(_ index: Int, _ fallback: Int) -> Int {
  CommandLine.arguments.indices.contains(index) ? Int(CommandLine.arguments[index]) ?? fallback : fallback
}

switch CommandLine.arguments.dropFirst().first {
case "planner":
  try await PlannerBenchmark(tasks: number(2, 10_000), units: number(3, 50), due: number(4, 500)).run()
case "phrases":
  await PhraseBenchmark(count: number(2, 100_000)).run()
case "fuzz":
  guard FuzzBenchmark(count: number(2, 1_000_000), seed: UInt64(number(3, 1))).run() else { exit(1) }
case "long":
  let shape = CommandLine.arguments.dropFirst(2).first
  guard LongPhraseBenchmark(shape: shape).run() else { exit(1) }
case "expand":
  try await CountryExpansion(plans: number(2, 3321)).run()
case "mail":
  try await SendingBenchmark(
    messages: number(4, 10_000),
    connections: number(3, 8),
    size: number(5, 4096) == 0 ? nil : number(5, 4096),
    way: .smtp(port: number(2, 2525))
  ).run()
case "bare":
  try await SendingBenchmark(
    messages: number(4, 10_000),
    connections: number(3, 8),
    size: number(5, 4096),
    way: .smtp(port: number(2, 2525))
  ).runBare()
case "morning":
  try await SendingBenchmark(
    messages: number(4, 10_000),
    connections: number(3, 32),
    size: nil,
    way: .smtp(port: number(2, 2525))
  ).runMorning()
case "post":
  guard CommandLine.arguments.count > 2 else { fatalUsage() }
  try await SendingBenchmark(
    messages: number(4, 10_000),
    connections: number(3, 32),
    size: number(5, 4096) == 0 ? nil : number(5, 4096),
    way: .webhook(url: CommandLine.arguments[2])
  ).run()
case "fill":
  guard CommandLine.arguments.count == 5 else { fatalUsage() }
  try await OutboxFilling(
    config: CommandLine.arguments[2],
    store: CommandLine.arguments[3],
    messages: number(4, 100_000)
  ).run()
case "country":
  guard CommandLine.arguments.count == 5 else { fatalUsage() }
  try Country(plans: number(2, 3321)).write(example: CommandLine.arguments[3], to: CommandLine.arguments[4])
case "plan":
  guard CommandLine.arguments.count == 5 else { fatalUsage() }
  try LargeConfiguration(tasks: number(2, 10_000), units: number(3, 50)).write(to: CommandLine.arguments[4])
case "crash":
  guard let binary = CommandLine.arguments.dropFirst(2).first else { fatalUsage() }
  let crash = CrashBenchmark(binary: binary, kills: number(3, 1000), seed: UInt64(number(4, 1)))
  guard try await crash.run() else { exit(1) }
default:
  fatalUsage()
}

func fatalUsage() -> Never {
  FileHandle.standardError.write(
    Data("usage: benchmarks planner|phrases|fuzz|long|expand|plan|country|crash|mail|post|morning|fill …\n".utf8)
  )
  exit(2)
}
