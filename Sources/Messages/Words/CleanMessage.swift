internal import Deadlines

// Cleaned once at the entrance, so that nobody who composes a sentence can forget it. Ids, addresses and the
// Message-ID stay as they are: each place that writes one has an encoding of its own.
extension Message {
  var cleaned: Message {
    var copy = self
    copy.recipient.name = CleanText.line(recipient.name, limit: 200)
    switch content {
    case .notices(let entries): copy.content = .notices(entries.map(\.cleaned))
    case .digest(let digest): copy.content = .digest(digest.cleaned)
    case .trouble(let trouble): copy.content = .trouble(trouble.cleaned)
    case .test: break
    }
    return copy
  }
}

extension Letterhead {
  var cleaned: Letterhead {
    var copy = self
    copy.officeName = CleanText.line(officeName, limit: 200)
    copy.contact = CleanText.line(contact, limit: 200)
    copy.fromName = CleanText.line(fromName, limit: 200)
    copy.url = url.flatMap(WebAddress.checked)
    return copy
  }
}

extension Message.Entry {
  fileprivate var cleaned: Self {
    var copy = self
    copy.occurrence = occurrence.cleaned
    copy.unitName = CleanText.line(unitName, limit: 200)
    copy.coordinatingNames = coordinatingNames.map { CleanText.line($0) }
    copy.coLeadNames = coLeadNames.map { CleanText.line($0) }
    copy.completion?.by = CleanText.line(completion?.by ?? "")
    copy.completion?.evidence = completion?.evidence.map { CleanText.line($0) }
    return copy
  }
}

extension Occurrence {
  fileprivate var cleaned: Self {
    var copy = self
    copy.plan.number = CleanText.line(plan.number, limit: 100)
    copy.plan.documentType = CleanText.line(plan.documentType, limit: 100)
    copy.plan.issuer = CleanText.line(plan.issuer, limit: 200)
    copy.task = CleanText.line(task, limit: 60)
    copy.section = CleanText.line(section, limit: 200)
    copy.title = CleanText.line(title)
    copy.product = product.map { CleanText.line($0) }.flatMap { $0.isEmpty ? nil : $0 }
    copy.limit = CleanText.line(limit)
    copy.due?.period = CleanText.line(due?.period ?? "", limit: 100)
    copy.doubts = doubts.map { CleanText.line($0) }.filter { !$0.isEmpty }
    return copy
  }
}

extension Trouble {
  fileprivate var cleaned: Self {
    switch matter {
    case .undelivered(let letters): Trouble(.undelivered(letters.map(\.cleaned)), isForAdmin: isForAdmin)
    case .channelHeld(let channel): Trouble(.channelHeld(channel.cleaned), isForAdmin: isForAdmin)
    case .channelWorks(let channel): Trouble(.channelWorks(channel.cleaned), isForAdmin: isForAdmin)
    }
  }
}

extension Trouble.HeldChannel {
  fileprivate var cleaned: Self {
    var copy = self
    copy.reason = CleanText.line(reason, limit: 500)
    return copy
  }
}

extension Trouble.Undelivered {
  // A server says what it likes.
  fileprivate var cleaned: Self {
    var copy = self
    copy.name = CleanText.line(name, limit: 200)
    copy.reply = CleanText.line(reply, limit: 500)
    copy.tasks = tasks.map(\.cleaned)
    switch recourse {
    case .above(let name): copy.recourse = .above(CleanText.line(name, limit: 200))
    case .tellingAbove(let name): copy.recourse = .tellingAbove(CleanText.line(name, limit: 200))
    case .channel, .otherChannel, .nobody: break
    }
    return copy
  }
}

extension Trouble.Task {
  fileprivate var cleaned: Self {
    var copy = self
    copy.planNumber = CleanText.line(planNumber, limit: 100)
    copy.task = CleanText.line(task, limit: 60)
    copy.title = CleanText.line(title)
    copy.period = CleanText.line(period, limit: 100)
    copy.unitName = CleanText.line(unitName, limit: 200)
    return copy
  }
}

extension Digest {
  fileprivate var cleaned: Self {
    var copy = self
    copy.closedPeriod = closedPeriod.map { CleanText.line($0, limit: 100) }.flatMap { $0.isEmpty ? nil : $0 }
    copy.overdue = overdue.map(\.cleaned)
    copy.comingDue = comingDue.map(\.cleaned)
    copy.unsettled = unsettled.map(\.cleaned)
    copy.unclear = unclear.map(\.cleaned)
    copy.deliveryProblems = deliveryProblems.map { CleanText.line($0) }
    copy.changes.newlyDone = changes.newlyDone.map { CleanText.line($0) }
    copy.changes.newlyOverdue = changes.newlyOverdue.map { CleanText.line($0) }
    for index in copy.byUnit.indices { copy.byUnit[index].name = CleanText.line(byUnit[index].name, limit: 200) }
    return copy
  }
}

extension Digest.Row {
  fileprivate var cleaned: Self {
    var copy = self
    copy.planNumber = CleanText.line(planNumber, limit: 100)
    copy.task = CleanText.line(task, limit: 60)
    copy.title = CleanText.line(title)
    copy.period = CleanText.line(period, limit: 100)
    copy.unitName = CleanText.line(unitName)
    copy.toldAbove = toldAbove.map { CleanText.line($0, limit: 200) }
    return copy
  }
}

extension Digest.Unclear {
  fileprivate var cleaned: Self {
    var copy = self
    copy.planNumber = CleanText.line(planNumber, limit: 100)
    copy.task = CleanText.line(task, limit: 60)
    copy.title = CleanText.line(title)
    copy.limit = CleanText.line(limit)
    copy.doubt = CleanText.line(doubt)
    return copy
  }
}

/// Addresses of pages that may stand in a message.
enum WebAddress {
  /// The address when it is http(s) in plain ASCII without spaces, quotes or angle brackets; else nil.
  static func checked(_ text: String) -> String? {
    let lowered = text.lowercased()
    guard lowered.hasPrefix("https://") || lowered.hasPrefix("http://"), text.utf8.count <= 900 else { return nil }
    let isPlain = text.utf8.allSatisfy { (33...126).contains($0) && !"\"'<>\\^`{|}".utf8.contains($0) }
    return isPlain ? text : nil
  }
}
