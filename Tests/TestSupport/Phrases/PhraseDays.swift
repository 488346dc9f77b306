import Deadlines

// One day, with or without year and time; two days.
extension PhraseGenerator {
  static let verbs = [
    "", "", "Hoàn thành ", "Thực hiện ", "Gửi ", "Nộp ", "Trình ", "Triển khai ", "Tổng hợp ", "Ban hành ", "Rà soát ",
    "Hoàn thành việc rà soát ", "Gửi về Văn phòng HĐND và UBND xã ", "Các đơn vị gửi kết quả ", "Xong ",
  ]

  /// After these the day itself is meant.
  static let including = [
    "chậm nhất ", "chậm nhất là ", "chậm nhất đến ", "chậm nhất là đến ", "muộn nhất ", "đến ", "đến hết ", "hết ",
    "hạn ", "hạn chót ", "hạn cuối: ", "thời hạn: ", "không quá ", "không muộn hơn ", "trước và trong ", "",
  ]

  private mutating func preposition() -> (words: String, isBefore: Bool) {
    chance(3) ? (pick(["trước ", "trước ", "xong trước "]), true) : (pick(Self.including), false)
  }

  private func due(_ day: CivilDate, isBefore: Bool) -> BuiltDue {
    isBefore ? BuiltDue(day.adding(days: -1), grace: day) : BuiltDue(day)
  }

  mutating func day(verbs: [String] = verbs) -> BuiltClause {
    let day = laterDay()
    let (words, isBefore) = preposition()
    let phrase = pick(verbs) + words + spelled(day)
    return BuiltClause(phrase, [.deadline], [due(day, isBefore: isBefore)])
  }

  /// The first such day on or after the issue; when that is next year's, a person is asked (rule R9).
  mutating func dayWithoutYear() -> BuiltClause {
    let day = issued.adding(days: number(0...360))
    // 29 February has no year of its own to be looked for in.
    if day.month == 2 && day.day == 29 { return self.day() }
    let (words, isBefore) = preposition()
    let phrase = pick(Self.verbs) + words + spelledWithoutYear(day)
    return BuiltClause(phrase, [.deadline], [due(day, isBefore: isBefore)], asks: day.year != issued.year)
  }

  /// A day that is not in the calendar is refused, never bent (rule R10).
  mutating func impossibleDay() -> BuiltClause {
    let year = issued.year + number(0...1)
    let month = pick([2, 4, 6, 9, 11])
    let day = month == 2 ? 30 : 31
    let words = pick([
      "ngày \(day)/\(month)/\(year)", "\(day)/\(twoDigits(month))/\(year)", "ngày \(day) tháng \(month) năm \(year)",
    ])
    let (preposition, _) = preposition()
    return BuiltClause(pick(Self.verbs) + preposition + words, [.invalid], [], asks: true)
  }

  /// A time of day goes with its day, whatever stands before it (rule R14).
  mutating func clock() -> BuiltClause {
    if chance(5) { return session() }
    let day = laterDay()
    let time = TimeOfDay(hour: number(7...17), minute: pick([0, 0, 0, 15, 30, 45])) ?? .midnight
    let (at, on) = (spelled(time), spelled(day))
    let words = pick([
      "trước \(at) \(on)", "trước \(at), \(on)", "chậm nhất \(at) \(on)", "đến \(at) \(on)", "lúc \(at) \(on)",
      "\(at) \(on)", "\(on), trước \(at)", "trước \(at) của \(on)", "chậm nhất là \(at), \(on)", "\(on) (trước \(at))",
      "không muộn hơn \(at) \(on)", "hạn chót \(at) \(on)",
    ])
    return BuiltClause(pick(Self.verbs) + words, [.datetime], [BuiltDue(day, time: time)])
  }

  private mutating func session() -> BuiltClause {
    let day = laterDay()
    let (words, hour, minute) = pick([
      ("sáng", 11, 30), ("buổi sáng", 11, 30), ("chiều", 17, 0), ("buổi chiều", 17, 0), ("5 giờ chiều", 17, 0),
      ("hết giờ làm việc", 17, 0), ("cuối giờ làm việc", 17, 0), ("hết giờ hành chính", 17, 0),
    ])
    let preposition = pick(["trong ", "chậm nhất ", "trước ", ""])
    let phrase = (words.hasPrefix("hết") ? "" : preposition) + words + " ngày " + date(day)
    return BuiltClause(phrase, [.datetime], [BuiltDue(day, time: TimeOfDay(hour: hour, minute: minute))])
  }

  func date(_ day: CivilDate) -> String { "\(day.day)/\(day.month)/\(day.year)" }

  // MARK: From one day to another

  /// A window from its first to its last day, clipped to the issue date (rules R1, R4).
  mutating func dayRange() -> BuiltClause {
    let first = issued.adding(days: number(-20...400))
    let last = max(first.adding(days: number(1...80)), issued)
    let window = BuiltDue(last, windowStart: max(first, issued))
    if chance(4) { return rangeFromNow(last) }
    if chance(4) { return rangeWithTimes(first, last) }
    return BuiltClause(rangeWords(first, last), [.window], [window])
  }

  private mutating func rangeWords(_ first: CivilDate, _ last: CivilDate) -> String {
    let full = "từ \(spelled(first)) \(pick(["đến", "đến hết", "tới", "cho đến"])) \(spelled(last))"
    guard first.year == last.year, first != last else { return full }
    let sameYear = "từ ngày \(first.day)/\(first.month) đến \(pick(["", "hết "]))ngày \(date(last))"
    guard first.month == last.month else { return pick([full, sameYear]) }
    let month = "tháng \(last.month) năm \(last.year)"
    return pick([
      full, sameYear, "từ ngày \(twoDigits(first.day)) đến ngày \(last.day) \(month)",
      "\(twoDigits(first.day))-\(twoDigits(last.day))/\(last.month)/\(last.year)",
      "ngày \(first.day) - \(last.day) \(month)", "từ \(twoDigits(first.day)) đến \(date(last))",
      "từ ngày \(first.day) - \(date(last))",
    ])
  }

  private mutating func rangeFromNow(_ last: CivilDate) -> BuiltClause {
    let start = pick(["Từ nay đến ", "từ nay đến hết ", "từ ngày ban hành đến hết ", "kể từ ngày ký đến "])
    return BuiltClause(start + spelled(last), [.window], [BuiltDue(last, windowStart: issued)])
  }

  private mutating func rangeWithTimes(_ first: CivilDate, _ last: CivilDate) -> BuiltClause {
    let time = TimeOfDay(hour: number(11...17), minute: 0) ?? .midnight
    let words = "từ 8h00 ngày \(date(first)) đến \(spelled(time)) ngày \(date(last))"
    return BuiltClause(words, [.window], [BuiltDue(last, time: time, windowStart: max(first, issued))])
  }
}
