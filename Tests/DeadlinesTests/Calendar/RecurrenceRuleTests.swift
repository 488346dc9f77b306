import Deadlines
import Foundation
import TestSupport
import Testing

@Suite("Recurrence rules")
struct RecurrenceRuleTests {
  private let issued = Offices.date("2026-05-13")

  private func days(_ text: String, from: String = "2026-05-13", to: String = "2027-12-31") throws -> [String] {
    try RecurrenceRule(text).dates(startingOn: issued, from: Offices.date(from), to: Offices.date(to)).map(
      \.description
    )
  }

  @Test(
    "give the days that the standard says",
    arguments: [
      ("FREQ=MONTHLY;BYMONTHDAY=25;COUNT=3", ["2026-05-25", "2026-06-25", "2026-07-25"]),
      ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["2026-05-29", "2026-06-30"]),
      ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["2026-05-31", "2026-07-31", "2026-08-31"]),
      ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", ["2026-05-31", "2026-06-30"]),
      ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15;UNTIL=20261130", ["2026-05-15", "2026-08-15", "2026-11-15"]),
      (
        "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=15;UNTIL=20271231T165959Z",
        [
          "2026-06-15", "2026-12-15", "2027-06-15", "2027-12-15",
        ]
      ),
      ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=3", ["2026-05-15", "2026-05-25", "2026-05-29"]),
      ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=3", ["2026-05-24", "2026-05-26", "2026-06-07"]),
      ("FREQ=YEARLY;COUNT=2", ["2026-05-13", "2027-05-13"]),
      ("FREQ=MONTHLY;BYDAY=1MO;COUNT=2", ["2026-06-01", "2026-07-06"]),
      ("FREQ=MONTHLY;BYDAY=SU,1MO;COUNT=4", ["2026-05-17", "2026-05-24", "2026-05-31", "2026-06-01"]),
      ("FREQ=YEARLY;BYYEARDAY=-1;COUNT=2", ["2026-12-31", "2027-12-31"]),
      ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;COUNT=1", ["2026-12-28"]),
      ("FREQ=DAILY;INTERVAL=200;COUNT=2", ["2026-05-13", "2026-11-29"]),
      ("RRULE:FREQ=MONTHLY;BYMONTHDAY=25;COUNT=3\nEXDATE;VALUE=DATE:20260625", ["2026-05-25", "2026-07-25"]),
      ("freq=monthly; bymonthday=25; count=2; exdate=2026-06-25T000000\r\n", ["2026-05-25"]),
      ("RRULE:FREQ=MONTHLY;\n BYMONTHDAY=25;COUNT=1\nRDATE:20260501,20260528", ["2026-05-25", "2026-05-28"]),
      ("  RRULE:FREQ=MONTHLY;COUNT=1\n  EXDATE:20260513", []), ("FREQ=MONTHLY;UNTIL=20260512", []),
    ]
  )
  func givesDays(rule: String, expected: [String]) throws {
    #expect(try days(rule) == expected)
    let parsed = try RecurrenceRule(rule)
    #expect(try RecurrenceRule(parsed.description) == parsed)
    #expect(parsed.firstDate(startingOn: issued)?.description == (try days(rule, from: "1900-01-01").first))
  }

  @Test("the start day is an occurrence only if the rule matches it, and COUNT counts matching days alone")
  func startDay() throws {
    #expect(try days("FREQ=WEEKLY;BYDAY=TH;COUNT=1") == ["2026-05-14"])
    #expect(try days("FREQ=WEEKLY;BYDAY=WE;COUNT=1") == ["2026-05-13"])
  }

  @Test(
    "say what is wrong and what to do",
    arguments: [
      ("", "FREQ is missing"), ("BYMONTHDAY=25", "FREQ is missing"), ("EXDATE:20260525", "there are days but no rule"),
      ("FREQ=HOURLY", "FREQ=HOURLY is not supported"), ("FREQ=OFTEN", "FREQ cannot be “OFTEN”"),
      ("FREQ=DAILY;BYHOUR=9", "BYHOUR is not supported"), ("FREQ=DAILY;BYEASTER=1", "unknown part “BYEASTER”"),
      ("FREQ=DAILY;FREQ=DAILY", "FREQ stands twice"), ("FREQ=DAILY;", "an empty part"),
      ("FREQ=DAILY;COUNT", "“COUNT” is no part of a rule"), ("FREQ=DAILY;COUNT=", "“COUNT=” is no part of a rule"),
      ("FREQ=DAILY;COUNT=0", "COUNT cannot be “0”"), ("FREQ=DAILY;INTERVAL=-1", "INTERVAL cannot be “-1”"),
      ("FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL cannot be"),
      ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "COUNT and UNTIL both"),
      ("FREQ=DAILY;UNTIL=20260230", "UNTIL names no existing day"),
      ("FREQ=DAILY;UNTIL=20261231T250000", "UNTIL names no existing day"),
      ("FREQ=DAILY;UNTIL=31/12/2026", "UNTIL names"),
      ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY cannot be “32”"),
      ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY cannot be “0”"),
      ("FREQ=MONTHLY;BYMONTHDAY=1,,2", "BYMONTHDAY cannot be “”"), ("FREQ=YEARLY;BYMONTH=13", "BYMONTH cannot be “13”"),
      ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH cannot be “-1”"), ("FREQ=MONTHLY;BYDAY=MON", "BYDAY cannot be “MON”"),
      ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY cannot be “0MO”"), ("FREQ=YEARLY;BYDAY=54MO", "BYDAY cannot be “54MO”"),
      ("FREQ=MONTHLY;BYDAY=6MO", "no month has a day BYDAY=6MO"),
      ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY=1MO counts weekdays of a month"),
      ("FREQ=DAILY;BYDAY=-1FR", "BYDAY=-1FR counts"),
      ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "BYDAY=1MO does not go with BYWEEKNO"),
      ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS alone"),
      ("FREQ=MONTHLY;BYWEEKNO=3", "BYWEEKNO does not go with FREQ=MONTHLY"),
      ("FREQ=DAILY;BYYEARDAY=3", "BYYEARDAY does not go with FREQ=DAILY"),
      ("FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY does not go with FREQ=WEEKLY"),
      ("FREQ=DAILY;WKST=M", "WKST cannot be “M”"),
      ("RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", "a second rule"),
      ("DTSTART:20260513\nRRULE:FREQ=DAILY", "DTSTART has no place"),
      ("RRULE:FREQ=DAILY\nEXDATE;VALUE=PERIOD:20260513", "“VALUE=PERIOD” after EXDATE"),
      ("RRULE:FREQ=DAILY\nEXDATE:mai", "EXDATE names no existing day"),
      ("SUMMARY:Họp", "“SUMMARY:” is no line of a rule"),
      ("hằng tháng", "“HẰNG THÁNG” is no part of a rule"),
    ]
  )
  func mistakes(rule: String, expected: String) {
    let error = #expect(throws: RecurrenceRuleError.self) { try RecurrenceRule(rule) }
    #expect(error?.message.hasPrefix(expected) == true, "\(error as Any)")
    #expect(error?.remedy.isEmpty == false)
  }

  @Test(
    "end in bounded time, whatever the numbers",
    arguments: [
      ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 0), ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", 0),
      ("FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", 0), ("FREQ=DAILY;INTERVAL=9223372036854775807", 1),
      ("FREQ=WEEKLY;INTERVAL=9223372036854775807;BYDAY=WE", 1), ("FREQ=MONTHLY;INTERVAL=9223372036854775807", 1),
      ("FREQ=YEARLY;INTERVAL=9223372036854775807", 1), ("FREQ=YEARLY;COUNT=9223372036854775807", 175),
      ("FREQ=DAILY;COUNT=9223372036854775807", 63_785),
    ]
  )
  func bounded(rule: String, expected: Int) throws {
    let parsed = try RecurrenceRule(rule)
    let clock = ContinuousClock()
    let time = clock.measure {
      #expect(parsed.dates(startingOn: issued, from: .first, to: .last).count == expected)
      #expect((parsed.firstDate(startingOn: issued) == nil) == (expected == 0))
    }
    #expect(time < .seconds(5))
  }

  @Test("reach from the first day of 1900 to the last of 2200")
  func ends() throws {
    let weekly = try RecurrenceRule("FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO,SU")
    let all = weekly.dates(startingOn: .first, from: .first, to: .last)
    #expect(all.first == Offices.date("1900-01-01") && all.last == Offices.date("2200-12-29"))
    #expect(try RecurrenceRule("FREQ=MONTHLY").dates(startingOn: .last, from: .first, to: .last) == [.last])
    #expect(try RecurrenceRule("FREQ=DAILY").dates(startingOn: issued, from: .last, to: .first).isEmpty)
  }

  @Test("never crash, whatever is written")
  func hostile() {
    var numbers = Seeded(7)
    let pieces = [
      "FREQ=", "DAILY", "YEARLY", "BYDAY=", "MO", "-1", ";", ",", "=", ":", "\n", " ", "RRULE", "EXDATE", "T", "Z",
      "20260525", "é", "999999999999999999999", "BYSETPOS=", "UNTIL=", "\u{301}", "\0", "+", "BYMONTHDAY=31",
    ]
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0..<12, using: &numbers)).map { _ in pieces.randomElement(using: &numbers) ?? "" }
        .joined()
      guard let rule = try? RecurrenceRule(text) else { continue }
      #expect((try? RecurrenceRule(rule.description)) == rule, "\(text)")
    }
  }
}
