/// Amounts as an admin writes them.
enum Measures {
  /// Seconds of `90s`, `2m`, `4h` or `5d`; nil for anything else and for more than ten years.
  static func seconds(_ text: String) -> Int64? {
    guard let unit = text.last, let factor = secondsPerUnit[unit], let count = number(text.dropLast()) else {
      return nil
    }
    let (seconds, overflows) = Int64(count).multipliedReportingOverflow(by: factor)
    return overflows || seconds > 3660 * 86_400 ? nil : seconds
  }

  private static let secondsPerUnit: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]

  /// A number of one to nine digits; no sign, no spaces.
  static func number(_ text: some StringProtocol) -> Int? {
    guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }

  /// 1 for Monday to 7 for Sunday, by its English or Vietnamese name.
  static func weekday(_ text: String) -> Int? {
    let key = NameFold.key(text)
    return [englishWeekdays, vietnameseWeekdays].lazy
      .compactMap { names in names.firstIndex { NameFold.key($0) == key } }.first.map { $0 + 1 }
  }

  static let englishWeekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
  private static let vietnameseWeekdays = [
    "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật",
  ]
}
