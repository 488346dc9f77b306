/// What a person wrote beside a time limit's words in place of their reading; the words stay (behaviour 2.5).
public enum LimitOverride: Sendable, Hashable {
  /// `due:`, one or more last days, earliest first.
  case due([ConfirmedDue])
  /// `every:`, a recurring limit in words that are read without doubt, counted from `from` or the issue date.
  case every(String, from: CivilDate?)
  /// `rrule:`, a rule of RFC 5545 that starts on `from` or the issue date.
  case rule(RecurrenceRule, from: CivilDate?)

  /// A last day that a person confirmed, with or without a time of day.
  public struct ConfirmedDue: Sendable, Hashable {
    public var date: CivilDate
    public var time: TimeOfDay?

    public init(_ date: CivilDate, _ time: TimeOfDay? = nil) {
      self.date = date
      self.time = time
    }

    /// The day written as `2026-05-20`, with a time as `2026-05-20T16:30` or `2026-05-20 16:30`; nil for any other form.
    public init?(_ text: some StringProtocol) {
      guard let date = CivilDate(text.prefix(10)) else { return nil }
      let rest = text.dropFirst(10)
      guard let mark = rest.first else {
        self.init(date)
        return
      }
      guard mark == "T" || mark == " ", let time = TimeOfDay(rest.dropFirst()) else { return nil }
      self.init(date, time)
    }
  }
}

extension LimitOverride: CustomStringConvertible {
  /// As it stands in the plan file: `due: 2026-08-31`.
  public var description: String {
    switch self {
    case .due(let dues): "due: \(dues.map(\.description).joined(separator: ", "))"
    case .every(let words, let from): "every: \(words)\(Self.starting(from))"
    case .rule(let rule, let from): "rrule: \(rule)\(Self.starting(from))".split(separator: "\n").joined(separator: " ")
    }
  }

  private static func starting(_ from: CivilDate?) -> String { from.map { " (from: \($0))" } ?? "" }
}

extension LimitOverride.ConfirmedDue: CustomStringConvertible {
  public var description: String { time.map { "\(date) \($0)" } ?? "\(date)" }
}

// MARK: every:

/// Words that give no recurring dates by themselves: why not.
public struct NotRecurring: Error, Sendable, Hashable {
  public let reason: String
}

extension TimeLimitParser {
  /// Reads what stands after `every:`: “ngày 25 hằng tháng”, “hằng quý”, “monthly”; after the key itself “month”, “Friday”
  /// or “month on day 25” will do.
  ///
  /// The words mean what they say, whatever the task's title is: “hằng quý” is the last day of each quarter, “báo cáo
  /// hằng quý” the reporting dates.
  /// - Throws: Why the words cannot stand there: nothing recurs, or somebody would have to confirm the reading.
  public func recurring(_ words: String, from start: CivilDate) throws(NotRecurring) -> TimeLimit {
    let limit = parse(words, issued: start)
    guard let fault = limit.faultAsRecurring else { return limit }
    let isEnglish = words.utf8.allSatisfy { $0 < 128 } && words.first?.isLetter == true
    let whole = parse("every \(words)", issued: start)
    guard isEnglish, whole.faultAsRecurring == nil else { throw NotRecurring(reason: fault) }
    return whole
  }
}

extension TimeLimit {
  /// Why it cannot stand for dates that recur without doubt; nil when it can.
  fileprivate var faultAsRecurring: String? {
    let said = notes.joined(separator: "; ")
    guard clauses.allSatisfy(\.timing.recurs) else {
      return "read as “\(kind)”, which gives no dates that recur\(said.isEmpty ? "" : ": \(said)")"
    }
    return needsConfirmation ? "it would need confirmation itself: \(said)" : nil
  }
}

extension LimitClause.Timing {
  fileprivate var recurs: Bool {
    switch self {
    case .repeating, .reports: true
    case .once, .continuous, .undated: false
    }
  }
}
