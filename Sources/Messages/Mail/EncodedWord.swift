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

    func encode(_ bytes: [UInt8]) -> String {
      switch self {
      case .base64: "=?utf-8?B?\(TransferEncoding.base64(bytes))?="
      case .quoted: "=?utf-8?Q?\(bytes.map(EncodedWord.quoted).joined())?="
      }
    }

    /// True when the grapheme has room in one word, even in the first, which shares its line with the field's name.
    func fits(_ character: Character) -> Bool { length(Array(character.utf8)) <= 60 }

    /// The grapheme; one too long for a word of its own, as a letter under a heap of marks, in scalars.
    func pieces(_ character: Character) -> [[UInt8]] {
      fits(character) ? [Array(character.utf8)] : character.unicodeScalars.map { Array($0.utf8) }
    }

    func length(_ bytes: [UInt8]) -> Int {
      switch self {
      case .base64: 12 + (bytes.count + 2) / 3 * 4
      case .quoted: 12 + bytes.reduce(0) { $0 + EncodedWord.quoted($1).utf8.count }
      }
    }
  }

  private static func words(_ text: String, firstRoom: Int, encoding: Encoding) -> [String] {
    var words: [String] = []
    var held: [UInt8] = []
    for piece in text.flatMap(encoding.pieces) {
      let room = min(words.isEmpty ? firstRoom : longest, longest)
      if !held.isEmpty, encoding.length(held + piece) > room {
        words.append(encoding.encode(held))
        held = []
      }
      held += piece
    }
    return held.isEmpty ? words : words + [encoding.encode(held)]
  }

  // RFC 2047 section 5 (3): in a phrase only these stand for themselves.
  private static func quoted(_ byte: UInt8) -> String {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "/"):
      String(Unicode.Scalar(byte))
    case 32: "_"
    default: "=" + TransferEncoding.hex(byte)
    }
  }
}
