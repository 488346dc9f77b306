internal import Mustache

/// An admin's own form of a body, in Mustache.
public struct BodyTemplate: Sendable {
  /// What is wrong with a template, and where.
  public struct Fault: Error, Sendable, Hashable {
    /// Counted from 1.
    public var line: Int
    public var column: Int
    public var message: String
    public var remedy: String
  }

  /// The template made something that may not be sent.
  struct Unusable: Error {
    var reason: String
  }

  public let text: String
  public let contentType: String
  private let template: MustacheTemplate
  private let escape: TemplateEscape

  /// No receiver takes more, and a list of everything a year holds stays below.
  private static let largestBody = 1_000_000

  /// Reads a template and tries it on messages of every kind.
  /// - Parameters:
  ///   - text: The template.
  ///   - contentType: The body's media type; it decides how values are escaped, and JSON must come out as JSON.
  /// - Throws: The first `Fault`.
  public init(_ text: String, contentType: String) throws(Fault) {
    self.text = text
    self.contentType = contentType
    escape = TemplateEscape(contentType: contentType)
    if let fault = Self.faults(in: text).first { throw fault }
    do {
      template = try .unescaped(text)
    } catch let error as MustacheTemplate.ParserError {
      let isFirst = error.context.lineNumber == 1
      throw Fault(
        line: error.context.lineNumber,
        column: max(1, error.context.columnNumber - (isFirst ? MustacheTemplate.heading.count : 0)),
        message: "not readable as Mustache: \(error.error)",
        remedy: "close every {{#name}} by {{/name}} and every {{ by }}"
      )
    } catch {
      throw Fault(line: 1, column: 1, message: "not readable as Mustache", remedy: "correct the template")
    }
    for sample in TemplateSample.all { try check(sample) }
  }

  /// Every tag that cannot be filled, in the order of the text.
  public static func faults(in text: String) -> [Fault] { TemplateTags.faults(in: text) }

  private func check(_ sample: TemplateSample) throws(Fault) {
    do throws(Unusable) {
      _ = try render(sample.facts)
    } catch {
      throw Fault(
        line: 1,
        column: 1,
        message: "\(error.reason), tried with \(sample.name)",
        remedy: "mind quotes and commas; {{^last()}},{{/last()}} writes a comma between the entries of a list"
      )
    }
  }

  /// The body; the same facts give the same bytes.
  func render(_ facts: TemplateFacts) throws(Unusable) -> [UInt8] {
    let bytes = Array(template.render(TemplateScope(facts: facts, escape: escape)).utf8)
    guard bytes.count <= Self.largestBody else { throw Unusable(reason: "the body is larger than 1 MB") }
    guard escape != .json || JSONGrammar.accepts(bytes) else { throw Unusable(reason: "the body is no JSON") }
    return bytes
  }
}

extension BodyTemplate: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    left.text == right.text && left.contentType == right.contentType
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(text)
    hasher.combine(contentType)
  }
}
