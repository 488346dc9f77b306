// Weeks, months, quarters, halves, years.
extension PhraseReader {
  /// Any period of the calendar.
  /// - Parameter isBounded: A preposition went before, so that “trong năm”, “trong tháng” may stand without a number.
  /// - Returns: The period as written, without a year when none is written.
  mutating func period(isBounded: Bool) -> CalendarPeriod? {
    if let period = lunarOrFeast() ?? day() ?? week() ?? attempt({ $0.monthsOfYear() })
      ?? attempt({ $0.partOfPeriod() })
    {
      return period
    }
    return monthQuarterYear() ?? (isBounded ? attempt { $0.unnumbered() } : nil)
  }

  mutating func monthQuarterYear() -> CalendarPeriod? {
    attempt { $0.edgeOfLonger() } ?? attempt { $0.month() } ?? attempt { $0.quarter() } ?? attempt { $0.era() }
      ?? attempt { $0.wholeYear() }
  }

  /// “tháng đầu quý III/2026”, “tháng thứ hai của quý III/2026”, “quý cuối năm 2026”, “hai quý đầu năm 2027”.
  private mutating func edgeOfLonger() -> CalendarPeriod? {
    let count = term() == .month || term() == .quarter ? nil : number(atMost: 1)
    let length = term() == .quarter ? 3 : 1
    guard take(.month, .quarter), let place = placeInLonger() else { return nil }
    _ = take(.of)
    guard let longer = attempt({ $0.quarter() }) ?? attempt({ $0.wholeYear() }), case let whole = Self.months(longer),
      whole.count > length, count.map({ $0 > 0 && abs(place) == 1 }) ?? (place != 0)
    else { return nil }
    let months = length * (count ?? 1)
    let first = place > 0 ? whole.lowerBound + (place - 1) * months : whole.upperBound - months + 1
    guard first >= whole.lowerBound, first + months - 1 <= whole.upperBound else { return .impossible }
    return CalendarPeriod(unit: .months(first...first + months - 1), year: longer.year)
  }

  private static func months(_ period: CalendarPeriod) -> ClosedRange<Int> {
    if case .months(let months) = period.unit { months } else { 1...12 }
  }

  /// 1 for “đầu”, −1 for “cuối”, 2 for “thứ hai” and “giữa”.
  private mutating func placeInLonger() -> Int? {
    if take(.first) { return 1 }
    if take(.last) { return -1 }
    if take(.middle) { return 2 }
    guard take(.weekday) else { return nil }
    return number(atMost: 1)
  }

  /// “tháng 6/2026”, “T6/2026”, “tháng mười hai năm 2026”, “tháng này”.
  private mutating func month() -> CalendarPeriod? {
    let isSign = term() == .monthSign
    guard take(.month) || takeMonthSign() else { return nil }
    if let relative = isSign ? nil : attempt({ $0.relativeMonth() }) { return relative }
    guard let number = monthNumber() else { return nil }
    let year = year()
    guard (1...12).contains(number) else { return .impossible }
    // “T6” alone may be Friday.
    if isSign && year == nil {
      ask("“T\(number)” có thể là thứ hoặc tháng", "“T\(number)” may be a weekday or a month")
    }
    return CalendarPeriod(unit: .months(number...number), year: year)
  }

  private mutating func takeMonthSign() -> Bool {
    guard term() == .monthSign, let next = token(isMark(".", 1) ? 2 : 1), next.kind == .number, next.isGlued else {
      return false
    }
    advance()
    _ = takeMark(".")
    return true
  }

  private mutating func monthNumber() -> Int? {
    if let number = number(atMost: 2) { return number }
    guard term() == .year, term(1) == .year || isMark("/", 1) || token(1)?.width == 4 else { return nil }
    advance()
    return 5
  }

  private mutating func relativeMonth() -> CalendarPeriod? {
    let isThis = take(.this, .presently)
    guard isThis || takeNextWord() else { return nil }
    let day = isThis ? issued : issued.adding(months: 1)
    return CalendarPeriod(unit: .months(day.month...day.month), year: day.year)
  }

  /// “quý III/2026”, “Q3/2026”, “quí ba năm 2026”, “quý này”.
  private mutating func quarter() -> CalendarPeriod? {
    guard take(.quarter) || takeQuarterSign() else { return nil }
    if let relative = attempt({ $0.relativeQuarter() }) { return relative }
    guard let number = quarterNumber() else { return nil }
    let year = year()
    guard (1...4).contains(number) else { return .impossible }
    return CalendarPeriod(unit: .months(number * 3 - 2...number * 3), year: year)
  }

  private mutating func takeQuarterSign() -> Bool {
    guard term() == .quarterSign, let next = token(isMark(".", 1) ? 2 : 1), next.roman != 0 || next.kind == .number
    else {
      return false
    }
    advance()
    _ = takeMark(".")
    return true
  }

  /// In Roman or Arabic figures or in words.
  mutating func quarterNumber() -> Int? {
    guard let token = token() else { return nil }
    if token.roman != 0, token.kind != .number || token.isSlip {
      advance()
      return token.roman
    }
    // “quý V”, “quý năm năm 2026”: out of range, not something else.
    if take(.romanAboveFour) || (term() == .year && term(1) == .year && take(.year)) { return 5 }
    return number(atMost: 2)
  }

  private mutating func relativeQuarter() -> CalendarPeriod? {
    let isThis = take(.this, .presently)
    guard isThis || takeNextWord() else { return nil }
    let day = isThis ? issued : issued.adding(months: 3)
    return CalendarPeriod(unit: .months(day.quarter * 3 - 2...day.quarter * 3), year: day.year)
  }

  /// “6 tháng đầu năm 2026”, “06 tháng cuối năm”, “9 tháng đầu năm”, “nửa đầu năm”.
  mutating func monthsOfYear() -> CalendarPeriod? {
    if let half = attempt({ $0.halfSign() }) { return half }
    if take(.half) { return halfOfPeriod() }
    guard let count = number(atMost: 2), (1...11).contains(count), take(.month) else { return nil }
    if let year = attempt({ $0.yearOfFirstMonths(count) }) {
      return CalendarPeriod(unit: .months(1...count), year: year)
    }
    let isFirst = term() == .first
    guard take(.first, .last) else { return nil }
    _ = take(.of)
    guard let year = yearOfMonths() else { return nil }
    return CalendarPeriod(unit: .months(isFirst ? 1...count : 13 - count...12), year: year == 0 ? nil : year)
  }

  /// “9 tháng năm 2026”, “6 tháng/2026”: the first months of that year.
  private mutating func yearOfFirstMonths(_ count: Int) -> Int? {
    guard count == 6 || count == 9, term() == .year || isMark("/") else { return nil }
    advance()
    guard token()?.width == 4 else { return nil }
    return yearFigure()
  }

  /// The year, or 0 for “năm” without a number.
  private mutating func yearOfMonths() -> Int? {
    if let year = attempt({ $0.year() }) { return year }
    return take(.year) ? 0 : nil
  }

  /// “H1/2026”, “H2 2026”.
  private mutating func halfSign() -> CalendarPeriod? {
    guard term() == .hourSign, token(1)?.isGlued == true, let half = digits(1), (1...2).contains(half) else {
      return nil
    }
    advance()
    advance()
    guard let year = year() else { return nil }
    return CalendarPeriod(unit: .months(half == 1 ? 1...6 : 7...12), year: year)
  }

  private mutating func halfOfPeriod() -> CalendarPeriod? {
    let wordOrder = take(.year)  // “nửa năm đầu”
    let isFirst = term() == .first
    guard take(.first, .last) else { return nil }
    if wordOrder { return CalendarPeriod(unit: .months(isFirst ? 1...6 : 7...12), year: year()) }
    if let year = yearOfMonths() {
      return CalendarPeriod(unit: .months(isFirst ? 1...6 : 7...12), year: year == 0 ? nil : year)
    }
    guard var month = monthQuarterYear() ?? attempt({ $0.unnumbered() }) else { return nil }
    month.part = isFirst ? .firstHalf : .secondHalf
    return month
  }

  /// “cuối tháng 6/2026”, “giữa năm 2026”, “đầu quý”, “cuối năm”, “cuối 2026”.
  private mutating func partOfPeriod() -> CalendarPeriod? {
    guard let part = takePart() else { return nil }
    _ = take(.of)
    guard var period = monthQuarterYear() ?? attempt({ $0.unnumbered() }) else { return nil }
    period.part = part
    return period
  }

  /// “đầu”, “giữa”, “cuối”.
  mutating func takePart() -> CalendarPeriod.Part? {
    if take(.first) { return .first }
    if take(.middle) { return .middle }
    return take(.last) ? .last : nil
  }

  /// “giai đoạn 2026 - 2030”, “nhiệm kỳ 2026 - 2031”.
  private mutating func era() -> CalendarPeriod? {
    guard take(.era), let first = digits(atMost: 4), takeYearToken() else { return nil }
    guard takeMark("-", "/") || take(.until), let last = digits(atMost: 4), takeYearToken(), first <= last else {
      return nil
    }
    return CalendarPeriod(unit: .years(first...last))
  }

  private mutating func takeYearToken() -> Bool {
    guard token()?.width == 4 else { return false }
    advance()
    return true
  }

  /// “năm 2026”, “cả năm”, “2026”.
  private mutating func wholeYear() -> CalendarPeriod? {
    if take(.whole) {
      guard take(.year) else { return nil }
      return CalendarPeriod(unit: .year, year: yearNumber())
    }
    // “trong 2 năm 2026 - 2027”
    if digits() != nil, term(1) == .year, token(2)?.width == 4 { advance() }
    if take(.year) { return yearNumber().map { CalendarPeriod(unit: .year, year: $0) } }
    return bareYearPeriod()
  }

  /// A bare year; “6/2026” is a month, “2026 hồ sơ” a quantity.
  private mutating func bareYearPeriod() -> CalendarPeriod? {
    if let month = attempt({ $0.figureMonth() }) { return month }
    guard let value = digits(atMost: 4), token()?.width == 4, (1990...2199).contains(value), !isMark("/", 1),
      token(1)?.kind != .word, !isMark("/", -1), !isGluedToMark
    else { return nil }
    advance()
    return CalendarPeriod(unit: .year, year: value)
  }

  /// “9001:2015”, “5.9h.2026”: part of something else.
  private var isGluedToMark: Bool {
    token()?.isGlued == true && (isMark(":", -1) || isMark(".", -1) || isMark("-", -1))
  }

  private mutating func figureMonth() -> CalendarPeriod? {
    guard let month = digits() else { return nil }
    advance()
    guard takeSeparator() != nil, token()?.width == 4, let year = yearFigure() else { return nil }
    return (1...12).contains(month) ? CalendarPeriod(unit: .months(month...month), year: year) : .impossible
  }

  /// “năm”, “tháng”, “quý” without a number: the one in which the document was issued.
  private mutating func unnumbered() -> CalendarPeriod? {
    let unit = term()
    guard take(.year, .quarter, .month, .day) else { return nil }
    if case .number = token()?.kind { return nil }
    let isThis = take(.this, .presently)
    // “trong Tháng Thanh niên”: a month with a name is not this one.
    if !isThis, token()?.kind == .word { ask("kỳ nào?", "which period is meant?") }
    if unit == .day { return isStretchEnd ? today() : nil }
    return unnumbered(unit)
  }

  /// The year, quarter or month of the issue date.
  func unnumbered(_ unit: Term?) -> CalendarPeriod {
    var period: CalendarPeriod
    switch unit {
    case .year: period = CalendarPeriod(unit: .year)
    case .quarter:
      period = CalendarPeriod(unit: .months(issued.quarter * 3 - 2...issued.quarter * 3), year: issued.year)
    default: period = CalendarPeriod(unit: .months(issued.month...issued.month), year: issued.year)
    }
    period.isUnnumbered = true
    return period
  }
}
