/// A calendar day without a time zone, 1 January 1900 to 31 December 2200 (proleptic Gregorian).
///
/// Held as days since 1970-01-01, so that comparing and adding are integer arithmetic and no time zone or
/// daylight saving can move a date.
public struct CivilDate: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01; negative before it.
  public let dayNumber: Int32

  public static let first = CivilDate(unchecked: -25_567)  // 1900-01-01
  public static let last = CivilDate(unchecked: 84_370)  // 2200-12-31

  private init(unchecked dayNumber: Int32) { self.dayNumber = dayNumber }

  /// The day with that number, or nil outside 1900–2200.
  public init?(dayNumber: Int) {
    guard (Int(Self.first.dayNumber)...Int(Self.last.dayNumber)).contains(dayNumber) else { return nil }
    self.dayNumber = Int32(dayNumber)
  }

  /// The day, or nil when there is no such day (31 June, 29 February 2027) or the year is outside 1900–2200 (rule R10).
  public init?(year: Int, month: Int, day: Int) {
    guard (1900...2200).contains(year), (1...12).contains(month),
      (1...Self.daysIn(month: month, year: year)).contains(day)
    else { return nil }
    self.dayNumber = Int32(Self.dayNumber(year: year, month: month, day: day))
  }

  /// The day written as `YYYY-MM-DD` (RFC 3339 full-date), or nil for any other form or an impossible day.
  public init?(_ text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard digits.count == 10, digits[4] == UInt8(ascii: "-"), digits[7] == UInt8(ascii: "-"),
      let year = Self.number(digits[0..<4]), let month = Self.number(digits[5..<7]),
      let day = Self.number(digits[8..<10])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  public static func < (left: Self, right: Self) -> Bool { left.dayNumber < right.dayNumber }

  /// Days from `start` to this day; negative when this day is earlier.
  public func days(since start: CivilDate) -> Int { Int(dayNumber - start.dayNumber) }

  /// The day `days` later (earlier when negative), held inside 1900–2200.
  public func adding(days: Int) -> CivilDate {
    let first = Int(Self.first.dayNumber)
    let last = Int(Self.last.dayNumber)
    // Held at the ends first: a hostile count must not overflow.
    let step = min(max(days, first - last), last - first)
    return CivilDate(unchecked: Int32(min(max(Int(dayNumber) + step, first), last)))
  }

  /// The corresponding day `months` later, or the last day of that month when it has no such day (BLDS 2015 article
  /// 148(3)).
  public func adding(months: Int) -> CivilDate {
    let (year, month, day) = yearMonthDay
    let held = min(max(months, -4000), 4000)
    let index = year * 12 + (month - 1) + held
    let newYear = index / 12  // held above, so never negative
    guard newYear >= 1900 else { return .first }
    guard newYear <= 2200 else { return .last }
    let newMonth = index - newYear * 12 + 1
    let newDay = min(day, Self.daysIn(month: newMonth, year: newYear))
    return CivilDate(unchecked: Int32(Self.dayNumber(year: newYear, month: newMonth, day: newDay)))
  }

  public var year: Int { yearMonthDay.year }
  public var month: Int { yearMonthDay.month }
  public var day: Int { yearMonthDay.day }

  /// 1 for Monday to 7 for Sunday (ISO 8601).
  public var weekday: Int { (Int(dayNumber) % 7 + 7 + 3) % 7 + 1 }

  public var firstOfMonth: CivilDate { adding(days: 1 - day) }
  public var lastOfMonth: CivilDate {
    let (year, month, day) = yearMonthDay
    return adding(days: Self.daysIn(month: month, year: year) - day)
  }
  public var firstOfYear: CivilDate { CivilDate(unchecked: Int32(Self.dayNumber(year: year, month: 1, day: 1))) }
  public var lastOfYear: CivilDate { CivilDate(unchecked: Int32(Self.dayNumber(year: year, month: 12, day: 31))) }

  /// 1 to 4.
  public var quarter: Int { (month - 1) / 3 + 1 }

  /// The Monday on or before this day.
  public var mondayOfWeek: CivilDate { adding(days: 1 - weekday) }

  // Days-from-civil and back by eras of 400 years: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  public var yearMonthDay: (year: Int, month: Int, day: Int) {
    let shifted = Int(dayNumber) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// 28 to 31; `month` must be 1…12.
  public static func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value
  }
}

extension CivilDate: CustomStringConvertible {
  /// `YYYY-MM-DD`.
  public var description: String {
    let (year, month, day) = yearMonthDay
    return "\(year)-\(twoDigits(month))-\(twoDigits(day))"
  }
}

extension CivilDate: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let date = CivilDate(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date YYYY-MM-DD: \(text)")
    }
    self = date
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// A number with a leading zero below ten, as dates and office counts are written ("05 ngày").
public func twoDigits(_ number: Int) -> String { (0..<10).contains(number) ? "0\(number)" : "\(number)" }
