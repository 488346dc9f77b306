import Deadlines
import Foundation
import TestSupport
import Testing

/// What holds for every time limit, tried on generated ones.
@Suite("Properties of generated limits")
struct GeneratedPropertyTests {
  private let calendar: WorkingCalendar
  private let parser: TimeLimitParser

  init() throws {
    self.calendar = try PhraseFixtures.calendar()
    self.parser = TimeLimitParser(calendar: calendar)
  }

  /// Phrases for issue dates all over 2026.
  private func phrases(_ count: Int, seed: Int) throws -> [BuiltPhrase] {
    let first = try #require(CivilDate("2026-01-01"))
    return (0..<count).map { index in
      var generator = PhraseGenerator(
        issued: first.adding(days: index * 7 % 365),
        calendar: calendar,
        seed: UInt64(seed * 100_000 + index)
      )
      return index % 4 == 0 ? generator.nextEnglish() : generator.next()
    }
  }

  private func read(_ built: BuiltPhrase, _ words: String? = nil) -> TimeLimit {
    parser.parse(words ?? built.words, issued: built.issued, title: built.title, eventDate: built.eventDate)
  }

  private func dues(_ limit: TimeLimit, _ from: CivilDate, _ to: CivilDate) -> [DueDate] {
    limit.dueDates(from: from, to: to, calendar: calendar, regime: .standard)
  }

  // MARK: Printed and read again

  @Test("a limit printed in words is read again as the same limit", arguments: 0..<6)
  func printed(seed: Int) throws {
    var printed = 0
    for built in try phrases(1000, seed: seed) {
      for clause in read(built).clauses {
        guard let words = clause.inWords(issued: built.issued) else { continue }
        printed += 1
        let again = parser.parse(words, issued: built.issued).clauses
        #expect(again.count == 1, "\(built.words): \(words)")
        guard let copy = again.first else { continue }
        let about = "“\(built.words)” (\(built.issued)): “\(words)”"
        #expect(Self.facts(copy, built.issued) == Self.facts(clause, built.issued), "\(about)")
        #expect(copy.kind == Self.printedKind(clause), "\(about)")
      }
    }
    #expect(printed > 700, "hardly anything was printed")
  }

  /// A counted period is printed as the day it ends on.
  private static func printedKind(_ clause: LimitClause) -> LimitKind {
    switch clause.kind {
    case .relative, .relativeWorkingDays, .immediate, .event: .deadline
    case .datetime:
      if case .once(let due) = clause.timing, due.time == nil { .deadline } else { .datetime }
    default: clause.kind
    }
  }

  /// The timing without the names of periods, which are words and no dates.
  private static func facts(_ clause: LimitClause, _ issued: CivilDate) -> LimitClause.Timing {
    switch clause.timing {
    case .once(var due):
      due.period = ""
      return .once(due)
    case .repeating(var recurrence):
      if case .periods(let periods) = recurrence.pattern {
        recurrence.pattern = .periods(
          periods.map { period in
            var due = period.due
            due.period = ""
            return Recurrence.Period(due: due, key: "")
          }
        )
      } else if case .monthDays(let days) = recurrence.pattern {
        recurrence.pattern = .monthDays(days.sorted { ($0.month, $0.day) < ($1.month, $1.day) })
      }
      return .repeating(recurrence)
    case .continuous(let months, let from):
      return .continuous(checkInMonths: months, from: max(from ?? issued, issued))
    default: return clause.timing
    }
  }

  // MARK: Spelling

  @Test("case, normal form, spaces, dashes and tone placement change no date", arguments: 0..<4)
  func spelledOtherwise(seed: Int) throws {
    for built in try phrases(400, seed: seed + 20) {
      let plain = read(built)
      let dates = dues(plain, .first, built.last)
      for rewrite in PhraseGenerator.rewritings {
        let other = read(built, rewrite(built.words))
        #expect(
          other.kind == plain.kind && other.needsConfirmation == plain.needsConfirmation,
          "\(rewrite(built.words))"
        )
        #expect(dues(other, .first, built.last) == dates, "\(rewrite(built.words))")
      }
    }
  }

  // MARK: Dates

  @Test("target ≤ nominal ≤ legal, and both are worked", arguments: 0..<4)
  func threeDates(seed: Int) throws {
    for built in try phrases(1000, seed: seed + 40) {
      let limit = read(built)
      #expect(PhraseInvariants.fault(in: limit, calendar: calendar) == nil, "\(built.words)")
    }
  }

  @Test("dates of a stretch are those of its parts", arguments: 0..<4)
  func stretchesJoin(seed: Int) throws {
    var random = Seeded(UInt64(seed))
    for built in try phrases(1000, seed: seed + 60) {
      let limit = read(built)
      let middle = built.issued.adding(days: Int.random(in: -30...700, using: &random))
      let joined = dues(limit, .first, middle) + dues(limit, middle.adding(days: 1), built.last)
      #expect(joined == dues(limit, .first, built.last), "\(built.words) at \(middle)")
    }
  }

  @Test("one more day off moves targets back, legal dates and counted working days forward, and nothing else")
  func oneMoreDayOff() throws {
    var random = Seeded(9)
    for built in try phrases(3000, seed: 80) {
      let off = built.issued.adding(days: Int.random(in: 0...120, using: &random))
      let (before, after) = (dues(read(built), .first, .last.adding(days: -1)), try duesWithout(off, built))
      guard before.count == after.count else { continue }  // a rolled day may leave the stretch
      for (old, new) in zip(before, after) {
        check(old, new, of: built, "\(built.words) (\(built.issued)) without \(off)")
      }
    }
  }

  private func duesWithout(_ off: CivilDate, _ built: BuiltPhrase) throws -> [DueDate] {
    let dayOff = WorkingCalendar.DecreedDay(date: off, name: "", kind: .public, source: "")
    let fewer = WorkingCalendar(decreedDays: Array(calendar.decreedDays.values) + [dayOff])
    return TimeLimitParser(calendar: fewer)
      .parse(built.words, issued: built.issued, title: built.title, eventDate: built.eventDate)
      .dueDates(from: .first, to: .last.adding(days: -1), calendar: fewer, regime: .standard)
  }

  private func check(_ old: DueDate, _ new: DueDate, of built: BuiltPhrase, _ about: String) {
    let words = built.words.precomposedStringWithCanonicalMapping.lowercased()
    let isCountedBack = words.contains("trước") || words.contains("before")
    switch old.kind {
    case .relativeWorkingDays where isCountedBack: #expect(new.nominal <= old.nominal, "\(about)")
    // A report comes some working days after its cut-off, but not after its ceiling, which rolls back.
    case .relativeWorkingDays: #expect(new.nominal >= old.nominal, "\(about)")
    case .report: break
    case _ where words.contains("làm việc") || words.contains("working"): break
    default: #expect(new.nominal == old.nominal, "\(about)")
    }
    guard new.nominal == old.nominal else { return }
    #expect(new.target <= old.target && new.legal >= old.legal, "\(about)")
  }

  // MARK: Hostile input

  @Test("twenty thousand bent phrases keep every promise of the reader", arguments: 0..<4)
  func bent(seed: Int) throws {
    let table = try PhraseFixtures.rows("phrases").map { $0[0] }
    var mutator = PhraseMutator(table + (try phrases(500, seed: 200 + seed)).map(\.words), seed: UInt64(seed))
    let issued = try #require(CivilDate("2026-05-13"))
    for _ in 0..<5000 {
      let phrase = mutator.next()
      let fault = PhraseInvariants.fault(in: parser.parse(phrase, issued: issued), calendar: calendar)
      #expect(fault == nil, "“\(phrase)”")
    }
  }

  @Test("100 KB of anything are answered at once", arguments: LongPhrases.shapes.map(\.name))
  func long(name: String) throws {
    let phrase = try #require(LongPhrases.shapes.first { $0.name == name }).phrase
    let issued = try #require(CivilDate("2026-05-13"))
    let start = ContinuousClock.now
    let limit = parser.parse(phrase, issued: issued)
    // Milliseconds in a release build (`make bench` shows them); this limit tells linear from quadratic.
    #expect(ContinuousClock.now - start < .seconds(3))
    #expect(limit.notes.count <= 20)
  }
}
