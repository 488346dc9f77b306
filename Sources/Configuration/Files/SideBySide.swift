internal import Dispatch

/// What `work` makes of each element, in their order; the elements are worked on side by side on every core.
public func sideBySide<Element: Sendable, Result>(
  _ elements: [Element],
  _ work: @Sendable (Element) -> Result
) -> [Result] {
  var results = [Result?](repeating: nil, count: elements.count)
  results.withUnsafeMutableBufferPointer { buffer in
    // Each element's work fills its own slot, and nobody reads one before all are filled.
    nonisolated(unsafe) let slots = buffer
    DispatchQueue.concurrentPerform(iterations: elements.count) { slots[$0] = work(elements[$0]) }
  }
  return results.compactMap { $0 }
}
