import Foundation
import Testing

@testable import Configuration

@Suite("Names and words")
struct Names {
  @Test(
    "spellings of one name are alike",
    arguments: [
      ("Phòng Văn hóa - Xã hội", "Phòng Văn hóa – Xã hội"),
      ("Phòng Văn hóa - Xã hội", "Phòng Văn hóa-Xã hội"),
      ("Phòng Văn hóa - Xã hội", "Phòng Văn hoá — Xã hội"),
      ("Phòng Văn hóa - Xã hội", "phòng văn hóa \u{2212} xã hội."),
      ("Phòng Văn hóa - Xã hội", "  PHÒNG  VĂN\u{A0}HÓA -XÃ HỘI . "),
      ("Ủy ban nhân dân", "Uỷ ban nhân dân"),
      ("Trung tâm Phục vụ hành chính công", "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"),
      ("Đoàn Thanh niên", "đoàn thanh niên"),
      ("Các cơ quan, tổ chức, đơn vị", "các cơ quan,  tổ chức, đơn vị."),
      ("hòa, khỏe", "hoà, khoẻ"),
      ("Y tế\u{200B} xã", "y tế xã"),
    ]
  )
  func alike(left: String, right: String) {
    #expect(NameFold.key(left) == NameFold.key(right))
    #expect(NameFold.key(left.decomposedStringWithCanonicalMapping) == NameFold.key(right))
    #expect(NameFold.key(left) == NameFold.key(right.decomposedStringWithCompatibilityMapping))
  }

  @Test(
    "different names stay different",
    arguments: [
      ("Phòng Kinh tế", "Phòng Kính tế"), ("Đoàn", "Doàn"), ("Các cơ quan, đơn vị", "Các cơ quan đơn vị"),
      ("Tổ 1", "Tổ 11"), ("Phòng A - B", "Phòng A B"), ("Ô", "O"), ("Ủ a", "U ả"), ("Văn phòng", "Vănphòng"),
    ]
  )
  func different(left: String, right: String) {
    #expect(NameFold.key(left) != NameFold.key(right))
  }

  @Test("a name of nothing but stops and spaces folds to nothing", arguments: ["", " ", "...", "\u{301}\u{200B}."])
  func emptyNames(name: String) {
    #expect(NameFold.key(name).unicodeScalars.allSatisfy { $0 == "\u{301}" })
  }

  @Test(
    "a near word is offered, a far one is not",
    arguments: [("adress", "address"), ("hed", "head"), ("Address", "address"), ("colour", nil), ("x", nil)]
  )
  func nearest(word: String, expected: String?) {
    #expect(Spelling.nearest(to: word, among: ["address", "head", "id", "name"]) == expected)
  }

  @Test(
    "mailboxes are taken",
    arguments: ["a@b.vn", "vhxh@camgiang.example", "root@localhost", "a.b+c@x-y.vn", "o'neil@10.0.0.1"]
  )
  func mailboxes(address: String) {
    #expect(MailAddress.fault(in: address) == nil)
  }

  @Test(
    "what could inject, mislead or bounce is no mailbox",
    arguments: [
      "", "@", "a", "a@", "@b.vn", "a b@c.vn", "a@b c.vn", "a@b.vn\r\nBcc: x@y.vn", "a@b@c.vn", ".a@b.vn", "a.@b.vn",
      "a..b@c.vn", "a@b..vn", "a@-b.vn", "a@b.vn.", "<a@b.vn>", "\"a\"@b.vn", "a,b@c.vn", "á@b.vn", "a@tỉnh.vn",
      "a\u{0}@b.vn", "a@[127.0.0.1]", String(repeating: "a", count: 65) + "@b.vn",
      "a@" + String(repeating: "b.", count: 130) + "vn",
    ]
  )
  func noMailboxes(address: String) {
    #expect(MailAddress.fault(in: address) != nil)
  }

  @Test(
    "lengths of time",
    arguments: [
      ("90s", 90), ("2m", 120), ("4h", 14_400), ("5d", 432_000), ("0s", 0), ("", nil), ("5", nil), ("d", nil),
      ("-5d", nil), ("5 d", nil), ("1.5h", nil), ("999999999d", nil), ("٥d", nil), ("5D", nil),
    ] as [(String, Int64?)]
  )
  func durations(text: String, seconds: Int64?) {
    #expect(Measures.seconds(text) == seconds)
  }

  @Test(
    "weekdays in both languages",
    arguments: [("Monday", 1), ("sunday", 7), ("thứ Hai", 1), ("Thứ Bẩy", nil), ("chủ nhật", 7), ("8", nil)]
  )
  func weekdays(word: String, number: Int?) {
    #expect(Measures.weekday(word) == number)
  }

  @Test(
    "web addresses are taken apart for safety",
    arguments: [
      ("https://a.vn", "a.vn"), ("HTTP://127.0.0.1:8080/x?y", "127.0.0.1"), ("https://[::1]:8443/", "[::1]"),
      ("ftp://a.vn", nil), ("https://", nil), ("https://u:p@a.vn", nil), ("https://a.vn:0", nil),
      ("https://a.vn:", nil),
      ("https://a b.vn", nil), ("https://a.vn\\@b.vn", "a.vn"), ("//a.vn", nil), ("https://[x]/", nil),
    ]
  )
  func webAddresses(text: String, host: String?) {
    #expect((try? WebAddress(text))?.host == host)
  }

  @Test(
    "this machine is told from others",
    arguments: [
      ("127.0.0.1", true), ("127.1.2.3", true), ("localhost", true), ("[::1]", true), ("127.0.0.1.evil.vn", false),
      ("127.0.0", false), ("10.0.0.1", false), ("localhost.vn", false),
    ]
  )
  func loopback(host: String, isLoopback: Bool) {
    #expect(HostName.isLoopback(host) == isLoopback)
  }
}
