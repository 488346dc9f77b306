public import Deadlines

/// Builds time limits from the parts of the grammar, each with the answer its structure gives.
///
/// The answers come from the rules (R1–R11) by counting days and months one by one; nothing of the reader is used.
public struct PhraseGenerator: Sendable {
  public let issued: CivilDate
  /// Two years of due dates are enough for every cycle to come again.
  public let last: CivilDate
  let days: CountedDays
  var random: Seeded

  public init(issued: CivilDate, calendar: WorkingCalendar, seed: UInt64) {
    self.issued = issued
    self.last = issued.adding(months: 24)
    self.days = CountedDays(calendar: calendar)
    self.random = Seeded(seed)
  }

  /// A phrase of any production, in any of the spellings that must be read alike.
  public mutating func next() -> BuiltPhrase {
    var phrase = number(1...6) == 1 ? compound() : single()
    phrase.words = respelled(phrase.words)
    return phrase
  }

  private mutating func single() -> BuiltPhrase {
    let (name, build) = pick(Self.productions)
    return BuiltPhrase(name, [build(&self)], issued: issued, last: last)
  }

  private static let productions: [(name: String, build: @Sendable (inout Self) -> BuiltClause)] = [
    ("day", { $0.day() }), ("day", { $0.day() }), ("day without a year", { $0.dayWithoutYear() }),
    ("clock", { $0.clock() }), ("impossible day", { $0.impossibleDay() }),
    ("period", { $0.period() }), ("period", { $0.period() }), ("period without a year", { $0.periodWithoutYear() }),
    ("part of a period", { $0.part() }), ("this or next period", { $0.relativePeriod() }),
    ("days from to", { $0.dayRange() }), ("periods from to", { $0.periodRange() }), ("list", { $0.list() }),
    ("week", { $0.week() }),
    ("count", { $0.count() }), ("count", { $0.count() }), ("count back", { $0.countBack() }),
    ("day of the month", { $0.dayOfMonth() }), ("day of the quarter", { $0.dayOfQuarter() }),
    ("day of the year", { $0.dayOfYear() }), ("day of the week", { $0.dayOfWeek() }),
    ("cycle", { $0.cycle() }), ("bounded cycle", { $0.boundedCycle() }), ("report", { $0.report() }),
    ("window, then yearly", { $0.windowThenYearly() }),
    ("continuous", { $0.continuous() }), ("open", { $0.open() }),
  ]

  // MARK: Compound limits (rule R8)

  private mutating func compound() -> BuiltPhrase {
    if number(1...3) == 1 { return withReport() }
    var clauses = [part(of: pick(Self.firstParts))]
    repeat {
      clauses.append(part(of: pick(Self.laterParts)))
    } while number(1...4) == 1 && clauses.count < 4
    return BuiltPhrase("compound", clauses, separator: pick(["; ", "; ", " ; ", ";"]), issued: issued, last: last)
  }

  private mutating func part(of build: (inout Self) -> BuiltClause) -> BuiltClause { build(&self) }

  /// “…, báo cáo kết quả trước ngày …”.
  private mutating func withReport() -> BuiltPhrase {
    let work = pick([period(), dayRange(), day(), continuous()])
    var report = day(verbs: [""])
    report.words = pick(["", "kết quả ", "về UBND xã ", "kết quả thực hiện "]) + report.words
    return BuiltPhrase(
      "compound with a report",
      [work, report],
      separator: pick([", báo cáo ", "; báo cáo "]),
      issued: issued,
      last: last
    )
  }

  private static let firstParts: [@Sendable (inout Self) -> BuiltClause] = [
    { $0.day() }, { $0.period() }, { $0.clock() }, { $0.dayRange() }, { $0.count() }, { $0.dayOfMonth() },
    { $0.continuous() }, { $0.report() },
  ]

  private static let laterParts: [@Sendable (inout Self) -> BuiltClause] = [
    { $0.day() }, { $0.period() }, { $0.clock() }, { $0.periodRange() }, { $0.dayOfYear() }, { $0.continuous() },
  ]

  // MARK: Drawing

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func chance(_ outOf: Int) -> Bool { number(1...outOf) == 1 }

  /// The list is never empty.
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(0...elements.count - 1)] }

  /// A day up to a year and a half after the issue.
  mutating func laterDay() -> CivilDate { issued.adding(days: number(0...550)) }

  // MARK: Days of a recurrence

  /// Every such day of those months from the issue on; a month without the day gives its last one (rule R10).
  func monthly(
    days wanted: [Int],
    months: Set<Int> = Set(1...12),
    isBefore: Bool = false,
    time: TimeOfDay? = nil,
    from: CivilDate? = nil,
    until: CivilDate? = nil
  ) -> [BuiltDue] {
    let (start, end) = (max(from ?? issued, issued), min(until ?? last, last))
    var anchors: Set<CivilDate> = []
    for year in start.year...last.year + 1 {
      for month in months {
        for day in wanted {
          if let anchor = Self.clamped(year, month, day) { anchors.insert(anchor) }
        }
      }
    }
    return anchors.map { BuiltDue(isBefore ? $0.adding(days: -1) : $0, time: time, grace: isBefore ? $0 : nil) }
      .filter { start <= $0.nominal && $0.nominal <= end }.sorted(by: BuiltPhrase.isBefore)
  }

  private static func clamped(_ year: Int, _ month: Int, _ day: Int) -> CivilDate? {
    (28...31).reversed().first { CivilDate(year: year, month: month, day: $0) != nil }
      .flatMap { CivilDate(year: year, month: month, day: min(day, $0)) }
  }

  /// Every day from the issue to the end of the two years that is wanted.
  func daily(
    from: CivilDate? = nil,
    until: CivilDate? = nil,
    time: TimeOfDay? = nil,
    where isWanted: (CivilDate) -> Bool
  ) -> [BuiltDue] {
    let (start, end) = (max(from ?? issued, issued), min(until ?? last, last))
    guard start <= end else { return [] }
    return (0...end.days(since: start)).map { start.adding(days: $0) }.filter(isWanted).map { BuiltDue($0, time: time) }
  }

  /// The reports that close in those months, from the issue on (rule R5).
  func reports(closing months: Set<Int>) -> [BuiltDue] {
    (issued.year...last.year).flatMap { year in
      months.sorted().compactMap { days.report(year: year, month: $0) }
    }.filter { issued <= $0 && $0 <= last }.map { BuiltDue($0) }
  }

  /// The days on which continuous work is asked about (rule R6).
  func checkIns(_ months: [Int] = [3, 6, 9, 12], from: CivilDate? = nil, until: CivilDate? = nil) -> [CivilDate] {
    let (start, end) = (max(from ?? issued, issued), min(until ?? last, last))
    return (issued.year...last.year).flatMap { year in
      months.compactMap { CivilDate(year: year, month: $0, day: 14) }.map(days.onOrBefore)
    }.filter { start <= $0 && $0 <= end }
  }
}
