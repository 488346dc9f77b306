/// An `http` or `https` address, taken apart as far as safety needs it.
struct WebAddress {
  /// As written, but for the scheme in small letters.
  let text: String
  let isEncrypted: Bool
  let host: String
  /// From its “/” to the query, empty without one.
  let path: String
  /// From behind the “?” to a “#”, empty without one.
  let query: String
  /// Whether a path or a query says more than the host does.
  let hasMoreThanHost: Bool

  /// What is wrong, for a sentence.
  enum Fault: String, Error {
    case scheme = "no “http://” or “https://”"
    case credentials = "a user or password in it"
    case host = "no usable host"
    case port = "no usable port"
    case characters = "spaces or letters outside ASCII"
  }

  init(_ text: String) throws(Fault) {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), text.utf8.count <= 2000 else { throw .characters }
    let lowered = text.lowercased()
    let scheme = ["https://", "http://"].first { lowered.hasPrefix($0) }
    guard let scheme else { throw .scheme }
    self.text = scheme + text.dropFirst(scheme.count)
    isEncrypted = scheme == "https://"
    let authority = text.dropFirst(scheme.count).prefix { !"/?#\\".contains($0) }
    guard !authority.contains("@") else { throw .credentials }
    let (host, port) = Self.divide(authority)
    guard HostName.isValid(host) || Self.isBracketedAddress(host) else { throw .host }
    guard port.isEmpty || (1...65_535).contains(Int(port.dropFirst()) ?? 0) else { throw .port }
    self.host = String(host)
    let tail = text.dropFirst(scheme.count + authority.count)
    path = String(tail.prefix { !"?#".contains($0) })
    query = String(tail.dropFirst(path.utf8.count).prefix { $0 != "#" }.dropFirst())
    hasMoreThanHost = !["", "/"].contains(tail)
  }

  var isLoopback: Bool { HostName.isLoopback(host) }

  /// > publish as JSON: to the root URL, the topic in the body (docs.ntfy.sh/publish). Under a topic's own address ntfy
  /// > would show the JSON itself as the message.
  var isRoot: Bool { ["", "/"].contains(path) }

  /// The host, and the port with its colon or nothing.
  private static func divide(_ authority: Substring) -> (host: Substring, port: Substring) {
    let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
    let colon = authority[afterBracket...].firstIndex(of: ":") ?? authority.endIndex
    return (authority[..<colon], authority[colon...])
  }

  private static func isBracketedAddress(_ host: Substring) -> Bool {
    host.hasPrefix("[") && host.hasSuffix("]") && host.contains(":")
      && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
  }
}
