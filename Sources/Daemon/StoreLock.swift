internal import Glibc

/// Keeps a second service off a store: two would not send anything twice, but would plan and probe beside each other.
public struct StoreLock: Sendable {
  private let descriptor: CInt

  /// - Throws: `StoreInUse` when another service has it, or when nobody can tell. A folder that is not there or lies on
  ///   a disk that is only read is left to the store to name.
  public init(store: String) throws {
    descriptor = open("\(store).lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 || errno == EROFS || errno == ENOENT else {
      throw StoreInUse(store: store, failure: String(cString: strerror(errno)))
    }
    guard descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw StoreInUse(store: store)
    }
    giveToOwner(of: store)
    say("")
  }

  /// What root restores belongs to the service's account, which could not take a lock of root's.
  private func giveToOwner(of store: String) {
    var status = stat()
    let folder = store.lastIndex(of: "/").map { String(store[...$0]) } ?? "."
    guard descriptor >= 0, geteuid() == 0, stat(store, &status) == 0 || stat(folder, &status) == 0 else { return }
    _ = fchown(descriptor, status.st_uid, status.st_gid)
  }

  public func release() { if descriptor >= 0 { close(descriptor) } }

  private static let length = 1024

  /// Leaves a line for `trouble`, in a place that was set aside for it at the start: a full disk has no room for a new
  /// one.
  func say(_ text: String) {
    guard descriptor >= 0 else { return }
    var line = Array(text.utf8.prefix(Self.length - 1).map { $0 == 0x0A ? 0x20 : $0 })
    line += [UInt8](repeating: 0x20, count: Self.length - 1 - line.count) + [0x0A]
    // Where even this fails, the log and systemd have been told.
    _ = pwrite(descriptor, line, line.count, 0)
  }

  /// What keeps the running service from writing its store; nil when nothing does, or none runs.
  public static func trouble(store: String) -> String? {
    guard isHeld(store: store), let file = fopen("\(store).lock", "re") else { return nil }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: length)
    let count = fread(&line, 1, length, file)
    // What was cut off in the middle of a letter is repaired.
    let text = String(decoding: line.prefix(count), as: UTF8.self)
    let trimmed = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return trimmed.isEmpty ? nil : trimmed
  }

  /// Whether a service has the store, asked without taking the lock for a moment from one that starts just now.
  static func isHeld(store: String) -> Bool {
    var status = stat()
    guard stat("\(store).lock", &status) == 0, let file = fopen("/proc/locks", "re") else { return false }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, CInt(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      if names(text, inode: UInt64(status.st_ino)) { return true }
    }
    return false
  }

  /// > 1: FLOCK  ADVISORY  WRITE 708 fd:01:1234 0 EOF (proc_locks(5)).
  ///
  /// The device is left out: some file systems tell `stat` another one.
  private static func names(_ line: String, inode: UInt64) -> Bool {
    let words = line.split(separator: " ")
    return words.contains("FLOCK") && !words.contains("->") && words.contains { $0.hasSuffix(":\(inode)") }
  }

  /// Another `nhachan run` works on this store, or may do so.
  public struct StoreInUse: Error, CustomStringConvertible {
    public let store: String
    /// Why the lock could not be opened; nil when another has it.
    public var failure: String?
    public var description: String {
      if let failure {
        return "\(store).lock: \(failure) — give the file to the account that runs nhachan, or take it away"
      }
      return "\(store): another nhachan runs on this store — stop it first, or name another --store"
    }
  }
}
