internal import Deadlines

/// The readable page of an export: one HTML file without script or anything fetched, for the screen and for A4.
///
/// Vietnamese first, English below it in smaller type. All times are local.
public struct UnitProofPage {
  private let proof: UnitProof

  /// The whole page as text.
  public static func render(_ proof: UnitProof) -> String { UnitProofPage(proof: proof).page }

  private var page: String {
    """
    <!DOCTYPE html>
    <html lang="vi">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(Self.escape("Trích nhật ký nhắc việc: \(proof.unitName)"))</title>
    <style>
    \(ProofStyle.sheet)
    </style>
    </head>
    <body>
    <main>
    \(head)
    \(summary)
    \(proof.obligations.enumerated().map { section($0.offset + 1, $0.element) }.joined(separator: "\n"))
    \(coordinating)
    \(ProofSealSection(proof).html)
    </main>
    </body>
    </html>

    """
  }

  // MARK: Head and answer

  private var head: String {
    let from = both {
      "từ \($0.date(proof.period.lowerBound)) đến \($0.date(proof.period.upperBound))"
    } english: {
      "\($0.date(proof.period.lowerBound)) to \($0.date(proof.period.upperBound))"
    }
    let asOf = proof.asOf.map { "\n" + fact("Tính đến", "As of", time($0) + "<br>" + Self.said(wordsOfNow)) } ?? ""
    return """
      <header>
      <p class="office">\(Self.escape(CleanText.line(proof.officeName)))</p>
      <h1>\(Self.both("TRÍCH NHẬT KÝ NHẮC VIỆC", "EXTRACT OF THE RECORD OF REMINDERS"))</h1>
      <table class="facts">
      \(fact("Đơn vị", "Unit", Self.escape(CleanText.line(proof.unitName))))
      \(fact("Thời gian", "Period", from))
      \(fact("Lập lúc", "Made", time(proof.madeAt)))\(asOf)
      </table>
      </header>
      """
  }

  /// What of a page as of another moment is not of that moment.
  private func wordsOfNow(_ words: Wording) -> String {
    let setBack =
      proof.isAsOfSetBack
      ? words.say(
        " Đồng hồ máy chủ đã được chỉnh lùi: có dòng ghi giờ muộn hơn thời điểm này; tính theo thứ tự của nhật ký.",
        " The clock was set back: some lines bear a later time than that; the record’s order counts."
      ) : ""
    return words.say("Lời văn là của lúc lập.", "The words are those of when it was made.") + setBack
  }

  private func time(_ instant: Instant) -> String {
    let local = proof.zone.civil(instant)
    return both {
      "\($0.time(local.time)) ngày \($0.date(local.date))"
    } english: {
      "\($0.time(local.time)) on \($0.date(local.date))"
    }
  }

  private var summary: String {
    let question = Self.both(
      "\(CleanText.line(proof.unitName)) có được nhắc không?",
      "Was \(CleanText.line(proof.unitName)) told?"
    )
    guard !proof.obligations.isEmpty else {
      return "<h2>\(question)</h2>\n<p>"
        + Self.both(
          "Trong thời gian này nhật ký không có nhiệm vụ nào của đơn vị.",
          "In this period the record has no obligation of this unit."
        ) + "</p>"
    }
    let rows = proof.obligations.enumerated().map { summaryRow($0.offset + 1, $0.element) }
    return """
      <h2>\(question)</h2>
      <p>\(Self.said(totals))</p>
      <table class="list">
      <thead><tr><th scope="col" class="number">\(Self.both("TT", "No."))</th>\
      <th scope="col">\(Self.both("Nhiệm vụ", "Obligation"))</th>\
      <th scope="col" class="date">\(Self.both("Thời hạn", "Due"))</th>\
      <th scope="col">\(Self.both("Có được nhắc không?", "Was it told?"))</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table>
      """
  }

  private func totals(_ words: Wording) -> String {
    let told = proof.count { if case .told = $0 { true } else if case .toldUndated = $0 { true } else { false } }
    let late = proof.count { if case .toldLate = $0 { true } else { false } }
    let unclear = proof.count { if case .perhaps = $0 { true } else { false } }
    let refused = proof.count { $0 == .refused }
    let afterTarget = proof.count { if case .toldAfterTarget = $0 { true } else { false } }
    let retrying = proof.count { $0 == .retrying }
    let rest = proof.obligations.count - told - late - unclear - refused - afterTarget - retrying
    // Rare, so said only where there are such.
    let rare = [
      (
        afterTarget,
        words.say("nhắc sau ngày phải làm xong, trước khi quá hạn", "after the target day, before overdue")
      ),
      (retrying, words.say("đang gửi lại", "being tried again")),
    ].filter { $0.0 > 0 }.map { "\($0.1) \(words.count($0.0)); " }.joined()
    return words.say(
      "Trong \(words.count(proof.obligations.count)) nhiệm vụ: được nhắc trong hạn \(words.count(told)); chỉ được nhắc sau hạn "
        + "\(words.count(late)); chưa rõ \(words.count(unclear)); không gửi được \(words.count(refused)); "
        + "\(rare)chưa đến lúc hoặc không cần \(words.count(rest)).",
      "Of \(words.count(proof.obligations.count)) obligations: told in time \(words.count(told)); only after the date "
        + "\(words.count(late)); not certain \(words.count(unclear)); not delivered \(words.count(refused)); "
        + "\(rare)not yet, or not needed \(words.count(rest))."
    )
  }

  private func summaryRow(_ number: Int, _ obligation: UnitProof.Obligation) -> String {
    let occurrence = obligation.occurrence
    let due = occurrence.due.map { Wording(.vietnamese).date($0.nominal) } ?? "–"
    return """
      <tr><td class="number"><a href="#o\(number)">\(number)</a></td>\
      <td>\(Self.escape(Self.name(of: occurrence)))</td><td class="date">\(due)</td>\
      <td>\(ProofAnswer(obligation, proof.zone).html)</td></tr>
      """
  }

  private static func name(of occurrence: Occurrence) -> String {
    let period = occurrence.due?.period ?? ""
    let title = CleanText.shortened(CleanText.line(occurrence.title), to: 160)
    return "\(CleanText.line(occurrence.task)) – \(title)" + (period.isEmpty ? "" : " (\(CleanText.line(period)))")
  }

  // MARK: One obligation

  private func section(_ number: Int, _ obligation: UnitProof.Obligation) -> String {
    let occurrence = obligation.occurrence
    return """
      <section id="o\(number)">
      <h3>\(number). \(Self.escape(Self.name(of: occurrence)))</h3>
      <p class="answer">\(ProofAnswer(obligation, proof.zone).html)</p>
      <table class="facts">
      \(fact("Văn bản", "Document", both { $0.document(occurrence.plan) } english: { $0.document(occurrence.plan) }))
      \(fact("Thời hạn, nguyên văn", "Time limit, word for word", Self.escape(CleanText.line(occurrence.limit))))
      \(dates(occurrence))\(datesOfNow(obligation))
      \(fact("Tình trạng", "State", both { $0.state(obligation.state) } english: { $0.state(obligation.state) }))
      \(fact("Mã", "Id", "<code>\(Self.escape(occurrence.id))</code>"))
      </table>
      \(history(obligation))
      </section>
      """
  }

  private func dates(_ occurrence: Occurrence) -> String {
    guard let due = occurrence.due else { return "" }
    let words = both {
      "\($0.weekdayDate(due.nominal)); hoàn thành chậm nhất ngày \($0.date(due.target)); quá hạn sau \($0.date(occurrence.overdueAfter ?? due.legal))"
    } english: {
      "\($0.weekdayDate(due.nominal)); to be finished by \($0.date(due.target)); overdue after \($0.date(occurrence.overdueAfter ?? due.legal))"
    }
    return fact("Ngày đến hạn", "Due date", words)
  }

  /// How the dates of then stand to those of now, where they may be others.
  private func datesOfNow(_ obligation: UnitProof.Obligation) -> String {
    let words: String
    switch obligation.dates {
    case .asNow: return ""
    case .unknown:
      words = Self.both(
        "Nhật ký lúc đó không ghi ngày: ngày nêu ở đây là của lúc lập",
        "The record did not say the dates then: those given here are of when this was made"
      )
    case .changedSince(let now):
      let then = obligation.occurrence.due?.nominal
      words = both {
        "Thời hạn khi đó \(then.map($0.date) ?? "chưa có"); nay là \(now.map($0.date) ?? "chưa có")"
      } english: {
        "Due then \(then.map($0.date) ?? "not known"); now \(now.map($0.date) ?? "not known")"
      }
    }
    return "\n" + fact("Thời hạn khi đó và nay", "Dates then and now", words)
  }

  /// Everything that happened, in the order of time.
  private func history(_ obligation: UnitProof.Obligation) -> String {
    let rows = ProofHistory(obligation, proof).rows
    guard !rows.isEmpty else { return "" }
    return """
      <table class="list">
      <thead><tr><th scope="col" class="time">\(Self.both("Lúc", "When"))</th>\
      <th scope="col">\(Self.both("Việc", "What"))</th>\
      <th scope="col">\(Self.both("Gửi đến", "To"))</th>\
      <th scope="col">\(Self.both("Kết quả, trả lời của máy chủ", "Result, the server’s own reply"))</th>\
      <th scope="col" class="number">\(Self.both("Dòng", "Line"))</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table>
      """
  }

  /// What the unit was told of tasks that others lead.
  private var coordinating: String {
    guard !proof.asCoordinating.isEmpty else { return "" }
    let rows = proof.asCoordinating.map { delivery in
      let end = both {
        $0.end(delivery)
      } english: {
        $0.end(delivery)
      }
      return "<tr><td class=\"time\">\(ProofHistory.time(delivery.acceptedAt ?? delivery.plannedAt, proof.zone))</td>"
        + "<td>\(Self.escape(delivery.address))</td><td>\(end)<br><code>\(Self.escape(delivery.messageID))</code></td></tr>"
    }
    return """
      <section>
      <h3>\(Self.both("Thư gửi đơn vị với tư cách đơn vị phối hợp", "Messages to the unit as one that helps"))</h3>
      <table class="list"><tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table>
      </section>
      """
  }

  // MARK: Pieces

  private func fact(_ vietnamese: String, _ english: String, _ html: String) -> String {
    "<tr><th scope=\"row\">\(Self.both(vietnamese, english))</th><td>\(html)</td></tr>"
  }

  private func both(_ vietnamese: (Wording) -> String, english: (Wording) -> String) -> String {
    Self.both(vietnamese(Wording(.vietnamese)), english(Wording(.english)))
  }

  static func both(_ vietnamese: String, _ english: String) -> String {
    vietnamese == english
      ? escape(vietnamese) : "\(escape(vietnamese)) <span class=\"en\" lang=\"en\">\(escape(english))</span>"
  }

  /// A sentence in both languages by their wordings.
  static func said(_ sentence: (Wording) -> String) -> String {
    both(sentence(Wording(.vietnamese)), sentence(Wording(.english)))
  }

  static func escape(_ text: String) -> String { HTMLLayout.escape(text) }
}

/// “CÓ”, “KHÔNG”, and why.
private struct ProofAnswer {
  private let answer: UnitProof.Answer
  private let zone: OfficeZone

  init(_ obligation: UnitProof.Obligation, _ zone: OfficeZone) {
    answer = obligation.answer
    self.zone = zone
  }

  var html: String {
    let (mark, vietnamese, english) = verdict
    return "<strong class=\"\(mark)\">\(UnitProofPage.both(vietnamese, english))</strong> "
      + UnitProofPage.said(reason)
  }

  private var verdict: (mark: String, vietnamese: String, english: String) {
    switch answer {
    case .told, .toldUndated: ("yes", "CÓ.", "YES.")
    case .toldAfterTarget: ("late", "CÓ, SAU NGÀY PHẢI LÀM XONG.", "YES, AFTER THE TARGET DAY.")
    case .toldLate: ("late", "CÓ, SAU HẠN.", "YES, LATE.")
    case .perhaps: ("late", "CHƯA RÕ.", "NOT CERTAIN.")
    case .refused: ("no", "KHÔNG.", "NO.")
    case .retrying, .waiting, .backfill, .nothingPlanned: ("none", "CHƯA.", "NOT YET.")
    case .doneBefore: ("none", "KHÔNG CẦN.", "NOT NEEDED.")
    }
  }

  private func reason(_ words: Wording) -> String {
    switch answer {
    case .told(let first, let days): told(words, first, days)
    case .toldUndated(let times, let first):
      words.say(
        "\(words.count(times)) lần, lần đầu lúc \(moment(first, words)); nhiệm vụ không có hạn.",
        "\(times)×, first on \(moment(first, words)); it has no due date."
      )
    case .toldAfterTarget(let first):
      words.say(
        "Lần đầu lúc \(moment(first, words)), sau ngày phải làm xong, trước khi quá hạn.",
        "First on \(moment(first, words)), after the day to be finished by, before it was overdue."
      )
    case .toldLate(let first):
      words.say(
        "Lần đầu lúc \(moment(first, words)), khi đã qua hạn.",
        "First on \(moment(first, words)), after the date."
      )
    case .perhaps(let at):
      words.say(
        "Mất kết nối lúc \(moment(at, words)) trước khi máy chủ trả lời; thư có thể đã đến.",
        "The connection was lost on \(moment(at, words)) before the server answered; the message may have arrived."
      )
    default: notTold(words)
    }
  }

  /// “03 lần, trước hạn 10, 03 ngày làm việc và đúng ngày đến hạn; lần đầu …”.
  private func told(_ words: Wording, _ first: Instant, _ days: [Int]) -> String {
    let before = days.filter { $0 > 0 }
    let numbers = before.map(words.count).joined(separator: ", ")
    let ahead =
      before.isEmpty
      ? nil
      : words.say(
        "trước hạn \(numbers) ngày làm việc",
        "\(numbers) working day\(numbers == "1" ? "" : "s") before the date"
      )
    let onTheDay = before.count < days.count ? words.say("đúng ngày phải hoàn thành", "on the day itself") : nil
    let all = [ahead, onTheDay].compactMap(\.self).joined(separator: words.say(" và ", " and "))
    return words.say(
      "\(words.count(days.count)) lần: \(all); lần đầu lúc \(moment(first, words)).",
      "\(words.count(days.count))×: \(all); first on \(moment(first, words))."
    )
  }

  private func notTold(_ words: Wording) -> String {
    switch answer {
    case .refused:
      words.say(
        "Đã thử gửi, không máy chủ nào nhận; xem dưới đây.",
        "It was tried, and no server took the message; see below."
      )
    case .retrying:
      words.say("Đã thử, chưa nhận được, đang gửi lại.", "Tried, not yet accepted, being tried again.")
    case .waiting:
      words.say("Thư đang chờ gửi, chưa thử lần nào.", "The message waits and was not tried yet.")
    case .backfill:
      words.say(
        "Khi đưa vào hệ thống đã quá hạn; chờ xác nhận nên không gửi.",
        "It was past when it was loaded; nothing is sent before somebody confirms it."
      )
    case .doneBefore:
      words.say("Đã hoàn thành trước khi phải nhắc.", "It was done before a reminder was due.")
    default: words.say("Chưa có bước nhắc nào đến lúc.", "No step of the ladder has come yet.")
    }
  }

  private func moment(_ instant: Instant, _ words: Wording) -> String {
    let civil = zone.civil(instant)
    return words.say(
      "\(words.time(civil.time)) ngày \(words.date(civil.date))",
      "\(words.date(civil.date)) at \(words.time(civil.time))"
    )
  }
}

/// The rows of what happened to one obligation.
private struct ProofHistory {
  private let obligation: UnitProof.Obligation
  private let proof: UnitProof

  init(_ obligation: UnitProof.Obligation, _ proof: UnitProof) {
    self.obligation = obligation
    self.proof = proof
  }

  var rows: [String] {
    let deliveries = obligation.deliveries.map { (at: Self.moment($0), line: $0.lines.first ?? 0, html: row($0)) }
    let events = obligation.events.map { (at: $0.at, line: $0.sequence, html: row($0)) }
    return (deliveries + events).sorted { ($0.at, $0.line) < ($1.at, $1.line) }.map(\.html)
  }

  /// When it was taken, or last tried, or planned.
  private static func moment(_ delivery: RecordedDelivery) -> Instant {
    delivery.acceptedAt ?? delivery.attempts.last?.at ?? delivery.plannedAt
  }

  private func row(_ event: RecordedEvent) -> String {
    """
    <tr><td class="time">\(Self.time(event.at, proof.zone))</td>\
    <td colspan="3">\(UnitProofPage.said { $0.happened(event) })</td><td class="number">\(event.sequence)</td></tr>
    """
  }

  private func row(_ delivery: RecordedDelivery) -> String {
    let at = Self.moment(delivery)
    let steps = delivery.steps.map { step in UnitProofPage.said { $0.step(step) } }.joined(separator: "; ")
    let name = proof.names[delivery.address] ?? ""
    let who = name == delivery.address ? "" : UnitProofPage.escape(CleanText.line(name)) + "<br>"
    return """
      <tr><td class="time">\(Self.time(at, proof.zone))</td><td>\(steps)\(left(at))</td>\
      <td>\(who)\(UnitProofPage.escape(delivery.address)) (\(UnitProofPage.escape(delivery.channel)))</td>\
      <td>\(result(delivery))</td><td class="number">\(Self.lines(delivery.lines))</td></tr>
      """
  }

  /// “còn 03 ngày làm việc” as of then.
  private func left(_ at: Instant) -> String {
    guard let days = obligation.workingDaysLeft[at], days > 0 else { return "" }
    let words = UnitProofPage.said { $0.say("còn \($0.workingDays(days)) đến hạn", "\($0.workingDays(days)) left") }
    return "<div>\(words)</div>"
  }

  private func result(_ delivery: RecordedDelivery) -> String {
    let end = "<strong>\(UnitProofPage.said { $0.end(delivery) })</strong>"
    let attempts = delivery.attempts.map { attempt in
      let outcome = attempt.outcome == .accepted ? "" : " " + UnitProofPage.said { $0.outcome(attempt.outcome) }
      return "<div>\(Self.time(attempt.at, proof.zone)) <q>\(UnitProofPage.escape(attempt.reply))</q>\(outcome)</div>"
    }
    let id = "<code>\(UnitProofPage.escape(delivery.messageID))</code>"
    let consequences = delivery.consequences.map { consequence in
      "<div>\(UnitProofPage.said { CleanText.line($0.consequence(consequence)) })</div>"
    }
    return end + attempts.joined() + consequences.joined() + ([id] + text(delivery)).map { "<div>\($0)</div>" }.joined()
  }

  /// The digest of what was sent, and whether the text is still there.
  private func text(_ delivery: RecordedDelivery) -> [String] {
    let digest = delivery.attempts.compactMap(\.sent).last.map {
      "<code>SHA-256 \(UnitProofPage.escape(String($0.prefix(16))))…</code>"
    }
    let dropped =
      delivery.isTextDropped
      ? UnitProofPage.both("nội dung thư không còn lưu", "the text is no longer kept") : nil
    return [digest, dropped].compactMap(\.self)
  }

  static func time(_ instant: Instant, _ zone: OfficeZone) -> String {
    let civil = zone.civil(instant)
    return "\(civil.date.day)/\(civil.date.month)/\(civil.date.year) \(civil.time.description)"
  }

  /// “12, 15–17”.
  static func lines(_ numbers: [Int64]) -> String {
    var runs: [ClosedRange<Int64>] = []
    for number in numbers.sorted() {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" }.joined(separator: ", ")
  }
}

/// What is proven, what is not, and how to check it.
private struct ProofSealSection {
  private let proof: UnitProof

  init(_ proof: UnitProof) { self.proof = proof }

  private var seal: UnitProof.Seal { proof.seal }

  var html: String {
    """
    <section class="seal">
    <h2>\(UnitProofPage.both("Kiểm tra trang này", "How to check this page"))</h2>
    <p>\(UnitProofPage.said(extent))</p>
    <p>\(UnitProofPage.said(signature))</p>
    \(commands)
    <p>\(UnitProofPage.said(proven))</p>
    <p>\(UnitProofPage.said(notProven))</p>
    </section>
    """
  }

  private func extent(_ words: Wording) -> String {
    // What was written after the moment of the proof is hidden too, also where it is about this unit.
    let isEarlier = proof.asOf != nil
    let about = words.say(
      isEarlier ? "chỉ ghi mã băm: về việc khác, hoặc ghi sau thời điểm tính đến" : "về việc khác chỉ ghi mã băm",
      isEarlier
        ? "as digests only: about other matters, or written after that moment" : "about other matters as digests only"
    )
    return words.say(
      "Nhật ký có \(words.count(seal.head.entries)) dòng, mã cuối \(seal.head.short). Tệp \(seal.fileName) chứa các dòng từ "
        + "\(seal.begin + 1) đến \(seal.head.entries): \(words.count(seal.disclosed)) dòng nguyên văn về đơn vị này, "
        + "\(words.count(seal.hidden)) dòng \(about).",
      "The record has \(words.count(seal.head.entries)) lines, its head is \(seal.head.short). The file \(seal.fileName) holds "
        + "lines \(seal.begin + 1) to \(seal.head.entries): \(words.count(seal.disclosed)) in full, about this unit, and "
        + "\(words.count(seal.hidden)) \(about)."
    )
  }

  private func signature(_ words: Wording) -> String {
    guard seal.publicKey != nil else {
      return words.say(
        "Tệp KHÔNG được ký: ai cũng có thể lập một tệp như vậy.",
        "The file is NOT signed: anybody can make such a file."
      )
    }
    return words.say(
      "Tệp và mã băm SHA-256 của trang này được ký bằng khóa Ed25519 của cơ quan. Khóa công khai phải lấy từ nguồn khác "
        + "để so sánh:",
      "The file, with the SHA-256 of this page in it, is signed with the office’s Ed25519 key. Compare the public key with "
        + "one that you have from elsewhere:"
    )
  }

  private var commands: String {
    guard let key = seal.publicKey else { return "" }
    let file = UnitProofPage.escape(seal.fileName)
    return """
      <pre>-----BEGIN PUBLIC KEY-----
      \(UnitProofPage.escape(key))
      -----END PUBLIC KEY-----

      openssl pkeyutl -verify -pubin -inkey KEY.pem -rawin -in \(file) -sigfile \(file).sig
      nhachan record verify --key KEY.pem \(file)</pre>
      """
  }

  private func proven(_ words: Wording) -> String {
    words.say(
      "Tệp chứng minh: các dòng về đơn vị đứng đúng chỗ, đúng nguyên văn trong chuỗi mã băm dẫn đến mã cuối nói trên. Ai giữ "
        + "một mã của nhật ký (in ở cuối mỗi bản tổng hợp) có thể so sánh: mã ấy phải nằm trong chuỗi.",
      "The file proves that the lines about the unit stand word for word where they are in the chain of hashes that leads to "
        + "that head. Whoever keeps a mark of the record (every printed summary has one at its foot) can compare: the chain "
        + "must go through it."
    )
  }

  private func notProven(_ words: Wording) -> String {
    words.say(
      "Tệp không chứng minh: các dòng chỉ ghi mã băm nói gì; người nhận đã mở thư hay chưa. “Máy chủ đã nhận” nghĩa là máy "
        + "chủ thư đã nhận trách nhiệm chuyển; việc sau đó xem nhật ký của máy chủ ấy.",
      "It does not prove what the lines say of which it gives digests only, nor that anybody opened a message. “Taken by the "
        + "server” means that the mail server took the responsibility; its own log tells the rest."
    )
  }
}

/// The sheet of styles: dark on white, 4.5 to 1 or more (WCAG 2.2 AA), readable in black and white.
private enum ProofStyle {
  static let sheet = """
    @page { size: A4; margin: 15mm 13mm; }
    body { margin: 0; background: #fff; color: #1f2328; font: 15px/1.45 'Segoe UI', Roboto, Arial, sans-serif; }
    main { max-width: 960px; margin: 0 auto; padding: 16px; }
    .office { margin: 0; text-transform: uppercase; font-weight: bold; }
    h1 { font-size: 20px; margin: 12px 0; } h2 { font-size: 17px; margin: 24px 0 8px; } h3 { font-size: 15px; margin: 0 0 6px; }
    .en { color: #57606a; font-size: 87%; font-weight: normal; }
    th .en, h1 .en, h2 .en, p .en, .list .en, .facts td .en { display: block; }
    table { border-collapse: collapse; width: 100%; }
    th { text-align: left; vertical-align: top; font-weight: normal; }
    td { vertical-align: top; overflow-wrap: anywhere; }
    .facts th { width: 24%; padding: 2px 10px 2px 0; color: #57606a; } .facts td { padding: 2px 0; }
    .facts th .en { display: inline; }
    .list { margin: 8px 0 0; font-size: 13px; line-height: 1.35; }
    .list th { border-bottom: 2px solid #57606a; padding: 4px 8px 4px 0; font-weight: bold; vertical-align: bottom; }
    .list td { border-bottom: 1px solid #d0d7de; padding: 5px 8px 5px 0; }
    .number { width: 4em; } .date { width: 8em; } .time { width: 6.5em; }
    section { margin: 22px 0 0; padding: 12px 0 0; border-top: 1px solid #57606a; }
    .answer { margin: 0 0 8px; }
    strong.yes { color: #14532d; } strong.late { color: #7a3e00; } strong.no { color: #8a1c12; }
    code { font-family: monospace; font-size: 12px; color: #57606a; } pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12px; background: #f6f8fa; padding: 8px; }
    strong .en { display: inline !important; } q { quotes: '“' '”'; }
    a { color: #0b4f9e; }
    tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
    @media print { body { font-size: 11pt; } .list { font-size: 9pt; } main { padding: 0; max-width: none; } a { color: inherit; text-decoration: none; } pre { background: none; border: 1px solid #d0d7de; } }
    """
}
