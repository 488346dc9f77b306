internal import Deadlines

// A task led by a group has one occurrence for each unit. Who leads none of them reads the task once, with the units.
extension EntryWords {
  /// The entries of a message, those that differ in nothing but the owning unit as one, in the message's order.
  static func merged(_ message: Message, _ letterhead: Letterhead) -> [EntryWords] {
    var order: [Sameness] = []
    var entries: [Sameness: [Message.Entry]] = [:]
    for entry in message.entries {
      let key = Sameness(EntryWords(entry, message, letterhead))
      if entries[key] == nil { order.append(key) }
      entries[key, default: []].append(entry)
    }
    return order.compactMap { entries[$0].flatMap { EntryWords($0, message, letterhead) } }
  }

  private struct Sameness: Hashable {
    let plan: Occurrence.PlanReference
    let task: String
    let limitKind: LimitKind
    /// Clause, period and dates.
    let due: DueDate?
    let overdueAfter: CivilDate?
    let kind: NoticeKind
    let role: Role
    let state: OccurrenceState
    // What the recipient's own unit leads, it must do: that stays apart.
    let isOwner: Bool
    let isCoLead: Bool

    init(_ words: EntryWords) {
      plan = words.occurrence.plan
      task = words.occurrence.task
      limitKind = words.occurrence.kind
      due = words.occurrence.due
      overdueAfter = words.occurrence.overdueAfter
      kind = words.kind
      role = words.entry.role
      state = words.entry.state
      isOwner = words.isOwner
      isCoLead = words.isCoLead
    }
  }
}

// The units of merged entries.
extension EntryWords {
  /// The owning units, each once.
  var unitNames: [String] { merged.map(\.unitName).unique }
  var hasSeveralUnits: Bool { unitNames.count > 1 }

  /// All units by name, for a list: “Văn phòng HĐND và UBND xã; Phòng Kinh tế”.
  var unitList: String { words.units(unitNames) }

  /// In a sentence: the unit's name, or “05 đơn vị” when the list stands elsewhere.
  var unitPhrase: String { hasSeveralUnits ? words.unitCount(unitNames.count) : entry.unitName }

  /// English only.
  var wasGiven: String { hasSeveralUnits ? "were given" : "was given" }

  var coLeadNames: [String] { merged.flatMap(\.coLeadNames).unique.filter { !unitNames.contains($0) } }
  var coordinatingNames: [String] { merged.flatMap(\.coordinatingNames).unique }
  var doubts: [String] { merged.flatMap(\.occurrence.doubts).unique }
  var draftsLetter: Bool { merged.contains(where: \.draftsLetter) }
}

extension Wording {
  /// “05 đơn vị”.
  func unitCount(_ number: Int) -> String {
    say("\(count(number)) đơn vị", number == 1 ? "1 unit" : "\(count(number)) units")
  }

  /// All names when they are few; else their number, the first ones and how many follow.
  func units(_ names: [String], most: Int = 6) -> String {
    guard names.count > most else { return names.joined(separator: "; ") }
    let first = names.prefix(most).joined(separator: "; ")
    let rest = names.count - most
    return "\(unitCount(names.count)): \(first) "
      + say("và \(unitCount(rest)) khác", rest == 1 ? "and 1 other" : "and \(count(rest)) others")
  }
}

extension Array where Element == String {
  /// Each once, in the order of first appearance.
  var unique: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
