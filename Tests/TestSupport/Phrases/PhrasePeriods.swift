import Deadlines

/// A whole month, quarter, half, nine months or year.
struct BuiltPeriod: Sendable {
  enum Unit: CaseIterable, Sendable { case month, quarter, half, nineMonths, year }

  let unit: Unit
  let first: CivilDate
  let last: CivilDate

  init(_ unit: Unit, around day: CivilDate) {
    let starts: Int
    let count: Int
    switch unit {
    case .month: (starts, count) = (day.month, 1)
    case .quarter: (starts, count) = ((day.month - 1) / 3 * 3 + 1, 3)
    case .half: (starts, count) = (day.month <= 6 ? 1 : 7, 6)
    case .nineMonths: (starts, count) = (1, 9)
    case .year: (starts, count) = (1, 12)
    }
    self.unit = unit
    self.first = CivilDate(year: day.year, month: starts, day: 1) ?? day
    self.last = first.adding(months: count).adding(days: -1)
  }

  var year: Int { first.year }
  var quarter: Int { (first.month + 2) / 3 }
  var isFirstHalf: Bool { first.month == 1 }
}

// Windows, and the deadlines that end or precede them (rule R4).
extension PhraseGenerator {
  private mutating func anyPeriod() -> BuiltPeriod {
    let unit = pick([.month, .month, .quarter, .quarter, .half, .nineMonths, .year] as [BuiltPeriod.Unit])
    return BuiltPeriod(unit, around: laterDay())
  }

  mutating func period() -> BuiltClause { limit(by: anyPeriod()) { $0.spelled($1) } }

  private mutating func limit(
    by period: BuiltPeriod,
    asks: Bool = false,
    _ spell: (inout Self, BuiltPeriod) -> String
  ) -> BuiltClause {
    let name = spell(&self, period)
    switch number(1...8) {
    case 1...4: return window(period, name, asks: asks)
    case 5, 6:
      let words = pick([
        "đến ", "đến hết ", "chậm nhất ", "chậm nhất là ", "không muộn hơn ", "chậm nhất trong ", "hạn ",
      ])
      return BuiltClause(pick(["", "Hoàn thành "]) + words + name, [.deadline], [BuiltDue(period.last)], asks: asks)
    case 7:
      let before = [BuiltDue(period.first.adding(days: -1))]
      return BuiltClause(pick(["", "Hoàn thành ", "Gửi "]) + "trước " + name, [.deadline], before, asks: asks)
    default: return asks ? window(period, name, asks: asks) : starting(period, name)
    }
  }

  /// “từ” and “sau” say when the work begins, not when it is due.
  private mutating func starting(_ period: BuiltPeriod, _ name: String) -> BuiltClause {
    if chance(2) { return BuiltClause("sau " + name, [.start], []) }
    var goingOn = BuiltClause(pick(["từ ", "kể từ ", "bắt đầu từ "]) + name, [.continuous], [])
    goingOn.checkIns = checkIns(from: period.first)
    return goingOn
  }

  /// With “hoàn thành” the work may start at once, else with the window.
  private mutating func window(_ period: BuiltPeriod, _ name: String, asks: Bool = false) -> BuiltClause {
    let verb = pick(["", "", "Hoàn thành ", "Hoàn thành rà soát ", "Thực hiện ", "Triển khai ", "Tổ chức "])
    let preposition = pick(["", "trong ", "trong ", "vào ", "hết ", "ngay trong "])
    let clipped = verb.hasPrefix("Hoàn") ? issued : max(period.first, issued)
    // A window wholly past stays as it was.
    let start = period.last < issued ? period.first : clipped
    let due = BuiltDue(period.last, windowStart: start)
    return BuiltClause(verb + preposition + name, [.window], [due], asks: asks)
  }

  mutating func spelled(_ period: BuiltPeriod) -> String {
    let year = period.year
    switch period.unit {
    case .month: return spelledMonth(period.first)
    case .quarter: return spelledQuarter(period.quarter, year)
    case .half:
      let part = period.isFirstHalf ? "đầu" : "cuối"
      return pick(["6 tháng", "06 tháng", "sáu tháng", "nửa"]) + " \(part) năm \(year)"
    case .nineMonths: return pick(["9 tháng", "09 tháng", "chín tháng"]) + " đầu năm \(year)"
    case .year: return pick(["năm \(year)", "năm \(year)", "cả năm \(year)"])
    }
  }

  private mutating func spelledMonth(_ day: CivilDate) -> String {
    let (year, month, _) = day.yearMonthDay
    return pick([
      "tháng \(month)/\(year)", "tháng \(twoDigits(month))/\(year)", "tháng \(month) năm \(year)",
      "tháng \(monthName(month)) năm \(year)", "T\(month)/\(year)", "tháng \(month)-\(year)",
      "tháng \(month) / \(year)",
      "tháng \(month), năm \(year)", "tháng\(month)/\(year)",
    ])
  }

  private mutating func spelledQuarter(_ quarter: Int, _ year: Int) -> String {
    let roman = ["I", "II", "III", "IV"][quarter - 1]
    let word = ["một", "hai", "ba", "tư"][quarter - 1]
    let number = pick([roman, roman, "\(quarter)", "0\(quarter)", word, quarter == 4 ? "bốn" : roman])
    let name = pick(["quý", "quí", "Quý"]) + " " + number
    return pick([
      "\(name)/\(year)", "\(name) năm \(year)", "\(name) / \(year)", "Q\(quarter)/\(year)", "Q.\(roman)/\(year)",
    ])
  }

  // MARK: No year (rule R9)

  /// The first such period that is not yet past; a person is asked when that is next year's.
  mutating func periodWithoutYear() -> BuiltClause {
    let unit = pick([.month, .quarter, .half] as [BuiltPeriod.Unit])
    var period = BuiltPeriod(unit, around: issued.adding(days: number(0...364)))
    let sameEarlier = BuiltPeriod(unit, around: period.first.adding(months: -12))
    if sameEarlier.last >= issued { period = sameEarlier }
    let name = spelledWithoutYear(period)
    let asks = period.year != issued.year
    if chance(3) {
      let words = pick(["đến hết ", "chậm nhất "])
      return BuiltClause(words + name, [.deadline], [BuiltDue(period.last)], asks: asks)
    }
    return window(period, name, asks: asks)
  }

  private mutating func spelledWithoutYear(_ period: BuiltPeriod) -> String {
    switch period.unit {
    case .month: pick(["tháng \(period.first.month)", "tháng \(twoDigits(period.first.month))"])
    case .quarter: "quý " + ["I", "II", "III", "IV"][period.quarter - 1]
    default: pick(["6", "06"]) + " tháng " + (period.isFirstHalf ? "đầu năm" : "cuối năm")
    }
  }

  /// “tháng này”, “quý sau”: by the issue date.
  mutating func relativePeriod() -> BuiltClause {
    let (words, period) = pick([
      ("tháng này", BuiltPeriod(.month, around: issued)),
      ("tháng sau", BuiltPeriod(.month, around: issued.firstOfMonth.adding(months: 1))),
      ("quý này", BuiltPeriod(.quarter, around: issued)),
      ("quý sau", BuiltPeriod(.quarter, around: issued.firstOfMonth.adding(months: 3))),
      ("năm nay", BuiltPeriod(.year, around: issued)), ("năm", BuiltPeriod(.year, around: issued)),
      ("năm sau", BuiltPeriod(.year, around: issued.adding(months: 12))),
    ])
    let due = BuiltDue(period.last, windowStart: max(period.first, issued))
    return BuiltClause("trong " + words, [.window], [due])
  }

  // MARK: Start, middle and end (Civil Code, art. 146)

  mutating func part() -> BuiltClause {
    let day = laterDay()
    let unit = pick([.month, .quarter, .year] as [BuiltPeriod.Unit])
    let period = BuiltPeriod(unit, around: day)
    let name = spelled(period).replacing("cả ", with: "")
    switch (number(1...4), unit) {
    case (1, _):
      let due = BuiltDue(period.first)
      return BuiltClause(pick(["", "chậm nhất "]) + "đầu " + name, [.deadline], [due], asks: unit != .month)
    case (2, .month): return BuiltClause("giữa " + name, [.deadline], [BuiltDue(period.first.adding(days: 14))])
    case (2, .year):
      let middle = period.first.adding(months: 6).adding(days: -1)
      return BuiltClause(pick(["", "đến "]) + "giữa " + name, [.deadline], [BuiltDue(middle)])
    case (3, _): return BuiltClause("đến cuối " + name, [.deadline], [BuiltDue(period.last)])
    case (4, .month):
      let words = pick(["ngày làm việc cuối cùng của ", "ngày làm việc cuối cùng "])
      return BuiltClause(words + name, [.deadline], [BuiltDue(days.onOrBefore(period.last))])
    default: return window(period, "cuối " + name)
    }
  }

  // MARK: From one period to another, and lists

  mutating func periodRange() -> BuiltClause {
    switch number(1...3) {
    case 1: return range(.month)
    case 2: return range(.quarter)
    default:
      let (from, to) = (issued.year, issued.year + number(1...4))
      let last = CivilDate(year: to, month: 12, day: 31) ?? .last
      let words = pick([
        "Năm \(from) - \(to)", "Giai đoạn \(from) - \(to)", "Trong nhiệm kỳ \(from) - \(to)", "năm \(from)-\(to)",
      ])
      return BuiltClause(words, [.window], [BuiltDue(last, windowStart: issued)])
    }
  }

  private mutating func range(_ unit: BuiltPeriod.Unit) -> BuiltClause {
    let from = BuiltPeriod(unit, around: laterDay())
    let to = BuiltPeriod(unit, around: from.last.adding(days: number(1...250)))
    let due = BuiltDue(to.last, windowStart: max(from.first, issued))
    var forms = [
      "từ \(spelled(from)) đến \(pick(["", "hết "]))\(spelled(to))", "\(spelled(from)) đến hết \(spelled(to))",
    ]
    if from.year == to.year { forms += shortRanges(from, to) }
    return BuiltClause(pick(forms), [.window], [due])
  }

  /// The year stands once, at the end.
  private func shortRanges(_ from: BuiltPeriod, _ to: BuiltPeriod) -> [String] {
    let year = to.year
    if from.unit == .month {
      let (a, b) = (from.first.month, to.first.month)
      return [
        "Tháng \(a)-\(b)/\(year)", "Tháng \(a) - tháng \(b)/\(year)", "T\(a)-T\(b)/\(year)",
        "từ tháng \(a) đến tháng \(b)/\(year)", "từ tháng \(a) đến hết tháng \(b) năm \(year)",
      ]
    }
    let roman = ["I", "II", "III", "IV"]
    let (a, b) = (roman[from.quarter - 1], roman[to.quarter - 1])
    return [
      "Quý \(a)-\(b)/\(year)", "từ quý \(a) đến quý \(b) năm \(year)", "Q\(from.quarter)-Q\(to.quarter)/\(year)",
      "Quý \(a) - Quý \(b)/\(year)",
    ]
  }

  /// Neighbours by a comma are one window; periods apart are due one by one.
  mutating func list() -> BuiltClause {
    switch number(1...4) {
    case 1: return neighbouringMonths()
    case 2: return separateQuarters()
    case 3: return separateDays()
    default: return neighbouringQuarters()
    }
  }

  private mutating func neighbouringMonths() -> BuiltClause {
    let month = number(1...10)
    let year = issued.year + 1
    let (first, last) = (CivilDate(year: year, month: month, day: 1) ?? issued, month + number(1...2))
    let names = (month...last).map { "\($0)" }
    let end = BuiltPeriod(.month, around: first.adding(months: last - month)).last
    let words = pick([
      "Tháng \(names.joined(separator: ", "))/\(year)",
      names.map { "tháng \($0)" }.joined(separator: ", ") + "/\(year)",
      "tháng \(names.joined(separator: ", ")) năm \(year)",
    ])
    return BuiltClause(words, [.window], [BuiltDue(end, windowStart: max(first, issued))])
  }

  private mutating func separateQuarters() -> BuiltClause {
    let year = issued.year + 1
    let (a, b) = pick([(1, 3), (2, 4), (1, 4)])
    let roman = ["I", "II", "III", "IV"]
    let dues = [a, b].map { quarter -> BuiltDue in
      let period = BuiltPeriod(.quarter, around: CivilDate(year: year, month: quarter * 3, day: 1) ?? issued)
      return BuiltDue(period.last, windowStart: max(period.first, issued))
    }
    let words = pick([
      "Quý \(roman[a - 1]) và quý \(roman[b - 1])/\(year)", "quý \(roman[a - 1]) và \(roman[b - 1]) năm \(year)",
    ])
    return BuiltClause(words, [.recurring], dues)
  }

  /// Two quarters side by side may be one window or two: asked.
  private mutating func neighbouringQuarters() -> BuiltClause {
    let year = issued.year + 1
    let quarter = number(1...3)
    let roman = ["I", "II", "III", "IV"]
    let first = BuiltPeriod(.quarter, around: CivilDate(year: year, month: quarter * 3, day: 1) ?? issued)
    let second = BuiltPeriod(.quarter, around: first.last.adding(days: 1))
    let words = "Quý \(roman[quarter - 1]), \(roman[quarter])/\(year)"
    return BuiltClause(words, [.window], [BuiltDue(second.last, windowStart: max(first.first, issued))], asks: true)
  }

  private mutating func separateDays() -> BuiltClause {
    let first = laterDay()
    let second = first.adding(days: number(5...150))
    let words = "\(pick(["", "chậm nhất "]))ngày \(date(first)) \(pick(["và", ","])) ngày \(date(second))"
      .replacing(" ,", with: ",")
    return BuiltClause(words, [.recurring], [BuiltDue(first), BuiltDue(second)])
  }

  // MARK: Weeks

  /// The working week ends on Friday.
  mutating func week() -> BuiltClause {
    let monday = issued.adding(days: 1 - issued.weekday)
    switch number(1...4) {
    case 1:
      let weekday = number(1...5)
      let (name, shift) = pick([("này", 0), ("sau", 7), ("tới", 7)])
      let day = monday.adding(days: weekday - 1 + shift)
      return BuiltClause("\(self.weekday(weekday)) tuần \(name)", [.deadline], [BuiltDue(day)])
    case 2:
      let (name, shift) = pick([("này", 0), ("sau", 7), ("tới", 7)])
      return weekWindow("trong tuần " + name, monday: monday.adding(days: shift))
    case 3: return isoWeek()
    default: return weekOfMonth()
    }
  }

  private func weekWindow(_ words: String, monday: CivilDate, asks: Bool = false) -> BuiltClause {
    let friday = monday.adding(days: 4)
    let start = friday < issued ? monday : max(monday, issued)
    return BuiltClause(words, [.window], [BuiltDue(friday, windowStart: start)], asks: asks)
  }

  private mutating func isoWeek() -> BuiltClause {
    let week = number(1...52)
    let year = issued.year + 1
    let january4 = CivilDate(year: year, month: 1, day: 4) ?? issued
    let monday = january4.adding(days: 1 - january4.weekday + 7 * (week - 1))
    let words = pick(["Tuần thứ \(twoDigits(week)) năm \(year)", "tuần \(week) năm \(year)", "tuần \(week)/\(year)"])
    return weekWindow(words, monday: monday)
  }

  /// Only where every way to count weeks agrees: in a month that begins on a Monday.
  private mutating func weekOfMonth() -> BuiltClause {
    var month = issued.firstOfMonth.adding(months: 1)
    while month.weekday != 1 { month = month.adding(months: 1) }
    let week = number(1...4)
    let name = pick(["tháng \(month.month)/\(month.year)", "tháng \(month.month) năm \(month.year)"])
    let words = pick(["Tuần \(week) \(name)", "tuần thứ \(inWords(week).replacing("bốn", with: "tư")) của \(name)"])
    return weekWindow(week == 1 && chance(2) ? "tuần đầu " + name : words, monday: month.adding(days: 7 * (week - 1)))
  }
}
