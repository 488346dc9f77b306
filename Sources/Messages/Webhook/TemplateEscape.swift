internal import Foundation

/// How a value must be written so that it stays a value inside a body.
enum TemplateEscape: Sendable, Hashable {
  /// Inside the quotes of a JSON string (RFC 8259 section 7).
  case json
  /// A value of `application/x-www-form-urlencoded`.
  case form
  /// Text and attribute values of HTML and XML.
  case markup
  case none

  /// By the media type of the body.
  init(contentType: String) {
    let type = contentType.lowercased()
    if type.contains("json") {
      self = .json
    } else if type.contains("x-www-form-urlencoded") {
      self = .form
    } else {
      self = type.contains("html") || type.contains("xml") ? .markup : .none
    }
  }

  func applied(to text: String) -> String {
    switch self {
    case .json: JSONText.escaped(text)
    case .form: text.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? ""
    case .markup: Self.marked(text)
    case .none: text
    }
  }

  /// RFC 3986 section 2.3.
  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
  )

  // By scalars: a mark that combines with a quote must not hide it.
  private static func marked(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { marked, scalar in
      switch scalar {
      case "&": marked += "&amp;"
      case "<": marked += "&lt;"
      case ">": marked += "&gt;"
      case "\"": marked += "&quot;"
      case "'": marked += "&#39;"
      default: marked.unicodeScalars.append(scalar)
      }
    }
  }
}
