internal import Deadlines

// 5. What needs a word: a line each.
extension DigestLetter {
  var unclear: [Letter.Block] {
    let heading = say("5. Cần xác nhận, cho ý kiến", "5. Waiting for a decision")
    let lines = digest.unclear.map(unclearLine) + digest.unsettled.map(unsettledLine)
    guard !lines.isEmpty else { return empty(heading, say("Không có.", "Nothing.")) }
    return [.heading(heading + total(lines.count)), .points(firstOnes(of: lines).map { Letter.Point($0) })]
  }

  private func unclearLine(_ item: Digest.Unclear) -> String {
    let doubt = Self.brief(words.ownHalf(item.doubt))
    let place = place(item.task, item.planNumber)
    let own = "(\(item.task)) "
    // A disagreement names the task and quotes both limits itself.
    if doubt.contains(own) {
      return CleanText.shortened("\(place): \(doubt.replacing(own, with: "", maxReplacements: 1))", to: 160)
    }
    let limit = item.limit.isEmpty ? "" : say(" (ghi ", " (") + "“\(CleanText.shortened(item.limit, to: 40))”)"
    return CleanText.shortened("\(place) – \(CleanText.shortened(item.title, to: 50))\(limit): \(doubt)", to: 200)
  }

  /// A doubt without its proposal, and with long quotations shortened.
  static func brief(_ doubt: String) -> String {
    let end = [" Đề xuất:", " Proposal:"].compactMap { doubt.firstRange(of: $0)?.lowerBound }.min() ?? doubt.endIndex
    let pieces = doubt[..<end].split(separator: "“", omittingEmptySubsequences: false)
    let quoted = pieces.dropFirst().map { piece in
      let close = piece.firstIndex(of: "”") ?? piece.endIndex
      return "“\(CleanText.shortened(String(piece[..<close]), to: 36))\(piece[close...])"
    }
    return (pieces.prefix(1).map(String.init) + quoted).joined()
  }

  private func unsettledLine(_ row: Digest.Row) -> String {
    let task =
      "\(place(row.task, row.planNumber)) – \(CleanText.shortened(row.title, to: 50)), \(units(row, most: 2))"
    return say(
      "\(task): hạn \(words.date(row.nominal)) đã qua khi nạp kế hoạch, đã hoàn thành hay chưa?",
      "\(task): \(words.date(row.nominal)) was past when the plan was loaded; is it done?"
    )
  }

  /// The first ones, then how many others there are.
  private func firstOnes(of lines: [String], most: Int = mostRows) -> [String] {
    guard lines.count > most else { return lines }
    let rest = lines.count - most
    return lines.prefix(most)
      + [say("và \(words.count(rest)) mục khác.", rest == 1 ? "and 1 other." : "and \(words.count(rest)) others.")]
  }
}

// 6 and 7. What did not arrive, what changed.
extension DigestLetter {
  var delivery: [Letter.Block] {
    let heading = say("6. Thư chưa gửi được", "6. Delivery problems")
    guard !digest.deliveryProblems.isEmpty else { return empty(heading, say("Không có.", "None.")) }
    return [
      .heading(heading + total(digest.deliveryProblems.count)),
      .points(firstOnes(of: digest.deliveryProblems).map { Letter.Point(words.cause($0)) }),
    ]
  }

  var changes: [Letter.Block] {
    guard let since = digest.changes.sinceNumber else {
      return empty(say("7. Thay đổi", "7. Changes"), say("Đây là bản tổng hợp đầu tiên.", "This is the first summary."))
    }
    let number = words.count(since)
    return [
      .heading(say("7. Thay đổi so với bản tổng hợp số \(number)", "7. Changes since summary No. \(number)")),
      .points([
        changed(say("Mới hoàn thành", "Newly done"), digest.changes.newlyDone),
        changed(say("Mới quá hạn", "Newly overdue"), digest.changes.newlyOverdue),
        Letter.Point(say("Số thư đã gửi: ", "Messages sent: ") + words.count(digest.changes.messagesSent)),
      ]),
    ]
  }

  /// The lines under their number; one alone stands beside its label.
  private func changed(_ label: String, _ lines: [String]) -> Letter.Point {
    let short = lines.map { CleanText.shortened($0, to: 160) }
    switch short.count {
    case 0: return Letter.Point(label + say(": không có", ": none"))
    case 1: return Letter.Point("\(label): \(short[0])")
    default: return Letter.Point(label + total(short.count), parts: firstOnes(of: short, most: 6))
    }
  }
}
