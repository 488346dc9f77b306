/// A piece of an English phrase.
struct EnglishToken {
  enum Kind: Hashable {
    case known(EnglishWord)
    case unknown
    /// In figures.
    case number
    case mark(UInt8)
  }

  var kind: Kind
  /// Lower-case letters of a word.
  var letters = ""
  var value = 0
  var width = 0
  /// “25th”.
  var isOrdinal = false
  var start: Int
  var end: Int
  var isGlued: Bool
}

/// The tokens of an English phrase, or nil when it is none.
///
/// English is told by its words: not one letter with a Vietnamese mark, and more words that only English has than words
/// that are Vietnamese without their marks.
func englishTokens(of glyphs: [Glyph]) -> [EnglishToken]? {
  guard glyphs.allSatisfy({ $0.isBare && $0.code != Glyph.foreignLetter }) else { return nil }
  guard glyphs.contains(where: \.isLetter), mayBeEnglish(glyphs) else { return nil }
  var scanner = EnglishScanner(glyphs: glyphs)
  scanner.scan()
  let (tokens, telling) = withExpressions(scanner.tokens)
  let vietnamese = vietnameseWords(glyphs)
  return telling > vietnamese || (vietnamese == 0 && isMonthAmongEnglish(tokens)) ? tokens : nil
}

/// “May 2026”, “20 May at 17:00”, “2026 Q3”: nothing but English words, a month or weekday among them.
private func isMonthAmongEnglish(_ tokens: [EnglishToken]) -> Bool {
  let words = tokens.filter { !$0.letters.isEmpty }
  return isYearBeforeSign(tokens)
    || words.allSatisfy { $0.kind != .unknown }
      && words.contains { token in
        switch token.kind {
        case .known(.month), .known(.weekday): true
        default: false
        }
      }
}

/// One of the telling words stands there; most Vietnamese phrases without marks end here.
private func mayBeEnglish(_ glyphs: [Glyph]) -> Bool {
  var word = ""
  for glyph in glyphs + [Glyph(code: 32, at: 0)] {
    if glyph.isLetter {
      if word.utf8.count < 16 { word.unicodeScalars.append(Unicode.Scalar(glyph.code)) }
    } else {
      if EnglishWords.tellingFirstWords.contains(word) { return true }
      word = ""
    }
  }
  return false
}

/// Words of the Vietnamese table, marks left out, of two letters or more that English does not have.
private func vietnameseWords(_ glyphs: [Glyph]) -> Int {
  tokens(of: glyphs).count { token in
    guard case .term(let term) = token.kind, token.isSlip, term != .foreign else { return false }
    return token.end - token.start > 2
  }
}

/// “2026 Q3”, “2026 H1”: the order that only English has.
private func isYearBeforeSign(_ tokens: [EnglishToken]) -> Bool {
  zip(tokens, tokens.dropFirst()).contains { year, sign in
    year.width == 4 && year.kind == .number && ["q", "h", "qi", "qii", "qiii", "qiv"].contains(sign.letters)
  }
}

private struct EnglishScanner {
  let glyphs: [Glyph]
  var at = 0
  var tokens: [EnglishToken] = []
  private var afterSpace = true

  init(glyphs: [Glyph]) { self.glyphs = glyphs }

  mutating func scan() {
    while at < glyphs.count {
      let glyph = glyphs[at]
      if glyph.isSpace {
        afterSpace = true
        at += 1
      } else if glyph.isLetter {
        add(.unknown, upTo: end { $0.isLetter || $0.code == UInt8(ascii: "'") })
      } else if glyph.isDigit {
        addNumber()
      } else {
        add(.mark(glyph.code), upTo: at + 1)
      }
    }
  }

  private func end(while holds: (Glyph) -> Bool) -> Int {
    var end = at
    while end < glyphs.count, holds(glyphs[end]) { end += 1 }
    return end
  }

  private mutating func addNumber() {
    let end = end(while: \.isDigit)
    let digits = glyphs[at..<end]
    var value = 0
    for digit in digits { value = min(value * 10 + Int(digit.code) - 48, 999_999_999) }
    add(.number, upTo: end)
    tokens[tokens.count - 1].value = value
    tokens[tokens.count - 1].width = digits.count
    takeOrdinalSuffix()
  }

  private mutating func takeOrdinalSuffix() {
    let end = end(while: \.isLetter)
    guard end - at == 2 else { return }
    let suffix = String(decoding: glyphs[at..<end].map(\.code), as: UTF8.self)
    guard ["st", "nd", "rd", "th"].contains(suffix) else { return }
    tokens[tokens.count - 1].isOrdinal = true
    tokens[tokens.count - 1].end = glyphs[end - 1].at + 1
    at = end
  }

  private mutating func add(_ kind: EnglishToken.Kind, upTo end: Int) {
    var token = EnglishToken(kind: kind, start: glyphs[at].at, end: glyphs[end - 1].at + 1, isGlued: !afterSpace)
    if kind == .unknown { token.letters = String(decoding: glyphs[at..<end].map(\.code), as: UTF8.self) }
    tokens.append(token)
    afterSpace = false
    at = end
  }
}

/// Words that form an expression become one token; how many of them tell of English.
private func withExpressions(_ scanned: [EnglishToken]) -> (tokens: [EnglishToken], telling: Int) {
  var result: [EnglishToken] = []
  var telling = 0
  var at = 0
  while at < scanned.count {
    var token = scanned[at]
    if let (entry, count) = expression(at, in: scanned) {
      token.kind = .known(entry.word)
      token.end = scanned[at + count - 1].end
      if EnglishWords.isTelling(entry.words, entry.word) { telling += 1 }
      at += count
    } else {
      at += 1
    }
    result.append(token)
  }
  return (result, telling)
}

private func expression(_ at: Int, in tokens: [EnglishToken]) -> (entry: (words: [String], word: EnglishWord), Int)? {
  for entry in EnglishWords.lexicon[text(tokens[at])] ?? [] {
    if let count = length(of: entry.words, at, in: tokens) { return (entry, count) }
  }
  return nil
}

private func text(_ token: EnglishToken) -> String {
  token.kind == .number && !token.isOrdinal && token.width < 3 ? "\(token.value)" : token.letters
}

/// The tokens that the words take, hyphens and the dots of abbreviations included; nil when they are not there.
private func length(of words: [String], _ start: Int, in tokens: [EnglishToken]) -> Int? {
  var at = start
  for (index, word) in words.enumerated() {
    if index > 0, at < tokens.count, isJoint(tokens[at]) { at += 1 }
    guard at < tokens.count, text(tokens[at]) == word else { return nil }
    at += 1
  }
  return at - start
}

/// “half-yearly”, “p.m.”, “n/a”.
private func isJoint(_ token: EnglishToken) -> Bool {
  guard token.isGlued, case .mark(let mark) = token.kind else { return false }
  return [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/")].contains(mark)
}
