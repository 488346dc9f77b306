internal import Deadlines

/// Proves that every way up ends at a mailbox: no circles, no dead ends.
struct DirectoryChecks {
  let directory: Directory
  /// The post at the top; nil when the policy could not be read.
  let chair: String?
  let findings: Findings

  func run() {
    let superiorsAreSound = reportCircles("superior") { $0.superior }
    let deputiesAreSound = reportCircles("deputy") { $0.deputy }
    reportPostsWithoutSuperior()
    guard superiorsAreSound, deputiesAreSound else { return }
    for post in directory.posts { checkReach(of: post) }
    for unit in directory.units { checkReach(of: unit) }
  }

  /// True when no post comes back to itself.
  private func reportCircles(_ key: String, _ next: (Post) -> String?) -> Bool {
    var told: Set<String> = []
    var isSound = true
    for post in directory.posts where !told.contains(post.id) {
      guard let circle = circle(from: post, next) else { continue }
      told.formUnion(circle)
      isSound = false
      let path = (circle + [circle[0]]).map { "“\($0)”" }.joined(separator: " → ")
      findings.error(post.place, "“\(key)” runs in a circle: \(path)", remedy: "correct one of them")
    }
    return isSound
  }

  private func circle(from post: Post, _ next: (Post) -> String?) -> [String]? {
    var path = [post.id]
    var visited: Set = [post.id]
    var current = next(post).flatMap { directory.post($0) }
    while let step = current, step.id != post.id {
      guard visited.insert(step.id).inserted else { return nil }
      path.append(step.id)
      current = next(step).flatMap { directory.post($0) }
    }
    return current == nil ? nil : path
  }

  private func reportPostsWithoutSuperior() {
    guard let chair, !chair.isEmpty else { return }
    for post in directory.posts where post.superior == nil && post.id != chair {
      findings.error(
        post.place,
        "the post “\(post.id)” has no post above it",
        remedy: "add “superior: …”; only the chair (“\(chair)”) has none"
      )
    }
  }

  private func checkReach(of post: Post) {
    guard directory.recipient(post: post.id) == nil, post.superior.map({ directory.post($0) != nil }) ?? true else {
      return
    }
    findings.error(
      post.place,
      "the post “\(post.id)” is vacant, and nobody stands in or is reachable above it",
      remedy: "name a “deputy” or “superior” that is held"
    )
  }

  private func checkReach(of unit: Unit) {
    if unit.address == nil, unit.head == nil {
      findings.error(
        unit.place,
        "the unit “\(unit.id)” has neither address nor head",
        remedy: "add “address: …” or “head: …”"
      )
    } else if unit.head == nil, unit.superior == nil {
      findings.error(
        unit.place,
        "nobody is above the unit “\(unit.id)”: nothing about it could be escalated",
        remedy: "add “head: …” or “superior: …”"
      )
    }
  }
}
