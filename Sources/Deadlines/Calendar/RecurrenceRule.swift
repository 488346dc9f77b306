/// A recurrence rule of iCalendar (RFC 5545, section 3.3.10) on calendar days, with days taken out (EXDATE) and put in
/// (RDATE).
///
/// Times of day have no place here: HOURLY, MINUTELY, SECONDLY and BYHOUR, BYMINUTE, BYSECOND are refused by name.
/// Where the standard leaves a choice, it does as python-dateutil does:
/// - The start day is an occurrence only if it matches the rule, and COUNT counts matching days alone.
/// - A day that a month does not have (BYMONTHDAY=31) is passed over, never moved.
/// - BYSETPOS of a WEEKLY rule that starts within a week counts, in that first week, from the start day on.
/// - BYWEEKNO without BYDAY means every day of those weeks.
///
/// In one thing the standard is followed and not that library: BYDAY=MO,2TU means every Monday and the second Tuesday.
public struct RecurrenceRule: Sendable, Hashable {
  public enum Frequency: String, Sendable, Hashable, CaseIterable {
    case daily = "DAILY"
    case weekly = "WEEKLY"
    case monthly = "MONTHLY"
    case yearly = "YEARLY"
  }

  /// A weekday with or without its place in the month or year: `MO`, `2TU`, `-1FR`.
  public struct WeekdayNumber: Sendable, Hashable {
    /// ISO weekday, 1 for Monday.
    public var weekday: Int
    /// 1…53 from the front, -1…-53 from the end; nil for every such weekday.
    public var ordinal: Int?
  }

  public internal(set) var frequency: Frequency
  public internal(set) var interval = 1
  public internal(set) var count: Int?
  /// The last day that may be an occurrence; of a date with time the day as written.
  public internal(set) var until: CivilDate?
  public internal(set) var byMonth: [Int] = []
  public internal(set) var byWeekNumber: [Int] = []
  public internal(set) var byYearDay: [Int] = []
  public internal(set) var byMonthDay: [Int] = []
  public internal(set) var byDay: [WeekdayNumber] = []
  public internal(set) var bySetPosition: [Int] = []
  /// ISO weekday on which weeks begin.
  public internal(set) var weekStart = 1
  /// EXDATE: never occurrences, though COUNT counts them.
  public internal(set) var excluded: [CivilDate] = []
  /// RDATE: occurrences besides those of the rule, whatever COUNT, UNTIL and the start day say.
  public internal(set) var added: [CivilDate] = []

  init(_ frequency: Frequency) { self.frequency = frequency }
}

extension RecurrenceRule {
  static let weekdayNames = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

  static func basic(_ date: CivilDate) -> String {
    let (year, month, day) = date.yearMonthDay
    return "\(year)\(twoDigits(month))\(twoDigits(day))"
  }
}

extension RecurrenceRule.WeekdayNumber: CustomStringConvertible {
  public var description: String { "\(ordinal.map { "\($0)" } ?? "")\(RecurrenceRule.weekdayNames[weekday - 1])" }
}

extension RecurrenceRule: CustomStringConvertible {
  /// The rule in the standard's own form, which reads back as the same rule: one line, or several with their names
  /// (`RRULE:`, `RDATE;VALUE=DATE:`, `EXDATE;VALUE=DATE:`) when days are put in or taken out.
  public var description: String {
    let rule = parts.joined(separator: ";")
    guard !added.isEmpty || !excluded.isEmpty else { return rule }
    return (["RRULE:\(rule)"] + line("RDATE", added) + line("EXDATE", excluded)).joined(separator: "\n")
  }

  private var parts: [String] {
    var parts = ["FREQ=\(frequency.rawValue)"]
    if let until { parts.append("UNTIL=\(Self.basic(until))") }
    if let count { parts.append("COUNT=\(count)") }
    if interval != 1 { parts.append("INTERVAL=\(interval)") }
    parts += part("BYMONTH", byMonth) + part("BYWEEKNO", byWeekNumber) + part("BYYEARDAY", byYearDay)
    parts += part("BYMONTHDAY", byMonthDay) + part("BYDAY", byDay) + part("BYSETPOS", bySetPosition)
    if weekStart != 1 { parts.append("WKST=\(Self.weekdayNames[weekStart - 1])") }
    return parts
  }

  private func part(_ name: String, _ values: [some Any]) -> [String] {
    values.isEmpty ? [] : ["\(name)=\(values.map { "\($0)" }.joined(separator: ","))"]
  }

  private func line(_ name: String, _ dates: [CivilDate]) -> [String] {
    dates.isEmpty ? [] : ["\(name);VALUE=DATE:\(dates.map(Self.basic).joined(separator: ","))"]
  }
}

/// A rule that cannot be read: what is wrong and what to do.
public struct RecurrenceRuleError: Error, Sendable, Hashable, CustomStringConvertible {
  public let message: String
  public let remedy: String

  public var description: String { "\(message) — \(remedy)" }
}
