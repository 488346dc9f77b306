import Foundation

/// Takes out of a receiver's answer what was a secret of ours: many receivers say back the path or the header that they
/// did not like, and their answer is kept, shown and logged.
struct Redaction: Sendable {
  /// Longest first, so that a part of a secret is not found before the whole.
  ///
  /// Of what is percent-encoded the decoded text too.
  private let secrets: [[UInt8]]

  /// A shorter text is no secret, and would be found in any sentence.
  private static let shortestSecret = 6
  private static let mark = Array("••••".utf8)

  /// The secrets of one call: path, query and their parts, and the values of headers that tell who we are.
  init(url: String, headers: [String]) {
    let texts = Self.parts(ofURL: url) + headers.flatMap(Self.parts(ofHeader:))
    let forms = Set(texts.map { Array($0.utf8) }.flatMap { [$0, Self.decoded($0)] })
    secrets = forms.filter { $0.count >= Self.shortestSecret }.sorted { $0.count > $1.count }
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
    // A value of the query has “/” and “=” of its own, as base64 does.
    let values = path.split { "?#&".contains($0) }.map { String($0.drop { $0 != "=" }.dropFirst()) }
    return [String(path.dropFirst()), String(path)] + values + path.split { "/?#&=".contains($0) }.map(String.init)
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
      let rest = bytes[position...]
      if isCut, rest.count < longest || secrets.contains(where: { Self.find($0, at: rest) == .cutOff }) { return kept }
      if let length = secrets.lazy.compactMap({ Self.find($0, at: rest).length }).first {
        kept += Self.mark
        position += length
      } else {
        kept.append(bytes[position])
        position += 1
      }
    }
    return kept
  }
}

// Percent-encoding (RFC 3986 section 2.1): a receiver says a secret back as it came, decoded, or encoded by its own rules.
extension Redaction {
  private enum Found: Equatable {
    case nothing
    /// The beginning of the secret, up to the end of the bytes.
    case cutOff
    /// The whole, in so many bytes.
    case whole(Int)

    var length: Int? { if case .whole(let length) = self { length } else { nil } }
  }

  /// The secret at the beginning of the bytes, each of its bytes as it is or encoded.
  private static func find(_ secret: [UInt8], at bytes: ArraySlice<UInt8>) -> Found {
    var rest = bytes
    for byte in secret {
      // The escape first: “%25” may be a “%” that was encoded once more.
      if escaped(rest) == byte {
        rest = rest.dropFirst(3)
      } else if rest.first == byte {
        rest = rest.dropFirst()
      } else {
        let isCutOff = rest.isEmpty || rest.count < 3 && rest.first == UInt8(ascii: "%")
        return isCutOff ? .cutOff : .nothing
      }
    }
    return .whole(bytes.count - rest.count)
  }

  private static func decoded(_ text: [UInt8]) -> [UInt8] {
    var rest = text[...]
    var plain: [UInt8] = []
    while let first = rest.first {
      let byte = escaped(rest)
      plain.append(byte ?? first)
      rest = rest.dropFirst(byte == nil ? 1 : 3)
    }
    return plain
  }

  /// The byte for which the first three stand, nil when they are no escape.
  private static func escaped(_ bytes: ArraySlice<UInt8>) -> UInt8? {
    guard bytes.first == UInt8(ascii: "%"), bytes.count >= 3 else { return nil }
    let digits = bytes.dropFirst().prefix(2).map { Character(UnicodeScalar($0)).hexDigitValue }
    guard let high = digits[0], let low = digits[1] else { return nil }
    return UInt8(high * 16 + low)
  }
}
