/// Reads the time limits of Vietnamese offices: normalise, take out citations, read items, resolve them into clauses.
public struct TimeLimitParser: Sendable {
  private let calendar: WorkingCalendar
  private let regime: ReportingRegime

  public init(calendar: WorkingCalendar, regime: ReportingRegime = .standard) {
    self.calendar = calendar
    self.regime = regime
  }

  /// What the phrase means for a document issued on that day.
  ///
  /// Never fails: what cannot be read is a clause without dates that needs confirmation.
  /// - Parameters:
  ///   - phrase: The words of the time limit, as issued.
  ///   - issued: The document's date, from which everything is counted (rule R1).
  ///   - title: The task's title, when known: a periodic limit may be a report (rule R7).
  ///   - product: The task's product, when known.
  ///   - eventDate: The day of the event that the words name without its date, once somebody has told it.
  /// - Returns: One clause for each obligation, with what is doubtful about them.
  public func parse(
    _ phrase: String,
    issued: CivilDate,
    title: String = "",
    product: String = "",
    eventDate: CivilDate? = nil
  ) -> TimeLimit {
    parse(phrase, issued: issued, eventDate: eventDate) { isReportTask(title: title, product: product) }
  }

  /// The same for a task that is looked at only where the words leave open whether it is a report.
  func parse(
    _ phrase: String,
    issued: CivilDate,
    eventDate: CivilDate?,
    taskIsReport: @escaping () -> Bool
  ) -> TimeLimit {
    let head = Self.head(of: phrase)
    var (tokens, remarks) = readableTokens(of: normalised(String(head)))
    if head.endIndex < phrase.endIndex { remarks.append(Self.tooLong) }
    if Self.isEmpty(tokens) { return missing(phrase, issued) }
    let hasDoubtfulCitation = markCitations(in: &tokens)
    var reader = PhraseReader(tokens: tokens, issued: issued, lastWorkday: calendar.lastWorkday)
    reader.readItems()
    var resolver = Resolver(
      issued: issued,
      calendar: calendar,
      taskIsReport: taskIsReport,
      eventDate: eventDate,
      tokens: tokens,
      text: PhraseText(String(head), tokens),
      readerRemarks: remarks + reader.remarks,
      hasSlips: reader.readSlip
    )
    var reading = Reading(phrase: phrase, issued: issued, clauses: resolver.clauses(of: reader.items))
    remarks += reader.remarks.filter { !resolver.isAboutSubject($0) && !($0.isSettledByEvent && eventDate != nil) }
    remarks += resolver.remarks
    reading.remarks = remarks
    if hasDoubtfulCitation { reading.remarks.append(Reading.doubtfulCitation) }
    reading.consider(reader, resolver.text)
    return reading.timeLimit
  }

  /// Scalars that are read: half a page, where a time limit is a sentence or two.
  ///
  /// So the answer comes at once, whatever a cell of a table may hold; what is beyond is a doubt.
  private static let longestRead = 1_500

  private static func head(of phrase: String) -> Substring.UnicodeScalarView {
    guard phrase.utf8.count > longestRead else { return phrase.unicodeScalars[...] }
    let head = phrase.unicodeScalars.prefix(longestRead)
    guard head.endIndex < phrase.endIndex, let space = head.lastIndex(of: " ") else { return head }
    return head[...space]
  }

  private static let tooLong = Remark.ask(
    "câu quá dài: chỉ đọc phần đầu, cần xem phần còn lại",
    "too long: only its beginning was read, the rest is for a person"
  )

  /// The tokens in the order of the grammar, which is that of Vietnamese.
  private func readableTokens(of glyphs: [Glyph]) -> ([Token], [Remark]) {
    guard let english = englishTokens(of: glyphs) else { return (tokens(of: glyphs), []) }
    var order = EnglishOrder(english)
    return (order.reorder(), order.remarks)
  }

  /// Nothing but marks: “”, “-”, “…”.
  private static func isEmpty(_ tokens: [Token]) -> Bool {
    tokens.allSatisfy { if case .mark(let mark) = $0.kind { mark != Glyph.foreignLetter } else { false } }
  }

  private func missing(_ phrase: String, _ issued: CivilDate) -> TimeLimit {
    var reading = Reading(phrase: phrase, issued: issued, clauses: [])
    reading.clauses = [LimitClause(kind: .missing, timing: .undated, rule: "R13", words: Excerpt(whole: phrase))]
    reading.remarks = [.ask("không ghi thời hạn", "no time limit is written")]
    return reading.timeLimit
  }
}

/// Rule R7: the task's words make a report of a periodic limit.
///
/// Only where the report is the task itself: “…; báo cáo kết quả về Sở Nội vụ” tells where a yearly result goes.
func isReportTask(title: String, product: String) -> Bool {
  [title, product].contains { text in
    // The first words decide; a title may be a page long.
    let tokens = tokens(of: normalised(String(text.prefix(2000))))
    let first = tokens.first { if case .mark = $0.kind { false } else { true } }
    if first?.kind == .term(.report) { return true }
    guard let report = tokens.firstIndex(where: { $0.kind == .term(.report) }) else { return false }
    return tokens[report...].contains { $0.kind == .term(.periodic) }
      || tokens[..<report].contains { $0.kind == .term(.periodic) }
  }
}

/// Clauses with what was doubtful about them.
private struct Reading {
  let phrase: String
  let issued: CivilDate
  var clauses: [LimitClause]
  var remarks: [Remark] = []
  var isLow = false

  static let doubtfulCitation = Remark.ask(
    "ngày sau tên văn bản được hiểu là ngày của văn bản đó",
    "the date after a document's name is taken for the document's"
  )

  init(phrase: String, issued: CivilDate, clauses: [LimitClause]) {
    self.phrase = phrase
    self.issued = issued
    self.clauses = clauses
  }

  /// Slips, unread words and empty readings are doubts (rules R13, R15).
  mutating func consider(_ reader: PhraseReader, _ text: PhraseText) {
    if reader.readSlip {
      isLow = true
      remarks.append(.ask("có chữ mất dấu hoặc nhận dạng sai", "letters without marks or misread characters"))
    }
    if reader.hasForeignWords { clauses = [] }
    if let first = reader.unread.first, let last = reader.unread.last {
      isLow = true
      let words = text.excerpt(first..<min(last + 1, first + 12))
      remarks.append(.ask("chưa đọc được: “\(words)”", "not read: “\(words)”"))
    }
    if clauses.isEmpty { nothingRead(sawQuantity: reader.sawQuantity) }
    if clauses.contains(where: { $0.kind == .missing }) {
      remarks.append(.ask("cùng thời hạn với dòng trên hoặc không ghi", "the limit of the row above, or none"))
    }
  }

  private mutating func nothingRead(sawQuantity: Bool) {
    clauses = [LimitClause(kind: .none, timing: .undated, rule: "R16", words: Excerpt(whole: phrase))]
    guard !sawQuantity, remarks.isEmpty else { return }
    isLow = true
    remarks.append(.ask("không thấy thời hạn trong câu này", "no time limit found in these words"))
  }

  private var confidence: TimeLimit.Confidence {
    if isLow { return .low }
    return remarks.isEmpty ? .high : .medium
  }

  var timeLimit: TimeLimit {
    var notes: [String] = []
    for remark in remarks where !notes.contains(remark.text) && notes.count < 20 { notes.append(remark.text) }
    var clauses = clauses
    // What was doubtful about the phrase was so about its only clause.
    if clauses.count == 1 { clauses[0].confidence = confidence }
    return TimeLimit(
      phrase: phrase,
      issued: issued,
      clauses: clauses,
      confidence: confidence,
      needsConfirmation: remarks.contains(where: \.asks),
      notes: notes
    )
  }
}
