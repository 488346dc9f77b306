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
  var channel: Channel
  let ledger: any Ledger
  let courier: Courier
  let schedule: Schedule
  let logger: Logger
  /// Told of a store that cannot be written, and of its end.
  var trouble: SourceTrouble?
  /// Its channel's, which lives longer than the dispatcher: a reload makes another.
  var pace: Locked<Pace>
  /// Makes a digest again for the mailbox of an address, in place of one that cannot be read.
  var digestAnew: @Sendable (Digest, String) -> [Message] = { _, _ in [] }
  /// Told of every settlement once it is written.
  private let onSettled: @Sendable (Settlement, Instant) -> Void
  /// Called when somebody may have to hear of a trouble, or may hear of the next one.
  let onTrouble: @Sendable () -> Void

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
    var channel = channel
    let name = channel.name
    channel.onBrokenTemplate = { reason in
      logger.error(
        "the channel's template failed, its message goes in the generic form",
        metadata: ["channel": "\(name)", "reason": "\(reason)"]
      )
    }
    self.office = office
    self.channel = channel
    pace = Locked(Pace(perMinute: channel.perMinute))
    self.ledger = ledger
    self.courier = courier
    self.schedule = schedule
    self.logger = logger
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
      let claims = try await claim(now: now)
      guard !claims.isEmpty else { return attempts }
      attempts += claims.count
      let settlements = await withTaskGroup(of: Settlement.self) { group in
        for claim in claims { group.addTask { await courier.carry(claim, by: channel) { now } } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      try await ledger.settle(settlements, office: office, now: now)
      try await afterSettling(settlements, mayBeHeld: true, now: now)
    }
  }

  /// What cannot be read is set aside, as the service does it.
  private func claim(now: Instant) async throws -> [ClaimedMessage] {
    while true {
      do {
        return try await ledger.claim(
          office: office,
          channels: [channel.name],
          limit: 256,
          now: now,
          lease: channel.lease
        )
      } catch {
        guard try await setAside(error, now: now) != nil else { throw error }
      }
    }
  }

  /// Sets the message aside that cannot be read, when that is what the error says.
  /// - Returns: Its number, nil when nothing was set aside.
  func setAside(_ error: any Error, now: Instant) async throws -> Int64? {
    guard case LedgerError.unreadableMessage(let number, _) = error else { return nil }
    return try await ledger.setAside(office: office, id: number, now: now, anew: digestAnew) ? number : nil
  }

  /// What was made on an earlier day and never tried must not leave with yesterday's count of days, whoever wakes first,
  /// the planner or this dispatcher.
  /// - Returns: False while messages are held: then they wait as they are.
  @discardableResult
  func recallStale(now: Instant) async throws -> Bool {
    guard try await ledger.isArmed(office: office) else { return false }
    _ = try await ledger.recallUnsent(office: office, notOf: today(now), now: now)
    return true
  }

  func today(_ now: Instant) -> CivilDate { schedule.office.zone.civil(now).date }

  /// When the next pass can give something.
  public func nextPass(after now: Instant) async throws -> Instant? {
    try await ledger.nextClaim(office: office, channels: [channel.name])
      .map { schedule.opening(onOrAfter: max($0, now)) }
  }

  // MARK: Settling

  /// Tells the log and whoever listens, and holds or frees the channel; one that works stays so without a look at the
  /// store when no attempt speaks against it.
  func afterSettling(_ settlements: [Settlement], mayBeHeld: Bool, now: Instant) async throws {
    for settlement in settlements {
      log(settlement)
      onSettled(settlement, now)
    }
    let concernsChannel = mayBeHeld || settlements.contains(where: \.speaksAgainstChannel)
    let isChannelNews = concernsChannel ? try await holdOrFree(after: settlements, now: now) : false
    if isChannelNews || settlements.contains(where: \.isAboutTrouble) { onTrouble() }
  }

  /// Holds or frees the channel by what its server said; true when that is new.
  private func holdOrFree(after settlements: [Settlement], now: Instant) async throws -> Bool {
    let telling = settlements.first(where: \.speaksAgainstChannel)?.report
    guard let report = telling ?? settlements.compactMap(\.report).last else { return false }
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
  /// The channel, not the message, is at fault.
  var speaksAgainstChannel: Bool { report.map { $0.outcome == .misconfigured || $0.replyCode == 410 } ?? false }

  /// Died, or was word of a trouble: then the next one may follow.
  fileprivate var isAboutTrouble: Bool {
    if case .deadLetter = next { return true }
    if case .trouble = claim.message.content { return true }
    return false
  }
}
