import Deadlines
import Foundation
import TestSupport

/// Reads bent phrases by the million and watches that nothing breaks, hangs or grows.
struct FuzzBenchmark {
  let count: Int
  let seed: UInt64

  private struct Slow {
    let seconds: Double
    let phrase: String
  }

  /// False when a promise of the reader was broken or memory grew by more than a tenth.
  func run() -> Bool {
    let calendar = LargeConfiguration.calendar
    let parser = TimeLimitParser(calendar: calendar)
    var mutator = PhraseMutator(Self.seeds(calendar), seed: seed)
    var slowest = Slow(seconds: 0, phrase: "")
    var faults = 0
    var earlyMemory = 0.0
    let start = ContinuousClock.now
    for index in 0..<count {
      let phrase = mutator.next()
      let begun = ContinuousClock.now
      let fault = PhraseInvariants.fault(in: parser.parse(phrase, issued: issued(index)), calendar: calendar)
      let seconds = (ContinuousClock.now - begun).inSeconds
      if seconds > slowest.seconds { slowest = Slow(seconds: seconds, phrase: phrase) }
      if let fault {
        faults += 1
        if faults <= 10 { print("  broken: \(fault): \(String(reflecting: phrase.prefix(300)))") }
      }
      if index == count / 10 { earlyMemory = Self.residentMegabytes() }
    }
    let seconds = (ContinuousClock.now - start).inSeconds
    return report(seconds, faults: faults, slowest, earlyMemory: earlyMemory)
  }

  private func report(_ seconds: Double, faults: Int, _ slowest: Slow, earlyMemory: Double) -> Bool {
    let memory = Self.residentMegabytes()
    print(figure("\(count) bent phrases, seed \(seed)", seconds, count: count))
    print(figure("  the slowest, \(slowest.phrase.utf8.count) bytes", slowest.seconds, count: 0))
    print(
      String(format: "  memory at a tenth %.1f MB, at the end %.1f MB; broken promises %d", earlyMemory, memory, faults)
    )
    print("  the slowest begins: \(String(reflecting: slowest.phrase.prefix(120)))")
    return faults == 0 && memory < earlyMemory * 1.1 + 1
  }

  /// Issue dates all over a year.
  private func issued(_ index: Int) -> CivilDate { LargeConfiguration.issued.adding(days: index % 365) }

  /// The table of real phrases, and generated ones of every production.
  private static func seeds(_ calendar: WorkingCalendar) -> [String] {
    let table = (try? String(contentsOfFile: "Tests/Fixtures/domain/phrases.tsv", encoding: .utf8)) ?? ""
    let rows = table.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: "\t").first }
    let generated = (0..<1500).map { index -> String in
      var generator = PhraseGenerator(issued: LargeConfiguration.issued, calendar: calendar, seed: UInt64(index))
      return index % 3 == 0 ? generator.nextEnglish().words : generator.next().words
    }
    return rows.map(String.init) + generated
  }

  private static func residentMegabytes() -> Double {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_000_000
  }
}

/// Reads phrases of 100 KB of every shape; the limit is ten milliseconds each.
struct LongPhraseBenchmark {
  /// One shape by its name, many times over, for a profiler; nil for a table of all.
  let shape: String?

  func run() -> Bool {
    let parser = TimeLimitParser(calendar: LargeConfiguration.calendar)
    if let shape { return profile(shape, parser) }
    let times = LongPhrases.shapes.map { name, phrase in
      (name, (0..<3).map { _ in Self.milliseconds(phrase, parser) }.min() ?? 0)
    }.sorted { $0.1 > $1.1 }
    for (name, time) in times where time >= 10 { print(String(format: "  %@ %.1f ms: too slow", name, time)) }
    let (name, longest) = times.first ?? ("", 0)
    let median = times.map(\.1).sorted()[times.count / 2]
    print(
      String(format: "100 KB of %d shapes: longest %.1f ms (%@), median %.1f ms", times.count, longest, name, median)
    )
    return longest < 10
  }

  private func profile(_ shape: String, _ parser: TimeLimitParser) -> Bool {
    let phrase = LongPhrases.shapes.first { $0.name == shape }?.phrase ?? shape
    for _ in 0..<100 { _ = Self.milliseconds(phrase, parser) }
    return true
  }

  private static func milliseconds(_ phrase: String, _ parser: TimeLimitParser) -> Double {
    let start = ContinuousClock.now
    _ = parser.parse(phrase, issued: LargeConfiguration.issued)
    return (ContinuousClock.now - start).inSeconds * 1000
  }
}
