// Clauses that fall due again and again.
extension Resolver {
  /// The segment as a recurrence or a report, or nil when nothing in it recurs.
  mutating func recurring(_ segment: Segment) -> [LimitClause]? {
    for item in segment.items {
      if case .weekdays(let bound, let days, let time) = item.content { return weekdays(bound, days, time, segment) }
      if let lunar = lunarMonthly(item, segment) { return [lunar] }
      if let days = MonthDays(item) { return self.days(withOtherDays(days, in: segment), segment) }
    }
    guard !segment.cycles.isEmpty else { return nil }
    if let yearly = yearly(segment) { return yearly }
    // Beside “hằng năm” a period of one year is the first of its windows (rule R8).
    if isBesideCycle(segment), segment.cycles != [.year] { return dayThenCycle(segment) }
    return windowThenYearly(segment) ?? reportOfOneDate(segment) ?? dayThenCycle(segment) ?? cycleThenDay(segment)
      ?? periodThenCycle(segment) ?? periodic(segment)
  }

  /// “Rằm hằng tháng”: of every lunar month.
  private mutating func lunarMonthly(_ item: Item, _ segment: Segment) -> LimitClause? {
    guard segment.cycles == [.month], case .limit(let bound, .one(let period), let time) = item.content,
      case .lunarDay(let day, nil, _) = period.unit
    else { return nil }
    var recurrence = Recurrence(pattern: .lunarMonthDays([day]), cycle: .month, from: issued, time: time)
    recurrence.isBefore = bound == .before && time == nil
    return repeating(recurrence, segment, rule: "R7")
  }

  mutating func repeating(_ recurrence: Recurrence, _ segment: Segment, rule: String) -> LimitClause {
    var recurrence = recurrence
    let (from, until) = anchoredBounds(segment)
    if let from { recurrence.from = max(recurrence.from, from) }
    recurrence.until = until
    askWhetherOver(recurrence)
    let words = text.excerpt(segment.tokens)
    return LimitClause(kind: .recurring, timing: .repeating(recurrence), rule: rule, words: words)
  }

  /// Something that comes again and does so once at most was hardly meant so.
  private mutating func askWhetherOver(_ recurrence: Recurrence) {
    guard let until = recurrence.until else { return }
    let last = min(until, recurrence.from.adding(months: 24))
    guard recurrence.occurrences(from: recurrence.from, to: last, calendar: calendar).count < 2 else { return }
    ask("lặp lại nhưng trong khoảng đó chỉ còn một lần hoặc không còn", "it recurs, yet at most once in that stretch")
  }

  /// Bounds from limits that name a year or a start; a yearly date is no bound.
  private mutating func anchoredBounds(_ segment: Segment) -> (from: CivilDate?, until: CivilDate?) {
    var bounding = segment
    bounding.items = segment.items.filter { item in
      guard case .limit(let bound, let span, _) = item.content else { return false }
      return bound.isStart || !isYearless(span)
        || (!isDay(span) && segment.cycles.allSatisfy { $0 != .year })
    }
    return bounds(of: bounding)
  }

  // MARK: Period ends and reports

  /// A periodic word: a report when words, title or product say so, else the ends of the periods (rule R7).
  mutating func periodic(_ segment: Segment) -> [LimitClause] {
    let short = segment.cycles.filter { closingMonths([$0]).isEmpty }
    guard !short.isEmpty, short.count < segment.cycles.count else { return [onePeriodic(segment)] }
    // “hằng tuần, tháng, quý”: no month's end stands for a week's.
    ask("nhiều chu kỳ: đọc là các thời hạn riêng", "several cycles: read as limits of their own")
    return [short, segment.cycles.filter { !closingMonths([$0]).isEmpty }].map { cycles in
      var part = segment
      part.items =
        segment.items.filter { !$0.isCycle } + [Item(content: .cycles(cycles, isReport: false), tokens: segment.tokens)]
      return onePeriodic(part)
    }
  }

  private mutating func onePeriodic(_ segment: Segment) -> LimitClause {
    for case .everyMonths(let count) in segment.cycles { askAbout(every: count) }
    let isReport = segment.saysReport(tokens) || taskIsReport()
    if isReport && !closingMonths(segment.cycles).isEmpty { return report(segment) }
    return repeating(periodEnds(segment.cycles), segment, rule: "R7")
  }

  private mutating func askAbout(every count: Int) {
    let fromIssue = issued.adding(months: count)
    ask(
      "“\(count) tháng/lần”: theo quý, năm dương lịch; nếu tính từ ngày ban hành thì lần đầu là \(officeDate(fromIssue))",
      "every \(count) months: by the calendar; counted from the issue date the first would be \(fromIssue)",
      others: [
        OtherReading(
          meaning: "tính từ ngày ban hành / counted from the issue date",
          nominal: (1...4).map { issued.adding(months: $0 * count) }
        )
      ]
    )
  }

  mutating func report(_ segment: Segment) -> LimitClause {
    if segment.cycles.contains(.week) || segment.cycles.contains(.day) {
      ask(
        "báo cáo tuần, ngày không có trong chế độ báo cáo",
        "weekly and daily reports are outside the reporting regime"
      )
    }
    let (from, until) = anchoredBounds(segment)
    return LimitClause(
      kind: .report,
      timing: .reports(closingMonths: closingMonths(segment.cycles)),
      rule: "R5",
      words: text.excerpt(segment.tokens),
      from: from,
      until: until
    )
  }

  /// One report absorbs the shorter period that closes with it, so a list is one set of months (rule R5).
  func closingMonths(_ cycles: [Cycle]) -> Set<Int> {
    var months: Set<Int> = []
    for cycle in cycles { months.formUnion(Self.closingMonths(cycle)) }
    return months
  }

  static func closingMonths(_ cycle: Cycle) -> Set<Int> {
    switch cycle {
    case .day, .week, .everyWeeks, .everyDays, .everyYears: []
    case .month: Set(1...12)
    case .quarter: [3, 6, 9, 12]
    case .halfYear: [6, 12]
    case .nineMonths: [9]
    case .year: [12]
    case .everyMonths(let count): 12 % count == 0 ? Set(stride(from: count, through: 12, by: count)) : []
    case .namedQuarter(let quarter): [quarter * 3]
    }
  }

  private mutating func periodEnds(_ cycles: [Cycle]) -> Recurrence {
    let months = closingMonths(cycles)
    if months.isEmpty { return shortCycle(cycles) }
    let days = months.sorted().map { Recurrence.MonthDay(month: $0, day: 31) }
    return Recurrence(pattern: .monthDays(days), cycle: Self.cycle(closing: months), from: issued)
  }

  static func cycle(closing months: Set<Int>) -> Recurrence.Cycle {
    switch months {
    case [12]: .year
    case [6, 12]: .halfYear
    case let months where months.isSubset(of: [3, 6, 9, 12]): .quarter
    default: .month
    }
  }

  private mutating func shortCycle(_ cycles: [Cycle]) -> Recurrence {
    switch cycles.first {
    case .day:
      tell("hằng ngày: các ngày làm việc", "daily: on working days")
      return Recurrence(pattern: .workingDays, cycle: .day, from: issued)
    case .everyWeeks(let count):
      ask("tính từ ngày ban hành", "counted from the issue date")
      return Recurrence(pattern: .everyDays(7 * count), cycle: .week, from: issued)
    case .everyDays(let count):
      ask("tính từ ngày ban hành", "counted from the issue date")
      return Recurrence(pattern: .everyDays(count), cycle: .day, from: issued)
    case .everyYears(let count):
      ask(
        "\(count) năm một lần: đọc là cuối năm, lần đầu năm \(issued.year + count)",
        "every \(count) years: read as year ends, first in \(issued.year + count)"
      )
      return Recurrence(pattern: .everyYears(count), cycle: .year, from: issued)
    case .week:
      tell("hằng tuần: ngày làm việc cuối tuần", "weekly: on the day that ends the working week")
      return Recurrence(pattern: .weekdays([calendar.lastWorkday]), cycle: .week, from: issued)
    default:
      ask("chu kỳ chưa rõ", "the cycle is not clear")
      return Recurrence(pattern: .periods([]), cycle: .month, from: issued)
    }
  }
}
