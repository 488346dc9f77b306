// Days, months, quarters and parts of them, from the English order to the grammar's.
extension EnglishOrder {
  // MARK: Days

  /// “30/06/2026”; where day and month may change places, as in American English, a person is asked.
  mutating func figureDate() -> Bool {
    guard let first = figure(), let second = figure(2), isMark("/", 1) || isMark(".", 1),
      isMark("/", 3) || isMark(".", 3),
      let year = yearFigure(4), (1...12).contains(first) || (1...12).contains(second), first != second, first <= 12
    else { return false }
    at += 5
    let isMonthFirst = second > 12
    write(.day)
    write(number: isMonthFirst ? second : first)
    write(.month)
    write(number: isMonthFirst ? first : second)
    write(.year)
    write(number: year)
    askWhichIsMonth(first, second, year)
    return true
  }

  private mutating func askWhichIsMonth(_ first: Int, _ second: Int, _ year: Int) {
    let other = CivilDate(year: year, month: first, day: second)
    let isMonthFirst = second > 12
    remarks.append(
      Remark(
        text: "ngày trước hay tháng trước: “\(first)/\(second)”? / day or month first?",
        asks: true,
        others: isMonthFirst
          ? [] : other.map { [OtherReading(meaning: "tháng trước / month first", nominal: [$0])] } ?? [],
        token: output.count - 1
      )
    )
  }

  /// “30 June 2026”, “the 30th of June”, “15 and 30 June”, “1-15 June 2026”.
  mutating func date() -> Bool {
    skip(.skip)
    guard let day = number(), (1...31).contains(day), !isPartOfFigures, leadsToMonth(1) else { return false }
    at += 1
    write(.day)
    write(number: day)
    _ = skipOf()
    guard let month = month() else { return true }
    at += 1
    write(.month)
    write(number: month)
    writeYear()
    return true
  }

  /// The last number of “2026-05-21”.
  private var isPartOfFigures: Bool {
    at > 1 && tokens[at].isGlued && (isMark("-", -1) || isMark("/", -1)) && tokens[at - 1].isGlued
  }

  private mutating func skipOf() -> Bool {
    guard term() == .of else { return false }
    at += 1
    return true
  }

  /// A month follows, or another day with it: “1, 10 and 20 June”.
  private func leadsToMonth(_ offset: Int) -> Bool {
    var offset = offset
    for _ in 0..<12 {
      if term(offset) == .of { offset += 1 }
      if term(offset) == .day, term(offset + 1) == .of { offset += 2 }
      if month(offset) != nil { return true }
      guard isSeparator(offset) else { return false }
      offset += 1
      while isSeparator(offset) || word(offset) == .skip { offset += 1 }
      guard let next = number(offset), (1...31).contains(next) else { return false }
      offset += 1
    }
    return false
  }

  private func isSeparator(_ offset: Int) -> Bool {
    isMark(",", offset) || isMark("-", offset) || isMark("&", offset) || term(offset) == .and || term(offset) == .or
      || term(offset) == .until
  }

  /// “June 30, 2026”, “June 1-15, 2026”, “June 2026”, “in June”.
  mutating func monthFirst() -> Bool {
    skip(.skip)
    guard let month = month(), month != 5 || isMonthOfMay else { return false }
    at += 1
    if isMark("."), tokens[at].isGlued { at += 1 }  // “Sept. 30”
    guard let day = dayBehindMonth() else {
      write(.month)
      write(number: month)
      writeYear()
      return true
    }
    write(.day)
    write(number: day)
    if let last = secondDay() {
      write(.until, .day)
      write(number: last)
    }
    write(.month)
    write(number: month)
    writeYear()
    return true
  }

  /// “may” is a verb too: a month only beside a number or behind a preposition.
  private var isMonthOfMay: Bool {
    if figure(1) != nil || yearFigure(1) != nil || yearFigure(2) != nil || month(2) != nil { return true }
    guard at > 0 else { return tokens.count == 1 }
    if number(-1) != nil { return true }
    switch word(-1) {
    case .term(.within), .term(.until), .term(.of), .term(.before), .term(.after), .term(.from), .term(.every), .part,
      .vaguePart, .skip, .month, .between, .term(.and), .term(.latest), .term(.notBefore):
      return true
    default: return false
    }
  }

  private mutating func dayBehindMonth() -> Int? {
    let offset = word() == .skip ? 1 : 0
    guard let day = figure(offset), (1...31).contains(day), !isMark(":", offset + 1), !isClock(offset + 1) else {
      return nil
    }
    at += offset + 1
    return day
  }

  private func isClock(_ offset: Int) -> Bool { word(offset) == .am || word(offset) == .pm }

  private mutating func secondDay() -> Int? {
    guard isMark("-") || term() == .until, let day = figure(1), (1...31).contains(day), month(2) == nil,
      !isMark("/", 2)
    else { return nil }
    at += 2
    return day
  }

  /// “the 25th day of each month”, “day 25”.
  mutating func dayOfMonth() -> Bool {
    skip(.skip)
    guard let day = number(), isOrdinal(), term(1) == .day, (1...31).contains(day) else { return false }
    at += 2
    write(.day)
    write(number: day)
    return true
  }

  /// “the last working day of each month”, “the last day of the quarter”, “the first day of June 2026”.
  mutating func edgeDay() -> Bool {
    skip(.skip)
    guard let unit = term(1), unit == .day || unit == .workingDay else { return false }
    if let edge = edge() {
      at += 2
      write(unit, edge)
      return skipOf() ? periodOfEdge(edge) : true
    }
    guard unit == .workingDay, isOrdinal(), let ordinal = number() else { return false }
    at += 2
    write(.workingDay, .weekday)
    write(number: ordinal)
    return skipOf() ? periodOfEdge(.first) : true
  }

  /// “the first Monday of each month”, “the last Friday of June 2026”.
  mutating func edgeWeekday() -> Bool {
    skip(.skip)
    guard case .weekday(let weekday) = word(1) else { return false }
    let edge = edge()
    guard edge != nil || isOrdinal() else { return false }
    let ordinal = number() ?? 1
    at += 2
    write(weekday: weekday)
    if let edge {
      write(edge)
    } else {
      write(.weekday)
      write(number: ordinal)
    }
    return skipOf() ? periodOfEdge(edge ?? .first) : true
  }

  /// “the first 5 working days of each month”, “the last ten days of June”.
  mutating func edgeDays() -> Bool {
    skip(.skip)
    guard let edge = edge(), let count = number(1), let unit = term(2), [.day, .workingDay, .week].contains(unit) else {
      return false
    }
    at += 3
    write(number: count)
    write(unit, edge)
    return skipOf() ? periodOfEdge(edge) : true
  }

  /// What stands behind “of”: a quarter or year of every kind is written by its first or last month.
  private mutating func periodOfEdge(_ edge: Term) -> Bool {
    let start = at
    skip(.skip)
    let isEvery = term() == .every
    if isEvery { at += 1 }
    if term() == .quarter, number(1) == nil {
      at += 1
      write(.of, .month, edge, .quarter)
    } else if term() == .year, yearFigure(1) == nil, isEvery {
      at += 1
      write(.of, .month)
      write(number: edge == .last ? 12 : 1)
      write(.every, .year)
    } else {
      at = start
      write(.of)
    }
    return true
  }

  /// “first”, “last”, “final”.
  func edge(_ offset: Int = 0) -> Term? {
    if word(offset) == .ordinal(1) || (figure(offset) == 1 && isOrdinal(offset)) { return .first }
    guard tokens.indices.contains(at + offset) else { return nil }
    return ["last", "final"].contains(tokens[at + offset].letters) ? .last : nil
  }

  // MARK: Months and quarters

  /// “the first month of the next quarter”, “the last month of each quarter”.
  mutating func edgeMonth() -> Bool {
    skip(.skip)
    guard let edge = edge(), term(1) == .month, term(2) == .of else { return false }
    at += 3
    skip(.skip)
    if term() == .every { at += 1 }
    write(.month, edge)
    return true
  }

  /// “the first six months of 2026”, “the last 3 months of the year”, “nine months of 2026”.
  mutating func edgeMonths() -> Bool {
    skip(.skip)
    let edge = edge()
    if edge != nil { at += 1 }
    guard let count = number(), (2...11).contains(count), term(1) == .month else { return false }
    at += 2
    guard edge != nil || (term() == .of && yearFigure(1) != nil) else { return false }
    write(number: count)
    write(.month, edge ?? .first)
    writeYearOrWord()
    return true
  }

  /// “of 2026”, “of the year”, or nothing.
  private mutating func writeYearOrWord() {
    let count = output.count
    writeYear()
    guard output.count == count else { return }
    let start = at
    if skipOf() { skip(.skip) }
    if term() == .year {
      at += 1
    } else {
      at = start
    }
    write(.year)
  }

  /// “the third quarter of 2026”, “Q3 2026”, “2026 Q3”, “second and fourth quarters of 2026”, “quarter III”.
  mutating func quarter() -> Bool {
    skip(.skip)
    if let year = yearFigure(), let count = quarterSign(1) {
      at += 1 + count.tokens
      write(quarter: count.number, year: year)
      return true
    }
    if let sign = quarterSign(0) {
      at += sign.tokens
      write(quarter: sign.number, year: nil)
      return true
    }
    return ordinalQuarter()
  }

  private mutating func write(quarter: Int, year: Int?) {
    write(.quarter)
    write(number: quarter)
    guard let year else { return writeYear() }
    write(.year)
    write(number: year)
  }

  /// “Q3”, “Q.3”, “Q III”, “quarter 3”.
  private func quarterSign(_ offset: Int) -> (number: Int, tokens: Int)? {
    guard tokens.indices.contains(at + offset) else { return nil }
    let letters = tokens[at + offset].letters
    if let roman = ["qi": 1, "qii": 2, "qiii": 3, "qiv": 4][letters] { return (roman, 1) }
    guard letters == "q" || term(offset) == .quarter else { return nil }
    let next = isMark(".", offset + 1) ? 2 : 1
    if let number = figure(offset + next) { return (number, next + 1) }
    guard tokens.indices.contains(at + offset + next) else { return nil }
    return ["i": 1, "ii": 2, "iii": 3, "iv": 4][tokens[at + offset + next].letters].map { ($0, next + 1) }
  }

  private mutating func ordinalQuarter() -> Bool {
    guard let number = number(), isOrdinal() || edge() != nil, (1...4).contains(number) else {
      return lastQuarter()
    }
    var offset = 1
    while isSeparator(offset), self.number(offset + 1) != nil, isOrdinal(offset + 1) { offset += 2 }
    guard term(offset) == .quarter else { return false }
    at += 1
    write(.quarter)
    write(number: number)
    if offset == 1 {
      at += 1
      writeYear()
    }
    return true
  }

  private mutating func lastQuarter() -> Bool {
    guard edge() == .last, term(1) == .quarter else { return false }
    at += 2
    write(.quarter)
    write(number: 4)
    writeYear()
    return true
  }

  // MARK: Halves, parts, weeks

  /// “the first half of 2026”, “H1 2026”, “2026 H2”, “the second half of June”.
  mutating func half() -> Bool {
    skip(.skip)
    if let year = yearFigure(), let first = halfSign(1) {
      at += 3
      write(.half, first ? .first : .last, .year)
      write(number: year)
      return true
    }
    if let first = halfSign(0) {
      at += 2
      write(.half, first ? .first : .last)
      writeYearOrWord()
      return true
    }
    guard let edge = edge() ?? (number() == 2 ? .last : nil), word(1) == .half else { return false }
    at += 2
    write(.half, edge)
    if term() == .of, !isYearBehindOf { at += 1 } else { writeYearOrWord() }
    return true
  }

  private func halfSign(_ offset: Int) -> Bool? {
    guard tokens.indices.contains(at + offset), tokens[at + offset].letters == "h", let number = figure(offset + 1),
      (1...2).contains(number)
    else { return nil }
    return number == 1
  }

  private var isYearBehindOf: Bool {
    yearFigure(1) != nil || term(1) == .year || (word(1) == .skip && term(2) == .year)
  }

  /// “the end of June”, “mid-June 2026”, “year-end”, “end 2026”, “early June”.
  mutating func part() -> Bool {
    let start = at
    skip(.skip)
    let hyphen = isMark("-", 1) ? 1 : 0
    if let unit = term(), [.year, .quarter, .month].contains(unit), word(1 + hyphen) == .part(.last) {
      at += 2 + hyphen
      write(.last, unit)
      writeYear(behind: unit)
      return true
    }
    let isVague: Bool
    let part: Term
    switch word() {
    case .part(let term): (part, isVague) = (term, false)
    case .vaguePart(let term): (part, isVague) = (term, true)
    default: return false
    }
    at += 1
    if isMark("-") { at += 1 }
    _ = skipOf()
    skip(.skip)
    if part == .last, isEventOfCount(at: start) {
      write(.finish)
      return true
    }
    guard isPeriodAhead else { return false }
    if isVague { write(.hedge) }
    // “by the end of the first half”: until it is over.
    write(part == .last && isHalfAhead ? .end : part)
    return true
  }

  /// “year-end 2026” names its year, which for a month or quarter would be another period.
  private mutating func writeYear(behind unit: Term) {
    guard unit == .year, let year = yearFigure() else { return }
    at += 1
    write(number: year)
  }

  /// “15 days after the end of each quarter”.
  private func isEventOfCount(at start: Int) -> Bool {
    guard start > 2, case .known(.term(let bound)) = tokens[start - 1].kind,
      case .known(.term(let unit)) = tokens[start - 2].kind
    else { return false }
    return [.after, .from, .before].contains(bound) && [.day, .workingDay, .week, .month].contains(unit)
  }

  private var isHalfAhead: Bool { halfSign(0) != nil || word(1) == .half || term(2) == .month }

  private var isPeriodAhead: Bool {
    if month() != nil || yearFigure() != nil || quarterSign(0) != nil || halfSign(0) != nil { return true }
    if let number = number(), (1...4).contains(number), isOrdinal(), term(1) == .quarter || word(1) == .half {
      return true
    }
    if case .relative = word() { return true }
    if edge() == .last || word() == .ordinal(1) { return true }
    switch term() {
    case .month, .quarter, .year, .week, .every: return true
    default: return false
    }
  }

  /// “the second week of June 2026”, “the last week of June”, “week 7 of 2026”.
  mutating func weekByOrdinal() -> Bool {
    skip(.skip)
    if term() == .week, let number = figure(1) {
      at += 2
      write(.week)
      write(number: number)
      writeYear()
      return true
    }
    guard term(1) == .week else { return false }
    if let edge = edge() {
      write(.week, edge)
    } else if let number = number(), isOrdinal() {
      write(.week)
      write(number: number)
    } else {
      return false
    }
    at += 2
    return true
  }

  /// “this month”, “next week”, “the following quarter”, “next Friday”.
  mutating func relative() -> Bool {
    skip(.skip)
    guard case .relative(let which) = word() else { return false }
    if case .weekday(let weekday) = word(1) {
      at += 2
      // This week's Friday or the one after it?
      if which == .next { write(.hedge) }
      write(weekday: weekday)
      write(.week, which)
      return true
    }
    if which == .next, let count = number(1), let unit = term(2), [.day, .workingDay, .week, .month].contains(unit) {
      at += 3
      write(number: count)
      write(unit, .next)
      return true
    }
    guard let unit = term(1), [.week, .month, .quarter, .year, .workingDay, .day].contains(unit) else { return false }
    at += 2
    if unit == .day && which == .next { write(.tomorrow) } else { write(unit, which) }
    return true
  }

  mutating func write(weekday: Int) {
    if weekday == 7 { return write(.sunday) }
    write(.weekday)
    write(number: weekday + 1)
    output[output.count - 1].width = 1
  }
}
