import Foundation

/// A web server that answers as it is told, and writes down what it was sent.
public final class ScriptedHTTPServer: Sendable {
  public struct Request: Sendable, Hashable {
    public var line: String
    /// Header lines, in order.
    public var headers: [String]
    public var body: [UInt8]
    public var connection: Int

    public func value(of name: String) -> String? {
      headers.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
        .map { String($0.dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces) }
    }
  }

  public enum Act: Sendable, Hashable {
    /// A whole answer with its length, and the connection kept.
    case answer(Int, headers: [String] = [], body: String = "")
    /// These characters as they are.
    case text(String)
    /// Ever more of them, until the client has gone.
    case endless(String)
    /// These characters one by one, with so many milliseconds before each.
    case slowly(String, milliseconds: Int)
    case close
    case reset
    case stall
  }

  private let log = HTTPLog()
  private let listener: LoopbackListener

  /// - Parameters:
  ///   - isV6: Listens on `::1` instead of `127.0.0.1`.
  ///   - play: What to do about a request, the requests counted from 0.
  /// - Throws: `SocketFailure` without a free port or without that loopback.
  public init(isV6: Bool = false, _ play: @escaping @Sendable (Int, Request) -> [Act]) throws {
    let log = log
    listener = try LoopbackListener(isV6: isV6) { peer, connection in
      while let request = request(from: peer, connection) {
        let number = log.add(request)
        for act in play(number, request) { guard perform(act, peer) else { return } }
      }
    }
  }

  public convenience init(_ acts: Act...) throws {
    try self.init { _, _ in acts }
  }

  public var port: Int { listener.port }
  public var connections: Int { listener.connections }
  public var requests: [Request] { log.requests }

  /// Returns when so many requests have come, or false after ten seconds.
  public func waits(forRequests count: Int) async -> Bool { await onAThread { [log] in log.waits(for: count) } }
  public func stop() { listener.stop() }

  deinit { stop() }
}

// Unchecked, and so: everything is behind the condition's lock.
private final class HTTPLog: @unchecked Sendable {
  private let condition = NSCondition()
  private var kept: [ScriptedHTTPServer.Request] = []

  var requests: [ScriptedHTTPServer.Request] { condition.withLock { kept } }

  func add(_ request: ScriptedHTTPServer.Request) -> Int {
    condition.withLock {
      kept.append(request)
      condition.broadcast()
      return kept.count - 1
    }
  }

  func waits(for count: Int) -> Bool {
    let limit = Date(timeIntervalSinceNow: 10)
    return condition.withLock {
      while kept.count < count { guard condition.wait(until: limit) else { return false } }
      return true
    }
  }
}

private func request(from peer: Peer, _ connection: Int) -> ScriptedHTTPServer.Request? {
  guard let line = peer.line() else { return nil }
  var request = ScriptedHTTPServer.Request(line: line, headers: [], body: [], connection: connection)
  while let header = peer.line() {
    if header.isEmpty {
      guard let body = peer.bytes(Int(request.value(of: "Content-Length") ?? "0") ?? 0) else { return nil }
      request.body = body
      return request
    }
    request.headers.append(header)
  }
  return nil
}

/// Returns whether the connection goes on.
private func perform(_ act: ScriptedHTTPServer.Act, _ peer: Peer) -> Bool {
  switch act {
  case .answer(let status, let headers, let body):
    let lines = ["HTTP/1.1 \(status) Scripted", "Content-Length: \(body.utf8.count)"] + headers
    return peer.write(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
  case .text(let text): return peer.write(text)
  case .endless(let text): while peer.write(text) {}
  case .slowly(let text, let milliseconds):
    for character in text {
      usleep(useconds_t(milliseconds * 1000))
      guard peer.write(String(character)) else { return false }
    }
    return true
  case .close: break
  case .reset: peer.reset()
  case .stall: peer.stall()
  }
  return false
}
