public import Deadlines
internal import GRDB

extension SQLiteLedger {
  public func answer(
    _ answer: Answer,
    office: String,
    occurrences: [String],
    now: Instant,
    schedule: any StepClock
  ) async throws -> [TrackedOccurrence] {
    try await write { db in
      let known = try Self.tracked(db, office: office, ids: occurrences)
      let unknown = occurrences.filter { known[$0] == nil }
      guard unknown.isEmpty else { throw LedgerError.unknownOccurrence(unknown) }
      var writer = AnswerWriter(
        db: db,
        office: office,
        answer: answer,
        now: now,
        schedule: schedule,
        record: try RecordWriter(db, office: office, now: now)
      )
      var seen: Set<String> = []
      return try occurrences.filter { seen.insert($0).inserted }.compactMap { known[$0] }.map { try writer.write($0) }
    }
  }
}

/// Writes one answer for each of its occurrences.
private struct AnswerWriter {
  let db: Database
  let office: String
  let answer: Answer
  let now: Instant
  let schedule: any StepClock
  var record: RecordWriter

  mutating func write(_ tracked: TrackedOccurrence) throws -> TrackedOccurrence {
    var after = tracked
    after.progress.take(answer, now: now)
    try update(after)
    try append(after)
    try record.append(
      answer.word,
      occurrence: tracked.occurrence.id,
      [
        "by": .text(answer.by), "evidence": answer.evidence.map { .text($0) }, "on": answer.day.map { .text("\($0)") },
        "round": .number(Int64(after.progress.round)),
        "changesNothing": after.progress == tracked.progress ? .flag(true) : nil,
      ]
    )
    return after
  }

  private func update(_ tracked: TrackedOccurrence) throws {
    let progress = tracked.progress
    try db.change(
      """
      UPDATE occurrence SET
        is_backfill = :backfill, was_backfill = :wasBackfill, acknowledged_at = :acknowledged, completion = :completion, round = :round,
        next_step_at = :next, answered_at = :now
      WHERE office = :office AND id = :id
      """,
      [
        "office": office, "id": tracked.occurrence.id, "backfill": progress.isBackfill,
        "wasBackfill": progress.wasBackfill,
        "acknowledged": progress.acknowledgedAt?.milliseconds, "completion": progress.completion.map(JSONText.write),
        "round": progress.round, "next": schedule.nextStep(for: tracked)?.milliseconds, "now": now.milliseconds,
      ]
    )
  }

  private func append(_ tracked: TrackedOccurrence) throws {
    try db.change(
      """
      INSERT INTO answer (office, occurrence, at, kind, done_on, by, evidence, round)
      VALUES (:office, :occurrence, :at, :kind, :on, :by, :evidence, :round)
      """,
      [
        "office": office, "occurrence": tracked.occurrence.id, "at": now.milliseconds, "kind": answer.word,
        "on": answer.day?.description, "by": answer.by, "evidence": answer.evidence, "round": tracked.progress.round,
      ]
    )
  }
}

extension Progress {
  /// What an answer changes; the first acknowledgement and the first completion of a round stand.
  fileprivate mutating func take(_ answer: Answer, now: Instant) {
    switch answer.kind {
    case .acknowledged:
      acknowledgedAt = acknowledgedAt ?? now
    case .done(let day):
      completion = completion ?? Completion(on: day, recordedAt: now, by: answer.by, evidence: answer.evidence)
    case .reopened:
      if completion != nil { round += 1 }
      completion = nil
      if isBackfill { wasBackfill = true }
      isBackfill = false
    }
  }
}

extension Answer {
  fileprivate var word: String {
    switch kind {
    case .acknowledged: "acknowledged"
    case .done: "done"
    case .reopened: "reopened"
    }
  }

  fileprivate var day: CivilDate? { if case .done(let day) = kind { day } else { nil } }
}
