import Configuration
import Deadlines
import Foundation
import TestSupport
import Testing

@Suite("Mutated configuration folders")
struct MutatedFolders {
  private static let files = [
    "nhachan.yaml", "directory.yaml", "policy.yaml", "plans/1-KH.yaml", "calendar/holidays.tsv",
  ]
  private static let fragments = [
    "\"", "'", ": ", "- ", "\t", "\n", "\r\n", "  ", "[", "]", "{", "}", "&a ", "*a", "!x ", "|", ">", "#", "? ",
    "---\n",
    "...", "%YAML 1.1\n", "\u{0}", "\u{FEFF}", "\u{301}", "\u{2028}", "\u{85}", "\\", "\"\\uD800\"", "\"\\0\"", "~",
    ",",
    "@", "`", "<<: ", "null", "99999999999999999999", "-", "+", "wd", "2026-02-30", "\u{1F600}", "post:", "..",
  ]

  /// Files bent in each of the six rounds; NHACHAN_FUZZ sets how many there are in all.
  private static let filesPerRound =
    (ProcessInfo.processInfo.environment["NHACHAN_FUZZ"].flatMap { Int($0) } ?? 3000) / 6 + 1

  @Test("are loaded or refused with places inside the files, never with a crash", arguments: 0..<6)
  func neverCrash(round: Int) throws {
    var random = Seeded(UInt64(round) &* 7919 &+ 20_260_513)
    try Folders.withCopyOfGood { folder in
      for _ in 0..<Self.filesPerRound {
        let name = try #require(Self.files.randomElement(using: &random))
        let url = folder.appending(path: name)
        let original = try Data(contentsOf: url)
        let mutated = mutate(original, &random)
        try mutated.write(to: url)
        try checkProblems(in: folder, file: name, mutated)
        try original.write(to: url)
      }
    }
  }

  private func mutate(_ original: Data, _ random: inout Seeded) -> Data {
    var bytes = Array(original)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let start = Int.random(in: 0...bytes.count, using: &random)
      let end = min(bytes.count, start + Int.random(in: 0...40, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes.removeSubrange(start..<end)
      case 1: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &random))
      case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: start)
      case 3: bytes.removeSubrange(end...)
      default: bytes.insert(contentsOf: (Self.fragments.randomElement(using: &random) ?? "").utf8, at: start)
      }
    }
    return Data(bytes)
  }

  private func checkProblems(in folder: URL, file: String, _ content: Data) throws {
    do {
      _ = try Folders.load(folder)
    } catch let error as ConfigurationError {
      #expect(error.problems.contains { $0.severity == .error })
      let text = String(decoding: content, as: UTF8.self)
      let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
      for problem in error.problems where problem.place.file == file {
        #expect((1...max(1, lines.count)).contains(problem.place.line), "\(problem)\n\(text)")
        #expect((1...2000).contains(problem.place.column), "\(problem)\n\(text)")
      }
    }
  }
}
