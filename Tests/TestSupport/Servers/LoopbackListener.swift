import Foundation
import Glibc

/// A listening socket on a free port of the loopback, with a thread for each connection.
///
/// Ends with its owner.
public final class LoopbackListener: Sendable {
  public let port: Int
  private let socket: CInt
  private let peers = PeerList()
  private let running = DispatchGroup()

  /// - Parameters:
  ///   - isV6: Listens on `::1` instead of `127.0.0.1`.
  ///   - serve: Plays one connection on its own thread, the connections counted from 0.
  /// - Throws: `SocketFailure` without a free port or without that loopback.
  public init(isV6: Bool = false, serve: @escaping @Sendable (Peer, Int) -> Void) throws {
    (socket, port) = try isV6 ? listeningSocketV6() : listeningSocket()
    let (socket, peers, running) = (self.socket, self.peers, self.running)
    running.enter()
    Thread.detachNewThread {
      acceptAll(socket, peers, running, serve)
      running.leave()
    }
  }

  deinit { stop() }

  /// How many connections have come.
  public var connections: Int { peers.count }

  /// Closes everything and waits for the threads.
  public func stop() {
    guard peers.stop() else { return }
    shutdown(socket, CInt(SHUT_RDWR))
    running.wait()
    close(socket)
  }
}

/// A port on which nobody listened a moment ago.
public func unusedPort() throws -> Int {
  let (socket, port) = try listeningSocket()
  close(socket)
  return port
}

public struct SocketFailure: Error {
  public let errno: CInt
}

private func listeningSocket() throws -> (CInt, Int) {
  let made = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isListening = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(made, $0, length) == 0 && listen(made, 64) == 0 && getsockname(made, $0, &length) == 0
    }
  }
  guard isListening else { throw SocketFailure(errno: errno) }
  return (made, Int(UInt16(bigEndian: address.sin_port)))
}

private func listeningSocketV6() throws -> (CInt, Int) {
  let made = socket(AF_INET6, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
  var address = sockaddr_in6()
  address.sin6_family = sa_family_t(AF_INET6)
  address.sin6_addr = in6addr_loopback
  var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
  let isListening = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(made, $0, length) == 0 && listen(made, 64) == 0 && getsockname(made, $0, &length) == 0
    }
  }
  guard isListening else { throw SocketFailure(errno: errno) }
  return (made, Int(UInt16(bigEndian: address.sin6_port)))
}

private func acceptAll(
  _ socket: CInt,
  _ peers: PeerList,
  _ running: DispatchGroup,
  _ serve: @escaping @Sendable (Peer, Int) -> Void
) {
  while true {
    let accepted = accept(socket, nil, nil)
    guard accepted >= 0, let (peer, number) = peers.add(accepted) else { return }
    running.enter()
    Thread.detachNewThread {
      serve(peer, number)
      peer.close()
      running.leave()
    }
  }
}

// Unchecked, and so: everything is behind the lock.
private final class PeerList: @unchecked Sendable {
  private let lock = NSLock()
  private var peers: [Peer] = []
  private var isStopped = false

  var count: Int { lock.withLock { peers.count } }

  func add(_ socket: CInt) -> (Peer, Int)? {
    lock.withLock {
      let peer = Peer(socket)
      guard !isStopped else {
        peer.close()
        return nil
      }
      peers.append(peer)
      return (peer, peers.count - 1)
    }
  }

  /// Returns whether this was the first call.
  func stop() -> Bool {
    lock.withLock {
      guard !isStopped else { return false }
      isStopped = true
      peers.forEach { $0.hangUp() }
      return true
    }
  }
}

/// One connection, read by lines or by bytes on one thread.
// Unchecked, and so: `buffer` belongs to the serving thread; `socket` is behind the lock.
public final class Peer: @unchecked Sendable {
  private let lock = NSLock()
  private var socket: CInt
  private var buffer: [UInt8] = []

  init(_ socket: CInt) {
    self.socket = socket
    var one: CInt = 1
    setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
  }

  /// The next line without its line end, nil when the client has gone.
  public func line() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        let line = buffer[..<end]
        buffer.removeFirst(end + 1)
        return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
      }
      guard fill() else { return nil }
    }
  }

  /// Exactly so many bytes, nil when the client has gone.
  public func bytes(_ count: Int) -> [UInt8]? {
    while buffer.count < count { guard fill() else { return nil } }
    defer { buffer.removeFirst(count) }
    return Array(buffer.prefix(count))
  }

  /// Reads until the client goes away, saying nothing.
  public func stall() { while fill() { buffer.removeAll() } }

  /// Returns whether the client still listens.
  @discardableResult
  public func write(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(current, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Ends the connection with a reset instead of a farewell.
  public func reset() {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(current, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  public func close() {
    lock.withLock {
      if socket >= 0 { Glibc.close(socket) }
      socket = -1
    }
  }

  func hangUp() { lock.withLock { if socket >= 0 { shutdown(socket, CInt(SHUT_RDWR)) } } }

  private var current: CInt { lock.withLock { socket } }

  private func fill() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 16_384)
    let count = recv(current, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    buffer.append(contentsOf: chunk.prefix(count))
    return true
  }
}
