import CCurl
import Deadlines
import Testing

@testable import Delivery

@Suite("The end of an attempt")
struct SMTPEndingTests {
  /// What libcurl showed us, line by line: ours begin with `>`.
  private func conversation(_ lines: [String]) -> SMTPConversation {
    var conversation = SMTPConversation()
    for line in lines {
      let isOurs = line.hasPrefix(">")
      Array(((isOurs ? String(line.dropFirst()) : line) + "\r\n").utf8)
        .withUnsafeBytes {
          if isOurs { conversation.sent($0) } else { _ = conversation.received($0) }
        }
    }
    return conversation
  }

  private let upToTheMail = [
    "220 mời", ">EHLO a.example", "250 chào", ">MAIL FROM:<a@b.example>", "250 2.1.0 ok", ">RCPT TO:<c@d.example>",
    "250 2.1.5 ok", ">DATA", "354 go on",
  ]

  @Test(
    "a 2yz read after the final dot is a success, also when time ran out or we cut the attempt off just then",
    arguments: [CURLE_OPERATION_TIMEDOUT, CURLE_ABORTED_BY_CALLBACK, CURLE_RECV_ERROR, CURLE_WEIRD_SERVER_REPLY],
    [true, false]
  )
  func taken(_ result: CURLcode, isCut: Bool) {
    let ending = SMTPEnding(
      result: result,
      conversation: conversation(upToTheMail + ["250 2.0.0 queued as 12"]),
      isHandedOver: true,
      isCut: isCut
    )
    #expect(ending.judged.report.outcome == .accepted && ending.judged.report.replyCode == 250)
  }

  @Test("without one nobody knows, and before the dot nothing was taken")
  func notTaken() {
    var ending = SMTPEnding(result: CURLE_OPERATION_TIMEDOUT, conversation: conversation(upToTheMail))
    #expect(ending.judged.report.outcome == .deferred)
    ending.isHandedOver = true
    #expect(ending.judged.report.outcome == .unknown)
    ending.conversation = conversation(Array(upToTheMail.dropLast()))
    #expect(ending.judged.report.outcome == .deferred)
  }
}
