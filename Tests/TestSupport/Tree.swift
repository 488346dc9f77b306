public import Foundation

/// Places in this checkout and temporary ones outside it.
public enum Tree {
  /// The checkout's top folder.
  public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  /// The ready example.
  public static var config: String { root.appendingPathComponent("Config").path }

  public static func fixture(_ name: String) -> URL { root.appendingPathComponent("Tests/Fixtures/\(name)") }

  /// The rows of a table of the domain: tab-separated, comments and the empty left out.
  public static func rows(_ name: String) throws -> [[String]] {
    try String(contentsOf: fixture(name), encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: true)
      .filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
  }
}

/// A folder that goes away with this object.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("nhachan-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A copy of the ready example whose relay listens on that port; `edit` may change any file of it.
  public func config(port: Int, edit: [String: @Sendable (String) -> String] = [:]) throws -> String {
    let copy = "\(path)/Config"
    try? FileManager.default.removeItem(atPath: copy)
    try FileManager.default.copyItem(atPath: Tree.config, toPath: copy)
    var edits = edit
    let after = edits["nhachan.yaml"]
    edits["nhachan.yaml"] = { text in
      let ported = text.replacingOccurrences(of: "port: 2525", with: "port: \(port)")
      return after?(ported) ?? ported
    }
    for (name, change) in edits {
      let file = URL(fileURLWithPath: "\(copy)/\(name)")
      try Data(change(try String(contentsOf: file, encoding: .utf8)).utf8).write(to: file)
    }
    return copy
  }
}

/// How a command ended.
public struct CommandResult: Sendable {
  public var status: Int32
  public var output: String
  public var errors: String
}

/// Runs a program to its end, at most `seconds`, without a terminal.
public func run(
  _ command: [String],
  environment: [String: String] = [:],
  seconds: Int = 120
) async throws -> CommandResult {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
  process.arguments = ["--kill-after=2", "\(seconds)"] + command
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, given in given }
  let folder = try TemporaryFolder()
  // Files instead of pipes: a program that prints much must not wait for a reader.
  let output = try sink("\(folder.path)/out")
  let errors = try sink("\(folder.path)/err")
  process.standardInput = FileHandle.nullDevice
  process.standardOutput = output
  process.standardError = errors
  let status = try await exitStatus(of: process)
  return CommandResult(
    status: status,
    output: try String(contentsOfFile: "\(folder.path)/out", encoding: .utf8),
    errors: try String(contentsOfFile: "\(folder.path)/err", encoding: .utf8)
  )
}

private func sink(_ path: String) throws -> FileHandle {
  _ = FileManager.default.createFile(atPath: path, contents: nil)
  return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
}

/// Told by the process's own handler: `waitUntilExit` turns the run loop of its thread, which may miss the end.
private func exitStatus(of process: Process) async throws -> Int32 {
  try await withCheckedThrowingContinuation { continuation in
    process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
    do {
      try process.run()
    } catch {
      process.terminationHandler = nil
      continuation.resume(throwing: error)
    }
  }
}
