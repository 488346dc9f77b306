public import Deadlines

/// What one planner tick wants to say, as messages (behaviour 3.4).
public struct GroupedNotices: Sendable, Hashable {
  public var messages: [Message]
  /// Occurrences with notices that wait because their recipient was told something today already.
  public var postponed: Set<String>
}

/// One message per person, channel and day.
public struct Grouping: Sendable {
  private let schedule: Schedule
  private let domain: String

  /// Makes messages whose Message-IDs end in `domain`, that of the sender's mailbox.
  public init(schedule: Schedule, domain: String) {
    self.schedule = schedule
    self.domain = domain
  }

  /// Puts all due notices for one mailbox and channel into one message.
  ///
  /// Who was told something today already gets only what may not wait: escalations and the settling of problems;
  /// everything else is bundled into the next message.
  /// `toldToday` holds `address|channel` of those told today.
  public func messages(
    for decisions: [(tracked: TrackedOccurrence, decision: ScheduleDecision)],
    toldToday: Set<String>,
    now: Instant
  ) -> GroupedNotices {
    var order: [String] = []
    var grouped: [String: [(TrackedOccurrence, DueNotice)]] = [:]
    var postponed: Set<String> = []
    for (tracked, decision) in decisions {
      for due in decision.due {
        let mailbox = "\(due.notice.recipient)|\(due.notice.channel)"
        if toldToday.contains(mailbox) && !Self.mayNotWait(due.notice.kind) {
          postponed.insert(tracked.occurrence.id)
          continue
        }
        if grouped[mailbox] == nil { order.append(mailbox) }
        grouped[mailbox, default: []].append((tracked, due))
      }
    }
    return GroupedNotices(
      messages: order.compactMap { grouped[$0].flatMap { message(of: $0, now: now) } },
      postponed: postponed
    )
  }

  /// Leaves at once inside the window, whatever was sent that day.
  public static func mayNotWait(_ kind: NoticeKind) -> Bool { kind == .escalation || kind == .settled }

  private func message(of notices: [(TrackedOccurrence, DueNotice)], now: Instant) -> Message? {
    guard let first = notices.first?.1, let gravest = notices.map(\.1.notice.kind).max() else { return nil }
    let today = schedule.office.zone.civil(now).date
    let entries = notices.map { entry($0.0, $0.1, today: today) }.sorted(by: Self.isMoreUrgent)
    let identity = MessageIdentity.messageID(
      office: schedule.office.id,
      channel: first.notice.channel,
      recipient: first.notice.recipient,
      keys: entries.map(\.notice.key),
      domain: domain
    )
    return Message(
      messageID: identity,
      office: schedule.office.id,
      channel: first.notice.channel,
      recipient: addressee(notices.map(\.1)),
      kind: gravest,
      createdAt: now,
      today: today,
      content: .notices(entries)
    )
  }

  /// One mailbox may stand for a unit and several posts: the letter addresses the one most of its notices are for.
  private func addressee(_ notices: [DueNotice]) -> Recipient {
    var counts: [Recipient: Int] = [:]
    for notice in notices { counts[notice.recipient, default: 0] += 1 }
    let ranked = counts.sorted { ($1.value, $0.key.name) < ($0.value, $1.key.name) }
    return ranked.first?.key ?? notices[0].recipient
  }

  private func entry(_ tracked: TrackedOccurrence, _ due: DueNotice, today: CivilDate) -> Message.Entry {
    let office = schedule.office
    let occurrence = tracked.occurrence
    let state = OccurrenceState(
      of: occurrence,
      tracked.progress,
      today: today,
      calendar: office.calendar,
      dueSoonDays: office.policy.dueSoonDays
    )
    return Message.Entry(
      occurrence: occurrence,
      notice: due.notice,
      role: due.role,
      state: state,
      workingDaysLeft: occurrence.due.map { office.calendar.workingDays(from: today, to: $0.target) },
      isLate: due.isLate,
      scheduledFor: due.scheduledFor,
      urgings: tracked.progress.urgings,
      draftsLetter: due.step.draftsLetter,
      unitName: name(occurrence.unit),
      coordinatingNames: occurrence.tellsCoordinating ? occurrence.coordinating.map(name) : [],
      coLeadNames: occurrence.coLeads.map(name),
      completion: due.notice.kind == .settled ? tracked.progress.completion : nil
    )
  }

  private func name(_ unit: String) -> String { schedule.office.directory.unit(unit)?.name ?? unit }

  /// Gravest first, then the nearest date, then the plan's order by id.
  private static func isMoreUrgent(_ left: Message.Entry, _ right: Message.Entry) -> Bool {
    if left.notice.kind != right.notice.kind { return left.notice.kind > right.notice.kind }
    let leftDate = left.occurrence.due?.nominal ?? .last
    let rightDate = right.occurrence.due?.nominal ?? .last
    return (leftDate, left.occurrence.id) < (rightDate, right.occurrence.id)
  }

  /// The digest as one message per recipient.
  public func messages(for digest: Digest) -> [Message] {
    let office = schedule.office
    let recipients =
      office.policy.digestPosts.compactMap { office.directory.recipient(post: $0) }
      + office.policy.digestUnits.compactMap { office.directory.recipient(unit: $0) }
    var seen: Set<String> = []
    return recipients.filter { seen.insert($0.address).inserted }.flatMap { recipient in
      recipient.channels.map { channel in
        let identity = MessageIdentity.messageID(
          office: office.id,
          channel: channel,
          recipient: recipient.address,
          keys: ["digest|\(digest.number)"],
          domain: domain
        )
        return Message(
          messageID: identity,
          office: office.id,
          channel: channel,
          recipient: recipient,
          kind: .digest,
          createdAt: digest.asOf,
          today: digest.today,
          content: .digest(digest)
        )
      }
    }
  }
}
