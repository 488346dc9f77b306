internal import Deadlines

// Why now, what is doubtful, what to do.
extension EntryWords {
  /// The remarks under the facts, in the order a reader asks.
  var remarks: [String] { [dayOffRemark, reason, lateRemark].compactMap(\.self) + doubtRemarks }

  /// Which day counts when the nominal day is a day off, or when a grace stands behind it.
  var dayOffRemark: String? {
    guard let due = occurrence.due, let last = occurrence.overdueAfter, kind != .settled, !entry.state.isOverdue else {
      return nil
    }
    if due.target != due.nominal {
      return say(
        "Ngày \(words.date(due.nominal)) là ngày nghỉ, đề nghị hoàn thành chậm nhất \(words.weekdayDate(due.target)); "
          + "chỉ tính quá hạn sau ngày \(words.date(last)).",
        "\(words.date(due.nominal)) is a day off: please finish by \(words.weekdayDate(due.target)). "
          + "It counts as overdue only after \(words.date(last))."
      )
    }
    guard last > due.nominal else { return nil }
    return say(
      "Chỉ tính quá hạn sau ngày \(words.date(last)).",
      "It counts as overdue only after \(words.date(last))."
    )
  }

  /// Why this is sent now.
  var reason: String {
    switch kind {
    case .assignment: assignmentReason
    case .reminder, .dueToday, .digest: isCheckIn ? checkInReason : reminderReason
    case .overdue, .escalation: isCheckIn ? checkInReason : overdueReason
    case .settled: settledReason
    }
  }

  private var assignmentReason: String {
    if occurrence.isDated {
      return say(
        "Thư này được gửi để thông báo nhiệm vụ được giao; hệ thống sẽ nhắc lại trước khi đến hạn.",
        "This is the notice of assignment; you will be reminded before the due date."
      )
    }
    return occurrence.isCheckIn
      ? say(
        "Thư này được gửi để thông báo nhiệm vụ được giao; hệ thống sẽ hỏi tình hình thực hiện theo từng kỳ báo cáo.",
        "This is the notice of assignment; you will be asked for the progress in each reporting period."
      )
      : say(
        "Thư này được gửi để thông báo nhiệm vụ được giao.",
        "This is the notice of assignment."
      )
  }

  private var checkInReason: String {
    let closed = occurrence.due?.dataTo ?? occurrence.due?.nominal
    return closed.map {
      say(
        "Đây là nhiệm vụ thực hiện thường xuyên; thư này được gửi vì số liệu của kỳ được chốt ngày \(words.date($0)).",
        "This task is continuous; you are asked because the data of the period are closed on \(words.date($0))."
      )
    } ?? say("Đây là nhiệm vụ thực hiện thường xuyên.", "This task is continuous.")
  }

  private var reminderReason: String {
    if let days = entry.workingDaysLeft, days > 0 {
      return say(
        "Thư này được gửi vì còn \(words.workingDays(days)) là đến hạn.",
        "This is sent because \(words.workingDays(days)) remain\(days == 1 ? "s" : "") until the due date."
      )
    }
    guard let due = occurrence.due else {
      return say(
        "Thư này được gửi để nhắc nhiệm vụ đang thực hiện.",
        "This is a reminder of work in progress."
      )
    }
    if today <= due.target {
      return say("Thư này được gửi vì hôm nay là ngày đến hạn.", "This is sent because today is the due date.")
    }
    return say(
      "Thư này được gửi vì đã qua ngày \(words.date(due.target)) mà hệ thống chưa ghi nhận kết quả.",
      "This is sent because \(words.date(due.target)) has passed and no result has been recorded."
    )
  }

  private var overdueReason: String {
    let last = occurrence.overdueAfter ?? occurrence.due?.legal
    let until = last.map { say("Đến hết ngày \(words.date($0))", "By the end of \(words.date($0))") }
    let recorded =
      until.map { say("\($0), hệ thống chưa ghi nhận kết quả", "\($0) no result had been recorded") }
      ?? say("Hệ thống chưa ghi nhận kết quả", "No result has been recorded")
    return recorded + overdueCount + urgedCount + "."
  }

  private var overdueCount: String {
    guard case .overdue(let days) = entry.state else { return "" }
    return say(
      "; tính đến hôm nay quá hạn \(words.workingDays(days))",
      "; as of today it is overdue by \(words.workingDays(days))"
    )
  }

  private var urgedCount: String {
    let numbers = merged.map(\.urgings)
    guard let least = numbers.min(), let most = numbers.max(), most > 0 else { return "" }
    if least < most {
      return say(
        "; đã nhắc sau hạn từ \(words.count(least)) đến \(words.count(most)) lần tùy đơn vị",
        "; urged \(words.count(least)) to \(words.count(most)) times before, by unit"
      )
    }
    return say(
      "; đã nhắc sau hạn \(words.count(most)) lần",
      most == 1 ? "; urged once before" : "; urged \(words.count(most)) times before"
    )
  }

  private var settledReason: String {
    let told = say("Trước đây \(you) đã được báo về việc này.", "You were told about this before.")
    guard merged.allSatisfy({ $0.completion != nil }) else {
      return say("Việc này không còn quá hạn. ", "This is no longer overdue. ") + told
    }
    return say("Hệ thống đã ghi nhận kết quả. ", "The result has been recorded. ") + told
  }

  private var lateRemark: String? {
    guard let day = merged.filter(\.isLate).map(\.scheduledFor).min(), day < today else { return nil }
    return say(
      "Nội dung này lẽ ra gửi ngày \(words.date(day)); nay mới gửi vì được gộp vào thư kế tiếp hoặc hệ thống đã tạm dừng.",
      "This was meant for \(words.date(day)); it comes now because it was bundled into the next mail or the service was down."
    )
  }

  private var doubtRemarks: [String] {
    kind == .settled ? [] : doubts.map { say("Cần xác nhận: ", "To be confirmed: ") + words.ownHalf($0) }
  }
}

// What to do, one sentence; the same sentence for several occurrences is said once.
extension EntryWords {
  var request: String {
    if kind == .settled {
      return say(
        "Thư này gửi để \(you) biết, không cần xử lý gì thêm.",
        "This is for your information; nothing is to be done."
      )
    }
    switch entry.role {
    case .lead: return leadRequest
    case .coordinating: return coordinatingRequest
    case .head: return headRequest
    case .superior, .viceChair, .chair: return leaderRequest
    case .monitor, .office, .post, .unit:
      return say(
        "Đề nghị \(you) nắm tình hình, đôn đốc theo chức năng, nhiệm vụ.",
        "Please follow this up within your remit."
      )
    }
  }

  private var leadRequest: String {
    if isCheckIn { return checkInRequest }
    switch kind {
    case .overdue, .escalation:
      return say(
        "Nếu đã hoàn thành, đề nghị \(you) \(record); nếu chưa, đề nghị cho biết lý do, thời gian dự kiến hoàn thành "
          + "hoặc đề xuất gia hạn.",
        "If the work is done, please \(record); if not, please give the reason and the expected date, or ask for an extension."
      )
    case .assignment where !occurrence.isDated:
      return say(
        "Với nhiệm vụ không có hạn cụ thể, đề nghị \(you) tổ chức thực hiện và \(record) khi có kết quả.",
        "Where no date is set, please carry out the work and \(record) when there is a result."
      )
    default:
      return say(
        "Đề nghị \(you) thực hiện đúng thời hạn và \(record).",
        "Please finish in time and \(record)."
      )
    }
  }

  private var checkInRequest: String {
    let period = occurrence.due?.period ?? ""
    return say(
      "Đề nghị \(you) cho biết tình hình thực hiện để đưa vào báo cáo kỳ\(period.isEmpty ? " này" : " \(period)").",
      "Please tell us the progress, so that it can go into the report for "
        + (period.isEmpty ? "this period." : "the period \(period).")
    )
  }

  private var coordinatingRequest: String {
    if isCheckIn {
      return say(
        "Đề nghị \(you) cung cấp thông tin cho đơn vị chủ trì để tổng hợp báo cáo.",
        "Please give the lead what it needs for its report."
      )
    }
    return kind >= .overdue
      ? say(
        "Đề nghị \(you) phối hợp với đơn vị chủ trì để sớm hoàn thành.",
        "Please help the lead to finish as soon as possible."
      )
      : say(
        "Đề nghị \(you) chủ động phối hợp với đơn vị chủ trì để hoàn thành đúng thời hạn.",
        "Please work with the lead so that it is finished in time."
      )
  }

  private var headRequest: String {
    if isCheckIn { return checkInRequest }
    return kind >= .overdue
      ? say(
        "Đề nghị đồng chí chỉ đạo đơn vị sớm hoàn thành và \(record), hoặc báo cáo lý do và đề xuất gia hạn.",
        "Please see that the work is finished soon and \(record), or report the reason and ask for an extension."
      )
      : say(
        "Đề nghị đồng chí chỉ đạo đơn vị thực hiện đúng thời hạn và \(record).",
        "Please see that the work is finished in time and \(record)."
      )
  }

  private var leaderRequest: String {
    kind >= .overdue && !isCheckIn
      ? say(
        "Kính đề nghị đồng chí xem xét, cho ý kiến chỉ đạo.",
        "Please consider this and give your direction."
      )
      : say("Kính gửi đồng chí để nắm tình hình.", "This is for your information.")
  }

  /// “cập nhật kết quả (số, ký hiệu văn bản)”, and where.
  private var record: String {
    if letterhead.url != nil || isContact {
      return say(
        "cập nhật kết quả (số, ký hiệu văn bản) vào hệ thống",
        "record the result (number and sign of the document) in the system"
      )
    }
    return say(
      "báo kết quả (số, ký hiệu văn bản) về \(letterhead.contact)",
      "report the result (number and sign of the document) to \(letterhead.contact)"
    )
  }

  /// How to contest the date; nil where there is nothing to contest, or nobody else to contest it with.
  var contest: String? {
    guard kind != .settled, !isContact else { return nil }
    switch entry.role {
    case .lead, .coordinating, .head: break
    default: return nil
    }
    return occurrence.isDated
      ? say(
        "Nếu thời hạn trên chưa đúng hoặc có khó khăn, vướng mắc, đề nghị phản ánh về \(letterhead.contact).",
        "If the date is not right, or if there are difficulties, please tell \(letterhead.contact)."
      )
      : say(
        "Nếu có khó khăn, vướng mắc, đề nghị phản ánh về \(letterhead.contact).",
        "If there are difficulties, please tell \(letterhead.contact)."
      )
  }
}
