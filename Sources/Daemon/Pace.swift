internal import Deadlines

/// How many messages may still leave: no more than so many in any sixty seconds, wherever they begin.
struct Pace: Sendable {
  /// A reload may change it; what has left counts on.
  var perMinute: Int?
  private var taken: [(at: Instant, count: Int)] = []

  init(perMinute: Int?) { self.perMinute = perMinute }

  /// Messages that may leave now; many when there is no limit.
  func room(at now: Instant) -> Int {
    guard let perMinute else { return .max }
    return max(0, perMinute - recent(at: now).reduce(0) { $0 + $1.count })
  }

  mutating func took(_ count: Int, at now: Instant) {
    guard count > 0 else { return }
    taken = recent(at: now)
    // Without a limit so many may leave that they are kept by the second; one that comes later counts them all.
    if perMinute == nil, let last = taken.last, last.at.seconds == now.seconds {
      taken[taken.count - 1] = (now, last.count + count)
    } else {
      taken.append((now, count))
    }
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
