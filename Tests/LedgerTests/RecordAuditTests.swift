import Deadlines
import Ledger
import Messages
import Testing

@Suite("The other tables against the record")
struct RecordAuditTests {
  /// A store in which everything has happened that leaves rows.
  private func written(_ folder: Folder) async throws {
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    try await ledger.adopt([occurrence("a"), occurrence("b"), occurrence("c")])
    try await ledger.arm()
    try await ledger.put([message([notice("a"), notice("b")]), message(notice("c"))])
    let claims = try await ledger.take()
    let claim = try #require(claims.first)
    try await ledger.settle(claim, .again(at: start), .deferred, at: start)
    try await ledger.settle(try #require(claims.last), .deadLetter(reason: "550"), .rejected)
    try await ledger.settle(try #require(try await ledger.take().first), .accepted, .accepted)
    let plan = OutboxPlan(superseded: [notice("a", step: "-5wd")])
    _ = try await ledger.enqueue(plan, office: office, now: start)
    try await ledger.say(.done(on: today), ["P/1/once/a"])
    try await ledger.say(.acknowledged, ["P/1/once/b"])
    var digest = digest(1)
    digest.record = try await ledger.recordMark(office: office)
    _ = try await ledger.enqueue(OutboxPlan(digest: digest), office: office, now: start)
    for event in ["P/2", "P/3", "P/4"] {
      try await ledger.setEvent(EventDay(task: event, date: today, by: "Lan"), office: office, now: start)
    }
    _ = try await ledger.unsetEvent(task: "P/4", office: office, by: "Lan", now: start)
    try ledger.close()
  }

  private func audit(_ folder: Folder) async throws -> RecordAudit {
    let ledger = try SQLiteLedger.openForVerifying(path: folder.file("s"))
    defer { try? ledger.close() }
    #expect(try await ledger.verifyRecord(office: office).fault == nil)
    return try await ledger.auditRecord(office: office)
  }

  @Test("agree when nobody has touched them")
  func agree() async throws {
    let folder = try Folder()
    try await written(folder)
    let audit = try await audit(folder)
    #expect(audit.disagreements == 0 && audit.compared == 10, "\(audit)")
  }

  @Test(
    "disagree, row by row, when somebody has",
    arguments: [
      (
        "UPDATE outbox_message SET message = replace(message, 'Báo cáo', 'Tờ trình') WHERE id = 1", "outbox 1", .altered
      ),
      ("UPDATE outbox SET recipient = 'x@cg.example' WHERE id = 2", "outbox 2", .altered),
      ("UPDATE outbox SET state = 'accepted' WHERE id = 2", "outbox 2", .altered),
      ("UPDATE outbox SET state = 'deadLetter', accepted_at = NULL WHERE id = 1", "outbox 1", .altered),
      ("UPDATE outbox SET accepted_at = accepted_at - 86400000 WHERE id = 1", "outbox 1", .altered),
      ("UPDATE attempt SET outcome = 'accepted' WHERE outbox = 2", "attempt 1 of outbox 2", .altered),
      ("UPDATE attempt SET at = at - 1 WHERE outbox = 1 AND number = 2", "attempt 2 of outbox 1", .altered),
      (
        "UPDATE attempt SET report = replace(report, '2.0.0', '2.1.5') WHERE outbox = 1 AND number = 1",
        "attempt 1 of outbox 1", .altered
      ),
      ("DELETE FROM attempt WHERE outbox = 1 AND number = 1", "attempt", .missing),
      ("DELETE FROM outbox_message WHERE id = 2", "outbox 2", .altered),
      (
        "DELETE FROM attempt WHERE outbox = 2; DELETE FROM outbox_message WHERE id = 2; DELETE FROM outbox WHERE id = 2",
        "outbox", .missing
      ),
      (
        "INSERT INTO attempt SELECT office, outbox, 3, at, outcome, report FROM attempt WHERE number = 2",
        "attempt 3 of outbox 1", .inserted
      ),
      ("UPDATE answer SET by = 'Lan'", "answer 1", .altered),
      ("UPDATE answer SET done_on = '2026-01-01'", "answer 1", .altered),
      ("DELETE FROM answer", "answer", .missing),
      (
        "INSERT INTO answer (office, occurrence, at, kind, by, round) VALUES ('cg', 'P/1/once/b', 1, 'done', 'x', 0)",
        "answer 3", .inserted
      ),
      ("DELETE FROM notice WHERE occurrence = 'P/1/once/b'", "notice", .missing),
      (
        "UPDATE notice SET step = '-9wd', key = 'P/1/once/b|-9wd|x' WHERE occurrence = 'P/1/once/b'", "notice",
        .inserted
      ),
      ("UPDATE notice SET key = 'x' WHERE is_superseded = 1", "notice", .inserted),
      (
        "UPDATE occurrence SET completion = json_set(completion, '$.on', '2026-01-01') WHERE completion IS NOT NULL",
        "occurrence", .altered
      ),
      ("UPDATE occurrence SET completion = NULL", "occurrence", .altered),
      ("UPDATE occurrence SET nominal = '2027-01-01' WHERE id = 'P/1/once/b'", "occurrence", .altered),
      ("UPDATE occurrence SET unit = 'kt' WHERE id = 'P/1/once/b'", "occurrence", .altered),
      ("UPDATE occurrence SET legal = NULL WHERE id = 'P/1/once/b'", "occurrence", .altered),
      ("UPDATE occurrence SET vanished_at = 1 WHERE id = 'P/1/once/c'", "occurrence", .altered),
      ("UPDATE occurrence SET acknowledged_at = NULL", "occurrence", .altered),
      ("UPDATE occurrence SET acknowledged_at = acknowledged_at - 1", "occurrence", .altered),
      ("UPDATE occurrence SET acknowledged_at = 1 WHERE id = 'P/1/once/c'", "occurrence", .altered),
      ("DELETE FROM occurrence WHERE id = 'P/1/once/c'", "occurrence", .missing),
      ("UPDATE occurrence SET id = 'P/1/once/x' WHERE id = 'P/1/once/c'", "occurrence", .inserted),
      ("UPDATE digest SET facts = json_set(facts, '$.record.hash', 'abc')", "digest 1", .altered),
      (
        "UPDATE occurrence SET snapshot = replace(snapshot, 'Báo cáo', 'Tờ trình') WHERE id = 'P/1/once/b'",
        "occurrence", .altered
      ),
      ("UPDATE occurrence SET snapshot = '' WHERE id = 'P/1/once/b'", "occurrence", .altered),
      ("UPDATE occurrence SET is_backfill = 1 WHERE id = 'P/1/once/b'", "occurrence", .altered),
      ("UPDATE event SET date = '2026-01-01' WHERE task = 'P/2'", "event", .altered),
      ("UPDATE event SET by = 'Hùng' WHERE task = 'P/2'", "event", .altered),
      ("UPDATE event SET evidence = '1/TB' WHERE task = 'P/2'", "event", .altered),
      ("UPDATE event SET at = at - 1 WHERE task = 'P/2'", "event", .altered),
      ("DELETE FROM event WHERE task = 'P/3'", "event", .missing),
      ("UPDATE occurrence SET adopted_at = adopted_at - 1 WHERE id = 'P/1/once/b'", "occurrence", .altered),
      ("UPDATE occurrence SET round = 1 WHERE id = 'P/1/once/c'", "occurrence", .altered),
      ("UPDATE occurrence SET round = 1 WHERE id = 'P/1/once/b'", "occurrence", .altered),
      ("UPDATE outbox SET state = 'dropped' WHERE id = 2", "outbox 2", .altered),
      ("UPDATE outbox SET state = 'discarded' WHERE id = 2", "outbox 2", .altered),
      ("UPDATE outbox SET state = 'pending' WHERE id = 2", "outbox 2", .altered),
      ("UPDATE notice SET step = '-9wd' WHERE occurrence = 'P/1/once/b'", "notice", .altered),
      ("UPDATE notice SET recipient = 'x@cg.example' WHERE is_superseded = 1", "notice", .altered),
      ("UPDATE notice SET round = 1 WHERE occurrence = 'P/1/once/b'", "notice", .altered),
      ("DROP TABLE event", "event", .missing),
      ("INSERT INTO event VALUES ('cg', 'P/9', '2026-01-01', 'x', NULL, 1)", "event", .inserted),
      ("INSERT INTO event VALUES ('cg', 'P/4', '2026-01-01', 'x', NULL, 1)", "event", .altered),
    ] as [(String, String, RecordFault.Kind)]
  )
  func disagree(tampering: String, row: String, kind: RecordFault.Kind) async throws {
    let folder = try Folder()
    try await written(folder)
    try await tamper(folder.file("s"), tampering)
    let findings = try await audit(folder).findings.filter { !$0.row.hasPrefix("trigger") }
    #expect(findings.contains { $0.row == row && $0.kind == kind && !$0.about.isEmpty }, "\(findings)")
  }

  @Test("say so when the guard against changes was taken away")
  func guards() async throws {
    let folder = try Folder()
    try await written(folder)
    try await tamper(folder.file("s"), "SELECT 1")
    #expect(try await audit(folder).findings.map(\.row).filter { $0.hasPrefix("trigger") }.count == 6)
  }

  @Test("what was taken back before it left is missing rightly")
  func recalled() async throws {
    let folder = try Folder()
    try await written(folder)
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    try await ledger.put([message(notice("b", step: "-1wd"))])
    #expect(try await ledger.recallUnsent(office: office, notOf: day("2026-11-17"), now: start) == 1)
    try ledger.close()
    #expect(try await audit(folder).disagreements == 0)
  }

  /// Given up, tried again, and discarded while it is on its way once more.
  private func retried(_ folder: Folder) async throws {
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    try await ledger.adopt([occurrence("a"), occurrence("b")])
    try await ledger.arm()
    try await ledger.put([message(notice("a")), message(notice("b"))])
    for claim in try await ledger.take() { try await ledger.settle(claim, .deadLetter(reason: "550"), .rejected) }
    for id in [1, 2] as [Int64] { #expect(try await ledger.retry(office: office, id: id, now: start)) }
    let claims = try await ledger.take()
    #expect(try await ledger.discard(office: office, id: claims[0].id, by: "Lan", now: start))
    // Its sender is on the way with it still.
    #expect(try await ledger.retry(office: office, id: claims[0].id, now: start))
    for claim in claims { try await ledger.settle(claim, .again(at: start), .deferred) }
    try ledger.close()
  }

  @Test("what was tried again may not be given up or discarded by hand")
  func givenUpByHand() async throws {
    for state in ["deadLetter", "dropped", "discarded"] {
      let folder = try Folder()
      try await retried(folder)
      #expect(try await audit(folder).disagreements == 0)
      try await tamper(folder.file("s"), "UPDATE outbox SET state = '\(state)' WHERE id = 2")
      let findings = try await audit(folder).findings.filter { $0.row == "outbox 2" }
      #expect(findings.map(\.detail) == ["is \(state); the record does not say so"], "\(findings)")
    }
  }

  @Test("an occurrence that was moved to another date has the round of its last line")
  func rounds() async throws {
    for round in 0...3 {
      let other = try Folder()
      try await lived(other)
      let ledger = try SQLiteLedger.openForVerifying(path: other.file("s"))
      let now = try await ledger.progress("P/1/once/b")?.round
      try ledger.close()
      guard round != now else { continue }
      try await tamper(other.file("s"), "UPDATE occurrence SET round = \(round) WHERE id = 'P/1/once/b'")
      let findings = try await audit(other).findings.filter { $0.row == "occurrence" }
      #expect(findings.map(\.about) == ["P/1/once/b"], "\(findings)")
    }
  }

  /// Both dates moved, one erased, gone, come back, gone again, answered twice and taken back.
  private func lived(_ folder: Folder) async throws {
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    let undated = try occurrence("c", due: nil)
    try await ledger.adopt([occurrence("a"), occurrence("b"), undated, occurrence("d")])
    try await ledger.say(.acknowledged, ["P/1/once/a", "P/1/once/b"], at: start.adding(seconds: 60))
    try await ledger.say(.done(on: today), ["P/1/once/a"], at: start.adding(seconds: 120))
    try await ledger.say(.done(on: today), ["P/1/once/a"], at: start.adding(seconds: 180))
    try await ledger.say(.acknowledged, ["P/1/once/a"], at: start.adding(seconds: 240))
    try await ledger.say(.reopened, ["P/1/once/a"], at: start.adding(seconds: 300))
    try await ledger.adopt(
      [occurrence("a", due: "2026-12-14"), occurrence("b", due: nil), occurrence("c", due: "2026-12-21")],
      at: start.adding(seconds: 360)
    )
    try await ledger.adopt([occurrence("a"), occurrence("b"), occurrence("d")], at: start.adding(seconds: 420))
    try ledger.close()
  }

  @Test("agree with moves, dates set and taken away, what vanished and came back, and answers taken back")
  func lives() async throws {
    let folder = try Folder()
    try await lived(folder)
    let audit = try await audit(folder)
    #expect(audit.disagreements == 0, "\(audit)")
    for change in ["vanished_at = NULL WHERE id", "vanished_at = vanished_at - 1 WHERE id"] {
      let other = try Folder()
      try await lived(other)
      try await tamper(other.file("s"), "UPDATE occurrence SET \(change) = 'P/1/once/c'")
      let findings = try await self.audit(other).findings.filter { $0.row == "occurrence" }
      #expect(findings.map(\.about) == ["P/1/once/c"], "\(findings)")
    }
  }

  @Test("a digest that was taken out is missing, whether it was sent or only another one follows it")
  func lostDigests() async throws {
    let folder = try Folder()
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    for number in 1...3 {
      let messages = number == 2 ? [] : [digestMessage(number, id: "d\(number)@nhachan")]
      _ = try await ledger.enqueue(OutboxPlan(messages: messages, digest: digest(number)), office: office, now: start)
    }
    try ledger.close()
    #expect(try await audit(folder).disagreements == 0)
    try await tamper(folder.file("s"), "DELETE FROM digest WHERE number > 1")
    #expect(try await missingDigests(folder) == ["digest 3"])
    let other = try Folder()
    try await lostSecondDigest(other)
    #expect(try await missingDigests(other) == ["digest 2"])
  }

  private func lostSecondDigest(_ folder: Folder) async throws {
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    for number in 1...3 {
      _ = try await ledger.enqueue(OutboxPlan(digest: digest(number)), office: office, now: start)
    }
    try await ledger.setEvent(EventDay(task: "P/2", date: today, by: "Lan"), office: office, now: start)
    try ledger.close()
    try await tamper(folder.file("s"), "DELETE FROM digest WHERE number = 2")
  }

  private func missingDigests(_ folder: Folder) async throws -> [String] {
    try await audit(folder).findings.filter { $0.row == "digest" && $0.kind == .missing }.map(\.about)
  }

  @Test("an adoption of earlier days, whose line has no digest of the text, still vouches for the working dates")
  func olderLines() async throws {
    let folder = try Folder()
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    try await ledger.adopt([occurrence("a"), occurrence("b", due: "2026-11-02")])
    try ledger.close()
    try await forgetDigests(folder.file("s"))
    #expect(try await audit(folder).findings.allSatisfy { $0.row.hasPrefix("trigger") })
    try await tamper(
      folder.file("s"),
      "UPDATE occurrence SET snapshot = json_set(snapshot, '$.due.target', '2026-12-14') WHERE id = 'P/1/once/a'"
    )
    let findings = try await audit(folder).findings.filter { $0.row == "occurrence" }
    #expect(findings.map(\.about) == ["P/1/once/a"], "\(findings)")
    #expect(findings.first?.detail.contains("2026-12-14") == true)
  }

  /// Writes the record as a store of earlier days would have: its lines chained without the digests of the texts.
  private func forgetDigests(_ path: String) async throws {
    let ledger = try SQLiteLedger.openForVerifying(path: path)
    let entries = try await ledger.record(office: office, occurrence: nil, limit: .max)
    try ledger.close()
    var hash = RecordChain.genesis
    var sql = ""
    for entry in entries {
      let facts = entry.facts.replacing(#/,"snapshot":"[0-9a-f]{64}"/#, with: "")
      let line = RecordChain.line(
        sequence: entry.sequence,
        at: entry.at,
        kind: entry.kind,
        occurrence: entry.occurrence,
        facts: facts
      )
      hash = RecordChain.hash(after: hash, lineDigest: RecordChain.digest(of: line))
      sql += "UPDATE record SET facts = '\(facts)', hash = '\(hash)' WHERE sequence = \(entry.sequence);"
    }
    try await tamper(path, sql)
  }

  @Test("an occurrence that somebody made backfill, or made none, disagrees also after a move and a reopening")
  func backfill() async throws {
    for change in ["1 WHERE id = 'P/1/once/open'", "1 WHERE id = 'P/1/once/moved'", "0 WHERE id = 'P/1/once/past'"] {
      let folder = try Folder()
      let ledger = try SQLiteLedger.open(path: folder.file("s"))
      try await ledger.adopt(["past", "open", "moved"].map { try occurrence($0, due: "2026-11-02") })
      try await ledger.say(.reopened, ["P/1/once/open"])
      try await ledger.adopt([
        occurrence("past", due: "2026-11-02", title: "Tờ trình"), occurrence("open", due: "2026-11-02"),
        occurrence("moved"),
      ])
      try ledger.close()
      #expect(try await audit(folder).disagreements == 0)
      try await tamper(folder.file("s"), "UPDATE occurrence SET is_backfill = \(change)")
      let findings = try await audit(folder).findings.filter { $0.row == "occurrence" }
      #expect(findings.count == 1 && findings.allSatisfy { $0.detail.contains("backfill") }, "\(change): \(findings)")
    }
  }
}
