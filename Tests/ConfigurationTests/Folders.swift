import Configuration
import Deadlines
import Foundation

/// Folders that the tests read.
enum Folders {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let fixtures = root.appending(path: "Tests/Fixtures/configuration")
  static let good = fixtures.appending(path: "good")
  static let broken = fixtures.appending(path: "broken")
  static let example = root.appending(path: "Config")

  /// Names of the folders with one kind of mistake each.
  static var brokenNames: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: broken.path(percentEncoded: false))) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Calls `body` with a copy of the good folder, which is deleted afterwards.
  static func withCopyOfGood<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let copy = FileManager.default.temporaryDirectory.appending(path: "nhachan-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: good, to: copy)
    defer { try? FileManager.default.removeItem(at: copy) }
    return try body(copy)
  }

  /// What is wrong with the folder, one line each; warnings of a usable folder too.
  static func problems(in folder: URL) throws -> [Problem] {
    do {
      return try ConfigurationLoader.load(directory: folder.path(percentEncoded: false)).warnings
    } catch let error as ConfigurationError {
      return error.problems
    }
  }

  static func load(_ folder: URL) throws -> LoadedConfiguration {
    try ConfigurationLoader.load(directory: folder.path(percentEncoded: false))
  }
}
