import Configuration
import Deadlines
import Foundation

/// Every commune of the country with the first plan, each with dates of its own: 3,321 plans of 34 tasks.
struct Country {
  let plans: Int

  private static let units = ["th": "Trường Tiểu học", "thcs": "Trường Trung học cơ sở", "tyt": "Trạm Y tế"]

  /// Writes the plans, a directory whose groups have eight units, and the same rules for other tools.
  /// - Parameters:
  ///   - example: The folder with the first plan.
  ///   - folder: A copy of that folder.
  /// - Throws: When a file cannot be read or written.
  func write(example: String, to folder: String) throws {
    let plan = try String(contentsOfFile: "\(example)/plans/153a-KH-UBND.yaml", encoding: .utf8)
    try FileManager.default.removeItem(atPath: "\(folder)/plans")
    try FileManager.default.createDirectory(atPath: "\(folder)/plans", withIntermediateDirectories: true)
    for index in 0..<plans {
      try write(Self.varied(plan, index), to: "\(folder)/plans/\(index + 1)-KH-UBND.yaml")
    }
    let directory = try String(contentsOfFile: "\(example)/directory.yaml", encoding: .utf8)
    try write(Self.withEightUnits(directory), to: "\(folder)/directory.yaml")
    try writeRules(Self.office(plans, example: example), to: folder)
  }

  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// The plan as another commune issued it, on a day of its own.
  static func varied(_ text: String, _ index: Int) -> String {
    let issued = issued(index)
    return text.replacingOccurrences(of: "number: 153a/KH-UBND", with: "number: \(index + 1)/KH-UBND")
      .replacingOccurrences(of: "issued: 2026-05-13", with: "issued: \(issued)")
      .replacingOccurrences(
        of: "limit: \"Chậm nhất 15/5/2026\"",
        with: "limit: \"\(varied("Chậm nhất 15/5/2026", issued))\""
      )
      .replacingOccurrences(
        of: "limit: \"Trong tháng 5/2026.\"",
        with: "limit: \"\(varied("Trong tháng 5/2026.", issued))\""
      )
      .replacingOccurrences(of: "quý III năm 2026;", with: "quý \(index % 2 == 0 ? "III" : "IV") năm 2026;")
  }

  private static func issued(_ index: Int) -> CivilDate { LargeConfiguration.issued.adding(days: index % 90) }

  private static func varied(_ limit: String, _ issued: CivilDate) -> String {
    let day = issued.adding(days: 2)
    return limit.replacingOccurrences(of: "15/5/2026", with: "\(day.day)/\(day.month)/\(day.year)")
      .replacingOccurrences(of: "tháng 5/2026", with: "tháng \(day.month)/\(day.year)")
  }

  private static func withEightUnits(_ directory: String) -> String {
    let more = units.sorted { $0.key < $1.key }.map { id, name in
      "  - {id: \(id), name: \(name), address: \(id)@camgiang.example, head: chu-tich}\n"
    }
    return directory.replacingOccurrences(of: "\nunits:\n", with: "\nunits:\n" + more.joined())
      .replacingOccurrences(of: "pvhcc, dvth]", with: "pvhcc, dvth, th, thcs, tyt]")
  }

  /// The same plans as values.
  static func office(_ plans: Int, example: String) throws -> Office {
    var office = try ConfigurationLoader.load(directory: example).office
    guard let first = office.plans.first else { return office }
    office.plans = (0..<plans).map { index in
      var plan = first
      plan.id = "\(index + 1)-KH-UBND"
      plan.issued = issued(index)
      plan.tasks = plan.tasks.map { task in
        var task = task
        task.limit = varied(task.limit, plan.issued)
          .replacingOccurrences(of: "quý III năm", with: "quý \(index % 2 == 0 ? "III" : "IV") năm")
        return task
      }
      return plan
    }
    return office
  }

  // MARK: The same rules for other tools

  /// One line a clause: for python-dateutil in `rules.tsv`, for remind in `country.rem`.
  private func writeRules(_ office: Office, to folder: String) throws {
    let horizon = Office.horizon(on: LargeConfiguration.issued)
    let parser = TimeLimitParser(calendar: office.calendar, regime: office.policy.regime)
    let clauses = office.plans.flatMap { plan in
      plan.tasks.flatMap { task in
        let limit = parser.parse(task.limit, issued: plan.issued, title: task.title, product: task.product ?? "")
        return limit.clauses.compactMap { Rule($0, issued: plan.issued, horizon: horizon) }
      }
    }
    try write(clauses.map(\.row).joined(separator: "\n") + "\n", to: "\(folder)/rules.tsv")
    try write(clauses.map(\.reminder).joined(separator: "\n") + "\n", to: "\(folder)/country.rem")
    print("  \(office.plans.count) plans, \(office.plans.flatMap(\.tasks).count) tasks, \(clauses.count) dated clauses")
  }
}

/// One clause of the first plan as other tools write it.
private struct Rule {
  /// Day, months, first and last day; a day of 31 is the month's last.
  let row: String
  let reminder: String

  private static let months = ["", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  init?(_ clause: LimitClause, issued: CivilDate, horizon: CivilDate) {
    let until = clause.until ?? horizon
    switch clause.timing {
    case .once(let due): self.init(once: due.nominal)
    case .repeating(let recurrence):
      guard case .monthDays(let days) = recurrence.pattern else { return nil }
      self.init("day", 31, days.map(\.month), recurrence.from, min(recurrence.until ?? horizon, horizon))
    case .reports(let months): self.init("report", 14, months.sorted(), clause.from ?? issued, until)
    case .continuous(let months, let from): self.init("check-in", 14, months.sorted(), from ?? issued, until)
    case .undated: return nil
    }
  }

  private init(once day: CivilDate) {
    row = "once\t\(day)"
    reminder = "REM \(day.day) \(Self.months[day.month]) \(day.year) MSG x"
  }

  private init(_ kind: String, _ day: Int, _ months: [Int], _ from: CivilDate, _ until: CivilDate) {
    row = "\(kind)\t\(day)\t\(months.map(String.init).joined(separator: ","))\t\(from)\t\(until)"
    let date = day == 31 ? "1 \(months.count == 12 ? "" : "Jan ")--1" : "\(day) \(Self.months[months.last ?? 12])"
    reminder = "REM \(date) UNTIL \(until.day) \(Self.months[until.month]) \(until.year) MSG x"
  }
}

/// Reads and expands the country's time limits in this process: what `check` does beside reading files and printing.
struct CountryExpansion {
  let plans: Int

  func run() async throws {
    let office = try Country.office(plans, example: "Config")
    let parser = TimeLimitParser(calendar: office.calendar, regime: office.policy.regime)
    let horizon = Office.horizon(on: LargeConfiguration.issued)
    let tasks = office.plans.flatMap { plan in plan.tasks.map { (plan.issued, $0) } }
    let limits = await measured("read \(tasks.count) time limits", count: tasks.count) {
      tasks.map { parser.parse($1.limit, issued: $0, title: $1.title, product: $1.product ?? "") }
    }
    let dates = await measured("  expand them to \(horizon)", count: limits.count) {
      limits.reduce(0) { $0 + self.dates(of: $1, office, to: horizon) }
    }
    let occurrences = await measured("  occurrences of every unit", count: limits.count) {
      office.plans.reduce(0) { $0 + self.occurrences(of: $1, in: office, horizon) }
    }
    print("  dates \(dates), occurrences \(occurrences)")
  }

  private func dates(of limit: TimeLimit, _ office: Office, to horizon: CivilDate) -> Int {
    let regime = office.policy.regime
    return limit.dueDates(from: .first, to: horizon, calendar: office.calendar, regime: regime).count
      + limit.checkIns(from: limit.issued, to: horizon, calendar: office.calendar, regime: regime).count
  }

  private func occurrences(of plan: Plan, in office: Office, _ horizon: CivilDate) -> Int {
    office.expandedTasks(of: plan, through: horizon).reduce(0) { $0 + $1.occurrences.count }
  }
}
