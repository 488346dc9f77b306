internal import Foundation

/// Makes the spellings of one Vietnamese name alike (rule R15).
///
/// Letter case, NFC and NFD, the tone's place (hoá, hóa), hyphen and dash with or without spaces, runs of spaces and
/// a trailing full stop do not tell names apart. Commas do: “Các cơ quan, tổ chức, đơn vị” is one name.
package enum NameFold {
  /// The key under which a name is looked up; never shown to anybody.
  package static func key(_ name: String) -> String {
    var folder = Folder()
    for scalar in name.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars { folder.take(scalar) }
    return folder.finished()
  }

  private struct Folder {
    private var output = String.UnicodeScalarView()
    /// Tone marks of the word being read: they follow the word, so their place in it does not matter.
    private var tones = String.UnicodeScalarView()
    private var spaceIsDue = false

    mutating func take(_ scalar: Unicode.Scalar) {
      switch scalar {
      case "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}": tones.append(scalar)
      case "\u{200B}", "\u{FEFF}", "\u{AD}", "\u{2060}": break
      case "-", "\u{2010}"..."\u{2015}", "\u{2212}": takeHyphen()
      case _ where scalar.properties.isWhitespace: takeSpace()
      default: takeLetter(scalar)
      }
    }

    mutating func finished() -> String {
      endWord()
      while let last = output.last, last == "." || last == " " { output.removeLast() }
      return String(output)
    }

    private mutating func takeHyphen() {
      endWord()
      spaceIsDue = false
      output.append("-")
    }

    private mutating func takeSpace() {
      endWord()
      spaceIsDue = !output.isEmpty && output.last != "-"
    }

    private mutating func takeLetter(_ scalar: Unicode.Scalar) {
      if !scalar.properties.isAlphabetic && !scalar.properties.isGraphemeExtend { endWord() }
      if spaceIsDue { output.append(" ") }
      spaceIsDue = false
      output.append(scalar)
    }

    private mutating func endWord() {
      output.append(contentsOf: tones)
      tones = String.UnicodeScalarView()
    }
  }
}
