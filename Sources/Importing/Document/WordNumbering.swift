/// Numbers that Word puts before paragraphs by itself (ECMA-376 part 1, 17.9).
final class WordNumbering: XMLEvents {
  private struct Level {
    var start = 1
    var format = "decimal"
    var text = ""
  }

  private struct List {
    var abstract = ""
    var starts: [Int: Int] = [:]
  }

  private var abstractLists: [String: [Int: Level]] = [:]
  private var lists: [String: List] = [:]
  /// Lists that a paragraph style brings along.
  private var styles: [String: (number: String?, level: Int?, base: String?)] = [:]
  private var counters: [String: [Int: Int]] = [:]

  private var abstract: String?
  private var list: String?
  private var level: Int?
  private var style: String?

  func start(_ name: String, _ attributes: [String: String]) {
    let value = attributes["val"]
    switch name {
    case "w:abstractNum":
      abstract = attributes["abstractNumId"]
    case "w:num":
      list = attributes["numId"]
      if let list, lists.count < 10_000 { lists[list] = List() }
    case "w:abstractNumId": if let list, let value { lists[list]?.abstract = value }
    case "w:lvl", "w:lvlOverride":
      level = attributes["ilvl"].flatMap { Int($0) }.flatMap { (0...8).contains($0) ? $0 : nil }
    case "w:startOverride": if let list, let level { lists[list]?.starts[level] = Self.count(value) }
    case "w:start": changeLevel { $0.start = Self.count(value) }
    case "w:numFmt": changeLevel { $0.format = value ?? "decimal" }
    case "w:lvlText": changeLevel { $0.text = String((value ?? "").prefix(40)) }
    case "w:style":
      style = attributes["styleId"]
      if let style, styles.count < 10_000 { styles[style] = (nil, nil, nil) }
    case "w:basedOn": if let style { styles[style]?.base = value }
    case "w:numId": if let style { styles[style]?.number = value }
    case "w:ilvl": if let style { styles[style]?.level = value.flatMap { Int($0) } }
    default: break
    }
  }

  func end(_ name: String) {
    switch name {
    case "w:abstractNum": abstract = nil
    case "w:num": list = nil
    case "w:style": style = nil
    default: break
    }
  }

  func text(_ text: String) {}

  private static func count(_ value: String?) -> Int { min(9999, max(0, Int(value ?? "") ?? 1)) }

  private func changeLevel(_ body: (inout Level) -> Void) {
    guard let abstract, list == nil, let level, abstractLists.count < 10_000 else { return }
    body(&abstractLists[abstract, default: [:]][level, default: Level()])
  }

  /// The number or bullet of the next paragraph of that list; nil when it has none.
  func label(style: String?, number: String?, level: Int?) -> String? {
    let inherited = style.flatMap { listOfStyle($0) }
    guard let number = number ?? inherited?.number, number != "0", let list = lists[number],
      let levels = abstractLists[list.abstract]
    else { return nil }
    let depth = min(8, max(0, level ?? inherited?.level ?? 0))
    guard let own = levels[depth] else { return nil }
    advance(list, number, levels, depth)
    switch own.format {
    case "bullet": return "-"
    case "none": return nil
    default: return text(own, list, levels)
    }
  }

  private func listOfStyle(_ name: String) -> (number: String?, level: Int?)? {
    var next: String? = name
    var level: Int?
    for _ in 0..<10 {
      guard let current = next, let style = styles[current] else { return nil }
      level = level ?? style.level
      if let number = style.number { return (number, level) }
      next = style.base
    }
    return nil
  }

  /// Lists of one abstract list count on together, unless one starts anew.
  private func advance(_ list: List, _ number: String, _ levels: [Int: Level], _ depth: Int) {
    let key = key(list)
    if let start = list.starts[depth], started.insert("\(number)/\(depth)").inserted {
      counters[key, default: [:]][depth] = start
    } else if let count = counters[key]?[depth] {
      counters[key]?[depth] = min(99_999, count + 1)
    } else {
      counters[key, default: [:]][depth] = levels[depth]?.start ?? 1
    }
    for deeper in (depth + 1)..<10 { counters[key]?[deeper] = nil }
  }

  private var started: Set<String> = []
  private func key(_ list: List) -> String { list.abstract }

  private func text(_ level: Level, _ list: List, _ levels: [Int: Level]) -> String? {
    var output = ""
    var isReference = false
    for character in level.text {
      if isReference, let digit = character.wholeNumberValue, (1...9).contains(digit) {
        let count = counters[key(list)]?[digit - 1] ?? levels[digit - 1]?.start ?? 1
        output += Numeral.written(count, levels[digit - 1]?.format ?? "decimal")
        isReference = false
      } else if character == "%" {
        isReference = true
      } else {
        output.append(character)
        isReference = false
      }
    }
    return output.trimmed.isEmpty ? nil : output.trimmed
  }
}

/// Numbers as lists write them.
enum Numeral {
  static func written(_ count: Int, _ format: String) -> String {
    switch format {
    case "lowerLetter": letter(count)
    case "upperLetter": letter(count).uppercased()
    case "lowerRoman": roman(count).lowercased()
    case "upperRoman": roman(count)
    case "decimalZero": count < 10 ? "0\(count)" : "\(count)"
    default: "\(count)"
    }
  }

  /// a to z, then aa, bb (17.18.59, lowerLetter).
  private static func letter(_ count: Int) -> String {
    guard count > 0, count <= 260 else { return "\(count)" }
    let scalar = Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8((count - 1) % 26)))
    return String(repeating: String(scalar), count: (count - 1) / 26 + 1)
  }

  static func roman(_ count: Int) -> String {
    guard count > 0, count < 4000 else { return "\(count)" }
    let signs = [
      (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
      (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ]
    var (rest, output) = (count, "")
    for (value, sign) in signs {
      while rest >= value {
        output += sign
        rest -= value
      }
    }
    return output
  }
}
