import Deadlines
import Foundation
import TestSupport
import Testing

@Suite("Recurrence rules beside python-dateutil")
struct RecurrenceOracleTests {
  @Test("give the same days for 2,400 generated rules")
  func sameDays() async throws {
    var generator = RuleGenerator(seed: 5545)
    let cases = (0..<2400).map { _ in generator.next() }
    let expected = try await oracle(cases)
    try #require(expected.count == cases.count)
    for (rule, days) in zip(cases, expected) {
      let parsed = try RecurrenceRule(rule.text)
      let found = parsed.dates(startingOn: rule.start, from: rule.from, to: rule.to)
      #expect(found.map(\.description).joined(separator: ",") == days, "\(rule)")
      #expect(try RecurrenceRule(parsed.description) == parsed, "\(rule)")
      if rule.from <= rule.start, let first = found.first { #expect(parsed.firstDate(startingOn: rule.start) == first) }
    }
    // Were nearly all answers empty, nothing would have been compared.
    #expect(expected.count { !$0.isEmpty } > 1600)
  }

  /// One line of days for each rule.
  private func oracle(_ cases: [RuleCase]) async throws -> [String] {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/rules"
    let lines = cases.map { "\($0.start)\t\($0.from)\t\($0.to)\t\($0.forOracle)\n" }.joined()
    try Data(lines.utf8).write(to: URL(fileURLWithPath: file))
    let script = Tree.fixture("oracles/recurrence.py").path
    let result = try await run(["/usr/bin/python3", script, file])
    try #require(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }
}

private struct RuleCase: CustomStringConvertible {
  var start: CivilDate
  var from: CivilDate
  var to: CivilDate
  /// As our reader gets it.
  var text: String
  /// As the oracle gets it: days taken out and put in as parts, weekdays with and without a place as two rules.
  var forOracle: String

  var description: String { "\(start) \(from)…\(to) \(text)" }
}

/// Draws valid rules of every kind.
private struct RuleGenerator {
  private var numbers: Seeded

  init(seed: UInt64) { numbers = Seeded(seed) }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &numbers) }
  private mutating func isDrawn(_ percent: Int) -> Bool { number(1...100) <= percent }

  mutating func next() -> RuleCase {
    let start = Offices.date("1990-01-01").adding(days: number(0...20_000))
    let frequency = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"][number(0...3)]
    let from = start.adding(days: isDrawn(70) ? 0 : number(-300...1000))
    let to = from.adding(days: number(0...(frequency == "DAILY" ? 600 : 1800)))
    let by = days(frequency)
    let isMixed = by.weekdays.count == 2
    let common = ["FREQ=\(frequency)"] + bounds(start).filter { !isMixed || !$0.hasPrefix("COUNT") } + by.parts
    let picks = picks(start)
    let rules = by.weekdays.isEmpty ? [[]] : by.weekdays.map { ["BYDAY=\($0.joined(separator: ","))"] }
    let alternatives = rules.map { (common + $0 + picks).joined(separator: ";") }
    let all = by.weekdays.isEmpty ? [] : ["BYDAY=\(by.weekdays.flatMap(\.self).joined(separator: ","))"]
    return RuleCase(
      start: start,
      from: from,
      to: to,
      text: lines(common + all, picks),
      forOracle: alternatives.joined(separator: "|")
    )
  }

  /// The rule, then a line each for EXDATE and RDATE.
  private func lines(_ parts: [String], _ picks: [String]) -> String {
    let named = picks.map { $0.replacingOccurrences(of: "=", with: ";VALUE=DATE:") }
    return (["RRULE:" + parts.joined(separator: ";")] + named).joined(separator: "\n")
  }

  private mutating func bounds(_ start: CivilDate) -> [String] {
    var parts: [String] = []
    if isDrawn(50) { parts.append("INTERVAL=\(isDrawn(90) ? number(1...5) : number(6...400))") }
    switch number(1...10) {
    case 1...3: parts.append("COUNT=\(number(1...30))")
    case 4...5:
      let until = basic(start.adding(days: number(-10...2500)))
      parts.append("UNTIL=\(until)\(isDrawn(50) ? "T\(isDrawn(50) ? "000000" : "165959")" : "")")
    default: break
    }
    if isDrawn(30) { parts.append("WKST=\(RuleGenerator.names[number(0...6)])") }
    return parts
  }

  private mutating func picks(_ start: CivilDate) -> [String] {
    ["EXDATE", "RDATE"].compactMap { name in
      guard isDrawn(20) else { return nil }
      let days = (0..<number(1...4)).map { _ in basic(start.adding(days: number(0...60))) }
      return "\(name)=\(days.joined(separator: ","))"
    }
  }

  private func basic(_ date: CivilDate) -> String { date.description.replacingOccurrences(of: "-", with: "") }

  private static let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

  /// The BY parts, and the weekdays: two lists when they stand with and without a place.
  private mutating func days(_ frequency: String) -> (parts: [String], weekdays: [[String]]) {
    var parts: [String] = []
    let isYearly = frequency == "YEARLY"
    if isDrawn(30) { parts.append(list("BYMONTH", 1...12, 4, signed: false)) }
    let byWeek = isYearly && isDrawn(15)
    if byWeek { parts.append("BYWEEKNO=\((0..<number(1...3)).map { _ in "\(weekNumber())" }.joined(separator: ","))") }
    if isYearly && isDrawn(15) { parts.append(list("BYYEARDAY", 1...366, 5, signed: true)) }
    if frequency != "WEEKLY" && isDrawn(35) { parts.append(list("BYMONTHDAY", 1...31, 4, signed: true)) }
    let isByMonth = frequency == "MONTHLY" || parts.contains { $0.hasPrefix("BYMONTH=") }
    let mayPlace = ["MONTHLY", "YEARLY"].contains(frequency) && !byWeek
    var weekdays: [[String]] = []
    if isDrawn(55) { weekdays.append((0..<number(1...4)).map { _ in RuleGenerator.names[number(0...6)] }) }
    if mayPlace && isDrawn(40) {
      let placed = (0..<number(1...3)).map { _ in
        "\(isDrawn(50) ? "-" : "")\(number(1...(isByMonth ? 5 : 53)))\(RuleGenerator.names[number(0...6)])"
      }
      // Both kinds together as two rules can be compared only where neither counts nor places come on top.
      weekdays = weekdays.isEmpty || isDrawn(70) ? [placed] : weekdays + [placed]
    }
    let isMixed = weekdays.count == 2
    if !isMixed, isDrawn(25), weekdays.count + parts.count > 0 {
      parts.append(list("BYSETPOS", 1...6, 3, signed: true))
    }
    return (parts, weekdays)
  }

  /// From the end only as far as no year's week can be meant that the oracle leaves out.
  private mutating func weekNumber() -> Int { isDrawn(70) ? number(1...53) : -number(1...40) }

  private mutating func list(_ name: String, _ range: ClosedRange<Int>, _ most: Int, signed: Bool) -> String {
    let values = (0..<number(1...most)).map { _ in "\(signed && isDrawn(30) ? "-" : "")\(number(range))" }
    return "\(name)=\(values.joined(separator: ","))"
  }
}
