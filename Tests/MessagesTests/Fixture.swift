import Foundation
import Testing

/// Whole files to compare with, in `Tests/Fixtures/messages`.
enum Fixture {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/messages", isDirectory: true)

  /// Compares byte by byte; with `NHACHAN_REWRITE_FIXTURES=1` writes the file instead.
  static func expect(_ bytes: [UInt8], equals name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = folder.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["NHACHAN_REWRITE_FIXTURES"] == "1" {
      try Data(bytes).write(to: file)
    }
    let expected = [UInt8](try Data(contentsOf: file))
    guard bytes != expected else { return }
    let place = zip(bytes, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(bytes.count, expected.count)
    let around = String(decoding: bytes[max(0, place - 60)..<min(bytes.count, place + 60)], as: UTF8.self)
    Issue.record("\(name) differs at byte \(place): …\(around)…", sourceLocation: sourceLocation)
  }
}

/// Mails read by a second, independent reader: Python's `email` package with `policy.default`.
enum PythonMail {
  struct Job: Encodable {
    var name: String
    /// The mail's bytes in base64.
    var mail: String
    var subject: String
    var to: String
    var text: String
    var html: String
    var files: [String: String] = [:]
  }

  /// Records everything that Python finds wrong with the mails.
  static func expectNoProblems(_ jobs: [Job], sourceLocation: SourceLocation = #_sourceLocation) throws {
    for problem in try problems(jobs) { Issue.record("\(problem)", sourceLocation: sourceLocation) }
  }

  private static func problems(_ jobs: [Job]) throws -> [String] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("mails-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try JSONEncoder().encode(jobs).write(to: file)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [Fixture.folder.appendingPathComponent("check_mail.py").path, file.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try JSONDecoder().decode([String].self, from: answer)
  }
}
