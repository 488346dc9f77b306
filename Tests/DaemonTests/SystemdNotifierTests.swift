import Foundation
import Glibc
import Testing

@testable import Daemon

@Suite("What is said to systemd")
struct SystemdNotifierTests {
  /// A socket as systemd's, of which nobody reads until somebody asks.
  private final class Socket {
    let descriptor: CInt
    let path: String

    init() throws {
      path = FileManager.default.temporaryDirectory.appendingPathComponent("notify-\(UUID().uuidString)").path
      descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
      let isBound = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        }
      }
      try #require(isBound)
    }

    deinit {
      close(descriptor)
      unlink(path)
    }

    /// All that waits to be read.
    func read() -> [String] {
      var texts: [String] = []
      var buffer = [UInt8](repeating: 0, count: 1024)
      while true {
        let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
        guard count >= 0 else { return texts }
        texts.append(String(decoding: buffer.prefix(count), as: UTF8.self))
      }
    }
  }

  @Test("does not hold the service up when nobody listens, and goes on when somebody does", .timeLimit(.minutes(1)))
  func deaf() throws {
    let socket = try Socket()
    let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": socket.path])
    // More than any queue of the kernel's holds.
    for number in 0..<5000 { notifier.status("\(number)") }
    notifier.alive()
    let heard = socket.read()
    #expect(heard.first == "STATUS=0" && heard.count < 5000)
    notifier.ready("watching\nagain")
    #expect(socket.read() == ["READY=1\nSTATUS=watching again"])
  }
}
