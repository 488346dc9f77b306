import Deadlines

/// Whether a relay is worth trying.
///
/// One that failed rests, longer each time; then one mail tries it. Times are seconds of the monotonic clock.
struct RelayHealth: Sendable {
  /// The latest failure, nil while the relay works.
  private(set) var fault: DeliveryReport?
  private(set) var restsUntil = -Double.infinity
  private var rest = 0.0
  private var isOnTrial = false

  /// A mail asks whether it may try this relay; after a rest only one may, until it has told how it went.
  mutating func admits(at now: Double) -> Bool {
    guard fault != nil else { return true }
    guard now >= restsUntil, !isOnTrial else { return false }
    isOnTrial = true
    return true
  }

  mutating func worked() { self = RelayHealth() }

  /// - Parameters:
  ///   - report: What went wrong.
  ///   - now: When it was known.
  ///   - rests: The shortest and the longest rest.
  mutating func failed(_ report: DeliveryReport, at now: Double, rests: ClosedRange<Double>) {
    fault = report
    isOnTrial = false
    // Mails that were on their way together fail together, and count once.
    guard now >= restsUntil else { return }
    rest = min(max(rests.lowerBound, rest * 2), rests.upperBound)
    restsUntil = now + rest
  }

  /// The mail that tried the relay was cut off before it could tell.
  mutating func learntNothing() { isOnTrial = false }
}
