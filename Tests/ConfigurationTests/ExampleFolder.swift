import Deadlines
import Foundation
import Testing

@testable import Configuration

@Suite("The example folder")
struct ExampleFolder {
  private struct Row {
    let id: String
    let lead: String
    let coordinating: String
    let phrase: String
  }

  private let office: Office
  private let plan: Plan

  init() throws {
    let loaded = try Folders.load(Folders.example)
    #expect(loaded.warnings.isEmpty)
    office = loaded.office
    plan = try #require(loaded.office.plans.first)
  }

  private func rows() throws -> [Row] {
    let table = try String(contentsOf: Folders.fixtures.appending(path: "seed_tasks.tsv"), encoding: .utf8)
    return table.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Row(id: cells[0], lead: cells[1], coordinating: cells[2], phrase: cells[3])
    }
  }

  @Test("holds the 34 tasks of the plan with their limits word for word")
  func tasksAndLimits() throws {
    let rows = try rows()
    #expect(rows.count == 34)
    #expect(plan.tasks.map(\.id) == rows.map(\.id))
    #expect(plan.tasks.map { Array($0.limit.utf8) } == rows.map { Array($0.phrase.utf8) })
  }

  @Test("names the units as the document does, each resolved to one unit or group")
  func leads() throws {
    let findings = Findings()
    let source = try #require(
      SourceText.read("plans/153a-KH-UBND.yaml", in: Folders.example.path(percentEncoded: false), findings)
    )
    let root = try #require(YAMLComposer.compose(source, findings))
    let tasks = try #require(Fields(root, "the file", keys: [], Findings())).list("tasks")
    for (row, value) in zip(try rows(), tasks) {
      let fields = try #require(Fields(value, "a task", keys: [], Findings()))
      #expect(rest(of: row.lead, without: fields.texts("lead")) == "", "\(row.id)")
      #expect(rest(of: row.coordinating, without: fields.texts("coordinating")) == "", "\(row.id)")
    }
  }

  /// What remains of a cell when the names and what separates them are taken away, in order.
  private func rest(of cell: String, without names: [YAMLText]) -> String {
    var rest = ["-", "(empty)"].contains(cell) ? "" : cell.lowercased()
    for name in names {
      guard rest.hasPrefix(name.string.lowercased()) else { return rest + "≠" + name.string }
      rest = String(rest.dropFirst(name.string.count))
      for separator in ["; ", ", ", " và ", " cùng "] where rest.hasPrefix(separator) {
        rest = String(rest.dropFirst(separator.count))
        break
      }
    }
    return rest
  }

  private static let resolved: [(id: String, leads: [Party], coordinating: [Party])] = [
    ("II.1.a", [.group("tat-ca")], []),
    ("II.1.b", [.unit("dvth")], [.unit("vhxh"), .group("tat-ca")]),
    ("II.4.c", [.unit("ldub"), .unit("vp"), .group("tat-ca")], []),
    ("II.6.c", [.group("thu-truong")], []),
    ("II.6.d", [.unit("dvth")], []),
    ("IV.2.b", [.unit("vhxh")], [.unit("vp"), .group("tat-ca")]),
    ("PL.7", [.group("tat-ca")], [.unit("vp"), .unit("vhxh")]),
    ("PL.9", [.unit("pvhcc"), .unit("vhxh")], [.group("tat-ca")]),
    ("PL.13", [.unit("vhxh")], [.unit("vp"), .group("tat-ca")]),
  ]

  @Test("resolves the document's names", arguments: resolved)
  func parties(id: String, leads: [Party], coordinating: [Party]) throws {
    let task = try #require(plan.tasks.first { $0.id == id })
    #expect(task.leads == leads)
    #expect(task.coordinating == coordinating)
  }

  @Test("keeps surprise inspections to the inspecting unit")
  func surpriseInspections() {
    #expect(plan.tasks.filter { !$0.tellsCoordinating }.map(\.id) == ["PL.5"])
  }

  @Test("keeps the nine disagreements, none settled")
  func disagreements() {
    let expected = [
      ["II.1.b", "PL.14"], ["II.3", "PL.3"], ["II.3", "PL.8"], ["II.4.b", "PL.6"], ["II.5.a", "PL.7"],
      ["II.5.b", "PL.10"], ["II.5.c", "PL.9"], ["II.5.d", "PL.10"], ["IV.2.b", "PL.13"],
    ]
    #expect(plan.disagreements.map { [$0.body, $0.appendix] } == expected)
    #expect(plan.disagreements.allSatisfy { !$0.isSettled && !$0.proposal.isEmpty })
  }

  @Test("has no markup in the document's words")
  func noMarkup() {
    for task in plan.tasks {
      #expect(!"\(task.title)\(task.product ?? "")".contains { "<>*".contains($0) }, "\(task.id)")
      #expect(!task.title.isEmpty && !task.section.isEmpty)
    }
  }

  @Test("reaches every lead, every head and every post by a mailbox")
  func reachesEverybody() {
    for unit in office.directory.units {
      #expect(office.directory.recipient(unit: unit.id) != nil)
      #expect(office.directory.recipient(headOf: unit.id) != nil)
    }
    for post in office.directory.posts { #expect(office.directory.recipient(post: post.id) != nil) }
    #expect(office.directory.recipient(unit: "ldub")?.address == "chu-tich@camgiang.example")
  }

  @Test("escalates by the usual ladder and only checks in on continuous work")
  func ladders() {
    #expect(office.policy.ladders.first == .standard)
    #expect(office.policy.ladderByKind == [.continuous: "check-in"])
    #expect(office.policy.ladder("check-in").steps.map(\.id) == ["assignment", "0wd"])
  }

  @Test("loads the decreed days and not the unconfirmed ones")
  func calendar() throws {
    let swapped = try #require(CivilDate("2026-08-22"))
    let proposed = try #require(CivilDate("2026-11-28"))
    #expect(office.calendar.isWorkingDay(swapped))
    #expect(!office.calendar.isWorkingDay(proposed))
    #expect(office.calendar.coveredYears == [2024, 2025, 2026, 2027])
    #expect(office.calendar.provisionalYears(in: 2024...2029) == [2027, 2028, 2029])
  }
}
