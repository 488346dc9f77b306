public import Deadlines

/// The form in which a webhook channel's messages are written.
public enum BodyForm: Sendable, Hashable {
  /// Our own, signed by Standard Webhooks.
  case generic
  case slack
  case mattermost
  case teams
  case ntfy(NtfyForm)
  case zalo(ZaloForm)
  case custom(BodyTemplate)

  /// True when the receiver answers as Zalo does.
  public var isZalo: Bool { if case .zalo = self { true } else { false } }

  /// True when the receiver knows our signature, so that a channel without a key is a mistake.
  public var wantsSignature: Bool { self == .generic }
}

/// Publishing to ntfy as JSON (docs.ntfy.sh/publish, “Publish as JSON”).
public struct NtfyForm: Sendable, Hashable {
  public var topic: String
  /// 1 (least) to 5, by the gravest notice of the message.
  public var priorities: [NoticeKind: Int]
  /// Shown beside the title; names of emoji become emoji.
  public var tags: [String]

  public static let usualPriorities: [NoticeKind: Int] = [
    .settled: 2, .assignment: 3, .reminder: 3, .dueToday: 4, .overdue: 4, .escalation: 5, .digest: 3,
  ]

  /// - Parameters:
  ///   - topic: The topic's name.
  ///   - priorities: What differs from `usualPriorities`.
  ///   - tags: At most a few.
  public init(topic: String, priorities: [NoticeKind: Int] = [:], tags: [String] = []) {
    self.topic = topic
    self.priorities = Self.usualPriorities.merging(priorities) { $1 }
    self.tags = tags
  }
}

/// One approved template of Zalo's notification service, and how its parameters are filled.
public struct ZaloForm: Sendable, Hashable {
  public struct Parameter: Sendable, Hashable {
    /// As in the approved template.
    public var name: String
    /// The fact that fills it, one of `ZaloForm.facts`.
    public var fact: String
    /// Characters at most: the number that Zalo shows behind the parameter's kind, as “Tên khách hàng (30)”.
    public var longest: Int

    public init(name: String, fact: String, longest: Int = 30) {
      self.name = name
      self.fact = fact
      self.longest = longest
    }
  }

  public var templateID: String
  /// In the order of the file.
  public var parameters: [Parameter]
  /// Mailbox → number in digits, with the country's code and without a plus.
  public var phones: [String: String]

  public init(templateID: String, parameters: [Parameter], phones: [String: String]) {
    self.templateID = templateID
    self.parameters = parameters
    self.phones = phones
  }
}

/// A body that was written out.
public struct WebhookBody: Sendable, Hashable {
  public var bytes: [UInt8]
  public var contentType: String
  /// Why the channel's own template was not used this time; nil when it was.
  public var fault: String?

  public init(bytes: [UInt8], contentType: String = "application/json", fault: String? = nil) {
    self.bytes = bytes
    self.contentType = contentType
    self.fault = fault
  }
}

/// Why a message cannot be written for its recipient.
public struct Unaddressed: Error, Sendable, Hashable {
  public var reason: String
}

extension BodyForm {
  /// The body of a message.
  ///
  /// The same message and letterhead give the same bytes. A template that fails gives the generic form: words never stop a
  /// reminder.
  /// - Throws: `Unaddressed` when the receiver has no address for the recipient.
  public func body(_ message: Message, letterhead: Letterhead) throws(Unaddressed) -> WebhookBody {
    switch self {
    case .generic: return WebhookBody(bytes: WebhookFormat.body(message, letterhead: letterhead))
    case .slack: return ReadyTemplate.slack.body(MessageFacts(message, letterhead).slack)
    case .mattermost: return ReadyTemplate.mattermost.body(MessageFacts(message, letterhead).mattermost)
    case .teams: return ReadyTemplate.teams.body(MessageFacts(message, letterhead).teams)
    case .ntfy(let form): return ReadyTemplate.ntfy.body(MessageFacts(message, letterhead).ntfy(form))
    case .zalo(let form): return ReadyTemplate.zalo.body(try MessageFacts(message, letterhead).zalo(form))
    case .custom(let template):
      do throws(BodyTemplate.Unusable) {
        return WebhookBody(
          bytes: try template.render(MessageFacts(message, letterhead).general),
          contentType: template.contentType
        )
      } catch {
        let bytes = WebhookFormat.body(message, letterhead: letterhead)
        return WebhookBody(bytes: bytes, fault: error.reason)
      }
    }
  }
}
