internal import Mustache

/// A value that a template can name.
enum TemplateFact {
  case text(String)
  case number(Int)
  case flag(Bool)
  case list([TemplateFacts])

  static func optional(_ text: String?) -> TemplateFact { .text(text ?? "") }

  /// A text or number as text, the empty text for anything else.
  var text: String {
    switch self {
    case .text(let text): text
    case .number(let number): "\(number)"
    case .flag, .list: ""
    }
  }
}

typealias TemplateFacts = [String: TemplateFact]

// What Mustache is given. Every value that is written is escaped here and not by Mustache, so that `{{{name}}}` and
// `{{&name}}` are as safe as `{{name}}`: a title is data of others, and must not become structure.

extension MustacheTemplate {
  /// Says that Mustache is to write values as they come; without it, it writes them for HTML.
  static let heading = "{{% CONTENT_TYPE:TEXT}}"

  static func unescaped(_ text: String) throws -> MustacheTemplate { try MustacheTemplate(string: heading + text) }
}

struct TemplateScope: MustacheParent, MustacheCustomRenderable {
  let facts: TemplateFacts
  let escape: TemplateEscape

  func child(named name: String) -> Any? {
    switch facts[name] {
    case .text(let text)?: TemplateText(text: text, isNull: text.isEmpty, escape: escape)
    case .number(let number)?: TemplateText(text: "\(number)", isNull: number == 0, escape: escape)
    case .flag(let flag)?: flag
    case .list(let items)?: TemplateList(items: items.map { TemplateScope(facts: $0, escape: escape) })
    case nil: nil
    }
  }

  /// A scope named like a value says nothing.
  var renderText: String { "" }
  var isNull: Bool { false }
}

// Mustache looks for names in the properties of whatever is no parent; ours have no children.

private struct TemplateText: MustacheParent, MustacheCustomRenderable, MustacheTransformable {
  let text: String
  /// Empty texts and zero are no reason to write a section.
  let isNull: Bool
  let escape: TemplateEscape

  var renderText: String { escape.applied(to: text) }
  func child(named name: String) -> Any? { nil }

  func transform(_ name: String) -> Any? {
    switch name {
    case "uppercased": TemplateText(text: text.uppercased(), isNull: isNull, escape: escape)
    case "lowercased": TemplateText(text: text.lowercased(), isNull: isNull, escape: escape)
    default: nil
    }
  }
}

private struct TemplateList: MustacheSequence, MustacheParent, MustacheCustomRenderable {
  let items: [TemplateScope]

  func makeIterator() -> IndexingIterator<[TemplateScope]> { items.makeIterator() }
  var renderText: String { "" }
  var isNull: Bool { items.isEmpty }
  func child(named name: String) -> Any? { nil }
}
