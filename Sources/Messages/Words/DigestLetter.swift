internal import Deadlines

/// The chair's page: figures first, then what is overdue, what comes, who owes what, what needs a word (behaviour 3.9).
struct DigestLetter {
  /// The page stays one page: of what is not overdue, so many are named and the others counted.
  static let mostRows = 12

  let digest: Digest
  let message: Message
  let letterhead: Letterhead
  let words: Wording

  /// All three are already cleaned.
  init(_ digest: Digest, _ message: Message, _ letterhead: Letterhead) {
    self.digest = digest
    self.message = message
    self.letterhead = letterhead
    self.words = Wording(message.recipient.language)
  }

  func compose(into letter: inout Letter) {
    letter.pixels = 760
    letter.columns = 96
    letter.isDense = true
    letter.blocks = [NoticeLetter.salutation(message), .title(title)] + closedPeriod + symbols + provisional
    letter.blocks += figures + overdue + comingDue + byUnit + unclear + delivery + changes + [.paragraph(next)]
    if let url = letterhead.url { letter.blocks.append(.link(say("Xem chi tiết tại:", "Details:"), url: url)) }
    if let record { letter.blocks.append(.footer(record)) }
  }

  func say(_ vietnamese: @autoclosure () -> String, _ english: @autoclosure () -> String) -> String {
    words.say(vietnamese(), english())
  }

  private var title: String {
    let number = words.count(digest.number)
    let moment = letterhead.zone.civil(digest.asOf)
    return say(
      "TỔNG HỢP TÌNH HÌNH THỰC HIỆN NHIỆM VỤ số \(number) "
        + "(tính đến \(words.time(moment.time)) ngày \(words.date(moment.date)))",
      "SUMMARY OF TASKS No. \(number) (as of \(words.time(moment.time)) on \(words.date(moment.date)))"
    )
  }

  private var closedPeriod: [Letter.Block] {
    digest.closedPeriod.map {
      [.paragraph(say("Bản này được lập sau ngày chốt số liệu kỳ \($0).", "Made after the data of \($0) were closed."))]
    } ?? []
  }

  /// The document that all rows are from; nil when they are from several.
  private var onlyPlan: String? {
    let rows = digest.overdue + digest.comingDue + digest.unsettled
    let plans = Set(rows.map(\.planNumber) + digest.unclear.map(\.planNumber))
    return plans.count == 1 ? plans.first : nil
  }

  private var symbols: [Letter.Block] {
    guard let onlyPlan else { return [] }
    return [
      .paragraph(say("Ký hiệu các mục dưới đây theo văn bản số \(onlyPlan).", "Task numbers are those of \(onlyPlan)."))
    ]
  }

  /// Rule R17: which dates may still move, and why.
  private var provisional: [Letter.Block] {
    guard let years = digest.provisionalYears, let last = years.last else { return [] }
    let rest = years.dropLast().map(String.init).joined(separator: ", ")
    let all = rest.isEmpty ? "\(last)" : rest + say(" và \(last)", " and \(last)")
    return [
      .paragraph(
        say(
          "Lịch nghỉ năm \(all) chưa có thông báo chính thức; các thời hạn trong \(rest.isEmpty ? "năm" : "các năm") đó là "
            + "tạm tính, có thể thay đổi.",
          "The days off of \(all) are not yet announced; dates in \(rest.isEmpty ? "that year" : "those years") "
            + "are provisional and may move."
        )
      )
    ]
  }

  /// “PL.13”, after the document's number where there are several.
  func place(_ task: String, _ plan: String) -> String { onlyPlan == nil ? "\(plan), \(task)" : task }

  /// How far the record went: kept on paper, it shows later whether the record was cut or written anew.
  private var record: String? {
    digest.record.map { head in
      say(
        "Nhật ký hệ thống đến bản này: \(words.count(head.entries)) dòng, mã \(head.short). "
          + "Đề nghị lưu bản này để đối chiếu khi cần.",
        "The record up to here: \(words.count(head.entries)) lines, mark \(head.short). "
          + "Keep this page: it shows later whether the record was changed."
      )
    }
  }

  private var next: String {
    let moment = letterhead.zone.civil(digest.next)
    let number = words.count(digest.number + 1)
    return say(
      "Bản tổng hợp số \(number) sẽ gửi lúc \(words.time(moment.time)) \(words.weekdayDate(moment.date)); "
        + "nếu không nhận được, đề nghị liên hệ \(letterhead.contact).",
      "Summary No. \(number) will be sent at \(words.time(moment.time)) on \(words.weekdayDate(moment.date)). "
        + "If it does not arrive, please contact \(letterhead.contact)."
    )
  }
}

// 1. Figures.
extension DigestLetter {
  private var figures: [Letter.Block] {
    let numbers = digest.figures
    let head = say(
      "1. Số liệu chung: tổng số nhiệm vụ \(words.count(numbers.tasks)); có hạn \(words.count(numbers.dated)); "
        + "không có hạn (thường xuyên) \(words.count(numbers.undated)).",
      "1. Figures: \(words.count(numbers.tasks)) tasks; \(words.count(numbers.dated)) with a due date; "
        + "\(words.count(numbers.undated)) without (continuous)."
    )
    return [.heading(head), .points(([doneLine, openLine, overdueLine] + unsettledLine).map { Letter.Point($0) })]
  }

  private var doneLine: String {
    let numbers = digest.figures
    return say(
      "Đã hoàn thành: \(words.count(numbers.done)) (đúng hạn \(words.count(numbers.doneInTime)); "
        + "quá hạn \(words.count(numbers.doneLate)))",
      "Done: \(words.count(numbers.done)) (in time \(words.count(numbers.doneInTime)); "
        + "late \(words.count(numbers.doneLate)))"
    )
  }

  private var openLine: String {
    let numbers = digest.figures
    let open = numbers.notYetDue + numbers.dueSoon + numbers.dueToday
    return say(
      "Đang thực hiện: \(words.count(open)) (chưa đến hạn \(words.count(numbers.notYetDue)); "
        + "sắp đến hạn \(words.count(numbers.dueSoon)); đến hạn \(words.count(numbers.dueToday)))",
      "In progress: \(words.count(open)) (not yet due \(words.count(numbers.notYetDue)); "
        + "due soon \(words.count(numbers.dueSoon)); due \(words.count(numbers.dueToday)))"
    )
  }

  private var overdueLine: String {
    let numbers = digest.figures
    let ofDated = words.percent(numbers.overdue, of: numbers.dated)
    let ofAll = words.percent(numbers.overdue, of: numbers.tasks)
    return say(
      "Quá hạn: \(words.count(numbers.overdue)) (\(ofDated) số nhiệm vụ có hạn; \(ofAll) tổng số nhiệm vụ)",
      "Overdue: \(words.count(numbers.overdue)) (\(ofDated) of tasks with a due date; \(ofAll) of all tasks)"
    )
  }

  private var unsettledLine: [String] {
    guard digest.figures.unsettled > 0 else { return [] }
    return [
      say(
        "Chờ xác nhận (đã qua hạn khi nạp kế hoạch): \(words.count(digest.figures.unsettled))",
        "To be confirmed (past when the plan was loaded): \(words.count(digest.figures.unsettled))"
      )
    ]
  }
}

// 2 and 3. Overdue and coming due.
extension DigestLetter {
  private var overdue: [Letter.Block] {
    let heading = say(
      "2. Nhiệm vụ quá hạn (lâu nhất trước, tính theo ngày làm việc)",
      "2. Overdue (longest first, in working days)"
    )
    guard !digest.overdue.isEmpty else {
      return empty(heading, say("Không có nhiệm vụ quá hạn.", "Nothing is overdue."))
    }
    let rows = digest.overdue.enumerated().map { index, row in
      [
        Letter.Cell(words.count(index + 1)), taskCell(row), unitCell(row, most: 6), dueCell(row),
        Letter.Cell(overdueDays(row.state), tone: .overdue), urgedCell(row),
      ]
    }
    return [
      .heading(heading + total(digest.overdue.count)),
      .table(
        Letter.Table(
          summary: heading,
          columns: [
            number, Letter.Column(title: say("Nội dung", "Task"), share: 30),
            Letter.Column(title: say("Đơn vị chủ trì", "Lead"), share: 21),
            Letter.Column(title: say("Thời hạn", "Due"), share: 11),
            Letter.Column(title: say("Quá hạn", "Overdue"), share: 10),
            Letter.Column(title: say("Đã đôn đốc", "Urged"), share: 24),
          ],
          rows: rows
        )
      ),
    ]
  }

  private var comingDue: [Letter.Block] {
    let days = words.count(letterhead.digestAheadDays)
    let heading = say("3. Sắp đến hạn trong \(days) ngày làm việc", "3. Due within \(days) working days")
    guard !digest.comingDue.isEmpty else {
      return empty(heading, say("Không có nhiệm vụ sắp đến hạn.", "Nothing comes due."))
    }
    let rows = nearestFirst.prefix(Self.mostRows).enumerated().map { index, row in
      [
        Letter.Cell(words.count(index + 1)), taskCell(row), briefUnitCell(row), dueCell(row),
        Letter.Cell(words.state(row.state), tone: NoticeLetter.tone(row.state)),
      ]
    }
    return [
      .heading(heading + total(digest.comingDue.count)),
      .table(
        Letter.Table(
          summary: heading,
          columns: [
            number, Letter.Column(title: say("Nội dung", "Task"), share: 46),
            Letter.Column(title: say("Đơn vị chủ trì", "Lead"), share: 24),
            Letter.Column(title: say("Thời hạn", "Due"), share: 11),
            Letter.Column(title: say("Tình trạng", "State"), share: 15),
          ],
          rows: rows
        )
      ),
    ] + others(than: rows.count, of: digest.comingDue.count)
  }

  private var nearestFirst: [Digest.Row] {
    digest.comingDue.enumerated()
      .sorted { ($0.element.nominal, $0.offset) < ($1.element.nominal, $1.offset) }.map(\.element)
  }

  /// “và 05 nhiệm vụ khác.”, when not all were told.
  private func others(than told: Int, of all: Int) -> [Letter.Block] {
    guard told < all else { return [] }
    let rest = words.count(all - told)
    return [
      .paragraph(say("và \(rest) nhiệm vụ khác.", all - told == 1 ? "and 1 other task." : "and \(rest) other tasks."))
    ]
  }

  private var number: Letter.Column { Letter.Column(title: say("TT", "No."), share: 4) }

  func total(_ number: Int) -> String { ": \(words.count(number))" }

  func empty(_ heading: String, _ words: String) -> [Letter.Block] { [.heading(heading), .paragraph(words)] }

  private func taskCell(_ row: Digest.Row) -> Letter.Cell {
    let period = row.period.isEmpty ? "" : " (\(row.period))"
    return Letter.Cell("\(place(row.task, row.planNumber)) – \(CleanText.shortened(row.title, to: 70))\(period)")
  }

  /// Rows come with the names of all units that owe the task, joined with “; ”.
  private func unitCell(_ row: Digest.Row, most: Int) -> Letter.Cell { Letter.Cell(units(row, most: most)) }

  /// Two names, or the first of many with how many others there are.
  private func briefUnitCell(_ row: Digest.Row) -> Letter.Cell {
    Letter.Cell(units(row, most: unitNames(row).count <= 2 ? 2 : 1))
  }

  func units(_ row: Digest.Row, most: Int) -> String { words.units(unitNames(row), most: most) }

  private func unitNames(_ row: Digest.Row) -> [String] {
    row.unitName.split(separator: ";").map { CleanText.line(String($0)) }.filter { !$0.isEmpty }.unique
  }

  private func dueCell(_ row: Digest.Row) -> Letter.Cell { Letter.Cell(words.date(row.nominal)) }

  private func overdueDays(_ state: OccurrenceState) -> String {
    guard case .overdue(let days) = state else { return words.state(state) }
    return say("\(words.count(days)) ngày", days == 1 ? "1 day" : "\(words.count(days)) days")
  }

  /// The leaders who were told, then others, two by name; the units themselves are in their own column.
  private func told(_ row: Digest.Row) -> String {
    let owing = unitNames(row)
    let names = row.toldAbove.filter { !$0.isEmpty && !owing.contains($0) }.unique
    let leaders = names.filter { $0.hasPrefix("Chủ tịch") } + names.filter { $0.hasPrefix("Phó Chủ tịch") }
    let ordered = leaders + names.filter { !leaders.contains($0) }
    let rest = ordered.count - 2
    let first = ordered.prefix(2).joined(separator: "; ")
    guard rest > 0 else { return first }
    return first
      + say(" và \(words.count(rest)) nơi khác", rest == 1 ? " and 1 other" : " and \(words.count(rest)) others")
  }

  private func urgedCell(_ row: Digest.Row) -> Letter.Cell {
    let last = row.lastUrged.map { words.date(letterhead.zone.civil($0).date) }
    let times =
      row.urgings == 0
      ? say("chưa", "not yet") : say("\(words.count(row.urgings)) lần", "\(words.count(row.urgings))×")
    let latest = row.urgings > 0 ? last.map { say(", gần nhất \($0)", ", last on \($0)") } ?? "" : ""
    let told = told(row)
    return Letter.Cell(times + latest, detail: told.isEmpty ? nil : say("đã báo: \(told)", "told: \(told)"))
  }
}

// 4. By unit.
extension DigestLetter {
  private var byUnit: [Letter.Block] {
    let year = String(digest.today.year)
    let heading = say("4. Theo đơn vị (lượt nhiệm vụ năm \(year))", "4. By unit (occurrences of \(year))")
    guard !digest.byUnit.isEmpty else { return empty(heading, say("Chưa có số liệu.", "No figures yet.")) }
    let names = [
      say("Được giao", "Given"), say("Xong đúng hạn", "Done in time"), say("Xong quá hạn", "Done late"),
      say("Trong hạn", "Open"), say("Quá hạn", "Overdue"), say("Tỷ lệ xong", "Done, %"),
    ]
    let columns =
      [Letter.Column(title: say("Đơn vị", "Unit"), share: 34)]
      + names.map { Letter.Column(title: $0, share: 11, isNumber: true) }
    let table = Letter.Table(summary: heading, columns: columns, rows: digest.byUnit.map(unitRow))
    return [.heading(heading), .table(table)]
  }

  private func unitRow(_ row: Digest.UnitRow) -> [Letter.Cell] {
    let numbers = [row.assigned, row.doneInTime, row.doneLate, row.inTime, row.overdue]
    return [Letter.Cell(row.name)] + numbers.map { Letter.Cell(words.count($0)) }
      + [Letter.Cell(words.percent(row.doneInTime + row.doneLate, of: row.assigned))]
  }
}
