import Configuration
import Deadlines
import Foundation
import TestSupport
import Testing

@testable import Importing

@Suite("Importing the first plan")
struct FirstPlanTests {
  private func plan() throws -> ImportedPlan { try Documents.plan(Documents.fixture("153a-KH-UBND.txt")) }

  @Test("gives number, date, kind, title and issuer as the plan made by hand does")
  func letterhead() throws {
    let (plan, hand) = (try plan(), try byHand())
    #expect(plan.number == hand.number && plan.issued == hand.issued)
    #expect(plan.type == hand.documentType && plan.title == hand.title && plan.issuer == hand.issuer)
  }

  private func byHand() throws -> Plan {
    try #require(try ConfigurationLoader.load(directory: Tree.config).office.plans.first)
  }

  @Test("gives the 34 tasks with the units and limits of the plan made by hand")
  func tasks() throws {
    let text = Documents.file(try plan())
    let read = try #require(try Documents.load(text).office.plans.first)
    let hand = try byHand()
    #expect(read.tasks.map(\.id) == hand.tasks.map(\.id))
    #expect(read.tasks.count == 34)
    for (task, expected) in zip(read.tasks, hand.tasks) {
      #expect(task.leads == expected.leads, "\(task.id)")
      #expect(task.coordinating == expected.coordinating, "\(task.id)")
      #expect(task.section == expected.section)
      // One sentence says more than its limit; the words that give the date are the first two.
      let isSame = task.limit == expected.limit || task.id == "IV.1.b" && expected.limit.hasPrefix(task.limit)
      #expect(isSame, "\(task.id): \(task.limit)")
    }
  }

  @Test("means the dates of the table of the domain")
  func dates() throws {
    let office = try Documents.load(Documents.file(try plan())).office
    let expanded = office.expandedTasks(through: try #require(CivilDate("2027-12-31")))
    for row in try Tree.rows("domain/seed_tasks.tsv") {
      let task = try #require(expanded.first { $0.task.id == row[0] })
      let last = row[0] == "IV.1.b" ? "2026-12-31" : "2027-12-31"
      let nominal = Set(task.occurrences.compactMap { $0.due?.kind == .continuous ? nil : $0.due?.nominal.description })
      let expected = row[5].split(separator: ",").map(String.init)
      if task.limit.kind != "missing" { #expect(nominal.filter { $0 <= last }.sorted() == expected, "\(row[0])") }
      #expect(task.limit.kind == row[4], "\(row[0])")
    }
  }

  @Test("finds the nine disagreements of body and appendix, and no others")
  func disagreements() throws {
    let expected = [
      ["II.1.b", "PL.14"], ["II.3", "PL.3"], ["II.3", "PL.8"], ["II.4.b", "PL.6"], ["II.5.a", "PL.7"],
      ["II.5.b", "PL.10"], ["II.5.c", "PL.9"], ["II.5.d", "PL.10"], ["IV.2.b", "PL.13"],
    ]
    let found = try plan().disagreements
    #expect(found.map { [$0.body, $0.appendix] } == expected)
    #expect(found.allSatisfy { !$0.proposal.isEmpty && !$0.isSettled })
  }

  @Test("says what a person should look at")
  func doubts() throws {
    let plan = try plan()
    #expect(plan.doubts.contains { $0.key == .issuer && $0.text.contains("UBND tỉnh") })
    let missing = plan.tasks.filter { $0.limit.isEmpty }
    #expect(missing.map(\.id) == ["II.6.c", "II.6.d"])
    #expect(missing.allSatisfy { $0.doubts.contains { $0.key == .limit } })
    #expect(plan.tasks.first { $0.id == "II.4.c" }?.doubts.contains { $0.key == .lead } == true)
    #expect(
      plan.tasks.filter { $0.doubts.contains { $0.text.contains("nhũng nhiễu") } }.map(\.id) == [
        "II.6.a", "II.6.c", "PL.5",
      ]
    )
  }

  @Test("gives the file kept with the tests, word for word")
  func wholeFile() throws {
    try Golden.compare(Documents.file(try plan()), "153a-KH-UBND.yaml")
  }

  @Test("gives the same plan from a Word file made by pandoc")
  func word() async throws {
    let folder = try TemporaryFolder()
    let markdown = "\(folder.path)/plan.md"
    try Data(try Documents.firstPlanAsMarkdown().utf8).write(to: URL(fileURLWithPath: markdown))
    let made = try await run([
      "pandoc", "-f", "markdown-smart", "-t", "docx", markdown, "-o", "\(folder.path)/plan.docx",
    ])
    try #require(made.status == 0, "\(made.errors)")
    let expected = Documents.file(try plan())
    #expect(Documents.file(try Documents.plan("\(folder.path)/plan.docx")) == expected)
    #expect(Documents.file(try Documents.plan(markdown)) == expected)
  }

  @Test("gives the same plan from text in NFD, with Windows line ends, or in UTF-16")
  func otherForms() throws {
    let folder = try TemporaryFolder()
    let text = try String(contentsOfFile: Documents.fixture("153a-KH-UBND.txt"), encoding: .utf8)
    let expected = try plan()
    let forms: [(String, Data)] = [
      ("crlf.txt", Data(text.replacingOccurrences(of: "\n", with: "\r\n").utf8)),
      ("nfd.txt", Data(text.decomposedStringWithCanonicalMapping.utf8)),
      ("utf16.txt", Data([0xFF, 0xFE]) + (text.data(using: .utf16LittleEndian) ?? Data())),
    ]
    for (name, data) in forms {
      try data.write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
      let plan = try Documents.plan("\(folder.path)/\(name)")
      #expect(plan.tasks.map(\.id) == expected.tasks.map(\.id), "\(name)")
      #expect(plan.tasks.map(\.leadParties) == expected.tasks.map(\.leadParties), "\(name)")
      #expect(plan.disagreements.map(\.body) == expected.disagreements.map(\.body), "\(name)")
    }
  }
}

/// Files that tests compare with as a whole.
enum Golden {
  static func compare(_ text: String, _ name: String) throws {
    let path = Tree.fixture("importing/\(name)").path
    if ProcessInfo.processInfo.environment["NHACHAN_GOLDEN"] != nil {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
    let expected = try String(contentsOfFile: path, encoding: .utf8)
    let pairs = zip(text.split(separator: "\n"), expected.split(separator: "\n"))
    let first = pairs.first { $0 != $1 }
    #expect(text == expected, "\(name) differs first at: \(first.map { "\($0) ≠ \($1)" } ?? "its end")")
  }
}
