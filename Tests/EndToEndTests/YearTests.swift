import Deadlines
import Foundation
import TestSupport
import Testing

@Suite("The first plan's year, through real SMTP")
struct YearTests {
  @Test("what the agenda lists is what the mail server receives: recipients, subjects and times")
  func agendaIsWhatArrives() async throws {
    let server = try await MaildirServer()
    let folder = try TemporaryFolder()
    let config = try folder.config(port: server.port)
    let store = "\(folder.path)/none.sqlite"
    let agenda = try await Nhachan.json(
      [AgendaEntry].self,
      "agenda",
      "--from",
      "2026-05-13",
      "--to",
      "2026-12-31",
      "--json",
      "--config",
      config,
      "--store",
      store
    )
    let rehearsal = try await Nhachan.run(
      "rehearse",
      "--from",
      "2026-05-13",
      "--to",
      "2026-12-31",
      "--smtp",
      "--config",
      config,
      "--store",
      store
    )
    #expect(rehearsal.status == 0, "\(rehearsal.errors)")
    let mails = try await readMails(server.maildir)
    await server.stop()

    #expect(agenda.count > 400)
    #expect(mails.flatMap(\.defects).isEmpty)
    #expect(
      Set(mails.map { [$0.recipient, $0.subject, $0.date, $0.messageID] })
        == Set(agenda.map { [$0.recipient, $0.subject, $0.at, $0.messageID] })
    )
    #expect(mails.count == agenda.count)
    #expect(Set(mails.map(\.messageID)).count == mails.count)
    checkManners(agenda)
    #expect(mails.allSatisfy { $0.types.contains("text/plain") && $0.types.contains("text/html") })
  }

  /// Nobody gets two messages on one day and channel beyond the exceptions; nothing leaves on a day off or at night.
  private func checkManners(_ agenda: [AgendaEntry]) {
    let off: Set = ["2026-08-31", "2026-09-01", "2026-09-02", "2026-11-24"]
    let ordinary = agenda.filter { !["escalation", "digest", "settled"].contains($0.kind) }
    let mailboxDays = ordinary.map { "\($0.recipient) \($0.channel) \($0.at.prefix(10))" }
    #expect(Set(mailboxDays).count == mailboxDays.count)
    for entry in agenda {
      let day = String(entry.at.prefix(10))
      let time = String(entry.at.dropFirst(11).prefix(5))
      let isWeekend = Offices.date(day).weekday > 5 && day != "2026-08-22"
      #expect(!isWeekend && !off.contains(day) && time >= "07:30" && time < "17:00", "\(entry.at)")
    }
    let keys = agenda.flatMap { entry in
      entry.notices.map { "\($0.occurrence) \($0.step) \(entry.recipient) \(entry.channel)" }
    }
    #expect(Set(keys).count == keys.count)
  }

  @Test("a rehearsal reaches no relay but one on this machine, and refuses with a word what to do instead")
  func neverReal() async throws {
    let folder = try TemporaryFolder()
    let config = try folder.config(
      port: 25,
      edit: ["nhachan.yaml": { $0.replacingOccurrences(of: "host: 127.0.0.1", with: "host: mail.camgiang.example") }]
    )
    let result = try await Nhachan.run(
      "rehearse",
      "--from",
      "2026-05-13",
      "--to",
      "2026-05-14",
      "--smtp",
      "--config",
      config
    )
    #expect(result.status == 1)
    #expect(result.errors.contains("mail.camgiang.example") && result.errors.contains("--out"))
  }

  @Test("a rehearsal into a folder writes a Maildir, a list and a page, and no other folder")
  func intoAFolder() async throws {
    let folder = try TemporaryFolder()
    let out = "\(folder.path)/out"
    let arguments = ["rehearse", "--from", "2026-05-13", "--to", "2026-05-20", "--out", out, "--config", Tree.config]
    let result = try await TestSupport.run([Nhachan.path] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    let list = try JSONDecoder().decode(
      [AgendaEntry].self,
      from: Data(contentsOf: URL(fileURLWithPath: "\(out)/messages.json"))
    )
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(out)/Maildir/new").count == list.count)
    let page = try String(contentsOfFile: "\(out)/index.html", encoding: .utf8)
    #expect(page.contains("pages/\(list.count).html"))
    // A folder with something else in it is somebody's.
    _ = FileManager.default.createFile(atPath: "\(out)/thesis.odt", contents: Data())
    #expect(try await TestSupport.run([Nhachan.path] + arguments).status == 1)
    #expect(FileManager.default.fileExists(atPath: "\(out)/thesis.odt"))
  }
}
