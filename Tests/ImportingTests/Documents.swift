import Configuration
import Deadlines
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Importing

private let madeFolder = Mutex("")

/// Documents that the tests import, and the office that imports them.
enum Documents {
  static let names = ["25-KH-UBND.md", "41-KH-UBND.txt", "318-QD-UBND.txt", "88-TB-UBND.md", "67-KH-UBND.html"]

  static func fixture(_ name: String) -> String { Tree.fixture("importing/\(name)").path }

  /// The example's office without its plan, so that no number stands twice.
  static func office() throws -> Office {
    var office = try ConfigurationLoader.load(directory: Tree.config).office
    office.plans = []
    return office
  }

  static func plan(_ path: String) throws -> ImportedPlan { try PlanImporter(office: office()).plan(from: path) }

  static func file(_ plan: ImportedPlan) -> String { PlanImporter.planFile(plan, source: "văn bản") }

  /// Loads the text as the only plan of the example folder, as `check` does.
  static func load(_ text: String) throws -> LoadedConfiguration {
    let folder = try TemporaryFolder()
    let config = try folder.config(port: 2525)
    try FileManager.default.removeItem(atPath: "\(config)/plans")
    try FileManager.default.createDirectory(atPath: "\(config)/plans", withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(config)/plans/plan.yaml"))
    return try ConfigurationLoader.load(directory: config)
  }

  /// Word files and broken ones, made once.
  static let made: Task<TemporaryFolder, any Error> = Task {
    let folder = try TemporaryFolder()
    // Nobody lets go of what is made once, so the end of the process removes it.
    madeFolder.withLock { $0 = folder.path }
    atexit { try? FileManager.default.removeItem(atPath: madeFolder.withLock { $0 }) }
    let result = try await run(["/usr/bin/python3", fixture("make_documents.py"), folder.path])
    try #require(result.status == 0, "\(result.errors)")
    return folder
  }

  /// The first plan with its table drawn in Markdown, as programs need it to make a Word file of it.
  static func firstPlanAsMarkdown() throws -> String {
    let text = try String(contentsOfFile: fixture("153a-KH-UBND.txt"), encoding: .utf8)
    var lines: [String] = []
    var isInTable = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      guard line.contains("\t") else {
        lines.append(line)
        isInTable = false
        continue
      }
      let bare = ["<b>", "</b>"].reduce(line) { $0.replacingOccurrences(of: $1, with: "") }
      let cells = bare.replacingOccurrences(of: "<i>", with: "*").replacingOccurrences(of: "</i>", with: "*")
        .components(separatedBy: "\t")
      if !isInTable { lines.append("") }
      lines.append("| " + cells.joined(separator: " | ") + " |")
      if !isInTable { lines.append("|" + String(repeating: "---|", count: cells.count)) }
      isInTable = true
    }
    return lines.joined(separator: "\n")
  }
}
