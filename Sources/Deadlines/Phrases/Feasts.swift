/// A day that offices name instead of writing its date: feasts and commemorations.
enum Feast: Hashable, Sendable, CaseIterable {
  case newYear, lunarNewYear, firstFullMoon, women, youth, hungKings, liberation, labour, hoChiMinh, children, family,
    invalids, august, midAutumn, nationalDay, digital, vietnameseWomen, unity, teachers, culture, law, army, christmas,
    doctors, kitchenGods, ghosts

  /// Month and day, of the lunar calendar where that is true.
  var day: (month: Int, day: Int, isLunar: Bool) {
    switch self {
    case .newYear: (1, 1, false)
    case .lunarNewYear: (1, 1, true)
    case .firstFullMoon: (1, 15, true)
    case .doctors: (2, 27, false)
    case .women: (3, 8, false)
    case .youth: (3, 26, false)
    case .hungKings: (3, 10, true)
    case .liberation: (4, 30, false)
    case .labour: (5, 1, false)
    case .hoChiMinh: (5, 19, false)
    case .children: (6, 1, false)
    case .family: (6, 28, false)
    case .ghosts: (7, 15, true)
    case .invalids: (7, 27, false)
    case .midAutumn: (8, 15, true)
    case .august: (8, 19, false)
    case .nationalDay: (9, 2, false)
    case .digital: (10, 10, false)
    case .vietnameseWomen: (10, 20, false)
    case .law: (11, 9, false)
    case .unity: (11, 18, false)
    case .teachers: (11, 20, false)
    case .culture: (11, 24, false)
    case .army: (12, 22, false)
    case .kitchenGods: (12, 23, true)
    case .christmas: (12, 25, false)
    }
  }

  /// The day in a year, which for a lunar feast is the lunar year; nil outside the calendar.
  func date(year: Int) -> CivilDate? {
    let (month, day, isLunar) = day
    return isLunar
      ? LunarDate(year: year, month: month, day: day)?.civil : CivilDate(year: year, month: month, day: day)
  }
}
