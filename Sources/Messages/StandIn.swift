public import Deadlines

extension Message {
  /// The same for the same recipient by the channel that stands in, as things are at `now`.
  ///
  /// A Message-ID of its own, made from what it says, so that a crash and a second look give the same one.
  /// - Returns: Nil for a trial message: whoever tries a channel wants to know how that one does.
  public func standIn(on channel: String, office: Office, now: Instant) -> Message? {
    var copy = self
    copy.channel = channel
    copy.createdAt = now
    switch content {
    case .notices(let entries):
      copy.today = office.zone.civil(now).date
      copy.content = .notices(entries.map { $0.carried(by: channel, on: copy.today, office: office) })
    case .trouble(let trouble): copy.content = .trouble(trouble.readdressed(to: channel))
    case .digest: break
    case .test: return nil
    }
    copy.messageID = MessageIdentity.messageID(
      office: self.office,
      channel: channel,
      recipient: recipient.address,
      keys: copy.keys,
      domain: MessageIdentity.domain(ofAddress: messageID)
    )
    return copy
  }

  /// What the Message-ID is made of.
  private var keys: [String] {
    switch content {
    case .notices(let entries): entries.map(\.notice.key)
    case .digest(let digest): ["digest|\(digest.number)"]
    case .trouble(let trouble): trouble.keys
    case .test: []
    }
  }
}

extension Message.Entry {
  fileprivate func carried(by channel: String, on today: CivilDate, office: Office) -> Message.Entry {
    var copy = self
    copy.notice.channel = channel
    copy.state = state(on: today, office: office)
    copy.workingDaysLeft = occurrence.due.map { office.calendar.workingDays(from: today, to: $0.target) }
    copy.isLate = scheduledFor < today
    return copy
  }

  /// How it stands on a later day, if nothing was said of it since.
  func state(on today: CivilDate, office: Office) -> OccurrenceState {
    guard notice.kind != .settled else { return state }
    return OccurrenceState(
      of: occurrence,
      Progress(adoptedAt: Instant(milliseconds: 0)),
      today: today,
      calendar: office.calendar,
      dueSoonDays: office.policy.dueSoonDays
    )
  }
}
