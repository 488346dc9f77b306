import CCurl
import Deadlines

/// Everything known when a call is over.
///
/// Turning it into a report is pure.
struct WebhookEnding {
  var result: CURLcode
  /// libcurl's words about a failure.
  var reason = ""
  /// The last status line's code, 0 before the first.
  var status = 0
  /// The empty line after the headers came.
  ///
  /// libcurl is content without it.
  var hasAllHeaders = false
  /// The beginning of the answer's body.
  var answer = ""
  /// What in the answer decides.
  var form = AnswerForm.status
  /// What Zalo says in it; nil when Zalo was not asked, or the answer is not in its form.
  var zalo: ZaloAnswer?
  /// Seconds of `Retry-After`, both forms; 0 without.
  var retryAfter: Int64 = 0
  /// Only a connection was asked for.
  var isProbe = false
  /// We read as much of the body as we wanted and hung up.
  var isAnswerCut = false
  /// The request, or its beginning, left.
  var isPosted = false
  /// More headers came than any answer needs.
  var isHeaderTooLong = false
  /// The name led to addresses, and not one of them was allowed.
  var isAddressRefused = false

  var report: DeliveryReport {
    if isProbe, result == CURLE_OK { return DeliveryReport(outcome: .accepted, reply: "connected", curlCode: 0) }
    if isAnswered { return answered }
    if result == CURLE_OK { return failure(.deferred, "the answer broke off within its headers") }
    if isHeaderTooLong { return failure(.deferred, "the answer's headers are endless") }
    // What libcurl cannot read as HTTP it calls an unsupported protocol, as it does an unknown scheme of ours.
    if result == CURLE_UNSUPPORTED_PROTOCOL, isPosted { return failure(.deferred, "the answer is no HTTP") }
    if isAddressRefused {
      return failure(.misconfigured, "the endpoint's address is private or reserved, and that is not allowed")
    }
    return failure(result.isOurSetting(reason: reason) ? .misconfigured : .deferred, reason)
  }

  /// Whether what came decides.
  ///
  /// The status stands once its headers are complete, whatever becomes of the body: a receiver that drops no copies (Slack,
  /// Teams, ntfy) would show the message again with every further call.
  private var isAnswered: Bool {
    // An interim answer (1xx) has headers too.
    guard hasAllHeaders, status >= 200 || result == CURLE_OK else { return false }
    return result == CURLE_OK || isAnswerCut || form == .status || !(200..<300).contains(status) || zalo != nil
  }

  private var answered: DeliveryReport {
    DeliveryReport(
      outcome: outcomeOfStatus,
      replyCode: status == 0 ? nil : status,
      reply: words,
      curlCode: Int(result.rawValue),
      retryAfter: retryAfter > 0 ? retryAfter : nil
    )
  }

  private var words: String {
    if (300..<400).contains(status) { return "redirects are not followed" }
    let said = answer.isEmpty ? "HTTP \(status)" : answer
    return isUnreadable ? "the answer is not in Zalo's form: \(said)" : said
  }

  /// Zalo was asked and somebody else answered, as a proxy or a page of maintenance does.
  ///
  /// The message may be nowhere, and so may the next one. The channel is held, for a gateway that did take it would send a
  /// copy at every trial.
  private var isUnreadable: Bool { form == .zalo && zalo == nil && (200..<300).contains(status) }

  private var outcomeOfStatus: DeliveryOutcome {
    switch status {
    case 200..<300: isUnreadable ? .misconfigured : zalo?.outcome ?? .accepted
    // The endpoint has moved, or its admin or ours must act: key, payment, permission, method, proxy, media type,
    // protocol. Every message would meet the same, so none is given up.
    case 300..<400, 401, 402, 403, 405, 406, 407, 415, 426: .misconfigured
    // Not now: too slow, in conflict with another call, the wrong server behind the name, locked, too early, too often.
    case 408, 409, 421, 423, 425, 429: .deferred
    case 400..<500: .rejected
    default: .deferred
    }
  }

  private func failure(_ outcome: DeliveryOutcome, _ words: String) -> DeliveryReport {
    DeliveryReport(outcome: outcome, reply: words, curlCode: Int(result.rawValue))
  }
}
