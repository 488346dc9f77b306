/// One step of an occurrence's ladder, seen at one moment: when it is, whom it tells, and what becomes of it.
public struct StepOutlook: Sendable, Hashable {
  public enum Fate: Sendable, Hashable {
    /// Put into a message for somebody.
    case given
    /// A later step was given in its place.
    case superseded
    /// Its time has come, and the next look takes it up.
    case due
    case toCome
    case notNeeded(Reason)
  }

  /// Why a step of the ladder is not given.
  public enum Reason: String, Sendable, Hashable, Codable {
    /// It was past when the plan was adopted: the notice of assignment stands for it.
    case pastAtAdoption
    /// For limits of more than a month only.
    case shortLimit
    case acknowledged
    /// Another occurrence of the task carries the notice of assignment.
    case assignedWithAnother
    /// Past its time, and everybody whom it tells has been told something later.
    case toldLater
    /// Long due already when somebody said that it is still open: it is urged, not assigned.
    case reopened
    case done
    /// Past when the plan was first loaded, and nobody has said what became of it.
    case backfill
    case undated
  }

  public var step: LadderStep
  /// Nil where the step has no day.
  public var at: Instant?
  public var recipients: [Recipient]
  public var fate: Fate
}

extension Schedule {
  /// Every step of the occurrence's ladder, also those that are not given, each with what becomes of it.
  public func outlook(of tracked: TrackedOccurrence, now: Instant) -> [StepOutlook] {
    office.policy.ladder(tracked.occurrence.ladder).steps.map { step in
      let at = time(of: step, tracked)
      return StepOutlook(
        step: step,
        at: at,
        recipients: recipients(of: step, tracked.occurrence).map(\.recipient),
        fate: fate(of: step, at: at, tracked, now: now)
      )
    }
  }

  private func fate(of step: LadderStep, at time: Instant?, _ tracked: TrackedOccurrence, now: Instant)
    -> StepOutlook.Fate
  {
    let given = tracked.progress.given.filter { $0.step == step.id && $0.round == tracked.progress.round }
    if given.contains(where: { !$0.isSuperseded }) { return .given }
    if !given.isEmpty { return .superseded }
    if let reason = reasonAgainst(step, at: time, tracked) { return .notNeeded(reason) }
    guard let time else { return .notNeeded(.undated) }
    guard time <= now else { return .toCome }
    // What the planner would do is asked of the same function.
    let isDue = decide(tracked, now: now).due.contains { $0.step.id == step.id }
    return isDue ? .due : .notNeeded(.toldLater)
  }

  private func reasonAgainst(_ step: LadderStep, at time: Instant?, _ tracked: TrackedOccurrence)
    -> StepOutlook.Reason?
  {
    let progress = tracked.progress
    let done: StepOutlook.Reason? = progress.completion == nil ? nil : .done
    if progress.isBackfill { return done ?? .backfill }
    if step.when == .adoption {
      if !tracked.occurrence.carriesAssignment { return .assignedWithAnother }
      return progress.isReopenedBackfill ? .reopened : done
    }
    if step.onlyLongLimits && !tracked.occurrence.isLongLimit { return .shortLimit }
    if step.unlessAcknowledged && progress.acknowledgedAt != nil { return .acknowledged }
    guard let time, time < progress.adoptedAt, !progress.isReopenedBackfill else { return done }
    return .pastAtAdoption
  }
}
