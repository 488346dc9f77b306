public import ArgumentParser
import Configuration
import Daemon
public import Deadlines
import Foundation
import Ledger

/// Where the configuration and the store are, for every command.
struct PlaceOptions: ParsableArguments {
  @Option(name: .long, help: "The configuration folder (default: $NHACHAN_CONFIG, else /etc/nhachan).")
  var config: String?

  @Option(name: .long, help: "The store's file (default: as nhachan.yaml says).")
  var store: String?

  @Flag(name: .long, help: "Print facts as JSON.")
  var json = false

  var configPath: String {
    config ?? ProcessInfo.processInfo.environment["NHACHAN_CONFIG"] ?? "/etc/nhachan"
  }

  /// False only where nobody named a configuration and the usual folder is not there either.
  var isConfigured: Bool {
    let isNamed = config != nil || ProcessInfo.processInfo.environment["NHACHAN_CONFIG"] != nil
    return isNamed || FileManager.default.fileExists(atPath: configPath)
  }

  /// Reads the configuration; every mistake goes to standard error, and then the answer is no.
  func load() throws -> LoadedConfiguration {
    do {
      return try ConfigurationLoader.load(directory: configPath)
    } catch let error as ConfigurationError {
      throw Failure.no(error.description)
    }
  }

  /// The configuration in force: the folder, or, while that is broken, the copy that the running service keeps.
  func loadInForce() throws -> LoadedConfiguration {
    do {
      return try ConfigurationLoader.load(directory: configPath)
    } catch let broken as ConfigurationError {
      guard let inForce = copyInForce() else { throw Failure.no(broken.description) }
      printError("\(broken.description)\nnote: \(configPath) is broken; answering with the configuration in force")
      return inForce
    }
  }

  /// The copy that the running service keeps beside its store; nil without one.
  ///
  /// A broken folder that names a store speaks of that one alone: what lies beside the usual store may be another
  /// office's, and commands write.
  func copyInForce() -> LoadedConfiguration? {
    copy(beside: storePath(configured: ConfigurationLoader.storePath(directory: configPath)))
  }

  private func copy(beside store: String) -> LoadedConfiguration? {
    try? ConfigurationLoader.load(directory: LastGoodConfiguration.path(beside: store))
  }

  /// What the running service works with: its copy, as long as there is one; answers must count by the same ladders.
  func loadAsRunning() throws -> LoadedConfiguration {
    let configuration = try loadInForce()
    let store = storePath(configuration)
    guard var copy = copy(beside: store) else { return configuration }
    // The copy lies beside this store, wherever it was made: with another one it would be that one's answers.
    copy.settings.storePath = store
    return copy
  }

  /// The store's path: as given, else as configured; a relative one lies in systemd's state directory, else in
  /// /var/lib/nhachan.
  func storePath(_ configuration: LoadedConfiguration) -> String {
    storePath(configured: configuration.settings.storePath)
  }

  private func storePath(configured: String?) -> String {
    if let store { return store }
    let configured = configured ?? "nhachan.sqlite"
    if configured.hasPrefix("/") { return configured }
    return defaultStore(configured)
  }

  private func defaultStore(_ name: String) -> String {
    let state = ProcessInfo.processInfo.environment["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init)
    return "\(state ?? "/var/lib/nhachan")/\(name)"
  }

  /// The existing store, for a command that looks.
  ///
  /// A reader cannot set up the shared memory of a write-ahead log that a service is just opening; a moment later it is
  /// there (sqlite.org/wal.html, “Read-Only Databases”).
  func openForReading(_ configuration: LoadedConfiguration) throws -> SQLiteLedger {
    let isThere = FileManager.default.fileExists(atPath: storePath(configuration))
    for _ in 0..<(isThere ? 10 : 0) {
      if let ledger = try? open(configuration, { try SQLiteLedger.openReadOnly(path: $0) }) { return ledger }
      usleep(100_000)
    }
    return try open(configuration) { try SQLiteLedger.openReadOnly(path: $0) }
  }

  /// The existing store, for a command that says something.
  func openForWriting(_ configuration: LoadedConfiguration) throws -> SQLiteLedger {
    try open(configuration) { try SQLiteLedger.open(path: $0, checkingIntegrity: false) }
  }

  /// The days of events that the store knows; a store that is not there knows none, one that may not be read says so.
  func eventDatesIfReadable(_ configuration: LoadedConfiguration) async -> EventDates {
    let path = storePath(configuration)
    guard FileManager.default.fileExists(atPath: path) else { return [:] }
    do {
      let ledger = try openForReading(configuration)
      defer { try? ledger.close() }
      return EventDates(try await ledger.events(office: configuration.office.id))
    } catch {
      let reason = (error as? Failure)?.message ?? "\(error)"
      printError("note: without the days of events that the store may know: \(reason)")
      return [:]
    }
  }

  private func open(_ configuration: LoadedConfiguration, _ body: (String) throws -> SQLiteLedger) throws
    -> SQLiteLedger
  {
    let path = storePath(configuration)
    guard FileManager.default.fileExists(atPath: path) else {
      throw Failure.unreachable("\(path): no store — has the service (`nhachan run`) ever run, or is --store missing?")
    }
    do {
      return try body(path)
    } catch let error as LedgerError {
      throw Failure.unreachable(error.description)
    }
  }
}

/// `--at`: as of when.
struct AtOption: ParsableArguments {
  @Option(name: .long, help: "As of when: YYYY-MM-DD or YYYY-MM-DDTHH:MM (default: now).")
  var at: Moment?

  func instant(_ zone: OfficeZone) -> Instant { named(zone) ?? SystemClock().now() }

  /// The moment that was named, a day by its beginning; nil for now.
  func named(_ zone: OfficeZone) -> Instant? { at.map { zone.instant($0.date, $0.time ?? .midnight) } }

  /// The moment that was named, a day by its end as far as it is past; nil for now.
  func past(_ zone: OfficeZone, now: Instant) throws -> Instant? {
    guard let at, let named = named(zone) else { return nil }
    guard named <= now else {
      let time = zone.civil(named).rfc3339
      throw Failure.usage("--at \(time) is still to come — name a moment up to now, or leave --at out")
    }
    guard at.time == nil else { return named }
    return min(now, Instant(milliseconds: zone.instant(at.date, .endOfDay).milliseconds - 1))
  }

  func today(_ zone: OfficeZone) -> CivilDate { at?.date ?? zone.civil(SystemClock().now()).date }
}

/// A day with or without a time, as written on the command line.
struct Moment: ExpressibleByArgument {
  var date: CivilDate
  var time: TimeOfDay?

  init?(argument: String) {
    let parts = argument.split(separator: argument.contains("T") ? "T" : " ", maxSplits: 1)
    guard let first = parts.first, let date = CivilDate(first) else { return nil }
    self.date = date
    if parts.count == 2 {
      guard let time = TimeOfDay(parts[1]) else { return nil }
      self.time = time
    } else if argument.contains("T") {
      return nil
    }
  }
}

extension CivilDate: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension Language: ExpressibleByArgument {}

/// Prints any facts as JSON with stable keys.
func printJSON(_ facts: some Encodable) throws { print(try json(facts)) }

/// The facts with their keys in order; on one line where there are too many to be looked at.
func json(_ facts: some Encodable, isOneLine: Bool = false) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if !isOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
  return String(decoding: try encoder.encode(facts), as: UTF8.self)
}

/// Writes to standard output; a reader that has gone away is its own business.
func printOut(_ data: Data) { print(String(decoding: data, as: UTF8.self)) }

/// The user of this command, as the record names them.
var currentUser: String {
  let environment = ProcessInfo.processInfo.environment
  return environment["SUDO_USER"] ?? environment["USER"] ?? "admin"
}

/// Columns of text as wide as their widest cell; the last one is free.
func table(_ rows: [[String]]) -> String {
  let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
    rows.compactMap { $0.indices.contains(column) ? $0[column].count : nil }.max() ?? 0
  }
  return rows.map { row in
    row.enumerated().map { index, cell in
      index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
    }.joined(separator: "  ")
  }.joined(separator: "\n")
}

extension CivilDate {
  /// As offices write it: 30/9/2026.
  var written: String { "\(day)/\(month)/\(year)" }
}
