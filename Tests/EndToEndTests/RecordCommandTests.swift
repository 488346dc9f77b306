import Foundation
import TestSupport
import Testing

@Suite("record: the proof", .serialized)
struct RecordCommandTests {
  // 08:00 on Wednesday 13 May 2026 in Viet Nam.
  private static let morning = "2026-05-13 01:00:00"

  /// A service that has told its units, one of which has answered; what is in `folder` stays when it has ended.
  private func played(_ folder: TemporaryFolder) async throws -> (Service, MaildirServer) {
    let server = try await MaildirServer()
    try await makeKey(folder)
    let config = try folder.config(
      port: server.port,
      edit: ["nhachan.yaml": { $0 + "\nrecord: {keyFile: \(folder.path)/key.pem}\n" }]
    )
    let service = try Service(config: config, store: "\(folder.path)/nhachan.sqlite", clock: Self.morning)
    #expect(try await service.waits { try await service.command("status").status == 0 })
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").outbox.pending == 11 })
    #expect(try await service.command("arm").status == 0)
    #expect(try await service.waits { try await service.json(StatusFacts.self, "status").outbox.accepted == 11 })
    let done = try await service.command(
      "done",
      "153a-KH-UBND/PL.1/deadline/once/vhxh",
      "--evidence",
      "153a",
      "--by",
      "Lan"
    )
    #expect(done.status == 0)
    return (service, server)
  }

  private func makeKey(_ folder: TemporaryFolder) async throws {
    let openssl = "/usr/bin/openssl"
    let (key, known) = ("\(folder.path)/key.pem", "\(folder.path)/key.pub.pem")
    #expect(try await run([openssl, "genpkey", "-algorithm", "ed25519", "-out", key]).status == 0)
    #expect(try await run([openssl, "pkey", "-in", key, "-pubout", "-out", known]).status == 0)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
  }

  private struct Exported: Decodable {
    struct Obligation: Decodable {
      var occurrence: String
      var answer: String
      var times: Int
    }
    var file: String
    var signature: String?
    var page: String
    var disclosed: Int
    var hidden: Int
    var obligations: [Obligation]
  }

  private struct Verified: Decodable {
    struct Office: Decodable {
      struct Fault: Decodable {
        var kind: String
        var sequence: Int64
      }
      struct Audit: Decodable {
        struct Finding: Decodable {
          var row: String
        }
        var findings: [Finding]
      }
      var entries: Int
      var head: String
      var mark: String
      var fault: Fault?
      var audit: Audit
    }
    var holds: Bool
    var offices: [Office]
  }

  @Test("an export is checked by openssl, by Python and by the command, and every change to it is found")
  func export() async throws {
    let folder = try TemporaryFolder()
    let (service, server) = try await played(folder)
    let period = ["--from", "2026-05-01", "--to", "2026-05-31"]
    let result = try await service.command(
      ["record", "export", "--unit", "vhxh", "--out", "\(folder.path)/out/", "--json"] + period
    )
    let exported = try JSONDecoder().decode(Exported.self, from: Data(result.output.utf8))
    let signature = try #require(exported.signature)
    let told = try #require(exported.obligations.first { $0.occurrence == "153a-KH-UBND/PL.1/deadline/once/vhxh" })
    #expect(told.answer == "told" && told.times == 1 && exported.hidden > 100)

    // By openssl alone, as an inspector has it.
    let known = "\(folder.path)/key.pub.pem"
    let checking = [
      "/usr/bin/openssl", "pkeyutl", "-verify", "-pubin", "-inkey", known, "-rawin", "-sigfile", signature,
    ]
    #expect(try await run(checking + ["-in", exported.file]).status == 0)
    // By Python's own SHA-256.
    let python = try await run(["/usr/bin/python3", Tree.fixture("servers/check_export.py").path, exported.file])
    let counts = python.output.split(separator: " ").compactMap { Int($0) }
    #expect(python.status == 0 && counts.prefix(2) == [exported.disclosed, exported.hidden], "\(python.output)")
    #expect(counts.count == 4 && counts[2] > 0)
    // By the command, which needs no configuration for it.
    let verify = ["record", "verify", "--key", known, exported.file]
    #expect(try await run([Nhachan.path] + verify).status == 0)
    #expect(try await run([Nhachan.path, "record", "verify", exported.file]).status == 2)
    try await mailStands(exported, server)

    try change(exported.page) { $0.replacingOccurrences(of: "CÓ.", with: "KHÔNG.") }
    #expect(try await run([Nhachan.path] + verify).status == 1)
    try change(exported.page) { $0.replacingOccurrences(of: "KHÔNG.", with: "CÓ.") }
    #expect(try await run([Nhachan.path] + verify).status == 0)
    try change(exported.file) { $0.replacingOccurrences(of: "Lan", with: "Nam") }
    #expect(try await run(checking + ["-in", exported.file]).status != 0)
    let altered = try await run([Nhachan.path] + verify)
    #expect(altered.status == 1 && altered.output.contains("was altered"), "\(altered.output)")
    try await service.stop()
    await server.stop()
  }

  /// The mail in the file is, byte for byte, the mail that arrived.
  private func mailStands(_ exported: Exported, _ server: MaildirServer) async throws {
    struct Line: Decodable {
      struct Sent: Decodable {
        var bytes: String
      }
      var sent: Sent?
    }
    let lines = try String(contentsOfFile: exported.file, encoding: .utf8).split(separator: "\n")
    let sent = try lines.compactMap { try JSONDecoder().decode(Line.self, from: Data($0.utf8)).sent }
    let first = try #require(sent.first)
    let bytes = try #require(Data(base64Encoded: first.bytes))
    // A Maildir keeps lines with LF.
    let mail = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
    let kept = try server.mails().map { try String(contentsOfFile: $0, encoding: .utf8) }
    #expect(kept.contains { $0.replacingOccurrences(of: "\r\n", with: "\n").hasSuffix(mail) })
  }

  private func change(_ path: String, _ edit: (String) -> String) throws {
    let before = try String(contentsOfFile: path, encoding: .utf8)
    let after = edit(before)
    #expect(after != before)
    try Data(after.utf8).write(to: URL(fileURLWithPath: path))
  }

  @Test("the record is checked beside the running service; what was changed in the store is named")
  func verify() async throws {
    let folder = try TemporaryFolder()
    let (service, server) = try await played(folder)
    let before = try await service.json(Verified.self, "record", "verify").offices
    let office = try #require(before.first)
    #expect(office.fault == nil && office.audit.findings.isEmpty && office.entries > 200)
    #expect(try await service.command("record", "verify", "--head", office.mark).status == 0)
    #expect(try await service.command("record", "verify", "--head", "0000-0000").status == 1)
    #expect(try await service.command("record", "verify", "--head", "xyz").status == 2)
    try await service.stop()
    await server.stop()

    let backup = "\(folder.path)/backup.sqlite"
    try FileManager.default.copyItem(atPath: service.store, toPath: backup)
    let noConfig = ["/usr/bin/env", "NHACHAN_CONFIG=/nowhere", Nhachan.path, "record", "verify"]
    #expect(try await run(noConfig + [backup]).status == 0)
    #expect(try await run(noConfig + ["\(folder.path)/none"]).status == 3)

    // The last line cut off: the chain holds, the head noted elsewhere does not.
    try await sql("DELETE FROM record WHERE sequence = \(office.entries)", backup)
    let noted = ["--entries", "\(office.entries)", "--head", office.head]
    let cut = try await run(noConfig + [backup, "--json"] + noted)
    #expect(cut.status == 1)
    #expect(try JSONDecoder().decode(Verified.self, from: Data(cut.output.utf8)).offices.first?.fault == nil)

    try await sql("UPDATE record SET facts = replace(facts, 'Lan', 'Nam') WHERE kind = 'done'", service.store)
    let altered = try await service.command("record", "verify", "--json")
    let found = try JSONDecoder().decode(Verified.self, from: Data(altered.output.utf8))
    #expect(altered.status == 1 && !found.holds && found.offices.first?.fault?.kind == "altered")
    let refused = try await service.command("record", "export", "--unit", "vhxh", "--out", "\(folder.path)/out/")
    #expect(refused.status == 1 && refused.errors.contains("record verify"), "\(refused.errors)")
  }

  /// Changes a store with Python's SQLite, its guards taken away.
  private func sql(_ change: String, _ store: String) async throws {
    let script = """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1])
      db.executescript("DROP TRIGGER record_is_never_changed; DROP TRIGGER record_is_never_deleted;" + sys.argv[2])
      db.commit()
      """
    let result = try await run(["/usr/bin/python3", "-c", script, store, change])
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test("an export that cannot be made says what to do")
  func refusals() async throws {
    let folder = try TemporaryFolder()
    let (service, server) = try await played(folder)
    try await service.stop()
    await server.stop()
    func export(_ arguments: String...) async throws -> CommandResult {
      try await service.command(["record", "export", "--out", "\(folder.path)/out/"] + arguments)
    }
    let unknown = try await export("--unit", "vhxx")
    #expect(unknown.status == 1 && unknown.errors.contains("vhxh"))
    #expect(try await export("--unit", "vhxh", "--from", "2026-06-01", "--to", "2026-05-01").status == 2)
    for place in ["/proc/x", "/proc/x/"] {
      let refused = try await service.command(["record", "export", "--unit", "vhxh", "--unsigned", "--out", place])
      #expect(refused.status == 3 && refused.errors.hasPrefix("/proc/x"), "\(refused.errors)")
      #expect(refused.errors.contains(" — ") && !refused.errors.contains("could not be completed"), "\(refused.errors)")
    }
    let early = try await export("--unit", "vhxh", "--at", "2026-05-14")
    #expect(early.status == 2 && early.errors.contains("still to come"), "\(early.errors)")
    try change("\(folder.path)/Config/nhachan.yaml") { $0.replacingOccurrences(of: "record: {", with: "#record: {") }
    let noKey = try await export("--unit", "vhxh")
    #expect(noKey.status == 1 && noKey.errors.contains("openssl genpkey -algorithm ed25519"))
    let unsigned = try await export(
      "--unit",
      "vhxh",
      "--unsigned",
      "--to",
      "2026-05-31",
      "--json",
      "--at",
      "2026-05-13T00:00"
    )
    let exported = try JSONDecoder().decode(Exported.self, from: Data(unsigned.output.utf8))
    #expect(unsigned.status == 0 && exported.signature == nil)
    let verified = try await run([Nhachan.path, "record", "verify", "--unsigned", exported.file])
    #expect(verified.status == 0 && verified.output.contains(", made 2026-05-13T08:"), "\(verified.output)")
    // At midnight nothing had been adopted yet.
    #expect(exported.disclosed == 0 && exported.obligations.isEmpty)
    #expect(verified.output.contains(", as of 2026-05-13T00:00:00+07:00"), "\(verified.output)")
    #expect(try String(contentsOfFile: exported.page, encoding: .utf8).contains("KHÔNG được ký"))
    // A day is its end, as far as it is past.
    let place = ["--out", "\(folder.path)/out/", "--config", service.config, "--store", service.store]
    let noon = Nhachan.underClock("2026-05-13 05:00:00")
    let today = try await run(
      noon + ["record", "export", "--unit", "vhxh", "--unsigned", "--json", "--at", "2026-05-13"] + place
    )
    let untilNow = try JSONDecoder().decode(Exported.self, from: Data(today.output.utf8))
    #expect(untilNow.disclosed > 0 && !untilNow.obligations.isEmpty)
    let page = try String(contentsOfFile: untilNow.page, encoding: .utf8)
    #expect(page.contains("hoặc ghi sau thời điểm tính đến") && !page.contains("dòng về việc khác"))
  }

  private struct Reason: Decodable {
    struct Step: Decodable {
      var step: String
      var fate: String
      var reason: String?
    }
    struct Message: Decodable {
      struct Attempt: Decodable {
        var outcome: String
        var reply: String
      }
      var steps: [String]
      var attempts: [Attempt]
    }
    struct Day: Decodable {
      var name: String
      var rules: [String]
    }
    var state: String
    var dates: [Day]
    var steps: [Step]
    var messages: [Message]
  }

  @Test("why tells every date with its rule, every step with its fate, every message with the server’s reply")
  func why() async throws {
    let folder = try TemporaryFolder()
    let (service, server) = try await played(folder)
    let id = "153a-KH-UBND/PL.1/deadline/once/vhxh"
    let reason = try await service.json(Reason.self, "why", id)
    #expect(reason.state == "doneInTime" && reason.dates.first?.rules.first?.hasPrefix("R") == true)
    #expect(reason.steps.first { $0.step == "assignment" }?.fate == "given")
    #expect(reason.steps.first { $0.step == "+1wd" }?.reason == "done")
    let message = try #require(reason.messages.first)
    #expect(message.steps == ["assignment"] && message.attempts.map(\.outcome) == ["accepted"])
    #expect(message.attempts.first?.reply == "250 2.0.0 kept")
    let text = try await service.command("why", id)
    #expect(text.output.contains("máy chủ đã nhận") && text.output.contains("(Lan ghi nhận)"), "\(text.output)")
    #expect(try await service.command("why", id, "--language", "en").output.contains("recorded by Lan"))
    // Before it was answered.
    let before = try await service.json(Reason.self, "why", id, "--at", "2026-05-13T00:00")
    #expect(before.messages.isEmpty && before.steps.allSatisfy { $0.fate != "given" })
    for word in ["PL.1/deadline", "153a-KH-UBND/PL.1/deadlin/once/vhxh"] {
      let near = try await service.command("why", word)
      #expect(near.status == 1 && near.errors.contains(id), "\(near.errors)")
    }
    try await service.stop()
    await server.stop()
  }
}
