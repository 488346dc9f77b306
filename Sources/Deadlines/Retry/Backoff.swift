/// When a message that was not accepted is tried again.
public struct Backoff: Sendable, Hashable, Codable {
  /// Seconds before the second attempt.
  public var firstDelay: Int64
  /// Seconds; no wait of ours is longer, whatever the jitter.
  public var longestDelay: Int64
  /// Seconds after creation at which a message is given up.
  public var longestAge: Int64

  private static let longestRetryAfter: Int64 = 86_400

  /// 2 minutes, doubling to 4 hours, for 5 days: RFC 5321 section 4.5.4.1 asks for 4 to 5 days.
  public static let standard = Backoff(firstDelay: 120, longestDelay: 4 * 3600, longestAge: 5 * 86_400)

  public init(firstDelay: Int64, longestDelay: Int64, longestAge: Int64) {
    self.firstDelay = max(1, firstDelay)
    self.longestDelay = max(self.firstDelay, longestDelay)
    self.longestAge = max(1, longestAge)
  }

  /// The wait before the next delivery attempt, in seconds.
  ///
  /// Doubles from `firstDelay` up to `longestDelay`, then shrinks by up to a tenth so that messages that failed
  /// together do not return together. A longer `retryAfter` of the server is honoured
  /// up to a day: an absurd one would use up the message's life.
  /// - Parameters:
  ///   - attempt: The attempt that just failed, counted from 1.
  ///   - age: Seconds since the message was created.
  ///   - retryAfter: Seconds the server asked for, if it did.
  ///   - jitter: A number in 0..<1, drawn by the caller.
  /// - Returns: The wait, or nil when the message becomes a dead letter.
  public func delay(afterAttempt attempt: Int, age: Int64, retryAfter: Int64? = nil, jitter: Double) -> Int64? {
    guard age < longestAge else { return nil }
    let doublings = min(max(attempt - 1, 0), 40)
    let full = min(Double(firstDelay) * Double(UInt64(1) << UInt64(doublings)), Double(longestDelay))
    let shrunk = Int64(full * (1 - min(max(jitter, 0), 1) / 10))
    let wait = max(1, shrunk, min(retryAfter ?? 0, Self.longestRetryAfter))
    // One last attempt at the very end of the message's life instead of one after it.
    return min(wait, longestAge - age)
  }
}
