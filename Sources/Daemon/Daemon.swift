internal import CLinux
public import Configuration
internal import Deadlines
internal import Delivery
public import Ledger
public import Logging
internal import Messages
internal import ServiceLifecycle
internal import UnixSignals

/// What the loops work with at one time; replaced as a whole by a reload.
struct Generation: Sendable {
  var configuration: LoadedConfiguration
  var planner: Planner
  var channels: [Channel]
  var courier: Courier
  var number: Int
}

/// The service: a planner, a dispatcher per channel, a reloader, a watchdog; started in order, stopped in reverse.
public struct Daemon: Sendable {
  let ledger: any Ledger
  let clock: any WallClock
  let notifier: SystemdNotifier
  let logger: Logger
  let load: @Sendable () throws -> LoadedConfiguration
  let makeChannels: @Sendable (LoadedConfiguration) throws -> [Channel]
  let plannerBell = Doorbell()
  let dispatchBell = Doorbell()
  /// One for each channel's dispatcher, of the generation in force.
  let channelBells = Locked<[Doorbell]>([])
  /// How many messages of each channel have just left, by the channel's name: a reload does not begin anew.
  private let paces = Locked<[String: Locked<Pace>]>([:])
  /// What a reload has read and the planner has not adopted yet.
  let waiting = Locked<Generation?>(nil)
  private let lastHeld = Locked<String?>(nil)
  /// Rung whenever the record may have grown.
  let sealBell = Doorbell()
  let seal: StoreSeal?
  /// What the seal says, once this process has written it.
  let sealed = Locked<RecordMark?>(nil)
  let sealErrors = Locked(RepeatedErrors())
  let trouble: StoreTrouble
  private let storeIdentity: StoreIdentity?
  let current: Locked<Generation>
  /// Beside it the store's bell is watched; nil in tests without a file.
  let storePath: String?
  /// The folder that `load` reads; a copy of what is in force is kept beside the store.
  let configPath: String?
  private let jitter: @Sendable () -> Double

  /// A service that reads its configuration by `load` at every reload, and now unless it was `read` before.
  ///
  /// `makeChannels` turns settings into ways out, `jitter` gives numbers in 0..<1. Throws what `load` and
  /// `makeChannels` throw.
  public init(
    ledger: any Ledger,
    clock: any WallClock,
    notifier: SystemdNotifier,
    logger: Logger,
    storePath: String?,
    configPath: String? = nil,
    storeLock: StoreLock? = nil,
    read: LoadedConfiguration? = nil,
    load: @escaping @Sendable () throws -> LoadedConfiguration,
    makeChannels: @escaping @Sendable (LoadedConfiguration) throws -> [Channel] = { try Channels.make($0) },
    jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) throws {
    self.ledger = ledger
    self.clock = clock
    self.notifier = notifier
    self.logger = logger
    self.storePath = storePath
    storeIdentity = storePath.flatMap { StoreIdentity(path: $0) }
    seal = storePath.map { StoreSeal(store: $0) }
    trouble = StoreTrouble(lock: storeLock, notifier: notifier, logger: logger)
    self.configPath = configPath
    self.load = load
    self.makeChannels = makeChannels
    self.jitter = jitter
    let configuration = try read ?? load()
    let channels = try makeChannels(configuration)
    current = Locked(Self.generation(1, configuration, channels, ledger, jitter))
  }

  private static func generation(
    _ number: Int,
    _ configuration: LoadedConfiguration,
    _ channels: [Channel],
    _ ledger: any Ledger,
    _ jitter: @escaping @Sendable () -> Double
  ) -> Generation {
    let office = configuration.office
    return Generation(
      configuration: configuration,
      planner: Planner(
        office: office,
        domain: Channels.domain(configuration),
        ledger: ledger,
        telling: configuration.settings.telling,
        reading: configuration.fingerprint.map { "\($0) by \(Program.fingerprint)" }
      ),
      channels: channels,
      courier: Courier(schedule: Schedule(office), backoff: configuration.settings.backoff, jitter: jitter),
      number: number
    )
  }

  /// Runs until SIGTERM or SIGINT; returns once everything in flight has ended or was given back.
  ///
  /// A signal during the start is a clean end too: an adoption is one transaction, made or made again at the next start.
  public func run() async throws {
    let services: [any Service] = self.services + [ReloadService(daemon: self)]
    var configuration = ServiceGroupConfiguration(
      services: services.map { service in
        ServiceGroupConfiguration.ServiceConfiguration(
          service: service,
          successTerminationBehavior: .gracefullyShutdownGroup,
          failureTerminationBehavior: .gracefullyShutdownGroup
        )
      },
      logger: logger
    )
    configuration.maximumGracefulShutdownDuration = .seconds(60)
    let group = ServiceGroup(configuration: configuration)
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    let told = Doorbell()
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      // One for the whole run: what traps a signal has one listener, and none may be lost in between.
      tasks.addTask {
        for await _ in signals {
          told.ring()
          await group.triggerGracefulShutdown()
        }
      }
      defer { tasks.cancelAll() }
      if try await start(until: told) { try await serve(group) }
    }
  }

  /// False when it was told to end before it had started.
  private func start(until told: Doorbell) async throws -> Bool {
    let isTold = Locked(false)
    return try await withThrowingTaskGroup(of: Bool.self) { tasks in
      tasks.addTask {
        do {
          try await start()
          return true
        } catch  where isTold.withLock({ $0 }) {
          return false
        }
      }
      tasks.addTask {
        await told.wait()
        isTold.withLock { $0 = true }
        return false
      }
      defer { tasks.cancelAll() }
      let isStarted = try await tasks.next() ?? false
      if !isStarted { notifier.stopping() }
      return isStarted
    }
  }

  /// Runs with a group of the caller's making, as tests do.
  func run(_ group: ServiceGroup) async throws {
    try await start()
    try await serve(group)
  }

  private func serve(_ group: ServiceGroup) async throws {
    let threads = startThreads()
    defer { threads.stop() }
    try await group.run()
    await keepSeal()
  }

  var services: [any Service] {
    let sealing: [any Service] = seal == nil ? [] : [SealService(daemon: self)]
    return sealing + [DispatchService(daemon: self), PlannerService(daemon: self)]
  }

  // MARK: Start

  /// Adopts the plans and says whether messages may leave.
  func start() async throws {
    let now = clock.now()
    let generation = current.withLock { $0 }
    let held = try await checkArming(now: now, seal: seal?.read(office: generation.configuration.office.id) ?? .none)
    try await takeBackClaims(generation, now: now)
    let adoption = try await generation.planner.adopt(now: now)
    haveAdopted(adoption)
    // Told to end meanwhile: nobody is to hear that it is ready after it has said that it stops.
    try Task.checkCancellation()
    keepCopy()
    notifier.ready(held.map { "holding all messages: \($0); say `nhachan arm`" } ?? "watching")
  }

  /// No other service runs on the store (`StoreLock`), so what is claimed was in the hands of one that crashed.
  private func takeBackClaims(_ generation: Generation, now: Instant) async throws {
    let office = generation.configuration.office
    let retryAt = Schedule(office).opening(onOrAfter: now.adding(seconds: Courier.unknownWait))
    let count = try await ledger.takeBackClaims(office: office.id, retryAt: retryAt, now: now)
    guard count > 0 else { return }
    logger.warning(
      "messages were on their way when the service ended; they may have arrived and are sent again",
      metadata: ["count": "\(count)"]
    )
  }

  /// The C library keeps what a large adoption needed for once, and the service runs on for months.
  private func giveBackMemory(after adoption: Adoption) {
    if adoption.appeared.count + adoption.moved.count > 10_000 { malloc_trim(0) }
  }

  func haveAdopted(_ adoption: Adoption) {
    log(adoption)
    giveBackMemory(after: adoption)
  }

  /// Commands can do without the copy; the service goes on.
  private func keepCopy() {
    guard let storePath, let configPath else { return }
    do {
      try LastGoodConfiguration.save(configPath, beside: storePath)
    } catch {
      logger.warning("no copy of the configuration was kept", metadata: ["error": "\(error)"])
    }
  }

  private func log(_ adoption: Adoption) {
    logger.notice(
      "plans adopted",
      metadata: [
        "appeared": "\(adoption.appeared.count)", "moved": "\(adoption.moved.count)",
        "vanished": "\(adoption.vanished.count)", "backfill": "\(adoption.backfill.count)",
      ]
    )
  }

  // MARK: Reload

  func pace(of channel: Channel) -> Locked<Pace> {
    let pace = paces.withLock { paces in
      let pace = paces[channel.name] ?? Locked(Pace(perMinute: channel.perMinute))
      paces[channel.name] = pace
      return pace
    }
    pace.withLock { $0.perMinute = channel.perMinute }
    return pace
  }

  /// Reads the configuration again; a broken one keeps the one in force and says so.
  ///
  /// A good one is handed to the planner, which alone adopts: an adoption beside a look would have its next steps
  /// overwritten by what the look had read before.
  func reload() async {
    notifier.reloading()
    do {
      let configuration = try load()
      let before = current.withLock { $0 }
      guard configuration.office.id == before.configuration.office.id else { throw OfficeChanged() }
      let isSameWay =
        configuration.settings.channels == before.configuration.settings.channels && !usesSecrets(configuration)
      let channels =
        isSameWay ? Channels.readdressed(before.channels, configuration) : try makeChannels(configuration)
      let next = Self.generation(before.number + 1, configuration, channels, ledger, jitter)
      waiting.withLock { $0 = next }
    } catch {
      logger.error("configuration not reloaded, the old one stays in force", metadata: ["problems": "\(error)"])
      await keepProblem("\(error)")
      notifier.ready(String("the new configuration is broken, the old one stays in force: \(error)".prefix(400)))
    }
    plannerBell.ring()
  }

  /// Adopts what a reload has read; called by the planner between two looks.
  ///
  /// - Returns: False when it has to be tried again.
  @discardableResult
  func applyReload() async -> Bool {
    guard let next = waiting.withLock({ $0 }) else {
      trouble.isOver(of: .reload)
      return true
    }
    do {
      let adoption = try await next.planner.adopt(now: clock.now())
      haveAdopted(adoption)
      waiting.withLock { if $0?.number == next.number { $0 = nil } }
      let before = current.withLock { $0 }
      current.withLock { $0 = next }
      keepCopy()
      try await probeHeldChannels(next, changedSince: before)
      await keepProblem("")
      logger.notice("configuration reloaded")
      notifier.ready("watching")
      trouble.isOver(of: .reload)
      dispatchBell.ring()
      return true
    } catch {
      // The old one goes on; the planner tries again after a pause.
      trouble.note(error, "the new configuration could not be adopted yet", of: .reload, now: clock.now())
      return false
    }
  }

  /// Somebody has seen to the settings: what is held is tried at once, an endpoint that is gone (410) only when its own
  /// settings have changed.
  private func probeHeldChannels(_ next: Generation, changedSince before: Generation) async throws {
    let now = clock.now()
    let office = next.configuration.office.id
    for channel in next.configuration.settings.channels {
      var state = try await ledger.channelState(office: office, channel: channel.name)
      let hasChanged = before.configuration.settings.channel(channel.name) != channel
      guard state.isHeld, hasChanged || state.probeAt != nil else { continue }
      state.probeAt = min(state.probeAt ?? now, now)
      try await ledger.setChannelState(state, office: office, channel: channel.name, now: now)
    }
  }

  /// Holds everything again when the machine slept for a week or the store woke up elsewhere, and lets nothing wait for
  /// a clock that was ahead; notes that it lives.
  ///
  /// - Returns: Why messages are held, nil when they may leave.
  func checkArming(now: Instant, seal: StoreSeal.Reading = .none) async throws -> String? {
    let generation = current.withLock { $0 }
    if let before = try await ledger.noticeClockSetBack(office: generation.configuration.office.id, now: now) {
      logger.warning(
        "the clock was set back; steps and retries are worked out again",
        metadata: ["seconds": "\(before.seconds - now.seconds)"]
      )
    }
    let held = try await Arming.check(
      ledger,
      office: generation.configuration.office.id,
      machine: Arming.machineID(),
      holdAfterDays: generation.configuration.settings.catchUp.holdAfterSilenceDays,
      now: now,
      seal: seal
    )
    let isNews = lastHeld.withLock { last in
      defer { last = held }
      return last != held
    }
    if let held, isNews { logger.warning("messages are held until `nhachan arm`", metadata: ["reason": "\(held)"]) }
    return held
  }

  /// Throws once the store's file is no longer the one that was opened.
  func checkStore() throws {
    guard let storePath, let storeIdentity else { return }
    guard StoreIdentity(path: storePath) == storeIdentity else { throw StoreReplaced(path: storePath) }
  }

  private func keepProblem(_ text: String) async {
    let office = current.withLock { $0.configuration.office.id }
    do {
      try await ledger.setFact(office: office, Fact.reloadProblem, text)
    } catch {
      logger.error("the reload's outcome could not be kept", metadata: ["error": "\(error)"])
    }
  }

  /// Secrets may have been rotated behind the same name.
  private func usesSecrets(_ configuration: LoadedConfiguration) -> Bool {
    configuration.settings.channels.contains { channel in
      switch channel.kind {
      case .smtp(let smtp): smtp.relays.contains { $0.password != nil }
      case .webhook(let webhook): !webhook.secrets.isEmpty || !webhook.otherSecrets.isEmpty
      }
    }
  }

  private struct OfficeChanged: Error, CustomStringConvertible {
    var description: String { "the office's id has changed; restart the service with another store for another office" }
  }

  // MARK: Threads

  struct Threads {
    var stop: () -> Void
  }

  private func startThreads() -> Threads {
    let system = clock as? SystemClock
    let ticking = system.flatMap { clock in JoinableThread { clock.run() } }
    let watcher = storePath.flatMap { StoreBell.Watcher(store: $0, bells: [plannerBell, dispatchBell]) }
    let watching = watcher.flatMap { watcher in JoinableThread { watcher.run() } }
    return Threads {
      system?.stop()
      watcher?.stop()
      ticking?.join()
      watching?.join()
    }
  }
}
