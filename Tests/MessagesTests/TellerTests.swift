import Deadlines
import Messages
import TestSupport
import Testing

@Suite("Who hears of what did not arrive")
struct TellerTests {
  private static let morning = Offices.instant("2026-05-13 07:30")

  private func teller(_ admin: Admin? = nil, fallbacks: [String: String] = [:]) -> Teller {
    var office = Offices.office([])
    office.policy.admin = admin
    let rules = TellingRules(channels: ["mail", "hook"], fallbacks: fallbacks, gathering: 60, rest: 1800)
    return Teller(schedule: Schedule(office), domain: "xa.example", rules: rules)
  }

  private func dead(
    to address: String = "kt@xa.example",
    unit: String? = "kt",
    _ number: Int64 = 1,
    on channel: String = "mail",
    isReached: Bool = false,
    content: Message.Content = .notices([Samples.reminder.entries[0]]),
    told: [Telling] = []
  ) -> Troubles.DeadLetter {
    let recipient = Recipient(address: address, name: address, unit: unit, language: .vietnamese, channels: [channel])
    let message = Message(
      messageID: "\(number)@xa.example",
      office: "xa",
      channel: channel,
      recipient: recipient,
      kind: .reminder,
      createdAt: Self.morning,
      today: Offices.date("2026-05-13"),
      content: content
    )
    return Troubles.DeadLetter(
      number: number,
      message: message,
      diedAt: Self.morning,
      attempts: 1,
      reply: "550 no such user",
      isReached: isReached,
      isStillDead: true,
      told: told
    )
  }

  private func told(
    _ name: String,
    _ fate: Telling.Fate,
    on channel: String = "mail",
    at madeAt: Instant = morning
  ) -> Telling {
    Telling(
      subject: "1@xa.example",
      address: "\(name)@xa.example",
      channel: channel,
      madeAt: madeAt,
      fate: fate
    )
  }

  private func plan(
    _ teller: Teller,
    _ dead: [Troubles.DeadLetter],
    channels: [Troubles.ChannelStanding] = [],
    recent: [Telling] = [],
    after seconds: Int64 = 60
  ) -> TellingPlan {
    let troubles = Troubles(deadLetters: dead, channels: channels, recent: recent)
    return teller.plan(troubles, now: Self.morning.adding(seconds: seconds))
  }

  /// `name/channel: number,number`, an admin's with a star.
  private func lines(_ plan: TellingPlan) -> [String] {
    plan.letters.map { letter in
      let message = letter.message
      let name = message.recipient.address.prefix { $0 != "@" }
      let numbers = letter.subjects.map { $0.prefix { $0 != "@" } }.joined(separator: ",")
      return "\(name)/\(message.channel): \(numbers)\(isForAdmin(message) ? " *" : "")"
    }
  }

  private func isForAdmin(_ message: Message) -> Bool {
    if case .trouble(let trouble) = message.content { trouble.isForAdmin } else { false }
  }

  @Test("what a clock that was ahead has noted is told at once, not when that time comes")
  func clockAhead() {
    let ahead = Self.morning.adding(seconds: 300 * 86_400)
    var lost = dead(told: [])
    lost.diedAt = ahead
    #expect(plan(teller(), [lost]).letters.count == 2)
    let other = Telling(
      subject: "9@xa.example",
      address: "truong.kt@xa.example",
      channel: "mail",
      madeAt: ahead,
      fate: .left
    )
    #expect(plan(teller(), [dead()], recent: [other]).letters.count == 2)
    let before = Telling(subject: "held|mail|1", address: "vp@xa.example", channel: "hook", madeAt: ahead, fate: .left)
    let held = Trouble.HeldChannel(name: "mail", reason: "535", since: Self.morning, waiting: 1, probeAt: nil)
    let channel = Troubles.ChannelStanding(name: "mail", held: held, told: [before])
    let plan = plan(teller(fallbacks: ["mail": "hook"]), [], channels: [channel])
    #expect(plan.letters.count == 1 && plan.next == nil)
  }

  @Test("the admin and the next one up, a minute after the first died")
  func admins() {
    let letters = (1...100).map { dead(Int64($0)) }
    let early = plan(teller(), letters, after: 59)
    #expect(early.isEmpty && early.next == Self.morning.adding(seconds: 60))
    let all = (1...100).map(String.init).joined(separator: ",")
    let late = plan(teller(), letters)
    #expect(lines(late) == ["truong.kt/mail: \(all)", "vp/mail: \(all) *"])
    #expect(late.closed.count == 100 && late.next == nil)
  }

  @Test("of what has a fallback, or is held by another channel too, the admin alone hears")
  func reached() {
    #expect(lines(plan(teller(), [dead(isReached: true)])) == ["vp/mail: 1 *"])
    let standIn = plan(teller(fallbacks: ["mail": "hook"]), [dead(isReached: true)])
    guard case .trouble(let trouble) = standIn.letters[0].message.content,
      case .undelivered(let letters) = trouble.matter
    else {
      Issue.record("no word of a dead letter")
      return
    }
    #expect(letters.map(\.recourse) == [.channel("hook")])
  }

  @Test(
    "word that dies goes to the next one, and ends at the top",
    arguments: [
      (["truong.kt"], "phochutich"), (["truong.kt", "phochutich"], "vhxh"),
      // Văn phòng is the admin, who has heard.
      (["truong.kt", "phochutich", "vhxh"], nil), (["truong.kt", "phochutich", "vhxh", "vp"], "chutich"),
      (["truong.kt", "phochutich", "vhxh", "vp", "chutich"], nil),
    ]
  )
  func nextOneUp(failed: [String], expected: String?) {
    let admin = failed.contains("vp") ? [] : [told("vp", .left)]
    let plan = plan(teller(), [dead(told: failed.map { told($0, .dead) } + admin)])
    #expect(lines(plan) == (expected.map { ["\($0)/mail: 1"] } ?? []))
    #expect(plan.closed == ["1@xa.example"])
  }

  @Test("nobody hears twice, on its way or left")
  func onlyOnce() {
    for fate in [Telling.Fate.unsent, .left] {
      let plan = plan(teller(), [dead(told: [told("vp", fate), told("truong.kt", fate)])])
      #expect(plan.letters.isEmpty && plan.closed == ["1@xa.example"] && plan.next == nil)
    }
  }

  @Test("a mailbox hears again half an hour later, once the last word has left")
  func paced() {
    let first = [told("vp", .left, at: Self.morning), told("truong.kt", .unsent, at: Self.morning)]
    let soon = plan(teller(), [dead(2)], recent: first, after: 600)
    #expect(soon.isEmpty && soon.next == Self.morning.adding(seconds: 1800))
    let later = plan(teller(), [dead(2)], recent: first, after: 1800)
    #expect(lines(later) == ["vp/mail: 2 *"])
    #expect(later.closed == [] && later.next == nil, "the head's word leaves first, and rings")
  }

  @Test("outside the sending window it waits for the next opening")
  func waitsForWindow() {
    let night = Offices.instant("2026-05-13 20:00")
    let plan = teller().plan(Troubles(deadLetters: [dead()]), now: night)
    #expect(plan.isEmpty && plan.next == Offices.instant("2026-05-14 07:30"))
  }

  @Test("the admin's own mailbox is told of by another of its channels, or not at all")
  func adminsOwn() {
    let own = dead(to: "vp@xa.example", unit: "vp")
    #expect(lines(plan(teller(), [own])) == ["truong.vp/mail: 1"])
    let two = teller(Admin(.unit("vp"), channels: ["mail", "hook"]))
    #expect(lines(plan(two, [own])) == ["truong.vp/mail: 1", "vp/hook: 1 *"])
  }

  @Test("an admin who is next on the way up gets one letter")
  func adminIsAbove() {
    #expect(lines(plan(teller(Admin(.post("truong-kt"))), [dead()])) == ["truong.kt/mail: 1 *"])
  }

  @Test("a chair who is told for two units gets one letter")
  func oneLetter() {
    let failed = { (head: String) in [self.told("vp", .left), self.told(head, .dead)] }
    let letters = [
      dead(to: "vhxh@xa.example", unit: "vhxh", 1, told: failed("truong.vhxh") + [told("vp", .left)]),
      dead(to: "truong.vhxh@xa.example", unit: "vhxh", 2, told: [told("vp", .dead), told("vhxh", .dead)]),
      dead(to: "truong.kt@xa.example", unit: "kt", 3, told: [told("vp", .dead), told("vhxh", .dead)]),
    ]
    let admin = Admin(.address("admin@xa.example"), channels: ["mail"])
    #expect(lines(plan(teller(admin), letters)).contains("chutich/mail: 2,3"))
  }

  @Test("what was tried again or given up by a person is closed without a word")
  func overtaken() {
    var letter = dead()
    letter.isStillDead = false
    let plan = plan(teller(), [letter])
    #expect(plan.letters.isEmpty && plan.closed == ["1@xa.example"])
  }

  @Test("the same trouble has the same Message-ID whenever it is told, another has another")
  func identity() {
    let first = plan(teller(), [dead()]).letters.map(\.message.messageID)
    #expect(plan(teller(), [dead()], after: 5000).letters.map(\.message.messageID) == first)
    #expect(Set(first).isDisjoint(with: plan(teller(), [dead(2)]).letters.map(\.message.messageID)))
  }

  @Test("somebody above hears by notices of the occurrences, so that their end is told; the admin by none")
  func notices() {
    let notices = plan(teller(), [dead()]).letters.map { $0.message.notices.map(\.step) }
    #expect(notices == [["undelivered:-5wd@vhxh@camgiang.example/mail"], []])
  }

  // MARK: Channels

  private func held(at seconds: Int64 = 0) -> Trouble.HeldChannel {
    Trouble.HeldChannel(
      name: "mail",
      reason: "535",
      since: Self.morning.adding(seconds: seconds),
      waiting: 3,
      probeAt: nil
    )
  }

  private func standing(
    _ name: String = "mail",
    held: Trouble.HeldChannel? = nil,
    told: [Telling] = [],
    last: Message? = nil
  ) -> Troubles.ChannelStanding {
    Troubles.ChannelStanding(name: name, held: held, told: told, lastTold: last)
  }

  @Test(
    "a held channel is told of by the admin's next one, else by its fallback, else not at all",
    arguments: [
      (["mail", "hook"], nil, false, "vp/hook"), (["mail"], "hook", false, "vp/hook"), (["mail"], nil, false, nil),
      (["mail", "hook"], nil, true, nil),
    ] as [([String], String?, Bool, String?)]
  )
  func heldChannel(channels: [String], fallback: String?, isOtherHeld: Bool, expected: String?) {
    let teller = teller(Admin(.unit("vp"), channels: channels), fallbacks: fallback.map { ["mail": $0] } ?? [:])
    let other =
      isOtherHeld
      ? Trouble.HeldChannel(name: "hook", reason: "410", since: Self.morning, waiting: 0, probeAt: nil) : nil
    let plan = plan(teller, [], channels: [standing(held: held()), standing("hook", held: other)], after: 0)
    #expect(lines(plan).map { String($0.prefix { $0 != ":" }) } == (expected.map { [$0] } ?? []))
  }

  @Test("a hold is told once, its end once, and the next hold again, half an hour apart")
  func heldOnce() throws {
    let teller = teller(Admin(.unit("vp"), channels: ["mail", "hook"]))
    let first = try #require(plan(teller, [], channels: [standing(held: held())], after: 0).letters.first)
    let telling = Telling(
      subject: first.subjects[0],
      address: first.message.recipient.address,
      channel: "hook",
      madeAt: Self.morning,
      fate: .left
    )
    let after = standing(held: held(), told: [telling], last: first.message)
    #expect(plan(teller, [], channels: [after], after: 86_400).isEmpty)

    let works = standing(told: [telling], last: first.message)
    let early = plan(teller, [], channels: [works], after: 60)
    #expect(early.isEmpty && early.next == Self.morning.adding(seconds: 1800))
    let relief = try #require(plan(teller, [], channels: [works], after: 1800).letters.first)
    #expect(relief.message.channel == "hook")
    guard case .trouble(let trouble) = relief.message.content, case .channelWorks = trouble.matter else {
      Issue.record("not word that it works: \(relief.message.content)")
      return
    }
    let relieved = Telling(
      subject: relief.subjects[0],
      address: "vp@xa.example",
      channel: "hook",
      madeAt: Self.morning.adding(seconds: 1800),
      fate: .left
    )
    let over = standing(told: [telling, relieved], last: relief.message)
    #expect(plan(teller, [], channels: [over], after: 86_400).isEmpty)
    let again = standing(held: held(at: 7200), told: [telling, relieved], last: relief.message)
    #expect(plan(teller, [], channels: [again], after: 7200).letters.count == 1)
  }

  @Test("word of a held channel that dies goes by another way")
  func heldChannelWordDies() throws {
    let teller = teller(Admin(.unit("vp"), channels: ["mail", "hook"]), fallbacks: ["mail": "sms"])
    let first = try #require(plan(teller, [], channels: [standing(held: held())], after: 0).letters.first)
    let telling = Telling(
      subject: first.subjects[0],
      address: "vp@xa.example",
      channel: "hook",
      madeAt: Self.morning,
      fate: .dead
    )
    let channels = [standing(held: held(), told: [telling], last: first.message)]
    #expect(plan(teller, [], channels: channels, after: 1800).letters.map(\.message.channel) == ["sms"])
  }
}
