public import Deadlines

// What stands in the record, in the words of offices.
extension Wording {
  /// The step of a ladder, as “nhắc trước hạn 03 ngày làm việc”.
  public func step(_ id: String) -> String {
    switch id {
    case "assignment": return say("thông báo giao việc", "notice of assignment")
    case "settled": return say("báo việc đã giải quyết", "notice that it is settled")
    case "0wd": return say("nhắc vào ngày đến hạn", "on the due date")
    default: break
    }
    if let lost = Notice.lost(in: id) {
      return say(
        "báo thư “\(step(lost.step))” gửi \(lost.mailbox) không chuyển được",
        "word that “\(step(lost.step))” did not reach \(lost.mailbox)"
      )
    }
    guard let days = Int(id.dropFirst().prefix { $0.isNumber }) else { return id }
    return id.hasPrefix("-")
      ? say("nhắc trước hạn \(workingDays(days))", "\(workingDays(days)) before the date")
      : say("đôn đốc sau hạn \(workingDays(days))", "\(workingDays(days)) after the date")
  }

  /// How a message ended, as “máy chủ đã nhận”.
  public func end(_ delivery: RecordedDelivery) -> String {
    switch delivery.end {
    case .accepted: return say("máy chủ đã nhận", "taken by the server")
    case .deadLetter: return say("không gửi được, đã ngừng gửi", "could not be delivered; given up")
    case .dropped: return say("không gửi: việc đã xong trước khi thư đi", "not sent: done before it left")
    case .discarded(let by): return say("đã hủy bởi \(by)", "discarded by \(by)")
    case .recalled:
      let doubt = delivery.mayHaveArrived ? say("; có thể đã đến nơi", "; it may have arrived") : ""
      return say("đã thu lại để lập thư mới", "taken back, and planned anew") + doubt
    case .waiting:
      guard let last = delivery.attempts.last else { return say("chờ gửi", "waiting to be sent") }
      return say("chưa gửi được, sẽ gửi lại", "not yet delivered; will be tried again") + " (\(outcome(last.outcome)))"
    }
  }

  /// What was done about a message that was given up.
  public func consequence(_ consequence: RecordedDelivery.Consequence) -> String {
    switch consequence {
    case .standIn(let channel, let messageID):
      say("đã gửi thay bằng kênh \(channel): \(messageID)", "sent by channel \(channel) instead: \(messageID)")
    case .told(let address): say("đã báo cho \(address)", "\(address) was told")
    }
  }

  /// How one attempt ended.
  public func outcome(_ outcome: DeliveryOutcome) -> String {
    switch outcome {
    case .accepted: say("máy chủ đã nhận", "accepted")
    case .deferred: say("máy chủ hẹn gửi lại", "deferred")
    case .rejected: say("máy chủ từ chối", "rejected")
    case .unknown: say("mất kết nối, không rõ đã nhận hay chưa", "connection lost, arrival unknown")
    case .misconfigured: say("lỗi cấu hình kênh gửi", "channel misconfigured")
    }
  }

  /// A line about the obligation itself, as “Đã báo hoàn thành ngày 15/12/2026, do Lan ghi nhận”.
  public func happened(_ event: RecordedEvent) -> String {
    let by = event.facts.by.map { say(" (\($0) ghi nhận)", " (recorded by \($0))") } ?? ""
    let evidence = event.facts.evidence.map { say("; căn cứ: \($0)", "; evidence: \($0)") } ?? ""
    return whatHappened(event) + by + evidence
  }

  private func whatHappened(_ event: RecordedEvent) -> String {
    switch event.kind {
    case "adopted": adopted(event)
    case "returned": say("Nhiệm vụ được đưa lại vào kế hoạch", "Taken into the plan again")
    case "vanished": say("Nhiệm vụ không còn trong kế hoạch", "No longer in the plan")
    case "moved": moved(event)
    case "acknowledged": say("Đơn vị đã nhận việc", "Acknowledged")
    case "done": done(event)
    case "reopened": say("Ghi nhận lại là chưa hoàn thành", "Recorded as still open")
    case "superseded": superseded(event)
    default: event.kind
    }
  }

  private func adopted(_ event: RecordedEvent) -> String {
    let date = event.facts.nominal.map { say(", hạn \(self.date($0))", ", due \(self.date($0))") } ?? ""
    let past =
      event.facts.backfill == true
      ? say("; khi đưa vào đã quá hạn, chờ xác nhận", "; already past then, to be confirmed") : ""
    return say("Đưa vào hệ thống", "Taken into the system") + date + past
  }

  private func moved(_ event: RecordedEvent) -> String {
    guard let before = event.facts.nominalBefore, let nominal = event.facts.nominal else {
      return say("Nội dung nhiệm vụ được sửa, thời hạn giữ nguyên", "Reworded; the date stays")
    }
    let old = CivilDate(before).map(date) ?? say("chưa có", "none")
    return say("Thời hạn đổi từ \(old) thành \(date(nominal))", "The date moved from \(old) to \(date(nominal))")
  }

  private func done(_ event: RecordedEvent) -> String {
    let day = event.facts.on.map { say(" ngày \(date($0))", " on \(date($0))") } ?? ""
    let again = event.facts.changesNothing == true ? say(" (báo lại)", " (said once more)") : ""
    return say("Đã hoàn thành", "Done") + day + again
  }

  private func superseded(_ event: RecordedEvent) -> String {
    let key = event.facts.notice ?? ""
    let step = RecordedEvent.step(of: key, about: event.occurrence ?? "") ?? ""
    let mailbox = RecordedEvent.mailbox(of: key, about: event.occurrence ?? "").map { " (\($0))" } ?? ""
    return say(
      "Bước “\(self.step(step))” được thay bằng bước sau\(mailbox)",
      "“\(self.step(step))” was passed over for a later one\(mailbox)"
    )
  }
}
