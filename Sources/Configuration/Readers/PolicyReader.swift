internal import Deadlines

/// Reads `policy.yaml`.
struct PolicyReader {
  static let file = "policy.yaml"

  let digest: DigestFile
  let admin: Admin?
  let findings: Findings

  func read(_ root: YAMLValue) -> Policy? {
    let keys = [
      "ladders", "ladderByKind", "sendingWindow", "dueSoonWorkingDays", "roles", "reporting",
      "graceForExclusiveDates",
    ]
    guard let fields = Fields(root, "the file", keys: keys, findings) else { return nil }
    let roles = roles(fields)
    // The page of the week goes to somebody, said or not.
    let isUnsaid = digest.posts.isEmpty && digest.units.isEmpty
    return Policy(
      ladders: LadderReader(findings: findings).read(fields),
      ladderByKind: ladderByKind(fields),
      window: window(fields),
      dueSoonDays: fields.number("dueSoonWorkingDays", in: 0...60) ?? 5,
      digestAheadDays: digest.aheadDays,
      digestWeekday: digest.weekday,
      monitor: roles.monitor,
      office: roles.office,
      chair: roles.chair,
      digestPosts: isUnsaid ? [roles.chair] : digest.posts,
      digestUnits: isUnsaid ? [roles.office] : digest.units,
      regime: regime(fields),
      gracesExclusiveDates: fields.flag("graceForExclusiveDates") ?? true,
      admin: admin
    )
  }

  private func roles(_ root: Fields) -> (monitor: String, office: String, chair: String) {
    guard let fields = root.section("roles", keys: ["monitor", "office", "chair"]) else {
      if root.value("roles") == nil { root.reportMissing("roles") }
      return ("", "", "")
    }
    let monitor = fields.required("monitor")
    let office = fields.required("office")
    let chair = fields.required("chair")
    findings.refer(to: .unit, monitor)
    findings.refer(to: .unit, office)
    findings.refer(to: .post, chair)
    return (monitor?.string ?? "", office?.string ?? "", chair?.string ?? "")
  }

  private func window(_ root: Fields) -> SendingWindow {
    let opening = TimeOfDay(hour: 7, minute: 30) ?? .midnight
    let closing = TimeOfDay(hour: 17, minute: 0) ?? .endOfDay
    let fields = root.section("sendingWindow", keys: ["opens", "closes"])
    let window = SendingWindow(opens: fields?.time("opens") ?? opening, closes: fields?.time("closes") ?? closing)
    if let fields, window.closes <= window.opens {
      findings.error(
        fields.place(of: "closes"),
        "the sending window closes at \(window.closes), not after it opens (\(window.opens))",
        remedy: "write a later time on the same day"
      )
    }
    return window
  }

  private func regime(_ root: Fields) -> ReportingRegime {
    let keys = ["cutOffDay", "submissionWorkingDays", "ceilingDay"]
    guard let fields = root.section("reporting", keys: keys) else { return .standard }
    let usual = ReportingRegime.standard
    let regime = ReportingRegime(
      cutOffDay: fields.number("cutOffDay", in: 1...31) ?? usual.cutOffDay,
      submissionWorkingDays: fields.number("submissionWorkingDays", in: 0...20) ?? usual.submissionWorkingDays,
      ceilingDay: fields.number("ceilingDay", in: 1...31) ?? usual.ceilingDay
    )
    if regime.ceilingDay < regime.cutOffDay {
      findings.error(
        fields.place(of: "ceilingDay"),
        "reports would be due on day \(regime.ceilingDay), before data close on day \(regime.cutOffDay)",
        remedy: "make “ceilingDay” at least “cutOffDay”"
      )
    }
    return regime
  }

  private func ladderByKind(_ root: Fields) -> [LimitKind: String] {
    var ladders: [LimitKind: String] = [:]
    for entry in root.pairs("ladderByKind") {
      guard let kind = LimitKind(rawValue: entry.key) else {
        let known = LimitKind.allCases.map(\.rawValue)
        findings.error(
          entry.place,
          "no time limit is of the kind “\(entry.key)”",
          remedy: Spelling.advice(
            for: entry.key,
            among: known,
            otherwise: "choose one of \(known.joined(separator: ", "))"
          )
        )
        continue
      }
      guard case .text(let name) = entry.value else {
        findings.error(
          entry.value.place,
          "“\(entry.key)” must be text, not \(entry.value.form)",
          remedy: "write a ladder's name"
        )
        continue
      }
      findings.refer(to: .ladder, name)
      ladders[kind] = name.string
    }
    return ladders
  }
}
