// Weeks: the working week ends before the weekly rest, on Friday in Viet Nam.
extension PhraseReader {
  /// “tuần 2 tháng 6/2026”, “tuần thứ 07 năm 2026”, “tuần đầu tháng 6/2026”, “tuần này”, “thứ Sáu tuần này”.
  mutating func week() -> CalendarPeriod? {
    attempt { $0.weekdayOfWeek() } ?? attempt { $0.leadingWeeks() } ?? attempt { $0.numberedWeek() } ?? attempt {
      $0.namedWeek()
    }
      ?? attempt { $0.relativeWeek() } ?? attempt { $0.edgeOfWeek() }
  }

  private mutating func weekdayOfWeek() -> CalendarPeriod? {
    guard let weekday = weekdayName() else { return nil }
    _ = take(.of)
    // “thứ Sáu này”
    let monday = term() == .this && take(.this) ? issued.mondayOfWeek : relativeMonday()
    guard let monday else { return nil }
    let day = monday.adding(days: weekday - 1)
    return CalendarPeriod(unit: .dates(day, day))
  }

  /// Monday of “tuần này”, “tuần sau”, “tuần tới”.
  private mutating func relativeMonday() -> CivilDate? {
    guard take(.week) else { return nil }
    if take(.this, .presently) { return issued.mondayOfWeek }
    return takeNextWord() ? issued.mondayOfWeek.adding(days: 7) : nil
  }

  private mutating func relativeWeek() -> CalendarPeriod? {
    if let monday = attempt({ $0.relativeMonday() }) { return working(week: monday) }
    // “trong tuần”: only when nothing names another week.
    guard at > 0, take(.week), digits() == nil, term() != .weekday else { return nil }
    if token()?.kind == .word { ask("tuần nào?", "which week is meant?") }
    if issued.weekday > 5 { ask("văn bản ban hành cuối tuần: tuần nào?", "issued on a weekend: which week?") }
    return working(week: issued.mondayOfWeek)
  }

  /// “đầu tuần sau”, “cuối tuần này”.
  private mutating func edgeOfWeek() -> CalendarPeriod? {
    let days = term() == .first ? 0 : term() == .middle ? 2 : lastWorkday - 1
    guard take(.first, .middle, .last), let monday = attempt({ $0.relativeMonday() }) ?? plainWeek() else { return nil }
    ask(
      "đầu, giữa, cuối tuần: đọc là thứ Hai, thứ Tư, thứ Sáu",
      "the start, middle and end of a week: read as Monday, Wednesday and Friday"
    )
    let day = monday.adding(days: days)
    return CalendarPeriod(unit: .dates(day, day))
  }

  private mutating func plainWeek() -> CivilDate? { take(.week) ? issued.mondayOfWeek : nil }

  private func working(week monday: CivilDate) -> CalendarPeriod {
    CalendarPeriod(unit: .dates(monday, monday.adding(days: lastWorkday - 1)))
  }

  /// By its number in a month, or in a year (ISO 8601).
  private mutating func numberedWeek() -> CalendarPeriod? {
    guard take(.week) else { return nil }
    _ = take(.weekday)
    guard let number = number(atMost: 2) else { return nil }
    _ = take(.of) || take(.within)
    if let month = attempt({ $0.monthForWeek() }) { return week(number, of: month) }
    let year = year()
    if year == nil { ask("tuần không ghi năm hoặc tháng", "the week's year or month is not said") }
    return isoWeek(number, year: year ?? issued.year)
  }

  /// First day of the month that a week is counted in.
  private mutating func monthForWeek() -> CivilDate? {
    guard let period = monthQuarterYear(), case .months(let months) = period.unit, months.count == 1 else { return nil }
    let year = period.year ?? issued.year
    guard let first = CivilDate(year: year, month: months.lowerBound, day: 1) else { return nil }
    guard period.year == nil, first.lastOfMonth < issued else { return first }
    ask("tháng không ghi năm, lấy năm sau", "the month has no year: next year is taken")
    return CivilDate(year: year + 1, month: months.lowerBound, day: 1)
  }

  /// Week 1 is the one with the month's first weekday.
  private mutating func week(_ number: Int, of month: CivilDate) -> CalendarPeriod {
    let first = month.weekday > 5 ? month.mondayOfWeek.adding(days: 7) : month.mondayOfWeek
    let monday = first.adding(days: (number - 1) * 7)
    guard (1...6).contains(number), monday <= month.lastOfMonth else { return .impossible }
    if month.weekday != 1 { askWhichWeek(number, of: month) }
    let end = min(monday.adding(days: lastWorkday - 1), month.lastOfMonth)
    return CalendarPeriod(unit: .dates(max(monday, month), end))
  }

  /// Three readings when the month does not begin on a Monday.
  private mutating func askWhichWeek(_ number: Int, of month: CivilDate) {
    let byDays = min(month.adding(days: number * 7 - 1), month.lastOfMonth)
    let fullWeek = month.adding(days: (8 - month.weekday) % 7 + number * 7 - 3)
    ask(
      "“tuần \(number)” còn có thể hết ngày \(byDays) hoặc \(fullWeek)",
      "“week \(number)” may also end on \(byDays) or \(fullWeek)",
      others: [
        OtherReading(meaning: "bảy ngày một tuần từ ngày 01 / weeks of seven days from the 1st", nominal: [byDays]),
        OtherReading(meaning: "tuần trọn vẹn / full weeks only", nominal: [fullWeek]),
      ]
    )
  }

  private func isoWeek(_ number: Int, year: Int) -> CalendarPeriod {
    // 4 January is always in week 1 (ISO 8601).
    guard (1...53).contains(number), let fourth = CivilDate(year: year, month: 1, day: 4) else { return .impossible }
    let monday = fourth.mondayOfWeek.adding(days: (number - 1) * 7)
    // A week belongs to the year of its Thursday: most years have no week 53.
    guard monday.adding(days: 3).year == year else { return .impossible }
    return working(week: monday)
  }

  /// “hai tuần đầu tháng 6/2026”, “02 tuần cuối của tháng 6”.
  private mutating func leadingWeeks() -> CalendarPeriod? {
    guard let count = number(atMost: 2), (1...4).contains(count), take(.week) else { return nil }
    let isFirst = term() == .first
    guard take(.first, .last) else { return nil }
    _ = take(.of)
    guard let month = monthForWeek() else { return nil }
    if isFirst, case .dates(_, let last) = week(count, of: month).unit {
      return CalendarPeriod(unit: .dates(month, last))
    }
    ask("“tuần cuối”: đọc là đến ngày cuối tháng", "the last weeks are read as those up to the end of the month")
    let last = month.lastOfMonth
    return CalendarPeriod(unit: .dates(last.adding(days: 1 - 7 * count), last))
  }

  /// “tuần đầu tháng 6/2026”, “tuần cuối của tháng 6”.
  private mutating func namedWeek() -> CalendarPeriod? {
    guard take(.week) else { return nil }
    let isFirst = term() == .first
    guard take(.first, .last) else { return nil }
    _ = take(.of)
    guard let month = monthForWeek() else { return nil }
    if isFirst { return week(1, of: month) }
    let last = month.lastOfMonth
    ask("“tuần cuối”: đọc là tuần có ngày cuối tháng", "the last week is read as the one with the month's last day")
    let end = min(last.mondayOfWeek.adding(days: lastWorkday - 1), last)
    return CalendarPeriod(unit: .dates(last.mondayOfWeek, end))
  }
}
