// When messages may leave (behaviour 3.3): working days, between the opening and the closing of the window.

extension Schedule {
  /// True while messages may leave.
  public func isOpen(at now: Instant) -> Bool {
    let civil = office.zone.civil(now)
    return office.calendar.isWorkingDay(civil.date) && civil.time >= office.policy.window.opens
      && civil.time < office.policy.window.closes
  }

  /// `now` itself while the window is open, else its next opening.
  public func opening(onOrAfter now: Instant) -> Instant { isOpen(at: now) ? now : nextOpening(after: now) }

  /// The first opening of the window later than `now`.
  public func nextOpening(after now: Instant) -> Instant {
    let today = office.zone.civil(now).date
    let first = office.calendar.rollForward(today)
    let opening = office.zone.instant(first, office.policy.window.opens)
    if opening > now { return opening }
    let next = office.calendar.adding(workingDays: 1, to: first)
    return office.zone.instant(next, office.policy.window.opens)
  }
}
