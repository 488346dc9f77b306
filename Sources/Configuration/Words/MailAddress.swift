/// What may be a mailbox here: the plain ASCII form of RFC 5321, without quotes, comments or routes.
enum MailAddress {
  /// What is wrong with the address; nil when nothing is.
  static func fault(in address: String) -> String? {
    guard address.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return "spaces, control characters or letters outside ASCII"
    }
    guard address.utf8.count <= 254 else { return "more than 254 characters (RFC 5321)" }
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return parts.count < 2 ? "no “@”" : "more than one “@”" }
    guard isLocalPart(parts[0]) else { return "a part before “@” that no mailbox has" }
    return HostName.isValid(parts[1]) ? nil : "a part after “@” that is no domain"
  }

  private static func isLocalPart(_ text: Substring) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
        !atom.isEmpty && atom.utf8.allSatisfy(isAtomByte)
      }
  }

  /// RFC 5322 section 3.2.3, atext.
  private static func isAtomByte(_ byte: UInt8) -> Bool {
    HostName.isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }
}

enum HostName {
  /// Labels of letters, digits and inner hyphens (RFC 1123 section 2.1), or an IPv4 address.
  static func isValid(_ text: some StringProtocol) -> Bool {
    (1...253).contains(text.utf8.count)
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
          && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
      }
  }

  /// This machine itself.
  static func isLoopback(_ host: String) -> Bool {
    let name = host.lowercased()
    if ["localhost", "::1", "[::1]"].contains(name) || name.hasSuffix(".localhost") { return true }
    let bytes = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return bytes.count == 4 && bytes.allSatisfy { $0 != nil } && bytes[0] == 127
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }
}
