import CCurl
import Deadlines
import Glibc
import Messages

/// One libcurl handle, and through it one connection to the relay that is used again and again.
///
/// Belongs to one thread.
final class SMTPConnection {
  private let handle: CurlHandle
  private let errors = ErrorBuffer()
  private let lifeline: Lifeline
  private let needsAuthentication: Bool
  private let limits: SMTPRelay.Timeouts
  private let redaction: Redaction
  private var recipient: UnsafeMutablePointer<curl_slist>?
  private var sender: String?

  private var conversation = SMTPConversation()
  private var bytes: [UInt8] = []
  private var position = 0
  private var size = 0
  private var written = 0
  private var needsInternationalAddresses = false
  private var objection: SMTPEnding.Objection?

  init(relay: SMTPRelay, lifeline: Lifeline) throws(OptionRefused) {
    CurlLibrary.initialise()
    guard let pointer = curl_easy_init() else {
      throw OptionRefused(option: 0, code: CURLE_OUT_OF_MEMORY.rawValue)
    }
    handle = CurlHandle(pointer: pointer)
    self.lifeline = lifeline
    needsAuthentication = relay.user != nil
    limits = relay.timeouts
    redaction = Redaction(user: relay.user ?? "", password: relay.password?.reveal() ?? "")
    try setPlace(relay)
    try setLimits(relay.timeouts)
    try setCallbacks()
  }

  // In this order: libcurl says QUIT and closes the socket in `cleanup`, and uses list and buffer until then. Its
  // callbacks there reach the lifeline alone, never this object, which is already going.
  deinit {
    lifeline.stopListening()
    curl_easy_cleanup(handle.pointer)
    curl_slist_free_all(recipient)
    errors.free()
  }

  /// Sends one mail to one recipient, again at once when a reused connection turns out to be gone.
  ///
  /// - Parameters:
  ///   - mail: Checked by `MailSafety` before.
  ///   - size: The size on the wire, for SIZE (RFC 1870).
  ///   - notice: Told what happened.
  /// - Returns: How it ended; every failure is a result.
  func deliver(_ mail: SMTPMail, size: Int, notice: (DeliveryEvent) -> Void) -> SMTPResult {
    var ending = attempt(mail, size: size)
    if ending.wasLostWhileIdle {
      notice(.sentAgainAtOnce)
      ending = attempt(mail, size: size)
    }
    if !ending.isReused { notice(.connectionOpened) }
    return kept(ending.judged)
  }

  /// What a server says is kept, shown and mailed on: without our password, should it say that back, and harmless to
  /// terminals.
  private func kept(_ result: SMTPResult) -> SMTPResult {
    var result = result
    let bytes = redaction.applied(to: Array(result.report.reply.utf8), isCut: false)
    result.report.reply = CleanText.line(String(decoding: bytes, as: UTF8.self))
    return result
  }

  private func attempt(_ mail: SMTPMail, size: Int) -> SMTPEnding {
    begin(mail, size: size)
    defer { bytes = [] }
    do throws(OptionRefused) {
      try setEnvelope(mail, size: size)
    } catch {
      return SMTPEnding(result: CURLcode(error.code), reason: "libcurl does not take option \(error.option)")
    }
    lifeline.leaveUnclean()
    let result = curl_easy_perform(handle.pointer)
    let ending = SMTPEnding(
      result: result,
      reason: result == CURLE_OK ? "" : errors.text(for: result),
      conversation: conversation,
      isHandedOver: written >= size,
      objection: objection,
      isCut: lifeline.isCut,
      isReused: handle.number(CURLINFO_NUM_CONNECTS) == 0
    )
    // libcurl keeps a connection on which an answer is still to come, and would take it for one to the next mail.
    if ending.leavesAnswerOpen { lifeline.hangUp() }
    return ending
  }

  /// Everything that comes before a mail, and NOOP in its place.
  func probe() -> DeliveryReport {
    begin(SMTPMail(sender: "", recipient: "", bytes: []), size: 0)
    do throws(OptionRefused) {
      try handle.set(CURLOPT_UPLOAD, false)
      try handle.set(CURLOPT_NOBODY, true)
      // > NOOP specifies no action other than that the receiver send a "250 OK" reply (RFC 5321 section 4.1.1.9).
      try handle.set(CURLOPT_CUSTOMREQUEST, "NOOP")
    } catch {
      return error.report
    }
    let result = curl_easy_perform(handle.pointer)
    // libcurl goes on without a word when the server offers no authentication.
    if result == CURLE_OK, isMissingAuthentication { objection = .noAuthentication }
    let ending = SMTPEnding(
      result: result == CURLE_OK && objection != nil ? CURLE_LOGIN_DENIED : result,
      reason: result == CURLE_OK ? "" : errors.text(for: result),
      conversation: conversation,
      objection: objection,
      isCut: lifeline.isCut
    )
    return kept(ending.judged).report
  }

  private func begin(_ mail: SMTPMail, size: Int) {
    conversation.begin()
    errors.clear()
    bytes = mail.bytes
    position = 0
    self.size = size
    written = 0
    needsInternationalAddresses = mail.needsInternationalAddresses
    objection = nil
    allow(seconds: limits.reply)
  }

  /// How long libcurl waits for one reply.
  ///
  /// Nothing depends on its taking the option: it took the same one when the connection was made.
  private func allow(seconds: Double) {
    _ = curl_set_long(handle.pointer, CURLOPT_SERVER_RESPONSE_TIMEOUT, max(1, Int(seconds.rounded(.up))))
    _ = curl_set_long(handle.pointer, CURLOPT_LOW_SPEED_TIME, max(1, Int(max(limits.stall, seconds).rounded(.up))))
  }
}

// MARK: Settings

extension SMTPConnection {
  private func setPlace(_ relay: SMTPRelay) throws(OptionRefused) {
    try handle.setCommon(caFile: relay.caFile, errors: errors)
    guard let url = relay.url else {
      throw OptionRefused(option: CURLOPT_URL.rawValue, code: CURLE_URL_MALFORMAT.rawValue)
    }
    try handle.set(CURLOPT_URL, url)
    try handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    // ALL, never TRY: TRY goes on in clear text when the server does not offer TLS.
    if relay.security == .startTLS { try handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
    try handle.set(CURLOPT_MAXCONNECTS, 1)
    try handle.set(CURLOPT_TCP_KEEPALIVE, true)
    try handle.set(CURLOPT_UPLOAD, true)
    guard let user = relay.user else { return }
    try handle.set(CURLOPT_USERNAME, user)
    try handle.set(CURLOPT_PASSWORD, relay.password?.reveal() ?? "")
    // Not what libcurl would rather take for a name with an `@`: Kerberos without a ticket.
    try handle.set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5;AUTH=DIGEST-MD5")
  }

  private func setLimits(_ limits: SMTPRelay.Timeouts) throws(OptionRefused) {
    try handle.set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds: limits.connect)
    try handle.set(CURLOPT_TIMEOUT_MS, milliseconds: limits.total)
    try handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, wholeSeconds: limits.reply)
    try handle.set(CURLOPT_LOW_SPEED_LIMIT, 1)
    try handle.set(CURLOPT_LOW_SPEED_TIME, wholeSeconds: max(limits.stall, limits.reply))
  }

  private func setEnvelope(_ mail: SMTPMail, size: Int) throws(OptionRefused) {
    if sender != mail.sender {
      try handle.set(CURLOPT_MAIL_FROM, mail.sender)
      sender = mail.sender
    }
    guard let list = curl_slist_append(nil, mail.recipient) else {
      throw OptionRefused(option: CURLOPT_MAIL_RCPT.rawValue, code: CURLE_OUT_OF_MEMORY.rawValue)
    }
    let earlier = recipient
    recipient = list
    defer { curl_slist_free_all(earlier) }
    try handle.set(CURLOPT_MAIL_RCPT, list: list)
    try handle.set(CURLOPT_INFILESIZE_LARGE, bytes: size)
  }

  private func setCallbacks() throws(OptionRefused) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    try handle.set(CURLOPT_READFUNCTION, readMail)
    try handle.set(CURLOPT_READDATA, keeping: context)
    try handle.set(CURLOPT_HEADERFUNCTION, hearReply)
    try handle.set(CURLOPT_HEADERDATA, keeping: context)
    // Verbose for the trace function alone, which prints nothing and keeps no line.
    try handle.set(CURLOPT_VERBOSE, true)
    try handle.set(CURLOPT_DEBUGDATA, keeping: context)
    try handle.check(CURLOPT_DEBUGFUNCTION, curl_set_trace_function(handle.pointer, seeCommand))
    try handle.set(CURLOPT_NOPROGRESS, false)
    try handle.set(CURLOPT_XFERINFODATA, keeping: lifeline.context)
    try handle.check(CURLOPT_XFERINFOFUNCTION, curl_set_progress_function(handle.pointer, lookForCut))
    try handle.set(CURLOPT_OPENSOCKETDATA, keeping: lifeline.context)
    try handle.set(CURLOPT_CLOSESOCKETDATA, keeping: lifeline.context)
    try handle.check(CURLOPT_OPENSOCKETFUNCTION, curl_set_open_socket_function(handle.pointer, openSocket))
    try handle.check(CURLOPT_CLOSESOCKETFUNCTION, curl_set_close_socket_function(handle.pointer, closeSocket))
  }
}

// MARK: What libcurl asks and tells, on the connection's own thread

extension SMTPConnection {
  fileprivate func read(into buffer: UnsafeMutableRawPointer, atMost limit: Int) -> Int {
    // The second line of defence; `sent` has hung up before.
    guard objection == nil else { return Int(CURL_READFUNC_ABORT) }
    let count = min(limit, bytes.count - position)
    bytes.withUnsafeBytes { all in
      if let start = all.baseAddress, count > 0 { memcpy(buffer, start + position, count) }
    }
    position += count
    // > DATA Termination: 10 minutes. … If the timeout is too short, the client may get impatient and send again (RFC
    // > 5321 section 4.5.3.2.6): the answer to the final dot may take what is left of the whole attempt.
    if position == bytes.count { allow(seconds: limits.total) }
    return count
  }

  /// Returns whether libcurl shall go on listening.
  fileprivate func received(_ line: UnsafeRawBufferPointer) -> Bool {
    guard !conversation.received(line) else { return true }
    objection = .endlessReply
    return false
  }

  /// So much of the mail has been given to the socket; libcurl sends the final dot after the last of it.
  fileprivate func wrote(_ count: Int) { written += count }

  fileprivate func sent(_ line: UnsafeRawBufferPointer) {
    conversation.sent(line)
    if conversation.stage == .farewell { lifeline.awaitFarewell() }
    if conversation.stage == .sender { objectToServer() }
  }

  /// libcurl goes on without a word when the server offers no authentication, or no SMTPUTF8.
  private func objectToServer() {
    if isMissingAuthentication {
      objection = .noAuthentication
    } else if needsInternationalAddresses, !conversation.takesInternationalAddresses {
      objection = .noInternationalAddresses
    }
    if objection != nil { lifeline.hangUp() }
  }

  private var isMissingAuthentication: Bool { needsAuthentication && !conversation.isAuthenticated }
}

extension Lifeline {
  fileprivate var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
}

private func connection(_ context: UnsafeMutableRawPointer) -> SMTPConnection {
  Unmanaged<SMTPConnection>.fromOpaque(context).takeUnretainedValue()
}

private func lifeline(_ context: UnsafeMutableRawPointer) -> Lifeline {
  Unmanaged<Lifeline>.fromOpaque(context).takeUnretainedValue()
}

private func readMail(
  _ buffer: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let buffer, let context else { return Int(CURL_READFUNC_ABORT) }
  return connection(context).read(into: buffer, atMost: size * count)
}

private func hearReply(
  _ bytes: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes, let context else { return 0 }
  let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
  // Any other number than that of the bytes ends the transfer.
  return connection(context).received(line) ? size * count : 0
}

private func seeCommand(
  _ handle: UnsafeMutableRawPointer?,
  _ kind: curl_infotype,
  _ bytes: UnsafeMutablePointer<CChar>?,
  _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> CInt {
  guard let bytes, let context else { return 0 }
  if kind == CURLINFO_HEADER_OUT { connection(context).sent(UnsafeRawBufferPointer(start: bytes, count: count)) }
  if kind == CURLINFO_DATA_OUT { connection(context).wrote(count) }
  return 0
}

private func lookForCut(
  _ context: UnsafeMutableRawPointer?,
  _: curl_off_t,
  _: curl_off_t,
  _: curl_off_t,
  _: curl_off_t
) -> CInt {
  guard let context else { return 1 }
  return lifeline(context).isCut ? 1 : 0
}

private func openSocket(
  _ context: UnsafeMutableRawPointer?,
  _ purpose: curlsocktype,
  _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
  guard let context, let address else { return CURL_SOCKET_BAD }
  return lifeline(context).open(address.pointee)
}

private func closeSocket(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> CInt {
  guard let context else { return 1 }
  lifeline(context).close(socket)
  return 0
}
