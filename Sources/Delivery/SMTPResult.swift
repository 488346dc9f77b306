import Deadlines

/// How an attempt at one relay ended, and whom that speaks of.
struct SMTPResult: Sendable, Hashable {
  /// What a failure is about.
  enum Concern: Sendable, Hashable {
    /// The relay, which does not have the mail and said nothing about it: another relay may have it at once.
    case relay
    /// This mail or its recipient.
    case mail
    /// Us or this recipient: whether the relay takes mail for others will tell.
    case relayOrRecipient
    /// Nobody: the attempt was cut off by us, or never began.
    case nobody
  }

  var report: DeliveryReport
  var concern: Concern

  /// A mail that no server was asked about.
  static func notAsked(_ outcome: DeliveryOutcome, _ why: String) -> SMTPResult {
    SMTPResult(report: DeliveryReport(outcome: outcome, reply: why), concern: .nobody)
  }
}
