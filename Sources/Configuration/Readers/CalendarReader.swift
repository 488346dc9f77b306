internal import Deadlines

/// Reads the files `calendar/*.tsv` into one calendar.
struct CalendarReader {
  static let folder = "calendar"

  private let findings: Findings
  private var days: [CivilDate: (day: WorkingCalendar.DecreedDay, place: SourcePlace)] = [:]
  private var weekend: (days: Set<Int>, place: SourcePlace)?
  private var computed: (source: WorkingCalendar.Computed, place: SourcePlace)?
  private var undecreedYears: Set<Int> = []

  init(_ findings: Findings) { self.findings = findings }

  /// What the files say together.
  ///
  /// Years that they do not cover are computed as they say, else as usual in the office's zone.
  func calendar(in zone: OfficeZone) -> WorkingCalendar {
    WorkingCalendar(
      decreedDays: days.values.map(\.day),
      weekendDays: weekend?.days ?? [6, 7],
      computed: computed?.source ?? .usual(in: zone),
      undecreedYears: undecreedYears
    )
  }

  mutating func read(_ source: SourceText) {
    for number in 1...source.lineCount {
      let line = source.line(number)
      if line.allSatisfy(\.isWhitespace) { continue }
      if line.hasPrefix("#") {
        readDirective(line.dropFirst(), source.place(line: number, column: 1))
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
}

// Comments that say something: `# weekend: 6,7`, `# provisional: 2027`, `# computed: none`.
extension CalendarReader {
  private enum Directive: String, CaseIterable { case weekend, provisional, computed }

  private mutating func readDirective(_ comment: Substring, _ place: SourcePlace) {
    let words = comment.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2 else { return }
    let name = words[0].filter { !$0.isWhitespace }
    switch Directive(rawValue: name) {
    case .weekend: readWeekend(words[1], place)
    case .provisional: readProvisional(words[1], place)
    case .computed: readComputed(words[1], place)
    case nil: reportMisspelt(name, place)
    }
  }

  /// Any other comment is the office's own; one that was meant must not be passed over.
  private func reportMisspelt(_ name: String, _ place: SourcePlace) {
    guard let meant = Spelling.nearest(to: name, among: Directive.allCases.map(\.rawValue)) else { return }
    findings.error(place, "no line of a calendar is called “\(name.prefix(80))”", remedy: "did you mean “\(meant)”?")
  }

  private func numbers(_ list: Substring, in range: ClosedRange<Int>) -> Set<Int>? {
    let cells = list.filter { !$0.isWhitespace }.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = cells.compactMap { Measures.number($0) }.filter { range.contains($0) }
    return numbers.count == cells.count ? Set(numbers) : nil
  }

  /// `# weekend: 6,7` — ISO weekdays, 1 for Monday.
  private mutating func readWeekend(_ list: Substring, _ place: SourcePlace) {
    guard let days = numbers(list, in: 1...7), days.count < 7 else {
      findings.error(place, "a weekend that is none", remedy: "write “# weekend: 6,7”, with 1 for Monday")
      return
    }
    if let weekend, weekend.days != days { reportOther("another weekend", weekend.place, place) }
    weekend = (days, place)
  }

  /// `# provisional: 2027` — years whose days stand here before they are decreed.
  private mutating func readProvisional(_ list: Substring, _ place: SourcePlace) {
    guard let years = numbers(list, in: 1900...2200) else {
      findings.error(
        place,
        "“\(list.trimmed.prefix(80))” is no list of years",
        remedy: "write “# provisional: 2027”, several years with commas"
      )
      return
    }
    undecreedYears.formUnion(years)
  }

  /// `# computed: vietnam` or `# computed: none` — what gives the days of years that no file covers.
  private mutating func readComputed(_ word: Substring, _ place: SourcePlace) {
    let known = WorkingCalendar.Computed.allCases.map(\.rawValue)
    guard let source = WorkingCalendar.Computed(rawValue: word.trimmed) else {
      findings.error(
        place,
        "no days off are computed for “\(word.trimmed.prefix(80))”",
        remedy: Spelling.advice(
          for: word.trimmed,
          among: known,
          otherwise: "write “# computed: \(known.joined(separator: "” or “# computed: "))”"
        )
      )
      return
    }
    if let computed, computed.source != source { reportOther("another source of computed days", computed.place, place) }
    computed = (source, place)
  }

  private func reportOther(_ what: String, _ first: SourcePlace, _ place: SourcePlace) {
    findings.error(place, "\(what) than in \(first.file), line \(first.line)", remedy: "keep one of the two lines")
  }
}

extension WorkingCalendar.Computed {
  /// Viet Nam's law for offices on its clock, nothing for others.
  static func usual(in zone: OfficeZone) -> Self {
    ["Asia/Ho_Chi_Minh", "Asia/Saigon"].contains(zone.identifier) ? .vietNam : .none
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
