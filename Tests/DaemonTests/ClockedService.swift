import Configuration
import Deadlines
import Delivery
import Ledger
import Messages
import TestSupport

@testable import Daemon

/// A service beside a clock that may be wrong: the truth goes on evenly, the clock on the wall shows what it is set to.
///
/// Runs the daemon's own start, looks and passes, one after the other, from one wake to the next.
final class ClockedService {
  typealias Timed = (at: Instant, event: Event)

  enum Event {
    /// From here on the clock shows so many seconds more than the truth; wakes everything, as the kernel does.
    case clock(Int64)
    /// The service ends at once, and starts at the next `start`.
    case crash
    /// Ends at once while a message is on its way, and nobody knows whether it arrived.
    case crashWhileSending
    case start
    case arm
    case answer(Answer.Kind, String)
    /// The relay answers nobody, or everybody again.
    case relay(works: Bool)
  }

  struct Told: Hashable {
    var truth: Instant
    var shown: Instant
    var message: Message
  }

  let office: Office
  let ledger: SQLiteLedger
  private(set) var told: [Told] = []
  /// Why messages were held at the latest look.
  private(set) var held: String?
  private var truth: Instant
  private var offset: Int64 = 0
  private var isUp = false
  private let clock: TurnedClock
  private let transport = RecordingTransport()
  private let daemon: Daemon

  init(_ office: Office, from start: Instant, holdAfterDays: Int = 7) async throws {
    self.office = office
    truth = start
    ledger = try SQLiteLedger.inMemory()
    clock = TurnedClock(start)
    let configuration = LoadedConfiguration(
      office: office,
      settings: Settings(channels: [], catchUp: CatchUp(holdAfterSilenceDays: holdAfterDays))
    )
    daemon = try Daemon(
      ledger: ledger,
      clock: clock,
      notifier: SystemdNotifier(environment: [:]),
      logger: quiet,
      storePath: nil,
      load: { configuration },
      makeChannels: { _ in [] },
      jitter: { 0 }
    )
    try await ledger.setFact(office: office.id, Fact.machine, Arming.machineID())
    try await ledger.setFact(office: office.id, Fact.heartbeat, "\(start.milliseconds)")
    try await ledger.setArmed(true, office: office.id, by: "test", reason: "test", now: start)
    try await startService()
  }

  private var shown: Instant { truth.adding(seconds: offset) }
  private var schedule: Schedule { Schedule(office) }

  /// Goes on to `end`, with what happens on the way, by the truth.
  func run(to end: Instant, _ events: [Timed] = []) async throws {
    var events = events.sorted { $0.at < $1.at }[...]
    while truth < end {
      let wake = try await isUp ? look() : nil
      let next = [wake?.adding(seconds: -offset), events.first?.at, end].compactMap(\.self).min() ?? end
      truth = max(next, truth.adding(milliseconds: 1))
      while let event = events.first, event.at <= truth {
        events.removeFirst()
        try await happen(event.event)
      }
    }
    if isUp { _ = try await look() }
  }

  private func startService() async throws {
    clock.set(shown)
    try await daemon.start()
    isUp = true
  }

  private func happen(_ event: Event) async throws {
    switch event {
    case .clock(let seconds): offset = seconds
    case .crash: isUp = false
    case .crashWhileSending:
      // Whatever waits, due or not: it is in somebody's hands when that somebody ends.
      let later = shown.adding(seconds: 86_400)
      _ = try await ledger.claim(office: office.id, channels: ["mail"], limit: 1, now: later, lease: 2460)
      isUp = false
    case .start: try await startService()
    case .arm: try await ledger.setArmed(true, office: office.id, by: "admin", reason: "looked at it", now: shown)
    case .answer(let kind, let id):
      _ = try await ledger.answer(
        Answer(kind, by: "test"),
        office: office.id,
        occurrences: [id],
        now: shown,
        schedule: try await ledger.schedule(of: office).steps(at: shown)
      )
    case .relay(let works):
      let silence = DeliveryReport(outcome: .deferred, reply: "connection refused", curlCode: 7)
      transport.willAnswer(works ? [] : Array(repeating: silence, count: 100_000))
    }
  }

  /// One look and one pass; when, by the clock on the wall, to look again.
  private func look() async throws -> Instant {
    let now = shown
    clock.set(now)
    held = try await daemon.checkArming(now: now)
    let tick = try await daemon.current.withLock { $0.planner }.tick(now: now)
    let (truth, kept) = (self.truth, Locked<[Told]>([]))
    let dispatcher = Dispatcher(
      office: office.id,
      channel: channel,
      ledger: ledger,
      courier: Courier(schedule: schedule, backoff: .standard, jitter: { 0 }),
      schedule: schedule,
      logger: quiet,
      onSettled: { settlement, now in
        guard settlement.next == .accepted else { return }
        kept.withLock { $0.append(Told(truth: truth, shown: now, message: settlement.claim.message)) }
      }
    )
    _ = try await dispatcher.pass(now: now)
    told += kept.withLock { $0 }
    _ = await daemon.dropTextsIfArmed(held == nil, now: now)
    let wakes = [tick.next, try await dispatcher.nextPass(after: now), now.adding(seconds: 86_400)]
    return wakes.compactMap(\.self).min() ?? now
  }

  private var channel: Channel {
    Channel(
      name: "mail",
      form: .unwritten,
      transport: transport,
      letterhead: Letterhead(
        officeName: office.name,
        contact: office.contact,
        zone: office.zone,
        fromAddress: "nhachan@xa.example",
        fromName: office.name
      ),
      width: 4
    )
  }

  // MARK: What came of it

  /// Keys of all notices that arrived, digests by their number.
  var arrived: [String] { Self.keys(told) }

  static func keys(_ told: [Told]) -> [String] {
    told.flatMap { told in
      told.message.kind == .digest ? [told.message.messageID] : told.message.notices.map(\.key)
    }
  }

  /// What arrived, was passed over for it, or had nothing left to say.
  func accounted() async throws -> Set<String> {
    let passed = try await ledger.allTracked(office: office.id).flatMap { tracked in
      tracked.progress.given.filter(\.isSuperseded).map { notice in
        Notice(
          occurrence: tracked.occurrence.id,
          step: notice.step,
          kind: notice.kind,
          recipient: notice.recipient,
          channel: notice.channel,
          round: notice.round
        ).key
      }
    }
    return Set(arrived + passed)
  }

  /// Occurrences with a step whose time is past and that nobody was told of.
  func forgotten() async throws -> [String] {
    let (schedule, now) = (try await ledger.schedule(of: office), shown)
    return try await ledger.allTracked(office: office.id).filter { tracked in
      schedule.decide(tracked, now: now).due.isEmpty == false
    }.map(\.occurrence.id)
  }

  /// `recipient day`, as often as somebody was told something besides escalations and settled problems on one true day.
  var tellings: [String: Int] {
    told.filter { $0.message.notices.contains { !Grouping.mayNotWait($0.kind) } }
      .reduce(into: [:]) {
        $0["\($1.message.recipient.address) \(office.zone.civil($1.truth).date)", default: 0] += 1
      }
  }
}
