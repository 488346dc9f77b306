// Prepositions; lists and ranges of periods.
extension PhraseReader {
  /// The preposition or prepositions before a date: “chậm nhất là đến hết”, “xong trước”, “từ”.
  mutating func bound() -> Bound? {
    var terms: [Term] = []
    // Eight is more than any office writes; the loop must end on a hostile phrase.
    for _ in 0..<8 {
      guard let term = term(), Self.isPreposition(term) || (term == .whenever && self.term(1) == .end) else { break }
      terms.append(term)
      advance()
      skipFillers()
      takeInclusive(after: term, into: &terms)
    }
    return terms.isEmpty ? nil : Self.bound(of: terms)
  }

  private static func isPreposition(_ term: Term) -> Bool {
    switch term {
    case .before, .beforeEnd, .latest, .limit, .until, .end, .within, .span, .atMost, .from, .after, .at, .notBefore:
      true
    default: false
    }
  }

  /// “trước và trong ngày”, “trước hoặc đúng ngày”: the day itself is meant too.
  private mutating func takeInclusive(after term: Term, into terms: inout [Term]) {
    guard term == .before, self.term() == .and || self.term() == .or, self.term(1) == .within else { return }
    advance()
    advance()
    terms.removeAll { $0 == .before }
    terms.append(.latest)
  }

  private static func bound(of terms: [Term]) -> Bound {
    if terms.contains(.before) { return .before }
    if terms.contains(where: { [.latest, .limit, .until, .atMost, .whenever, .beforeEnd].contains($0) }) { return .by }
    if terms.contains(.after) { return .after }
    if terms.contains(.notBefore) { return .notBefore }
    if terms.contains(.from) { return .from }
    return terms.contains(.end) ? .end : .within
  }

  /// One period, a list or a range.
  mutating func span(after bound: Bound?) -> CalendarSpan? {
    attempt { reader in
      if bound == .from, let range = reader.attempt({ $0.rangeFromNow() }) { return range }
      reader.skipCountOfMonths()
      guard let first = reader.firstPeriod(isBounded: bound != nil) else { return nil }
      if let to = reader.attempt({ $0.rangeEnd(after: first) }) { return .range(from: first, to: to) }
      return reader.list(from: first)
    }
  }

  /// “3 tháng 7, 8, 9”: how many months are named.
  private mutating func skipCountOfMonths() {
    guard let count = digits(), term(1) == .month, digits(2) != nil, count > 1 else { return }
    let separators = (0..<count - 1).allSatisfy { isMark(",", 3 + 2 * $0) || term(3 + 2 * $0) == .and }
    if separators, (0..<count).allSatisfy({ digits(2 + 2 * $0) != nil }) { advance() }
  }

  /// “từ nay đến …”, “từ ngày ban hành đến …”.
  private mutating func rangeFromNow() -> CalendarSpan? {
    if !take(.presently) {
      guard take(.day), take(.issue) else { return nil }
      for _ in 0..<12 where term() != .until && !isStretchEnd { advance() }
    }
    guard take(.until) else { return nil }
    return lastPeriod().map { .range(from: nil, to: $0) }
  }

  private mutating func firstPeriod(isBounded: Bool) -> CalendarPeriod? {
    if let bare = attempt({ $0.bareFirstDay() }) { return bare }
    return period(isBounded: isBounded)
  }

  /// “01-15/6/2026”, “từ 01 đến 15/6/2026”: a day whose month comes with the next one.
  private mutating func bareFirstDay() -> CalendarPeriod? {
    guard let day = digits(), isMark("-", 1) || term(1) == .until || isMark(",", 1) || term(1) == .and,
      token(2)?.kind == .number || term(2) == .day
    else { return nil }
    let next = term(2) == .day ? 3 : 2
    guard digits(next) != nil, (isMark("/", next + 1) && digits(next + 2) != nil) || term(next + 1) == .month else {
      return nil
    }
    advance()
    return CalendarPeriod(unit: .day(day, month: nil))
  }

  private mutating func rangeEnd(after first: CalendarPeriod) -> CalendarPeriod? {
    let isDash = isMark("-")
    guard takeMark("-") || take(.until) else { return nil }
    // “quý 3-4/2026”: the unit goes on, it is not April.
    if isDash { return attempt { $0.sameUnit(as: first) } ?? attempt { $0.dayOrPeriod(after: first) } }
    return lastPeriod() ?? sameUnit(as: first)
  }

  /// What follows a dash; a bare year after a day ends no range: “30/6/2026 - 2027”.
  private mutating func dayOrPeriod(after first: CalendarPeriod) -> CalendarPeriod? {
    guard let period = period(isBounded: false), !first.isDay || period.unit != .year else { return nil }
    return period
  }

  /// The end of a range after “đến”: “hết ngày D” is D, “trước ngày D” the day before.
  private mutating func lastPeriod() -> CalendarPeriod? {
    let isBefore = take(.before)
    _ = take(.end)
    skipFillers()
    guard let period = period(isBounded: true) else { return nil }
    return isBefore ? dayBefore(period) : period
  }

  private mutating func dayBefore(_ period: CalendarPeriod) -> CalendarPeriod? {
    guard case .day(let day, let month?) = period.unit, let year = period.year,
      let date = CivilDate(year: year, month: month, day: day)
    else {
      ask("“đến trước”: tính cả kỳ cuối hay không?", "“until before”: is the last period in or out?")
      return period
    }
    let last = date.adding(days: -1)
    return CalendarPeriod(unit: .dates(last, last))
  }

  /// Further periods of the same kind, joined by commas or “và”.
  private mutating func list(from first: CalendarPeriod) -> CalendarSpan {
    var periods = [first]
    var joinedByAnd = false
    while periods.count < 31, let (next, isAnd) = attempt({ $0.nextInList(after: periods[periods.count - 1]) }) {
      periods.append(next)
      joinedByAnd = joinedByAnd || isAnd
    }
    return periods.count == 1 ? .one(first) : .list(periods, joinedByAnd: joinedByAnd)
  }

  private mutating func nextInList(after previous: CalendarPeriod) -> (CalendarPeriod, Bool)? {
    let comma = takeMark(",")
    let isAnd = take(.and)
    guard comma || isAnd else { return nil }
    if let same = attempt({ $0.sameKind(as: previous) }) { return (same, isAnd) }
    if case .day(let day, .some) = previous.unit, let next = attempt({ $0.dayOfNextMonth(day) }) {
      return (next, isAnd)
    }
    return attempt { $0.sameUnit(as: previous) }.map { ($0, isAnd) }
  }

  private mutating func sameKind(as previous: CalendarPeriod) -> CalendarPeriod? {
    guard let next = period(isBounded: false) else { return nil }
    switch (previous.unit, next.unit) {
    case (.day, .day), (.year, .year): return next
    case (.months(let one), .months(let other)) where one.count == other.count: return next
    // “ngày 15 tháng 6 và tháng 12”
    case (.day(let day, .some), .months(let months)) where months.count == 1:
      return CalendarPeriod(unit: .day(day, month: months.lowerBound), year: next.year)
    default: return nil
    }
  }

  /// A number that goes on in the unit of the one before: “tháng 5-6/2026”, “quý I, II”, “năm 2026 - 2027”.
  private mutating func sameUnit(as previous: CalendarPeriod) -> CalendarPeriod? {
    switch previous.unit {
    case .months(let months) where months.count == 3: return bareQuarter()
    case .months(let months) where months.count == 1: return bareMonth()
    case .day(_, nil): return bareDay()
    case .year: return bareNextYear()
    default: return nil
    }
  }

  private mutating func bareQuarter() -> CalendarPeriod? {
    guard let number = quarterNumber(), (1...4).contains(number) else { return nil }
    return CalendarPeriod(unit: .months(number * 3 - 2...number * 3), year: year())
  }

  private mutating func bareMonth() -> CalendarPeriod? {
    guard let number = digits(), (1...12).contains(number) else { return nil }
    advance()
    let year = year()
    guard !isUnitAhead, !isMark("/") else { return nil }
    return CalendarPeriod(unit: .months(number...number), year: year)
  }

  private mutating func bareDay() -> CalendarPeriod? {
    guard let number = digits(), !isMark("/", 1), term(1) != .month else { return nil }
    advance()
    return term() == .workingDay || term() == .day ? nil : CalendarPeriod(unit: .day(number, month: nil))
  }

  /// “ngày 10 tháng 3, 6, 9, 12”: the same day of other months, up to the end of the list.
  private mutating func dayOfNextMonth(_ day: Int) -> CalendarPeriod? {
    guard let month = digits(), (1...12).contains(month), term(-3) == .month || tokens[at - 2].kind == .number else {
      return nil
    }
    advance()
    let isListOrEnd = isStretchEnd || term() == .and || term() == .every || term() == .year || isMark("/")
    return isListOrEnd ? CalendarPeriod(unit: .day(day, month: month), year: year()) : nil
  }

  private mutating func bareNextYear() -> CalendarPeriod? {
    guard let year = digits(atMost: 4), token()?.width == 4, !isMark("/", 1) else { return nil }
    advance()
    return CalendarPeriod(unit: .year, year: year)
  }

  private var isUnitAhead: Bool {
    guard let term = term() else { return false }
    return [.day, .workingDay, .week, .month, .hour, .times].contains(term)
  }
}
