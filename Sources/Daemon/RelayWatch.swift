public import Configuration
internal import Delivery
internal import Foundation
public import Ledger
internal import Logging

/// Says once when a relay of a channel stops taking mail or takes it again, in the log and, for `status`, in the store.
///
/// With backups a channel works on while its primary relay does not; without this nobody would notice.
struct RelayWatch {
  private var known: [RelayFault]?

  /// To be called when attempts have ended; a store that cannot be written is tried at the next look.
  mutating func look(at channel: Channel, _ ledger: any Ledger, office: String, _ logger: Logger) async {
    guard let chain = channel.transport as? RelayChain else { return }
    let faults = chain.faults
    guard faults != known else { return }
    do {
      try await ledger.setFact(office: office, Fact.relayFaults(channel.name), Self.text(faults))
    } catch {
      return logger.error("the relays' state could not be kept", metadata: ["error": "\(error)"])
    }
    tell(channel.name, from: known ?? [], to: faults, logger)
    known = faults
  }

  /// The relays of the channel that did not take mail when the service last looked.
  static func faults(_ ledger: any Ledger, office: String, channel: String) async throws -> [RelayFault] {
    guard let text = try await ledger.fact(office: office, Fact.relayFaults(channel)) else { return [] }
    return try JSONDecoder().decode([RelayFault].self, from: Data(text.utf8))
  }

  private static func text(_ faults: [RelayFault]) throws -> String {
    String(decoding: try JSONEncoder().encode(faults), as: UTF8.self)
  }

  private func tell(_ channel: String, from before: [RelayFault], to after: [RelayFault], _ logger: Logger) {
    for fault in after where !before.contains(where: { $0.relay == fault.relay }) {
      logger.log(
        level: fault.isMisconfigured ? .error : .warning,
        "relay takes no mail, the next one is asked",
        metadata: ["channel": "\(channel)", "relay": "\(fault.relay)", "reply": "\(fault.reason)"]
      )
    }
    for fault in before where !after.contains(where: { $0.relay == fault.relay }) {
      logger.notice("relay takes mail again", metadata: ["channel": "\(channel)", "relay": "\(fault.relay)"])
    }
  }
}

/// A relay as `status` shows it.
public struct RelayState: Sendable, Hashable, Encodable {
  /// As `host:port`.
  public var relay: String
  /// `working` or `failing`, as the service last saw it.
  public var state: String
  public var reason: String?

  /// The relays of a channel that has backups; empty for others, whose own state says it all.
  public static func all(_ ledger: any Ledger, office: String, _ channel: ChannelSettings) async throws -> [RelayState]
  {
    guard case .smtp(let smtp) = channel.kind, !smtp.backups.isEmpty else { return [] }
    let faults = try await RelayWatch.faults(ledger, office: office, channel: channel.name)
    return smtp.relays.map { settings in
      let name = SMTPRelay(host: settings.host, port: settings.port).name
      let fault = faults.first { $0.relay == name }
      return RelayState(relay: name, state: fault == nil ? "working" : "failing", reason: fault?.reason)
    }
  }
}
