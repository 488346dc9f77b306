public import Deadlines
internal import GRDB
internal import Messages

extension SQLiteLedger {
  public func takeBackClaims(office: String, retryAt: Instant, now: Instant) async throws -> Int {
    try await write { db in
      let claims = try db.rows(
        "SELECT id, attempts, message_id FROM outbox WHERE office = :office AND state = 'claimed'",
        ["office": office]
      )
      guard !claims.isEmpty else { return 0 }
      var record = try RecordWriter(db, office: office, now: now)
      for claim in claims {
        try Self.lost(claim, at: now).write(
          db,
          office: office,
          id: claim["id"],
          messageID: claim["message_id"],
          record: &record
        )
      }
      return try db.change(
        """
        UPDATE outbox SET
          state = 'deferred', next_attempt_at = :retry, lease_until = NULL, lease_token = NULL, last_report = :report
        WHERE office = :office AND state = 'claimed'
        """,
        ["office": office, "retry": retryAt.milliseconds, "report": JSONText.write(DeliveryReport.senderEnded)]
      )
    }
  }

  /// The attempt of a sender that ended without a word: it may have sent the message.
  static func lost(_ claim: Row, at instant: Instant) -> DeliveryAttempt {
    DeliveryAttempt(number: claim["attempts"], at: instant, report: .senderEnded)
  }

  public func renew(_ claims: [ClaimedMessage], office: String, until: Instant) async throws {
    guard !claims.isEmpty else { return }
    try await write { db in
      for claim in claims {
        try db.change(
          """
          UPDATE outbox SET lease_until = :until
          WHERE office = :office AND id = :id AND state = 'claimed' AND lease_token = :token
          """,
          ["office": office, "id": claim.id, "token": claim.leaseToken, "until": until.milliseconds]
        )
      }
    }
  }
}

extension DeliveryReport {
  fileprivate static let senderEnded = DeliveryReport(
    outcome: .unknown,
    reply: "the sender ended before it could report"
  )
}
