import Deadlines
import Messages

// Messages with many entries, and digests.
extension Samples {
  /// One of every kind that a unit may get on one day.
  static var bundle: Message {
    let monthly = occurrence(
      "IV.1.b",
      section: "Phần IV, mục 1",
      title: "Tự theo dõi, thống kê",
      limit: "Hằng tháng tự theo dõi, thống kê",
      due: window("tháng 10/2026", "2026-10", "2026-10-31", "2026-10-30", "2026-11-02"),
      overdueAfter: day("2026-11-02")
    )
    var earlier = entry(monthly, step: "+3wd", kind: .overdue, state: .overdue(workingDays: 31), daysLeft: -32)
    earlier.urgings = 1
    var later = monthly
    later.id = "153a-KH-UBND/IV.1.b/window/2026-11/vhxh"
    later.due = window("tháng 11/2026", "2026-11", "2026-11-30", "2026-11-30", "2026-11-30")
    later.overdueAfter = day("2026-11-30")
    var asked = continuous
    asked.id = "153a-KH-UBND/PL.4/continuous/2026/vhxh"
    asked.due?.period = "năm 2026"
    asked.due?.dataTo = day("2026-12-14")
    return message(
      [
        earlier,
        entry(later, step: "+1wd", kind: .overdue, state: .overdue(workingDays: 12), daysLeft: -12),
        entry(report, step: "0wd", kind: .dueToday, state: .dueToday, daysLeft: 0),
        entry(
          yearEnd(
            12,
            "Bổ sung tiêu chí đánh giá về kết quả triển khai Kết luận 226-KL/TW vào quy định đánh giá, xếp loại"
          ),
          step: "-10wd",
          kind: .reminder,
          state: .notYetDue,
          daysLeft: 11
        ),
        entry(asked, step: "0wd", kind: .reminder, state: .noDueDate, daysLeft: nil),
        entry(undated, step: "assignment", kind: .assignment, state: .noDueDate, daysLeft: nil),
      ],
      on: "2026-12-16"
    )
  }

  /// Twenty tasks of one new plan.
  static var assignment: Message {
    let titles = [
      "Rà soát, hoàn thiện chức năng, nhiệm vụ, quyền hạn và quy chế làm việc",
      "Đánh giá việc thực hiện phân cấp, phân quyền trong quản lý nhà nước",
      "Chuẩn hóa chế độ báo cáo, thống nhất hệ thống biểu mẫu, chỉ tiêu báo cáo",
    ]
    let yearly = (0..<15).map { yearEnd(20 + $0, titles[$0 % 3]) }
    let reports = ["Q3", "Q4"].enumerated().map { index, quarter in
      var copy = report
      copy.id = "153a-KH-UBND/PL.13/report/2026-\(quarter)/vhxh"
      copy.due?.periodKey = index == 0 ? "2026-Q3" : "2026"
      copy.due?.period = index == 0 ? "quý III/2026" : "năm 2026"
      copy.due?.nominal = day(index == 0 ? "2026-09-16" : "2026-12-16")
      copy.due?.target = day(index == 0 ? "2026-09-16" : "2026-12-16")
      return copy
    }
    let all = yearly + reports + [campaign, continuous, undated]
    return message(
      all.map {
        entry($0, step: "assignment", kind: .assignment, state: $0.isDated ? .notYetDue : .noDueDate, daysLeft: nil)
      },
      on: "2026-05-15"
    )
  }

  static func digestMessage(_ digest: Digest, to recipient: Recipient = chair) -> Message {
    Message(
      messageID: MessageIdentity.messageID(
        office: "camgiang",
        channel: "mail",
        recipient: recipient.address,
        keys: ["digest-\(digest.number)"],
        domain: "camgiang.example"
      ),
      office: "camgiang",
      channel: "mail",
      recipient: recipient,
      kind: .digest,
      createdAt: digest.asOf,
      today: digest.today,
      content: .digest(digest)
    )
  }

  static var emptyDigest: Digest {
    Digest(
      number: 1,
      asOf: morning(day("2026-05-18")),
      today: day("2026-05-18"),
      next: morning(day("2026-05-25")),
      closedPeriod: nil,
      figures: .init(),
      overdue: [],
      comingDue: [],
      byUnit: [],
      unsettled: [],
      unclear: [],
      deliveryProblems: [],
      changes: .init()
    )
  }

  static var fullDigest: Digest {
    var digest = emptyDigest
    digest.number = 28
    digest.asOf = morning(day("2026-11-23"))
    digest.today = day("2026-11-23")
    digest.next = morning(day("2026-11-30"))
    digest.closedPeriod = "quý III/2026"
    digest.figures = figures
    digest.provisionalYears = [2027]
    digest.record = RecordMark(entries: 18_342, hash: "3f9a12cd77e0b41c5d00aa")
    digest.overdue = [
      row("PL.13", report.title, "quý III/2026", "Phòng Văn hóa - Xã hội", "2026-09-16", .overdue(workingDays: 47), 3),
      row(
        "IV.1.b",
        "Tự theo dõi, thống kê",
        "tháng 10/2026",
        "Trạm Y tế xã",
        "2026-10-31",
        .overdue(workingDays: 15),
        1
      ),
    ]
    digest.comingDue = [
      row("IV.1.b", "Tự theo dõi, thống kê", "tháng 11/2026", "Phòng Kinh tế", "2026-11-30", .dueSoon, 0),
      row(
        "PL.9",
        "Ban hành quy định về ứng dụng công nghệ thông tin",
        "",
        "Trung tâm Phục vụ hành chính công",
        "2026-12-04",
        .notYetDue,
        0
      ),
    ]
    digest.byUnit = [
      unit("Phòng Văn hóa - Xã hội", 8, 4, 1, 2, 1), unit("Trung tâm Phục vụ hành chính công", 3, 1, 0, 2, 0),
      unit("Trung tâm Dịch vụ tổng hợp", 2, 2, 0, 0, 0), unit("Phòng Kinh tế", 0, 0, 0, 0, 0),
    ]
    digest.unsettled = [
      row("PL.1", "Xây dựng, ban hành kế hoạch", "", "Phòng Văn hóa - Xã hội", "2026-05-15", .unsettled, 0)
    ]
    digest.unclear = [
      Digest.Unclear(
        planNumber: "153a/KH-UBND",
        task: "PL.10",
        title: "Xử lý thủ tục hành chính trên môi trường số",
        limit: "Đến cuối 2026",
        doubt:
          "Thân Kế hoạch ghi “thường xuyên”, Phụ lục ghi “Đến cuối 2026” / Body says continuous, appendix end of 2026"
      )
    ]
    digest.deliveryProblems = ["tramyte@camgiang.example: hộp thư đầy (552), thư ngày 20/11/2026 chưa tới"]
    digest.changes.sinceNumber = 27
    digest.changes.newlyDone = ["PL.3, Phòng Kinh tế", "PL.6, Văn phòng HĐND và UBND xã"]
    digest.changes.messagesSent = 1250
    return digest
  }

  private static var figures: Digest.Figures {
    var figures = Digest.Figures()
    figures.tasks = 34
    figures.dated = 17
    figures.undated = 17
    figures.doneInTime = 4
    figures.doneLate = 1
    figures.notYetDue = 7
    figures.dueSoon = 2
    figures.overdue = 2
    figures.unsettled = 1
    return figures
  }

  private static func row(
    _ task: String,
    _ title: String,
    _ period: String,
    _ unitName: String,
    _ nominal: String,
    _ state: OccurrenceState,
    _ urgings: Int
  ) -> Digest.Row {
    Digest.Row(
      occurrence: "153a-KH-UBND/\(task)/once/once/vhxh",
      planNumber: "153a/KH-UBND",
      task: task,
      title: title,
      period: period,
      unit: "vhxh",
      unitName: unitName,
      nominal: day(nominal),
      legal: day(nominal),
      state: state,
      urgings: urgings,
      lastUrged: urgings > 0 ? morning(day("2026-11-09")) : nil,
      toldAbove: urgings > 1 ? ["Văn phòng HĐND và UBND xã", "Chủ tịch UBND xã"] : []
    )
  }

  private static func unit(
    _ name: String,
    _ assigned: Int,
    _ inTime: Int,
    _ late: Int,
    _ open: Int,
    _ overdue: Int
  ) -> Digest.UnitRow {
    var row = Digest.UnitRow(unit: name, name: name)
    row.assigned = assigned
    row.doneInTime = inTime
    row.doneLate = late
    row.inTime = open
    row.overdue = overdue
    return row
  }
}
