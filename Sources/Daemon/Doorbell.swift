internal import Delivery

/// Wakes one loop: rung by news, by a timer, or at the end.
///
/// Rings while nobody waits are remembered as one.
public final class Doorbell: Sendable {
  private enum State {
    case quiet
    case rung
    case waiting(CheckedContinuation<Void, Never>)
  }

  private let state = Locked(State.quiet)

  public init() {}

  public func ring() {
    let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
      if case .waiting(let continuation) = state {
        state = .quiet
        return continuation
      }
      state = .rung
      return nil
    }
    waiter?.resume()
  }

  /// Returns at the next ring, at once if it was rung since the last wait, and when the task is cancelled.
  public func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state -> Bool in
          if case .rung = state {
            state = .quiet
            return false
          }
          state = .waiting(continuation)
          return true
        }
        if !mustWait { continuation.resume() } else if Task.isCancelled { ring() }
      }
    } onCancel: {
      ring()
    }
  }

  /// True while a loop waits here and nothing has rung.
  public var isAwaited: Bool {
    state.withLock { if case .waiting = $0 { true } else { false } }
  }
}
