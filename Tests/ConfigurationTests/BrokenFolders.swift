import Configuration
import Deadlines
import Foundation
import Testing

@Suite("Mistakes in a configuration folder")
struct BrokenFolders {
  @Test("every mistake is said at once, with file, line, column and what to do", arguments: Folders.brokenNames)
  func saysEveryMistake(name: String) throws {
    let differing = Folders.broken.appending(path: name)
    let expected = try String(contentsOf: differing.appending(path: "expected.txt"), encoding: .utf8)
    try Folders.withCopyOfGood { folder in
      try overlay(differing, on: folder)
      let lines = try Folders.problems(in: folder).map { "\($0)\n" }
      #expect(lines.joined() == expected)
    }
  }

  @Test("there are examples of many kinds of mistakes")
  func thereAreManyExamples() {
    #expect(Folders.brokenNames.count >= 80)
  }

  /// Copies the files that differ, and deletes those named in `remove.txt`.
  private func overlay(_ differing: URL, on folder: URL) throws {
    let files = FileManager.default
    for path in try files.subpathsOfDirectory(atPath: differing.path(percentEncoded: false)) {
      guard !["expected.txt", "remove.txt"].contains(path), path.contains(".") else { continue }
      try Data(contentsOf: differing.appending(path: path)).write(to: folder.appending(path: path))
    }
    let removals = try? String(contentsOf: differing.appending(path: "remove.txt"), encoding: .utf8)
    for path in removals?.split(separator: "\n") ?? [] {
      try files.removeItem(at: folder.appending(path: String(path)))
    }
  }

  @Test(
    "a file that no text editor wrote is refused",
    arguments: [
      (Data(), "1:1", "the file is empty"),
      (Data("units:\n  \0".utf8), "2:3", "a NUL byte: this is a binary or UTF-16 file"),
      (Data("units:\n- é\u{FF}".utf8) + Data([0xC3]), "2:5", "not UTF-8"),
      (Data([0xFF, 0xFE, 0x61, 0x00]), "1:", "a NUL byte: this is a binary or UTF-16 file"),
      (Data("# hai\n# ba\u{1B}[0m".utf8), "2:5", "a control character"),
      (Data("\n\n".utf8), "1:1", "the file says nothing"),
    ]
  )
  func refusesNonText(content: Data, position: String, message: String) throws {
    try Folders.withCopyOfGood { folder in
      try content.write(to: folder.appending(path: "directory.yaml"))
      let lines = try Folders.problems(in: folder).map(\.description)
      #expect(lines.first?.hasPrefix("directory.yaml:\(position)") == true, "\(lines)")
      #expect(lines.first?.contains(message) == true, "\(lines)")
    }
  }

  @Test("a file of more than 10 MB is refused by its size")
  func refusesLargeFiles() throws {
    try Folders.withCopyOfGood { folder in
      let plan = folder.appending(path: "plans/1-KH.yaml")
      let handle = try FileHandle(forWritingTo: plan)
      try handle.truncate(atOffset: 50_000_000_000)
      try handle.close()
      let problems = try Folders.problems(in: folder)
      #expect(
        problems.map(\.description) == [
          "plans/1-KH.yaml:1:1: the file has 50000000000 bytes, more than the 10000000 that are read — "
            + "divide it into several files, or remove what does not belong here"
        ]
      )
    }
  }

  @Test("a large file of 9 MB is read or refused in bounded time")
  func readsLargeFiles() throws {
    try Folders.withCopyOfGood { folder in
      let row = "2026-05-01\tNgày Quốc tế lao động\tpublic\tBLLĐ 2019\n"
      let days = String(repeating: row, count: 9_000_000 / row.utf8.count) + "2027-01-01\tTết\tpublic\tBLLĐ\n"
      try Data(days.utf8).write(to: folder.appending(path: "calendar/holidays.tsv"))
      try #expect(Folders.load(folder).office.calendar.coveredYears == [2026, 2027])
    }
  }

  @Test("a pipe or a folder in the place of a file is refused and never waited for")
  func refusesPipesAndFolders() throws {
    try Folders.withCopyOfGood { folder in
      let pipe = folder.appending(path: "policy.yaml")
      try FileManager.default.removeItem(at: pipe)
      try #require(mkfifo(pipe.path(percentEncoded: false), 0o600) == 0)
      try FileManager.default.createDirectory(
        at: folder.appending(path: "plans/x.yaml"),
        withIntermediateDirectories: false
      )
      let lines = try Folders.problems(in: folder).map(\.description)
      #expect(lines.contains { $0.hasPrefix("policy.yaml:1:1: not an ordinary file") })
      #expect(lines.contains { $0.hasPrefix("plans/x.yaml:1:1: not an ordinary file") })
    }
  }

  @Test("a folder that does not exist is a mistake in each of its files")
  func missingFolder() throws {
    let problems = try Folders.problems(in: URL(filePath: "/nonexistent/nhachan"))
    let files = Set(problems.filter { $0.severity == .error }.map(\.place.file))
    #expect(files == ["nhachan.yaml", "directory.yaml", "policy.yaml", "calendar"])
  }

  @Test("the words of a password that was written in are never repeated")
  func keepsSecretsOut() throws {
    let folder = Folders.broken.appending(path: "password-written-in")
    let settings = try String(contentsOf: folder.appending(path: "nhachan.yaml"), encoding: .utf8)
    let expected = try String(contentsOf: folder.appending(path: "expected.txt"), encoding: .utf8)
    #expect(settings.contains("hunter2"))
    #expect(!expected.contains("hunter2"))
  }
}
