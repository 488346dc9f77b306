import Deadlines
import Foundation
import Messages
import Testing

/// A message with a name, which alone is printed when a test of it fails.
struct NamedMessage: Sendable, CustomTestStringConvertible {
  var name: String
  var message: Message
  var testDescription: String { name }

  init(_ name: String, _ message: Message) {
    self.name = name
    self.message = message
  }
}

@Suite("mails as whole files")
struct MailFixtureTests {
  static let cases = [
    NamedMessage("reminder-vi", Samples.reminder), NamedMessage("reminder-en", Samples.englishReminder),
    NamedMessage("due-today", Samples.dueToday), NamedMessage("overdue", Samples.overdue),
    NamedMessage("escalation-with-draft", Samples.escalation), NamedMessage("bundle", Samples.bundle),
    NamedMessage("assignment-20", Samples.assignment), NamedMessage("check-in", Samples.checkIn),
    NamedMessage("late", Samples.late), NamedMessage("day-off-coordinating", Samples.dayOff),
    NamedMessage("group-escalation", Samples.groupEscalation), NamedMessage("group-reminder", Samples.groupReminder),
    NamedMessage("undelivered-head", Samples.undeliveredToHead),
    NamedMessage("undelivered-head-en", Samples.undeliveredToHeadInEnglish),
    NamedMessage("undelivered-admin", Samples.undeliveredToAdmin),
    NamedMessage("undelivered-admin-en", Samples.undeliveredToAdminInEnglish),
    NamedMessage("undelivered-hundred", Samples.undeliveredHundred),
    NamedMessage("channel-held", Samples.channelHeld), NamedMessage("channel-held-en", Samples.channelHeldInEnglish),
    NamedMessage("channel-works", Samples.channelWorks),
    NamedMessage("settled", Samples.settled), NamedMessage("trial", Samples.trial),
    NamedMessage("digest-full", Samples.digestMessage(Samples.fullDigest)),
    NamedMessage("digest-week", Samples.digestMessage(Samples.ordinaryDigest)),
    NamedMessage("digest-empty", Samples.digestMessage(Samples.emptyDigest)),
    NamedMessage(
      "digest-en",
      Samples.digestMessage(
        Samples.fullDigest,
        to: Samples.english(Samples.chair, name: "The Chairman of the People's Committee")
      )
    ),
  ]

  @Test("a mail is the bytes of its file, its text and page are readable beside it", arguments: cases)
  func equalsFile(sample: NamedMessage) throws {
    let (name, message) = (sample.name, sample.message)
    let letterhead = Samples.letterhead
    try Fixture.expect(MailFormat.render(message, letterhead: letterhead), equals: "\(name).eml")
    try Fixture.expect(Array(MailFormat.plainText(message, letterhead: letterhead).utf8), equals: "\(name).txt")
    try Fixture.expect(Array(MailFormat.html(message, letterhead: letterhead).utf8), equals: "\(name).html")
  }

  @Test("the calendar and the drafts are the bytes of their files")
  func attachmentsEqualFiles() throws {
    let letterhead = Samples.letterhead
    let calendar = try #require(CalendarFormat.render(Samples.bundle, letterhead: letterhead))
    try Fixture.expect(Array(calendar.utf8), equals: "bundle.ics")
    let drafts = MailFormat.drafts(Samples.escalation, letterhead: letterhead)
    #expect(drafts.count == 1)
    try Fixture.expect(Array(drafts.joined().utf8), equals: "escalation-draft.txt")
  }

  @Test("Python's email package finds no defect and reads back what was written")
  func readsBack() throws {
    try PythonMail.expectNoProblems(Self.cases.map { PythonMail.Job($0.name, $0.message) })
  }

  @Test("the same message gives the same bytes")
  func isDeterministic() {
    let first = MailFormat.render(Samples.bundle, letterhead: Samples.letterhead)
    #expect(MailFormat.render(Samples.bundle, letterhead: Samples.letterhead) == first)
  }
}

extension PythonMail.Job {
  /// What Python should find in the mail of that message.
  init(_ name: String, _ message: Message, to: String? = nil) {
    let letterhead = Samples.letterhead
    self.init(
      name: name,
      mail: Data(MailFormat.render(message, letterhead: letterhead)).base64EncodedString(),
      subject: MailFormat.subject(message, letterhead: letterhead),
      to: to ?? message.recipient.name,
      text: MailFormat.plainText(message, letterhead: letterhead),
      html: MailFormat.html(message, letterhead: letterhead)
    )
    files["nhac-han.ics"] = CalendarFormat.render(message, letterhead: letterhead)
    for (index, draft) in MailFormat.drafts(message, letterhead: letterhead).enumerated() {
      files["du-thao-cong-van-don-doc\(index == 0 ? "" : "-\(index + 1)").txt"] = draft
    }
  }
}
