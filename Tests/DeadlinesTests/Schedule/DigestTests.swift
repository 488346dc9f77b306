import Deadlines
import TestSupport
import Testing

@Suite("The chair's digest")
struct DigestTests {
  @Test("goes every Monday, the next working day when that is off, and when data are closed")
  func days() {
    let schedule = Schedule(Offices.office([]))
    var now = Offices.instant("2026-08-20 00:00")
    var days: [String] = []
    while days.count < 6 {
      let slot = schedule.nextDigest(after: now)
      days.append(
        "\(slot.day) \(OfficeZone.vietNam.civil(slot.at).time)\(slot.closedMonth.map { " closes \($0)" } ?? "")"
      )
      now = slot.at
    }
    #expect(
      days == [
        "2026-08-24 07:30", "2026-09-03 07:30", "2026-09-07 07:30", "2026-09-14 07:30", "2026-09-15 07:30 closes 9",
        "2026-09-21 07:30",
      ]
    )
  }

  @Test("names the close of data as its reason when both fall on one day")
  func closeOnMonday() {
    let slot = Schedule(Offices.office([])).nextDigest(after: Offices.instant("2026-06-12 12:00"))
    #expect(slot.day == Offices.date("2026-06-15"))
    #expect(slot.closedMonth == 6)
  }

  @Test("is made up for once after a stop, by the latest that was missed")
  func missed() {
    let schedule = Schedule(Offices.office([]))
    let due = schedule.digestDue(after: Offices.instant("2026-05-18 07:30"), now: Offices.instant("2026-06-10 09:00"))
    #expect(due?.day == Offices.date("2026-06-08"))
    #expect(
      schedule.digestDue(after: Offices.instant("2026-06-10 09:00"), now: Offices.instant("2026-06-10 10:00")) == nil
    )
  }

  @Test("lists a disagreement once for its two tasks, and a missing limit for each task that lacks one")
  func unclear() {
    let office = Offices.office(
      [
        Offices.task("II.5", "Hoàn thành trong quý III năm 2026", lead: .group("tat-ca")),
        Offices.task("PL.7", "Năm 2026"), Offices.task("II.6.c", ""), Offices.task("II.6.d", ""),
      ],
      disagreements: [Disagreement(body: "II.5", appendix: "PL.7", proposal: "hai việc")]
    )
    let tracked = office.occurrences(through: Offices.date("2027-12-31")).map {
      TrackedOccurrence($0, Progress(adoptedAt: Offices.instant("2026-05-13 00:00")))
    }
    let schedule = Schedule(office)
    let now = Offices.instant("2026-05-18 07:30")
    let digest = DigestBuilder(schedule).digest(
      tracked,
      slot: schedule.nextDigest(after: now),
      now: now,
      previous: nil,
      deliveryProblems: [],
      messagesSent: 0
    )
    #expect(digest.unclear.map(\.task).sorted() == ["II.5", "II.6.c", "II.6.d"])
  }

  @Test("counts tasks with both denominators and occurrences by unit, longest overdue first")
  func figures() {
    let office = Offices.office([
      Offices.task("1", "Trong tháng 5/2026.", lead: .group("tat-ca")), Offices.task("2", "Chậm nhất 15/5/2026"),
      Offices.task("3", "Thường xuyên"), Offices.task("4", "Năm 2026"), Offices.task("5", "theo quy định"),
    ])
    var tracked = office.occurrences(through: Offices.date("2027-12-31")).map {
      TrackedOccurrence($0, Progress(adoptedAt: Offices.instant("2026-05-13 00:00")))
    }
    let done = Progress.Completion(
      on: Offices.date("2026-05-15"),
      recordedAt: Offices.instant("2026-05-15 09:00"),
      by: "kt",
      evidence: "1/BC"
    )
    for index in tracked.indices where tracked[index].occurrence.id.hasSuffix("2/deadline/once/kt") {
      tracked[index].progress.completion = done
    }
    let now = Offices.instant("2026-06-08 07:30")
    let digest = DigestBuilder(Schedule(office)).digest(
      tracked,
      slot: Schedule(office).nextDigest(after: Offices.instant("2026-06-07 00:00")),
      now: now,
      previous: nil,
      deliveryProblems: [],
      messagesSent: 0
    )
    #expect(digest.number == 1)
    #expect([digest.figures.tasks, digest.figures.dated, digest.figures.undated] == [5, 3, 2])
    #expect([digest.figures.overdue, digest.figures.doneInTime, digest.figures.notYetDue] == [1, 1, 1])
    #expect(digest.overdue.map(\.unit) == ["vp,vhxh,kt"])
    #expect(digest.overdue.allSatisfy { $0.state == .overdue(workingDays: 5) })
    #expect(
      digest.byUnit.map { "\($0.unit) \($0.assigned) \($0.doneInTime) \($0.overdue)" } == [
        "vp 1 0 1", "vhxh 1 0 1", "kt 3 1 1",
      ]
    )
    #expect(digest.next == Offices.instant("2026-06-15 07:30"))
  }

  @Test("names the years whose days off are not decreed, as far as open dates lie in them (R17)")
  func provisionalYears() {
    var office = Offices.office([Offices.task("1", "Hằng quý"), Offices.task("2", "Năm 2026")])
    office.calendar = WorkingCalendar(
      decreedDays: Array(office.calendar.decreedDays.values),
      computed: .vietNam,
      undecreedYears: [2027]
    )
    let schedule = Schedule(office)
    let now = Offices.instant("2026-05-18 07:30")
    func years(through last: String) -> [Int]? {
      let tracked = office.occurrences(through: Offices.date(last)).map {
        TrackedOccurrence($0, Progress(adoptedAt: Offices.instant("2026-05-13 00:00")))
      }
      return DigestBuilder(schedule).digest(
        tracked,
        slot: schedule.nextDigest(after: now),
        now: now,
        previous: nil,
        deliveryProblems: [],
        messagesSent: 0
      ).provisionalYears
    }
    #expect(years(through: "2026-11-30") == [])
    #expect(years(through: "2027-12-31") == [2027])
    // The last day of 2028 is a Sunday: its legal date depends on the days off of 2029.
    #expect(years(through: "2028-12-31") == [2027, 2028, 2029])
  }
}
