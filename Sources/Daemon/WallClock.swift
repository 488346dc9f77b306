internal import CLinux
public import Deadlines
internal import Delivery
internal import Glibc

/// Tells the time and rings doorbells at given instants.
///
/// The real one waits for the kernel; a turned one is moved by hand.
public protocol WallClock: Sendable {
  func now() -> Instant

  /// Rings `bell` once the wall clock shows `instant`, and early whenever the clock was set. One instant per bell: a
  /// later call replaces the earlier one, nil takes it back.
  func ring(_ bell: Doorbell, at instant: Instant?)

  /// Brackets work during which a turned clock must not move on.
  func begin()
  func end()
}

/// The machine's own clock.
///
/// Waiting is one thread in `poll`: no wake-ups but those asked for. A timer on the wall clock notices that the clock
/// was set or the machine slept (TFD_TIMER_CANCEL_ON_SET); `poll` has the same wait as its time limit.
public final class SystemClock: WallClock {
  private struct Inbox {
    var instants: [ObjectIdentifier: (bell: Doorbell, at: Instant)] = [:]
    var isStopping = false
  }

  private let inbox = Locked(Inbox())
  private let wake: CInt
  private let timer: CInt

  public init() {
    wake = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))
    timer = timerfd_create(CLOCK_REALTIME, CInt(TFD_CLOEXEC) | CInt(TFD_NONBLOCK))
  }

  deinit {
    close(wake)
    close(timer)
  }

  public func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  public func ring(_ bell: Doorbell, at instant: Instant?) {
    inbox.withLock { $0.instants[ObjectIdentifier(bell)] = instant.map { (bell, $0) } }
    wakeThread()
  }

  public func begin() {}
  public func end() {}

  /// Runs until `stop`; the body of one thread.
  public func run() {
    while let next = takeDue() {
      let wait = next.map { max(0, $0.milliseconds - now().milliseconds) }
      arm(next)
      var ready = [
        pollfd(fd: wake, events: Int16(POLLIN), revents: 0), pollfd(fd: timer, events: Int16(POLLIN), revents: 0),
      ]
      // One more millisecond: waking early would mean looking twice. 24 days is what an Int32 of milliseconds holds.
      poll(&ready, 2, wait.map { CInt(min($0 + 1, 2_000_000_000)) } ?? -1)
      if drain(timer) == ECANCELED { ringAll() }
      _ = drain(wake)
    }
  }

  public func stop() {
    inbox.withLock { $0.isStopping = true }
    wakeThread()
  }

  /// Rings what is due and gives the next instant (nil inside: none); nil when stopping.
  private func takeDue() -> Instant?? {
    let now = now()
    let taken: (due: [Doorbell], next: Instant?)? = inbox.withLock { inbox in
      guard !inbox.isStopping else { return nil }
      let due = inbox.instants.filter { $0.value.at <= now }
      for key in due.keys { inbox.instants[key] = nil }
      return (due.values.map(\.bell), inbox.instants.values.map(\.at).min())
    }
    guard let taken else { return nil }
    for bell in taken.due { bell.ring() }
    return .some(taken.next)
  }

  private func ringAll() {
    for bell in inbox.withLock({ $0.instants.values.map(\.bell) }) { bell.ring() }
  }

  private func arm(_ instant: Instant?) {
    // Far away when nothing is waited for: a set clock must be noticed all the same.
    let seconds = max(1, instant?.seconds ?? 7_258_118_400)
    let isPast = instant.map { $0 <= now() } ?? false
    var setting = itimerspec()
    setting.it_value.tv_sec = isPast ? 7_258_118_400 : Int(seconds) + 1
    timerfd_settime(timer, CInt(TFD_TIMER_ABSTIME) | CInt(TFD_TIMER_CANCEL_ON_SET), &setting, nil)
  }

  /// 0 or the error number of the read.
  private func drain(_ descriptor: CInt) -> CInt {
    var count: UInt64 = 0
    return read(descriptor, &count, 8) < 0 ? errno : 0
  }

  private func wakeThread() {
    var one: UInt64 = 1
    _ = write(wake, &one, 8)
  }
}

/// A clock that stands still until it is moved, for rehearsals and tests.
public final class TurnedClock: WallClock {
  private struct State {
    var now: Instant
    var instants: [ObjectIdentifier: (bell: Doorbell, at: Instant)] = [:]
    var busy = 0
  }

  private let state: Locked<State>

  public init(_ start: Instant) { state = Locked(State(now: start)) }

  public func now() -> Instant { state.withLock { $0.now } }

  public func ring(_ bell: Doorbell, at instant: Instant?) {
    state.withLock { $0.instants[ObjectIdentifier(bell)] = instant.map { (bell, $0) } }
  }

  public func begin() { state.withLock { $0.busy += 1 } }
  public func end() { state.withLock { $0.busy -= 1 } }

  /// True while work is going on that began and has not ended.
  public var isBusy: Bool { state.withLock { $0.busy > 0 } }

  /// Moves to the earliest instant waited for and rings its bells; false when none is left up to `end`.
  public func advance(upTo end: Instant) -> Bool {
    let bells: [Doorbell]? = state.withLock { state in
      guard let next = state.instants.values.map(\.at).min(), next <= end else { return nil }
      state.now = max(state.now, next)
      let due = state.instants.filter { $0.value.at <= state.now }
      for key in due.keys { state.instants[key] = nil }
      return due.values.map(\.bell)
    }
    for bell in bells ?? [] { bell.ring() }
    return bells != nil
  }

  /// Sets the clock, forward or back, and rings everything as a set clock does.
  public func set(_ instant: Instant) {
    let bells = state.withLock { state in
      state.now = instant
      return state.instants.values.map(\.bell)
    }
    for bell in bells { bell.ring() }
  }
}
