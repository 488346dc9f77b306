internal import CLinux
internal import Glibc

/// Lets a command tell the running daemon that the store has news: the command writes to a file beside the store,
/// the daemon watches it (inotify).
public enum StoreBell {
  static func path(beside store: String) -> String { store + ".bell" }

  /// Rings a daemon that may be running; nobody listening is fine.
  public static func ring(store: String) {
    let descriptor = open(path(beside: store), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var byte: UInt8 = 0x0A
    _ = pwrite(descriptor, &byte, 1, 0)
  }

  /// Rings `bells` at every such write; the body of one thread, until `stop` is rung.
  final class Watcher: Sendable {
    private let bells: [Doorbell]
    private let notify: CInt
    private let wake: CInt

    /// Nil when the file cannot be watched; the daemon then sees answers only at its next look.
    init?(store: String, bells: [Doorbell]) {
      let file = StoreBell.path(beside: store)
      let created = open(file, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard created >= 0 else { return nil }
      close(created)
      notify = inotify_init1(CInt(IN_CLOEXEC) | CInt(IN_NONBLOCK))
      guard notify >= 0, inotify_add_watch(notify, file, UInt32(IN_MODIFY)) >= 0 else { return nil }
      wake = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))
      self.bells = bells
    }

    deinit {
      close(notify)
      close(wake)
    }

    func run() {
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        var ready = [
          pollfd(fd: notify, events: Int16(POLLIN), revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        ]
        poll(&ready, 2, -1)
        if ready[1].revents != 0 { return }
        guard read(notify, &buffer, buffer.count) > 0 else { continue }
        for bell in bells { bell.ring() }
      }
    }

    func stop() {
      var one: UInt64 = 1
      _ = write(wake, &one, 8)
    }
  }
}
