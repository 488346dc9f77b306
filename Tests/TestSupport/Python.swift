import Foundation

/// Runs a script of `Tests/Fixtures` with the packages that `make python` installs.
/// - Throws: `MissingPythonPackages` when they are not there.
public func runPython(_ script: String, _ arguments: String...) async throws -> CommandResult {
  let packages = Tree.root.appendingPathComponent(".build/python").path
  guard FileManager.default.fileExists(atPath: "\(packages)/.installed") else { throw MissingPythonPackages() }
  return try await run(
    ["/usr/bin/python3", Tree.fixture(script).path] + arguments,
    environment: ["PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1"]
  )
}

/// The packages from PyPI that tests compare with are not beside the build.
public struct MissingPythonPackages: Error, CustomStringConvertible {
  public var description: String { "no .build/python: run “make python” once" }
}

/// Starts a server among the scripts of `Tests/Fixtures` with those packages.
/// - Throws: `MissingPythonPackages` when they are not there.
public func startPython(_ script: String, _ arguments: [String]) throws -> ServerProcess {
  let packages = Tree.root.appendingPathComponent(".build/python").path
  guard FileManager.default.fileExists(atPath: "\(packages)/.installed") else { throw MissingPythonPackages() }
  let command = ["/usr/bin/env", "PYTHONPATH=\(packages)", "PYTHONDONTWRITEBYTECODE=1", "/usr/bin/python3"]
  return try ServerProcess(command + [Tree.fixture(script).path] + arguments)
}
