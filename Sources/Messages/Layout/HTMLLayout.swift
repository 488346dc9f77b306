internal import Deadlines

/// A letter as one HTML page for mail clients: tables and inline styles only, nothing fetched from anywhere.
struct HTMLLayout {
  private let style: Style

  static func render(_ letter: Letter) -> String {
    HTMLLayout(style: letter.isDense ? .dense : .wide).page(letter)
  }

  private func page(_ letter: Letter) -> String {
    let body = letter.blocks.map(block).joined(separator: "\n")
    let language = letter.language.rawValue
    return """
      <!DOCTYPE html>
      <html lang="\(language)">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(Self.escape(letter.title))</title>
      </head>
      <body lang="\(language)" style="margin:0;padding:0;background-color:#ffffff;">
      <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;">
      <tr><td align="center" style="padding:\(style.margin);">
      <table role="presentation" width="\(letter.pixels)" cellpadding="0" cellspacing="0" border="0" \
      style="border-collapse:collapse;width:100%;max-width:\(letter.pixels)px;">
      <tr><td align="left" style="\(style.text)">
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
    // By bytes: “<” with a combining mark after it is another Character, and still opens a tag.
    guard text.utf8.contains(where: isSpecial) else { return text }
    var escaped: [UInt8] = []
    escaped.reserveCapacity(text.utf8.count + 16)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): escaped += "&amp;".utf8
      case UInt8(ascii: "<"): escaped += "&lt;".utf8
      case UInt8(ascii: ">"): escaped += "&gt;".utf8
      case UInt8(ascii: "\""): escaped += "&quot;".utf8
      case UInt8(ascii: "'"): escaped += "&#39;".utf8
      default: escaped.append(byte)
      }
    }
    return String(decoding: escaped, as: UTF8.self)
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
    default: false
    }
  }

  /// Escaped, with places to break in words too long for a column of a phone.
  private func flowing(_ text: String) -> String {
    guard Self.hasLongWord(text) else { return Self.escape(text) }
    return text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      guard word.utf8.count > 24, word.count > 24 else { return Self.escape(String(word)) }
      let letters = Array(word)
      return stride(from: 0, to: letters.count, by: 20)
        .map { Self.escape(String(letters[$0..<min($0 + 20, letters.count)])) }.joined(separator: "<wbr>")
    }.joined(separator: " ")
  }

  /// True where some word may have more than 24 letters.
  private static func hasLongWord(_ text: String) -> Bool {
    var length = 0
    for byte in text.utf8 {
      length = byte == 32 ? 0 : length + 1
      if length > 24 { return true }
    }
    return false
  }

  private func block(_ block: Letter.Block) -> String {
    switch block {
    case .salutation(let text): "<p style=\"\(style.paragraph)font-weight:bold;\">\(flowing(text))</p>"
    case .title(let text): "<h1 style=\"\(style.title)\">\(flowing(text))</h1>"
    case .heading(let text): "<h2 style=\"\(style.heading)\">\(flowing(text))</h2>"
    case .paragraph(let text): "<p style=\"\(style.paragraph)\">\(flowing(text))</p>"
    case .points(let points): list(points, style: style.list)
    case .card(let card): self.card(card)
    case .table(let table): self.table(table)
    case .link(let words, let url): link(words, url)
    case .footer(let text): "<p style=\"\(style.footer)\">\(flowing(text))</p>"
    }
  }

  private func list(_ points: [Letter.Point], style listStyle: String) -> String {
    let items = points.map { point in
      let parts = point.parts.isEmpty ? "" : "\n" + list(point.parts.map { Letter.Point($0) }, style: style.innerList)
      return "<li style=\"\(style.point)\">\(flowing(point.words))\(parts)</li>"
    }
    return "<ul style=\"\(listStyle)\">\n\(items.joined(separator: "\n"))\n</ul>"
  }

  private func link(_ words: String, _ url: String) -> String {
    """
    <p style="\(style.paragraph)">\(flowing(words))<br>\
    <a href="\(Self.escape(url))" style="color:#0b4f9e;text-decoration:underline;word-break:break-all;">\(Self.escape(url))</a></p>
    """
  }

  private func card(_ card: Letter.Card) -> String {
    let colours = Style.colours(card.tone)
    let parts = [
      card.badge.map { "<p style=\"margin:0 0 6px 0;\">\(badge($0))</p>" },
      card.heading.map { "<h3 style=\"\(style.cardHeading)\">\(flowing($0))</h3>" },
      card.facts.isEmpty ? nil : facts(card.facts),
      card.dates.map(table),
    ]
    let remarks = card.remarks.map { "<p style=\"margin:8px 0 0 0;\">\(flowing($0))</p>" }
    return """
      <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
      style="border-collapse:collapse;margin:0 0 14px 0;">
      <tr><td style="\(style.text)border:1px solid #d0d7de;border-left:4px solid \(colours.edge);padding:12px 14px;">
      \((parts.compactMap(\.self) + remarks).joined(separator: "\n"))
      </td></tr>
      </table>
      """
  }

  private func badge(_ badge: Letter.Badge) -> String {
    let colours = Style.colours(badge.tone)
    return """
      <span style="display:inline-block;\(style.badge)background-color:\(colours.back);color:\(colours.words);\
      font-weight:bold;">\(flowing(badge.words))</span>
      """
  }

  private func facts(_ facts: [Letter.Fact]) -> String {
    let rows = facts.map { fact in
      """
      <tr valign="top"><th scope="row" align="left" width="32%" style="\(style.label)">\(flowing(fact.label))</th>\
      <td style="\(style.value)">\(flowing(fact.value))</td></tr>
      """
    }
    return """
      <table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;">
      \(rows.joined(separator: "\n"))
      </table>
      """
  }

  private func table(_ table: Letter.Table) -> String {
    let heads = table.columns.map { column in
      """
      <th scope="col" align="\(column.isNumber ? "right" : "left")" width="\(column.share)%" \
      style="\(style.columnHead)">\(flowing(column.title))</th>
      """
    }
    let rows = table.rows.map { row in
      "<tr valign=\"top\">" + zip(table.columns, row).map { cell($1, $0) }.joined() + "</tr>"
    }
    return """
      <table width="100%" cellpadding="0" cellspacing="0" border="0" aria-label="\(Self.escape(table.summary))" \
      style="\(style.table)">
      <thead><tr valign="bottom">\(heads.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table>
      """
  }

  private func cell(_ cell: Letter.Cell, _ column: Letter.Column) -> String {
    let words = cell.tone.map { badge(Letter.Badge(words: cell.words, tone: $0)) } ?? flowing(cell.words)
    let detail =
      cell.detail.map { "<br><span style=\"color:#57606a;font-size:\(style.small)px;\">\(flowing($0))</span>" } ?? ""
    let side = column.isNumber ? " align=\"right\"" : ""
    return "<td\(side) style=\"\(style.cell)\">\(words)\(detail)</td>"
  }
}

/// Inline styles: dark on white, every pair of colours at least 4.5 to 1 (WCAG 2.2 AA).
private struct Style {
  var text = "font-family:'Segoe UI',Roboto,Arial,sans-serif;font-size:15px;line-height:22px;color:#1f2328;"
  var margin = "16px 12px"
  var paragraph = "margin:0 0 12px 0;"
  var title = "margin:0 0 14px 0;font-size:18px;line-height:26px;"
  var heading =
    "margin:20px 0 10px 0;padding:0 0 4px 0;border-bottom:2px solid #1f2328;font-size:16px;line-height:24px;"
  let cardHeading = "margin:0 0 8px 0;font-size:15px;line-height:22px;"
  var footer =
    "margin:20px 0 0 0;padding:10px 0 0 0;border-top:1px solid #d0d7de;color:#57606a;font-size:13px;line-height:19px;"
  let label = "padding:3px 10px 3px 0;font-weight:normal;color:#57606a;"
  let value = "padding:3px 0;overflow-wrap:break-word;"
  var list = "margin:0 0 12px 0;padding:0 0 0 20px;"
  let innerList = "margin:2px 0 0 0;padding:0 0 0 18px;"
  var point = "margin:0 0 4px 0;"
  // On the table itself: some clients give tables a size of their own.
  var table = "border-collapse:collapse;margin:0 0 14px 0;font-size:14px;line-height:20px;overflow-wrap:break-word;"
  var columnHead = "padding:6px 4px;border-bottom:2px solid #57606a;font-size:13px;line-height:18px;"
  var cell = "padding:6px 4px;border-bottom:1px solid #d0d7de;"
  var badge = "padding:2px 8px;font-size:13px;line-height:20px;"
  var small = 13

  static let wide = Style()

  static var dense: Style {
    var style = Style()
    style.text = "font-family:'Segoe UI',Roboto,Arial,sans-serif;font-size:14px;line-height:19px;color:#1f2328;"
    style.margin = "10px 12px"
    style.paragraph = "margin:0 0 6px 0;"
    style.title = "margin:0 0 8px 0;font-size:16px;line-height:22px;"
    style.heading =
      "margin:10px 0 4px 0;padding:0 0 2px 0;border-bottom:1px solid #1f2328;font-size:14px;line-height:20px;"
    style.footer =
      "margin:8px 0 0 0;padding:6px 0 0 0;border-top:1px solid #d0d7de;color:#57606a;font-size:12px;line-height:16px;"
    style.list = "margin:0 0 6px 0;padding:0 0 0 18px;font-size:13px;line-height:18px;"
    style.point = "margin:0 0 1px 0;"
    style.table = "border-collapse:collapse;margin:0 0 6px 0;font-size:13px;line-height:17px;overflow-wrap:break-word;"
    style.columnHead = "padding:2px 4px;border-bottom:2px solid #57606a;font-size:12px;line-height:16px;"
    style.cell = "padding:2px 4px;border-bottom:1px solid #d0d7de;"
    style.badge = "padding:0 6px;font-size:12px;line-height:17px;"
    style.small = 12
    return style
  }

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
