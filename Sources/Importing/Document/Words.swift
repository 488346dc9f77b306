internal import Configuration

/// The words of a text without case, tone placement and marks (rule R15), for comparing.
func foldedWords(_ text: some StringProtocol) -> [String] {
  NameFold.key(String(text)).split { !($0.isLetter || $0.isNumber || $0 == "%") }.map(String.init)
}

/// A few words to be looked for.
struct Phrase: ExpressibleByStringLiteral {
  let words: [String]
  init(stringLiteral text: String) { words = foldedWords(text) }
}

extension [String] {
  func has(_ phrase: Phrase) -> Bool { position(of: phrase) != nil }
  func has(any phrases: [Phrase]) -> Bool { phrases.contains { has($0) } }

  func position(of phrase: Phrase) -> Int? {
    let wanted = phrase.words
    guard !wanted.isEmpty, count >= wanted.count else { return nil }
    return (0...(count - wanted.count)).first { start in
      self[start] == wanted[0] && self[start..<(start + wanted.count)].elementsEqual(wanted)
    }
  }

  func starts(with phrase: Phrase) -> Bool { starts(with: phrase.words) }
  func starts(withAny phrases: [Phrase]) -> Bool { phrases.contains { starts(with: $0) } }
}

extension StringProtocol {
  var trimmed: String {
    var part = self[...]
    while let first = part.first, first.isWhitespace { part = part.dropFirst() }
    while let last = part.last, last.isWhitespace { part = part.dropLast() }
    return String(part)
  }

  /// Has letters, and none of them is small.
  var isUppercased: Bool { contains(where: \.isLetter) && !contains(where: \.isLowercase) }
}
