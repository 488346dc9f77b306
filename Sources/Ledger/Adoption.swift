public import Deadlines
internal import GRDB

extension SQLiteLedger {
  public func adopt(
    _ occurrences: [Occurrence],
    office: String,
    today: CivilDate,
    now: Instant,
    schedule: any StepClock
  ) async throws -> Adoption {
    let snapshots = try occurrences.map(Snapshot.init)
    // Most adoptions find nothing new: they are seen by a reader and do not wait for the writer.
    if try await read({ try Difference(snapshots, office: office, $0).isEmpty }) { return Adoption() }
    return try await write { db in
      let difference = try Difference(snapshots, office: office, db)
      guard !difference.isEmpty else { return Adoption() }
      var writer = try AdoptionWriter(db, office: office, today: today, now: now, schedule: schedule)
      try writer.write(difference)
      var adoption = difference.adoption
      adoption.backfill = writer.backfill
      return adoption
    }
  }

  public func difference(_ occurrences: [Occurrence], office: String) async throws -> Adoption {
    let snapshots = try occurrences.map(Snapshot.init)
    return try await read { try Difference(snapshots, office: office, $0).adoption }
  }

  public func replan(office: String, schedule: any StepClock) async throws -> Int {
    try await write { db in
      try Self.allTracked(db, office: office).reduce(0) { changed, tracked in
        changed
          + (try db.change(
            """
            UPDATE occurrence SET next_step_at = :next
            WHERE office = :office AND id = :id AND next_step_at IS NOT :next
            """,
            [
              "office": office, "id": tracked.occurrence.id,
              "next": schedule.nextStep(for: tracked)?.milliseconds,
            ]
          ))
      }
    }
  }
}

/// An occurrence with the hash that shows whether it changed.
///
/// Without its text, which is written once more where it is stored: a first adoption holds a million of these at once.
struct Snapshot: Sendable {
  var occurrence: Occurrence
  /// Of what was given, so that the same plan is no change the next time.
  let hash: String
  /// SHA-256 of the text that is stored, as the record has it.
  private(set) var digest: String

  init(_ occurrence: Occurrence) throws {
    self.occurrence = occurrence
    hash = RecordChain.digest(of: try JSONText.write(occurrence))
    digest = hash
  }

  func text() throws -> String { try JSONText.write(occurrence) }

  /// The same as the one that carries the task's assignment.
  func carryingAssignment() throws -> Snapshot {
    var carrying = self
    carrying.occurrence.carriesAssignment = true
    carrying.digest = RecordChain.digest(of: try carrying.text())
    return carrying
  }
}

/// What is given held against what is kept.
struct Difference: Sendable {
  /// Never seen before.
  var new: [Snapshot] = []
  /// Vanished once, given again.
  var returned: [Snapshot] = []
  var moved: [Snapshot] = []
  var vanished: [String] = []

  var isEmpty: Bool { new.isEmpty && returned.isEmpty && moved.isEmpty && vanished.isEmpty }

  var adoption: Adoption {
    var adoption = Adoption()
    adoption.appeared = (new + returned).map(\.occurrence.id)
    adoption.moved = moved.map(\.occurrence.id)
    adoption.vanished = vanished
    return adoption
  }

  /// Of several occurrences with one id the first counts.
  init(_ given: [Snapshot], office: String, _ db: Database) throws {
    var kept = try Self.kept(db, office: office)
    var seen: Set<String> = []
    for snapshot in given where seen.insert(snapshot.occurrence.id).inserted {
      let known = kept.removeValue(forKey: snapshot.occurrence.id)
      switch known {
      case nil: new.append(snapshot)
      case .some(let known) where known.hasVanished: returned.append(snapshot)
      case .some(let known) where known.hash != snapshot.hash: moved.append(snapshot)
      case .some: break
      }
    }
    vanished = kept.filter { !$0.value.hasVanished }.keys.sorted()
  }

  private struct Kept {
    var hash: String
    var hasVanished: Bool
  }

  private static func kept(_ db: Database, office: String) throws -> [String: Kept] {
    let statement = try db.cachedStatement(
      sql: "SELECT id, content_hash, vanished_at IS NOT NULL FROM occurrence WHERE office = ?"
    )
    var kept: [String: Kept] = [:]
    let rows = try Row.fetchCursor(statement, arguments: [office])
    while let row = try rows.next() { kept[row[0]] = Kept(hash: row[1], hasVanished: row[2]) }
    return kept
  }
}

/// Writes a difference: rows, next steps and record.
struct AdoptionWriter {
  private let db: Database
  private let office: String
  private let today: CivilDate
  private let now: Instant
  private let schedule: any StepClock
  private var record: RecordWriter
  private(set) var backfill: [String] = []

  init(_ db: Database, office: String, today: CivilDate, now: Instant, schedule: any StepClock) throws {
    self.db = db
    self.office = office
    self.today = today
    self.now = now
    self.schedule = schedule
    record = try RecordWriter(db, office: office, now: now)
  }

  mutating func write(_ difference: Difference) throws {
    for snapshot in try assigning(difference.new) { try insert(snapshot) }
    try replace(difference.returned, as: "returned")
    try replace(difference.moved, as: "moved")
    for id in difference.vanished { try vanish(id) }
  }

  /// A task that is first seen when its first period is past is assigned by the first period that is not.
  private func assigning(_ snapshots: [Snapshot]) throws -> [Snapshot] {
    func key(_ snapshot: Snapshot) -> String { "\(snapshot.occurrence.taskKey)/\(snapshot.occurrence.unit)" }
    var waiting = Set(
      snapshots.filter { $0.occurrence.carriesAssignment && $0.occurrence.isPast(on: today) }.map(key)
    )
    guard !waiting.isEmpty else { return snapshots }
    var assigned = snapshots
    let byDate = assigned.indices.sorted {
      (assigned[$0].occurrence.due?.nominal ?? .last) < (assigned[$1].occurrence.due?.nominal ?? .last)
    }
    for index in byDate where !assigned[index].occurrence.isPast(on: today) {
      guard waiting.remove(key(assigned[index])) != nil else { continue }
      assigned[index] = try assigned[index].carryingAssignment()
    }
    return assigned
  }

  private mutating func insert(_ snapshot: Snapshot) throws {
    let occurrence = snapshot.occurrence
    let progress = Progress(adoptedAt: now, isBackfill: occurrence.isPast(on: today))
    if progress.isBackfill { backfill.append(occurrence.id) }
    try db.change(
      """
      INSERT INTO occurrence (
        office, id, plan, task, unit, nominal, legal, content_hash, adopted_at, is_backfill, next_step_at, snapshot)
      VALUES (
        :office, :id, :plan, :task, :unit, :nominal, :legal, :hash, :now, :backfill, :next, :snapshot)
      """,
      try columns(snapshot, next: schedule.nextStep(for: TrackedOccurrence(occurrence, progress)))
        + ["now": now.milliseconds, "backfill": progress.isBackfill]
    )
    try record.append("adopted", occurrence: occurrence.id, Self.facts(snapshot, progress))
  }

  /// Takes over another content and keeps what has happened.
  private mutating func replace(_ snapshots: [Snapshot], as kind: String) throws {
    let before = try SQLiteLedger.tracked(db, office: office, ids: snapshots.map(\.occurrence.id))
    for snapshot in snapshots {
      guard let old = before[snapshot.occurrence.id] else { continue }
      let progress = progress(of: old, movedTo: snapshot.occurrence)
      let next = schedule.nextStep(for: TrackedOccurrence(snapshot.occurrence, progress))
      try update(snapshot, progress, next: next)
      try record.append(
        kind,
        occurrence: snapshot.occurrence.id,
        Self.facts(snapshot, progress).merging(Self.changes(from: old.occurrence, to: snapshot.occurrence)) { $1 }
      )
    }
  }

  /// What has happened stays; another nominal date begins a new round, told of and reminded of anew.
  private func progress(of old: TrackedOccurrence, movedTo new: Occurrence) -> Progress {
    var progress = old.progress
    guard old.occurrence.due?.nominal != new.due?.nominal, progress.completion == nil else { return progress }
    progress.isBackfill = progress.isBackfill && new.isPast(on: today)
    progress.round += 1
    progress.adoptedAt = now
    return progress
  }

  private func update(_ snapshot: Snapshot, _ progress: Progress, next: Instant?) throws {
    try db.change(
      """
      UPDATE occurrence SET
        plan = :plan, task = :task, unit = :unit, nominal = :nominal, legal = :legal, content_hash = :hash,
        vanished_at = NULL, next_step_at = :next, snapshot = :snapshot, adopted_at = :adopted, round = :round,
        is_backfill = :backfill
      WHERE office = :office AND id = :id
      """,
      try columns(snapshot, next: next) + [
        "adopted": progress.adoptedAt.milliseconds, "round": progress.round, "backfill": progress.isBackfill,
      ]
    )
  }

  private func columns(_ snapshot: Snapshot, next: Instant?) throws -> StatementArguments {
    let occurrence = snapshot.occurrence
    return [
      "office": office, "id": occurrence.id, "plan": occurrence.plan.id, "task": occurrence.task,
      "unit": occurrence.unit, "nominal": occurrence.due?.nominal.description,
      "legal": occurrence.due?.legal.description, "hash": snapshot.hash, "next": next?.milliseconds,
      "snapshot": try snapshot.text(),
    ]
  }

  private mutating func vanish(_ id: String) throws {
    try db.change(
      "UPDATE occurrence SET vanished_at = :now WHERE office = :office AND id = :id",
      ["office": office, "id": id, "now": now.milliseconds]
    )
    try record.append("vanished", occurrence: id)
  }

  /// A line with the digest of the text says of everything that the row holds of the plan.
  private static func facts(_ snapshot: Snapshot, _ progress: Progress) -> [String: Fact?] {
    let occurrence = snapshot.occurrence
    return [
      "unit": .text(occurrence.unit),
      "nominal": occurrence.due.map { .text($0.nominal.description) },
      "target": occurrence.due.map { .text($0.target.description) },
      "legal": occurrence.due.map { .text($0.legal.description) },
      "backfill": progress.isBackfill ? true : nil,
      "round": .number(Int64(progress.round)),
      "snapshot": .text(snapshot.digest),
    ]
  }

  /// The old value of what is named in the record and has changed.
  private static func changes(from old: Occurrence, to new: Occurrence) -> [String: Fact?] {
    var changes: [String: Fact?] = [:]
    if old.unit != new.unit { changes["unitBefore"] = .text(old.unit) }
    if old.due?.nominal != new.due?.nominal {
      changes["nominalBefore"] = .text(old.due?.nominal.description ?? "undated")
    }
    if old.due?.legal != new.due?.legal { changes["legalBefore"] = .text(old.due?.legal.description ?? "undated") }
    return changes
  }
}
