public import Deadlines

/// The words of messages and pages in one language.
///
/// Every sentence is written here in both languages side by side, so that neither can be forgotten. Vietnamese follows
/// the style of offices: “ngày 05/02/2026”, “05 ngày làm việc”, “12,5%”.
public struct Wording: Sendable {
  public let language: Language

  public init(_ language: Language) { self.language = language }

  public func say(_ vietnamese: @autoclosure () -> String, _ english: @autoclosure () -> String) -> String {
    switch language {
    case .vietnamese: vietnamese()
    case .english: english()
    }
  }
}

// Numbers.
extension Wording {
  /// A count as offices write it: “05”, “34”, “1.250”; English “5”, “1,250”.
  public func count(_ number: Int) -> String {
    if (1..<10).contains(number) { return say("0\(number)", "\(number)") }
    var digits = Array(String(number.magnitude))
    var place = digits.count - 3
    while place > 0 {
      digits.insert(contentsOf: say(".", ","), at: place)
      place -= 3
    }
    return (number < 0 ? "-" : "") + String(digits)
  }

  /// “05 ngày làm việc”.
  public func workingDays(_ number: Int) -> String {
    say("\(count(number)) ngày làm việc", number == 1 ? "1 working day" : "\(count(number)) working days")
  }

  /// “12,5%” with at most one decimal, or “–” when there is nothing to divide by.
  public func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0, part >= 0 else { return "–" }
    let (thousandfold, overflows) = part.multipliedReportingOverflow(by: 1000)
    guard !overflows else { return "–" }
    let tenths = thousandfold / whole + (thousandfold % whole * 2 >= whole ? 1 : 0)
    let decimal = tenths % 10 == 0 ? "" : say(",", ".") + "\(tenths % 10)"
    return "\(count0(tenths / 10))\(decimal)%"
  }

  /// Without the office's leading zero, for measures.
  private func count0(_ number: Int) -> String { number < 10 ? "\(number)" : count(number) }
}

// Dates.
extension Wording {
  /// “16/12/2026”, English “16 December 2026”; days below 10 and months 1 and 2 with a zero, as documents have them.
  public func date(_ date: CivilDate) -> String {
    let (year, month, day) = date.yearMonthDay
    return say(
      "\(twoDigits(day))/\(Self.month(month))/\(year)",
      "\(day) \(Self.englishMonths[month - 1]) \(year)"
    )
  }

  /// “ngày 30 tháng 9 năm 2026”; English “30 September 2026”.
  public func longDate(_ date: CivilDate) -> String {
    let (year, month, day) = date.yearMonthDay
    return say("ngày \(twoDigits(day)) tháng \(Self.month(month)) năm \(year)", self.date(date))
  }

  /// “thứ Tư, ngày 16/12/2026”; English “Wednesday 16 December 2026”.
  public func weekdayDate(_ date: CivilDate) -> String {
    say("\(weekday(date)), ngày \(self.date(date))", "\(weekday(date)) \(self.date(date))")
  }

  /// “thứ Hai” to “Chủ nhật”.
  public func weekday(_ date: CivilDate) -> String {
    say(Self.vietnameseWeekdays[date.weekday - 1], Self.englishWeekdays[date.weekday - 1])
  }

  /// “07 giờ 30”; English “07:30”.
  public func time(_ time: TimeOfDay) -> String {
    say("\(twoDigits(time.hour)) giờ \(twoDigits(time.minute))", time.description)
  }

  private static func month(_ month: Int) -> String { month <= 2 ? "0\(month)" : "\(month)" }

  private static let vietnameseWeekdays = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"]
  private static let englishWeekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]
  private static let englishMonths = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
}

// States and kinds.
extension Wording {
  /// The state in the words offices use (domain section 5.1).
  public func state(_ state: OccurrenceState) -> String {
    switch state {
    case .notYetDue: say("Chưa đến hạn", "Not yet due")
    case .dueSoon: say("Sắp đến hạn", "Due soon")
    case .dueToday: say("Đến hạn", "Due")
    case .overdue(let days): say("Quá hạn \(workingDays(days))", "Overdue by \(workingDays(days))")
    case .doneInTime: say("Hoàn thành đúng hạn", "Done in time")
    case .doneLate: say("Hoàn thành quá hạn", "Done late")
    case .noDueDate: say("Không có hạn (thường xuyên)", "No due date (continuous)")
    case .unsettled: say("Chờ xác nhận", "To be confirmed")
    }
  }

  /// The tag at the head of a subject, as “[Nhắc việc]”.
  public func tag(_ kind: NoticeKind) -> String {
    switch kind {
    case .settled: say("[Đã giải quyết]", "[Settled]")
    case .assignment: say("[Giao việc]", "[Assignment]")
    case .reminder: say("[Nhắc việc]", "[Reminder]")
    case .dueToday: say("[Đến hạn hôm nay]", "[Due today]")
    case .overdue: say("[Quá hạn]", "[Overdue]")
    case .escalation: say("[Đôn đốc]", "[Escalation]")
    case .digest: say("[Tổng hợp]", "[Summary]")
    }
  }

  var testTag: String { say("[Thử]", "[Test]") }

  /// The document's kind; English readers get the usual translation.
  func documentType(_ type: String) -> String {
    let english = [
      "Kế hoạch": "Plan", "Quyết định": "Decision", "Công văn": "Official letter", "Chỉ thị": "Directive",
      "Thông báo": "Notice", "Kết luận": "Conclusion", "Nghị quyết": "Resolution", "Chương trình": "Programme",
    ]
    return say(type, english[type] ?? type)
  }

  /// “Kế hoạch số 153a/KH-UBND ngày 13/5/2026 của UBND xã Cẩm Giàng”.
  public func document(_ plan: Occurrence.PlanReference) -> String {
    let type = documentType(plan.documentType)
    return say(
      "\(type) số \(plan.number) ngày \(date(plan.issued)) của \(plan.issuer)",
      "\(type) No. \(plan.number) of \(date(plan.issued)), \(plan.issuer)"
    )
  }

  /// Doubts come in Vietnamese with English after “ / ”; where that is not plainly so, the whole stands in both languages.
  func ownHalf(_ doubt: String) -> String {
    if let disagreement = Self.englishDisagreement(doubt) { return say(doubt, disagreement) }
    let parts = doubt.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false)
    let places = parts.indices.dropFirst().filter { parts[$0 - 1].last == " " && parts[$0].first == " " }
    guard places.count == 1, let place = places.first else { return doubt }
    let vietnamese = parts[..<place].joined(separator: "/".unicodeScalars)
    let english = parts[place...].joined(separator: "/".unicodeScalars)
    guard Self.isEnglish(english) else { return doubt }
    return say(CleanText.line(Self.text(vietnamese)), CleanText.line(Self.text(english)))
  }

  // “Thân Kế hoạch (II.3) ghi “…”; Phụ lục (PL.3) ghi “…”. Đề xuất: …” with English between the quoted words; nil for
  // all other doubts.
  private static func englishDisagreement(_ doubt: String) -> String? {
    let words = [
      ("Thân Kế hoạch (", "The plan’s body ("), (") ghi “", ") says “"), ("”; Phụ lục (", "”; its appendix ("),
      (") ghi “", ") says “"),
    ]
    var english = ""
    var rest = doubt[...]
    for (index, pair) in words.enumerated() {
      guard let place = rest.firstRange(of: pair.0), index > 0 || place.lowerBound == doubt.startIndex else {
        return nil
      }
      english += rest[..<place.lowerBound] + pair.1
      rest = rest[place.upperBound...]
    }
    return english + rest.replacing("”. Đề xuất: ", with: "”. Proposal: ", maxReplacements: 1)
  }

  private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// True when nothing outside quotation marks has a letter that English lacks.
  private static func isEnglish(_ scalars: some Sequence<Unicode.Scalar>) -> Bool {
    var depth = 0
    var hasLetter = false
    for scalar in scalars {
      depth += scalar == "“" ? 1 : scalar == "”" ? -1 : 0
      if depth > 0 || !scalar.properties.isAlphabetic { continue }
      if !scalar.isASCII { return false }
      hasLetter = true
    }
    return hasLetter
  }
}
