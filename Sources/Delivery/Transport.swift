public import Deadlines

/// One message as bytes for the wire, with the place it goes to.
public struct Parcel: Sendable, Hashable {
  public enum Destination: Sendable, Hashable {
    /// One SMTP transaction for one recipient (RFC 5321 section 3.3).
    case mail(from: String, to: String)
    /// One POST; headers as `Name: value`, in order.
    case webhook(url: String, headers: [String])
  }

  public let destination: Destination
  /// RFC 5322 bytes with CRLF line ends, or the body of the POST.
  public let bytes: [UInt8]
  /// How the receiver of a webhook says what became of it.
  public let answerForm: AnswerForm

  public init(destination: Destination, bytes: [UInt8], answerForm: AnswerForm = .status) {
    self.destination = destination
    self.bytes = bytes
    self.answerForm = answerForm
  }
}

/// A way to the outside.
///
/// Never throws for a refusal: a refused message is a result.
public protocol Transport: Sendable {
  /// Delivers one parcel and says how it ended, in bounded time. Cancelling the task ends the attempt early; what
  /// was cut off after the final dot is `unknown`, before it `deferred`.
  func deliver(_ parcel: Parcel) async -> DeliveryReport

  /// Lets attempts in flight end (at most `grace` seconds), closes connections and joins the threads. Idempotent;
  /// deliveries asked for afterwards are `deferred`.
  func shutDown(grace: Double) async
}
