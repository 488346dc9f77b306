import Deadlines
import TestSupport
import Testing

@Suite("An office's clock")
struct ZonedTimeTests {
  @Test("in Viet Nam is always seven hours ahead of UTC", arguments: ["2026-01-01", "2026-07-01", "2199-07-01"])
  func vietNam(text: String) throws {
    let instant = OfficeZone.vietNam.instant(Offices.date(text), try #require(TimeOfDay("07:30")))
    #expect(OfficeZone.vietNam.offset(at: instant) == 25_200)
    #expect(OfficeZone.vietNam.civil(instant).rfc3339 == "\(text)T07:30:00+07:00")
  }

  @Test(
    "reads a time that the change of clocks skips as much later, one that it repeats as the first",
    arguments: [
      ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T03:30:00+02:00"),
      ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T02:30:00+02:00"),
      ("Europe/Berlin", "2026-10-25", "03:30", "2026-10-25T03:30:00+01:00"),
      ("America/New_York", "2026-03-08", "02:15", "2026-03-08T03:15:00-04:00"),
      ("America/New_York", "2026-11-01", "01:15", "2026-11-01T01:15:00-04:00"),
      ("Australia/Lord_Howe", "2026-10-04", "02:10", "2026-10-04T02:40:00+11:00"),
      ("Europe/Berlin", "2026-07-01", "07:30", "2026-07-01T07:30:00+02:00"),
    ]
  )
  func changes(zone: String, day: String, time: String, expected: String) throws {
    let zone = try #require(OfficeZone(zone))
    let instant = zone.instant(Offices.date(day), try #require(TimeOfDay(time)))
    #expect(zone.civil(instant).rfc3339 == expected)
  }

  @Test("ends the day at 24:00, the midnight of the next")
  func endOfDay() {
    let zone = OfficeZone.vietNam
    let end = zone.instant(Offices.date("2026-06-30"), .endOfDay)
    #expect(zone.civil(end).rfc3339 == "2026-07-01T00:00:00+07:00")
  }

  @Test(
    "is unknown for a name no tz database has",
    arguments: ["Asia/Ha_Noi_City", "", "GMT+7", "../etc/passwd", "CET1"]
  )
  func unknown(name: String) {
    #expect(OfficeZone(name) == nil)
  }

  @Test(
    "takes only times of day that exist",
    arguments: ["24:01", "7:5", "25:00", "07:60", "0730", "07:30:00", "-1:00"]
  )
  func impossibleTimes(text: String) {
    #expect(TimeOfDay(text) == nil)
  }
}
