import Configuration
import Deadlines
import Foundation

/// What `check` says of an office's plans, one after the other.
///
/// The plans of a country have a million occurrences: those of a few plans are held at a time, worked out side by side
/// on every core, and what is said of them is written at once.
struct PlanChecks {
  let office: Office
  let today: CivilDate
  let events: EventDates

  /// Many enough to keep every core busy, few enough to stay small.
  private static let plansAtOnce = 64

  func printText(warnings: [Problem]) {
    let summary = each { [office] in
      CheckText.blocks($0, office: office)
    } write: {
      print($0, terminator: "")
    }
    print(summary.line(through: Office.horizon(on: today)))
    for problem in warnings + summary.problems(office) { printError(problem.description) }
  }

  /// In the form of `CheckReport`, a task a line, and the problems after them, since they are known last.
  func printJSON(warnings: [Problem]) throws {
    var separator = ""
    print(#"{"tasks" : ["#)
    let summary = try each { [office] tasks in
      Result { try tasks.map { try json(TaskLine($0, office: office), isOneLine: true) }.joined(separator: ",\n") }
    } write: { tasks in
      print(separator + (try tasks.get()), terminator: "")
      separator = ",\n"
    }
    let problems = warnings + summary.problems(office)
    print("\n],\n\"problems\" : \(try json(problems.map(ProblemLine.init)))}")
  }

  /// What all plans come to.
  func summary() -> CheckSummary {
    each { _ in
      ()
    } write: { _ in
    }
  }

  /// Makes words of each plan's tasks and writes them in the order of the plans.
  private func each<Words>(
    _ words: @escaping @Sendable ([ExpandedTask]) -> Words,
    write: (Words) throws -> Void
  ) rethrows -> CheckSummary {
    let horizon = Office.horizon(on: today)
    var whole = CheckSummary()
    for start in stride(from: 0, to: office.plans.count, by: Self.plansAtOnce) {
      let plans = Array(office.plans[start..<min(start + Self.plansAtOnce, office.plans.count)])
      let checked = sideBySide(plans) { [office, today, events] plan in
        let tasks = office.expandedTasks(of: plan, through: horizon, events: events)
        return (words: words(tasks), summary: CheckSummary(tasks, office: office, today: today))
      }
      for plan in checked {
        try write(plan.words)
        whole.add(plan.summary)
      }
    }
    return whole
  }
}

/// What plans come to.
struct CheckSummary: Sendable {
  private var tasks = 0
  private var dated = 0
  private var doubtful = 0
  /// Tasks with a date before which nobody is reminded.
  private(set) var unreminded: [Problem] = []
  /// The years of all dates.
  private var years: Set<Int> = []

  init() {}

  init(_ expanded: [ExpandedTask], office: Office, today: CivilDate) {
    tasks = expanded.count
    dated = expanded.count { $0.occurrences.contains(where: \.isDated) }
    doubtful = expanded.count { !$0.doubts.isEmpty }
    unreminded = Coverage.unremindedProblems(expanded, office: office, today: today)
    years = Coverage.years(of: expanded)
  }

  mutating func add(_ other: CheckSummary) {
    tasks += other.tasks
    dated += other.dated
    doubtful += other.doubtful
    unreminded += other.unreminded
    years.formUnion(other.years)
  }

  func line(through horizon: CivilDate) -> String {
    "\(tasks) tasks, \(dated) with dates, \(tasks - dated) without; \(doubtful) to confirm; occurrences to \(horizon)"
  }

  /// What the configuration's own mistakes do not show.
  func problems(_ office: Office) -> [Problem] { unreminded + Coverage.provisionalProblems(years, office: office) }
}
