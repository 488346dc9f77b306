internal import Deadlines
internal import Foundation

/// What in an answer says whether the receiver took the message.
public enum AnswerForm: Sendable, Hashable {
  /// The status alone.
  case status
  /// Zalo's: status 200 whatever happened, and a number under `error` in the body, 0 for taken
  /// (developers.zalo.me, zalo.cloud “Cách xử lý mã lỗi”).
  case zalo
}

/// Zalo's word about a message.
struct ZaloAnswer: Decodable {
  var error: Int

  private enum CodingKeys: CodingKey { case error }

  /// Nil when the body is none of Zalo's, and so nobody knows what became of the message.
  init?(_ body: [UInt8]) {
    guard let answer = try? JSONDecoder().decode(ZaloAnswer.self, from: Data(body)) else { return nil }
    self = answer
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    // Gateways write the number as text too.
    guard let text = try? values.decode(String.self, forKey: .error), let number = Int(text) else {
      error = try values.decode(Int.self, forKey: .error)
      return
    }
    error = number
  }

  var outcome: DeliveryOutcome {
    if error == 0 { return .accepted }
    if Self.aboutRecipient.contains(error) { return .rejected }
    // Unknown numbers may be anything: trying again loses nothing.
    return Self.aboutUs.contains(error) ? .misconfigured : .deferred
  }

  /// The number cannot be reached, its owner does not want to be, or the data does not fit the template.
  private static let aboutRecipient: Set = [
    -108, -110, -111, -112, -113, -114, -116, -118, -119, -121, -122, -130, -132, -134, -139, -141,
  ]
  /// Application, token, official account, template or balance: every message would meet the same.
  private static let aboutUs: Set = [
    -101, -102, -103, -104, -105, -106, -109, -115, -117, -120, -123, -124, -125, -126, -127, -131, -135, -136, -138,
    -140, -145, -146,
  ]
}
