public import Deadlines

/// A year's days off in words: for people, and for a calendar program.
public struct YearWords: Sendable {
  public let year: Int
  /// Every day off that is no mere weekly rest, and every weekend day that is worked, in order.
  public let days: [WorkingCalendar.DecreedDay]
  private let calendar: WorkingCalendar
  private let words: Wording

  /// - Parameters:
  ///   - year: 1900…2200.
  ///   - calendar: The office's.
  ///   - language: Of labels and weekdays; names and sources are as the calendar has them.
  public init(_ year: Int, _ calendar: WorkingCalendar, language: Language) {
    self.year = year
    self.calendar = calendar
    self.days = calendar.days(ofYear: year)
    self.words = Wording(language)
  }

  private func say(_ vietnamese: @autoclosure () -> String, _ english: @autoclosure () -> String) -> String {
    words.say(vietnamese(), english())
  }

  public var title: String { say("Lịch nghỉ năm \(year)", "Days off of \(year)") }

  /// Where the year's days come from, and whether they may still change.
  public var basis: String {
    switch calendar.basis(ofYear: year) {
    case .decreed: say("theo thông báo chính thức", "as decreed")
    case .announced:
      say(
        "tạm tính: tệp lịch đã nêu ngày nghỉ nhưng chưa có thông báo chính thức",
        "provisional: in the calendar's files, not decreed yet"
      )
    case .computed:
      say(
        "tạm tính theo quy định hiện hành: chưa có thông báo về ngày nghỉ Tết, ngày liền kề 02/9 và ngày hoán đổi",
        "provisional: computed from the law in force, without what is decided year by year"
      )
    case .weeklyRest: say("chỉ biết ngày nghỉ hằng tuần", "provisional: only the weekly rest is known")
    }
  }

  /// Labels of `row(_:)`.
  public var header: [String] {
    let lunar = words.language == .vietnamese ? ["Âm lịch"] : []
    return [say("Ngày", "Date"), say("Thứ", "Weekday")] + lunar
      + [say("Loại", "Kind"), say("Tình trạng", "State"), say("Tên", "Name"), say("Căn cứ", "Source")]
  }

  /// Date, weekday, lunar date (Vietnamese only), kind, state, name and reason.
  public func row(_ day: WorkingCalendar.DecreedDay) -> [String] {
    let lunar = words.language == .vietnamese ? [LunarDate(day.date).description] : []
    return [words.date(day.date), words.weekday(day.date)] + lunar
      + [kind(day.kind), state(day.date), CleanText.line(day.name), CleanText.line(day.source)]
  }

  private func kind(_ kind: WorkingCalendar.DayKind) -> String {
    switch kind {
    case .public: say("nghỉ lễ, tết", "public holiday")
    case .compensatory: say("nghỉ bù, hoán đổi", "day off in exchange")
    case .swappedWorking: say("làm bù", "worked in exchange")
    }
  }

  private func state(_ date: CivilDate) -> String {
    calendar.isProvisional(date) ? say("tạm tính", "provisional") : say("chính thức", "decreed")
  }

  /// “Số ngày làm việc: cả năm 250; tháng 1: 21; …”.
  public var workingDays: String {
    let months = (1...12).map { calendar.workingDays(inMonth: $0, of: year) }
    let byMonth = months.enumerated().map { say("tháng \($0 + 1): \($1)", "month \($0 + 1): \($1)") }
    let all = months.reduce(0, +)
    return say("Số ngày làm việc: cả năm \(all); ", "Working days: \(all); ") + byMonth.joined(separator: "; ")
  }
}

// For a calendar program.
extension YearWords {
  /// The days as an iCalendar object (RFC 5545): one all-day entry each, whose UID stays the same over the years.
  ///
  /// What is provisional is tentative. `owner` tells the UIDs of several offices apart.
  public func iCalendar(owner: String, createdAt: Instant) -> String {
    let head = [
      "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//nhachan//nhachan//\(words.language.rawValue.uppercased())",
      "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "X-WR-CALNAME:\(CalendarFormat.escaped(title))",
    ]
    let events = days.flatMap { event($0, owner: owner, createdAt: createdAt) }
    return (head + events + ["END:VCALENDAR"]).map(CalendarFormat.folded).joined()
  }

  private func event(_ day: WorkingCalendar.DecreedDay, owner: String, createdAt: Instant) -> [String] {
    let isProvisional = calendar.isProvisional(day.date)
    let mark = isProvisional ? say(" (tạm tính)", " (provisional)") : ""
    return [
      "BEGIN:VEVENT", "UID:\(day.date)@\(owner).calendar.nhachan", "DTSTAMP:\(CalendarFormat.stamp(createdAt))",
      "DTSTART;VALUE=DATE:\(CalendarFormat.basic(day.date))",
      "DTEND;VALUE=DATE:\(CalendarFormat.basic(day.date.adding(days: 1)))",
      "SUMMARY:\(CalendarFormat.escaped(CleanText.line(day.name) + mark))",
      "DESCRIPTION:\(CalendarFormat.escaped("\(kind(day.kind)): \(CleanText.line(day.source))"))",
      "STATUS:\(isProvisional ? "TENTATIVE" : "CONFIRMED")", "TRANSP:TRANSPARENT", "END:VEVENT",
    ]
  }
}
