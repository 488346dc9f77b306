import Deadlines

/// `diff --json`.
struct DiffReport: Encodable {
  struct Reason: Encodable, Hashable {
    var cause: String
    var detail: String
  }

  struct Dates: Encodable {
    var nominal: CivilDate?
    var time: TimeOfDay?
    var target: CivilDate?
    var legal: CivilDate?
    var overdueAfter: CivilDate?

    enum Keys: CodingKey { case nominal, time, target, legal, overdueAfter }

    /// Every key is written, null where there is no date: the form is fixed.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Keys.self)
      try container.encode(nominal, forKey: .nominal)
      try container.encode(time, forKey: .time)
      try container.encode(target, forKey: .target)
      try container.encode(legal, forKey: .legal)
      try container.encode(overdueAfter, forKey: .overdueAfter)
    }

    init(_ occurrence: Occurrence) {
      nominal = occurrence.due?.nominal
      time = occurrence.due?.time
      target = occurrence.due?.target
      legal = occurrence.due?.legal
      overdueAfter = occurrence.overdueAfter
    }
  }

  struct OccurrenceLine: Encodable {
    var id: String
    var change: String
    var unit: String
    var before: Dates?
    var after: Dates?
    var reasons: [Reason]

    enum Keys: CodingKey { case id, change, unit, before, after, reasons }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Keys.self)
      try container.encode(id, forKey: .id)
      try container.encode(change, forKey: .change)
      try container.encode(unit, forKey: .unit)
      try container.encode(before, forKey: .before)
      try container.encode(after, forKey: .after)
      try container.encode(reasons, forKey: .reasons)
    }
  }

  struct MessageLine: Encodable {
    struct NoticeLine: Encodable {
      var occurrence: String
      var step: String
    }

    var change: String
    var recipient: String
    /// Who was told instead, when that is what changes.
    var recipientBefore: String?
    var channel: String
    var channelBefore: String?
    var unit: String?
    var kind: String
    var before: String?
    var after: String?
    var subject: String
    var notices: [NoticeLine]
    var reasons: [Reason]

    enum Keys: CodingKey {
      case change, recipient, recipientBefore, channel, channelBefore, unit, kind, before, after, subject, notices
      case reasons
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Keys.self)
      try container.encode(change, forKey: .change)
      try container.encode(recipient, forKey: .recipient)
      try container.encodeIfPresent(recipientBefore, forKey: .recipientBefore)
      try container.encode(channel, forKey: .channel)
      try container.encodeIfPresent(channelBefore, forKey: .channelBefore)
      try container.encode(unit, forKey: .unit)
      try container.encode(kind, forKey: .kind)
      try container.encode(before, forKey: .before)
      try container.encode(after, forKey: .after)
      try container.encode(subject, forKey: .subject)
      try container.encode(notices, forKey: .notices)
      try container.encode(reasons, forKey: .reasons)
    }
  }

  var from: String
  var to: CivilDate
  var occurrences: [OccurrenceLine]
  /// Told in other words, with another ladder or to others; no date changes.
  var reworded: [OccurrenceLine]
  /// Changed too, but done: nothing follows from it.
  var done: Int
  var messages: [MessageLine]

  init(
    from: String,
    to: CivilDate,
    changes: [OccurrenceChange],
    done: Int,
    messages: [MessageChange],
    writer: ReasonWriter
  ) {
    self.from = from
    self.to = to
    self.done = done
    func line(_ change: OccurrenceChange) -> OccurrenceLine {
      OccurrenceLine(
        id: change.id,
        change: change.kind == .isReworded ? "reworded" : change.kind.rawValue,
        unit: (change.after ?? change.before)?.unit ?? "",
        before: change.before.map(Dates.init),
        after: change.after.map(Dates.init),
        reasons: Self.reasons(writer.reasons(change), writer)
      )
    }
    occurrences = changes.filter { $0.kind != .isReworded }.map(line)
    reworded = changes.filter { $0.kind == .isReworded }.map(line)
    self.messages = messages.map { Self.line($0, writer) }
  }

  private static func line(_ change: MessageChange, _ writer: ReasonWriter) -> MessageLine {
    MessageLine(
      change: change.kind.rawValue,
      recipient: change.recipient,
      recipientBefore: change.recipientBefore.flatMap { $0 == change.recipient ? nil : $0 },
      channel: change.channel,
      channelBefore: change.channelBefore.flatMap { $0 == change.channel ? nil : $0 },
      unit: change.unit,
      kind: change.gravest.rawValue,
      before: change.before,
      after: change.after,
      subject: change.subject,
      notices: change.notices.compactMap { $0.after ?? $0.before }.filter { $0.kind != .digest }
        .map { MessageLine.NoticeLine(occurrence: $0.key.occurrence, step: $0.key.step) },
      reasons: reasons(change.reasons, writer)
    )
  }

  private static func reasons(_ reasons: [ChangeReason], _ writer: ReasonWriter) -> [Reason] {
    reasons.map { Reason(cause: $0.cause.rawValue, detail: writer.detail($0)) }
  }
}

/// `diff` for people.
enum DiffText {
  /// The most lines of one list, unless all are asked for.
  private static let most = 12

  static func text(_ report: DiffReport, all: Bool) -> String {
    let most = all ? Int.max : most
    let none = report.occurrences.isEmpty && report.reworded.isEmpty && report.messages.isEmpty
    let blocks =
      none
      ? ["nothing changes: the same occurrences, and the same messages to \(report.to)"]
      : [occurrences(report, most), reworded(report, most), messages(report, most)].filter { !$0.isEmpty }
    let done = report.done > 0 ? ["\(report.done) changed occurrences are done already and left out"] : []
    return clean((blocks + done).joined(separator: "\n\n"))
  }

  private static let verbs = ["appears", "vanishes", "moves"]

  private static func counts(_ changes: [String]) -> String {
    let plural = ["appears": "appear", "vanishes": "vanish", "moves": "move"]
    return verbs.map { verb in
      let count = changes.count { $0 == verb }
      return "\(count) \(count == 1 ? verb : plural[verb] ?? verb)"
    }.joined(separator: ", ")
  }

  private static func occurrences(_ report: DiffReport, _ most: Int) -> String {
    let head = "occurrences: \(counts(report.occurrences.map(\.change)))"
    let lists = verbs.map { verb in
      let lines = sharing(report.occurrences.filter { $0.change == verb }) { "\(dates($0))\(reasons($0.reasons))" }
      return (lines.isEmpty ? [] : [verb]) + first(most, of: lines.map { "  \($0.ids): \($0.text)" })
    }
    return ([head] + lists.flatMap { $0 }).joined(separator: "\n")
  }

  private static func reworded(_ report: DiffReport, _ most: Int) -> String {
    guard !report.reworded.isEmpty else { return "" }
    let head = "told differently, with the same dates: \(report.reworded.count)"
    let lines = sharing(report.reworded) { reasons($0.reasons) }
    return ([head] + first(most, of: lines.map { "  \($0.ids)\($0.text)" })).joined(separator: "\n")
  }

  private static func first(_ most: Int, of lines: [String]) -> [String] {
    lines.count <= most ? lines : lines.prefix(most) + ["  … and \(lines.count - most) more (--all)"]
  }

  /// One line for what happens alike to several units: `…/once/{vp, kt}`.
  private static func sharing(_ lines: [DiffReport.OccurrenceLine], text: (DiffReport.OccurrenceLine) -> String)
    -> [(ids: String, text: String)]
  {
    var order: [[String]] = []
    var units: [[String]: [String]] = [:]
    for line in lines {
      let key = [String(line.id.dropLast(line.unit.count)), text(line)]
      if units[key] == nil { order.append(key) }
      units[key, default: []].append(line.unit)
    }
    return order.map { key in
      let names = units[key] ?? []
      return (key[0] + (names.count == 1 ? names[0] : "{\(names.joined(separator: ", "))}"), key[1])
    }
  }

  /// “hạn 15/5/2026 → 20/5/2026”, and the dates that follow from it where they do not follow by themselves.
  private static func dates(_ line: DiffReport.OccurrenceLine) -> String {
    guard let before = line.before, let after = line.after else {
      return "hạn \(day((line.after ?? line.before)?.nominal, (line.after ?? line.before)?.time))"
    }
    let (old, new) = (day(before.nominal, before.time), day(after.nominal, after.time))
    if old != new { return "hạn \(old) → \(new)" }
    let others = [
      ("target", before.target, after.target), ("legal", before.legal, after.legal),
      ("overdue after", before.overdueAfter, after.overdueAfter),
    ].filter { $0.1 != $0.2 }
    return (["hạn \(old)"] + others.map { "\($0.0) \(day($0.1)) → \(day($0.2))" }).joined(separator: ", ")
  }

  private static func day(_ date: CivilDate?, _ time: TimeOfDay? = nil) -> String {
    guard let date else { return "không có" }
    return (time.map { "\($0) " } ?? "") + date.written
  }

  private static func messages(_ report: DiffReport, _ most: Int) -> String {
    let head = "messages to \(report.to): \(counts(report.messages.map(\.change)))"
    let lists = verbs.flatMap { verb -> [String] in
      let lines = report.messages.filter { $0.change == verb }
      let whys = lines.map { reasons($0.reasons) }.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      return whys.flatMap { why in
        ["\(verb)\(why)"] + first(most, of: lines.filter { reasons($0.reasons) == why }.map(message))
      }
    }
    return ([head] + lists).joined(separator: "\n")
  }

  private static func message(_ line: DiffReport.MessageLine) -> String {
    let times = [line.before, line.after].compactMap { $0.map(moment) }
    let when = times.count == 2 && times[0] == times[1] ? times[0] : times.joined(separator: " → ")
    let who = (line.recipientBefore.map { "\($0) → " } ?? "") + line.recipient
    let way = line.channelBefore.map { " (\($0) → \(line.channel))" } ?? ""
    let steps = line.notices.count == 1 ? "  \(line.notices[0].occurrence) \(line.notices[0].step)" : ""
    let many = line.notices.count > 1 ? "  \(line.notices.count) notices" : ""
    return "  \(when)  \(who)\(way)  \(line.kind)\(steps)\(many)"
  }

  /// `2026-05-15T07:30` as “07:30 15/5/2026”.
  private static func moment(_ text: String) -> String {
    "\(text.dropFirst(11).prefix(5)) \(CivilDate(text.prefix(10))?.written ?? String(text.prefix(10)))"
  }

  private static func reasons(_ reasons: [DiffReport.Reason]) -> String {
    let causes = reasons.map(\.cause).reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
    let words = causes.map { cause in
      let details = reasons.filter { $0.cause == cause }.map(\.detail)
      return "\(cause): \(details.prefix(3).joined(separator: "; "))\(details.count > 3 ? "; …" : "")"
    }
    return words.isEmpty ? "" : "  (\(words.joined(separator: " · ")))"
  }

  /// A plan's words may hold anything; a terminal must not obey it.
  private static func clean(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control && $0 != "\n" ? "\u{FFFD}" : $0 }
      )
    )
  }
}
