import Deadlines
import Foundation

// How dates, numbers and whole phrases may be spelled (rule R15).
extension PhraseGenerator {
  /// The phrase in a spelling that must be read alike.
  mutating func respelled(_ words: String) -> String {
    var words = words
    for _ in 0..<number(0...2) { words = pick(Self.rewritings)(words) }
    return chance(3) ? words + pick([".", " ", "  ", "./."]) : words
  }

  /// Each keeps the meaning.
  public static let rewritings: [@Sendable (String) -> String] = [
    { $0.uppercased() }, { $0.lowercased() }, { $0.prefix(1).uppercased() + $0.dropFirst() },
    { $0.decomposedStringWithCanonicalMapping }, { $0.precomposedStringWithCanonicalMapping },
    { $0.replacingOccurrences(of: " ", with: "\u{A0}") }, { $0.replacingOccurrences(of: " ", with: "  ") },
    { " \($0)\t" }, { "\u{FEFF}" + $0 }, { $0.replacingOccurrences(of: " ", with: "\u{200B} ") },
    { $0.replacingOccurrences(of: "-", with: "–") }, { $0.replacingOccurrences(of: "-", with: "\u{2212}") },
    { $0.replacingOccurrences(of: "/", with: "\u{2044}") }, { $0.replacingOccurrences(of: "hằng", with: "hàng") },
    { $0.replacingOccurrences(of: "quý", with: "quí").replacingOccurrences(of: "kỳ", with: "kì") },
    { $0.replacingOccurrences(of: "oà", with: "òa").replacingOccurrences(of: "ủy", with: "uỷ") },
    { $0.replacingOccurrences(of: "òa", with: "oà").replacingOccurrences(of: "óa", with: "oá") },
  ]

  /// A day with its year.
  mutating func spelled(_ date: CivilDate) -> String {
    let (year, month, day) = date.yearMonthDay
    let (d, m) = (twoDigits(day), twoDigits(month))
    let plain = pick([
      "ngày \(day)/\(month)/\(year)", "\(d)/\(m)/\(year)", "ngày \(d)/\(m)/\(year)", "\(day)/\(month)/\(year)",
      "ngày \(d) tháng \(m) năm \(year)", "ngày \(day) tháng \(month) năm \(year)", "\(day) tháng \(month) năm \(year)",
      "\(day).\(month).\(year)", "ngày \(d).\(m).\(year)", "\(d)-\(m)-\(year)", "ngày \(day) / \(month) / \(year)",
      "ngày \(d)/\(m)/\(year % 100)", date.description, "ngày \(day) tháng \(month)/\(year)",
      "ngày \(d) (\(inWords(day))) tháng \(m) năm \(year)",
      "ngày \(inWords(day)) tháng \(monthName(month)) năm \(year)",
      "ngày \(day) tháng \(month), năm \(year)",
      "ngày \(inWords(day)) tháng \(monthName(month)) năm hai nghìn không trăm \(inWords(year % 100))",
    ])
    guard chance(8), plain.hasPrefix("ngày") else { return plain }
    return weekday(date.weekday) + pick([", ", " "]) + plain
  }

  /// A day whose year is left to the reader (rule R9).
  mutating func spelledWithoutYear(_ date: CivilDate) -> String {
    let (_, month, day) = date.yearMonthDay
    return pick([
      "ngày \(day)/\(month)", "ngày \(twoDigits(day))/\(twoDigits(month))", "ngày \(day) tháng \(month)",
      "ngày \(inWords(day)) tháng \(monthName(month))", "ngày \(twoDigits(day)) tháng \(twoDigits(month))",
    ])
  }

  mutating func weekday(_ weekday: Int) -> String {
    if weekday == 7 { return "Chủ nhật" }
    let names = ["Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy"]
    return "thứ " + pick([names[weekday - 1], names[weekday - 1].lowercased(), "\(weekday + 1)"])
  }

  mutating func spelled(_ time: TimeOfDay) -> String {
    let (hour, minute) = (time.hour, twoDigits(time.minute))
    var forms = [
      "\(hour)h\(minute)", "\(twoDigits(hour))h\(minute)", "\(hour) giờ \(minute)", "\(hour):\(minute)",
      "\(hour) giờ \(minute) phút", "\(hour)h\(minute)’", "\(hour)g\(minute)",
    ]
    if time.minute == 0 { forms += ["\(hour)h", "\(hour) giờ", "\(inWords(hour)) giờ"] }
    return pick(forms)
  }

  /// 1…99 as they are said.
  func inWords(_ number: Int) -> String {
    let names = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
    let (tens, ones) = (number / 10, number % 10)
    if tens == 0 { return names[ones] }
    let last = [0: "", 1: tens == 1 ? "một" : "mốt", 4: tens == 1 ? "bốn" : "tư", 5: "lăm"][ones] ?? names[ones]
    return ((tens == 1 ? "mười" : "\(names[tens]) mươi") + " " + last).trimmingCharacters(in: .whitespaces)
  }

  /// The fourth month is “tháng tư”.
  func monthName(_ month: Int) -> String { month == 4 ? "tư" : inWords(month) }

  /// A count as offices write it: “05”, “5”, “05 (năm)”, “năm”.
  mutating func spelledCount(_ number: Int) -> String {
    pick([
      twoDigits(number), "\(number)", "\(twoDigits(number)) (\(inWords(number)))", inWords(number), twoDigits(number),
    ])
  }
}
