import CCurl
import Deadlines
import Glibc

/// One POST, ready for the wire.
struct WebhookCall: Sendable {
  let url: String
  let headers: [String]
  let body: [UInt8]
  var answerForm = AnswerForm.status
  /// Connects only and posts nothing.
  var isProbe = false

  /// Why the call may not be sent, or nil when it may: a line end in a header would be another header.
  var fault: String? {
    let lines = headers + [url]
    if lines.contains(where: { $0.utf8.contains { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F } }) {
      return "control character in a header or the address"
    }
    return headers.allSatisfy { $0.contains(":") } ? nil : "a header without a colon"
  }
}

/// The one thread that carries all webhooks: libcurl is truly non-blocking there.
final class WebhookLoop: Sendable {
  typealias Answer = WebhookTransfer.Answer

  private enum Command: Sendable {
    case start(Int, WebhookCall, Answer)
    case cancel(Int)
  }

  private struct Inbox: Sendable {
    var commands: [Command] = []
    var lastID = 0
    /// Seconds on the monotonic clock after which calls in flight are cut.
    var stopsAt: Double?
    /// The multi handle is about to go: no wake-up any more.
    var isOver = false
    var thread: JoinableThread?
    var waitingForEnd: [CheckedContinuation<Void, Never>] = []
  }

  private let limits: WebhookLimits
  private let inbox = Locked(Inbox())
  // Used off the loop's thread for `curl_multi_wakeup` alone, and only under the inbox's lock with `isOver` unset.
  private nonisolated(unsafe) let multi: UnsafeMutableRawPointer

  /// Nil when memory or threads have run out.
  init?(limits: WebhookLimits) {
    guard let multi = curl_multi_init() else { return nil }
    self.multi = multi
    self.limits = limits
    let hasLimit = curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, limits.connectionsPerHost)
    let hasThread = inbox.withLock { inbox in
      inbox.thread = JoinableThread(body: { self.run() })
      return inbox.thread != nil
    }
    guard hasLimit == CURLM_OK, hasThread else {
      stop(grace: 0)
      return nil
    }
  }

  func deliver(_ call: WebhookCall) async -> DeliveryReport {
    let id = inbox.withLock { inbox in
      inbox.lastID += 1
      return inbox.lastID
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { answer in
        start(id, call, answer)
        // The handler may have run before there was anything to cancel.
        if Task.isCancelled { post(.cancel(id)) }
      }
    } onCancel: {
      post(.cancel(id))
    }
  }

  private func start(_ id: Int, _ call: WebhookCall, _ answer: Answer) {
    let isTaken = inbox.withLock { inbox in
      guard inbox.stopsAt == nil else { return false }
      inbox.commands.append(.start(id, call, answer))
      curl_multi_wakeup(multi)
      return true
    }
    if !isTaken { answer.resume(returning: DeliveryReport(outcome: .deferred, reply: "shutting down")) }
  }

  private func post(_ command: Command) {
    inbox.withLock { inbox in
      guard !inbox.isOver else { return }
      inbox.commands.append(command)
      curl_multi_wakeup(multi)
    }
  }

  /// Takes no more calls; those in flight have `grace` seconds.
  ///
  /// The first call decides.
  func stop(grace: Double) {
    inbox.withLock { inbox in
      guard inbox.stopsAt == nil else { return }
      inbox.stopsAt = timespec.monotonic(in: max(0, grace)).seconds
      if !inbox.isOver { curl_multi_wakeup(multi) }
    }
  }

  /// Stops without anybody to wait for the end.
  func abandon() {
    stop(grace: 0)
    inbox.withLock { inbox in
      inbox.thread?.detach()
      inbox.thread = nil
    }
  }

  /// Returns when the thread has closed everything and ended.
  ///
  /// Only after `stop`.
  func ended() async {
    await withCheckedContinuation { continuation in
      let isOver = inbox.withLock { inbox in
        if !inbox.isOver { inbox.waitingForEnd.append(continuation) }
        return inbox.isOver
      }
      if isOver { continuation.resume() }
    }
    let thread = inbox.withLock { inbox in
      defer { inbox.thread = nil }
      return inbox.thread
    }
    thread?.join()
  }
}

// MARK: On the loop's thread

extension WebhookLoop {
  private func run() {
    // Local, so no other thread can reach them.
    var transfers: [Int: WebhookTransfer] = [:]
    while true {
      let (commands, stopsAt) = takeCommands()
      for command in commands { obey(command, &transfers) }
      let left = stopsAt.map { $0 - timespec.monotonic(in: 0).seconds }
      if let left, left <= 0 || transfers.isEmpty { break }
      turn(&transfers)
      // A socket, a limit of libcurl's, or a wake-up. What a finished transfer left unread does not wake it, so
      // `turn` has read everything.
      if left == nil || !transfers.isEmpty {
        curl_multi_poll(multi, nil, 0, CInt(min(60, max(0, left ?? 60)) * 1000), nil)
      }
    }
    end(&transfers)
  }

  private func takeCommands() -> ([Command], Double?) {
    inbox.withLock { inbox in
      defer { inbox.commands = [] }
      return (inbox.commands, inbox.stopsAt)
    }
  }

  private func obey(_ command: Command, _ transfers: inout [Int: WebhookTransfer]) {
    switch command {
    case .start(let id, let call, let answer): begin(id, call, answer, &transfers)
    case .cancel(let id):
      guard let transfer = transfers.removeValue(forKey: id) else { return }
      abandon(transfer, "cancelled")
    }
  }

  private func begin(_ id: Int, _ call: WebhookCall, _ answer: Answer, _ transfers: inout [Int: WebhookTransfer]) {
    do throws(OptionRefused) {
      let transfer = try WebhookTransfer(call, id: id, limits: limits, answer: answer)
      guard curl_multi_add_handle(multi, transfer.handle.pointer) == CURLM_OK else {
        return answer.resume(returning: DeliveryReport(outcome: .deferred, reply: "libcurl takes no more calls"))
      }
      transfers[id] = transfer
    } catch {
      answer.resume(returning: error.report)
    }
  }

  private func turn(_ transfers: inout [Int: WebhookTransfer]) {
    var running: CInt = 0
    curl_multi_perform(multi, &running)
    var left: CInt = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
      finish(handle, curl_message_result(message), &transfers)
    }
  }

  private func finish(_ handle: UnsafeMutableRawPointer, _ result: CURLcode, _ transfers: inout [Int: WebhookTransfer])
  {
    guard let transfer = transfers.removeValue(forKey: CurlHandle(pointer: handle).tag) else { return }
    let report = transfer.ending(result).report
    curl_multi_remove_handle(multi, handle)
    transfer.answer.resume(returning: report)
  }

  private func abandon(_ transfer: WebhookTransfer, _ reason: String) {
    curl_multi_remove_handle(multi, transfer.handle.pointer)
    transfer.answer.resume(returning: DeliveryReport(outcome: .deferred, reply: reason))
  }

  private func end(_ transfers: inout [Int: WebhookTransfer]) {
    // No start comes after `stopsAt` was set, and every one from before has been obeyed.
    transfers.values.forEach { abandon($0, "shutting down") }
    transfers = [:]
    let waiting = inbox.withLock { inbox in
      inbox.isOver = true
      return inbox.waitingForEnd
    }
    curl_multi_cleanup(multi)
    waiting.forEach { $0.resume() }
  }
}
