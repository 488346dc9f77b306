internal import Deadlines
internal import Delivery
internal import Logging

/// Errors that come back at every retry: each is said when it is news, and once an hour while it lasts.
///
/// A full disk lasts for days, and a log that grows with every retry makes it fuller.
struct RepeatedErrors {
  /// Seconds.
  static let rest: Int64 = 3600
  private var saidAt: [String: Instant] = [:]

  /// Whether to say it now; several that take turns are each said once.
  mutating func isNews(_ text: String, now: Instant) -> Bool {
    if let before = saidAt[text], (0..<Self.rest).contains(now.seconds - before.seconds) { return false }
    saidAt[text] = now
    return true
  }

  /// Whether there was any; all are news again.
  mutating func forget() -> Bool {
    defer { saidAt = [:] }
    return !saidAt.isEmpty
  }
}

/// The store cannot be written at the moment: said to the log, to systemd and to `nhachan status`, until it is over.
///
/// Each who tries has its own errors: that one of them could write something says nothing about the others.
final class StoreTrouble: Sendable {
  enum Source: Sendable, Hashable {
    case planner
    case reload
    /// By the channel's name.
    case dispatcher(String)
  }

  private struct Lasting {
    var errors = RepeatedErrors()
    var text: String
    var at: Instant
  }

  private struct State {
    var sources: [Source: Lasting] = [:]
    var errors = RepeatedErrors()
    /// What systemd and `nhachan status` were told; nil when nothing is wrong.
    var said: String?
  }

  private let state = Locked(State())
  private let lock: StoreLock?
  private let notifier: SystemdNotifier
  private let logger: Logger
  /// Seconds: who tries every half minute and has noted nothing for so long fails no more.
  private static let silence: Int64 = 120

  init(lock: StoreLock?, notifier: SystemdNotifier, logger: Logger) {
    self.lock = lock
    self.notifier = notifier
    self.logger = logger
  }

  func of(_ source: Source) -> SourceTrouble { SourceTrouble(trouble: self, source: source) }

  /// `sentence` says for the log what could not be done; true when nothing was wrong with it before.
  @discardableResult
  func note(_ error: any Error, _ sentence: String, of source: Source, now: Instant) -> Bool {
    let text = "\(error)"
    let (isFirst, sentences) = state.withLock { state in
      let isFirst = state.sources[source] == nil
      var lasting = state.sources[source] ?? Lasting(text: text, at: now)
      (lasting.text, lasting.at) = (text, now)
      var sentences: [String] = []
      if lasting.errors.isNews("\(sentence): \(text)", now: now) { sentences.append(sentence) }
      if state.errors.isNews(text, now: now) { sentences.append("the store cannot be used at the moment") }
      state.sources[source] = lasting
      return (isFirst, sentences)
    }
    for sentence in sentences { logger.error("\(sentence)", metadata: ["error": "\(text)"]) }
    say(text)
    return isFirst
  }

  private func say(_ text: String) {
    let isNews = state.withLock { state in
      defer { state.said = text }
      return state.said != text
    }
    guard isNews else { return }
    notifier.status("nothing is sent until the store can be written: \(text)")
    lock?.say(text)
  }

  /// That source could write something.
  func isOver(of source: Source) {
    let isLast = state.withLock { state in
      state.sources[source] = nil
      guard state.sources.isEmpty, state.said != nil else { return false }
      state = State()
      return true
    }
    if isLast {
      logger.notice("the store can be written again")
      notifier.status("watching")
      lock?.say("")
    } else if let other = state.withLock({ $0.sources.values.first?.text }) {
      say(other)
    }
  }

  /// Whether anybody's trouble lasts but the planner's; that of dispatchers is over which have been silent, or whose
  /// channel is none of these.
  func lastsBesidesPlanner(channels: [Channel], now: Instant) -> Bool {
    state.withLock { state in
      state.sources = state.sources.filter { source, lasting in
        guard case .dispatcher(let channel) = source else { return true }
        return channels.contains { $0.name == channel }
          && (0..<Self.silence).contains(now.seconds - lasting.at.seconds)
      }
      return state.sources.keys.contains { $0 != .planner }
    }
  }
}

/// The store's trouble as one of those sees it who try.
struct SourceTrouble: Sendable {
  fileprivate let trouble: StoreTrouble
  fileprivate let source: StoreTrouble.Source
  /// Called when it begins.
  var onFirst: @Sendable () -> Void = {}

  func note(_ error: any Error, _ sentence: String, now: Instant) {
    if trouble.note(error, sentence, of: source, now: now) { onFirst() }
  }

  func isOver() { trouble.isOver(of: source) }
}

/// How long to wait before the store is tried again: soon at first, then every half minute.
struct RetryPause: Sendable {
  private var seconds: Int64 = 0

  /// Seconds; each one twice as long as the one before, up to 30.
  mutating func next() -> Int64 {
    seconds = min(30, max(1, seconds * 2))
    return seconds
  }

  mutating func reset() { seconds = 0 }
}
