import Configuration
import Deadlines
import Foundation
import Testing

@Suite("Overrides in a plan file")
struct Overrides {
  @Test(
    "come through as they were written",
    arguments: [
      ("due: 2026-08-31", "due: 2026-08-31"), ("due: 2026-08-31T16:30", "due: 2026-08-31 16:30"),
      ("due: 2026-08-31 16:30", "due: 2026-08-31 16:30"),
      ("due: [2026-09-30, 2026-08-31]", "due: 2026-08-31, 2026-09-30"),
      ("every: ngày 25 hằng tháng", "every: ngày 25 hằng tháng"),
      ("every: \"hằng quý\"\n    from: 2026-07-01", "every: hằng quý (from: 2026-07-01)"),
      ("rrule: FREQ=MONTHLY;BYMONTHDAY=25", "rrule: FREQ=MONTHLY;BYMONTHDAY=25"),
      ("rrule: rrule:freq=weekly;byday=fr\n    from: 2026-07-01", "rrule: FREQ=WEEKLY;BYDAY=FR (from: 2026-07-01)"),
      (
        "rrule:\n      - FREQ=MONTHLY;BYMONTHDAY=25\n      - EXDATE:20260625",
        "rrule: RRULE:FREQ=MONTHLY;BYMONTHDAY=25 EXDATE;VALUE=DATE:20260625"
      ),
      (
        "rrule: |\n      RRULE:FREQ=MONTHLY;BYMONTHDAY=25\n      RDATE:20260628",
        "rrule: RRULE:FREQ=MONTHLY;BYMONTHDAY=25 RDATE;VALUE=DATE:20260628"
      ),
    ]
  )
  func comeThrough(written: String, expected: String) throws {
    try Folders.withCopyOfGood { folder in
      let file = folder.appending(path: "plans/1-KH.yaml")
      let plan = try String(contentsOf: file, encoding: .utf8)
      try Data(plan.replacingOccurrences(of: "limit: 2026", with: "limit: 2026\n    \(written)").utf8).write(to: file)
      let task = try #require(try Folders.load(folder).office.plans.first?.tasks.first)
      #expect(task.limitOverride?.description == expected)
      #expect(task.limit == "2026")
    }
  }
}
