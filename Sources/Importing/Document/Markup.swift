/// Takes the marks of Markdown and HTML out of a line, and leaves the office's words as they are.
enum Markup {
  private static let tags: Set<String> = [
    "b", "i", "u", "em", "strong", "span", "sup", "sub", "font", "a", "small", "big", "mark", "ins", "center", "p",
    "div",
    "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "li", "ul", "ol", "tbody", "thead", "tfoot", "caption", "col",
    "o:p",
    "colgroup", "html", "body", "head", "meta", "section", "article", "blockquote",
  ]

  /// The words alone: tags, entities, emphasis and invisible characters gone, spaces made single.
  static func words(_ line: some StringProtocol, isMarkdown: Bool = true) -> String {
    var text = String(line)
    if text.contains("<") { text = withoutTags(text) }
    if text.contains("&") { text = withoutEntities(text) }
    if isMarkdown {
      if text.contains("*") || text.contains("_") { text = withoutEmphasis(text) }
      if text.contains("\\") { text = withoutEscapes(text) }
    }
    return singleSpaced(text)
  }

  /// Spaces of any kind become one; what no text file may hold goes.
  static func singleSpaced(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    var spaceIsDue = false
    for scalar in text.unicodeScalars {
      if scalar.properties.isWhitespace {
        spaceIsDue = !output.isEmpty
      } else if isPrintable(scalar) {
        if spaceIsDue { output.append(" ") }
        spaceIsDue = false
        output.append(scalar)
      }
    }
    return String(output)
  }

  /// What YAML may hold and what somebody can see.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF:
      ![0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF].contains(scalar.value)
        && !(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
    default: false
    }
  }

  private static func withoutTags(_ text: String) -> String {
    var output = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "<") {
      output += rest[..<open]
      let inside = rest[rest.index(after: open)...].prefix(2000)
      guard let close = inside.firstIndex(of: ">"), let name = tagName(inside[..<close]) else {
        output.append("<")
        rest = rest[rest.index(after: open)...]
        continue
      }
      if ["br", "p", "li", "div"].contains(name) { output.append(" ") }
      rest = rest[rest.index(after: close)...]
    }
    return output + rest
  }

  /// The lower-case name of a tag we know; nil for “< 5 ngày” and other words.
  static func tagName(_ inside: Substring) -> String? {
    let body = inside.hasPrefix("/") ? inside.dropFirst() : inside
    let name = body.prefix { $0.isLetter || $0.isNumber || $0 == ":" }.lowercased()
    return tags.contains(name) || ["table", "tr", "td", "th"].contains(name) || inside.hasPrefix("!--") ? name : nil
  }

  private static let entities: [String: Character] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "ndash": "–", "mdash": "—", "hellip": "…",
    "ldquo": "“", "rdquo": "”",
  ]

  private static func withoutEntities(_ text: String) -> String {
    var output = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "&") {
      output += rest[..<start]
      let after = rest.index(after: start)
      guard let end = rest[after...].prefix(12).firstIndex(of: ";"), let character = character(rest[after..<end]) else {
        output.append("&")
        rest = rest[after...]
        continue
      }
      output.append(character)
      rest = rest[rest.index(after: end)...]
    }
    return output + rest
  }

  private static func character(_ entity: Substring) -> Character? {
    guard entity.hasPrefix("#") else { return entities[String(entity)] }
    let digits = entity.dropFirst()
    let value = digits.lowercased().hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return value.flatMap { Unicode.Scalar($0) }.map { Character($0) }
  }

  /// Takes away runs of `*` or `_` that open before a word and close after one.
  private static func withoutEmphasis(_ text: String) -> String {
    let characters = Array(text)
    var output: [Character] = []
    var index = 0
    var openRuns: [Character: Int] = [:]
    while index < characters.count {
      let mark = characters[index]
      guard mark == "*" || mark == "_" else {
        output.append(mark)
        index += 1
        continue
      }
      var end = index
      while end < characters.count, characters[end] == mark { end += 1 }
      let before = index > 0 ? characters[index - 1] : " "
      let after = end < characters.count ? characters[end] : " "
      if before != "\\", isEmphasis(mark, before, after, isOpen: openRuns[mark, default: 0] > 0) {
        openRuns[mark, default: 0] += openRuns[mark, default: 0] > 0 ? -1 : 1
      } else {
        output.append(contentsOf: characters[index..<end])
      }
      index = end
    }
    return String(output)
  }

  private static func isEmphasis(_ mark: Character, _ before: Character, _ after: Character, isOpen: Bool) -> Bool {
    if mark == "_" {
      // Inside a word or a blank to be filled in it is itself.
      return isOpen ? !isWord(after) && !before.isWhitespace : !isWord(before) && !after.isWhitespace && after != "/"
    }
    return isOpen ? true : !after.isWhitespace
  }

  private static func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }

  private static func withoutEscapes(_ text: String) -> String {
    var output = ""
    var isEscaped = false
    for character in text {
      if character == "\\" && !isEscaped {
        isEscaped = true
        continue
      }
      if isEscaped && !(character.isASCII && (character.isPunctuation || character.isSymbol)) { output.append("\\") }
      isEscaped = false
      output.append(character)
    }
    return output
  }
}
