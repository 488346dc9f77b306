import Deadlines
import Delivery
import Foundation
import TestSupport

/// A small mail whose lines end as they must.
func mail(
  from: String = "nhachan@camgiang.example",
  to: String = "vhxh@camgiang.example",
  _ lines: [String] = ["Xin chao"]
) -> Parcel {
  let text = (["Subject: Nhac han", ""] + lines).map { $0 + "\r\n" }.joined()
  return Parcel(destination: .mail(from: from, to: to), bytes: Array(text.utf8))
}

/// The way to a server in clear text on the loopback, with limits short enough to be seen.
func relay(
  port: Int,
  connections: Int = 1,
  timeouts: SMTPRelay.Timeouts = SMTPRelay.Timeouts(connect: 5, reply: 5, stall: 5, total: 10, idle: 5)
) -> SMTPRelay {
  SMTPRelay(
    host: "127.0.0.1",
    port: port,
    security: .plain,
    heloName: "mail.camgiang.example",
    connections: connections,
    timeouts: timeouts
  )
}

/// Delivers over a transport of its own that is shut down afterwards.
func deliver(_ parcel: Parcel = mail(), over relay: SMTPRelay) async -> DeliveryReport {
  let transport = SMTPTransport(relay: relay)
  let report = await transport.deliver(parcel)
  await transport.shutDown(grace: 5)
  return report
}

/// The seconds something takes.
func duration<Result>(of work: () async throws -> Result) async rethrows -> (result: Result, seconds: Double) {
  let clock = ContinuousClock()
  let start = clock.now
  let result = try await work()
  let parts = start.duration(to: clock.now).components
  return (result, Double(parts.seconds) + Double(parts.attoseconds) / 1e18)
}

/// Counts what happens on other threads.
// Unchecked, and so: `counts` is behind the lock.
final class EventCounter: @unchecked Sendable {
  private let lock = NSLock()
  private var counts: [DeliveryEvent: Int] = [:]

  func add(_ event: DeliveryEvent) { lock.withLock { counts[event, default: 0] += 1 } }
  func count(_ event: DeliveryEvent) -> Int { lock.withLock { counts[event, default: 0] } }
}
