import Configuration
import Daemon
import Deadlines
import Messages

/// One notice as a rehearsal sent it.
struct SentNotice: Sendable, Hashable {
  /// What it is about and whom it tells; unique within a rehearsal.
  struct Key: Sendable, Hashable {
    var occurrence: String
    var step: String
    var recipient: String
    var channel: String
  }

  var key: Key
  /// To the minute; within it the turned clock counts as it likes.
  var at: String
  var day: CivilDate
  var unit: String?
  var kind: NoticeKind
  var subject: String

  /// What was sent; a digest, which has no notices, is one of its week.
  static func all(_ rehearsed: [RehearsedMessage], zone: OfficeZone, subject: (RehearsedMessage) -> String)
    -> [Key: SentNotice]
  {
    var notices: [Key: SentNotice] = [:]
    var digests: [String: Int] = [:]
    for one in rehearsed {
      let message = one.message
      let civil = zone.civil(one.at)
      let line = subject(one)
      func add(_ occurrence: String, _ step: String, _ channel: String, _ kind: NoticeKind) {
        let key = Key(occurrence: occurrence, step: step, recipient: message.recipient.address, channel: channel)
        notices[key] = SentNotice(
          key: key,
          at: String(civil.rfc3339.prefix(16)),
          day: civil.date,
          unit: message.recipient.unit,
          kind: kind,
          subject: line
        )
      }
      for notice in message.notices { add(notice.occurrence, notice.step, notice.channel, notice.kind) }
      if case .digest(_) = message.content {
        let week = "digest/\(civil.date.mondayOfWeek)"
        let number = digests["\(week) \(message.recipient.address) \(message.channel)", default: 0]
        digests["\(week) \(message.recipient.address) \(message.channel)"] = number + 1
        add(week, "digest/\(number)", message.channel, .digest)
      }
    }
    return notices
  }
}

/// One notice that another configuration changes.
struct NoticeChange {
  enum Kind: String, CaseIterable {
    case appears, vanishes, moves
  }

  var before: SentNotice?
  var after: SentNotice?
  var causes: [OfficePart]

  var kind: Kind { before == nil ? .appears : after == nil ? .vanishes : .moves }
  var isDigest: Bool { (after ?? before)?.kind == .digest }

  /// Each notice that is not sent alike by the first stage and the last, with the parts at whose exchange it changes.
  static func all(_ stages: [[SentNotice.Key: SentNotice]], parts: [OfficePart]) -> [NoticeChange] {
    guard let first = stages.first, let last = stages.last else { return [] }
    let changes = Set(first.keys).union(last.keys).compactMap { key -> NoticeChange? in
      let (before, after) = (first[key], last[key])
      guard before?.at != after?.at else { return nil }
      let isLasting = before != nil && after != nil
      let causes = parts.enumerated().filter { index, _ in
        let (left, right) = (stages[index][key], stages[index + 1][key])
        return isLasting ? left?.at != right?.at : (left == nil) != (right == nil)
      }.map(\.element)
      return NoticeChange(before: before, after: after, causes: causes)
    }
    return pairingRecipients(changes)
  }

  /// A notice that one mailbox no longer gets and another one gets instead has moved.
  private static func pairingRecipients(_ changes: [NoticeChange]) -> [NoticeChange] {
    let groups = Dictionary(grouping: changes) { change in
      (change.after ?? change.before).map { [$0.key.occurrence, $0.key.step] } ?? []
    }
    return groups.values.flatMap { group -> [NoticeChange] in
      var gone = group.filter { $0.kind == .vanishes }
      var come = group.filter { $0.kind == .appears }
      let isAlone = gone.count == 1 && come.count == 1
      let pairs = come.compactMap { new -> NoticeChange? in
        guard let index = gone.firstIndex(where: { isAlone || isSame($0.before, new.after, among: group) }) else {
          return nil
        }
        let old = gone.remove(at: index)
        let causes = OfficePart.allCases.filter { old.causes.contains($0) || new.causes.contains($0) }
        return NoticeChange(before: old.before, after: new.after, causes: causes)
      }
      come.removeAll { new in pairs.contains { $0.after == new.after } }
      return group.filter { $0.kind == .moves } + pairs + gone + come
    }
  }

  /// The same mailbox on another channel, or the only other mailbox of the same unit.
  private static func isSame(_ old: SentNotice?, _ new: SentNotice?, among group: [NoticeChange]) -> Bool {
    guard let old, let new else { return false }
    if old.key.recipient == new.key.recipient { return true }
    guard let unit = new.unit, old.unit == unit, old.key.channel == new.key.channel else { return false }
    return group.count { $0.kind == .appears && $0.after?.unit == unit } == 1
      && group.count { $0.kind == .vanishes && $0.before?.unit == unit } == 1
  }
}

/// What changes for one recipient at one time: the notices of one message that change together.
struct MessageChange {
  var kind: NoticeChange.Kind
  var notices: [NoticeChange]
  var reasons: [ChangeReason]

  private var newest: [SentNotice] { notices.compactMap { $0.after ?? $0.before } }
  var recipient: String { newest.first?.key.recipient ?? "" }
  var channel: String { newest.first?.key.channel ?? "" }
  var recipientBefore: String? { notices.first?.before?.key.recipient }
  var channelBefore: String? { notices.first?.before?.key.channel }
  var unit: String? { newest.first?.unit }
  var gravest: NoticeKind { newest.map(\.kind).max() ?? .reminder }
  var subject: String { newest.first?.subject ?? "" }
  var before: String? { notices.first?.before?.at }
  var after: String? { notices.first?.after?.at }

  /// Notices with the same recipients and times are one line; earliest first.
  static func grouping(_ changes: [NoticeChange], reasons: (NoticeChange) -> [ChangeReason]) -> [MessageChange] {
    let groups = Dictionary(grouping: changes) { change in
      [change.before, change.after].map { $0.map { "\($0.key.recipient)|\($0.key.channel)|\($0.at)" } }
    }
    return groups.values.map { group in
      let sorted = group.sorted { ($0.after ?? $0.before)?.sortKey ?? "" < ($1.after ?? $1.before)?.sortKey ?? "" }
      let whys = unique(sorted.flatMap(reasons))
      let inOrder = OfficePart.allCases.flatMap { part in whys.filter { $0.cause == part } }
      return MessageChange(kind: sorted[0].kind, notices: sorted, reasons: inOrder)
    }.sorted { $0.sortKey < $1.sortKey }
  }

  private var sortKey: [String] { [after ?? before ?? "", recipient, channel, before ?? "", subject] }
}

extension SentNotice {
  fileprivate var sortKey: String { "\(key.occurrence)|\(key.step)" }
}

extension [String] {
  fileprivate static func < (left: Self, right: Self) -> Bool { left.lexicographicallyPrecedes(right) }
}
