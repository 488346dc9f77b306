/// What the program and its library say when no server has spoken, for letters in Vietnamese.
///
/// A server's own words are never changed.
enum OwnReasons {
  /// The text with our own reasons in Vietnamese.
  ///
  /// - Parameter text: As it is kept: `301 redirects are not followed`; with the channel, address or relay before it, each
  ///   ending in a colon; several relays with a semicolon between them.
  /// - Returns: Nil when nothing in it is ours.
  static func vietnamese(_ text: String) -> String? {
    let pieces = text.split(separator: "; ", omittingEmptySubsequences: false).map(String.init)
    let translated = pieces.map(piece)
    guard translated.contains(where: { $0 != nil }) else { return nil }
    return zip(pieces, translated).map { $1 ?? $0 }.joined(separator: "; ")
  }

  /// One relay's, or all there is.
  private static func piece(_ text: String) -> String? {
    for start in starts(in: text) {
      if let words = reason(String(text[start...])) { return text[..<start] + words }
    }
    return nil
  }

  /// Where a reason may begin: in front, and after each colon; the code of an answer is no part of it.
  private static func starts(in text: String) -> [String.Index] {
    ([text.startIndex] + text.ranges(of: ": ").map(\.upperBound)).map { start in
      let code = text[start...].prefix { $0.isASCII && $0.isNumber }
      return code.count == 3 && text[code.endIndex...].hasPrefix(" ") ? text.index(after: code.endIndex) : start
    }
  }

  private static func reason(_ text: String) -> String? {
    if let words = whole[text] { return words }
    if let (english, words) = beginnings.first(where: { text.hasPrefix($0.0) }) {
      let rest = String(text.dropFirst(english.count))
      return words + (reason(rest) ?? rest)
    }
    // libcurl's words stay beside ours: they name host and port, and whoever mends it searches for them.
    return library.first { text.hasPrefix($0.0) }.map { "\($0.1) (\(text))" }
  }
}

// Delivery says these.
extension OwnReasons {
  private static let whole = [
    "redirects are not followed": "nơi nhận chuyển hướng sang địa chỉ khác, hệ thống không gửi theo chuyển hướng",
    "the answer broke off within its headers": "câu trả lời bị ngắt giữa chừng",
    "the answer's headers are endless": "phần đầu của câu trả lời dài quá mức cho phép",
    "the answer is no HTTP": "câu trả lời không theo giao thức HTTP",
    "the endpoint's address is private or reserved, and that is not allowed":
      "nơi nhận có địa chỉ nội bộ hoặc dành riêng, chưa được cho phép trong cấu hình",
    "the relay offered no authentication that we know, and nothing was sent without":
      "máy chủ thư không có phương thức xác thực phù hợp nên chưa gửi",
    "the relay takes no addresses outside ASCII (no SMTPUTF8)":
      "máy chủ thư không nhận địa chỉ có ký tự ngoài ASCII (không hỗ trợ SMTPUTF8)",
    "the relay's reply had no end": "câu trả lời của máy chủ thư dài quá mức cho phép",
    "every connection to the relay was busy for too long": "mọi kết nối đến máy chủ thư đều bận quá lâu",
    "no relay to ask": "không có máy chủ thư nào để gửi",
    "no thread to be had": "máy không đủ tài nguyên để gửi",
    "no memory or thread to be had": "máy không đủ tài nguyên để gửi",
    "the sender ended before it could report": "hệ thống dừng khi đang gửi nên chưa biết kết quả",
    "shutting down": "hệ thống đang dừng",
    "cancelled": "lần gửi bị hủy",
    "no telephone number for this recipient under “phones”":
      "chưa có số điện thoại của người nhận trong mục “phones”",
    "CR or LF alone in the mail": "thư có ký tự xuống dòng không hợp lệ",
    "no address": "chưa có địa chỉ",
    "address too long": "địa chỉ quá dài",
    "control character in the address": "địa chỉ có ký tự điều khiển",
    "space or angle bracket in the address": "địa chỉ có dấu cách hoặc dấu ngoặc nhọn",
  ]

  /// What another reason follows.
  private static let beginnings = [
    ("not sent: recipient: ", "không gửi, địa chỉ người nhận không hợp lệ: "),
    ("not sent: sender: ", "không gửi, địa chỉ người gửi không hợp lệ: "),
    ("not sent: ", "không gửi: "),
    ("no answer to the final dot: ", "đã gửi hết thư nhưng không nhận được trả lời: "),
    ("cut off by us: ", "hệ thống tự ngắt kết nối: "),
    ("the answer is not in Zalo's form: ", "câu trả lời không theo mẫu của Zalo: "),
  ]

  /// libcurl's commonest.
  private static let library = [
    ("Could not resolve host", "không tìm thấy tên máy chủ"),
    ("Couldn't resolve host", "không tìm thấy tên máy chủ"),
    ("Failed to connect to ", "không kết nối được với máy chủ"),
    ("Could not connect to server", "không kết nối được với máy chủ"),
    ("Couldn't connect to server", "không kết nối được với máy chủ"),
    ("Connection timed out", "máy chủ không trả lời trong thời gian chờ"),
    ("Operation timed out", "máy chủ không trả lời trong thời gian chờ"),
    ("Timeout was reached", "máy chủ không trả lời trong thời gian chờ"),
    ("SSL certificate problem", "chứng thư của máy chủ không hợp lệ"),
    ("SSL: no alternative certificate", "chứng thư của máy chủ không hợp lệ"),
    ("Login denied", "máy chủ không chấp nhận tên đăng nhập hoặc mật khẩu"),
    ("Recv failure", "mất kết nối với máy chủ"),
    ("Send failure", "mất kết nối với máy chủ"),
    ("Empty reply from server", "mất kết nối với máy chủ"),
    ("Server returned nothing", "mất kết nối với máy chủ"),
  ]
}

extension Wording {
  /// Why an attempt failed: a server's own words as they are, ours in the reader's language.
  func cause(_ text: String) -> String { say(OwnReasons.vietnamese(text) ?? text, text) }

  /// What stands in front of it.
  func causeLabel(_ text: String) -> String {
    OwnReasons.vietnamese(text) == nil ? say("Máy chủ trả lời", "The server said") : say("Lý do", "Reason")
  }
}
