import Deadlines
import Testing

@testable import Messages

@Suite("reasons of our own in letters")
struct OwnReasonsTests {
  @Test(
    "our own reasons are told in Vietnamese, with what stands in front of them",
    arguments: [
      (
        "301 redirects are not followed",
        "301 nơi nhận chuyển hướng sang địa chỉ khác, hệ thống không gửi theo chuyển hướng"
      ),
      (
        "hook: 308 redirects are not followed",
        "hook: 308 nơi nhận chuyển hướng sang địa chỉ khác, hệ thống không gửi theo chuyển hướng"
      ),
      (
        "vp@x.example (zalo): not sent: no telephone number for this recipient under “phones”",
        "vp@x.example (zalo): không gửi: chưa có số điện thoại của người nhận trong mục “phones”"
      ),
      (
        "not sent: recipient: address too long", "không gửi, địa chỉ người nhận không hợp lệ: địa chỉ quá dài"
      ),
      (
        "Could not resolve host: mx.example",
        "không tìm thấy tên máy chủ (Could not resolve host: mx.example)"
      ),
      (
        "no answer to the final dot: Recv failure: Connection reset by peer",
        "đã gửi hết thư nhưng không nhận được trả lời: "
          + "mất kết nối với máy chủ (Recv failure: Connection reset by peer)"
      ),
      (
        "200 the answer is not in Zalo's form: <html>", "200 câu trả lời không theo mẫu của Zalo: <html>"
      ),
      (
        "mx1:25: 535 5.7.8 denied; mx2:25: Failed to connect to mx2 port 25 after 3 ms",
        "mx1:25: 535 5.7.8 denied; mx2:25: không kết nối được với máy chủ "
          + "(Failed to connect to mx2 port 25 after 3 ms)"
      ),
    ]
  )
  func translates(text: String, expected: String) {
    #expect(Wording(.vietnamese).cause(text) == expected)
    #expect(Wording(.vietnamese).causeLabel(text) == "Lý do")
    #expect(Wording(.english).cause(text) == text && Wording(.english).causeLabel(text) == "Reason")
  }

  @Test(
    "a server's own words stay as they are",
    arguments: [
      "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown", "410 Gone: moved", "HTTP 404", "",
      "450 cancelled by the user", "503 We see that redirects are not followed here; shutting down soon",
    ]
  )
  func keeps(text: String) {
    for language in Language.allCases { #expect(Wording(language).cause(text) == text) }
    #expect(Wording(.vietnamese).causeLabel(text) == "Máy chủ trả lời")
  }

  private static let english = "redirects are not followed"
  private static let vietnamese = "nơi nhận chuyển hướng sang địa chỉ khác"

  private func page(_ message: Message) -> String { MailFormat.html(message, letterhead: Samples.letterhead) }

  private func undelivered(_ number: Int) -> Message {
    var message = Samples.undeliveredToAdmin
    guard case .trouble(var trouble) = message.content, case .undelivered(let letters) = trouble.matter else {
      return message
    }
    var letter = letters[0]
    letter.reply = "301 \(Self.english)"
    trouble.matter = .undelivered(Array(repeating: letter, count: number))
    message.content = .trouble(trouble)
    return message
  }

  @Test("word of undelivered messages has them in Vietnamese, in cards and in the table", arguments: [1, 20])
  func troubles(number: Int) {
    let page = page(undelivered(number))
    #expect(page.contains(Self.vietnamese) && !page.contains(Self.english))
  }

  @Test("word of a channel has them in Vietnamese, held or free again")
  func channels() {
    for (sample, isHeld) in [(Samples.channelHeld, true), (Samples.channelWorks, false)] {
      guard case .trouble(let trouble) = sample.content else { continue }
      let held = Trouble.HeldChannel(
        name: "hook",
        reason: "301 \(Self.english)",
        since: sample.createdAt,
        waiting: 2,
        probeAt: nil
      )
      var message = sample
      message.content = .trouble(
        Trouble(isHeld ? .channelHeld(held) : .channelWorks(held), isForAdmin: trouble.isForAdmin)
      )
      #expect(page(message).contains(Self.vietnamese) && !page(message).contains(Self.english))
    }
  }

  @Test("the digest has them in Vietnamese, and one in English in English")
  func digest() {
    var digest = Samples.fullDigest
    digest.deliveryProblems = ["hook: 301 \(Self.english)"]
    var message = Samples.digestMessage(digest)
    message.recipient.language = .vietnamese
    #expect(page(message).contains(Self.vietnamese) && !page(message).contains(Self.english))
    message.recipient.language = .english
    #expect(page(message).contains(Self.english) && !page(message).contains(Self.vietnamese))
  }
}
