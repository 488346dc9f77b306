// What a clock that was ahead has noted, seen by one that was set right.

extension Schedule {
  /// The occurrence as it stands at `now`, whatever was noted for later than that.
  ///
  /// What was given by a clock that was ahead was given, and stands for no other step; what it passed over is open again; what it adopted was adopted then, and is past only if it is past today. When the
  /// clock comes to those times, all is as it was noted: nothing is lost should it have been right at first.
  public func seen(_ tracked: TrackedOccurrence, at now: Instant) -> TrackedOccurrence {
    guard tracked.progress.lastNoted > now else { return tracked }
    let corrected = min(clockSetBackAt ?? now, now)
    var seen = tracked
    if tracked.progress.adoptedAt > now {
      seen.progress.adoptedAt = corrected
      seen.progress.isBackfill =
        tracked.progress.isBackfill && tracked.occurrence.isPast(on: office.zone.civil(now).date)
    }
    seen.progress.given = tracked.progress.given.compactMap { $0.seen(at: now) }
    if let completion = tracked.progress.completion, completion.recordedAt > now {
      seen.progress.completion?.recordedAt = corrected
    }
    return seen
  }
}

extension Progress {
  fileprivate var lastNoted: Instant {
    let others = given.map(\.at) + [completion?.recordedAt].compactMap(\.self)
    return others.reduce(adoptedAt, max)
  }
}

extension Progress.GivenNotice {
  /// Nil when it is passed over at a time that is yet to come.
  fileprivate func seen(at now: Instant) -> Self? {
    guard at > now else { return self }
    guard !isSuperseded else { return nil }
    var copy = self
    // Before every step, so that it stands for none.
    copy.at = Instant(milliseconds: 0)
    return copy
  }
}

extension Occurrence {
  /// Its legal date, or the grace of rule R2, has passed; a disagreement of body and appendix puts off the word overdue,
  /// not the date (behaviour 2.8).
  ///
  /// A check-in is past with its nominal day: there is nothing to ask about it any more.
  public func isPast(on today: CivilDate) -> Bool {
    guard let due else { return false }
    if isCheckIn { return due.nominal < today }
    return max(due.legal, due.graceUntil ?? due.legal) < today
  }
}
