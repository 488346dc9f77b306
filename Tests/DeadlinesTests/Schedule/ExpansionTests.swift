import Deadlines
import TestSupport
import Testing

@Suite("A plan's occurrences")
struct ExpansionTests {
  private func occurrences(_ tasks: [PlanTask], disagreements: [Disagreement] = []) -> [Occurrence] {
    Offices.office(tasks, disagreements: disagreements).occurrences(through: Offices.date("2027-12-31"))
  }

  @Test("has one per unit where a group leads, so that each answers for itself")
  func groupLeads() {
    let all = occurrences([Offices.task("1", "Năm 2026", lead: .group("tat-ca"))])
    #expect(all.map(\.id) == ["vp", "vhxh", "kt"].map { "1-KH/1/window/once/\($0)" })
    #expect(all.allSatisfy { $0.carriesAssignment && $0.coLeads.isEmpty })
  }

  @Test("belongs to the lead named first; the second is told the same")
  func twoLeads() {
    var task = Offices.task("1", "Năm 2026", lead: .unit("kt"), coordinating: [.group("tat-ca")])
    task.leads.append(.unit("vhxh"))
    let all = occurrences([task])
    #expect(all.map(\.unit) == ["kt"])
    #expect(all.map(\.coLeads) == [["vhxh"]])
    #expect(all.map(\.coordinating) == [["vp"]])
  }

  @Test("goes to the heads where the document names the heads")
  func headsNamed() {
    let all = occurrences([Offices.task("1", "Năm 2026", lead: .group("thu-truong"))])
    #expect(all.count == 3 && all.allSatisfy { $0.meansHead })
  }

  @Test("keeps its id when its date moves and when other lines change")
  func stableIDs() {
    let before = occurrences([Offices.task("1", "Chậm nhất 30/6/2026"), Offices.task("2", "Hằng tháng")])
    let after = occurrences([
      Offices.task("0", "Năm 2026"), Offices.task("1", "Chậm nhất 30/9/2026"), Offices.task("2", "Hằng tháng"),
    ])
    #expect(before.map(\.id) == after.filter { $0.task != "0" }.map(\.id))
  }

  @Test("has ids that are unique")
  func uniqueIDs() {
    let limits = [
      "Hoàn thành trong tháng 6/2026, báo cáo kết quả trước ngày 05/7/2026", "Hằng quý, 6 tháng, năm",
      "Năm 2026, hằng năm", "ngày 15 và ngày 30 hằng tháng", "Thường xuyên", "", "ngày 10 và ngày 25 tháng cuối quý",
      "Hoàn thành rà soát trong quý III năm 2026; thực hiện thường xuyên hằng năm.",
    ]
    let ids = occurrences(limits.enumerated().map { Offices.task("\($0)", $1, lead: .group("tat-ca")) }).map(\.id)
    #expect(Set(ids).count == ids.count)
  }

  @Test("carries the notice of assignment once for each unit and task")
  func oneAssignment() {
    let all = occurrences([Offices.task("1", "Hằng tháng", lead: .group("tat-ca"))])
    #expect(all.count == 60)
    #expect(all.filter(\.carriesAssignment).map(\.id) == ["vp", "vhxh", "kt"].map { "1-KH/1/recurring/2026-05/\($0)" })
  }

  @Test("is a report by its own task's title, whatever another task says in the same words", arguments: [false, true])
  func sameWords(reportIsFirst: Bool) {
    let titles = [("1", "Rà soát hồ sơ"), ("2", "Báo cáo định kỳ"), ("3", "Rà soát hồ sơ")]
    let tasks = titles.map { Offices.task($0, "Hằng quý", title: $1) }
    let all = occurrences(reportIsFirst ? tasks.reversed() : tasks)
    let kinds = Dictionary(grouping: all, by: \.task).mapValues { Set($0.map(\.kind)) }
    #expect(kinds == ["1": [.recurring], "2": [.report], "3": [.recurring]])
  }

  @Test("of one plan is the same as among all plans")
  func planByPlan() {
    var office = Offices.office([Offices.task("1", "Thường xuyên"), Offices.task("2", "Hằng tháng")])
    var other = office.plans[0]
    other.id = "2-KH"
    other.issued = Offices.date("2026-09-01")
    office.plans.append(other)
    let horizon = Offices.date("2027-12-31")
    let single = office.plans.map { office.expandedTasks(of: $0, through: horizon) }
    #expect(single.joined().elementsEqual(office.expandedTasks(through: horizon)))
    #expect(single.map { Set($0.flatMap(\.occurrences).map(\.plan.id)) } == [["1-KH"], ["2-KH"]])
    #expect(single[1].flatMap(\.occurrences).count < single[0].flatMap(\.occurrences).count)
  }

  @Test("is without a date where the words give none, and is told of all the same")
  func undated() {
    let all = occurrences([Offices.task("1", "theo quy định")])
    #expect(all.map(\.id) == ["1-KH/1/none/once/kt"])
    #expect(all.allSatisfy { $0.due == nil && $0.carriesAssignment && !$0.isDated })
  }

  @Test("is due by the date a person confirmed beside the words")
  func confirmed() {
    var task = Offices.task("1", "Trong thời gian sớm nhất")
    task.limitOverride = .due([LimitOverride.ConfirmedDue(Offices.date("2026-08-31"))])
    let all = occurrences([task])
    #expect(all.map(\.due?.nominal) == [Offices.date("2026-08-31")])
    #expect(all.map(\.due?.target) == [Offices.date("2026-08-28")])
    #expect(all.map(\.due?.legal) == [Offices.date("2026-09-03")])
    #expect(all.allSatisfy { $0.doubts.isEmpty })
  }

  @Test("is not overdue before the later of two dates that body and appendix give (R12)", arguments: [false, true])
  func disagreement(isSettled: Bool) {
    let dispute = Disagreement(body: "II.5", appendix: "PL.7", proposal: "hai việc", isSettled: isSettled)
    let all = occurrences(
      [Offices.task("II.5", "Hoàn thành trong quý III năm 2026"), Offices.task("PL.7", "Năm 2026")],
      disagreements: [dispute]
    )
    #expect(all.map(\.due?.legal) == [Offices.date("2026-09-30"), Offices.date("2026-12-31")])
    #expect(all[0].overdueAfter == Offices.date(isSettled ? "2026-09-30" : "2026-12-31"))
    #expect(all.allSatisfy { $0.doubts.isEmpty == isSettled })
  }

  @Test("reaches however far a single date lies ahead, and no further than the horizon where it recurs")
  func horizon() {
    let all = occurrences([Offices.task("1", "Chậm nhất ngày 30/6/2031"), Offices.task("2", "Hằng năm")])
    #expect(all.compactMap(\.due?.nominal) == ["2031-06-30", "2026-12-31", "2027-12-31"].map(Offices.date))
  }
}

@Suite("Overrides and events")
struct OverrideExpansionTests {
  private let counted = "Trong 05 ngày làm việc kể từ ngày nhận được hồ sơ"

  private func expanded(_ task: PlanTask, events: EventDates = [:]) throws -> ExpandedTask {
    try #require(Offices.office([task]).expandedTasks(through: Offices.date("2026-12-31"), events: events).first)
  }

  private func overridden(_ limit: String, _ override: LimitOverride, lead: Party = .unit("kt")) throws -> ExpandedTask
  {
    var task = Offices.task("1", limit, lead: lead)
    task.limitOverride = override
    return try expanded(task)
  }

  @Test("several confirmed days are told apart by their day, and a time stays with its day")
  func severalDues() throws {
    let dues = ["2026-06-13", "2026-08-31 16:30"].compactMap { LimitOverride.ConfirmedDue($0) }
    let task = try overridden("Trong thời gian sớm nhất", .due(dues))
    #expect(task.occurrences.map(\.id) == ["1-KH/1/deadline/2026-06-13/kt", "1-KH/1/deadline/2026-08-31/kt"])
    #expect(task.occurrences.map(\.due?.target) == ["2026-06-12", "2026-08-28"].map(Offices.date))
    #expect(task.occurrences.map(\.due?.time) == [nil, TimeOfDay(hour: 16, minute: 30)])
    #expect(task.kind == "datetime" && !task.needsConfirmation && task.doubts.isEmpty)
    #expect(task.occurrences.map(\.limit) == Array(repeating: "Trong thời gian sớm nhất", count: 2))
  }

  @Test(
    "every: takes the place of the words, in the office's words or a few English ones",
    arguments: [
      ("ngày 25 hằng tháng", "recurring", ["2026-05", "2026-06"], ["2026-05-25", "2026-06-25"]),
      ("every month on day 25", "recurring", ["2026-05", "2026-06"], ["2026-05-25", "2026-06-25"]),
      ("quarter", "recurring", ["2026-Q2", "2026-Q3"], ["2026-06-30", "2026-09-30"]),
      ("Friday", "recurring", ["2026-05-15", "2026-05-22"], ["2026-05-15", "2026-05-22"]),
      ("half-year", "recurring", ["2026-H1", "2026-H2"], ["2026-06-30", "2026-12-31"]),
      ("báo cáo hằng quý", "report", ["2026-H1", "2026-Q3"], ["2026-06-16", "2026-09-16"]),
    ]
  )
  func every(words: String, kind: String, keys: [String], nominal: [String]) throws {
    let task = try overridden("Trong thời gian sớm nhất", .every(words, from: nil))
    #expect(task.kind == kind && task.doubts.isEmpty && !task.needsConfirmation)
    #expect(task.occurrences.prefix(2).map(\.id) == keys.map { "1-KH/1/\(kind)/\($0)/kt" })
    #expect(task.occurrences.prefix(2).map(\.due?.nominal) == nominal.map(Offices.date))
  }

  @Test(
    "after every: a bare English period will do",
    arguments: [
      "day", "week", "month", "quarter", "half-year", "half year", "year", "Monday", "tuesday", "Wednesday",
      "Thursday", "every Friday", "month on day 31", "monthly", "the 25th of every month",
    ]
  )
  func english(word: String) throws {
    let parser = TimeLimitParser(calendar: Offices.calendar)
    #expect(try parser.recurring(word, from: Offices.date("2026-05-13")).kind == "recurring")
  }

  @Test(
    "after every: nothing will do that does not recur, or that somebody would have to confirm",
    arguments: ["Năm 2026", "2026", "khi rảnh", "", "every", "2 tuần một lần", "Thường xuyên", "30/9/2026", "banana"]
  )
  func notRecurring(words: String) {
    let parser = TimeLimitParser(calendar: Offices.calendar)
    #expect(throws: NotRecurring.self) { try parser.recurring(words, from: Offices.date("2026-05-13")) }
  }

  @Test("from: puts the beginning off", arguments: [true, false])
  func from(isRule: Bool) throws {
    let start = Offices.date("2026-09-01")
    let rule = try RecurrenceRule("FREQ=MONTHLY;BYMONTHDAY=25")
    let task = try overridden(
      "Hằng tháng",
      isRule ? .rule(rule, from: start) : .every("ngày 25 hằng tháng", from: start)
    )
    #expect(task.occurrences.first?.due?.nominal == Offices.date("2026-09-25"))
  }

  @Test("rrule: gives one occurrence for each of its days and each unit, up to the horizon")
  func rule() throws {
    let rule = try RecurrenceRule("RRULE:FREQ=MONTHLY;BYMONTHDAY=31\nEXDATE:20260731")
    let task = try overridden("Thường xuyên", .rule(rule, from: nil), lead: .group("tat-ca"))
    #expect(
      task.occurrences.filter { $0.unit == "vp" }.map(\.id)
        == ["2026-05-31", "2026-08-31", "2026-10-31", "2026-12-31"]
        .map { "1-KH/1/recurring/\($0)/vp" }
    )
    #expect(task.occurrences.count == 12 && task.kind == "recurring")
    #expect(task.occurrences.first?.due?.legal == Offices.date("2026-06-01"))
    #expect(task.occurrences.first?.due?.rule == "R13")
  }

  @Test("a limit that hangs on an event has no date before its day is told, and says how to tell it")
  func awaitsEvent() throws {
    let task = try expanded(Offices.task("1", counted))
    #expect(task.awaitsEvent && task.needsConfirmation)
    #expect(task.occurrences.map(\.id) == ["1-KH/1/relative-wd/once/kt"])
    #expect(task.occurrences.allSatisfy { $0.due == nil && $0.kind == .relativeWorkingDays && $0.carriesAssignment })
    #expect(task.doubts.count == 1 && task.doubts[0].contains("nhachan event set 1-KH/1 "))
    #expect(task.occurrences[0].doubts == task.doubts)
  }

  @Test(
    "the day of the event dates what hangs on it, under the same id",
    arguments: [
      ("Trong 05 ngày làm việc kể từ ngày nhận được hồ sơ", "relative-wd", "2026-06-08"),
      ("Sau 30 ngày kể từ ngày nhận được văn bản", "relative", "2026-07-01"),
      ("Sau khi có hướng dẫn của tỉnh", "event", "2026-06-01"), ("trước khai giảng", "event", "2026-05-31"),
      ("trong 10 ngày trước ngày khai mạc", "event", "2026-05-22"),
    ]
  )
  func eventTold(limit: String, clause: String, nominal: String) throws {
    let before = try expanded(Offices.task("1", limit))
    let after = try expanded(Offices.task("1", limit), events: ["1-KH/1": Offices.date("2026-06-01")])
    #expect(before.occurrences.map(\.id) == ["1-KH/1/\(clause)/once/kt"])
    #expect(after.occurrences.map(\.id) == before.occurrences.map(\.id))
    #expect(after.occurrences.map(\.due?.nominal) == [Offices.date(nominal)])
    #expect(!after.awaitsEvent && after.eventDate == Offices.date("2026-06-01"))
    #expect(!after.doubts.contains { $0.contains("event set") || $0.contains("tạm tính") })
  }

  @Test("where the words count nothing from the event, its own day is taken and a person is asked")
  func uncounted() throws {
    let events = ["1-KH/1": Offices.date("2026-06-01")]
    #expect(try expanded(Offices.task("1", "Sau khi có hướng dẫn của tỉnh"), events: events).doubts.count == 1)
    #expect(try expanded(Offices.task("1", counted), events: events).doubts.isEmpty)
    #expect(try expanded(Offices.task("1", "trước khai giảng"), events: events).doubts.isEmpty)
  }

  @Test("only the part that hangs on the event waits for it")
  func partly() throws {
    let limit = "Trong 10 ngày sau khi có hướng dẫn; báo cáo trước 30/9/2026"
    let task = try expanded(Offices.task("1", limit))
    #expect(task.occurrences.map(\.id) == ["1-KH/1/deadline/once/kt", "1-KH/1/relative/once/kt"])
    #expect(task.occurrences.map { $0.due == nil } == [false, true])
    #expect(task.occurrences.map { $0.doubts.isEmpty } == [true, false])
    let after = try expanded(Offices.task("1", limit), events: ["1-KH/1": Offices.date("2026-06-01")])
    #expect(Set(after.occurrences.compactMap(\.due?.nominal)) == Set(["2026-06-11", "2026-09-29"].map(Offices.date)))
  }

  @Test(
    "an event that no words hang on, or another task's, changes nothing",
    arguments: [
      "Chậm nhất 30/9/2026", "Hằng tháng", "", "Trong 5 ngày kể từ ngày nhận được Kế hoạch này",
    ]
  )
  func idleEvent(limit: String) throws {
    let plain = try expanded(Offices.task("1", limit))
    #expect(try expanded(Offices.task("1", limit), events: ["1-KH/1": Offices.date("2026-06-01")]) == plain)
    let waiting = try expanded(Offices.task("1", counted))
    #expect(try expanded(Offices.task("1", counted), events: ["2-KH/1": Offices.date("2026-06-01")]) == waiting)
  }

  @Test("a date confirmed in the plan file stands above the event")
  func overrideStands() throws {
    var task = Offices.task("1", counted)
    task.limitOverride = .due([LimitOverride.ConfirmedDue(Offices.date("2026-08-28"))])
    let after = try expanded(task, events: ["1-KH/1": Offices.date("2026-06-01")])
    #expect(after.occurrences.map(\.id) == ["1-KH/1/relative-wd/once/kt"])
    #expect(after.occurrences.map(\.due?.nominal) == [Offices.date("2026-08-28")])
    #expect(!after.awaitsEvent && after.doubts.isEmpty)
  }
}
