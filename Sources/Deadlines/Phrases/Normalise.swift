/// One character of a phrase without case and typographic variants (rule R15), with its place in the original.
struct Glyph: Sendable {
  /// A lower-case ASCII character, or one of the constants below.
  var code: UInt8
  /// Bits of `Marks`: what makes ă, â, ơ or đ of the base letter.
  var quality: UInt8 = 0
  /// 0 for none, then huyền, hỏi, ngã, sắc, nặng.
  var tone: UInt8 = 0
  /// Index of the Unicode scalar in the phrase.
  let at: Int

  static let foreignLetter: UInt8 = 1
  static let symbol: UInt8 = 2

  var isDigit: Bool { (48...57).contains(code) }
  var isLetter: Bool { (97...122).contains(code) }
  var isSpace: Bool { code == 32 }
  var isBare: Bool { quality == 0 && tone == 0 }
}

/// The marks of Vietnamese letters.
enum Marks {
  static let breve: UInt8 = 1
  static let circumflex: UInt8 = 2
  /// The horn of ơ and ư, and the stroke of đ: no letter takes both.
  static let hornOrStroke: UInt8 = 4

  /// Every letter with its six tones in the order of `Glyph.tone`.
  private static let rows: [(base: Character, quality: UInt8, tones: String)] = [
    ("a", 0, "aàảãáạ"), ("a", breve, "ăằẳẵắặ"), ("a", circumflex, "âầẩẫấậ"), ("e", 0, "eèẻẽéẹ"),
    ("e", circumflex, "êềểễếệ"), ("i", 0, "iìỉĩíị"), ("o", 0, "oòỏõóọ"), ("o", circumflex, "ôồổỗốộ"),
    ("o", hornOrStroke, "ơờởỡớợ"), ("u", 0, "uùủũúụ"), ("u", hornOrStroke, "ưừửữứự"), ("y", 0, "yỳỷỹýỵ"),
    // The Icelandic and African letters look the same and are what old fonts and OCR give.
    ("d", hornOrStroke, "đ"), ("d", hornOrStroke, "ð"), ("d", hornOrStroke, "ɖ"),
  ]

  /// By scalar value: base letter, quality and tone, or 0 for what is no Vietnamese letter with a mark.
  static let precomposed: [UInt16] = {
    var table = [UInt16](repeating: 0, count: 0x1F00)
    for row in rows {
      for text in [row.tones, row.tones.uppercased()] {
        for (tone, scalar) in text.unicodeScalars.enumerated() where scalar.value < 0x1F00 && scalar.value > 127 {
          let base = UInt16(row.base.asciiValue ?? 0)
          table[Int(scalar.value)] = base | UInt16(row.quality) << 8 | UInt16(tone) << 11
        }
      }
    }
    return table
  }()

  /// The tone a combining mark stands for, 0 for another mark.
  static func tone(_ mark: UInt32) -> UInt8 {
    switch mark {
    case 0x0300, 0x0340: 1
    case 0x0309: 2
    case 0x0303: 3
    case 0x0301, 0x0341: 4
    case 0x0323: 5
    default: 0
    }
  }

  static func quality(_ mark: UInt32) -> UInt8 {
    switch mark {
    case 0x0306: breve
    case 0x0302: circumflex
    case 0x031B: hornOrStroke
    default: 0
    }
  }
}

/// The phrase as glyphs: one case, one dash, one slash, one space, nothing invisible (rule R15).
func normalised(_ phrase: String) -> [Glyph] {
  var glyphs: [Glyph] = []
  glyphs.reserveCapacity(phrase.utf8.count)
  for (index, scalar) in phrase.unicodeScalars.enumerated() { append(scalar, at: index, to: &glyphs) }
  return glyphs
}

private func append(_ scalar: Unicode.Scalar, at index: Int, to glyphs: inout [Glyph]) {
  let value = scalar.value
  if value < 128 {
    glyphs.append(ascii(UInt8(value), at: index))
  } else if value < 0x1F00, Marks.precomposed[Int(value)] != 0 {
    let packed = Marks.precomposed[Int(value)]
    let quality = UInt8(packed >> 8 & 7)
    glyphs.append(Glyph(code: UInt8(packed & 127), quality: quality, tone: UInt8(packed >> 11), at: index))
  } else if (0x0300...0x036F).contains(value) {
    mark(value, on: &glyphs)
  } else {
    appendVariant(scalar, at: index, to: &glyphs)
  }
}

private func ascii(_ code: UInt8, at index: Int) -> Glyph {
  if (65...90).contains(code) { return Glyph(code: code + 32, at: index) }
  // Control characters, tabs and line ends are spaces between words.
  return Glyph(code: code < 32 || code == 127 ? 32 : code, at: index)
}

private func mark(_ value: UInt32, on glyphs: inout [Glyph]) {
  guard let last = glyphs.indices.last, glyphs[last].isLetter else { return }
  let tone = Marks.tone(value)
  if tone != 0 { glyphs[last].tone = tone }
  glyphs[last].quality |= Marks.quality(value)
}

private func appendVariant(_ scalar: Unicode.Scalar, at index: Int, to glyphs: inout [Glyph]) {
  switch scalar.value {
  case 0x00AD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0xFE00...0xFE0F, 0xFEFF: return
  case 0xFF01...0xFF5E: glyphs.append(ascii(UInt8(scalar.value - 0xFEE0), at: index))  // full-width forms
  case 0x2160...0x2163, 0x2170...0x2173:
    let numerals = ["i", "ii", "iii", "iv"]
    let numeral = numerals[Int(scalar.value & 0xF)]
    for code in numeral.utf8 { glyphs.append(Glyph(code: code, at: index)) }
  default: glyphs.append(Glyph(code: variant(scalar), at: index))
  }
}

private func variant(_ scalar: Unicode.Scalar) -> UInt8 {
  switch scalar.value {
  case 0x2010...0x2015, 0x2043, 0x2192, 0x2212, 0x223C, 0xFE58, 0xFE63: return UInt8(ascii: "-")
  case 0x2044, 0x2215: return UInt8(ascii: "/")
  case 0x00B4, 0x2018, 0x2019, 0x2032: return UInt8(ascii: "'")
  case 0x2026: return UInt8(ascii: ".")
  default: break
  }
  if scalar.properties.isWhitespace { return 32 }
  return scalar.properties.isAlphabetic ? Glyph.foreignLetter : Glyph.symbol
}

/// A syllable as a number that is the same for every spelling of it, up to seven letters (“nghiêng” is the longest).
///
/// The tone belongs to the syllable, so hoà = hòa and uỷ = ủy; y is i, so quý = quí and kỳ = kì; uơ and ưo are
/// slips for ươ (“thuờng xuyên”).
struct SyllableKey: Hashable, Sendable {
  /// One byte a letter (five bits of base, three of quality), the tone in the top byte; 0 for what is no syllable.
  let bits: UInt64

  private static let baseBits: UInt64 = 0x001F_1F1F_1F1F_1F1F
  private static let qualityBits: UInt64 = 0x00E0_E0E0_E0E0_E0E0

  init(_ glyphs: ArraySlice<Glyph>) {
    guard glyphs.count <= 7 else {
      self.bits = 0
      return
    }
    var bits: UInt64 = 0
    var tone: UInt8 = 0
    for (place, index) in glyphs.indices.enumerated() {
      bits |= UInt64(Self.letter(glyphs, index)) << UInt64(place * 8)
      if glyphs[index].tone != 0 { tone = glyphs[index].tone }
    }
    self.bits = bits | UInt64(tone) << 56
  }

  private init(bits: UInt64) { self.bits = bits }

  /// The syllable as a typewriter without marks writes it.
  var plain: SyllableKey { SyllableKey(bits: bits & Self.baseBits) }

  private var tone: UInt64 { bits >> 56 }

  /// Whether this is how `correct` looks when marks were lost; in a longer term a tone may also have been misread
  /// (“Phần đầu” for “Phấn đấu”).
  func mayBe(_ correct: SyllableKey, toneMayDiffer: Bool) -> Bool {
    let strange = bits & Self.qualityBits & ~correct.bits
    return plain == correct.plain && strange == 0 && (toneMayDiffer || tone == 0 || tone == correct.tone)
  }

  private static func letter(_ glyphs: ArraySlice<Glyph>, _ index: Int) -> UInt8 {
    let glyph = glyphs[index]
    let base = glyph.code == UInt8(ascii: "y") ? UInt8(ascii: "i") : glyph.code
    return (base & 31) | (glyph.quality | hornOfNeighbour(glyphs, index)) << 5
  }

  private static func hornOfNeighbour(_ glyphs: ArraySlice<Glyph>, _ index: Int) -> UInt8 {
    let horn = Marks.hornOrStroke
    let (u, o) = (UInt8(ascii: "u"), UInt8(ascii: "o"))
    let next = index + 1
    if glyphs[index].code == u, next < glyphs.endIndex, glyphs[next].code == o, glyphs[next].quality == horn {
      return horn
    }
    if glyphs[index].code == o, glyphs[index].quality == 0, index > glyphs.startIndex, glyphs[index - 1].code == u,
      glyphs[index - 1].quality == horn
    {
      return horn
    }
    return 0
  }
}
