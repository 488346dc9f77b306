/// The days off of Viet Nam as the law gives them, for years that no decree has settled yet.
///
/// Bộ luật Lao động 2019 (45/2019/QH14) articles 111 and 112, Nghị quyết 28/2026/QH16 article 2. Today's law is applied to
/// every year. What the Prime Minister decides each year is guessed from precedents, and each guess says so; days swapped
/// with a Saturday (hoán đổi) follow no rule and are left out.
enum VietnameseCalendar {
  /// In the order of the calendar; the weekly rest itself is not among them.
  static func days(ofYear year: Int, weekendDays: Set<Int>) -> [WorkingCalendar.DecreedDay] {
    let feasts = feasts(ofYear: year)
    let byDate = Dictionary(grouping: feasts, by: \.date)
    let days = byDate.map { date, feasts in
      WorkingCalendar.DecreedDay(
        date: date,
        name: feasts.map(\.name).joined(separator: "; "),
        kind: .public,
        source: unique(feasts.map(\.source)).joined(separator: "; ")
      )
    }
    let compensations = compensations(feasts, taken: Set(byDate.keys), weekendDays: weekendDays)
    return (days + compensations).sorted { $0.date < $1.date }
  }

  private struct Feast {
    var date: CivilDate
    var name: String
    var source: String
    /// What it is called when another day is given for it; nil when none is (24/11 is not among the days of 112(1)).
    var compensatedAs: String?
  }

  private static let law = "BLLĐ 2019 (45/2019/QH14) đ.112"

  private static func feasts(ofYear year: Int) -> [Feast] {
    let fixed = [
      fixed(year, 1, 1, "Tết Dương lịch"), fixed(year, 4, 30, "Ngày Chiến thắng 30/4"),
      fixed(year, 5, 1, "Ngày Quốc tế lao động"),
    ]
    return fixed.compactMap(\.self) + tet(year) + ancestors(year) + nationalDay(year) + cultureDay(year)
  }

  private static func fixed(_ year: Int, _ month: Int, _ day: Int, _ name: String) -> Feast? {
    CivilDate(year: year, month: month, day: day).map {
      Feast(date: $0, name: name, source: law, compensatedAs: name)
    }
  }

  // MARK: Tết

  /// Five days around the lunar new year.
  ///
  /// Which five the Prime Minister decides (article 112(3)). With the new year on a Tuesday it was one day before it and
  /// four from it on, Monday to Friday (2022, 2026); else two and three (2021, 2023, 2024, 2025).
  private static func tet(_ year: Int) -> [Feast] {
    guard let first = LunarDate.newYear(year) else { return [] }
    let before = first.weekday == 2 ? 1 : 2
    let source =
      "\(law); tạm tính \(twoDigits(before)) ngày trước và \(twoDigits(5 - before)) ngày từ mùng 1, Thủ tướng quyết định"
    return (-before..<5 - before).map { offset in
      let date = first.adding(days: offset)
      return Feast(
        date: date,
        name: "Tết Nguyên đán (\(tetDay(date)))",
        source: source,
        compensatedAs: "Tết Nguyên đán"
      )
    }
  }

  /// “mùng 1”, “30 tháng Chạp, giao thừa”.
  private static func tetDay(_ date: CivilDate) -> String {
    let lunar = LunarDate(date)
    if lunar.month == 1 { return "mùng \(lunar.day)" }
    let isLast = LunarDate(date.adding(days: 1)).month == 1
    return "\(lunar.day) tháng Chạp\(isLast ? ", giao thừa" : "")"
  }

  private static func ancestors(_ year: Int) -> [Feast] {
    guard let date = LunarDate(year: year, month: 3, day: 10)?.civil else { return [] }
    let name = "Giỗ Tổ Hùng Vương"
    return [Feast(date: date, name: "\(name) (10/3 âm lịch)", source: law, compensatedAs: name)]
  }

  // MARK: Quốc khánh and 24/11

  /// 2 September and the day before or after it, as the Prime Minister decides (article 112(3)).
  ///
  /// The day that joined it to the weekend: 3/9 from a Monday or Thursday (2024, 2021), 1/9 from a Tuesday, Friday or
  /// Saturday (2025, 2022, 2023) and from a Wednesday (2026). From a Sunday both choices give the same days off.
  private static func nationalDay(_ year: Int) -> [Feast] {
    guard let feast = fixed(year, 9, 2, "Quốc khánh") else { return [] }
    let isAfter = [1, 4, 7].contains(feast.date.weekday)
    let next = Feast(
      date: feast.date.adding(days: isAfter ? 1 : -1),
      name: "Quốc khánh (ngày liền kề)",
      source: "\(law); tạm tính ngày liền kề \(isAfter ? "sau" : "trước"), Thủ tướng quyết định",
      compensatedAs: "Quốc khánh"
    )
    return isAfter ? [feast, next] : [next, feast]
  }

  /// From 2026; not among the days of article 112(1), so article 111(3) gives no other day for it.
  private static func cultureDay(_ year: Int) -> [Feast] {
    guard year >= 2026, var feast = fixed(year, 11, 24, "Ngày Văn hóa Việt Nam") else { return [] }
    feast.source = "NQ 28/2026/QH16 đ.2"
    feast.compensatedAs = nil
    return [feast]
  }

  // MARK: Compensation

  /// For each day of weekly rest that meets a feast, the next working day that is not given away yet (article 111(3)).
  private static func compensations(_ feasts: [Feast], taken: Set<CivilDate>, weekendDays: Set<Int>)
    -> [WorkingCalendar.DecreedDay]
  {
    var taken = taken
    // A day of rest that meets two feasts at once is still one day.
    let met = Dictionary(
      feasts.filter { $0.compensatedAs != nil && weekendDays.contains($0.date.weekday) }.map { ($0.date, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    return met.values.sorted { $0.date < $1.date }.map { feast in
      var day = feast.date.adding(days: 1)
      while taken.contains(day) || weekendDays.contains(day.weekday) { day = day.adding(days: 1) }
      taken.insert(day)
      return WorkingCalendar.DecreedDay(
        date: day,
        name: "Nghỉ bù \(feast.compensatedAs ?? feast.name)",
        kind: .compensatory,
        source: "BLLĐ 2019 đ.111 k.3"
      )
    }
  }
}
