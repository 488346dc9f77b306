internal import Deadlines

/// One file of the configuration folder as text, with the places in it.
struct SourceText {
  static let largestFile = 10_000_000

  /// Relative to the configuration folder, as `plans/153a-KH-UBND.yaml`.
  let file: String
  let text: String
  /// UTF-8 offset at which each line starts.
  private let lineStarts: [Int]

  private init(file: String, text: String) {
    self.file = file
    self.text = text
    lineStarts = [0] + Self.lineEnds(in: text)
  }

  /// Reads the file; nil when it cannot be used, and then `findings` says why.
  static func read(_ file: String, in directory: String, _ findings: Findings) -> SourceText? {
    do throws(RegularFile.Fault) {
      let content = try RegularFile.read("\(directory)/\(file)", atMost: largestFile)
      findings.note(content.bytes, of: file)
      return checked(content.bytes, file: file, findings)
    } catch {
      let (message, remedy) = explanation(of: error)
      findings.error(SourcePlace(file: file), message, remedy: remedy)
      return nil
    }
  }

  private static func explanation(of fault: RegularFile.Fault) -> (message: String, remedy: String) {
    switch fault {
    case .missing:
      ("the file is missing", "create it, or point --config to the folder that holds it")
    case .notAFile:
      ("not an ordinary file", "put a text file here")
    case .tooLarge(let bytes):
      (
        "the file has \(bytes) bytes, more than the \(largestFile) that are read",
        "divide it into several files, or remove what does not belong here"
      )
    case .unreadable(let reason):
      ("the file cannot be read: \(reason)", "let the account of the service read it")
    }
  }

  private static func checked(_ bytes: [UInt8], file: String, _ findings: Findings) -> SourceText? {
    let start = SourcePlace(file: file)
    guard !bytes.isEmpty else {
      findings.error(start, "the file is empty", remedy: "fill it in, or take it away")
      return nil
    }
    guard let fault = firstFault(in: bytes) else {
      let text = String(
        decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...],
        as: UTF8.self
      )
      return SourceText(file: file, text: text)
    }
    let before = SourceText(file: file, text: String(decoding: bytes[..<fault.offset], as: UTF8.self))
    findings.error(before.place(utf8Offset: fault.offset), fault.message, remedy: fault.remedy)
    return nil
  }

  private static func firstFault(in bytes: [UInt8]) -> (offset: Int, message: String, remedy: String)? {
    if let offset = bytes.firstIndex(of: 0) {
      return (offset, "a NUL byte: this is a binary or UTF-16 file", "save it as UTF-8 text")
    }
    if String(validating: bytes, as: UTF8.self) == nil {
      return (validLength(of: bytes), "not UTF-8", "save it as UTF-8 text")
    }
    return firstControl(in: bytes).map {
      ($0, "a control character", "delete it; only line ends and tabs may stand here")
    }
  }

  private static func validLength(of bytes: [UInt8]) -> Int {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var length = 0
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) { length += scalar.count }
    return length
  }

  /// Offset of the first character below U+00A0 that no text needs.
  private static func firstControl(in bytes: [UInt8]) -> Int? {
    bytes.indices.first { index in
      switch bytes[index] {
      case 0x09, 0x0A, 0x0D: false
      case ..<0x20, 0x7F: true
      case 0x80...0x9F: index > 0 && bytes[index - 1] == 0xC2
      default: false
      }
    }
  }

  /// Offsets after each line end; U+2028 and U+2029 end lines too, as they do for YAML 1.1.
  private static func lineEnds(in text: String) -> [Int] {
    let bytes = Array(text.utf8)
    return bytes.indices.filter { index in
      switch bytes[index] {
      case 0x0A: true
      case 0x0D: index + 1 == bytes.count || bytes[index + 1] != 0x0A
      case 0xA8, 0xA9: index > 1 && bytes[index - 1] == 0x80 && bytes[index - 2] == 0xE2
      default: false
      }
    }.map { $0 + 1 }
  }

  var lineCount: Int { lineStarts.count }

  /// The line counted from 1, without its end; empty outside the text.
  func line(_ number: Int) -> Substring {
    guard lineStarts.indices.contains(number - 1) else { return "" }
    let start = text.utf8.index(text.startIndex, offsetBy: lineStarts[number - 1])
    let end =
      number < lineStarts.count ? text.utf8.index(text.startIndex, offsetBy: lineStarts[number]) : text.endIndex
    let line = text[start..<end]
    return line.prefix { !$0.isNewline }
  }

  func place(line: Int, column: Int) -> SourcePlace { SourcePlace(file: file, line: line, column: column) }

  /// The place of a position counted in Unicode scalars; the column comes out in characters, which differ in NFD text.
  func place(line number: Int, scalarColumn: Int) -> SourcePlace {
    // The parser counts a line more at the end of a text that does not end in a line break.
    guard number <= lineCount else { return place(line: lineCount, column: line(lineCount).count + 1) }
    // Longer lines are no prose, and counting again for each value of one would take the square of the time.
    guard (2...2000).contains(scalarColumn), !isPlain(line: number, before: scalarColumn) else {
      return place(line: number, column: scalarColumn)
    }
    let before = String(String.UnicodeScalarView(line(number).unicodeScalars.prefix(scalarColumn - 1)))
    let missing = scalarColumn - 1 - before.unicodeScalars.count
    return place(line: number, column: before.count + missing + 1)
  }

  /// Nothing but letters and signs that stand for themselves before that column, as in nearly every line: then scalars
  /// and characters are the same.
  private func isPlain(line number: Int, before column: Int) -> Bool {
    guard lineStarts.indices.contains(number - 1) else { return false }
    var left = column - 1
    var index = text.utf8.index(text.startIndex, offsetBy: lineStarts[number - 1])
    while left > 0, index < text.endIndex, Self.standsForItself(text.unicodeScalars[index]) {
      index = text.unicodeScalars.index(after: index)
      left -= 1
    }
    return left == 0
  }

  /// ASCII, and Latin with its composed Vietnamese letters.
  private static func standsForItself(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7F, 0xA0...0x24F, 0x1EA0...0x1EF9: true
    default: false
    }
  }

  func place(utf8Offset offset: Int) -> SourcePlace {
    let number = lineStarts.lastIndex { $0 <= offset } ?? 0
    let start = text.utf8.index(text.startIndex, offsetBy: lineStarts[number])
    let end = text.utf8.index(text.startIndex, offsetBy: min(offset, text.utf8.count))
    return place(line: number + 1, column: text[start..<end].count + 1)
  }
}
