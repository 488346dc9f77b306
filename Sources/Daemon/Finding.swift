/// What one probe of the checkup found (behaviour 6.5).
public struct Finding: Sendable, Hashable, Encodable {
  public enum State: String, Sendable, Hashable, Encodable {
    case ok
    /// It works, but somebody should look.
    case warning
    /// The service would not work.
    case failure
  }

  public var name: String
  public var state: State
  public var detail: String
  /// What to do; empty when all is well.
  public var remedy: String
  /// The store or a server is out of reach, rather than wrongly described.
  public var isUnreachable = false

  enum CodingKeys: CodingKey { case name, state, detail, remedy }

  public init(_ name: String, _ state: State, _ detail: String, remedy: String = "") {
    self.name = name
    self.state = state
    self.detail = detail
    self.remedy = remedy
  }

  static func ok(_ name: String, _ detail: String) -> Finding { Finding(name, .ok, detail) }

  static func warning(_ name: String, _ detail: String, remedy: String) -> Finding {
    Finding(name, .warning, detail, remedy: remedy)
  }

  static func failure(_ name: String, _ detail: String, remedy: String, isUnreachable: Bool = false) -> Finding {
    var finding = Finding(name, .failure, detail, remedy: remedy)
    finding.isUnreachable = isUnreachable
    return finding
  }

  /// “What is wrong — what to do”, as errors are written, taken apart.
  static func failure(_ name: String, _ error: any Error, isUnreachable: Bool = false) -> Finding {
    let parts = "\(error)".split(separator: " — ", maxSplits: 1).map(String.init)
    return failure(
      name,
      parts.first ?? "\(error)",
      remedy: parts.count > 1 ? parts[1] : "see the system's log",
      isUnreachable: isUnreachable
    )
  }
}
