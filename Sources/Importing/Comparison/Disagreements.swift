internal import Deadlines

/// Compares body and appendix (rule R12): which points speak of the same work, and where they differ.
struct DisagreementFinder {
  /// Two tasks with the same lead are the same work from this likeness on; with different leads they need more, so
  /// their likeness counts as less.
  private static let likeness = 0.06
  private static let otherLead = 0.6
  /// Of the best match of either side, this part at least.
  private static let part = 0.4
  /// A lead alone that differs is a disagreement only where the work is certainly the same.
  private static let certain = 0.25

  private let body: [ImportedTask]
  private let appendix: [ImportedTask]
  private let limits: [TimeLimit]
  private let similarity: Similarity
  private let calendar: WorkingCalendar
  private let regime: ReportingRegime

  init(_ plan: ImportedPlan, calendar: WorkingCalendar, regime: ReportingRegime) {
    body = plan.tasks.filter { !$0.isAppendix }
    appendix = plan.tasks.filter(\.isAppendix)
    let tasks = body + appendix
    let parser = TimeLimitParser(calendar: calendar, regime: regime)
    limits = tasks.map { parser.parse($0.limit, issued: plan.issued, title: $0.title, product: $0.product ?? "") }
    similarity = Similarity(tasks.map(\.content), title: plan.title)
    self.calendar = calendar
    self.regime = regime
  }

  /// More pairs than can be compared while somebody waits.
  private var isTooLarge: Bool { body.count * appendix.count > Self.pairs }
  private static let pairs = 250_000

  /// Says that nothing was compared, where that is so.
  var doubt: Doubt? {
    guard isTooLarge else { return nil }
    return Doubt(
      .tasks,
      "chưa so sánh thân văn bản với phụ lục: \(body.count) × \(appendix.count) việc là quá nhiều; tự đối chiếu, hoặc nạp "
        + "từng phần"
    )
  }

  func disagreements() -> [Disagreement] {
    matches().filter { differs($0) }.map { match in
      let (first, second) = (body[match.body], appendix[match.row])
      return Disagreement(body: first.id, appendix: second.id, proposal: proposal(match))
    }
  }

  private struct Match {
    var body: Int
    var row: Int
    var value: Double
  }

  // MARK: The same work

  /// By the document's order.
  private func matches() -> [Match] {
    guard !isTooLarge, !body.isEmpty, !appendix.isEmpty else { return [] }
    let scores = body.indices.map { point in appendix.indices.map { row in score(point, row) } }
    let best = scores.map { $0.map(\.value).max() ?? 0 }
    let bestOfRow = appendix.indices.map { row in scores.map { $0[row].value }.max() ?? 0 }
    return body.indices.flatMap { point in
      appendix.indices.compactMap { row in
        let score = scores[point][row]
        let isMatch =
          isStrong(score, best[point], bestOfRow[row]) || isOnly(score, point, row, best[point], scores)
        return isMatch ? Match(body: point, row: row, value: score.value) : nil
      }
    }
  }

  private func score(_ point: Int, _ row: Int) -> Similarity.Score {
    guard mayBeTheSame(point, row) else { return Similarity.Score() }
    var score = similarity.score(point, body.count + row)
    if !sharesLead(point, row) { score.value *= Self.otherLead }
    return score
  }

  /// Reports are compared with reports; of the part on carrying out the plan nothing else is a task of the appendix,
  /// unless it has a date of its own.
  private func mayBeTheSame(_ point: Int, _ row: Int) -> Bool {
    let (first, second) = (limits[point], limits[body.count + row])
    let (isReport, other) = (Self.isReport(first), Self.isReport(second))
    if isReport || other { return isReport && other }
    return !body[point].isOrganisation || first.clauses.contains { if case .once = $0.timing { true } else { false } }
  }

  private static func isReport(_ limit: TimeLimit) -> Bool { limit.clauses.contains { $0.kind == .report } }

  private func sharesLead(_ point: Int, _ row: Int) -> Bool {
    !Set(body[point].leadParties).isDisjoint(with: appendix[row].leadParties)
  }

  private func isStrong(_ score: Similarity.Score, _ best: Double, _ bestOfRow: Double) -> Bool {
    score.value >= Self.likeness && score.evidence >= similarity.leastEvidence && score.sharedCount >= 3
      && (score.value == best || score.value == bestOfRow) && score.value >= Self.part * max(best, bestOfRow)
  }

  /// A general point (“nâng cao chất lượng công tác ban hành văn bản”) that several rows carry out is like each of them
  /// only a little: then the same lead, no rival, and no row that repeats the point are asked for.
  private func isOnly(
    _ score: Similarity.Score,
    _ point: Int,
    _ row: Int,
    _ best: Double,
    _ scores: [[Similarity.Score]]
  ) -> Bool {
    guard limits[point].clauses.contains(where: { $0.kind == .continuous }), best < 0.3, sharesLead(point, row),
      score.value >= 0.02, score.evidence >= similarity.leastEvidence, score.sharedCount >= 4
    else { return false }
    let rivals = body.indices.filter { $0 != point }.map { scores[$0][row].value }
    return rivals.allSatisfy { $0 * 1.2 <= score.value }
  }

  // MARK: Saying something else

  private func differs(_ match: Match) -> Bool {
    let (first, second) = (limits[match.body], limits[body.count + match.row])
    guard Self.saysWhen(first), Self.saysWhen(second) else { return false }
    if meaning(first) != meaning(second) { return true }
    return match.value >= Self.certain && body[match.body].leadParties.first != appendix[match.row].leadParties.first
      && Self.isStated(body[match.body]) && Self.isStated(appendix[match.row])
  }

  private static func isStated(_ task: ImportedTask) -> Bool { !task.doubts.contains { $0.key == .lead } }

  /// Words that give no date and no period cannot contradict any.
  private static func saysWhen(_ limit: TimeLimit) -> Bool {
    limit.clauses.contains { if case .undated = $0.timing { false } else { true } }
  }

  private struct Meaning: Equatable {
    var dates: Set<CivilDate>
    var goesOn: Bool
  }

  private func meaning(_ limit: TimeLimit) -> Meaning {
    let end = limit.issued.adding(days: 366).lastOfYear
    let dates = limit.dueDates(from: .first, to: end, calendar: calendar, regime: regime).map(\.nominal)
    return Meaning(
      dates: Set(dates),
      goesOn: limit.clauses.contains { if case .continuous = $0.timing { true } else { false } }
    )
  }

  // MARK: What the office may decide

  private func proposal(_ match: Match) -> String {
    let (point, row) = (body[match.body], appendix[match.row])
    let (first, second) = (limits[match.body], limits[body.count + match.row])
    var parts: [String] = []
    if meaning(first) != meaning(second) { parts.append(datesProposal(first, second)) }
    if point.leadParties.first != row.leadParties.first {
      let names = (point.lead.joined(separator: ", "), row.lead.joined(separator: ", "))
      parts.append("cần xác nhận đơn vị chủ trì (thân văn bản: \(names.0); phụ lục: \(names.1))")
    }
    let text = parts.joined(separator: "; ")
    return text.prefix(1).uppercased() + text.dropFirst() + "."
  }

  private func datesProposal(_ body: TimeLimit, _ appendix: TimeLimit) -> String {
    let (first, second) = (meaning(body), meaning(appendix))
    let (isReport, other) = (Self.isReport(body), Self.isReport(appendix))
    if isReport && other {
      return
        "gộp vào một lịch báo cáo theo nơi ghi nhiều kỳ hơn: “\((first.dates.count > second.dates.count ? body : appendix).phrase)”"
    }
    if first.goesOn && second.goesOn {
      return "việc thường xuyên; hạn riêng: \(words(first.dates.isEmpty ? appendix : body))"
    }
    if first.goesOn || second.goesOn {
      return "việc thường xuyên, kèm kết quả phải có \(words(first.goesOn ? appendix : body))"
        + (first.dates.isEmpty || second.dates.isEmpty ? "" : "; phần có hạn ghi trong thân văn bản \(words(body))")
    }
    return
      "hai mốc: \(words(body)) theo thân văn bản, \(words(appendix)) theo phụ lục; thống nhất một mốc hoặc tách thành hai việc"
  }

  /// “chậm nhất 31/12/2026”, “vào 31/12/2026 và mỗi kỳ sau đó”.
  private func words(_ limit: TimeLimit) -> String {
    let dates = meaning(limit).dates.sorted()
    guard let first = dates.first else { return "theo “\(limit.phrase)”" }
    let repeats = limit.clauses.contains { if case .repeating = $0.timing { true } else { false } }
    if !repeats { return "chậm nhất \(dates.prefix(3).map(\.slashed).joined(separator: ", "))" }
    return "theo “\(limit.phrase)” (lần đầu \(first.slashed))"
  }
}
