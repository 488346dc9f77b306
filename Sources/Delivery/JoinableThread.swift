import Glibc

/// A thread that somebody waits for before the process ends.
///
/// libcurl's clean-up must not run beside OpenSSL's exit handlers, so no thread of ours may be left behind.
package struct JoinableThread: Sendable {
  private let thread: pthread_t

  /// Starts a thread, or returns nil when the system has none left.
  ///
  /// - Parameter body: What the thread does; it is held until it returns.
  package init?(body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Body(run: body))
    var started = pthread_t()
    guard pthread_create(&started, nil, runBody, box.toOpaque()) == 0 else {
      box.release()
      return nil
    }
    thread = started
  }

  /// Lets the thread end unseen, instead of `join`, when nobody is left to wait.
  func detach() { pthread_detach(thread) }

  /// Returns when the thread has.
  package func join() { pthread_join(thread, nil) }
}

private final class Body: Sendable {
  let run: @Sendable () -> Void

  init(run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
