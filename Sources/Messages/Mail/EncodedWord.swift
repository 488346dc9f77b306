/// Words of any language in a header, as RFC 2047 encoded-words.
enum EncodedWord {
  /// RFC 2047 section 2: “An 'encoded-word' may not be more than 75 characters long”.
  static let longest = 75

  /// The text as encoded-words, none longer than 75 and the first not longer than `firstRoom`.
  ///
  /// Cut between graphemes, so that each word decodes by itself to whole characters; in the shorter of the encodings
  /// B and Q.
  static func words(_ text: String, firstRoom: Int = longest) -> [String] {
    let base64 = words(text, firstRoom: firstRoom, encoding: .base64)
    // Q needs three characters a byte: a long emoji that B keeps whole might be cut by it.
    guard text.allSatisfy({ Encoding.quoted.fits($0) || !Encoding.base64.fits($0) }) else { return base64 }
    let quoted = words(text, firstRoom: firstRoom, encoding: .quoted)
    return length(quoted) < length(base64) ? quoted : base64
  }

  private static func length(_ words: [String]) -> Int { words.reduce(0) { $0 + $1.utf8.count + 1 } }

  private enum Encoding {
    case base64
    case quoted

    func encode(_ bytes: some Collection<UInt8>) -> String {
      switch self {
      case .base64: "=?utf-8?B?\(TransferEncoding.base64(Array(bytes)))?="
      case .quoted: "=?utf-8?Q?\(EncodedWord.quoted(bytes))?="
      }
    }

    /// True when the grapheme has room in one word, even in the first, which shares its line with the field's name.
    func fits(_ character: Character) -> Bool { length(weight(character.utf8)) <= 60 }

    /// The grapheme; one too long for a word of its own, as a letter under a heap of marks, in scalars.
    func pieces(_ character: Character) -> [(bytes: Int, weight: Int)] {
      if fits(character) { return [(character.utf8.count, weight(character.utf8))] }
      return character.unicodeScalars.map { ($0.utf8.count, weight($0.utf8)) }
    }

    /// What bytes add to a word: themselves in base64, what is written for them in the other.
    func weight(_ bytes: some Sequence<UInt8>) -> Int {
      switch self {
      case .base64: bytes.reduce(0) { sum, _ in sum + 1 }
      case .quoted: bytes.reduce(0) { $0 + (EncodedWord.standsForItself($1) || $1 == 32 ? 1 : 3) }
      }
    }

    /// The length of a word of bytes with that weight.
    func length(_ weight: Int) -> Int {
      switch self {
      case .base64: 12 + (weight + 2) / 3 * 4
      case .quoted: 12 + weight
      }
    }
  }

  private static func words(_ text: String, firstRoom: Int, encoding: Encoding) -> [String] {
    let bytes = Array(text.utf8)
    var words: [String] = []
    var (start, end, weight) = (0, 0, 0)
    for character in text {
      for piece in encoding.pieces(character) {
        let room = min(words.isEmpty ? firstRoom : longest, longest)
        if end > start, encoding.length(weight + piece.weight) > room {
          words.append(encoding.encode(bytes[start..<end]))
          (start, weight) = (end, 0)
        }
        end += piece.bytes
        weight += piece.weight
      }
    }
    return end > start ? words + [encoding.encode(bytes[start..<end])] : words
  }

  private static func quoted(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 3)
    for byte in bytes {
      if standsForItself(byte) {
        text.append(byte)
      } else if byte == 32 {
        text.append(UInt8(ascii: "_"))
      } else {
        TransferEncoding.appendEscape(of: byte, to: &text)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  // RFC 2047 section 5 (3): in a phrase only these stand for themselves.
  private static func standsForItself(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "/"):
      true
    default: false
    }
  }
}
