import Deadlines
import TestSupport
import Testing

@Suite("What another configuration changes")
struct ScheduleDifferenceTests {
  private static let horizon = Offices.date("2027-12-31")

  private static let tasks = [
    Offices.task("1", "Chậm nhất 15/5/2026"), Offices.task("2", "Hằng tháng", lead: .group("tat-ca")),
    Offices.task("3", "Chậm nhất 31/8/2026", coordinating: [.group("tat-ca")]),
    Offices.task("4", "Trước ngày 22/7/2026"), Offices.task("5", "Thường xuyên"),
    Offices.task("6", "Báo cáo hằng quý"), Offices.task("7", "Hoàn thành trong quý III năm 2026"),
    Offices.task("8", "Năm 2026", lead: .unit("vhxh")),
  ]
  private static let disputes = [Disagreement(body: "7", appendix: "8", proposal: "hai việc")]
  static let office = Offices.office(tasks, disagreements: disputes)

  // MARK: Edits, as an office makes them

  struct Edit: Sendable, CustomTestStringConvertible {
    var name: String
    var apply: @Sendable (inout Office) -> Void
    /// `change id cause` of every change that is no rewording, the reason's text without its place.
    var expected: [String]
    /// Whether more may change than is expected here.
    var isPart = false
    var testDescription: String { name }

    var edited: Office {
      var office = ScheduleDifferenceTests.office
      apply(&office)
      return office
    }
  }

  private static func group(_ members: [String]) -> Directory {
    let old = Offices.directory
    return Directory(
      units: old.units + [Unit(id: "th", name: "Trường Tiểu học", address: "th@xa.example", superior: "chu-tich")],
      groups: [UnitGroup(id: "tat-ca", name: "Các cơ quan, tổ chức, đơn vị", members: members)]
        + old.groups.dropFirst(),
      posts: old.posts,
      people: old.people
    )
  }

  /// The last Monday of August is worked after all.
  private static var calendar: WorkingCalendar {
    WorkingCalendar(
      decreedDays: Offices.calendar.decreedDays.values.filter { $0.date != Offices.date("2026-08-31") }
    )
  }

  private static let months =
    (5...12).map { "2026-\($0 < 10 ? "0" : "")\($0)" }
    + (1...12).map { "2027-\($0 < 10 ? "0" : "")\($0)" }

  static let edits = [
    Edit(
      name: "another limit",
      apply: { $0.plans[0].tasks[0].limit = "Chậm nhất 20/5/2026" },
      expected: ["moves 1-KH/1/deadline/once/kt plan"]
    ),
    Edit(
      name: "a date confirmed beside the words",
      apply: { $0.plans[0].tasks[0].limitOverride = .due([.init(Offices.date("2026-05-22"))]) },
      expected: ["moves 1-KH/1/deadline/once/kt plan"]
    ),
    Edit(
      name: "a task taken out",
      apply: { $0.plans[0].tasks.removeFirst() },
      expected: ["vanishes 1-KH/1/deadline/once/kt plan"]
    ),
    Edit(
      name: "another unit leads",
      apply: { $0.plans[0].tasks[0].leads = [.unit("vp")] },
      expected: ["appears 1-KH/1/deadline/once/vp plan", "vanishes 1-KH/1/deadline/once/kt plan"]
    ),
    Edit(
      name: "a unit joins the group",
      apply: { $0.directory = group(["vp", "vhxh", "kt", "th"]) },
      expected: months.map { "appears 1-KH/2/recurring/\($0)/th directory" }
    ),
    Edit(
      name: "a day off that is worked after all",
      apply: { $0.calendar = calendar },
      expected: ["vp", "vhxh", "kt"].map { "moves 1-KH/2/recurring/2026-08/\($0) calendar" }
        + ["moves 1-KH/3/deadline/once/kt calendar"]
    ),
    Edit(
      name: "no grace for exclusive dates",
      apply: { $0.policy.gracesExclusiveDates = false },
      expected: ["moves 1-KH/4/deadline/once/kt policy"]
    ),
    Edit(
      name: "a disagreement settled",
      apply: { $0.plans[0].disagreements[0].isSettled = true },
      expected: ["moves 1-KH/7/window/once/kt plan"]
    ),
    Edit(
      name: "another zone and window, which move messages and no date",
      apply: {
        $0.zone = OfficeZone("UTC") ?? .vietNam
        $0.policy.window.opens = TimeOfDay(hour: 8, minute: 0) ?? .midnight
      },
      expected: []
    ),
    Edit(
      name: "a limit onto a day off that is worked after all: both",
      apply: {
        $0.plans[0].tasks[0].limit = "Chậm nhất 31/8/2026"
        $0.calendar = calendar
      },
      expected: ["moves 1-KH/1/deadline/once/kt plan+calendar"]
        + ["vp", "vhxh", "kt"].map { "moves 1-KH/2/recurring/2026-08/\($0) calendar" }
        + ["moves 1-KH/3/deadline/once/kt calendar"]
    ),
    Edit(
      name: "a line given to the group, and a unit that joins it: both",
      apply: {
        $0.plans[0].tasks[0].leads = [.group("tat-ca")]
        $0.plans[0].tasks = Array($0.plans[0].tasks.prefix(1))
        $0.directory = group(["kt", "th"])
      },
      expected: ["appears 1-KH/1/deadline/once/th plan+directory"],
      isPart: true
    ),
  ]

  private func words(_ changes: [OccurrenceChange]) -> [String] {
    changes.map { "\($0.kind.rawValue) \($0.id) \($0.causes.map(\.rawValue).joined(separator: "+"))" }
  }

  @Test("is found with its causes", arguments: edits)
  func causes(edit: Edit) {
    let changes = ScheduleDifference(from: Self.office, to: edit.edited, through: Self.horizon).changes
    let found = words(changes.filter { $0.kind != .isReworded })
    if edit.isPart {
      #expect(edit.expected.allSatisfy(found.contains), "\(found)")
    } else {
      #expect(found.sorted() == edit.expected.sorted())
    }
    #expect(changes.allSatisfy { !$0.causes.isEmpty })
  }

  @Test("is nothing where nothing is changed", arguments: edits)
  func same(edit: Edit) {
    #expect(ScheduleDifference(from: edit.edited, to: edit.edited, through: Self.horizon).changes.isEmpty)
  }

  @Test("read backwards: what appears vanishes, and before is after", arguments: edits, edits)
  func backwards(from: Edit, to: Edit) {
    let there = ScheduleDifference(from: from.edited, to: to.edited, through: Self.horizon).changes
    let back = ScheduleDifference(from: to.edited, to: from.edited, through: Self.horizon).changes
    let turned: [OccurrenceChange.Kind: OccurrenceChange.Kind] = [.appears: .vanishes, .vanishes: .appears]
    #expect(
      Set(there.map { [$0.id, (turned[$0.kind] ?? $0.kind).rawValue] }) == Set(back.map { [$0.id, $0.kind.rawValue] })
    )
    let mirrored = Dictionary(back.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for change in there {
      #expect(mirrored[change.id]?.before == change.after && mirrored[change.id]?.after == change.before)
    }
  }

  @Test("carried out on the old occurrences, gives the new ones", arguments: edits, edits)
  func applied(from: Edit, to: Edit) {
    func byID(_ office: Office) -> [String: Occurrence] {
      Dictionary(office.occurrences(through: Self.horizon).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
    var occurrences = byID(from.edited)
    for change in ScheduleDifference(from: from.edited, to: to.edited, through: Self.horizon).changes {
      #expect(occurrences[change.id] == change.before)
      occurrences[change.id] = change.after
    }
    #expect(occurrences == byID(to.edited))
  }

  // MARK: Words

  @Test(
    "names the line, the day, the group, the step that is the reason",
    arguments: [
      ("another limit", OfficePart.plan, "limit “Chậm nhất 15/5/2026” → “Chậm nhất 20/5/2026”"),
      ("a date confirmed beside the words", .plan, "override none → due: 2026-05-22"),
      ("a task taken out", .plan, "task 1 is gone"), ("another unit leads", .plan, "lead kt → vp"),
      ("a unit joins the group", .directory, "group tat-ca: joined by th"),
      ("a day off that is worked after all", .calendar, "2026-08-31 nghỉ (2026-08-31) → làm việc"),
      ("no grace for exclusive dates", .policy, "graceForExclusiveDates true → false"),
      ("a disagreement settled", .plan, "the disagreement 7 / 8 is settled"),
    ]
  )
  func reasons(name: String, cause: OfficePart, detail: String) throws {
    let edit = try #require(Self.edits.first { $0.name == name })
    let change = try #require(
      ScheduleDifference(from: Self.office, to: edit.edited, through: Self.horizon).changes.first
    )
    let difference = OfficeDifference(from: Self.office, to: edit.edited, through: Self.horizon)
    let reasons = difference.reasons(cause, for: ChangeSubject([change.before, change.after].compactMap { $0 }))
    #expect(reasons.contains { $0.cause == cause && $0.detail == detail }, "\(reasons)")
  }

  @Test("of two steps names the one that is asked about, of many days those within the dates")
  func nearest() throws {
    var edited = Self.office
    edited.policy.ladders[0].steps.removeAll { ["-3wd", "-1wd"].contains($0.id) }
    edited.calendar = WorkingCalendar(decreedDays: [])
    let occurrence = try #require(Self.office.occurrences(through: Self.horizon).first)
    let difference = OfficeDifference(from: Self.office, to: edited, through: Self.horizon)
    var subject = ChangeSubject([occurrence], days: [Offices.date("2026-05-12")])
    subject.step = "-3wd"
    #expect(difference.reasons(.policy, for: subject).map(\.detail) == ["ladder standard, step -3wd: is gone"])
    subject = ChangeSubject([], days: [Offices.date("2026-08-30"), Offices.date("2026-09-01")])
    #expect(difference.reasons(.calendar, for: subject).count == 2)
  }
}
