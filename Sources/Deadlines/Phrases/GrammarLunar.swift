// Lunar days and months, and feasts by their names.
extension PhraseReader {
  /// “23 tháng Chạp năm Bính Ngọ”, “Rằm tháng Bảy”, “ngày 15/8 âm lịch”, “tháng Giêng”, “Tết Nguyên đán 2027”.
  mutating func lunarOrFeast() -> CalendarPeriod? {
    guard hasLunarWords else { return nil }
    return attempt { $0.lunarPart() } ?? attempt { $0.lunarDay() } ?? attempt { $0.lunarMonth() }
      ?? attempt { $0.feast() }
  }

  // MARK: Days and months

  private mutating func lunarDay() -> CalendarPeriod? {
    let isFullMoon = term() == .fullMoon || (term() == .day && term(1) == .fullMoon)
    guard let day = isFullMoon ? fullMoon() : lunarDayNumber() else { return nil }
    // “mùng 1 Tết”
    if !isFullMoon, day > 20, term() == .feast(.lunarNewYear) { return lunarNewYearsEve() }
    if !isFullMoon, take(.feast(.lunarNewYear)) {
      return CalendarPeriod(unit: .lunarDay(day, month: 1), year: lunarYear().0)
    }
    guard let (month, isNamed) = monthOfLunarDay() else {
      return isFullMoon ? CalendarPeriod(unit: .lunarDay(15, month: nil)) : nil
    }
    let isLeap = take(.leapMonth)
    let (year, isTold) = lunarYear()
    guard isFullMoon || isNamed || isTold else { return nil }
    return CalendarPeriod(unit: .lunarDay(day, month: month, isLeap: isLeap), year: year)
  }

  /// “30 Tết” is the last day of the old year, which may have 29 days in its last month.
  private mutating func lunarNewYearsEve() -> CalendarPeriod? {
    advance()
    let year = lunarYear().0 ?? (LunarDate(issued).year + 1)
    guard let eve = LunarDate.newYear(year)?.adding(days: -1) else { return nil }
    ask("“30 Tết”: đọc là ngày cuối năm âm lịch", "read as the last day of the lunar year")
    return CalendarPeriod(unit: .dates(eve, eve))
  }

  private mutating func fullMoon() -> Int? {
    _ = take(.day)
    return take(.fullMoon) ? 15 : nil
  }

  private mutating func lunarDayNumber() -> Int? {
    _ = takeDayWord()
    guard let day = number(atMost: 2), (1...30).contains(day) else { return nil }
    return day
  }

  /// The month, and whether its name is one of the lunar calendar.
  private mutating func monthOfLunarDay() -> (Int, Bool)? {
    _ = take(.of)
    if takeMark("/", "-"), let month = digits(), (1...12).contains(month) {
      advance()
      return (month, false)
    }
    guard take(.month) else { return nil }
    return lunarMonthNumber()
  }

  private mutating func lunarMonthNumber() -> (Int, Bool)? {
    if case .lunarMonth(let month) = term() {
      advance()
      return (month, true)
    }
    guard let month = number(atMost: 2) ?? (take(.year) ? 5 : nil), (1...12).contains(month) else { return nil }
    return (month, false)
  }

  /// The year, if any, and whether it or “âm lịch” tells that the date is lunar.
  private mutating func lunarYear() -> (Int?, Bool) {
    var isTold = takeLunarWord()
    let year: Int? = attempt { reader in
      _ = reader.takeMark(",", "/", "-") || reader.take(.of)
      let hasWord = reader.take(.year)
      if let named = reader.namedYear() { return named }
      guard hasWord || reader.isMark("/", -1) || reader.isMark("-", -1) || reader.token()?.width == 4 else {
        return nil
      }
      return reader.yearNumber()
    }
    if at > 0, case .yearName = term(-1) { isTold = true }
    isTold = takeLunarWord() || isTold
    return (year, isTold)
  }

  /// “Bính Ngọ”: of the sixty years around the issue date.
  private mutating func namedYear() -> Int? {
    guard case .yearName(let place) = term() else { return nil }
    advance()
    _ = attempt { $0.yearInFigures() }
    return LunarDate.year(stem: place % 10, branch: place % 12, near: issued.year)
  }

  /// “Đinh Mùi 2027”, “Đinh Mùi (2027)”.
  private mutating func yearInFigures() -> Bool? {
    let parenthesis = takeMark("(", "-")
    guard token()?.width == 4, token()?.kind == .number else { return nil }
    advance()
    return !parenthesis || takeMark(")") || tokens[at - 2].kind == .mark(UInt8(ascii: "-")) ? true : nil
  }

  /// “âm lịch”, “(âm lịch)”.
  private mutating func takeLunarWord() -> Bool {
    if take(.lunar) { return true }
    return attempt { $0.takeMark("(") && $0.take(.lunar) && $0.takeMark(")") ? true : nil } ?? false
  }

  private mutating func lunarMonth() -> CalendarPeriod? {
    guard take(.month), let (month, isNamed) = lunarMonthNumber() else { return nil }
    let isLeap = take(.leapMonth)
    let (year, isTold) = lunarYear()
    guard isNamed || isTold else { return nil }
    return CalendarPeriod(unit: .lunarMonth(month, isLeap: isLeap), year: year)
  }

  /// “cuối tháng Giêng”, “đầu tháng Chạp”.
  private mutating func lunarPart() -> CalendarPeriod? {
    guard let part = takePart(), var month = lunarMonth() else { return nil }
    month.part = part
    return month
  }

  // MARK: Feasts

  /// “dịp Quốc khánh 02/9/2026” is read by its date; “Tết Nguyên đán Đinh Mùi”, “Giỗ Tổ Hùng Vương 2027” by its name.
  private mutating func feast() -> CalendarPeriod? {
    skipToFeast()
    guard case .feast(let feast) = term() else { return nil }
    advance()
    skipFillers()
    if let date = attempt({ $0.dateBehindFeast() }) ?? attempt({ $0.dateBehindRestOfName() }) {
      askWhetherSame(feast, date)
      return date
    }
    let year = lunarYear().0
    return CalendarPeriod(unit: .feast(feast), year: year)
  }

  private mutating func skipToFeast() {
    for _ in 0..<4 {
      guard take(.occasion, .filler, .day) else { return }
    }
  }

  /// “Thương binh - Liệt sĩ 27/7”.
  private mutating func dateBehindRestOfName() -> CalendarPeriod? {
    for _ in 0..<5 {
      guard takeMark("-") || token()?.kind == .word else { break }
      if token()?.kind == .word { advance() }
    }
    return dateBehindFeast()
  }

  private mutating func dateBehindFeast() -> CalendarPeriod? {
    let parenthesis = takeMark("(")
    guard let date = day(), case .day(_, .some) = date.unit else { return nil }
    return !parenthesis || takeMark(")") ? date : nil
  }

  private mutating func askWhetherSame(_ feast: Feast, _ date: CalendarPeriod) {
    guard case .day(let day, let month?) = date.unit, !feast.day.isLunar,
      feast.day.month != month || feast.day.day != day
    else { return }
    ask("ngày ghi không phải ngày của dịp lễ đó", "the date is not that of the feast")
  }
}

extension Token {
  /// A word of the lunar calendar or the name of a feast.
  var isLunar: Bool {
    switch kind {
    case .term(.lunar), .term(.fullMoon), .term(.lunarMonth), .term(.yearName), .term(.feast): true
    default: false
    }
  }
}
