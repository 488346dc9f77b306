internal import GRDB

/// The tables, and how a file of an older version becomes one of this.
///
/// Every row belongs to an office, and every key and index begins with it. Moments are milliseconds since 1970, days
/// are `YYYY-MM-DD`, values with an inner life are JSON.
enum Migrations {
  /// “nhch” in the file's header: tells our stores from other programs' databases.
  static let applicationID = 0x6E68_6368
  /// One text per version, never changed once released.
  static let steps = [firstSchema, eventTable, droppedTexts + troubleTables + messageTable + recallTable]
  static var latest: Int { steps.count }

  /// The file's schema version, 0 when it is empty.
  static func version(of db: Database, path: String) throws -> Int {
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let isOurs = try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID
    let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
    guard isOurs || isEmpty else { throw LedgerError.notOurs(path: path) }
    guard version <= latest else { throw LedgerError.writtenByNewerVersion(found: "\(version)") }
    return version
  }

  /// Brings the file up to date, in the caller's transaction: two processes that start together do it once.
  static func run(_ db: Database) throws {
    let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard found <= latest else { throw LedgerError.writtenByNewerVersion(found: "\(found)") }
    guard found < latest else { return }
    for step in steps[found...] { try db.execute(sql: step) }
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = \(latest)")
  }

  private static let firstSchema = occurrenceTables + outboxTables + officeTables + recordTables

  private static let occurrenceTables = """
    CREATE TABLE occurrence (
      office TEXT NOT NULL,
      id TEXT NOT NULL,
      plan TEXT NOT NULL,
      task TEXT NOT NULL,
      unit TEXT NOT NULL,
      nominal TEXT,
      legal TEXT,
      content_hash TEXT NOT NULL,
      adopted_at INTEGER NOT NULL,
      vanished_at INTEGER,
      is_backfill INTEGER NOT NULL,
      was_backfill INTEGER NOT NULL DEFAULT 0,
      acknowledged_at INTEGER,
      completion TEXT,
      round INTEGER NOT NULL DEFAULT 0,
      next_step_at INTEGER,
      answered_at INTEGER,  -- until the planner has seen the answer
      snapshot TEXT NOT NULL,
      PRIMARY KEY (office, id)
    ) STRICT;
    CREATE INDEX occurrence_next_step ON occurrence (office, next_step_at, id)
      WHERE vanished_at IS NULL AND next_step_at IS NOT NULL;

    -- Given or superseded: the key is unique for ever.
    CREATE TABLE notice (
      office TEXT NOT NULL,
      key TEXT NOT NULL,
      occurrence TEXT NOT NULL,
      step TEXT NOT NULL,
      kind TEXT NOT NULL,
      recipient TEXT NOT NULL,
      channel TEXT NOT NULL,
      round INTEGER NOT NULL,
      at INTEGER NOT NULL,
      is_superseded INTEGER NOT NULL,
      message_id TEXT,  -- null when superseded
      dropped_at INTEGER,  -- settled before its message left
      PRIMARY KEY (office, key)
    ) STRICT;
    CREATE INDEX notice_occurrence ON notice (office, occurrence);
    CREATE INDEX notice_message ON notice (office, message_id) WHERE message_id IS NOT NULL;

    CREATE TABLE answer (
      id INTEGER PRIMARY KEY,
      office TEXT NOT NULL,
      occurrence TEXT NOT NULL,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      done_on TEXT,
      by TEXT NOT NULL,
      evidence TEXT,
      round INTEGER NOT NULL,
      FOREIGN KEY (office, occurrence) REFERENCES occurrence (office, id)
    ) STRICT;
    CREATE INDEX answer_occurrence ON answer (office, occurrence);

    """

  private static let outboxTables = """
    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      office TEXT NOT NULL,
      message_id TEXT NOT NULL,
      channel TEXT NOT NULL,
      recipient TEXT NOT NULL,
      kind TEXT NOT NULL,
      urgency INTEGER NOT NULL,
      day TEXT NOT NULL,
      counts_as_told INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (
        state IN ('pending', 'claimed', 'deferred', 'accepted', 'dropped', 'discarded', 'deadLetter')),
      attempts INTEGER NOT NULL DEFAULT 0,
      next_attempt_at INTEGER NOT NULL,
      lease_until INTEGER,
      lease_token TEXT,
      ready_at INTEGER GENERATED ALWAYS AS (
        CASE WHEN state IN ('pending', 'deferred') THEN next_attempt_at WHEN state = 'claimed' THEN lease_until END
      ) VIRTUAL,
      accepted_at INTEGER,
      last_report TEXT,
      given_up_because TEXT,
      message TEXT NOT NULL,
      UNIQUE (office, message_id)
    ) STRICT;
    CREATE INDEX outbox_ready ON outbox (office, channel, urgency, ready_at) WHERE ready_at IS NOT NULL;
    CREATE INDEX outbox_state ON outbox (office, state);
    CREATE INDEX outbox_told ON outbox (office, day, recipient, channel, state) WHERE counts_as_told = 1;
    CREATE INDEX outbox_accepted ON outbox (office, accepted_at) WHERE accepted_at IS NOT NULL;

    CREATE TABLE attempt (
      office TEXT NOT NULL,
      outbox INTEGER NOT NULL REFERENCES outbox (id),
      number INTEGER NOT NULL,
      at INTEGER NOT NULL,
      outcome TEXT NOT NULL,
      report TEXT NOT NULL,
      PRIMARY KEY (office, outbox, number)
    ) STRICT;

    """

  private static let officeTables = """
    CREATE TABLE digest (
      office TEXT NOT NULL,
      number INTEGER NOT NULL,
      at INTEGER NOT NULL,
      facts TEXT NOT NULL,
      PRIMARY KEY (office, number)
    ) STRICT;

    CREATE TABLE channel (
      office TEXT NOT NULL,
      name TEXT NOT NULL,
      held_because TEXT,
      held_since INTEGER,
      probe_at INTEGER,
      failed_probes INTEGER NOT NULL,
      PRIMARY KEY (office, name)
    ) STRICT;

    CREATE TABLE arming (
      office TEXT NOT NULL PRIMARY KEY,
      is_armed INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE fact (
      office TEXT NOT NULL,
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (office, name)
    ) STRICT;

    """

  private static let recordTables = """
    CREATE TABLE record (
      office TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      occurrence TEXT,
      facts TEXT NOT NULL,
      hash TEXT NOT NULL,
      message TEXT GENERATED ALWAYS AS (json_extract(facts, '$.message')) VIRTUAL,
      PRIMARY KEY (office, sequence)
    ) STRICT;
    CREATE INDEX record_occurrence ON record (office, occurrence) WHERE occurrence IS NOT NULL;
    CREATE INDEX record_message ON record (office, message) WHERE message IS NOT NULL;

    """ + appendOnlyTables.map(appendOnly).joined()

  private static let appendOnlyTables = ["record", "attempt", "answer"]

  /// The names of the triggers that keep these tables from being changed.
  static var appendOnlyTriggers: [String] {
    appendOnlyTables.flatMap { ["\($0)_is_never_changed", "\($0)_is_never_deleted"] }
  }

  /// Days of events that plans do not date.
  private static let eventTable = """
    CREATE TABLE event (
      office TEXT NOT NULL,
      task TEXT NOT NULL,
      date TEXT NOT NULL,
      by TEXT NOT NULL,
      evidence TEXT,
      at INTEGER NOT NULL,
      PRIMARY KEY (office, task)
    ) STRICT;

    """

  /// When the text of a long finished message was dropped, and the hash of what it was; the index holds those that have
  /// one still.
  private static let droppedTexts = """
    ALTER TABLE outbox ADD COLUMN text_dropped_at INTEGER;
    ALTER TABLE outbox ADD COLUMN text_hash TEXT;
    CREATE INDEX outbox_text ON outbox (office, created_at) WHERE text_dropped_at IS NULL;

    """

  /// Dead letters of which somebody has to hear, and who heard of which trouble.
  private static let troubleTables = """
    -- null for what the planner made; a fallback stands in for a dead letter, a telling says what is wrong
    ALTER TABLE outbox ADD COLUMN origin TEXT CHECK (origin IN ('fallback', 'telling'));
    ALTER TABLE channel ADD COLUMN works_since INTEGER;

    CREATE TABLE undelivered (
      office TEXT NOT NULL,
      message_id TEXT NOT NULL,
      died_at INTEGER NOT NULL,
      is_reached INTEGER NOT NULL,  -- nobody above has to hand it on
      is_open INTEGER NOT NULL,  -- somebody has still to be told
      PRIMARY KEY (office, message_id)
    ) STRICT;
    CREATE INDEX undelivered_open ON undelivered (office, died_at) WHERE is_open = 1;

    CREATE TABLE telling (
      office TEXT NOT NULL,
      subject TEXT NOT NULL,  -- the dead letter's Message-ID, or the channel's being held
      recipient TEXT NOT NULL,
      channel TEXT NOT NULL,
      message_id TEXT NOT NULL,
      PRIMARY KEY (office, subject, recipient, channel)
    ) STRICT;
    CREATE INDEX telling_message ON telling (office, message_id);

    """

  /// The messages beside the outbox: every claim and every settlement writes a row of the outbox anew, and would write
  /// kilobytes of text with it.
  private static let messageTable = """
    CREATE TABLE outbox_message (
      id INTEGER PRIMARY KEY REFERENCES outbox (id),
      message TEXT NOT NULL
    ) STRICT;
    INSERT INTO outbox_message (id, message) SELECT id, message FROM outbox;
    ALTER TABLE outbox DROP COLUMN message;
    -- Without the state, which changes twice on a message's way out, each time on another page of many.
    DROP INDEX outbox_told;
    CREATE INDEX outbox_told ON outbox (office, day, recipient, channel) WHERE counts_as_told = 1;

    """

  /// What was taken back unsent is planned anew each morning, and would never grow old without these.
  private static let recallTable = """
    ALTER TABLE outbox ADD COLUMN aged_since INTEGER;  -- null when it grows old from when it was made

    -- since when nobody could be told of an occurrence, until a message of it ends
    CREATE TABLE recalled (
      office TEXT NOT NULL,
      occurrence TEXT NOT NULL,
      recipient TEXT NOT NULL,
      channel TEXT NOT NULL,
      since INTEGER NOT NULL,
      PRIMARY KEY (office, occurrence, recipient, channel)
    ) STRICT;

    """

  private static func appendOnly(_ table: String) -> String {
    """
    CREATE TRIGGER \(table)_is_never_changed BEFORE UPDATE ON \(table)
      BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END;
    CREATE TRIGGER \(table)_is_never_deleted BEFORE DELETE ON \(table)
      BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END;

    """
  }
}
