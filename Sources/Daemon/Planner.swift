public import Deadlines
public import Ledger
public import Messages

/// What one look at the clock led to.
public struct PlannerTick: Sendable {
  /// Messages that were put into the outbox.
  public var messages: [Message]
  /// When to look again.
  public var next: Instant?
  /// How many messages were taken back because the channel they waited for is no longer configured, by its name.
  public var stranded: [String: Int] = [:]
  /// What was adopted at this look, as at the turn of the year; nil when nothing had to be.
  public var adoption: Adoption?
  /// Why no digest was made, nobody was told of troubles or nothing was taken back at this look; what was due is planned
  /// all the same.
  public var untold: (any Error)?
}

/// Asks the ledger what is due, the schedule what to say, and puts it into the outbox.
///
/// Decides nothing itself.
public struct Planner: Sendable {
  public let office: Office
  private var schedule: Schedule
  private let grouping: Grouping
  private let ledger: any Ledger
  private let aftermath: Aftermath
  private let channels: [String]
  /// What the office was read from and by, as a fingerprint; nil when nobody can say that it is the same as before.
  private let reading: String?
  private let notesRecord: Bool

  /// A planner for one office; `domain` is the right side of its Message-IDs.
  ///
  /// Without `notesRecord` digests say nothing of the record: a rehearsal's is not the office's.
  public init(
    office: Office,
    domain: String,
    ledger: any Ledger,
    telling: TellingRules = TellingRules(),
    reading: String? = nil,
    notesRecord: Bool = true
  ) {
    self.reading = reading
    self.notesRecord = notesRecord
    self.office = office
    self.schedule = Schedule(office)
    self.grouping = Grouping(schedule: schedule, domain: domain)
    self.ledger = ledger
    channels = telling.channels
    aftermath = Aftermath(schedule: schedule, domain: domain, rules: telling, ledger: ledger)
  }

  // MARK: 1. Occurrences

  /// Takes the office's plans into the ledger, up to the end of next year, with the events whose day is known.
  ///
  /// Nothing is worked out when files, program, year and events are those of the last adoption.
  public func adopt(now: Instant) async throws -> Adoption {
    let today = office.zone.civil(now).date
    let events = try await ledger.events(office: office.id)
    let basis = reading.map { "\($0) in \(today.year) with \(EventDates(events).fingerprint)" }
    if let basis, try await ledger.fact(office: office.id, Fact.adoptionBasis) == basis { return Adoption() }
    // Forgotten first and noted last: an adoption that was cut off is made again, whatever the next one is based on.
    try await ledger.setFact(office: office.id, Fact.adoptionBasis, "")
    let adoption = try await adopt(today: today, events: events, now: now)
    if let basis { try await ledger.setFact(office: office.id, Fact.adoptionBasis, basis) }
    return adoption
  }

  private func adopt(today: CivilDate, events: [EventDay], now: Instant) async throws -> Adoption {
    let occurrences = office.occurrences(through: Office.horizon(on: today), events: EventDates(events))
    let steps = try await schedule().steps(at: now)
    let adoption = try await ledger.adopt(occurrences, office: office.id, today: today, now: now, schedule: steps)
    try await replanIfChanged(steps)
    if try await ledger.fact(office: office.id, Fact.adoptedAt) == nil {
      try await ledger.setFact(office: office.id, Fact.adoptedAt, "\(now.milliseconds)")
    }
    try await ledger.setFact(office: office.id, Fact.horizonYear, "\(today.year)")
    try await ledger.setFact(office: office.id, Fact.events, EventDates(events).fingerprint)
    return adoption
  }

  /// Another ladder, calendar or window moves the steps of occurrences that did not change themselves.
  private func replanIfChanged(_ steps: some StepClock) async throws {
    let rules = office.scheduleFingerprint
    guard try await ledger.fact(office: office.id, Fact.rules) != rules else { return }
    _ = try await ledger.replan(office: office.id, schedule: steps)
    try await ledger.setFact(office: office.id, Fact.rules, rules)
  }

  // MARK: 2. What is due

  /// One look: plans everything that is due at `now` and says when to look again.
  public func tick(now: Instant) async throws -> PlannerTick {
    let adoption = try await adoptNews(now: now)
    var planner = self
    planner.schedule = try await schedule()
    var tick = try await planner.look(now: now)
    tick.adoption = adoption
    return tick
  }

  private func schedule() async throws -> Schedule {
    var schedule = try await ledger.schedule(of: office)
    schedule.channels = channels
    return schedule
  }

  private func look(now: Instant) async throws -> PlannerTick {
    let armed = try await ledger.isArmed(office: office.id)
    var tick = PlannerTick(messages: [])
    await add(to: &tick, now: now) { PlannerTick(messages: [], stranded: try await recallStranded(now: now)) }
    tick.messages += try await planDue(isArmed: armed, now: now)
    // Nothing dies while messages are held, so nobody has to hear of it.
    if armed {
      await add(to: &tick, now: now) { PlannerTick(messages: try await planDigest(now: now)) }
      await add(to: &tick, now: now) { try await aftermath.tell(now: now) }
    }
    tick.next = earliest(tick.next, try await nextLook(after: now))
    return tick
  }

  /// What waits for a channel that was renamed or taken away leaves by the channel its recipient has now.
  private func recallStranded(now: Instant) async throws -> [String: Int] {
    guard !channels.isEmpty else { return [:] }
    return try await ledger.recallStranded(
      office: office.id,
      channels: channels,
      now: now,
      anew: { digestAnew($0, for: $1) }
    )
  }

  /// The digest again for that mailbox, by each of its channels as they are now.
  func digestAnew(_ digest: Digest, for address: String) -> [Message] {
    grouping.messages(for: digest).filter { $0.recipient.address == address }
  }

  private func planDue(isArmed: Bool, now: Instant) async throws -> [Message] {
    guard schedule.isOpen(at: now) else { return [] }
    if isArmed {
      let today = office.zone.civil(now).date
      _ = try await ledger.recallUnsent(office: office.id, notOf: today, now: now)
    }
    let plan = try await dueNotices(now: now)
    guard !plan.messages.isEmpty || !plan.nextSteps.isEmpty else { return [] }
    return try await ledger.enqueue(plan, office: office.id, now: now)
  }

  /// What cannot be told, as a dead letter that cannot be read, must not keep anybody's reminder back.
  private func add(to tick: inout PlannerTick, now: Instant, _ more: () async throws -> PlannerTick) async {
    do {
      let told = try await more()
      tick.messages += told.messages
      tick.stranded.merge(told.stranded, uniquingKeysWith: +)
      tick.next = earliest(tick.next, told.next)
    } catch {
      tick.untold = error
      tick.next = earliest(tick.next, now.adding(seconds: Self.tellingPause))
    }
  }

  /// Until what could not be told is tried again, in seconds.
  private static let tellingPause: Int64 = 900

  private func earliest(_ left: Instant?, _ right: Instant?) -> Instant? { [left, right].compactMap { $0 }.min() }

  /// The horizon moves on at the turn of the year; an event whose day was told dates what hangs on it.
  private func adoptNews(now: Instant) async throws -> Adoption? {
    let year = "\(office.zone.civil(now).date.year)"
    let isNewYear = try await ledger.fact(office: office.id, Fact.horizonYear) != year
    let events = EventDates(try await ledger.events(office: office.id)).fingerprint
    let adopted = try await ledger.fact(office: office.id, Fact.events) ?? ""
    return isNewYear || adopted != events ? try await adopt(now: now) : nil
  }

  private func dueNotices(now: Instant) async throws -> OutboxPlan {
    let due = try await ledger.due(office: office.id, at: now, limit: Int.max)
    guard !due.isEmpty else { return OutboxPlan() }
    let decisions = due.map { (tracked: schedule.seen($0, at: now), decision: schedule.decide($0, now: now)) }
    let told = try await told(now: now)
    let grouped = grouping.messages(for: decisions, toldToday: told, now: now)
    let tomorrow = schedule.nextOpening(after: now)
    var plan = OutboxPlan(messages: grouped.messages)
    for (tracked, decision) in decisions {
      let id = tracked.occurrence.id
      let isPostponed = grouped.postponed.contains(id)
      plan.nextSteps[id] = .some(isPostponed ? tomorrow : decision.next)
      plan.superseded += passedOver(decision, told: told)
    }
    return plan
  }

  /// Earlier steps are passed over only where the later one really goes now.
  private func passedOver(_ decision: ScheduleDecision, told: Set<String>) -> [Notice] {
    let going = Set(
      decision.due.map(\.notice).filter {
        Grouping.mayNotWait($0.kind) || !told.contains("\($0.recipient)|\($0.channel)")
      }
      .map { "\($0.recipient)|\($0.channel)" }
    )
    return decision.superseded.filter { going.contains("\($0.recipient)|\($0.channel)") }
  }

  /// Who is not told again today: whoever was, and whoever's last message has not left yet.
  private func told(now: Instant) async throws -> Set<String> {
    let today = office.zone.civil(now).date
    let start = office.zone.instant(today, .midnight)
    return try await ledger.toldOn(today, since: start, office: office.id, channels: channels)
  }

  // MARK: 3. The digest

  private func planDigest(now: Instant) async throws -> [Message] {
    guard schedule.isOpen(at: now) else { return [] }
    let last = try await ledger.lastDigest(office: office.id)
    guard let slot = schedule.digestDue(after: try await lastDigestTime(last, now: now), now: now) else { return [] }
    var digest = DigestBuilder(schedule).digest(
      try await ledger.allTracked(office: office.id),
      slot: slot,
      now: now,
      previous: last,
      deliveryProblems: try await deliveryProblems(since: last),
      messagesSent: try await last.asyncMap { try await ledger.acceptedCount(office: office.id, since: $0.asOf) } ?? 0
    )
    if notesRecord { digest.record = try await ledger.recordMark(office: office.id) }
    var plan = OutboxPlan(messages: grouping.messages(for: digest))
    plan.digest = digest
    return try await ledger.enqueue(plan, office: office.id, now: now)
  }

  private func lastDigestTime(_ last: Digest?, now: Instant) async throws -> Instant {
    if let last, last.asOf <= now { return last.asOf }
    // A clock that was ahead may have made the last one, or adopted: then it counts from when that was set right.
    let names = last == nil ? [Fact.adoptedAt, Fact.clockSetBackAt] : [Fact.clockSetBackAt]
    for name in names {
      let noted = try await ledger.moment(office: office.id, name)
      if let noted, noted <= now { return noted }
    }
    return now
  }

  /// “address: the server's own reply” of what was given up lately, and channels that are held.
  private func deliveryProblems(since last: Digest?) async throws -> [String] {
    let dead = try await ledger.outbox(office: office.id, filter: .states([.deadLetter]), limit: 50)
    // A message lives for days before it is given up; older ones stood in the digest before.
    let horizon = last?.asOf.adding(seconds: -7 * 86_400)
    var problems = dead.filter { row in horizon.map { row.message.createdAt > $0 } ?? true }
      .map { "\($0.message.recipient.address) (\($0.message.channel)): \($0.lastReport?.reply ?? "")" }
    for channel in Set(office.directory.units.flatMap(\.channels)).sorted() {
      let state = try await ledger.channelState(office: office.id, channel: channel)
      if let reason = state.heldBecause { problems.append("\(channel): \(reason)") }
    }
    return problems
  }

  // MARK: 4. When to look again

  private func nextLook(after now: Instant) async throws -> Instant? {
    let step = try await ledger.nextStep(office: office.id).map { schedule.opening(onOrAfter: max($0, now)) }
    let last = try await lastDigestTime(ledger.lastDigest(office: office.id), now: now)
    let armed = try await ledger.isArmed(office: office.id)
    let digest = armed ? schedule.opening(onOrAfter: max(schedule.nextDigest(after: last).at, now)) : nil
    let newYear = office.zone.instant(office.zone.civil(now).date.lastOfYear.adding(days: 1), .midnight)
    // Never now again: what could not be said at this look waits for the next opening.
    return [step, digest, newYear].compactMap { $0 }.map { $0 <= now ? schedule.nextOpening(after: now) : $0 }.min()
  }
}

/// Names of the small facts kept between runs.
public enum Fact {
  public static let adoptedAt = "adoptedAt"
  public static let horizonYear = "horizonYear"
  public static let rules = "scheduleRules"
  public static let events = "adoptedEvents"
  static let adoptionBasis = "adoptionBasis"
  public static let reloadProblem = "reloadProblem"
  public static let machine = "machine"
  public static let heartbeat = "heartbeat"
  /// When the service was last alive before the silence for which messages are held.
  public static let silentSince = "silentSince"
  /// What the clock showed before it was set back.
  public static let aheadBefore = "aheadBefore"
  /// When the clock was last set back, by what it shows since.
  public static let clockSetBackAt = "clockSetBackAt"

  /// The name under which the relays of a channel that do not take mail are kept.
  static func relayFaults(_ channel: String) -> String { "relayFaults.\(channel)" }
}

extension Ledger {
  /// A moment among the small facts; nil when it was never noted, or taken back.
  public func moment(office: String, _ name: String) async throws -> Instant? {
    try await fact(office: office, name).flatMap { Int64($0) }.map(Instant.init(milliseconds:))
  }
}

extension EventDates {
  /// The days by task, for working out what hangs on them.
  public init(_ events: [EventDay]) {
    self.init(events.map { ($0.task, $0.date) }, uniquingKeysWith: { first, _ in first })
  }

  /// Changes whenever a day was told, moved or taken back.
  fileprivate var fingerprint: String { map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ") }
}

extension Optional {
  fileprivate func asyncMap<Mapped>(_ transform: (Wrapped) async throws -> Mapped) async rethrows -> Mapped? {
    guard let self else { return nil }
    return try await transform(self)
  }
}
