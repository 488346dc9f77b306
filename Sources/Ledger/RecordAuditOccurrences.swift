internal import GRDB

/// What the record says of occurrences, held against their rows.
extension RecordAuditor {
  mutating func occurrences() throws {
    for query in [
      Self.strangeDates, Self.strangeBackfill, Self.strangeVanishings, Self.strangeAcknowledgements,
      Self.strangeCompletions, Self.strangeAdoptions, Self.strangeRounds,
    ] {
      try strange("occurrence", query)
    }
    try texts()
    try lost("occurrence", Self.lostOccurrences)
  }

  /// The first or last line of these kinds about the occurrence of the row.
  ///
  /// The index is named: asked for an order, SQLite would walk through the whole record for every occurrence.
  private static func line(_ order: String, of kinds: String, where condition: String = "TRUE") -> String {
    """
    record AS line ON line.office = :office AND line.sequence = (
      SELECT sequence FROM record AS said INDEXED BY record_occurrence
      WHERE said.office = :office AND said.occurrence = occurrence.id AND said.kind IN (\(kinds)) AND \(condition)
      ORDER BY sequence \(order) LIMIT 1)
    """
  }

  private static let strangeDates = """
    SELECT about, sequence, at,
      CASE
        WHEN sequence IS NULL THEN '\(nothingSaidWords)'
        WHEN unit IS NOT said_unit THEN 'unit is ' || unit || '; the record says ' || ifnull(said_unit, 'none')
        WHEN nominal IS NOT said_nominal
          THEN 'nominal is ' || ifnull(nominal, 'none') || '; the record says ' || ifnull(said_nominal, 'none')
        ELSE 'legal is ' || ifnull(legal, 'none') || '; the record says ' || ifnull(said_legal, 'none')
      END AS detail
    FROM (
      SELECT occurrence.id AS about, line.sequence, line.at, unit, nominal, legal,
        json_extract(line.facts, '$.unit') AS said_unit, json_extract(line.facts, '$.nominal') AS said_nominal,
        json_extract(line.facts, '$.legal') AS said_legal
      FROM occurrence LEFT JOIN \(line("DESC", of: "'adopted', 'returned', 'moved'"))
      WHERE occurrence.office = :office)
    WHERE sequence IS NULL OR unit IS NOT said_unit OR nominal IS NOT said_nominal OR legal IS NOT said_legal
    """

  /// Only an adoption makes backfill and only a reopening ends it; a move without the digest of the text is of the first
  /// stores, whose moves do not say.
  private static let strangeBackfill = """
    SELECT about, sequence, at,
      CASE WHEN is_backfill = 1 THEN 'is backfill; the record says otherwise'
        ELSE 'is not backfill; the record says that it is' END AS detail
    FROM (
      SELECT occurrence.id AS about, line.sequence, line.at, is_backfill,
        CASE
          WHEN line.kind IN ('adopted', 'reopened') OR json_extract(line.facts, '$.snapshot') IS NOT NULL
            THEN ifnull(json_extract(line.facts, '$.backfill'), 0)
          ELSE is_backfill
        END AS said
      FROM occurrence JOIN \(line("DESC", of: "'adopted', 'returned', 'moved', 'reopened'"))
      WHERE occurrence.office = :office)
    WHERE is_backfill <> said
    """

  /// The text from which the service works: its digest where the line has it, else the facts of the line.
  private mutating func texts() throws {
    let rows = try Row.fetchCursor(db, sql: Self.textQuery, arguments: ["office": office])
    while let row = try rows.next() {
      let digest = row["said_digest"] as String?
      if let digest, digest == RecordChain.digest(of: row["text"] as String) { continue }
      // The first stores noted no target date.
      let columns = ["unit", "nominal", "legal"] + (row["said_target"] as String? == nil ? [] : ["target"])
      let facts = columns.lazy.compactMap { Self.differing(row, $0) }.first
      let changed = digest.map { "is not the one that was adopted: its digest was \($0)" }
      if let words = facts ?? changed { add(row, "occurrence", "its text: \(words)") }
    }
  }

  private static let textQuery = """
    SELECT occurrence.id AS about, line.sequence, line.at, snapshot AS text,
      json_extract(line.facts, '$.snapshot') AS said_digest,
      \(["unit": "$.unit", "nominal": "$.due.nominal", "target": "$.due.target", "legal": "$.due.legal"]
        .map { "CASE WHEN json_valid(snapshot) THEN json_extract(snapshot, '\($1)') END AS \($0)" }
        .joined(separator: ", ")),
      \(["unit", "nominal", "target", "legal"].map { "json_extract(line.facts, '$.\($0)') AS said_\($0)" }
        .joined(separator: ", "))
    FROM occurrence JOIN \(line("DESC", of: "'adopted', 'returned', 'moved'"))
    WHERE occurrence.office = :office
    """

  private static let strangeVanishings = """
    SELECT about, sequence, at,
      CASE
        WHEN vanished_at IS NULL THEN 'is in force; the record says that it vanished'
        WHEN said IS NULL THEN 'has vanished; the record says otherwise'
        ELSE 'vanished at another time'
      END AS detail
    FROM (
      SELECT occurrence.id AS about, line.sequence, line.at, vanished_at,
        CASE line.kind WHEN 'vanished' THEN line.at END AS said
      FROM occurrence LEFT JOIN \(line("DESC", of: "'adopted', 'returned', 'moved', 'vanished'"))
      WHERE occurrence.office = :office)
    WHERE vanished_at IS NOT said
    """

  /// The first acknowledgement stands, also through moves and new rounds.
  private static let strangeAcknowledgements = """
    SELECT occurrence.id AS about, line.sequence, line.at,
      CASE
        WHEN acknowledged_at IS NULL THEN 'is not acknowledged; the record says acknowledged'
        WHEN line.at IS NULL THEN 'is acknowledged; the record says otherwise'
        ELSE 'was acknowledged at another time'
      END AS detail
    FROM occurrence LEFT JOIN \(line("ASC", of: "'acknowledged'"))
    WHERE occurrence.office = :office AND acknowledged_at IS NOT line.at
    """

  private static let strangeCompletions = """
    SELECT occurrence.id AS about, line.sequence, line.at,
      CASE WHEN completion IS NULL THEN 'is not done; the record says done' ELSE 'is done; the record says otherwise' END
        AS detail
    FROM occurrence
    LEFT JOIN \(line("DESC", of: "'done', 'reopened'", where: "json_extract(said.facts, '$.changesNothing') IS NULL"))
    WHERE occurrence.office = :office AND (
      (completion IS NOT NULL) <> (line.kind IS 'done')
      OR completion IS NOT NULL AND (
        json_extract(line.facts, '$.by') IS NOT json_extract(completion, '$.by')
        OR json_extract(line.facts, '$.on') IS NOT json_extract(completion, '$.on')
        OR json_extract(line.facts, '$.evidence') IS NOT json_extract(completion, '$.evidence')))
    """

  /// Its ladder counts from a line of its own: the adoption, or the last move to another date.
  private static let strangeAdoptions = """
    SELECT id AS about, adopted_at AS at, 'was adopted at another time' AS detail FROM occurrence AS row
    WHERE office = :office
      AND EXISTS (SELECT 1 FROM record WHERE office = :office AND occurrence = row.id AND kind = 'adopted')
      AND NOT EXISTS (
        SELECT 1 FROM record
        WHERE office = :office AND occurrence = row.id AND kind IN ('adopted', 'moved', 'returned')
          AND at = row.adopted_at)
    """

  /// The first stores name the round in answers alone: a line that names none says nothing.
  private static let strangeRounds = """
    SELECT about, sequence, at, 'round is ' || round || '; the record says ' || said AS detail
    FROM (
      SELECT occurrence.id AS about, line.sequence, line.at, round, json_extract(line.facts, '$.round') AS said
      FROM occurrence
      JOIN \(line("DESC", of: "'adopted', 'returned', 'moved', 'acknowledged', 'done', 'reopened'"))
      WHERE occurrence.office = :office)
    WHERE round <> said
    """

  private static let lostOccurrences = """
    SELECT sequence, at, occurrence AS about FROM record AS line
    WHERE office = :office AND kind = 'adopted'
      AND NOT EXISTS (SELECT 1 FROM occurrence WHERE office = :office AND id = line.occurrence)
    """
}
