import CCurl
import Glibc

/// The sockets of one worker's connection, so that another thread can cut them.
///
/// A blocked libcurl looks at its progress function once a second; a socket that was shut down ends it at once.
final class Lifeline: Sendable {
  private struct State {
    var sockets: [CInt] = []
    var isCut = false
  }
  private let state = Locked(State())

  /// Whether the running attempt has been cut.
  var isCut: Bool { state.withLock { $0.isCut } }

  /// Forgets an earlier cut: a new attempt begins.
  func begin() { state.withLock { $0.isCut = false } }

  /// Ends the running attempt, from any thread.
  func cut() {
    state.withLock { state in
      state.isCut = true
      state.sockets.forEach { shutdown($0, CInt(SHUT_RDWR)) }
    }
  }

  /// Ends the conversation without calling the attempt cut.
  func hangUp() { state.withLock { $0.sockets.forEach { shutdown($0, CInt(SHUT_RDWR)) } } }

  /// Stops listening, so that nobody waits for an answer to QUIT.
  func stopListening() { state.withLock { $0.sockets.forEach { shutdown($0, CInt(SHUT_RD)) } } }

  /// Waits for the answer to QUIT as a client should (RFC 5321 section 4.1.1.10), but not for long: libcurl would
  /// wait its full reply limit for a server that has already said no.
  func awaitFarewell() {
    guard let socket = state.withLock({ $0.sockets.last }) else { return }
    var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    if poll(&waiting, 1, 1000) <= 0 { stopListening() }
  }

  /// A new socket for an address libcurl wants to reach, or `CURL_SOCKET_BAD`.
  func open(_ address: curl_sockaddr) -> curl_socket_t {
    state.withLock { state in
      guard !state.isCut else { return CURL_SOCKET_BAD }
      let opened = socket(address.family, address.socktype | CInt(SOCK_CLOEXEC.rawValue), address.protocol)
      if opened >= 0 { state.sockets.append(opened) }
      return opened
    }
  }

  // Forgotten and closed in one breath: a number that was closed may be another file's a moment later.
  func close(_ socket: curl_socket_t) {
    state.withLock { state in
      state.sockets.removeAll { $0 == socket }
      _ = Glibc.close(socket)
    }
  }
}
