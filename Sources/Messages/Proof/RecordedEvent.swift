public import Deadlines
internal import Foundation

/// A line of the record with its facts, as far as pages and answers tell them.
public struct RecordedEvent: Sendable, Hashable {
  public var sequence: Int64
  public var at: Instant
  public var kind: String
  public var occurrence: String?
  public var facts: Facts

  /// All that lines of any kind may say; each says a few of these.
  public struct Facts: Sendable, Hashable, Codable {
    public var message: String?
    public var kind: String?
    public var channel: String?
    public var recipient: String?
    public var unit: String?
    public var notices: [String]?
    public var notice: String?
    public var attempt: Int?
    /// Milliseconds since 1970.
    public var at: Int64?
    public var replyCode: Int?
    public var reply: String?
    /// SHA-256 of the bytes that the server was given.
    public var sent: String?
    /// The relay that answered, as `host:port`.
    public var relay: String?
    public var by: String?
    public var evidence: String?
    public var on: CivilDate?
    public var reason: String?
    /// SHA-256 of a stored text that is no longer kept.
    public var sha256: String?
    public var changesNothing: Bool?
    public var backfill: Bool?
    /// SHA-256 of the occurrence's text; earlier versions did not note it.
    public var snapshot: String?
    public var nominal: CivilDate?
    public var target: CivilDate?
    public var legal: CivilDate?
    public var nominalBefore: String?

    public init() {}

    /// “250 2.0.0 queued”: some servers repeat the code, some do not.
    var fullReply: String {
      let text = reply ?? ""
      guard let replyCode, replyCode > 0, !text.hasPrefix("\(replyCode)") else { return text }
      return text.isEmpty ? "\(replyCode)" : "\(replyCode) \(text)"
    }
  }

  /// Reads the line's facts from their JSON; what is not understood is left out.
  public init(sequence: Int64, at: Instant, kind: String, occurrence: String?, facts: String) {
    self.sequence = sequence
    self.at = at
    self.kind = kind
    self.occurrence = occurrence
    self.facts = (try? JSONDecoder().decode(Facts.self, from: Data(facts.utf8))) ?? Facts()
  }

  /// The outcome of an attempt, when the line tells of one.
  public var outcome: DeliveryOutcome? { facts.attempt == nil ? nil : DeliveryOutcome(rawValue: kind) }

  /// The mailbox that a notice's key names.
  static func mailbox(of key: String, about occurrence: String) -> String? {
    guard key.hasPrefix(occurrence + "|") else { return nil }
    let parts = key.dropFirst(occurrence.count + 1).split(separator: "|")
    return parts.count > 1 ? String(parts[1]) : nil
  }

  /// The step that a notice's key names, when the key is one of that occurrence.
  static func step(of key: String, about occurrence: String) -> String? {
    guard key.hasPrefix(occurrence + "|") else { return nil }
    return key.dropFirst(occurrence.count + 1).split(separator: "|", maxSplits: 1).first.map(String.init)
  }
}

/// A message that told of an occurrence, with everything that became of it: the record's lines put together.
public struct RecordedDelivery: Sendable, Hashable {
  public struct Attempt: Sendable, Hashable {
    public var number: Int
    public var at: Instant
    public var outcome: DeliveryOutcome
    /// The server's own words, with the code before them.
    public var reply: String
    public var sent: String?
    /// Of a channel with several relays: the one that answered.
    public var relay: String?
  }

  /// What was done about a message that was given up.
  public enum Consequence: Sendable, Hashable {
    /// The fallback channel took over, by a message of its own.
    case standIn(channel: String, messageID: String)
    case told(address: String)
  }

  public enum End: Sendable, Hashable {
    case accepted(at: Instant, reply: String)
    case deadLetter(reason: String)
    /// The obligation was done before the message left.
    case dropped
    case discarded(by: String)
    /// Taken back, and planned anew; it may have arrived if an attempt is unknown.
    case recalled
    case waiting
  }

  public var messageID: String
  public var channel: String
  public var address: String
  /// The unit for which the recipient was told.
  public var unit: String?
  /// Steps of the ladder for which it told of the occurrence.
  public var steps: [String]
  public var plannedAt: Instant
  public var attempts: [Attempt] = []
  public var consequences: [Consequence] = []
  /// The stored text is no longer kept: retention has dropped it.
  public var isTextDropped = false
  public var end = End.waiting
  /// Its line of planning, and those of what became of it.
  public var lines: [Int64]

  public var acceptedAt: Instant? { if case .accepted(let at, _) = end { at } else { nil } }
  /// The connection was lost behind the final dot: it may have arrived.
  public var mayHaveArrived: Bool { acceptedAt != nil || attempts.contains { $0.outcome == .unknown } }

  /// Every message of these lines that told of the occurrence, in the order of planning.
  public static func all(in events: [RecordedEvent], about occurrence: String) -> [RecordedDelivery] {
    var deliveries: [RecordedDelivery] = []
    var places: [String: Int] = [:]
    for event in events {
      guard let message = event.facts.message else { continue }
      if event.kind == "planned", let planned = RecordedDelivery(event, message, about: occurrence) {
        places[message] = deliveries.count
        deliveries.append(planned)
      } else if let place = places[message] {
        deliveries[place].take(event, about: occurrence)
      }
    }
    return deliveries
  }

  private init?(_ event: RecordedEvent, _ message: String, about occurrence: String) {
    let steps = (event.facts.notices ?? []).compactMap { RecordedEvent.step(of: $0, about: occurrence) }
    guard !steps.isEmpty else { return nil }
    messageID = message
    channel = event.facts.channel ?? ""
    address = event.facts.recipient ?? ""
    unit = event.facts.unit
    self.steps = steps
    plannedAt = event.at
    lines = [event.sequence]
  }

  private mutating func take(_ event: RecordedEvent, about occurrence: String) {
    // That another obligation dropped out of the message says nothing about this one.
    guard event.occurrence == nil || event.occurrence == occurrence else { return }
    lines.append(event.sequence)
    if let outcome = event.outcome { return take(outcome, event) }
    switch event.kind {
    case "deadLetter": end = .deadLetter(reason: event.facts.reason ?? "")
    case "dropped": end = .dropped
    case "discarded": end = .discarded(by: event.facts.by ?? "")
    case "recalled": end = .recalled
    case "retried": end = .waiting
    case "textDropped": isTextDropped = true
    case "standIn":
      consequences.append(.standIn(channel: event.facts.channel ?? "", messageID: event.facts.by ?? ""))
    case "told": consequences.append(.told(address: event.facts.recipient ?? ""))
    default: break
    }
  }

  private mutating func take(_ outcome: DeliveryOutcome, _ event: RecordedEvent) {
    let at = event.facts.at.map(Instant.init(milliseconds:)) ?? event.at
    let reply = event.facts.fullReply
    attempts.append(
      Attempt(
        number: event.facts.attempt ?? 0,
        at: at,
        outcome: outcome,
        reply: reply,
        sent: event.facts.sent,
        relay: event.facts.relay
      )
    )
    if outcome == .accepted, end != .dropped { end = .accepted(at: at, reply: reply) }
  }
}
