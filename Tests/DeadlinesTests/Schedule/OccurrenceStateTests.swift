import Deadlines
import TestSupport
import Testing

@Suite("An occurrence's state")
struct OccurrenceStateTests {
  private func state(
    _ limit: String,
    on day: String,
    done: String? = nil,
    backfill: Bool = false
  ) throws -> OccurrenceState {
    let office = Offices.office([Offices.task("1", limit)])
    let first = try #require(office.occurrences(through: Offices.date("2027-12-31")).first)
    var progress = Progress(adoptedAt: Offices.instant("2026-05-13 00:00"), isBackfill: backfill)
    progress.completion = done.map {
      Progress.Completion(
        on: Offices.date($0),
        recordedAt: Offices.instant("\($0) 09:00"),
        by: "kt",
        evidence: nil
      )
    }
    return OccurrenceState(of: first, progress, today: Offices.date(day), calendar: Offices.calendar, dueSoonDays: 5)
  }

  @Test(
    "follows the calendar: nominal Sunday 31/5, target Friday 29/5, legal Monday 1/6",
    arguments: [
      ("2026-05-21", OccurrenceState.notYetDue), ("2026-05-22", .dueSoon), ("2026-05-28", .dueSoon),
      ("2026-05-29", .dueToday), ("2026-05-31", .dueToday), ("2026-06-01", .dueToday),
      ("2026-06-02", .overdue(workingDays: 1)), ("2026-06-06", .overdue(workingDays: 4)),
      ("2026-06-08", .overdue(workingDays: 5)),
    ]
  )
  func open(day: String, expected: OccurrenceState) throws {
    #expect(try state("Trong tháng 5/2026.", on: day) == expected)
  }

  @Test(
    "is done in time up to the legal date, and late after it",
    arguments: [
      ("2026-05-20", OccurrenceState.doneInTime), ("2026-06-01", .doneInTime), ("2026-06-02", .doneLate),
    ]
  )
  func done(day: String, expected: OccurrenceState) throws {
    #expect(try state("Trong tháng 5/2026.", on: "2026-12-01", done: day) == expected)
  }

  @Test("is never overdue for what goes on or has no date", arguments: ["Thường xuyên", "theo quy định", ""])
  func neverOverdue(limit: String) throws {
    #expect(try state(limit, on: "2027-12-31") == .noDueDate)
  }

  @Test("waits for a person when it was past at adoption, until somebody says done")
  func unsettled() throws {
    #expect(try state("Chậm nhất 15/5/2026", on: "2026-11-22", backfill: true) == .unsettled)
    #expect(try state("Chậm nhất 15/5/2026", on: "2026-11-22", done: "2026-05-14", backfill: true) == .doneInTime)
  }
}
