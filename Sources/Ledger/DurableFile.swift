internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Whole files that are either there, on the disk, or not there: for copies of the store and for what lies beside it.
public enum DurableFile {
  /// Fills a new file under a temporary name beside `path` and puts it in place once it is on the disk.
  ///
  /// The file may be read by its owner alone. What `fill` throws leaves nothing behind.
  public static func write<Value>(_ path: String, _ fill: (_ temporary: String) throws -> Value) throws -> Value {
    let temporary = "\(path).partial"
    removeTraces(of: temporary)
    do {
      try create(temporary, for: path)
      let value = try fill(temporary)
      try sync(temporary)
      try move(temporary, to: path)
      return value
    } catch {
      removeTraces(of: temporary)
      throw error
    }
  }

  /// The file, and what SQLite keeps beside one: a log that a crash has left must not be taken for the next file's.
  private static func removeTraces(of temporary: String) {
    for part in ["-wal", "-shm", "-journal", ""] { removeIfThere(temporary + part) }
  }

  /// Renames, replacing what is there, and waits for the folder.
  public static func move(_ from: String, to path: String) throws {
    guard rename(from, path) == 0 else { throw failure(path) }
    try syncFolder(of: path)
  }

  /// Waits until the file's bytes are on the disk.
  static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(path) }
  }

  /// Waits until the folder's names are on the disk; some file systems, as that of a USB stick, know no such thing.
  static func syncFolder(of path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(folder) }
  }

  /// Gives the file to whom the store belongs, else to the folder's owner: root restores for the service's account.
  public static func giveToOwner(of store: String, _ path: String) throws {
    var status = stat()
    let folder = URL(fileURLWithPath: store).deletingLastPathComponent().path
    guard stat(store, &status) == 0 || stat(folder, &status) == 0, geteuid() == 0 else { return }
    guard chown(path, status.st_uid, status.st_gid) == 0 else { throw failure(path) }
  }

  static func removeIfThere(_ path: String) { _ = unlink(path) }

  private static func create(_ temporary: String, for path: String) throws {
    let descriptor = open(temporary, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    close(descriptor)
  }

  /// What `errno` says about the path.
  static func failure(_ path: String) -> LedgerError {
    let code = errno
    let remedy =
      switch code {
      case ENOSPC, EDQUOT: "make room on that disk"
      case ENOENT, ENOTDIR: "create the folder, or name another place"
      case EISDIR, ENOTEMPTY, EEXIST: "move what has that name away, or name another place"
      case EACCES, EPERM, EROFS: "name a place that you may write, or run the command as root"
      default: "look for disk errors in the system's log"
      }
    return .cannotUse(path: path, reason: "cannot be written: \(String(cString: strerror(code)))", remedy: remedy)
  }
}
