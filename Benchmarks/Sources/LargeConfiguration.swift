import Deadlines
import Foundation

/// An office of any size: as values for the planner, as files for `nhachan check`.
struct LargeConfiguration {
  let tasks: Int
  let units: Int

  static let issued = day("2026-05-13")
  /// A working day a month ahead, and the one before it.
  static let dueDay = day("2026-06-26")
  static let dayBefore = day("2026-06-25")

  /// Weekdays, without decreed days off.
  static let calendar = WorkingCalendar(decreedDays: [])

  private static func day(_ text: String) -> CivilDate { CivilDate(text) ?? .first }

  func office(due: Int) -> Office {
    let unitList = (0..<units).map {
      Unit(
        id: "u\($0)",
        name: "Đơn vị \($0)",
        address: "u\($0)@xa.example",
        head: "truong-\($0)",
        superior: "chu-tich"
      )
    }
    let heads = (0..<units).map {
      Post(id: "truong-\($0)", title: "Trưởng đơn vị \($0)", address: "truong\($0)@xa.example", superior: "chu-tich")
    }
    let chair = Post(id: "chu-tich", title: "Chủ tịch UBND xã", address: "chutich@xa.example")
    let policy = Policy(
      window: SendingWindow(
        opens: TimeOfDay(hour: 7, minute: 30) ?? .midnight,
        closes: TimeOfDay(hour: 17, minute: 0) ?? .endOfDay
      ),
      monitor: "u1",
      office: "u0",
      chair: "chu-tich",
      digestPosts: ["chu-tich"],
      digestUnits: []
    )
    let plan = Plan(
      id: "1-KH",
      number: "1/KH",
      documentType: "Kế hoạch",
      title: "Kế hoạch lớn",
      issuer: "UBND xã",
      issued: Self.issued,
      tasks: (0..<tasks).map { task($0, due: due) }
    )
    return Office(
      id: "xa",
      name: "UBND xã",
      contact: "Văn phòng",
      zone: .vietNam,
      calendar: WorkingCalendar(decreedDays: []),
      directory: Directory(units: unitList, groups: [], posts: [chair] + heads, people: []),
      policy: policy,
      plans: [plan]
    )
  }

  private func task(_ index: Int, due: Int) -> PlanTask {
    PlanTask(
      id: "T\(index)",
      section: "mục \(index)",
      title: "Việc số \(index) của kế hoạch lớn",
      limit: limit(index, due: due),
      leads: [.unit("u\(index % units)")]
    )
  }

  /// The first `due` tasks are to be done on one day, the others over the year that follows.
  private func limit(_ index: Int, due: Int) -> String {
    let date = index < due ? Self.dueDay : Self.dueDay.adding(days: 30 + index % 300)
    return "Chậm nhất ngày \(date.day)/\(date.month)/\(date.year)"
  }

  /// Writes the plan and directory beside a copy of the ready example's other files.
  func write(to folder: String) throws {
    var directory = "units:\n"
    for index in 0..<units {
      directory += "  - {id: u\(index), name: Đơn vị số \(index), address: u\(index)@xa.example, head: chu-tich}\n"
    }
    directory += "posts:\n  - {id: chu-tich, title: Chủ tịch UBND xã, address: chutich@xa.example}\n"
    directory += "  - {id: pho-chu-tich, title: Phó Chủ tịch UBND xã, address: pct@xa.example, superior: chu-tich}\n"
    var plan = "number: 1/KH\ntype: Kế hoạch\ntitle: Kế hoạch lớn\nissuer: UBND xã\nissued: 2026-05-13\ntasks:\n"
    for index in 0..<tasks {
      plan += "  - id: T\(index)\n    section: mục \(index)\n    title: Việc số \(index) của kế hoạch lớn\n"
      plan += "    limit: \(limit(index, due: 500))\n    lead: Đơn vị số \(index % units)\n"
    }
    try Data(directory.utf8).write(to: URL(fileURLWithPath: "\(folder)/directory.yaml"))
    try Data(plan.utf8).write(to: URL(fileURLWithPath: "\(folder)/plans/1-KH.yaml"))
  }
}
