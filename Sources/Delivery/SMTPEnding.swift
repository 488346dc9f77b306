import CCurl
import Deadlines

/// Everything known when an attempt is over.
///
/// Turning it into a report is pure, so the whole table can be read here.
struct SMTPEnding {
  var result: CURLcode
  /// libcurl's words about a failure.
  var reason = ""
  var conversation = SMTPConversation()
  /// The last byte was given to the socket: the final dot may have left.
  var isHandedOver = false
  /// We had credentials and hung up, because the server had not said 235.
  var isUnauthenticated = false
  /// The attempt was cut off by us.
  var isCut = false
  /// The connection had served an earlier mail.
  var isReused = false

  /// A connection reset while it was idle: nothing of this mail was said, so it can go again at once.
  var wasLostWhileIdle: Bool {
    isReused && !isCut && !isUnauthenticated && conversation.lastCode == 0
      && [CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING].contains(result)
  }

  var report: DeliveryReport {
    if result == CURLE_OK {
      return DeliveryReport(
        outcome: .accepted,
        replyCode: conversation.lastCode,
        reply: conversation.lastText,
        curlCode: 0
      )
    }
    if isUnauthenticated {
      return failure(.misconfigured, "the relay offered no authentication, and nothing was sent without")
    }
    if let refusal = conversation.refusal {
      return DeliveryReport(
        outcome: refusal.outcome,
        replyCode: refusal.code,
        reply: refusal.text,
        curlCode: Int(result.rawValue)
      )
    }
    // > 354 Start mail input (RFC 5321 section 4.3.2). Nothing after it: the server may or may not have the mail.
    if isHandedOver, conversation.lastCode == 354 { return failure(.unknown, "no answer to the final dot: ") }
    if isCut { return failure(.deferred, "cut off by us: ") }
    return failure(result.isOurSetting(reason: reason) ? .misconfigured : .deferred, "")
  }

  private func failure(_ outcome: DeliveryOutcome, _ words: String) -> DeliveryReport {
    // No code: whatever libcurl remembers is of an earlier, friendlier reply.
    DeliveryReport(
      outcome: outcome,
      reply: words.hasSuffix(" ") || words.isEmpty ? words + reason : words,
      curlCode: Int(result.rawValue)
    )
  }
}

extension SMTPConversation.Reply {
  /// What a refusal means: by its code, and for 5yz by what it was an answer to.
  var outcome: DeliveryOutcome {
    // 421 closes the channel at any stage (RFC 5321 section 3.8), and 4yz is "not now".
    guard code >= 500 else { return .deferred }
    // > 530, 534, 535, 538 (RFC 4954 section 6): about who we are, wherever they come.
    if [530, 534, 535, 538].contains(code) { return .misconfigured }
    switch stage {
    case .greeting, .hello, .startTLS, .authentication: return .misconfigured
    // > 552 to MAIL (RFC 1870 section 6.1): this message is too large; everything else is about the sender.
    case .sender: return code == 552 ? .rejected : .misconfigured
    case .recipient, .data, .message, .farewell: return .rejected
    }
  }
}

extension CURLcode {
  /// Whether a failure comes from a setting and will come again until somebody changes it.
  ///
  /// - Parameter reason: libcurl's words: a handshake cut short and one refused have the same code.
  /// - Returns: False for what passes by itself: the network, the server's day.
  func isOurSetting(reason: String) -> Bool {
    switch self {
    case CURLE_SSL_CONNECT_ERROR:
      !["SSL_ERROR_SYSCALL", "reset", "unexpected eof", "timeout", "timed out"].contains { reason.contains($0) }
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_USE_SSL_FAILED, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED,
      CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_LOGIN_DENIED,
      CURLE_AUTH_ERROR, CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_NOT_BUILT_IN, CURLE_UNKNOWN_OPTION,
      CURLE_BAD_FUNCTION_ARGUMENT:
      true
    default: false
    }
  }
}
