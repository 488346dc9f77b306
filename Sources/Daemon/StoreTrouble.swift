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
final class StoreTrouble: Sendable {
  private let last = Locked<String?>(nil)
  private let errors = Locked(RepeatedErrors())
  private let lock: StoreLock?
  private let notifier: SystemdNotifier
  private let logger: Logger

  init(lock: StoreLock?, notifier: SystemdNotifier, logger: Logger) {
    self.lock = lock
    self.notifier = notifier
    self.logger = logger
  }

  /// `sentence` says for the log what could not be done.
  func note(_ error: any Error, _ sentence: String, now: Instant) {
    let text = "\(error)"
    log(sentence, text, now: now)
    log("the store cannot be used at the moment", text, now: now)
    let isNews = last.withLock { last in
      defer { last = text }
      return last != text
    }
    guard isNews else { return }
    notifier.status("nothing is sent until the store can be written: \(text)")
    lock?.say(text)
  }

  private func log(_ sentence: String, _ text: String, now: Instant) {
    guard errors.withLock({ $0.isNews("\(sentence): \(text)", now: now) }) else { return }
    logger.error("\(sentence)", metadata: ["error": "\(text)"])
  }

  /// Something was written.
  func isOver() {
    last.withLock { $0 = nil }
    guard errors.withLock({ $0.forget() }) else { return }
    logger.notice("the store can be written again")
    notifier.status("watching")
    lock?.say("")
  }
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
