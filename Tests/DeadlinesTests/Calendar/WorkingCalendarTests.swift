import Deadlines
import TestSupport
import Testing

@Suite("The working calendar")
struct WorkingCalendarTests {
  private let calendar = Offices.calendar

  @Test(
    "rolls a due date back to the working day before and forward to the one after (R3)",
    arguments: [
      ("2026-05-31", "2026-05-29", "2026-06-01"),  // a Sunday
      ("2026-09-01", "2026-08-28", "2026-09-03"),  // the long weekend of Quốc khánh, Monday off by exchange
      ("2026-08-22", "2026-08-22", "2026-08-22"),  // a Saturday that is worked
      ("2026-11-24", "2026-11-23", "2026-11-25"),  // Ngày Văn hóa Việt Nam
      ("2026-04-26", "2026-04-24", "2026-04-28"),  // Giỗ Tổ on a Sunday, Monday in compensation
      ("2026-06-30", "2026-06-30", "2026-06-30"),
    ]
  )
  func rolls(nominal: String, target: String, legal: String) {
    #expect(calendar.rollBack(Offices.date(nominal)) == Offices.date(target))
    #expect(calendar.rollForward(Offices.date(nominal)) == Offices.date(legal))
  }

  @Test(
    "counts working days without the start day (art. 147)",
    arguments: [
      ("2026-05-13", 5, "2026-05-20"), ("2026-02-12", 5, "2026-02-26"), ("2026-08-27", 3, "2026-09-04"),
      ("2026-04-24", 3, "2026-05-04"), ("2025-12-31", 3, "2026-01-07"), ("2026-12-16", -10, "2026-12-02"),
      ("2026-08-24", -1, "2026-08-22"), ("2026-05-16", 1, "2026-05-18"), ("2026-05-13", 0, "2026-05-13"),
    ]
  )
  func adds(start: String, count: Int, expected: String) {
    #expect(calendar.adding(workingDays: count, to: Offices.date(start)) == Offices.date(expected))
  }

  @Test("there and back is the same working day, and the count between them is right")
  func thereAndBack() {
    var numbers = Seeded(2)
    for _ in 0..<3000 {
      let start = calendar.rollForward(
        Offices.date("2026-01-01").adding(days: Int.random(in: 0..<600, using: &numbers))
      )
      let count = Int.random(in: 0..<60, using: &numbers)
      let end = calendar.adding(workingDays: count, to: start)
      #expect(calendar.isWorkingDay(end))
      #expect(calendar.adding(workingDays: -count, to: end) == start)
      #expect(calendar.workingDays(from: start, to: end) == count)
      #expect(calendar.workingDays(from: end, to: start) == -count)
    }
  }

  @Test("half-open stretches of working days join")
  func stretchesJoin() {
    var numbers = Seeded(3)
    for _ in 0..<2000 {
      let days = (0..<3).map { _ in Int.random(in: 0..<700, using: &numbers) }.sorted()
        .map { Offices.date("2026-01-01").adding(days: $0) }
      let joined = calendar.workingDays(from: days[0], to: days[1]) + calendar.workingDays(from: days[1], to: days[2])
      #expect(joined == calendar.workingDays(from: days[0], to: days[2]))
    }
  }

  @Test("one more day off moves no target later and no legal date earlier")
  func oneMoreDayOff() {
    var numbers = Seeded(4)
    for _ in 0..<500 {
      let off = Offices.date("2026-01-01").adding(days: Int.random(in: 0..<365, using: &numbers))
      let more = WorkingCalendar(
        decreedDays: Array(calendar.decreedDays.values)
          + [WorkingCalendar.DecreedDay(date: off, name: "", kind: .public, source: "")]
      )
      let nominal = off.adding(days: Int.random(in: -5...5, using: &numbers))
      #expect(more.rollBack(nominal) <= calendar.rollBack(nominal))
      #expect(more.rollForward(nominal) >= calendar.rollForward(nominal))
    }
  }

  @Test("a calendar that never works ends all the same")
  func neverEnds() {
    let none = WorkingCalendar(decreedDays: [], weekendDays: [1, 2, 3, 4, 5, 6, 7])
    #expect(none.isWorkingDay(Offices.date("2026-05-13")))
    #expect(calendar.adding(workingDays: .max, to: Offices.date("2026-05-13")) <= .last)
  }
}
