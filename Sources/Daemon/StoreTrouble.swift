internal import Delivery
internal import Logging

/// The store cannot be written at the moment: said once to the log, to systemd and to `nhachan status`, until it is over.
final class StoreTrouble: Sendable {
  private let last = Locked<String?>(nil)
  private let lock: StoreLock?
  private let notifier: SystemdNotifier
  private let logger: Logger

  init(lock: StoreLock?, notifier: SystemdNotifier, logger: Logger) {
    self.lock = lock
    self.notifier = notifier
    self.logger = logger
  }

  func note(_ error: any Error) {
    let text = "\(error)"
    let isNews = last.withLock { last in
      defer { last = text }
      return last != text
    }
    guard isNews else { return }
    logger.error("the store cannot be used at the moment", metadata: ["error": "\(text)"])
    notifier.status("nothing is sent until the store can be written: \(text)")
    lock?.say(text)
  }

  /// Something was written.
  func isOver() {
    let wasThere = last.withLock { last in
      defer { last = nil }
      return last != nil
    }
    guard wasThere else { return }
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
