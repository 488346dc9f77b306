public import Deadlines

/// Was the unit told? The answer for each of its obligations, with the lines of the record that show it.
public struct UnitProof: Sendable {
  public var officeName: String
  public var unit: String
  public var unitName: String
  public var period: ClosedRange<CivilDate>
  public var madeAt: Instant
  /// The moment by which it judges; nil when that is when it was made.
  public var asOf: Instant?
  /// Whether lines of the record that were there at that moment bear a later time: a clock that was set back wrote them.
  public var isAsOfSetBack = false
  public var zone: OfficeZone
  public var obligations: [Obligation]
  /// Messages to the unit that told only of what other units owe, as those that help: when, and of how many.
  public var asCoordinating: [RecordedDelivery] = []
  /// Names for mailboxes.
  public var names: [String: String] = [:]
  public var seal = Seal()

  /// What the file beside the page proves.
  public struct Seal: Sendable {
    public var head = RecordMark(entries: 0, hash: "")
    /// The line behind which the file begins.
    public var begin: Int64 = 0
    /// Lines of the record that the file gives in full, and those of which it gives the digest only.
    public var disclosed = 0
    public var hidden = 0
    /// The public key in base64, as in its PEM; nil when nothing was signed.
    public var publicKey: String?
    public var fileName = ""
    public init() {}
  }

  /// How many obligations have that kind of answer.
  func count(where matches: (Answer) -> Bool) -> Int { obligations.count { matches($0.answer) } }

  public struct Obligation: Sendable {
    public var occurrence: Occurrence
    public var state: OccurrenceState
    public var deliveries: [RecordedDelivery]
    /// Lines about the obligation itself: adopted, moved, answered, passed over.
    public var events: [RecordedEvent]
    public var answer: Answer
    /// Working days from that moment to the target date, for what was sent before it.
    public var workingDaysLeft: [Instant: Int] = [:]
    /// Of a proof as of another moment: how its dates stand to those of now.
    public var dates = Dates.asNow

    fileprivate var order: (CivilDate, String) { (occurrence.due?.nominal ?? .last, occurrence.id) }
  }

  public enum Dates: Sendable, Hashable {
    case asNow
    /// It had others then; the nominal date of now.
    case changedSince(now: CivilDate?)
    /// The record does not say them: they are those of now.
    case unknown
  }

  /// Whether it was told, and how long before its date.
  public enum Answer: Sendable, Hashable {
    /// Told in time: when first, and every time so many working days before the target date.
    case told(first: Instant, workingDaysBefore: [Int])
    /// An obligation without a date.
    case toldUndated(times: Int, first: Instant)
    /// After the day on which it had to be finished, and before it was overdue.
    case toldAfterTarget(first: Instant)
    case toldLate(first: Instant)
    /// The connection was lost before the server had answered for the message.
    case perhaps(at: Instant)
    /// It was tried, no server took a message, and none is tried again.
    case refused
    /// It was tried, no server took it yet, and it is tried again.
    case retrying
    /// Put into the outbox and not tried yet.
    case waiting
    /// Past when it was loaded, and nobody has said what became of it.
    case backfill
    case doneBefore
    case nothingPlanned
  }

  public init(
    officeName: String,
    unit: String,
    unitName: String,
    period: ClosedRange<CivilDate>,
    madeAt: Instant,
    zone: OfficeZone,
    obligations: [Obligation]
  ) {
    self.officeName = officeName
    self.unit = unit
    self.unitName = unitName
    self.period = period
    self.madeAt = madeAt
    self.zone = zone
    self.obligations = obligations
  }
}

/// Puts the lines of the record about one unit together.
public struct UnitProofBuilder: Sendable {
  private let office: Office
  private let unit: String
  private let period: ClosedRange<CivilDate>
  private let events: [RecordedEvent]
  private let ownAddresses: Set<String>

  /// Takes the lines of the record about the unit's occurrences and about messages that told of them or went to the
  /// unit, in their order.
  public init(office: Office, unit: String, period: ClosedRange<CivilDate>, events: [RecordedEvent]) {
    self.office = office
    self.unit = unit
    self.period = period
    self.events = events
    let own = [office.directory.recipient(unit: unit), office.directory.recipient(headOf: unit)]
    ownAddresses = Set(own.compactMap(\.?.address))
  }

  /// Occurrences that fall due in the period, or of which somebody was told or said something in it.
  ///
  /// `asOf` is the moment by which to judge, where that is not now: the lines are those that the record had then, and
  /// what was adopted, moved, told, answered and done later is left out. The words of an occurrence are those of now.
  public func proof(of tracked: [TrackedOccurrence], now: Instant, asOf: Instant? = nil) -> UnitProof {
    guard let asOf else { return proof(of: tracked, judgedAt: now) }
    let known = tracked.compactMap { $0.known(by: events, office.calendar) }
    let dates = Dictionary(known.map { ($0.then.occurrence.id, $0.dates) }) { first, _ in first }
    var proof = proof(of: known.map { $0.then }, judgedAt: asOf)
    for index in proof.obligations.indices {
      proof.obligations[index].dates = dates[proof.obligations[index].occurrence.id] ?? .asNow
    }
    proof.madeAt = now
    proof.asOf = asOf
    proof.isAsOfSetBack = events.contains { $0.at > asOf.adding(seconds: 60) }
    return proof
  }

  private func proof(of tracked: [TrackedOccurrence], judgedAt now: Instant) -> UnitProof {
    var proof = UnitProof(
      officeName: office.name,
      unit: unit,
      unitName: office.directory.unit(unit)?.name ?? unit,
      period: period,
      madeAt: now,
      zone: office.zone,
      obligations: tracked.map { obligation($0, now: now) }.filter(concerns).sorted { $0.order < $1.order }
    )
    proof.asCoordinating = asCoordinating(except: Set(tracked.map(\.occurrence.id)))
    let addresses = Set((proof.obligations.flatMap(\.deliveries) + proof.asCoordinating).map(\.address))
    proof.names = Dictionary(uniqueKeysWithValues: addresses.map { ($0, office.directory.title(ofMailbox: $0)) })
    return proof
  }

  private func obligation(_ tracked: TrackedOccurrence, now: Instant) -> UnitProof.Obligation {
    let id = tracked.occurrence.id
    let deliveries = RecordedDelivery.all(in: events, about: id)
    var obligation = UnitProof.Obligation(
      occurrence: tracked.occurrence,
      state: OccurrenceState(
        of: tracked.occurrence,
        tracked.progress,
        today: office.zone.civil(now).date,
        calendar: office.calendar,
        dueSoonDays: office.policy.dueSoonDays
      ),
      deliveries: deliveries,
      events: events.filter { $0.occurrence == id && $0.facts.message == nil },
      answer: answer(tracked, deliveries.filter(isToUnit))
    )
    guard let target = tracked.occurrence.due?.target else { return obligation }
    for at in deliveries.compactMap(\.acceptedAt) where office.zone.civil(at).date <= target {
      obligation.workingDaysLeft[at] = office.calendar.workingDays(from: office.zone.civil(at).date, to: target)
    }
    return obligation
  }

  private func concerns(_ obligation: UnitProof.Obligation) -> Bool {
    if let nominal = obligation.occurrence.due?.nominal, period.contains(nominal) { return true }
    let times = obligation.deliveries.map(\.plannedAt) + obligation.events.filter { $0.facts.by != nil }.map(\.at)
    return times.contains { period.contains(office.zone.civil($0).date) }
  }

  /// Sent to the unit's own mailbox or its head's, not to somebody above who was told for its sake.
  public func isToUnit(_ delivery: RecordedDelivery) -> Bool {
    if ownAddresses.contains(delivery.address) { return true }
    guard let superior = office.directory.unit(unit)?.superior else { return delivery.unit == unit }
    let above = office.directory.recipient(post: superior, unit: unit)
    return delivery.unit == unit && delivery.address != above?.address
  }

  private func asCoordinating(except own: Set<String>) -> [RecordedDelivery] {
    let planned = events.filter { event in
      event.kind == "planned" && event.facts.unit == unit && period.contains(office.zone.civil(event.at).date)
    }
    let keys: [String] = planned.flatMap { $0.facts.notices ?? [] }
    let others = Set(keys.map { String($0.prefix { $0 != "|" }) }).subtracting(own)
    return others.sorted().flatMap { RecordedDelivery.all(in: events, about: $0) }.filter(isToUnit)
      .reduce(into: [RecordedDelivery]()) { unique, delivery in
        if !unique.contains(where: { $0.messageID == delivery.messageID }) { unique.append(delivery) }
      }.sorted { $0.plannedAt < $1.plannedAt }
  }

  // MARK: The answer

  private func answer(_ tracked: TrackedOccurrence, _ deliveries: [RecordedDelivery]) -> UnitProof.Answer {
    let accepted = deliveries.compactMap(\.acceptedAt).sorted()
    guard let first = accepted.first else { return answerWithoutAcceptance(tracked, deliveries) }
    guard let due = tracked.occurrence.due else {
      return .toldUndated(times: accepted.count, first: first)
    }
    let inTime = accepted.map { office.zone.civil($0).date }.filter { $0 <= due.target }
    guard !inTime.isEmpty else {
      let isOverdue = office.zone.civil(first).date > tracked.occurrence.overdueAfter ?? due.legal
      return isOverdue ? .toldLate(first: first) : .toldAfterTarget(first: first)
    }
    return .told(
      first: first,
      workingDaysBefore: inTime.map { office.calendar.workingDays(from: $0, to: due.target) }
    )
  }

  private func answerWithoutAcceptance(_ tracked: TrackedOccurrence, _ deliveries: [RecordedDelivery])
    -> UnitProof.Answer
  {
    if let lost = deliveries.flatMap(\.attempts).first(where: { $0.outcome == .unknown }) {
      return .perhaps(at: lost.at)
    }
    let isTried = deliveries.contains { !$0.attempts.isEmpty }
    if deliveries.contains(where: { $0.end == .waiting }) { return isTried ? .retrying : .waiting }
    if isTried { return .refused }
    if tracked.progress.isBackfill { return .backfill }
    return tracked.progress.completion == nil ? .nothingPlanned : .doneBefore
  }
}

extension TrackedOccurrence {
  /// With no other dates and answers than those of these lines; nil when they do not tell of its adoption.
  fileprivate func known(by lines: [RecordedEvent], _ calendar: WorkingCalendar)
    -> (then: TrackedOccurrence, dates: UnitProof.Dates)?
  {
    let own = lines.filter { $0.occurrence == occurrence.id }
    guard own.contains(where: { $0.kind == "adopted" }) else { return nil }
    var then = self
    then.progress.acknowledgedAt = own.first { $0.kind == "acknowledged" }?.at
    then.progress.completion = own.last { $0.endsOrReopens }.flatMap(\.completion)
    then.progress.isBackfill = own.reduce(false) { $1.isBackfill(after: $0, now: progress.isBackfill) }
    guard let facts = own.last(where: \.saysDates)?.facts, facts.unit != nil else { return (then, .unknown) }
    then.occurrence.take(datesOf: facts, calendar)
    guard then.occurrence != occurrence else { return (then, .asNow) }
    return (then, .changedSince(now: occurrence.due?.nominal))
  }
}

extension Occurrence {
  /// Takes over the dates of a line; what hangs on other dates than these is left out.
  fileprivate mutating func take(datesOf facts: RecordedEvent.Facts, _ calendar: WorkingCalendar) {
    guard let nominal = facts.nominal else {
      due = nil
      overdueAfter = nil
      return
    }
    let legal = facts.legal ?? calendar.rollForward(nominal)
    let isSame = due?.nominal == nominal && due?.legal == legal
    // The first stores noted no target date.
    let target = facts.target ?? (isSame ? due?.target : nil) ?? calendar.rollBack(nominal)
    guard !isSame || due?.target != target else { return }
    // Lines do not say a grace: nobody is called late before the legal date.
    let isEverOverdue = due == nil ? kind != .continuous : overdueAfter != nil
    overdueAfter = isEverOverdue ? legal : nil
    due = DueDate(
      clause: due?.clause ?? kind.rawValue,
      kind: due?.kind ?? kind,
      periodKey: due?.periodKey ?? "",
      period: due?.period ?? "",
      nominal: nominal,
      target: target,
      legal: legal,
      rule: due?.rule ?? ""
    )
  }
}

extension RecordedEvent {
  fileprivate var saysDates: Bool { ["adopted", "moved", "returned"].contains(kind) }
  fileprivate var endsOrReopens: Bool { ["done", "reopened"].contains(kind) && facts.changesNothing != true }

  fileprivate var completion: Progress.Completion? {
    guard kind == "done", let day = facts.on else { return nil }
    return Progress.Completion(on: day, recordedAt: at, by: facts.by ?? "", evidence: facts.evidence)
  }

  /// Whether the occurrence waits to be settled after this line.
  ///
  /// After a move to another date whose line does not say, as it does now; other words alone end nothing.
  fileprivate func isBackfill(after before: Bool, now: Bool) -> Bool {
    switch kind {
    case "adopted": facts.backfill == true
    case "reopened": false
    case "moved", "returned":
      if facts.snapshot != nil {
        facts.backfill == true
      } else {
        facts.nominalBefore == nil ? before : before && now
      }
    default: before
    }
  }
}
