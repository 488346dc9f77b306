/// A stretch of the calendar as it is written; the year, and for a day the month, may be left to a neighbour.
struct CalendarPeriod: Hashable, Sendable {
  enum Unit: Hashable, Sendable {
    /// A day of a month; no month yet when it is nil.
    case day(Int, month: Int?)
    /// Whole months: one, a quarter, half a year, nine months.
    case months(ClosedRange<Int>)
    case year
    /// Years from–to of a term of office or a stage.
    case years(ClosedRange<Int>)
    /// Days that are already known: weeks, “hôm nay”.
    case dates(CivilDate, CivilDate)
    /// A day of a month of the lunar calendar, whose year is `year`.
    case lunarDay(Int, month: Int?, isLeap: Bool = false)
    case lunarMonth(Int, isLeap: Bool = false)
    case feast(Feast)
  }

  enum Part: Hashable, Sendable {
    case first, middle, last, firstHalf, secondHalf, lastDay
    /// Counted from the start, or, when negative, back from the end.
    case workingDay(Int)
    case weekday(Int, ordinal: Int)
    /// So many days at the start, or, when negative, at the end.
    case days(Int)
    case workingDays(Int)
  }

  var unit: Unit
  var year: Int?
  var part: Part?
  /// “tháng”, “cuối quý”: the one in which the document was issued, unless a cycle makes it every one.
  var isUnnumbered = false

  var isDay: Bool {
    switch unit {
    case .day, .lunarDay, .feast: true
    default: false
    }
  }

  /// Something written out of range, as month 13: refused, never bent (rule R10).
  static let impossible = CalendarPeriod(unit: .months(13...13))
}

/// How a limit lies to its date.
enum Bound: Hashable, Sendable {
  case before, by, end, within, from, after, notBefore

  /// It says when the work may begin, not when it is due.
  var isStart: Bool { self == .from || self == .notBefore || self == .after }
}

/// One period, a list of them, or from one to another.
enum CalendarSpan: Hashable, Sendable {
  case one(CalendarPeriod)
  case list([CalendarPeriod], joinedByAnd: Bool)
  /// From now when `from` is nil.
  case range(from: CalendarPeriod?, to: CalendarPeriod)
}

/// A counted period: “trong vòng 05 ngày làm việc kể từ ngày nhận được văn bản”.
struct Count: Hashable, Sendable {
  enum Unit: Hashable, Sendable {
    case hours, days, workingDays, weeks, months, years
    /// Five working days each.
    case workingWeeks
  }
  enum Event: Hashable, Sendable {
    case issue
    case date(CalendarPeriod)
    /// A month, quarter or year, every time one ends.
    case endOfEvery(Term)
    /// This very document reaches the unit.
    case receipt
    /// Something whose date the words do not give.
    case unknown
    case notSaid
  }

  var number: Int
  var unit: Unit
  var event: Event
  var isBackwards = false
}

/// How often, as named: “hằng quý”, “6 tháng”, “03 tháng/lần”.
enum Cycle: Hashable, Sendable {
  case day, week, month, quarter, halfYear, nineMonths, year
  case everyMonths(Int)
  case everyWeeks(Int)
  case everyDays(Int)
  case everyYears(Int)
  /// A named quarter inside a list of report periods.
  case namedQuarter(Int)
}

/// In which month a day without a month falls: “ngày 05 của tháng đầu quý sau”.
enum MonthBase: Hashable, Sendable {
  case everyMonth, nextMonth, monthAfterEach, lastOfQuarter, firstOfQuarter, middleOfQuarter, firstOfNextQuarter
  case months([Int])
  case nextYear
}

/// Which days of a month, when the month itself is said by its place.
enum DaysOfMonth: Hashable, Sendable {
  case days([Int])
  /// Counted from the start of the month, or, when negative, back from its end.
  case workingDay(Int)
  /// “thứ Sáu cuối cùng”.
  case weekday(Int, ordinal: Int)
}

/// One thing that the words of a time limit say.
struct Item: Sendable {
  enum Content: Sendable, Hashable {
    case limit(Bound, CalendarSpan, time: TimeOfDay?)
    case daysOfMonth(Bound, DaysOfMonth, MonthBase?, time: TimeOfDay?)
    case count(Count)
    case cycles([Cycle], isReport: Bool)
    /// ISO weekdays.
    case weekdays(Bound, [Int], time: TimeOfDay?)
    case time(TimeOfDay)
    /// No date in it.
    case open(LimitKind)
    case followingYears
    /// A cap or a quantity.
    case quantity
    /// A cited document, a comparison, an adjective: no limit at all.
    case noLimit
    /// A limit whose date only a person can give.
    case unknownDate(LimitKind)
    /// Before, by or after something whose date the words do not give.
    case event(Bound)
    case boundary
  }

  var content: Content
  var tokens: Range<Int>
  /// After a verb of finishing: the work may begin at once (rule R4).
  var isFinish = false
  /// A preposition was there.
  var isBounded = false
  /// Behind “và” or a comma.
  var isJoined = false
  /// Behind “và”.
  var isAnother = false
  var followsReport = false
  /// The words before it name a document, so that it may be the document's period: “Đề án giai đoạn 2026 - 2030”.
  var followsDocument = false
}

/// Something the clerk should know or decide.
struct Remark: Hashable, Sendable {
  var text: String
  /// The dates may not be trusted until a person confirms.
  var asks: Bool
  /// What else the words may mean.
  var others: [OtherReading] = []
  /// Nothing to ask any more once the event's day is told.
  var isSettledByEvent = false
  /// The last token it is about; nil for the whole phrase or the segment being resolved.
  var token: Int?

  /// A doubt in Vietnamese and in English.
  static func ask(_ vietnamese: String, _ english: String, others: [OtherReading] = []) -> Remark {
    Remark(text: "\(vietnamese) / \(english)", asks: true, others: others)
  }
  static func tell(_ vietnamese: String, _ english: String) -> Remark {
    Remark(text: "\(vietnamese) / \(english)", asks: false)
  }
}

/// Reads the items of a phrase by recursive descent over its tokens.
///
/// The grammar's productions are in the other `Grammar…` files, from the smallest (numbers) to the largest (items).
/// A production returns nil and leaves the reader where it was when its words are not there.
struct PhraseReader {
  let tokens: [Token]
  let issued: CivilDate
  /// ISO weekday that ends the working week: 5 in Viet Nam.
  let lastWorkday: Int
  var at = 0
  var items: [Item] = []
  var remarks: [Remark] = []
  /// Something was read in spite of lost marks or misread characters.
  var readSlip = false
  /// Tokens that bear on time and were not understood.
  var unread: [Int] = []
  /// Numbers that count something else.
  var sawQuantity = false

  /// False for most phrases, which spares them every look for lunar days.
  let hasLunarWords: Bool

  init(tokens: [Token], issued: CivilDate, lastWorkday: Int = 5) {
    self.tokens = tokens
    self.hasLunarWords = tokens.contains(where: \.isLunar)
    self.issued = issued
    self.lastWorkday = lastWorkday
  }

  var isAtEnd: Bool { at >= tokens.count }

  func token(_ offset: Int = 0) -> Token? {
    tokens.indices.contains(at + offset) ? tokens[at + offset] : nil
  }

  func term(_ offset: Int = 0) -> Term? {
    guard case .term(let term) = token(offset)?.kind else { return nil }
    return term
  }

  /// The token's number when it is written in at most so many digits.
  func digits(_ offset: Int = 0, atMost width: Int = 2) -> Int? {
    guard let token = token(offset), token.kind == .number, token.width <= width else { return nil }
    return token.value
  }

  func isMark(_ mark: Character, _ offset: Int = 0) -> Bool {
    token(offset)?.kind == .mark(mark.asciiValue ?? 0)
  }

  /// Goes past one token.
  mutating func advance() {
    if token()?.isSlip == true { readSlip = true }
    at += 1
  }

  mutating func take(_ wanted: Term) -> Bool {
    guard at < tokens.count, tokens[at].kind == .term(wanted) else { return false }
    advance()
    return true
  }

  mutating func take(_ terms: Term...) -> Bool {
    guard let term = term(), terms.contains(term) else { return false }
    advance()
    return true
  }

  mutating func takeMark(_ marks: Character...) -> Bool {
    guard marks.contains(where: { isMark($0) }) else { return false }
    advance()
    return true
  }

  /// What `production` reads, or nil and everything as before.
  mutating func attempt<Result>(_ production: (inout PhraseReader) -> Result?) -> Result? {
    let (start, remarkCount, slip) = (at, remarks.count, readSlip)
    if let result = production(&self) { return result }
    at = start
    remarks.removeLast(remarks.count - remarkCount)
    readSlip = slip
    return nil
  }

  mutating func ask(_ vietnamese: String, _ english: String, others: [OtherReading] = []) {
    var remark = Remark.ask(vietnamese, english, others: others)
    remark.token = max(at - 1, 0)
    remarks.append(remark)
  }

  mutating func tell(_ vietnamese: String, _ english: String) {
    var remark = Remark.tell(vietnamese, english)
    remark.token = max(at - 1, 0)
    remarks.append(remark)
  }

  /// Goes past words that carry no meaning of their own between a preposition and its date.
  mutating func skipFillers() {
    for _ in 0..<8 {
      guard take(.filler, .occasion) || takeMark(":") else { return }
    }
  }
}
