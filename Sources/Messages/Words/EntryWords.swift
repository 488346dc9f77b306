internal import Deadlines

/// The sentences about one task and period, for one recipient.
struct EntryWords {
  /// The first of `merged`, which says what they have in common.
  let entry: Message.Entry
  /// Entries that differ only in their owning unit.
  let merged: [Message.Entry]
  let recipient: Recipient
  let letterhead: Letterhead
  let today: CivilDate
  let words: Wording

  init(_ entry: Message.Entry, _ message: Message, _ letterhead: Letterhead) {
    self.init(first: entry, [entry], message, letterhead)
  }

  /// Nil without entries.
  init?(_ merged: [Message.Entry], _ message: Message, _ letterhead: Letterhead) {
    guard let first = merged.first else { return nil }
    self.init(first: first, merged, message, letterhead)
  }

  private init(
    first: Message.Entry,
    _ merged: [Message.Entry],
    _ message: Message,
    _ letterhead: Letterhead
  ) {
    self.entry = first
    self.merged = merged
    self.recipient = message.recipient
    self.letterhead = letterhead
    self.today = message.today
    self.words = Wording(message.recipient.language)
  }

  var occurrence: Occurrence { entry.occurrence }
  var kind: NoticeKind { entry.notice.kind }
  var isCheckIn: Bool { occurrence.isCheckIn && kind != .assignment && kind != .settled }

  /// The kind that the subject's tag names: a question about continuous work is never urgent, and “hôm nay” must be true.
  var tagKind: NoticeKind {
    if isCheckIn { return .reminder }
    return kind == .dueToday && occurrence.due?.target != today ? .reminder : kind
  }

  func say(_ vietnamese: @autoclosure () -> String, _ english: @autoclosure () -> String) -> String {
    words.say(vietnamese(), english())
  }

  /// “PL.13 – Báo cáo …”.
  var name: String { occurrence.title.isEmpty ? occurrence.task : "\(occurrence.task) – \(occurrence.title)" }

  var documentType: String { words.documentType(occurrence.plan.documentType) }

  /// The document with the place in it.
  var source: String {
    let document = words.document(occurrence.plan)
    return occurrence.section.isEmpty ? document : "\(document) (\(occurrence.section))"
  }

  /// A letter to a person says “đồng chí”, one to a unit “đơn vị”.
  var addressesPerson: Bool {
    switch entry.role {
    case .head, .superior, .chair, .viceChair, .post: true
    case .lead, .coordinating, .monitor, .office, .unit: isPerson
    }
  }

  private var isPerson: Bool { ["Đồng chí", "Ông ", "Bà "].contains { recipient.name.hasPrefix($0) } }

  var you: String { addressesPerson ? "đồng chí" : "đơn vị" }

  /// True when the recipient is the owning unit itself, which then need not be named.
  var isOwner: Bool { entry.role == .lead && (recipient.name == entry.unitName || recipient.unit == occurrence.unit) }

  /// True for a lead that is named after the owner.
  var isCoLead: Bool {
    entry.role == .lead && !isOwner && recipient.unit.map { occurrence.coLeads.contains($0) } == true
  }

  /// True for the office to which doubts and results are told.
  var isContact: Bool { recipient.name == letterhead.contact }
}

// Why the recipient is told.
extension EntryWords {
  /// “Theo Kế hoạch số …, đơn vị được giao chủ trì:”.
  var leadIn: String {
    switch entry.role {
    case .lead: leadLeadIn
    case .coordinating:
      say(
        "Theo \(source), \(you) được giao phối hợp với \(unitPhrase)\(hasSeveralUnits ? " chủ trì" : " (đơn vị chủ trì)"):",
        "Under \(source), you are to coordinate with \(unitPhrase), which lead\(hasSeveralUnits ? "" : "s"):"
      )
    case .head:
      say(
        "Theo \(source), \(unitPhrase) do đồng chí phụ trách được giao chủ trì:",
        "Under \(source), \(unitPhrase), which you head, \(wasGiven) the lead of:"
      )
    case .superior, .viceChair:
      say(
        "Kính báo cáo đồng chí: theo \(source), \(unitPhrase) (thuộc lĩnh vực đồng chí phụ trách) được giao chủ trì:",
        "For your attention: under \(source), \(unitPhrase), in your field, \(wasGiven) the lead of:"
      )
    case .chair:
      say(
        "Kính báo cáo đồng chí: theo \(source), \(unitPhrase) được giao chủ trì:",
        "For your attention: under \(source), \(unitPhrase) \(wasGiven) the lead of:"
      )
    case .monitor:
      say(
        "Gửi \(you) để theo dõi, đôn đốc theo phân công. Theo \(source), \(unitPhrase) được giao chủ trì:",
        "Sent to you as the unit that follows the plan. Under \(source), \(unitPhrase) \(wasGiven) the lead of:"
      )
    case .office:
      say(
        "Gửi \(you) để theo dõi, tổng hợp. Theo \(source), \(unitPhrase) được giao chủ trì:",
        "Sent to you as the administrative office. Under \(source), \(unitPhrase) \(wasGiven) the lead of:"
      )
    case .post, .unit:
      say(
        "Gửi \(you) để biết, theo dõi. Theo \(source), \(unitPhrase) được giao chủ trì:",
        "For your information: under \(source), \(unitPhrase) \(wasGiven) the lead of:"
      )
    }
  }

  private var leadLeadIn: String {
    if isCoLead {
      return say(
        "Theo \(source), \(you) được giao cùng chủ trì với \(unitPhrase):",
        "Under \(source), you were given the lead together with \(unitPhrase):"
      )
    }
    if occurrence.meansHead {
      return hasSeveralUnits
        ? say(
          "Theo \(source), thủ trưởng của \(unitPhrase) được giao thực hiện:",
          "Under \(source), the heads of \(unitPhrase) were given:"
        )
        : say(
          "Theo \(source), thủ trưởng đơn vị (\(unitPhrase)) được giao thực hiện:",
          "Under \(source), the head of the unit (\(unitPhrase)) was given:"
        )
    }
    if isOwner && !addressesPerson {
      return say("Theo \(source), đơn vị được giao chủ trì:", "Under \(source), your unit was given the lead of:")
    }
    return say(
      "Theo \(source), \(unitPhrase) được giao chủ trì:",
      "Under \(source), \(unitPhrase) \(wasGiven) the lead of:"
    )
  }

  /// The role in a few words, for lists; several units stand in a list of their own.
  var roleName: String {
    guard !isOwner else { return say("chủ trì", "lead") }
    if isCoLead { return together }
    if entry.role == .head { return headOf }
    let lead = say("chủ trì: \(entry.unitName)", "lead: \(entry.unitName)")
    guard let part else { return hasSeveralUnits ? say("chủ trì", "lead") : lead }
    return hasSeveralUnits ? part : "\(part); \(lead)"
  }

  private var together: String {
    hasSeveralUnits
      ? say("cùng chủ trì", "joint lead")
      : say("cùng chủ trì với \(entry.unitName)", "joint lead with \(entry.unitName)")
  }

  private var headOf: String {
    hasSeveralUnits
      ? say("thủ trưởng các đơn vị chủ trì", "head of the leading units")
      : say("thủ trưởng \(entry.unitName) (chủ trì)", "head of \(entry.unitName), the lead")
  }

  /// What one does who does not lead.
  private var part: String? {
    switch entry.role {
    case .lead, .head: nil
    case .coordinating: say("phối hợp", "coordinating")
    case .superior, .viceChair: say("phụ trách lĩnh vực", "in charge of the field")
    case .chair: say("chỉ đạo", "direction")
    case .monitor: say("theo dõi, đôn đốc", "following")
    case .office: say("theo dõi, tổng hợp", "administration")
    case .post, .unit: say("để biết", "for information")
    }
  }
}

// The facts, a label and a value each.
extension EntryWords {
  /// What is asked for, apart from dates.
  var taskFacts: [Letter.Fact] {
    [
      occurrence.title.isEmpty ? nil : fact(say("Nội dung", "Task"), occurrence.title),
      occurrence.product.map { fact(say("Sản phẩm", "Product"), $0) },
      limitFact,
    ].compactMap(\.self)
  }

  private var limitFact: Letter.Fact {
    occurrence.limit.isEmpty
      ? fact(
        say("Thời hạn", "Time limit"),
        say("\(occurrence.plan.documentType) không ghi thời hạn", "none is stated in the \(documentType)")
      )
      : fact(
        say("Thời hạn ghi trong \(occurrence.plan.documentType)", "Time limit in the \(documentType)"),
        "“\(occurrence.limit)”"
      )
  }

  /// Period and dates of this one occurrence.
  var dateFacts: [Letter.Fact] {
    guard let due = occurrence.due, kind != .assignment || !occurrence.isCheckIn else {
      // “Kế hoạch không ghi thời hạn” has said it already.
      return occurrence.limit.isEmpty ? [] : [undatedFact]
    }
    let period = periodWords(due).map { value in
      isReport || occurrence.isCheckIn
        ? fact(say("Kỳ báo cáo", "Reporting period"), value) : fact(say("Kỳ", "Period"), value)
    }
    let date = occurrence.isCheckIn ? nil : fact(dueLabel, dueWords(due))
    return [period, date].compactMap(\.self)
  }

  private var undatedFact: Letter.Fact {
    let value =
      occurrence.isCheckIn
      ? say("thực hiện thường xuyên, không có hạn cụ thể", "continuous, without a due date")
      : say("chưa có ngày cụ thể", "no date is set")
    return fact(say("Hạn hoàn thành", "Due date"), value)
  }

  private var isReport: Bool { occurrence.due?.kind == .report }

  private var dueLabel: String {
    isReport ? say("Hạn gửi", "Report due") : say("Hạn hoàn thành", "Due date")
  }

  /// “năm 2026 (số liệu từ 15/12/2025 đến 14/12/2026)”.
  func periodWords(_ due: DueDate) -> String? {
    let data = due.dataTo.map { last in
      due.dataFrom.map {
        say(
          "số liệu từ \(words.date($0)) đến \(words.date(last))",
          "data from \(words.date($0)) to \(words.date(last))"
        )
      } ?? say("số liệu đến \(words.date(last))", "data up to \(words.date(last))")
    }
    guard !due.period.isEmpty else { return data }
    return data.map { "\(due.period) (\($0))" } ?? due.period
  }

  /// “thứ Tư, ngày 16/12/2026”, with the time of day when one is set.
  func dueWords(_ due: DueDate) -> String {
    let day = words.weekdayDate(due.nominal)
    let timed = due.time.map { say("trước \(words.time($0)) \(day)", "\(day), before \(words.time($0))") } ?? day
    guard isReport, let closed = due.dataTo else { return timed }
    return timed + say(" (chốt số liệu ngày \(words.date(closed)))", " (data closed on \(words.date(closed)))")
  }

  /// Lead, joint leads and coordinating units, as far as the recipient is not one of them.
  var partyFacts: [Letter.Fact] {
    [
      isOwner && !addressesPerson && !hasSeveralUnits ? nil : fact(say("Đơn vị chủ trì", "Lead"), unitList),
      list(say("Cùng chủ trì", "Joint lead"), coLeadNames),
      list(say("Đơn vị phối hợp", "Coordinating"), coordinatingNames),
    ].compactMap(\.self)
  }

  var completionFacts: [Letter.Fact] {
    guard kind == .settled else { return [] }
    let done = merged.compactMap { entry in entry.completion.map { (entry.unitName, $0) } }
    if let only = done.first?.1, merged.count == 1 { return facts(of: only) }
    return done.map { fact($0, facts(of: $1).map { "\($0.label): \($0.value)" }.joined(separator: "; ")) }
  }

  private func facts(of done: Progress.Completion) -> [Letter.Fact] {
    [
      fact(say("Hoàn thành", "Done"), say("ngày \(words.date(done.on))", words.date(done.on))),
      done.evidence.flatMap { $0.isEmpty ? nil : fact(say("Kết quả", "Result"), $0) },
      done.by.isEmpty ? nil : fact(say("Người ghi nhận", "Recorded by"), done.by),
    ].compactMap(\.self)
  }

  private func list(_ label: String, _ names: [String]) -> Letter.Fact? {
    let named = names.filter { !$0.isEmpty }
    return named.isEmpty ? nil : fact(label, named.joined(separator: "; "))
  }

  private func fact(_ label: String, _ value: String) -> Letter.Fact { Letter.Fact(label: label, value: value) }
}
