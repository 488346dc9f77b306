import Foundation
import TestSupport
import Testing

@Suite("nhachan check and due")
struct CheckCommandTests {
  struct Report: Codable {
    struct Task: Codable {
      struct Occurrence: Codable {
        var id: String
        var unit: String
        var nominal: String
        var target: String
        var legal: String
      }
      var id: String
      var lead: [String]
      var limit: String
      var kind: String
      var occurrences: [Occurrence]
      var doubts: [String]
    }
    struct Problem: Codable {
      var file: String
      var line: Int
      var column: Int
      var severity: String
      var message: String
      var remedy: String
    }
    var tasks: [Task]
    var problems: [Problem]
  }

  private func report() async throws -> Report {
    try await Nhachan.json(Report.self, "check", "--json", "--config", Tree.config, "--at", "2026-05-13")
  }

  @Test(
    "what a full disk has not taken is no success, and a reader that has gone away is none of its business",
    arguments: [
      ["--help"], ["check", "--config", Tree.config, "--at", "2026-05-13"],
      ["agenda", "--from", "2026-05-13", "--to", "2026-06-30", "--config", Tree.config],
    ]
  )
  func fullDisk(command: [String]) async throws {
    func shell(_ script: String) async throws -> CommandResult {
      try await run(["/bin/bash", "-c", script, Nhachan.path] + command)
    }
    let full = try await shell(#""$0" "$@" > /dev/full"#)
    #expect(full.status == 1 && full.errors.contains("standard output cannot be written"), "\(full.errors)")
    let gone = try await shell(#"{ sleep 0.2; "$0" "$@"; echo "status $?" >&2; } | true"#)
    #expect(gone.errors.contains("status 0") && !gone.errors.contains("cannot be written"), "\(gone.errors)")
  }

  @Test("warnings stand behind what was printed before them, on lines of their own, when both go to one place")
  func onePlace() async throws {
    let folder = try TemporaryFolder()
    let config = try folder.config(
      port: 2525,
      edit: ["nhachan.yaml": { $0.replacing("127.0.0.1", with: "mail.example") }]
    )
    let (script, both) = (#""$0" "$@" > "$FILE" 2>&1"#, "\(folder.path)/both")
    let command = ["check", "--config", config, "--at", "2026-05-13"]
    let whole = try await run([Nhachan.path] + command)
    #expect(whole.status == 0 && !whole.errors.isEmpty)
    _ = try await run(["/usr/bin/env", "FILE=\(both)", "/bin/bash", "-c", script, Nhachan.path] + command)
    #expect(try String(contentsOfFile: both, encoding: .utf8) == whole.output + whole.errors)
  }

  @Test("gives the three dates of every one of the plan's 34 tasks")
  func seed() async throws {
    let tasks = try await report().tasks
    let rows = try Tree.rows("domain/seed_tasks.tsv")
    #expect(tasks.map(\.id) == rows.map { $0[0] })
    for (task, row) in zip(tasks, rows) {
      #expect(task.limit == row[3] && task.kind == row[4], "\(task.id)")
      let last = task.id == "IV.1.b" ? "2026-12-31" : "2027-12-31"
      let listed = task.occurrences.filter { $0.nominal <= last }
      for (column, dates) in [(5, listed.map(\.nominal)), (6, listed.map(\.target)), (7, listed.map(\.legal))] {
        let expected = row.indices.contains(column) ? row[column].split(separator: ",").map(String.init) : []
        #expect(Set(dates).sorted() == expected, "\(task.id) column \(column)")
      }
    }
    #expect(tasks.first { $0.id == "IV.1.b" }?.occurrences.map(\.nominal).max() == "2027-12-31")
  }

  @Test("gives every unit of a group an occurrence of its own, with stable ids")
  func perUnit() async throws {
    let tasks = try await report().tasks
    #expect(tasks.first { $0.id == "II.1.a" }?.occurrences.map(\.unit) == ["vp", "kt", "vhxh", "pvhcc", "dvth"])
    let reports = tasks.first { $0.id == "PL.13" }?.occurrences.map(\.id) ?? []
    #expect(reports.contains("153a-KH-UBND/PL.13/report/2026/vhxh"))
  }

  @Test("says all of many plans, in the order of their files, and each problem once")
  func manyPlans() async throws {
    let folder = try TemporaryFolder()
    let config = try folder.config(port: 2525)
    let file = "\(config)/plans/153a-KH-UBND.yaml"
    let plan = try String(contentsOfFile: file, encoding: .utf8)
    try FileManager.default.removeItem(atPath: file)
    let numbers = 101..<231
    for number in numbers {
      let text = plan.replacingOccurrences(of: "number: 153a/KH-UBND", with: "number: \(number)/KH-UBND")
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(config)/plans/\(number).yaml"))
    }
    let facts = try await Nhachan.json(Report.self, "check", "--json", "--config", config, "--at", "2026-05-13")
    let single = try await report()
    #expect(facts.tasks.map(\.id) == numbers.flatMap { _ in single.tasks.map(\.id) })
    let plans = facts.tasks.compactMap { $0.occurrences.first?.id.prefix { $0 != "/" } }
    let dated = single.tasks.count { !$0.occurrences.isEmpty }
    #expect(plans == numbers.flatMap { Array(repeating: "\($0)-KH-UBND", count: dated) })
    #expect(facts.problems.filter { $0.file == "calendar" }.count == 1)
    let text = try await Nhachan.run("check", "--config", config, "--at", "2026-05-13")
    #expect(text.status == 0 && text.output.contains("\n\n\(130 * 34) tasks, "))
  }

  @Test("names the nine disagreements of body and appendix")
  func disagreements() async throws {
    let doubts = try await report().tasks.flatMap(\.doubts).filter { $0.contains("Thân Kế hoạch") }
    #expect(Set(doubts).count == 9)
  }

  @Test("says every mistake at once with its place, on standard error, and ends with 1")
  func mistakes() async throws {
    let folder = try TemporaryFolder()
    let config = try folder.config(
      port: 2525,
      edit: [
        "nhachan.yaml": { $0.replacingOccurrences(of: "contact:", with: "kontakt:") },
        "policy.yaml": { $0 + "\nsurprise: 1\n" },
      ]
    )
    let result = try await Nhachan.run("check", "--config", config)
    #expect(result.status == 1)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("nhachan.yaml:") && $0.contains("kontakt") && $0.contains(" — ") })
    #expect(lines.contains { $0.hasPrefix("policy.yaml:") && $0.contains("surprise") })
  }

  @Test(
    "ends with 2 on wrong usage",
    arguments: [
      ["check", "--at", "13/5/2026"], ["due"], ["due", "x", "--issued", "2026-02-30"], ["nosuch"],
      ["rehearse", "--from", "2026-05-13"], ["agenda", "--from", "2026-06-01", "--to", "2026-05-01"], ["done"],
      ["outbox", "list", "--state", "lost"],
    ]
  )
  func usage(arguments: [String]) async throws {
    let result = try await TestSupport.run(
      [Nhachan.path] + arguments + (arguments[0] == "nosuch" ? [] : ["--config", Tree.config])
    )
    #expect(result.status == 2)
    #expect(!result.errors.isEmpty && result.output.isEmpty)
  }

  @Test("ends with 3 when there is no store", arguments: ["status", "tasks"])
  func noStore(command: String) async throws {
    let result = try await Nhachan.run(command, "--config", Tree.config, "--store", "/nonexistent/nhachan.sqlite")
    #expect(result.status == 3)
  }

  @Test("due gives the fixed form, with time written even when there is none")
  func due() async throws {
    let result = try await Nhachan.run(
      "due",
      "Trong tháng 5/2026.",
      "--issued",
      "2026-05-13",
      "--json",
      "--config",
      Tree.config
    )
    #expect(result.status == 0)
    let facts = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(facts["kind"] as? String == "window" && facts["confidence"] as? String == "high")
    #expect(facts["needsConfirmation"] as? Bool == false)
    let dates = try #require((facts["occurrences"] as? [[String: Any]])?.first)
    #expect(dates["nominal"] as? String == "2026-05-31" && dates["target"] as? String == "2026-05-29")
    #expect(dates["legal"] as? String == "2026-06-01" && dates["windowStart"] as? String == "2026-05-13")
    #expect(dates["time"] is NSNull && dates["period"] as? String == "tháng 5/2026" && dates["rule"] as? String == "R4")
  }
}
