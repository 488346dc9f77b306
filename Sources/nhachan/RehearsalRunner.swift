import Configuration
import Daemon
import Deadlines
import Delivery
import Foundation
import Ledger
import Messages

/// What `agenda` and `rehearse` share: a store of their own, ways out that reach nobody, a turned clock.
struct RehearsalRunner {
  var place: PlaceOptions
  var configuration: LoadedConfiguration

  /// Channels of the configuration with other transports; no secret is read.
  func channels(_ transport: (ChannelSettings) throws -> any Transport) throws -> [Channel] {
    try configuration.settings.channels.map { settings in
      var channel = Channels.withoutSecrets(settings, configuration, transport: try transport(settings))
      channel.width = 8
      return channel
    }
  }

  /// The same for looking only: nothing is written out, nothing leaves.
  func silentChannels() throws -> [Channel] {
    try channels { _ in SilentTransport() }.map { channel in
      var channel = channel
      channel.form = .unwritten
      return channel
    }
  }

  /// The forms of the webhook channels by name.
  var webhookForms: [String: BodyForm] {
    configuration.settings.channels.reduce(into: [:]) { forms, channel in
      if case .webhook(let webhook) = channel.kind { forms[channel.name] = webhook.form }
    }
  }

  /// Real transports, only as far as they cannot reach a real person.
  func sendingChannels(rewritingTo address: String?) throws -> [Channel] {
    let sending = try Channels.make(configuration)
    return try zip(configuration.settings.channels, sending).map { settings, channel in
      var channel = channel
      channel.transport = try safe(channel.transport, settings, rewritingTo: address)
      channel.perMinute = nil
      return channel
    }
  }

  private func safe(
    _ transport: any Transport,
    _ settings: ChannelSettings,
    rewritingTo address: String?
  ) throws -> any Transport {
    switch settings.kind {
    case .smtp(let smtp):
      if let address { return RewritingTransport(transport, to: address) }
      if let away = smtp.relays.first(where: { !Loopback.isLoopback(host: $0.host) }) {
        throw Failure.no(
          "channel “\(settings.name)” sends to \(away.host), which is not this machine — rehearse with --out DIR, "
            + "with a relay on loopback, or with --to ADDRESS"
        )
      }
      return transport
    case .webhook(let webhook):
      return Loopback.isLoopback(url: try webhook.url()) && address == nil ? transport : SilentTransport()
    }
  }

  /// Runs the days on a store of their own.
  func run(
    _ days: ClosedRange<CivilDate>,
    channels: [Channel],
    showsProgress: Bool = false
  ) async throws -> [RehearsedMessage] {
    let zone = configuration.office.zone
    var start = zone.instant(days.lowerBound, .midnight)
    let ledger = try await startingLedger(from: &start)
    let rehearsal = Rehearsal(configuration: configuration, ledger: ledger, channels: channels)
    let isTerminal = isatty(STDERR_FILENO) == 1
    let messages = try await rehearsal.run(from: start, through: days.upperBound) { day, count in
      guard showsProgress else { return }
      let line = "\(day)  \(count) messages"
      writeError(isTerminal ? "\r\(line)" : "\(line)\n")
    }
    if showsProgress && isTerminal { printError("") }
    try complain(of: rehearsal.refusals, sent: messages.count)
    return messages
  }

  /// A relay that took nothing is no rehearsal; one that refused some has something to say.
  private func complain(of refusals: [DeliveryReport], sent: Int) throws {
    guard let first = refusals.first else { return }
    let text = "\(refusals.count) attempts were not accepted, the first: \(first.outcome.rawValue), \(first.reply)"
    guard sent > 0 else { throw Failure.unreachable("\(text) — is the relay of nhachan.yaml running?") }
    printError(text)
  }

  /// A copy of the real store when the stretch lies ahead of it, else an empty one.
  func startingLedger(from start: inout Instant) async throws -> SQLiteLedger {
    let path = place.storePath(configuration)
    guard FileManager.default.fileExists(atPath: path) else { return try SQLiteLedger.inMemory() }
    let copy = try SQLiteLedger.inMemory(copyOf: path)
    let zone = configuration.office.zone
    let now = SystemClock().now()
    let last = try await copy.moment(office: configuration.office.id, Fact.heartbeat) ?? now
    if zone.civil(start).date < zone.civil(last).date {
      printError("note: the stretch begins before the store's last day; as if the plans were adopted on its first day")
      return try await emptyLedger(withEventsOf: copy, at: start)
    }
    // Today's past hours are the real service's business.
    if zone.civil(start).date == zone.civil(now).date { start = max(start, now) }
    return copy
  }

  /// What is known of events holds whenever the stretch begins.
  private func emptyLedger(withEventsOf store: SQLiteLedger, at start: Instant) async throws -> SQLiteLedger {
    let office = configuration.office.id
    let ledger = try SQLiteLedger.inMemory()
    for event in try await store.events(office: office) { try await ledger.setEvent(event, office: office, now: start) }
    return ledger
  }

  func lines(_ messages: [RehearsedMessage], channels: [Channel]) -> [AgendaLine] {
    let letterheads = Dictionary(channels.map { ($0.name, $0.letterhead) }, uniquingKeysWith: { first, _ in first })
    return messages.compactMap { message in
      letterheads[message.message.channel].map { AgendaLine(message, letterhead: $0) }
    }
  }
}

/// Whether a host is this machine, by what was written: names other than localhost are not looked up.
enum Loopback {
  static func isLoopback(host: String) -> Bool {
    let name = host.lowercased().trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    if name == "localhost" || name == "::1" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  static func isLoopback(url: String) -> Bool {
    guard let parts = URLComponents(string: url), let host = parts.host else { return false }
    return isLoopback(host: host)
  }
}

/// How many messages of which kind in which month.
enum MonthTable {
  static func text(_ lines: [AgendaLine]) -> String {
    let kinds = NoticeKind.allCases.map(\.rawValue).filter { kind in lines.contains { $0.kind == kind } }
    let months = Set(lines.map { String($0.at.prefix(7)) }).sorted()
    let header = ["month"] + kinds + ["all"]
    let rows = months.map { month -> [String] in
      let ofMonth = lines.filter { $0.at.hasPrefix(month) }
      return [month] + kinds.map { kind in "\(ofMonth.count { $0.kind == kind })" } + ["\(ofMonth.count)"]
    }
    let sums = ["all"] + kinds.map { kind in "\(lines.count { $0.kind == kind })" } + ["\(lines.count)"]
    return table([header] + rows + [sums])
  }
}
