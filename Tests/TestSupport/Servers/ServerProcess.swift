import Foundation

/// A real server as a child process, which ends with this object or with the tests, whichever is first.
// Unchecked, and so: `text` and `hasEnded` are behind the lock; the rest is set once.
public final class ServerProcess: @unchecked Sendable {
  private let process = Process()
  private let input = Pipe()
  private let condition = NSCondition()
  private var text = ""
  private var hasEnded = false

  /// - Parameter command: The program's path and its arguments.
  /// - Throws: What `Process` says about a shell that cannot be run.
  public init(_ command: [String]) throws {
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // The end of our pipe is the end of the server, also when the tests are killed. Not SIGTERM: a child of one of
    // Dispatch's threads has it blocked.
    process.arguments = ["-c", #""$@" </dev/null & cat >/dev/null; kill -9 $!"#, "sh"] + command
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let reading = output.fileHandleForReading
    Thread.detachNewThread { [weak self] in
      while true {
        let data = reading.availableData
        guard let self, self.append(data) else { return }
      }
    }
  }

  deinit { try? input.fileHandleForWriting.close() }

  /// Everything printed so far.
  public var output: String { condition.withLock { text } }

  /// Returns when the output satisfies the question, or false after ten seconds.
  public func waits(until isDone: @escaping @Sendable (String) -> Bool) async -> Bool {
    await onAThread {
      let limit = Date(timeIntervalSinceNow: 10)
      return self.condition.withLock {
        while !isDone(self.text) { guard self.condition.wait(until: limit) else { return false } }
        return true
      }
    }
  }

  /// Ends the server and returns when it has closed its output.
  public func stop() async {
    try? input.fileHandleForWriting.close()
    await onAThread { self.condition.withLock { while !self.hasEnded { self.condition.wait() } } }
  }

  private func append(_ data: Data) -> Bool {
    condition.withLock {
      text += String(decoding: data, as: UTF8.self)
      hasEnded = data.isEmpty
      condition.broadcast()
      return !hasEnded
    }
  }
}

/// Whether somebody listens on the port within ten seconds.
public func isListening(on port: Int) async -> Bool { await onAThread { isReached(port) } }

/// Waits on a thread of its own: a test that blocks one of Swift's few threads holds up all others.
public func onAThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
  await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: work()) }
  }
}

private func isReached(_ port: Int) -> Bool {
  for _ in 0..<1000 {
    let probe = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    defer { close(probe) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    let isOpen = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    if isOpen { return true }
    usleep(10_000)
  }
  return false
}
