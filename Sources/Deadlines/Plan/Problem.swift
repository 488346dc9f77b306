/// Where something stands in a file; line and column count from 1, column in characters.
public struct SourcePlace: Sendable, Hashable, Codable {
  public var file: String
  public var line: Int
  public var column: Int

  public init(file: String, line: Int = 1, column: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
  }
}

/// One mistake or doubt in the configuration: what is wrong and what to do about it.
public struct Problem: Sendable, Hashable, Codable {
  public enum Severity: String, Sendable, Hashable, Codable {
    /// The configuration cannot be used.
    case error
    /// It can be used, but somebody should look.
    case warning
  }

  public var place: SourcePlace
  public var severity: Severity
  public var message: String
  public var remedy: String

  public init(_ place: SourcePlace, _ severity: Severity = .error, _ message: String, remedy: String) {
    self.place = place
    self.severity = severity
    self.message = message
    self.remedy = remedy
  }
}

extension Problem: CustomStringConvertible {
  /// `file:line:column: what is wrong — what to do`.
  public var description: String {
    let kind = severity == .warning ? "warning: " : ""
    return "\(place.file):\(place.line):\(place.column): \(kind)\(message) — \(remedy)"
  }
}

/// A configuration that cannot be used; carries every mistake found, not the first.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  public let problems: [Problem]
  public init(_ problems: [Problem]) { self.problems = problems }
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
