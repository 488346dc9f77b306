// When the chair's digest goes (behaviour 3.9): every Monday at the opening of the window, the next working day if
// that is off, and on the first working day after data are closed.

/// One day on which a digest goes, and why.
public struct DigestSlot: Sendable, Hashable {
  public var at: Instant
  public var day: CivilDate
  /// The month whose data were closed just before, when that is the reason: 3, 6, 9 or 12.
  public var closedMonth: Int?
}

extension Schedule {
  /// The first digest later than `instant`.
  public func nextDigest(after instant: Instant) -> DigestSlot {
    let start = office.zone.civil(instant).date
    let candidates = (0...2).map { weeklyDigestDay(onOrAfter: start.mondayOfWeek.adding(days: 7 * $0)) }
      .map { slot($0, closedMonth: nil) }
    let closing = closingDays(around: start).map { slot($0.day, closedMonth: $0.month) }
    // On the same day the close of data is the reason named.
    let all = (closing + candidates).filter { $0.at > instant }
    return all.min { ($0.at, $0.closedMonth == nil ? 1 : 0) < ($1.at, $1.closedMonth == nil ? 1 : 0) }
      ?? slot(office.calendar.rollForward(start.adding(days: 7)), closedMonth: nil)
  }

  /// The latest digest slot at or before `now` but later than `last`: missed ones are made up by one (behaviour 3.2).
  public func digestDue(after last: Instant, now: Instant) -> DigestSlot? {
    var due: DigestSlot?
    var next = nextDigest(after: last)
    while next.at <= now {
      due = next
      next = nextDigest(after: next.at)
    }
    return due
  }

  private func slot(_ day: CivilDate, closedMonth: Int?) -> DigestSlot {
    DigestSlot(at: office.zone.instant(day, office.policy.window.opens), day: day, closedMonth: closedMonth)
  }

  private func weeklyDigestDay(onOrAfter monday: CivilDate) -> CivilDate {
    office.calendar.rollForward(monday.adding(days: office.policy.digestWeekday - 1))
  }

  /// The first working day after each cut-off of this year and the next.
  private func closingDays(around day: CivilDate) -> [(day: CivilDate, month: Int)] {
    [day.year - 1, day.year, day.year + 1].flatMap { year in
      ReportingRegime.closingMonths.compactMap { month in
        office.policy.regime.cutOff(year: year, month: month).map {
          (office.calendar.rollForward($0.adding(days: 1)), month)
        }
      }
    }
  }
}
