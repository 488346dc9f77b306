import Testing

@testable import Messages

@Suite("encodings of mail")
struct EncodingTests {
  @Test(
    "base64 is RFC 4648's",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy"),
      ("Hạn", "SOG6oW4="),
    ]
  )
  func encodesBase64(plain: String, expected: String) {
    #expect(TransferEncoding.base64(Array(plain.utf8)) == expected)
    #expect(TransferEncoding.bytes(ofBase64: expected) == Array(plain.utf8))
  }

  @Test("what is not base64 is refused", arguments: ["Zg=", "Z", "Zm9v!", "Zm 9v", "Zh==", "=Zg="])
  func refusesBase64(text: String) { #expect(TransferEncoding.bytes(ofBase64: text) == nil) }

  @Test(
    "quoted-printable is RFC 2045's, and hides what relays change",
    arguments: [
      ("plain\n", "plain\r\n"),
      ("no end", "no end\r\n"),
      ("a=b\n", "a=3Db\r\n"),
      ("hạn\n", "h=E1=BA=A1n\r\n"),
      ("blank \n", "blank=20\r\n"),
      ("tab\t\n", "tab=09\r\n"),
      (".\n", "=2E\r\n"),
      ("From here\n", "=46rom here\r\n"),
      ("\n\n", "\r\n\r\n"),
      (String(repeating: "a", count: 76) + "\n", String(repeating: "a", count: 76) + "\r\n"),
      (String(repeating: "a", count: 77) + "\n", String(repeating: "a", count: 75) + "=\r\naa\r\n"),
      (String(repeating: "a", count: 75) + ".b\n", String(repeating: "a", count: 75) + "=\r\n=2Eb\r\n"),
    ]
  )
  func quotes(plain: String, expected: String) { #expect(TransferEncoding.quotedPrintable(plain) == expected) }

  @Test(
    "encoded-words are RFC 2047's, in the shorter encoding",
    arguments: [
      ("Hạn", ["=?utf-8?B?SOG6oW4=?="]),
      ("Cẩm Giàng xa", ["=?utf-8?B?Q+G6qW0gR2nDoG5nIHhh?="]),
      ("a long title, ASCII but for é", ["=?utf-8?Q?a_long_title=2C_ASCII_but_for_=C3=A9?="]),
    ]
  )
  func encodesWords(text: String, expected: [String]) { #expect(EncodedWord.words(text) == expected) }

  @Test(
    "no grapheme is cut between two encoded-words",
    arguments: ["👩🏻‍❤️‍💋‍👩🏻", "ệ", "e\u{0302}\u{0323}", "🇻🇳"],
    [1, 2, 3, 5, 7]
  )
  func keepsGraphemes(grapheme: String, shift: Int) throws {
    let text = String(repeating: "a", count: shift) + String(repeating: grapheme, count: 12)
    for word in EncodedWord.words(text, firstRoom: 60) {
      #expect(word.utf8.count <= 75)
      let payload = String(word.dropFirst(10).dropLast(2))
      let bytes = try #require(TransferEncoding.bytes(ofBase64: payload))
      let decoded = try #require(String(validating: bytes, as: UTF8.self))
      #expect(decoded.allSatisfy { String($0) == grapheme || $0 == "a" })
    }
  }

  @Test("a header is folded at 76 and never at the field's own name")
  func folds() {
    let field = HeaderField.folded("References", Array(repeating: String(repeating: "x", count: 40), count: 3))
    #expect(
      field == "References: " + Array(repeating: String(repeating: "x", count: 40), count: 3).joined(separator: "\r\n ")
        + "\r\n"
    )
    #expect(
      HeaderField.folded("X", [String(repeating: "y", count: 90)]) == "X: \(String(repeating: "y", count: 90))\r\n"
    )
  }

  @Test(
    "a display name is atoms, a quoted string or encoded-words",
    arguments: [
      ("Nhac viec", "To: Nhac viec <a@b.example>\r\n"),
      ("Doe, \"J\"", "To: \"Doe, \\\"J\\\"\" <a@b.example>\r\n"),
      ("=?utf-8?q?x?=", "To: =?utf-8?B?PT91dGYtOD9xP3g/PQ==?= <a@b.example>\r\n"),
      ("", "To: a@b.example\r\n"),
    ]
  )
  func names(name: String, expected: String) {
    #expect(HeaderField.mailbox("To", displayName: name, address: "a@b.example") == expected)
  }

  @Test(
    "an address that could add a header or a recipient is not written",
    arguments: [
      "a@b.example\r\nBcc: x@y.example", "a@b.example, x@y.example", "<a@b.example>", "a b@c.example", "a",
      "é@b.example",
    ]
  )
  func refusesAddress(address: String) {
    #expect(HeaderField.mailbox("To", displayName: "A", address: address) == "To: undisclosed-recipients:;\r\n")
  }

  @Test("ids in X-Nhachan-Occurrences are ASCII")
  func encodesOccurrences() {
    #expect(HeaderField.list("X", ["a/PL.1/x", "kế,b"]) == "X: a/PL.1/x, k%E1%BA%BF%2Cb\r\n")
  }

  @Test(
    "one line is made of any text",
    arguments: [
      ("  two  words \n", "two words"),
      ("a\r\nBcc: x", "a Bcc: x"),
      ("nul\0here", "nul here"),
      ("e\u{0302}\u{0323}", "ệ"),
      ("\u{202E}gnp.exe\u{202C}", "gnp.exe"),
      ("zero\u{200B}width\u{FEFF}", "zerowidth"),
      ("soft\u{00AD}hyphen", "softhyphen"),
      ("line\u{2028}break", "line break"),
      ("👩‍👧 a\u{200D}b", "👩‍👧 ab"),
      ("❤️", "❤️"),
    ]
  )
  func cleans(text: String, expected: String) {
    #expect(Array(CleanText.line(text).unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test("a text is shortened between graphemes and marked")
  func shortens() {
    #expect(CleanText.shortened("một hai ba bốn", to: 10) == "một hai…")
    #expect(CleanText.shortened("👩‍👧👩‍👧👩‍👧", to: 2) == "👩‍👧…")
    #expect(CleanText.shortened("vừa đủ", to: 6) == "vừa đủ")
  }
}
