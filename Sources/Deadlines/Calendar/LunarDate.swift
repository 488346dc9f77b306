/// A day of the Vietnamese lunar calendar (âm lịch) as computed at UTC+7, from 1900 to 2200.
///
/// In force in Viet Nam since 1968; for earlier days it is the same rule carried back, while offices of the time also
/// used calendars of Beijing (UTC+8). The months are `LunarYear`'s.
public struct LunarDate: Hashable, Sendable {
  public let year: Int
  /// 1…12; a leap month has the number of the month before it.
  public let month: Int
  public let isLeapMonth: Bool
  /// 1…30.
  public let day: Int
  /// The same day of the solar calendar.
  public let civil: CivilDate

  /// The day, or nil when there is no such day: the 30th of a month of 29 days, a leap month that the year does not have.
  public init?(year: Int, month: Int, isLeapMonth: Bool = false, day: Int) {
    guard let found = Self.found(month, isLeapMonth, year), (1...found.length).contains(day),
      let civil = CivilDate(dayNumber: found.start + day - 1)
    else { return nil }
    self.init(year: year, month: found, day: day, civil: civil)
  }

  public init(_ date: CivilDate) {
    let number = Int(date.dayNumber)
    var year = date.year
    if LunarYear.of(year).start > number { year -= 1 }
    let months = LunarYear.of(year).months
    let month = months.last { $0.start <= number } ?? months[0]
    self.init(year: year, month: month, day: number - month.start + 1, civil: date)
  }

  private init(year: Int, month: LunarYear.Month, day: Int, civil: CivilDate) {
    self.year = year
    self.month = month.number
    self.isLeapMonth = month.isLeap
    self.day = day
    self.civil = civil
  }

  private static func found(_ month: Int, _ isLeap: Bool, _ year: Int) -> LunarYear.Month? {
    LunarYear.years.contains(year) ? LunarYear.of(year).month(month, isLeap: isLeap) : nil
  }

  /// 29 or 30, or nil when the year has no such month.
  public static func daysIn(month: Int, isLeapMonth: Bool = false, year: Int) -> Int? {
    found(month, isLeapMonth, year)?.length
  }

  /// The month after which the year has a leap month (tháng nhuận), or nil when it has twelve months.
  public static func leapMonth(ofYear year: Int) -> Int? {
    guard LunarYear.years.contains(year) else { return nil }
    return LunarYear.of(year).months.first(where: \.isLeap)?.number
  }

  /// The first day of the lunar year, or nil outside 1900…2200.
  public static func newYear(_ year: Int) -> CivilDate? { LunarDate(year: year, month: 1, day: 1)?.civil }
}

// Names of years: ten stems (can) and twelve branches (chi).
extension LunarDate {
  public static let stems = ["Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý"]
  public static let branches = [
    "Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi",
  ]

  /// “Bính Ngọ” for 2026.
  public static func yearName(_ year: Int) -> String {
    let place = ((year - 4) % 60 + 60) % 60
    return "\(stems[place % 10]) \(branches[place % 12])"
  }

  /// The year with that stem (0…9) and branch (0…11) nearest to `near`, the later of two; nil when no year has the pair.
  public static func year(stem: Int, branch: Int, near: Int) -> Int? {
    guard stems.indices.contains(stem), branches.indices.contains(branch) else { return nil }
    return year(named: "\(stems[stem]) \(branches[branch])", near: near)
  }

  /// The year named “Bính Ngọ” nearest to `near`, the later of two; nil when that is no name of a year.
  ///
  /// Either spelling of i is read: Tý and Tí, Tỵ and Tị, Kỷ and Kỉ, Quý and Quí.
  public static func year(named name: String, near: Int) -> Int? {
    let wanted = spelled(name)
    let first = min(max(near, 1900), 2200) - 29
    return (first..<first + 60).first { spelled(yearName($0)) == wanted }
  }

  private static func spelled(_ name: String) -> String {
    let words = name.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let spellings: [Character: Character] = ["í": "ý", "ị": "ỵ", "ỉ": "ỷ"]
    return String(words.map { spellings[$0] ?? $0 })
  }
}

extension LunarDate: CustomStringConvertible {
  /// “10/3 Bính Ngọ”, “15/4 nhuận Canh Tý”.
  public var description: String {
    "\(day)/\(month)\(isLeapMonth ? " nhuận" : "") \(Self.yearName(year))"
  }
}
