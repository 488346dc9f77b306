// A stretch of words may hold several recurring obligations (rule R8).
extension Segment {
  /// Each cycle with the dates that belong to it: “ngày 20 hằng tháng và trước ngày 15/12 hằng năm” are two, and so are
  /// “trước ngày 15/6 và trước ngày 15/12 hằng năm”, which share their cycle.
  var obligations: [Segment] {
    if let pairs = datedReports { return pairs }
    return withPlacesOfCycles.grouped
  }

  /// Beside a cycle “cuối tháng” is the end of every month, and a stretch without a year comes again.
  private var withPlacesOfCycles: Segment {
    guard items.contains(where: \.isCycle) else { return self }
    var copy = self
    copy.items = items.map { item in
      var item = item
      item.content = item.content.comingAgain
      return item
    }
    return copy
  }

  private var grouped: [Segment] {
    guard items.contains(where: { $0.isCycle || $0.isDayOfMonth }),
      items.count(where: { $0.isCycle || $0.isRecurrable }) > 1
    else {
      return [self]
    }
    var grouping = Grouping()
    for (index, item) in items.enumerated() {
      let next = items[(index + 1)...].first { $0.isCycle || $0.isRecurrable }
      grouping.take(item, dateFollows: next?.isRecurrable ?? false)
    }
    let groups = grouping.finished.flatMap(Self.sharingCycle)
    guard groups.count > 1 else { return [self] }
    return groups.enumerated().map { index, items in segment(items, at: index, of: groups) }
  }

  /// “trước ngày 20/6/2026 đối với báo cáo 6 tháng và trước ngày 20/12/2026 đối với báo cáo năm”: a date for each report.
  private var datedReports: [Segment]? {
    let dates = items.indices.filter { items[$0].isDayWithYear }
    let cycles = items.indices.filter { items[$0].isCycle }
    guard dates.count > 1, dates.count == cycles.count, items.count == dates.count * 2 else { return nil }
    let pairs = zip(dates, cycles).map { [items[min($0, $1)], items[max($0, $1)]] }
    guard zip(dates, cycles).allSatisfy({ abs($0 - $1) == 1 }) else { return nil }
    return pairs.enumerated().map { index, items in segment(items, at: index, of: pairs) }
  }

  private func segment(_ items: [Item], at index: Int, of groups: [[Item]]) -> Segment {
    let own = items.map(\.tokens)
    let first = index == 0 ? tokens.lowerBound : own.map(\.lowerBound).min() ?? tokens.lowerBound
    let last = index + 1 == groups.count ? tokens.upperBound : own.map(\.upperBound).max() ?? tokens.upperBound
    return Segment(items: items, tokens: first..<max(first, last))
  }

  /// Two dates that come every year are two obligations with the same cycle.
  private static func sharingCycle(_ group: [Item]) -> [[Item]] {
    let dates = group.indices.filter { group[$0].isRecurrable && !group[$0].isDayOfMonth }
    guard dates.count > 1, group.contains(where: \.isCycle) else { return [group] }
    return dates.map { date in group.indices.filter { $0 == date || !dates.contains($0) }.map { group[$0] } }
  }

  /// Puts items together from left to right.
  private struct Grouping {
    private var groups: [[Item]] = []
    private var current: [Item] = []
    /// The cycle stood behind its dates, so that the next date begins something new.
    private var isClosed = false

    var finished: [[Item]] { current.isEmpty ? groups : groups + [current] }

    mutating func take(_ item: Item, dateFollows: Bool) {
      if item.isCycle {
        takeCycle(item, dateFollows: dateFollows)
      } else if item.isRecurrable {
        takeDate(item)
      } else if current.isEmpty, !groups.isEmpty {
        groups[groups.count - 1].append(item)
      } else {
        current.append(item)
      }
    }

    private mutating func takeCycle(_ cycle: Item, dateFollows: Bool) {
      // “Báo cáo năm gửi trước ngày 15/12 hằng năm”: one cycle, named twice.
      let isNamedTwice = current.contains(where: \.isCycle) && current.contains { $0.isRecurrable && $0.fits(cycle) }
      if isNamedTwice, !dateFollows, !cycle.isJoined {
        current.append(cycle)
        return
      }
      if current.isEmpty, let last = groups.last, last.count == 1, last[0].repeats(cycle) {
        // “ngày 15 của tháng báo cáo đối với báo cáo định kỳ hằng tháng”: the same cycle again.
        groups[groups.count - 1].append(cycle)
        return
      }
      if current.contains(where: \.isCycle) { flush() }
      isClosed = current.contains { $0.isRecurrable && $0.fits(cycle) }
      current.append(cycle)
    }

    private mutating func takeDate(_ date: Item) {
      let cycle = current.first(where: \.isCycle)
      if date.hasOwnCycle {
        takeWithOwnCycle(date, behind: cycle)
      } else if let cycle, !date.fits(cycle) || isClosed {
        flush()
        current = [date]
      } else {
        current.append(date)
      }
    }

    private mutating func takeWithOwnCycle(_ date: Item, behind cycle: Item?) {
      let isPending = current.allSatisfy { $0.isDayOfMonth && !$0.hasOwnCycle }
      if let cycle, !isClosed, date.fits(cycle) {
        current.append(date)
        return
      }
      if !isPending { flush() }
      current.append(date)
      flush()
    }

    private mutating func flush() {
      if !current.isEmpty { groups.append(current) }
      current = []
      isClosed = false
    }
  }
}

extension Item.Content {
  /// The place in every period of what was said of one; the end of a stretch that comes every year.
  fileprivate var comingAgain: Item.Content {
    switch self {
    case .limit(let bound, .one(let period), let time) where period.isUnnumbered && period.part != nil:
      guard let (days, base) = period.place else { return self }
      return .daysOfMonth(bound, days, base, time: time)
    case .limit(.within, .range(let from?, let to), let time), .limit(.from, .range(let from?, let to), let time):
      guard from.year == nil, to.year == nil, !to.isUnnumbered, to.unit != .year else { return self }
      return .limit(.by, .one(to), time: time)
    default: return self
    }
  }
}

extension CalendarPeriod {
  /// Which day of which months “cuối quý”, “05 ngày làm việc đầu tháng” is; nil when it is no such place.
  fileprivate var place: (DaysOfMonth, MonthBase)? {
    switch part {
    case .first: (.days([1]), base(isFirst: true))
    case .middle: middle
    case .firstHalf: unit.isMonth ? (.days([15]), .everyMonth) : nil
    case .days(let count) where (1...28).contains(count): (.days([count]), base(isFirst: true))
    case .workingDays(let count) where (1...20).contains(count): (.workingDay(count), base(isFirst: true))
    case .workingDay(let ordinal): (.workingDay(ordinal), base(isFirst: ordinal > 0))
    case .weekday(let day, let ordinal): (.weekday(day, ordinal: ordinal), base(isFirst: ordinal > 0))
    case .days(let count) where count > 0: nil
    case .workingDays(let count) where count > 0: nil
    default: (.days([31]), base(isFirst: false))
    }
  }

  private var middle: (DaysOfMonth, MonthBase) {
    switch unit {
    case .year: (.days([30]), .months([6]))
    case .months(let months) where months.count == 3: (.days([15]), .middleOfQuarter)
    default: (.days([15]), .everyMonth)
    }
  }

  private func base(isFirst: Bool) -> MonthBase {
    switch unit {
    case .year: .months([isFirst ? 1 : 12])
    case .months(let months) where months.count == 3: isFirst ? .firstOfQuarter : .lastOfQuarter
    default: .everyMonth
    }
  }
}

extension CalendarPeriod.Unit {
  fileprivate var isMonth: Bool {
    if case .months(let months) = self { months.count == 1 } else { false }
  }
}

extension Item {
  var isDayOfMonth: Bool {
    if case .daysOfMonth = content { true } else { false }
  }

  /// A date without a year, a day of a month, a weekday: something that can come again.
  var isRecurrable: Bool {
    switch content {
    case .daysOfMonth, .weekdays: true
    case .limit(let bound, .one(let period), _): isYearless(period) && !bound.isStart
    case .limit(let bound, .list(let periods, _), _):
      periods.allSatisfy(isYearless) && !bound.isStart
    default: false
    }
  }

  var isDayWithYear: Bool {
    guard case .limit(_, .one(let period), _) = content else { return false }
    return period.isDay && period.year != nil
  }

  /// A day or period of one certain year.
  var hasYear: Bool {
    guard case .limit(let bound, .one(let period), _) = content, !bound.isStart else {
      return false
    }
    return period.year != nil && !period.isUnnumbered
  }

  /// “trước ngày 15/12/2026”: a date of its own, where “đến ngày …” would bound what comes again.
  var isOneDay: Bool {
    guard case .limit(let bound, .one, _) = content, bound == .before || bound == .within else { return false }
    return isDayWithYear
  }

  private func isYearless(_ period: CalendarPeriod) -> Bool {
    guard period.year == nil else { return false }
    switch period.unit {
    case .day(_, .some), .months, .lunarDay, .feast: return true
    default: return false
    }
  }

  fileprivate var hasOwnCycle: Bool {
    if case .daysOfMonth(_, _, .some, _) = content { true } else { false }
  }

  /// Whether the date may be one of that cycle.
  fileprivate func fits(_ cycle: Item) -> Bool {
    guard case .cycles(let cycles, _) = cycle.content else { return false }
    return cycles.contains { cycle in
      switch (content, cycle) {
      case (.weekdays, .week), (.weekdays, .everyWeeks), (.weekdays, .day): true
      case (.daysOfMonth, .day), (.daysOfMonth, .week), (.daysOfMonth, .everyWeeks): false
      case (.daysOfMonth, _): true
      case (.limit, .year), (.limit, .halfYear), (.limit, .nineMonths), (.limit, .namedQuarter), (.limit, .everyYears):
        true
      default: false
      }
    }
  }

  /// The cycle says again what the day's own words say.
  fileprivate func repeats(_ cycle: Item) -> Bool {
    guard case .daysOfMonth(_, _, let base, _) = content, case .cycles(let cycles, _) = cycle.content else {
      return false
    }
    switch base {
    case .everyMonth, .nextMonth: return cycles == [.month]
    case .lastOfQuarter, .firstOfQuarter, .middleOfQuarter, .firstOfNextQuarter: return cycles == [.quarter]
    case .months: return cycles == [.year] || cycles == [.halfYear]
    default: return false
    }
  }
}

extension Resolver {
  /// Dates of one cycle that differ in nothing but the day become one recurrence.
  func merged(_ clauses: [LimitClause]) -> [LimitClause] {
    clauses.reduce(into: []) { result, clause in
      if let last = result.last, let both = Self.together(last, clause) {
        result[result.count - 1] = both
      } else {
        result.append(clause)
      }
    }
  }

  private static func together(_ one: LimitClause, _ other: LimitClause) -> LimitClause? {
    guard case .repeating(var first) = one.timing, case .repeating(var second) = other.timing else { return nil }
    let pattern = second.pattern
    second.pattern = first.pattern
    guard first == second, one.rule == other.rule else { return nil }
    switch (first.pattern, pattern) {
    case (.monthDays(let days), .monthDays(let more)): first.pattern = .monthDays(days + more)
    case (.weekdays(let days), .weekdays(let more)): first.pattern = .weekdays(days.union(more))
    default: return nil
    }
    var both = one
    both.timing = .repeating(first)
    return both
  }
}
