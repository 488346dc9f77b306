public import Deadlines

/// A small office for tests: three units, a monitoring unit, Văn phòng, a chair and a vice-chair.
public enum Offices {
  /// Days off and worked Saturdays of 2026 as decreed, the fixed days of 2027.
  public static let calendar = WorkingCalendar(decreedDays: [
    day("2026-01-01", .public), day("2026-01-02", .compensatory), day("2026-01-10", .swappedWorking),
    day("2026-02-16", .public), day("2026-02-17", .public), day("2026-02-18", .public), day("2026-02-19", .public),
    day("2026-02-20", .public), day("2026-04-26", .public), day("2026-04-27", .compensatory),
    day("2026-04-30", .public), day("2026-05-01", .public), day("2026-08-22", .swappedWorking),
    day("2026-08-31", .compensatory), day("2026-09-01", .public), day("2026-09-02", .public),
    day("2026-11-24", .public), day("2027-01-01", .public), day("2027-02-05", .public), day("2027-02-08", .public),
    day("2027-02-09", .compensatory), day("2027-02-10", .compensatory), day("2027-04-16", .public),
    day("2027-04-30", .public), day("2027-05-03", .compensatory), day("2027-09-02", .public),
    day("2027-11-24", .public),
  ])

  private static func day(_ text: String, _ kind: WorkingCalendar.DayKind) -> WorkingCalendar.DecreedDay {
    WorkingCalendar.DecreedDay(date: date(text), name: text, kind: kind, source: "test")
  }

  /// A day that must exist; a typing slip in a test fails at once.
  public static func date(_ text: String) -> CivilDate {
    guard let date = CivilDate(text) else { preconditionFailure("no such day: \(text)") }
    return date
  }

  /// An instant in the office's zone, as `2026-05-13 07:30`.
  public static func instant(_ text: String) -> Instant {
    let parts = text.split(separator: " ")
    guard parts.count == 2, let time = TimeOfDay(parts[1]) else { preconditionFailure("no such time: \(text)") }
    return OfficeZone.vietNam.instant(date(String(parts[0])), time)
  }

  public static let units = [
    unit("vp", "Văn phòng HĐND và UBND xã"), unit("vhxh", "Phòng Văn hóa - Xã hội"), unit("kt", "Phòng Kinh tế"),
  ]

  private static func unit(_ id: String, _ name: String) -> Unit {
    Unit(
      id: id,
      name: name,
      address: "\(id)@xa.example",
      head: "truong-\(id)",
      superior: "chu-tich",
      viceChair: id == "kt" ? "pho-chu-tich" : nil
    )
  }

  public static let posts =
    [
      Post(id: "chu-tich", title: "Chủ tịch UBND xã", address: "chutich@xa.example"),
      Post(id: "pho-chu-tich", title: "Phó Chủ tịch UBND xã", address: "phochutich@xa.example", superior: "chu-tich"),
    ]
    + ["vp", "vhxh", "kt"].map {
      Post(id: "truong-\($0)", title: "Trưởng \($0)", address: "truong.\($0)@xa.example", superior: "chu-tich")
    }

  public static let directory = Directory(
    units: units,
    groups: [
      UnitGroup(id: "tat-ca", name: "Các cơ quan, tổ chức, đơn vị", members: ["vp", "vhxh", "kt"]),
      UnitGroup(id: "thu-truong", name: "Thủ trưởng các cơ quan", members: ["vp", "vhxh", "kt"], meansHeads: true),
    ],
    posts: posts,
    people: []
  )

  public static var policy: Policy {
    Policy(
      ladders: [.standard, checkIn],
      ladderByKind: [.continuous: "check-in"],
      window: window,
      monitor: "vhxh",
      office: "vp",
      chair: "chu-tich",
      digestPosts: ["chu-tich", "pho-chu-tich"],
      digestUnits: ["vp"]
    )
  }

  public static let checkIn = Ladder(
    name: "check-in",
    steps: [
      LadderStep(when: .adoption, to: [.lead], kind: .assignment),
      LadderStep(when: .beforeTarget(0), to: [.lead], kind: .reminder),
    ]
  )

  public static var window: SendingWindow {
    SendingWindow(
      opens: TimeOfDay(hour: 7, minute: 30) ?? .midnight,
      closes: TimeOfDay(hour: 17, minute: 0) ?? .midnight
    )
  }

  /// A plan issued on 13/5/2026 with these tasks.
  public static func plan(_ tasks: [PlanTask], disagreements: [Disagreement] = []) -> Plan {
    Plan(
      id: "1-KH",
      number: "1/KH",
      documentType: "Kế hoạch",
      title: "Kế hoạch thử",
      issuer: "UBND xã",
      issued: date("2026-05-13"),
      tasks: tasks,
      disagreements: disagreements
    )
  }

  public static func task(
    _ id: String,
    _ limit: String,
    lead: Party = .unit("kt"),
    coordinating: [Party] = [],
    title: String? = nil
  ) -> PlanTask {
    PlanTask(
      id: id,
      section: "Phụ lục, mục \(id)",
      title: title ?? "Việc \(id)",
      limit: limit,
      leads: [lead],
      coordinating: coordinating
    )
  }

  public static func office(_ tasks: [PlanTask], disagreements: [Disagreement] = []) -> Office {
    Office(
      id: "xa",
      name: "UBND xã",
      contact: "Văn phòng HĐND và UBND xã",
      zone: .vietNam,
      calendar: calendar,
      directory: directory,
      policy: policy,
      plans: [plan(tasks, disagreements: disagreements)]
    )
  }
}
