internal import Glibc

/// The file that a path names: another one, or none, means that the store was deleted or replaced under the service.
struct StoreIdentity: Sendable, Hashable {
  private let device: UInt64
  private let inode: UInt64

  /// Nil when there is no such file.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }
}

/// The store's file is gone or another: what would be sent from here on could never be proven.
struct StoreReplaced: Error, CustomStringConvertible {
  let path: String
  var description: String { "\(path) was deleted or replaced while the service ran — restore it, then start again" }
}
