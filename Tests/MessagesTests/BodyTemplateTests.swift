import Deadlines
import Foundation
import TestSupport
import Testing

@testable import Messages

@Suite("an admin's own form of a body")
struct BodyTemplateTests {
  private static let chat = """
    {"msg": "{{subject}}", "by": "{{office}}", "n": {{count}}, "digest": {{isDigest}},
     "tasks": [{{#occurrences}}
       {"id": "{{id}}", "title": "{{{title}}}", "due": "{{&due}}"}{{^last()}},{{/last()}}
     {{/occurrences}}]
     {{#url}}, "link": "{{url}}"{{/url}}}
    """

  private func body(_ text: String, _ message: Message, contentType: String = "application/json") throws -> WebhookBody
  {
    try BodyForm.custom(try BodyTemplate(text, contentType: contentType)).body(message, letterhead: Samples.letterhead)
  }

  private func object(_ body: WebhookBody) throws -> [String: Any] {
    #expect(body.fault == nil)
    return try #require(try JSONSerialization.jsonObject(with: Data(body.bytes)) as? [String: Any])
  }

  @Test("writes what the message says")
  func writes() throws {
    let read = try object(try body(Self.chat, Samples.bundle))
    #expect(read["msg"] as? String == MailFormat.subject(Samples.bundle, letterhead: Samples.letterhead))
    #expect(read["n"] as? Int == Samples.bundle.entries.count && read["digest"] as? Bool == false)
    let tasks = try #require(read["tasks"] as? [[String: Any]])
    #expect(tasks.map { $0["id"] as? String } == Samples.bundle.entries.map(\.occurrence.id))
    #expect(read["link"] as? String == "https://nhachan.camgiang.example/")
  }

  @Test("values stay values, with two braces, three, or an ampersand", arguments: HostileTitleTests.titles)
  func escapesJSON(title: String) throws {
    let message = HostileTitleTests.message(title)
    let read = try object(try body(Self.chat, message))
    let task = try #require((read["tasks"] as? [[String: Any]])?.first)
    #expect(task["id"] as? String == "153a/\(title)")
    #expect(task["title"] as? String == CleanText.line(title))
    #expect(Set(read.keys) == ["msg", "by", "n", "digest", "tasks", "link"])
  }

  @Test("a section of a text shows the message's values, escaped, not the insides of the text")
  func sectionsOfTexts() throws {
    let message = HostileTitleTests.message("a\"b")
    let read = try object(
      try body(
        #"[{{#occurrences}}{{#title}}"{{text}}|{{title}}|{{title}}"{{/title}}{{^last()}},{{/last()}}{{/occurrences}}]"#
          .wrapped,
        message
      )
    )
    let text = try #require((read["v"] as? [String])?.first)
    #expect(text.hasSuffix("|a\"b|a\"b") && text.hasPrefix("Kính gửi"))
  }

  @Test(
    "the media type decides how values are written",
    arguments: [
      (
        "application/json", #"[{{#occurrences}}"{{title}}"{{^last()}},{{/last()}}{{/occurrences}}]"#,
        #"["\"<a>&é 100%\""]"#
      ),
      (
        "application/x-www-form-urlencoded", "{{#occurrences}}a={{title}}{{/occurrences}}",
        "a=%22%3Ca%3E%26%C3%A9%20100%25%22"
      ),
      ("text/html; charset=utf-8", "{{#occurrences}}{{{title}}}{{/occurrences}}", "&quot;&lt;a&gt;&amp;é 100%&quot;"),
      ("text/plain", "{{#occurrences}}{{&title}}{{/occurrences}}", "\"<a>&é 100%\""),
    ]
  )
  func mediaTypes(contentType: String, text: String, expected: String) throws {
    let body = try body(text, HostileTitleTests.message("\"<a>&é 100%\""), contentType: contentType)
    #expect(String(decoding: body.bytes, as: UTF8.self) == expected && body.contentType == contentType)
  }

  @Test(
    "a mistake is found at once, with its place",
    arguments: [
      ("{\n \"a\": \"{{subjekt}}\"}", 2, 8, "no value is called “subjekt” here"),
      ("{\"a\": \"{{title}}\"}", 1, 8, "no value is called “title” here"),
      ("{{#occurrences}}{{line}}{{/occurrences}}", 1, 17, "no value is called “line” here"),
      ("{\"ạ\":\n\"ộ{{ subject }\"}", 2, 3, "a tag that is not closed"),
      ("{{#occurrences}}[", 1, 18, "not readable as Mustache: expectedSectionEnd"),
      ("{{#url}}{{/office}}", 1, 12, "not readable as Mustache: sectionCloseNameIncorrect"),
      ("{{/url}}", 1, 4, "not readable as Mustache: sectionCloseNameIncorrect"),
      ("{{> other}}", 1, 1, "{{> is not known here"),
      ("{{=<% %>=}}", 1, 1, "{{= is not known here"),
      ("{{% CONTENT_TYPE:HTML}}", 1, 1, "{{% is not known here"),
      ("{{<base}}{{$x}}{{/x}}{{/base}}", 1, 1, "{{< is not known here"),
      ("{\"a\": \"{{capitalised(subject)}}\"}", 1, 8, "“capitalised” is not known here"),
      ("{\"a\": {{subject}}}", 1, 1, "the body is no JSON, tried with one occurrence"),
      ("[{{#occurrences}}\"{{id}}\",{{/occurrences}}]", 1, 1, "the body is no JSON, tried with one occurrence"),
      ("{{#occurrences}}{}{{/occurrences}}", 1, 1, "the body is no JSON, tried with several occurrences"),
      ("", 1, 1, "the body is no JSON, tried with one occurrence"),
    ]
  )
  func findsMistakes(text: String, line: Int, column: Int, message: String) throws {
    do throws(BodyTemplate.Fault) {
      _ = try BodyTemplate(text, contentType: "application/json")
      Issue.record("nothing was found in \(text)")
    } catch {
      #expect(error.line == line && error.column == column, "\(error)")
      #expect(error.message.hasPrefix(message), "\(error)")
      #expect(!error.remedy.isEmpty)
    }
  }

  @Test(
    "a template of random pieces is taken or refused, and never breaks the reader",
    arguments: [1, 2, 3] as [UInt64]
  )
  func randomTemplates(seed: UInt64) {
    var random = Seeded(seed)
    let pieces = [
      "{{", "}}", "{{{", "}}}", "#", "^", "/", "&", "!", "url", "occurrences", "title", " ", "\n", "\"", "{", "}",
      "last()",
      "(", ")", ".", "ệ\u{0301}", "{{#url}}", "{{/url}}", "\r\n", "\0",
    ]
    var taken = 0
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 1...14, using: &random))
        .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
      if (try? BodyTemplate(text, contentType: "text/plain")) != nil { taken += 1 }
    }
    #expect(taken > 100)
  }

  @Test("a template that fails for one message gives the generic form, and says why")
  func fallsBack() throws {
    // Small enough for every sample, too large for a message of six.
    let large = "[{{#occurrences}}\"\(String(repeating: "x", count: 200_000))\"{{^last()}},{{/last()}}{{/occurrences}}]"
    let body = try body(large, Samples.bundle)
    #expect(body.fault == "the body is larger than 1 MB")
    #expect(body.bytes == WebhookFormat.body(Samples.bundle, letterhead: Samples.letterhead))
    #expect(body.contentType == "application/json")
  }

  @Test(
    "JSON to the letter, where Foundation is lenient",
    arguments: [
      ("{}", true), ("[]", true), (" [1, -0.5e+3, 0, true, null, \"\\u00e9\\n\"] ", true), ("\"é\"", true),
      ("{\"a\":{\"b\":[[]]}}", true), ("[1,]", false), ("{\"a\":1,}", false), ("[1 2]", false), ("{a:1}", false),
      ("[01]", false), ("[1.]", false), ("[-]", false), ("\"a\nb\"", false), ("\"\\x\"", false), ("\"\\u12\"", false),
      ("[tru]", false), ("", false), ("1 1", false), ("[", false), ("\"a", false), ("'a'", false), ("// a\n1", false),
    ]
  )
  func grammar(text: String, isJSON: Bool) {
    #expect(JSONGrammar.accepts(Array(text.utf8)) == isJSON)
    #expect(!JSONGrammar.accepts(Array(text.utf8) + [0xFF]))
    #expect(!JSONGrammar.accepts(Array(repeating: UInt8(ascii: "["), count: 100_000)))
  }

  @Test("the names that are known are those that messages have")
  func namesAgree() throws {
    for (name, message) in Forms.messages {
      let facts = MessageFacts(message, Samples.letterhead).general
      #expect(Set(facts.keys) == Set(TemplateSample.shape.keys), "\(name)")
      for (key, fact) in facts {
        guard case .list(let items) = fact, case .list(let known)? = TemplateSample.shape[key] else { continue }
        for item in items { #expect(Set(item.keys) == Set(known[0].keys), "\(key) of \(name)") }
      }
    }
    #expect(Set(ZaloForm.facts).isSubset(of: Set(TemplateSample.shape.keys).union(TemplateSample.shape.itemNames)))
  }
}

extension String {
  fileprivate var wrapped: String { "{\"v\": \(self)}" }
}

extension TemplateFacts {
  fileprivate var itemNames: [String] {
    values.flatMap { fact -> [String] in
      if case .list(let items) = fact { items.flatMap(\.keys) } else { [] }
    }
  }
}
