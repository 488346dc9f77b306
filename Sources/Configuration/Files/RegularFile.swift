internal import Foundation

/// Reads whole files, never more than asked for and never from a pipe or device that would hang.
enum RegularFile {
  enum Fault: Error {
    case missing
    case notAFile
    /// Its size in bytes.
    case tooLarge(Int)
    /// The system's reason.
    case unreadable(String)
  }

  struct Content {
    let bytes: [UInt8]
    /// Anybody on the machine may read or change it.
    let isOpenToAll: Bool
  }

  static func read(_ path: String, atMost limit: Int) throws(Fault) -> Content {
    // Non-blocking, because opening a pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw errno == ENOENT ? .missing : .unreadable(reason()) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw .unreadable(reason()) }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    guard Int(facts.st_size) <= limit else { throw .tooLarge(Int(facts.st_size)) }
    let bytes = try bytes(of: descriptor, atMost: limit)
    return Content(bytes: bytes, isOpenToAll: facts.st_mode & 0o006 != 0)
  }

  /// Read to the end, since the file may have grown after its size was asked for.
  private static func bytes(of descriptor: Int32, atMost limit: Int) throws(Fault) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = chunk.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw .unreadable(reason())
      }
      bytes += chunk[..<count]
      guard bytes.count <= limit else { throw .tooLarge(bytes.count) }
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
