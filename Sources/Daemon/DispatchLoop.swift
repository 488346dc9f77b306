internal import Deadlines
internal import Delivery
internal import Ledger
internal import Logging

extension Dispatcher {
  /// Runs until `isStopping` says so and what is in flight has ended and is recorded.
  ///
  /// With `isLeaving`, which says that the whole service ends, nothing waits for a store that cannot be written.
  func run(
    bell: Doorbell,
    clock: any WallClock,
    isStopping: @escaping @Sendable () -> Bool,
    isLeaving: @escaping @Sendable () -> Bool
  ) async {
    var loop = DispatchLoop(dispatcher: self, bell: bell, clock: clock, isStopping: isStopping, isLeaving: isLeaving)
    await loop.run()
  }
}

/// The loop of the daemon for one channel: records what has ended, takes what comes next, begins it, waits for the bell.
///
/// No more messages are begun and unsettled than the channel is wide, and as many again as are stuck: after a crash at
/// most one for each connection, spare ones among them, goes out twice.
private struct DispatchLoop {
  private let dispatcher: Dispatcher
  private let bell: Doorbell
  private let clock: any WallClock
  /// Nothing new is begun: the service ends, or a reload has made another loop.
  private let isStopping: @Sendable () -> Bool
  private let isLeaving: @Sendable () -> Bool

  private let finished = Locked<[Settlement]>([])
  private var inFlight: [Int64: ClaimedMessage] = [:]
  private var relays = RelayWatch()
  private var pause = RetryPause()
  /// The day on which stale messages were last taken back.
  private var recalledOn: CivilDate?
  /// When the bell rings for what may be stuck then; nil while it rings for something else.
  private var stuckRing: Instant?
  /// Only a look at the store shows that the channel is free.
  private var mayBeHeld = true

  init(
    dispatcher: Dispatcher,
    bell: Doorbell,
    clock: any WallClock,
    isStopping: @escaping @Sendable () -> Bool,
    isLeaving: @escaping @Sendable () -> Bool
  ) {
    self.dispatcher = dispatcher
    self.bell = bell
    self.clock = clock
    self.isStopping = isStopping
    self.isLeaving = isLeaving
  }

  mutating func run() async {
    await withDiscardingTaskGroup { group in
      while !isStopping() || !inFlight.isEmpty {
        clock.begin()
        for claim in await turn() { begin(claim, in: &group) }
        clock.end()
        if !isStopping() || !inFlight.isEmpty { await bell.wait() }
      }
    }
    clock.ring(bell, at: nil)
  }

  private func begin(_ claim: ClaimedMessage, in group: inout DiscardingTaskGroup) {
    clock.begin()
    group.addTask { [dispatcher, finished, bell, clock] in
      let settlement = await dispatcher.courier.carry(claim, by: dispatcher.channel) { clock.now() }
      finished.withLock { $0.append(settlement) }
      bell.ring()
      clock.end()
    }
  }

  // MARK: One turn

  /// Records how attempts ended and takes the next messages: in one transaction while nothing but messages is at stake.
  private mutating func turn() async -> [ClaimedMessage] {
    let settlements = takeFinished()
    let claims = isPlain(settlements) ? await exchange(settlements) : await settleThenClaim(settlements)
    await relays.look(at: dispatcher.channel, dispatcher.ledger, office: dispatcher.office, dispatcher.logger)
    for claim in claims { inFlight[claim.id] = claim }
    let now = clock.now()
    dispatcher.pace.withLock { $0.took(claims.count, at: now) }
    if !isStopping(), inFlight.count >= dispatcher.channel.width, room(at: now) <= 0 { ringWhenFull(after: now) }
    return claims
  }

  private mutating func takeFinished() -> [Settlement] {
    let settlements = finished.withLock { list in
      defer { list.removeAll() }
      return list
    }
    for settlement in settlements { inFlight[settlement.claim.id] = nil }
    return settlements
  }

  /// Messages that may be begun now.
  private func room(at now: Instant) -> Int {
    min(width(at: now) - inFlight.count, dispatcher.pace.withLock { $0.room(at: now) })
  }

  private func width(at now: Instant) -> Int {
    let channel = dispatcher.channel
    guard channel.spare > 0, inFlight.count >= channel.width else { return channel.width }
    return channel.width + min(channel.spare, inFlight.values.count { patienceEnds($0) <= now })
  }

  private func patienceEnds(_ claim: ClaimedMessage) -> Instant {
    claim.leaseUntil.adding(seconds: dispatcher.channel.patience - dispatcher.channel.lease)
  }

  /// What is full has room again at the latest when something in it counts as stuck.
  ///
  /// Set once, not for each message of a busy morning; not while the bell rings for settlements that wait to be recorded.
  private mutating func ringWhenFull(after now: Instant) {
    guard finished.withLock({ $0.isEmpty }) else { return }
    guard dispatcher.channel.spare > 0, stuckRing.map({ $0 <= now }) ?? true else { return }
    guard let stuck = inFlight.values.map(patienceEnds).filter({ $0 > now }).min() else { return }
    let next = max(stuck, dispatcher.pace.withLock { $0.next(after: now) } ?? stuck)
    stuckRing = next
    clock.ring(bell, at: next)
  }

  /// The bell has one time to ring at: this one takes the place of what was waited for.
  private mutating func ring(at instant: Instant?) {
    stuckRing = nil
    clock.ring(bell, at: instant)
  }

  private func isPlain(_ settlements: [Settlement]) -> Bool {
    let now = clock.now()
    return !mayBeHeld && !settlements.isEmpty && !settlements.contains(where: \.speaksAgainstChannel) && !isStopping()
      && room(at: now) > 0 && dispatcher.schedule.isOpen(at: now) && recalledOn == dispatcher.today(now)
      && outlived(at: now).isEmpty
  }

  private mutating func exchange(_ settlements: [Settlement]) async -> [ClaimedMessage] {
    let now = clock.now()
    let (ledger, office, order) = (dispatcher.ledger, dispatcher.office, order(room(at: now)))
    let claims: [ClaimedMessage]
    do {
      claims = try await ledger.settle(settlements, thenClaim: order, office: office, now: now)
    } catch {
      // It may be the claim that failed, as on a row that cannot be read: how attempts ended is recorded without it.
      return await settleThenClaim(settlements)
    }
    await haveSettled(settlements, now: now)
    if claims.count < order.limit { await ringForNext(after: now) }
    return claims
  }

  private func order(_ room: Int) -> ClaimOrder {
    ClaimOrder(channels: [dispatcher.channel.name], limit: room, lease: dispatcher.channel.lease)
  }

  /// Nothing new is taken while anything waits to be recorded: its lease may have run out, and it would go again.
  private mutating func settleThenClaim(_ settlements: [Settlement]) async -> [ClaimedMessage] {
    let isRecorded = await settle(settlements)
    return isRecorded && !isStopping() ? await claim() : []
  }

  // MARK: Settling

  private mutating func settle(_ settlements: [Settlement]) async -> Bool {
    guard !settlements.isEmpty else { return true }
    let now = clock.now()
    do {
      try await dispatcher.ledger.settle(settlements, office: dispatcher.office, now: now)
    } catch {
      keep(settlements, error)
      return false
    }
    await haveSettled(settlements, now: now)
    return true
  }

  /// At the end nothing waits for a store that cannot be written: the leases protect what is not recorded.
  ///
  /// After a reload it does wait, else what servers took would go again once the leases have run out.
  private mutating func keep(_ settlements: [Settlement], _ error: any Error) {
    note(error, "attempts could not be recorded")
    guard !isLeaving() else { return }
    finished.withLock { $0 += settlements }
    for settlement in settlements { inFlight[settlement.claim.id] = settlement.claim }
    ring(at: clock.now().adding(seconds: pause.next()))
  }

  private mutating func haveSettled(_ settlements: [Settlement], now: Instant) async {
    dispatcher.trouble?.isOver()
    pause.reset()
    do {
      try await dispatcher.afterSettling(settlements, mayBeHeld: mayBeHeld, now: now)
    } catch {
      note(error, "the channel's state could not be kept")
      mayBeHeld = true
    }
    if settlements.contains(where: \.speaksAgainstChannel) { mayBeHeld = true }
  }

  // MARK: Claiming

  private mutating func claim() async -> [ClaimedMessage] {
    let now = clock.now()
    do {
      guard dispatcher.schedule.isOpen(at: now) else {
        await ringForNext(after: now)
        return []
      }
      guard room(at: now) > 0 else {
        if let instant = dispatcher.pace.withLock({ $0.next(after: now) }) { ring(at: instant) }
        return []
      }
      return try await claimInWindow(now: now)
    } catch {
      await setAside(error)
      return []
    }
  }

  private mutating func claimInWindow(now: Instant) async throws -> [ClaimedMessage] {
    let (ledger, office, room) = (dispatcher.ledger, dispatcher.office, room(at: now))
    // Once a day: nothing becomes stale within one, and the claims of a busy morning come by the thousand.
    let today = dispatcher.today(now)
    if recalledOn != today, try await dispatcher.recallStale(now: now) { recalledOn = today }
    if mayBeHeld { mayBeHeld = try await ledger.channelState(office: office, channel: dispatcher.channel.name).isHeld }
    try await renewLeases(now: now)
    let order = order(room)
    let claims = try await ledger.claim(
      office: office,
      channels: order.channels,
      limit: order.limit,
      now: now,
      lease: order.lease
    )
    // A full hand means there may be more: the next finished attempt rings.
    pause.reset()
    if claims.count < room { await ringForNext(after: now) }
    return claims
  }

  /// Rings when the next message may be claimed; what was claimed before goes on whatever the store says.
  private mutating func ringForNext(after now: Instant) async {
    do {
      ring(at: try await dispatcher.nextPass(after: now))
    } catch {
      tryAgainSoon(error)
    }
  }

  /// One message that cannot be read must not keep back all those behind it; any other failure may pass by itself.
  private mutating func setAside(_ error: any Error) async {
    do {
      guard let number = try await dispatcher.setAside(error, now: clock.now()) else { return tryAgainSoon(error) }
      dispatcher.logger.error(
        "a message of the outbox cannot be read; it is set aside, and what it told of is planned anew",
        metadata: ["outbox.id": "\(number)", "error": "\(error)"]
      )
      dispatcher.onTrouble()
      bell.ring()
    } catch {
      tryAgainSoon(error)
    }
  }

  private mutating func tryAgainSoon(_ error: any Error) {
    note(error, "the outbox could not be read")
    ring(at: clock.now().adding(seconds: pause.next()))
  }

  private func note(_ error: any Error, _ sentence: String) {
    if let trouble = dispatcher.trouble { return trouble.note(error, sentence, now: clock.now()) }
    dispatcher.logger.error("\(sentence)", metadata: ["error": "\(error)"])
  }

  /// A lease that runs out while its message is on its way, as when the clock is set forward, is renewed: else the
  /// message would be claimed and sent a second time beside the first.
  private mutating func renewLeases(now: Instant) async throws {
    let old = outlived(at: now)
    guard !old.isEmpty else { return }
    let until = now.adding(seconds: dispatcher.channel.lease)
    try await dispatcher.ledger.renew(old, office: dispatcher.office, until: until)
    for claim in old { inFlight[claim.id]?.leaseUntil = until }
  }

  private func outlived(at now: Instant) -> [ClaimedMessage] { inFlight.values.filter { $0.leaseUntil <= now } }
}
