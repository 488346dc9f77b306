public import Deadlines
internal import Foundation
internal import Messages

/// A folder that was read without a mistake.
public struct LoadedConfiguration: Sendable {
  public var office: Office
  public var settings: Settings
  /// What somebody should look at, though it can be used.
  public var warnings: [Problem]
  /// Changes whenever one of the files does; nil when there were none.
  public var fingerprint: String?

  public init(office: Office, settings: Settings, warnings: [Problem] = [], fingerprint: String? = nil) {
    self.office = office
    self.settings = settings
    self.warnings = warnings
    self.fingerprint = fingerprint
  }
}

/// Reads the whole configuration folder.
public enum ConfigurationLoader {
  /// Reads every file of the folder.
  /// - Parameter directory: The folder; relative paths inside its files count from it.
  /// - Returns: What the folder says, with warnings.
  /// - Throws: `ConfigurationError` with every mistake and warning, by file, line and column.
  public static func load(directory: String) throws -> LoadedConfiguration {
    let folder = FolderReader(directory: directory)
    let office = folder.office()
    let problems = folder.findings.sorted
    guard let office, !folder.findings.hasErrors else { throw ConfigurationError(problems) }
    return LoadedConfiguration(
      office: office.office,
      settings: office.settings,
      warnings: problems,
      fingerprint: folder.findings.fingerprint
    )
  }
}

extension ConfigurationLoader {
  /// The store's path as `nhachan.yaml` says it, whatever mistakes the folder has; nil when it says none, or cannot be
  /// read at all.
  public static func storePath(directory: String) -> String? {
    let findings = Findings()
    return SourceText.read(SettingsReader.file, in: directory, findings)
      .flatMap { YAMLComposer.compose($0, findings) }
      .flatMap { SettingsReader(directory: directory, findings: findings).read($0) }?
      .settings.storePath
  }
}

/// One reading of one folder.
private struct FolderReader {
  let directory: String
  let findings = Findings()

  /// Nil when a main file could not be read at all; other mistakes are in `findings`.
  func office() -> (office: Office, settings: Settings)? {
    let settings = document(SettingsReader.file).flatMap {
      SettingsReader(directory: directory, findings: findings).read($0)
    }
    let directoryFile = document(DirectoryReader.file).flatMap {
      DirectoryReader(usualChannels: usualChannels(settings), findings: findings).read($0)
    }
    let policy = document(PolicyReader.file).flatMap {
      PolicyReader(digest: settings?.digest ?? DigestFile(), admin: settings?.admin, findings: findings).read($0)
    }
    let calendar = calendar(in: settings?.zone ?? .vietNam)
    let plans = plans(names: directoryFile?.names, settings: settings)
    checkYears(plans, calendar)
    checkNames(settings, directoryFile?.directory, policy)
    guard let settings, let directoryFile, let policy else { return nil }
    let office = Office(
      id: settings.id,
      name: settings.name,
      contact: settings.contact,
      zone: settings.zone,
      calendar: calendar,
      directory: directoryFile.directory,
      policy: policy,
      plans: plans.map(\.plan)
    )
    return (office, settings.settings)
  }

  private func document(_ file: String) -> YAMLValue? {
    SourceText.read(file, in: directory, findings).flatMap { YAMLComposer.compose($0, findings) }
  }

  private func usualChannels(_ settings: SettingsFile?) -> [String] {
    settings.map { Array($0.channelNames.prefix(1)) } ?? ["mail"]
  }

  private func calendar(in zone: OfficeZone) -> WorkingCalendar {
    var reader = CalendarReader(findings)
    let files = files(in: CalendarReader.folder, ending: ".tsv")
    if files.isEmpty {
      findings.error(
        SourcePlace(file: CalendarReader.folder),
        "no calendar of days off",
        remedy: "put a file like holidays.tsv into “calendar”"
      )
    }
    for file in files {
      if let source = SourceText.read(file, in: directory, findings) { reader.read(source) }
    }
    return reader.calendar(in: zone)
  }

  private func plans(names: PartyNames?, settings: SettingsFile?) -> [PlanReader.PlanFile] {
    let channels = settings?.settings.channels ?? []
    let isFit = !channels.isEmpty && channels.allSatisfy(\.isFitForSecrets)
    let files = files(in: PlanReader.folder, ending: ".yaml")
    if files.isEmpty {
      findings.warning(
        SourcePlace(file: PlanReader.folder),
        "no plan: nobody will be reminded of anything",
        remedy: "put plan files (“….yaml”) into “plans”"
      )
    }
    let plans = readSideBySide(files, names: names, mayBeSecret: isFit)
    reportRepeatedNumbers(plans)
    return plans
  }

  /// A province has thousands of plans; each is read by itself, and what is found stays in the order of the files.
  private func readSideBySide(_ files: [String], names: PartyNames?, mayBeSecret: Bool) -> [PlanReader.PlanFile] {
    let readings = sideBySide(files) { [directory] file in
      let own = FolderReader(directory: directory)
      let reader = PlanReader(names: names, mayBeSecret: mayBeSecret, findings: own.findings)
      return (plan: own.document(file).flatMap { reader.read($0) }, findings: own.findings)
    }
    for reading in readings { findings.append(reading.findings) }
    return readings.compactMap(\.plan)
  }

  private func reportRepeatedNumbers(_ plans: [PlanReader.PlanFile]) {
    var seen: [String: SourcePlace] = [:]
    for file in plans {
      if let first = seen[file.plan.id] {
        findings.error(
          file.numberPlace,
          "the document “\(file.plan.number)” is already in \(first.file)",
          remedy: "keep one of the two files"
        )
      }
      seen[file.plan.id] = seen[file.plan.id] ?? file.numberPlace
    }
  }

  /// The folder's files of that kind by name, hidden ones left out, relative to the configuration folder.
  private func files(in folder: String, ending: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(folder)")) ?? []
    let visible = names.filter { !$0.hasPrefix(".") }.sorted()
    for name in visible where ending == ".yaml" && name.hasSuffix(".yml") {
      findings.warning(
        SourcePlace(file: "\(folder)/\(name)"),
        "this file is not read",
        remedy: "let its name end in “.yaml”"
      )
    }
    return visible.filter { $0.hasSuffix(ending) }.map { "\(folder)/\($0)" }
  }
}

// What one file says about another.
extension FolderReader {
  /// Dates computed without decreed days may be wrong (rule R17).
  private func checkYears(_ plans: [PlanReader.PlanFile], _ calendar: WorkingCalendar) {
    var told: Set<Int> = []
    for file in plans {
      let year = file.plan.issued.year
      if calendar.basis(ofYear: year) == .weeklyRest {
        findings.error(
          file.issuedPlace,
          "the calendar has no days off for \(year), the year of this document",
          remedy: "add the decreed days of \(year) to a file in “calendar”"
        )
        told.insert(year)
      }
      for year in [year, year + 1] where !calendar.coveredYears.contains(year) && told.insert(year).inserted {
        warnOfYear(year, calendar, file.issuedPlace)
      }
    }
  }

  private func warnOfYear(_ year: Int, _ calendar: WorkingCalendar, _ place: SourcePlace) {
    let isComputed = calendar.basis(ofYear: year) == .computed
    findings.warning(
      place,
      isComputed
        ? "the days off of \(year) are computed from the law: dates in \(year) are provisional"
        : "the calendar has no days off for \(year)",
      remedy: "add them to a file in “calendar” when they are decreed"
    )
  }

  private func checkNames(_ settings: SettingsFile?, _ directory: Directory?, _ policy: Policy?) {
    var known: [Reference.Kind: [String]] = [:]
    known[.channel] = settings?.channelNames
    known[.unit] = directory?.units.map(\.id)
    known[.post] = directory?.posts.map(\.id)
    known[.person] = directory?.people.map(\.id)
    known[.ladder] = policy?.ladders.map(\.name)
    let sets = known.mapValues { Set($0) }
    for reference in findings.references where sets[reference.kind]?.contains(reference.name) == false {
      report(reference, known: known[reference.kind] ?? [])
    }
    guard let directory else { return }
    warnOfNumbers(settings, directory)
    DirectoryChecks(directory: directory, chair: policy?.chair, findings: findings).run()
  }

  /// A short message finds its recipient by a number, which only the channel knows.
  private func warnOfNumbers(_ settings: SettingsFile?, _ directory: Directory) {
    for channel in settings?.settings.channels ?? [] {
      guard case .webhook(let webhook) = channel.kind, case .zalo(let form) = webhook.form else { continue }
      let mailboxes =
        directory.units.filter { $0.channels.contains(channel.name) }.compactMap(\.address)
        + directory.posts.filter { $0.channels.contains(channel.name) }.compactMap(\.address)
        + directory.people.filter { $0.channels.contains(channel.name) }.map(\.address)
      for mailbox in Set(mailboxes).subtracting(form.phones.keys).sorted() {
        findings.warning(
          channel.place,
          "no telephone number for \(mailbox), who is told by “\(channel.name)”",
          remedy: "add it under “phones”"
        )
      }
    }
  }

  private func report(_ reference: Reference, known names: [String]) {
    let kind = reference.kind.rawValue
    let known = names.isEmpty ? "no \(kind) is described yet" : "known: \(names.prefix(20).joined(separator: ", "))"
    findings.error(
      reference.place,
      "no \(kind) has the name “\(reference.name.prefix(80))”",
      remedy: Spelling.advice(for: reference.name, among: names, otherwise: known)
    )
  }
}
