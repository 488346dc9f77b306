import Deadlines
import TestSupport
import Testing

@Suite("The schedule")
struct ScheduleTests {
  /// The first occurrence of a task with that limit, adopted on the day of issue at midnight.
  private func tracked(
    _ limit: String,
    adopted: String = "2026-05-13 00:00",
    office: Office? = nil,
    lead: Party = .unit("kt")
  ) throws -> (TrackedOccurrence, Schedule) {
    let office = office ?? Offices.office([Offices.task("1", limit, lead: lead, coordinating: [.unit("vhxh")])])
    let first = try #require(office.occurrences(through: Offices.date("2027-12-31")).first)
    return (TrackedOccurrence(first, Progress(adoptedAt: Offices.instant(adopted))), Schedule(office))
  }

  /// Plays time forward and gives every notice as `when step → recipient`.
  private func play(
    _ start: TrackedOccurrence,
    _ schedule: Schedule,
    from: String,
    to: String
  ) -> [String] {
    var tracked = start
    var now = schedule.opening(onOrAfter: Offices.instant(from))
    var lines: [String] = []
    while now <= Offices.instant(to) {
      let decision = schedule.decide(tracked, now: now)
      lines += decision.due.map { line($0, now) }
      tracked.progress.give(decision, at: now)
      guard let next = decision.next else { break }
      now = schedule.opening(onOrAfter: next)
    }
    return lines
  }

  private func line(_ due: DueNotice, _ now: Instant) -> String {
    let civil = OfficeZone.vietNam.civil(now)
    let mailbox = due.notice.recipient.split(separator: "@")[0]
    return "\(civil.date) \(civil.time) \(due.notice.step) \(mailbox)\(due.isLate ? " late" : "")"
  }

  @Test("climbs the whole ladder of domain section 5.1 while nothing is recorded")
  func wholeLadder() throws {
    let (tracked, schedule) = try tracked("Chậm nhất 30/9/2026")
    #expect(
      play(tracked, schedule, from: "2026-05-13 00:00", to: "2027-12-31 00:00") == [
        "2026-05-13 07:30 assignment kt", "2026-05-13 07:30 assignment vhxh",
        "2026-09-16 07:30 -10wd kt",
        "2026-09-23 07:30 -5wd kt", "2026-09-23 07:30 -5wd vhxh",
        "2026-09-25 07:30 -3wd kt",
        "2026-09-29 07:30 -1wd kt", "2026-09-29 07:30 -1wd vhxh",
        "2026-09-30 07:30 0wd kt",
        "2026-10-01 07:30 +1wd kt", "2026-10-01 07:30 +1wd vp",
        "2026-10-05 07:30 +3wd truong.kt", "2026-10-05 07:30 +3wd vhxh", "2026-10-05 07:30 +3wd vp",
        "2026-10-07 07:30 +5wd chutich", "2026-10-07 07:30 +5wd phochutich",
      ]
    )
  }

  @Test("reminds of a limit under a month only in its last days")
  func shortLimit() throws {
    let (tracked, schedule) = try tracked("Trong tháng 5/2026.")
    let steps = play(tracked, schedule, from: "2026-05-13 00:00", to: "2026-06-01 23:00")
    #expect(
      steps.filter { $0.hasSuffix(" kt") } == [
        "2026-05-13 07:30 assignment kt", "2026-05-26 07:30 -3wd kt", "2026-05-28 07:30 -1wd kt",
        "2026-05-29 07:30 0wd kt",
      ]
    )
  }

  @Test("gives after a stop only the latest missed step, says that it is late, and passes over the earlier ones")
  func catchesUp() throws {
    let (tracked, schedule) = try tracked("Chậm nhất 30/9/2026")
    let decision = schedule.decide(tracked, now: Offices.instant("2026-09-28 09:00"))
    #expect(
      decision.due.map { "\($0.notice.step) \($0.notice.recipient) \($0.isLate)" } == [
        "-3wd kt@xa.example true", "-5wd vhxh@xa.example true",
      ]
    )
    #expect(Set(decision.superseded.map(\.key)).count == decision.superseded.count)
    #expect(Set(decision.superseded.map(\.step)) == ["assignment", "-10wd", "-5wd"])
    #expect(decision.next == Offices.instant("2026-09-29 07:30"))
  }

  @Test("gives nothing twice", arguments: [1, 2, 5])
  func neverTwice(times: Int) throws {
    var (tracked, schedule) = try tracked("Chậm nhất 30/9/2026")
    let now = Offices.instant("2026-10-30 09:00")
    var given: [String] = []
    for _ in 0..<times {
      let decision = schedule.decide(tracked, now: now)
      given += decision.due.map(\.notice.key)
      tracked.progress.give(decision, at: now)
    }
    #expect(Set(given).count == given.count)
    #expect(schedule.decide(tracked, now: now).due.isEmpty)
  }

  @Test("gives on their days the steps that a clock three weeks ahead has passed over, but never again what it gave")
  func clockWasAhead() throws {
    var (tracked, schedule) = try tracked("Chậm nhất 30/9/2026")
    let ahead = Offices.instant("2026-10-01 09:00")
    tracked.progress.give(
      schedule.decide(tracked, now: Offices.instant("2026-05-13 07:30")),
      at: Offices.instant("2026-05-13 07:30")
    )
    tracked.progress.give(schedule.decide(tracked, now: ahead), at: ahead)
    schedule.clockSetBackAt = Offices.instant("2026-09-10 09:00")
    #expect(
      play(tracked, schedule, from: "2026-09-10 09:00", to: "2026-10-06 00:00").filter { $0.hasSuffix(" kt") } == [
        "2026-09-16 07:30 -10wd kt", "2026-09-23 07:30 -5wd kt", "2026-09-25 07:30 -3wd kt",
        "2026-09-29 07:30 -1wd kt", "2026-09-30 07:30 0wd kt",
      ]
    )
    // Had it been right, and the clock only set back for a while, all of that would be over.
    #expect(schedule.decide(tracked, now: ahead).due.isEmpty)
    #expect(schedule.seen(tracked, at: ahead) == tracked)
  }

  @Test("takes what a clock that was ahead found past for what it is today")
  func adoptedAhead() throws {
    var (tracked, schedule) = try tracked("Chậm nhất 30/9/2026", adopted: "2027-05-13 08:00")
    tracked.progress.isBackfill = true
    schedule.clockSetBackAt = Offices.instant("2026-09-28 09:00")
    let steps = play(tracked, schedule, from: "2026-09-28 09:00", to: "2026-09-30 09:00").filter { $0.hasSuffix(" kt") }
    #expect(steps == ["2026-09-28 09:00 assignment kt", "2026-09-29 07:30 -1wd kt", "2026-09-30 07:30 0wd kt"])
    #expect(schedule.decide(tracked, now: Offices.instant("2026-11-23 09:00")) == .nothing)
    #expect(schedule.decide(tracked, now: Offices.instant("2027-05-13 09:00")) == .nothing)
  }

  @Test("says nothing of what was past when the plan was loaded")
  func backfill() throws {
    var (tracked, schedule) = try tracked("Chậm nhất 15/5/2026", adopted: "2026-11-22 09:00")
    tracked.progress.isBackfill = true
    #expect(schedule.decide(tracked, now: Offices.instant("2026-11-23 09:00")) == .nothing)
    #expect(schedule.nextStep(for: tracked) == nil)
  }

  @Test("lets the assignment stand for the steps that were past at adoption")
  func adoptedLate() throws {
    let (tracked, schedule) = try tracked("Chậm nhất 30/9/2026", adopted: "2026-09-25 10:00")
    #expect(
      play(tracked, schedule, from: "2026-09-25 10:00", to: "2026-09-30 23:00").filter { $0.hasSuffix(" kt") } == [
        "2026-09-25 10:00 assignment kt", "2026-09-29 07:30 -1wd kt", "2026-09-30 07:30 0wd kt",
      ]
    )
  }

  @Test("stops at once when it is done, and tells whoever above was told")
  func doneStopsTheLadder() throws {
    var (tracked, schedule) = try tracked("Chậm nhất 30/9/2026")
    let now = Offices.instant("2026-10-06 09:00")
    tracked.progress.give(schedule.decide(tracked, now: now), at: now)
    tracked.progress.completion = Progress.Completion(
      on: Offices.date("2026-10-06"),
      recordedAt: now,
      by: "kt",
      evidence: nil
    )
    let decision = schedule.decide(tracked, now: now)
    #expect(decision.due.map(\.notice.recipient) == ["truong.kt@xa.example", "vhxh@xa.example", "vp@xa.example"])
    #expect(decision.due.allSatisfy { $0.notice.kind == .settled })
    tracked.progress.give(decision, at: now)
    #expect(schedule.decide(tracked, now: Offices.instant("2027-01-05 09:00")) == .nothing)
  }

  @Test("does not call “trước ngày D” late before the end of D (R2)")
  func graceOfExclusiveDates() throws {
    let (tracked, schedule) = try tracked("trước ngày 30/6/2026")
    #expect(tracked.occurrence.due?.nominal == Offices.date("2026-06-29"))
    let steps = play(tracked, schedule, from: "2026-05-13 00:00", to: "2026-07-01 23:00")
    #expect(steps.last { $0.contains("+1wd") } == "2026-07-01 07:30 +1wd vp")
    #expect(!steps.contains { $0.hasPrefix("2026-06-30") })
  }

  @Test("asks about what goes on once in a reporting period, and never urges (R6)")
  func continuous() throws {
    let (tracked, schedule) = try tracked("Thường xuyên")
    #expect(tracked.occurrence.isCheckIn && tracked.occurrence.overdueAfter == nil)
    #expect(
      play(tracked, schedule, from: "2026-05-13 00:00", to: "2027-12-31 00:00") == [
        "2026-05-13 07:30 assignment kt", "2026-06-12 07:30 0wd kt",
      ]
    )
  }

  @Test("tells nobody twice in one step who holds two roles of it")
  func oneMailboxOnce() throws {
    let office = Offices.office([
      Offices.task("1", "Chậm nhất 30/9/2026", lead: .unit("vp"), coordinating: [.unit("vp")])
    ])
    let (tracked, schedule) = try tracked("", office: office)
    let overdue = schedule.decide(tracked, now: Offices.instant("2026-10-01 07:30"))
    #expect(overdue.due.map(\.notice.recipient) == ["vp@xa.example"])
  }

  @Test("does not tell the coordinating units where the dates are nobody else's business")
  func discretion() throws {
    var task = Offices.task("1", "Chậm nhất 30/9/2026", coordinating: [.unit("vhxh")])
    task.tellsCoordinating = false
    let (tracked, schedule) = try tracked("", office: Offices.office([task]))
    let told = play(tracked, schedule, from: "2026-05-13 00:00", to: "2026-10-01 23:00")
    #expect(!told.contains { $0.hasSuffix(" vhxh") })
  }

  @Test(
    "opens on working days from 07:30 to 17:00 only",
    arguments: [
      ("2026-05-13 07:29", "2026-05-13 07:30"), ("2026-05-13 07:30", "2026-05-13 07:30"),
      ("2026-05-13 16:59", "2026-05-13 16:59"), ("2026-05-13 17:00", "2026-05-14 07:30"),
      ("2026-05-15 17:00", "2026-05-18 07:30"), ("2026-08-21 17:00", "2026-08-22 07:30"),
      ("2026-08-29 09:00", "2026-09-03 07:30"), ("2026-11-23 18:00", "2026-11-25 07:30"),
    ]
  )
  func window(now: String, opening: String) {
    let schedule = Schedule(Offices.office([]))
    #expect(schedule.opening(onOrAfter: Offices.instant(now)) == Offices.instant(opening))
  }

  @Test("every notice of any limit falls on a working day, at or after its step, and asks for a later look")
  func everyNoticeOnAWorkingDay() throws {
    var numbers = Seeded(6)
    for _ in 0..<300 {
      let day = Offices.date("2026-05-20").adding(days: Int.random(in: 0..<500, using: &numbers))
      let (tracked, schedule) = try tracked("Chậm nhất ngày \(day.day)/\(day.month)/\(day.year)")
      for (step, at) in schedule.timedSteps(tracked) {
        #expect(schedule.isOpen(at: at), "\(step.id) of \(day)")
        let decision = schedule.decide(tracked, now: at)
        #expect(decision.due.contains { $0.notice.step == step.id })
        #expect(decision.next.map { $0 > at } ?? true)
      }
    }
  }
}

extension Progress {
  /// What a store does with a decision.
  mutating func give(_ decision: ScheduleDecision, at now: Instant) {
    for notice in decision.due.map(\.notice) {
      given.append(
        GivenNotice(
          step: notice.step,
          kind: notice.kind,
          recipient: notice.recipient,
          channel: notice.channel,
          round: notice.round,
          at: now,
          isSuperseded: false
        )
      )
    }
    for notice in decision.superseded {
      given.append(
        GivenNotice(
          step: notice.step,
          kind: notice.kind,
          recipient: notice.recipient,
          channel: notice.channel,
          round: notice.round,
          at: now,
          isSuperseded: true
        )
      )
    }
  }
}
