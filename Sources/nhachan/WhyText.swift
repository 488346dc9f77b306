import Deadlines
import Foundation
import Messages

/// The answer of `why` as a clerk reads it.
struct WhyText {
  private let report: WhyReport
  private let tracked: TrackedOccurrence
  private let office: Office
  private let words: Wording

  private var occurrence: Occurrence { tracked.occurrence }

  init(_ report: WhyReport, _ tracked: TrackedOccurrence, _ office: Office, _ words: Wording) {
    self.report = report
    self.tracked = tracked
    self.office = office
    self.words = words
  }

  var text: String { (head + dates + doubts + steps + messages + happened).joined(separator: "\n") }

  private func say(_ vietnamese: @autoclosure () -> String, _ english: @autoclosure () -> String) -> String {
    words.say(vietnamese(), english())
  }

  private var head: [String] {
    let unit = office.directory.unit(occurrence.unit)?.name ?? occurrence.unit
    let period = occurrence.due?.period ?? ""
    return [
      "\(occurrence.id)",
      "\(occurrence.task) – \(occurrence.title)" + (period.isEmpty ? "" : " (\(period))"),
      words.document(occurrence.plan),
      say("Đơn vị chủ trì: \(unit)", "Lead: \(unit)"),
      say("Thời hạn, nguyên văn: “\(occurrence.limit)”", "Time limit, word for word: “\(occurrence.limit)”"),
      say("Tình trạng: \(words.state(state))", "State: \(words.state(state))"),
    ]
  }

  private var state: OccurrenceState {
    OccurrenceState(
      of: occurrence,
      tracked.progress,
      today: today,
      calendar: office.calendar,
      dueSoonDays: office.policy.dueSoonDays
    )
  }

  private var today: CivilDate { report.today }

  private var dates: [String] {
    guard !report.dates.isEmpty else { return ["", say("Không có ngày đến hạn.", "There is no due date.")] }
    let lines = report.dates.map { date in
      let rules = date.rules.map { rule in
        let sentence = words.rule(rule)
        return sentence.isEmpty ? rule : "\(rule): \(sentence)"
      }
      return "  \(name(of: date.name)): \(words.weekdayDate(date.date))  (\(rules.joined(separator: "; ")))"
    }
    return ["", say("Các ngày", "Dates")] + lines
  }

  private func name(of date: String) -> String {
    switch date {
    case "nominal": say("Theo lời văn (nominal)", "By the words (nominal)")
    case "target": say("Phải làm xong (target)", "To be finished (target)")
    case "legal": say("Hạn pháp lý (legal)", "Legal")
    case "grace": say("Được chờ đến (grace)", "Grace until")
    default: say("Quá hạn sau ngày (overdueAfter)", "Overdue after")
    }
  }

  private var doubts: [String] {
    report.doubts.isEmpty ? [] : ["", say("Cần xác nhận", "To be confirmed")] + report.doubts.map { "  ? \($0)" }
  }

  private var steps: [String] {
    let round =
      report.round == 0
      ? "" : say(" (lượt thứ \(report.round + 1))", " (round \(report.round + 1))")
    let outlooks = Schedule(office).outlook(of: tracked, now: report.now)
    return ["", say("Các bước nhắc theo “\(report.ladder)”\(round)", "Steps of the ladder “\(report.ladder)”\(round)")]
      + zip(report.steps, outlooks).map { step, outlook in
        let at = outlook.at.map(time) ?? "–"
        let to = outlook.recipients.map { "\($0.name) <\($0.address)>" }.joined(separator: ", ")
        return "  \(at)  \(step.step)  \(words.step(step.step)) → \(to.isEmpty ? "–" : to): \(words.fate(outlook.fate))"
      }
  }

  private var messages: [String] {
    guard !report.deliveries.isEmpty else { return [] }
    return ["", say("Thư đã lập", "Messages")]
      + report.deliveries.flatMap { delivery in
        let steps = delivery.steps.map(words.step).joined(separator: "; ")
        let name = office.directory.title(ofMailbox: delivery.address)
        let who = name == delivery.address ? name : "\(name) <\(delivery.address)>"
        return ["  \(time(delivery.plannedAt))  → \(who) (\(delivery.channel)): \(steps)  – \(words.end(delivery))"]
          + delivery.attempts.map(attempt) + delivery.consequences.map { "      \(words.consequence($0))" }
          + ["      Message-ID: \(delivery.messageID)"]
      }
  }

  private func attempt(_ attempt: RecordedDelivery.Attempt) -> String {
    let relay = attempt.relay.map { "  (\($0))" } ?? ""
    return "      \(time(attempt.at))  \(words.outcome(attempt.outcome))  “\(attempt.reply)”\(relay)"
  }

  /// What was said of the obligation itself; what became of messages stands above.
  private var happened: [String] {
    let events = report.events.filter { $0.facts.message == nil }
    return ["", say("Đã ghi nhận", "Recorded")] + events.map { "  \(time($0.at))  \(words.happened($0))" }
  }

  private func time(_ instant: Instant) -> String {
    let civil = office.zone.civil(instant)
    return "\(civil.date) \(civil.time)"
  }
}
