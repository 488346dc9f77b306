internal import Synchronization

/// Values that are worked out once for each year, when first asked for, and without a lock.
///
/// Two threads that ask at the same time may both work; one result is kept, and both get that one.
final class YearTable<Value: AnyObject & Sendable>: Sendable {
  private final class Slot: Sendable {
    let value = AtomicLazyReference<Value>()
  }

  private let first: Int
  private let slots: [Slot]
  private let make: @Sendable (Int) -> Value

  init(_ years: ClosedRange<Int>, _ make: @escaping @Sendable (Int) -> Value) {
    self.first = years.lowerBound
    self.slots = years.map { _ in Slot() }
    self.make = make
  }

  /// The year must be one of the table's.
  subscript(year: Int) -> Value {
    let slot = slots[year - first]
    return slot.value.load() ?? slot.value.storeIfNil(make(year))
  }
}
