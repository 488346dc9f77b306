import Deadlines
import Foundation
import Testing

@Suite("How an attempt ended")
struct DeliveryReportTests {
  @Test("reads as it was written; one kept before relays were named has none")
  func storedForm() throws {
    let old = #"{"outcome": "deferred", "replyCode": 450, "reply": "4.2.0 greylisted", "curlCode": 55}"#
    let read = try JSONDecoder().decode(DeliveryReport.self, from: Data(old.utf8))
    #expect(
      read == DeliveryReport(outcome: .deferred, replyCode: 450, reply: "4.2.0 greylisted", curlCode: 55, relay: nil)
    )
    let named = DeliveryReport(outcome: .accepted, replyCode: 250, reply: "ok", relay: "mail.tinh.example:587")
    #expect(try JSONDecoder().decode(DeliveryReport.self, from: JSONEncoder().encode(named)) == named)
  }
}
