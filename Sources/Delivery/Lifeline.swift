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

  /// Hangs up on a kept connection on which the server has said something unasked, such as 421.
  ///
  /// libcurl would take it for the answer to the next command; a connection that is closed it opens anew.
  func leaveUnclean() {
    state.withLock { state in
      for socket in state.sockets where hasSomethingToRead(socket, within: 0) { shutdown(socket, CInt(SHUT_RDWR)) }
    }
  }

  /// Stops listening, so that nobody waits for an answer to QUIT.
  func stopListening() { state.withLock { $0.sockets.forEach { shutdown($0, CInt(SHUT_RD)) } } }

  /// Waits for the answer to QUIT as a client should (RFC 5321 section 4.1.1.10), but not for long.
  ///
  /// libcurl would wait its full reply limit for a server that has already said no. What has come by then can still be
  /// read.
  func awaitFarewell() {
    guard let socket = state.withLock({ $0.sockets.last }) else { return }
    _ = hasSomethingToRead(socket, within: 1000)
    hangUp()
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

private func hasSomethingToRead(_ socket: CInt, within milliseconds: CInt) -> Bool {
  var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
  return poll(&waiting, 1, milliseconds) > 0
}
