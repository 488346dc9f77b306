import Foundation
import TestSupport
import Testing

/// The real binary, beside this test's own.
enum Nhachan {
  static let path: String = {
    // The test runner lies in the folder of all products.
    let runner = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var folder = runner.deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appendingPathComponent("nhachan").path
      if FileManager.default.isExecutableFile(atPath: candidate), !isFolder(candidate) { return candidate }
      folder = folder.deletingLastPathComponent()
    }
    return Tree.root.appendingPathComponent(".build/debug/nhachan").path
  }()

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  static func run(_ arguments: String..., seconds: Int = 120) async throws -> CommandResult {
    try await TestSupport.run([path] + arguments, seconds: seconds)
  }

  /// What a command prints as JSON; fails when it does not end well.
  static func json<Facts: Decodable>(_ type: Facts.Type, _ arguments: String...) async throws -> Facts {
    let result = try await TestSupport.run([path] + arguments)
    #expect(result.status == 0, "\(arguments): \(result.errors)")
    return try JSONDecoder().decode(type, from: Data(result.output.utf8))
  }

  /// The binary under another wall clock (libfaketime), given as UTC.
  static func underClock(_ utc: String) -> [String] {
    ["/usr/bin/env", "TZ=UTC", "/usr/bin/faketime", "-f", "@\(utc)", path]
  }
}

/// The local mail server of the demo, which keeps every mail in a Maildir.
final class MaildirServer: Sendable {
  private let process: ServerProcess
  private let folder: TemporaryFolder
  let port: Int

  init() async throws {
    folder = try TemporaryFolder()
    process = try ServerProcess([
      "/usr/bin/python3", Tree.root.appendingPathComponent("Tests/Demo/mail_server.py").path, "\(folder.path)/Maildir",
    ])
    guard await process.waits(until: { $0.contains("\n") }), let port = Int(process.output.prefix { $0.isNumber })
    else {
      throw NotStarted()
    }
    self.port = port
  }

  struct NotStarted: Error {}

  /// Paths of the mails kept so far.
  func mails() throws -> [String] {
    let new = "\(folder.path)/Maildir/new"
    return try FileManager.default.contentsOfDirectory(atPath: new).sorted().map { "\(new)/\($0)" }
  }

  var maildir: String { "\(folder.path)/Maildir" }

  func stop() async { await process.stop() }
}

/// One mail as Python's `email` reads it.
struct ReadMail: Codable, Hashable {
  var recipient: String
  var subject: String
  var messageID: String
  var date: String
  var occurrences: [String]
  var defects: [String]
  var types: [String]
  var text: String
}

/// Reads a Maildir with Python's `email` and `policy.default`.
func readMails(_ maildir: String) async throws -> [ReadMail] {
  let script = Tree.fixture("servers/read_maildir.py").path
  let result = try await run(["/usr/bin/python3", script, maildir])
  #expect(result.status == 0, "\(result.errors)")
  return try JSONDecoder().decode([ReadMail].self, from: Data(result.output.utf8))
}

struct AgendaEntry: Codable, Hashable {
  struct Notice: Codable, Hashable {
    var occurrence: String
    var step: String
  }
  var at: String
  var recipient: String
  var unit: String?
  var channel: String
  var kind: String
  var subject: String
  var messageID: String
  var notices: [Notice]
}
