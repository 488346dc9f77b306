// Whom a dead letter concerns besides its recipient (behaviour 3.6: a vacant post or a bounced address goes to the
// deputy, else up).

extension Office {
  /// Who is told when nothing reaches that recipient, nearest first: the deputy, the head of the unit, those above, the
  /// unit that follows the plans, Văn phòng, the chair.
  ///
  /// Each mailbox once, the recipient's own left out. The list ends, so a chain of dead letters does too.
  public func wayUp(from recipient: Recipient) -> [Recipient] {
    let posts = directory.posts(ofMailbox: recipient.address)
    let units = directory.units.filter { $0.address == recipient.address }
    let unit = recipient.unit ?? units.first?.id
    // A post told for its unit is not the unit: only the unit's own mailbox goes to its head.
    let owning = units.isEmpty && posts.isEmpty ? directory.units.filter { $0.id == unit } : units
    let nearest = posts.compactMap(\.deputy) + owning.compactMap(\.head) + posts.compactMap(\.superior)
    let ways = nearest + owning.compactMap(\.superior) + owning.compactMap(\.viceChair)
    let chair = directory.holders(from: policy.chair, unit: nil)
    let below = ways.flatMap { directory.holders(from: $0, unit: unit) }.filter { $0.address != chair.first?.address }
    let followers = [policy.monitor, policy.office].compactMap { directory.recipient(unit: $0) }
    var seen: Set = [recipient.address]
    return (below + followers + chair).filter { seen.insert($0.address).inserted }
  }
}

extension Directory {
  /// The posts that a mailbox stands for: their own, or that of the person who holds them.
  fileprivate func posts(ofMailbox address: String) -> [Post] {
    posts.filter { post in
      post.holder.flatMap { person($0) }?.address == address || (post.holder == nil && post.address == address)
    }
  }

  /// Everybody from a post upwards: its holder, its deputy, the post above, and so on.
  fileprivate func holders(from post: String, unit: String?) -> [Recipient] {
    var visited: Set<String> = []
    var found: [Recipient] = []
    var next: String? = post
    while let id = next, visited.insert(id).inserted, let post = self.post(id) {
      found += [id, post.deputy].compactMap { $0 }.compactMap { recipient(holding: $0, unit: unit) }
      next = post.superior
    }
    return found
  }
}

extension Notice {
  private static let undeliveredPrefix = "undelivered:"

  /// The notice by which somebody above hears that this one did not arrive.
  ///
  /// Its step names the first one's, mailbox and channel, and which death of several it is when a person had it tried
  /// again, so that every loss is told once.
  public func undelivered(to address: String, by channel: String, death: Int? = nil) -> Notice {
    Notice(
      occurrence: occurrence,
      step: "\(Self.undeliveredPrefix)\(step)@\(recipient)/\(self.channel)\(death.map { "#\($0)" } ?? "")",
      kind: .escalation,
      recipient: address,
      channel: channel,
      round: round
    )
  }

  fileprivate static func isOfUndelivered(step: String) -> Bool { step.hasPrefix(undeliveredPrefix) }

  /// Of a step by which somebody hears of a loss: the step and the mailbox that were not reached; else nil.
  public static func lost(in step: String) -> (step: String, mailbox: String)? {
    guard isOfUndelivered(step: step), let slash = step.lastIndex(of: "/") else { return nil }
    let parts = step[..<slash].dropFirst(undeliveredPrefix.count).split(separator: "@", maxSplits: 1)
    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
  }
}

extension Progress.GivenNotice {
  /// A rung of the ladder, rather than word of a dead letter: only those stand for one another and count as urging.
  var isRung: Bool { !Notice.isOfUndelivered(step: step) }
}
