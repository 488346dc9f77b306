// The only file here that knows Foundation, for Unicode's canonical composition.
internal import Foundation

/// Text from plans and directories made harmless: one line, composed (NFC), without controls and invisible characters.
///
/// A title is data of others: a line break in it must not begin a header, a bidirectional override must not show a date
/// backwards, an invisible character must not hide a word.
package enum CleanText {
  /// One line without controls; what they separated is separated by one space.
  package static func line(_ text: String, limit: Int = 4000) -> String {
    if isClean(text) { return shortened(text, to: limit) }
    var kept = String.UnicodeScalarView()
    var spaceIsDue = false
    var marks = 0
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      let next = index + 1 < scalars.count ? scalars[index + 1] : nil
      switch fate(of: scalar, after: kept.last, before: next) {
      case .drop: continue
      case .space: spaceIsDue = !kept.isEmpty
      case .keep:
        marks = isMark(scalar) ? marks + 1 : 0
        // A letter takes a few marks in any language; hundreds of them only paint over the neighbours.
        if marks > 8 { continue }
        if spaceIsDue { kept.append(" ") }
        spaceIsDue = false
        kept.append(scalar)
      }
    }
    return shortened(String(kept).precomposedStringWithCanonicalMapping, to: limit)
  }

  /// True for the words that offices write: composed letters and common marks, single spaces between them.
  ///
  /// Then nothing has to be done, which is nearly always.
  private static func isClean(_ text: String) -> Bool {
    var previous: UInt32 = 32
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 32: if previous == 32 { return false }
      // ASCII; Latin with its Vietnamese letters, all composed; dashes, quotes, the ellipsis.
      case 33...126, 0xC0...0x17F, 0x1A0...0x1A1, 0x1AF...0x1B0, 0x1EA0...0x1EF9, 0x2013...0x2014, 0x2018...0x201D,
        0x2026:
        break
      default: return false
      }
      previous = scalar.value
    }
    return previous != 32 || text.isEmpty
  }

  /// The number of characters, as `count` gives it.
  ///
  /// Letters that stand for themselves are counted without Unicode's rules of what belongs together.
  static func length(_ text: Substring) -> Int {
    var scalars = 0
    for scalar in text.unicodeScalars {
      guard scalar.value < 0x250 || (0x1EA0...0x1EF9).contains(scalar.value), scalar.value != 13 else {
        return text.count
      }
      scalars += 1
    }
    return scalars
  }

  /// At most `limit` characters, cut between graphemes, at a word's end when one is near, and marked with “…”.
  static func shortened(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit, text.count > limit else { return text }
    var cut = text.prefix(max(limit - 1, 0))
    if let space = cut.lastIndex(of: " "), cut.distance(from: space, to: cut.endIndex) <= 20, space != cut.startIndex {
      cut = cut[..<space]
    }
    while let last = cut.last, " ,;:-–(".contains(last) { cut.removeLast() }
    return cut + "…"
  }

  private enum Fate { case keep, space, drop }

  private static func fate(of scalar: Unicode.Scalar, after previous: Unicode.Scalar?, before next: Unicode.Scalar?)
    -> Fate
  {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: .space
    case .format: scalar.value == 0x200D && isEmoji(previous) && isEmoji(next) ? .keep : .drop
    default: isInvisible(scalar) ? .drop : .keep
    }
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    if (0xFE0E...0xFE0F).contains(scalar.value) { return false }  // text or picture form of the sign before
    return scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isNoncharacterCodePoint
  }

  private static func isEmoji(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    return scalar.value > 0xFF && (scalar.properties.isEmoji || scalar.value == 0xFE0F)
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    default: false
    }
  }
}
