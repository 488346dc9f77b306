/// A word or expression, a number or a mark of a phrase.
struct Token: Sendable {
  enum Kind: Hashable, Sendable {
    case term(Term)
    case number
    case word
    case mark(UInt8)
    /// Part of the number or date of a cited document (rule R16).
    case cited
  }

  var kind: Kind
  var value = 0
  /// Digits of a number.
  var width = 0
  /// 1…4 when the characters can be read as a Roman numeral, else 0.
  var roman = 0
  /// Scalar offsets in the phrase.
  var start: Int
  var end: Int
  /// Nothing between this token and the one before.
  var isGlued: Bool
  /// Read in spite of lost marks or of a letter in place of a digit.
  var isSlip = false
}

/// The tokens of a normalised phrase.
func tokens(of glyphs: [Glyph]) -> [Token] {
  var scanner = Scanner(glyphs: glyphs)
  scanner.scan()
  return withTerms(scanner.pieces)
}

/// A token before its word is looked up.
private struct Piece {
  var token: Token
  var key: SyllableKey?
}

private struct Scanner {
  let glyphs: [Glyph]
  var at = 0
  var pieces: [Piece] = []
  private var afterSpace = true

  init(glyphs: [Glyph]) {
    self.glyphs = glyphs
    pieces.reserveCapacity(glyphs.count / 3)
  }

  mutating func scan() {
    while at < glyphs.count {
      let glyph = glyphs[at]
      if glyph.isSpace {
        afterSpace = true
        at += 1
      } else if glyph.isLetter || glyph.isDigit {
        scanRun()
      } else {
        add(.mark(glyph.code), upTo: at + 1)
      }
    }
  }

  /// Letters and digits without a space: “T6”, “17h00”, “QIII”, “3O”, “IIl”.
  private mutating func scanRun() {
    let start = at
    let end = runEnd(from: at)
    while at < end { scanPart(runStart: start, runEnd: end) }
  }

  private func runEnd(from start: Int) -> Int {
    var end = start
    while end < glyphs.count, glyphs[end].isLetter || glyphs[end].isDigit { end += 1 }
    return end
  }

  private mutating func scanPart(runStart: Int, runEnd: Int) {
    let roman = romanValue(at..<runEnd)
    if roman != 0, !glyphs[at..<runEnd].allSatisfy(\.isDigit) {
      addRoman(roman, upTo: runEnd)
    } else if let end = numberEnd(runStart: runStart, runEnd: runEnd) {
      addNumber(upTo: end)
    } else if glyphs[at].code == UInt8(ascii: "q"), romanValue(at + 1..<runEnd) != 0 {
      addWord(upTo: at + 1)
    } else if isQuarterWord(at..<runEnd), romanValue(at + 3..<runEnd) != 0 {
      addWord(upTo: at + 3)
    } else {
      addWord(upTo: wordEnd(runEnd: runEnd))
    }
  }

  /// “quý” with its numeral glued to it: “QuýIII”.
  private func isQuarterWord(_ run: Range<Int>) -> Bool {
    guard run.count > 3, glyphs[run.lowerBound].code == UInt8(ascii: "q") else { return false }
    let last = glyphs[run.lowerBound + 2]
    return last.tone == 4 && (last.code == UInt8(ascii: "y") || last.code == UInt8(ascii: "i"))
  }

  private func wordEnd(runEnd: Int) -> Int {
    var end = at
    while end < runEnd, glyphs[end].isLetter { end += 1 }
    return end
  }

  /// Where the number that begins here ends, or nil.
  ///
  /// O, l and I count as digits beside digits (OCR).
  private func numberEnd(runStart: Int, runEnd: Int) -> Int? {
    guard glyphs[at].isDigit || (at <= runStart + 1 && isLookalike(at)) else { return nil }
    var end = at
    while end < runEnd, glyphs[end].isDigit || isLookalike(end) { end += 1 }
    // “5lần”: the letter belongs to the word that follows.
    if end < runEnd, !isHourSign(end) {
      while end > at, !glyphs[end - 1].isDigit { end -= 1 }
    }
    return glyphs[at..<end].contains(where: \.isDigit) ? end : nil
  }

  private func isLookalike(_ index: Int) -> Bool {
    glyphs[index].isBare && [UInt8(ascii: "o"), UInt8(ascii: "l"), UInt8(ascii: "i")].contains(glyphs[index].code)
  }

  private func isHourSign(_ index: Int) -> Bool {
    [UInt8(ascii: "h"), UInt8(ascii: "g")].contains(glyphs[index].code)
  }

  /// 1…4 for I, II, III, IV, also with l or 1 for I (OCR); else 0.
  private func romanValue(_ range: Range<Int>) -> Int {
    guard (1...3).contains(range.count), range.allSatisfy({ glyphs[$0].isBare || glyphs[$0].isDigit }) else { return 0 }
    let ones = range.prefix { [UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "1")].contains(glyphs[$0].code) }
      .count
    if ones == range.count { return ones }
    return ones == 1 && range.count == 2 && glyphs[range.upperBound - 1].code == UInt8(ascii: "v") ? 4 : 0
  }

  private mutating func addRoman(_ roman: Int, upTo end: Int) {
    let slip = glyphs[at..<end].contains { $0.isDigit || $0.code == UInt8(ascii: "l") }
    let hasDigit = glyphs[at..<end].contains(where: \.isDigit)
    if hasDigit { addNumber(upTo: end) } else { add(.word, key: SyllableKey(glyphs[at..<end]), upTo: end) }
    pieces[pieces.count - 1].token.roman = roman
    pieces[pieces.count - 1].token.isSlip = slip
  }

  private mutating func addWord(upTo end: Int) { add(.word, key: SyllableKey(glyphs[at..<end]), upTo: end) }

  private mutating func addNumber(upTo end: Int) {
    let digits = glyphs[at..<end]
    var value = 0
    for glyph in digits { value = min(value * 10 + Self.digit(glyph.code), 999_999_999) }
    let slip = !digits.allSatisfy(\.isDigit)
    let roman = romanValue(at..<end)
    add(.number, upTo: end)
    pieces[pieces.count - 1].token.value = value
    pieces[pieces.count - 1].token.width = digits.count
    pieces[pieces.count - 1].token.roman = roman
    pieces[pieces.count - 1].token.isSlip = slip
  }

  private static func digit(_ code: UInt8) -> Int {
    switch code {
    case 48...57: Int(code) - 48
    case UInt8(ascii: "o"): 0
    default: 1
    }
  }

  private mutating func add(_ kind: Token.Kind, key: SyllableKey? = nil, upTo end: Int) {
    let token = Token(kind: kind, start: glyphs[at].at, end: glyphs[end - 1].at + 1, isGlued: !afterSpace)
    pieces.append(Piece(token: token, key: key))
    afterSpace = false
    at = end
  }
}

/// Words that form an expression become one token.
private func withTerms(_ pieces: [Piece]) -> [Token] {
  var result: [Token] = []
  result.reserveCapacity(pieces.count)
  var at = 0
  while at < pieces.count {
    let (token, count) = term(at, in: pieces)
    result.append(token)
    at += count
  }
  return result
}

private func term(_ at: Int, in pieces: [Piece]) -> (Token, Int) {
  var token = pieces[at].token
  guard let first = pieces[at].key, Words.lexicon.mayBegin(with: first) else { return (token, 1) }
  let keys = pieces[at..<min(at + Lexicon.longestCount, pieces.count)].prefix { $0.key != nil }.compactMap(\.key)
  guard let (entry, isSlip) = Words.lexicon.longest(at: keys[...]) else { return (token, 1) }
  token.kind = .term(entry.term)
  token.end = pieces[at + entry.keys.count - 1].token.end
  token.isSlip = isSlip
  return (token, entry.keys.count)
}
