/// The rules by which periodic reports fall due (rule R5): data are closed on a day of the period's last month, the
/// report follows some working days later, never after a ceiling day.
///
/// NĐ 09/2019/NĐ-CP art. 8 and the cut-off dates copied from it; the submission rule differs by province and is a setting.
public struct ReportingRegime: Sendable, Hashable, Codable {
  /// The day of the period's last month on which data are closed: 14.
  public var cutOffDay: Int
  /// Working days from cut-off to submission: 2.
  public var submissionWorkingDays: Int
  /// The day of that month, rolled back to a working day, after which no report may come: 20.
  public var ceilingDay: Int

  public static let standard = ReportingRegime(cutOffDay: 14, submissionWorkingDays: 2, ceilingDay: 20)

  public init(cutOffDay: Int, submissionWorkingDays: Int, ceilingDay: Int) {
    self.cutOffDay = cutOffDay
    self.submissionWorkingDays = submissionWorkingDays
    self.ceilingDay = ceilingDay
  }

  /// The reporting periods of a year by the month in which they close.
  public static let closingMonths = [3, 6, 9, 12]

  /// The day data are closed in that month.
  public func cutOff(year: Int, month: Int) -> CivilDate? {
    guard let first = CivilDate(year: year, month: month, day: 1) else { return nil }
    return first.adding(days: min(cutOffDay, CivilDate.daysIn(month: month, year: year)) - 1)
  }

  /// The day the report of the period that closes in that month is due (nominal).
  public func submission(year: Int, month: Int, calendar: WorkingCalendar) -> CivilDate? {
    guard let cutOff = cutOff(year: year, month: month) else { return nil }
    let wanted = calendar.adding(workingDays: submissionWorkingDays, to: cutOff)
    let ceiling = calendar.rollBack(cutOff.firstOfMonth.adding(days: ceilingDay - 1))
    return min(wanted, max(ceiling, cutOff))
  }
}
