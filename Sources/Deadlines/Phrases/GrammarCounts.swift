// Counted periods (BLDS 2015 art. 144–148) and days of a month that is said by its place.
extension PhraseReader {
  /// “trong vòng 05 ngày làm việc kể từ ngày nhận được văn bản”, “01 tháng kể từ ngày 31/01/2026”.
  mutating func count(after bound: Bound?) -> Count? {
    attempt { reader in
      if let next = reader.attempt({ $0.nextWorkingDay() }) { return next }
      if let half = reader.attempt({ $0.halfMonth() }) { return half }
      guard var number = reader.countNumber(), var unit = reader.countUnit(), !reader.isPartAhead else { return nil }
      if unit == .workingWeeks { (number, unit) = (number * 5, .workingDays) }
      if unit == .days, reader.takeWorkingDayInBrackets() || reader.takeExceptDaysOff() { unit = .workingDays }
      if reader.take(.this) { reader.ask("“… này”: kỳ nào?", "which ones are meant?") }
      if number == 0 { reader.ask("đếm 0?", "a count of nothing?") }
      if let coming = reader.attempt({ $0.comingUnits(number, unit) }) { return coming }
      reader.skipCommaBeforeEvent()
      guard unit != .hours || !reader.isDateAfterHour else { return nil }
      // “trước 10 ngày” without an event: ten days before what?
      if bound == .before && ![.before, .beforeEvent, .compared].contains(reader.term()) { return nil }
      let event = reader.event()
      guard bound != nil && bound != .before || event != nil || unit == .workingDays else { return nil }
      let isBackwards = event?.isBackwards == true
      return Count(number: number, unit: unit, event: event?.event ?? .notSaid, isBackwards: isBackwards)
    }
  }

  /// “nửa tháng kể từ …” is fifteen days (article 146).
  private mutating func halfMonth() -> Count? {
    guard take(.half), take(.month) else { return nil }
    let event = event()
    return Count(number: 15, unit: .days, event: event?.event ?? .notSaid, isBackwards: event?.isBackwards == true)
  }

  /// “ba ngày tới”, “02 tháng tiếp theo”.
  private mutating func comingUnits(_ number: Int, _ unit: Count.Unit) -> Count? {
    guard take(.until) || take(.next), isStretchEnd else { return nil }
    return Count(number: number, unit: unit, event: .notSaid)
  }

  /// “không kể thứ Bảy, Chủ nhật và ngày lễ”.
  private mutating func takeExceptDaysOff() -> Bool {
    attempt { reader in
      let parenthesis = reader.takeMark("(")
      _ = reader.takeMark(",")
      guard reader.take(.exceptDaysOff) else { return nil }
      while reader.isNameOfDayOff { reader.advanceUnread() }
      return !parenthesis || reader.takeMark(")") ? true : nil
    } ?? false
  }

  private var isNameOfDayOff: Bool {
    switch token()?.kind {
    case .term(.weekday), .term(.sunday), .term(.numeral), .term(.and), .term(.day), .term(.occasion),
      .term(.gathering),
      .term(.feast), .term(.filler), .word, .mark(UInt8(ascii: ",")):
      true
    case .number: (2...8).contains(token()?.value ?? 0)
    default: false
    }
  }

  /// “kể từ ngày kết thúc quý II/2026”, “sau khi kết thúc quý”.
  private mutating func endOfPeriod() -> (event: Count.Event, isBackwards: Bool)? {
    let isBackwards = [.before, .beforeEvent, .beforeEnd].contains(term())
    if !take(.beforeEnd) {
      guard take(.from, .after, .whenever, .before, .beforeEvent) else { return nil }
      _ = take(.day)
      guard take(.finish, .end) else { return nil }
    }
    _ = take(.every)
    if let period = attempt({ $0.monthsOfYear() }) ?? monthQuarterYear() { return (.date(period), isBackwards) }
    let unit = term()
    guard !isBackwards, take(.month, .quarter, .year), isStretchEnd, let unit else { return nil }
    return (.endOfEvery(unit), false)
  }

  /// “05 ngày (ngày làm việc)”.
  private mutating func takeWorkingDayInBrackets() -> Bool {
    attempt { $0.takeMark("(") && $0.take(.workingDay) && $0.takeMark(")") ? true : nil } ?? false
  }

  /// “05 ngày, kể từ ngày ký”.
  private mutating func skipCommaBeforeEvent() {
    if isMark(","), let next = term(1), [.from, .after, .whenever].contains(next) { advance() }
  }

  /// “sau khi có hướng dẫn 05 ngày làm việc”.
  mutating func countBehindRequest() -> Count? {
    attempt { reader in
      guard reader.take(.onRequest), let number = reader.countNumber(), let unit = reader.countUnit(),
        reader.isStretchEnd
      else { return nil }
      return Count(number: number, unit: unit, event: .unknown)
    }
  }

  /// “ngày làm việc tiếp theo”.
  private mutating func nextWorkingDay() -> Count? {
    guard take(.workingDay), take(.next) || take(.after) else { return nil }
    return Count(number: 1, unit: .workingDays, event: event()?.event ?? .notSaid)
  }

  mutating func countUnit() -> Count.Unit? {
    let unit: Count.Unit
    switch term() {
    case .workingDay: unit = .workingDays
    case .day: unit = .days
    case .week: unit = .weeks
    case .workingWeek: unit = .workingWeeks
    case .month: unit = .months
    case .year: unit = .years
    case .hour, .hourSign: unit = .hours
    default: return nil
    }
    advance()
    return unit
  }

  private var isPartAhead: Bool {
    term() == .first || term() == .last || token()?.kind == .number || isMark("/")
      || (term() == .year && token(1)?.width == 4)
  }

  private var isDateAfterHour: Bool {
    [.day, .weekday, .morning, .afternoon, .evening, .noon].contains(term()) || (isMark(",") && term(1) == .day)
      || term() == .today
      || (isMark(",") && token(1)?.kind == .number && (isMark("/", 2) || isMark(".", 2) || isMark("-", 2)))
  }

  /// What is counted from; nil when nothing is said.
  private mutating func event() -> (event: Count.Event, isBackwards: Bool)? {
    attempt { reader in
      if let end = reader.attempt({ $0.endOfPeriod() }) { return end }
      // “sau khi có hướng dẫn”, “kể từ khi có yêu cầu”
      if reader.take(.onRequest) {
        reader.toStretchEnd()
        return (.unknown, false)
      }
      // “trước 10 ngày so với ngày 30/6/2026”
      let isBackwards = [.before, .beforeEvent, .compared].contains(reader.term())
      guard reader.take(.from, .after, .whenever, .before, .beforeEvent) || reader.take(.compared) else { return nil }
      _ = reader.attempt { $0.clockBeforeDay() }
      if let feast = reader.lunarOrFeast() { return (.date(feast), isBackwards) }
      if let day = reader.day(), case .day(_, .some) = day.unit { return (.date(day), isBackwards) }
      return (reader.namedEvent(), isBackwards)
    }
  }

  /// “ngày ký”, “ngày ban hành Kế hoạch này” is the issue; everything else has a date that the words do not give.
  private mutating func namedEvent() -> Count.Event {
    _ = take(.day)
    guard take(.issue) else {
      let start = at
      toStretchEnd()
      return isReceipt(start..<at) ? .receipt : .unknown
    }
    while take(.document, .this, .issue, .filler) {}
    if isStretchEnd { return .issue }
    toStretchEnd()
    return .unknown
  }

  /// “nhận được Kế hoạch này”.
  private func isReceipt(_ words: Range<Int>) -> Bool {
    words.dropFirst().contains { index in
      tokens[index].kind == .term(.this) && tokens[index - 1].kind == .term(.document)
    }
  }

  /// The end of the words that belong together: a comma, a semicolon, a full stop, the end.
  var isStretchEnd: Bool { isAtEnd || isMark(",") || isMark(";") || isFullStop }

  var isFullStop: Bool { isMark(".") && token(1)?.isGlued != true }

  mutating func toStretchEnd() {
    while !isStretchEnd { advanceUnread() }
  }

  /// Goes past a token that is not read: what it may be a slip for does not matter.
  mutating func advanceUnread() { at += 1 }

  /// In which month a day falls: “của tháng đầu quý sau”, “tháng kế tiếp”, “hằng tháng”.
  mutating func monthBase() -> MonthBase? {
    attempt { reader in
      while reader.take(.of, .filler, .within) || reader.takeMark(",") {}
      if reader.take(.reportMonth) { return .everyMonth }
      let isEvery = reader.take(.every)
      guard reader.take(.month) else { return nil }
      return isEvery ? .everyMonth : reader.placedMonth()
    }
  }

  private mutating func placedMonth() -> MonthBase? {
    if let months = monthNumbers() { return .months(months) }
    if takeNextWord() { return nextMonthOrQuarter() }
    if take(.last) { return quarterOrPeriod() ? .lastOfQuarter : nil }
    if take(.first) { return quarterOrPeriod() ? firstOfQuarter() : nil }
    if take(.middle) { return quarterOrPeriod() ? .middleOfQuarter : nil }
    if let nth = attempt({ $0.nthMonthOfQuarter() }) { return nth }
    return .everyMonth
  }

  /// “tháng thứ hai của mỗi quý”.
  private mutating func nthMonthOfQuarter() -> MonthBase? {
    guard take(.weekday), let number = number(atMost: 1), (1...3).contains(number), quarterOrPeriod() else {
      return nil
    }
    return [.firstOfQuarter, .middleOfQuarter, .lastOfQuarter][number - 1]
  }

  private mutating func monthNumbers() -> [Int]? {
    attempt { reader in
      var numbers: [Int] = []
      repeat {
        guard let number = reader.number(atMost: 2), (1...12).contains(number) else { return nil }
        numbers.append(number)
      } while numbers.count < 12 && (reader.takeMark(",") || reader.take(.and))
      return numbers
    }
  }

  /// “tháng kế tiếp sau kỳ báo cáo (tháng)”, “tháng sau quý”.
  private mutating func nextMonthOrQuarter() -> MonthBase {
    _ = take(.after) || take(.of)
    _ = take(.reportPeriod)
    let unit: Term? = attempt { reader in
      let parenthesis = reader.takeMark("(")
      let unit = reader.term()
      guard reader.take(.month, .quarter) else { return nil }
      return !parenthesis || reader.takeMark(")") ? unit : nil
    }
    return unit == .quarter ? .firstOfNextQuarter : .nextMonth
  }

  private mutating func quarterOrPeriod() -> Bool {
    while take(.of, .every) {}
    if take(.quarter, .reportQuarter) { return true }
    guard take(.reportPeriod) else { return false }
    ask("kỳ báo cáo chưa rõ, đọc là quý", "the report period is not said: read as a quarter")
    return true
  }

  private mutating func firstOfQuarter() -> MonthBase { takeNextWord() ? .firstOfNextQuarter : .firstOfQuarter }
}
