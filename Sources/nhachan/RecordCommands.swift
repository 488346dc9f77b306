import ArgumentParser
import Configuration
import Deadlines
import Foundation
import Ledger

/// `record`: the proof.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "The record of everything that happened: check it, and prove with it.",
    subcommands: [RecordVerify.self, RecordExportCommand.self]
  )
}

/// `record verify`: whether the record is what was written.
struct RecordVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Name the first line of the record that was altered, is missing or was put in.",
    discussion: """
      Walks the hash chain of the store, or of the backup FILE, from its first line to its last, and holds messages, \
      attempts, answers, notices, occurrences, days of events and digests against it. The service may run meanwhile; nothing is changed.

      A chain cannot show by itself that its end was cut off or that all of it was written anew. Give the number of \
      lines and the mark at the foot of a printed digest:
        nhachan record verify --entries 1234 --head 3f9a-12cd-77e0-b41c

      FILE may also be an exported file: then its signature FILE.sig, its lines and its page are checked, by --key with \
      the office's public key, as got from the office some other way.

      Exit status: 0 all holds, 1 it does not, 2 the call is wrong, 3 the store or file cannot be read.
      """
  )

  @Argument(help: "A store, a backup of one, or an exported file (default: the service's store).")
  var file: String?
  @Option(help: "A hash or mark noted elsewhere, as at the foot of a printed digest: the record must contain it.")
  var head: String?
  @Option(help: "How many lines the record had then.")
  var entries: Int?
  @Option(help: "The office's public key (PEM), for an exported file.")
  var key: String?
  @Flag(help: "Check an exported file without its signature: whether it agrees with itself.")
  var unsigned = false
  @OptionGroup var place: PlaceOptions

  func validate() throws {
    if let head, RecordMark.digits(of: head) == nil {
      throw ValidationError("--head is 8 to 64 hexadecimal digits, as the digest prints them: 3f9a-12cd-77e0-b41c")
    }
    if entries != nil && head == nil { throw ValidationError("--entries goes with --head") }
    if let entries, entries < 1 { throw ValidationError("--entries is at least 1") }
  }

  func run() async throws {
    if let file, try ExportedFile.isOne(file) {
      return try ExportedFile(file, key: key, isUnsigned: unsigned, noted: noted).verify(json: place.json)
    }
    if key != nil || unsigned {
      throw Failure.usage("--key and --unsigned are for an exported file — \(file ?? "the service's store") is a store")
    }
    let (ledger, zone) = try open()
    defer { try? ledger.close() }
    var reports: [RecordReport] = []
    for office in try await ledger.recordedOffices() { reports.append(try await report(office, ledger, zone)) }
    guard !reports.isEmpty else { throw Failure.no("there is no line in this record") }
    // A head belongs to one of the offices that share the store.
    let isHeadFound = head == nil || reports.contains { $0.noted != nil }
    if place.json {
      try printJSON(RecordReports(holds: isHeadFound && reports.allSatisfy(\.holds), offices: reports))
    } else {
      print(reports.map { $0.text(head: head, zone: zone) }.joined(separator: "\n"))
    }
    guard isHeadFound, reports.allSatisfy(\.holds) else { throw Failure.no("the record does not hold") }
  }

  private var noted: RecordMark? {
    head.flatMap(RecordMark.digits).map { RecordMark(entries: entries ?? 0, hash: $0) }
  }

  /// The store to look at; a backup can be checked where there is no configuration.
  private func open() throws -> (SQLiteLedger, OfficeZone) {
    guard let file else {
      let configuration = try place.loadInForce()
      return (try place.openForReading(configuration), configuration.office.zone)
    }
    let zone = place.isConfigured ? (try? place.loadInForce())?.office.zone : nil
    return (try SQLiteLedger.openForVerifying(path: file), zone ?? .vietNam)
  }

  private func report(_ office: String, _ ledger: SQLiteLedger, _ zone: OfficeZone) async throws -> RecordReport {
    let verdict = try await ledger.verifyRecord(office: office)
    let digits = head.flatMap(RecordMark.digits)
    return RecordReport(
      office: office,
      verdict: verdict,
      noted: try await digits.asyncFlatMap {
        try await ledger.recordLine(office: office, hash: $0, number: entries)
      },
      audit: try await ledger.auditRecord(office: office),
      zone: zone
    )
  }
}

extension Optional where Wrapped: Sendable {
  fileprivate func asyncFlatMap<Value>(_ transform: (Wrapped) async throws -> Value?) async rethrows -> Value? {
    guard let self else { return nil }
    return try await transform(self)
  }
}

private struct RecordReports: Encodable {
  var holds: Bool
  var offices: [RecordReport]
}

/// What is found out about one office's record.
struct RecordReport: Encodable {
  struct Fault: Encodable {
    var kind: RecordFault.Kind
    var sequence: Int64
    var last: Int64
    /// Of what is written there now; where lines are missing, of the line behind them.
    var at: String?
    var what: String?
    var occurrence: String?
    var facts: String?
    var mayBeTheOneBefore: Bool
  }

  var office: String
  var holds: Bool
  /// Lines that hold, and the hash of the last.
  var entries: Int
  var head: String
  var mark: String
  var fault: Fault?
  /// The head noted elsewhere, where this record has it.
  var noted: RecordMark?
  var audit: RecordAudit

  init(office: String, verdict: RecordVerdict, noted: RecordMark?, audit: RecordAudit, zone: OfficeZone) {
    self.office = office
    holds = verdict.fault == nil && audit.disagreements == 0
    entries = verdict.entries
    head = verdict.head
    mark = RecordMark(entries: verdict.entries, hash: verdict.head).short
    fault = verdict.fault.map { Fault($0, zone: zone) }
    self.noted = noted
    self.audit = audit
  }
}

extension RecordReport.Fault {
  init(_ fault: RecordFault, zone: OfficeZone) {
    kind = fault.kind
    sequence = fault.sequence
    last = fault.last
    at = fault.entry.map { zone.civil($0.at).rfc3339 }
    what = fault.entry?.kind
    occurrence = fault.entry?.occurrence
    facts = fault.entry?.facts
    mayBeTheOneBefore = fault.mayBeTheOneBefore
  }

  /// “line 5 was altered: …”.
  var words: String {
    let lines = sequence == last ? "line \(sequence)" : "lines \(sequence) to \(last)"
    let isOne = sequence == last
    switch kind {
    case .altered:
      let other = mayBeTheOneBefore ? " (or line \(sequence - 1), with its hash made to fit)" : ""
      return "\(lines) \(isOne ? "was" : "were") altered\(other); it says now: \(content)"
    case .missing: return "\(lines) \(isOne ? "is" : "are") missing; what stands behind: \(content)"
    case .inserted: return "\(lines) \(isOne ? "was" : "were") put in: \(content)"
    case .misplaced: return "\(lines) changed places; what stands first now: \(content)"
    }
  }

  private var content: String {
    [at, what, occurrence, facts].compactMap(\.self).joined(separator: "  ")
  }
}

extension RecordReport {
  func text(head typed: String?, zone: OfficeZone) -> String {
    var lines = ["\(office): \(entries) lines hold, head \(head) (\(mark))"]
    if let fault { lines.append("NOT WHAT WAS WRITTEN: \(fault.words)") }
    if let typed { lines.append(notedWords(typed)) }
    lines.append("\(audit.compared) rows of the other tables compared, \(audit.disagreements) disagree")
    lines += audit.findings.map { finding in
      let time = finding.at.map { zone.civil($0).rfc3339 + "  " } ?? ""
      let line = finding.sequence.map { ", line \($0)" } ?? ""
      return "  \(finding.kind.rawValue)  \(finding.row)\(line)  \(time)\(finding.about): \(finding.detail)"
    }
    let unnamed = audit.disagreements - audit.findings.count
    return (lines + (unnamed > 0 ? ["  and \(unnamed) more"] : [])).joined(separator: "\n")
  }

  private func notedWords(_ typed: String) -> String {
    guard let noted else {
      return "the head \(typed) is NOT in this record: its end was cut off, or it was written anew"
    }
    guard noted.entries <= entries else { return "the head \(typed) is line \(noted.entries), behind what holds" }
    return "the head \(typed) is line \(noted.entries); nothing up to it was cut off or written anew"
  }
}
