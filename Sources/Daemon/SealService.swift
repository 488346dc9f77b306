internal import Configuration
internal import Deadlines
internal import Delivery
internal import Ledger
internal import Logging
internal import ServiceLifecycle

/// Notes beside the store how far the record has come, soon after it has grown and once more at the end.
struct SealService: Service {
  let daemon: Daemon
  /// Seconds between two notes: two waits for the disk, which a busy morning must not pay for every mail.
  private static let pause: Int64 = 10

  func run() async throws {
    let stopping = Locked(false)
    let pause = Doorbell()
    await withGracefulShutdownHandler {
      while !stopping.withLock({ $0 }) && !Task.isCancelled {
        await daemon.sealBell.wait()
        await daemon.keepSeal()
        daemon.clock.ring(pause, at: daemon.clock.now().adding(seconds: Self.pause))
        if !stopping.withLock({ $0 }) { await pause.wait() }
      }
      daemon.clock.ring(pause, at: nil)
    } onGracefulShutdown: {
      stopping.withLock { $0 = true }
      daemon.sealBell.ring()
      pause.ring()
    }
  }
}

extension Daemon {
  /// Writes the seal when the record has grown.
  ///
  /// A failure is told of and changes nothing else: the store is the truth, the seal only a witness.
  func keepSeal() async {
    guard let seal else { return }
    let office = current.withLock { $0.configuration.office.id }
    do {
      let head = try await ledger.recordMark(office: office)
      guard head.entries > 0, head != sealed.withLock({ $0 }) else { return }
      try seal.write(head, office: office)
      sealed.withLock { $0 = head }
      _ = sealErrors.withLock { $0.forget() }
    } catch {
      guard sealErrors.withLock({ $0.isNews("\(error)", now: clock.now()) }) else { return }
      logger.warning("the store could not be sealed", metadata: ["error": "\(error)"])
    }
  }
}
