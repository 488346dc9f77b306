public import Configuration
public import Deadlines
internal import Delivery
internal import Foundation
internal import Ledger

/// Tries what the service will need (behaviour 6.5), changes nothing and sends nothing.
///
/// Every probe runs whatever the others find, beside one another, and each ends within `limit` seconds.
public struct Checkup: Sendable {
  private let configuration: LoadedConfiguration
  private let store: String
  private let events: EventDates
  private let clock: any WallClock
  /// Seconds.
  static let limit = 15.0

  /// - Parameters:
  ///   - configuration: What the service will work with.
  ///   - store: The store's path.
  ///   - events: The days of events that were told.
  ///   - clock: The service's clock.
  public init(
    configuration: LoadedConfiguration,
    store: String,
    events: EventDates = [:],
    clock: any WallClock = SystemClock()
  ) {
    self.configuration = configuration
    self.store = store
    self.events = events
    self.clock = clock
  }

  /// What was found, in the order in which the service needs it.
  public func run() async -> [Finding] {
    let probes: [@Sendable () async -> [Finding]] =
      [{ secrets() }, { await storeFindings() }, { [DiskProbe.finding(store: store)] }]
      + configuration.settings.channels.map { channel in { await ChannelProbe.findings(channel) } }
      + [{ [await clockFinding()] }, { calendarFindings() }, { addressFindings() }]
    return await withTaskGroup(of: (Int, [Finding]).self) { group in
      for (index, probe) in probes.enumerated() { group.addTask { (index, await probe()) } }
      let found = await group.reduce(into: [Int: [Finding]]()) { $0[$1.0] = $1.1 }
      return probes.indices.flatMap { found[$0] ?? [] }
    }
  }

  // MARK: Secrets

  private func secrets() -> [Finding] {
    configuration.settings.channels.flatMap { channel -> [Finding] in
      switch channel.kind {
      case .smtp(let smtp):
        return smtp.relays.enumerated().compactMap { number, relay in
          relay.password.map { source in
            secret(number == 0 ? channel.name : "\(channel.name), backup \(number)") { _ = try source.read() }
          }
        }
      case .webhook(let webhook):
        return webhook.secrets.map { source in secret(channel.name) { _ = try Channels.key(source) } }
          + webhook.otherSecrets.map { source in secret(channel.name) { _ = try source.read() } }
      }
    }
  }

  /// The secret is read and forgotten; what is said of it is its place.
  private func secret(_ channel: String, read: () throws -> Void) -> Finding {
    let name = "secret of \(channel)"
    do {
      try read()
      return .ok(name, "readable, and by the service alone")
    } catch let error as SecretError where error.reason == .noCredentials {
      return .warning(
        name,
        "\(error.path) names a credential, which cannot be seen from here: systemd hands it to the service only",
        remedy: "LoadCredential=NAME:FILE in the unit; to try it, run doctor under systemd-run with the same"
      )
    } catch {
      return .failure(name, error)
    }
  }

  // MARK: Store

  private func storeFindings() async -> [Finding] {
    guard FileManager.default.fileExists(atPath: store) else {
      return [StoreProbe.missing(store, seal: StoreSeal(store: store).read(office: configuration.office.id))]
    }
    return await within(Self.limit) { [store, configuration, clock] in
      await StoreProbe(path: store, configuration: configuration, now: clock.now()).findings()
    } ?? [
      .warning(
        "store",
        "\(store): reading it through takes longer than \(Int(Self.limit)) seconds",
        remedy: "check it at a quiet hour: sqlite3 \(store) 'PRAGMA quick_check'"
      )
    ]
  }

  // MARK: Clock

  private func clockFinding() async -> Finding {
    let zone = configuration.office.zone
    var reading = ClockReading(at: zone.civil(clock.now()), zone: zone.identifier, isSynchronised: ClockReading.kernel)
    reading.lastSeen = await lastHeartbeat().map { zone.civil($0) }
    return reading.finding
  }

  private func lastHeartbeat() async -> Instant? {
    guard FileManager.default.fileExists(atPath: store), let ledger = try? SQLiteLedger.openReadOnly(path: store) else {
      return nil
    }
    let text = try? await ledger.fact(office: configuration.office.id, Fact.heartbeat)
    return text.flatMap { $0 }.flatMap { Int64($0) }.map { Instant(milliseconds: $0) }
  }

  // MARK: Calendar and addresses

  private var occurrences: [Occurrence] {
    let today = configuration.office.zone.civil(clock.now()).date
    return configuration.office.occurrences(through: Office.horizon(on: today), events: events)
  }

  /// Years in which something falls due and of which no decree is known (rule R17).
  static func undecreedYears(_ occurrences: [Occurrence], _ calendar: WorkingCalendar) -> [Int] {
    Set(occurrences.compactMap { $0.due?.nominal.year }).filter { calendar.isProvisional(year: $0) }.sorted()
  }

  private func calendarFindings() -> [Finding] {
    let calendar = configuration.office.calendar
    let missing = Self.undecreedYears(occurrences, calendar)
    let years = missing.map(String.init).joined(separator: ", ")
    guard !missing.isEmpty else {
      return [.ok("calendar", "every year with a date has its decreed days: \(calendar.coveredYears.sorted())")]
    }
    return [
      .warning(
        "calendar",
        "dates in \(years) are provisional: no decreed days off",
        remedy: "add the decreed days of \(years) to a file in calendar/ when they are published"
      )
    ]
  }

  private func addressFindings() -> [Finding] {
    let directory = configuration.office.directory
    let units = Set(occurrences.flatMap { [$0.unit] + $0.coLeads })
    let silent = units.filter { directory.recipient(unit: $0) == nil }.sorted()
    guard !silent.isEmpty else { return [.ok("addresses", "\(units.count) units with tasks, each with a mailbox")] }
    return [
      .failure(
        "addresses",
        "nobody can be told for: \(silent.joined(separator: ", "))",
        remedy: "give each an address, or a head with one, in directory.yaml"
      )
    ]
  }
}

/// The value, or nil when it is not there in time; then the work is cancelled.
private func within<Value: Sendable>(
  _ seconds: Double,
  _ work: @escaping @Sendable () async -> Value
) async -> Value? {
  await withTaskGroup(of: Value?.self) { group in
    group.addTask { await work() }
    group.addTask {
      // Cancelled when the work has ended before.
      try? await Task.sleep(for: .seconds(seconds))
      return nil
    }
    let first = await group.next() ?? nil
    group.cancelAll()
    return first
  }
}
