import Deadlines
import Foundation
import TestSupport
import Testing

@Suite("Working days beside Debian's remind")
struct RemindOracleTests {
  private let calendar: WorkingCalendar
  private static let first = Offices.date("2024-01-01")
  private static let last = Offices.date("2027-12-31")

  init() throws { calendar = try PhraseFixtures.calendar() }

  @Test("adding, counting and rolling give the same days for a thousand dates with the decreed days off")
  func sameDays() async throws {
    var numbers = Seeded(147)
    let questions = (0..<1000).map { _ in
      let start = Self.first.adding(days: Int.random(in: 150...1300, using: &numbers))
      let count = Int.random(in: 1...60, using: &numbers) * (Bool.random(using: &numbers) ? 1 : -1)
      return Question(start: start, count: count, end: start.adding(days: Int.random(in: 0...120, using: &numbers)))
    }
    let expected = try await answers(to: questions)
    try #require(expected.count == questions.count)
    for (question, line) in zip(questions, expected) { #expect(answer(to: question) == line, "\(question)") }
    #expect(questions.count { !calendar.isWorkingDay($0.start) } > 200)
  }

  /// Every day of the four years, so that worked Saturdays and each day off are among them.
  @Test("every day off is off, and every worked Saturday is worked")
  func sameDaysOff() async throws {
    let days = (0...Self.last.days(since: Self.first)).map { Self.first.adding(days: $0) }
    let lines = try await remind(days.map { "MSG %\"[isomitted('\($0)')]%\"%" })
    #expect(lines == days.map { calendar.isWorkingDay($0) ? "0" : "1" })
    #expect(days.contains { $0.weekday == 6 && calendar.isWorkingDay($0) })
  }

  private struct Question {
    var start: CivilDate
    var count: Int
    var end: CivilDate
  }

  private func answer(to question: Question) -> String {
    [
      calendar.adding(workingDays: question.count, to: question.start).description,
      "\(calendar.workingDays(from: question.start, to: question.end))",
      calendar.rollBack(question.start).description, calendar.rollForward(question.start).description,
    ].joined(separator: " ")
  }

  /// Counting: remind's `nonomitted` counts its first day and not its last, we the other way round.
  private func answers(to questions: [Question]) async throws -> [String] {
    try await remind(
      questions.map { question in
        "MSG %\"[slide('\(question.start)', \(question.count))] "
          + "[nonomitted('\(question.start.adding(days: 1))', '\(question.end.adding(days: 1))')] "
          + "[evaltrig(\"\(question.start) BEFORE\")] [evaltrig(\"\(question.start) AFTER\")]%\"%"
      }
    )
  }

  /// What remind prints, one line for each message.
  ///
  /// Its OMIT knows no weekend day that is worked, so every day off, weekends too, is named.
  private func remind(_ messages: [String]) async throws -> [String] {
    let folder = try TemporaryFolder()
    let off = (0...Self.last.days(since: Self.first)).map { Self.first.adding(days: $0) }.filter(isOff)
    let script = ["BANNER %"] + off.map { "OMIT \($0)" } + messages
    let file = "\(folder.path)/office.rem"
    try Data(script.map { "\($0)\n" }.joined().utf8).write(to: URL(fileURLWithPath: file))
    let result = try await run(["/usr/bin/remind", "-h", file, "2024-01-01"])
    try #require(result.status == 0 && result.errors.isEmpty, "\(result.errors.prefix(500))")
    return result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// By the table itself rather than by the calendar that is being tried.
  private func isOff(_ date: CivilDate) -> Bool {
    switch calendar.decreedDays[date]?.kind {
    case .public, .compensatory: true
    case .swappedWorking: false
    case nil: [0, 6].contains((Int(date.dayNumber) + 4) % 7)
    }
  }
}
