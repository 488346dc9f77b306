import Deadlines
import Foundation
import Testing

/// Rows of the tables in Tests/Fixtures/domain.
///
/// A row that does not parse fails the test that asked for it.
enum PhraseFixtures {
  static let from = CivilDate("2026-01-01") ?? .first
  static let to = CivilDate("2027-12-31") ?? .last

  static func rows(_ name: String, filePath: String = #filePath) throws -> [[String]] {
    let folder = URL(fileURLWithPath: filePath).deletingLastPathComponent()
    let file = folder.appendingPathComponent("../../Fixtures/domain/\(name).tsv").standardizedFileURL
    let text = try String(contentsOf: file, encoding: .utf8)
    return text.components(separatedBy: "\n").filter { !$0.isEmpty && !$0.hasPrefix("#") }
      .map { $0.components(separatedBy: "\t") }
  }

  static func calendar() throws -> WorkingCalendar {
    let days = try rows("holidays").map { row in
      WorkingCalendar.DecreedDay(
        date: try #require(CivilDate(row[0])),
        name: row[1],
        kind: try #require(WorkingCalendar.DayKind(rawValue: row[2])),
        source: row[3]
      )
    }
    return WorkingCalendar(decreedDays: days)
  }

  /// Dates separated by commas; nothing at all is no date.
  static func dates(_ text: String) throws -> [CivilDate] {
    try text.split(separator: ",").map { try #require(CivilDate($0), "not a date: \($0)") }
  }
}

/// What a phrase reads as, for comparing.
struct Reading: Equatable {
  let kind: String
  let nominal: [CivilDate]
  let limit: TimeLimit

  init(
    _ phrase: String,
    issued: CivilDate,
    title: String = "",
    product: String = "",
    calendar: WorkingCalendar,
    from: CivilDate = PhraseFixtures.from,
    to: CivilDate = PhraseFixtures.to
  ) {
    self.limit = TimeLimitParser(calendar: calendar).parse(phrase, issued: issued, title: title, product: product)
    self.kind = limit.kind
    self.nominal = limit.dueDates(from: from, to: to, calendar: calendar, regime: .standard).map(\.nominal)
  }

  static func == (left: Self, right: Self) -> Bool { left.kind == right.kind && left.nominal == right.nominal }
}
