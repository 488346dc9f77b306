internal import Deadlines

/// Reads what stands beside a task's limit in place of its reading: `due`, `every` or `rrule`, one of them.
struct OverrideReader {
  static let keys = ["due", "every", "rrule", "from"]

  let fields: Fields
  /// Nil when the plan's date could not be read.
  let issued: CivilDate?

  private var findings: Findings { fields.findings }

  func read() -> LimitOverride? {
    let written = ["due", "every", "rrule"].filter { fields.value($0) != nil }
    let from = fields.date("from")
    if fields.value("from") != nil, !written.contains("every"), !written.contains("rrule") {
      findings.error(
        fields.place(of: "from"),
        "“from” belongs to “every” or “rrule”",
        remedy: "delete it; the day on which the task is due is written after “due:”"
      )
    }
    guard written.count < 2 else {
      findings.error(
        fields.place(of: written[1]),
        "both “\(written[0])” and “\(written[1])” say when it is due",
        remedy: "keep one of them"
      )
      return nil
    }
    switch written.first {
    case "due": return due()
    case "every": return every(from)
    case "rrule": return rule(from)
    default: return nil
    }
  }

  // MARK: due

  private func due() -> LimitOverride? {
    var known: Set<CivilDate> = []
    var dues: [LimitOverride.ConfirmedDue] = []
    for text in fields.texts("due") {
      guard let due = confirmed(text) else { continue }
      warnIfEarly(due.date, text.place)
      if known.insert(due.date).inserted {
        dues.append(due)
      } else {
        findings.error(text.place, "the day \(due.date) stands twice", remedy: "write each day once")
      }
    }
    return dues.isEmpty ? nil : .due(dues.sorted { $0.date < $1.date })
  }

  private func confirmed(_ text: YAMLText) -> LimitOverride.ConfirmedDue? {
    if let due = LimitOverride.ConfirmedDue(text.string) { return due }
    let timed = text.string.count > 10 ? ", or with a time as “2026-05-13T16:30”" : ""
    findings.error(
      text.place,
      "“\(text.string.prefix(80))” is not a day of the calendar",
      remedy: "write an existing day as YYYY-MM-DD, as “2026-05-13”\(timed)"
    )
    return nil
  }

  private func warnIfEarly(_ due: CivilDate, _ place: SourcePlace) {
    guard let issued, due < issued else { return }
    findings.warning(place, "due on \(due), before the document was issued (\(issued))", remedy: "check the date")
  }

  // MARK: every

  private func every(_ from: CivilDate?) -> LimitOverride? {
    guard let text = fields.text("every") else { return nil }
    // Days off move dates but decide nothing about what the words mean.
    let parser = TimeLimitParser(calendar: WorkingCalendar(decreedDays: []))
    do throws(NotRecurring) {
      _ = try parser.recurring(text.string, from: from ?? issued ?? .first)
      return .every(text.string, from: from)
    } catch {
      findings.error(
        text.place,
        "“\(text.string.prefix(80))” is no clear recurring limit: \(error.reason)",
        remedy: "write it as “ngày 25 hằng tháng”, “hằng quý” or “month”, or as a rule after “rrule:”"
      )
      return nil
    }
  }

  // MARK: rrule

  private func rule(_ from: CivilDate?) -> LimitOverride? {
    let lines = ruleLines()
    guard !lines.isEmpty else { return nil }
    do throws(RecurrenceRuleError) {
      let rule = try RecurrenceRule(lines.map(\.string).joined(separator: "\n"))
      reportIfEmpty(rule, startingOn: from ?? issued)
      return .rule(rule, from: from)
    } catch {
      findings.error(placeOfMistake(in: lines), "rrule: \(error.message)", remedy: error.remedy)
      return nil
    }
  }

  /// One text, which may have several lines, or a list of lines.
  private func ruleLines() -> [YAMLText] {
    guard case .list? = fields.value("rrule") else { return fields.paragraph("rrule").map { [$0] } ?? [] }
    return fields.texts("rrule")
  }

  private func reportIfEmpty(_ rule: RecurrenceRule, startingOn start: CivilDate?) {
    guard let start, rule.firstDate(startingOn: start) == nil else { return }
    findings.error(
      fields.place(of: "rrule"),
      "rrule: no day matches from \(start) on",
      remedy: "check UNTIL, the months and the days of the rule, and “from”"
    )
  }

  /// The entry that is wrong by itself, else all of them.
  private func placeOfMistake(in lines: [YAMLText]) -> SourcePlace {
    let wrong = lines.first { line in
      let isRule = !["EXDATE", "RDATE"].contains { line.string.uppercased().hasPrefix($0) }
      return (try? RecurrenceRule(isRule ? line.string : "FREQ=DAILY\n\(line.string)")) == nil
    }
    return wrong?.place ?? fields.place(of: "rrule")
  }
}
