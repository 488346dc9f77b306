import Glibc

/// A value behind a mutex, with a condition to wait for.
///
/// A pthread mutex and not `Synchronization.Mutex`: on Linux ThreadSanitizer does not see the futex inside the latter
/// and warns about every use of it.
// Unchecked, and so: `value` is reached inside `withLock` and `wait` alone, both of which hold the mutex.
package final class Locked<Value: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value

  package init(_ value: Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
    // Waits are measured on the monotonic clock: a wall clock set back must not make them longer.
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }

  /// Wakes one thread inside `wait`.
  func signal() { pthread_cond_signal(condition) }

  /// Wakes every thread inside `wait`.
  func broadcast() { pthread_cond_broadcast(condition) }

  /// Runs `body` under the lock until it returns something, sleeping between the calls until woken.
  ///
  /// - Parameters:
  ///   - seconds: The longest sleep in all.
  ///   - body: Looks at the value; nil means "not yet".
  /// - Returns: What `body` returned, or nil when the time ran out.
  func wait<Result>(atMost seconds: Double, for body: (inout Value) -> Result?) -> Result? {
    var deadline = timespec.monotonic(in: seconds)
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&value) { return result }
      if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { return body(&value) }
    }
  }
}

/// The clock that nobody can set.
enum MonotonicClock {
  /// Seconds since some moment in the past.
  static var seconds: Double { timespec.monotonic(in: 0).seconds }
}

extension timespec {
  /// The moment some seconds from now on the clock that nobody can set.
  static func monotonic(in seconds: Double) -> timespec {
    var moment = timespec()
    clock_gettime(CLOCK_MONOTONIC, &moment)
    let nanoseconds = Double(moment.tv_nsec) + (seconds - seconds.rounded(.down)) * 1e9
    moment.tv_sec += Int(seconds.rounded(.down)) + Int(nanoseconds / 1e9)
    moment.tv_nsec = Int(nanoseconds.truncatingRemainder(dividingBy: 1e9))
    return moment
  }

  /// Seconds as one number, for differences.
  var seconds: Double { Double(tv_sec) + Double(tv_nsec) / 1e9 }
}
