import Deadlines
import Foundation
import TestSupport
import Testing

@Suite("Properties of phrases")
struct PhrasePropertyTests {
  private let calendar: WorkingCalendar
  private let issued: CivilDate
  private let phrases: [(text: String, issued: CivilDate)]

  init() throws {
    self.calendar = try PhraseFixtures.calendar()
    self.issued = try #require(CivilDate("2026-05-13"))
    self.phrases = try PhraseFixtures.rows("phrases").map { ($0[0], try #require(CivilDate($0[1]))) }
  }

  private static let rewritings: [(name: String, rewrite: @Sendable (String) -> String)] = [
    ("upper case", { $0.uppercased() }),
    ("lower case", { $0.lowercased() }),
    ("NFD", { $0.decomposedStringWithCanonicalMapping }),
    ("NFC", { $0.precomposedStringWithCanonicalMapping }),
    ("NFD upper case", { $0.uppercased().decomposedStringWithCanonicalMapping }),
    ("no-break spaces", { $0.replacingOccurrences(of: " ", with: "\u{A0}") }),
    ("wide spaces", { " \($0.replacingOccurrences(of: " ", with: "   "))\t" }),
    ("zero-width spaces", { $0.replacingOccurrences(of: " ", with: "\u{200B} ") }),
    ("byte order mark", { "\u{FEFF}" + $0 }),
    ("en dashes", { $0.replacingOccurrences(of: "-", with: "–") }),
    ("minus signs", { $0.replacingOccurrences(of: "-", with: "\u{2212}") }),
    ("fraction slashes", { $0.replacingOccurrences(of: "/", with: "\u{2044}") }),
    ("hàng for hằng", { $0.replacingOccurrences(of: "hằng", with: "hàng") }),
    ("quí for quý", { $0.replacingOccurrences(of: "quý", with: "quí").replacingOccurrences(of: "kỳ", with: "kì") }),
  ]

  @Test("spelling, case, spaces, dashes and normal forms change nothing")
  func spellings() {
    for (text, issued) in phrases {
      let plain = Reading(text, issued: issued, calendar: calendar)
      for (name, rewrite) in Self.rewritings {
        let other = Reading(rewrite(text), issued: issued, calendar: calendar)
        #expect(other == plain, "\(name): \(text)")
      }
    }
  }

  @Test("target ≤ nominal ≤ legal, and target and legal are worked")
  func threeDates() {
    for (text, issued) in phrases {
      let limit = TimeLimitParser(calendar: calendar).parse(text, issued: issued)
      for due in limit.dueDates(from: .first, to: PhraseFixtures.to, calendar: calendar, regime: .standard) {
        #expect(due.target <= due.nominal && due.nominal <= due.legal, "\(text)")
        #expect(calendar.isWorkingDay(due.target) && calendar.isWorkingDay(due.legal), "\(text)")
      }
    }
  }

  @Test("dates of a stretch are those of its two halves")
  func stretchesAdd() throws {
    let middle = try #require(CivilDate("2026-12-15"))
    for (text, issued) in phrases {
      let limit = TimeLimitParser(calendar: calendar).parse(text, issued: issued)
      func dates(_ from: CivilDate, _ to: CivilDate) -> [DueDate] {
        limit.dueDates(from: from, to: to, calendar: calendar, regime: .standard)
      }
      let halves =
        dates(PhraseFixtures.from, middle) + dates(middle.adding(days: 1), PhraseFixtures.to)
      #expect(dates(PhraseFixtures.from, PhraseFixtures.to) == halves, "\(text)")
    }
  }

  // MARK: Generated limits read back exactly

  @Test("a written day reads back, whatever its form and preposition", arguments: [UInt64(1), 2, 3])
  func daysReadBack(seed: UInt64) throws {
    var random = Seeded(seed)
    for _ in 0..<1500 {
      let day = issued.adding(days: Int.random(in: 1...590, using: &random))
      let (words, shift) = try #require(Self.prepositions.randomElement(using: &random))
      let phrase = words + (try #require(Self.spellings(of: day).randomElement(using: &random)))
      let reading = Reading(phrase, issued: issued, calendar: calendar)
      #expect(reading.kind == "deadline", "\(phrase)")
      #expect(reading.nominal == [day.adding(days: shift)], "\(phrase)")
      #expect(!reading.limit.needsConfirmation, "\(phrase): \(reading.limit.notes)")
    }
  }

  private static let prepositions: [(String, Int)] = [
    ("trước ", -1), ("Hoàn thành trước ", -1), ("gửi báo cáo về UBND xã trước ", -1), ("đến ", 0), ("Đến hết ", 0),
    ("chậm nhất ", 0), ("Chậm nhất là ", 0), ("chậm nhất đến ", 0), ("không muộn hơn ", 0), ("không quá ", 0),
    ("Thời hạn: ", 0), ("hạn cuối ", 0), ("hạn chót: ", 0), ("trước và trong ", 0), ("muộn nhất ", 0), ("", 0),
  ]

  private static func spellings(of date: CivilDate) -> [String] {
    let (year, month, day) = date.yearMonthDay
    let (d, m) = (twoDigits(day), twoDigits(month))
    return [
      "ngày \(day)/\(month)/\(year)", "\(d)/\(m)/\(year)", "ngày \(d) tháng \(m) năm \(year)",
      "\(day).\(month).\(year)",
      "\(d)-\(m)-\(year)", "ngày \(day) / \(month) / \(year)", "ngày \(d)/\(m)/\(year % 100)", date.description,
      "ngày \(day) tháng \(month)/\(year)",
    ]
  }

  @Test("a written month, quarter or year reads back as a window", arguments: [UInt64(4), 5])
  func windowsReadBack(seed: UInt64) throws {
    var random = Seeded(seed)
    for _ in 0..<600 {
      let day = issued.adding(days: Int.random(in: 40...580, using: &random))
      let (phrase, last) = try #require(Self.windows(around: day).randomElement(using: &random))
      let words = try #require(
        ["", "trong ", "Hoàn thành trong ", "Thực hiện trong ", "hết "].randomElement(using: &random)
      )
      let reading = Reading(words + phrase, issued: issued, calendar: calendar, to: .last)
      #expect(reading.kind == "window", "\(words + phrase)")
      #expect(reading.nominal == [last], "\(words + phrase)")
    }
  }

  private static func windows(around day: CivilDate) -> [(String, CivilDate)] {
    let (year, month, quarter) = (day.year, day.month, day.quarter)
    let roman = ["I", "II", "III", "IV"][quarter - 1]
    let quarterEnd = day.adding(months: quarter * 3 - month).lastOfMonth
    let names = ["một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai"]
    return [
      ("tháng \(month)/\(year)", day.lastOfMonth), ("T\(month)/\(year)", day.lastOfMonth),
      ("tháng \(twoDigits(month))-\(year)", day.lastOfMonth),
      ("tháng \(names[month - 1]) năm \(year)", day.lastOfMonth),
      ("quý \(roman)/\(year)", quarterEnd), ("quí \(quarter) năm \(year)", quarterEnd),
      ("Q\(quarter)/\(year)", quarterEnd),
      ("năm \(year)", day.lastOfYear),
    ]
  }

  @Test("a range reads back as a window from its first to its last day")
  func rangesReadBack() throws {
    var random = Seeded(6)
    for _ in 0..<600 {
      let first = issued.adding(days: Int.random(in: 1...400, using: &random))
      let last = first.adding(days: Int.random(in: 1...60, using: &random))
      let spelling = try #require(Self.spellings(of: last).randomElement(using: &random))
      let phrase = "từ ngày \(first.day)/\(first.month)/\(first.year) đến hết \(spelling)"
      let due = TimeLimitParser(calendar: calendar).parse(phrase, issued: issued)
        .dueDates(from: .first, to: .last, calendar: calendar, regime: .standard)
      #expect(due.map(\.nominal) == [last] && due.first?.windowStart == first, "\(phrase)")
    }
  }

  // MARK: Hostile input

  @Test("twenty thousand mutated phrases never crash, and dates beside English always ask")
  func fuzz() throws {
    var random = Seeded(7)
    let parser = TimeLimitParser(calendar: calendar)
    for _ in 0..<20_000 {
      let (text, issued) = try #require(phrases.randomElement(using: &random))
      let phrase = Self.mutate(text, with: try #require(phrases.randomElement(using: &random)).text, &random)
      let limit = parser.parse(phrase, issued: issued)
      #expect(!limit.clauses.isEmpty)
      #expect(limit.needsConfirmation == false || !limit.notes.isEmpty)
      _ = limit.dueDates(from: issued, to: issued.adding(days: 100), calendar: calendar, regime: .standard)
    }
  }

  private static let pieces = [
    "/", "-", ".", ",", ";", "(", ")", "0", "99", "2026", "IV", "ngày", "tháng", "quý", "trước", "đến", "hằng",
    "6 tháng",
    "\u{301}", "\u{200B}", "🙂", "漢", "999999999999", "0/0/0", "năm", "h", "T", "và", "báo cáo", "kể từ", "lần", "thứ",
  ]

  private static func mutate(_ text: String, with other: String, _ random: inout Seeded) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let at = Int.random(in: 0...scalars.count, using: &random)
      switch Int.random(in: 0...3, using: &random) {
      case 0: scalars.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").unicodeScalars, at: at)
      case 1 where at < scalars.count: scalars.remove(at: at)
      case 2: scalars.insert(contentsOf: other.unicodeScalars, at: at)
      default: scalars.removeSubrange(at..<min(scalars.count, at + 3))
      }
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  @Test(
    "a phrase of 100 KB is answered at once",
    arguments: [
      "trước ", "ngày 30/6/2026, ", "1/", "hằng ", "5 ngày sau ", "trước 5 ngày sau khi ", "từ ngày ký ", "a", "tết ",
      "là ", "năm ", "hằng năm ", "1-", "quý I, ", "(", "không quá ", "báo cáo ", "\u{301}", "kể từ khi ", "và ",
      "mười ",
    ]
  )
  func longPhrase(piece: String) {
    let phrase = String(repeating: piece, count: 100_000 / piece.utf8.count)
    let start = ContinuousClock.now
    _ = TimeLimitParser(calendar: calendar).parse(phrase, issued: issued)
    // Milliseconds in a release build; the limit only tells linear from quadratic.
    #expect(ContinuousClock.now - start < .seconds(5))
  }
}
