extension TimeLimit {
  /// Every due date with its nominal day inside `from`…`to`, earliest first.
  public func dueDates(
    from start: CivilDate,
    to end: CivilDate,
    calendar: WorkingCalendar,
    regime: ReportingRegime
  ) -> [DueDate] {
    let dates = clausesWithKeys().flatMap { clause, key -> [DueDate] in
      let maker = DueDateMaker(clause: clause, key: key, issued: issued, calendar: calendar, regime: regime)
      return maker.dueDates(from: start, to: end)
    }
    return dates.sorted { ($0.nominal, $0.clause) < ($1.nominal, $1.clause) }
  }

  /// The check-ins of continuous clauses with their day inside `from`…`to`, earliest first (rule R6).
  public func checkIns(
    from start: CivilDate,
    to end: CivilDate,
    calendar: WorkingCalendar,
    regime: ReportingRegime
  ) -> [DueDate] {
    guard clauses.contains(where: { if case .continuous = $0.timing { true } else { false } }) else { return [] }
    let dates = clausesWithKeys().flatMap { clause, key -> [DueDate] in
      let maker = DueDateMaker(clause: clause, key: key, issued: issued, calendar: calendar, regime: regime)
      return maker.checkIns(from: start, to: end)
    }
    return dates.sorted { ($0.nominal, $0.clause) < ($1.nominal, $1.clause) }
  }

  /// The key is the kind, with a number from the second clause of that kind on.
  private func clausesWithKeys() -> [(LimitClause, String)] {
    var counts: [LimitKind: Int] = [:]
    guard clauses.count > 1 else { return clauses.map { ($0, $0.kind.rawValue) } }
    return clauses.map { clause in
      let count = counts[clause.kind, default: 0] + 1
      counts[clause.kind] = count
      return (clause, count == 1 ? clause.kind.rawValue : "\(clause.kind.rawValue)-\(count)")
    }
  }
}

/// Works out the dates of one clause.
private struct DueDateMaker {
  let clause: LimitClause
  let key: String
  let issued: CivilDate
  let calendar: WorkingCalendar
  let regime: ReportingRegime

  func dueDates(from start: CivilDate, to end: CivilDate) -> [DueDate] {
    switch clause.timing {
    case .once(let due):
      guard start <= due.nominal, due.nominal <= end else { return [] }
      return [dueDate(due, periodKey: "once")]
    case .repeating(let recurrence):
      return recurrence.occurrences(from: start, to: end, calendar: calendar).map { dueDate($0.due, periodKey: $0.key) }
    case .reports(let months):
      return reports(months, from: max(start, clause.from ?? issued), to: min(end, clause.until ?? end))
    case .continuous, .undated: return []
    }
  }

  private func dueDate(_ due: LimitClause.Due, periodKey: String) -> DueDate {
    DueDate(
      clause: key,
      kind: clause.kind,
      periodKey: periodKey,
      period: due.period,
      nominal: due.nominal,
      time: due.time,
      target: calendar.rollBack(due.nominal),
      legal: calendar.rollForward(due.nominal),
      windowStart: due.windowStart,
      graceUntil: due.graceUntil,
      rule: clause.rule
    )
  }

  // MARK: Reports (rule R5)

  private func reports(_ months: Set<Int>, from start: CivilDate, to end: CivilDate) -> [DueDate] {
    let first = max(start, issued)
    return closings(of: months, from: start, to: end).compactMap { cutOff in
      report(cutOff, isMonthly: months.count == 12, from: first, to: end)
    }
  }

  /// The days on which the data of those months are closed; the bounds matter by their years alone.
  private func closings(of months: Set<Int>, from start: CivilDate, to end: CivilDate) -> [CivilDate] {
    guard start <= end else { return [] }
    let months = months.sorted()
    return (start.year...end.year).flatMap { year in months.compactMap { regime.cutOff(year: year, month: $0) } }
  }

  private func report(_ cutOff: CivilDate, isMonthly: Bool, from start: CivilDate, to end: CivilDate) -> DueDate? {
    let (year, month, _) = cutOff.yearMonthDay
    guard let nominal = regime.submission(year: year, month: month, calendar: calendar),
      start <= nominal, nominal <= end
    else { return nil }
    let name = isMonthly ? PeriodName(month: cutOff) : Self.name(year, month, cutOff)
    var date = dueDate(LimitClause.Due(nominal: nominal, period: name.label), periodKey: name.key)
    date.dataFrom = dayAfterCutOff(before: cutOff, months: isMonthly ? 1 : month == 9 ? 3 : month)
    date.dataTo = cutOff
    return date
  }

  /// The report of June is that of half a year, the one of December that of the year.
  private static func name(_ year: Int, _ month: Int, _ cutOff: CivilDate) -> PeriodName {
    switch month {
    case 6: PeriodName(half: cutOff)
    case 12: PeriodName(year: year)
    default: PeriodName(quarter: cutOff)
    }
  }

  private func dayAfterCutOff(before cutOff: CivilDate, months: Int) -> CivilDate? {
    let month = cutOff.firstOfMonth.adding(months: -months)
    return regime.cutOff(year: month.year, month: month.month)?.adding(days: 1)
  }

  // MARK: Check-ins (rule R6)

  func checkIns(from start: CivilDate, to end: CivilDate) -> [DueDate] {
    guard case .continuous(let months, let from) = clause.timing else { return [] }
    let first = max(start, issued, from ?? issued)
    let last = min(end, clause.until ?? end)
    return closings(of: months, from: first, to: last).compactMap { checkIn($0, from: first, to: last) }
  }

  private func checkIn(_ cutOff: CivilDate, from start: CivilDate, to end: CivilDate) -> DueDate? {
    let day = calendar.rollBack(cutOff)
    guard start <= day, day <= end else { return nil }
    let (year, month, _) = cutOff.yearMonthDay
    let name = Self.name(year, month, cutOff)
    return DueDate(
      clause: key,
      kind: clause.kind,
      periodKey: name.key,
      period: name.label,
      nominal: day,
      target: day,
      legal: day,
      rule: clause.rule
    )
  }
}
