internal import Crypto

/// Names that are the same in a rehearsal, after a crash and at every attempt, because they are made from what is said.
public enum MessageIdentity {
  /// A Message-ID without angle brackets, also the webhook-id.
  ///
  /// `keys` are notice keys in any order, or the digest's number, or a given seed; `domain` is that of the sender's
  /// address.
  public static func messageID(
    office: String,
    channel: String,
    recipient: String,
    keys: [String],
    domain: String
  ) -> String {
    identifier("nhachan", of: ["message", office, channel, recipient] + keys.sorted(), domain: domain)
  }

  /// The synthetic root of all mails about one occurrence, for References and In-Reply-To.
  public static func threadID(office: String, occurrence: String, domain: String) -> String {
    identifier("viec", of: ["thread", office, occurrence], domain: domain)
  }

  /// The part after the last `@` of a mailbox, or the empty text.
  public static func domain(ofAddress address: String) -> String {
    address.utf8.lastIndex(of: UInt8(ascii: "@")).map { String(address[address.index(after: $0)...]) } ?? ""
  }

  /// A UID for the calendar entry that `key` tells from all others of the office.
  static func calendarID(office: String, key: [String], domain: String) -> String {
    identifier("lich", of: ["calendar", office] + key, domain: domain)
  }

  /// The id as it may stand between angle brackets; one that may not is replaced by a digest of itself.
  static func headerSafe(_ id: String) -> String {
    let parts = id.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, id.utf8.count <= 200, isDotAtom(parts[0]), isDotAtom(parts[1]) else {
      return identifier("nhachan", of: ["unsafe", id], domain: "")
    }
    return id
  }

  /// The id as webhook-id: anything printable without blanks; else as in a mail.
  static func webhookSafe(_ id: String) -> String {
    let isPlain = !id.isEmpty && id.utf8.count <= 200 && id.utf8.allSatisfy { (33...126).contains($0) }
    return isPlain ? id : headerSafe(id)
  }

  private static func identifier(_ prefix: String, of fields: [String], domain: String) -> String {
    let safe = isDotAtom(domain[...]) && domain.utf8.count <= 120 ? domain.lowercased() : "nhachan.invalid"
    return "\(prefix).\(base32(digest(of: fields)))@\(safe)"
  }

  // Each field is preceded by its length, so that no two lists of fields read the same.
  private static func digest(of fields: [String]) -> [UInt8] {
    var hash = SHA256()
    for field in fields {
      let bytes = Array(field.utf8)
      hash.update(data: Array("\(bytes.count):".utf8))
      hash.update(data: bytes)
    }
    return Array(hash.finalize())
  }

  /// A short text that depends on `text` alone, for boundaries.
  static func fingerprint(_ text: String) -> String { base32(Array(digest(of: [text]).prefix(10))) }

  /// RFC 4648 base32 in lower case, of the first 20 bytes.
  private static func base32(_ bytes: [UInt8]) -> String {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
    var text: [UInt8] = []
    var buffer = 0
    var bits = 0
    for byte in bytes.prefix(20) {
      buffer = (buffer << 8 | Int(byte)) & 0xFFFF
      bits += 8
      while bits >= 5 {
        bits -= 5
        text.append(alphabet[buffer >> bits & 31])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// RFC 5322 dot-atom-text.
  private static func isDotAtom(_ text: Substring) -> Bool {
    let words = text.split(separator: ".", omittingEmptySubsequences: false)
    return words.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isAtomText) }
  }

  static func isAtomText(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122: true
    default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
  }
}
