// What another configuration would change (behaviour 2.7): which occurrences appear, vanish or move, and which part of
// the configuration is the reason. The parts are exchanged one after the other, so that each change is seen to come
// about; nothing is guessed from the files' text.

/// A part of an office's configuration that can change by itself, in the order in which the parts are exchanged.
public enum OfficePart: String, Sendable, Hashable, Codable, CaseIterable {
  case plan
  case directory
  case calendar
  case policy
  /// Time zone, names, channels: what `nhachan.yaml` says beside the policy.
  case settings
}

extension Office {
  /// This office with one part of another.
  public func taking(_ part: OfficePart, from other: Office) -> Office {
    var office = self
    switch part {
    case .plan: office.plans = other.plans
    case .directory: office.directory = other.directory
    case .calendar: office.calendar = other.calendar
    case .policy: office.policy = other.policy
    case .settings: (office.zone, office.name, office.contact) = (other.zone, other.name, other.contact)
    }
    return office
  }

  /// The parts in which it is not the same as another, in the order in which they are exchanged.
  public func parts(differingFrom other: Office) -> [OfficePart] {
    OfficePart.allCases.filter { part in
      switch part {
      // A line that only stands elsewhere in its file is the same line.
      case .plan: plans.map(\.unplaced) != other.plans.map(\.unplaced)
      case .directory: directory.unplaced != other.directory.unplaced
      case .calendar: calendar != other.calendar
      case .policy: policy != other.policy
      case .settings: zone != other.zone || name != other.name || contact != other.contact
      }
    }
  }
}

extension Plan {
  fileprivate var unplaced: Plan {
    var copy = self
    for index in copy.tasks.indices { copy.tasks[index].place = SourcePlace(file: "") }
    return copy
  }
}

extension Directory {
  fileprivate var unplaced: Directory {
    var (units, posts) = (units, posts)
    for index in units.indices { units[index].place = SourcePlace(file: "") }
    for index in posts.indices { posts[index].place = SourcePlace(file: "") }
    return Directory(units: units, groups: groups, posts: posts, people: people)
  }
}

/// One occurrence that another configuration changes.
public struct OccurrenceChange: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case appears
    case vanishes
    /// Another date: nominal, target, legal, or the day after which it is overdue.
    case moves
    /// Told in other words, with another ladder or to others beside its owner; its dates stay.
    case isReworded
  }

  public var id: String
  public var kind: Kind
  /// Nil when it appears.
  public var before: Occurrence?
  /// Nil when it vanishes.
  public var after: Occurrence?
  /// Never empty: every part without which the change would not be what it is.
  public var causes: [OfficePart]

  /// Nil when there is no change.
  init?(id: String, before: Occurrence?, after: Occurrence?, causes: (Kind) -> [OfficePart]) {
    switch (before, after) {
    case (nil, nil): return nil
    case (nil, _): kind = .appears
    case (_, nil): kind = .vanishes
    case (let before?, let after?):
      if before == after { return nil }
      kind = before.dates == after.dates ? .isReworded : .moves
    }
    self.id = id
    self.before = before
    self.after = after
    self.causes = causes(kind)
  }
}

extension Occurrence {
  /// Everything that says when.
  struct Dates: Hashable {
    var nominal: CivilDate?
    var time: TimeOfDay?
    var target: CivilDate?
    var legal: CivilDate?
    var overdueAfter: CivilDate?
  }

  var dates: Dates {
    Dates(
      nominal: due?.nominal,
      time: due?.time,
      target: due?.target,
      legal: due?.legal,
      overdueAfter: overdueAfter
    )
  }
}

/// The occurrences of two configurations of one office, held against each other.
public struct ScheduleDifference: Sendable {
  /// The parts in which the two differ.
  public let parts: [OfficePart]
  /// In the order of the plans of the new one, then what vanishes.
  public let changes: [OccurrenceChange]

  /// Expands both, and as many mixtures as parts differ, up to the horizon.
  public init(from old: Office, to new: Office, through horizon: CivilDate, events: EventDates = [:]) {
    let mixtures = OfficeMixtures(from: old, to: new)
    parts = mixtures.parts
    let comparison = Comparison(mixtures, horizon: horizon, events: events)
    let given = unique(
      [new, old].flatMap { $0.occurrences(through: horizon, events: events) }.map(\.id)
    )
    changes = given.compactMap { id in
      OccurrenceChange(
        id: id,
        before: comparison.stages.first?[id],
        after: comparison.stages.last?[id],
        causes: { comparison.causes(of: $0, id) }
      )
    }
  }
}

/// The steps from one configuration to another, one part at a time.
public struct OfficeMixtures: Sendable {
  public let parts: [OfficePart]
  /// The old one, then with one part more of the new one each; the last is the new one.
  public let stages: [Office]
  /// The new one without each part.
  let lacking: [OfficePart: Office]

  /// `others` are parts that are known to differ in what an office does not hold.
  public init(from old: Office, to new: Office, others: Set<OfficePart> = []) {
    let differing = new.parts(differingFrom: old)
    let parts = OfficePart.allCases.filter { differing.contains($0) || others.contains($0) }
    self.parts = parts
    stages = parts.reduce(into: [old]) { stages, part in
      stages.append((stages.last ?? old).taking(part, from: new))
    }
    lacking = Dictionary(uniqueKeysWithValues: parts.map { ($0, new.taking($0, from: old)) })
  }
}

/// The occurrences of each mixture by id.
private struct Comparison {
  let parts: [OfficePart]
  let stages: [[String: Occurrence]]
  let lacking: [OfficePart: [String: Occurrence]]

  init(_ mixtures: OfficeMixtures, horizon: CivilDate, events: EventDates) {
    func byID(_ office: Office) -> [String: Occurrence] {
      // Of several occurrences with one id the first counts, as in the store.
      Dictionary(
        office.occurrences(through: horizon, events: events).map { ($0.id, $0) },
        uniquingKeysWith: { first, _ in first }
      )
    }
    parts = mixtures.parts
    stages = mixtures.stages.map(byID)
    // With one part there is nothing else that could be the reason.
    lacking = mixtures.parts.count > 1 ? mixtures.lacking.mapValues(byID) : [:]
  }

  /// A part is a cause where its exchange makes a difference, or where the end would differ without it: a unit that
  /// joins the group which a changed line names comes by both.
  func causes(of kind: OccurrenceChange.Kind, _ id: String) -> [OfficePart] {
    parts.enumerated().filter { index, part in
      if differs(stages[index][id], stages[index + 1][id], kind) { return true }
      return lacking[part].map { differs($0[id], stages.last?[id], kind) } ?? false
    }.map(\.element)
  }

  private func differs(_ left: Occurrence?, _ right: Occurrence?, _ kind: OccurrenceChange.Kind) -> Bool {
    switch kind {
    case .appears, .vanishes: (left == nil) != (right == nil)
    case .moves: left?.dates != right?.dates
    case .isReworded: left != right
    }
  }
}
