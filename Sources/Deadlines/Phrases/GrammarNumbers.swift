// Numbers in figures and in words, times of day.
extension PhraseReader {
  /// “05”, “05 (năm)”, “mười lăm”.
  mutating func number(atMost width: Int = 4) -> Int? {
    if let figure = digits(atMost: width) {
      advance()
      repeatedInWords(figure)
      return figure
    }
    guard let words = numeral() else { return nil }
    repeatedInFigures(words)
    return words
  }

  /// “mười (10)”.
  private mutating func repeatedInFigures(_ words: Int) {
    guard isMark("("), let figure = digits(1, atMost: 4), isMark(")", 2) else { return }
    for _ in 0..<3 { advance() }
    if figure != words { ask("số viết bằng chữ khác chữ số", "the number in words differs from the figure") }
  }

  /// “15 (mười lăm)”: the words repeat the figure; when they do not, a person decides.
  private mutating func repeatedInWords(_ figure: Int) {
    let words: Int? = attempt { reader in
      guard reader.takeMark("("), let value = reader.numeral() ?? (reader.take(.year) ? 5 : nil) else { return nil }
      return reader.takeMark(")") ? value : nil
    }
    if let words, words != figure { ask("số viết bằng chữ khác chữ số", "the number in words differs from the figure") }
  }

  /// A number from 1 to 9999 in words.
  ///
  /// “năm” is the year unless the caller knows better.
  mutating func numeral() -> Int? {
    guard var first = smallNumeral() else { return nil }
    if take(.hundred) { first = first * 100 + restOfHundred() }
    guard take(.thousand) else { return first }
    return attempt { reader in reader.restOfThousand() }.map { first * 1000 + $0 } ?? first * 1000
  }

  /// “hai mươi” of “một trăm hai mươi”, “linh năm” of “một trăm linh năm”.
  private mutating func restOfHundred() -> Int {
    let hasZero = take(.zero)
    if let rest = smallNumeral() { return rest }
    return hasZero && take(.year) ? 5 : 0
  }

  private mutating func restOfThousand() -> Int? {
    var value = 0
    if take(.not), take(.hundred) {
      value = 0
    } else if let hundreds = digitWord(), take(.hundred) {
      value = hundreds * 100
    }
    _ = take(.zero)
    return value + (smallNumeral() ?? 0)
  }

  /// 1 to 99 in words.
  private mutating func smallNumeral() -> Int? {
    if take(.ten) { return 10 + (digitWord() ?? 0) }
    guard let digit = digitWord() else { return nil }
    if take(.tens) { return digit * 10 + (digitWord() ?? 0) }
    // “hai lăm”: “lăm” is a five of its own, unlike “năm”, the year.
    if (2...9).contains(digit), term() == .numeral(5), take(.numeral(5)) { return digit * 10 + 5 }
    // “hai mốt”, “ba mốt”: spoken for 21, 31. Only before a month, since “hai ba” may be two things.
    if digit <= 3, let one = digitWord() {
      if term() == .month { return digit * 10 + one }
      at -= 1
    }
    return digit
  }

  private mutating func digitWord() -> Int? {
    guard case .numeral(let value) = term() else { return nil }
    advance()
    return value
  }

  /// “năm” where only a number can stand, else any number.
  mutating func countNumber() -> Int? {
    if let number = number(atMost: 4) { return number }
    guard term() == .year, let unit = term(1), [.day, .workingDay, .week, .month, .hour].contains(unit) else {
      return nil
    }
    advance()
    return 5
  }

  /// “17h00”, “17 giờ 00 phút”, “16:30”, “5 giờ chiều”, “sáng”, “chiều”.
  mutating func clock() -> TimeOfDay? {
    attempt { reader in reader.clockFigures().flatMap { reader.isCountAhead ? nil : $0 } }
      ?? attempt { reader in reader.session() }
  }

  /// “24 giờ kể từ khi …” is counted, no time of day.
  private var isCountAhead: Bool { term() == .from || term() == .whenever }

  private mutating func clockFigures() -> TimeOfDay? {
    guard let hour = digits() ?? attempt({ $0.hourInWords() }), hour <= 24 else { return nil }
    if digits() != nil { advance() }
    guard let minute = clockMinutes() else { return nil }
    if term() == .evening, hour == 12, minute == 0, take(.evening) { return TimeOfDay(hour: 24, minute: 0) }
    let isAfternoon = take(.afternoon, .evening)
    if !isAfternoon { _ = take(.morning, .noon) }
    return TimeOfDay(hour: isAfternoon && hour < 12 ? hour + 12 : hour, minute: minute)
  }

  /// “mười bảy giờ”.
  private mutating func hourInWords() -> Int? {
    guard let hour = numeral(), term() == .hour else { return nil }
    return hour
  }

  private mutating func clockMinutes() -> Int? {
    if takeMark(":") { return minuteFigure() }
    // “16.30 ngày …”
    if isMark("."), token(1)?.width == 2, token(1)?.isGlued == true, term(2) == .day, takeMark(".") {
      readSlip = true
      return minuteFigure()
    }
    if take(.halfHour) { return 30 }
    guard take(.hour, .hourSign) else { return nil }
    if take(.halfHour) { return 30 }
    if digits() == nil || isDayAhead { return 0 }
    return minuteFigure()
  }

  /// The next number begins a date: “17 giờ 30/6/2026”; not in “8h00 - 17h00”.
  private var isDayAhead: Bool {
    if term(1) == .month { return true }
    guard token(2)?.kind == .number else { return false }
    if isMark("-", 1), token()?.isGlued == true { return false }
    if isMark("-", 1) { return term(3) != .hour && term(3) != .hourSign && !isMark(":", 3) }
    return isMark("/", 1) || isMark(".", 1)
  }

  private mutating func minuteFigure() -> Int? {
    guard let minute = digits(), minute < 60 else { return nil }
    advance()
    _ = take(.minute, .minuteSign) || takeMark("'")
    return minute
  }

  /// A half of the office's day, only before a day: 11:30 ends the morning, 17:00 the afternoon (rule R14).
  private mutating func session() -> TimeOfDay? {
    guard let word = term() else { return nil }
    let (hour, minute): (Int, Int)
    switch word {
    case .morning: (hour, minute) = (11, 30)
    case .noon: (hour, minute) = (12, 0)
    case .afternoon, .officeHours: (hour, minute) = (17, 0)
    case .evening: (hour, minute) = (22, 0)
    default: return nil
    }
    advance()
    guard isDateAhead else { return nil }
    if word == .noon || word == .evening { ask("giờ cụ thể chưa rõ", "the hour is not said") }
    return TimeOfDay(hour: hour, minute: minute)
  }

  private var isDateAhead: Bool {
    let offset = isMark(",") || term() == .of ? 1 : 0
    if let term = term(offset) { return [.day, .immediately, .weekday, .sunday, .today, .tomorrow].contains(term) }
    return token(offset)?.kind == .number && isMark("/", offset + 1)
  }
}
