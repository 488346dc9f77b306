import Deadlines
import TestSupport
import Testing

@testable import Daemon

@Suite("What the checkup makes of facts")
struct CheckupTests {
  private func reading(_ text: String, synchronised: Bool?, lastSeen: String? = nil) -> ClockReading {
    var reading = ClockReading(
      at: OfficeZone.vietNam.civil(Offices.instant(text)),
      zone: "Asia/Ho_Chi_Minh",
      isSynchronised: synchronised
    )
    reading.lastSeen = lastSeen.map { OfficeZone.vietNam.civil(Offices.instant($0)) }
    return reading
  }

  @Test("a clock that cannot be right stops the service's work; one that nobody keeps is worth a look")
  func clock() {
    #expect(reading("2026-05-13 08:00", synchronised: true).finding.state == .ok)
    #expect(reading("2026-05-13 08:00", synchronised: false).finding.state == .warning)
    #expect(reading("2026-05-13 08:00", synchronised: nil).finding.state == .warning)
    #expect(reading("1970-01-01 08:00", synchronised: true).finding.state == .failure)
    #expect(reading("2150-01-01 08:00", synchronised: true).finding.state == .failure)
    let behind = reading("2026-05-13 08:00", synchronised: true, lastSeen: "2026-05-14 07:00").finding
    #expect(behind.state == .failure && behind.detail.contains("2026-05-14"))
    #expect(reading("2026-05-13 08:00", synchronised: true, lastSeen: "2026-05-13 07:00").finding.state == .ok)
  }

  @Test(
    "room on the disk",
    arguments: [(UInt64(5), Finding.State.failure), (19, .failure), (20, .warning), (499, .warning), (500, .ok)]
  )
  func disk(megabytes: UInt64, state: Finding.State) {
    let finding = DiskProbe.finding(free: megabytes * 1_000_000, folder: "/var/lib/nhachan")
    #expect(finding.state == state && finding.remedy.isEmpty == (state == .ok))
  }

  @Test("years with dates and without decree")
  func years() {
    let occurrences = Offices.office([Offices.task("1", "Hằng năm"), Offices.task("2", "Chậm nhất 30/6/2031")])
      .occurrences(through: Offices.date("2028-12-31"))
    #expect(Checkup.undecreedYears(occurrences, Offices.calendar) == [2028, 2031])
    #expect(Checkup.undecreedYears([], Offices.calendar).isEmpty)
  }

  @Test("a server that is away is out of reach; one that refuses our settings is not")
  func channels() {
    let away = DeliveryReport(outcome: .deferred, reply: "Failed to connect", curlCode: 7)
    let found = ChannelProbe.finding("mail", "mail.example:587", away, reached: "")
    #expect(found.state == .failure && found.isUnreachable && found.remedy.contains("firewall"))
    for (code, word) in [(60, "certificate"), (64, "STARTTLS"), (35, "TLS"), (77, "caFile")] {
      let report = DeliveryReport(outcome: .misconfigured, reply: "libcurl's words", curlCode: code)
      let found = ChannelProbe.finding("mail", "mail.example:587", report, reached: "")
      #expect(found.state == .failure && !found.isUnreachable && found.remedy.contains(word))
    }
    let login = DeliveryReport(outcome: .misconfigured, replyCode: 535, reply: "no", curlCode: 67)
    #expect(ChannelProbe.finding("mail", "mail.example:587", login, reached: "").remedy.contains("password"))
    let fine = DeliveryReport(outcome: .accepted, reply: "ok", curlCode: 0)
    #expect(ChannelProbe.finding("mail", "mail.example:587", fine, reached: "logged in").state == .ok)
  }

  @Test("while one of a channel's relays works, another's failure is worth a look; when none does, nothing leaves")
  func relays() {
    let fine = Finding.ok("channel mail, backup 1", "mail2.example:587: logged in")
    let broken = Finding.failure("channel mail", "mail.example:587: 535 no", remedy: "see user and password")
    let weighed = ChannelProbe.weighed([broken, fine])
    #expect(weighed.map(\.state) == [.warning, .ok] && weighed[0].remedy == broken.remedy)
    #expect(weighed[0].detail.hasPrefix(broken.detail))
    #expect(ChannelProbe.weighed([broken, broken]).map(\.state) == [.failure, .failure])
  }

  @Test("whether a service has the store is asked without taking its lock")
  func lock() throws {
    let folder = try TemporaryFolder()
    let store = "\(folder.path)/nhachan.sqlite"
    #expect(!StoreLock.isHeld(store: store))
    let lock = try StoreLock(store: store)
    #expect(StoreLock.isHeld(store: store))
    lock.release()
    #expect(!StoreLock.isHeld(store: store))
  }
}
