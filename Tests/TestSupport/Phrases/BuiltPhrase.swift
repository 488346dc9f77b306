public import Deadlines

/// One due date that a phrase was built to mean.
public struct BuiltDue: Hashable, Sendable {
  public var nominal: CivilDate
  public var time: TimeOfDay?
  /// D of “trước ngày D” (rule R2).
  public var grace: CivilDate?
  /// The first day of a window, clipped to the issue date (rules R1, R4).
  public var windowStart: CivilDate?

  public init(
    _ nominal: CivilDate,
    time: TimeOfDay? = nil,
    grace: CivilDate? = nil,
    windowStart: CivilDate? = nil
  ) {
    self.nominal = nominal
    self.time = time
    self.grace = grace
    self.windowStart = windowStart
  }

  /// The same facts of a due date that was read.
  public init(_ due: DueDate) {
    self.init(due.nominal, time: due.time, grace: due.graceUntil, windowStart: due.windowStart)
  }
}

/// The words of one obligation with what they mean.
public struct BuiltClause: Sendable {
  public var words: String
  public var kinds: [LimitKind]
  public var dues: [BuiltDue]
  public var checkIns: [CivilDate] = []
  /// The rules call it ambiguous: a person must be asked.
  public var asks = false
  public var title = ""
  public var eventDate: CivilDate?
  /// The words end in a cycle, which a following cycle would join (rule R8).
  public var endsInCycle = false

  public init(_ words: String, _ kinds: [LimitKind], _ dues: [BuiltDue], asks: Bool = false) {
    self.words = words
    self.kinds = kinds
    self.dues = dues
    self.asks = asks
  }
}

/// A phrase built from the grammar's parts, with the answer that follows from how it was built.
public struct BuiltPhrase: Sendable {
  /// The part of the grammar that it was built from, for grouping what goes wrong.
  public let production: String
  public var words: String
  public let issued: CivilDate
  /// The last day up to which `dues` are given.
  public let last: CivilDate
  public let kind: String
  public let dues: [BuiltDue]
  public let checkIns: [CivilDate]
  public let asks: Bool
  public let title: String
  public let eventDate: CivilDate?

  init(_ production: String, _ clauses: [BuiltClause], separator: String = "; ", issued: CivilDate, last: CivilDate) {
    self.production = production
    self.words = clauses.map(\.words).joined(separator: separator)
    self.issued = issued
    self.last = last
    self.kind = clauses.flatMap(\.kinds).map(\.rawValue).joined(separator: "+")
    self.dues = clauses.flatMap(\.dues).filter { $0.nominal <= last }.sorted(by: Self.isBefore)
    self.checkIns = clauses.flatMap(\.checkIns).filter { $0 <= last }.sorted()
    self.asks = clauses.contains(where: \.asks)
    self.title = clauses.first?.title ?? ""
    self.eventDate = clauses.lazy.compactMap(\.eventDate).first
  }

  /// An order that two equal lists share.
  public static func isBefore(_ left: BuiltDue, _ right: BuiltDue) -> Bool {
    (left.nominal, left.time?.minutes ?? 0, left.grace ?? .last, left.windowStart ?? .last)
      < (right.nominal, right.time?.minutes ?? 0, right.grace ?? .last, right.windowStart ?? .last)
  }
}

/// Days counted one by one from the list of days off: slower and simpler than the product's calendar.
struct CountedDays: Sendable {
  let calendar: WorkingCalendar

  func isWorked(_ day: CivilDate) -> Bool {
    switch calendar.decreedDays[day]?.kind {
    case .swappedWorking: true
    case .public, .compensatory: false
    case nil: day.weekday <= 5
    }
  }

  func onOrBefore(_ day: CivilDate) -> CivilDate {
    var day = day
    while !isWorked(day) { day = day.adding(days: -1) }
    return day
  }

  func worked(_ count: Int, after day: CivilDate) -> CivilDate {
    var day = day
    var left = abs(count)
    while left > 0 {
      day = day.adding(days: count < 0 ? -1 : 1)
      if isWorked(day) { left -= 1 }
    }
    return day
  }

  /// The report that closes in that month: two working days after the 14th, at the latest the 20th or the working day
  /// before it (rule R5), but never before its data are closed.
  func report(year: Int, month: Int) -> CivilDate? {
    guard let cutOff = CivilDate(year: year, month: month, day: 14) else { return nil }
    return max(cutOff, min(worked(2, after: cutOff), onOrBefore(cutOff.adding(days: 6))))
  }
}
