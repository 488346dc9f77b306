/// First and last day of a period, with its name.
struct Stretch: Hashable {
  var first: CivilDate
  var last: CivilDate
  var label: String
}

/// Turns periods as written into days.
struct PeriodResolver {
  let issued: CivilDate
  let calendar: WorkingCalendar
  var remarks: [Remark] = []

  init(issued: CivilDate, calendar: WorkingCalendar) {
    self.issued = issued
    self.calendar = calendar
  }

  /// The period's days; nil when there is no such period (rule R10).
  mutating func stretch(of period: CalendarPeriod, bound: Bound) -> Stretch? {
    days(of: period, year: period.year ?? defaultYear(for: period, bound))
  }

  /// The first such period on or after the issue date; when that jumps to another year, a person is asked (rule R9).
  private mutating func defaultYear(for period: CalendarPeriod, _ bound: Bound) -> Int {
    switch period.unit {
    case CalendarPeriod.impossible.unit: return issued.year
    case .dates, .years: return issued.year
    case .lunarDay, .lunarMonth, .feast: return lunarDefaultYear(for: period, bound)
    case .year where period.part != .first && period.part != .middle: return issued.year
    default: break
    }
    guard let thisYear = days(of: period, year: issued.year), due(thisYear, of: period, bound) < issued else {
      tellYear(issued.year)
      return issued.year
    }
    remarks.append(
      .ask(
        "không ghi năm và năm \(issued.year) đã qua: lấy năm \(issued.year + 1)",
        "no year, and this year's is past: \(issued.year + 1) is taken",
        others: [
          OtherReading(
            meaning: "năm \(issued.year), đã qua / \(issued.year), already past",
            nominal: [due(thisYear, of: period, bound)]
          )
        ]
      )
    )
    return issued.year + 1
  }

  /// The lunar year, or a feast's year, in which the day is not yet past; which one is always said.
  private mutating func lunarDefaultYear(for period: CalendarPeriod, _ bound: Bound) -> Int {
    let years = issued.year - 1...issued.year + 1
    let year = years.first { year in
      days(of: period, year: year).map { due($0, of: period, bound) >= issued } ?? false
    }
    if year != nil { remarks.append(.tell("không ghi năm: lấy ngày gần nhất", "no year: the next such day is taken")) }
    return year ?? issued.year
  }

  private mutating func tellYear(_ year: Int) {
    remarks.append(.tell("không ghi năm: lấy năm \(year)", "no year: \(year) is taken"))
  }

  /// The day that must not be past: D itself for a day (rule R9 speaks of the date), else the due day.
  private func due(_ stretch: Stretch, of period: CalendarPeriod, _ bound: Bound) -> CivilDate {
    if bound == .before && !period.isDay { return stretch.first.adding(days: -1) }
    return period.part == .first ? stretch.first : stretch.last
  }

  func days(of period: CalendarPeriod, year: Int) -> Stretch? {
    guard let whole = whole(period, year: year) else { return nil }
    guard let part = period.part else { return whole }
    let result = self.part(part, of: whole, period)
    // “ngày làm việc thứ 23 của tháng 6” lies in no June (rule R10).
    return whole.first <= result.first && result.last <= whole.last ? result : nil
  }

  private func whole(_ period: CalendarPeriod, year: Int) -> Stretch? {
    switch period.unit {
    case .day(let day, let month?):
      return CivilDate(year: year, month: month, day: day).map { Stretch(first: $0, last: $0, label: "") }
    case .day(_, nil): return nil
    case .months(let months): return self.months(months, year: year)
    case .year: return self.months(1...12, year: year)
    case .years(let years): return self.years(years)
    case .dates(let first, let last): return Stretch(first: first, last: last, label: Self.weekLabel(first, last))
    case .lunarDay(let day, let month?, let isLeap):
      return LunarDate(year: year, month: month, isLeapMonth: isLeap, day: day).map { Self.day($0.civil) }
    case .lunarDay(_, nil, _): return nil
    case .lunarMonth(let month, let isLeap): return lunarMonth(month, isLeap, year)
    case .feast(let feast): return feast.date(year: year).map(Self.day)
    }
  }

  private func months(_ months: ClosedRange<Int>, year: Int) -> Stretch? {
    guard let first = CivilDate(year: year, month: months.lowerBound, day: 1),
      let last = CivilDate(year: year, month: months.upperBound, day: 1)
    else { return nil }
    return Stretch(first: first, last: last.lastOfMonth, label: Self.label(months, year: year))
  }

  private static func day(_ date: CivilDate) -> Stretch { Stretch(first: date, last: date, label: "") }

  private func lunarMonth(_ month: Int, _ isLeap: Bool, _ year: Int) -> Stretch? {
    guard let first = LunarDate(year: year, month: month, isLeapMonth: isLeap, day: 1)?.civil,
      let length = LunarDate.daysIn(month: month, isLeapMonth: isLeap, year: year)
    else { return nil }
    let name = month == 1 ? "Giêng" : month == 12 ? "Chạp" : "\(month) âm lịch"
    return Stretch(
      first: first,
      last: first.adding(days: length - 1),
      label: "tháng \(name) năm \(LunarDate.yearName(year))"
    )
  }

  private func years(_ years: ClosedRange<Int>) -> Stretch? {
    guard let first = CivilDate(year: years.lowerBound, month: 1, day: 1),
      let last = CivilDate(year: years.upperBound, month: 12, day: 31)
    else { return nil }
    return Stretch(first: first, last: last, label: "giai đoạn \(years.lowerBound) - \(years.upperBound)")
  }

  private static func label(_ months: ClosedRange<Int>, year: Int) -> String {
    switch (months.count, months.lowerBound) {
    case (1, let month): "tháng \(month)/\(year)"
    case (3, let month) where month % 3 == 1: "quý \(romanNumeral(month / 3 + 1))/\(year)"
    case (12, _): "năm \(year)"
    case (let count, 1): "\(count) tháng đầu năm \(year)"
    case (let count, _): "\(count) tháng cuối năm \(year)"
    }
  }

  private static func weekLabel(_ first: CivilDate, _ last: CivilDate) -> String {
    first == last ? "" : "từ \(officeDate(first)) đến \(officeDate(last))"
  }

  /// Start, middle and end by BLDS 2015, article 146.
  private func part(_ part: CalendarPeriod.Part, of whole: Stretch, _ period: CalendarPeriod) -> Stretch {
    var result = whole
    switch part {
    case .first: result.last = whole.first
    case .middle: (result.first, result.last) = (middle(of: whole, period), middle(of: whole, period))
    case .last: break
    case .firstHalf: result.last = middle(of: whole, period)
    case .secondHalf: result.first = middle(of: whole, period).adding(days: 1)
    case .lastDay: result.first = whole.last
    case .workingDay(let ordinal): result = only(workingDay(ordinal, of: whole))
    case .weekday(let weekday, let ordinal): result = only(Self.weekday(weekday, ordinal, of: whole))
    case .days(let count):
      if count > 0 {
        result.last = whole.first.adding(days: count - 1)
      } else {
        result.first = whole.last.adding(days: count + 1)
      }
    case .workingDays(let count):
      if count > 0 { result.last = workingDay(count, of: whole) } else { result.first = workingDay(count, of: whole) }
    }
    result.label = Self.partLabel(part, whole.label)
    return result
  }

  private func only(_ day: CivilDate) -> Stretch { Stretch(first: day, last: day, label: "") }

  private func workingDay(_ ordinal: Int, of whole: Stretch) -> CivilDate {
    calendar.workingDay(ordinal, from: whole.first, to: whole.last)
  }

  private static func weekday(_ weekday: Int, _ ordinal: Int, of whole: Stretch) -> CivilDate {
    CivilDate.weekday(weekday, ordinal: ordinal, from: whole.first, to: whole.last)
  }

  private func middle(of whole: Stretch, _ period: CalendarPeriod) -> CivilDate {
    if case .lunarMonth = period.unit { return whole.first.adding(days: 14) }
    if case .months(let months) = period.unit {
      // 15th of a month; of a quarter, by the same measure, the 15th of its second month.
      return whole.first.adding(months: months.count / 2).adding(days: months.count % 2 == 1 ? 14 : -1)
    }
    return whole.first.adding(months: 5).lastOfMonth
  }

  private static func partLabel(_ part: CalendarPeriod.Part, _ label: String) -> String {
    switch part {
    case .first: "đầu \(label)"
    case .middle: "giữa \(label)"
    case .last: label
    case .lastDay: "ngày cuối \(label)"
    case .firstHalf: "nửa đầu \(label)"
    case .secondHalf: "nửa cuối \(label)"
    case .workingDay(-1): "ngày làm việc cuối \(label)"
    case .workingDay(let ordinal): "ngày làm việc thứ \(ordinal) của \(label)"
    case .weekday: label
    case .days(let count): "\(twoDigits(abs(count))) ngày \(count > 0 ? "đầu" : "cuối") \(label)"
    case .workingDays(let count):
      "\(twoDigits(abs(count))) ngày làm việc \(count > 0 ? "đầu" : "cuối") \(label)"
    }
  }

  /// Both ends with the year or month that one of them lends the other (“từ ngày 08/6 đến ngày 12/6/2026”).
  mutating func range(from: CalendarPeriod?, to: CalendarPeriod) -> Stretch? {
    guard let from else {
      return stretch(of: to, bound: .by).map { Stretch(first: issued, last: $0.last, label: $0.label) }
    }
    let (first, last) = Self.lending(from, to)
    guard let end = last.year == nil && first.year != nil ? end(last, after: first) : stretch(of: last, bound: .by),
      let start = start(first, before: end), start.first <= end.last
    else { return nil }
    let label = start.label.isEmpty || start.label == end.label ? end.label : "\(start.label) – \(end.label)"
    return Stretch(first: start.first, last: end.last, label: label)
  }

  private static func lending(_ from: CalendarPeriod, _ to: CalendarPeriod) -> (CalendarPeriod, CalendarPeriod) {
    var (from, to) = (from, to)
    if case .day(let day, nil) = from.unit, case .day(_, let month?) = to.unit {
      from.unit = .day(day, month: month)
      from.year = to.year
    }
    if case .day(let day, nil) = to.unit, case .day(_, let month?) = from.unit {
      to.unit = .day(day, month: month)
      to.year = from.year
    }
    return (from, to)
  }

  private func end(_ last: CalendarPeriod, after first: CalendarPeriod) -> Stretch? {
    guard let year = first.year, let start = days(of: first, year: year) else { return nil }
    guard let sameYear = days(of: last, year: year), sameYear.last >= start.first else {
      return days(of: last, year: year + 1)
    }
    return sameYear
  }

  /// “từ tháng 10 đến tháng 3/2027” begins the year before.
  private mutating func start(_ first: CalendarPeriod, before end: Stretch) -> Stretch? {
    if let year = first.year { return days(of: first, year: year) }
    let year = end.last.year
    guard let same = days(of: first, year: year), same.first > end.last else { return days(of: first, year: year) }
    let before = days(of: first, year: year - 1)
    if let before, before.last < issued {
      remarks.append(.ask("khoảng thời gian bắt đầu từ năm trước?", "does the stretch begin in the year before?"))
    }
    return before
  }

  /// A list with years and months lent from neighbour to neighbour.
  mutating func list(_ periods: [CalendarPeriod], bound: Bound) -> [Stretch]? {
    let filled = Self.lending(periods)
    guard filled.allSatisfy({ $0.year == nil }), let last = filled.last else {
      return all(filled.map { days(of: $0, year: $0.year ?? issued.year) })
    }
    // No year at all: the one in which the last of them is not yet past.
    guard stretch(of: last, bound: bound) != nil else { return nil }
    let isPast = days(of: last, year: issued.year).map { due($0, of: last, bound) < issued } ?? false
    return all(filled.map { days(of: $0, year: issued.year + (isPast ? 1 : 0)) })
  }

  private static func lending(_ periods: [CalendarPeriod]) -> [CalendarPeriod] {
    var periods = periods
    for index in periods.indices.reversed().dropFirst() {
      if periods[index].year == nil { periods[index].year = periods[index + 1].year }
      if case .day(let day, nil) = periods[index].unit, case .day(_, let month) = periods[index + 1].unit {
        periods[index].unit = .day(day, month: month)
      }
    }
    for index in periods.indices.dropFirst() where periods[index].year == nil {
      periods[index].year = periods[index - 1].year
    }
    return periods
  }

  private func all(_ stretches: [Stretch?]) -> [Stretch]? {
    let found = stretches.compactMap { $0 }
    return found.count == stretches.count ? found : nil
  }
}
