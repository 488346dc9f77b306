public import Deadlines
internal import GRDB

extension SQLiteLedger {
  public func setEvent(_ event: EventDay, office: String, now: Instant) async throws {
    try await write { db in
      let before = try Self.events(db, office: office).first { $0.task == event.task }
      try db.change(
        """
        INSERT INTO event (office, task, date, by, evidence, at) VALUES (:office, :task, :date, :by, :evidence, :at)
        ON CONFLICT (office, task) DO UPDATE SET date = :date, by = :by, evidence = :evidence, at = :at
        """,
        [
          "office": office, "task": event.task, "date": event.date.description, "by": event.by,
          "evidence": event.evidence, "at": now.milliseconds,
        ]
      )
      var record = try RecordWriter(db, office: office, now: now)
      try record.append(
        "eventSet",
        [
          "task": .text(event.task), "date": .text("\(event.date)"), "by": .text(event.by),
          "evidence": event.evidence.map { .text($0) }, "dateBefore": before.map { .text("\($0.date)") },
        ]
      )
    }
  }

  public func unsetEvent(task: String, office: String, by: String, now: Instant) async throws -> Bool {
    try await write { db in
      guard let before = try Self.events(db, office: office).first(where: { $0.task == task }) else { return false }
      try db.change("DELETE FROM event WHERE office = :office AND task = :task", ["office": office, "task": task])
      var record = try RecordWriter(db, office: office, now: now)
      try record.append(
        "eventUnset",
        ["task": .text(task), "by": .text(by), "dateBefore": .text("\(before.date)")]
      )
      return true
    }
  }

  public func events(office: String) async throws -> [EventDay] {
    try await read { try Self.events($0, office: office) }
  }

  private static func events(_ db: Database, office: String) throws -> [EventDay] {
    let rows = try db.rows(
      "SELECT task, date, by, evidence FROM event WHERE office = :office ORDER BY task",
      ["office": office]
    )
    return try rows.map(EventDay.init(row:))
  }
}

extension EventDay {
  fileprivate init(row: Row) throws {
    let text: String = row["date"]
    guard let date = CivilDate(text) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "no such day of an event: \(text)")
    }
    self.init(task: row["task"], date: date, by: row["by"], evidence: row["evidence"])
  }
}
