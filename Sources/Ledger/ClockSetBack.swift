public import Deadlines
internal import GRDB

extension SQLiteLedger {
  public func noticeClockSetBack(office: String, now: Instant) async throws -> Instant? {
    // A look beside the writer first: a clock that goes on as it should costs no write transaction.
    guard try await read({ try RecordEnd($0, office: office).isAhead(of: now) }) else { return nil }
    return try await write { try RecordWriter($0, office: office, now: now).setBackFrom }
  }
}

/// Undoes what would wait for a time that a clock showed too early.
///
/// Nothing that was noted is rewritten: the clock may have been right before and be wrong now.
struct ClockCorrection {
  let db: Database
  let office: String
  let now: Instant

  func run() throws {
    try lookAgain()
    try retryNow()
    try probeSoon()
    try forgetWhoWasTold()
  }

  /// Steps that were given, passed over or not yet begun by a later clock are decided anew.
  private func lookAgain() throws {
    try db.change(
      """
      UPDATE occurrence SET next_step_at = :now
      WHERE office = :office AND vanished_at IS NULL
        AND (adopted_at > :now OR json_extract(completion, '$.recordedAt') > :now
          OR id IN (SELECT occurrence FROM notice WHERE office = :office AND at > :now))
      """,
      ["office": office, "now": now.milliseconds]
    )
  }

  /// A wait counts from the attempt before it; one that was made later than now says nothing about now.
  private func retryNow() throws {
    try db.change(
      """
      UPDATE outbox SET next_attempt_at = :now
      WHERE office = :office AND state IN ('pending', 'deferred') AND next_attempt_at > :now
        AND ifnull(
          (SELECT max(at) FROM attempt WHERE attempt.office = outbox.office AND attempt.outbox = outbox.id), created_at
        ) > :now
      """,
      ["office": office, "now": now.milliseconds]
    )
  }

  /// No channel waits longer than an hour between two probes.
  private func probeSoon() throws {
    try db.change(
      "UPDATE channel SET probe_at = :soon WHERE office = :office AND probe_at > :soon",
      ["office": office, "soon": now.adding(seconds: 3600).milliseconds]
    )
  }

  /// Messages made up to here at times yet to come tell nothing about who is told on those days.
  private func forgetWhoWasTold() throws {
    let newest = try db.row("SELECT ifnull(max(id), 0) AS id FROM outbox", [])?["id"] as Int64?
    try SQLiteLedger.setFact(db, office: office, "clockSetBackAt", "\(now.milliseconds)")
    try SQLiteLedger.setFact(db, office: office, "clockSetBackNewest", "\(newest ?? 0)")
  }
}
