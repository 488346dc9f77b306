import Deadlines
import TestSupport
import Testing

/// Phrases built from the grammar's parts are read exactly as they were built.
@Suite("A year of generated phrases")
struct GeneratedPhraseTests {
  private let calendar: WorkingCalendar

  init() throws { self.calendar = try PhraseFixtures.calendar() }

  @Test("is read back as built, whatever the day of issue", arguments: 0..<12)
  func readBack(month: Int) throws {
    let first = try #require(CivilDate(year: 2026, month: month + 1, day: 1))
    var misread: [String] = []
    for round in 0..<1000 {
      let issued = first.adding(days: round % CivilDate.daysIn(month: month + 1, year: 2026))
      var generator = PhraseGenerator(issued: issued, calendar: calendar, seed: UInt64(month * 1000 + round))
      let built = generator.next()
      if let fault = fault(in: built) { misread.append("[\(built.production)] \(fault)") }
    }
    #expect(
      misread.isEmpty,
      "\(misread.count) of 1000 misread:\n\(misread.sorted().prefix(40).joined(separator: "\n"))"
    )
  }

  @Test("in English is read back as built", arguments: 0..<12)
  func englishReadBack(month: Int) throws {
    let first = try #require(CivilDate(year: 2026, month: month + 1, day: 1))
    var misread: [String] = []
    for round in 0..<300 {
      let issued = first.adding(days: round % CivilDate.daysIn(month: month + 1, year: 2026))
      var generator = PhraseGenerator(issued: issued, calendar: calendar, seed: UInt64(90_000 + month * 1000 + round))
      let built = generator.nextEnglish()
      if let fault = fault(in: built) { misread.append("[\(built.production)] \(fault)") }
    }
    #expect(misread.isEmpty, "\(misread.count) of 300 misread:\n\(misread.sorted().prefix(40).joined(separator: "\n"))")
  }

  /// What the reader made of it otherwise than it was built, or nil.
  private func fault(in built: BuiltPhrase) -> String? {
    let limit = TimeLimitParser(calendar: calendar)
      .parse(built.words, issued: built.issued, title: built.title, eventDate: built.eventDate)
    let about = "“\(built.words)” (\(built.issued))"
    guard limit.kind == built.kind else { return "\(about): \(limit.kind), not \(built.kind)" }
    if built.asks && !limit.needsConfirmation { return "\(about): nobody is asked" }
    let dues = limit.dueDates(from: .first, to: built.last, calendar: calendar, regime: .standard)
      .map { BuiltDue($0) }.sorted(by: BuiltPhrase.isBefore)
    guard Self.agree(dues, built.dues) else {
      return "\(about): \(Self.text(dues)), not \(Self.text(built.dues))"
    }
    let checkIns = limit.checkIns(from: .first, to: built.last, calendar: calendar, regime: .standard).map(\.nominal)
    return checkIns == built.checkIns ? nil : "\(about): asked about on \(checkIns), not \(built.checkIns)"
  }

  /// A window's start and a grace are compared where they were built.
  private static func agree(_ read: [BuiltDue], _ built: [BuiltDue]) -> Bool {
    read.count == built.count
      && zip(read, built).allSatisfy { read, built in
        read.nominal == built.nominal && read.time == built.time && read.grace == built.grace
          && (built.windowStart == nil || read.windowStart == built.windowStart)
      }
  }

  private static func text(_ dues: [BuiltDue]) -> String {
    let shown = dues.prefix(4).map { due in
      let start = due.windowStart.map { "\($0).." } ?? ""
      let grace = due.grace.map { " grace \($0)" } ?? ""
      return start + due.nominal.description + (due.time.map { " \($0)" } ?? "") + grace
    }
    return "\(dues.count) [\(shown.joined(separator: ", "))]"
  }
}
