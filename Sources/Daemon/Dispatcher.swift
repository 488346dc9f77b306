public import Deadlines
internal import Delivery
public import Ledger
public import Logging
internal import Messages

/// Sends what is in the outbox for one channel: claims, lets the courier carry, settles in groups.
///
/// Each channel has a loop of its own, so that a dead relay delays nobody else.
public struct Dispatcher: Sendable {
  let office: String
  let channel: Channel
  let ledger: any Ledger
  let courier: Courier
  let schedule: Schedule
  let logger: Logger
  /// Told of a store that cannot be written, and of its end.
  private let trouble: StoreTrouble?
  /// Told of every settlement once it is written.
  private let onSettled: @Sendable (Settlement, Instant) -> Void
  /// Called when somebody may have to hear of a trouble, or may hear of the next one.
  private let onTrouble: @Sendable () -> Void

  public init(
    office: String,
    channel: Channel,
    ledger: any Ledger,
    courier: Courier,
    schedule: Schedule,
    logger: Logger,
    onSettled: @escaping @Sendable (Settlement, Instant) -> Void = { _, _ in },
    onTrouble: @escaping @Sendable () -> Void = {}
  ) {
    self.init(
      office: office,
      channel: channel,
      ledger: ledger,
      courier: courier,
      schedule: schedule,
      logger: logger,
      trouble: nil,
      onSettled: onSettled,
      onTrouble: onTrouble
    )
  }

  init(
    office: String,
    channel: Channel,
    ledger: any Ledger,
    courier: Courier,
    schedule: Schedule,
    logger: Logger,
    trouble: StoreTrouble?,
    onSettled: @escaping @Sendable (Settlement, Instant) -> Void,
    onTrouble: @escaping @Sendable () -> Void
  ) {
    self.office = office
    self.channel = channel
    self.ledger = ledger
    self.courier = courier
    self.schedule = schedule
    self.logger = logger
    self.trouble = trouble
    self.onSettled = onSettled
    self.onTrouble = onTrouble
  }

  // MARK: One pass, as a rehearsal runs it

  /// Sends everything that may go at `now` and waits for it; the number of attempts made.
  public func pass(now: Instant) async throws -> Int {
    guard schedule.isOpen(at: now) else { return 0 }
    try await recallStale(now: now)
    var attempts = 0
    while true {
      let claims = try await ledger.claim(
        office: office,
        channels: [channel.name],
        limit: 256,
        now: now,
        lease: channel.lease
      )
      guard !claims.isEmpty else { return attempts }
      attempts += claims.count
      let settlements = await withTaskGroup(of: Settlement.self) { group in
        for claim in claims { group.addTask { await courier.carry(claim, by: channel) { now } } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      try await settle(settlements, now: now)
    }
  }

  /// What was made on an earlier day and never tried must not leave with yesterday's count of days, whoever wakes first,
  /// the planner or this dispatcher.
  /// - Returns: False while messages are held: then they wait as they are.
  @discardableResult
  private func recallStale(now: Instant) async throws -> Bool {
    guard try await ledger.isArmed(office: office) else { return false }
    let today = schedule.office.zone.civil(now).date
    _ = try await ledger.recallUnsent(office: office, notOf: today, now: now)
    return true
  }

  /// When the next pass can give something.
  public func nextPass(after now: Instant) async throws -> Instant? {
    try await ledger.nextClaim(office: office, channels: [channel.name])
      .map { schedule.opening(onOrAfter: max($0, now)) }
  }

  // MARK: The loop of the daemon

  /// Runs until `isStopping` says so and what is in flight has ended.
  func run(bell: Doorbell, clock: any WallClock, isStopping: @escaping @Sendable () -> Bool) async {
    let finished = Locked<[Settlement]>([])
    var inFlight: [Int64: ClaimedMessage] = [:]
    var pace = Pace(perMinute: channel.perMinute)
    var recalledOn: CivilDate?
    var relays = RelayWatch()
    var pause = RetryPause()
    await withDiscardingTaskGroup { group in
      while !isStopping() || !inFlight.isEmpty {
        clock.begin()
        let settlements = finished.withLock { list in
          defer { list.removeAll() }
          return list
        }
        for settlement in settlements { inFlight[settlement.claim.id] = nil }
        let kept = await settleOrKeep(settlements, now: clock.now())
        await relays.look(at: channel, ledger, office: office, logger)
        // At the end nothing waits for a store that cannot be written: the leases protect what is not recorded.
        if !isStopping() && !kept.isEmpty {
          finished.withLock { $0 += kept }
          for settlement in kept { inFlight[settlement.claim.id] = settlement.claim }
          clock.ring(bell, at: clock.now().adding(seconds: pause.next()))
        }
        // Nothing new is taken while anything waits to be recorded: its lease may have run out, and it would go again.
        if !isStopping() && kept.isEmpty {
          let claims = await claimOrLog(
            room: min(channel.width * 2 - inFlight.count, pace.room(at: clock.now())),
            bell: bell,
            clock: clock,
            inFlight: &inFlight,
            recalledOn: &recalledOn,
            pause: &pause
          )
          for claim in claims { inFlight[claim.id] = claim }
          pace.took(claims.count, at: clock.now())
          for claim in claims {
            clock.begin()
            group.addTask {
              let settlement = await courier.carry(claim, by: channel) { clock.now() }
              finished.withLock { $0.append(settlement) }
              bell.ring()
              clock.end()
            }
          }
          if let instant = pace.next(after: clock.now()), claims.isEmpty { clock.ring(bell, at: instant) }
        }
        clock.end()
        if !isStopping() || !inFlight.isEmpty { await bell.wait() }
      }
    }
    clock.ring(bell, at: nil)
  }

  /// Records the settlements; gives back those that a store which cannot be written for the moment did not take.
  private func settleOrKeep(_ settlements: [Settlement], now: Instant) async -> [Settlement] {
    guard !settlements.isEmpty else { return [] }
    do {
      try await ledger.settle(settlements, office: office, now: now)
    } catch {
      logger.error("attempts could not be recorded", metadata: ["error": "\(error)"])
      trouble?.note(error)
      return settlements
    }
    trouble?.isOver()
    do {
      try await afterSettling(settlements, now: now)
    } catch {
      logger.error("the channel's state could not be kept", metadata: ["error": "\(error)"])
    }
    return []
  }

  private func claimOrLog(
    room: Int,
    bell: Doorbell,
    clock: any WallClock,
    inFlight: inout [Int64: ClaimedMessage],
    recalledOn: inout CivilDate?,
    pause: inout RetryPause
  ) async -> [ClaimedMessage] {
    let now = clock.now()
    do {
      guard schedule.isOpen(at: now) else {
        clock.ring(bell, at: try await nextPass(after: now))
        return []
      }
      guard room > 0 else { return [] }
      // Once a day: nothing becomes stale within one, and the claims of a busy morning come by the thousand.
      let today = schedule.office.zone.civil(now).date
      if recalledOn != today, try await recallStale(now: now) { recalledOn = today }
      try await renewLeases(of: &inFlight, now: now)
      let claims = try await ledger.claim(
        office: office,
        channels: [channel.name],
        limit: room,
        now: now,
        lease: channel.lease
      )
      // A full hand means there may be more: the next finished attempt rings.
      if claims.count < room { clock.ring(bell, at: try await nextPass(after: now)) }
      pause.reset()
      return claims
    } catch {
      logger.error("the outbox could not be read", metadata: ["error": "\(error)"])
      trouble?.note(error)
      clock.ring(bell, at: now.adding(seconds: pause.next()))
      return []
    }
  }

  /// A lease that runs out while its message is on its way, as when the clock is set forward, is renewed: else the
  /// message would be claimed and sent a second time beside the first.
  private func renewLeases(of inFlight: inout [Int64: ClaimedMessage], now: Instant) async throws {
    let old = inFlight.values.filter { $0.leaseUntil <= now }
    guard !old.isEmpty else { return }
    let until = now.adding(seconds: channel.lease)
    try await ledger.renew(old, office: office, until: until)
    for claim in old { inFlight[claim.id]?.leaseUntil = until }
  }

  // MARK: Settling

  private func settle(_ settlements: [Settlement], now: Instant) async throws {
    try await ledger.settle(settlements, office: office, now: now)
    try await afterSettling(settlements, now: now)
  }

  /// Tells the log and whoever listens, and holds or frees the channel.
  private func afterSettling(_ settlements: [Settlement], now: Instant) async throws {
    for settlement in settlements {
      log(settlement)
      onSettled(settlement, now)
    }
    let isChannelNews = try await holdOrFree(after: settlements, now: now)
    if isChannelNews || settlements.contains(where: \.isAboutTrouble) { onTrouble() }
  }

  /// Holds or frees the channel by what its server said; true when that is new.
  private func holdOrFree(after settlements: [Settlement], now: Instant) async throws -> Bool {
    guard
      let report = settlements.compactMap(\.report).first(where: { $0.outcome == .misconfigured || $0.replyCode == 410 }
      )
        ?? settlements.compactMap(\.report).last
    else { return false }
    let before = try await ledger.channelState(office: office, channel: channel.name)
    guard let after = courier.channelState(after: report, before: before, now: now) else { return false }
    try await ledger.setChannelState(after, office: office, channel: channel.name, now: now)
    if after.isHeld {
      logger.error(
        "channel held: its settings do not work",
        metadata: ["channel": "\(channel.name)", "reply": "\(report.reply)"]
      )
    } else {
      logger.notice("channel works again", metadata: ["channel": "\(channel.name)"])
    }
    return after.isHeld != before.isHeld
  }

  private func log(_ settlement: Settlement) {
    var facts: Logger.Metadata = [
      "outbox.id": "\(settlement.claim.id)", "attempt": "\(settlement.claim.attempt)",
      "message.id": "\(settlement.claim.message.messageID)",
    ]
    if let report = settlement.report { facts["server.reply"] = "\(report.replyCode ?? 0)" }
    switch settlement.next {
    case .accepted: logger.info("message accepted", metadata: facts)
    case .again: logger.notice("delivery deferred", metadata: facts)
    case .deadLetter: logger.error("message given up", metadata: facts)
    case .dropped: logger.info("message dropped, nothing left to say", metadata: facts)
    }
  }
}

extension Settlement {
  /// Died, or was word of a trouble: then the next one may follow.
  fileprivate var isAboutTrouble: Bool {
    if case .deadLetter = next { return true }
    if case .trouble = claim.message.content { return true }
    return false
  }
}

/// How many messages may still leave: no more than so many in any sixty seconds, wherever they begin.
struct Pace: Sendable {
  private let perMinute: Int?
  private var taken: [(at: Instant, count: Int)] = []

  init(perMinute: Int?) { self.perMinute = perMinute }

  /// Messages that may leave now; many when there is no limit.
  func room(at now: Instant) -> Int {
    guard let perMinute else { return .max }
    return max(0, perMinute - recent(at: now).reduce(0) { $0 + $1.count })
  }

  mutating func took(_ count: Int, at now: Instant) {
    guard count > 0, perMinute != nil else { return }
    taken = recent(at: now) + [(now, count)]
  }

  /// When there is room again; nil while there is.
  func next(after now: Instant) -> Instant? {
    guard room(at: now) == 0 else { return nil }
    return recent(at: now).first?.at.adding(seconds: 60)
  }

  // A clock set back forgets what would lie in its future.
  private func recent(at now: Instant) -> [(at: Instant, count: Int)] {
    taken.filter { $0.at <= now && now < $0.at.adding(seconds: 60) }
  }
}
