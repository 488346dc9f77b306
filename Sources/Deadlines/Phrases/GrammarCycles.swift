// What comes again and again: “hằng quý, 6 tháng, năm”, “03 tháng/lần”, “mỗi năm 2 lần”.
extension PhraseReader {
  /// One cycle or a list of them, which is one obligation (rule R8).
  mutating func cycles() -> Item.Content? {
    attempt { reader in
      let followsReport = reader.isBehindReport || reader.isReportUnitAhead
      var isNamed = reader.takeCycleWord() || reader.isInListOfCycles
      if let times = reader.attempt({ $0.timesPerUnit() }) { return .cycles([times], isReport: false) }
      guard let first = reader.cycle(isNamed: isNamed || followsReport) else { return nil }
      let unitEnd = reader.at
      var cycles = [reader.withTimes(first)]
      isNamed = isNamed || reader.at > unitEnd
      while cycles.count < 12, let next = reader.attempt({ $0.nextCycle() }) {
        cycles.append(next)
        isNamed = true
      }
      return reader.content(cycles, isNamed: isNamed, followsReport: followsReport)
    }
  }

  /// “hằng quý (trước ngày …), 6 tháng (trước ngày …), năm (…)”: the list goes on.
  private var isInListOfCycles: Bool {
    guard isMark(",", -1) || term(-1) == .and,
      let last = items.lastIndex(where: { $0.content == .boundary || $0.isCycle })
    else { return false }
    return items[last].isCycle && items[(last + 1)...].allSatisfy { $0.isRecurrable || !$0.isDated }
  }

  /// “báo cáo 6 tháng”, “báo cáo sơ kết 6 tháng”.
  private var isBehindReport: Bool {
    guard at > 0 else { return false }
    return term(-1) == .report || (at > 1 && term(-1) == .verb && term(-2) == .report)
  }

  /// “hằng tháng báo cáo”, which the table reads as “tháng báo cáo”.
  private var isReportUnitAhead: Bool {
    term() == .every && [.reportMonth, .reportQuarter, .reportYear].contains(term(1))
  }

  private mutating func takeCycleWord() -> Bool {
    var isNamed = false
    for _ in 0..<4 {
      guard take(.every, .periodic) || (isNamed && take(.report)) else { break }
      isNamed = true
    }
    return isNamed
  }

  private mutating func content(_ cycles: [Cycle], isNamed: Bool, followsReport: Bool) -> Item.Content? {
    let isHalfYearly = cycles.contains(.halfYear) || cycles.contains(.nineMonths)
    let hasNamedQuarter = cycles.contains {
      if case .namedQuarter = $0 { return true }
      return false
    }
    if hasNamedQuarter && !(isHalfYearly && cycles.count > 1) { return nil }
    guard isNamed || followsReport || cycles.count > 1 else { return nil }
    return .cycles(cycles, isReport: followsReport || (isHalfYearly && cycles.count > 1))
  }

  private mutating func nextCycle() -> Cycle? {
    if takeMark(";") { return cycleBehindSemicolon() }
    guard takeMark(",", "/") || take(.and, .or) else { return nil }
    _ = take(.and)
    _ = takeCycleWord() || take(.report)
    _ = take(.verb)  // “sơ kết 6 tháng, tổng kết năm”
    return cycle(isNamed: true)
  }

  /// “Hằng quý; 6 tháng; năm” is one list (rule R8); anything more than a bare period behind “;” is another obligation.
  private mutating func cycleBehindSemicolon() -> Cycle? {
    guard term() != .every, term() != .periodic, let cycle = cycle(isNamed: true), isStretchEnd else { return nil }
    if case .namedQuarter = cycle { return nil }
    return cycle
  }

  /// - Parameter isNamed: “hằng”, “định kỳ” or “báo cáo” went before, so that a unit may stand alone.
  /// - Returns: The cycle; nil for one certain period, as “quý III”.
  private mutating func cycle(isNamed: Bool) -> Cycle? {
    if let counted = attempt({ $0.countedCycle(isNamed: isNamed) }) { return counted }
    if isNamed, let unit = attempt({ $0.reportUnit() }) { return unit }
    if isNamed, term(1) == .year { _ = take(.whole) }
    let unit = term()
    guard isNamed || unit == .quarter, take(.day, .week, .month, .quarter, .year) else { return nil }
    if unit == .quarter, !isTimesBehindNumber, let named = attempt({ $0.quarterNumber() }) {
      return (1...4).contains(named) && !isYearAhead ? .namedQuarter(named) : nil
    }
    if isNumberAhead { return nil }
    switch unit {
    case .day: return .day
    case .week: return .week
    case .month: return .month
    case .quarter: return .quarter
    default: return .year
    }
  }

  /// “mỗi quý một lần” is no first quarter.
  private var isTimesBehindNumber: Bool { term(1) == .times }

  private mutating func reportUnit() -> Cycle? {
    if take(.reportMonth) { return .month }
    if take(.reportQuarter) { return .quarter }
    return take(.reportYear) ? .year : nil
  }

  /// A number, “này”, “sau”: one certain period, no cycle.
  private var isNumberAhead: Bool {
    if let token = token(), token.kind == .number || token.roman != 0 {
      // “mỗi năm 2 lần”
      return term(1) != .times
    }
    switch term() {
    case .numeral: return term(1) != .times
    case .this, .presently, .next, .first, .last: return true
    default: return false
    }
  }

  private var isYearAhead: Bool { isMark("/") && token(1)?.width == 4 || term() == .year && token(1)?.kind == .number }

  /// “6 tháng”, “06 tháng đầu năm”, “03 tháng”, “01 năm”, “nửa năm”.
  private mutating func countedCycle(isNamed: Bool) -> Cycle? {
    if take(.half) { return take(.year) && isNamed ? .halfYear : nil }
    // “tháng/lần”
    if isMark("/", 1), term(2) == .times { return unitPerTime() }
    guard let number = number(atMost: 2), number > 0 else { return nil }
    let unit = term()
    guard take(.month, .year, .week, .quarter, .day), token()?.kind != .number || term(1) == .times else { return nil }
    return counted(number, unit, isNamed: isNamed)
  }

  private mutating func unitPerTime() -> Cycle? {
    let unit = term()
    guard take(.week, .month, .quarter, .year) else { return nil }
    return counted(1, unit, isNamed: true)
  }

  private mutating func counted(_ number: Int, _ unit: Term?, isNamed: Bool) -> Cycle? {
    let isRegular = isNamed || isTimesAhead
    switch unit {
    case .month where number == 6 || number == 9: return monthsOfYearCycle(number)
    case .month where isRegular: return number == 1 ? .month : .everyMonths(number)
    case .year where isRegular && number == 1: return .year
    case .quarter where isRegular && number == 1: return .quarter
    case .week where isRegular: return number == 1 ? .week : .everyWeeks(number)
    case .day where isRegular: return number == 1 ? .day : .everyDays(number)
    case .year where isRegular: return .everyYears(number)
    case .quarter where isRegular: return .everyMonths(number * 3)
    default: return nil
    }
  }

  /// “6 tháng đầu năm” in a list; with a year behind it, it is one certain half.
  private mutating func monthsOfYearCycle(_ number: Int) -> Cycle? {
    if take(.first) || take(.last) {
      guard take(.year), !isNumberAhead else { return nil }
    }
    return number == 6 ? .halfYear : .nineMonths
  }

  private var isTimesAhead: Bool {
    if isMark("/") { return term(1) == .times }
    return term(1) == .times && (term() == .numeral(1) || digits() == 1)
  }

  /// “/lần”, “một lần”, “2 lần” behind a unit.
  private mutating func withTimes(_ cycle: Cycle) -> Cycle {
    let times: Int? = attempt { reader in
      if reader.takeMark("/") { return reader.take(.times) ? 1 : nil }
      guard let number = reader.number(atMost: 2) else { return nil }
      return reader.take(.times) ? number : nil
    }
    guard let times else { return cycle }
    if times == 1, cycle == .halfYear || cycle == .nineMonths { askCountedFrom(cycle) }
    return times == 1 ? cycle : divided(cycle, by: times) ?? cycle
  }

  private mutating func askCountedFrom(_ cycle: Cycle) {
    let months = cycle == .halfYear ? 6 : 9
    let first = issued.adding(months: months)
    ask(
      "“\(months) tháng/lần”: theo năm dương lịch; nếu tính từ ngày ban hành thì lần đầu là \(officeDate(first))",
      "every \(months) months: by the calendar; counted from the issue date the first would be \(first)",
      others: [OtherReading(meaning: "tính từ ngày ban hành / counted from the issue date", nominal: [first])]
    )
  }

  /// “2 lần/năm”, “01 lần mỗi tháng”, “một lần một quý”.
  private mutating func timesPerUnit() -> Cycle? {
    guard let times = number(atMost: 2), take(.times) else { return nil }
    _ = takeMark("/") || take(.every, .within)
    if digits() == 1 || term() == .numeral(1) { advance() }
    let unit = term()
    guard take(.week, .month, .quarter, .year) else { return nil }
    let cycle: Cycle = unit == .week ? .week : unit == .month ? .month : unit == .quarter ? .quarter : .year
    guard times != 1 else { return cycle }
    if let divided = divided(cycle, by: times) {
      ask(
        "\(times) lần trong một kỳ: đọc là cuối mỗi phần của kỳ",
        "\(times) times in a period: read as the end of each part"
      )
      return divided
    }
    return cycle
  }

  private mutating func divided(_ cycle: Cycle, by times: Int) -> Cycle? {
    switch (cycle, times) {
    case (.year, 2): return .halfYear
    case (.year, 4): return .quarter
    case (.year, 12), (.quarter, 3): return .month
    default:
      ask("\(times) lần trong một kỳ: những ngày nào?", "\(times) times in a period: on which days?")
      return nil
    }
  }
}
