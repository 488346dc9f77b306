extension LimitClause {
  /// What was understood, in the fewest fixed words: “chậm nhất ngày 30/6/2026”, “ngày 25 hằng tháng”.
  ///
  /// Reading these words for the same day of issue gives the same timing again. A counted period comes out as the
  /// day it ends on.
  /// - Parameter issued: The day of issue; a start on that day is left unsaid.
  /// - Returns: Nil when there is nothing to date, or no fixed words for it.
  public func inWords(issued: CivilDate) -> String? {
    switch timing {
    case .once(let due): due.inWords
    case .repeating(let recurrence): recurrence.inWords(issued: issued)
    case .reports(let months): reports(months, issued: issued)
    case .continuous(let months, let from): continuous(months, from: from, issued: issued)
    case .undated: kind == .start ? from.map { "không sớm hơn ngày \(officeDate($0))" } : nil
    }
  }

  private func reports(_ months: Set<Int>, issued: CivilDate) -> String? {
    let names: [Set<Int>: String] = [
      Set(1...12): "hằng tháng", [3, 6, 9, 12]: "hằng quý", [6, 12]: "6 tháng, hằng năm", [12]: "hằng năm",
      [9]: "9 tháng",
    ]
    return names[months].map { "báo cáo định kỳ \($0)" + bounds(from: from, until: until, issued: issued) }
  }

  private func continuous(_ months: Set<Int>, from: CivilDate?, issued: CivilDate) -> String? {
    let names: [Set<Int>: String] = [[3, 6, 9, 12]: "", [12]: " hằng năm", [6, 12]: " 6 tháng một lần"]
    return names[months].map { "thường xuyên\($0)" + bounds(from: from, until: until, issued: issued) }
  }
}

/// “ từ ngày … đến hết ngày …”, as far as they are known.
private func bounds(from: CivilDate?, until: CivilDate?, issued: CivilDate) -> String {
  let start = from.flatMap { $0 == issued && until == nil ? nil : $0 } ?? (until == nil ? nil : issued)
  let from = start.map { " từ ngày \(officeDate($0))" } ?? ""
  return from + (until.map { " đến hết ngày \(officeDate($0))" } ?? "")
}

extension LimitClause.Due {
  fileprivate var inWords: String {
    let day = "ngày \(officeDate(nominal))"
    if let windowStart { return window(from: windowStart, day) }
    if let graceUntil { return "trước ngày \(officeDate(graceUntil))" }
    return "chậm nhất " + (time.map { "\(officeTime($0)) \(day)" } ?? day)
  }

  /// A whole month, quarter, half or year by its name.
  private func window(from start: CivilDate, _ day: String) -> String {
    if time == nil, let period = PeriodName(from: start, to: nominal) { return "trong \(period.label)" }
    return "từ ngày \(officeDate(start)) đến " + (time.map { "\(officeTime($0)) \(day)" } ?? "hết \(day)")
  }
}

extension PeriodName {
  /// The calendar period that has exactly these days.
  fileprivate init?(from start: CivilDate, to end: CivilDate) {
    guard start == start.firstOfMonth, end == end.lastOfMonth, start.year == end.year else { return nil }
    switch (start.month, end.month - start.month + 1) {
    case (_, 1): self.init(month: start)
    case (let month, 3) where month % 3 == 1: self.init(quarter: start)
    case (1, 6), (7, 6): self.init(half: start)
    case (1, 12): self.init(year: start.year)
    default: return nil
    }
  }
}

/// “16 giờ 30”.
private func officeTime(_ time: TimeOfDay) -> String { "\(twoDigits(time.hour)) giờ \(twoDigits(time.minute))" }

extension Recurrence {
  fileprivate func inWords(issued: CivilDate) -> String? {
    if case .periods(let periods) = pattern { return Self.list(periods) }
    let starts = from > issued || until != nil ? from : nil
    return dayWords.map { $0 + bounds(from: starts, until: until, issued: issued) }
  }

  private var dayWords: String? {
    switch pattern {
    case .monthDays(let days): monthWords(days)
    case .weekdays(let weekdays) where weekdays.count == 1:
      weekdays.first.map { "\(before)\(Self.weekdayNames[$0 - 1]) hằng tuần" }
    case .workingDays: "hằng ngày"
    case .workingDay(let ordinal, let months):
      place(of: Set(months)).map { "\(before)ngày làm việc \(Self.ordinal(ordinal)) \($0)" }
    case .weekday(let weekday, let ordinal, let months) where ordinal == 1 || ordinal == -1:
      place(of: Set(months)).map { "\(before)\(Self.weekdayNames[weekday - 1]) \(Self.ordinal(ordinal)) \($0)" }
    case .lunarDays(let days) where days.count == 1:
      days.first.map { "\(before)ngày \(twoDigits($0.day)) tháng \($0.month) âm lịch hằng năm" }
    case .everyYears(let step): "\(step) năm một lần"
    case .everyDays(let step) where step % 7 == 0: "\(step / 7) tuần một lần"
    default: nil
    }
  }

  private static let weekdayNames = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"]

  private static func ordinal(_ number: Int) -> String {
    switch number {
    case -1: "cuối cùng"
    case 1: "đầu tiên"
    default: "thứ \(number)"
    }
  }

  private var before: String {
    if let time { return "chậm nhất \(officeTime(time)) " }
    return isBefore ? "trước " : ""
  }

  /// “ngày 25 hằng tháng”, “ngày 10 của tháng đầu quý sau”, “hằng quý”, “ngày 20 tháng 12 hằng năm”.
  private func monthWords(_ pairs: [MonthDay]) -> String? {
    let months = Set(pairs.map(\.month))
    let days = Set(pairs.map(\.day)).sorted()
    guard pairs.count == months.count * days.count else { return cycle == .year ? yearWords(pairs) : nil }
    if days == [31], !isBefore, time == nil, lag == 0, let ends = Self.ends(of: months, cycle) {
      return ends
    }
    return place(of: months).map { "\(before)\(dayNames(days)) \($0)" } ?? (cycle == .year ? yearWords(pairs) : nil)
  }

  private static func ends(of months: Set<Int>, _ cycle: Cycle) -> String? {
    switch (months.sorted(), cycle) {
    case (Array(1...12), .month): "hằng tháng"
    case ([3, 6, 9, 12], .quarter): "hằng quý"
    case ([6, 12], .halfYear): "mỗi 6 tháng"
    case ([12], .year): "hằng năm"
    default: nil
    }
  }

  private func dayNames(_ days: [Int]) -> String {
    if days == [31] { return "ngày cuối cùng" }
    return days.map { "ngày \(twoDigits($0))" }.joined(separator: " và ")
  }

  private func place(of months: Set<Int>) -> String? {
    switch (months.sorted(), cycle, lag) {
    case (Array(1...12), .month, 0): "hằng tháng"
    case (Array(1...12), .month, 1): "của tháng kế tiếp sau kỳ báo cáo (tháng)"
    case ([3, 6, 9, 12], .quarter, 0): "của tháng cuối quý"
    case ([1, 4, 7, 10], .quarter, 0): "của tháng đầu quý"
    case ([1, 4, 7, 10], .quarter, 1): "của tháng đầu quý sau"
    default: nil
    }
  }

  /// The 31st stands for the whole month.
  private func yearWords(_ pairs: [MonthDay]) -> String? {
    let areMonths = pairs.allSatisfy { $0.day == 31 } && !isBefore && time == nil
    guard areMonths || pairs.allSatisfy({ $0.day <= CivilDate.daysIn(month: $0.month, year: 2028) }) else { return nil }
    let names = pairs.map { areMonths ? "tháng \($0.month)" : "ngày \(twoDigits($0.day)) tháng \($0.month)" }
    return "\(before)\(names.joined(separator: " và ")) hằng năm"
  }

  /// Named periods by their names, else their days.
  private static func list(_ periods: [Period]) -> String? {
    guard let first = periods.first?.due else { return nil }
    let names = periods.map { period in
      period.due.period.isEmpty ? "ngày \(officeDate(period.due.graceUntil ?? period.due.nominal))" : period.due.period
    }
    return (first.graceUntil == nil ? "" : "trước ") + names.joined(separator: " và ")
  }
}
