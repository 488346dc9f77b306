extension RecurrenceRule {
  /// Reads a rule: `FREQ=MONTHLY;BYMONTHDAY=25`, with or without `RRULE:` before it, and on lines of their own days
  /// taken out (`EXDATE:20260525`) and put in (`RDATE:20260528`).
  ///
  /// Capitals do not matter, nor do spaces around a part. `EXDATE=20260525` is understood as a part of the rule as well.
  /// - Throws: What is wrong and what to do; the first mistake only.
  public init(_ text: String) throws(RecurrenceRuleError) {
    let lines = Self.unfolded(text)
    var rule: RecurrenceRule?
    var added: [CivilDate] = []
    var excluded: [CivilDate] = []
    for line in lines {
      let (name, value) = try Self.property(line)
      switch name {
      case "RDATE": added += try Self.dates(value, of: name)
      case "EXDATE": excluded += try Self.dates(value, of: name)
      default:
        guard rule == nil else { throw .secondRule }
        rule = try RuleParts(value).rule()
      }
    }
    guard var rule else { throw .noRule(lines.isEmpty ? nil : lines[0]) }
    rule.added = unique(added).sorted()
    rule.excluded = unique(rule.excluded + excluded).sorted()
    self = rule
  }

  /// Lines without spaces around them; one that begins with a space goes on with the line before (RFC 5545, 3.1).
  private static func unfolded(_ text: String) -> [String] {
    var lines: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let words = trimmed(line.uppercased())
      guard !words.isEmpty else { continue }
      if line.first?.isWhitespace == true, !lines.isEmpty, !begins(words) {
        lines[lines.count - 1] += words
      } else {
        lines.append(words)
      }
    }
    return lines
  }

  /// An indented line that is one of its own, as people write it in a block of YAML.
  private static func begins(_ words: String) -> Bool {
    ["RRULE", "RDATE", "EXDATE", "EXRULE", "DTSTART", "FREQ="].contains { words.hasPrefix($0) }
  }

  static func trimmed(_ text: some StringProtocol) -> String {
    var rest = text[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }

  /// The property's name and its value; a line without a name is the rule itself.
  private static func property(_ line: String) throws(RecurrenceRuleError) -> (name: String, value: String) {
    guard let colon = line.firstIndex(of: ":") else { return ("RRULE", line) }
    let head = line[..<colon].split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
    let value = trimmed(line[line.index(after: colon)...])
    switch head[0] {
    case "RRULE" where head.count == 1: return ("RRULE", value)
    case "RDATE", "EXDATE":
      let unknown = head.dropFirst().first {
        !["VALUE=DATE", "VALUE=DATE-TIME"].contains($0) && !$0.hasPrefix("TZID=")
      }
      if let unknown {
        throw .unknown("“\(unknown.prefix(40))” after \(head[0])", remedy: "write \(head[0]);VALUE=DATE:20260525")
      }
      return (head[0], value)
    case "DTSTART":
      throw .unknown(
        "DTSTART has no place in the rule",
        remedy: "write the first day beside the rule, as “from: 2026-05-13”"
      )
    case "EXRULE":
      throw .unknown("EXRULE is not supported", remedy: "name the days that fall out, as EXDATE:20260525")
    default:
      throw .unknown(
        "“\(head[0].prefix(40)):” is no line of a rule",
        remedy: "write RRULE:FREQ=…, EXDATE:20260525 or RDATE:20260525"
      )
    }
  }

  fileprivate static func dates(_ text: String, of name: String) throws(RecurrenceRuleError) -> [CivilDate] {
    var dates: [CivilDate] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      dates.append(try date(trimmed(word), of: name))
    }
    return dates
  }

  /// `20260525`, `2026-05-25`, or one of these with a time of day, which is left out.
  fileprivate static func date(_ text: String, of name: String) throws(RecurrenceRuleError) -> CivilDate {
    let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
    let isTimed = parts.count == 2
    if !isTimed || isTime(parts[1]), let date = CivilDate(dashed(parts[0])) { return date }
    throw RecurrenceRuleError(
      message: "\(name) names no existing day: “\(text.prefix(40))”",
      remedy: "write a day as 20260525, between 1900 and 2200"
    )
  }

  private static func dashed(_ digits: Substring) -> String {
    guard digits.utf8.count == 8 else { return String(digits) }
    return "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.dropFirst(6))"
  }

  /// `165959`, `165959Z`, `16:59`.
  private static func isTime(_ text: Substring) -> Bool {
    let digits = (text.hasSuffix("Z") ? text.dropLast() : text).filter { $0 != ":" }
    guard [4, 6].contains(digits.utf8.count), let number = plainNumber(digits) else { return false }
    let time = digits.utf8.count == 4 ? number * 100 : number
    return time / 10_000 < 24 && time / 100 % 100 < 60 && time % 100 <= 60
  }
}

/// Digits only, with no sign.
private func plainNumber(_ text: some StringProtocol) -> Int? {
  let isNumber = !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  return isNumber ? Int(text) : nil
}

/// The parts of one rule by name, before and after they are understood.
private struct RuleParts {
  private var texts: [String: String] = [:]

  private static let known: Set = [
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST",
    "EXDATE",
  ]
  private static let ofTime: Set = ["BYHOUR", "BYMINUTE", "BYSECOND"]

  init(_ text: String) throws(RecurrenceRuleError) {
    for part in text.split(separator: ";", omittingEmptySubsequences: false) { try add(RecurrenceRule.trimmed(part)) }
  }

  private mutating func add(_ part: String) throws(RecurrenceRuleError) {
    let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(RecurrenceRule.trimmed)
    guard pair.count == 2, !pair[1].isEmpty else {
      let what = part.isEmpty ? "an empty part" : "“\(part.prefix(40))” is no part of a rule"
      throw RecurrenceRuleError(
        message: what,
        remedy: "write NAME=VALUE with “;” between them, as FREQ=MONTHLY;BYMONTHDAY=25"
      )
    }
    if Self.ofTime.contains(pair[0]) {
      throw RecurrenceRuleError(message: "\(pair[0]) is not supported: the rule gives days", remedy: "delete it")
    }
    guard Self.known.contains(pair[0]) else {
      let known = Self.known.sorted().joined(separator: ", ")
      throw RecurrenceRuleError(message: "unknown part “\(pair[0].prefix(40))”", remedy: "known are: \(known)")
    }
    guard texts.updateValue(pair[1], forKey: pair[0]) == nil else {
      throw RecurrenceRuleError(
        message: "\(pair[0]) stands twice",
        remedy: "write it once, with commas between its values"
      )
    }
  }

  func rule() throws(RecurrenceRuleError) -> RecurrenceRule {
    var rule = RecurrenceRule(try frequency())
    rule.interval = try number("INTERVAL") ?? 1
    rule.count = try number("COUNT")
    if let until = texts["UNTIL"] { rule.until = try RecurrenceRule.date(until, of: "UNTIL") }
    rule.byMonth = try numbers("BYMONTH", 1...12, mayBeNegative: false)
    rule.byWeekNumber = try numbers("BYWEEKNO", 1...53)
    rule.byYearDay = try numbers("BYYEARDAY", 1...366)
    rule.byMonthDay = try numbers("BYMONTHDAY", 1...31)
    rule.byDay = try weekdays()
    rule.bySetPosition = try numbers("BYSETPOS", 1...366)
    if let start = texts["WKST"] { rule.weekStart = try weekday(start, of: "WKST") }
    if let excluded = texts["EXDATE"] { rule.excluded = try RecurrenceRule.dates(excluded, of: "EXDATE") }
    try refuseContradictions(rule)
    return rule
  }

  private func frequency() throws(RecurrenceRuleError) -> RecurrenceRule.Frequency {
    guard let text = texts["FREQ"] else { throw .noRule(nil) }
    if let frequency = RecurrenceRule.Frequency(rawValue: text) { return frequency }
    let isTooOften = ["HOURLY", "MINUTELY", "SECONDLY"].contains(text)
    throw RecurrenceRuleError(
      message: isTooOften
        ? "FREQ=\(text) is not supported: the rule gives days" : "FREQ cannot be “\(text.prefix(40))”",
      remedy: "write DAILY, WEEKLY, MONTHLY or YEARLY"
    )
  }

  private func number(_ name: String) throws(RecurrenceRuleError) -> Int? {
    guard let text = texts[name] else { return nil }
    if let number = plainNumber(text), number > 0 { return number }
    throw RecurrenceRuleError(
      message: "\(name) cannot be “\(text.prefix(40))”",
      remedy: "write a whole number from 1 on"
    )
  }

  /// Sorted, each once.
  private func numbers(_ name: String, _ range: ClosedRange<Int>, mayBeNegative: Bool = true)
    throws(RecurrenceRuleError) -> [Int]
  {
    guard let text = texts[name] else { return [] }
    var numbers: Set<Int> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false).map(RecurrenceRule.trimmed) {
      guard let number = signed(word), range.contains(abs(number)), number > 0 || mayBeNegative else {
        let negative = mayBeNegative ? ", or from -1 to -\(range.upperBound) counted from the end" : ""
        throw RecurrenceRuleError(
          message: "\(name) cannot be “\(word.prefix(40))”",
          remedy: "write numbers from \(range.lowerBound) to \(range.upperBound)\(negative)"
        )
      }
      numbers.insert(number)
    }
    return numbers.sorted()
  }

  private func signed(_ word: String) -> Int? {
    guard let sign = word.first, sign == "-" || sign == "+" else { return plainNumber(word) }
    return plainNumber(word.dropFirst()).map { sign == "-" ? -$0 : $0 }
  }

  private func weekdays() throws(RecurrenceRuleError) -> [RecurrenceRule.WeekdayNumber] {
    guard let text = texts["BYDAY"] else { return [] }
    var days: [RecurrenceRule.WeekdayNumber] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false).map(RecurrenceRule.trimmed) {
      let weekday = try weekday(String(word.suffix(2)), of: "BYDAY", in: word)
      let digits = String(word.dropLast(2))
      let ordinal = signed(digits)
      guard digits.isEmpty || ordinal.map({ (1...53).contains(abs($0)) }) == true else {
        throw .noWeekday("BYDAY", word)
      }
      days.append(RecurrenceRule.WeekdayNumber(weekday: weekday, ordinal: ordinal))
    }
    return unique(days).sorted { ($0.weekday, $0.ordinal ?? 0) < ($1.weekday, $1.ordinal ?? 0) }
  }

  private func weekday(_ name: String, of part: String, in word: String? = nil) throws(RecurrenceRuleError) -> Int {
    guard let index = RecurrenceRule.weekdayNames.firstIndex(of: name) else { throw .noWeekday(part, word ?? name) }
    return index + 1
  }

  // MARK: What does not go together (RFC 5545, 3.3.10)

  private func refuseContradictions(_ rule: RecurrenceRule) throws(RecurrenceRuleError) {
    if rule.count != nil && rule.until != nil {
      throw RecurrenceRuleError(message: "COUNT and UNTIL both say where it ends", remedy: "keep one of them")
    }
    try refuseMisplaced(rule)
    try refuseOrdinals(rule)
    let others = [rule.byMonth, rule.byWeekNumber, rule.byYearDay, rule.byMonthDay]
    if !rule.bySetPosition.isEmpty && rule.byDay.isEmpty && others.allSatisfy(\.isEmpty) {
      throw RecurrenceRuleError(
        message: "BYSETPOS alone has nothing to choose from",
        remedy: "add the days it chooses from, as BYDAY=MO,TU,WE,TH,FR"
      )
    }
  }

  private func refuseMisplaced(_ rule: RecurrenceRule) throws(RecurrenceRuleError) {
    let misplaced: String? =
      if !rule.byWeekNumber.isEmpty && rule.frequency != .yearly {
        "BYWEEKNO"
      } else if !rule.byYearDay.isEmpty && rule.frequency != .yearly {
        "BYYEARDAY"
      } else if !rule.byMonthDay.isEmpty && rule.frequency == .weekly {
        "BYMONTHDAY"
      } else {
        nil
      }
    guard let misplaced else { return }
    throw RecurrenceRuleError(
      message: "\(misplaced) does not go with FREQ=\(rule.frequency.rawValue)",
      remedy: misplaced == "BYMONTHDAY" ? "write FREQ=MONTHLY" : "write FREQ=YEARLY"
    )
  }

  private func refuseOrdinals(_ rule: RecurrenceRule) throws(RecurrenceRuleError) {
    guard let first = rule.byDay.first(where: { $0.ordinal != nil }) else { return }
    if [.daily, .weekly].contains(rule.frequency) {
      throw RecurrenceRuleError(
        message: "BYDAY=\(first) counts weekdays of a month, which FREQ=\(rule.frequency.rawValue) has not",
        remedy: "write FREQ=MONTHLY, or the weekday alone"
      )
    }
    if !rule.byWeekNumber.isEmpty {
      throw RecurrenceRuleError(message: "BYDAY=\(first) does not go with BYWEEKNO", remedy: "write the weekday alone")
    }
    guard rule.countsWeekdaysByMonth, let late = rule.byDay.first(where: { abs($0.ordinal ?? 1) > 5 }) else { return }
    throw RecurrenceRuleError(message: "no month has a day BYDAY=\(late)", remedy: "write 1 to 5, or -1 to -5")
  }
}

extension RecurrenceRuleError {
  fileprivate static let secondRule = RecurrenceRuleError(
    message: "a second rule",
    remedy: "write one rule; days beside it as RDATE:20260525"
  )

  fileprivate static func noRule(_ line: String?) -> RecurrenceRuleError {
    RecurrenceRuleError(
      message: line == nil ? "FREQ is missing" : "there are days but no rule",
      remedy: "begin with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"
    )
  }

  fileprivate static func noWeekday(_ part: String, _ word: String) -> RecurrenceRuleError {
    RecurrenceRuleError(
      message: "\(part) cannot be “\(word.prefix(40))”",
      remedy: part == "WKST"
        ? "write MO, TU, WE, TH, FR, SA or SU" : "write MO, TU, WE, TH, FR, SA or SU, or as 2TU and -1FR"
    )
  }

  fileprivate static func unknown(_ message: String, remedy: String) -> RecurrenceRuleError {
    RecurrenceRuleError(message: message, remedy: remedy)
  }
}
