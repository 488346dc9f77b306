internal import Configuration
internal import Deadlines
internal import Delivery
internal import Ledger
internal import Logging
internal import Messages
internal import ServiceLifecycle
internal import UnixSignals

/// The planner's loop: looks, rings the dispatchers, sleeps until the next step.
struct PlannerService: Service {
  let daemon: Daemon

  func run() async throws {
    let stopping = Locked(false)
    var pauses = Pauses()
    try await withGracefulShutdownHandler {
      while !stopping.withLock({ $0 }) && !Task.isCancelled {
        try daemon.checkStore()
        daemon.clock.begin()
        await look(&pauses)
        daemon.sealBell.ring()
        daemon.clock.end()
        await daemon.plannerBell.wait()
      }
      daemon.clock.ring(daemon.plannerBell, at: nil)
    } onGracefulShutdown: {
      stopping.withLock { $0 = true }
      daemon.plannerBell.ring()
    }
  }

  /// One for looks that fail, one for a reload that cannot be adopted while looks go on.
  private struct Pauses {
    var look = RetryPause()
    var reload = RetryPause()
  }

  private func look(_ pauses: inout Pauses) async {
    let now = daemon.clock.now()
    let isApplied = await daemon.applyReload()
    let planner = daemon.current.withLock { $0.planner }
    do {
      let held = try await daemon.checkArming(now: now)
      let tick = try await planner.tick(now: now)
      if let adoption = tick.adoption { daemon.haveAdopted(adoption) }
      if !tick.messages.isEmpty {
        daemon.logger.notice("messages planned", metadata: ["count": "\(tick.messages.count)"])
      }
      log(tick.stranded)
      daemon.dispatchBell.ring()
      // While somebody else's trouble lasts it is looked again soon, to say when it is over.
      let lasts = daemon.trouble.lastsBesidesPlanner(channels: daemon.current.withLock { $0.channels }, now: now)
      daemon.trouble.isOver(of: .planner)
      pauses.look.reset()
      if isApplied { pauses.reload.reset() }
      if !lasts { tellSystemd(planner, isHeld: held != nil, next: tick.next) }
      if let fault = tick.untold {
        daemon.logger.error(
          "no digest, no word of troubles, or nothing taken back from a channel that is gone; tried again later",
          metadata: ["error": "\(fault)"]
        )
      }
      // At least once a day, so that the store always knows that the service lives.
      let latest = await daemon.dropTextsIfArmed(held == nil, now: now) ?? now.adding(seconds: 86_400)
      let again = isApplied ? (lasts ? 60 : 86_400) : pauses.reload.next()
      daemon.clock.ring(daemon.plannerBell, at: min(tick.next ?? latest, latest, now.adding(seconds: again)))
    } catch {
      daemon.notifier.status("planning fails and is tried again: \(error)")
      daemon.trouble.note(error, "planning failed and is tried again", of: .planner, now: now)
      daemon.clock.ring(daemon.plannerBell, at: now.adding(seconds: pauses.look.next()))
    }
  }
}

extension PlannerService {
  private func log(_ stranded: [String: Int]) {
    guard !stranded.isEmpty else { return }
    daemon.logger.warning(
      "messages waited for a channel that is no longer configured; they were taken back, and what they say is planned anew",
      metadata: [
        "count": "\(stranded.values.reduce(0, +))", "channels": "\(stranded.keys.sorted().joined(separator: " "))",
      ]
    )
  }

  private func tellSystemd(_ planner: Planner, isHeld: Bool, next: Instant?) {
    let look = next.map { "next look \(planner.office.zone.civil($0).rfc3339)" } ?? "nothing to come"
    daemon.notifier.status(isHeld ? "holding all messages until `nhachan arm`" : look)
  }
}

/// One dispatcher per channel; started anew when a reload changes the channels.
struct DispatchService: Service {
  let daemon: Daemon

  func run() async throws {
    let stopping = Locked(false)
    await withGracefulShutdownHandler {
      while !stopping.withLock({ $0 }) && !Task.isCancelled { await runGeneration(stopping: stopping) }
    } onGracefulShutdown: {
      stopping.withLock { $0 = true }
      daemon.notifier.stopping()
      daemon.dispatchBell.ring()
    }
  }

  private func runGeneration(stopping: Locked<Bool>) async {
    let generation = daemon.current.withLock { $0 }
    let isLeaving = { @Sendable in stopping.withLock { $0 } || Task.isCancelled }
    let isOver = { @Sendable in isLeaving() || daemon.current.withLock { $0.number } != generation.number }
    let bells = generation.channels.map { _ in Doorbell() }
    daemon.channelBells.withLock { $0 = bells }
    await withTaskGroup(of: Void.self) { group in
      for (channel, bell) in zip(generation.channels, bells) {
        let dispatcher = dispatcher(for: channel, generation)
        group.addTask {
          await dispatcher.run(bell: bell, clock: daemon.clock, isStopping: isOver, isLeaving: isLeaving)
        }
      }
      while !isOver() {
        await daemon.dispatchBell.wait()
        for bell in bells { bell.ring() }
      }
      for bell in bells { bell.ring() }
      // What is in flight may end, but a silent relay must not hold the service: it is cut off after the grace.
      if stopping.withLock({ $0 }) { await shutDown(generation.channels) }
    }
    let kept = daemon.current.withLock { $0.number } == generation.number ? [] : daemon.current.withLock { $0.channels }
    await shutDown(generation.channels.filter { channel in !kept.contains { $0.isSame(as: channel) } })
    // What ended just now may wait for a channel that is no longer there.
    daemon.plannerBell.ring()
  }

  private func dispatcher(for channel: Channel, _ generation: Generation) -> Dispatcher {
    let office = generation.configuration.office
    var dispatcher = Dispatcher(
      office: office.id,
      channel: channel,
      ledger: daemon.ledger,
      courier: generation.courier,
      schedule: Schedule(office),
      logger: daemon.logger,
      onSettled: { _, _ in daemon.sealBell.ring() },
      onTrouble: { daemon.plannerBell.ring() }
    )
    dispatcher.digestAnew = { generation.planner.digestAnew($0, for: $1) }
    dispatcher.trouble = daemon.trouble.of(.dispatcher(channel.name))
    // The planner looks until it is over, also when the dispatcher has nothing more to do.
    dispatcher.trouble?.onFirst = { daemon.plannerBell.ring() }
    dispatcher.pace = daemon.pace(of: channel)
    return dispatcher
  }

  private func shutDown(_ channels: [Channel]) async {
    for channel in channels { await channel.transport.shutDown(grace: 20) }
  }
}

extension Channel {
  /// The same way out, carried over by a reload that changed nothing about it.
  fileprivate func isSame(as other: Channel) -> Bool {
    (transport as AnyObject) === (other.transport as AnyObject)
  }
}

/// SIGHUP reloads; the watchdog is fed while the planner's clock answers.
struct ReloadService: Service {
  let daemon: Daemon

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await reloadOnSignal() }
      group.addTask { await feedWatchdog() }
      try await group.waitForAll()
    }
  }

  private func reloadOnSignal() async {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    for await _ in signals.cancelOnGracefulShutdown() { await daemon.reload() }
  }

  /// Half the time systemd allows (sd_watchdog_enabled(3)), and only while the store still answers.
  private func feedWatchdog() async {
    guard let allowed = daemon.notifier.watchdogMicroseconds else { return }
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        let office = daemon.current.withLock { $0.configuration.office.id }
        if (try? await daemon.ledger.isArmed(office: office)) != nil { daemon.notifier.alive() }
        try? await Task.sleep(for: .microseconds(allowed / 2))
      }
    }
  }
}
