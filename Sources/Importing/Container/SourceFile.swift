internal import Foundation

/// What a file turned out to hold.
enum SourceFile {
  case text(String)
  /// The path of a zip archive with a Word document inside.
  case word(String)

  /// Looks at the first bytes and reads what is text.
  static func open(_ path: String) throws -> SourceFile {
    let file = try OpenFile(path)
    defer { file.close() }
    guard file.size > 0 else { throw Fault("the file is empty", remedy: "check that the copy is complete") }
    guard file.size <= Limits.fileBytes else {
      throw Fault(
        "the file has \(file.size) bytes, more than the \(Limits.fileBytes) that are read",
        remedy: "take out pictures, or import the part that holds the tasks"
      )
    }
    let head = try file.read(from: 0, count: 4096)
    if head.starts(with: [0x50, 0x4B]) {
      try ZipContents.check(file)
      return .word(path)
    }
    try refuseKnownForms(head, file)
    guard file.size <= Limits.textBytes else { throw Fault.tooLong }
    return .text(try TextDecoding.text(of: try file.read(from: 0, count: file.size)))
  }

  private static let knownForms: [(start: [UInt8], name: String)] = [
    (Array("%PDF".utf8), "a PDF"), (Array("{\\rtf".utf8), "an RTF file"),
    ([0x89, 0x50, 0x4E, 0x47], "a picture (PNG)"),
    ([0xFF, 0xD8, 0xFF], "a picture (JPEG)"), (Array("GIF8".utf8), "a picture (GIF)"),
    ([0x49, 0x49, 0x2A, 0], "a picture (TIFF)"), ([0x4D, 0x4D, 0, 0x2A], "a picture (TIFF)"),
    ([0x1F, 0x8B], "a gzip archive"), (Array("Rar!".utf8), "a RAR archive"),
    (Array("7z".utf8) + [0xBC], "a 7-Zip archive"),
    ([0x7F, 0x45, 0x4C, 0x46], "a program"), ([0x4D, 0x5A, 0x90], "a program"), (Array("BM".utf8) + [0], "a picture"),
  ]
  private static let otherForm = "get the document as .docx, or save its text as .txt in UTF-8"

  private static func refuseKnownForms(_ head: [UInt8], _ file: OpenFile) throws {
    if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) { throw try oldContainer(file) }
    // Some programs put a few bytes before a PDF's mark, and readers accept it within the first kilobyte.
    let isPDF = head.prefix(1024).indices.contains { head[$0...].starts(with: Array("%PDF-".utf8)) }
    if isPDF { throw Fault("a PDF, whose tables cannot be read", remedy: otherForm) }
    for form in knownForms where head.starts(with: form.start) {
      throw Fault("\(form.name), not a document's text", remedy: otherForm)
    }
  }

  /// The container of .doc holds encrypted .docx files too ([MS-OFFCRYPTO] 2.3.4.4).
  private static func oldContainer(_ file: OpenFile) throws -> Fault {
    let stream = Array("EncryptedPackage".utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let isEncrypted = try file.holds(stream)
    if isEncrypted {
      return Fault("the document is protected by a password", remedy: "save it without a password and import that")
    }
    return Fault("an old Word file (.doc)", remedy: "open it in Word or LibreOffice and save it as .docx")
  }
}

/// An ordinary file that is read in pieces.
struct OpenFile {
  let size: Int
  private let descriptor: Int32

  init(_ path: String) throws {
    // Non-blocking, because opening a pipe would wait for a writer.
    descriptor = Foundation.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.notOpened() }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      Foundation.close(descriptor)
      throw Fault("not an ordinary file", remedy: "name the document's file")
    }
    size = Int(facts.st_size)
  }

  private static func notOpened() -> Fault {
    if errno == ENOENT { return Fault("there is no such file", remedy: "check the name") }
    return Fault("the file cannot be read: \(String(cString: strerror(errno)))", remedy: "check its permissions")
  }

  func close() { Foundation.close(descriptor) }

  func read(from offset: Int, count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
      filled = 0
      while filled < count {
        let read = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
        if read < 0 && errno == EINTR { continue }
        guard read >= 0 else { throw Fault("the file cannot be read", remedy: "check the disk") }
        if read == 0 { return }
        filled += read
      }
    }
  }

  /// Whether the bytes stand anywhere in the file.
  func holds(_ wanted: [UInt8]) throws -> Bool {
    let step = 1 << 20
    for start in stride(from: 0, to: size, by: step) {
      let piece = Data(try read(from: start, count: min(step + wanted.count, size - start)))
      if piece.range(of: Data(wanted)) != nil { return true }
    }
    return false
  }
}

/// UTF-8, and UTF-16 with its byte order mark; other encodings are refused rather than guessed.
enum TextDecoding {
  static func text(of bytes: [UInt8]) throws -> String {
    let text = try decoded(bytes)
    let isEmpty = text.unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0 == "\u{FEFF}" }
    if isEmpty { throw Fault("the file is empty", remedy: "check that the copy is complete") }
    return text
  }

  private static func decoded(_ bytes: [UInt8]) throws -> String {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) { throw foreignEncoding }
    if bytes.starts(with: [0xFF, 0xFE]) { return try utf16(bytes.dropFirst(2), lowFirst: true) }
    if bytes.starts(with: [0xFE, 0xFF]) { return try utf16(bytes.dropFirst(2), lowFirst: false) }
    if bytes.contains(0) {
      throw Fault(
        "a binary file, not a document's text",
        remedy: "get the document as .docx, or save its text as .txt in UTF-8"
      )
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw foreignEncoding }
    return text
  }

  private static let foreignEncoding = Fault(
    "text in another encoding than UTF-8 (an old one, such as TCVN3 or VNI, or a damaged file)",
    remedy: "save it as UTF-8, or get the document as .docx"
  )

  private static func utf16(_ bytes: ArraySlice<UInt8>, lowFirst: Bool) throws -> String {
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count / 2)
    var index = bytes.startIndex
    while index + 1 < bytes.endIndex {
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      units.append(lowFirst ? second << 8 | first : first << 8 | second)
      index += 2
    }
    guard let text = String(validating: units, as: UTF16.self), !text.unicodeScalars.contains("\0") else {
      throw foreignEncoding
    }
    return text
  }
}
