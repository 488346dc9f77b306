// The chair's page from where everything stands (behaviour 3.9). Pure: the same occurrences give the same page.

/// Works out the facts of a digest.
public struct DigestBuilder: Sendable {
  private let office: Office
  private let schedule: Schedule

  public init(_ schedule: Schedule) {
    self.schedule = schedule
    self.office = schedule.office
  }

  /// The page's facts at `now`.
  ///
  /// `tracked` is every occurrence that has not vanished, `previous` the digest before (nil for the first),
  /// `deliveryProblems` one line for each thing that could not be delivered, `messagesSent` what was accepted since.
  public func digest(
    _ tracked: [TrackedOccurrence],
    slot: DigestSlot,
    now: Instant,
    previous: Digest?,
    deliveryProblems: [String],
    messagesSent: Int
  ) -> Digest {
    let today = office.zone.civil(now).date
    let stated = tracked.map { Stated(tracked: $0, state: state($0, today)) }
    let rows = merged(stated.compactMap(row))
    let overdue = rows.filter { $0.state.isOverdue }.sorted(by: Self.isLongerOverdue)
    let ahead = office.calendar.adding(workingDays: office.policy.digestAheadDays, to: today)
    return Digest(
      number: (previous?.number ?? 0) + 1,
      asOf: now,
      today: today,
      next: schedule.nextDigest(after: now).at,
      closedPeriod: slot.closedMonth.map { Self.closedPeriod(month: $0, year: slot.day.year) },
      figures: figures(stated, today),
      overdue: overdue,
      comingDue: rows.filter { Self.isComing($0.state) && schedule.office.calendar.rollBack($0.nominal) <= ahead },
      byUnit: unitRows(stated, year: today.year),
      unsettled: rows.filter { $0.state == .unsettled },
      unclear: unclear(stated),
      deliveryProblems: deliveryProblems,
      changes: changes(stated, overdue: overdue, previous: previous, messagesSent: messagesSent),
      provisionalYears: provisionalYears(stated)
    )
  }

  /// Of everything that is still to be done or asked about.
  private func provisionalYears(_ stated: [Stated]) -> [Int] {
    let open = stated.filter { !$0.state.isDone }.compactMap(\.occurrence.due)
    let years = Set(open.flatMap { [$0.nominal.year, $0.target.year, $0.legal.year] })
    return years.filter(office.calendar.isProvisional).sorted()
  }

  private struct Stated {
    var tracked: TrackedOccurrence
    var state: OccurrenceState
    var occurrence: Occurrence { tracked.occurrence }
  }

  private func state(_ tracked: TrackedOccurrence, _ today: CivilDate) -> OccurrenceState {
    OccurrenceState(
      of: tracked.occurrence,
      tracked.progress,
      today: today,
      calendar: office.calendar,
      dueSoonDays: office.policy.dueSoonDays
    )
  }

  private static func isComing(_ state: OccurrenceState) -> Bool {
    state == .notYetDue || state == .dueSoon || state == .dueToday
  }

  private static func isLongerOverdue(_ left: Digest.Row, _ right: Digest.Row) -> Bool {
    (left.legal, left.occurrence) < (right.legal, right.occurrence)
  }

  /// “quý I/2027”, “6 tháng đầu năm 2026”, “quý III/2026”, “năm 2026”.
  public static func closedPeriod(month: Int, year: Int) -> String {
    switch month {
    case 3: "quý I/\(year)"
    case 6: "6 tháng đầu năm \(year)"
    case 9: "quý III/\(year)"
    default: "năm \(year)"
    }
  }

  // MARK: Rows

  private func row(_ stated: Stated) -> Digest.Row? {
    let occurrence = stated.occurrence
    guard let due = occurrence.due, let lastGoodDay = occurrence.overdueAfter else { return nil }
    let progress = stated.tracked.progress
    let urged = progress.given.filter { $0.isUrging(in: progress.round) }
    return Digest.Row(
      occurrence: occurrence.id,
      planNumber: occurrence.plan.number,
      task: occurrence.task,
      title: occurrence.title,
      period: due.period,
      unit: occurrence.unit,
      unitName: unitName(occurrence.unit),
      nominal: due.nominal,
      legal: lastGoodDay,
      state: stated.state,
      urgings: progress.urgings,
      lastUrged: urged.map(\.at).max(),
      toldAbove: unique(urged.filter { $0.kind == .escalation }.map { office.directory.title(ofMailbox: $0.recipient) })
    )
  }

  /// One row for a task and period, however many units owe it in the same state: the chair reads one page.
  private func merged(_ rows: [Digest.Row]) -> [Digest.Row] {
    var order: [MergeKey] = []
    var byKey: [MergeKey: Digest.Row] = [:]
    for row in rows {
      let key = MergeKey(row)
      guard var first = byKey[key] else {
        order.append(key)
        byKey[key] = row
        byKey[key]?.occurrences = [row.occurrence]
        continue
      }
      first.occurrences.append(row.occurrence)
      first.unit += ",\(row.unit)"
      first.unitName += "; \(row.unitName)"
      first.toldAbove = unique(first.toldAbove + row.toldAbove)
      byKey[key] = first
    }
    return order.compactMap { byKey[$0] }
  }

  private struct MergeKey: Hashable {
    var task: String
    var period: String
    var nominal: CivilDate
    var legal: CivilDate
    var state: OccurrenceState
    var urgings: Int

    init(_ row: Digest.Row) {
      task = "\(row.planNumber)/\(row.task)"
      period = row.period
      nominal = row.nominal
      legal = row.legal
      state = row.state
      urgings = row.urgings
    }
  }

  private func unitName(_ id: String) -> String { office.directory.unit(id)?.name ?? id }

  // MARK: Figures, counted in tasks

  private func figures(_ stated: [Stated], _ today: CivilDate) -> Digest.Figures {
    var figures = Digest.Figures()
    for (_, task) in Dictionary(grouping: stated, by: \.occurrence.taskKey) {
      figures.tasks += 1
      let dated = task.filter(\.occurrence.isDated)
      if dated.isEmpty { figures.undated += 1 } else { count(dated, today, into: &figures) }
    }
    return figures
  }

  /// A task counts once: by its worst open occurrence of this year, and as done when all of them are.
  private func count(_ dated: [Stated], _ today: CivilDate, into figures: inout Digest.Figures) {
    figures.dated += 1
    let thisYear = dated.filter { ($0.occurrence.due?.nominal ?? .last) <= today.lastOfYear }
    let counted = thisYear.isEmpty ? dated : thisYear
    let states = counted.map(\.state)
    if states.contains(where: \.isOverdue) {
      figures.overdue += 1
    } else if states.contains(.dueToday) {
      figures.dueToday += 1
    } else if states.contains(.dueSoon) {
      figures.dueSoon += 1
    } else if states.contains(.notYetDue) {
      figures.notYetDue += 1
    } else if states.contains(.unsettled) {
      figures.unsettled += 1
    } else if states.contains(.doneLate) {
      figures.doneLate += 1
    } else {
      figures.doneInTime += 1
    }
  }

  // MARK: By unit, counted in occurrences of the year

  private func unitRows(_ stated: [Stated], year: Int) -> [Digest.UnitRow] {
    let ofYear = stated.filter { $0.occurrence.isDated && $0.occurrence.due?.nominal.year == year }
    let byUnit = Dictionary(grouping: ofYear, by: \.occurrence.unit)
    return office.directory.units.compactMap { unit in
      byUnit[unit.id].map { unitRow(unit, $0) }
    }
  }

  private func unitRow(_ unit: Unit, _ stated: [Stated]) -> Digest.UnitRow {
    var row = Digest.UnitRow(unit: unit.id, name: unit.name)
    row.assigned = stated.count
    for state in stated.map(\.state) {
      switch state {
      case .doneInTime: row.doneInTime += 1
      case .doneLate: row.doneLate += 1
      case .overdue: row.overdue += 1
      case .notYetDue, .dueSoon, .dueToday: row.inTime += 1
      case .noDueDate, .unsettled: break
      }
    }
    return row
  }

  // MARK: What needs a word, and what changed

  private func unclear(_ stated: [Stated]) -> [Digest.Unclear] {
    var seen: Set<String> = []
    return stated.flatMap { stated in
      stated.occurrence.doubts.filter { seen.insert(Self.identity(of: $0, in: stated.occurrence)).inserted }.map {
        doubt in
        Digest.Unclear(
          planNumber: stated.occurrence.plan.number,
          task: stated.occurrence.task,
          title: stated.occurrence.title,
          limit: stated.occurrence.limit,
          doubt: doubt
        )
      }
    }
  }

  /// A disagreement names both its tasks and is listed once for the two; any other doubt belongs to its own task.
  private static func identity(of doubt: String, in occurrence: Occurrence) -> String {
    let isShared = doubt.contains("(\(occurrence.task))")
    return "\(occurrence.plan.id) \(isShared ? "" : occurrence.task) \(doubt)"
  }

  /// “PL.13 – Báo cáo … (năm 2026), Phòng Văn hóa - Xã hội”.
  private static func named(_ task: String, _ title: String, _ period: String, _ unit: String) -> String {
    let short = title.count > 80 ? title.prefix(79) + "…" : title[...]
    return "\(task) – \(short)\(period.isEmpty ? "" : " (\(period))"), \(unit)"
  }

  private func changes(
    _ stated: [Stated],
    overdue: [Digest.Row],
    previous: Digest?,
    messagesSent: Int
  ) -> Digest.Changes {
    var changes = Digest.Changes()
    guard let previous else { return changes }
    let known = Set(previous.overdue.flatMap(\.occurrences))
    changes.sinceNumber = previous.number
    changes.newlyOverdue = overdue.filter { !known.isSuperset(of: $0.occurrences) }
      .map { Self.named($0.task, $0.title, $0.period, $0.unitName) }
    changes.newlyDone = stated.filter { ($0.tracked.progress.completion?.recordedAt ?? previous.asOf) > previous.asOf }
      .map {
        Self.named(
          $0.occurrence.task,
          $0.occurrence.title,
          $0.occurrence.due?.period ?? "",
          unitName($0.occurrence.unit)
        )
      }
    changes.messagesSent = messagesSent
    return changes
  }
}

extension NoticeKind {
  /// Urges rather than reminds: overdue and escalation.
  public var isUrging: Bool { self == .overdue || self == .escalation }
}

extension Progress {
  /// How many steps after the legal date were given in this round.
  public var urgings: Int {
    Set(given.filter { $0.isUrging(in: round) }.map(\.step)).count
  }
}

extension Progress.GivenNotice {
  fileprivate func isUrging(in current: Int) -> Bool {
    !isSuperseded && round == current && kind.isUrging && isRung
  }
}
