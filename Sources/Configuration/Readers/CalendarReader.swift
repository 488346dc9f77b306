internal import Deadlines

/// Reads the files `calendar/*.tsv` into one calendar.
struct CalendarReader {
  static let folder = "calendar"

  private let findings: Findings
  private var days: [CivilDate: (day: WorkingCalendar.DecreedDay, place: SourcePlace)] = [:]
  private var weekend: (days: Set<Int>, place: SourcePlace)?

  init(_ findings: Findings) { self.findings = findings }

  var calendar: WorkingCalendar {
    WorkingCalendar(decreedDays: days.values.map(\.day), weekendDays: weekend?.days ?? [6, 7])
  }

  mutating func read(_ source: SourceText) {
    for number in 1...source.lineCount {
      let line = source.line(number)
      if line.allSatisfy(\.isWhitespace) { continue }
      if line.hasPrefix("#") {
        readWeekend(line.dropFirst(), source.place(line: number, column: 1))
      } else {
        readDay(line, source, number)
      }
    }
  }

  private mutating func readDay(_ line: Substring, _ source: SourceText, _ number: Int) {
    let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
    func place(ofCell index: Int) -> SourcePlace {
      source.place(line: number, column: 1 + cells[..<index].reduce(0) { $0 + $1.count + 1 })
    }
    guard cells.count == 4 else {
      findings.error(
        place(ofCell: 0),
        "\(cells.count) cells instead of four",
        remedy: "write date, name, kind and source with one tab between them"
      )
      return
    }
    let date = CivilDate(cells[0])
    if date == nil {
      findings.error(
        place(ofCell: 0),
        "“\(cells[0].prefix(80))” is not a day of the calendar",
        remedy: "write an existing day as YYYY-MM-DD, as “2026-05-01”"
      )
    }
    let kind = WorkingCalendar.DayKind(rawValue: String(cells[2]))
    if kind == nil { reportKind(cells[2], place(ofCell: 2)) }
    guard let date, let kind else { return }
    add(
      WorkingCalendar.DecreedDay(date: date, name: String(cells[1]), kind: kind, source: String(cells[3])),
      place(ofCell: 2)
    )
  }

  private func reportKind(_ word: Substring, _ place: SourcePlace) {
    let known = WorkingCalendar.DayKind.allCases.map(\.rawValue)
    findings.error(
      place,
      "no day is of the kind “\(word.prefix(80))”",
      remedy: Spelling.advice(
        for: String(word),
        among: known,
        otherwise: "choose one of \(known.joined(separator: ", "))"
      )
    )
  }

  private mutating func add(_ day: WorkingCalendar.DecreedDay, _ place: SourcePlace) {
    guard let other = days[day.date] else {
      days[day.date] = (day, place)
      return
    }
    guard other.day.kind != day.kind else { return }
    findings.error(
      place,
      "\(day.date) is “\(day.kind.rawValue)” here and “\(other.day.kind.rawValue)” in \(other.place.file), line \(other.place.line)",
      remedy: "keep the line of the decree in force"
    )
  }

  /// `# weekend: 6,7` — ISO weekdays, 1 for Monday.
  private mutating func readWeekend(_ comment: Substring, _ place: SourcePlace) {
    let words = comment.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2, words[0].filter({ !$0.isWhitespace }) == "weekend" else { return }
    let cells = words[1].filter { !$0.isWhitespace }.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = cells.compactMap { Measures.number($0) }.filter { (1...7).contains($0) }
    guard numbers.count == cells.count, Set(numbers).count < 7 else {
      findings.error(place, "a weekend that is none", remedy: "write “# weekend: 6,7”, with 1 for Monday")
      return
    }
    if let weekend, weekend.days != Set(numbers) {
      findings.error(
        place,
        "another weekend than in \(weekend.place.file), line \(weekend.place.line)",
        remedy: "keep one of the two lines"
      )
    }
    weekend = (Set(numbers), place)
  }
}
