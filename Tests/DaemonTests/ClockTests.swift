import Daemon
import Deadlines
import Delivery
import Foundation
import TestSupport
import Testing

@Suite("Waiting")
struct ClockTests {
  @Test("a doorbell rung while nobody waits lets the next wait through, once")
  func remembered() async {
    let bell = Doorbell()
    bell.ring()
    bell.ring()
    await bell.wait()
    #expect(!bell.isAwaited)
    let waiting = Task { await bell.wait() }
    while !bell.isAwaited { await Task.yield() }
    bell.ring()
    await waiting.value
  }

  @Test("a wait ends when its task is cancelled")
  func cancelled() async {
    let bell = Doorbell()
    let waiting = Task { await bell.wait() }
    while !bell.isAwaited { await Task.yield() }
    waiting.cancel()
    await waiting.value
  }

  @Test("a turned clock rings what is due when it is moved there, earliest first")
  func turned() async {
    let clock = TurnedClock(Offices.instant("2026-05-13 00:00"))
    let bells = [Doorbell(), Doorbell()]
    clock.ring(bells[0], at: Offices.instant("2026-05-14 00:00"))
    clock.ring(bells[1], at: Offices.instant("2026-05-13 07:30"))
    #expect(clock.advance(upTo: .init(milliseconds: .max)))
    #expect(clock.now() == Offices.instant("2026-05-13 07:30"))
    await bells[1].wait()
    #expect(!clock.advance(upTo: Offices.instant("2026-05-13 23:59")))
  }

  @Test("the machine's clock rings at its instant, at once for the past, and stops when told")
  func system() async {
    let clock = SystemClock()
    let thread = Thread { clock.run() }
    thread.start()
    let bells = [Doorbell(), Doorbell()]
    clock.ring(bells[0], at: Instant(milliseconds: 0))
    clock.ring(bells[1], at: clock.now().adding(milliseconds: 30))
    await bells[0].wait()
    await bells[1].wait()
    clock.stop()
    while !thread.isFinished { await Task.yield() }
  }
}
