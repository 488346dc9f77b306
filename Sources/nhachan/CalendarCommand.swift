import ArgumentParser
import Configuration
import Deadlines
import Foundation
import Messages

/// `calendar`: a year's days off, worked weekend days, and why.
struct CalendarCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calendar",
    abstract: "Print a year's days off and worked weekend days with their reasons.",
    discussion: """
      Example: nhachan calendar 2027 --ics > 2027.ics
      The days are those of the configuration's calendar; for a year that it does not cover they are computed from the \
      law and provisional. Without a configuration every year is computed, for Viet Nam.
      """
  )

  @Argument(help: "1900 to 2199.")
  var year: Int
  @Flag(help: "Print an iCalendar file (RFC 5545) for a calendar program.")
  var ics = false
  @OptionGroup var moment: AtOption
  @OptionGroup var place: PlaceOptions

  func validate() throws {
    guard (1900...2199).contains(year) else { throw ValidationError("the year is 1900 to 2199, not \(year)") }
    if ics && place.json { throw ValidationError("--ics and --json are two forms: choose one") }
  }

  func run() throws {
    let office = try place.isConfigured ? place.load().office : nil
    let calendar = office?.calendar ?? .vietNamByLaw
    let zone = office?.zone ?? .vietNam
    let isVietnamese = calendar.computed == .vietNam || zone == .vietNam
    let words = YearWords(year, calendar, language: isVietnamese ? .vietnamese : .english)
    if place.json {
      try printJSON(CalendarReport(words, calendar, isVietnamese: isVietnamese))
    } else if ics {
      writeOut(words.iCalendar(owner: office?.id ?? "viet-nam", createdAt: moment.instant(zone)))
    } else {
      let rows = words.days.isEmpty ? "" : table([words.header] + words.days.map(words.row)) + "\n\n"
      print("\(words.title) – \(words.basis)\n\n\(rows)\(words.workingDays)")
    }
  }

  /// Without a line end of its own: the form ends with CRLF.
  private func writeOut(_ text: String) { print(text, terminator: "") }
}

/// `calendar --json`.
struct CalendarReport: Encodable {
  struct Day: Encodable {
    var date: CivilDate
    /// ISO: 1 for Monday.
    var weekday: Int
    var name: String
    var kind: WorkingCalendar.DayKind
    var source: String
    var provisional: Bool
    /// “1/1 Bính Ngọ”; nil outside Viet Nam.
    var lunar: String?
  }

  var year: Int
  var basis: WorkingCalendar.YearBasis
  var provisional: Bool
  var weekend: [Int]
  var days: [Day]
  var workingDays: Int
  /// January first.
  var workingDaysByMonth: [Int]

  init(_ words: YearWords, _ calendar: WorkingCalendar, isVietnamese: Bool) {
    year = words.year
    basis = calendar.basis(ofYear: words.year)
    provisional = calendar.isProvisional(year: words.year)
    weekend = calendar.weekendDays.sorted()
    days = words.days.map { day in
      Day(
        date: day.date,
        weekday: day.date.weekday,
        name: day.name,
        kind: day.kind,
        source: day.source,
        provisional: calendar.isProvisional(day.date),
        lunar: isVietnamese ? LunarDate(day.date).description : nil
      )
    }
    workingDaysByMonth = (1...12).map { calendar.workingDays(inMonth: $0, of: words.year) }
    workingDays = workingDaysByMonth.reduce(0, +)
  }
}
