import Deadlines
import TestSupport
import Testing

@Suite("What becomes of every step")
struct StepOutlookTests {
  private static func tracked(_ limit: String, _ change: (inout Progress) -> Void = { _ in }) throws
    -> (Schedule, TrackedOccurrence)
  {
    let office = Offices.office([Offices.task("1", limit, lead: .unit("vhxh"))])
    let occurrence = try #require(office.occurrences(through: Offices.date("2026-12-31")).first { $0.unit == "vhxh" })
    var progress = Progress(adoptedAt: Offices.instant("2026-05-13 08:00"))
    change(&progress)
    return (Schedule(office), TrackedOccurrence(occurrence, progress))
  }

  private static func fates(_ limit: String, at now: String, _ change: (inout Progress) -> Void = { _ in }) throws
    -> [String: StepOutlook.Fate]
  {
    let (schedule, tracked) = try tracked(limit, change)
    let outlooks = schedule.outlook(of: tracked, now: Offices.instant(now))
    return Dictionary(uniqueKeysWithValues: outlooks.map { ($0.step.id, $0.fate) })
  }

  private static func given(_ step: String, at: String, isSuperseded: Bool = false) -> Progress.GivenNotice {
    Progress.GivenNotice(
      step: step,
      kind: .reminder,
      recipient: "vhxh@xa.example",
      channel: "mail",
      round: 0,
      at: Offices.instant(at),
      isSuperseded: isSuperseded
    )
  }

  @Test("a step is given, passed over, due, to come or not needed, and says why")
  func fates() throws {
    let fates = try Self.fates("Chậm nhất 30/9/2026", at: "2026-09-25 08:00") {
      $0.given = [
        Self.given("assignment", at: "2026-05-13 08:00"),
        Self.given("-10wd", at: "2026-09-23 07:30", isSuperseded: true),
      ]
    }
    #expect(fates["assignment"] == .given && fates["-10wd"] == .superseded)
    #expect(fates["-3wd"] == .due && fates["-1wd"] == .toCome && fates["+5wd"] == .toCome)
  }

  @Test(
    "the reason why a step is not given",
    arguments: [
      ("Chậm nhất 18/5/2026", "-3wd", StepOutlook.Reason.pastAtAdoption), ("Chậm nhất 29/5/2026", "-10wd", .shortLimit),
      ("Thực hiện khi có yêu cầu", "-3wd", .undated),
    ]
  )
  func reasons(limit: String, step: String, reason: StepOutlook.Reason) throws {
    #expect(try Self.fates(limit, at: "2026-05-14 08:00")[step] == .notNeeded(reason))
  }

  @Test("what is done, to be confirmed or told later needs no step")
  func notNeeded() throws {
    let done = try Self.fates("Chậm nhất 30/9/2026", at: "2026-09-20 08:00") {
      $0.completion = .init(on: Offices.date("2026-09-01"), recordedAt: $0.adoptedAt, by: "Lan", evidence: nil)
    }
    #expect(done["-3wd"] == .notNeeded(.done))
    let past = try Self.fates("Chậm nhất 30/9/2026", at: "2026-09-20 08:00") { $0.isBackfill = true }
    #expect(past["-3wd"] == .notNeeded(.backfill))
    let later = try Self.fates("Chậm nhất 30/9/2026", at: "2026-09-29 08:00") {
      $0.given = [Self.given("-1wd", at: "2026-09-29 07:30")]
    }
    #expect(later["-1wd"] == .given && later["-3wd"] == .notNeeded(.toldLater))
  }

  @Test("what is due is what the planner would give")
  func sameAsPlanner() throws {
    for day in ["2026-05-13", "2026-09-16", "2026-09-25", "2026-09-30", "2026-10-01", "2026-10-07"] {
      let (schedule, tracked) = try Self.tracked("Chậm nhất 30/9/2026")
      let now = Offices.instant("\(day) 08:00")
      let due = Set(schedule.outlook(of: tracked, now: now).filter { $0.fate == .due }.map(\.step.id))
      #expect(due == Set(schedule.decide(tracked, now: now).due.map(\.step.id)))
    }
  }
}
