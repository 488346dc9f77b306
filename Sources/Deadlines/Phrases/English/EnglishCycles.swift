// Frequencies, counts and times of day, from the English order to the grammar's.
extension EnglishOrder {
  /// “quarterly progress reports”, “quarterly, six-monthly and annual reports”: the report comes first.
  mutating func reports() -> Bool {
    let start = at
    guard let end = reportBehindCycles() else { return false }
    write(.report)
    at = start
    writeCycles(upTo: end)
    at = end + 1
    return true
  }

  /// Where “report” stands behind a list of cycles.
  private func reportBehindCycles() -> Int? {
    guard isCycle(0) else { return nil }
    var offset = 0
    var unknown = 0
    while offset < 24, tokens.indices.contains(at + offset) {
      if term(offset) == .report { return at + offset }
      if isCycle(offset) || term(offset) == .and || term(offset) == .or || isMark(",", offset) || word(offset) == .skip
      {
        unknown = 0
      } else if tokens[at + offset].kind == .unknown, unknown < 2 {
        unknown += 1
      } else {
        return nil
      }
      offset += 1
    }
    return nil
  }

  private func isCycle(_ offset: Int) -> Bool {
    if case .cycle = word(offset) { return true }
    return false
  }

  private mutating func writeCycles(upTo end: Int) {
    while at < end {
      if case .cycle(let count, let unit) = word() {
        write(every: count, unit)
      } else if isMark(",") {
        write(mark: ",")
      } else if let term = term() {
        write(term)
      }
      at += 1
    }
  }

  private mutating func write(every count: Int, _ unit: Term) {
    write(.every)
    if count > 1 { write(number: count) }
    write(unit)
  }

  /// “every two months”, “each Friday”, “every June and December”, “quarterly”, “twice a year”.
  mutating func frequency() -> Bool {
    skip(.skip)
    if case .cycle(let count, let unit) = word() {
      at += 1
      write(every: count, unit)
      return true
    }
    if let times = times() {
      at += times.tokens
      write(number: times.count)
      write(.times, .every)
      return skipToUnit()
    }
    guard term() == .every else { return weekdays() }
    at += 1
    return everyUnit() || everyWeekday() || everyMonth()
  }

  /// “once”, “twice”, “4 times”, before “a year”, “per quarter”, “every month”.
  private func times() -> (count: Int, tokens: Int)? {
    let count: Int
    let length: Int
    if case .times(let value) = word() {
      (count, length) = (value, 1)
    } else if let value = number(), term(1) == .times {
      (count, length) = (value, 2)
    } else {
      return nil
    }
    let next = word(length)
    return next == .skip || next == .per || next == .term(.every) || next == .term(.within) ? (count, length) : nil
  }

  private mutating func skipToUnit() -> Bool {
    while word() == .skip || word() == .per || term() == .every || term() == .within { at += 1 }
    guard let unit = term(), [.week, .month, .quarter, .year].contains(unit) else { return false }
    at += 1
    write(unit)
    return true
  }

  /// “every 2 months”, “every other week”, “each half-year”, “every third month”.
  private mutating func everyUnit() -> Bool {
    if word() == .half, term(1) == .year {
      at += 2
      write(every: 6, .month)
      return true
    }
    guard let count = word() == .other ? 2 : number(), let unit = term(1),
      [.week, .month, .quarter, .year].contains(unit)
    else { return false }
    at += 2
    switch unit {
    case .quarter: write(every: count * 3, .month)
    case .year where count > 1: write(.hedge, .every, .year)
    default: write(every: count, unit)
    }
    return true
  }

  /// “every Monday and Thursday”.
  private mutating func everyWeekday() -> Bool {
    guard case .weekday = word() else { return false }
    writeWeekdays()
    write(.every, .week)
    return true
  }

  private mutating func writeWeekdays() {
    while case .weekday(let day) = word() {
      at += 1
      write(weekday: day)
      let length = isMark(",") ? 1 : 0
      let joint = term(length) == .and ? length + 1 : length
      guard joint > 0, case .weekday = word(joint) else { return }
      at += joint
      write(.and)
    }
  }

  /// “Fridays”, “on Mondays”, “Friday of each week”.
  private mutating func weekdays() -> Bool {
    guard case .weekday(let day) = word() else { return false }
    let isPlural = tokens[at].letters.hasSuffix("s")
    let ofEach = term(1) == .of && term(2) == .every && term(3) == .week
    guard isPlural || ofEach else {
      at += 1
      write(weekday: day)
      return true
    }
    if ofEach {
      at += 4
      write(weekday: day)
    } else {
      writeWeekdays()
    }
    write(.every, .week)
    return true
  }

  /// “every June and December”, “each 20 December”: yearly.
  private mutating func everyMonth() -> Bool {
    var months = 0
    while months < 12, date() || monthFirst() {
      months += 1
      guard term() == .and || isMark(",") else { break }
      guard month(1) != nil || number(1) != nil else { break }
      write(.and)
      at += 1
    }
    guard months > 0 else { return false }
    write(.every, .year)
    return true
  }

  /// “between 1 and 15 June 2026”.
  mutating func between() -> Bool {
    guard word() == .between else { return false }
    at += 1
    write(.from)
    guard date() || monthFirst() || quarter() else { return true }
    guard term() == .and else { return true }
    at += 1
    write(.until)
    return true
  }

  /// “within 5 days of receipt”: from it.
  mutating func countedOf() -> Bool {
    guard term() == .of, at > 0, let unit = term(-1), [.day, .workingDay, .week, .month, .year, .hour].contains(unit),
      at > 1, number(-2) != nil, !isOrdinal(-2), yearFigure(1) == nil, term(1) != .year,
      word(1) != .skip || term(2) != .year
    else { return false }
    at += 1
    write(.from)
    return true
  }

  /// “the date of issue of this plan”; “receipt of this plan”.
  mutating func event() -> Bool {
    if word() == .relative(.this), term(1) == .document {
      at += 2
      write(.document, .this)
      return true
    }
    guard word() == .issue else { return false }
    at += 1
    write(.day, .issue)
    while term() == .of || word() == .skip || word() == .relative(.this) || term() == .document || word() == .issue {
      at += 1
    }
    return true
  }

  /// “5 pm”, “5:30 p.m.”, “noon”.
  mutating func clock() -> Bool {
    if case .clock(let hour, let minute) = word() {
      at += 1
      write(hour: hour, minute: minute)
      return true
    }
    guard let hour = figure(), hour <= 12 else { return false }
    var minute = 0
    var length = 1
    if isMark(":", 1) || isMark(".", 1), let figure = figure(2) { (minute, length) = (figure, 3) }
    let isAfternoon = word(length) == .pm
    guard isAfternoon || word(length) == .am, minute < 60 else { return false }
    at += length + 1
    if isMark("."), tokens[at].isGlued { at += 1 }
    write(hour: isAfternoon ? hour % 12 + 12 : hour % 12, minute: minute)
    return true
  }
}
