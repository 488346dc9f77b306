public import Deadlines
public import Delivery
public import Ledger
public import Messages

/// Where a webhook channel posts to, and in which form.
public struct Endpoint: Sendable {
  public var url: String
  public var keys: [WebhookKey]
  /// Beside those of the message, as `name: value`.
  public var headers: [String]
  public var body: BodyForm

  public init(url: String, keys: [WebhookKey] = [], headers: [String] = [], body: BodyForm = .generic) {
    self.url = url
    self.keys = keys
    self.headers = headers
    self.body = body
  }
}

/// One way out: its name, its transport, and how a message becomes its bytes.
public struct Channel: Sendable {
  public enum Form: Sendable {
    case mail
    case webhook(Endpoint)
    /// Without bytes: to know what would go, nothing has to be written out.
    case unwritten
  }

  public var name: String
  public var form: Form
  public var transport: any Transport
  public var letterhead: Letterhead
  /// Deliveries at the same time.
  public var width: Int
  public var perMinute: Int?
  /// So many more while as many are stuck: servers answer for some mailboxes only after minutes, and that delays nobody
  /// else.
  public var spare = 0
  /// Seconds after which a delivery counts as stuck.
  var patience: Int64 = 15
  /// Seconds a claim is ours: two attempts at the transport's time limit, since one is repeated at once, and as much
  /// again for waiting in the transport's queue.
  public var lease: Int64 = 1260
  /// The channel that stands in for what this one cannot deliver.
  public var fallback: String?
  /// Told why an admin's template could not be used for a message, which then went in our own form.
  var onBrokenTemplate: @Sendable (String) -> Void = { _ in }

  public init(
    name: String,
    form: Form,
    transport: any Transport,
    letterhead: Letterhead,
    width: Int,
    perMinute: Int? = nil
  ) {
    self.name = name
    self.form = form
    self.transport = transport
    self.letterhead = letterhead
    self.width = max(1, width)
    self.perMinute = perMinute
  }

  /// Hands the message to the transport, as `parcel` makes it.
  /// - Returns: How it ended, and the SHA-256 in hex of the bytes when they may have reached the server.
  public func deliver(_ message: Message, now: Instant) async -> (report: DeliveryReport, sentDigest: String?) {
    do throws(Unaddressed) {
      let parcel = try parcel(for: message, now: now)
      let report = await transport.deliver(parcel)
      return (report, report.mayHaveArrived ? parcel.digest : nil)
    } catch {
      return (DeliveryReport(outcome: .rejected, reply: "not sent: \(error.reason)"), nil)
    }
  }

  /// The bytes and where they go; the signature's time is the attempt's, everything else the message's.
  /// - Throws: `Unaddressed` when the channel does not know where to reach the recipient.
  public func parcel(for message: Message, now: Instant) throws(Unaddressed) -> Parcel {
    switch form {
    case .mail:
      return Parcel(
        destination: .mail(from: letterhead.fromAddress, to: message.recipient.address),
        bytes: MailFormat.render(message, letterhead: letterhead)
      )
    case .webhook(let endpoint): return try parcel(for: message, to: endpoint, now: now)
    case .unwritten:
      return Parcel(destination: .mail(from: letterhead.fromAddress, to: message.recipient.address), bytes: [])
    }
  }
}

extension Channel {
  private func parcel(for message: Message, to endpoint: Endpoint, now: Instant) throws(Unaddressed) -> Parcel {
    let body = try endpoint.body.body(message, letterhead: letterhead)
    if let fault = body.fault { onBrokenTemplate(fault) }
    let headers = WebhookFormat.headers(
      messageID: message.messageID,
      timestamp: now.seconds,
      body: body.bytes,
      contentType: body.contentType,
      keys: endpoint.keys
    )
    return Parcel(
      destination: .webhook(url: endpoint.url, headers: headers + endpoint.headers),
      bytes: body.bytes,
      answerForm: endpoint.body.isZalo ? .zalo : .status
    )
  }
}

/// Carries one claimed message to its server and says what becomes of it.
public struct Courier: Sendable {
  private let schedule: Schedule
  private let backoff: Backoff
  private let jitter: @Sendable () -> Double

  /// A courier whose retries are spread by `jitter`, numbers in 0..<1.
  public init(schedule: Schedule, backoff: Backoff, jitter: @escaping @Sendable () -> Double) {
    self.schedule = schedule
    self.backoff = backoff
    self.jitter = jitter
  }

  /// Looks at the message's occurrences once more, then delivers what is left (behaviour 3.5).
  public func carry(_ claim: ClaimedMessage, by channel: Channel, now: @Sendable () -> Instant) async -> Settlement {
    let start = now()
    let dropped = claim.settledOccurrences
    guard let message = claim.message.dropping(where: { $0.kind != .settled && dropped.contains($0.occurrence) })
    else {
      return Settlement(claim: claim, report: nil, next: .dropped, attemptedAt: start, droppedOccurrences: dropped)
    }
    let (report, sentDigest) = await channel.deliver(message, now: start)
    let end = now()
    let next = next(after: report, claim: claim, now: end)
    return Settlement(
      claim: claim,
      report: report,
      next: next,
      attemptedAt: start,
      droppedOccurrences: dropped,
      standIn: standIn(for: message, next, channel, now: end),
      sentDigest: sentDigest
    )
  }

  /// What a dead letter says, by the channel that stands in.
  private func standIn(for message: Message, _ next: Settlement.Next, _ channel: Channel, now: Instant) -> Message? {
    guard case .deadLetter = next, let fallback = channel.fallback else { return nil }
    return message.standIn(on: fallback, office: schedule.office, now: now)
  }

  /// What happens to a message after an attempt.
  ///
  /// Pure but for the jitter it is given.
  func next(after report: DeliveryReport, claim: ClaimedMessage, now: Instant) -> Settlement.Next {
    let age = age(since: claim.agesFrom, at: now)
    switch report.outcome {
    case .accepted: return .accepted
    case .rejected: return .deadLetter(reason: report.reply)
    // The channel is held; the message waits with it, however long that takes.
    case .misconfigured: return .again(at: now)
    case .deferred, .unknown:
      guard
        let wait = backoff.delay(
          afterAttempt: claim.attempt,
          age: age,
          retryAfter: report.retryAfter,
          jitter: jitter()
        )
      else { return .deadLetter(reason: report.reply) }
      // What may have arrived is sent again later than what surely has not (RFC 1047).
      let patience = report.outcome == .unknown ? max(wait, Self.unknownWait) : wait
      return .again(at: schedule.opening(onOrAfter: now.adding(seconds: patience)))
    }
  }

  /// Seconds in which it could have left: days off do not age a message.
  private func age(since start: Instant, at now: Instant) -> Int64 {
    let created = schedule.office.zone.civil(start).date
    let today = schedule.office.zone.civil(now).date
    let daysOff = today.days(since: created) - schedule.office.calendar.workingDays(from: created, to: today)
    return now.seconds - start.seconds - Int64(max(0, daysOff)) * 86_400
  }

  /// Seconds before what may have arrived is sent again.
  static let unknownWait: Int64 = 15 * 60

  /// The channel after an attempt: held on misconfiguration and probed with backoff, free again after any other end.
  func channelState(after report: DeliveryReport, before state: ChannelState, now: Instant) -> ChannelState? {
    // 410 Gone: the endpoint is switched off until a person asks for another try (`outbox retry`).
    if report.outcome == .rejected, report.replyCode == 410 {
      return ChannelState(heldBecause: "410 Gone: \(report.reply)", heldSince: state.heldSince ?? now)
    }
    if report.outcome != .misconfigured {
      guard state.isHeld else { return nil }
      // Only a server that answered for a message shows that the settings work; a time-out shows nothing.
      if report.outcome == .accepted || report.outcome == .rejected && report.replyCode != nil {
        return ChannelState(worksSince: now)
      }
      // Refused here, without asking a server: the next message is the probe that this one was to be.
      if report.outcome == .rejected {
        var next = state
        next.probeAt = now
        return next
      }
    }
    let failed = state.failedProbes + 1
    let wait = Backoff(firstDelay: 60, longestDelay: 3600, longestAge: .max)
      .delay(afterAttempt: failed, age: 0, jitter: jitter())
    return ChannelState(
      heldBecause: report.outcome == .misconfigured ? report.said : state.heldBecause,
      heldSince: state.heldSince ?? now,
      probeAt: now.adding(seconds: wait ?? 3600),
      failedProbes: failed
    )
  }
}

extension DeliveryReport {
  fileprivate var mayHaveArrived: Bool { outcome == .accepted || outcome == .unknown }
}

extension Parcel {
  /// For the record: what was said, word for word, can be proven as long as somebody keeps it.
  fileprivate var digest: String? { bytes.isEmpty ? nil : RecordChain.digest(of: bytes) }
}
