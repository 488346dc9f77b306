import Configuration
import Deadlines
import Foundation
import Testing

@Suite("A good configuration folder")
struct GoodFolder {
  private let loaded: LoadedConfiguration
  private let folder = Folders.good.path(percentEncoded: false)

  init() throws { loaded = try Folders.load(Folders.good) }

  @Test("gives the office")
  func office() {
    #expect(loaded.warnings.isEmpty)
    #expect(loaded.office.id == "anbinh")
    #expect(loaded.office.name == "UBND xã An Bình")
    #expect(loaded.office.contact == "Văn phòng")
    #expect(loaded.office.zone.identifier == "Asia/Ho_Chi_Minh")
  }

  @Test("gives the mail channel with every setting")
  func mailChannel() throws {
    let channel = try #require(loaded.settings.channel("mail"))
    #expect(channel.perMinute == 20)
    #expect(!channel.isFitForSecrets)
    #expect(channel.place == SourcePlace(file: "nhachan.yaml", line: 9, column: 5))
    let expected = SMTPSettings(
      host: "mail.example.vn",
      port: 587,
      security: .starttls,
      user: "nhachan@example.vn",
      password: .credential("smtp-password", .any),
      caFile: "\(folder)/ca.pem",
      heloName: "nhachan.example.vn",
      fromAddress: "nhachan@example.vn",
      fromName: "Nhắc việc",
      replyTo: "vp@example.vn",
      connections: 3,
      connectTimeout: 10,
      replyTimeout: 60,
      totalTimeout: 300
    )
    #expect(channel.kind == .smtp(expected))
  }

  @Test("a backup takes over name, connections and limits, never security, login or authorities")
  func backups() throws {
    let text = """
          timeouts: {connect: 10s, reply: 1m, total: 5m}
          backup:
            - host: mail2.example.vn
              user: second@example.vn
              passwordFile: keys/second
              timeouts: {connect: 5s}
            - host: localhost
              security: plain
              connections: 1
      """
    try Folders.withCopyOfGood { copy in
      let file = copy.appending(path: "nhachan.yaml")
      let good = try String(contentsOf: file, encoding: .utf8)
      let edited = good.replacingOccurrences(of: "    timeouts: {connect: 10s, reply: 1m, total: 5m}", with: text)
      try Data(edited.utf8).write(to: file)
      let loaded = try ConfigurationLoader.load(directory: copy.path)
      guard case .smtp(let primary) = loaded.settings.channel("mail")?.kind else { throw NoMailChannel() }
      var expected = primary
      expected.backups = []
      (expected.host, expected.caFile) = ("mail2.example.vn", nil)
      (expected.user, expected.password) = (
        "second@example.vn", .fileBeside(folder: copy.path, name: "keys/second", .any)
      )
      expected.connectTimeout = 5
      var local = expected
      (local.host, local.port, local.security, local.user, local.password) = ("localhost", 25, .plain, nil, nil)
      (local.connections, local.connectTimeout) = (1, 10)
      #expect(primary.backups == [expected, local] && loaded.warnings.isEmpty)
      #expect(primary.relays.map(\.host) == ["mail.example.vn", "mail2.example.vn", "localhost"])
    }
  }

  private struct NoMailChannel: Error {}

  @Test("gives the webhook with the keys of its rotation")
  func webhook() throws {
    let channel = try #require(loaded.settings.channel("hook"))
    let expected = WebhookSettings(
      address: .written("https://hook.example.vn/nhachan"),
      secrets: [
        .fileBeside(folder: folder, name: "keys/hook", .any), .credential("hook-new", .any),
        .credential("hook-old", .any),
      ],
      allowPrivateAddresses: true,
      timeout: 20
    )
    #expect(channel.kind == .webhook(expected))
  }

  @Test("gives the other settings")
  func settings() {
    #expect(loaded.settings.storePath == "nhachan.sqlite")
    #expect(loaded.settings.keepTextsFor == 500 * 86_400)
    #expect(loaded.settings.backoff == Backoff(firstDelay: 120, longestDelay: 14_400, longestAge: 432_000))
    #expect(loaded.settings.catchUp == CatchUp(holdAfterSilenceDays: 10))
    #expect(loaded.settings.portalURL == "https://nhachan.example.vn")
    #expect(loaded.settings.recordKey == .fileBeside(folder: folder, name: "secrets/record-key", .any))
  }

  @Test("gives the policy")
  func policy() throws {
    let policy = loaded.office.policy
    #expect(policy.ladders.map(\.name) == ["standard", "check-in"])
    let expected = [
      LadderStep(when: .adoption, to: [.lead, .coordinating], kind: .assignment),
      LadderStep(when: .beforeTarget(3), to: [.lead], kind: .reminder, onlyLongLimits: true),
      LadderStep(when: .beforeTarget(0), to: [.lead], kind: .dueToday, unlessAcknowledged: true),
      LadderStep(when: .afterLegal(1), to: [.lead, .office], kind: .overdue),
      LadderStep(
        when: .afterLegal(3),
        to: [.head, .monitor, .post("vice"), .unit("office")],
        kind: .escalation,
        draftsLetter: true
      ),
    ]
    #expect(policy.ladders.first?.steps == expected)
    #expect(policy.ladderByKind == [.continuous: "check-in"])
    #expect(policy.window.opens.description == "07:30")
    #expect(policy.window.closes.description == "16:30")
    #expect((policy.dueSoonDays, policy.digestAheadDays, policy.digestWeekday) == (4, 7, 2))
    #expect((policy.monitor, policy.office, policy.chair) == ("culture", "office", "chair"))
    #expect(policy.digestPosts == ["chair"])
    #expect(policy.digestUnits == ["office"])
    #expect(policy.regime == .standard)
    #expect(!policy.gracesExclusiveDates)
  }

  @Test("gives units with the channels, languages and posts that they name or inherit")
  func units() throws {
    let directory = loaded.office.directory
    let office = try #require(directory.unit("office"))
    #expect(office.superior == "vice", "from the head's post")
    #expect(office.channels == ["mail"], "the first channel")
    #expect(office.viceChair == "vice")
    let culture = try #require(directory.unit("culture"))
    #expect(culture.aliases == ["VHXH", "Phòng VHXH"])
    #expect(culture.language == .english)
    #expect(culture.channels == ["mail", "hook"])
    #expect(culture.place == SourcePlace(file: "directory.yaml", line: 8, column: 5))
    #expect(directory.group("heads")?.meansHeads == true)
    #expect(directory.recipient(unit: "leaders")?.address == "an@example.vn")
    #expect(directory.recipient(headOf: "office")?.address == "pct@example.vn", "vacant, so the deputy")
  }

  @Test("gives the plan with its words and numbers as they were written")
  func plan() throws {
    let plan = try #require(loaded.office.plans.first)
    #expect(plan.id == "1-KH-UBND")
    #expect(plan.number == "1/KH-UBND")
    #expect(plan.issued.description == "2026-05-13")
    #expect(plan.tasks.map(\.id) == ["1", "07", "PL.3"])
    #expect(plan.tasks.map(\.limit) == ["2026", "Hằng quý, 6 tháng, năm", ""])
    #expect(plan.tasks[0].leads == [.unit("office")])
    #expect(plan.tasks[0].coordinating == [.unit("culture")])
    #expect(plan.tasks[1].leads == [.unit("culture"), .group("all")])
    #expect(plan.tasks[1].limitOverride?.description == "due: 2026-12-16")
    #expect(!plan.tasks[1].tellsCoordinating)
    #expect(plan.tasks[1].notes == ["Hỏi Sở Nội vụ."])
    #expect(plan.tasks[2].section == "PL.3", "the id where no section is named")
    #expect(
      plan.disagreements == [
        Disagreement(body: "1", appendix: "07", proposal: "Hai việc.", isSettled: true)
      ]
    )
  }

  @Test("gives the calendar, with the weekend of its comment")
  func calendar() throws {
    let saturday = try #require(CivilDate("2026-08-22"))
    #expect(loaded.office.calendar.isWorkingDay(saturday))
    #expect(loaded.office.calendar.coveredYears == [2026, 2027])
    try Folders.withCopyOfGood { folder in
      try Data("# weekend: 5, 6\n".utf8).write(to: folder.appending(path: "calendar/a.tsv"))
      let problems = try Folders.problems(in: folder)
      #expect(problems.map(\.message) == ["another weekend than in calendar/a.tsv, line 1"])
    }
  }

  @Test(
    "years without a decree are computed for offices in Viet Nam, unless a file says otherwise",
    arguments: [
      ("Asia/Ho_Chi_Minh", "", WorkingCalendar.YearBasis.computed), ("Asia/Saigon", "", .computed),
      ("Asia/Dubai", "", .weeklyRest), ("Asia/Ho_Chi_Minh", "# computed: none", .weeklyRest),
      ("Europe/Paris", "#computed:vietnam", .computed),
    ]
  )
  func computedYears(zone: String, line: String, basis: WorkingCalendar.YearBasis) throws {
    try Folders.withCopyOfGood { folder in
      let file = folder.appending(path: "nhachan.yaml")
      let settings = try String(contentsOf: file, encoding: .utf8)
      try Data(settings.replacingOccurrences(of: "Asia/Ho_Chi_Minh", with: zone).utf8).write(to: file)
      try Data("\(line)\n# provisional: 2027, 2026\n".utf8).write(to: folder.appending(path: "calendar/a.tsv"))
      let calendar = try Folders.load(folder).office.calendar
      #expect(calendar.basis(ofYear: 2028) == basis)
      #expect(calendar.basis(ofYear: 2027) == .announced && calendar.basis(ofYear: 2026) == .announced)
    }
  }

  @Test(
    "a limit comes through word for word, quoted or not, composed or decomposed",
    arguments: [
      ("Năm 2026", "Năm 2026"), ("2026", "2026"), ("\"2026\"", "2026"), ("'Quý III: nộp'", "Quý III: nộp"),
      ("30/6/2026", "30/6/2026"), ("2026-06-30", "2026-06-30"), ("07:30", "07:30"), ("1_000", "1_000"),
      ("\"Trong tháng 5/2026. \"", "Trong tháng 5/2026. "), ("yes", "yes"), ("0x10", "0x10"),
      ("H\u{103}\u{300}ng quy\u{301}", "H\u{103}\u{300}ng quy\u{301}"), (">-\n      Năm\n      2026", "Năm 2026"),
      ("|\n      Năm 2026", "Năm 2026"), ("~", ""), ("null", ""), ("\"null\"", "null"), ("\"\"", ""), ("", ""),
    ]
  )
  func limitWordForWord(written: String, expected: String) throws {
    try Folders.withCopyOfGood { folder in
      let file = folder.appending(path: "plans/1-KH.yaml")
      let plan = try String(contentsOf: file, encoding: .utf8)
      try Data(plan.replacingOccurrences(of: "limit: 2026", with: "limit: \(written)").utf8).write(to: file)
      let limit = try #require(try Folders.load(folder).office.plans.first?.tasks.first?.limit)
      #expect(Array(limit.utf8) == Array(expected.utf8))
    }
  }

  @Test("a secret document is taken where every channel was declared fit for it")
  func secretWhereFit() throws {
    try Folders.withCopyOfGood { folder in
      let plan = folder.appending(path: "plans/1-KH.yaml")
      let words = try String(contentsOf: plan, encoding: .utf8)
      try Data((words + "secrecy: Mật\n").utf8).write(to: plan)
      try #expect(!Folders.problems(in: folder).isEmpty)
      let settings = folder.appending(path: "nhachan.yaml")
      let channels = try String(contentsOf: settings, encoding: .utf8)
      let fit = channels.replacingOccurrences(of: "    kind:", with: "    fitForSecrets: true\n    kind:")
      try Data(fit.utf8).write(to: settings)
      try #expect(Folders.problems(in: folder).isEmpty)
    }
  }

  @Test(
    "has a fingerprint that changes with each of its files, and with nothing else",
    arguments: ["nhachan.yaml", "directory.yaml", "policy.yaml", "calendar/holidays.tsv", "plans/new.yaml"]
  )
  func fingerprint(file: String) throws {
    try Folders.withCopyOfGood { folder in
      let before = try Folders.load(folder).fingerprint
      #expect(try before != nil && Folders.load(folder).fingerprint == before)
      let path = folder.appending(path: file)
      let plan = try #require(
        FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "plans").path()).first {
          $0.hasSuffix(".yaml")
        }
      )
      if file == "plans/new.yaml" {
        let text = try String(contentsOf: folder.appending(path: "plans/\(plan)"), encoding: .utf8)
        try text.replacing(/number: .*/, with: "number: 9/KH").write(to: path, atomically: true, encoding: .utf8)
      } else {
        try (String(contentsOf: path, encoding: .utf8) + "\n").write(to: path, atomically: true, encoding: .utf8)
      }
      #expect(try Folders.load(folder).fingerprint != before)
    }
  }
}
