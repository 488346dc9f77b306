internal import Deadlines

/// Reads the `ladders` of `policy.yaml`; the first is the one used where nothing names another.
struct LadderReader {
  let findings: Findings

  func read(_ root: Fields) -> [Ladder] {
    guard root.value("ladders") != nil else { return [.standard] }
    var unique = UniqueNames("ladder", findings)
    let ladders = root.list("ladders").compactMap { value -> (ladder: Ladder, place: SourcePlace)? in
      guard let fields = Fields(value, "a ladder", keys: ["name", "steps"], findings) else { return nil }
      let name = fields.identifier("name")
      unique.add(name)
      return (Ladder(name: name?.string ?? "", steps: steps(fields)), fields.place)
    }
    if ladders.isEmpty {
      findings.error(
        root.place(of: "ladders"),
        "no ladder",
        remedy: "describe one, or delete “ladders” for the usual one"
      )
    }
    if let first = ladders.first { checkEscalation(first.ladder, first.place) }
    return ladders.map(\.ladder)
  }

  private func checkEscalation(_ ladder: Ladder, _ place: SourcePlace) {
    guard !ladder.steps.contains(where: { $0.kind == .escalation }) else { return }
    findings.error(
      place,
      "the ladder “\(ladder.name)” never escalates: nobody would hear of an overdue task",
      remedy: "add a step of kind “escalation”, as “+3wd” to the head"
    )
  }

  private func steps(_ ladder: Fields) -> [LadderStep] {
    let values = ladder.list("steps")
    if values.isEmpty {
      findings.error(ladder.place(of: "steps"), "a ladder without steps", remedy: "describe them under “steps:”")
    }
    var taken: Set<String> = []
    return values.compactMap { value in
      let keys = ["when", "to", "kind", "onlyLongLimits", "unlessAcknowledged", "draftsLetter"]
      guard let fields = Fields(value, "a step", keys: keys, findings), let step = step(fields) else { return nil }
      if !taken.insert(step.id).inserted {
        findings.error(
          fields.place(of: "when"),
          "two steps of one ladder at “\(step.id)”",
          remedy: "put the recipients of both into one step"
        )
      }
      return step
    }
  }

  private func step(_ fields: Fields) -> LadderStep? {
    let when = fields.required("when").flatMap { _ in
      fields.parsed(
        "when",
        expected: "a time of a step",
        remedy: "write “adoption”, “-10wd”, “0wd” or “+3wd”",
        Self.when
      )
    }
    let kind: NoticeKind? =
      fields.required("kind") == nil
      ? nil
      : fields.choice(
        "kind",
        [
          "assignment": .assignment, "reminder": .reminder, "dueToday": .dueToday, "overdue": .overdue,
          "escalation": .escalation,
        ]
      )
    let roles = roles(fields)
    guard let when, let kind else { return nil }
    checkTone(kind, when, fields)
    return LadderStep(
      when: when,
      to: roles,
      kind: kind,
      onlyLongLimits: fields.flag("onlyLongLimits") ?? false,
      unlessAcknowledged: fields.flag("unlessAcknowledged") ?? false,
      draftsLetter: fields.flag("draftsLetter") ?? false
    )
  }

  /// Nobody is called late before the legal date has passed (rule R3).
  private func checkTone(_ kind: NoticeKind, _ when: LadderStep.When, _ fields: Fields) {
    guard kind == .overdue || kind == .escalation else { return }
    if case .afterLegal = when { return }
    findings.error(
      fields.place(of: "kind"),
      "a step of kind “\(kind.rawValue)” before the limit has passed",
      remedy: "put it after the limit, as “+1wd”"
    )
  }

  private static func when(_ text: String) -> LadderStep.When? {
    if text == "adoption" { return .adoption }
    if text == "0wd" { return .beforeTarget(0) }
    guard text.hasSuffix("wd"), let days = Measures.number(text.dropFirst().dropLast(2)), (1...250).contains(days)
    else { return nil }
    switch text.first {
    case "-": return .beforeTarget(days)
    case "+": return .afterLegal(days)
    default: return nil
    }
  }

  private func roles(_ fields: Fields) -> [Role] {
    let names = fields.texts("to")
    if names.isEmpty, !fields.has("to") { fields.reportMissing("to") }
    if names.isEmpty, fields.has("to") {
      findings.error(fields.place(of: "to"), "a step that tells nobody", remedy: "add “to: [lead]”")
    }
    return names.compactMap(role)
  }

  private static let plainRoles: [String: Role] = [
    "lead": .lead, "coordinating": .coordinating, "head": .head, "superior": .superior, "monitor": .monitor,
    "office": .office, "chair": .chair, "viceChair": .viceChair,
  ]

  private func role(_ text: YAMLText) -> Role? {
    if let role = Self.plainRoles[text.string] { return role }
    if let post = named("post:", in: text) {
      findings.refer(to: .post, post)
      return .post(post.string)
    }
    if let unit = named("unit:", in: text) {
      findings.refer(to: .unit, unit)
      return .unit(unit.string)
    }
    findings.error(
      text.place,
      "no role is called “\(text.string.prefix(80))”",
      remedy: Spelling.advice(
        for: text.string,
        among: Self.plainRoles.keys.sorted(),
        otherwise: "choose one of \(Self.plainRoles.keys.sorted().joined(separator: ", ")), post:ID or unit:ID"
      )
    )
    return nil
  }

  private func named(_ prefix: String, in text: YAMLText) -> YAMLText? {
    guard text.string.hasPrefix(prefix) else { return nil }
    let name = String(text.string.dropFirst(prefix.count))
    return YAMLText(string: name, isPlain: false, place: text.place)
  }
}
