internal import Mustache

/// A body form of a known receiver.
///
/// Each is checked against the receiver's published format in `Tests/Fixtures/webhooks`.
struct ReadyTemplate: Sendable {
  private let template: MustacheTemplate

  private init(_ text: String) {
    do {
      // Line ends and indents are for the reader of this file.
      template = try .unescaped(text.split(separator: "\n").map(\.withoutIndent).joined())
    } catch {
      fatalError("a ready template of ours is broken: \(error)")
    }
  }

  func body(_ facts: TemplateFacts) -> WebhookBody {
    let scope = TemplateScope(facts: facts, escape: .json)
    return WebhookBody(bytes: Array(template.render(scope).utf8))
  }

  /// Incoming webhooks with Block Kit: docs.slack.dev/reference/block-kit.
  static let slack = ReadyTemplate(
    """
    {"text":"{{subject}}","blocks":[
      {"type":"header","text":{"type":"plain_text","text":"{{subject}}","emoji":false}}
      {{#salutation}}
        ,{"type":"context","elements":[{"type":"plain_text","text":"{{salutation}}","emoji":false}]}
      {{/salutation}}
      {{#parts}}
        {{#heading}}
          ,{"type":"section","text":{"type":"mrkdwn","text":"*{{heading}}*"}}
        {{/heading}}
        ,{"type":"section","text":{"type":"plain_text","text":"{{text}}","emoji":false}}
      {{/parts}}
      {{#leftOut}}
        ,{"type":"context","elements":[{"type":"plain_text","text":"{{leftOut}}","emoji":false}]}
      {{/leftOut}}
      {{#url}}
        ,{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"{{open}}","emoji":false},
        "url":"{{url}}"}]}
      {{/url}}
      ,{"type":"context","elements":[{"type":"plain_text","text":"{{footer}}","emoji":false}]}
    ]}
    """
  )

  /// Incoming webhooks with message attachments: developers.mattermost.com/integrate/reference/message-attachments.
  static let mattermost = ReadyTemplate(
    """
    {"text":"{{salutation}}","attachments":[{"fallback":"{{subject}}","color":"{{color}}","title":"{{title}}"
      {{#url}},"title_link":"{{url}}"{{/url}}
      ,"text":"{{text}}","footer":"{{footer}}"}]}
    """
  )

  /// An Adaptive Card 1.4 in the envelope of a Teams workflow (adaptivecards.io/explorer,
  /// learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors).
  ///
  /// Runs of rich text are shown as they are; a TextBlock would read Markdown in a title.
  static let teams = ReadyTemplate(
    """
    {"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":null,
      "content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4",
      "fallbackText":"{{subject}}","msteams":{"width":"Full"},"body":[
        {"type":"RichTextBlock","inlines":[
          {"type":"TextRun","text":"{{subject}}","weight":"Bolder","size":"Medium","color":"{{color}}"}]},
        {"type":"RichTextBlock","spacing":"Small","inlines":["{{salutation}}"]}
        {{#parts}}
          {{#heading}}
            ,{"type":"RichTextBlock","separator":true,"inlines":[
            {"type":"TextRun","text":"{{heading}}","weight":"Bolder"}]}
          {{/heading}}
          {{#lines}}
            ,{"type":"RichTextBlock","spacing":"Small","inlines":["{{line}}"]}
          {{/lines}}
        {{/parts}}
        {{#leftOut}}
          ,{"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"{{leftOut}}","italic":true}]}
        {{/leftOut}}
        ,{"type":"RichTextBlock","separator":true,"inlines":[
          {"type":"TextRun","text":"{{footer}}","size":"Small","isSubtle":true}]}
      ]{{#url}},"actions":[{"type":"Action.OpenUrl","title":"{{open}}","url":"{{url}}"}]{{/url}}}}]}
    """
  )

  /// Publishing as JSON: docs.ntfy.sh/publish.
  static let ntfy = ReadyTemplate(
    """
    {"topic":"{{topic}}","title":"{{subject}}","message":"{{text}}","priority":{{priority}},"tags":[
      {{#tags}}"{{tag}}"{{^last()}},{{/last()}}{{/tags}}
    ]{{#url}},"click":"{{url}}"{{/url}}}
    """
  )

  /// Zalo Notification Service: developers.zalo.me/docs/zalo-notification-service.
  static let zalo = ReadyTemplate(
    """
    {"phone":"{{phone}}","template_id":"{{templateID}}","template_data":{ {{#parameters}}"{{name}}":"{{value}}"{{^last()}},{{/last()}}{{/parameters}}},
      "tracking_id":"{{trackingID}}"}
    """
  )
}

extension Substring {
  fileprivate var withoutIndent: Substring { drop { $0 == " " } }
}
