internal import Deadlines

/// The letter that says what could not be delivered, or that a channel is held.
struct TroubleLetter {
  private let trouble: Trouble
  private let message: Message
  private let letterhead: Letterhead
  private let words: Wording

  /// The message and letterhead are already cleaned.
  init(_ trouble: Trouble, _ message: Message, _ letterhead: Letterhead) {
    self.trouble = trouble
    self.message = message
    self.letterhead = letterhead
    words = Wording(message.recipient.language)
  }

  var subject: String {
    switch trouble.matter {
    case .undelivered(let letters): "\(undeliveredTag) \(subject(letters))"
    case .channelHeld(let channel):
      say(
        "[Kênh gửi] Kênh “\(channel.name)” tạm dừng, \(words.count(channel.waiting)) thư đang chờ",
        "[Channel] Channel “\(channel.name)” is held, \(words.count(channel.waiting)) messages wait"
      )
    case .channelWorks(let channel):
      say(
        "[Kênh gửi] Kênh “\(channel.name)” đã gửi lại được",
        "[Channel] Channel “\(channel.name)” works again"
      )
    }
  }

  var blocks: [Letter.Block] {
    let middle =
      switch trouble.matter {
      case .undelivered(let letters): undelivered(letters)
      case .channelHeld(let channel): held(channel)
      case .channelWorks(let channel): works(channel)
      }
    return [NoticeLetter.salutation(message)] + middle
  }

  private func say(_ vietnamese: @autoclosure () -> String, _ english: @autoclosure () -> String) -> String {
    words.say(vietnamese(), english())
  }

  private func moment(_ instant: Instant) -> String {
    let civil = letterhead.zone.civil(instant)
    return say(
      "\(words.time(civil.time)) ngày \(words.date(civil.date))",
      "\(words.time(civil.time)) on \(words.date(civil.date))"
    )
  }

  private func fact(_ label: String, _ value: String) -> Letter.Fact { Letter.Fact(label: label, value: value) }
}

// What could not be delivered.
extension TroubleLetter {
  private typealias Undelivered = Trouble.Undelivered

  /// Messages told with all their tasks; of more than these there is a table.
  private static let mostCards = 8
  /// So many rows of a table: beyond a megabyte some servers refuse a mail.
  private static let mostRows = 400
  /// So many tasks of one message.
  private static let mostTasks = 40

  private var undeliveredTag: String { say("[Thư không đến]", "[Undelivered]") }

  private func subject(_ letters: [Undelivered]) -> String {
    guard let only = letters.first, letters.count == 1 else {
      let number = words.count(letters.count)
      return say("\(number) thư không đến được người nhận", "\(number) messages did not reach their recipients")
    }
    let name = CleanText.shortened(only.name, to: 60)
    guard !only.tasks.isEmpty else { return say("Thư gửi \(name)", "Message to \(name)") }
    let tasks = words.count(only.tasks.count)
    return say(
      "\(name) chưa nhận được thư về \(tasks) nhiệm vụ",
      "\(name) did not get the message about \(only.tasks.count == 1 ? "1 task" : "\(tasks) tasks")"
    )
  }

  private func undelivered(_ letters: [Undelivered]) -> [Letter.Block] {
    let details = letters.count > Self.mostCards ? [overview(letters)] + rest(letters) : letters.flatMap(card)
    return [.paragraph(opening(letters))] + details + requests(letters)
  }

  private func opening(_ letters: [Undelivered]) -> String {
    let number = words.count(letters.count)
    let date = words.date(message.today)
    let what =
      letters.count == 1
      ? say("Thư sau đây không đến được người nhận", "The following message did not reach its recipient")
      : say(
        "\(number) thư sau đây không đến được người nhận",
        "The following \(number) messages did not reach their recipients"
      )
    let who =
      trouble.isForAdmin
      ? say(" (tính đến ngày \(date)).", " (as of \(date)).")
      : say(
        "; người nhận có thể chưa biết nội dung thư. Tình trạng tính đến ngày \(date):",
        letters.count == 1
          ? ", who may not know what it says. As of \(date):" : ", who may not know what they say. As of \(date):"
      )
    return what + who
  }

  private func card(_ letter: Undelivered) -> [Letter.Block] {
    let card = Letter.Card(
      heading: "\(letter.name) – \(letter.address)",
      badge: Letter.Badge(words: say("Không đến", "Undelivered"), tone: .overdue),
      tone: .overdue,
      facts: facts(letter),
      dates: letter.tasks.isEmpty ? nil : tasks(letter),
      remarks: [more(letter)].compactMap(\.self)
    )
    return [.card(card)]
  }

  private func facts(_ letter: Undelivered) -> [Letter.Fact] {
    [
      fact(say("Nội dung", "Message"), contents(letter)),
      fact(
        say("Thời gian gửi", "Tried"),
        tried(letter)
      ),
      fact(words.causeLabel(letter.reply), "“\(words.cause(letter.reply))”"),
      trouble.isForAdmin ? fact(say("Đã xử lý", "Done already"), recourse(letter)) : nil,
      trouble.isForAdmin ? fact(say("Số trong hàng đợi", "Number in the outbox"), "\(letter.number)") : nil,
    ].compactMap(\.self)
  }

  private func tried(_ letter: Undelivered) -> String {
    let attempts = words.count(letter.attempts)
    guard letter.attempts > 1 else {
      return say(
        "lúc \(moment(letter.until)), \(attempts) lần thử, qua kênh “\(letter.channel)”",
        "at \(moment(letter.until)), once, by channel “\(letter.channel)”"
      )
    }
    return say(
      "từ \(moment(letter.since)) đến \(moment(letter.until)), \(attempts) lần thử, qua kênh “\(letter.channel)”",
      "from \(moment(letter.since)) to \(moment(letter.until)), \(attempts) times, by channel “\(letter.channel)”"
    )
  }

  private func contents(_ letter: Undelivered) -> String {
    switch letter.kind {
    case .digest(let number):
      return say("bản tổng hợp số \(words.count(number))", "summary No. \(words.count(number))")
    case .trouble:
      return say("thư báo có thư khác không đến được người nhận", "word of a message that did not reach somebody else")
    case .notices:
      guard !letter.tasks.isEmpty else {
        return say("các nhiệm vụ trong thư nay đã hoàn thành", "its tasks are done by now")
      }
      return taskCount(letter)
    }
  }

  /// “03 nhiệm vụ, trong đó 01 quá hạn; hạn sớm nhất 29/5/2026”.
  private func taskCount(_ letter: Undelivered) -> String {
    let number = words.count(letter.tasks.count)
    let overdue = letter.tasks.count { $0.state.isOverdue }
    let late =
      overdue == 0
      ? say(", chưa có nhiệm vụ quá hạn", ", none overdue")
      : say(", trong đó \(words.count(overdue)) quá hạn", ", \(words.count(overdue)) overdue")
    let first = letter.tasks.compactMap(\.nominal).min().map {
      say("; hạn sớm nhất \(words.date($0))", "; the first due \(words.date($0))")
    }
    return say("\(number) nhiệm vụ", letter.tasks.count == 1 ? "1 task" : "\(number) tasks") + late + (first ?? "")
  }

  private func recourse(_ letter: Undelivered) -> String {
    switch letter.recourse {
    case .channel(let name): say("gửi thay qua kênh “\(name)”", "sent by channel “\(name)” in its place")
    case .otherChannel where letter.kind == .notices && letter.tasks.isEmpty:
      say("không cần chuyển tiếp", "nothing to hand on")
    case .otherChannel:
      say("không cần chuyển tiếp: người nhận được báo bằng đường khác", "nothing to hand on: told by another way")
    case .above(let name): say("đã báo cáo \(name)", "told to \(name)")
    case .tellingAbove(let name): say("đang báo cáo \(name)", "word is on its way to \(name)")
    case .nobody: say("chưa báo được cho ai khác", "nobody else could be told")
    }
  }

  private func tasks(_ letter: Undelivered) -> Letter.Table {
    Letter.Table(
      summary: say("Các nhiệm vụ trong thư không đến", "The tasks in the message"),
      columns: [
        Letter.Column(title: say("Nhiệm vụ", "Task"), share: 52),
        Letter.Column(title: say("Hạn", "Due"), share: 22),
        Letter.Column(title: say("Tình trạng", "State"), share: 26),
      ],
      rows: letter.tasks.prefix(Self.mostTasks).map { task in
        [
          Letter.Cell(CleanText.shortened(name(task), to: 90), detail: owner(of: task, in: letter)),
          Letter.Cell(
            task.nominal.map(words.date) ?? undated(task),
            detail: task.period.isEmpty ? nil : task.period
          ),
          Letter.Cell(standing(task), tone: NoticeLetter.tone(task.state)),
        ]
      }
    )
  }

  private func undated(_ task: Trouble.Task) -> String {
    task.period.isEmpty ? say("không ghi", "none stated") : say("thường xuyên", "continuous")
  }

  private func standing(_ task: Trouble.Task) -> String {
    task.state == .noDueDate && task.period.isEmpty ? say("Không có hạn", "No due date") : words.state(task.state)
  }

  private func name(_ task: Trouble.Task) -> String {
    task.title.isEmpty ? "\(task.task) (\(task.planNumber))" : "\(task.task) – \(task.title)"
  }

  private func owner(of task: Trouble.Task, in letter: Undelivered) -> String? {
    task.unitName == letter.name ? nil : say("Chủ trì: \(task.unitName)", "Lead: \(task.unitName)")
  }

  private func more(_ letter: Undelivered) -> String? {
    let rest = letter.tasks.count - Self.mostTasks
    guard rest > 0 else { return nil }
    return say("và \(words.count(rest)) nhiệm vụ khác.", "and \(words.count(rest)) other tasks.")
  }

  private func overview(_ letters: [Undelivered]) -> Letter.Block {
    .table(
      Letter.Table(
        summary: say("Các thư không đến", "The messages"),
        columns: [
          Letter.Column(title: say("Số", "No."), share: 8),
          Letter.Column(title: say("Người nhận", "Recipient"), share: 30),
          Letter.Column(title: say("Nội dung", "Message"), share: 32),
          Letter.Column(title: say("Máy chủ trả lời", "The server said"), share: 30),
        ],
        rows: letters.prefix(Self.mostRows).map { letter in
          [
            Letter.Cell("\(letter.number)"), Letter.Cell(letter.name, detail: letter.address),
            Letter.Cell(contents(letter), detail: trouble.isForAdmin ? recourse(letter) : nil),
            Letter.Cell(CleanText.shortened(words.cause(letter.reply), to: 80)),
          ]
        }
      )
    )
  }

  private func rest(_ letters: [Undelivered]) -> [Letter.Block] {
    let rest = letters.count - Self.mostRows
    guard rest > 0 else { return [] }
    return [.paragraph(say("và \(words.count(rest)) thư khác.", "and \(words.count(rest)) other messages."))]
  }
}

// What is asked.
extension TroubleLetter {
  private func requests(_ letters: [Undelivered]) -> [Letter.Block] {
    trouble.isForAdmin ? mending(letters) : [.paragraph(handingOn(letters))]
  }

  private func handingOn(_ letters: [Undelivered]) -> String {
    let you = message.recipient.name.hasPrefix("Đồng chí") ? "đồng chí" : "đơn vị"
    let ask = you == "đồng chí" ? "Kính đề nghị" : "Đề nghị"
    let request = say(
      "\(ask) \(you) chuyển nội dung trên đến người nhận bằng cách khác (điện thoại, trao đổi trực tiếp)",
      "Please hand this on by another way, as by telephone"
    )
    let tasks = letters.flatMap(\.tasks)
    guard !tasks.isEmpty else { return request + "." }
    let haste =
      tasks.contains(where: \.state.isOverdue)
      ? say(" và chỉ đạo đơn vị sớm hoàn thành.", ", and see that it is done as soon as possible.")
      : say(" và chỉ đạo thực hiện đúng hạn.", ", and see that it is done in time.")
    return request + haste
      + say(
        " Khi nhiệm vụ được ghi nhận hoàn thành, hệ thống sẽ báo lại.",
        " You will be told when the tasks are recorded as done."
      )
  }

  private func mending(_ letters: [Undelivered]) -> [Letter.Block] {
    let numbers = letters.prefix(Self.mostRows).map { "\($0.number)" }.joined(separator: ", ")
    return [
      .paragraph(say("Đề nghị kiểm tra và khắc phục:", "Please look into it:")),
      .points([
        Letter.Point(
          say(
            "Nếu địa chỉ sai: sửa trong directory.yaml, chạy “nhachan check” rồi “systemctl reload nhachan”. Lời nhắc gần "
              + "nhất sẽ được gửi đến địa chỉ mới.",
            "If the address is wrong: correct it in directory.yaml, run “nhachan check”, then “systemctl reload nhachan”. The "
              + "latest reminder then goes to the new address."
          )
        ),
        Letter.Point(
          say(
            "Nếu hộp thư đã nhận được trở lại: chạy “nhachan outbox retry SỐ” (\(numbers)).",
            "If the mailbox works again: run “nhachan outbox retry NUMBER” (\(numbers))."
          )
        ),
        Letter.Point(
          say(
            "Nếu không cần gửi nữa: chạy “nhachan outbox discard SỐ”.",
            "If it need not be sent any more: run “nhachan outbox discard NUMBER”."
          )
        ),
      ]),
    ]
  }
}

// A channel that is held.
extension TroubleLetter {
  private func held(_ channel: Trouble.HeldChannel) -> [Letter.Block] {
    [
      .paragraph(
        channel.probeAt == nil
          ? say(
            "Nơi nhận của kênh “\(channel.name)” báo địa chỉ này không còn dùng (410). Một thư đã bị từ chối (có thư báo "
              + "riêng); các thư khác được giữ lại.",
            "The receiver of channel “\(channel.name)” says that this address is gone (410). One message was refused (told in a "
              + "letter of its own); the others are kept."
          )
          : say(
            "Kênh “\(channel.name)” không gửi được thư vì cấu hình, mật khẩu, chứng thư hoặc địa chỉ gửi không được máy chủ "
              + "chấp nhận. Hệ thống giữ lại các thư của kênh này, không thư nào bị bỏ.",
            "Channel “\(channel.name)” cannot send: the server does not accept its settings, password, certificate or sender. "
              + "Its messages are kept; none is given up."
          )
      ),
      .card(
        Letter.Card(
          heading: nil,
          badge: Letter.Badge(words: say("Tạm dừng", "Held"), tone: .overdue),
          tone: .overdue,
          facts: [
            fact(say("Kênh", "Channel"), channel.name),
            fact(say("Tạm dừng từ", "Held since"), moment(channel.since)),
            fact(say("Lý do", "Reason"), "“\(words.cause(channel.reason))”"),
            fact(say("Số thư đang chờ", "Messages waiting"), words.count(channel.waiting)),
            fact(say("Thử lại", "Next trial"), probe(channel)),
          ],
          dates: nil,
          remarks: []
        )
      ),
      .paragraph(
        say(
          "Đề nghị kiểm tra kênh này trong nhachan.yaml và thử bằng “nhachan doctor”. Sau khi sửa, chạy “systemctl reload "
            + "nhachan”; khi gửi lại được, hệ thống tự gửi tiếp và báo lại một lần.",
          "Please check this channel in nhachan.yaml and try it with “nhachan doctor”. After a change run “systemctl reload "
            + "nhachan”; once it works the messages leave by themselves, and you are told once."
        )
      ),
    ]
  }

  private func probe(_ channel: Trouble.HeldChannel) -> String {
    guard let probeAt = channel.probeAt else {
      return say(
        "không tự thử lại; chạy “nhachan outbox retry SỐ” với một thư đang chờ",
        "not by itself; run “nhachan outbox retry NUMBER” with one of the messages waiting"
      )
    }
    return say(
      "\(moment(probeAt)), sau đó thưa dần đến mỗi giờ một lần, trong giờ gửi thư",
      "\(moment(probeAt)), later at most once an hour, in sending hours"
    )
  }

  private func works(_ channel: Trouble.HeldChannel) -> [Letter.Block] {
    [
      .paragraph(
        say(
          "Kênh “\(channel.name)”, tạm dừng từ \(moment(channel.since)) (“\(words.cause(channel.reason))”), đã gửi lại được. Các thư đang "
            + "chờ được gửi tiếp; không cần làm gì thêm.",
          "Channel “\(channel.name)”, held since \(moment(channel.since)) (“\(channel.reason)”), works again. The messages that "
            + "waited leave now; nothing has to be done."
        )
      )
    ]
  }
}
