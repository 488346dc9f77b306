import Deadlines
import Testing

/// Some two thousand forms that offices write, judged by the rules before the reader was asked.
@Suite("Forms that offices write")
struct OfficePhraseTests {
  private struct Row {
    let phrase: String
    let issued: CivilDate
    /// Any of them will do; nil for any at all.
    let kinds: Set<String>?
    /// Alternatives; nil for any.
    let dates: [Set<String>]?
    let mustAsk: Bool?

    init(_ cells: [String]) throws {
      phrase = cells[0]
      issued = try #require(CivilDate(cells[1]), "\(cells)")
      kinds = cells[2] == "*" ? nil : Set(cells[2].split(separator: "|").map(String.init))
      dates = cells[3] == "*" ? nil : Self.alternatives(cells[3])
      mustAsk = ["yes": true, "no": false][cells[4]]
    }

    private static func alternatives(_ text: String) -> [Set<String>] {
      var rest = text[...]
      var all: [Set<String>] = []
      while let bars = rest.firstRange(of: "||") {
        all.append(Set(rest[..<bars.lowerBound].split(separator: ",").map(String.init)))
        rest = rest[bars.upperBound...]
      }
      return all + [Set(rest.split(separator: ",").map(String.init))]
    }
  }

  private static func disagreement(_ row: Row, _ calendar: WorkingCalendar) -> String? {
    let limit = TimeLimitParser(calendar: calendar).parse(row.phrase, issued: row.issued)
    let to = row.issued.lastOfYear.adding(days: 1).lastOfYear
    let dates = limit.dueDates(from: row.issued, to: to, calendar: calendar, regime: .standard)
    let asks = limit.needsConfirmation
    if let mustAsk = row.mustAsk, mustAsk != asks { return "\(row.phrase): asks \(asks)" }
    // What is asked may stay without an answer.
    if row.mustAsk == true, limit.kind == "none" || row.dates == [[]] { return nil }
    let days = Set(dates.map(\.nominal.description))
    let moments = Set(dates.map { due in due.nominal.description + (due.time.map { "@\($0)" } ?? "") })
    let hasDates = row.dates?.contains { $0 == ($0.contains { $0.contains("@") } ? moments : days) } ?? true
    let hasKind = row.kinds?.contains(limit.kind) ?? true
    return hasDates && hasKind ? nil : "\(row.phrase) (\(row.issued)): \(limit.kind) \(moments.sorted())"
  }

  @Test("are read by the rules, or asked about where the rules leave them open")
  func rows() throws {
    let calendar = try PhraseFixtures.calendar()
    let rows = try PhraseFixtures.rows("office_phrases").map(Row.init)
    #expect(rows.count > 1_900)
    let disagreements = rows.compactMap { Self.disagreement($0, calendar) }
    #expect(disagreements == [])
  }
}
