import Deadlines

/// A unit of counting; the start day is not counted (Civil Code, articles 147 and 148).
enum CountedUnit: CaseIterable, Sendable {
  case workingDays, days, weeks, months, years

  var words: String {
    switch self {
    case .workingDays: "ngày làm việc"
    case .days: "ngày"
    case .weeks: "tuần"
    case .months: "tháng"
    case .years: "năm"
    }
  }

  var kind: LimitKind { self == .workingDays ? .relativeWorkingDays : .relative }
}

/// From what a period is counted.
struct CountedFrom {
  let words: String
  let day: CivilDate
  /// The day is not known for certain: a person is asked.
  var asks = false
  /// The day that somebody told beside the words.
  var told: CivilDate?
}

// Counted periods (rule R11).
extension PhraseGenerator {
  mutating func count() -> BuiltClause {
    if chance(8) { return hours() }
    let unit = pick(CountedUnit.allCases + [.workingDays, .days])
    let count = number(1...(unit == .years ? 1 : unit == .months ? 5 : unit == .weeks ? 6 : 45))
    let from = countedFrom()
    let preposition = pick([
      "trong vòng ", "trong thời hạn ", "trong ", "không quá ", "tối đa ", "sau ", "chậm nhất ", "",
    ])
    let due = BuiltDue(day(count, unit, after: from.day))
    var clause = BuiltClause(
      pick(["", "", "Hoàn thành ", "Trả lời "]) + preposition + "\(countWords(count, unit)) \(from.words)",
      [unit.kind],
      [due],
      asks: from.asks
    )
    clause.eventDate = from.told
    return clause
  }

  /// “năm ngày” is five days, “năm năm” better written in figures.
  private mutating func countWords(_ count: Int, _ unit: CountedUnit) -> String {
    let number = unit == .years ? twoDigits(count) : spelledCount(count)
    return "\(number) \(unit.words)"
  }

  private func day(_ count: Int, _ unit: CountedUnit, after start: CivilDate) -> CivilDate {
    switch unit {
    case .workingDays: days.worked(count, after: start)
    case .days: start.adding(days: count)
    case .weeks: start.adding(days: 7 * count)
    case .months: monthsLater(count, start)
    case .years: monthsLater(12 * count, start)
    }
  }

  /// The corresponding day, or the last of a month without it (article 148(3)).
  private func monthsLater(_ count: Int, _ start: CivilDate) -> CivilDate {
    let (year, month, day) = start.yearMonthDay
    let index = year * 12 + month - 1 + count
    return (1...day).reversed().lazy.compactMap { CivilDate(year: index / 12, month: index % 12 + 1, day: $0) }.first
      ?? start
  }

  private mutating func countedFrom() -> CountedFrom {
    switch number(1...6) {
    case 1, 2:
      return CountedFrom(
        words: pick([
          "kể từ ngày ký", "kể từ ngày ban hành", "từ ngày ký", "sau ngày ban hành", "kể từ ngày ban hành Kế hoạch này",
        ]),
        day: issued
      )
    case 3, 4:
      let day = issued.adding(days: number(-30...200))
      return CountedFrom(words: pick(["kể từ ", "từ ", "sau "]) + "ngày " + date(day), day: day)
    case 5:
      return CountedFrom(
        words: pick(["kể từ ngày nhận được Kế hoạch này", "kể từ ngày nhận được văn bản này"]),
        day: issued,
        asks: true
      )
    default: return event()
    }
  }

  /// Something whose date the words do not give: counted from the issue until somebody tells it.
  private mutating func event() -> CountedFrom {
    let words = pick([
      "kể từ ngày nhận đủ hồ sơ", "sau khi kết thúc cuộc họp", "kể từ ngày nhận được văn bản", "kể từ ngày có yêu cầu",
      "kể từ ngày kết thúc đợt kiểm tra", "kể từ ngày chốt số liệu", "sau ngày khai mạc",
    ])
    guard chance(2) else { return CountedFrom(words: words, day: issued, asks: true) }
    let told = issued.adding(days: number(1...120))
    return CountedFrom(words: words, day: told, told: told)
  }

  /// Hours run at once and do not stop for a weekend; whether that is meant is asked.
  private mutating func hours() -> BuiltClause {
    let days = number(1...3)
    let words = "\(pick(["trong vòng", "trong", "không quá"])) \(24 * days) giờ kể từ khi ban hành"
    let plain = "\(pick(["trong vòng", "trong", "không quá"])) \(24 * days) giờ"
    return BuiltClause(chance(3) ? words : plain, [.datetime], [BuiltDue(issued.adding(days: days))], asks: true)
  }

  /// “05 ngày làm việc trước ngày 30/6/2026”.
  mutating func countBack() -> BuiltClause {
    let unit = pick([.workingDays, .days, .weeks] as [CountedUnit])
    let count = number(1...12)
    let day = issued.adding(days: number(40...300))
    let words =
      "\(pick(["", "chậm nhất ", "ít nhất ", "trước "]).replacing("trước ", with: ""))"
      + "\(twoDigits(count)) \(unit.words) trước ngày \(date(day))"
    return BuiltClause(words, [unit.kind], [BuiltDue(self.day(-count, unit, after: day))])
  }
}
