public import Deadlines

/// What the store knows of troubles that somebody may still have to hear of.
public struct Troubles: Sendable, Hashable {
  public var deadLetters: [DeadLetter]
  public var channels: [ChannelStanding]
  /// Messages about troubles that have not left yet, or that were made a short while ago.
  public var recent: [Telling]

  public init(deadLetters: [DeadLetter] = [], channels: [ChannelStanding] = [], recent: [Telling] = []) {
    self.deadLetters = deadLetters
    self.channels = channels
    self.recent = recent
  }

  /// A message that was given up, with whoever was told.
  public struct DeadLetter: Sendable, Hashable {
    public var number: Int64
    public var message: Message
    public var diedAt: Instant
    public var attempts: Int
    /// Which time it was given up: a person may have it tried again.
    public var death: Int
    public var reply: String
    /// The recipient has all of it by another channel, or nothing in it needs to be handed on.
    public var isReached: Bool
    /// False once a person had it tried again or gave it up.
    public var isStillDead: Bool
    /// Who was told of this death.
    public var told: [Telling]
    /// Of word of a trouble: who else was told of the same.
    public var toldInstead: [Telling]

    public init(
      number: Int64,
      message: Message,
      diedAt: Instant,
      attempts: Int,
      death: Int = 1,
      reply: String,
      isReached: Bool,
      isStillDead: Bool,
      told: [Telling],
      toldInstead: [Telling] = []
    ) {
      self.number = number
      self.message = message
      self.diedAt = diedAt
      self.attempts = attempts
      self.death = death
      self.reply = reply
      self.isReached = isReached
      self.isStillDead = isStillDead
      self.told = told
      self.toldInstead = toldInstead
    }
  }

  public struct ChannelStanding: Sendable, Hashable {
    public var name: String
    /// While it is held.
    public var held: Trouble.HeldChannel?
    /// Who was told of its being held or working again, oldest first.
    public var told: [Telling]
    /// The last of those messages.
    public var lastTold: Message?

    public init(name: String, held: Trouble.HeldChannel? = nil, told: [Telling] = [], lastTold: Message? = nil) {
      self.name = name
      self.held = held
      self.told = told
      self.lastTold = lastTold
    }
  }
}

/// One trouble in one message to one mailbox.
public struct Telling: Sendable, Hashable {
  public enum Fate: Sendable, Hashable {
    /// On its way or waiting.
    case unsent
    /// Accepted.
    case left
    /// Nothing was left to say, or a person gave it up.
    case ended
    case dead
  }

  /// The dead letter's Message-ID and death, or the channel's being held (`Trouble.subject`).
  public var subject: String
  public var address: String
  public var channel: String
  public var madeAt: Instant
  public var fate: Fate

  public init(subject: String, address: String, channel: String, madeAt: Instant, fate: Fate) {
    self.subject = subject
    self.address = address
    self.channel = channel
    self.madeAt = madeAt
    self.fate = fate
  }
}

/// What one look at the troubles leads to.
public struct TellingPlan: Sendable, Hashable {
  public struct Letter: Sendable, Hashable {
    public var message: Message
    /// What it tells of, as `Telling.subject`.
    public var subjects: [String]

    public init(message: Message, subjects: [String]) {
      self.message = message
      self.subjects = subjects
    }
  }

  public var letters: [Letter] = []
  /// Message-IDs of dead letters of which nobody has to hear any more.
  public var closed: [String] = []
  /// When to look again; nil when nothing waits for a time.
  public var next: Instant?

  public init() {}
  public var isEmpty: Bool { letters.isEmpty && closed.isEmpty }
}

/// Decides who hears of which trouble, in which message and when.
public struct Teller: Sendable {
  private let schedule: Schedule
  private let domain: String
  private let rules: TellingRules
  private var office: Office { schedule.office }

  /// A teller for one office; `domain` is the right side of its Message-IDs.
  public init(schedule: Schedule, domain: String, rules: TellingRules) {
    self.schedule = schedule
    self.domain = domain
    self.rules = rules
  }

  /// What is to be told at `now`.
  ///
  /// Dead letters go to the admin always, and to the next one up unless the recipient has the same notices by another
  /// channel; word that dies itself goes to the next one after that, until the way up ends. What dies within
  /// `gathering` is told in one message, and one mailbox gets the next one `rest` later, once the last has left.
  public func plan(_ troubles: Troubles, now: Instant) -> TellingPlan {
    var plan = TellingPlan()
    tellOfDeadLetters(troubles, now: now, &plan)
    for channel in troubles.channels { tellOfChannel(channel, troubles, now: now, &plan) }
    return plan
  }
}

// Dead letters.
extension Teller {
  /// One mailbox that has to hear, and in which part.
  private struct Listener {
    var recipient: Recipient
    var channel: String
    var isAdmin: Bool

    var mailbox: String { "\(recipient.address)|\(channel)" }
  }

  private typealias Told = (dead: Troubles.DeadLetter, recourse: Trouble.Undelivered.Recourse)

  private func tellOfDeadLetters(_ troubles: Troubles, now: Instant, _ plan: inout TellingPlan) {
    let held = Set(troubles.channels.filter { $0.held != nil }.map(\.name))
    var bundles: [String: (listener: Listener, told: [Told])] = [:]
    for dead in troubles.deadLetters where dead.isStillDead {
      let audience = audience(of: dead, among: troubles.deadLetters, held: held)
      for listener in audience.listeners where !dead.hasTold(listener.recipient.address) {
        bundles[listener.mailbox, default: (listener, [])].told.append((dead, audience.recourse))
      }
    }
    var waiting: Set<String> = []
    for (listener, told) in bundles.sorted(by: { $0.key < $1.key }).map(\.value) {
      if isTime(for: listener, told, troubles, now: now, &plan) {
        plan.letters.append(letter(to: listener, told, now: now))
      } else {
        waiting.formUnion(told.map(\.dead.message.messageID))
      }
    }
    plan.closed = troubles.deadLetters.map(\.message.messageID).filter { !waiting.contains($0) }
  }

  /// The admin, and the first one above whom word can still reach.
  private func audience(of dead: Troubles.DeadLetter, among all: [Troubles.DeadLetter], held: Set<String>) -> (
    listeners: [Listener], recourse: Trouble.Undelivered.Recourse
  ) {
    let admin = office.admin.flatMap { open($0, dead.failingMailboxes, held, isAdmin: true) }
    if case .trouble(let trouble) = dead.message.content {
      return ([admin].compactMap { $0 }, recourse(ofWord: dead, trouble, among: all, held: held))
    }
    guard !dead.isReached else {
      let standIn = rules.fallbacks[dead.message.channel].map { Trouble.Undelivered.Recourse.channel($0) }
      return ([admin].compactMap { $0 }, standIn ?? .otherChannel)
    }
    let above = above(dead, held: held)
    // Who looks after the service and is next on the way up gets one letter.
    let listeners = above?.recipient.address == admin?.recipient.address ? [admin] : [admin, above]
    return (listeners.compactMap { $0 }, recourse(above, dead.told))
  }

  /// The first one above whom word of the dead letter can still reach.
  private func above(_ dead: Troubles.DeadLetter, held: Set<String>) -> Listener? {
    office.wayUp(from: dead.message.recipient).lazy
      .compactMap { open($0, dead.failingMailboxes, held, isAdmin: false) }.first
  }

  /// What may be said of it: only who has the word was told.
  private func recourse(_ above: Listener?, _ told: [Telling]) -> Trouble.Undelivered.Recourse {
    guard let above else { return .nobody }
    let fates = told.filter { $0.address == above.recipient.address }.map(\.fate)
    if fates.contains(.left) { return .above(above.recipient.name) }
    return fates.contains(.ended) ? .nobody : .tellingAbove(above.recipient.name)
  }

  /// Word that died itself: its own recipient by the channel that stands in, else whoever above heard or hears instead.
  private func recourse(
    ofWord dead: Troubles.DeadLetter,
    _ trouble: Trouble,
    among all: [Troubles.DeadLetter],
    held: Set<String>
  ) -> Trouble.Undelivered.Recourse {
    let recipient = dead.message.recipient
    let instead = dead.toldInstead.filter { $0.fate == .left || $0.fate == .unsent }
    if let standIn = instead.first(where: { $0.address == recipient.address }) { return .channel(standIn.channel) }
    let above = office.wayUp(from: recipient).filter { $0.address != office.admin?.address }
    for next in above {
      let fates = instead.filter { $0.address == next.address }.map(\.fate)
      if fates.contains(.left) { return .above(next.name) }
      if fates.contains(.unsent) { return .tellingAbove(next.name) }
    }
    let lost = Set(trouble.letters.map(\.messageID))
    guard let first = all.first(where: { lost.contains($0.message.messageID) && $0.isStillDead && !$0.isReached })
    else {
      return .nobody
    }
    return recourse(self.above(first, held: held), first.told)
  }

  /// The recipient by the first of its channels that has not failed, a held one only when there is no other.
  private func open(_ recipient: Recipient, _ failing: Set<String>, _ held: Set<String>, isAdmin: Bool) -> Listener? {
    let channels = recipient.channels.filter { !failing.contains("\(recipient.address)|\($0)") }
    return (channels.first { !held.contains($0) } ?? channels.first)
      .map { Listener(recipient: recipient, channel: $0, isAdmin: isAdmin) }
  }

  /// Whether what died together is together, and the mailbox's last such message is long enough ago.
  private func isTime(
    for listener: Listener,
    _ told: [Told],
    _ troubles: Troubles,
    now: Instant,
    _ plan: inout TellingPlan
  ) -> Bool {
    let earlier = troubles.recent.filter { $0.address == listener.recipient.address && $0.isOfDeadLetters }
    // Its settling looks again.
    guard !earlier.contains(where: { $0.fate == .unsent && $0.channel == listener.channel }) else {
      return false
    }
    // A time yet to come was noted by a clock that was ahead: nothing waits for it.
    let gathered = told.map(\.dead.diedAt).filter { $0 <= now }.min()?.adding(seconds: rules.gathering) ?? now
    let rested = earlier.filter { [.left, .ended].contains($0.fate) && $0.madeAt <= now }.map {
      $0.madeAt.adding(seconds: rules.rest)
    }
    .max()
    return plan.isTime(schedule.opening(onOrAfter: max(gathered, rested ?? gathered, now)), now: now)
  }

  private func letter(to listener: Listener, _ told: [Told], now: Instant) -> TellingPlan.Letter {
    let today = office.zone.civil(now).date
    let letters = told.map { undelivered($0.dead, $0.recourse, for: listener, on: today) }
    return letter(
      Trouble(
        .undelivered(letters.sorted { ($0.address, $0.number) < ($1.address, $1.number) }),
        isForAdmin: listener.isAdmin
      ),
      to: listener,
      subjects: told.map { Trouble.subject(dead: $0.dead.message.messageID, death: $0.dead.death) },
      now: now
    )
  }

  private func undelivered(
    _ dead: Troubles.DeadLetter,
    _ recourse: Trouble.Undelivered.Recourse,
    for listener: Listener,
    on today: CivilDate
  ) -> Trouble.Undelivered {
    let message = dead.message
    return Trouble.Undelivered(
      number: dead.number,
      messageID: message.messageID,
      address: message.recipient.address,
      name: message.recipient.name,
      channel: message.channel,
      since: message.createdAt,
      until: dead.diedAt,
      attempts: dead.attempts,
      death: dead.death > 1 ? dead.death : nil,
      reply: dead.reply,
      kind: message.undeliveredKind,
      recourse: recourse,
      tasks: message.entries.map { task($0, of: dead, for: listener, on: today) }
    )
  }

  private func task(
    _ entry: Message.Entry,
    of dead: Troubles.DeadLetter,
    for listener: Listener,
    on today: CivilDate
  ) -> Trouble.Task {
    let occurrence = entry.occurrence
    let death = dead.death > 1 ? dead.death : nil
    return Trouble.Task(
      occurrence: occurrence.id,
      planNumber: occurrence.plan.number,
      task: occurrence.task,
      title: occurrence.title,
      period: occurrence.due?.period ?? "",
      unitName: entry.unitName,
      nominal: occurrence.isDated ? occurrence.due?.nominal : nil,
      state: entry.state(on: today, office: office),
      notice: listener.isAdmin
        ? nil : entry.notice.undelivered(to: listener.recipient.address, by: listener.channel, death: death)
    )
  }

  private func letter(
    _ trouble: Trouble,
    to listener: Listener,
    subjects: [String],
    now: Instant
  ) -> TellingPlan.Letter {
    let identity = MessageIdentity.messageID(
      office: office.id,
      channel: listener.channel,
      recipient: listener.recipient.address,
      keys: trouble.keys,
      domain: domain
    )
    let message = Message(
      messageID: identity,
      office: office.id,
      channel: listener.channel,
      recipient: listener.recipient,
      kind: .escalation,
      createdAt: now,
      today: office.zone.civil(now).date,
      content: .trouble(trouble)
    )
    return TellingPlan.Letter(message: message, subjects: subjects)
  }
}

// Channels that are held.
extension Teller {
  /// Once that it is held, by another way; once more, to those told, that it works again.
  private func tellOfChannel(
    _ channel: Troubles.ChannelStanding,
    _ troubles: Troubles,
    now: Instant,
    _ plan: inout TellingPlan
  ) {
    guard let news = news(of: channel, among: troubles) else { return }
    // A channel that comes and goes is not told of each time.
    let rested = channel.told.filter { $0.madeAt <= now }.map { $0.madeAt.adding(seconds: rules.rest) }.max() ?? now
    guard plan.isTime(schedule.opening(onOrAfter: max(rested, now)), now: now) else { return }
    plan.letters.append(letter(news.trouble, to: news.listener, subjects: news.trouble.keys, now: now))
  }

  private typealias News = (trouble: Trouble, listener: Listener)

  private func news(of channel: Troubles.ChannelStanding, among troubles: Troubles) -> News? {
    guard let held = channel.held else { return relief(of: channel) }
    let trouble = Trouble(.channelHeld(held), isForAdmin: true)
    let isTold = channel.told.contains { $0.fate != .dead && trouble.keys.contains($0.subject) }
    guard !isTold, let admin = office.admin, let way = wayRound(channel, admin, troubles) else { return nil }
    return (trouble, Listener(recipient: admin, channel: way, isAdmin: true))
  }

  /// The admin's first channel that lets something out, else the one that stands in for the held one.
  private func wayRound(_ channel: Troubles.ChannelStanding, _ admin: Recipient, _ troubles: Troubles) -> String? {
    let closed = Set(troubles.channels.filter { $0.held != nil }.map(\.name) + [channel.name])
    let failed = Set(channel.told.filter { $0.fate == .dead }.map(\.channel))
    let ways = admin.channels + [rules.fallbacks[channel.name]].compactMap { $0 }
    return ways.first { !closed.contains($0) && !failed.contains($0) }
  }

  /// That it works again, for the one who was told that it is held.
  private func relief(of channel: Troubles.ChannelStanding) -> News? {
    guard channel.told.last.map({ $0.fate != .dead }) == true, let last = channel.lastTold,
      case .trouble(let said) = last.content, case .channelHeld(let held) = said.matter
    else { return nil }
    // By the way on which he was told, if that is still there.
    let way = rules.channels.contains(last.channel) ? last.channel : office.admin?.channels.first ?? last.channel
    let listener = Listener(recipient: last.recipient, channel: way, isAdmin: true)
    return (Trouble(.channelWorks(held), isForAdmin: true), listener)
  }
}

extension TellingPlan {
  /// True when `instant` has come; else it is when to look again.
  fileprivate mutating func isTime(_ instant: Instant, now: Instant) -> Bool {
    guard instant > now else { return true }
    next = min(next ?? instant, instant)
    return false
  }
}

extension Troubles.DeadLetter {
  /// Mailboxes by their channels that this cannot be told through.
  fileprivate var failingMailboxes: Set<String> {
    let own = "\(message.recipient.address)|\(message.channel)"
    return Set([own] + told.filter { $0.fate == .dead }.map { "\($0.address)|\($0.channel)" })
  }

  fileprivate func hasTold(_ address: String) -> Bool { told.contains { $0.address == address && $0.fate != .dead } }
}

extension Telling {
  // A Message-ID has no “|”, the subjects of channels have.
  fileprivate var isOfDeadLetters: Bool { !subject.utf8.contains(UInt8(ascii: "|")) }
}

extension Message {
  fileprivate var undeliveredKind: Trouble.Undelivered.Kind {
    switch content {
    case .digest(let digest): .digest(digest.number)
    case .trouble: .trouble
    case .notices, .test: .notices
    }
  }
}
