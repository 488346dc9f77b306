extension Office {
  /// A short text that changes whenever the times of steps may: ladders, sending window, calendar, zone, and who is
  /// told on which channel.
  public var scheduleFingerprint: String {
    var hash = FowlerNollVo()
    hash.add(zone.identifier)
    hash.add("\(policy.window.opens) \(policy.window.closes)")
    for ladder in policy.ladders { hash.add("\(ladder)") }
    for day in calendar.decreedDays.values.sorted(by: { $0.date < $1.date }) { hash.add("\(day.date) \(day.kind)") }
    hash.add("\(calendar.weekendDays.sorted())")
    hash.add(calendar.computed.rawValue)
    for year in computedYears { for day in calendar.days(ofYear: year) { hash.add("\(day.date) \(day.kind)") } }
    for unit in directory.units { hash.add("\(unit.id) \(unit.address ?? "") \(unit.channels) \(unit.head ?? "")") }
    for post in directory.posts { hash.add("\(post.id) \(post.address ?? "") \(post.holder ?? "") \(post.channels)") }
    for unit in directory.units { hash.add("\(unit.superior ?? "") \(unit.viceChair ?? "")") }
    for post in directory.posts { hash.add("\(post.deputy ?? "") \(post.superior ?? "")") }
    for person in directory.people { hash.add("\(person.id) \(person.address) \(person.channels)") }
    for group in directory.groups { hash.add("\(group.id) \(group.members)") }
    hash.add("\(policy.monitor) \(policy.office) \(policy.chair)")
    return String(hash.value, radix: 16)
  }

  /// Years without a decree in which a step may fall: from the first plan to some years after the last.
  private var computedYears: [Int] {
    let issued = plans.map(\.issued.year)
    guard let first = issued.min(), let last = issued.max() else { return [] }
    return (first...min(last + 10, 2200)).filter { calendar.basis(ofYear: $0) == .computed }
  }
}

/// FNV-1a, 64 bits: stable over runs, unlike `Hasher`.
///
/// It finds changes; it proves nothing.
package struct FowlerNollVo {
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  package init() {}

  package mutating func add(_ text: String) { add(text.utf8) }

  package mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    value = (value ^ 0xFF) &* 0x100_0000_01b3
  }
}
