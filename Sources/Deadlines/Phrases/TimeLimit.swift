/// What a time limit's words mean: one or more clauses, each with its rule and what is doubtful about it (rule R13).
public struct TimeLimit: Sendable, Hashable {
  /// The words exactly as issued.
  public let phrase: String
  /// The day the document was issued: the anchor of rule R1.
  public let issued: CivilDate
  /// In the order of the words.
  ///
  /// Never empty: an unreadable phrase is one clause of kind `none` that needs confirmation.
  public let clauses: [LimitClause]
  public let confidence: Confidence
  /// True when a person must confirm before the dates may be trusted; then `notes` says why.
  public let needsConfirmation: Bool
  /// What was doubtful or decided by default, for the clerk, in Vietnamese with English after " / ".
  public let notes: [String]

  public enum Confidence: String, Sendable, Hashable, Codable { case high, medium, low }

  public init(
    phrase: String,
    issued: CivilDate,
    clauses: [LimitClause],
    confidence: Confidence,
    needsConfirmation: Bool,
    notes: [String]
  ) {
    self.phrase = phrase
    self.issued = issued
    self.clauses = clauses
    self.confidence = confidence
    self.needsConfirmation = needsConfirmation
    self.notes = notes
  }

  /// The kinds of the clauses joined with `+`, as `window+continuous`.
  public var kind: String { clauses.map(\.kind.rawValue).joined(separator: "+") }
}

public enum LimitKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// One last day.
  case deadline
  /// One last day with a time of day.
  case datetime
  /// A stretch of time; due on its last day (rule R4).
  case window
  /// Due again and again on period ends or named days.
  case recurring
  /// Due by the reporting regime (rule R5).
  case report
  /// No due date, no overdue state (rule R6).
  case continuous
  /// Counted calendar days, weeks, months, years or hours from an event.
  case relative
  /// Counted working days from an event.
  case relativeWorkingDays = "relative-wd"
  case immediate
  /// Not before a day; no due date.
  case start
  /// Depends on something whose date is not known yet.
  case event
  /// A quantity or a cap, no time limit.
  case target
  case none
  /// A date that does not exist (rule R10).
  case invalid
  /// No words at all.
  case missing
  /// The words say that it is finished.
  case done
}

/// Words of a phrase and where they stand in it.
public struct Excerpt: Sendable, Hashable, CustomStringConvertible {
  /// Word for word.
  public let text: String
  /// Offsets of Unicode scalars in the phrase.
  public let span: Range<Int>

  public init(_ text: String, span: Range<Int>) {
    self.text = text
    self.span = span
  }

  public init(whole phrase: String) { self.init(phrase, span: 0..<phrase.unicodeScalars.count) }

  public var description: String { text }
}

/// Another way to understand the same words (rule R13).
public struct OtherReading: Sendable, Hashable {
  /// For the clerk, in Vietnamese with English after " / ".
  public let meaning: String
  /// The nominal dates it would give; empty when it gives none.
  public let nominal: [CivilDate]

  public init(meaning: String, nominal: [CivilDate]) {
    self.meaning = meaning
    self.nominal = nominal
  }
}

/// One obligation of a time limit.
public struct LimitClause: Sendable, Hashable {
  public let kind: LimitKind
  public internal(set) var timing: Timing
  /// The rule of the domain that made it, as `R4`.
  public let rule: String
  /// The part of the phrase it was read from.
  public let excerpt: Excerpt
  /// First and last day between which reports and check-ins come, when the words bound them.
  public let from: CivilDate?
  public let until: CivilDate?
  /// True when it hangs on an event whose date the words do not give and nobody has told: its dates, if any, are
  /// counted from the issue date for want of a better day.
  public var awaitsEvent: Bool
  public var confidence: TimeLimit.Confidence = .high
  /// The most likely first.
  public var otherReadings: [OtherReading] = []

  public init(
    kind: LimitKind,
    timing: Timing,
    rule: String,
    words: Excerpt,
    from: CivilDate? = nil,
    until: CivilDate? = nil,
    awaitsEvent: Bool = false
  ) {
    self.kind = kind
    self.timing = timing
    self.rule = rule
    self.excerpt = words
    self.from = from
    self.until = until
    self.awaitsEvent = awaitsEvent
  }

  /// The part of the phrase it was read from, word for word.
  public var words: String { excerpt.text }

  /// The nominal date of what is due only once.
  var onceDates: [CivilDate] {
    if case .once(let due) = timing { [due.nominal] } else { [] }
  }

  public enum Timing: Sendable, Hashable {
    /// Due once.
    case once(Due)
    /// Due on every day that the recurrence gives.
    case repeating(Recurrence)
    /// Due by the reporting regime, at the close of those months (3, 6, 9, 12; all twelve for monthly reports).
    case reports(closingMonths: Set<Int>)
    /// Goes on; asked about at the close of those months.
    case continuous(checkInMonths: Set<Int>, from: CivilDate?)
    case undated
  }

  /// One due date.
  public struct Due: Sendable, Hashable {
    public var nominal: CivilDate
    public var time: TimeOfDay?
    /// The first day on which the work may be done, clipped to the issue date.
    public var windowStart: CivilDate?
    /// The day up to whose end no overdue notice may go: D of “trước ngày D” (rule R2).
    ///
    /// Nil when the nominal day ends it.
    public var graceUntil: CivilDate?
    /// The period in the office's words, as “tháng 5/2026”, or empty.
    public var period: String

    public init(
      nominal: CivilDate,
      time: TimeOfDay? = nil,
      windowStart: CivilDate? = nil,
      graceUntil: CivilDate? = nil,
      period: String = ""
    ) {
      self.nominal = nominal
      self.time = time
      self.windowStart = windowStart
      self.graceUntil = graceUntil
      self.period = period
    }
  }
}

/// A due date worked out: the three dates of rule R3 and where they came from.
public struct DueDate: Sendable, Hashable, Codable {
  /// The clause within its time limit: its kind, with `-2`, `-3` when the kind comes again.
  public var clause: String
  public var kind: LimitKind
  /// A key of the period that is stable when other lines change: `once`, `2026`, `2026-H1`, `2026-Q3`, `2026-05`,
  /// `2026-05-15`.
  public var periodKey: String
  /// The period in the office's words, as “quý III/2026”; may be empty.
  public var period: String
  /// What the words say.
  public var nominal: CivilDate
  public var time: TimeOfDay?
  /// Nominal rolled back to a working day: reminders count from here.
  public var target: CivilDate
  /// Nominal rolled forward to a working day: overdue only after this day.
  public var legal: CivilDate
  public var windowStart: CivilDate?
  public var graceUntil: CivilDate?
  /// First and last day of the data a report covers.
  public var dataFrom: CivilDate?
  public var dataTo: CivilDate?
  public var rule: String

  public init(
    clause: String,
    kind: LimitKind,
    periodKey: String,
    period: String,
    nominal: CivilDate,
    time: TimeOfDay? = nil,
    target: CivilDate,
    legal: CivilDate,
    windowStart: CivilDate? = nil,
    graceUntil: CivilDate? = nil,
    dataFrom: CivilDate? = nil,
    dataTo: CivilDate? = nil,
    rule: String
  ) {
    self.clause = clause
    self.kind = kind
    self.periodKey = periodKey
    self.period = period
    self.nominal = nominal
    self.time = time
    self.target = target
    self.legal = legal
    self.windowStart = windowStart
    self.graceUntil = graceUntil
    self.dataFrom = dataFrom
    self.dataTo = dataTo
    self.rule = rule
  }
}
