// Days by their place in a stretch of the calendar.
extension CivilDate {
  /// The nth such weekday from `start`, or, when negative, the nth back from `end`; it may lie outside the stretch.
  static func weekday(_ weekday: Int, ordinal: Int, from start: CivilDate, to end: CivilDate) -> CivilDate {
    if ordinal < 0 { return end.adding(days: -((end.weekday - weekday + 7) % 7) + 7 * (ordinal + 1)) }
    return start.adding(days: (weekday - start.weekday + 7) % 7 + 7 * (ordinal - 1))
  }
}

extension WorkingCalendar {
  /// ISO weekday before the weekly rest: 5 where Saturday and Sunday are off, 4 where Friday and Saturday are.
  var lastWorkday: Int {
    (1...7).last { !weekendDays.contains($0) && weekendDays.contains($0 % 7 + 1) } ?? 7
  }

  /// The nth working day from `start`, or, when negative, the nth back from `end`.
  func workingDay(_ ordinal: Int, from start: CivilDate, to end: CivilDate) -> CivilDate {
    ordinal < 0
      ? adding(workingDays: ordinal, to: end.adding(days: 1))
      : adding(workingDays: ordinal, to: start.adding(days: -1))
  }
}
