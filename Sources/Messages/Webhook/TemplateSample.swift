/// Values of every name on which a template is tried before the service needs it.
struct TemplateSample {
  var name: String
  var facts: TemplateFacts

  /// All names there are, each list with one entry.
  static let shape = facts(occurrences: 1)

  static let all: [TemplateSample] = [
    TemplateSample(name: "one occurrence", facts: shape),
    TemplateSample(name: "several occurrences", facts: facts(occurrences: 3)),
    TemplateSample(name: "a digest", facts: facts(occurrences: 0, digest: 28)),
    TemplateSample(name: "a trial message", facts: facts(occurrences: 0, isTest: true)),
  ]

  // Everything that a careless form would break at.
  private static let hostile = "Báo cáo “quý” \"I\" \\ {{title}} </b> & 100%\u{2028}\t\n👨‍👩‍👧 'hết'"

  private static func facts(occurrences: Int, digest: Int = 0, isTest: Bool = false) -> TemplateFacts {
    var facts = texts([
      "type", "id", "timestamp", "date", "language", "recipient", "recipientName", "office", "contact", "subject",
      "salutation", "text", "footer",
    ])
    // A digest has neither, and a message of several occurrences has both.
    facts["unit"] = .text(occurrences > 0 ? hostile : "")
    facts["url"] = .text(occurrences == 1 ? "" : "https://nhachan.example/")
    facts["count"] = .number(occurrences)
    facts["isDigest"] = .flag(digest > 0)
    facts["isTest"] = .flag(isTest)
    facts["digestNumber"] = .number(digest)
    facts["occurrences"] = .list((0..<occurrences).map(occurrence))
    facts["parts"] = .list((0...min(1, occurrences)).map(part))
    return facts
  }

  /// Every second one without a date.
  private static func occurrence(_ number: Int) -> TemplateFacts {
    var facts = texts(["id", "task", "title", "name", "plan", "limit", "unitName", "kind", "state", "step", "badge"])
    for name in ["period", "due", "nominal", "target", "legal"] { facts[name] = .text(number == 1 ? "" : "2026-12-16") }
    return facts
  }

  private static func part(_ number: Int) -> TemplateFacts {
    var facts = texts(["text"])
    facts["heading"] = .text(number == 0 ? "" : hostile)
    facts["lines"] = .list((0...number).map { _ in texts(["line"]) })
    return facts
  }

  private static func texts(_ names: [String]) -> TemplateFacts {
    Dictionary(uniqueKeysWithValues: names.map { ($0, .text(hostile)) })
  }
}
