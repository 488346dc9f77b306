// The heart: from where an occurrence stands, its ladder and the time it is, to the notices that are due and the
// instant at which to look again. Nothing here reads a clock, a store or a file.

/// A notice that is due now, with what the message needs to say why.
public struct DueNotice: Sendable, Hashable {
  public var notice: Notice
  public var step: LadderStep
  public var role: Role
  public var recipient: Recipient
  /// The office's day on which the step stands in the ladder.
  public var scheduledFor: CivilDate
  /// Its own day has passed (behaviour 3.2).
  public var isLate: Bool
}

/// What one occurrence asks for at one moment.
public struct ScheduleDecision: Sendable, Hashable {
  /// To be told now: at most one notice per recipient and channel.
  public var due: [DueNotice]
  /// Earlier steps that the due ones stand for.
  public var superseded: [Notice]
  /// The next step after now; nil when nothing more is to come.
  public var next: Instant?

  public static let nothing = ScheduleDecision(due: [], superseded: [], next: nil)
}

/// Turns occurrences into notices by the office's ladders, calendar and sending window.
public struct Schedule: Sendable {
  public let office: Office
  /// When the clock was last set back, by what it shows since; what was noted for later than now was noted before that.
  public var clockSetBackAt: Instant?
  /// The ways out that are configured; empty when nobody asked, and then every channel named counts as one.
  public var channels: [String] = []

  public init(_ office: Office) { self.office = office }

  private var calendar: WorkingCalendar { office.calendar }
  private var window: SendingWindow { office.policy.window }

  /// What is due for one occurrence at `now`.
  ///
  /// A step is due when its time has come and it was not yet given; never “in this minute”. Of several missed steps
  /// each recipient gets only the latest; the earlier ones are superseded. Steps whose time was past when the plan was
  /// adopted are stood for by the notice of assignment.
  public func decide(_ noted: TrackedOccurrence, now: Instant) -> ScheduleDecision {
    let tracked = seen(noted, at: now)
    if tracked.progress.completion != nil { return settlement(of: tracked, now: now) }
    guard !tracked.progress.isBackfill else { return .nothing }
    var decision = ScheduleDecision.nothing
    var latest: [String: DueNotice] = [:]
    for (step, time) in timedSteps(tracked) {
      guard time <= now else {
        decision.next = min(decision.next ?? time, time)
        continue
      }
      for candidate in notices(step, at: time, tracked, now: now) {
        let mailbox = "\(candidate.notice.recipient)|\(candidate.notice.channel)"
        if let earlier = latest.updateValue(candidate, forKey: mailbox) { decision.superseded.append(earlier.notice) }
      }
    }
    decision.due = latest.values.sorted { $0.notice.key < $1.notice.key }
    return decision
  }

  /// The earliest step that somebody has still to be told of; nil when nothing more is to come.
  public func nextStep(for tracked: TrackedOccurrence) -> Instant? {
    guard tracked.progress.completion == nil else {
      return settlement(of: tracked, now: Instant(milliseconds: .min)).next
    }
    guard !tracked.progress.isBackfill else { return nil }
    return timedSteps(tracked).first { step, at in
      recipients(of: step, tracked.occurrence).contains { _, recipient in
        recipient.channels.contains { isOpen(step, at: at, for: recipient.address, $0, tracked) }
      }
    }?.at
  }

  /// The steps of an occurrence's ladder with their instants, earliest first.
  public func timedSteps(_ tracked: TrackedOccurrence) -> [(step: LadderStep, at: Instant)] {
    let ladder = office.policy.ladder(tracked.occurrence.ladder)
    let adopted = tracked.progress.adoptedAt
    return ladder.steps.compactMap { step -> (step: LadderStep, at: Instant)? in
      guard applies(step, to: tracked), let time = time(of: step, tracked) else { return nil }
      // The notice of assignment stands for what was past when the plan was adopted.
      guard step.when == .adoption || time >= adopted || tracked.progress.isReopenedBackfill else { return nil }
      return (step, time)
    }.sorted { ($0.at, order($0.step)) < ($1.at, order($1.step)) }
  }

  /// The instant of a step: its working day at the opening of the sending window; at adoption, as soon as it is open.
  public func time(of step: LadderStep, _ tracked: TrackedOccurrence) -> Instant? {
    switch step.when {
    case .adoption: opening(onOrAfter: tracked.progress.adoptedAt)
    default: day(of: step, tracked.occurrence).map { office.zone.instant($0, window.opens) }
    }
  }

  /// The working day of a step: before the target it counts back, after the last good day forward (behaviour 3.3).
  public func day(of step: LadderStep, _ occurrence: Occurrence) -> CivilDate? {
    switch step.when {
    case .adoption: nil
    case .beforeTarget(let days): occurrence.due.map { calendar.adding(workingDays: -days, to: $0.target) }
    case .afterLegal(let days): occurrence.overdueAfter.map { calendar.adding(workingDays: days, to: $0) }
    }
  }

  private func applies(_ step: LadderStep, to tracked: TrackedOccurrence) -> Bool {
    let occurrence = tracked.occurrence
    // What was long due when somebody said that it is still open is urged, not assigned.
    if step.when == .adoption { return occurrence.carriesAssignment && !tracked.progress.isReopenedBackfill }
    if step.onlyLongLimits && !occurrence.isLongLimit { return false }
    if step.unlessAcknowledged && tracked.progress.acknowledgedAt != nil { return false }
    return true
  }

  private func order(_ step: LadderStep) -> Int { step.when == .adoption ? 0 : 1 }

  private func notices(
    _ step: LadderStep,
    at time: Instant,
    _ tracked: TrackedOccurrence,
    now: Instant
  ) -> [DueNotice] {
    let day = office.zone.civil(time).date
    let today = office.zone.civil(now).date
    return recipients(of: step, tracked.occurrence).flatMap { role, recipient in
      recipient.channels.compactMap { channel in
        guard isOpen(step, at: time, for: recipient.address, channel, tracked) else { return nil }
        let notice = Notice(
          occurrence: tracked.occurrence.id,
          step: step.id,
          kind: step.kind,
          recipient: recipient.address,
          channel: channel,
          round: tracked.progress.round
        )
        return DueNotice(
          notice: notice,
          step: step,
          role: role,
          recipient: recipient,
          scheduledFor: day,
          isLate: day < today
        )
      }
    }
  }

  /// Neither given itself nor stood for by one that was given later than its time: a ladder that gets another step
  /// must not go back to what is over.
  ///
  /// What was given by a channel that exists no longer counts for those that do, as a channel's new name is no news; but
  /// not what was lost there.
  private func isOpen(
    _ step: LadderStep,
    at time: Instant,
    for address: String,
    _ channel: String,
    _ tracked: TrackedOccurrence
  ) -> Bool {
    !tracked.progress.given.contains {
      $0.recipient == address && ($0.channel == channel || !exists($0.channel) && !$0.isLost)
        && $0.round == tracked.progress.round && ($0.step == step.id || !$0.isSuperseded && $0.isRung && $0.at >= time)
    }
  }

  private func exists(_ channel: String) -> Bool { channels.isEmpty || channels.contains(channel) }

  // MARK: Whom a step tells

  /// Each mailbox once, in the role named first.
  public func recipients(of step: LadderStep, _ occurrence: Occurrence) -> [(role: Role, recipient: Recipient)] {
    var seen: Set<String> = []
    return step.to
      .flatMap { role in recipients(role, occurrence).map { (role: role, recipient: $0) } }
      .filter { seen.insert($0.recipient.address).inserted }
  }

  private func recipients(_ role: Role, _ occurrence: Occurrence) -> [Recipient] {
    let directory = office.directory
    let owner = occurrence.unit
    switch role {
    case .lead: return leads(of: occurrence)
    case .coordinating:
      guard occurrence.tellsCoordinating else { return [] }
      return occurrence.coordinating.compactMap { directory.recipient(unit: $0) }
    case .head: return [directory.recipient(headOf: owner)].compactMap { $0 }
    case .superior:
      return [directory.unit(owner)?.superior.flatMap { directory.recipient(post: $0, unit: owner) }].compactMap { $0 }
    case .monitor: return unitOrPost(office.policy.monitor)
    case .office: return unitOrPost(office.policy.office)
    case .chair: return unitOrPost(office.policy.chair)
    case .viceChair:
      return [directory.unit(owner)?.viceChair.flatMap { directory.recipient(post: $0) }].compactMap { $0 }
    case .post(let id), .unit(let id): return unitOrPost(id)
    }
  }

  private func leads(of occurrence: Occurrence) -> [Recipient] {
    let directory = office.directory
    let owner =
      occurrence.meansHead
      ? directory.recipient(headOf: occurrence.unit) : directory.recipient(unit: occurrence.unit)
    return ([owner] + occurrence.coLeads.map { directory.recipient(unit: $0) }).compactMap { $0 }
  }

  private func unitOrPost(_ id: String) -> [Recipient] {
    [office.directory.recipient(unit: id) ?? office.directory.recipient(post: id)].compactMap { $0 }
  }

  // MARK: A problem is settled

  /// Whoever above the unit was told that an occurrence is overdue is told once that it is done (behaviour 3.6).
  private func settlement(of tracked: TrackedOccurrence, now: Instant) -> ScheduleDecision {
    guard let completion = tracked.progress.completion else { return .nothing }
    let owners = Set(leads(of: tracked.occurrence).map(\.address))
    let told = tracked.progress.given.filter {
      $0.round == tracked.progress.round && !$0.isSuperseded && $0.kind >= .overdue && !owners.contains($0.recipient)
    }
    let time = opening(onOrAfter: completion.recordedAt)
    let due = unique(
      unique(told.map { Mailbox(address: $0.recipient, channel: $0.channel) })
        .filter { !tracked.progress.hasGiven(Self.settledStep.id, $0.address, $0.channel) }
        .compactMap { settledNotice(to: $0, tracked, at: time, now: now) }
    ).filter { !tracked.progress.hasGiven(Self.settledStep.id, $0.notice.recipient, $0.notice.channel) }
    guard !due.isEmpty else { return .nothing }
    return time <= now
      ? ScheduleDecision(due: due, superseded: [], next: nil)
      : ScheduleDecision(due: [], superseded: [], next: time)
  }

  private struct Mailbox: Hashable {
    var address: String
    var channel: String
  }

  private func settledNotice(
    to mailbox: Mailbox,
    _ tracked: TrackedOccurrence,
    at time: Instant,
    now: Instant
  ) -> DueNotice? {
    let ladder = office.policy.ladder(tracked.occurrence.ladder)
    let known = ladder.steps.flatMap { recipients(of: $0, tracked.occurrence) }
    let isTold = { @Sendable (known: (role: Role, recipient: Recipient)) in known.recipient.address == mailbox.address }
    guard let match = known.first(where: isTold) ?? above(tracked.occurrence).first(where: isTold),
      let channel = exists(mailbox.channel) ? mailbox.channel : match.recipient.channels.first
    else { return nil }
    let notice = Notice(
      occurrence: tracked.occurrence.id,
      step: Self.settledStep.id,
      kind: .settled,
      recipient: mailbox.address,
      channel: channel,
      round: tracked.progress.round
    )
    let day = office.zone.civil(time).date
    return DueNotice(
      notice: notice,
      step: Self.settledStep,
      role: match.role,
      recipient: match.recipient,
      scheduledFor: day,
      isLate: false
    )
  }

  /// Who may have heard of a dead letter about the occurrence.
  private func above(_ occurrence: Occurrence) -> [(role: Role, recipient: Recipient)] {
    let parties =
      leads(of: occurrence) + recipients(.coordinating, occurrence) + recipients(.head, occurrence)
    return parties.flatMap { office.wayUp(from: $0) }.map { (role: .superior, recipient: $0) }
  }

  private static let settledStep: LadderStep = {
    var step = LadderStep(when: .adoption, to: [], kind: .settled)
    step.id = "settled"
    return step
  }()
}

extension Progress {
  public func hasGiven(_ step: String, _ recipient: String, _ channel: String) -> Bool {
    given.contains { $0.step == step && $0.recipient == recipient && $0.channel == channel && $0.round == round }
  }

  /// Past when the plan was loaded and then said to be still open: what was missed counts from its own dates.
  var isReopenedBackfill: Bool { wasBackfill && !isBackfill }
}
