import Foundation
import TestSupport

/// A mail server on the loopback that takes its time at the final dot, and writes down what it was sent and what it
/// said to it.
public final class MailRecorder: Sendable {
  /// One mail whose final dot came: from here on it is the server's.
  public struct Delivery: Sendable, Hashable {
    public var messageID: String
    /// The ids that the mail's own header names.
    public var occurrences: [String]
    /// Which start of the service sent it.
    public var run: Int
    public var connection: Int
    /// The 250 was written, whoever may have read it.
    public var isAnswered: Bool
  }

  private let log: RecorderLog
  private let listener: LoopbackListener

  /// - Throws: `SocketFailure` without a free port.
  public init(seed: UInt64) throws {
    let log = RecorderLog(seed: seed)
    self.log = log
    listener = try LoopbackListener { peer, connection in
      RecordedConversation(peer: peer, log: log, connection: connection, run: log.run).play()
    }
  }

  public var port: Int { listener.port }
  /// In the order in which the dots came.
  public var deliveries: [Delivery] { log.deliveries }

  /// Connections from here on belong to another start of the service.
  func beginRun(_ run: Int) { log.beginRun(run) }

  enum Event: Sendable { case dot, answer }

  /// Returns when so many of this run's mails have got as far, or false after `seconds`.
  func waits(for event: Event, times: Int, seconds: Double) async -> Bool {
    await onAThread { [log] in log.waits(for: event, times: times, seconds: seconds) }
  }

  public func stop() { listener.stop() }
}

// Unchecked, and so: everything is behind the condition's lock.
private final class RecorderLog: @unchecked Sendable {
  private let condition = NSCondition()
  private var kept: [MailRecorder.Delivery] = []
  private var random: Seeded
  private var current = 0

  init(seed: UInt64) { random = Seeded(seed) }

  var deliveries: [MailRecorder.Delivery] { condition.withLock { kept } }
  var run: Int { condition.withLock { current } }

  func beginRun(_ run: Int) { condition.withLock { current = run } }

  func add(_ delivery: MailRecorder.Delivery) -> Int {
    condition.withLock {
      kept.append(delivery)
      condition.broadcast()
      return kept.count - 1
    }
  }

  func answered(_ index: Int) {
    condition.withLock {
      kept[index].isAnswered = true
      condition.broadcast()
    }
  }

  /// Microseconds between the dot and its answer: mostly a quick server, now and then a slow one.
  func patience() -> UInt32 {
    condition.withLock {
      Int.random(in: 0..<8, using: &random) == 0
        ? .random(in: 30_000..<120_000, using: &random) : .random(in: 0..<12_000, using: &random)
    }
  }

  func waits(for event: MailRecorder.Event, times: Int, seconds: Double) -> Bool {
    let limit = Date(timeIntervalSinceNow: seconds)
    return condition.withLock {
      while count(event) < times { guard condition.wait(until: limit) else { return false } }
      return true
    }
  }

  private func count(_ event: MailRecorder.Event) -> Int {
    kept.reversed().prefix { $0.run >= current - 1 }.count { $0.run == current && (event == .dot || $0.isAnswered) }
  }
}

/// One connection, from greeting to farewell.
private struct RecordedConversation {
  let peer: Peer
  let log: RecorderLog
  let connection: Int
  let run: Int

  func play() {
    guard peer.write("220 recorder ESMTP\r\n") else { return }
    while let line = peer.line() {
      let goesOn =
        switch line.prefix(4).uppercased() {
        case "EHLO": peer.write("250-recorder\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 10000000\r\n")
        case "DATA": takeMail()
        case "QUIT": peer.write("221 2.0.0 bye\r\n") && false
        default: peer.write("250 2.0.0 ok\r\n")
        }
      guard goesOn else { return }
    }
  }

  private func takeMail() -> Bool {
    guard peer.write("354 go ahead\r\n") else { return false }
    var lines: [String] = []
    while let line = peer.line() {
      guard line == "." else {
        lines.append(line)
        continue
      }
      let index = log.add(delivery(lines))
      usleep(log.patience())
      guard peer.write("250 2.0.0 taken\r\n") else { return false }
      log.answered(index)
      return true
    }
    return false
  }

  private func delivery(_ lines: [String]) -> MailRecorder.Delivery {
    let head = unfolded(lines.prefix { !$0.isEmpty })
    func value(_ name: String) -> String {
      head.first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) } ?? ""
    }
    return MailRecorder.Delivery(
      messageID: value("Message-ID").trimmingCharacters(in: CharacterSet(charactersIn: "<> ")),
      occurrences: value("X-Nhachan-Occurrences").split { $0 == "," || $0 == " " }
        .map { String($0).removingPercentEncoding ?? String($0) },
      run: run,
      connection: connection,
      isAnswered: false
    )
  }

  /// Header lines with their continuations (RFC 5322 section 2.2.3).
  private func unfolded(_ lines: some Sequence<String>) -> [String] {
    lines.reduce(into: []) { head, line in
      if line.first == " " || line.first == "\t", !head.isEmpty {
        head[head.count - 1] += line
      } else {
        head.append(line)
      }
    }
  }
}
