import Foundation

/// Takes out of a receiver's answer what was a secret of ours: many receivers say back the path or the header that they
/// did not like, and their answer is kept, shown and logged.
struct Redaction: Sendable {
  /// Longest first, so that a part of a secret is not found before the whole.
  private let secrets: [[UInt8]]

  /// A shorter text is no secret, and would be found in any sentence.
  private static let shortestSecret = 6
  private static let mark = Array("••••".utf8)

  /// The secrets of one call: path, query and their parts, and the values of headers that tell who we are.
  init(url: String, headers: [String]) {
    let texts = Self.parts(ofURL: url) + headers.flatMap(Self.parts(ofHeader:))
    let long = Set(texts.filter { $0.utf8.count >= Self.shortestSecret }).map { Array($0.utf8) }
    secrets = long.sorted { $0.count > $1.count }
  }

  /// The password of a relay, in every form in which it goes over the wire (RFC 4616, RFC 4954).
  init(user: String, password: String) {
    let forms = [password, "\u{0}\(user)\u{0}\(password)"]
    let texts = [password] + forms.map { Data($0.utf8).base64EncodedString() }
    secrets = texts.filter { $0.utf8.count >= Self.shortestSecret }.map { Array($0.utf8) }
      .sorted { $0.count > $1.count }
  }

  private static func parts(ofURL url: String) -> [String] {
    let authority = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    let path = authority.drop { !"/?#".contains($0) }
    return [String(path.dropFirst()), String(path)] + path.split { "/?#&=".contains($0) }.map(String.init)
  }

  /// Values, and their words, since `Bearer` and its token stand together.
  private static func parts(ofHeader header: String) -> [String] {
    let name = header.prefix { $0 != ":" }.lowercased()
    // What everybody may see, and what is of no use the next second.
    if ["content-type", "user-agent", "webhook-id", "webhook-timestamp"].contains(name) { return [] }
    let value = header.dropFirst(name.utf8.count + 1).drop { $0 == " " }
    return [String(value)] + value.split { " ,;".contains($0) }.map(String.init)
  }

  /// The answer without secrets.
  ///
  /// - Parameters:
  ///   - bytes: The beginning of an answer.
  ///   - isCut: More came than was kept: a secret that was cut off at the end goes with it.
  /// - Returns: The bytes, a mark in place of each secret.
  func applied(to bytes: [UInt8], isCut: Bool) -> [UInt8] {
    let longest = secrets.first?.count ?? 0
    var kept: [UInt8] = []
    var position = 0
    while position < bytes.count {
      if let secret = secrets.first(where: { bytes[position...].starts(with: $0) }) {
        kept += Self.mark
        position += secret.count
      } else if isCut, bytes.count - position < longest {
        return kept
      } else {
        kept.append(bytes[position])
        position += 1
      }
    }
    return kept
  }
}
