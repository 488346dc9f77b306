internal import Glibc

/// The program that runs.
enum Program {
  /// Changes whenever another program takes this one's place: another one may read the same words in another way.
  ///
  /// Of the file itself, so that nobody has to remember to count a version up.
  static let fingerprint: String = {
    var file = stat()
    guard stat("/proc/self/exe", &file) == 0 else { return "unknown \(getpid())" }
    return "\(file.st_size) \(file.st_mtim.tv_sec).\(file.st_mtim.tv_nsec) \(file.st_dev).\(file.st_ino)"
  }()
}
