// Days named by their place in a month, quarter or year.
extension PhraseReader {
  /// “ngày làm việc cuối cùng hằng tháng”, “thứ Sáu cuối cùng của tháng 6/2026”, “ngày làm việc thứ 5 của tháng”.
  mutating func placedDays(_ bound: Bound?, _ time: TimeOfDay?) -> Item.Content? {
    guard [.workingDay, .weekday, .sunday].contains(term()) || (term() == .day && term(1) == .weekday) else {
      return nil
    }
    return attempt { reader in
      guard let (place, part) = reader.place() else { return nil }
      if let period = reader.attempt({ $0.wholePeriod() }) {
        var period = period
        period.part = part
        return .limit(bound ?? .within, .one(period), time: time)
      }
      guard let base = reader.baseOfPlace(isFirst: reader.isFromStart(part)) else { return nil }
      return .daysOfMonth(bound ?? .within, place, base, time: time)
    }
  }

  private func isFromStart(_ part: CalendarPeriod.Part) -> Bool {
    switch part {
    case .workingDay(let ordinal), .weekday(_, let ordinal), .days(let ordinal), .workingDays(let ordinal): ordinal > 0
    default: false
    }
  }

  private mutating func place() -> (DaysOfMonth, CalendarPeriod.Part)? {
    if take(.workingDay) {
      guard let ordinal = ordinal() else { return nil }
      return (.workingDay(ordinal), .workingDay(ordinal))
    }
    if term() == .day { advance() }
    guard let weekday = weekdayName() else { return nil }
    let isOfWeek = take(.week)
    guard let ordinal = ordinal() else { return nil }
    if isOfWeek { ask("“tuần thứ …” của tháng: đọc là lần thứ mấy trong tháng", "read as which one of the month") }
    return (.weekday(weekday, ordinal: ordinal), .weekday(weekday, ordinal: ordinal))
  }

  /// “đầu tiên”, “cuối cùng”, “thứ 5”: counted from the start, or from the end when negative.
  private mutating func ordinal() -> Int? {
    if take(.first) { return 1 }
    if take(.last) { return -1 }
    return attempt { reader in
      guard reader.take(.weekday) else { return nil }
      return reader.number(atMost: 2).flatMap { (1...23).contains($0) ? $0 : nil }
    }
  }

  /// A month, quarter or year with its number.
  private mutating func wholePeriod() -> CalendarPeriod? {
    _ = take(.of, .within)
    return monthQuarterYear()
  }

  /// “của tháng”, “hằng tháng”, “mỗi quý”, “của năm”.
  mutating func baseOfPlace(isFirst: Bool) -> MonthBase? {
    if let base = monthBase() { return base }
    return attempt { reader in
      for _ in 0..<3 { _ = reader.take(.of, .every, .within) }
      if reader.take(.quarter) {
        guard isFirst else { return .lastOfQuarter }
        return reader.takeNextWord() ? .firstOfNextQuarter : .firstOfQuarter
      }
      guard reader.take(.year) else { return nil }
      return .months([isFirst ? 1 : 12])
    }
  }

  /// “đầu mỗi tháng”, “giữa hằng quý”, “cuối mỗi năm”: start, middle and end by article 146.
  mutating func partOfEvery(_ bound: Bound?, _ time: TimeOfDay?) -> Item.Content? {
    attempt { reader in
      guard let part = reader.term(), reader.take(.first, .middle, .last) else { return nil }
      _ = reader.take(.of)
      guard reader.take(.every), let unit = reader.term(), reader.take(.month, .quarter, .year) else { return nil }
      guard let (day, base) = Self.day(part, of: unit) else { return nil }
      return .daysOfMonth(bound ?? .within, .days([day]), base, time: time)
    }
  }

  private static func day(_ part: Term, of unit: Term) -> (Int, MonthBase)? {
    switch (part, unit) {
    case (.first, .month): (1, .everyMonth)
    case (.middle, .month): (15, .everyMonth)
    case (_, .month): (31, .everyMonth)
    case (.first, .quarter): (1, .firstOfQuarter)
    case (.middle, .quarter): (15, .middleOfQuarter)
    case (_, .quarter): (31, .lastOfQuarter)
    case (.first, .year): (1, .months([1]))
    case (.middle, .year): (30, .months([6]))
    case (_, .year): (31, .months([12]))
    default: nil
    }
  }

  /// “trong 10 ngày đầu tháng 6/2026”, “05 ngày làm việc đầu tiên của tháng”, “10 ngày cuối quý”.
  mutating func leadingDays(_ bound: Bound?, _ time: TimeOfDay?) -> Item.Content? {
    attempt { reader in
      guard let count = reader.countNumber(), (1...60).contains(count) else { return nil }
      let isWorking = reader.term() == .workingDay
      guard reader.take(.day, .workingDay) else { return nil }
      let isFirst = reader.term() == .first
      guard reader.take(.first, .last) else { return nil }
      return reader.leading(isFirst ? count : -count, isWorking: isWorking, bound, time)
    }
  }

  private mutating func leading(_ count: Int, isWorking: Bool, _ bound: Bound?, _ time: TimeOfDay?) -> Item.Content? {
    if let period = attempt({ $0.wholePeriod() ?? ($0.attempt { $0.everyBase() } == nil ? $0.plainPeriod() : nil) }) {
      var period = period
      period.part = isWorking ? .workingDays(count) : .days(count)
      return .limit(bound ?? .within, .one(period), time: time)
    }
    guard let base = baseOfPlace(isFirst: count > 0) else { return nil }
    let last: DaysOfMonth = count < 0 ? .days([31]) : isWorking ? .workingDay(count) : .days([count])
    return .daysOfMonth(bound ?? .within, last, base, time: time)
  }

  private mutating func everyBase() -> Bool? {
    _ = take(.of)
    return take(.every) ? true : nil
  }

  /// “tháng”, “quý”, “năm” without a number: the one in which the document was issued.
  private mutating func plainPeriod() -> CalendarPeriod? {
    _ = take(.of)
    let unit = term()
    return take(.month, .quarter, .year) ? unnumbered(unit) : nil
  }

  /// “trước ngày họp 03 ngày làm việc”, “sau Tết Nguyên đán 05 ngày”: the count behind its event.
  mutating func countBehindEvent(_ bound: Bound) -> Count? {
    guard [.before, .after, .from].contains(bound), let end = countAtEnd() else { return nil }
    let start = at
    let date = attempt { $0.lunarOrFeast() ?? $0.day() }
    let event: Count.Event
    if let date, at == end {
      event = .date(date)
    } else if !tokens[start..<end].contains(where: { $0.kind == .number }), isNamedEvent(start..<end) {
      event = .unknown
    } else {
      return nil
    }
    at = end
    guard let number = countNumber(), let unit = countUnit() else { return nil }
    return Count(number: number, unit: unit, event: event, isBackwards: bound == .before)
  }

  /// Where “03 ngày làm việc” begins at the end of the stretch.
  private func countAtEnd() -> Int? {
    var end = at
    while end < min(at + 16, tokens.count), !isEnd(end) { end += 1 }
    guard end == tokens.count || isEnd(end), end - at >= 3, tokens[end - 2].kind == .number,
      [.term(.day), .term(.workingDay), .term(.week), .term(.hour), .term(.month)].contains(tokens[end - 1].kind)
    else { return nil }
    return end - 2
  }

  private func isEnd(_ index: Int) -> Bool {
    switch tokens[index].kind {
    case .mark(UInt8(ascii: ",")), .mark(UInt8(ascii: ";")): true
    case .mark(UInt8(ascii: ".")): index + 1 == tokens.count || !tokens[index + 1].isGlued
    default: false
    }
  }

  private func isNamedEvent(_ words: Range<Int>) -> Bool {
    tokens[words].contains { token in
      switch token.kind {
      case .term(.gathering), .term(.issue), .term(.limit), .term(.finish), .word: true
      default: false
      }
    }
  }
}
