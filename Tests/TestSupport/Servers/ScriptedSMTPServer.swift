import Foundation

/// A mail server that does as it is told at each stage, and writes down what it was sent.
public final class ScriptedSMTPServer: Sendable {
  public enum Stage: Sendable, Hashable, CaseIterable {
    case greeting, hello, startTLS, authentication, sender, recipient, data, body, message, farewell
  }

  public enum Act: Sendable, Hashable {
    /// What a server says when all is well.
    case usual
    case reply(String)
    case replyThenClose(String)
    case close
    case reset
    /// Silence until the client gives up.
    case stall
    /// Waits for `release()` without reading, then goes on as usual; in the body it hangs up.
    case hold
    /// The usual reply, one byte at a time.
    case byteByByte
    /// The usual reply with a line of 100,000 characters.
    case overLong
    /// Lines that are no reply, and nothing more; in the body before the usual reply.
    case garbage
    /// Lines of a reply that never ends.
    case endless
    /// The usual reply, and then lines that nobody asked for, without end.
    case babble

    /// The mail goes on afterwards.
    var isUsual: Bool { [.usual, .hold, .byteByByte, .overLong].contains(self) }
  }

  /// One mail whose final dot came.
  public struct Mail: Sendable, Hashable {
    public var from: String
    public var to: String
    /// The lines between DATA and the dot, still with doubled dots.
    public var lines: [String]
    public var connection: Int
  }

  /// For each stage what to do the first, second, … time it is reached; the last act is repeated.
  public typealias Script = [Stage: [Act]]

  private let log: SMTPLog
  private let listener: LoopbackListener

  /// - Parameters:
  ///   - script: Stages left out go as usual.
  ///   - mailboxes: What RCPT is answered for addresses that contain the word, instead of the script's act.
  ///   - capabilities: What EHLO offers.
  /// - Throws: `SocketFailure` without a free port.
  public init(
    _ script: Script = [:],
    mailboxes: [String: Act] = [:],
    capabilities: [String] = ["SIZE 10000000", "8BITMIME", "SMTPUTF8"]
  ) throws {
    let log = SMTPLog(script: script, mailboxes: mailboxes)
    self.log = log
    listener = try LoopbackListener { peer, number in
      var session = SMTPSession(peer: peer, number: number, capabilities: capabilities, log: log)
      session.play()
    }
  }

  public var port: Int { listener.port }
  public var connections: Int { listener.connections }
  public var mails: [Mail] { log.mails }
  /// Every command line, in the order they came.
  public var commands: [String] { log.commands }

  /// Lets every `hold` go on, now and later.
  public func release() { log.release() }

  /// Returns when the stage has been reached so often, or false after half a minute.
  public func waits(for stage: Stage, times: Int = 1) async -> Bool {
    await onAThread { [log] in log.waits(for: stage, times: times) }
  }

  /// Closes everything and waits for the threads.
  public func stop() {
    log.release()
    listener.stop()
  }

  deinit { stop() }
}

// Unchecked, and so: everything is behind the condition's lock.
private final class SMTPLog: @unchecked Sendable {
  private let condition = NSCondition()
  private let script: ScriptedSMTPServer.Script
  private let mailboxes: [String: ScriptedSMTPServer.Act]
  private var reached: [ScriptedSMTPServer.Stage: Int] = [:]
  private var isReleased = false
  private var keptMails: [ScriptedSMTPServer.Mail] = []
  private var keptCommands: [String] = []

  init(script: ScriptedSMTPServer.Script, mailboxes: [String: ScriptedSMTPServer.Act]) {
    self.script = script
    self.mailboxes = mailboxes
  }

  var mails: [ScriptedSMTPServer.Mail] { condition.withLock { keptMails } }
  var commands: [String] { condition.withLock { keptCommands } }

  func add(_ mail: ScriptedSMTPServer.Mail) { condition.withLock { keptMails.append(mail) } }
  func add(_ command: String) { condition.withLock { keptCommands.append(command) } }

  func act(at stage: ScriptedSMTPServer.Stage) -> ScriptedSMTPServer.Act {
    condition.withLock {
      let time = reached[stage, default: 0]
      reached[stage] = time + 1
      condition.broadcast()
      let acts = script[stage] ?? [.usual]
      return acts[min(time, acts.count - 1)]
    }
  }

  /// What the mailbox of this RCPT has to itself.
  func act(forRecipient line: String) -> ScriptedSMTPServer.Act? {
    mailboxes.first { line.contains($0.key) }?.value
  }

  func release() {
    condition.withLock {
      isReleased = true
      condition.broadcast()
    }
  }

  func waitForRelease() { condition.withLock { while !isReleased { condition.wait() } } }

  func waits(for stage: ScriptedSMTPServer.Stage, times: Int) -> Bool {
    let limit = Date(timeIntervalSinceNow: 30)
    return condition.withLock {
      while reached[stage, default: 0] < times { guard condition.wait(until: limit) else { return false } }
      return true
    }
  }
}

private struct SMTPSession {
  let peer: Peer
  let number: Int
  let capabilities: [String]
  let log: SMTPLog
  var from = ""
  var to = ""

  mutating func play() {
    guard answer(.greeting, "220 scripted ESMTP") else { return }
    while let line = peer.line() {
      log.add(line)
      guard obey(line) else { return }
    }
  }

  /// Plays the stage's act; false when the conversation is over.
  private func answer(_ stage: ScriptedSMTPServer.Stage, _ usual: String) -> Bool {
    perform(log.act(at: stage), usual)
  }

  private func perform(_ act: ScriptedSMTPServer.Act, _ usual: String) -> Bool {
    switch act {
    case .usual: return peer.write(usual + "\r\n")
    case .byteByByte: return (usual + "\r\n").unicodeScalars.allSatisfy { writeAlone($0) }
    case .overLong: return peer.write(usual + " " + String(repeating: "x", count: 100_000) + "\r\n")
    case .hold:
      log.waitForRelease()
      return peer.write(usual + "\r\n")
    case .reply(let text): return peer.write(text + "\r\n")
    case .garbage: return peer.write("@@ khong phai SMTP\r\n\u{1}\u{7F}\r\n12\r\n99999\r\n")
    case .babble where !peer.write(usual + "\r\n"): break
    case .endless, .babble:
      while peer.write("250-và còn nữa\r\n") {}
    case .replyThenClose(let text): peer.write(text + "\r\n")
    case .stall: peer.stall()
    case .reset: peer.reset()
    case .close: break
    }
    return false
  }

  private func writeAlone(_ character: Unicode.Scalar) -> Bool {
    usleep(1000)
    return peer.write(String(character))
  }

  private mutating func obey(_ line: String) -> Bool {
    switch line.prefix(4).uppercased() {
    case "EHLO", "HELO":
      let all = ["scripted"] + capabilities
      let lines = all.dropLast().map { "250-\($0)" } + ["250 \(all[all.count - 1])"]
      return answer(.hello, lines.joined(separator: "\r\n"))
    case "STAR": return answer(.startTLS, "454 4.7.0 no TLS here")
    case "AUTH":
      // AUTH PLAIN without its initial response (RFC 4954 section 4); what comes next is a secret and not kept.
      guard peer.write("334 \r\n"), peer.line() != nil else { return false }
      return answer(.authentication, "235 2.7.0 welcome")
    case "MAIL":
      from = line
      return answer(.sender, "250 2.1.0 sender ok")
    case "RCPT":
      to = line
      if let act = log.act(forRecipient: line) { return perform(act, "250 2.1.5 recipient ok") }
      return answer(.recipient, "250 2.1.5 recipient ok")
    case "DATA": return data()
    case "NOOP": return peer.write("250 2.0.0 ok\r\n")
    case "QUIT":
      _ = answer(.farewell, "221 2.0.0 bye")
      return false
    default: return peer.write("502 5.5.1 unknown command\r\n")
    }
  }

  private func data() -> Bool {
    let before = log.act(at: .data)
    guard perform(before, "354 go ahead") else { return false }
    guard before.isUsual else { return true }
    let during = log.act(at: .body)
    switch during {
    case .usual, .byteByByte, .overLong: return message()
    case .garbage: return perform(during, "") && message()
    // The refusal comes early; what is still on its way is read and not answered.
    case .reply: return perform(during, "") && body() != nil
    case .hold:
      log.waitForRelease()
      return false
    case .replyThenClose, .close, .reset, .stall, .endless, .babble:
      _ = peer.line()
      return perform(during, "")
    }
  }

  private func message() -> Bool {
    guard let lines = body() else { return false }
    log.add(ScriptedSMTPServer.Mail(from: from, to: to, lines: lines, connection: number))
    return answer(.message, "250 2.0.0 queued as SCRIPTED")
  }

  /// The lines up to the final dot, nil when the client has gone before.
  private func body() -> [String]? {
    var lines: [String] = []
    while let line = peer.line() {
      if line == "." { return lines }
      lines.append(line)
    }
    return nil
  }
}
