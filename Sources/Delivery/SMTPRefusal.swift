import Deadlines

/// A code such as `5.1.1` in front of a reply's text (RFC 3463, RFC 2034).
struct EnhancedStatus: Sendable, Hashable {
  /// What it is about, from 1 (addresses) to 7 (policy); 0 says nothing, as without a code.
  var subject = 0
  var detail = 0

  init(_ text: String) {
    let word = text.prefix { $0 == "." || ("0"..."9").contains($0) }
    let parts = word.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let first = parts[0], [2, 4, 5].contains(first), let subject = parts[1],
      let detail = parts[2]
    else { return }
    self.subject = subject
    self.detail = detail
  }
}

extension SMTPConversation.Reply {
  /// What a refusal means and whom it is about.
  ///
  /// The code and the stage decide; a 5yz to the recipient or to the mail is looked at more closely, because servers
  /// say there, too, what they think of us (Postfix puts off refusals of client, HELO name and sender until RCPT).
  var judgement: (outcome: DeliveryOutcome, concern: SMTPResult.Concern) {
    switch stage {
    case .greeting, .hello, .startTLS, .authentication: return (isFinal ? .misconfigured : .deferred, .relay)
    case .sender:
      if isFinal && isOverOurLimit { return (.deferred, .relay) }
      if isFinal && isAboutThisMail { return (.rejected, .mail) }
      return (isFinal ? .misconfigured : .deferred, .relay)
    case .recipient, .data, .message, .farewell:
      if isFinal && isOverOurLimit { return (.deferred, .relay) }
      if isFinal && isAboutUs { return (.misconfigured, .relayOrRecipient) }
      if isSystemTrouble { return (.deferred, .relay) }
      return (isFinal ? .rejected : .deferred, .mail)
    }
  }

  // 421 closes the channel at any stage (RFC 5321 section 3.8), and 4yz is "not now".
  private var isFinal: Bool { code >= 500 }

  private var status: EnhancedStatus { EnhancedStatus(text) }

  /// > x.3.x: mail system status (RFC 3463 section 3.4): the server has a trouble of its own and has not taken the mail.
  ///
  /// Not after the mail was handed over, where the reply may be a content filter's about this mail.
  private var isSystemTrouble: Bool { !isFinal && status.subject == 3 && stage != .message }

  /// At MAIL: too large (RFC 1870 section 6.1), or written in a way the server does not take.
  ///
  /// The rest is about the sender, who is the same for every mail.
  private var isAboutThisMail: Bool {
    switch (status.subject, status.detail) {
    case (3, 1), (1, _): false  // the whole system full; the sender's address
    case (2, 3), (3, 4), (6, _): true
    default: code == 552
    }
  }

  /// We have sent as much as the server lets us today: it will take mail again without anybody's doing.
  ///
  /// Some say so with 5yz, which would otherwise end every message of the day. A mailbox over its own quota (x.2.2) is
  /// not meant.
  private var isOverOurLimit: Bool {
    switch (status.subject, status.detail) {
    case (2, _): false
    // Too much mail (RFC 3463 section 3.5; Google's quota), Exchange Online's daily number of recipients.
    case (4, 5), (1, 90): true
    default: Self.speaksOfOurLimit(text)
    }
  }

  private static func speaksOfOurLimit(_ text: String) -> Bool {
    let words = withoutAddresses(text.lowercased())
    return ["sending limit", "sending quota", "daily limit", "emails per hour"].contains { words.contains($0) }
  }

  /// After MAIL: who we are, or how we are connected, rather than the mailbox or the mail.
  private var isAboutUs: Bool {
    // > 530, 534, 535, 538 (RFC 4954 section 6): about who we are, wherever they come.
    if [530, 534, 535, 538].contains(code) { return true }
    switch (status.subject, status.detail) {
    case (1, 7), (1, 8): return true  // the sender's address
    case (1, _), (2, 0...3), (3, 4), (6, _): return false
    // Log in; encrypt; not one we trust; SPF, reverse DNS and their like (RFC 4954, RFC 5248 and IANA's registry).
    case (7, 8), (7, 9), (7, 11), (7, 14), (7, 23...27), (7, 54), (7, 60): return true
    default: return Self.speaksOfUs(text)
    }
  }

  /// The words of Postfix, Exim, sendmail, qmail and Exchange.
  static func speaksOfUs(_ text: String) -> Bool {
    let words = withoutAddresses(text.lowercased())
    let isAboutRelaying =
      words.contains("relay")
      && ["denied", "not permitted", "not allowed", "unable", "prohibited", "cannot", "can't", "do not", "don't"]
        .contains { words.contains($0) }
    return isAboutRelaying
      || [
        "rcpthosts", "client host rejected", "sender address rejected", "helo command rejected", "not owned by user",
        "authentication required", "must authenticate", "send as this sender", "sendasdenied", "blocked using",
        "sender verify", "invalid credentials",
      ].contains { words.contains($0) }
  }

  /// A mailbox may be called `relay`; what stands in angle brackets is not the server's opinion.
  private static func withoutAddresses(_ text: String) -> String {
    var isInside = false
    return String(
      text.filter { character in
        if character == "<" { isInside = true }
        defer { if character == ">" { isInside = false } }
        return !isInside
      }
    )
  }
}
