import CCurl

/// An option libcurl did not take: a build without that feature, or no memory.
struct OptionRefused: Error, Hashable {
  let option: UInt32
  let code: UInt32
}

/// The typed way to set options on one libcurl handle; every result is checked.
struct CurlHandle {
  let pointer: UnsafeMutableRawPointer

  func set(_ option: CURLoption, _ value: Int) throws(OptionRefused) {
    try check(option, curl_set_long(pointer, option, value))
  }

  func set(_ option: CURLoption, _ value: Bool) throws(OptionRefused) { try set(option, value ? 1 : 0) }

  func set(_ option: CURLoption, bytes value: Int) throws(OptionRefused) {
    try check(option, curl_set_offset(pointer, option, curl_off_t(value)))
  }

  /// Sets a limit given in seconds; a limit too small to be a number of milliseconds is one millisecond, not "none".
  func set(_ option: CURLoption, milliseconds seconds: Double) throws(OptionRefused) {
    try set(option, max(1, Int(seconds * 1000)))
  }

  /// Sets a limit in whole seconds, rounded up.
  func set(_ option: CURLoption, wholeSeconds seconds: Double) throws(OptionRefused) {
    try set(option, max(1, Int(seconds.rounded(.up))))
  }

  func set(_ option: CURLoption, _ value: String) throws(OptionRefused) {
    try check(option, curl_set_string(pointer, option, value))
  }

  /// Sets what libcurl keeps and does not copy.
  func set(_ option: CURLoption, keeping value: UnsafeMutableRawPointer?) throws(OptionRefused) {
    try check(option, curl_set_pointer(pointer, option, value))
  }

  /// Sets the body of a POST, of which libcurl keeps a copy.
  func setPost(_ body: [UInt8]) throws(OptionRefused) {
    try set(CURLOPT_POST, true)
    try set(CURLOPT_POSTFIELDSIZE_LARGE, bytes: body.count)
    // Of an empty array there may be no address, and without one libcurl would read from somewhere else.
    var bytes = body.isEmpty ? [0] : body
    try check(CURLOPT_COPYPOSTFIELDS, curl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, &bytes))
  }

  func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) throws(OptionRefused) {
    try check(option, curl_set_list(pointer, option, list))
  }

  func set(_ option: CURLoption, _ function: curl_data_function?) throws(OptionRefused) {
    try check(option, curl_set_data_function(pointer, option, function))
  }

  func check(_ option: CURLoption, _ code: CURLcode) throws(OptionRefused) {
    guard code == CURLE_OK else { throw OptionRefused(option: option.rawValue, code: code.rawValue) }
  }

  /// The number under which a loop keeps the transfer (CURLOPT_PRIVATE), or zero.
  var tag: Int {
    var value: UnsafeMutableRawPointer?
    return curl_get_pointer(pointer, CURLINFO_PRIVATE, &value) == CURLE_OK ? Int(bitPattern: value) : 0
  }

  /// A number about the transfer that has ended, or zero.
  func number(_ info: CURLINFO) -> Int {
    var value = 0
    return curl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
  }

  /// A 64-bit number about the transfer that has ended, or zero.
  func offset(_ info: CURLINFO) -> Int64 {
    var value: curl_off_t = 0
    return curl_get_offset(pointer, info, &value) == CURLE_OK ? Int64(value) : 0
  }
}

extension CurlHandle {
  /// What every transfer of ours has in common: no signals, no surprises from the environment, real certificates.
  func setCommon(caFile: String?, errors: ErrorBuffer) throws(OptionRefused) {
    try set(CURLOPT_ERRORBUFFER, keeping: errors.pointer)
    try set(CURLOPT_NOSIGNAL, true)
    // A resolver still waiting for an answer must not hold up a cancelled transfer.
    try set(CURLOPT_QUICK_EXIT, true)
    // Variables such as `https_proxy` or `ALL_PROXY` must not divert what we send.
    try set(CURLOPT_PROXY, "")
    try set(CURLOPT_NOPROXY, "*")
    try set(CURLOPT_FOLLOWLOCATION, false)
    try set(CURLOPT_SSL_VERIFYPEER, true)
    try set(CURLOPT_SSL_VERIFYHOST, 2)
    try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let caFile { try set(CURLOPT_CAINFO, caFile) }
  }
}

/// libcurl's text about a failure.
///
/// It writes into the buffer at any time, so the buffer is malloc'ed, and freed only after the handle.
struct ErrorBuffer {
  let pointer: UnsafeMutablePointer<CChar>

  init() {
    pointer = .allocate(capacity: Int(CURL_ERROR_SIZE))
    pointer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  func clear() { pointer[0] = 0 }
  func free() { pointer.deallocate() }

  /// The text, or what the code means when there is none.
  func text(for code: CURLcode) -> String {
    if pointer[0] != 0 { return String(cString: pointer) }
    return curl_easy_strerror(code).map { String(cString: $0) } ?? "libcurl result \(code.rawValue)"
  }
}
