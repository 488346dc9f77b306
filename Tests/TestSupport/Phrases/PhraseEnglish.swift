import Deadlines

// English limits, parallel to the Vietnamese ones: “before D” leaves D out, “by” takes it in, “in” is a window.
extension PhraseGenerator {
  static let englishProductions: [(name: String, build: @Sendable (inout Self) -> BuiltClause)] = [
    ("English day", { $0.englishDay() }), ("English day", { $0.englishDay() }),
    ("English clock", { $0.englishClock() }), ("English period", { $0.englishPeriod() }),
    ("English period", { $0.englishPeriod() }), ("English days from to", { $0.englishRange() }),
    ("English count", { $0.englishCount() }), ("English cycle", { $0.englishCycle() }),
    ("English day of the month", { $0.englishDayOfMonth() }), ("English day of the year", { $0.englishDayOfYear() }),
    ("English day of the week", { $0.englishDayOfWeek() }), ("English report", { $0.englishReport() }),
    ("English continuous", { $0.englishContinuous() }),
  ]

  /// An English phrase of any production.
  public mutating func nextEnglish() -> BuiltPhrase {
    let (name, build) = pick(Self.englishProductions)
    var phrase = BuiltPhrase(name, [build(&self)], issued: issued, last: last)
    for _ in 0..<number(0...2) { phrase.words = pick(Self.englishRewritings)(phrase.words) }
    return phrase
  }

  private static let englishRewritings: [@Sendable (String) -> String] = [
    { $0.uppercased() }, { $0.lowercased() }, { $0.prefix(1).uppercased() + $0.dropFirst() }, { $0 + "." },
    { $0.replacing(" ", with: "  ") }, { $0.replacing(" ", with: "\u{A0}") }, { $0.replacing("-", with: "–") },
    { "\u{FEFF}" + $0 },
  ]

  static let englishMonths = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  static let englishWeekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

  private func ordinal(_ number: Int) -> String {
    let ending = (11...13).contains(number % 100) ? "th" : [1: "st", 2: "nd", 3: "rd"][number % 10] ?? "th"
    return "\(number)\(ending)"
  }

  private mutating func english(_ date: CivilDate) -> String {
    let (year, month, day) = date.yearMonthDay
    let name = Self.englishMonths[month - 1]
    return pick([
      "\(day) \(name) \(year)", "\(name) \(day), \(year)", "\(ordinal(day)) \(name) \(year)",
      "\(day) \(name.prefix(3)) \(year)",
      "the \(ordinal(day)) of \(name) \(year)", "\(name) \(ordinal(day)), \(year)", date.description,
    ])
  }

  // MARK: Once

  private mutating func englishVerb() -> String {
    pick(["", "", "Complete ", "Submit ", "To be completed ", "Complete the review ", "Submit the results "])
  }

  mutating func englishDay() -> BuiltClause {
    let day = laterDay()
    if chance(3) {
      let due = BuiltDue(day.adding(days: -1), grace: day)
      return BuiltClause(englishVerb() + "before " + english(day), [.deadline], [due])
    }
    let words = pick([
      "by ", "no later than ", "not later than ", "until ", "on or before ", "at the latest by ", "on ",
    ])
    return BuiltClause(englishVerb() + words + english(day), [.deadline], [BuiltDue(day)])
  }

  mutating func englishClock() -> BuiltClause {
    let day = laterDay()
    let hour = number(8...17)
    let time = TimeOfDay(hour: hour, minute: 0)
    let figure = pick(["\(hour):00", "\(hour < 13 ? hour : hour - 12) \(hour < 12 ? "am" : "pm")"])
    let date = english(day)
    let words = pick(["by \(figure) on \(date)", "before \(figure) on \(date)", "no later than \(figure) on \(date)"])
    return BuiltClause(englishVerb() + words, [.datetime], [BuiltDue(day, time: time)])
  }

  private mutating func english(_ period: BuiltPeriod) -> String {
    let year = period.year
    let month = Self.englishMonths[period.first.month - 1]
    let quarter = ["first", "second", "third", "fourth"][period.quarter - 1]
    switch period.unit {
    case .month: return pick(["\(month) \(year)", "\(month) \(year)", "\(month.prefix(3)) \(year)"])
    case .quarter:
      return pick(["Q\(period.quarter) \(year)", "Q\(period.quarter)/\(year)", "the \(quarter) quarter of \(year)"])
    case .half, .nineMonths: return "the \(period.isFirstHalf ? "first" : "second") half of \(year)"
    case .year: return "\(year)"
    }
  }

  mutating func englishPeriod() -> BuiltClause {
    let unit = pick([.month, .quarter, .half, .year] as [BuiltPeriod.Unit])
    let period = BuiltPeriod(unit, around: laterDay())
    let name = english(period)
    switch number(1...4) {
    case 1:
      let words = pick(["by the end of ", "until the end of ", "no later than the end of "])
      return BuiltClause(englishVerb() + words + name, [.deadline], [BuiltDue(period.last)])
    case 2:
      return BuiltClause(englishVerb() + "before " + name, [.deadline], [BuiltDue(period.first.adding(days: -1))])
    default:
      let due = BuiltDue(period.last)
      return BuiltClause(pick(["in ", "within ", "during "]) + name, [.window], [due])
    }
  }

  mutating func englishRange() -> BuiltClause {
    let first = issued.adding(days: number(0...400))
    let last = first.adding(days: number(1...80))
    let words = "from \(english(first)) \(pick(["to", "until"])) \(english(last))"
    return BuiltClause(words, [.window], [BuiltDue(last, windowStart: first)])
  }

  mutating func englishCount() -> BuiltClause {
    let unit = pick([.workingDays, .days, .weeks] as [CountedUnit])
    let count = number(2...20)
    let name = unit == .workingDays ? pick(["working days", "business days"]) : unit == .days ? "days" : "weeks"
    let date = issued.adding(days: number(1...90))
    let from = pick([
      CountedFrom(words: "of the date of issue", day: issued),
      CountedFrom(words: "from the date of issue", day: issued),
      CountedFrom(words: "after receipt of the complete file", day: issued, asks: true),
      CountedFrom(words: "after the meeting", day: issued, asks: true),
      CountedFrom(words: "after " + english(date), day: date), CountedFrom(words: "from " + english(date), day: date),
    ])
    let words = "\(pick(["within ", "no later than ", ""]))\(count) \(name) \(from.words)"
    let day =
      switch unit {
      case .workingDays: days.worked(count, after: from.day)
      case .days: from.day.adding(days: count)
      default: from.day.adding(days: 7 * count)
      }
    return BuiltClause(words, [unit.kind], [BuiltDue(day)], asks: from.asks)
  }

  // MARK: Again and again

  mutating func englishCycle() -> BuiltClause {
    let (words, dues): ([String], [BuiltDue]) = pick([
      (["every month", "monthly", "each month"], monthly(days: [31])),
      (["every quarter", "quarterly", "each quarter", "once a quarter"], monthly(days: [31], months: [3, 6, 9, 12])),
      (["half-yearly", "every six months", "twice a year", "every 6 months"], monthly(days: [31], months: [6, 12])),
      (["every year", "annually", "yearly", "each year", "once a year"], monthly(days: [31], months: [12])),
      (["every week", "weekly"], daily { $0.weekday == 5 }),
    ])
    return BuiltClause(pick(words), [.recurring], dues)
  }

  mutating func englishDayOfMonth() -> BuiltClause {
    let month = pick(["each month", "every month"])
    if chance(4) {
      let ends = (0...25).map { issued.firstOfMonth.adding(months: $0 + 1).adding(days: -1) }
      let worked = ends.map { BuiltDue(days.onOrBefore($0)) }.filter { issued <= $0.nominal && $0.nominal <= last }
      return BuiltClause(pick(["", "by ", "on "]) + "the last working day of " + month, [.recurring], worked)
    }
    let day = number(1...31)
    let date = "the \(ordinal(day))"
    if chance(3) {
      let dues = monthly(days: [day], isBefore: true)
      return BuiltClause("before \(date) of \(month)", [.recurring], dues)
    }
    let words = pick([
      "\(month) on \(date)", "by \(date) of \(month)", "on \(date) of \(month)", "the \(ordinal(day)) day of \(month)",
    ])
    return BuiltClause(words, [.recurring], monthly(days: [day]))
  }

  mutating func englishDayOfYear() -> BuiltClause {
    let month = number(1...12)
    let day = number(1...28)
    let name = Self.englishMonths[month - 1]
    let date = pick(["\(day) \(name)", "\(name) \(day)"])
    let dues = monthly(days: [day], months: [month])
    if chance(3) {
      let before = monthly(days: [day], months: [month], isBefore: true)
      return BuiltClause("before \(date) every year", [.recurring], before)
    }
    return BuiltClause(
      pick(["annually by \(date)", "by \(date) each year", "by \(date) every year"]),
      [.recurring],
      dues
    )
  }

  mutating func englishDayOfWeek() -> BuiltClause {
    let weekday = number(1...5)
    let name = Self.englishWeekdays[weekday - 1]
    let words = pick(["every \(name)", "each \(name)", "weekly on \(name)", "on \(name) every week"])
    return BuiltClause(words, [.recurring], daily { $0.weekday == weekday })
  }

  mutating func englishReport() -> BuiltClause {
    let (words, months): (String, Set<Int>) = pick([
      ("quarterly report", [3, 6, 9, 12]), ("monthly report", Set(1...12)), ("annual report", [12]),
      ("quarterly reports", [3, 6, 9, 12]), ("half-yearly report", [6, 12]),
    ])
    return BuiltClause(words, [.report], reports(closing: months))
  }

  mutating func englishContinuous() -> BuiltClause {
    var clause = BuiltClause(pick(["continuously", "on an ongoing basis", "regularly", "ongoing"]), [.continuous], [])
    clause.checkIns = checkIns()
    return clause
  }
}
