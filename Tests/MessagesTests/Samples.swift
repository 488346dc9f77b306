import Messages

@testable import Deadlines

/// Messages about the plan 153a/KH-UBND, as the office's days would make them.
enum Samples {
  static let letterhead = Letterhead(
    officeName: "UBND xã Cẩm Giàng",
    contact: "Văn phòng HĐND và UBND xã",
    zone: .vietNam,
    fromAddress: "nhachan@camgiang.example",
    fromName: "Nhắc việc UBND xã Cẩm Giàng",
    url: "https://nhachan.camgiang.example/",
    replyTo: "vanphong@camgiang.example"
  )

  static func day(_ text: String) -> CivilDate {
    guard let date = CivilDate(text) else { fatalError("not a date: \(text)") }
    return date
  }

  static func morning(_ date: CivilDate) -> Instant {
    OfficeZone.vietNam.instant(date, TimeOfDay(hour: 7, minute: 30) ?? .midnight)
  }

  static let cultureOffice = Recipient(
    address: "vhxh@camgiang.example",
    name: "Phòng Văn hóa - Xã hội",
    unit: "vhxh",
    language: .vietnamese,
    channels: ["mail"]
  )
  static let chair = Recipient(
    address: "chutich@camgiang.example",
    name: "Đồng chí Chủ tịch UBND xã",
    unit: nil,
    language: .vietnamese,
    channels: ["mail"]
  )

  static func english(_ recipient: Recipient, name: String) -> Recipient {
    var copy = recipient
    copy.language = .english
    copy.name = name
    return copy
  }
}

// Occurrences.
extension Samples {
  static let plan = Plan(
    id: "153a-KH-UBND",
    number: "153a/KH-UBND",
    documentType: "Kế hoạch",
    title: "Triển khai Kết luận 226-KL/TW",
    issuer: "UBND xã Cẩm Giàng",
    issued: day("2026-05-13"),
    tasks: []
  )

  static func occurrence(
    _ task: String,
    section: String,
    title: String,
    product: String? = nil,
    limit: String,
    due: DueDate?,
    overdueAfter: CivilDate?,
    unit: String = "vhxh",
    doubts: [String] = []
  ) -> Occurrence {
    Occurrence(
      id: "153a-KH-UBND/\(task)/\(due?.clause ?? "missing")/\(due?.periodKey ?? "once")/\(unit)",
      plan: .init(plan),
      task: task,
      section: section,
      title: title,
      product: product,
      limit: limit,
      kind: due?.kind ?? .missing,
      unit: unit,
      meansHead: false,
      coLeads: [],
      coordinating: ["vp"],
      tellsCoordinating: true,
      due: due,
      overdueAfter: overdueAfter,
      isLongLimit: true,
      carriesAssignment: true,
      ladder: "standard",
      doubts: doubts
    )
  }

  /// PL.13: the yearly report, due Wednesday 16 December 2026.
  static var report: Occurrence {
    occurrence(
      "PL.13",
      section: "Phụ lục, mục 13",
      title: "Báo cáo Chủ tịch UBND tỉnh kết quả triển khai Kết luận 226-KL/TW",
      product: "Báo cáo định kỳ hằng quý, 6 tháng, hằng năm (trong báo cáo CCHC)",
      limit: "Hằng quý, 6 tháng, năm",
      due: DueDate(
        clause: "report",
        kind: .report,
        periodKey: "2026",
        period: "năm 2026",
        nominal: day("2026-12-16"),
        target: day("2026-12-16"),
        legal: day("2026-12-16"),
        dataFrom: day("2025-12-15"),
        dataTo: day("2026-12-14"),
        rule: "R5"
      ),
      overdueAfter: day("2026-12-16")
    )
  }

  /// II.1.b: a window that ends on a Sunday, and that the appendix contradicts.
  static var campaign: Occurrence {
    occurrence(
      "II.1.b",
      section: "Phần II, mục 1, điểm b",
      title: "Tuyên truyền nội dung Kết luận số 226-KL/TW",
      limit: "Trong tháng 5/2026.",
      due: window("tháng 5/2026", "2026-05", "2026-05-31", "2026-05-29", "2026-06-01"),
      overdueAfter: day("2026-06-01"),
      unit: "dvth",
      doubts: [
        "Thân Kế hoạch và Phụ lục ghi khác nhau: “Trong tháng 5/2026.” và “Năm 2026, hằng năm” / "
          + "Body and appendix disagree: “Trong tháng 5/2026.” and “Năm 2026, hằng năm”"
      ]
    )
  }

  /// A window of that period; the three dates of rule R3.
  static func window(_ period: String, _ key: String, _ nominal: String, _ target: String, _ legal: String) -> DueDate {
    DueDate(
      clause: "window",
      kind: .window,
      periodKey: key,
      period: period,
      nominal: day(nominal),
      target: day(target),
      legal: day(legal),
      rule: "R4"
    )
  }

  /// PL.4: continuous, asked about in the third quarter.
  static var continuous: Occurrence {
    occurrence(
      "PL.4",
      section: "Phụ lục, mục 4",
      title: "Rà soát, sửa đổi, bổ sung Quy chế làm việc của UBND xã",
      product: "Quy chế của UBND xã",
      limit: "Thường xuyên",
      due: DueDate(
        clause: "continuous",
        kind: .continuous,
        periodKey: "2026-Q3",
        period: "quý III/2026",
        nominal: day("2026-09-14"),
        target: day("2026-09-14"),
        legal: day("2026-09-14"),
        dataTo: day("2026-09-14"),
        rule: "R6"
      ),
      overdueAfter: nil
    )
  }

  /// II.6.c: no time limit stated.
  static var undated: Occurrence {
    occurrence(
      "II.6.c",
      section: "Phần II, mục 6, điểm c",
      title: "Gương mẫu, nêu cao trách nhiệm người đứng đầu",
      limit: "",
      due: nil,
      overdueAfter: nil
    )
  }

  /// A yearly window by its task number, due on the last day of 2026.
  static func yearEnd(_ number: Int, _ title: String) -> Occurrence {
    occurrence(
      "PL.\(number)",
      section: "Phụ lục, mục \(number)",
      title: title,
      limit: "Năm 2026",
      due: window("năm 2026", "2026", "2026-12-31", "2026-12-31", "2026-12-31"),
      overdueAfter: day("2026-12-31")
    )
  }
}

// Messages.
extension Samples {
  static func entry(
    _ occurrence: Occurrence,
    step: String,
    kind: NoticeKind,
    role: Role = .lead,
    state: OccurrenceState,
    daysLeft: Int?,
    unitName: String = "Phòng Văn hóa - Xã hội"
  ) -> Message.Entry {
    Message.Entry(
      occurrence: occurrence,
      notice: Notice(
        occurrence: occurrence.id,
        step: step,
        kind: kind,
        recipient: "vhxh@camgiang.example",
        channel: "mail",
        round: 0
      ),
      role: role,
      state: state,
      workingDaysLeft: daysLeft,
      isLate: false,
      scheduledFor: day("2026-12-09"),
      urgings: 0,
      draftsLetter: false,
      unitName: unitName,
      coordinatingNames: role == .lead ? ["Văn phòng HĐND và UBND xã", "các cơ quan, tổ chức, đơn vị"] : [],
      coLeadNames: []
    )
  }

  static func message(_ entries: [Message.Entry], to recipient: Recipient = cultureOffice, on today: String) -> Message
  {
    let keys = entries.map(\.notice.key)
    return Message(
      messageID: MessageIdentity.messageID(
        office: "camgiang",
        channel: "mail",
        recipient: recipient.address,
        keys: keys,
        domain: "camgiang.example"
      ),
      office: "camgiang",
      channel: "mail",
      recipient: recipient,
      kind: entries.map(\.notice.kind).max() ?? .reminder,
      createdAt: morning(day(today)),
      today: day(today),
      content: .notices(entries)
    )
  }

  static var reminder: Message {
    message([entry(report, step: "-5wd", kind: .reminder, state: .dueSoon, daysLeft: 5)], on: "2026-12-09")
  }

  static var englishReminder: Message {
    message(
      [
        entry(
          report,
          step: "-5wd",
          kind: .reminder,
          state: .dueSoon,
          daysLeft: 5,
          unitName: "Culture and Society Office"
        )
      ],
      to: english(cultureOffice, name: "Culture and Society Office"),
      on: "2026-12-09"
    )
  }

  static var dueToday: Message {
    message([entry(report, step: "0wd", kind: .dueToday, state: .dueToday, daysLeft: 0)], on: "2026-12-16")
  }

  static var overdue: Message {
    message(
      [entry(report, step: "+1wd", kind: .overdue, state: .overdue(workingDays: 1), daysLeft: -1)],
      on: "2026-12-17"
    )
  }

  static var escalation: Message {
    var urged = entry(
      report,
      step: "+5wd",
      kind: .escalation,
      role: .chair,
      state: .overdue(workingDays: 5),
      daysLeft: -5
    )
    urged.urgings = 2
    urged.draftsLetter = true
    return message([urged], to: chair, on: "2026-12-23")
  }

  static var checkIn: Message {
    message(
      [entry(continuous, step: "0wd", kind: .reminder, state: .noDueDate, daysLeft: nil)],
      on: "2026-09-14"
    )
  }

  static var late: Message {
    var delayed = entry(report, step: "-3wd", kind: .reminder, state: .dueSoon, daysLeft: 2)
    delayed.isLate = true
    delayed.scheduledFor = day("2026-12-11")
    return message([delayed], on: "2026-12-14")
  }

  /// A window that ends on a Sunday, with a disagreement, told to a coordinating unit.
  static var dayOff: Message {
    message(
      [
        entry(
          campaign,
          step: "-1wd",
          kind: .reminder,
          role: .coordinating,
          state: .dueSoon,
          daysLeft: 1,
          unitName: "Trung tâm Dịch vụ tổng hợp"
        )
      ],
      on: "2026-05-28"
    )
  }

  static var settled: Message {
    var done = entry(report, step: "settled", kind: .settled, role: .office, state: .doneLate, daysLeft: -3)
    done.completion = Progress.Completion(
      on: day("2026-12-21"),
      recordedAt: morning(day("2026-12-21")),
      by: "Phòng Văn hóa - Xã hội",
      evidence: "Báo cáo số 412/BC-UBND ngày 21/12/2026"
    )
    var office = cultureOffice
    office.name = "Văn phòng HĐND và UBND xã"
    office.address = "vanphong@camgiang.example"
    office.unit = "vp"
    return message([done], to: office, on: "2026-12-22")
  }

  static var trial: Message {
    var trial = message([], on: "2026-12-09")
    trial.content = .test
    return trial
  }
}
