import CCurl
import Deadlines

/// Everything known when an attempt is over.
///
/// Turning it into a result is pure, so the whole table can be read here.
struct SMTPEnding {
  var result: CURLcode
  /// libcurl's words about a failure.
  var reason = ""
  var conversation = SMTPConversation()
  /// The last byte was given to the socket: the final dot may have left.
  var isHandedOver = false
  /// What we hung up for, when we did.
  var objection: Objection?
  /// The attempt was cut off by us.
  var isCut = false
  /// The connection had served an earlier mail.
  var isReused = false

  /// A server that we do not go on with, though libcurl would.
  enum Objection: String, Sendable {
    case noAuthentication = "the relay offered no authentication that we know, and nothing was sent without"
    case noInternationalAddresses = "the relay takes no addresses outside ASCII (no SMTPUTF8)"
    case endlessReply = "the relay's reply had no end"
  }

  /// A connection that was reset, or that the server left with 421, while it was idle: nothing of this mail was said, so
  /// it can go again at once.
  var wasLostWhileIdle: Bool {
    guard isReused, !isCut, objection == nil else { return false }
    let wasReset =
      conversation.lastCode == 0 && [CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING].contains(result)
    return wasReset || conversation.refusal?.code == 421 && conversation.reached == .sender
  }

  /// A command was said to which the server has not answered: what it says later is no answer to the next mail.
  var leavesAnswerOpen: Bool { result != CURLE_OK && conversation.refusal == nil && !isTaken }

  var judged: SMTPResult {
    if result == CURLE_OK || isTaken { return accepted }
    switch objection {
    case .noAuthentication?: return failure(.misconfigured, .relay)
    case .noInternationalAddresses?: return failure(.rejected, .mail)
    case .endlessReply?, nil: break
    }
    if let refusal = conversation.refusal { return refused(refusal) }
    // > 354 Start mail input (RFC 5321 section 4.3.2). Nothing after it, or nothing that can be understood: the server
    // > may or may not have the mail.
    if isWithTheServer { return failure(.unknown, .mail, "no answer to the final dot: ") }
    if isCut { return failure(.deferred, .nobody, "cut off by us: ") }
    // Silence or a lost connection before the final dot: the relay cannot have the mail, so another may.
    return failure(result.isOurSetting(reason: reason) ? .misconfigured : .deferred, .relay)
  }

  /// The whole mail was handed over after `354`.
  private var isWithTheServer: Bool { isHandedOver && conversation.reached == .message }

  /// > An SMTP client MUST determine its actions only by the reply code (RFC 5321 section 4.2): any 2yz to the final dot
  /// > means taken. libcurl knows 250 alone.
  ///
  /// After `354` it can be the answer to nothing else, so it stands too when libcurl ran out of time, or was cut off by us,
  /// just after it had read it.
  private var isTaken: Bool {
    isWithTheServer && (200..<300).contains(conversation.lastCode)
  }

  private var accepted: SMTPResult {
    let report = DeliveryReport(
      outcome: .accepted,
      replyCode: conversation.lastCode,
      reply: conversation.lastText,
      curlCode: 0
    )
    return SMTPResult(report: report, concern: .mail)
  }

  private func refused(_ refusal: SMTPConversation.Reply) -> SMTPResult {
    let (outcome, concern) = refusal.judgement
    let report = DeliveryReport(
      outcome: outcome,
      replyCode: refusal.code,
      reply: refusal.text,
      curlCode: Int(result.rawValue)
    )
    return SMTPResult(report: report, concern: concern)
  }

  private func failure(_ outcome: DeliveryOutcome, _ concern: SMTPResult.Concern, _ words: String = "") -> SMTPResult {
    // No code: whatever libcurl remembers is of an earlier, friendlier reply.
    let report = DeliveryReport(
      outcome: outcome,
      reply: words + (objection?.rawValue ?? reason),
      curlCode: Int(result.rawValue)
    )
    return SMTPResult(report: report, concern: concern)
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
