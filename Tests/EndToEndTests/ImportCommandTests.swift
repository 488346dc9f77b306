import Foundation
import TestSupport
import Testing

@Suite("nhachan import")
struct ImportCommandTests {
  private let plan = Tree.fixture("importing/153a-KH-UBND.txt").path

  @Test("prints the plan file, and the doubts on standard error")
  func prints() async throws {
    let result = try await Nhachan.run("import", plan, "--config", Tree.config)
    #expect(result.status == 0)
    #expect(result.output.contains("\nnumber: 153a/KH-UBND\n") && result.output.contains("  - id: PL.14\n"))
    #expect(result.errors.contains("34 việc") && result.errors.contains("II.6.d [limit]"))
  }

  private struct Summary: Codable {
    var tasks: Int
    var disagreements: [[String: String]]
    var plan: String?
  }

  @Test("writes a file that `check` loads, and never over another one unless told so")
  func writes() async throws {
    let folder = try TemporaryFolder()
    let config = try folder.config(port: 2525)
    let out = "\(config)/plans/153a-KH-UBND.yaml"
    let refused = try await Nhachan.run("import", plan, "--out", out, "--config", config)
    #expect(refused.status == 1 && refused.errors.contains("--force"))
    let result = try await Nhachan.run("import", plan, "--out", out, "--force", "--json", "--config", config)
    #expect(result.status == 0, "\(result.errors)")
    let summary = try JSONDecoder().decode(Summary.self, from: Data(result.output.utf8))
    #expect(summary.tasks == 34 && summary.disagreements.count == 9 && summary.plan == nil)
    let check = try await Nhachan.run("check", "--config", config, "--at", "2026-05-13")
    #expect(check.status == 0, "\(check.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(config)/plans") == ["153a-KH-UBND.yaml"])
  }

  @Test("fails when what it prints goes to a full disk", arguments: ["", "--json"])
  func fullDisk(option: String) async throws {
    let line = "\"$0\" import \"$1\" --config \"$2\" \(option) > /dev/full"
    let result = try await run(["/bin/sh", "-c", line, Nhachan.path, plan, Tree.config])
    #expect(result.status == 1 && result.errors.contains("standard output cannot be written"), "\(result.errors)")
  }

  @Test("never replaces the document itself, by any name, even with --force")
  func itself() async throws {
    let folder = try TemporaryFolder()
    let source = "\(folder.path)/plan.txt"
    let link = "\(folder.path)/link.yaml"
    try FileManager.default.copyItem(atPath: plan, toPath: source)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: source)
    for out in [source, "\(folder.path)/./plan.txt", link] {
      let result = try await Nhachan.run("import", source, "--out", out, "--force", "--config", Tree.config)
      #expect(result.status == 1 && result.errors.contains("the document itself"), "\(out): \(result.errors)")
    }
    #expect(FileManager.default.contentsEqual(atPath: source, andPath: plan))
  }

  @Test("leaves nothing behind and takes little memory, whatever it is given")
  func broken() async throws {
    let folder = try TemporaryFolder()
    let script = Tree.fixture("importing/make_documents.py").path
    #expect(try await run(["/usr/bin/python3", script, folder.path]).status == 0)
    let goals = "\(folder.path)/goals"
    try FileManager.default.createDirectory(atPath: goals, withIntermediateDirectories: true)
    for name in [
      "bomb.docx", "bomb-other-part.docx", "deep.docx", "long-tag.docx", "much-text.docx", "laughs.docx", "cut.docx",
      "plan.pdf",
    ] {
      let result = try await run([
        "/usr/bin/python3", Tree.fixture("importing/peak_memory.py").path, Nhachan.path, "import",
        "\(folder.path)/\(name)", "--out",
        "\(goals)/plan.yaml", "--config", Tree.config,
      ])
      #expect(result.status == 1 && result.output.isEmpty, "\(name)")
      let lines = result.errors.split(separator: "\n")
      #expect(lines.first?.hasPrefix("\(name): ") == true && lines.first?.contains(" — ") == true, "\(result.errors)")
      let kilobytes = try #require(lines.last.flatMap { Int($0) })
      #expect(kilobytes < 150_000, "\(name): \(kilobytes) KB")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: goals).isEmpty)
  }
}
