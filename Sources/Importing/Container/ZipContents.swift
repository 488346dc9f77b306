/// Looks at a zip archive's end before anything is unpacked.
enum ZipContents {
  /// Refuses an archive without an end, and one whose list of parts alone would fill the memory.
  static func check(_ file: OpenFile) throws {
    let tailSize = min(file.size, 65_557)  // the end record and the longest comment (APPNOTE 4.3.16)
    let tail = try file.read(from: file.size - tailSize, count: tailSize)
    let ends = positions(of: [0x50, 0x4B, 5, 6], in: tail).filter { $0 + 22 <= tail.count }
    guard !ends.isEmpty else { throw Fault.damaged }
    let sizes = ends.map { number(tail, at: $0 + 12, bytes: 4) }
    let large = positions(of: [0x50, 0x4B, 6, 6], in: tail).filter { $0 + 56 <= tail.count }
    let largeSizes = large.map { number(tail, at: $0 + 40, bytes: 8) }
    guard (sizes.filter { $0 != UInt64(UInt32.max) } + largeSizes).allSatisfy({ $0 <= UInt64(Limits.contentsBytes) }),
      !(large.isEmpty && sizes.contains(UInt64(UInt32.max)))
    else {
      throw Fault("an archive with far more parts than a document has", remedy: "get the document once more")
    }
  }

  private static func positions(of mark: [UInt8], in bytes: [UInt8]) -> [Int] {
    guard bytes.count >= mark.count else { return [] }
    return (0...(bytes.count - mark.count)).filter { bytes[$0] == mark[0] && bytes[$0...].starts(with: mark) }
  }

  private static func number(_ bytes: [UInt8], at offset: Int, bytes count: Int) -> UInt64 {
    (0..<count).reversed().reduce(0) { $0 << 8 | UInt64(bytes[offset + $1]) }
  }
}
