import ArgumentParser
import Configuration
import Daemon
import Deadlines
import Foundation
import Ledger
import Messages

/// `record export`: the proof that a unit was told.
struct RecordExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Prove what a unit was told: a signed file, and a page to read and print.",
    discussion: """
      Writes FILE.jsonl with the record's lines about the unit word for word and of all others the digests, its Ed25519 \
      signature FILE.jsonl.sig, and FILE.html. The key is named in nhachan.yaml:
        record: {credential: record-key}      or  record: {keyFile: /etc/nhachan/secrets/record-key}
      and is made by
        openssl genpkey -algorithm ed25519 -out record-key
        openssl pkey -in record-key -pubout -out record-key.pub.pem
      Whoever has the public key checks the file by `nhachan record verify --key record-key.pub.pem FILE.jsonl`, or by
        openssl pkeyutl -verify -pubin -inkey record-key.pub.pem -rawin -in FILE.jsonl -sigfile FILE.jsonl.sig

      With --at nothing is told that was written after that moment: YYYY-MM-DD is the end of that day, or now where that \
      is earlier; YYYY-MM-DDTHH:MM that time. The words of an obligation are those of now.
      """
  )

  @Option(help: "The unit's id.")
  var unit: String
  @Option(help: "First day: what falls due, or was said, from here on (default: 1 January of this year).")
  var from: CivilDate?
  @Option(help: "Last day (default: today).")
  var to: CivilDate?
  @Option(help: "A folder, or the file's name without its ending (default: this folder).")
  var out: String = "."
  @Flag(help: "Write the file without a signature, when there is no key: it proves little.")
  var unsigned = false
  @Flag(help: "Give lines in full that speak of other units too, as those about messages to the chair.")
  var withOthers = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var moment: AtOption

  func run() async throws {
    let configuration = try place.loadInForce()
    let office = configuration.office
    let now = SystemClock().now()
    let asOf = try moment.past(office.zone, now: now)
    let period = try period(office)
    let key = try key(configuration)
    let ledger = try place.openForReading(configuration)
    defer { try? ledger.close() }
    try await refuseUnknown(office, ledger)
    let files = try RecordFiles(out, name: "record-\(unit)-\(period.lowerBound)-\(period.upperBound)")
    let exporter = RecordExporter(configuration, ledger: ledger, key: key, disclosesOthers: withOthers)
    do {
      let export = try await exporter.export(
        unit: unit,
        period: period,
        now: now,
        asOf: asOf,
        fileName: files.fileName
      )
      try files.write(export)
      let report = Report(export, files)
      if place.json { try printJSON(report) } else { print(report.text) }
    } catch let broken as RecordBroken {
      throw Failure.no(broken.description)
    }
  }

  private func period(_ office: Office) throws -> ClosedRange<CivilDate> {
    let last = to ?? moment.today(office.zone)
    let first = from ?? CivilDate(year: last.year, month: 1, day: 1) ?? last
    guard first <= last else { throw Failure.usage("--from \(first) lies after --to \(last)") }
    return first...last
  }

  /// A unit that was taken out of the directory may still be asked about.
  private func refuseUnknown(_ office: Office, _ ledger: SQLiteLedger) async throws {
    guard office.directory.unit(unit) == nil else { return }
    let head = try await ledger.recordMark(office: office.id)
    let record = try await ledger.unitRecord(office: office.id, unit: unit, entries: head.entries)
    guard record.occurrences.isEmpty else { return }
    throw Failure.no(
      "no unit “\(unit)” — directory.yaml has: \(office.directory.units.map(\.id).joined(separator: ", "))"
    )
  }

  private func key(_ configuration: LoadedConfiguration) throws -> RecordKey? {
    if unsigned { return nil }
    guard let source = configuration.settings.recordKey else {
      throw Failure.no(
        """
        no key to sign with — make one and name it in nhachan.yaml:
          openssl genpkey -algorithm ed25519 -out /etc/nhachan/secrets/record-key && chmod 0600 /etc/nhachan/secrets/record-key
          record: {keyFile: /etc/nhachan/secrets/record-key}
        or say --unsigned
        """
      )
    }
    do {
      return try RecordKey(pem: try source.read())
    } catch let error as RecordKeyError {
      throw Failure.no("the key for the record: \(error)")
    } catch {
      throw Failure.no("\(error)")
    }
  }

  struct Report: Encodable {
    struct Line: Encodable {
      var occurrence: String
      var nominal: CivilDate?
      /// `told`, `toldAfterTarget`, `toldLate`, `notCertain`, `notDelivered`, `retrying`, `waiting`, `unsettled`, `doneBefore`, `notYet`.
      var answer: String
      /// How often in time, and each time how many working days before the target date.
      var times: Int
      var workingDaysBefore: [Int]?
    }

    var file: String
    var signature: String?
    var page: String
    var head: RecordMark
    var disclosed: Int
    var hidden: Int
    var obligations: [Line]

    init(_ export: RecordExporter.Export, _ files: RecordFiles) {
      file = files.file
      signature = export.signature == nil ? nil : files.signature
      page = files.page
      head = export.proof.seal.head
      disclosed = export.proof.seal.disclosed
      hidden = export.proof.seal.hidden
      obligations = export.proof.obligations.map { obligation in
        let (answer, times) = obligation.answer.forScripts
        return Line(
          occurrence: obligation.occurrence.id,
          nominal: obligation.occurrence.due?.nominal,
          answer: answer,
          times: times,
          workingDaysBefore: obligation.answer.workingDaysBefore
        )
      }
    }

    var text: String {
      let lines = obligations.map { [$0.occurrence, $0.nominal?.description ?? "-", $0.answer, "\($0.times)"] }
      return (lines.isEmpty ? "no obligation in this period" : table(lines)) + "\n"
        + "\(disclosed) lines in full, \(hidden) as digests, head \(head.entries) \(head.short)\n"
        + [file, signature ?? "not signed", page].joined(separator: "\n")
    }
  }
}

extension UnitProof.Answer {
  fileprivate var workingDaysBefore: [Int]? { if case .told(_, let days) = self { days } else { nil } }

  /// A word, and how often it was told in time.
  fileprivate var forScripts: (answer: String, times: Int) {
    switch self {
    case .told(_, let days): ("told", days.count)
    case .toldUndated(let times, _): ("told", times)
    case .toldAfterTarget: ("toldAfterTarget", 0)
    case .toldLate: ("toldLate", 0)
    case .perhaps: ("notCertain", 0)
    case .refused: ("notDelivered", 0)
    case .retrying: ("retrying", 0)
    case .waiting: ("waiting", 0)
    case .backfill: ("unsettled", 0)
    case .doneBefore: ("doneBefore", 0)
    case .nothingPlanned: ("notYet", 0)
    }
  }
}

/// The three files of an export.
struct RecordFiles {
  let file: String
  var signature: String { file + ".sig" }
  let page: String
  var fileName: String { URL(fileURLWithPath: file).lastPathComponent }

  /// In a folder under that name; else `out` is the name, with or without its ending.
  init(_ out: String, name: String) throws {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: out, isDirectory: &isFolder)
    if out.hasSuffix("/") || isThere && isFolder.boolValue {
      try Self.makeFolder(out)
      self.init(stem: URL(fileURLWithPath: out).appendingPathComponent(name).path)
    } else {
      self.init(stem: out.hasSuffix(".jsonl") ? String(out.dropLast(6)) : out)
    }
  }

  private static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Failure.unreachable("\(path): the folder cannot be made: \(reason(error)) — name another place by --out")
    }
  }

  /// The system's own words, where it has some.
  private static func reason(_ error: any Error) -> String {
    if let code = (error as? CocoaError)?.code, [.fileNoSuchFile, .fileReadNoSuchFile].contains(code) {
      return String(cString: strerror(ENOENT))
    }
    let failure = error as NSError
    let system = failure.domain == NSPOSIXErrorDomain ? failure : failure.userInfo[NSUnderlyingErrorKey] as? NSError
    guard let system, system.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
    return String(cString: strerror(Int32(system.code)))
  }

  private init(stem: String) {
    file = stem + ".jsonl"
    page = stem + ".html"
  }

  /// Writes the files, the old ones replaced whole; they name people, so only their owner may read them.
  func write(_ export: RecordExporter.Export) throws {
    do {
      try write(export.page, to: page)
      try write(export.file, to: file)
      if let bytes = export.signature {
        try write(bytes, to: signature)
      } else if FileManager.default.fileExists(atPath: signature) {
        try FileManager.default.removeItem(atPath: signature)
      }
    } catch let error as LedgerError {
      throw Failure.unreachable(error.description)
    } catch {
      throw Failure.unreachable("\(file): cannot be written: \(Self.reason(error)) — name another place by --out")
    }
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try DurableFile.write(path) { try Data(bytes).write(to: URL(fileURLWithPath: $0)) }
  }
}
