internal import CArchive

/// The parts of a .docx, unpacked piece by piece by libarchive.
struct ZipArchive {
  let path: String
  /// Names of all parts.
  let names: Set<String>

  init(path: String) throws {
    self.path = path
    var names: Set<String> = []
    try Self.withEntries(of: path) { entry, _ in
      if let name = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry) {
        names.insert(String(cString: name))
      }
      return true
    }
    self.names = names
  }

  /// Hands the part's bytes on, in pieces of at most 64 KB.
  /// - Throws: `Fault` when the part is damaged, encrypted, or larger than any document.
  func read(_ part: String, atMost limit: Int64 = Limits.partBytes, _ take: ([UInt8]) throws -> Void) throws {
    var isFound = false
    try Self.withEntries(of: path) { entry, archive in
      let name = (archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)).map { String(cString: $0) }
      guard name == part else { return true }
      isFound = true
      guard archive_entry_is_data_encrypted(entry) == 0 else { throw Self.encrypted }
      if archive_entry_size_is_set(entry) != 0, archive_entry_size(entry) > limit { throw Self.tooLarge(limit) }
      try Self.unpack(archive, atMost: limit, take)
      return false
    }
    if !isFound { throw Fault.damaged }
  }

  private static let encrypted = Fault(
    "the document is protected by a password",
    remedy: "save it without a password and import that"
  )

  private static func tooLarge(_ limit: Int64) -> Fault {
    Fault(
      "the document unpacks to more than \(limit >> 20) MB: no plan is that large",
      remedy: "get it once more from whoever issued it, or save its text as .txt"
    )
  }

  private static func unpack(_ archive: OpaquePointer, atMost limit: Int64, _ take: ([UInt8]) throws -> Void) throws {
    var total: Int64 = 0
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = piece.withUnsafeMutableBytes { archive_read_data(archive, $0.baseAddress, $0.count) }
      if count == 0 { return }
      guard count > 0 else { throw Fault.damaged }
      total += Int64(count)
      guard total <= limit else { throw tooLarge(limit) }
      try take(Array(piece[..<count]))
    }
  }

  /// Goes through the archive until `body` says no.
  private static func withEntries(
    of path: String,
    _ body: (OpaquePointer, OpaquePointer) throws -> Bool
  ) throws {
    guard let archive = archive_read_new() else { throw Fault.damaged }
    defer { archive_read_free(archive) }
    // Only the form with a list of contents: the other one would unpack every part on the way.
    archive_read_support_format_zip_seekable(archive)
    guard archive_read_open_filename(archive, path, 65_536) == ARCHIVE_OK else { throw Fault.damaged }
    var entry: OpaquePointer?
    while true {
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { return }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else { throw Fault.damaged }
      guard try body(entry, archive) else { return }
    }
  }
}
