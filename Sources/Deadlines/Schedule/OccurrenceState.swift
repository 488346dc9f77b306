/// Where an occurrence stands on one day, in the words offices use (domain section 5.1).
public enum OccurrenceState: Sendable, Hashable, Codable {
  /// Chưa đến hạn.
  case notYetDue
  /// Sắp đến hạn: at most `dueSoonDays` working days to the target date.
  case dueSoon
  /// Đến hạn hôm nay: from the target date up to the last day before overdue.
  case dueToday
  /// Quá hạn: working days since the last good day, at least 1 once that day is over.
  case overdue(workingDays: Int)
  /// Hoàn thành đúng hạn.
  case doneInTime
  /// Hoàn thành quá hạn.
  case doneLate
  /// Không có hạn.
  case noDueDate
  /// Chờ xác nhận: past when the plan was first loaded, and nobody has said what became of it.
  case unsettled
}

extension OccurrenceState {
  /// The state at the end of the reasoning of one day: `today` is the office's civil day.
  public init(
    of occurrence: Occurrence,
    _ progress: Progress,
    today: CivilDate,
    calendar: WorkingCalendar,
    dueSoonDays: Int
  ) {
    if let completion = progress.completion {
      self = Self.done(on: completion.on, occurrence)
    } else if progress.isBackfill {
      self = .unsettled
    } else if let due = occurrence.due, let lastGoodDay = occurrence.overdueAfter {
      self = Self.open(due: due, lastGoodDay: lastGoodDay, today: today, calendar: calendar, dueSoonDays: dueSoonDays)
    } else {
      self = .noDueDate
    }
  }

  private static func done(on day: CivilDate, _ occurrence: Occurrence) -> Self {
    guard let lastGoodDay = occurrence.overdueAfter else { return .doneInTime }
    return day <= lastGoodDay ? .doneInTime : .doneLate
  }

  private static func open(
    due: DueDate,
    lastGoodDay: CivilDate,
    today: CivilDate,
    calendar: WorkingCalendar,
    dueSoonDays: Int
  ) -> Self {
    if today > lastGoodDay {
      return .overdue(workingDays: max(1, calendar.workingDays(from: lastGoodDay, to: today)))
    }
    if today >= due.target { return .dueToday }
    let soonFrom = calendar.adding(workingDays: -dueSoonDays, to: due.target)
    return today >= soonFrom ? .dueSoon : .notYetDue
  }

  public var isOverdue: Bool { if case .overdue = self { true } else { false } }
  public var isDone: Bool { self == .doneInTime || self == .doneLate }

  /// A word for scripts, as `notYetDue` or `overdue`.
  public var name: String {
    switch self {
    case .notYetDue: "notYetDue"
    case .dueSoon: "dueSoon"
    case .dueToday: "dueToday"
    case .overdue: "overdue"
    case .doneInTime: "doneInTime"
    case .doneLate: "doneLate"
    case .noDueDate: "noDueDate"
    case .unsettled: "unsettled"
    }
  }
}
