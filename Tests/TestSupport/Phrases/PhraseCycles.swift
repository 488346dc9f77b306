import Deadlines

// What comes again and again (rules R5–R8).
extension PhraseGenerator {
  /// “hằng”, “hàng” or “mỗi” with a unit.
  private mutating func every(_ unit: String) -> String { pick(["hằng ", "hàng ", "mỗi ", "hằng "]) + unit }

  /// The words before a day that recurs, and whether they leave the day out.
  private mutating func dayBound() -> (words: String, isBefore: Bool) {
    chance(3)
      ? (pick(["trước ", "gửi trước ", "xong trước "]), true)
      : (pick(["", "vào ", "chậm nhất ", "chậm nhất là ", "chậm nhất vào ", "đến ", "không muộn hơn "]), false)
  }

  // MARK: A day of every month, quarter, year, week

  mutating func dayOfMonth() -> BuiltClause {
    if chance(6) { return lastDayOfMonth() }
    if chance(6) { return twoDaysOfMonth() }
    if chance(6) { return dayOfNextMonth() }
    let day = number(1...31)
    let (words, isBefore) = dayBound()
    let name = "ngày " + pick(["\(day)", twoDigits(day)])
    if chance(6) { return dayOfMonthWithTime(name, day) }
    let month = every("tháng")
    let phrase = pick(["\(words)\(name) \(month)", "\(month), \(words)\(name)", "\(words)\(name) của \(month)"])
    return BuiltClause(phrase, [.recurring], monthly(days: [day], isBefore: isBefore))
  }

  private mutating func dayOfMonthWithTime(_ name: String, _ day: Int) -> BuiltClause {
    let time = TimeOfDay(hour: number(9...17), minute: 0) ?? .midnight
    let words = "\(pick(["trước", "chậm nhất"])) \(spelled(time)) \(name) \(every("tháng"))"
    return BuiltClause(words, [.recurring], monthly(days: [day], time: time))
  }

  private mutating func lastDayOfMonth() -> BuiltClause {
    let month = every("tháng")
    if chance(2) {
      return BuiltClause("ngày cuối cùng \(pick(["", "của "]))\(month)", [.recurring], monthly(days: [31]))
    }
    let ends = (0...25).map { issued.firstOfMonth.adding(months: $0 + 1).adding(days: -1) }
    let worked = ends.map { BuiltDue(days.onOrBefore($0)) }
    let words = "ngày làm việc cuối cùng \(pick(["", "của "]))\(month)"
    return BuiltClause(words, [.recurring], worked.filter { issued <= $0.nominal && $0.nominal <= last })
  }

  private mutating func twoDaysOfMonth() -> BuiltClause {
    let first = number(1...14)
    let second = number(15...31)
    let words = "\(pick(["", "vào "]))ngày \(first) \(pick(["và ngày", "và"])) \(second) \(every("tháng"))"
    return BuiltClause(words, [.recurring], monthly(days: [first, second]))
  }

  private mutating func dayOfNextMonth() -> BuiltClause {
    let day = number(1...15)
    let (words, isBefore) = dayBound()
    let phrase = "\(words)ngày \(twoDigits(day)) của tháng kế tiếp sau kỳ báo cáo (tháng)"
    return BuiltClause(phrase, [.recurring], monthly(days: [day], isBefore: isBefore))
  }

  mutating func dayOfQuarter() -> BuiltClause {
    let day = number(1...28)
    let (words, isBefore) = dayBound()
    let (month, months): (String, Set<Int>) = pick([
      ("tháng cuối quý", [3, 6, 9, 12]), ("tháng đầu quý", [1, 4, 7, 10]), ("tháng đầu quý sau", [1, 4, 7, 10]),
      ("tháng cuối của mỗi quý", [3, 6, 9, 12]), ("tháng cuối cùng của mỗi quý", [3, 6, 9, 12]),
    ])
    let phrase = "\(words)ngày \(twoDigits(day)) \(pick(["", "của "]))\(month)"
    return BuiltClause(phrase, [.recurring], monthly(days: [day], months: months, isBefore: isBefore))
  }

  mutating func dayOfYear() -> BuiltClause {
    let month = number(1...12)
    let year = every("năm").replacing("mỗi", with: "hằng")
    if chance(4) { return periodOfYear(year) }
    let day = number(1...(month == 2 ? 28 : [4, 6, 9, 11].contains(month) ? 30 : 31))
    let (words, isBefore) = dayBound()
    let name = pick([
      "ngày \(day)/\(month)", "ngày \(twoDigits(day)) tháng \(twoDigits(month))", "ngày \(day) tháng \(month)",
    ])
    let dues = monthly(days: [day], months: [month], isBefore: isBefore)
    var clause = BuiltClause("\(words)\(name) \(year)", [.recurring], dues)
    clause.endsInCycle = true
    return clause
  }

  /// A month or quarter of every year ends on its last day.
  private mutating func periodOfYear(_ year: String) -> BuiltClause {
    let month = number(1...12)
    let quarter = number(1...4)
    let roman = ["I", "II", "III", "IV"]
    let (words, months): (String, Set<Int>) = pick([
      ("Tháng \(month) \(year)", [month]), ("trong tháng \(month) \(year)", [month]),
      ("Quý \(roman[quarter - 1]) \(year)", [quarter * 3]), ("tháng 6 và tháng 12 \(year)", [6, 12]),
      ("tháng 3 và tháng 9 \(year)", [3, 9]),
    ])
    return BuiltClause(words, [.recurring], monthly(days: [31], months: months))
  }

  mutating func dayOfWeek() -> BuiltClause {
    let weekday = number(1...6)
    let name = self.weekday(weekday)
    let week = every("tuần").replacing("mỗi", with: "hằng")
    let words = pick([
      "\(name) \(week)", "\(week) vào \(name)", "\(week), \(name)", "vào \(name) \(week)", "mỗi \(name)",
    ])
    if chance(3) { return bounded(words, weekday) }
    if chance(5) {
      let time = TimeOfDay(hour: number(8...17), minute: 0) ?? .midnight
      let dues = daily(time: time) { $0.weekday == weekday }
      return BuiltClause("trước \(spelled(time)) \(name) \(week)", [.recurring], dues)
    }
    return BuiltClause(words, [.recurring], daily { $0.weekday == weekday })
  }

  private mutating func bounded(_ words: String, _ weekday: Int) -> BuiltClause {
    let first = issued.adding(days: number(1...100))
    let until = first.adding(days: number(10...100))
    let dues = daily(from: first, until: until) { $0.weekday == weekday }
    return BuiltClause("\(words) từ \(spelled(first)) đến \(spelled(until))", [.recurring], dues)
  }

  // MARK: Cycles by themselves (rule R7)

  /// Named periods end on their last day, weeks on Friday, days are the working days.
  private mutating func plainCycle() -> (words: String, dues: [BuiltDue], asks: Bool) {
    let quarter: Set<Int> = [3, 6, 9, 12]
    switch number(1...8) {
    case 1:
      return (pick([every("tháng"), "mỗi tháng một lần", "01 lần/tháng", "1 tháng/lần"]), monthly(days: [31]), false)
    case 2, 3:
      let words = pick([every("quý"), "mỗi quý 01 lần", "1 lần/quý", "4 lần/năm", "mỗi quý một lần"])
      return (words, monthly(days: [31], months: quarter), false)
    case 4:
      let words = pick([
        "6 tháng một lần", "06 tháng/lần", "mỗi năm 2 lần", "2 lần/năm", "02 lần/năm", "mỗi năm hai lần",
      ])
      return (words, monthly(days: [31], months: [6, 12]), false)
    case 5: return (pick([every("năm"), "mỗi năm một lần", "1 lần/năm"]), monthly(days: [31], months: [12]), false)
    case 6: return (pick([every("tuần"), "mỗi tuần một lần", "1 lần/tuần"]), daily { $0.weekday == 5 }, false)
    case 7: return ("hằng ngày", daily(where: days.isWorked), false)
    default: return (pick(["03 tháng/lần", "3 tháng một lần"]), monthly(days: [31], months: quarter), true)
    }
  }

  mutating func cycle() -> BuiltClause {
    let (words, dues, asks) = plainCycle()
    let phrase = pick(["", "", "Thực hiện ", "Rà soát "]) + words
    return BuiltClause(phrase, [.recurring], dues, asks: asks)
  }

  /// A cycle between two days, within a year, or from a year on.
  mutating func boundedCycle() -> BuiltClause {
    let (unit, months) = pick([("tháng", Set(1...12)), ("quý", [3, 6, 9, 12]), ("năm", [12])])
    let first = issued.adding(days: number(0...200))
    let until = first.adding(days: number(100...500))
    let year = issued.year + number(0...1)
    let start = CivilDate(year: year, month: 1, day: 1) ?? issued
    let end = start.adding(months: 12).adding(days: -1)
    let words = every(unit)
    let forms: [(String, CivilDate, CivilDate)] = [
      ("\(words), bắt đầu từ \(year)", start, last), ("\(words), từ năm \(year)", start, last),
      ("\(words) từ \(spelled(first)) đến hết \(spelled(until))", first, until),
      ("\(words) kể từ ngày \(date(first))", first, last),
    ]
    let (phrase, from, to) =
      unit == "năm" ? pick(Array(forms.prefix(2))) : pick(forms + [("\(words) trong năm \(year)", start, end)])
    return BuiltClause(phrase, [.recurring], monthly(days: [31], months: months, from: from, until: to))
  }

  // MARK: Reports (rule R5)

  /// One report absorbs the shorter period that closes with it.
  mutating func report() -> BuiltClause {
    let quarters: Set<Int> = [3, 6, 9, 12]
    let (words, months): (String, Set<Int>) = pick([
      ("Hằng quý, 6 tháng, năm", quarters), ("định kỳ hằng quý, 6 tháng, hằng năm", quarters),
      ("báo cáo định kỳ hằng quý", quarters), ("Báo cáo hằng quý", quarters), ("định kỳ 6 tháng, hằng năm", [6, 12]),
      ("Báo cáo 6 tháng, hằng năm", [6, 12]), ("báo cáo 6 tháng đầu năm, năm", [6, 12]),
      ("báo cáo hằng tháng", Set(1...12)), ("định kỳ hằng tháng", Set(1...12)), ("Báo cáo định kỳ hằng năm", [12]),
      ("báo cáo quý, 6 tháng, 9 tháng và năm", quarters), ("định kỳ 06 tháng và hằng năm", [6, 12]),
      ("báo cáo tháng, quý, năm", Set(1...12)), ("báo cáo quý I, 6 tháng, 9 tháng, năm", quarters),
    ])
    if chance(3) { return reportByTitle() }
    var clause = BuiltClause(words, [.report], reports(closing: months))
    clause.endsInCycle = true
    return clause
  }

  /// A bare cycle is a report when the task itself is one (rule R7).
  private mutating func reportByTitle() -> BuiltClause {
    let (unit, months): (String, Set<Int>) = pick([("tháng", Set(1...12)), ("quý", [3, 6, 9, 12]), ("năm", [12])])
    var clause = BuiltClause(every(unit), [.report], reports(closing: months))
    clause.title = pick(["Báo cáo kết quả thực hiện", "Tổng hợp, báo cáo định kỳ với Sở Nội vụ"])
    return clause
  }

  /// “Năm 2026, hằng năm” (rule R8).
  mutating func windowThenYearly() -> BuiltClause {
    let year = issued.year + number(0...1)
    let start = CivilDate(year: year, month: 1, day: 1) ?? issued
    let end = start.adding(months: 12).adding(days: -1)
    let later = monthly(days: [31], months: [12], from: end.adding(days: 1))
    let words = pick(["Năm \(year), \(every("năm"))", "Trong năm \(year), hằng năm"])
    return BuiltClause(words, [.window, .recurring], [BuiltDue(end, windowStart: max(start, issued))] + later)
  }

  // MARK: Without a due date (rule R6)

  mutating func continuous() -> BuiltClause {
    let year = issued.year + number(0...1)
    let start = CivilDate(year: year, month: 1, day: 1) ?? issued
    let end = start.adding(months: 12).adding(days: -1)
    let (words, from, until): (String, CivilDate, CivilDate) = pick([
      ("Thường xuyên", issued, last), ("Thường xuyên, liên tục", issued, last),
      ("Thực hiện thường xuyên", issued, last), ("thường xuyên trong năm \(year)", start, end),
      ("Thực hiện thường xuyên trong năm \(year) và các năm tiếp theo", start, last),
      ("Thực hiện thường xuyên từ năm \(year) và các năm tiếp theo", start, last),
      ("Năm \(year) và những năm tiếp theo", start, last), ("thường xuyên từ ngày \(date(start))", start, last),
    ])
    var clause = BuiltClause(words, [.continuous], [])
    clause.checkIns = checkIns(from: from, until: until)
    return clause
  }

  /// What gives no date by itself.
  mutating func open() -> BuiltClause {
    let (words, kind): (String, LimitKind) = pick([
      ("Khẩn trương", .none), ("kịp thời", .none), ("theo quy định", .none), ("theo yêu cầu", .event),
      ("báo cáo đột xuất khi cần thiết", .event), ("khi có phát sinh", .event), ("đột xuất", .event),
      ("Quyết định số \(number(1...900))/QĐ-TTg ngày \(date(laterDay())) của Thủ tướng Chính phủ", .none),
      ("Hội nghị chuyên môn không quá \(number(1...3)) ngày", .target), ("không quá 1/2 ngày", .target),
      ("so với cùng kỳ năm trước", .none),
    ])
    return BuiltClause(words, [kind], [])
  }
}
