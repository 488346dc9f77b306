/// A document that cannot be imported; nothing was written.
public struct ImportError: Error, Sendable, Hashable, CustomStringConvertible {
  public var file: String
  public var message: String
  public var remedy: String

  public init(_ file: String, _ message: String, remedy: String) {
    self.file = file
    self.message = message
    self.remedy = remedy
  }

  /// `file: what is wrong — what to do`.
  public var description: String { "\(file): \(message) — \(remedy)" }
}

/// What is wrong with a document, before anybody knows its file's name.
struct Fault: Error {
  var message: String
  var remedy: String

  init(_ message: String, remedy: String) {
    self.message = message
    self.remedy = remedy
  }

  static let damaged = Fault(
    "the .docx is damaged: it cannot be unpacked",
    remedy: "get it once more, or open it in Word or LibreOffice and save it again"
  )
  static let tooLong = Fault(
    "the document is longer than any plan: more than \(Limits.textBytes >> 20) MB of text",
    remedy: "import the part that holds the tasks"
  )
  static let tooManyCells = Fault(
    "the document's tables are larger than any plan's: more than \(Limits.cells) cells",
    remedy: "import the part that holds the tasks"
  )
  static let tooManyLines = Fault(
    "the document is longer than any plan: more than \(Limits.blocks) paragraphs",
    remedy: "import the part that holds the tasks"
  )
  static let longLine = Fault(
    "a line has more than \(Limits.lineCharacters) characters: this is no text that an office wrote",
    remedy: "save the document again with its line breaks, or take out what is not text"
  )
}

/// How much is read at most: a plan of a hundred pages has a fiftieth of it.
enum Limits {
  static let fileBytes = 50 << 20
  /// Of text, in a text file or taken out of a .docx.
  static let textBytes = 4 << 20
  /// Of one part of a .docx, unpacked.
  static let partBytes: Int64 = 64 << 20
  /// Of the list of a .docx's parts.
  static let contentsBytes = 4 << 20
  static let blocks = 100_000
  /// Of one line of a text or paragraph of a .docx.
  static let lineCharacters = 100_000
  static let cells = 200_000
  static let columns = 64
  static let tasks = 2_000
}
