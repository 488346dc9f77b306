import Configuration
import Deadlines
import Foundation
import Testing

@Suite("Secrets", .serialized)
struct Secrets {
  /// Calls `body` with the path of a file of that content and mode.
  private func withFile(_ content: String, mode: Int = 0o600, _ body: (String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "nhachan-\(UUID().uuidString)")
      .path(percentEncoded: false)
    try #require(
      FileManager.default.createFile(
        atPath: file,
        contents: Data(content.utf8),
        attributes: [.posixPermissions: mode]
      )
    )
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    defer { try? FileManager.default.removeItem(atPath: file) }
    try body(file)
  }

  @Test(
    "one line end is no part of the secret",
    arguments: [("abc", "abc"), ("abc\n", "abc"), ("abc\r\n", "abc"), ("abc\n\n", "abc\n"), (" a b ", " a b ")]
  )
  func trimsOneLineEnd(content: String, secret: String) throws {
    try withFile(content) { try #expect(SecretSource.file($0).read() == secret) }
  }

  @Test("a file that every account can read or change is refused", arguments: [0o644, 0o604, 0o602, 0o666])
  func refusesOpenFiles(mode: Int) throws {
    try withFile("abc", mode: mode) { path in
      let error = #expect(throws: SecretError.self) { _ = try SecretSource.file(path).read() }
      #expect(error?.reason == .openToAll)
      #expect(error?.description.contains("chmod 0600") == true)
    }
  }

  @Test("a file for the service's group is taken")
  func takesGroupFiles() throws {
    try withFile("abc", mode: 0o640) { try #expect(SecretSource.file($0).read() == "abc") }
  }

  @Test("an empty or missing secret is an error", arguments: ["", "\n"])
  func refusesEmpty(content: String) throws {
    try withFile(content) { path in
      #expect(throws: SecretError(path: path, reason: .empty)) { _ = try SecretSource.file(path).read() }
    }
    #expect(throws: SecretError(path: "/nonexistent/secret", reason: .missing)) {
      _ = try SecretSource.file("/nonexistent/secret").read()
    }
    #expect(throws: SecretError(path: "/", reason: .notAFile)) { _ = try SecretSource.file("/").read() }
  }

  @Test("a credential is read from systemd's folder")
  func readsCredentials() throws {
    unsetenv("CREDENTIALS_DIRECTORY")
    #expect(throws: SecretError(path: "\(SecretSource.Entry.any)", reason: .noCredentials)) {
      _ = try SecretSource.credential("smtp", .any).read()
    }
    try withFile("abc\n") { path in
      let file = URL(filePath: path)
      setenv("CREDENTIALS_DIRECTORY", file.deletingLastPathComponent().path(percentEncoded: false), 1)
      defer { unsetenv("CREDENTIALS_DIRECTORY") }
      try #expect(SecretSource.credential(file.lastPathComponent, .any).read() == "abc")
      // A name of which there is none may be the secret.
      let error = #expect(throws: SecretError.self) { _ = try SecretSource.credential("hunter2", .any).read() }
      #expect(error?.description.contains("hunter2") == false && error?.description.contains("“credential”") == true)
    }
  }
}

extension SecretSource.Entry {
  /// Where it stands makes no difference.
  static let any = SecretSource.Entry(key: "credential", place: SourcePlace(file: "nhachan.yaml"))
}
