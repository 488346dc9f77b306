public import Deadlines
public import Ledger

// The pure schedule, seen from the store.
extension Schedule: StepClock {
  /// Next steps as they stand at `now`, whatever a clock that was ahead has noted.
  public func steps(at now: Instant) -> some StepClock { StepsNow(schedule: self, now: now) }
}

extension Ledger {
  /// The office's schedule, which knows when the clock was last set back.
  public func schedule(of office: Office) async throws -> Schedule {
    var schedule = Schedule(office)
    schedule.clockSetBackAt = try await moment(office: office.id, Fact.clockSetBackAt)
    return schedule
  }
}

private struct StepsNow: StepClock {
  let schedule: Schedule
  let now: Instant

  func nextStep(for tracked: TrackedOccurrence) -> Instant? { schedule.nextStep(for: schedule.seen(tracked, at: now)) }
}
