internal import Deadlines

/// Proves that every chain of fallbacks ends, and that none leads secrets to where they must not go.
///
/// Names that no channel has are found with all other references.
struct FallbackChecks {
  private var fallbacks: [(channel: String, fallback: YAMLText)] = []
  private var areFit: [String: Bool] = [:]

  mutating func add(_ channel: String, _ fallback: YAMLText?, isFitForSecrets: Bool) {
    areFit[channel] = isFitForSecrets
    if let fallback { fallbacks.append((channel, fallback)) }
  }

  func report(_ findings: Findings) {
    reportCircles(findings)
    for (channel, fallback) in fallbacks where areFit[channel] == true && areFit[fallback.string] == false {
      findings.error(
        fallback.place,
        "the fallback “\(fallback.string)” is not fit for secrets, the channel “\(channel)” is",
        remedy: "declare “fitForSecrets: true” there too, or name another fallback"
      )
    }
  }

  private func reportCircles(_ findings: Findings) {
    var told: Set<String> = []
    for (channel, fallback) in fallbacks where !told.contains(channel) {
      guard let circle = circle(from: channel) else { continue }
      told.formUnion(circle)
      let path = (circle + [channel]).map { "“\($0)”" }.joined(separator: " → ")
      findings.error(
        fallback.place,
        circle.count == 1 ? "the channel “\(channel)” is its own fallback" : "“fallback” runs in a circle: \(path)",
        remedy: "let it end at a channel without a fallback"
      )
    }
  }

  /// The channels of the circle that begins and ends at that one; nil when there is none.
  private func circle(from channel: String) -> [String]? {
    var path = [channel]
    while let next = fallbacks.first(where: { $0.channel == path[path.count - 1] })?.fallback.string {
      if next == channel { return path }
      if path.contains(next) { return nil }
      path.append(next)
    }
    return nil
  }
}
