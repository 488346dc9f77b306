import Deadlines
import TestSupport
import Testing

@Suite("Days off computed from the law")
struct ComputedDaysTests {
  private let calendar = WorkingCalendar(decreedDays: [], computed: .vietNam)

  private func rows(_ year: Int) throws -> [WorkingCalendar.DecreedDay] {
    try Tree.rows("domain/holidays.tsv").filter { $0[0].hasPrefix("\(year)") }.map {
      WorkingCalendar.DecreedDay(
        date: Offices.date($0[0]),
        name: $0[1],
        kind: try #require(WorkingCalendar.DayKind(rawValue: $0[2])),
        source: $0[3]
      )
    }
  }

  @Test(
    "are the decreed ones, swaps and what is still undecided aside",
    arguments: [(2024, []), (2025, []), (2026, ["2026-11-24"]), (2027, ["2027-02-04", "2027-09-03", "2027-11-24"])]
  )
  func equalTheDecrees(year: Int, more: [String]) throws {
    let decreed = try rows(year)
    let swaps = decreed.filter { $0.name.contains("hoán đổi") }
    let expected = Set(decreed.map(\.date)).subtracting(swaps.map(\.date)).union(more.map(Offices.date))
    #expect(Set(calendar.days(ofYear: year).map(\.date)) == expected)
    // Whether mùng 4 of 2027 is a feast or its compensation depends on the five days chosen.
    let computed = calendar.days(ofYear: year).filter { $0.date != Offices.date("2027-02-09") }
    for day in computed {
      guard let own = decreed.first(where: { $0.date == day.date }) else { continue }
      #expect(day.kind == own.kind, "\(day)")
    }
  }

  private func names(_ year: Int) -> [String] {
    calendar.days(ofYear: year).map { "\($0.date.month)/\($0.date.day) \($0.name)" }
  }

  @Test("chain compensations on, one working day each, and give none for 24/11")
  func compensations() {
    // 2023: Giỗ Tổ on Saturday 29/4, 30/4 on Sunday, 1/5 on Monday; 2/9 on Saturday.
    #expect(
      names(2023).suffix(8) == [
        "4/29 Giỗ Tổ Hùng Vương (10/3 âm lịch)", "4/30 Ngày Chiến thắng 30/4", "5/1 Ngày Quốc tế lao động",
        "5/2 Nghỉ bù Giỗ Tổ Hùng Vương", "5/3 Nghỉ bù Ngày Chiến thắng 30/4", "9/1 Quốc khánh (ngày liền kề)",
        "9/2 Quốc khánh", "9/4 Nghỉ bù Quốc khánh",
      ]
    )
    // 2029: 24/11 is a Saturday; 2/9 a Sunday.
    #expect(
      names(2029).suffix(4) == [
        "9/2 Quốc khánh", "9/3 Quốc khánh (ngày liền kề)", "9/4 Nghỉ bù Quốc khánh", "11/24 Ngày Văn hóa Việt Nam",
      ]
    )
    #expect(calendar.isWorkingDay(Offices.date("2029-11-26")))
  }

  @Test(
    "have the five days of Tết as in the decrees since 2021",
    arguments: [
      (2021, "2021-02-10", "2021-02-16"), (2022, "2022-01-31", "2022-02-04"), (2023, "2023-01-20", "2023-01-26"),
      (2024, "2024-02-08", "2024-02-14"), (2025, "2025-01-27", "2025-01-31"), (2026, "2026-02-16", "2026-02-20"),
    ]
  )
  func tet(year: Int, first: String, last: String) {
    let tet = calendar.days(ofYear: year).filter { $0.name.contains("Tết Nguyên đán") }
    #expect(tet.count { $0.kind == .public } == 5)
    #expect(tet.first?.date == Offices.date(first) && tet.last?.date == Offices.date(last))
    #expect(tet.filter { $0.kind == .public }.allSatisfy { $0.source.contains("tạm tính") })
  }

  @Test("give every year from 1900 to 2200 its eleven or twelve feasts and a compensation for each met rest day")
  func everyYear() {
    for year in 1900...2200 {
      let days = calendar.days(ofYear: year)
      let feasts = days.filter { $0.kind == .public }
      #expect(days.allSatisfy { $0.date.year == year })
      #expect(Set(days.map(\.date)).count == days.count)
      // 1 + 5 + 1 + 1 + 1 + 2 days of article 112, fewer where two meet, and 24/11.
      #expect(feasts.count == (year < 2026 ? 11 : 12) - feasts.count { $0.name.contains(";") }, "\(year)")
      let met = feasts.filter { $0.date.weekday >= 6 && $0.name != "Ngày Văn hóa Việt Nam" }
      #expect(days.count { $0.kind == .compensatory } == met.count, "\(year)")
      #expect(days.allSatisfy { !calendar.isWorkingDay($0.date) })
      #expect(days.allSatisfy { $0.kind == .public || $0.date.weekday <= 5 })
    }
  }

  @Test("follow the office's own weekly rest")
  func sixDayWeek() {
    let sixDays = WorkingCalendar(decreedDays: [], weekendDays: [7], computed: .vietNam)
    // Saturday 1/5/2027 is no day of rest there, so nothing is compensated.
    #expect(sixDays.isWorkingDay(Offices.date("2027-05-03")))
    #expect(!calendar.isWorkingDay(Offices.date("2027-05-03")))
    #expect(sixDays.isWorkingDay(Offices.date("2027-05-08")))
  }

  @Test("stand back where a file gives the year's feasts, and fill in where it only names an exchange")
  func filesFirst() {
    func day(_ date: String, _ kind: WorkingCalendar.DayKind) -> WorkingCalendar.DecreedDay {
      WorkingCalendar.DecreedDay(date: Offices.date(date), name: date, kind: kind, source: "QĐ")
    }
    let mixed = WorkingCalendar(
      decreedDays: [
        day("2028-01-01", .public), day("2029-01-06", .swappedWorking), day("2029-01-02", .compensatory),
        day("2030-01-01", .public),
      ],
      computed: .vietNam,
      undecreedYears: [2030]
    )
    #expect([2028, 2029, 2030, 2031].map(mixed.basis) == [.decreed, .computed, .announced, .computed])
    #expect(mixed.provisionalYears(in: 2027...2031) == [2027, 2029, 2030, 2031])
    #expect(mixed.isWorkingDay(Offices.date("2028-01-26")), "Tết, but the file of 2028 does not say so")
    #expect(mixed.days(ofYear: 2028).count == 1)
    #expect(mixed.isWorkingDay(Offices.date("2029-01-06")))
    #expect(!mixed.isWorkingDay(Offices.date("2029-01-02")))
    #expect(!mixed.isWorkingDay(Offices.date("2029-02-13")), "Tết")
    #expect(mixed.days(ofYear: 2029).count == calendar.days(ofYear: 2029).count + 2)
    #expect(mixed != WorkingCalendar(decreedDays: Array(mixed.decreedDays.values), undecreedYears: [2030]))
  }

  @Test("are not known where nothing computes them")
  func otherCountries() {
    let plain = WorkingCalendar(decreedDays: [], weekendDays: [5, 6])
    #expect(plain.days(ofYear: 2028).isEmpty && plain.basis(ofYear: 2028) == .weeklyRest)
    #expect(plain.isProvisional(year: 2028))
    #expect(plain.isWorkingDay(Offices.date("2028-01-26")))
    #expect(!plain.isWorkingDay(Offices.date("2028-01-28")), "a Friday")
  }

  @Test("change the fingerprint by which dates are recomputed (R17)")
  func fingerprint() {
    var office = Offices.office([Offices.task("1", "Hằng tháng")])
    let before = office.scheduleFingerprint
    office.calendar = WorkingCalendar(decreedDays: Array(office.calendar.decreedDays.values), computed: .vietNam)
    #expect(office.scheduleFingerprint != before)
  }

  @Test("count the working days of a month")
  func months() {
    #expect(Offices.calendar.workingDays(inMonth: 2, of: 2026) == 15)
    #expect(calendar.workingDays(inMonth: 2, of: 2026) == 15)
    #expect(Offices.calendar.workingDays(inMonth: 8, of: 2026) == 21)
    #expect(calendar.workingDays(inMonth: 13, of: 2026) == 0)
  }
}
