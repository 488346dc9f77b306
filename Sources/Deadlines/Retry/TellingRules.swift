/// How people hear of what could not be delivered.
public struct TellingRules: Sendable, Hashable {
  /// All ways out, in the order of the configuration.
  public var channels: [String]
  /// Which channel stands in for which, where one does.
  public var fallbacks: [String: String]
  /// Seconds from the first dead letter to the message that tells of it: what dies together is told together.
  public var gathering: Int64
  /// Seconds between two such messages for one mailbox, and between two about one channel.
  public var rest: Int64

  public init(
    channels: [String] = [],
    fallbacks: [String: String] = [:],
    gathering: Int64 = 60,
    rest: Int64 = 1800
  ) {
    self.channels = channels
    self.fallbacks = fallbacks
    self.gathering = gathering
    self.rest = rest
  }
}
