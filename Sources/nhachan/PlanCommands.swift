import ArgumentParser
import Configuration
import Daemon
import Deadlines
import Delivery
import Foundation

/// `check`: what the plans mean, and every mistake at once.
struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read everything, print each task with its dates and doubts, and all mistakes at once.",
    discussion: """
      Lists each task's occurrences to the end of next year. Exit status 1 when there are mistakes.
      Days of events (`nhachan event set`) come from the store, if there is one that may be read.
      """
  )

  @OptionGroup var place: PlaceOptions
  @OptionGroup var moment: AtOption

  func run() async throws {
    let configuration: LoadedConfiguration
    do {
      configuration = try ConfigurationLoader.load(directory: place.configPath)
    } catch let error as ConfigurationError {
      if place.json { try printJSON(CheckReport(tasks: [], problems: error.problems.map(ProblemLine.init))) }
      throw Failure.no(place.json ? "" : error.description)
    }
    let office = configuration.office
    let today = moment.today(office.zone)
    let plans = PlanChecks(office: office, today: today, events: await place.eventDatesIfReadable(configuration))
    if place.json {
      try plans.printJSON(warnings: configuration.warnings)
    } else {
      plans.printText(warnings: configuration.warnings)
    }
  }
}

/// `due`: what one phrase means.
struct Due: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a time-limit phrase means.",
    discussion: """
      Example: nhachan due 'Chậm nhất 15/5/2026' --issued 2026-05-13
      Holidays come from the calendar of the configuration; without one they are computed from the law of Viet Nam.
      What a person must confirm is said, with the other readings.
      """
  )

  @Argument(help: "The phrase, word for word.")
  var phrase: String
  @Option(help: "The day the document was issued: what the words count from.")
  var issued: CivilDate
  @Option(help: "First nominal date to list (default: the issue date).")
  var from: CivilDate?
  @Option(help: "Last nominal date to list (default: the end of the year after the issue date).")
  var to: CivilDate?
  @Option(help: "The task's title: a periodic limit of a report falls due by the reporting regime.")
  var title: String = ""
  @OptionGroup var place: PlaceOptions

  func validate() throws {
    if let from, let to, to < from { throw ValidationError("--to is before --from") }
  }

  func run() throws {
    let (calendar, regime, note) = try calendarAndRegime()
    let limit = TimeLimitParser(calendar: calendar, regime: regime).parse(phrase, issued: issued, title: title)
    let from = from ?? issued
    let to = to ?? Office.horizon(on: issued)
    let dates = limit.dueDates(from: from, to: to, calendar: calendar, regime: regime)
    let checkIns = limit.checkIns(from: from, to: to, calendar: calendar, regime: regime)
    let notes = [note].compactMap(\.self) + provisionalNotes(dates + checkIns, calendar)
    let report = DueReport(limit: limit, dates: dates, checkIns: checkIns, notes: notes)
    if place.json { try printJSON(report) } else { print(report.text) }
  }

  private func calendarAndRegime() throws -> (WorkingCalendar, ReportingRegime, String?) {
    guard place.isConfigured else {
      let note =
        "không có cấu hình: ngày nghỉ được tạm tính theo luật, chưa có hoán đổi / "
        + "no configuration: days off are computed from the law (provisional), without decreed exchanges"
      return (.vietNamByLaw, .standard, note)
    }
    let office = try place.load().office
    return (office.calendar, office.policy.regime, nil)
  }

  /// One for all years in which a listed date may still move; none for those that the calendar never knew.
  private func provisionalNotes(_ dates: [DueDate], _ calendar: WorkingCalendar) -> [String] {
    guard calendar != .vietNamByLaw else { return [] }
    let years = Set(dates.flatMap { [$0.nominal, $0.target, $0.legal] }.map(\.year))
    let provisional = years.filter(calendar.isProvisional).sorted().map(String.init).joined(separator: ", ")
    guard !provisional.isEmpty else { return [] }
    return [
      "lịch nghỉ năm \(provisional) chưa có thông báo chính thức: ngày trong năm đó là tạm tính / "
        + "days off of \(provisional) are not decreed yet: dates there are provisional"
    ]
  }
}

/// A stretch of days on the command line.
struct StretchOptions: ParsableArguments {
  @Option(help: "First day: YYYY-MM-DD (default: today).")
  var from: CivilDate?
  @Option(help: "Last day, included (default: the end of the year).")
  var to: CivilDate?

  func validate() throws {
    if let from, let to, to < from { throw ValidationError("--to \(to) is before --from \(from)") }
  }

  func days(_ office: Office) throws -> ClosedRange<CivilDate> {
    let first = from ?? office.zone.civil(SystemClock().now()).date
    let last = to ?? first.lastOfYear
    guard first <= last else { throw Failure.usage("--to \(last) is before --from \(first)") }
    return first...last
  }
}

/// `agenda`: every message that will go out.
struct Agenda: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List every message that will go out: when, to whom, why.",
    discussion: """
      Runs the planner with a turned clock and sends nothing. Starts from a copy of the store when there is one and \
      the stretch does not begin before it, else as if the plans were adopted on the first day.
      """
  )

  @OptionGroup var stretch: StretchOptions
  @Option(help: "Only messages for this unit.")
  var unit: String?
  @OptionGroup var place: PlaceOptions

  func run() async throws {
    let configuration = try place.load()
    let runner = RehearsalRunner(place: place, configuration: configuration)
    let channels = try runner.silentChannels()
    if let unit, configuration.office.directory.unit(unit) == nil {
      throw Failure.no("no unit “\(unit)” — directory.yaml has: \(unitIDs(configuration.office))")
    }
    let messages = try await runner.run(try stretch.days(configuration.office), channels: channels)
    let lines = runner.lines(messages, channels: channels).filter { unit == nil || $0.unit == unit }
    if place.json {
      printOut(try RehearsalFolder.json(lines))
    } else {
      print(table(lines.map { [String($0.at.prefix(16)), $0.recipient, $0.kind, $0.subject] }))
    }
  }

  private func unitIDs(_ office: Office) -> String { office.directory.units.map(\.id).joined(separator: ", ") }
}

/// `rehearse`: the same, as real mail that reaches nobody real.
struct Rehearse: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a stretch of time and produce every mail of it.",
    discussion: """
      --out DIR writes a Maildir, messages.json and an index.html. --smtp sends through libcurl to the configured \
      relay, which must be on loopback; with --to ADDRESS, beside --to DAY, every mail goes to that one address \
      instead, and then any relay may be used. A rehearsal never reaches real people and never touches the real store.
      """
  )

  @Option(help: "First day: YYYY-MM-DD (default: today).")
  var from: CivilDate?
  @Option(help: "Last day, included (default: the end of the year); or the address that gets every mail.")
  var to: [String] = []
  @Option(help: "Write the mails and a page to look at them into this folder.")
  var out: String?
  @Flag(help: "Send real SMTP to the configured relay.")
  var smtp = false
  @OptionGroup var place: PlaceOptions

  func validate() throws {
    if out == nil && !smtp { throw ValidationError("say where the mails go: --out DIR or --smtp") }
    if address != nil && !smtp { throw ValidationError("--to ADDRESS goes with --smtp") }
    for word in to where !word.contains("@") && CivilDate(word) == nil {
      throw ValidationError("--to takes a day YYYY-MM-DD or an address, not “\(word)”")
    }
  }

  private var address: String? { to.last { $0.contains("@") } }
  private var stretch: StretchOptions {
    var stretch = StretchOptions()
    stretch.from = from
    stretch.to = to.compactMap { CivilDate($0) }.last
    return stretch
  }

  func run() async throws {
    let configuration = try place.load()
    let runner = RehearsalRunner(place: place, configuration: configuration)
    let folder = try out.map { try RehearsalFolder(path: $0) }
    let channels = try smtp ? runner.sendingChannels(rewritingTo: address) : runner.silentChannels()
    let days = try stretch.days(configuration.office)
    let messages = try await runner.run(days, channels: channels, showsProgress: !place.json)
    try await finish(messages, channels: channels, folder: folder, runner: runner)
  }

  private func finish(
    _ messages: [RehearsedMessage],
    channels: [Channel],
    folder: RehearsalFolder?,
    runner: RehearsalRunner
  ) async throws {
    let letterheads = Dictionary(channels.map { ($0.name, $0.letterhead) }, uniquingKeysWith: { first, _ in first })
    try folder?.write(messages, letterheads: letterheads, webhooks: runner.webhookForms, writesMails: !smtp)
    for channel in channels { await channel.transport.shutDown(grace: 5) }
    let lines = runner.lines(messages, channels: channels)
    if place.json {
      printOut(try RehearsalFolder.json(lines))
      return
    }
    print(MonthTable.text(lines))
    if let out {
      print(smtp ? "" : "\nMails: \(out)/Maildir")
      print("Page to look at them: \(out)/index.html")
    }
  }
}
