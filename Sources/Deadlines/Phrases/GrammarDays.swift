// Days and years.
extension PhraseReader {
  /// “ngày 30/6/2026”, “30.6.2026”, “2026-06-30”, “ngày ba mươi tháng sáu năm 2026”, “thứ Sáu, ngày 22/5/2026”.
  mutating func day() -> CalendarPeriod? {
    attempt { reader in
      let weekday = reader.weekdayBeforeDay()
      guard let period = reader.plainDay() else { return nil }
      reader.check(weekday: weekday ?? reader.weekdayAfterDay(), of: period)
      return period
    }
  }

  private mutating func plainDay() -> CalendarPeriod? {
    attempt { $0.isoDay() } ?? attempt { $0.lastDayOfPeriod() } ?? attempt { $0.figureDay() }
      ?? attempt { $0.spacedDay() } ?? attempt { $0.writtenDay() } ?? attempt { $0.relativeDay() }
  }

  /// “ngày”, or “ngay” that lost its mark before a number.
  mutating func takeDayWord() -> Bool {
    if take(.day, .earlyDay) {
      _ = take(.earlyDay)  // “ngày mùng 5”
      return true
    }
    guard term() == .immediately, token(1)?.kind == .number, isMark("/", 2) || isMark(".", 2) || term(2) == .month
    else {
      return false
    }
    advance()
    readSlip = true
    return true
  }

  private mutating func isoDay() -> CalendarPeriod? {
    _ = takeDayWord()
    let mark: Character = isMark("/", 1) ? "/" : "-"
    guard let year = digits(atMost: 4), token()?.width == 4, isMark(mark, 1), let month = digits(2), isMark(mark, 3),
      let day = digits(4)
    else { return nil }
    for _ in 0..<5 { advance() }
    return CalendarPeriod(unit: .day(day, month: month), year: year)
  }

  /// Day and month in figures, with or without a year.
  private mutating func figureDay() -> CalendarPeriod? {
    let isBounded = isAfterBound
    let isMarked = takeDayWord()
    guard let day = digits() else { return nil }
    advance()
    guard let separator = takeSeparator(), let month = digits() else { return nil }
    advance()
    if let year = yearAfter(separator) { return CalendarPeriod(unit: .day(day, month: month), year: year) }
    // “30-6/2026”, “30.6/2026”: no range of months begins with 30.
    if separator != "/", day > 12, (1...12).contains(month), isMark("/"), token(1)?.width == 4,
      let year = yearAfter("/")
    {
      return CalendarPeriod(unit: .day(day, month: month), year: year)
    }
    guard separator == "/" || isDayAndMonth(separator, month, isMarked: isMarked, isBounded: isBounded), !isMark("/"),
      !isFraction(day, month, isMarked, isBounded)
    else { return nil }
    if separator == "-", day < month { ask("“\(day)-\(month)”: một ngày hay một khoảng?", "one day or a range?") }
    return CalendarPeriod(unit: .day(day, month: month), year: yearInWords())
  }

  /// Two figures with a dot or a dash are a day only after “ngày” or, with nothing behind them, after a preposition.
  private func isDayAndMonth(_ separator: Character, _ month: Int, isMarked: Bool, isBounded: Bool) -> Bool {
    guard isMarked || (isBounded && isStretchEnd) else { return false }
    if separator == "." { return true }
    return (1...12).contains(month) && !isMark("-") && !isMark(".") && term() != .month && term() != .every
  }

  /// A preposition straight before, other than that of a quantity.
  private var isAfterBound: Bool {
    guard let term = term(-1) else { return false }
    return [.before, .latest, .limit, .until, .end, .within, .from, .after].contains(term)
  }

  /// “1/2 ngày” and “5/6 chỉ tiêu” are quantities; “24/7” is an idiom (rule R16).
  private func isFraction(_ day: Int, _ month: Int, _ isMarked: Bool, _ isBounded: Bool) -> Bool {
    if isMarked { return false }
    if term() == .day || term() == .workingDay || term() == .money || (day == 24 && month == 7) { return true }
    return !isBounded && day <= month && (token()?.kind == .word || term() == .numberSign || term() == .noun)
  }

  /// “30 6 2026”: marks that the scanner or the typist lost; never without asking.
  private mutating func spacedDay() -> CalendarPeriod? {
    if case .number = token(-1)?.kind { return nil }
    _ = takeDayWord()
    guard let day = digits(), let month = digits(1), token(2)?.width == 4, let year = digits(2, atMost: 4),
      (1900...2200).contains(year), token(3)?.kind != .number, !isMark("/", 3)
    else { return nil }
    for _ in 0..<3 { advance() }
    readSlip = true
    return CalendarPeriod(unit: .day(day, month: month), year: year)
  }

  mutating func takeSeparator() -> Character? {
    for mark: Character in ["/", ".", "-"] where takeMark(mark) { return mark }
    return nil
  }

  private mutating func yearAfter(_ separator: Character) -> Int? {
    attempt { reader in
      guard reader.takeMark(separator) else { return nil }
      // “30/6/năm 2026”
      _ = reader.take(.year)
      return reader.yearFigure()
    }
  }

  /// Four digits, or two for 2000–2099; anything else in the place of a year is no year of this calendar.
  mutating func yearFigure() -> Int? {
    guard let token = token(), token.kind == .number else { return nil }
    advance()
    switch token.width {
    case 4: return token.value
    case 2: return 2000 + token.value
    default: return 0
    }
  }

  /// “ngày 30 tháng 6 năm 2026” in figures or words; a day alone when no month follows.
  private mutating func writtenDay() -> CalendarPeriod? {
    let start = at
    let isMarked = takeDayWord()
    guard let day = isMarked ? dayNumber() : digits() else { return nil }
    if !isMarked { advance() }
    let isEarly = tokens[start..<at].contains { $0.kind == .term(.earlyDay) }
    if let month = attempt({ $0.monthOfDay(isMarked) }) {
      if isEarly { ask("“mùng”: ngày dương lịch hay âm lịch?", "a solar or a lunar day?") }
      return CalendarPeriod(unit: .day(day, month: month), year: year())
    }
    return isMarked && !isMark("/") ? CalendarPeriod(unit: .day(day, month: nil)) : nil
  }

  private mutating func dayNumber() -> Int? {
    if let number = number(atMost: 2) { return number }
    return term() == .year && term(1) == .month && take(.year) ? 5 : nil
  }

  private mutating func monthOfDay(_ isMarked: Bool) -> Int? {
    _ = take(.of) || takeMark("/", ",")
    guard take(.month) else { return nil }
    if let number = number(atMost: 2) { return number }
    if take(.this) { return issued.month }
    return isMarked && take(.year) ? 5 : nil
  }

  private mutating func relativeDay() -> CalendarPeriod? {
    let isTomorrow = term() == .tomorrow
    guard take(.today, .tomorrow) else { return nil }
    return today(plus: isTomorrow ? 1 : 0)
  }

  /// Counted from the issue date, which may be wrong by a day or more.
  mutating func today(plus days: Int = 0) -> CalendarPeriod {
    let day = issued.adding(days: days)
    ask("“hôm nay”, “ngày mai” tính theo ngày ban hành", "“today”, “tomorrow” are counted from the issue date")
    return CalendarPeriod(unit: .dates(day, day))
  }

  /// “ngày cuối cùng của tháng 6/2026”, “ngày đầu tiên của quý III/2026”.
  private mutating func lastDayOfPeriod() -> CalendarPeriod? {
    let isFirst = term(1) == .first
    guard take(.day), take(.first, .last) else { return nil }
    _ = take(.of)
    guard var period = monthQuarterYear() else { return nil }
    period.part = isFirst ? .first : .lastDay
    return period
  }

  /// The year that follows a day, month or quarter.
  mutating func year() -> Int? {
    attempt { reader in
      if let separator = reader.takeSeparator() { return reader.yearAfterUnit(separator) }
      return reader.yearInWords() ?? reader.bareYear() ?? reader.yearAfterMark()
    }
  }

  /// “(năm 2026)”, “, 2026”.
  private mutating func yearAfterMark() -> Int? {
    if takeMark(",") { return bareYear() }
    guard takeMark("("), take(.year), let year = yearNumber(), takeMark(")") else { return nil }
    return year
  }

  private mutating func yearAfterUnit(_ separator: Character) -> Int? {
    _ = take(.year)
    guard let token = token(), token.kind == .number else { return nil }
    // “tháng 5-26” may be anything; “tháng 6/26” is a year.
    guard token.width == 4 || (separator == "/" && token.width == 2) else { return nil }
    return yearFigure()
  }

  /// “năm 2026”, “, năm 2026”, “của năm hai nghìn không trăm hai mươi sáu”, “năm nay”, “năm sau”.
  mutating func yearInWords() -> Int? {
    attempt { reader in
      _ = reader.takeMark(",") || reader.take(.of)
      guard reader.take(.year) else { return nil }
      return reader.yearNumber()
    }
  }

  mutating func yearNumber() -> Int? {
    if let figure = attempt({ $0.yearFigure() }) { return figure }
    if let words = attempt({ $0.numeral() }) { return words > 1000 ? words : nil }
    if take(.this, .presently) { return issued.year }
    return takeNextWord() ? issued.year + 1 : nil
  }

  /// “sau”, “tới”, “tiếp theo” after a unit.
  mutating func takeNextWord() -> Bool { take(.after, .until, .next) }

  private mutating func bareYear() -> Int? {
    guard let value = digits(atMost: 4), token()?.width == 4, (1900...2200).contains(value), !isMark("/", 1) else {
      return nil
    }
    advance()
    return value
  }

  /// “thứ Sáu, ” before a day.
  private mutating func weekdayBeforeDay() -> Int? {
    attempt { reader in
      if reader.term(1) == .weekday || reader.term(1) == .sunday { _ = reader.take(.day) }
      guard let weekday = reader.weekdayName() else { return nil }
      _ = reader.takeMark(",") || reader.takeMark("(")
      return reader.term() == .day || reader.digits() != nil ? weekday : nil
    }
  }

  private mutating func weekdayAfterDay() -> Int? {
    attempt { reader in
      guard reader.takeMark("("), let weekday = reader.weekdayName(), reader.takeMark(")") else { return nil }
      return weekday
    }
  }

  /// ISO weekday of “thứ Hai” … “thứ Bảy”, “thứ 6”, “Chủ nhật”.
  mutating func weekdayName() -> Int? {
    if take(.sunday) { return 7 }
    return attempt { reader in
      guard reader.take(.weekday) else { return nil }
      if reader.take(.year) { return 4 }
      guard let number = reader.number(atMost: 1), (2...7).contains(number) else { return nil }
      return number - 1
    }
  }

  private mutating func check(weekday: Int?, of period: CalendarPeriod) {
    guard let weekday, case .day(let day, let month?) = period.unit,
      let date = CivilDate(year: period.year ?? issued.year, month: month, day: day), date.weekday != weekday
    else { return }
    ask("thứ trong tuần không khớp với ngày", "the weekday does not match the date")
  }
}
