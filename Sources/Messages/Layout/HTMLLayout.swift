internal import Deadlines

/// A letter as one HTML page for mail clients: tables and inline styles only, nothing fetched from anywhere.
enum HTMLLayout {
  static func render(_ letter: Letter) -> String {
    let body = letter.blocks.map(block).joined(separator: "\n")
    let language = letter.language.rawValue
    return """
      <!DOCTYPE html>
      <html lang="\(language)">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(escape(letter.title))</title>
      </head>
      <body lang="\(language)" style="margin:0;padding:0;background-color:#ffffff;">
      <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;">
      <tr><td align="center" style="padding:16px 12px;">
      <table role="presentation" width="\(letter.pixels)" cellpadding="0" cellspacing="0" border="0" \
      style="border-collapse:collapse;width:100%;max-width:\(letter.pixels)px;">
      <tr><td align="left" style="\(Style.text)">
      \(body)
      </td></tr>
      </table>
      </td></tr>
      </table>
      </body>
      </html>

      """
  }

  /// The text with the five characters that mean something in HTML written as entities.
  static func escape(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    // By scalars: “<” with a combining mark after it is another Character, and still opens a tag.
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }

  /// Escaped, with places to break in words too long for a column of a phone.
  private static func flowing(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      guard word.utf8.count > 24, word.count > 24 else { return escape(String(word)) }
      let letters = Array(word)
      return stride(from: 0, to: letters.count, by: 20)
        .map { escape(String(letters[$0..<min($0 + 20, letters.count)])) }.joined(separator: "<wbr>")
    }.joined(separator: " ")
  }

  private static func block(_ block: Letter.Block) -> String {
    switch block {
    case .salutation(let text): "<p style=\"\(Style.paragraph)font-weight:bold;\">\(flowing(text))</p>"
    case .title(let text): "<h1 style=\"\(Style.title)\">\(flowing(text))</h1>"
    case .heading(let text): "<h2 style=\"\(Style.heading)\">\(flowing(text))</h2>"
    case .paragraph(let text): "<p style=\"\(Style.paragraph)\">\(flowing(text))</p>"
    case .points(let points): list(points)
    case .card(let card): self.card(card)
    case .table(let table): self.table(table)
    case .link(let words, let url): link(words, url)
    case .footer(let text): "<p style=\"\(Style.footer)\">\(flowing(text))</p>"
    }
  }

  private static func list(_ points: [String]) -> String {
    let items = points.map { "<li style=\"margin:0 0 4px 0;\">\(flowing($0))</li>" }.joined(separator: "\n")
    return "<ul style=\"margin:0 0 12px 0;padding:0 0 0 20px;\">\n\(items)\n</ul>"
  }

  private static func link(_ words: String, _ url: String) -> String {
    """
    <p style="\(Style.paragraph)">\(flowing(words))<br>\
    <a href="\(escape(url))" style="color:#0b4f9e;text-decoration:underline;word-break:break-all;">\(escape(url))</a></p>
    """
  }

  private static func card(_ card: Letter.Card) -> String {
    let colours = Style.colours(card.tone)
    let parts = [
      card.badge.map { "<p style=\"margin:0 0 6px 0;\">\(badge($0))</p>" },
      card.heading.map { "<h3 style=\"\(Style.cardHeading)\">\(flowing($0))</h3>" },
      card.facts.isEmpty ? nil : facts(card.facts),
      card.dates.map(table),
    ]
    let remarks = card.remarks.map { "<p style=\"margin:8px 0 0 0;\">\(flowing($0))</p>" }
    return """
      <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
      style="border-collapse:collapse;margin:0 0 14px 0;">
      <tr><td style="\(Style.text)border:1px solid #d0d7de;border-left:4px solid \(colours.edge);padding:12px 14px;">
      \((parts.compactMap(\.self) + remarks).joined(separator: "\n"))
      </td></tr>
      </table>
      """
  }

  private static func badge(_ badge: Letter.Badge) -> String {
    let colours = Style.colours(badge.tone)
    return """
      <span style="display:inline-block;padding:2px 8px;background-color:\(colours.back);color:\(colours.words);\
      font-weight:bold;font-size:13px;line-height:20px;">\(flowing(badge.words))</span>
      """
  }

  private static func facts(_ facts: [Letter.Fact]) -> String {
    let rows = facts.map { fact in
      """
      <tr><th scope="row" align="left" valign="top" width="32%" style="\(Style.label)">\(flowing(fact.label))</th>\
      <td align="left" valign="top" style="\(Style.value)">\(flowing(fact.value))</td></tr>
      """
    }
    return """
      <table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;">
      \(rows.joined(separator: "\n"))
      </table>
      """
  }

  private static func table(_ table: Letter.Table) -> String {
    let heads = table.columns.map { column in
      """
      <th scope="col" align="\(column.isNumber ? "right" : "left")" valign="bottom" width="\(column.share)%" \
      style="\(Style.columnHead)">\(flowing(column.title))</th>
      """
    }
    let rows = table.rows.map { row in
      "<tr>" + zip(table.columns, row).map { cell($1, $0) }.joined() + "</tr>"
    }
    return """
      <table width="100%" cellpadding="0" cellspacing="0" border="0" aria-label="\(escape(table.summary))" \
      style="border-collapse:collapse;margin:0 0 14px 0;">
      <thead><tr>\(heads.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table>
      """
  }

  private static func cell(_ cell: Letter.Cell, _ column: Letter.Column) -> String {
    let words = cell.tone.map { badge(Letter.Badge(words: cell.words, tone: $0)) } ?? flowing(cell.words)
    let detail = cell.detail.map { "<br><span style=\"color:#57606a;font-size:13px;\">\(flowing($0))</span>" } ?? ""
    return """
      <td align="\(column.isNumber ? "right" : "left")" valign="top" style="\(Style.cell)">\(words)\(detail)</td>
      """
  }
}

/// Inline styles: dark on white, every pair of colours at least 4.5 to 1 (WCAG 2.2 AA).
private enum Style {
  static let text = "font-family:'Segoe UI',Roboto,Arial,sans-serif;font-size:15px;line-height:22px;color:#1f2328;"
  static let paragraph = "margin:0 0 12px 0;"
  static let title = "margin:0 0 14px 0;font-size:18px;line-height:26px;"
  static let heading =
    "margin:20px 0 10px 0;padding:0 0 4px 0;border-bottom:2px solid #1f2328;font-size:16px;line-height:24px;"
  static let cardHeading = "margin:0 0 8px 0;font-size:15px;line-height:22px;"
  static let footer =
    "margin:20px 0 0 0;padding:10px 0 0 0;border-top:1px solid #d0d7de;color:#57606a;font-size:13px;line-height:19px;"
  static let label = "padding:3px 10px 3px 0;font-weight:normal;color:#57606a;word-break:normal;"
  static let value = "padding:3px 0;overflow-wrap:break-word;"
  static let columnHead =
    "padding:6px 4px;border-bottom:2px solid #57606a;font-size:13px;line-height:18px;font-weight:bold;"
  static let cell =
    "padding:6px 4px;border-bottom:1px solid #d0d7de;font-size:14px;line-height:20px;overflow-wrap:break-word;"

  static func colours(_ tone: Letter.Tone) -> (edge: String, back: String, words: String) {
    switch tone {
    case .overdue: ("#b42318", "#fdecea", "#8a1c12")
    case .today: ("#b45309", "#fff1dc", "#7a3e00")
    case .soon: ("#a17c00", "#fff8d6", "#5c4700")
    case .calm: ("#1a7f37", "#e6f4ea", "#14532d")
    case .plain: ("#57606a", "#eef1f4", "#24292f")
    }
  }
}
