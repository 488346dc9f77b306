import Deadlines
import Messages

// Word of what could not be delivered.
extension Samples {
  private static let head = Recipient(
    address: "truong-phong-kt@camgiang.example",
    name: "Đồng chí Trưởng phòng Kinh tế",
    unit: "kt",
    language: .vietnamese,
    channels: ["mail"]
  )
  private static let admin = Recipient(
    address: "vp@camgiang.example",
    name: "Văn phòng HĐND và UBND xã",
    unit: "vp",
    language: .vietnamese,
    channels: ["mail"]
  )
  private static let wednesday = day("2026-12-09")

  private static func word(_ matter: Trouble.Matter, to recipient: Recipient, isForAdmin: Bool) -> Message {
    Message(
      messageID: "nhachan.su-co@camgiang.example",
      office: "camgiang",
      channel: recipient.channels[0],
      recipient: recipient,
      kind: .escalation,
      createdAt: morning(wednesday).adding(seconds: 61),
      today: wednesday,
      content: .trouble(Trouble(matter, isForAdmin: isForAdmin))
    )
  }

  private static func task(
    _ task: String,
    _ title: String,
    _ nominal: String?,
    _ state: OccurrenceState,
    period: String = "",
    unit: String = "Phòng Kinh tế",
    isTold: Bool
  ) -> Trouble.Task {
    let occurrence = "153a-KH-UBND/\(task)/deadline/once/kt"
    let lost = Notice(
      occurrence: occurrence,
      step: "-3wd",
      kind: .reminder,
      recipient: "kt@camgiang.example",
      channel: "mail",
      round: 0
    )
    return Trouble.Task(
      occurrence: occurrence,
      planNumber: "153a/KH-UBND",
      task: task,
      title: title,
      period: period,
      unitName: unit,
      nominal: nominal.map(day),
      state: state,
      notice: isTold ? lost.undelivered(to: head.address, by: "mail") : nil
    )
  }

  private static func tasks(isTold: Bool) -> [Trouble.Task] {
    [
      task(
        "PL.5",
        "Rà soát, tổng hợp nhu cầu đầu tư hạ tầng số phục vụ điều hành, gửi Sở Khoa học và Công nghệ",
        "2026-12-04",
        .overdue(workingDays: 3),
        isTold: isTold
      ),
      task("PL.7", "Báo cáo kết quả chuyển đổi số", "2026-12-14", .dueSoon, period: "năm 2026", isTold: isTold),
      task("II.2", "Lãnh đạo, quán triệt các nhiệm vụ", nil, .noDueDate, period: "năm 2026", isTold: isTold),
      task(
        "II.3",
        "Tham mưu ban hành quy chế phối hợp",
        nil,
        .noDueDate,
        unit: "Phòng Văn hóa - Xã hội",
        isTold: isTold
      ),
    ]
  }

  private static func letter(
    _ number: Int64 = 12,
    _ name: String = "Phòng Kinh tế",
    _ address: String = "kt@camgiang.example",
    kind: Trouble.Undelivered.Kind = .notices,
    recourse: Trouble.Undelivered.Recourse = .above("Đồng chí Trưởng phòng Kinh tế"),
    tasks: [Trouble.Task]
  ) -> Trouble.Undelivered {
    Trouble.Undelivered(
      number: number,
      messageID: "nhachan.\(number)@camgiang.example",
      address: address,
      name: name,
      channel: "mail",
      since: morning(wednesday),
      until: morning(wednesday).adding(seconds: 1),
      attempts: 1,
      reply: "550 5.1.1 <\(address)>: Recipient address rejected: User unknown",
      kind: kind,
      recourse: recourse,
      tasks: tasks
    )
  }

  static let undeliveredToHead = word(.undelivered([letter(tasks: tasks(isTold: true))]), to: head, isForAdmin: false)
  static let undeliveredToHeadInEnglish = word(
    .undelivered([letter(tasks: tasks(isTold: true))]),
    to: english(head, name: "The Head of the Economic Division"),
    isForAdmin: false
  )

  static let undeliveredToAdmin = word(
    .undelivered([
      letter(recourse: .tellingAbove("Đồng chí Trưởng phòng Kinh tế"), tasks: tasks(isTold: false)),
      letter(
        13,
        "Đồng chí Chủ tịch UBND xã",
        "chutich@camgiang.example",
        kind: .digest(29),
        recourse: .channel("cong-tin-nhan"),
        tasks: []
      ),
      letter(
        14,
        "Đồng chí Trưởng phòng Tư pháp",
        "tu-phap@camgiang.example",
        kind: .trouble,
        recourse: .above("Đồng chí Phó Chủ tịch UBND xã"),
        tasks: []
      ),
    ]),
    to: admin,
    isForAdmin: true
  )
  static let undeliveredToAdminInEnglish = word(
    .undelivered([letter(recourse: .nobody, tasks: tasks(isTold: false))]),
    to: english(admin, name: "The Office of the People's Council and People's Committee"),
    isForAdmin: true
  )

  /// A relay that refuses a hundred mailboxes at once.
  static let undeliveredHundred = word(
    .undelivered(
      (1...100).map { number in
        letter(
          Int64(number),
          "Trường Tiểu học số \(number)",
          "th\(number)@camgiang.example",
          recourse: .above("Đồng chí Hiệu trưởng"),
          tasks: Array(tasks(isTold: false).prefix(number % 3 + 1))
        )
      }
    ),
    to: admin,
    isForAdmin: true
  )

  private static let held = Trouble.HeldChannel(
    name: "mail",
    reason: "535 5.7.8 Error: authentication failed: authentication failure",
    since: morning(wednesday),
    waiting: 11,
    probeAt: morning(wednesday).adding(seconds: 60)
  )
  static let channelHeld = word(.channelHeld(held), to: admin, isForAdmin: true)
  static let channelHeldInEnglish = word(
    .channelHeld(
      Trouble.HeldChannel(name: "gateway", reason: "410 Gone: moved", since: held.since, waiting: 2, probeAt: nil)
    ),
    to: english(admin, name: "The administrator"),
    isForAdmin: true
  )
  static let channelWorks = word(.channelWorks(held), to: admin, isForAdmin: true)
}
