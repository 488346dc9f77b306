import Foundation
import TestSupport
import Testing

private struct DiffFacts: Decodable {
  struct Reason: Decodable, Hashable {
    var cause: String
    var detail: String
  }
  struct Dates: Decodable {
    var nominal: String?
    var target: String?
    var legal: String?
    var overdueAfter: String?
  }
  struct Occurrence: Decodable {
    var id: String
    var change: String
    var unit: String
    var before: Dates?
    var after: Dates?
    var reasons: [Reason]
  }
  struct Message: Decodable {
    struct Notice: Decodable, Hashable {
      var occurrence: String
      var step: String
    }
    var change: String
    var recipient: String
    var recipientBefore: String?
    var unit: String?
    var kind: String
    var before: String?
    var after: String?
    var subject: String
    var notices: [Notice]
    var reasons: [Reason]
  }
  var occurrences: [Occurrence]
  var reworded: [Occurrence]
  var done: Int
  var messages: [Message]

  /// `moves 153a-KH-UBND/PL.1/deadline/once/vhxh`.
  var changes: [String] { occurrences.map { "\($0.change) \($0.id)" } }
  var causes: Set<String> { Set((occurrences.flatMap(\.reasons) + messages.flatMap(\.reasons)).map(\.cause)) }
}

@Suite("nhachan diff", .serialized)
struct DiffCommandTests {
  private static let plan = "plans/153a-KH-UBND.yaml"
  private typealias Edits = [String: @Sendable (String) -> String]

  /// The example, and beside it the same with edits.
  private func arguments(_ folder: TemporaryFolder, _ edits: Edits) throws -> [String] {
    let new = try folder.config(port: 2525, edit: edits)
    return [new, "--config", Tree.config, "--store", "\(folder.path)/none.sqlite", "--at", "2026-05-13T08:00"]
  }

  private func diff(_ edits: Edits, to last: String) async throws -> DiffFacts {
    let folder = try TemporaryFolder()
    let all = ["diff", "--json", "--to", last] + (try arguments(folder, edits))
    let result = try await TestSupport.run([Nhachan.path] + all)
    #expect(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode(DiffFacts.self, from: Data(result.output.utf8))
  }

  private static func replacing(_ text: String, by other: String) -> @Sendable (String) -> String {
    { whole in
      // An edit that finds nothing must not pass for one that changes nothing.
      precondition(whole.contains(text), "not in the file: \(text)")
      return whole.replacingOccurrences(of: text, with: other)
    }
  }

  @Test("says that nothing changes, of the same folder and of one with other comments only")
  func nothing() async throws {
    let folder = try TemporaryFolder()
    let edits: Edits = [Self.plan: { "# một dòng mới\n\n" + $0 }]
    let all = ["diff", "--to", "2026-05-20"] + (try arguments(folder, edits))
    let result = try await TestSupport.run([Nhachan.path] + all)
    #expect(result.status == 0 && result.output.hasPrefix("nothing changes"), "\(result.output)\(result.errors)")
    let facts = try await diff([:], to: "2026-12-31")
    #expect(facts.occurrences.isEmpty && facts.messages.isEmpty && facts.reworded.isEmpty)
  }

  @Test("a limit: the occurrence moves, its reminders with it, because of that line of the plan")
  func limit() async throws {
    let facts = try await diff(
      [Self.plan: Self.replacing("limit: \"Chậm nhất 15/5/2026\"", by: "limit: \"Chậm nhất 20/5/2026\"")],
      to: "2026-05-29"
    )
    #expect(facts.changes == ["moves 153a-KH-UBND/PL.1/deadline/once/vhxh"])
    let moved = try #require(facts.occurrences.first)
    #expect(moved.before?.nominal == "2026-05-15" && moved.after?.nominal == "2026-05-20")
    let line = try #require(try lineOfLimit("PL.1"))
    let detail = "\(Self.plan):\(line): limit “Chậm nhất 15/5/2026” → “Chậm nhất 20/5/2026”"
    #expect(moved.reasons.map(\.detail) == [detail] && moved.reasons.map(\.cause) == ["plan"])
    let onTheDay = facts.messages.first { $0.notices.contains { $0.step == "0wd" } }
    #expect(onTheDay?.change == "moves" && onTheDay?.recipient == "vhxh@camgiang.example")
    #expect(onTheDay?.before == "2026-05-15T07:30" && onTheDay?.after == "2026-05-20T07:30")
    #expect(facts.messages.allSatisfy { $0.notices.allSatisfy { $0.occurrence == moved.id } })
    #expect(facts.causes == ["plan"])
  }

  private func lineOfLimit(_ task: String) throws -> Int? {
    let lines = try String(contentsOfFile: "\(Tree.config)/\(Self.plan)", encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let start = lines.firstIndex { $0.hasSuffix("- id: \(task)") } ?? 0
    return lines[start...].firstIndex { $0.hasPrefix("    limit:") }.map { $0 + 1 }
  }

  @Test("a day off that is worked after all: dates and messages around it move, because of that day")
  func calendar() async throws {
    let facts = try await diff(
      ["calendar/holidays.tsv": { $0 + "\n2026-05-22\tNghỉ\tcompensatory\tthử\n" }],
      to: "2026-05-29"
    )
    #expect(facts.causes == ["calendar"])
    #expect(facts.messages.contains { $0.change == "moves" && $0.before?.hasPrefix("2026-05-22") ?? false })
    #expect(!facts.messages.contains { $0.after?.hasPrefix("2026-05-22") ?? false })
    #expect(facts.messages.flatMap(\.reasons).contains { $0.detail == "2026-05-22 làm việc → nghỉ (Nghỉ)" })
  }

  @Test("a unit that joins the group: its occurrences appear, because of the group")
  func group() async throws {
    let unit = """
        - id: th-camgiang
          name: Trường Tiểu học Cẩm Giàng
          address: th@camgiang.example
          head: hieu-truong-th

      """
    let post = """
        - id: hieu-truong-th
          title: Hiệu trưởng Trường Tiểu học Cẩm Giàng
          address: hieu-truong@camgiang.example
          superior: chu-tich

      """
    let facts = try await diff(
      [
        "directory.yaml": { text in
          text.replacingOccurrences(of: "units:\n", with: "units:\n\(unit)\n")
            .replacingOccurrences(of: "\nposts:\n", with: "\nposts:\n\(post)\n")
            .replacingOccurrences(
              of: "      - cán bộ, công chức\n    members: [vp,",
              with: "      - cán bộ, công chức\n    members: [th-camgiang, vp,"
            )
        }
      ],
      to: "2026-05-22"
    )
    #expect(facts.changes.contains("appears 153a-KH-UBND/II.1.a/window/once/th-camgiang"))
    #expect(facts.occurrences.allSatisfy { $0.change == "appears" && $0.unit == "th-camgiang" })
    #expect(facts.causes == ["directory"])
    #expect(facts.occurrences.flatMap(\.reasons).contains { $0.detail == "group tat-ca: joined by th-camgiang" })
    #expect(facts.messages.contains { $0.change == "appears" && $0.recipient == "th@camgiang.example" })
  }

  @Test("another mailbox of a unit: the same notices move to it")
  func address() async throws {
    let facts = try await diff(
      ["directory.yaml": Self.replacing("address: kt@camgiang.example", by: "address: phongkt@camgiang.example")],
      to: "2026-05-29"
    )
    #expect(facts.occurrences.isEmpty && !facts.messages.isEmpty)
    #expect(
      facts.messages.allSatisfy {
        $0.change == "moves" && $0.recipient == "phongkt@camgiang.example"
          && $0.recipientBefore == "kt@camgiang.example" && $0.before == $0.after
      }
    )
    #expect(
      Set(facts.messages.flatMap(\.reasons).map(\.detail))
        == ["unit kt: address kt@camgiang.example → phongkt@camgiang.example"]
    )
  }

  @Test("a step of the ladder: notices appear and vanish, no date moves")
  func ladder() async throws {
    let facts = try await diff(
      [
        "policy.yaml": { text in
          let step = "{when: -3wd, to: [lead], kind: reminder}"
          return text.replacingOccurrences(of: step, with: "{when: -4wd, to: [lead], kind: reminder}")
        }
      ],
      to: "2026-05-29"
    )
    #expect(facts.occurrences.isEmpty && facts.causes == ["policy"])
    for (change, step, words) in [
      ("appears", "-4wd", "ladder standard, step -4wd: is new"),
      ("vanishes", "-3wd", "ladder standard, step -3wd: is gone"),
    ] {
      let lines = facts.messages.filter { $0.change == change }
      #expect(!lines.isEmpty && lines.allSatisfy { $0.reasons.map(\.detail) == [words] })
      #expect(lines.allSatisfy { $0.notices.allSatisfy { $0.step == step } })
    }
  }

  @Test("a task taken out: its occurrences and messages vanish")
  func removedTask() async throws {
    let facts = try await diff(
      [
        Self.plan: { text in
          let start = text.range(of: "  - id: PL.1\n").map(\.lowerBound) ?? text.endIndex
          let end = text.range(of: "  - id: PL.2\n").map(\.lowerBound) ?? text.endIndex
          return text.replacingCharacters(in: start..<end, with: "")
        }
      ],
      to: "2026-05-29"
    )
    #expect(facts.changes == ["vanishes 153a-KH-UBND/PL.1/deadline/once/vhxh"])
    #expect(facts.occurrences.first?.after == nil && facts.occurrences.first?.before?.nominal == "2026-05-15")
    #expect(facts.occurrences.first?.reasons.first?.detail.hasSuffix("task PL.1 is gone") ?? false)
    #expect(facts.messages.contains { $0.change == "vanishes" && $0.after == nil && $0.notices.first?.step == "0wd" })
  }

  @Test("another day of the digest: each digest moves, because of the weekday")
  func digest() async throws {
    let facts = try await diff(
      ["nhachan.yaml": Self.replacing("weekday: Monday", by: "weekday: Tuesday")],
      to: "2026-05-29"
    )
    #expect(facts.occurrences.isEmpty)
    #expect(
      facts.messages.filter { $0.recipient == "chu-tich@camgiang.example" }.map(\.before)
        == ["2026-05-18T07:30", "2026-05-25T07:30"]
    )
    #expect(
      facts.messages.allSatisfy {
        $0.change == "moves" && $0.kind == "digest" && $0.reasons.map(\.detail) == ["digest weekday Monday → Tuesday"]
      }
    )
  }

  @Test("a disagreement settled: from then on each date counts for itself")
  func settled() async throws {
    let facts = try await diff(
      [
        Self.plan: Self.replacing("settled: false", by: "settled: true")
      ],
      to: "2026-05-29"
    )
    #expect(facts.causes == ["plan"])
    let all = facts.occurrences + facts.reworded
    #expect(!all.isEmpty && all.flatMap(\.reasons).allSatisfy { $0.detail.hasSuffix("is settled") })
    #expect(facts.occurrences.allSatisfy { $0.change == "moves" && $0.before?.nominal == $0.after?.nominal })
  }

  @Test("carried out on the agenda of the old folder, it gives the agenda of the new one, several parts edited at once")
  func agendas() async throws {
    let folder = try TemporaryFolder()
    let edits: Edits = [
      Self.plan: Self.replacing("limit: \"Chậm nhất 15/5/2026\"", by: "limit: \"Chậm nhất 22/5/2026\""),
      "calendar/holidays.tsv": { $0 + "\n2026-05-22\tNghỉ\tcompensatory\tthử\n" },
      "directory.yaml": Self.replacing("address: kt@camgiang.example", by: "address: phongkt@camgiang.example"),
      "policy.yaml": Self.replacing("{when: -1wd,", by: "{when: -2wd,"),
      "nhachan.yaml": Self.replacing("weekday: Monday", by: "weekday: Friday"),
    ]
    let new = try folder.config(port: 2525, edit: edits)
    let stretch = ["--to", "2026-05-29", "--json", "--store", "\(folder.path)/none.sqlite"]
    func agenda(_ config: String) async throws -> Set<[String]> {
      let result = try await TestSupport.run(
        [Nhachan.path, "agenda", "--from", "2026-05-13", "--config", config] + stretch
      )
      let entries = try JSONDecoder().decode([AgendaEntry].self, from: Data(result.output.utf8))
      return Set(
        entries.flatMap { entry in
          entry.kind == "digest"
            ? [[entry.recipient, String(entry.at.prefix(16)), "digest"]]
            : entry.notices.map { [entry.recipient, String(entry.at.prefix(16)), $0.occurrence, $0.step] }
        }
      )
    }
    let result = try await TestSupport.run(
      [Nhachan.path, "diff", new, "--at", "2026-05-13", "--config", Tree.config] + stretch
    )
    let facts = try JSONDecoder().decode(DiffFacts.self, from: Data(result.output.utf8))
    #expect(facts.causes == ["plan", "calendar", "directory", "policy"])
    var notices = try await agenda(Tree.config)
    func lines(_ message: DiffFacts.Message, _ recipient: String, _ at: String) -> [[String]] {
      message.kind == "digest"
        ? [[recipient, at, "digest"]] : message.notices.map { [recipient, at, $0.occurrence, $0.step] }
    }
    for message in facts.messages {
      guard let before = message.before else { continue }
      for line in lines(message, message.recipientBefore ?? message.recipient, before) {
        #expect(notices.remove(line) != nil, "\(line)")
      }
    }
    for message in facts.messages {
      if let at = message.after { notices.formUnion(lines(message, message.recipient, at)) }
    }
    #expect(notices == (try await agenda(new)))
  }

  @Test("says every mistake of the new folder with its place, and ends with 1; another office is refused")
  func mistakes() async throws {
    let folder = try TemporaryFolder()
    let broken = try arguments(
      folder,
      ["policy.yaml": { $0 + "\nsurprise: 1\n" }, "nhachan.yaml": Self.replacing("contact:", by: "kontakt:")]
    )
    let result = try await TestSupport.run([Nhachan.path, "diff"] + broken)
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.errors.contains("policy.yaml:") && result.errors.contains("kontakt"))
    let foreign = try arguments(folder, ["nhachan.yaml": Self.replacing("id: camgiang", by: "id: phuthuan")])
    #expect(try await TestSupport.run([Nhachan.path, "diff"] + foreign).status == 1)
    #expect(try await Nhachan.run("diff").status == 2)
  }

  @Test(
    "beside a running service: what was sent is not sent again, what is done does not matter, and what it says happens"
  )
  func withStore() async throws {
    let server = try await MaildirServer()
    let folder = try TemporaryFolder()
    let config = try folder.config(port: server.port)
    let store = "\(folder.path)/nhachan.sqlite"
    let service = try Service(config: config, store: store, clock: "2026-05-13 01:00:00")
    #expect(try await service.waits { try await service.command("status").status == 0 })
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").outbox.pending == 11 })
    #expect(try await service.command("done", "153a-KH-UBND/PL.1/deadline/once/vhxh").status == 0)
    #expect(try await service.command("arm").status == 0)
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").outbox.accepted == 11 })

    // Edited in place: the service still works with its copy.
    try edit("\(config)/\(Self.plan)") { text in
      text.replacingOccurrences(of: "limit: \"Chậm nhất 15/5/2026\"", with: "limit: \"Chậm nhất 22/5/2026\"")
        .replacingOccurrences(of: "    lead: [Trung tâm Dịch vụ tổng hợp]", with: "    lead: [Phòng Kinh tế]")
    }
    let facts = try await service.json(DiffFacts.self, "diff", config, "--to", "2026-05-29")
    #expect(facts.done == 1 && !facts.changes.contains { $0.contains("/PL.1/") })
    let appeared = "153a-KH-UBND/II.1.b/window/once/kt"
    let vanished = "153a-KH-UBND/II.1.b/window/once/dvth"
    #expect(facts.changes.contains("appears \(appeared)") && facts.changes.contains("vanishes \(vanished)"))
    let assignments = facts.messages.filter { $0.kind == "assignment" }
    #expect(
      assignments.allSatisfy { $0.change == "appears" && $0.notices.allSatisfy { $0.occurrence.contains("/kt") } }
    )
    #expect(!facts.messages.contains { $0.notices.contains { $0.occurrence.contains("/PL.1/") } })
    #expect(try await service.json(StatusFacts.self, "status").outbox.accepted == 11)

    #expect(try await service.signal("-HUP") == 0)
    #expect(try await service.waits { try await service.command("why", appeared).status == 0 })
    #expect(try await service.command("tasks").output.contains(vanished) == false)
    let after = try await service.json(DiffFacts.self, "diff", config, "--to", "2026-05-29")
    #expect(after.occurrences.isEmpty && after.messages.isEmpty)
    try await service.stop()
    let before = try Data(contentsOf: URL(fileURLWithPath: store))
    let later = ["diff", Tree.config, "--config", config, "--store", store, "--at", "2026-05-14", "--to", "2026-05-20"]
    #expect(try await TestSupport.run([Nhachan.path] + later).status == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: store)) == before)
    await server.stop()
  }

  private func edit(_ path: String, _ change: (String) -> String) throws {
    let file = URL(fileURLWithPath: path)
    let text = try String(contentsOf: file, encoding: .utf8)
    try #require(change(text) != text)
    try Data(change(text).utf8).write(to: file)
  }
}
