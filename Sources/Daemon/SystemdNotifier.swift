internal import CLinux
internal import Glibc

/// Tells systemd how the service stands: datagrams to `NOTIFY_SOCKET` (sd_notify(3)), nothing without one.
public struct SystemdNotifier: Sendable {
  private let path: String?
  /// Microseconds between two signs of life that systemd asks for; nil when it does not watch.
  public let watchdogMicroseconds: Int64?

  /// - Parameter environment: The process's environment.
  public init(environment: [String: String]) {
    path = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    // WATCHDOG_PID names another process when the variables were only inherited.
    let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
    watchdogMicroseconds = isMeant ? environment["WATCHDOG_USEC"].flatMap { Int64($0) } : nil
  }

  public func ready(_ status: String) { send("READY=1\nSTATUS=\(oneLine(status))") }
  public func status(_ text: String) { send("STATUS=\(oneLine(text))", isOneOfMany: true) }
  public func stopping() { send("STOPPING=1\nSTATUS=stopping") }
  public func alive() { send("WATCHDOG=1", isOneOfMany: true) }

  /// `Type=notify-reload` of systemd 253 wants the monotonic time; 252 passes over it.
  public func reloading() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    send("RELOADING=1\nMONOTONIC_USEC=\(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)")
  }

  private func oneLine(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }

  /// Waits for a socket that is full for so many seconds at most: a systemd that does not read must not stop the
  /// service.
  private static let patience = 5

  /// What is soon said anew does not wait at all.
  private func send(_ text: String, isOneOfMany: Bool = false) {
    guard let path else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    // A leading @ stands for the abstract namespace's NUL.
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let flags = CInt(MSG_NOSIGNAL) | (isOneOfMany ? CInt(MSG_DONTWAIT) : 0)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = sendto(descriptor, text, text.utf8.count, flags, pointer, length)
      }
    }
  }
}
