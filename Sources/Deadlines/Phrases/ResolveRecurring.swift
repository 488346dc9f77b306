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
    return yearly(segment) ?? besideCycle(segment) ?? windowThenYearly(segment) ?? reportOfOneDate(segment)
      ?? dayThenCycle(segment)
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

  private mutating func repeating(_ recurrence: Recurrence, _ segment: Segment, rule: String) -> LimitClause {
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
      return [.from, .notBefore, .after].contains(bound) || !isYearless(span)
        || (!isDay(span) && segment.cycles.allSatisfy { $0 != .year })
    }
    return bounds(of: bounding)
  }

  // MARK: Period ends and reports

  /// A periodic word: a report when words, title or product say so, else the ends of the periods (rule R7).
  private mutating func periodic(_ segment: Segment) -> [LimitClause] {
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
  private func closingMonths(_ cycles: [Cycle]) -> Set<Int> {
    var months: Set<Int> = []
    for cycle in cycles { months.formUnion(Self.closingMonths(cycle)) }
    return months
  }

  private static func closingMonths(_ cycle: Cycle) -> Set<Int> {
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

  private static func cycle(closing months: Set<Int>) -> Recurrence.Cycle {
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

  // MARK: A date of every year

  /// “Trước ngày 20 tháng 12 hằng năm”, “Quý I hằng năm”, “báo cáo 6 tháng trước ngày 05/6”.
  private mutating func yearly(_ segment: Segment) -> [LimitClause]? {
    for item in segment.items {
      guard case .limit(let bound, let span, let time) = item.content, ![.from, .notBefore, .after].contains(bound),
        isYearless(span), segment.cycles.contains(.year) || isDay(span)
      else { continue }
      if let lunar = lunarDays(span) {
        var recurrence = Recurrence(pattern: .lunarDays(lunar), cycle: .year, from: issued, time: time)
        recurrence.isBefore = bound == .before && time == nil
        return [repeating(recurrence, segment, rule: "R7")]
      }
      guard let days = yearDays(span, bound) else {
        return [limit(bound, span, time: time, item, words: text.excerpt(segment.tokens))]
      }
      if !segment.cycles.contains(.year) { ask("ngày này lặp lại hằng năm?", "does this date come every year?") }
      var recurrence = Recurrence(pattern: .monthDays(days), cycle: .year, from: issued, time: time)
      recurrence.isBefore = bound == .before && isDay(span) && time == nil
      return [repeating(recurrence, segment, rule: "R7")]
    }
    return nil
  }

  private func isYearless(_ span: CalendarSpan) -> Bool {
    periods(of: span).allSatisfy { period in
      switch period.unit {
      case .lunarDay(_, .some, false), .feast: period.year == nil
      case .day(_, .some), .months: period.year == nil && period.unit != CalendarPeriod.impossible.unit
      case .year: period.year == nil && period.part != nil
      default: false
      }
    }
  }

  private func isDay(_ span: CalendarSpan) -> Bool { periods(of: span).allSatisfy(\.isDay) }

  private func periods(of span: CalendarSpan) -> [CalendarPeriod] {
    switch span {
    case .one(let period): [period]
    case .list(let periods, _): periods
    case .range(_, let to): [to]
    }
  }

  private func yearDays(_ span: CalendarSpan, _ bound: Bound) -> [Recurrence.MonthDay]? {
    let days = periods(of: span).map { Self.yearDay($0, bound) }
    let found = days.compactMap { $0 }
    return found.count == days.count ? found : nil
  }

  /// Nil unless every one of the days is of the lunar calendar.
  private func lunarDays(_ span: CalendarSpan) -> [Recurrence.MonthDay]? {
    let days = periods(of: span).map { period -> Recurrence.MonthDay? in
      switch period.unit {
      case .lunarDay(let day, let month?, false): Recurrence.MonthDay(month: month, day: day)
      case .feast(let feast) where feast.day.isLunar: Recurrence.MonthDay(month: feast.day.month, day: feast.day.day)
      default: nil
      }
    }
    let found = days.compactMap { $0 }
    return found.count == days.count ? found : nil
  }

  private static func yearDay(_ period: CalendarPeriod, _ bound: Bound) -> Recurrence.MonthDay? {
    switch period.unit {
    case .feast(let feast) where !feast.day.isLunar:
      return Recurrence.MonthDay(month: feast.day.month, day: feast.day.day)
    case .day(let day, let month?):
      // 2028 is a leap year: 29 February is a date of some years.
      guard CivilDate(year: 2028, month: month, day: day) != nil else { return nil }
      return Recurrence.MonthDay(month: month, day: day)
    case .months(let months): return yearDay(months, period.part, bound)
    case .year: return yearDay(of: period.part, bound)
    default: return nil
    }
  }

  /// “cuối năm”, “giữa năm” of every year.
  private static func yearDay(of part: CalendarPeriod.Part?, _ bound: Bound) -> Recurrence.MonthDay? {
    guard bound != .before else { return nil }
    switch part {
    case .first: return Recurrence.MonthDay(month: 1, day: 1)
    case .middle: return Recurrence.MonthDay(month: 6, day: 30)
    case .last, .lastDay: return Recurrence.MonthDay(month: 12, day: 31)
    default: return nil
    }
  }

  private static func yearDay(
    _ months: ClosedRange<Int>,
    _ part: CalendarPeriod.Part?,
    _ bound: Bound
  ) -> Recurrence.MonthDay? {
    if bound == .before {
      return Recurrence.MonthDay(month: months.lowerBound == 1 ? 12 : months.lowerBound - 1, day: 31)
    }
    switch part {
    case .first: return Recurrence.MonthDay(month: months.lowerBound, day: 1)
    case .middle, .firstHalf: return months.count == 1 ? Recurrence.MonthDay(month: months.lowerBound, day: 15) : nil
    default: return Recurrence.MonthDay(month: months.upperBound, day: 31)
    }
  }

  /// “Quý III/2026, hằng quý”: the window first, then every quarter after it.
  private mutating func periodThenCycle(_ segment: Segment) -> [LimitClause]? {
    guard let first = segment.items.first, !first.isBounded, first.isPeriod, segment.cycles.count == 1,
      case .limit(let bound, .one(let period), let time) = first.content, period.year != nil, !period.isUnnumbered,
      case .months(let months) = period.unit, [.month: 1, .quarter: 3, .halfYear: 6][segment.cycles[0]] == months.count
    else { return nil }
    let window = limit(bound, .one(period), time: time, first, words: text.excerpt(first.tokens))
    guard case .once(let due) = window.timing else { return [window] }
    return [window] + periodic(withoutFirst(segment)).map { startingAfter(due.nominal, $0) }
  }

  private func withoutFirst(_ segment: Segment) -> Segment {
    let start = segment.items[0].tokens.upperBound
    return Segment(items: Array(segment.items.dropFirst()), tokens: start..<segment.tokens.upperBound)
  }

  /// “Năm 2026, hằng năm”: the window first, then every year after it (rule R8).
  private mutating func windowThenYearly(_ segment: Segment) -> [LimitClause]? {
    guard segment.cycles == [.year], let first = segment.items.first(where: \.isDated),
      case .limit(let bound, let span, let time) = first.content, ![.from, .notBefore, .after].contains(bound)
    else { return nil }
    if isDay(span) { ask("ngày có năm nhưng lặp lại hằng năm", "a date with its year, yet yearly") }
    let window = limit(bound, span, time: time, first, words: text.excerpt(first.tokens))
    guard case .once(let due) = window.timing else { return [window] }
    let cycleWords = segment.items.first { if case .cycles = $0.content { true } else { false } }
    let (month, day) = (due.nominal.month, due.nominal == due.nominal.lastOfMonth ? 31 : due.nominal.day)
    let recurrence = Recurrence(
      pattern: .monthDays([Recurrence.MonthDay(month: month, day: day)]),
      cycle: .year,
      from: max(due.nominal, issued).adding(days: 1)
    )
    let words = text.excerpt(cycleWords?.tokens ?? segment.tokens)
    return [window, LimitClause(kind: .recurring, timing: .repeating(recurrence), rule: "R8", words: words)]
  }

  private mutating func besideCycle(_ segment: Segment) -> [LimitClause]? {
    isBesideCycle(segment) && segment.cycles != [.year] ? dayThenCycle(segment) : nil
  }

  /// “30/6/2026, sau đó hằng quý”: the day by itself, then the cycle.
  private mutating func dayThenCycle(_ segment: Segment) -> [LimitClause]? {
    guard let first = segment.items.first, first.isDayWithYear || isBesideCycle(segment), !first.isCycle,
      !first.isBounded || isBesideCycle(segment), case .limit(let bound, let span, let time) = first.content
    else { return cycleThenDay(segment) }
    let day = limit(bound, span, time: time, first, words: text.excerpt(first.tokens))
    guard case .once(let due) = day.timing else { return [day] }
    let rest = withoutFirst(segment)
    ask("ngày đầu rồi lặp lại: đọc là hai thời hạn", "a first day, then a cycle: read as two limits")
    return [day] + periodic(rest).map { startingAfter(due.nominal, $0) }
  }

  /// “Tháng 6/2026 và hằng quý”: “và” joins two limits, where a comma may bound the one by the other.
  private func isBesideCycle(_ segment: Segment) -> Bool {
    segment.items.count == 2 && segment.items[1].isCycle && segment.items[1].isAnother && segment.items[0].hasYear
  }

  /// “hằng tháng và 30/6/2026”.
  private mutating func cycleThenDay(_ segment: Segment) -> [LimitClause]? {
    guard segment.items.count == 2, segment.items[0].isCycle, segment.items[1].isAnother, segment.items[1].hasYear,
      case .limit(let bound, let span, let time) = segment.items[1].content
    else { return nil }
    let day = limit(bound, span, time: time, segment.items[1], words: text.excerpt(segment.items[1].tokens))
    let start = segment.tokens.lowerBound
    let cycle = Segment(items: [segment.items[0]], tokens: start..<segment.items[0].tokens.upperBound)
    ask("“và”: đọc là hai thời hạn", "“and”: read as two limits")
    return periodic(cycle) + [day]
  }

  private func startingAfter(_ day: CivilDate, _ clause: LimitClause) -> LimitClause {
    guard case .repeating(var recurrence) = clause.timing else { return clause }
    recurrence.from = max(recurrence.from, day.adding(days: 1))
    return LimitClause(
      kind: clause.kind,
      timing: .repeating(recurrence),
      rule: clause.rule,
      words: clause.excerpt,
      from: clause.from,
      until: clause.until
    )
  }

  /// “Báo cáo quý gửi trước ngày 15/9/2026”: one date, whatever the report is called.
  private mutating func reportOfOneDate(_ segment: Segment) -> [LimitClause]? {
    for item in segment.items {
      guard case .limit(let bound, let span, let time) = item.content,
        bound == .before || (bound == .by && segment.saysReport(tokens)),
        isDay(span)
      else { continue }
      ask("công việc lặp lại nhưng chỉ ghi một ngày", "it recurs but there is one date only")
      return [limit(bound, span, time: time, item, words: text.excerpt(segment.tokens))]
    }
    return nil
  }

  // MARK: Days of a month

  private struct MonthDays {
    let bound: Bound
    var days: DaysOfMonth
    var base: MonthBase?
    let time: TimeOfDay?

    init?(_ item: Item) {
      guard case .daysOfMonth(let bound, let days, let base, let time) = item.content else { return nil }
      (self.bound, self.days, self.base, self.time) = (bound, days, base, time)
    }

    /// The days by number.
    var numbers: [Int] {
      if case .days(let days) = days { days } else { [] }
    }
  }

  /// “ngày 15 và ngày cuối tháng”: days written one by one come together.
  private mutating func withOtherDays(_ first: MonthDays, in segment: Segment) -> MonthDays {
    let all = segment.items.prefix(31).compactMap { MonthDays($0) }
    guard all.count > 1 else { return first }
    ask("nhiều ngày trong tháng: đọc là cùng một việc", "several days of a month: read as one task")
    var together = first
    together.days = .days(Array(Set(all.flatMap(\.numbers))).sorted())
    together.base = all.lazy.compactMap(\.base).first
    return together
  }

  private mutating func days(_ days: MonthDays, _ segment: Segment) -> [LimitClause] {
    let words = text.excerpt(segment.tokens)
    askAboutMissingDays(days)
    guard days.numbers.allSatisfy({ (1...31).contains($0) }) else {
      ask("không có ngày này trong tháng", "no month has such a day")
      return [LimitClause(kind: .invalid, timing: .undated, rule: "R10", words: words)]
    }
    guard let place = place(of: days, segment) else { return days.numbers.map { nextDay($0, days, words) } }
    var recurrence = Recurrence(
      pattern: Self.pattern(days.days, place.months),
      cycle: place.cycle,
      lag: place.lag,
      from: issued,
      time: days.time
    )
    recurrence.isBefore = days.bound == .before && days.time == nil
    return [repeating(recurrence, segment, rule: "R7")]
  }

  /// “ngày 31 của các tháng 4, 6”: a day that none of the named months has was hardly meant (rule R10).
  private mutating func askAboutMissingDays(_ days: MonthDays) {
    guard case .months(let months) = days.base, let last = days.numbers.max(), days.numbers != [31] || months != [12],
      months.contains(where: { (1...12).contains($0) && CivilDate.daysIn(month: $0, year: 2028) < last })
    else { return }
    ask("có tháng không có ngày \(last): đọc là ngày cuối tháng", "a month without a day \(last): read as its last day")
  }

  private static func pattern(_ days: DaysOfMonth, _ months: [Int]) -> Recurrence.Pattern {
    switch days {
    case .days(let days):
      .monthDays(months.flatMap { month in days.map { Recurrence.MonthDay(month: month, day: $0) } })
    case .workingDay(let ordinal): .workingDay(ordinal, months: months)
    case .weekday(let weekday, let ordinal): .weekday(weekday, ordinal: ordinal, months: months)
    }
  }

  private struct Place {
    let months: [Int]
    let cycle: Recurrence.Cycle
    var lag = 0
  }

  private mutating func place(of days: MonthDays, _ segment: Segment) -> Place? {
    switch days.base {
    case .everyMonth:
      askWhetherEveryMonth(segment)
      return Place(months: Array(1...12), cycle: .month)
    case .nextMonth: return isReportPeriodSaid(segment) ? Place(months: Array(1...12), cycle: .month, lag: 1) : nil
    case .monthAfterEach: return Place(months: Array(1...12), cycle: .month, lag: 1)
    case .lastOfQuarter: return Place(months: [3, 6, 9, 12], cycle: .quarter)
    case .firstOfQuarter: return Place(months: [1, 4, 7, 10], cycle: .quarter)
    case .middleOfQuarter: return Place(months: [2, 5, 8, 11], cycle: .quarter)
    case .firstOfNextQuarter: return Place(months: [1, 4, 7, 10], cycle: .quarter, lag: 1)
    case .months(let months): return Place(months: months, cycle: .year)
    case .nextYear, nil: return place(cycles: segment.cycles)
    }
  }

  /// “ngày cuối tháng”: without “hằng” it may be this month's.
  private mutating func askWhetherEveryMonth(_ segment: Segment) {
    let saying: Set<Term> = [.every, .periodic, .report, .reportMonth, .reportQuarter, .reportPeriod]
    let isSaid = tokens[segment.tokens].contains {
      if case .term(let term) = $0.kind { saying.contains(term) } else { false }
    }
    if !isSaid { ask("hằng tháng hay chỉ tháng này?", "every month, or this month only?") }
  }

  private func isReportPeriodSaid(_ segment: Segment) -> Bool {
    let saying: Set<Term> = [.reportPeriod, .reportMonth, .reportQuarter, .report, .periodic, .next]
    return !segment.cycles.isEmpty
      || tokens[segment.tokens].contains { if case .term(let term) = $0.kind { saying.contains(term) } else { false } }
  }

  /// “hằng tháng, trước ngày 25”; with a longer cycle it is not said in which month.
  private mutating func place(cycles: [Cycle]) -> Place? {
    if cycles.contains(.month) { return Place(months: Array(1...12), cycle: .month) }
    let months = closingMonths(cycles)
    guard !months.isEmpty else { return nil }
    ask("ngày này thuộc tháng nào của kỳ? đọc là tháng cuối kỳ", "in which month of the period? read as its last")
    return Place(months: months.sorted(), cycle: Self.cycle(closing: months))
  }

  /// A day without any month: the next one.
  private mutating func nextDay(_ wanted: Int, _ days: MonthDays, _ words: Excerpt) -> LimitClause {
    ask("ngày không ghi tháng: lấy ngày gần nhất", "a day without a month: the next one is taken")
    let start = days.base == .nextMonth ? issued.adding(months: 1).firstOfMonth : issued
    let next = (0...62).map { start.adding(days: $0) }.first { $0.day == wanted } ?? issued
    let isBefore = days.bound == .before && days.time == nil
    let due = LimitClause.Due(
      nominal: isBefore ? next.adding(days: -1) : next,
      time: days.time,
      graceUntil: isBefore ? next : nil
    )
    let kind: LimitKind = days.time == nil ? .deadline : .datetime
    return LimitClause(kind: kind, timing: .once(due), rule: "R9", words: words)
  }

  // MARK: Weekdays

  private mutating func weekdays(_ bound: Bound, _ days: [Int], _ time: TimeOfDay?, _ segment: Segment) -> [LimitClause]
  {
    let words = text.excerpt(segment.tokens)
    for case .everyWeeks(let count) in segment.cycles { return [everyWeeks(count, days, time, segment)] }
    if segment.cycles.contains(.week) || isAfterEvery(segment) {
      var recurrence = Recurrence(pattern: .weekdays(Set(days)), cycle: .week, from: issued, time: time)
      recurrence.isBefore = bound == .before && time == nil
      return [repeating(recurrence, segment, rule: "R7")]
    }
    ask("ngày trong tuần không ghi tuần nào: lấy ngày gần nhất", "a weekday without its week: the next one is taken")
    guard segment.cycles.isEmpty else {
      return [LimitClause(kind: .recurring, timing: .undated, rule: "R13", words: words)]
    }
    return days.map { day in
      let next = (0...6).map { issued.adding(days: $0) }.first { $0.weekday == day } ?? issued
      let isBefore = bound == .before && time == nil
      let due = LimitClause.Due(
        nominal: isBefore ? next.adding(days: -1) : next,
        time: time,
        graceUntil: isBefore ? next : nil
      )
      return LimitClause(kind: time == nil ? .deadline : .datetime, timing: .once(due), rule: "R9", words: words)
    }
  }

  /// “hai tuần một lần vào thứ Sáu”: from the first such day on.
  private mutating func everyWeeks(_ count: Int, _ days: [Int], _ time: TimeOfDay?, _ segment: Segment) -> LimitClause {
    ask("tính từ ngày ban hành", "counted from the issue date")
    let first = (0...6).map { issued.adding(days: $0) }.first { days.contains($0.weekday) } ?? issued
    let start = first.adding(days: -7 * count)
    let recurrence = Recurrence(pattern: .everyDays(7 * count), cycle: .week, from: start, time: time)
    return repeating(recurrence, segment, rule: "R7")
  }

  /// “mỗi thứ Sáu”.
  private func isAfterEvery(_ segment: Segment) -> Bool {
    segment.tokens.contains { index in
      index + 1 < tokens.count && tokens[index].kind == .term(.every)
        && (tokens[index + 1].kind == .term(.weekday) || tokens[index + 1].kind == .term(.sunday))
    }
  }
}
