internal import Deadlines
internal import Ledger
internal import Messages

/// Asks the ledger what could not be delivered, the teller who has to hear of it, and puts that into the outbox.
///
/// Decides nothing itself.
struct Aftermath: Sendable {
  private let office: String
  private let rules: TellingRules
  private let teller: Teller
  private let ledger: any Ledger

  init(schedule: Schedule, domain: String, rules: TellingRules, ledger: any Ledger) {
    office = schedule.office.id
    self.rules = rules
    teller = Teller(schedule: schedule, domain: domain, rules: rules)
    self.ledger = ledger
  }

  /// Tells whatever may be told at `now`, and says when there will be something again.
  func tell(now: Instant) async throws -> PlannerTick {
    let troubles = try await ledger.troubles(
      office: office,
      channels: rules.channels,
      since: now.adding(seconds: -rules.rest)
    )
    let plan = teller.plan(troubles, now: now)
    let stored = plan.isEmpty ? [] : try await ledger.tell(plan, office: office, now: now)
    return PlannerTick(messages: stored, next: plan.next)
  }
}
