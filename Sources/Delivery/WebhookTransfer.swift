import CCurl
import Deadlines
import Glibc

/// One call: its handle and all that libcurl points into.
///
/// Belongs to the loop's thread.
final class WebhookTransfer {
  typealias Answer = CheckedContinuation<DeliveryReport, Never>

  let handle: CurlHandle
  let answer: Answer
  private let errors = ErrorBuffer()
  private let limits: WebhookLimits
  private let call: WebhookCall
  private var headers: UnsafeMutablePointer<curl_slist>?

  private var received = 0
  private var hasAllHeaders = false
  private var headerBytes = 0
  private var beginning: [UInt8] = []
  private var isAnswerCut = false
  private var addressesRefused = 0
  private var addressesAllowed = 0

  init(_ call: WebhookCall, id: Int, limits: WebhookLimits, answer: Answer) throws(OptionRefused) {
    guard let pointer = curl_easy_init() else {
      throw OptionRefused(option: 0, code: CURLE_OUT_OF_MEMORY.rawValue)
    }
    handle = CurlHandle(pointer: pointer)
    self.limits = limits
    self.answer = answer
    self.call = call
    try handle.set(CURLOPT_PRIVATE, keeping: UnsafeMutableRawPointer(bitPattern: id))
    try setPlace(call)
    try setHeaders(call.headers)
    try setLimits()
    try setCallbacks()
  }

  // In this order, and only after the loop has removed the handle: libcurl uses list and buffer until then.
  deinit {
    curl_easy_cleanup(handle.pointer)
    curl_slist_free_all(headers)
    errors.free()
  }

  /// How the call ended.
  func ending(_ result: CURLcode) -> WebhookEnding {
    WebhookEnding(
      result: result,
      reason: result == CURLE_OK ? "" : safe(Array(errors.text(for: result).utf8)),
      status: handle.number(CURLINFO_RESPONSE_CODE),
      hasAllHeaders: hasAllHeaders,
      answer: safe(beginning, isCut: received > beginning.count),
      form: call.answerForm,
      zalo: call.answerForm == .zalo ? ZaloAnswer(beginning) : nil,
      retryAfter: handle.offset(CURLINFO_RETRY_AFTER),
      isProbe: call.isProbe,
      isAnswerCut: isAnswerCut,
      isPosted: handle.number(CURLINFO_REQUEST_SIZE) > 0,
      isHeaderTooLong: headerBytes > Self.longestHeaders,
      isAddressRefused: addressesRefused > 0 && addressesAllowed == 0
    )
  }
}

extension WebhookTransfer {
  /// Bytes of an answer that are kept: enough for a sentence, and for all that Zalo says.
  private static let keptAnswer = 4096

  private func safe(_ bytes: [UInt8], isCut: Bool = false) -> String {
    if bytes.isEmpty { return "" }
    return readable(Redaction(url: call.url, headers: call.headers).applied(to: bytes, isCut: isCut))
  }
}

// MARK: Settings

extension WebhookTransfer {
  private func setPlace(_ call: WebhookCall) throws(OptionRefused) {
    try handle.setCommon(caFile: limits.caFile, errors: errors)
    try handle.set(CURLOPT_PROTOCOLS_STR, limits.allowPlainHTTP ? "http,https" : "https")
    try handle.set(CURLOPT_URL, call.url)
    try handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, true)
    // HTTP/2 where TLS agrees on it; clear text stays with HTTP/1.1.
    try handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    if call.isProbe { try handle.set(CURLOPT_CONNECT_ONLY, 1) }
    // libcurl's own copy leaves with the headers in one segment; by a read function it would be a second.
    try handle.setPost(call.body)
  }

  private func setHeaders(_ given: [String]) throws(OptionRefused) {
    // A name and a colon alone keep libcurl from adding a header of its own: waiting for 100-continue, and calling
    // everything a form.
    let isTyped = given.contains { $0.lowercased().hasPrefix("content-type:") }
    for header in given + ["Expect:"] + (isTyped ? [] : ["Content-Type:"]) {
      guard let longer = curl_slist_append(headers, header) else {
        throw OptionRefused(option: CURLOPT_HTTPHEADER.rawValue, code: CURLE_OUT_OF_MEMORY.rawValue)
      }
      headers = longer
    }
    try handle.set(CURLOPT_HTTPHEADER, list: headers)
  }

  private func setLimits() throws(OptionRefused) {
    try handle.set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds: limits.connect)
    try handle.set(CURLOPT_TIMEOUT_MS, milliseconds: limits.total)
  }

  private func setCallbacks() throws(OptionRefused) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    try handle.set(CURLOPT_HEADERFUNCTION, hearHeader)
    try handle.set(CURLOPT_HEADERDATA, keeping: context)
    try handle.set(CURLOPT_WRITEFUNCTION, writeAnswer)
    try handle.set(CURLOPT_WRITEDATA, keeping: context)
    try handle.check(CURLOPT_OPENSOCKETFUNCTION, curl_set_open_socket_function(handle.pointer, openGuarded))
    try handle.set(CURLOPT_OPENSOCKETDATA, keeping: context)
  }
}

// MARK: What libcurl asks and tells, on the loop's thread

extension WebhookTransfer {
  /// Bytes of all header lines of one call, those of interim answers too.
  private static let longestHeaders = 262_144

  /// One line; the empty one ends the headers, until another status line begins others.
  /// - Returns: Whether more may come.
  fileprivate func hear(_ line: UnsafeRawBufferPointer) -> Bool {
    headerBytes += line.count
    if line.starts(with: "HTTP/".utf8) { hasAllHeaders = false }
    if line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") { hasAllHeaders = true }
    return headerBytes <= Self.longestHeaders
  }

  fileprivate func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    beginning.append(contentsOf: bytes.prefix(Self.keptAnswer - beginning.count))
    received += bytes.count
    guard received > limits.largestAnswer else { return bytes.count }
    isAnswerCut = true
    // Any number but the one given makes libcurl hang up.
    return bytes.isEmpty ? 1 : 0
  }

  fileprivate func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
    let isAllowed = withUnsafePointer(to: &address.pointee.addr) {
      AddressGuard.isAllowed($0, allowPrivate: limits.allowPrivateAddresses)
    }
    guard isAllowed else {
      addressesRefused += 1
      return CURL_SOCKET_BAD
    }
    addressesAllowed += 1
    let kind = address.pointee.socktype | CInt(SOCK_CLOEXEC.rawValue)
    return socket(address.pointee.family, kind, address.pointee.protocol)
  }
}

/// The beginning of an answer as one line that can be shown.
private func readable(_ bytes: [UInt8]) -> String {
  let text = String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
    scalar.properties.generalCategory == .control ? " " : Character(scalar)
  }
  return String(String(text).split(separator: " ").joined(separator: " ").prefix(200))
}

private func transfer(_ context: UnsafeMutableRawPointer) -> WebhookTransfer {
  Unmanaged<WebhookTransfer>.fromOpaque(context).takeUnretainedValue()
}

private func hearHeader(
  _ bytes: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes, let context else { return 0 }
  let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
  // Any number but the one given makes libcurl hang up.
  return transfer(context).hear(line) ? size * count : size * count + 1
}

private func writeAnswer(
  _ bytes: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes, let context else { return 0 }
  return transfer(context).write(UnsafeRawBufferPointer(start: bytes, count: size * count))
}

private func openGuarded(
  _ context: UnsafeMutableRawPointer?,
  _ purpose: curlsocktype,
  _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
  guard let context, let address else { return CURL_SOCKET_BAD }
  return transfer(context).open(address)
}
