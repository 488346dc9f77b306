/// Finds the time limit inside a sentence, where no line or column of its own gives it (rule R16).
enum InlineLimit {
  /// How certain the words are a limit; later ones win over earlier ones.
  private enum Strength: Int {
    case citation, urgent, continuous, periodic
    /// The end of a stretch of time, which may only describe something.
    case until
    case dated

    var hasDate: Bool { self == .dated || self == .until }
  }

  private struct Cue {
    let phrase: Phrase
    let strength: Strength
  }

  private static let cues: [Cue] = [
    Cue(phrase: "chậm nhất", strength: .dated), Cue(phrase: "muộn nhất", strength: .dated),
    Cue(phrase: "trước ngày", strength: .dated), Cue(phrase: "trước tháng", strength: .dated),
    Cue(phrase: "trước và trong ngày", strength: .dated),
    Cue(phrase: "đến hết", strength: .dated), Cue(phrase: "không quá ngày", strength: .dated),
    Cue(phrase: "xong trước", strength: .dated), Cue(phrase: "hoàn thành trước", strength: .dated),
    Cue(phrase: "trong tháng", strength: .dated), Cue(phrase: "trong quý", strength: .dated),
    Cue(phrase: "trong tuần", strength: .dated), Cue(phrase: "trong ngày", strength: .dated),
    Cue(phrase: "trong thời hạn", strength: .dated), Cue(phrase: "hoàn thành trong", strength: .dated),
    Cue(phrase: "định kỳ", strength: .periodic), Cue(phrase: "hằng ngày", strength: .periodic),
    Cue(phrase: "hằng tuần", strength: .periodic), Cue(phrase: "hằng tháng", strength: .periodic),
    Cue(phrase: "hằng quý", strength: .periodic), Cue(phrase: "hằng năm", strength: .periodic),
    Cue(phrase: "hàng ngày", strength: .periodic), Cue(phrase: "hàng tuần", strength: .periodic),
    Cue(phrase: "hàng tháng", strength: .periodic), Cue(phrase: "hàng quý", strength: .periodic),
    Cue(phrase: "hàng năm", strength: .periodic), Cue(phrase: "thường xuyên", strength: .continuous),
    Cue(phrase: "khẩn trương", strength: .urgent), Cue(phrase: "kịp thời", strength: .urgent),
    Cue(phrase: "theo quy định", strength: .citation),
  ]

  /// Words that may follow a cue and still speak of time.
  private static let timeWords: Set<String> = Set(
    foldedWords(
      """
      ngày tháng năm quý tuần giờ h phút hằng hàng định kỳ kì đầu cuối giữa hết trước sau đến từ trong và hoặc thứ hai ba tư
      sáu bảy chủ nhật nhất mỗi kể ký ban hành nhận được làm việc thời hạn tới này tiếp theo của i ii iii iv đột xuất khi có
      yêu cầu sáng chiều
      """
    )
  )

  /// The words of the limit, as they stand in the text; nil when there is none.
  ///
  /// With `onlyDated` it looks for dates alone, where periodic words describe something else (“khen thưởng hằng năm”).
  static func find(in text: String, onlyDated: Bool) -> String? {
    let candidates = candidates(in: text).filter { !onlyDated || $0.strength.hasDate }
    let strongest = candidates.map(\.strength.rawValue).max()
    return candidates.first { $0.strength.rawValue == strongest }?.words
  }

  /// Every limit with a date in it, in the order of the text.
  static func dated(in text: String) -> [String] {
    var end = 0
    return candidates(in: text).filter { $0.strength.hasDate }.compactMap { candidate in
      guard candidate.range.lowerBound >= end else { return nil }
      end = candidate.range.upperBound
      return candidate.words
    }
  }

  /// The dated limit, else the periodic one that begins with “định kỳ”: what somebody is to keep.
  static func obligation(in text: String) -> String? {
    let candidates = candidates(in: text)
    let dated = candidates.first { $0.strength == .dated } ?? candidates.first { $0.strength == .until }
    let periodic = candidates.first { foldedWords($0.words).starts(with: "định kỳ") }
    return (dated ?? periodic)?.words
  }

  private struct Candidate {
    var strength: Strength
    var range: Range<Int>
    var words: String
  }

  private static func candidates(in text: String) -> [Candidate] {
    let words = text.prefix(8000).split(separator: " ")
    let folded = words.map { foldedWords($0).joined() }
    return words.indices.flatMap { index in
      cues(folded, words, at: index).compactMap { cue in
        guard stands(cue, words, folded, at: index) else { return nil }
        var range = range(of: cue, words, folded, at: index)
        if cue.strength.hasDate {
          guard range.contains(where: { hasDigit(folded[$0]) || isRoman(words[$0]) }) else { return nil }
          let start = stretchStart(words, folded, before: range.lowerBound)
          range = frequencyStart(words, folded, before: start)..<range.upperBound
        }
        return Candidate(strength: cue.strength, range: range, words: tidied(words[range].joined(separator: " ")))
      }
    }
  }

  private static func cues(_ folded: [String], _ words: [Substring], at index: Int) -> [Cue] {
    let known = cues.filter { matches($0.phrase, folded, at: index) }
    return known.isEmpty && opensDate(folded, words, at: index)
      ? [folded[index] == before ? Cue(phrase: "trước", strength: .dated) : Cue(phrase: "đến", strength: .until)]
      : known
  }

  private static let before = foldedWords("trước")[0]
  private static let until = foldedWords("đến")[0]
  private static let hour = foldedWords("giờ")[0]

  /// “trước 16h30”, “trước 17 giờ”, “trước 30/9/2026”, “đến ngày 30/9/2026”.
  private static func opensDate(_ folded: [String], _ words: [Substring], at index: Int) -> Bool {
    guard index + 1 < words.count, folded[index] == before || folded[index] == until else { return false }
    let next = words[index + 1]
    guard next.first?.isNumber == true else {
      return folded[index] == until && index + 2 < words.count && folded[index + 1] == foldedWords("ngày")[0]
        && words[index + 2].contains("/")
    }
    let isSpelledHour = index + 2 < words.count && [hour, "h"].contains(folded[index + 2])
    return isClock(next) || isDate(next) || isSpelledHour
  }

  /// “16h”, “16h30”, “16g30”, “16:30”.
  private static func isClock(_ word: Substring) -> Bool {
    let parts = word.drop { $0 == "(" }.filter { !",.;)".contains($0) }.split { "hHgG:".contains($0) }
    return word.contains { "hHgG:".contains($0) } && (1...2).contains(parts.count)
      && parts.allSatisfy { (1...2).contains($0.count) && $0.allSatisfy(\.isNumber) }
  }

  /// “30/9”, “30/9/2026”, “30-9-2026”.
  private static func isDate(_ word: Substring) -> Bool {
    let parts = word.filter { !",.;)".contains($0) }.split { "/-".contains($0) }
    return (2...3).contains(parts.count) && parts.allSatisfy { $0.count <= 4 && $0.allSatisfy(\.isNumber) }
  }

  /// “từ ngày 01/9/2026 đến ngày 15/9/2026” is one stretch of time.
  private static func stretchStart(_ words: [Substring], _ folded: [String], before start: Int) -> Int {
    let from = Phrase("từ").words
    guard start >= 2, folded[start] == until, hasDigit(folded[start - 1]), !endsClause(words[start - 1]) else {
      return start
    }
    if from == [folded[start - 2]] { return start - 2 }
    return start >= 3 && from == [folded[start - 3]] && folded[start - 2] == foldedWords("ngày")[0] ? start - 3 : start
  }

  private static let frequencies: [Phrase] = ["hằng", "hàng", "mỗi"]
  private static let periods: [Phrase] = ["ngày", "tuần", "tháng", "quý", "năm"]

  /// “định kỳ hằng tháng trước ngày 25”: how often belongs to the limit.
  private static func frequencyStart(_ words: [Substring], _ folded: [String], before start: Int) -> Int {
    var first = start
    func isOne(of phrases: [Phrase], _ index: Int) -> Bool {
      index >= 0 && phrases.contains { $0.words == [folded[index]] } && !endsClause(words[index])
    }
    if isOne(of: periods, first - 1), isOne(of: frequencies, first - 2) { first -= 2 }
    if first >= 2, matches("định kỳ", folded, at: first - 2) || matches("định kì", folded, at: first - 2),
      !endsClause(words[first - 1])
    {
      first -= 2
    }
    return first
  }

  private static func matches(_ phrase: Phrase, _ words: [String], at index: Int) -> Bool {
    index + phrase.words.count <= words.count && words[index..<(index + phrase.words.count)].elementsEqual(phrase.words)
  }

  /// “hằng năm” after a noun describes the noun; at the beginning of a clause it says when.
  private static func stands(_ cue: Cue, _ words: [Substring], _ folded: [String], at index: Int) -> Bool {
    guard cue.strength == .periodic, cue.phrase.words != Phrase("định kỳ").words, index > 0 else { return true }
    if let last = words[index - 1].last, ".;,:)”".contains(last) || "-–".contains(last) { return true }
    return words[index].first?.isUppercase == true
  }

  /// From the cue to the last word that speaks of time.
  private static func range(of cue: Cue, _ words: [Substring], _ folded: [String], at index: Int) -> Range<Int> {
    var end = index + cue.phrase.words.count
    if cue.strength == .urgent { return index..<urgentEnd(words, from: end) }
    guard cue.strength != .citation else { return index..<end }
    while end < words.count, end - index < 24, !endsClause(words[end - 1]), isTime(folded[end], words[end]) { end += 1 }
    // “… hằng năm tổng hợp” must not end on “và”.
    let joints = [
      Phrase("và"), Phrase("hoặc"), Phrase("của"), Phrase("từ"), Phrase("có"), Phrase("được"), Phrase("ban"),
    ]
    while end > index + cue.phrase.words.count, joints.contains(where: { $0.words == [folded[end - 1]] }) { end -= 1 }
    return index..<end
  }

  /// “khẩn trương” alone says little; with the few words to the clause's end it says of what.
  private static func urgentEnd(_ words: [Substring], from start: Int) -> Int {
    guard start > 0, !endsClause(words[start - 1]) else { return start }
    let limit = min(words.count, start + 7)
    let end = (start..<limit).first { endsClause(words[$0]) || words[$0].hasSuffix(",") }
    guard let end, endsClause(words[end]) else { return start }
    return end + 1
  }

  private static func endsClause(_ word: Substring) -> Bool { word.last.map { ".;:)".contains($0) } ?? true }
  private static func hasDigit(_ word: String) -> Bool { word.contains { $0.isNumber } }
  private static func isRoman(_ word: Substring) -> Bool {
    !word.isEmpty && word.allSatisfy { "IVX/,.;".contains($0) || $0.isNumber }
  }

  private static func isTime(_ folded: String, _ word: Substring) -> Bool {
    timeWords.contains(folded) || hasDigit(folded) && word.first?.isNumber == true || isRoman(word)
  }

  private static func tidied(_ text: String) -> String {
    var words = text
    while let last = words.last, ".,;:)/".contains(last) { words.removeLast() }
    return words
  }
}
