import Foundation
import GRDB
import TestSupport
import Testing

@testable import Ledger

@Suite("Every earlier schema")
struct MigrationTests {
  private let folder: Folder
  private var path: String { folder.file("nhachan.sqlite") }

  init() throws { folder = try Folder() }

  /// A store as that version wrote it; where there is no dump of one, the newest dump before it, brought up by the steps
  /// that lie between: versions that never left the workshop.
  private func make(_ version: Int) throws {
    let dumped = (1...version).last { FileManager.default.fileExists(atPath: dump($0).path) }
    let oldest = try #require(dumped)
    let raw = try DatabaseQueue(path: path)
    try raw.writeWithoutTransaction { db in
      try db.execute(sql: String(contentsOf: dump(oldest), encoding: .utf8))
      for step in Migrations.steps[oldest..<version] { try db.execute(sql: step) }
      try db.execute(sql: "PRAGMA user_version = \(version)")
    }
    try raw.close()
  }

  private func dump(_ version: Int) -> URL { Tree.fixture("store/version-\(version).sql") }

  /// Every row of every table, in the columns of `tables`, or of all there are.
  private func rows(of tables: [String: [String]]? = nil) throws -> (tables: [String: [String]], rows: [String]) {
    let raw = try DatabaseQueue(path: path)
    defer { try? raw.close() }
    return try raw.read { db in
      let names = try String.fetchAll(
        db,
        sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
      )
      let columns =
        try tables ?? Dictionary(uniqueKeysWithValues: names.map { ($0, try db.columns(in: $0).map(\.name)) })
      // The messages lie in a table of their own since version 3.
      let isSplit = tables != nil && names.contains("outbox_message")
      let rows = try columns.keys.sorted().flatMap { table in
        let list = columns[table, default: []].map { "quote(\"\($0)\")" }.joined(separator: " || '|' || ")
        let source = isSplit && table == "outbox" ? "outbox JOIN outbox_message USING (id)" : "\"\(table)\""
        return try String.fetchAll(
          db,
          sql: "SELECT '\(table)|' || \(list) FROM \(source) ORDER BY \"\(table)\".rowid"
        )
      }
      return (columns, rows)
    }
  }

  @Test("is brought up to date with every row that it held", arguments: 1..<SQLiteLedger.schemaVersion)
  func keepsEverything(version: Int) async throws {
    try make(version)
    let before = try rows()
    #expect(before.rows.count > 30 && before.rows.contains { $0.hasPrefix("record|") })
    let ledger = try SQLiteLedger.open(path: path)
    #expect(try await ledger.verifyRecord(office: "camgiang").firstAltered == nil)
    #expect(try await !ledger.outbox(office: "camgiang", filter: .all, limit: 9).isEmpty)
    #expect(try await !ledger.allTracked(office: "camgiang").isEmpty)
    try ledger.close()
    #expect(try rows(of: before.tables).rows == before.rows)
  }

  @Test("ends as a new store is made, table for table", arguments: 1..<SQLiteLedger.schemaVersion)
  func sameSchema(version: Int) throws {
    try make(version)
    try SQLiteLedger.open(path: path).close()
    let fresh = folder.file("fresh")
    try SQLiteLedger.open(path: fresh).close()
    let schemas = try [path, fresh].map { file in
      let raw = try DatabaseQueue(path: file)
      defer { try? raw.close() }
      return try raw.read { db in
        try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
          .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
      }
    }
    #expect(schemas[0] == schemas[1])
  }

  @Test("stays as it was when a step of the migration fails", arguments: [1, 2])
  func undone(version: Int) async throws {
    try make(version)
    // The step that makes this index meets one of its name: all before it is undone with it.
    let raw = try DatabaseQueue(path: path)
    try await raw.write { try $0.execute(sql: "CREATE INDEX outbox_text ON outbox (office)") }
    try raw.close()
    let before = try rows()
    #expect(throws: LedgerError.self) { _ = try SQLiteLedger.open(path: path) }
    #expect(try rows().rows == before.rows && rows().tables == before.tables)
    #expect(try SQLiteLedger.schemaVersion(ofFile: path) == version)
  }
}
