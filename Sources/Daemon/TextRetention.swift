internal import Configuration
internal import Deadlines
internal import Delivery
internal import Ledger
internal import Logging

extension Daemon {
  private static let batch = 100
  private static let batchesPerLook = 20

  /// Drops old texts, unless messages are held: a clock that is years ahead holds them, and would make every text old.
  ///
  /// A failure is logged and keeps nothing else back.
  /// - Returns: When to go on; nil when nothing is left.
  func dropTextsIfArmed(_ isArmed: Bool, now: Instant) async -> Instant? {
    guard isArmed else { return nil }
    do {
      return try await dropTexts(now: now) ? now.adding(seconds: 1) : nil
    } catch {
      logger.error("old texts cannot be dropped; tried again later", metadata: ["error": "\(error)"])
      return now.adding(seconds: Self.pauseAfterFailure)
    }
  }

  private static let pauseAfterFailure: Int64 = 900

  /// Drops the texts of messages that ended longer ago than the office keeps them, a few short transactions at a look.
  /// - Returns: True when more are left for the next look.
  func dropTexts(now: Instant) async throws -> Bool {
    let configuration = current.withLock { $0.configuration }
    let end = now.adding(seconds: -configuration.settings.keepTextsFor)
    var dropped = 0
    var isMore = true
    while isMore && dropped < Self.batch * Self.batchesPerLook {
      let count = try await ledger.dropTexts(
        office: configuration.office.id,
        endedBefore: end,
        limit: Self.batch,
        now: now
      )
      dropped += count
      isMore = count == Self.batch
    }
    if dropped > 0 { logger.notice("texts of old messages dropped", metadata: ["count": "\(dropped)"]) }
    return isMore
  }
}
