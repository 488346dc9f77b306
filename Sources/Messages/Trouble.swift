public import Deadlines

/// Something that keeps messages from arriving, as it stood when somebody was told of it.
public struct Trouble: Sendable, Hashable, Codable {
  public enum Matter: Sendable, Hashable, Codable {
    /// Messages that were given up.
    case undelivered([Undelivered])
    /// A channel that lets nothing out because its settings do not work.
    case channelHeld(HeldChannel)
    case channelWorks(HeldChannel)
  }

  public var matter: Matter
  /// Told to the admin, who mends it; else to somebody above the recipient, who hands the message on.
  public var isForAdmin: Bool

  public init(_ matter: Matter, isForAdmin: Bool) {
    self.matter = matter
    self.isForAdmin = isForAdmin
  }

  /// A message that was given up.
  public struct Undelivered: Sendable, Hashable, Codable {
    /// Its number in the outbox, for `nhachan outbox retry`.
    public var number: Int64
    public var messageID: String
    public var address: String
    /// Whose mailbox it is, in the office's words.
    public var name: String
    public var channel: String
    /// When it was made, and when it was given up.
    public var since: Instant
    public var until: Instant
    public var attempts: Int
    /// Which time it was given up, when a person had it tried again since the first.
    public var death: Int?
    /// The server's own words, or why there are none.
    public var reply: String
    public var kind: Kind
    public var recourse: Recourse
    public var tasks: [Task]

    public enum Kind: Sendable, Hashable, Codable {
      case notices
      case digest(Int)
      /// Itself word of a trouble.
      case trouble
    }

    /// Who has the recipient's notices now, as far as the admin need not see to it.
    public enum Recourse: Sendable, Hashable, Codable {
      /// Sent in its place by another channel.
      case channel(String)
      /// The recipient has the same notices by another of its channels.
      case otherChannel
      /// That mailbox above has word of it, in the office's words.
      case above(String)
      /// Word is on its way to that mailbox above.
      case tellingAbove(String)
      /// Nobody above can be told.
      case nobody
    }

    public init(
      number: Int64,
      messageID: String,
      address: String,
      name: String,
      channel: String,
      since: Instant,
      until: Instant,
      attempts: Int,
      death: Int? = nil,
      reply: String,
      kind: Kind,
      recourse: Recourse,
      tasks: [Task]
    ) {
      self.number = number
      self.messageID = messageID
      self.address = address
      self.name = name
      self.channel = channel
      self.since = since
      self.until = until
      self.attempts = attempts
      self.death = death
      self.reply = reply
      self.kind = kind
      self.recourse = recourse
      self.tasks = tasks
    }
  }

  /// One occurrence of which the recipient does not know.
  public struct Task: Sendable, Hashable, Codable {
    public var occurrence: String
    public var planNumber: String
    public var task: String
    public var title: String
    public var period: String
    public var unitName: String
    /// Nil for what has no date, and for continuous work, which has a period.
    public var nominal: CivilDate?
    public var state: OccurrenceState
    /// By which somebody above is told; nil for the admin, who is not told how it ends.
    public var notice: Notice?

    public init(
      occurrence: String,
      planNumber: String,
      task: String,
      title: String,
      period: String,
      unitName: String,
      nominal: CivilDate?,
      state: OccurrenceState,
      notice: Notice?
    ) {
      self.occurrence = occurrence
      self.planNumber = planNumber
      self.task = task
      self.title = title
      self.period = period
      self.unitName = unitName
      self.nominal = nominal
      self.state = state
      self.notice = notice
    }
  }

  /// A channel while it is held, or as it was.
  public struct HeldChannel: Sendable, Hashable, Codable {
    public var name: String
    public var reason: String
    public var since: Instant
    /// Messages that wait in it.
    public var waiting: Int
    /// When one message is tried again; nil when only a person's word tries it.
    public var probeAt: Instant?

    public init(name: String, reason: String, since: Instant, waiting: Int, probeAt: Instant?) {
      self.name = name
      self.reason = reason
      self.since = since
      self.waiting = waiting
      self.probeAt = probeAt
    }
  }

  var letters: [Undelivered] { if case .undelivered(let letters) = matter { letters } else { [] } }

  var notices: [Notice] { letters.flatMap(\.tasks).compactMap(\.notice) }

  /// Without the tasks that are settled, and the messages of which nothing is left; nil when nothing is left at all.
  func dropping(where isSettled: (Notice) -> Bool) -> Trouble? {
    guard case .undelivered(let letters) = matter else { return self }
    let left = letters.compactMap { letter -> Undelivered? in
      var copy = letter
      copy.tasks.removeAll { $0.notice.map(isSettled) ?? false }
      return copy.tasks.isEmpty && !letter.tasks.isEmpty ? nil : copy
    }
    return left.isEmpty ? nil : Trouble(.undelivered(left), isForAdmin: isForAdmin)
  }

  /// The same by another channel.
  func readdressed(to channel: String) -> Trouble {
    guard case .undelivered(var letters) = matter else { return self }
    for letter in letters.indices {
      for task in letters[letter].tasks.indices { letters[letter].tasks[task].notice?.channel = channel }
    }
    return Trouble(.undelivered(letters), isForAdmin: isForAdmin)
  }

  /// What a Message-ID is made of: the trouble itself, not how it stood.
  var keys: [String] {
    switch matter {
    case .undelivered(let letters): letters.map { "undelivered|\($0.messageID)\($0.death.map { "|\($0)" } ?? "")" }
    case .channelHeld(let channel): [Self.subject(held: channel.name, since: channel.since)]
    case .channelWorks(let channel): [Self.subject(works: channel.name, since: channel.since)]
    }
  }
}

// What a telling is about, in the store: a dead letter's Message-ID with the number of its death from the second on, or a
// channel's being held from that moment on.
extension Trouble {
  // A Message-ID has no blank.
  public static func subject(dead messageID: String, death: Int) -> String {
    death > 1 ? "\(messageID) #\(death)" : messageID
  }

  /// The Message-ID of the dead letter, whichever its death; a channel's subject as it is.
  public static func matter(of subject: String) -> String { String(subject.prefix { $0 != " " }) }

  static func subject(held channel: String, since: Instant) -> String { "held|\(channel)|\(since.milliseconds)" }
  static func subject(works channel: String, since: Instant) -> String { "works|\(channel)|\(since.milliseconds)" }
}
