import Configuration
import Daemon
import Deadlines
import Delivery
import Foundation
import Ledger
import Logging
import Messages

/// Sends a full outbox through the real daemon, store and transport, until every message is settled on disk.
///
/// One unit, recipient and occurrence for each message, planned by the real planner beforehand.
struct SendingBenchmark {
  let messages: Int
  let connections: Int
  /// The bytes of every message, or nil to render each as it is sent.
  let size: Int?
  let way: Way

  enum Way {
    case smtp(port: Int)
    case webhook(url: String)
  }

  /// The whole way of a morning: all fall due when the window opens, and are planned, rendered, sent and settled.
  func runMorning() async throws {
    let scene = try await SendingScene(messages: messages)
    defer { scene.remove() }
    try await scene.adopt()
    let channel = channel {}
    try await scene.run(channel, showing: scene.start.adding(seconds: -2)) { ledger, clock in
      while clock.now() < scene.start { try await Task.sleep(for: .milliseconds(5)) }
      while try await ledger.acceptedCount(office: scene.office.id, since: scene.start) < messages {
        try await Task.sleep(for: .milliseconds(20))
      }
      let seconds = Double(clock.now().milliseconds - scene.start.milliseconds) / 1000
      print(figure("from due to the last 250, \(messages) recipients", seconds, count: messages))
    }
  }

  func run() async throws {
    let scene = try await SendingScene(messages: messages)
    defer { scene.remove() }
    try await scene.fill()
    let start = Locked<ContinuousClock.Instant?>(nil)
    let channel = channel { start.withLock { $0 = $0 ?? .now } }
    let before = processorSeconds()
    try await scene.run(channel, showing: scene.start) { ledger, _ in
      while try await ledger.nextClaim(office: scene.office.id, channels: ["mail"]) != nil {
        try await Task.sleep(for: .milliseconds(20))
      }
      guard try await ledger.figures(office: scene.office.id).accepted == messages else { throw NotAllAccepted() }
      let seconds = (ContinuousClock.now - (start.withLock { $0 } ?? .now)).inSeconds
      print(figure(name, seconds, count: messages))
      print("  processor time a message: \(Int((processorSeconds() - before) / Double(messages) * 1e6)) µs")
    }
  }

  /// The transport by itself, without store, planner or daemon: what libcurl and the connections cost, beyond which no
  /// store can go.
  func runBare() async throws {
    let transport = transport
    let parcel = Parcel(
      destination: .mail(from: "a@xa.example", to: "b@xa.example"),
      bytes: SendingScene.mail(bytes: size ?? 4096)
    )
    let before = processorSeconds()
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<connections {
        group.addTask {
          for _ in stride(from: number, to: messages, by: connections) {
            guard await transport.deliver(parcel).outcome == .accepted else { throw NotAllAccepted() }
          }
        }
      }
      try await group.waitForAll()
    }
    let seconds = (ContinuousClock.now - start).inSeconds
    print(figure("mails by the transport alone, \(connections) connections", seconds, count: messages))
    print("  processor time a message: \(Int((processorSeconds() - before) / Double(messages) * 1e6)) µs")
    await transport.shutDown(grace: 1)
  }

  private struct NotAllAccepted: Error {}

  private var name: String {
    let form = size.map { "\($0) bytes" } ?? "rendered"
    return switch way {
    case .smtp: "mails, \(form), \(connections) connections"
    case .webhook: "webhooks, \(form), \(connections) connections"
    }
  }

  private func channel(onFirst: @escaping @Sendable () -> Void) -> Channel {
    Channel(
      name: "mail",
      form: form,
      transport: WatchedTransport(transport, substitute: substitute, onDelivery: onFirst),
      letterhead: SendingScene.letterhead,
      width: connections
    )
  }

  private var transport: any Transport {
    switch way {
    case .smtp(let port):
      SMTPTransport(relay: SMTPRelay(host: "127.0.0.1", port: port, security: .plain, connections: connections))
    case .webhook:
      WebhookTransport(limits: SendingScene.limits(connections: connections))
    }
  }

  private var form: Channel.Form {
    guard size == nil else { return .unwritten }
    return switch way {
    case .smtp: .mail
    case .webhook(let url): .webhook(Endpoint(url: url))
    }
  }

  /// Ready bytes in place of rendered ones, as the public tools send.
  private var substitute: (@Sendable (Parcel) -> Parcel)? {
    guard let size else { return nil }
    switch way {
    case .smtp:
      let bytes = SendingScene.mail(bytes: size)
      return { Parcel(destination: $0.destination, bytes: bytes) }
    case .webhook(let url):
      let bytes = [UInt8](repeating: 0x78, count: size)
      let headers = ["content-type: application/json", "user-agent: nhachan", "webhook-id: 1", "webhook-timestamp: 1"]
      return { _ in Parcel(destination: .webhook(url: url, headers: headers), bytes: bytes) }
    }
  }
}

/// A store on disk, an office, and a clock that begins at the opening of the window.
struct SendingScene {
  let office: Office
  let folder: String
  let ledger: SQLiteLedger
  let start: Instant

  init(messages: Int) async throws {
    office = LargeConfiguration(tasks: messages, units: messages).office(due: 0)
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("nhachan-bench-\(getpid())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    ledger = try SQLiteLedger.open(path: "\(folder)/store.sqlite")
    start = office.zone.instant(LargeConfiguration.issued, office.policy.window.opens)
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  private var planner: Planner { Planner(office: office, domain: "xa.example", ledger: ledger) }

  /// One occurrence for each unit, assigned when the window opens.
  func adopt() async throws {
    _ = try await planner.adopt(now: start.adding(seconds: -60))
    try await ledger.setFact(office: office.id, Fact.machine, Arming.machineID())
    try await ledger.setArmed(true, office: office.id, by: "bench", reason: "bench", now: start)
  }

  /// One message for each unit, in the outbox.
  func fill() async throws {
    try await adopt()
    _ = try await planner.tick(now: start)
  }

  /// Runs the daemon until `body` has seen what it waits for.
  func run(
    _ channel: Channel,
    showing time: Instant,
    until body: @escaping @Sendable (SQLiteLedger, ShiftedClock) async throws -> Void
  ) async throws {
    let clock = ShiftedClock(showing: time)
    let thread = JoinableThread { clock.run() }
    let configuration = LoadedConfiguration(office: office, settings: settings)
    let daemon = try Daemon(
      ledger: ledger,
      clock: clock,
      notifier: SystemdNotifier(environment: [:]),
      logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() },
      storePath: nil,
      load: { configuration },
      makeChannels: { _ in [channel] }
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await daemon.run() }
      try await body(ledger, clock)
      kill(getpid(), SIGTERM)
      try await group.waitForAll()
    }
    clock.stop()
    thread?.join()
    try ledger.close()
  }

  private var settings: Settings {
    Settings(storePath: "\(folder)/store.sqlite", channels: [])
  }

  static let letterhead = Letterhead(
    officeName: "UBND xã",
    contact: "Văn phòng HĐND và UBND xã",
    zone: .vietNam,
    fromAddress: "nhachan@xa.example",
    fromName: "Nhắc việc UBND xã"
  )

  static func limits(connections: Int) -> WebhookLimits {
    var limits = WebhookLimits()
    limits.connectionsPerHost = connections
    limits.allowPrivateAddresses = true
    limits.allowPlainHTTP = true
    return limits
  }

  /// A mail of so many bytes, in lines.
  static func mail(bytes: Int) -> [UInt8] {
    let header = Array("Subject: bench\r\n\r\n".utf8)
    let line = [UInt8](repeating: 0x78, count: 62) + [13, 10]
    let lines = (0..<(bytes / line.count + 1)).flatMap { _ in line }
    return header + lines.prefix((bytes - header.count) / line.count * line.count)
  }
}

/// The machine's clock, put to another time of day.
final class ShiftedClock: WallClock {
  private let system = SystemClock()
  private let shift: Int64

  init(showing start: Instant) { shift = start.milliseconds - system.now().milliseconds }

  func now() -> Instant { system.now().adding(milliseconds: shift) }
  func ring(_ bell: Doorbell, at instant: Instant?) {
    system.ring(bell, at: instant.map { $0.adding(milliseconds: -shift) })
  }
  func begin() {}
  func end() {}
  func run() { system.run() }
  func stop() { system.stop() }
}

/// Tells of each delivery before it begins, and may put other bytes in its place.
struct WatchedTransport: Transport {
  private let inner: any Transport
  private let substitute: (@Sendable (Parcel) -> Parcel)?
  private let onDelivery: @Sendable () -> Void

  init(
    _ inner: any Transport,
    substitute: (@Sendable (Parcel) -> Parcel)?,
    onDelivery: @escaping @Sendable () -> Void
  ) {
    self.inner = inner
    self.substitute = substitute
    self.onDelivery = onDelivery
  }

  func deliver(_ parcel: Parcel) async -> DeliveryReport {
    onDelivery()
    return await inner.deliver(substitute?(parcel) ?? parcel)
  }

  func shutDown(grace: Double) async { await inner.shutDown(grace: grace) }
}

/// Seconds that this process has used on all processors.
func processorSeconds() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_utime.inSeconds + usage.ru_stime.inSeconds
}

extension timeval {
  fileprivate var inSeconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}

/// Puts messages into the outbox of a configured office, each for a recipient of its own and made today.
struct OutboxFilling {
  let config: String
  let store: String
  let messages: Int

  func run() async throws {
    let office = try ConfigurationLoader.load(directory: config).office
    let ledger = try SQLiteLedger.open(path: store)
    let scene = LargeConfiguration(tasks: 1000, units: 1000).office(due: 0)
    let now = SystemClock().now()
    let samples = scene.occurrences(through: Office.horizon(on: LargeConfiguration.issued))
    for start in stride(from: 0, to: messages, by: 1000) {
      let batch = (start..<min(start + 1000, messages)).map { message($0, about: samples[$0 % 1000], office, now) }
      _ = try await ledger.enqueue(OutboxPlan(messages: batch), office: office.id, now: now)
    }
    try ledger.close()
  }

  private func message(_ number: Int, about sample: Occurrence, _ office: Office, _ now: Instant) -> Message {
    var occurrence = sample
    occurrence.id = "\(number)/\(sample.id)"
    let address = "nguoi-\(number)@xa.example"
    let notice = Notice(
      occurrence: occurrence.id,
      step: "0wd",
      kind: .dueToday,
      recipient: address,
      channel: "mail",
      round: 0
    )
    return Message(
      messageID: MessageIdentity.messageID(
        office: office.id,
        channel: "mail",
        recipient: address,
        keys: [notice.key],
        domain: "xa.example"
      ),
      office: office.id,
      channel: "mail",
      recipient: Recipient(
        address: address,
        name: "Đơn vị \(number)",
        unit: sample.unit,
        language: .vietnamese,
        channels: ["mail"]
      ),
      kind: .dueToday,
      createdAt: now,
      today: office.zone.civil(now).date,
      content: .notices([entry(occurrence, notice, office.zone.civil(now).date)])
    )
  }

  private func entry(_ occurrence: Occurrence, _ notice: Notice, _ today: CivilDate) -> Message.Entry {
    Message.Entry(
      occurrence: occurrence,
      notice: notice,
      role: .lead,
      state: .dueToday,
      workingDaysLeft: 0,
      isLate: false,
      scheduledFor: today,
      urgings: 0,
      draftsLetter: false,
      unitName: occurrence.unit,
      coordinatingNames: [],
      coLeadNames: []
    )
  }
}
