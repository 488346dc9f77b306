public import Deadlines
internal import GRDB

extension SQLiteLedger {
  public func channelState(office: String, channel: String) async throws -> ChannelState {
    try await read { try ChannelState($0, office: office, channel: channel) }
  }

  public func setChannelState(_ state: ChannelState, office: String, channel: String, now: Instant) async throws {
    try await write { db in
      let before = try ChannelState(db, office: office, channel: channel)
      guard state != before else { return }
      try state.write(db, office: office, channel: channel)
      // Another probe or another reason is no news for the record.
      guard state.isHeld != before.isHeld else { return }
      var record = try RecordWriter(db, office: office, now: now)
      try record.append(
        state.isHeld ? "channelHeld" : "channelResumed",
        ["channel": .text(channel), "reason": state.heldBecause.map { .text($0) }]
      )
    }
  }

  // MARK: Arming

  public func isArmed(office: String) async throws -> Bool {
    try await read { try Self.isArmed($0, office: office) }
  }

  public func setArmed(_ armed: Bool, office: String, by: String, reason: String, now: Instant) async throws {
    try await write { db in
      let isChange = try db.change(
        """
        INSERT INTO arming (office, is_armed) VALUES (:office, :armed)
        ON CONFLICT (office) DO UPDATE SET is_armed = :armed WHERE is_armed <> :armed
        """,
        ["office": office, "armed": armed]
      )
      guard isChange == 1 else { return }
      var record = try RecordWriter(db, office: office, now: now)
      try record.append(armed ? "armed" : "held", ["by": .text(by), "reason": .text(reason)])
    }
  }

  /// A store that nobody has armed is not.
  static func isArmed(_ db: Database, office: String) throws -> Bool {
    try db.row("SELECT is_armed FROM arming WHERE office = :office", ["office": office])?["is_armed"] ?? false
  }

  // MARK: Facts and figures

  public func fact(office: String, _ name: String) async throws -> String? {
    try await read { db in
      try db.row(
        "SELECT value FROM fact WHERE office = :office AND name = :name",
        ["office": office, "name": name]
      )?["value"]
    }
  }

  public func setFact(office: String, _ name: String, _ value: String) async throws {
    try await write { try Self.setFact($0, office: office, name, value) }
  }

  static func setFact(_ db: Database, office: String, _ name: String, _ value: String) throws {
    try db.change(
      """
      INSERT INTO fact (office, name, value) VALUES (:office, :name, :value)
      ON CONFLICT (office, name) DO UPDATE SET value = :value WHERE value <> :value
      """,
      ["office": office, "name": name, "value": value]
    )
  }

  public func figures(office: String) async throws -> LedgerFigures {
    try await read { db in
      var figures = LedgerFigures()
      figures.occurrences =
        try db.row(
          "SELECT count(*) AS open FROM occurrence WHERE office = :office AND vanished_at IS NULL",
          ["office": office]
        )?["open"] ?? 0
      let states = try db.rows(
        "SELECT state, count(*) AS messages FROM outbox WHERE office = :office GROUP BY state",
        ["office": office]
      )
      for row in states { figures.add(row["messages"], in: OutboxState(rawValue: row["state"])) }
      return figures
    }
  }
}

extension LedgerFigures {
  /// What is on its way counts as pending; what was given up by hand or had nothing left to say is not counted.
  fileprivate mutating func add(_ messages: Int, in state: OutboxState?) {
    switch state {
    case .pending, .claimed: pending += messages
    case .deferred: deferred += messages
    case .deadLetter: deadLetters += messages
    case .accepted: accepted += messages
    case .dropped, .discarded, nil: break
    }
  }
}

extension ChannelState {
  /// A channel that nothing was said about works.
  init(_ db: Database, office: String, channel: String) throws {
    let row = try db.row(
      """
      SELECT held_because, held_since, probe_at, failed_probes, works_since FROM channel
      WHERE office = :office AND name = :channel
      """,
      ["office": office, "channel": channel]
    )
    self.init(
      heldBecause: row?["held_because"],
      heldSince: row?.instant("held_since"),
      probeAt: row?.instant("probe_at"),
      failedProbes: row?["failed_probes"] ?? 0,
      worksSince: row?.instant("works_since")
    )
  }

  fileprivate func write(_ db: Database, office: String, channel: String) throws {
    try db.change(
      """
      INSERT INTO channel (office, name, held_because, held_since, probe_at, failed_probes, works_since)
      VALUES (:office, :channel, :because, :since, :probe, :failed, :works)
      ON CONFLICT (office, name) DO UPDATE SET
        held_because = :because, held_since = :since, probe_at = :probe, failed_probes = :failed, works_since = :works
      """,
      [
        "office": office, "channel": channel, "because": heldBecause, "since": heldSince?.milliseconds,
        "probe": probeAt?.milliseconds, "failed": failedProbes, "works": worksSince?.milliseconds,
      ]
    )
  }
}
