/// Guesses which known word a misspelt one was meant to be.
package enum Spelling {
  /// The nearest of the known words, if one is near enough to be meant.
  package static func nearest(to word: String, among known: some Sequence<String>) -> String? {
    let wanted = NameFold.key(word)
    guard wanted.count <= 200 else { return nil }
    let allowed = wanted.count / 3
    let near = known.prefix(500).map { (word: $0, distance: distance(wanted, NameFold.key($0), limit: allowed)) }
    return near.filter { $0.distance <= allowed }.min { $0.distance < $1.distance }?.word
  }

  /// “did you mean …?”, or the other advice when no known word is near.
  static func advice(for word: String, among known: some Sequence<String>, otherwise: String) -> String {
    nearest(to: word, among: known).map { "did you mean “\($0)”?" } ?? otherwise
  }

  /// Levenshtein's distance; anything above the limit may come out as `limit + 1`.
  private static func distance(_ left: String, _ right: String, limit: Int) -> Int {
    let (first, second) = (Array(left), Array(right))
    guard abs(first.count - second.count) <= limit else { return limit + 1 }
    var row = Array(0...second.count)
    for (index, character) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in second.enumerated() {
        let changed = diagonal + (character == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
      }
    }
    return row[second.count]
  }
}
