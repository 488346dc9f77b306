import Foundation
import TestSupport
import Testing

/// Another network for one command is root's privilege; without it the guard's own tests have to do.
private let canMakeNetworks = geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/unshare")

@Suite("A webhook's name that leads elsewhere at every look-up", .enabled(if: canMakeNetworks))
struct ChangingNameTests {
  private struct Account: Decodable {
    struct Run: Decodable {
      var status: Int
      var output: String
    }

    var runs: [Run]
    var requests: Int
    var lookups: Int
  }

  /// What becomes of one trial message after the other, the name leading to the next address each time.
  private func trials(_ addresses: [String], allowPrivate: Bool = false) async throws -> Account {
    let folder = try TemporaryFolder()
    let key = "\(folder.path)/key"
    try Data("whsec_\(Data(repeating: 7, count: 24).base64EncodedString())\n".utf8).write(to: URL(fileURLWithPath: key))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
    let channel = """
      channels:
        - {name: hook, kind: webhook, url: "http://tin-nhan.example:8080/", secretFile: \(key), allowPlainHTTP: true,
           allowPrivateAddresses: \(allowPrivate), timeout: 5s}

      """
    let config = try folder.config(port: 1, edit: ["nhachan.yaml": { $0.replacing("channels:\n", with: channel) }])
    let script = Tree.fixture("servers/changing_dns.py").path
    let trial = [Nhachan.path, "test-message", "vp@camgiang.example", "--channel", "hook", "--config", config]
    let command = [
      "/usr/bin/unshare", "--net", "--mount", "/usr/bin/python3", script, addresses.joined(separator: ","),
    ]
    let result = try await TestSupport.run(command + trial)
    return try JSONDecoder().decode(Account.self, from: Data(result.output.utf8))
  }

  @Test("public first and private afterwards: the address that is really reached decides, and nothing gets there")
  func turnsPrivate() async throws {
    let account = try await trials(["8.8.8.8", "127.0.0.1", "10.0.0.7", "127.0.0.1"])
    #expect(account.lookups == 4 && account.requests == 0, "\(account)")
    #expect(account.runs.allSatisfy { $0.status == 3 }, "\(account)")
    #expect(!account.runs[0].output.contains("private or reserved"), "\(account)")
    #expect(account.runs.dropFirst().allSatisfy { $0.output.contains("private or reserved") }, "\(account)")
  }

  @Test("allowed private addresses are reached by the same name, so that it is the guard that refuses")
  func allowed() async throws {
    let account = try await trials(["127.0.0.1", "127.0.0.1"], allowPrivate: true)
    #expect(account.requests == 2 && account.runs.allSatisfy { $0.status == 0 }, "\(account)")
  }
}
