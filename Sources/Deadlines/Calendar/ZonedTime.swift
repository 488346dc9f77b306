// The only file that knows Foundation's time zones: calendar arithmetic happens on civil dates, and an instant
// is made from them at the last step.
internal import Foundation

/// A moment on the UTC line, in whole milliseconds since 1970-01-01T00:00:00Z.
public struct Instant: Hashable, Comparable, Sendable, Codable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  public init(seconds: Int64) { self.milliseconds = seconds * 1000 }

  /// Whole seconds, rounded down.
  public var seconds: Int64 { Self.floorDiv(milliseconds, 1000) }

  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  public func adding(seconds: Int64) -> Instant { Instant(milliseconds: milliseconds + seconds * 1000) }
  public func adding(milliseconds more: Int64) -> Instant { Instant(milliseconds: milliseconds + more) }

  private static func floorDiv(_ value: Int64, _ by: Int64) -> Int64 {
    value >= 0 ? value / by : -((-value + by - 1) / by)
  }

  public init(from decoder: any Decoder) throws {
    self.milliseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }
}

/// A time of day on the office's clock, 00:00 to 24:00 (the end of a day is 24:00, BLDS 2015 article 148(6)).
public struct TimeOfDay: Hashable, Comparable, Sendable {
  /// Minutes since midnight, 0…1440.
  public let minutes: Int

  /// The time, or nil when there is no such time.
  public init?(hour: Int, minute: Int) {
    guard (0...24).contains(hour), (0...59).contains(minute), hour < 24 || minute == 0 else { return nil }
    self.minutes = hour * 60 + minute
  }

  /// The time written as `HH:MM`, or nil.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
      parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let hour = Int(parts[0]), let minute = Int(parts[1])
    else { return nil }
    self.init(hour: hour, minute: minute)
  }

  public var hour: Int { minutes / 60 }
  public var minute: Int { minutes % 60 }

  public static func < (left: Self, right: Self) -> Bool { left.minutes < right.minutes }
}

extension TimeOfDay: CustomStringConvertible, Codable {
  /// `HH:MM`.
  public var description: String { "\(twoDigits(hour)):\(twoDigits(minute))" }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let time = TimeOfDay(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time HH:MM: \(text)")
    }
    self = time
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// What an office's clock shows at one instant.
public struct ZonedTime: Hashable, Sendable {
  public let date: CivilDate
  public let time: TimeOfDay
  /// 0…59.
  public let second: Int
  /// Seconds east of UTC: 25,200 for Viet Nam.
  public let offset: Int

  /// RFC 3339, as `2026-12-02T07:30:00+07:00`.
  public var rfc3339: String {
    let sign = offset < 0 ? "-" : "+"
    let minutes = abs(offset) / 60
    return "\(date)T\(time):\(twoDigits(second))\(sign)\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
  }
}

/// The office's time zone, by its IANA name.
///
/// In a gap (clocks going forward) a civil time that does not exist is read with the offset before the change, so it
/// falls as much later; in an overlap (clocks going back) the earlier of the two instants is meant. Both are RFC 5545's
/// rules (section 3.3.5).
public struct OfficeZone: Sendable, Hashable {
  public let identifier: String
  private let zone: TimeZone

  /// The zone, or nil when this machine's tz database has no such name.
  public init?(_ identifier: String) {
    guard identifier.contains("/") || identifier == "UTC", let zone = TimeZone(identifier: identifier) else {
      return nil
    }
    self.identifier = identifier
    self.zone = zone
  }

  private init(fixed zone: TimeZone, named identifier: String) {
    self.identifier = identifier
    self.zone = zone
  }

  /// Asia/Ho_Chi_Minh: UTC+7, no daylight saving (rule R14).
  ///
  /// Fixed, so that it needs no tz database.
  public static let vietNam =
    OfficeZone("Asia/Ho_Chi_Minh")
    ?? OfficeZone(
      fixed: TimeZone(secondsFromGMT: 7 * 3600) ?? .gmt,
      named: "Asia/Ho_Chi_Minh"
    )

  /// Seconds east of UTC at that instant.
  public func offset(at instant: Instant) -> Int {
    zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000))
  }

  /// What the clock on the wall shows; held inside 1900–2200.
  public func civil(_ instant: Instant) -> ZonedTime {
    let offset = offset(at: instant)
    let local = instant.seconds + Int64(offset)
    let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
    let second = Int(local - day * 86_400)
    let date = CivilDate(dayNumber: Int(day)) ?? (day < 0 ? .first : .last)
    let time = TimeOfDay(hour: second / 3600, minute: second / 60 % 60)
    return ZonedTime(date: date, time: time ?? .midnight, second: second % 60, offset: offset)
  }

  /// The instant at which the clock on the wall shows that day and time.
  public func instant(_ date: CivilDate, _ time: TimeOfDay) -> Instant {
    let local = Int64(date.dayNumber) * 86_400 + Int64(time.minutes) * 60
    let dayBefore = offset(at: Instant(seconds: local - 86_400))
    let dayAfter = offset(at: Instant(seconds: local + 86_400))
    let early = Instant(seconds: local - Int64(dayBefore))
    // With the offset of the day before: right outside changes, right for the first of two, late by the gap inside it.
    if dayBefore == dayAfter || offset(at: early) == dayBefore { return early }
    let late = Instant(seconds: local - Int64(dayAfter))
    return offset(at: late) == dayAfter ? late : early
  }
}

extension TimeOfDay {
  public static let midnight = TimeOfDay(checked: 0)
  /// The end of the day by law (BLDS 2015 article 148(6)).
  public static let endOfDay = TimeOfDay(checked: 1440)

  private init(checked minutes: Int) { self.minutes = minutes }
}
