public import Deadlines
internal import GRDB

/// What the other tables say, held against the record: a row that was changed, taken out or put in behind the back of
/// the service does not agree with the line that was written in the same transaction.
public struct RecordAudit: Sendable, Hashable, Codable {
  /// Rows that were held against a line.
  public var compared = 0
  /// How many do not agree.
  public var disagreements = 0
  /// The first of them.
  public var findings: [Finding] = []

  /// So many are named, the others counted.
  static let mostFindings = 100

  public struct Finding: Sendable, Hashable, Codable {
    public var kind: RecordFault.Kind
    /// The table and, where it has one, the row's number, as `outbox 12`.
    public var row: String
    /// The line of the record that says otherwise, where there is one.
    public var sequence: Int64?
    public var at: Instant?
    /// A Message-ID with its recipient, an occurrence, a digest.
    public var about: String
    public var detail: String
  }

  mutating func add(_ finding: Finding) {
    disagreements += 1
    if findings.count < Self.mostFindings { findings.append(finding) }
  }
}

extension SQLiteLedger {
  /// Holds outbox, attempts, answers, notices, occurrences, days of events and digests against the record.
  public func auditRecord(office: String) async throws -> RecordAudit {
    try await read { db in
      var auditor = RecordAuditor(db: db, office: office)
      try auditor.run()
      return auditor.audit
    }
  }

  /// The offices that have a record in this store.
  public func recordedOffices() async throws -> [String] {
    try await read { try $0.rows("SELECT DISTINCT office FROM record ORDER BY office", []).map { $0["office"] } }
  }
}

struct RecordAuditor {
  let db: Database
  let office: String
  var audit = RecordAudit()

  mutating func run() throws {
    try guards()
    try messages()
    try lost(
      "outbox",
      """
      SELECT sequence, at, message || ' to ' || json_extract(facts, '$.recipient') AS about FROM record AS line
      WHERE office = :office AND kind = 'planned'
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE office = :office AND message_id = line.message)
      """
    )
    try attempts()
    try lost("attempt", Self.lostAttempts)
    try answers()
    try lost("answer", Self.lostAnswers)
    try strange("notice", Self.strangeNotices)
    try strange("notice", Self.strangeKeys)
    try lost("notice", Self.lostNotices)
    try occurrences()
    // A backup of an earlier version knows no days of events, and has no lines of any.
    let knowsEvents = try db.tableExists("event")
    if knowsEvents { try events() }
    try lost("event", knowsEvents ? Self.lostEvents : Self.setEvents)
    try digests()
    try lost("digest", Self.lostDigests)
    try strange("digest", Self.skippedDigests, as: .missing)
  }

  /// Somebody who wants to change what may only grow takes these away first.
  private mutating func guards() throws {
    let there = Set(
      try db.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'", []).map { $0["name"] as String }
    )
    for name in Migrations.appendOnlyTriggers where !there.contains(name) {
      audit.add(
        RecordAudit.Finding(
          kind: .missing,
          row: "trigger \(name)",
          sequence: nil,
          at: nil,
          about: "the store",
          detail: "the guard against changes was taken away"
        )
      )
    }
  }

  // MARK: Messages

  private mutating func messages() throws {
    let rows = try Row.fetchCursor(db, sql: messageQuery(), arguments: ["office": office])
    while let row = try rows.next() {
      audit.compared += 1
      if let detail = try disagreement(ofMessage: row) { add(row, "outbox \(row["id"] as Int64)", detail) }
    }
  }

  private func messageQuery() throws -> String {
    // A backup of an earlier version can be checked too: there the text lay in the outbox itself.
    let text =
      try db.tableExists("outbox_message")
      ? "(SELECT message FROM outbox_message WHERE outbox_message.id = outbox.id)" : "outbox.message"
    return """
      SELECT
        outbox.id, outbox.message_id || ' to ' || outbox.recipient AS about, \(text) AS message, outbox.recipient,
        outbox.channel, outbox.state, outbox.accepted_at, line.sequence, line.at,
        json_extract(line.facts, '$.recipient') AS said_recipient, json_extract(line.facts, '$.channel') AS said_channel,
        json_extract(line.facts, '$.stored') AS said_digest,
        (SELECT json_extract(facts, '$.sha256') FROM record
          WHERE office = :office AND message = outbox.message_id AND kind = 'textDropped' LIMIT 1) AS dropped_digest,
        (SELECT json_extract(facts, '$.at') FROM record
          WHERE office = :office AND message = outbox.message_id AND kind = 'accepted' LIMIT 1) AS said_accepted,
        \(Self.ends.map { "\(Self.place(of: $1)) AS said_\($0)" }.joined(separator: ", ")),
        \(Self.place(of: Self.ended)) AS said_ended,
        \(Self.place(of: "kind = 'retried'")) AS said_retried
      FROM outbox
      LEFT JOIN record AS line ON line.office = :office AND line.message = outbox.message_id AND line.kind = 'planned'
      WHERE outbox.office = :office ORDER BY outbox.id
      """
  }

  /// By states in which nothing more is tried: the lines that say so.
  ///
  /// A line about one of the message's obligations says nothing about the message.
  private static let ends = [
    OutboxState.dropped.rawValue: "kind = 'dropped' AND occurrence IS NULL",
    OutboxState.discarded.rawValue: "kind IN ('discarded', 'recalled')",
    OutboxState.deadLetter.rawValue: "kind = 'deadLetter'",
  ]

  private static let ended = "kind IN ('recalled', 'deadLetter') OR kind = 'dropped' AND occurrence IS NULL"

  /// The number of the last such line about the message of the row.
  private static func place(of condition: String) -> String {
    """
    (SELECT max(sequence) FROM record INDEXED BY record_message
      WHERE office = :office AND message = outbox.message_id AND (\(condition)))
    """
  }

  /// Nil when the row is what the record says.
  private func disagreement(ofMessage row: Row) throws -> String? {
    guard row["sequence"] as Int64? != nil else { return nothingSaid }
    if let words = Self.differing(row, "recipient") ?? Self.differing(row, "channel") { return words }
    // A text that is no longer kept was held against its digest when it was dropped.
    let found = row["dropped_digest"] as String? ?? RecordChain.digest(of: row["message"] as String? ?? "")
    if let digest = row["said_digest"] as String?, digest != found {
      return "the stored message is not the one that was planned: its digest was \(digest)"
    }
    let state: String = row["state"]
    let accepted: Int64? = row["said_accepted"]
    if (state == OutboxState.accepted.rawValue) != (accepted != nil) {
      return accepted == nil
        ? "is accepted; the record knows of no acceptance" : "is \(state); the record says accepted"
    }
    guard accepted == row["accepted_at"] as Int64? else { return "was accepted at another time" }
    return disagreement(ofEnd: state, row)
  }

  /// What was given up or taken back is so by a line behind the last one that had it tried again.
  ///
  /// One that was discarded on its way may be taken up by its own sender, of which no line speaks.
  private func disagreement(ofEnd state: String, _ row: Row) -> String? {
    let retried = row["said_retried"] as Int64? ?? 0
    if Self.ends[state] != nil {
      return row["said_\(state)"] as Int64? ?? 0 > retried ? nil : "is \(state); the record does not say so"
    }
    guard state != OutboxState.accepted.rawValue, row["said_ended"] as Int64? ?? 0 > retried else { return nil }
    return "is \(state); the record says that it was given up or taken back"
  }

  // MARK: Attempts

  private mutating func attempts() throws {
    let rows = try Row.fetchCursor(db, sql: Self.attemptQuery, arguments: ["office": office])
    while let row = try rows.next() {
      audit.compared += 1
      let words: String? =
        row["sequence"] as Int64? == nil
        ? nothingSaid : ["outcome", "at", "code", "reply"].lazy.compactMap { Self.differing(row, $0) }.first
      if let words { add(row, "attempt \(row["number"] as Int64) of outbox \(row["outbox"] as Int64)", words) }
    }
  }

  /// The words for how an attempt ended, as the lines of the record name it.
  private static let outcomes =
    "(" + DeliveryOutcome.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ") + ")"

  private static let attemptQuery = """
    SELECT
      attempt.outbox, attempt.number, outbox.message_id || ' to ' || outbox.recipient AS about, line.sequence,
      attempt.outcome, line.kind AS said_outcome, attempt.at, json_extract(line.facts, '$.at') AS said_at,
      json_extract(attempt.report, '$.replyCode') AS code, json_extract(line.facts, '$.replyCode') AS said_code,
      ifnull(json_extract(attempt.report, '$.reply'), '') AS reply,
      ifnull(json_extract(line.facts, '$.reply'), '') AS said_reply
    FROM attempt
    JOIN outbox ON outbox.id = attempt.outbox
    LEFT JOIN record AS line ON line.office = :office AND line.message = outbox.message_id AND line.kind IN \(outcomes)
      AND json_extract(line.facts, '$.attempt') = attempt.number
    WHERE attempt.office = :office ORDER BY attempt.outbox, attempt.number
    """

  private static let lostAttempts = """
    SELECT sequence, at, kind || ': ' || message AS about FROM record AS line
    WHERE office = :office AND kind IN \(outcomes) AND NOT EXISTS (
      SELECT 1 FROM outbox JOIN attempt ON attempt.office = :office AND attempt.outbox = outbox.id
      WHERE outbox.office = :office AND outbox.message_id = line.message
        AND attempt.number = json_extract(line.facts, '$.attempt'))
    """

  // MARK: Answers

  private mutating func answers() throws {
    let rows = try Row.fetchCursor(db, sql: Self.answerQuery, arguments: ["office": office])
    while let row = try rows.next() {
      audit.compared += 1
      let words: String? =
        row["sequence"] as Int64? == nil
        ? nothingSaid : ["by", "evidence", "day", "round"].lazy.compactMap { Self.differing(row, $0) }.first
      if let words { add(row, "answer \(row["id"] as Int64)", words) }
    }
  }

  /// Answers and their lines, those of one occurrence, kind and moment paired in the order of writing.
  private static let answerPairs = """
    WITH
      given AS (
        SELECT id, occurrence, kind, at, by, evidence, done_on, round,
          row_number() OVER (PARTITION BY occurrence, kind, at ORDER BY id) AS place
        FROM answer WHERE office = :office),
      line AS (
        SELECT sequence, occurrence, kind, at, facts,
          row_number() OVER (PARTITION BY occurrence, kind, at ORDER BY sequence) AS place
        FROM record WHERE office = :office AND kind IN ('acknowledged', 'done', 'reopened'))
    """

  private static let answerQuery = """
    \(answerPairs)
    SELECT
      given.id, given.kind || ': ' || given.occurrence AS about, line.sequence, given.at,
      given.by, json_extract(line.facts, '$.by') AS said_by,
      given.evidence, json_extract(line.facts, '$.evidence') AS said_evidence,
      given.done_on AS day, json_extract(line.facts, '$.on') AS said_day,
      given.round, json_extract(line.facts, '$.round') AS said_round
    FROM given LEFT JOIN line USING (occurrence, kind, at, place)
    ORDER BY given.id
    """

  private static let lostAnswers = """
    \(answerPairs)
    SELECT line.sequence, line.at, line.kind || ': ' || line.occurrence AS about
    FROM line LEFT JOIN given USING (occurrence, kind, at, place)
    WHERE given.id IS NULL ORDER BY line.sequence
    """

  // MARK: Notices

  private static let strangeNotices = """
    SELECT key AS about, at, '\(nothingSaidWords)' AS detail FROM notice
    WHERE office = :office AND is_superseded = 0 AND NOT EXISTS (
      SELECT 1 FROM record, json_each(record.facts, '$.notices') AS told
      WHERE record.office = :office AND record.message = notice.message_id AND record.kind = 'planned'
        AND told.value = notice.key)
    UNION ALL
    SELECT key, at, '\(nothingSaidWords)' FROM notice
    WHERE office = :office AND is_superseded = 1 AND NOT EXISTS (
      SELECT 1 FROM record
      WHERE record.office = :office AND record.occurrence = notice.occurrence AND record.kind = 'superseded'
        AND json_extract(record.facts, '$.notice') = notice.key)
    """

  /// A notice is given once because its key is unique, so the key is made of what the row says.
  private static let strangeKeys = """
    SELECT key AS about, at, 'its key is not that of its columns' AS detail FROM notice
    WHERE office = :office
      AND key <> occurrence || '|' || step || '|' || recipient || '|' || channel
        || CASE round WHEN 0 THEN '' ELSE '|' || round END
    """

  /// What a recall took back is there no more, and rightly.
  private static let lostNotices = """
    SELECT line.sequence, line.at, told.value AS about FROM record AS line, json_each(line.facts, '$.notices') AS told
    WHERE line.office = :office AND line.kind = 'planned'
      AND NOT EXISTS (
        SELECT 1 FROM notice WHERE office = :office AND key = told.value AND message_id = line.message)
      AND NOT EXISTS (
        SELECT 1 FROM record WHERE office = :office AND message = line.message AND kind = 'recalled')
    """

  // MARK: Days of events

  private mutating func events() throws {
    let rows = try Row.fetchCursor(db, sql: Self.eventQuery, arguments: ["office": office])
    while let row = try rows.next() {
      audit.compared += 1
      let words: String? =
        switch row["kind"] as String? {
        case nil: nothingSaid
        case "eventUnset": "is set; the record says that it was unset"
        default: ["date", "by", "evidence", "at"].lazy.compactMap { Self.differing(row, $0) }.first
        }
      if let words { add(row, "event", words) }
    }
  }

  /// The last line about the event of each task.
  private static let eventLines = """
    WITH line AS (
      SELECT sequence, at, kind, facts, json_extract(facts, '$.task') AS task,
        row_number() OVER (PARTITION BY json_extract(facts, '$.task') ORDER BY sequence DESC) AS place
      FROM record WHERE office = :office AND kind IN ('eventSet', 'eventUnset'))
    """

  private static let eventQuery = """
    \(eventLines)
    SELECT event.task AS about, line.sequence, line.kind, event.at, line.at AS said_at,
      event.date, json_extract(line.facts, '$.date') AS said_date,
      event.by, json_extract(line.facts, '$.by') AS said_by,
      event.evidence, json_extract(line.facts, '$.evidence') AS said_evidence
    FROM event LEFT JOIN line ON line.task = event.task AND line.place = 1
    WHERE event.office = :office ORDER BY event.task
    """

  private static let lostEvents = """
    \(eventLines)
    SELECT sequence, at, task AS about FROM line
    WHERE place = 1 AND kind = 'eventSet'
      AND NOT EXISTS (SELECT 1 FROM event WHERE office = :office AND task = line.task)
    ORDER BY sequence
    """

  /// As many as the record knows, where the table is gone.
  private static let setEvents = """
    \(eventLines)
    SELECT sequence, at, task AS about FROM line WHERE place = 1 AND kind = 'eventSet' ORDER BY sequence
    """

  // MARK: Digests

  /// The heads that digests have printed are heads of this record.
  private mutating func digests() throws {
    let rows = try Row.fetchCursor(db, sql: Self.digestQuery, arguments: ["office": office])
    while let row = try rows.next() {
      audit.compared += 1
      let printed: String = row["printed"]
      guard (row["hash"] as String?)?.hasPrefix(printed) != true else { continue }
      add(row, "digest \(row["number"] as Int64)", "printed the head \(printed), which is not in this record")
    }
  }

  private static let digestQuery = """
    SELECT digest.number, digest.at, 'digest ' || digest.number AS about, line.sequence, line.hash,
      json_extract(digest.facts, '$.record.hash') AS printed
    FROM digest
    LEFT JOIN record AS line
      ON line.office = :office AND line.sequence = json_extract(digest.facts, '$.record.entries')
    WHERE digest.office = :office AND printed IS NOT NULL AND json_extract(digest.facts, '$.record.entries') > 0
    ORDER BY digest.number
    """

  /// Digests that were put into the outbox.
  private static let lostDigests = """
    SELECT min(sequence) AS sequence, min(at) AS at, 'digest ' || json_extract(facts, '$.digest') AS about
    FROM record AS line
    WHERE office = :office AND kind = 'planned' AND json_extract(facts, '$.digest') IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM digest WHERE office = :office AND number = json_extract(line.facts, '$.digest'))
    GROUP BY json_extract(facts, '$.digest') ORDER BY 1
    """

  /// Digests are numbered without a gap, also those that nobody was there to get.
  private static let skippedDigests = """
    SELECT 'digest ' || (number - 1) AS about, at, 'digest ' || number || ' is there, the one before it is not' AS detail
    FROM digest
    WHERE office = :office AND number > 1
      AND NOT EXISTS (SELECT 1 FROM digest AS last WHERE last.office = :office AND last.number = digest.number - 1)
      AND number - 1 NOT IN (
        SELECT json_extract(facts, '$.digest') FROM record
        WHERE office = :office AND kind = 'planned' AND json_extract(facts, '$.digest') IS NOT NULL)
    ORDER BY number
    """

  // MARK: Findings

  static let nothingSaidWords = "the record knows nothing of it"
  private var nothingSaid: String { Self.nothingSaidWords }

  /// Lines whose row is gone.
  mutating func lost(_ table: String, _ sql: String) throws {
    let lines = try Row.fetchCursor(db, sql: sql, arguments: ["office": office])
    while let line = try lines.next() {
      audit.add(
        RecordAudit.Finding(
          kind: .missing,
          row: table,
          sequence: line["sequence"],
          at: line.instant("at"),
          about: line["about"],
          detail: "the record has it, the table has not"
        )
      )
    }
  }

  /// Rows of which no line speaks, or that a line contradicts.
  mutating func strange(_ table: String, _ sql: String, as kind: RecordFault.Kind? = nil) throws {
    let rows = try Row.fetchCursor(db, sql: sql, arguments: ["office": office])
    while let row = try rows.next() { add(row, table, row["detail"], as: kind) }
  }

  mutating func add(_ row: Row, _ name: String, _ detail: String, as kind: RecordFault.Kind? = nil) {
    audit.add(
      RecordAudit.Finding(
        kind: kind ?? (detail == nothingSaid ? .inserted : .altered),
        row: name,
        sequence: row.hasColumn("sequence") ? row["sequence"] : nil,
        at: row.instant("at"),
        about: row["about"],
        detail: detail
      )
    )
  }

  /// Words for a column that is not what the line says; nil when it is.
  static func differing(_ row: Row, _ column: String) -> String? {
    let (found, said) = (row[column] as DatabaseValue, row["said_\(column)"] as DatabaseValue)
    return found == said ? nil : "\(column) is \(found); the record says \(said)"
  }
}
