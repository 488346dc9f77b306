/// Takes the numbers and dates of cited documents out of the reader's sight (rule R16).
///
/// A date straight after a document's number is the document's date; “534/QĐ-TTg” is a number, not a date.
/// - Returns: Where a document without a number was followed by a date, which may be its own: to be confirmed.
func markCitations(in tokens: inout [Token]) -> Bool {
  var isDoubtful = false
  var at = 0
  while at < tokens.count {
    let numberEnd = documentNumberEnd(at, in: tokens) ?? plainNumberEnd(at, in: tokens)
    let documentEnd = numberEnd ?? lawEnd(at, in: tokens) ?? bareDocumentEnd(at, in: tokens)
    let hasDate = documentEnd.map { citedDateEnd($0, in: tokens) != nil } ?? false
    guard let documentEnd else {
      at += 1
      continue
    }
    if numberEnd == nil && hasDate { isDoubtful = true }
    let end = citedDateEnd(documentEnd, in: tokens) ?? documentEnd
    for index in at..<max(end, at + 1) { tokens[index].kind = .cited }
    at = max(end, at + 1)
  }
  return isDoubtful
}

/// “153a/KH-UBND”, “226-KL/TW”, “45/2019/QH14”: a number glued by slashes or dashes to at least one word.
private func documentNumberEnd(_ start: Int, in tokens: [Token]) -> Int? {
  guard tokens[start].kind == .number, !hasUnitSign(start, in: tokens) else { return nil }
  var end = start + 1
  var hasWord = false
  var hasSlash = false
  while end < min(start + 12, tokens.count), tokens[end].isGlued, let part = documentNumberPart(tokens[end]) {
    if part == .letters && !hasSlash && !isDash(tokens[end - 1]) && end > start + 1 { break }
    hasWord = hasWord || (part == .letters && (hasSlash || isDash(tokens[end - 1])))
    hasSlash = hasSlash || part == .slash
    end += 1
  }
  return hasWord && hasSlash ? end : nil
}

/// “T6-T8/2026”, “Q3-Q4/2026”: months and quarters, no document.
private func hasUnitSign(_ start: Int, in tokens: [Token]) -> Bool {
  guard start > 0, tokens[start].isGlued else { return false }
  return tokens[start - 1].kind == .term(.monthSign) || tokens[start - 1].kind == .term(.quarterSign)
}

private enum NumberPart { case letters, digits, slash, dash }

private func documentNumberPart(_ token: Token) -> NumberPart? {
  switch token.kind {
  case .mark(UInt8(ascii: "/")): .slash
  case .mark(UInt8(ascii: "-")): .dash
  case .number: .digits
  case .word, .term(.noun), .term(.monthSign), .term(.quarterSign), .term(.hourSign): .letters
  default: nil
  }
}

private func isDash(_ token: Token) -> Bool { token.kind == .mark(UInt8(ascii: "-")) }

/// “Chỉ thị số 15”.
private func plainNumberEnd(_ start: Int, in tokens: [Token]) -> Int? {
  guard start + 2 < tokens.count, isDocument(tokens[start]), tokens[start + 1].kind == .term(.numberSign),
    tokens[start + 2].kind == .number, documentNumberEnd(start + 2, in: tokens) == nil
  else { return nil }
  return start + 3
}

private func isDocument(_ token: Token) -> Bool { token.kind == .term(.document) || token.kind == .term(.law) }

/// “Luật năm 2025”, “Luật Đất đai ngày 18/01/2024”: a law's name runs up to its year or date.
private func lawEnd(_ start: Int, in tokens: [Token]) -> Int? {
  guard tokens[start].kind == .term(.law) else { return nil }
  var end = start + 1
  while end < min(start + 16, tokens.count), isPartOfName(tokens[end]) { end += 1 }
  if citedDateEnd(end, in: tokens) != nil { return end }
  guard end + 1 < tokens.count, tokens[end].kind == .term(.year), tokens[end + 1].width == 4 else { return nil }
  return end + 2
}

private func isPartOfName(_ token: Token) -> Bool {
  switch token.kind {
  case .word, .term(.noun), .term(.verb), .term(.document), .term(.law), .term(.issue), .term(.and), .term(.filler):
    true
  case .mark(UInt8(ascii: ",")): true
  default: false
  }
}

/// “Quyết định ngày 31/3/2026 của …”: only when somebody's document is meant.
private func bareDocumentEnd(_ start: Int, in tokens: [Token]) -> Int? {
  guard isDocument(tokens[start]), let end = citedDateEnd(start + 1, in: tokens), end < tokens.count,
    tokens[end].kind == .term(.of)
  else { return nil }
  return start + 1
}

/// “ngày 31/3/2026” or “ngày 13 tháng 5 năm 2026”, straight there.
private func citedDateEnd(_ end: Int, in tokens: [Token]) -> Int? {
  // English: “Decision No. 534/QD-TTg of 31 March 2026”.
  let start = end < tokens.count && tokens[end].kind == .term(.of) ? end + 1 : end
  guard start < tokens.count, tokens[start].kind == .term(.day) || tokens[start].kind == .term(.immediately) else {
    return nil
  }
  let kinds = tokens[start + 1..<min(start + 6, tokens.count)].map(\.kind)
  guard kinds.count == 5, kinds[0] == .number, kinds[2] == .number, kinds[4] == .number else { return nil }
  let isWritten = kinds[1] == .term(.month) && kinds[3] == .term(.year)
  let separators: [Token.Kind] = [.mark(UInt8(ascii: "/")), .mark(UInt8(ascii: ".")), .mark(UInt8(ascii: "-"))]
  return isWritten || (separators.contains(kinds[1]) && kinds[1] == kinds[3]) ? start + 6 : nil
}
