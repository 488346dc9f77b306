import ArgumentParser
import Configuration
import Daemon
import Deadlines
import Foundation
import Ledger

/// `backup`: a copy of the store, while the service runs.
struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy the store into a file, also while the service runs.",
    discussion: """
      The copy holds everything up to one moment, was read through, and is on the disk when the command ends; before \
      that nothing is called FILE. Keep it on another machine, with the configuration folder.
      """
  )

  @Argument(help: "The new file.")
  var file: String
  @Flag(help: "Replace FILE if it is there already.")
  var force = false
  @OptionGroup var place: PlaceOptions

  struct Report: Encodable {
    var file: String
    var bytes: UInt64
    var schema: Int
    var entries: Int
    var head: String?
  }

  /// What lies beside a store under its name.
  private static let partsOfStore = ["", "-wal", "-shm", ".lock", ".seal", ".bell", ".config", ".restoring"]

  func run() async throws {
    let configuration = try place.loadInForce()
    let store = try existingStore(place, configuration)
    guard !Self.partsOfStore.contains(where: { isSame(file, store + $0) }) else {
      throw Failure.usage("\(file): is the store itself, or belongs to it — name another file")
    }
    if !force && FileManager.default.fileExists(atPath: file) {
      throw Failure.no("\(file): is there already — name another file, or say --force")
    }
    let summary = try SQLiteLedger.backUp(store: store, to: file, isReplacing: force)
    let head = summary.records[configuration.office.id]?.head
    let report = Report(
      file: file,
      bytes: summary.bytes,
      schema: summary.schema,
      entries: head?.entries ?? 0,
      head: head?.hash
    )
    if place.json { return try printJSON(report) }
    print("\(file): \(report.bytes) bytes, sound, schema \(report.schema)")
    print("record: \(report.entries) lines\(report.head.map { ", the last with hash \($0)" } ?? "")")
  }
}

/// `restore`: a backup takes the place of the store, and nothing leaves before a person has looked.
struct Restore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put a backup in the place of the store; holds all messages until `nhachan arm`.",
    discussion: """
      Only while no service has the store. The backup is read through first, with every line of its record, and stays \
      as it is; the store that was there is kept beside it under a name with the date.
      """
  )

  @Argument(help: "A file that `nhachan backup` wrote.")
  var file: String
  @Option(help: "Who decides so (default: the user of this command).")
  var by: String?
  @OptionGroup var place: PlaceOptions

  struct Report: Encodable {
    var store: String
    var backupOf: String
    var entries: Int
    var head: String?
    var before: String?
    var mayGoAgain: Int?
  }

  func run() async throws {
    let configuration = try place.loadInForce()
    let store = place.storePath(configuration)
    guard !isSame(file, store) else { throw Failure.usage("\(file): is the store itself — name a backup") }
    let lock = try takeLock(store)
    defer { lock.release() }
    let office = configuration.office
    guard let taken = try SQLiteLedger.summary(ofCopy: file, verifyingRecords: true).records[office.id]?.at else {
      throw Failure.no("\(file): has nothing of the office “\(office.id)” — name a backup of this office's store")
    }
    let restoration = try restore(to: store, taken: office.zone.civil(taken), zone: office.zone)
    let head = restoration.store.records[office.id]?.head
    if let head { try StoreSeal(store: store).write(head, office: office.id) }
    try tell(
      Report(
        store: store,
        backupOf: office.zone.civil(taken).rfc3339,
        entries: head?.entries ?? 0,
        head: head?.hash,
        before: restoration.before,
        mayGoAgain: restoration.mayGoAgain
      )
    )
  }

  private func takeLock(_ store: String) throws -> StoreLock {
    do {
      return try StoreLock(store: store)
    } catch let error as StoreLock.StoreInUse {
      throw Failure.unreachable(error.description)
    }
  }

  private func restore(to store: String, taken: ZonedTime, zone: OfficeZone) throws -> Restoration {
    let now = SystemClock().now()
    let reason = "restored from the backup of \(taken.date.written) \(taken.time)"
    return try SQLiteLedger.restore(
      file,
      to: store,
      label: label(zone.civil(now)),
      by: by ?? currentUser,
      reason: reason,
      facts: [Arming.reasonFact: reason],
      now: now
    )
  }

  /// As in `nhachan.sqlite.before-20260513-083000`.
  private func label(_ now: ZonedTime) -> String {
    now.rfc3339.prefix(19).filter(\.isNumber).enumerated()
      .reduce(into: "") { $0 += ($1.offset == 8 ? "-" : "") + String($1.element) }
  }

  private func tell(_ report: Report) throws {
    if place.json { return try printJSON(report) }
    print("\(report.store): as it was at \(report.backupOf), record of \(report.entries) lines")
    if let before = report.before { print("what was there before: \(before)") }
    print("HELD: nothing leaves until `nhachan arm`. Start the service; it plans what is due and shows it in `outbox`.")
    switch report.mayGoAgain {
    case 0?: print("Nothing was sent after the backup: `arm` sends nothing twice.")
    case let count?:
      print(
        """
        \(count) messages were sent after the backup, and this store knows nothing of them. After `arm` they may go \
        again, with the same Message-ID where they say the same. Discard in `nhachan outbox` what must not; say \
        `nhachan done` again for what was done since then.
        """
      )
    case nil:
      print(
        "What was sent after the backup is not known here and may go again after `arm`: look at `nhachan outbox` first."
      )
    }
  }
}

/// The store's path; a store that is not there cannot be reached.
private func existingStore(_ place: PlaceOptions, _ configuration: LoadedConfiguration) throws -> String {
  let path = place.storePath(configuration)
  guard FileManager.default.fileExists(atPath: path) else {
    throw Failure.unreachable("\(path): no store — has the service (`nhachan run`) ever run, or is --store missing?")
  }
  return path
}

private func isSame(_ one: String, _ other: String) -> Bool {
  URL(fileURLWithPath: one).resolvingSymlinksInPath() == URL(fileURLWithPath: other).resolvingSymlinksInPath()
}
