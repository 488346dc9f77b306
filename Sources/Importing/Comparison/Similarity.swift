internal import Foundation

/// How alike the contents of two tasks are, by the rare pairs of words that they share.
///
/// Vietnamese words have several syllables, so pairs of neighbouring syllables stand for words. A pair counts by the
/// square of its rarity among all tasks of the document; what two tasks share is set against all they say (a cosine of
/// weighted sets). The plan's own title and the names of cited documents are taken out first: every task repeats them.
struct Similarity {
  struct Score {
    /// 0...1.
    var value = 0.0
    /// The weight of what is shared.
    var evidence = 0.0
    var sharedCount = 0
  }

  private let terms: [Set<String>]
  private var weight: [String: Double] = [:]
  private let lengths: [Double]
  /// The evidence below which two tasks share only common words: a good pair of words that nobody else has.
  let leastEvidence: Double

  init(_ contents: [String], title: String) {
    let own = Self.syllables(title)
    let terms = contents.map { Self.terms($0, without: own) }
    var counts: [String: Int] = [:]
    for set in terms { for term in set { counts[term, default: 0] += 1 } }
    let total = Double(contents.count)
    func rarity(_ count: Int) -> Double { pow(log((total + 3) / Double(count)), 2) }
    let weight = counts.mapValues { rarity($0) }
    self.terms = terms
    self.weight = weight
    lengths = terms.map { $0.reduce(0) { $0 + weight[$1, default: 0] } }
    leastEvidence = 1.2 * rarity(2)
  }

  func score(_ first: Int, _ second: Int) -> Score {
    let shared = terms[first].intersection(terms[second])
    let evidence = shared.reduce(0) { $0 + weight[$1, default: 0] }
    let length = (lengths[first] * lengths[second]).squareRoot()
    return Score(value: length > 0 ? evidence / length : 0, evidence: evidence, sharedCount: shared.count)
  }

  // MARK: Terms

  /// Syllables that join words.
  private static let joints: Set<String> = Set(
    foldedWords(
      """
      các của và trong về theo được cho với giữa đến từ là có không còn do tại bằng ra vào khi để những này đó nếu hoặc trên
      dưới sau trước số như cùng
      """
    )
  )

  private static func syllables(_ text: String) -> [String] { foldedWords(text.prefix(4000)) }

  private static func terms(_ content: String, without title: [String]) -> Set<String> {
    var terms: Set<String> = []
    let runs = titleRuns(title)
    for clause in clauses(content) {
      let syllables = withoutRuns(foldedWords(clause), runs)
      for pair in zip(syllables, syllables.dropFirst()) where !pair.0.isEmpty && !pair.1.isEmpty {
        if !joints.contains(pair.0), !joints.contains(pair.1) { terms.insert("\(pair.0) \(pair.1)") }
      }
    }
    return terms
  }

  private static func clauses(_ content: String) -> [Substring] {
    Citations.removed(from: String(content.prefix(12_000))).split { ".;,:()“”\n".contains($0) }
  }

  /// Every run of four syllables of the title: what repeats so much of it quotes it.
  private static func titleRuns(_ title: [String]) -> Set<String> {
    guard title.count >= 4 else { return [] }
    return Set((0...(title.count - 4)).map { title[$0..<($0 + 4)].joined(separator: " ") })
  }

  /// Syllables of quoted runs become empty.
  private static func withoutRuns(_ syllables: [String], _ runs: Set<String>) -> [String] {
    guard syllables.count >= 4, !runs.isEmpty else { return syllables }
    var output = syllables
    for start in 0...(syllables.count - 4) where runs.contains(syllables[start..<(start + 4)].joined(separator: " ")) {
      for index in start..<(start + 4) { output[index] = "" }
    }
    return output
  }
}

/// Names of other documents: “Kết luận số 226-KL/TW ngày 11/12/2025 của Ban Bí thư”.
enum Citations {
  private static let kinds: [Phrase] = [
    "kết luận", "quyết định", "kế hoạch", "nghị quyết", "chỉ thị", "thông tư", "nghị định", "công văn", "thông báo",
    "luật",
    "chương trình", "hướng dẫn",
  ]

  /// The text with a clause's end where a cited document stood.
  static func removed(from text: String) -> String {
    let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    let folded = words.map { foldedWords($0).joined(separator: " ") }
    var output: [String] = []
    var index = 0
    while index < words.count {
      if let end = citationEnd(words, folded, from: index) {
        output.append(";")
        index = end
      } else {
        output.append(words[index])
        index += 1
      }
    }
    return output.joined(separator: " ")
  }

  private static func citationEnd(_ words: [String], _ folded: [String], from start: Int) -> Int? {
    guard let kind = kinds.first(where: { starts(folded, with: $0, at: start) }) else { return nil }
    var index = start + kind.words.count
    let isNumbered = index < words.count && isNumber(words, folded, &index)
    if !isNumbered {
      // “Kế hoạch của Chủ tịch Ủy ban nhân dân tỉnh”
      guard index + 1 < words.count, folded[index] == Phrase("của").words[0],
        words[index + 1].first?.isUppercase == true
      else {
        return nil
      }
    }
    return issuerEnd(words, folded, from: index)
  }

  private static func starts(_ folded: [String], with phrase: Phrase, at index: Int) -> Bool {
    index + phrase.words.count <= folded.count
      && folded[index..<(index + phrase.words.count)].elementsEqual(phrase.words)
  }

  private static func isNumber(_ words: [String], _ folded: [String], _ index: inout Int) -> Bool {
    if folded[index] == Phrase("số").words[0] { index += 1 }
    guard index < words.count, words[index].first?.isNumber == true,
      words[index].contains(where: { "/-".contains($0) }),
      words[index].contains(where: \.isUppercase)
    else { return false }
    index += 1
    if index + 1 < words.count, folded[index] == Phrase("ngày").words[0], words[index + 1].first?.isNumber == true {
      index += 2
    }
    return true
  }

  /// After “của Ban Bí thư”: capitalised words and what is between them.
  private static func issuerEnd(_ words: [String], _ folded: [String], from start: Int) -> Int {
    guard start < words.count, folded[start] == Phrase("của").words[0], !words[start - 1].hasSuffix(",") else {
      return start
    }
    var end = start + 1
    var last = start
    while end < words.count, end - start <= 8 {
      let isName =
        words[end].first?.isUppercase == true
        || ["bí", "thư", "tướng", "tịch", "ban", "nhân", "dân", "tỉnh", "xã", "phủ"].contains {
          ($0 as Phrase).words == [folded[end]]
        }
      guard isName else { break }
      last = end
      end += 1
      if ",.;)".contains(words[last].last ?? " ") { break }
    }
    return last + 1
  }
}
