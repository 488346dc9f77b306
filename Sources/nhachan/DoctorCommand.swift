import ArgumentParser
import Configuration
import Daemon
import Deadlines
import Foundation

/// `doctor`: says whether it will work here.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Try what the service will need, and say what to do where it would not work.",
    discussion: """
      Configuration, secrets, store, disk, each channel (connection, TLS and login, without any message), clock, \
      calendar, addresses. Every probe is made, each within 15 seconds. Nothing is changed and nothing is sent. \
      Exit status 0 when all is well (warnings too), 1 when something would not work, 3 when the only thing wrong is \
      that the store or a server cannot be reached.
      """
  )

  @OptionGroup var place: PlaceOptions

  private struct Report: Encodable {
    var checks: [Finding]
  }

  func run() async throws {
    let (configuration, first) = loading()
    var findings = first
    if let configuration {
      let events = await place.eventDatesIfReadable(configuration)
      let store = place.storePath(configuration)
      findings += await Checkup(configuration: configuration, store: store, events: events).run()
      findings.append(coverage(configuration.office, events: events))
    }
    if place.json { try printJSON(Report(checks: findings)) } else { print(Self.text(findings)) }
    let failures = findings.filter { $0.state == .failure }
    guard failures.isEmpty else {
      throw failures.allSatisfy(\.isUnreachable) ? Failure.unreachable("") : Failure.no("")
    }
  }

  /// What can be tried is tried with the copy in force while the folder is broken.
  private func loading() -> (LoadedConfiguration?, [Finding]) {
    let name = "configuration"
    do {
      let loaded = try ConfigurationLoader.load(directory: place.configPath)
      guard !loaded.warnings.isEmpty else { return (loaded, [Finding(name, .ok, "\(place.configPath): no mistakes")]) }
      let words = loaded.warnings.map(\.description).joined(separator: "\n")
      return (loaded, [Finding(name, .warning, words, remedy: "see `nhachan check`")])
    } catch {
      let finding = Finding(
        name,
        .failure,
        "\(error)",
        remedy: "correct the files; `nhachan check` names every mistake"
      )
      return (place.copyInForce(), [finding])
    }
  }

  private func coverage(_ office: Office, events: EventDates) -> Finding {
    let today = office.zone.civil(SystemClock().now()).date
    // Years without decree have a check of their own.
    let problems = PlanChecks(office: office, today: today, events: events).summary().unreminded
    guard !problems.isEmpty else {
      return Finding("coverage", .ok, "every date that is still to come has a reminder before it")
    }
    return Finding(
      "coverage",
      .warning,
      problems.map(\.message).joined(separator: "\n"),
      remedy: "see the ladders in policy.yaml; `nhachan check` names the places"
    )
  }

  private static func text(_ findings: [Finding]) -> String {
    let width = findings.map(\.name.count).max() ?? 0
    let lines = findings.flatMap { finding -> [String] in
      let margin = String(repeating: " ", count: 9 + width + 2)
      let state = finding.state.rawValue
      let name = finding.name + String(repeating: " ", count: width - finding.name.count)
      let details = finding.detail.split(separator: "\n").map(String.init)
      let head = "\(state)\(String(repeating: " ", count: 9 - state.count))\(name)  \(details.first ?? "")"
      let remedy = finding.remedy.isEmpty ? [] : ["\(margin)→ \(finding.remedy)"]
      return [head] + details.dropFirst().map { margin + $0 } + remedy
    }
    return (lines + [summary(findings)]).joined(separator: "\n")
  }

  private static func summary(_ findings: [Finding]) -> String {
    let failures = findings.count { $0.state == .failure }
    let warnings = findings.count { $0.state == .warning }
    if failures > 0 { return "\(failures) of \(findings.count) would not work, \(warnings) to look at" }
    return warnings > 0 ? "it will work; \(warnings) to look at" : "all is well"
  }
}
