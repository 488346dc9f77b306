/// The sign that opens a part of a document: “II.”, “1.”, “1.2.”, “a)”, “-”.
struct Marker {
  enum Kind: Hashable {
    case part, capital, roman, article
    /// With how many numbers: 2 for “1.2.”.
    case decimal(Int)
    case letter, dash, plus

    /// Lower numbers hold higher ones.
    var rank: Int {
      switch self {
      case .part: 0
      case .capital: 1
      case .roman, .article: 2
      case .decimal(let depth): 2 + min(depth, 5)
      case .letter: 8
      case .dash: 9
      case .plus: 10
      }
    }

    var isBullet: Bool { self == .dash || self == .plus }
    var isHeading: Bool { rank < 8 }
  }

  let kind: Kind
  /// “II”, “1.2”, “a”; empty for bullets.
  let label: String
  let rest: String

  static func parse(_ text: String) -> Marker? {
    bullet(text) ?? named(text) ?? roman(text) ?? decimal(text) ?? letter(text) ?? capital(text)
  }

  /// The text is nothing but a marker: “1.”, “a)”, “-”.
  static func isMarker(_ text: String) -> Bool { text.count <= 10 && parse(text + " x")?.rest == "x" }

  private static func bullet(_ text: String) -> Marker? {
    guard let first = text.first else { return nil }
    let isDash = "-–—•·●▪■◦○*".contains(first) || first == "\u{F0B7}" || first == "\u{2212}"
    guard isDash || first == "+" else { return nil }
    let rest = text.dropFirst()
    // “-5 độ” and “+84…” are numbers.
    guard rest.first == " " || rest.first?.isLetter == true else { return nil }
    return Marker(kind: first == "+" ? .plus : .dash, label: "", rest: rest.trimmed)
  }

  /// A part with its name: “PHẦN II”, “Phần thứ nhất”, “Chương I”, “Điều 3”.
  private static func named(_ text: String) -> Marker? {
    let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true)
    guard words.count >= 2 else { return nil }
    let name = foldedWords(words[0])
    let isArticle = name == Phrase("điều").words
    guard isArticle || name == Phrase("phần").words || name == Phrase("chương").words else { return nil }
    let number = words[1].drop { "([".contains($0) }.prefix { $0.isLetter || $0.isNumber }
    if isArticle {
      guard Int(number) != nil, number.count <= 3, words[1].last.map({ ".:".contains($0) }) == true || words.count == 2
      else { return nil }
      return Marker(kind: .article, label: String(number), rest: rest(text, after: words[1]))
    }
    guard words[0].first?.isUppercase == true else { return nil }
    if isRoman(number) { return Marker(kind: .part, label: String(number), rest: rest(text, after: words[1])) }
    guard words.count >= 3, foldedWords(words[1]) == Phrase("thứ").words,
      let ordinal = ordinals.firstIndex(where: { $0.words == foldedWords(words[2]) })
    else { return nil }
    return Marker(kind: .part, label: Numeral.roman(ordinal + 1), rest: rest(text, after: words[2]))
  }

  private static let ordinals: [Phrase] = ["nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám"]

  private static func rest(_ text: String, after word: Substring) -> String {
    text[word.endIndex...].drop { ".:-–) ".contains($0) }.trimmed
  }

  private static func isRoman(_ text: some StringProtocol) -> Bool {
    (1...6).contains(text.count) && text.allSatisfy { "IVX".contains($0) } && value(ofRoman: text) != nil
  }

  /// Nil for signs in an order that no numeral has.
  static func value(ofRoman text: some StringProtocol) -> Int? {
    (1...39).first { Numeral.roman($0) == text }
  }

  private static func roman(_ text: String) -> Marker? {
    let label = text.prefix { "IVX".contains($0) }
    guard isRoman(label), let rest = closing(text.dropFirst(label.count), signs: "./)-–:") else { return nil }
    return Marker(kind: .roman, label: String(label), rest: rest)
  }

  /// After the label: a sign and a space, or a sign directly before a letter.
  private static func closing(_ text: Substring, signs: String) -> String? {
    let spaced = text.drop { $0 == " " }
    let isDash = spaced.first.map { "-–".contains($0) } == true
    let body = isDash ? spaced : text
    guard let sign = body.first, signs.contains(sign) else { return nil }
    let rest = body.dropFirst()
    guard let next = rest.first, next == " " || next.isLetter || "“\"(".contains(next) else { return nil }
    let words = rest.trimmed
    return words.isEmpty ? nil : words
  }

  private static func decimal(_ text: String) -> Marker? {
    let body = text.prefix { ($0.isNumber && $0.isASCII) || $0 == "." }
    let numbers = body.split(separator: ".", omittingEmptySubsequences: false)
    let labels = numbers.last == "" ? numbers.dropLast() : numbers[...]
    // A body may have more than a hundred points; “1.000 đồng” is no point.
    guard let first = labels.first, labels.count <= 4, (1...3).contains(first.count),
      !first.hasPrefix("0") || first.count == 2,
      labels.dropFirst().allSatisfy({ (1...2).contains($0.count) && $0 != "00" }), first != "0", first != "00"
    else { return nil }
    let after = text.dropFirst(body.count)
    let label = labels.map { Int($0).map(String.init) ?? String($0) }.joined(separator: ".")
    let kind = Kind.decimal(labels.count)
    if numbers.last == "" {
      // “13.5.2026” and “1.000 đồng” have no letter here.
      guard let next = after.first, next == " " || next.isUppercase || "“\"(".contains(next) else { return nil }
      let words = after.trimmed
      return words.isEmpty ? nil : Marker(kind: kind, label: label, rest: words)
    }
    if labels.count == 1 {
      return closing(after, signs: "/)").map { Marker(kind: kind, label: label, rest: $0) }
    }
    guard after.hasPrefix(" "), let next = after.trimmed.first, next.isUppercase else { return nil }
    return Marker(kind: kind, label: label, rest: after.trimmed)
  }

  private static func letter(_ text: String) -> Marker? {
    let label = text.prefix { $0.isLowercase }
    guard (1...2).contains(label.count), label.allSatisfy({ $0.isASCII || $0 == "đ" }) else { return nil }
    let after = text.dropFirst(label.count)
    guard let sign = after.first, ").".contains(sign),
      sign == ")" || (label.count == 1 && after.dropFirst().first == " ")
    else { return nil }
    let rest = after.dropFirst().trimmed
    return rest.isEmpty ? nil : Marker(kind: .letter, label: String(label), rest: rest)
  }

  /// A capital letter and a full stop; what may be Roman was read as that before.
  private static func capital(_ text: String) -> Marker? {
    guard let first = text.first, "ABCDE".contains(first), text.dropFirst().hasPrefix(". ") else { return nil }
    return Marker(kind: .capital, label: String(first), rest: text.dropFirst(2).trimmed)
  }
}
