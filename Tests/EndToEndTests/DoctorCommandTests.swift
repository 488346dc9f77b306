import Foundation
import TestSupport
import Testing

private struct DoctorFacts: Decodable {
  struct Check: Decodable {
    var name: String
    var state: String
    var detail: String
    var remedy: String
  }
  var checks: [Check]

  func check(_ name: String) -> Check? { checks.first { $0.name == name } }
}

@Suite("nhachan doctor")
struct DoctorCommandTests {
  private static let password = "mật-khẩu-thật-dài"

  private func doctor(_ config: String, store: String, environment: [String: String] = [:]) async throws
    -> (status: Int32, facts: DoctorFacts)
  {
    let arguments = [Nhachan.path, "doctor", "--json", "--config", config, "--store", store]
    let result = try await TestSupport.run(arguments, environment: environment)
    #expect(!result.output.contains(Self.password) && !result.errors.contains(Self.password))
    return (result.status, try JSONDecoder().decode(DoctorFacts.self, from: Data(result.output.utf8)))
  }

  /// A mail server that wants the password, and a configuration that logs in with another or the same.
  private func server(_ mode: String = "plain", _ more: [String] = []) async throws -> (ServerProcess, Int) {
    let server = try ServerProcess(
      ["/usr/bin/python3", Tree.fixture("servers/mailserver.py").path, mode, "--user", "nhachan", "--password"]
        + [Self.password] + more
    )
    try #require(await server.waits { $0.contains("\n") })
    return (server, try #require(Int(server.output.dropFirst("PORT ".count).prefix { $0.isNumber })))
  }

  private func config(
    _ folder: TemporaryFolder,
    port: Int,
    password: String?,
    security: String = "plain",
    mode: Int = 0o600
  ) throws -> String {
    let secret = "\(folder.path)/password"
    if let password {
      try Data((password + "\n").utf8).write(to: URL(fileURLWithPath: secret))
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: secret)
    }
    return try folder.config(
      port: port,
      edit: [
        "nhachan.yaml": { text in
          text.replacingOccurrences(
            of: "    security: plain\n",
            with: "    security: \(security)\n    user: nhachan\n    passwordFile: \(secret)\n"
          )
        }
      ]
    )
  }

  @Test("all is well: every check is made, no mail goes, nothing is left behind")
  func well() async throws {
    let folder = try TemporaryFolder()
    let (server, port) = try await server()
    let config = try config(folder, port: port, password: Self.password)
    let (status, facts) = try await doctor(config, store: "\(folder.path)/nhachan.sqlite")
    #expect(status == 0)
    #expect(
      facts.checks.map(\.name) == [
        "configuration", "secret of mail", "store", "disk", "channel mail", "clock", "calendar", "addresses",
        "coverage",
      ]
    )
    #expect(facts.check("channel mail")?.detail.contains("logged in") ?? false)
    // The clock may not be synchronised here, and the next year may not be decreed yet.
    let uncertain = ["clock", "calendar"]
    #expect(facts.checks.allSatisfy { $0.state == "ok" && $0.remedy.isEmpty || uncertain.contains($0.name) })
    #expect(facts.check("calendar")?.detail.contains("2027") ?? false)
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) == ["Config", "password"])
    await server.stop()
    #expect(!server.output.contains("MAIL"))
  }

  @Test("a store that is lost while its seal is there: 3, with how to get it back")
  func lostStore() async throws {
    let folder = try TemporaryFolder()
    let (server, port) = try await server()
    let config = try config(folder, port: port, password: Self.password)
    let store = "\(folder.path)/nhachan.sqlite"
    try Data("camgiang\t1234\tab\n".utf8).write(to: URL(fileURLWithPath: "\(store).seal"))
    let (status, facts) = try await doctor(config, store: store)
    let found = try #require(facts.check("store"))
    #expect(status == 3 && found.state == "failure" && found.detail.contains("the store is lost: the seal beside it"))
    #expect(found.detail.contains("1234") && found.remedy.contains("nhachan restore"), "\(found)")
    await server.stop()
  }

  @Test("a seal of another office beside no store is moved away, and no backup is asked for")
  func sealOfAnotherOffice() async throws {
    let folder = try TemporaryFolder()
    let (server, port) = try await server()
    let config = try config(folder, port: port, password: Self.password)
    let store = "\(folder.path)/nhachan.sqlite"
    try Data("huyen\t1234\tab\n".utf8).write(to: URL(fileURLWithPath: "\(store).seal"))
    let found = try #require(try await doctor(config, store: store).1.check("store"))
    #expect(found.detail.contains("of another office: huyen") && found.remedy.contains("move the seal"), "\(found)")
    #expect(!found.remedy.contains("restore"))
    await server.stop()
  }

  @Test("the copy in force is found beside the store that the broken folder names")
  func copyBesideConfiguredStore() async throws {
    let folder = try TemporaryFolder()
    let store = "\(folder.path)/elsewhere.sqlite"
    let config = try folder.config(
      port: 1,
      edit: ["nhachan.yaml": { $0.replacing("path: nhachan.sqlite", with: "path: \(store)") }]
    )
    try FileManager.default.copyItem(atPath: config, toPath: "\(store).config")
    try Data("surprise: 1\n".utf8).write(to: URL(fileURLWithPath: "\(config)/policy.yaml"))
    let result = try await run([Nhachan.path, "doctor", "--json", "--config", config])
    let facts = try JSONDecoder().decode(DoctorFacts.self, from: Data(result.output.utf8))
    #expect(facts.check("configuration")?.state == "failure")
    #expect(facts.check("store")?.detail.hasPrefix(store) == true, "\(facts.checks.map(\.name))")
  }

  @Test("a broken folder that names a store never answers with the copy beside the usual one")
  func copyBesideOtherStore() async throws {
    let folder = try TemporaryFolder()
    let config = try folder.config(
      port: 1,
      edit: ["nhachan.yaml": { $0.replacing("path: nhachan.sqlite", with: "path: \(folder.path)/elsewhere.sqlite") }]
    )
    let state = "\(folder.path)/state"
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
    try FileManager.default.copyItem(atPath: config, toPath: "\(state)/nhachan.sqlite.config")
    try Data("surprise: 1\n".utf8).write(to: URL(fileURLWithPath: "\(config)/policy.yaml"))
    let call = ["/usr/bin/env", "STATE_DIRECTORY=\(state)", Nhachan.path, "arm", "--config", config]
    let refused = try await run(call)
    #expect(refused.status == 1 && refused.errors.contains("surprise"), "\(refused.errors)")
    #expect(!refused.errors.contains("answering with the configuration in force"))
    // One that cannot be read at all names none.
    try Data("a: [\n".utf8).write(to: URL(fileURLWithPath: "\(config)/nhachan.yaml"))
    let unreadable = try await run(call)
    #expect(unreadable.errors.contains("answering with the configuration in force"), "\(unreadable.errors)")
  }

  @Test("a wrong password is a setting to correct: 1; the other checks are made all the same")
  func wrongPassword() async throws {
    let folder = try TemporaryFolder()
    let (server, port) = try await server()
    let config = try config(folder, port: port, password: "sai")
    let (status, facts) = try await doctor(config, store: "\(folder.path)/nhachan.sqlite")
    #expect(status == 1 && facts.checks.count == 9)
    let channel = try #require(facts.check("channel mail"))
    #expect(channel.state == "failure" && channel.detail.contains("535") && channel.remedy.contains("password"))
    await server.stop()
  }

  @Test("a certificate that nobody vouches for: 1")
  func certificate() async throws {
    let folder = try TemporaryFolder()
    let made = try await run([
      "/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
      "-keyout", "\(folder.path)/key.pem", "-out", "\(folder.path)/cert.pem",
    ])
    #expect(made.status == 0)
    let (server, port) = try await server(
      "tls",
      ["--cert", "\(folder.path)/cert.pem", "--key", "\(folder.path)/key.pem"]
    )
    let config = try config(folder, port: port, password: Self.password, security: "tls")
    let (status, facts) = try await doctor(config, store: "\(folder.path)/nhachan.sqlite")
    #expect(status == 1 && facts.check("channel mail")?.remedy.contains("certificate") ?? false)
    await server.stop()
  }

  @Test("a closed port alone: 3, with what to look at")
  func closedPort() async throws {
    let folder = try TemporaryFolder()
    let config = try folder.config(port: try unusedPort())
    let (status, facts) = try await doctor(config, store: "\(folder.path)/nhachan.sqlite")
    #expect(status == 3 && facts.check("channel mail")?.remedy.contains("firewall") ?? false)
  }

  @Test("a secret that is missing or open to all, with the way to the server tried as far as it goes without it")
  func secrets() async throws {
    let folder = try TemporaryFolder()
    let (server, port) = try await server()
    let missing = try await doctor(
      try config(folder, port: port, password: nil),
      store: "\(folder.path)/nhachan.sqlite"
    )
    #expect(missing.status == 1 && missing.facts.check("secret of mail")?.state == "failure")
    #expect(missing.facts.check("channel mail")?.detail.contains("login not tried") ?? false)
    let open = try await doctor(
      try config(folder, port: port, password: Self.password, mode: 0o644),
      store: "\(folder.path)/nhachan.sqlite"
    )
    #expect(open.status == 1 && open.facts.check("secret of mail")?.remedy.contains("chmod 0600") ?? false)
    await server.stop()
  }

  @Test("a credential of systemd cannot be seen from a shell: a warning, and found where systemd puts it")
  func credential() async throws {
    let folder = try TemporaryFolder()
    let (server, port) = try await server()
    _ = try config(folder, port: port, password: Self.password)
    let config = try folder.config(
      port: port,
      edit: [
        "nhachan.yaml": { text in
          text.replacingOccurrences(
            of: "    security: plain\n",
            with: "    security: plain\n    user: nhachan\n    credential: password\n"
          )
        }
      ]
    )
    let shell = try await doctor(config, store: "\(folder.path)/nhachan.sqlite")
    #expect(shell.status == 0 && shell.facts.check("secret of mail")?.state == "warning")
    let service = try await doctor(
      config,
      store: "\(folder.path)/nhachan.sqlite",
      environment: ["CREDENTIALS_DIRECTORY": folder.path]
    )
    #expect(service.status == 0 && service.facts.check("channel mail")?.detail.contains("logged in") ?? false)
    await server.stop()
  }

  @Test(
    "a store that cannot be made: 3",
    arguments: ["/nonexistent/folder/nhachan.sqlite", "/etc/passwd/nhachan.sqlite"]
  )
  func noStore(path: String) async throws {
    let folder = try TemporaryFolder()
    let server = try await MaildirServer()
    let (status, facts) = try await doctor(try folder.config(port: server.port), store: path)
    #expect(status == 3 && facts.check("store")?.state == "failure" && facts.check("channel mail")?.state == "ok")
    #expect(try server.mails().isEmpty)
    await server.stop()
  }

  @Test("a store that is none: 3, and it is left as it was")
  func damagedStore() async throws {
    let folder = try TemporaryFolder()
    let server = try await MaildirServer()
    let store = "\(folder.path)/nhachan.sqlite"
    let bytes = Data("this is no database, however long one looks at it".utf8)
    try bytes.write(to: URL(fileURLWithPath: store))
    let (status, facts) = try await doctor(try folder.config(port: server.port), store: store)
    #expect(status == 3 && facts.check("store")?.state == "failure" && !(facts.check("store")?.remedy.isEmpty ?? true))
    #expect(try Data(contentsOf: URL(fileURLWithPath: store)) == bytes)
    await server.stop()
  }

  @Test("beside the running service: the store is sound, in use, and still held; then armed")
  func running() async throws {
    let folder = try TemporaryFolder()
    let server = try await MaildirServer()
    let config = try folder.config(port: server.port)
    let service = try Service(config: config, store: "\(folder.path)/nhachan.sqlite", clock: "2026-05-13 01:00:00")
    #expect(try await service.waits { try await service.command("status").status == 0 })
    let held = try await service.json(DoctorFacts.self, "doctor")
    #expect(held.check("store")?.state == "ok" && held.check("store")?.detail.contains("in use") ?? false)
    #expect(held.check("armed")?.state == "warning" && held.check("armed")?.remedy.contains("nhachan arm") ?? false)
    #expect(try await service.command("arm").status == 0)
    #expect(try await service.json(DoctorFacts.self, "doctor").check("armed")?.state == "ok")
    try await service.stop()
    await server.stop()
  }

  @Test("mistakes in the files are said, and what can be tried without them is tried")
  func brokenConfiguration() async throws {
    let folder = try TemporaryFolder()
    let server = try await MaildirServer()
    let good = try folder.config(port: server.port)
    let store = "\(folder.path)/nhachan.sqlite"
    try FileManager.default.copyItem(atPath: good, toPath: "\(store).config")
    let broken = try folder.config(port: server.port, edit: ["policy.yaml": { $0 + "\nsurprise: 1\n" }])
    let (status, facts) = try await doctor(broken, store: store)
    #expect(status == 1)
    let configuration = try #require(facts.check("configuration"))
    #expect(configuration.state == "failure" && configuration.detail.contains("surprise"))
    #expect(facts.check("channel mail")?.state == "ok")
    await server.stop()
  }

  @Test("a webhook is connected to and nothing is posted; an address inside the network is refused unless allowed")
  func webhook() async throws {
    let folder = try TemporaryFolder()
    let endpoint = try ScriptedHTTPServer(.answer(200))
    let mails = try await MaildirServer()
    let secret = "\(folder.path)/key"
    let key = "whsec_" + Data("a secret of thirty-two bytes, ok".utf8).base64EncodedString()
    try Data(key.utf8).write(to: URL(fileURLWithPath: secret))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
    for isAllowed in [true, false] {
      let channel = """
          - name: gateway
            kind: webhook
            url: http://127.0.0.1:\(endpoint.port)/hook/token-of-the-gateway
            secretFile: \(secret)
            allowPrivateAddresses: \(isAllowed)

        """
      let sender = "      address: nhachan@camgiang.example\n\n"
      let config = try folder.config(
        port: mails.port,
        edit: ["nhachan.yaml": { $0.replacingOccurrences(of: sender, with: sender + channel) }]
      )
      let (status, facts) = try await doctor(config, store: "\(folder.path)/nhachan.sqlite")
      #expect(facts.check("channel gateway")?.state == (isAllowed ? "ok" : "failure"))
      #expect(facts.check("secret of gateway")?.state == "ok" && status == (isAllowed ? 0 : 1))
      // The path may be a secret itself.
      #expect(!facts.checks.contains { $0.detail.contains("token-of-the-gateway") })
    }
    #expect(endpoint.requests.isEmpty && endpoint.connections == 1)
    await mails.stop()
  }
}
