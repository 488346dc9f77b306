import Configuration
import Deadlines
import Foundation
import Messages
import TestSupport
import Testing

@Suite("Webhook channels")
struct Webhooks {
  /// What the channel becomes when these lines stand in place of the good folder's address and key.
  private func read(_ lines: String, files: [String: String] = [:]) throws -> (WebhookSettings?, [String]) {
    try Folders.withCopyOfGood { folder in
      let file = folder.appending(path: "nhachan.yaml")
      let text = try String(contentsOf: file, encoding: .utf8)
      let indented = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
      let given = """
            url: https://hook.example.vn/nhachan
            credential: [hook-new, hook-old]
            secretFile: keys/hook

        """
      #expect(text.contains(given))
      try Data(text.replacing(given, with: indented).utf8).write(to: file)
      for (name, content) in files {
        let place = folder.appending(path: name)
        try FileManager.default.createDirectory(
          at: place.deletingLastPathComponent(),
          withIntermediateDirectories: true
        )
        try Data(content.utf8).write(to: place)
      }
      do {
        let channel = try #require(try Folders.load(folder).settings.channel("hook"))
        guard case .webhook(let webhook) = channel.kind else { return (nil, []) }
        return (webhook, [])
      } catch let error as ConfigurationError {
        return (nil, error.problems.map(\.description))
      }
    }
  }

  @Test("a receiver by its name needs no signing key", arguments: ["slack", "mattermost", "teams"])
  func chats(name: String) throws {
    let (webhook, problems) = try read("url: https://chat.example/x\ntemplate: \(name)")
    #expect(problems == [] && webhook?.secrets == [])
    #expect(webhook?.form == ["slack": .slack, "mattermost": .mattermost, "teams": .teams][name])
  }

  /// The good folder, its channel having these lines and no key.
  private func load(_ lines: String) throws -> LoadedConfiguration {
    try Folders.withCopyOfGood { folder in
      let settings = folder.appending(path: "nhachan.yaml")
      var text = try String(contentsOf: settings, encoding: .utf8)
      let start = try #require(text.firstRange(of: "    url: https://hook"))
      let end = try #require(text.firstRange(of: "    allowPrivateAddresses"))
      let indented = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
      text.replaceSubrange(start.lowerBound..<end.lowerBound, with: indented)
      try Data(text.utf8).write(to: settings)
      return try Folders.load(folder)
    }
  }

  private func warnings(_ lines: String) throws -> [String] { try load(lines).warnings.map(\.description) }

  @Test(
    "an address that lets one post is warned of when it stands in the file",
    arguments: ["slack", "mattermost", "teams"]
  )
  func writtenAddress(name: String) throws {
    let warnings = try warnings("url: https://chat.example/T/s3cr3t?sig=x\ntemplate: \(name)")
      .filter { $0.contains("a secret written into the file (“url”)") }
    #expect(warnings.count == 1 && warnings[0].hasPrefix("nhachan.yaml:"), "\(warnings)")
    #expect(warnings.allSatisfy { $0.contains("“urlFile: …” or “urlCredential: …”") && !$0.contains("s3cr3t") })
  }

  @Test("an address of ntfy that carries its login is warned of when it stands in the file")
  func writtenLogin() throws {
    let warnings = try warnings("url: https://ntfy.example/?auth=QmVhcmVyIHM\ntemplate: ntfy\nntfy: {topic: a}")
      .filter { $0.contains("a secret written into the file (“url”)") }
    #expect(warnings.count == 1 && warnings.allSatisfy { !$0.contains("QmVhcmVyIHM") }, "\(warnings)")
  }

  @Test("a path behind the host of ntfy is a mistake in a file of its own too, and is not told")
  func pathInFile() throws {
    try Folders.withCopyOfGood { folder in
      let file = folder.appending(path: "ntfy-url")
      try Data("https://ntfy.example/s3cr3t\n".utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      let (_, problems) = try read("urlFile: \(file.path)\ntemplate: ntfy\nntfy: {topic: a}")
      #expect(problems.count == 1 && problems[0].contains("the address of ntfy has a path"), "\(problems)")
      #expect(problems.allSatisfy { !$0.contains("s3cr3t") })
      let webhook = WebhookSettings(
        address: .secret(.file(file.path)),
        secrets: [],
        form: .ntfy(NtfyForm(topic: "a", priorities: [:], tags: []))
      )
      let refused = #expect(throws: UnusableSecret.self) { try webhook.url() }
      #expect(refused?.description.contains("has a path") == true)
    }
  }

  @Test("a secret where the name of its file belongs is not told")
  func secretForName() throws {
    let (_, problems) = try read("urlFile: https://chat.example/T/s3cr3t\ntemplate: slack")
    #expect(problems.count == 1 && problems[0].contains("a secret written into the file (“urlFile”)"), "\(problems)")
    #expect(problems.allSatisfy { !$0.contains("s3cr3t") })
    let (webhook, _) = try read("url: https://chat.example/\nsecretFile: hunter2")
    let source = try #require(webhook?.secrets.first)
    let error = #expect(throws: SecretError.self) { try source.read() }
    let words = try #require(error).description
    #expect(words.contains("“secretFile” names no file in /") && !words.contains("hunter2"), "\(words)")
    #expect(words.hasPrefix("nhachan.yaml:"))
  }

  @Test("a secret that may not be reached is told of by its path, unlike one where nothing can be")
  func unreachable() throws {
    let folder = try TemporaryFolder()
    let entry = SecretSource.Entry(key: "secretFile", place: SourcePlace(file: "nhachan.yaml"))
    func words(_ name: String) throws -> String {
      let source = SecretSource.fileBeside(folder: folder.path, name: name, entry)
      let error = #expect(throws: SecretError.self) { try source.read() }
      return try #require(error).description
    }
    try FileManager.default.createDirectory(atPath: "\(folder.path)/shut", withIntermediateDirectories: false)
    try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/shut/smtp"))
    try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/file"))
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/loop", withDestinationPath: "loop")
    for name in ["hunter2", "file/hunter2", String(repeating: "hunter2", count: 60)] {
      #expect(try !words(name).contains("hunter2") && words(name).contains("“secretFile” names no file"))
    }
    #expect(try words("loop/smtp").hasPrefix("\(folder.path)/loop/smtp: cannot be read"))
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: "\(folder.path)/shut")
    let denied = try asNobody { try words("shut/smtp") }
    #expect(denied.hasPrefix("\(folder.path)/shut/smtp: cannot be read: Permission denied"), "\(denied)")
  }

  /// As root nothing is denied: this thread looks at files as another account.
  private func asNobody<Value>(_ body: () throws -> Value) throws -> Value {
    let address = try #require(dlsym(nil, "setfsuid"))
    let setfsuid = unsafeBitCast(address, to: (@convention(c) (UInt32) -> Int32).self)
    guard geteuid() == 0 else { return try body() }
    _ = setfsuid(65_534)
    defer { _ = setfsuid(0) }
    return try body()
  }

  @Test("a credential's name is not told where there is none of that name")
  func credentialForName() throws {
    let (webhook, _) = try read("url: https://chat.example/\ncredential: hunter2")
    let source = try #require(webhook?.secrets.first)
    let error = #expect(throws: SecretError.self) { try source.read() }
    let words = try #require(error).description
    #expect(words.contains("“credential” names") && !words.contains("hunter2"), "\(words)")
  }

  @Test("mistakes of a template and of its media type are all said at once")
  func templateMistakes() throws {
    let (_, problems) = try read(
      "url: https://chat.example/\ntemplate: {file: templates/x.mustache, contentType: json}",
      files: ["templates/x.mustache": "{{subjekt}}\n{{#texte}}{{unitt}}{{/texte}}\n{{text}}\n"]
    )
    #expect(problems.count == 4 && problems.contains { $0.contains("media type") }, "\(problems)")
    for word in ["subjekt", "texte", "unitt"] { #expect(problems.contains { $0.contains("“\(word)”") }, "\(word)") }
  }

  @Test("mistakes of the admin’s entry are all said at once")
  func adminMistakes() throws {
    try Folders.withCopyOfGood { folder in
      let file = folder.appending(path: "nhachan.yaml")
      let text = try String(contentsOf: file, encoding: .utf8)
      let entry = "admin: {address: nobody, unit: xyz, channels: [fax], language: fr}"
      let bare = text.replacing(/(?m)^admin:.*\n( .*\n)*/, with: "")
      try Data("\(bare)\n\(entry)\n".utf8).write(to: file)
      let error = #expect(throws: ConfigurationError.self) { try Folders.load(folder) }
      let problems = error?.problems.map(\.description) ?? []
      for word in ["more than one mailbox", "“nobody”", "“xyz”", "“fax”", "“fr”"] {
        #expect(problems.contains { $0.contains(word) }, "\(word): \(problems)")
      }
    }
  }

  @Test("an address that is no secret is not warned of")
  func openAddress() throws {
    for lines in [
      "url: https://chat.example/\ntemplate: slack", "urlCredential: slack-url\ntemplate: slack",
      "url: https://ntfy.example/\ntemplate: ntfy\nntfy: {topic: a}",
    ] {
      #expect(try !warnings(lines).contains { $0.contains("“url”") })
    }
  }

  @Test("our own form needs one")
  func generic() throws {
    for template in ["", "\ntemplate: generic"] {
      let (_, problems) = try read("url: https://chat.example/x\(template)")
      #expect(problems.count == 1 && problems[0].contains("a webhook without a signing key"), "\(problems)")
    }
  }

  @Test("an address, a header and a key from files and credentials")
  func secrets() throws {
    let lines = """
      urlCredential: slack-url
      template: slack
      headers:
        Authorization: {prefix: Bearer, credential: token}
        access_token: {file: keys/zalo}
        X-Office: xa-an-binh
      """
    let (webhook, problems) = try read(lines)
    #expect(problems == [])
    #expect(webhook?.address == .secret(.credential("slack-url", .any)))
    let headers = try #require(webhook?.headers)
    #expect(headers.map(\.name) == ["Authorization", "access_token", "X-Office"])
    #expect(headers[0].prefix == "Bearer " && headers[0].value == .secret(.credential("token", .any)))
    #expect(headers[2].value == .written("xa-an-binh"))
    guard case .secret(.fileBeside(_, let name, _)) = headers[1].value else { throw Missing() }
    #expect(name == "keys/zalo")
  }

  private struct Missing: Error {}

  @Test("ntfy with a topic, priorities and tags")
  func ntfy() throws {
    let lines = """
      url: https://ntfy.example.vn/
      template: ntfy
      ntfy:
        topic: nhac-han_1
        priorities: {overdue: 5, digest: 1}
        tags: [calendar]
      """
    let (webhook, problems) = try read(lines)
    let expected = NtfyForm(topic: "nhac-han_1", priorities: [.overdue: 5, .digest: 1], tags: ["calendar"])
    #expect(problems == [] && webhook?.form == .ntfy(expected))
    #expect(expected.priorities[.escalation] == 5 && expected.priorities[.reminder] == 3)
  }

  @Test("Zalo with the parameters of the approved template and everybody's number")
  func zalo() throws {
    let lines = """
      url: https://business.openapi.zalo.me/message/template
      template: zalo-zns
      zaloZNS:
        templateID: "338212"
        parameters:
          customer_name: {value: recipientName}
          due: {value: due, longest: 20}
        phones:
          vp@example.vn: "0912 345 678"
          kt@example.vn: "+84 98.765.43.21"
      """
    let (webhook, problems) = try read(lines)
    let expected = ZaloForm(
      templateID: "338212",
      parameters: [
        ZaloForm.Parameter(name: "customer_name", fact: "recipientName", longest: 30),
        ZaloForm.Parameter(name: "due", fact: "due", longest: 20),
      ],
      phones: ["vp@example.vn": "84912345678", "kt@example.vn": "84987654321"]
    )
    #expect(problems == [] && webhook?.form == .zalo(expected))
  }

  private func phone(_ written: String) throws -> (String?, [String]) {
    let lines = """
      url: https://business.openapi.zalo.me/message/template
      template: zalo-zns
      zaloZNS: {templateID: 1, parameters: {a: {value: due}}, phones: {vp@example.vn: "\(written)"}}
      """
    let (webhook, problems) = try read(lines)
    guard case .zalo(let form)? = webhook?.form else { return (nil, problems) }
    return (form.phones["vp@example.vn"], problems)
  }

  @Test(
    "a number for Zalo is the same however the country is written",
    arguments: [
      "0084912345678", "+84912345678", "84912345678", "0912345678", "00 84 912 345 678", "+84 912.345.678",
      "84-912-345-678", "0912.345.678",
    ]
  )
  func phones(written: String) throws {
    let (number, problems) = try phone(written)
    #expect(number == "84912345678" && problems == [])
  }

  @Test("a desk's number, and a mobile that begins with 84 after its 0")
  func otherPhones() throws {
    #expect(try phone("024 3825 2525").0 == "842438252525")
    #expect(try phone("084 123 4567").0 == "84841234567")
  }

  @Test(
    "what is no number of Viet Nam is a mistake",
    arguments: [
      "912345678", "+84 0912345678", "00840912345678", "+0912345678", "00912345678", "+66912345678", "091234567",
      "091234567890", "0912345678a", "+84", "0",
    ]
  )
  func noPhones(written: String) throws {
    let (_, problems) = try phone(written)
    #expect(problems.contains { $0.contains("no telephone number — write it in quotes") }, "\(problems)")
  }

  @Test("who is told by Zalo and has no number is named")
  func missingNumbers() throws {
    let lines = """
      url: https://business.openapi.zalo.me/message/template
      template: zalo-zns
      zaloZNS: {templateID: 1, parameters: {a: {value: due}}, phones: {ai-do@example.vn: "0912345678"}}
      """
    let loaded = try load(lines)
    let told = loaded.office.directory.units.filter { $0.channels.contains("hook") }.compactMap(\.address)
    let warnings = loaded.warnings.map(\.description).filter { $0.contains("no telephone number") }
    #expect(!told.isEmpty)
    for address in told { #expect(warnings.contains { $0.contains("for \(address), who") }, "\(warnings)") }
  }

  @Test("a template of the admin's own")
  func own() throws {
    let text = "{\"text\": \"{{subject}}\"}"
    let lines = "url: https://chat.example/x\ntemplate: {file: templates/chat.mustache}"
    let (webhook, problems) = try read(lines, files: ["templates/chat.mustache": text])
    #expect(problems == [])
    #expect(webhook?.form == .custom(try BodyTemplate(text, contentType: "application/json")))
  }

  @Test("a mistake in a template has its line and column")
  func brokenTemplate() throws {
    let lines = "url: https://chat.example/x\ntemplate: {file: templates/chat.mustache}"
    let (_, problems) = try read(lines, files: ["templates/chat.mustache": "{\n  \"việc\": \"{{titel}}\"}"])
    #expect(problems.count == 1)
    #expect(
      problems[0].hasPrefix("templates/chat.mustache:2:12: no value is called “titel” here — known: "),
      "\(problems)"
    )
  }

  @Test(
    "every mistake is said, and no secret with it",
    arguments: [
      ("url: https://a.example/\nurlFile: x\ntemplate: slack", "more than one address"),
      ("urlFile: x\nurlCredential: y\ntemplate: slack", "more than one address"),
      ("template: slack", "a channel has no “url”"),
      ("url: https://a.example/\ntemplate: slak", "“template” cannot be “slak” — did you mean “slack”?"),
      ("url: https://a.example/\ntemplate: ntfy", "a channel has no “ntfy”"),
      ("url: https://a.example/\ntemplate: slack\nntfy: {topic: a}", "“ntfy” belongs to another template"),
      ("url: https://a.example/\ntemplate: ntfy\nntfy: {topic: a/b}", "“a/b” is not a topic of ntfy"),
      (
        "url: https://a.example:8443/nhac-han\ntemplate: ntfy\nntfy: {topic: a}", "the address of ntfy has a path"
      ),
      (
        "url: https://a.example/\ntemplate: ntfy\nntfy: {topic: a, priorities: {overdue: 6}}",
        "“6” is not a number from 1 to 5"
      ),
      (
        "url: https://a.example/\ntemplate: ntfy\nntfy: {topic: a, priorities: {late: 4}}",
        "unknown key “late” in “priorities”"
      ),
      ("url: https://a.example/\ntemplate: zalo-zns\nzaloZNS: {templateID: 1}", "“zaloZNS” has no “parameters”"),
      (
        "url: https://a.example/\ntemplate: zalo-zns\nzaloZNS: {templateID: 1, phones: {a@b.example: x}, parameters: {a: {value: b}}}",
        "“b” is not a value of a message"
      ),
      (
        "url: https://a.example/\ntemplate: zalo-zns\nzaloZNS: {templateID: 1, phones: {a@b.example: x}, parameters: {a: {value: b}}}",
        "no telephone number"
      ),
      ("url: https://a.example/\ntemplate: {file: ../x.mustache}", "is no template of this folder"),
      ("url: https://a.example/\ntemplate: {file: templates/../keys/hook}", "is no template of this folder"),
      (
        "url: https://a.example/\ntemplate: {file: templates/none.mustache}",
        "templates/none.mustache:1:1: the file is missing"
      ),
      (
        "url: https://a.example/\ntemplate: slack\nheaders: {Authorization: Bearer s3cr3t}",
        "a secret written into the file (“Authorization”)"
      ),
      (
        "url: https://a.example/\ntemplate: slack\nheaders: {X-Api-Key: s3cr3t}",
        "a secret written into the file (“X-Api-Key”)"
      ),
      ("url: https://a.example/\ntemplate: slack\nheaders: {webhook-id: x}", "“webhook-id” is set by nhachan"),
      ("url: https://a.example/\ntemplate: slack\nheaders: {Content-Type: x}", "“Content-Type” is set by nhachan"),
      ("url: https://a.example/\ntemplate: slack\nheaders: {\"a b\": x}", "“a b” is no name of a header"),
      (
        "url: https://a.example/\ntemplate: slack\nheaders: {X-A: \"a\\r\\nb: s3cr3t\"}",
        "the header “X-A” has no usable value"
      ),
      ("url: https://a.example/\ntemplate: slack\nheaders: {X-A: việc}", "the header “X-A” has no usable value"),
      ("url: https://a.example/\ntemplate: slack\nheaders: {X-A: {prefix: a}}", "the header “X-A” has no value"),
      (
        "url: https://a.example/\ntemplate: slack\nheaders: {X-A: {file: a, credential: b}}",
        "the header “X-A” has more than one value"
      ),
    ]
  )
  func mistakes(lines: String, message: String) throws {
    let (_, problems) = try read(lines)
    #expect(problems.contains { $0.contains(message) }, "\(problems)")
    #expect(!problems.contains { $0.contains("s3cr3t") }, "\(problems)")
  }

  @Test("a secret that does not fit is told of without saying it")
  func unusableSecrets() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "nhachan-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func secret(_ text: String) throws -> SecretSource {
      let file = folder.appending(path: UUID().uuidString)
      try Data(text.utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      return .file(file.path)
    }
    for text in ["http://plain.example/s3cr3t", "https://u:s3cr3t@a.example/", "s3cr3t", "https://a.example/s3cr3t\nx"]
    {
      let webhook = WebhookSettings(address: .secret(try secret(text)), secrets: [])
      do {
        _ = try webhook.url()
        Issue.record("taken: \(text)")
      } catch {
        #expect(!"\(error)".contains("s3cr3t"))
      }
    }
    let good = WebhookSettings(address: .secret(try secret("https://a.example/T/s3cr3t\n")), secrets: [])
    #expect(try good.url() == "https://a.example/T/s3cr3t")
    let header = WebhookSettings.Header(name: "X-A", value: .secret(try secret("s3cr3t\r\nX-B: c")))
    do {
      _ = try WebhookSettings(address: .written("https://a.example/"), secrets: [], headers: [header]).headerLines()
      Issue.record("a header that is two was taken")
    } catch {
      #expect(!"\(error)".contains("s3cr3t"))
    }
  }
}
