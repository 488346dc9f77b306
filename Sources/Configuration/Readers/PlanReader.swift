internal import Deadlines

/// Reads one file of `plans/`.
struct PlanReader {
  static let folder = "plans"

  /// Nil when the directory could not be read: then names are not looked up.
  let names: PartyNames?
  /// True when every channel was declared fit for documents marked “Mật”.
  let mayBeSecret: Bool
  let findings: Findings

  /// The plan, and where its issue date stands.
  struct PlanFile {
    let plan: Plan
    let issuedPlace: SourcePlace
    let numberPlace: SourcePlace
  }

  func read(_ root: YAMLValue) -> PlanFile? {
    let keys = [
      "number", "type", "title", "issuer", "issued", "secrecy", "ladder", "tasks", "disagreements",
    ]
    guard let fields = Fields(root, "the file", keys: keys, findings) else { return nil }
    checkSecrecy(fields)
    let number = fields.required("number")
    let issued = fields.required("issued").flatMap { _ in fields.date("issued") }
    let tasks = TaskReader(plan: self, issued: issued).read(fields)
    let plan = Plan(
      id: number.map { Self.id(ofNumber: $0.string) } ?? "",
      number: number?.string ?? "",
      documentType: fields.required("type")?.string ?? "",
      title: fields.required("title")?.string ?? "",
      issuer: fields.required("issuer")?.string ?? "",
      issued: issued ?? .first,
      tasks: tasks,
      disagreements: disagreements(fields, tasks),
      ladder: ladder(fields)
    )
    guard let number, issued != nil else { return nil }
    return PlanFile(plan: plan, issuedPlace: fields.place(of: "issued"), numberPlace: number.place)
  }

  /// “153a/KH-UBND” becomes “153a-KH-UBND”.
  private static func id(ofNumber number: String) -> String {
    String(number.map { $0 == "/" || $0.isWhitespace ? "-" : $0 })
  }

  func ladder(_ fields: Fields) -> String? {
    let name = fields.text("ladder")
    findings.refer(to: .ladder, name)
    return name?.string
  }

  /// Secret documents never leave by ordinary mail (behaviour: a plan marked Mật is refused).
  func checkSecrecy(_ fields: Fields) {
    guard let text = fields.text("secrecy") else { return }
    let grades = ["Mật", "Tối mật", "Tuyệt mật"]
    guard let grade = grades.first(where: { NameFold.key($0) == NameFold.key(text.string) }) else {
      findings.error(
        text.place,
        "no degree of secrecy is called “\(text.string.prefix(80))”",
        remedy: Spelling.advice(
          for: text.string,
          among: grades,
          otherwise: "write “Mật”, “Tối mật” or “Tuyệt mật”, or delete “secrecy” for an open document"
        )
      )
      return
    }
    guard !mayBeSecret else { return }
    findings.error(
      text.place,
      "marked “\(grade)”: it must not leave by these channels",
      remedy: "take it out of the plans; only if every channel is fit for secrets, write “fitForSecrets: true” at each"
    )
  }

  private func disagreements(_ root: Fields, _ tasks: [PlanTask]) -> [Disagreement] {
    let tasks = Set(tasks.map(\.id))
    return root.list("disagreements").compactMap { value in
      let keys = ["body", "appendix", "proposal", "settled"]
      guard let fields = Fields(value, "a disagreement", keys: keys, findings) else { return nil }
      let body = taskName(fields, "body", tasks)
      let appendix = taskName(fields, "appendix", tasks)
      guard let body, let appendix else { return nil }
      return Disagreement(
        body: body,
        appendix: appendix,
        proposal: fields.paragraph("proposal")?.string ?? "",
        isSettled: fields.flag("settled") ?? false
      )
    }
  }

  private func taskName(_ fields: Fields, _ key: String, _ tasks: Set<String>) -> String? {
    guard let text = fields.required(key) else { return nil }
    if tasks.contains(text.string) { return text.string }
    findings.error(
      text.place,
      "no task has the id “\(text.string.prefix(80))”",
      remedy: Spelling.advice(for: text.string, among: tasks.sorted(), otherwise: "write the id of a task above")
    )
    return nil
  }
}

/// Reads the `tasks` of a plan.
struct TaskReader {
  let plan: PlanReader
  /// Nil when the plan's date could not be read.
  let issued: CivilDate?

  private var findings: Findings { plan.findings }

  private static let keys =
    ["id", "section", "title", "product", "limit", "lead", "coordinating", "tellCoordinating"] + OverrideReader.keys + [
      "ladder", "notes", "secrecy",
    ]

  func read(_ root: Fields) -> [PlanTask] {
    let values = root.list("tasks")
    if values.isEmpty {
      findings.error(root.place(of: "tasks"), "a plan without tasks", remedy: "describe them under “tasks:”")
    }
    var unique = UniqueNames("task", findings)
    return values.compactMap { value in
      guard let fields = Fields(value, "a task", keys: Self.keys, findings) else { return nil }
      let id = fields.identifier()
      unique.add(id)
      plan.checkSecrecy(fields)
      return task(fields, id: id?.string)
    }
  }

  private func task(_ fields: Fields, id: String?) -> PlanTask? {
    let title = fields.required("title", isOneLine: false)
    let leads = leads(fields)
    let coordinating = fields.texts("coordinating")
    let limitOverride = OverrideReader(fields: fields, issued: issued).read()
    let task = PlanTask(
      id: id ?? "",
      section: fields.text("section")?.string ?? id ?? "",
      title: title?.string ?? "",
      product: fields.paragraph("product")?.string,
      limit: fields.text("limit")?.string ?? "",
      leads: leads,
      coordinating: plan.names?.parties(coordinating, findings) ?? [],
      tellsCoordinating: fields.flag("tellCoordinating") ?? true,
      limitOverride: limitOverride,
      ladder: plan.ladder(fields),
      notes: notes(fields),
      place: fields.place
    )
    return id == nil ? nil : task
  }

  private func leads(_ fields: Fields) -> [Party] {
    let names = fields.texts("lead")
    if names.isEmpty {
      findings.error(
        fields.place(of: "lead"),
        "a task that nobody leads",
        remedy: "add “lead: …” with the document's own words"
      )
    }
    return plan.names?.parties(names, findings) ?? []
  }

  /// Notes may have several lines.
  private func notes(_ fields: Fields) -> [String] {
    guard case .list(let values, _)? = fields.value("notes") else {
      return fields.paragraph("notes").map { [$0.string] } ?? []
    }
    return values.compactMap { value in
      if case .text(let text) = value { return text.string }
      findings.error(value.place, "a note must be text, not \(value.form)", remedy: "put quotes around it")
      return nil
    }
  }
}
