public import Deadlines

/// What holds for whatever is read, however strange the phrase.
public enum PhraseInvariants {
  /// What does not hold, or nil.
  public static func fault(in limit: TimeLimit, calendar: WorkingCalendar) -> String? {
    if limit.clauses.isEmpty { return "no clause" }
    if limit.notes.count > 20 { return "\(limit.notes.count) notes" }
    if limit.needsConfirmation && limit.notes.isEmpty { return "asks without saying what" }
    let scalars = Array(limit.phrase.unicodeScalars)
    for clause in limit.clauses {
      if let fault = fault(in: clause.excerpt, of: scalars) { return fault }
    }
    let (from, to) = (limit.issued.adding(days: -400), limit.issued.adding(months: 24))
    let dues = limit.dueDates(from: from, to: to, calendar: calendar, regime: .standard)
    let checkIns = limit.checkIns(from: from, to: to, calendar: calendar, regime: .standard)
    return (dues + checkIns).lazy.compactMap { fault(in: $0, from...to, calendar) }.first
  }

  private static func fault(in words: Excerpt, of phrase: [Unicode.Scalar]) -> String? {
    guard words.span.lowerBound >= 0, words.span.upperBound <= phrase.count else { return "span \(words.span) outside" }
    return words.text.unicodeScalars.elementsEqual(phrase[words.span]) ? nil : "span \(words.span) is not “\(words)”"
  }

  private static func fault(in due: DueDate, _ asked: ClosedRange<CivilDate>, _ calendar: WorkingCalendar) -> String? {
    if !asked.contains(due.nominal) { return "\(due.nominal) was not asked for" }
    guard due.target <= due.nominal, due.nominal <= due.legal else {
      return "\(due.target), \(due.nominal), \(due.legal)"
    }
    let areWorked = calendar.isWorkingDay(due.target) && calendar.isWorkingDay(due.legal)
    return areWorked ? nil : "\(due.target) or \(due.legal) is no working day"
  }
}

/// Phrases of 100 KB: what a whole document pasted into the column, or malice, may give.
public enum LongPhrases {
  public static let shapes: [(name: String, phrase: String)] = pieces.map { name, piece in
    (name, String(repeating: piece, count: max(1, 100_000 / piece.utf8.count)))
  }

  private static let pieces: [(String, String)] = [
    ("office prose", prose), ("days", "ngày 30/6/2026, "), ("bounded days", "trước ngày 30/6/2026; "), ("digits", "1"),
    ("figures", "1 "), ("day words", "ngày "), ("commas", ","), ("spaces", " "), ("opening brackets", "("),
    ("brackets", "()"), ("nested ranges", "từ đến "), ("ranges", "từ ngày 01/6 đến ngày 15/6/2026, "),
    ("quarters", "hằng quý, "), ("quarters apart", "quý I, quý III; "), ("one word", "a"), ("marks", "\u{301}"),
    ("letter with marks", "ế\u{323}"), ("half dates", "1/"), ("dashes", "1-"), ("every", "hằng "),
    ("years", "hằng năm "),
    ("counts", "5 ngày sau "), ("counts back", "trước 5 ngày sau khi "), ("since signing", "từ ngày ký "),
    ("feasts", "tết "), ("fillers", "là "), ("year words", "năm "), ("at most", "không quá "), ("reports", "báo cáo "),
    ("since", "kể từ khi "), ("and", "và "), ("tens", "mười "), ("before", "trước "), ("semicolons", ";"),
    ("clocks", "17h00 "), ("weekdays", "thứ Sáu "), ("documents", "Quyết định số 1/QĐ-TTg ngày 1/6/2026 "),
    ("laws", "Luật "), ("months", "tháng "), ("open brackets after numbers", "5 (năm "), ("quotes", "“"),
    ("percent", "60% "), ("English days", "by 30 June 2026, "), ("English words", "before the end of "),
    ("English cycles", "every "), ("right to left", "مهلة "), ("emoji", "🙂"), ("NUL", "\u{0}"), ("new lines", "\n"),
    ("continuous", "thường xuyên "), ("lunar", "rằm tháng Giêng "), ("months of the year", "6 tháng đầu "),
    ("events", "trước kỳ họp "), ("on request", "khi có yêu cầu "), ("full stops", "."), ("dotted", "1.2.3."),
    ("hedges", "dự kiến "), ("weeks", "tuần 2 tháng "), ("not", "không "), ("times", "2 lần/"), ("from", "từ "),
    ("days of the month", "ngày 15 và "), ("within", "trong "), ("last days", "ngày cuối "), ("roman", "IV "),
    ("T signs", "T6-"), ("Q signs", "Q3-"), ("adjectives", "ngân sách hằng năm "), ("after", "sau "), ("of", "của "),
  ]

  private static let prose = """
    Các cơ quan, tổ chức, đơn vị chủ động rà soát, sửa đổi, bổ sung chức năng, nhiệm vụ, quy chế làm việc; phối hợp với \
    Văn phòng HĐND và UBND xã tổng hợp, báo cáo Chủ tịch UBND xã theo Quyết định số 534/QĐ-TTg ngày 31/3/2026 của Thủ \
    tướng Chính phủ. Hoàn thành rà soát trong quý III năm 2026; thực hiện thường xuyên hằng năm, gửi kết quả trước ngày \
    25 hằng tháng. 
    """
}
