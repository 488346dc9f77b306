import Deadlines

/// One mail for one recipient.
struct SMTPMail: Sendable {
  let sender: String
  let recipient: String
  let bytes: [UInt8]

  /// libcurl turns domains into their ASCII form where the locale lets it, so they count as they are written.
  var needsInternationalAddresses: Bool {
    [sender, recipient].contains { address in address.utf8.contains { $0 >= 0x80 } }
  }
}

/// The threads that talk to one relay, each over its own connection, and the queue that feeds them.
///
/// libcurl blocks at the final dot until the relay has answered, so a connection needs a thread.
final class SMTPPool: Sendable {
  typealias Answer = CheckedContinuation<SMTPResult, Never>

  /// A mail on its way through the pool.
  // Unchecked, and so: `answer`, `patienceEnds`, `worker` and `isCancelled` are touched under the pool's lock alone.
  final class Job: @unchecked Sendable {
    let mail: SMTPMail
    let size: Int
    fileprivate var answer: Answer?
    /// On the monotonic clock, in seconds.
    fileprivate var patienceEnds = Double.infinity
    fileprivate var worker: Lifeline?
    fileprivate var isCancelled = false

    init(mail: SMTPMail, size: Int) {
      self.mail = mail
      self.size = size
    }
  }

  private struct State: Sendable {
    var queue = FIFO<Job>()
    var idle = 0
    var lifelines: [Int: Lifeline] = [:]
    /// When those at work began, on the monotonic clock.
    var began: [Int: Double] = [:]
    /// Threads that still run, whether they serve or close their connection.
    var threads: [Int: JoinableThread] = [:]
    var ended: [JoinableThread] = []
    var workersSoFar = 0
    var isStopping = false
    var waitingForEnd: [CheckedContinuation<Void, Never>] = []

    /// Takes out what no worker has begun.
    mutating func emptyQueue() -> [Answer] {
      var answers: [Answer] = []
      while let job = queue.popFirst() { if let answer = job.takeAnswer() { answers.append(answer) } }
      return answers
    }
  }

  private let relay: SMTPRelay
  /// There is another relay: when this one fails, the mails that wait for it are given back with the one that failed,
  /// instead of waiting for the same time limit, each in its turn.
  private let givesQueueBack: Bool
  private let events: (@Sendable (DeliveryEvent) -> Void)?
  private let state = Locked(State())

  init(relay: SMTPRelay, givesQueueBack: Bool, events: (@Sendable (DeliveryEvent) -> Void)?) {
    self.relay = relay
    self.givesQueueBack = givesQueueBack
    self.events = events
  }

  func deliver(_ job: Job) async -> SMTPResult {
    await withTaskCancellationHandler {
      await withCheckedContinuation { answer in enqueue(job, answer) }
    } onCancel: {
      cancel(job)
    }
  }
}

// MARK: From the tasks' side

extension SMTPPool {
  private func enqueue(_ job: Job, _ answer: Answer) {
    let refusal: String? = state.withLock { state in
      // The handler of a cancelled task may have run before there was anything to cancel.
      if state.isStopping || job.isCancelled { return state.isStopping ? "shutting down" : "cancelled" }
      if state.queue.count >= state.idle { startWorker(&state) }
      guard !state.lifelines.isEmpty else { return "no thread to be had" }
      job.answer = answer
      // A lease counts on it: nobody waits longer than an attempt may take.
      job.patienceEnds = MonotonicClock.seconds + relay.timeouts.total
      state.queue.append(job)
      return nil
    }
    if let refusal {
      answer.resume(returning: .notAsked(.deferred, refusal))
    } else {
      state.signal()
    }
  }

  private func startWorker(_ state: inout State) {
    guard state.lifelines.count < limit(state) else { return }
    let number = state.workersSoFar + 1
    let lifeline = Lifeline()
    // The lock is ours until the thread is written down, so it cannot end before.
    guard let thread = JoinableThread(body: { self.work(number, lifeline) }) else { return }
    state.workersSoFar = number
    state.threads[number] = thread
    state.lifelines[number] = lifeline
    state.idle += 1
    // Threads that ended long ago; each join returns at once.
    state.ended.forEach { $0.join() }
    state.ended = []
  }

  /// Threads that may serve now: one whose server is silent gives its place to another, up to as many again.
  private func limit(_ state: State) -> Int {
    guard state.lifelines.count >= relay.connections else { return relay.connections }
    let before = MonotonicClock.seconds - relay.timeouts.patience
    return relay.connections + min(relay.connections, state.began.values.count { $0 < before })
  }

  private func cancel(_ job: Job) {
    let answer: Answer? = state.withLock { state in
      job.isCancelled = true
      job.worker?.cut()
      // In a worker's hands the answer is the worker's to give.
      return job.worker == nil ? job.takeAnswer() : nil
    }
    answer?.resume(returning: .notAsked(.deferred, "cancelled"))
  }

  /// Takes no more mail and gives back what no worker has begun.
  func stop() {
    let answers = state.withLock { state in
      state.isStopping = true
      return state.emptyQueue()
    }
    state.broadcast()
    answers.forEach { $0.resume(returning: .notAsked(.deferred, "shutting down")) }
  }

  /// Stops without anybody to wait for the end.
  func abandon() {
    stop()
    state.withLock { state in
      state.threads.values.forEach { $0.detach() }
      state.ended.forEach { $0.join() }
      state.ended = []
    }
  }

  /// Ends every attempt in flight.
  func cut() { state.withLock { state in state.lifelines.values.forEach { $0.cut() } } }

  /// Returns when every thread has closed its connection and ended.
  ///
  /// Only after `stop`.
  func ended() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if !state.threads.isEmpty { state.waitingForEnd.append(continuation) }
        return state.threads.isEmpty
      }
      if isOver { continuation.resume() }
    }
    let threads = state.withLock { state in
      defer { state.ended = [] }
      return state.ended
    }
    threads.forEach { $0.join() }
  }
}

// MARK: On a worker's thread

extension SMTPPool {
  private func work(_ number: Int, _ lifeline: Lifeline) {
    events?(.workerStarted)
    serve(number, lifeline)
    // The connection is closed by now: the end of the last thread is the end of the pool.
    events?(.workerEnded)
    let waiting: [CheckedContinuation<Void, Never>] = state.withLock { state in
      if let thread = state.threads.removeValue(forKey: number) { state.ended.append(thread) }
      guard state.threads.isEmpty else { return [] }
      defer { state.waitingForEnd = [] }
      return state.waitingForEnd
    }
    waiting.forEach { $0.resume() }
  }

  private func serve(_ number: Int, _ lifeline: Lifeline) {
    var connection: SMTPConnection?
    while let job = next(number, lifeline) {
      do throws(OptionRefused) {
        if connection == nil { connection = try SMTPConnection(relay: relay, lifeline: lifeline) }
      } catch {
        finish(job, number, SMTPResult(report: error.report, concern: .relay))
      }
      guard let connection else { continue }
      finish(job, number, connection.deliver(job.mail, size: job.size) { events?($0) })
    }
  }

  /// The next mail to send, nil when the worker shall end.
  private func next(_ number: Int, _ lifeline: Lifeline) -> Job? {
    let job = state.wait(atMost: relay.timeouts.idle) { state -> Job?? in
      if isTooMany(state) { return .some(nil) }
      if let job = take(&state, number, lifeline) { return .some(job) }
      return state.isStopping ? .some(nil) : nil
    }
    if case .some(.some(let job)) = job { return job }
    // Once more under the lock that says goodbye: a mail may have come in between, counting on us.
    let last: Job? = state.withLock { state in
      if !isTooMany(state), let job = take(&state, number, lifeline) { return job }
      state.idle -= 1
      state.lifelines[number] = nil
      return nil
    }
    // The mail that woke us is for one that stays.
    if last == nil { state.signal() }
    return last
  }

  /// What was stuck goes on, so the one that took its place is no longer needed, or the other way round.
  private func isTooMany(_ state: State) -> Bool { state.lifelines.count > limit(state) }

  private func take(_ state: inout State, _ number: Int, _ lifeline: Lifeline) -> Job? {
    while let job = state.queue.popFirst() {
      // Cancelled while it waited, and answered.
      guard job.answer != nil else { continue }
      guard MonotonicClock.seconds < job.patienceEnds else {
        job.takeAnswer()?.resume(returning: .notAsked(.deferred, "every connection to the relay was busy for too long"))
        continue
      }
      lifeline.begin()
      job.worker = lifeline
      state.began[number] = MonotonicClock.seconds
      state.idle -= 1
      return job
    }
    return nil
  }

  private func finish(_ job: Job, _ number: Int, _ result: SMTPResult) {
    let answers = state.withLock { state in
      state.idle += 1
      state.began[number] = nil
      job.worker = nil
      let own = job.takeAnswer().map { [$0] } ?? []
      return givesQueueBack && result.concern == .relay ? own + state.emptyQueue() : own
    }
    answers.forEach { $0.resume(returning: result) }
  }
}

extension SMTPPool.Job {
  fileprivate func takeAnswer() -> SMTPPool.Answer? {
    defer { answer = nil }
    return answer
  }
}

extension OptionRefused {
  /// The settings do not fit this machine's libcurl: the same tomorrow, for every message.
  var report: DeliveryReport {
    DeliveryReport(outcome: .misconfigured, reply: "libcurl does not take option \(option)", curlCode: Int(code))
  }
}

/// First in, first out, without moving the rest at each step.
struct FIFO<Element: Sendable>: Sendable {
  private var elements: [Element?] = []
  private var head = 0

  var count: Int { elements.count - head }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    defer {
      elements[head] = nil
      head += 1
      if head > 64 && head * 2 > elements.count {
        elements.removeFirst(head)
        head = 0
      }
    }
    return elements[head]
  }
}
