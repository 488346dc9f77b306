internal import Deadlines

/// A draft công văn đôn đốc in the layout of NĐ 30/2020/NĐ-CP, for a person to check, change and sign.
///
/// Number, date and signer are blank: only people issue documents. It is in Vietnamese whatever the recipient reads.
struct UrgingLetter {
  let unitName: String
  let entries: [EntryWords]
  let letterhead: Letterhead
  private let words = Wording(.vietnamese)

  // Each is a file in the mail, which must stay small; an office has fewer units.
  private static let most = 60

  /// One draft per unit that is to be urged, in the order of the message, at most sixty.
  static func drafts(_ message: Message, _ letterhead: Letterhead) -> [UrgingLetter] {
    var vietnamese = message
    vietnamese.recipient.language = .vietnamese
    var drafts: [UrgingLetter] = []
    for entry in message.entries where entry.draftsLetter && entry.notice.kind != .settled {
      let words = EntryWords(entry, vietnamese, letterhead)
      if let index = drafts.firstIndex(where: { $0.unitName == entry.unitName }) {
        drafts[index] = drafts[index].adding(words)
      } else if drafts.count < most {
        drafts.append(UrgingLetter(unitName: entry.unitName, entries: [words], letterhead: letterhead))
      }
    }
    return drafts
  }

  private init(unitName: String, entries: [EntryWords], letterhead: Letterhead) {
    self.unitName = unitName
    self.entries = entries
    self.letterhead = letterhead
  }

  private func adding(_ entry: EntryWords) -> UrgingLetter {
    UrgingLetter(unitName: unitName, entries: entries + [entry], letterhead: letterhead)
  }

  var text: String { (warning + heading + body + signature).joined(separator: "\n") + "\n" }

  private static let width = 78

  private var warning: [String] {
    paragraph(
      "DỰ THẢO do hệ thống nhắc việc soạn sẵn để người có thẩm quyền xem xét, chỉnh sửa và ký; "
        + "chưa phải là văn bản hành chính. Xóa đoạn này khi hoàn thiện.",
      firstIndent: 0
    ) + [""]
  }

  private var heading: [String] {
    let (level, place) = office
    return [
      sides(level, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
      sides(place, "Độc lập - Tự do - Hạnh phúc"),
      sides("-------", "---------------"),
      sides("Số: ......../UBND-......", dateLine),
      sides("V/v đôn đốc thực hiện nhiệm vụ được giao", ""),
      "",
    ] + centred("Kính gửi: \(unitName).") + [""]
  }

  /// “ỦY BAN NHÂN DÂN” and “XÃ CẨM GIÀNG”.
  private var office: (String, String) {
    for prefix in ["UBND ", "Ủy ban nhân dân "] where letterhead.officeName.hasPrefix(prefix) {
      return ("ỦY BAN NHÂN DÂN", String(letterhead.officeName.dropFirst(prefix.count)).uppercased())
    }
    return (letterhead.officeName.uppercased(), "")
  }

  /// The place is what the office's name says after its level; where that is not plain, it stays blank.
  private var dateLine: String {
    let names = letterhead.officeName.split(separator: " ")
    let level = names.lastIndex { ["xã", "phường", "khu", "trấn"].contains($0.lowercased()) }
    let place = level.map { names[($0 + 1)...].joined(separator: " ") } ?? ""
    return "\(place.isEmpty ? "..............." : place), ngày ... tháng ... năm ......"
  }

  private var body: [String] {
    let items = entries.flatMap(item)
    return paragraph(opening) + items
      + paragraph(
        "\(letterhead.officeName) yêu cầu \(unitName) khẩn trương hoàn thành "
          + "\(entries.count == 1 ? "nhiệm vụ" : "các nhiệm vụ") nêu trên trước ngày ..../..../......; báo cáo kết quả, "
          + "nguyên nhân chậm và trách nhiệm của tập thể, cá nhân liên quan về \(letterhead.contact) để tổng hợp, báo cáo "
          + "Chủ tịch \(letterhead.officeName)./."
      ) + [""]
  }

  private var opening: String {
    let today = words.date(entries[0].today)
    let number = entries.count == 1 ? "nhiệm vụ sau" : "\(words.count(entries.count)) nhiệm vụ sau"
    return "Qua theo dõi việc thực hiện nhiệm vụ được giao, đến ngày \(today), \(letterhead.officeName) chưa ghi nhận "
      + "kết quả thực hiện của \(unitName) đối với \(number)\(commonSource.map { ", theo \($0)" } ?? ""):"
  }

  /// The document of all items, which is then named once; one item names its own.
  private var commonSource: String? {
    guard let plan = entries.first?.occurrence.plan, entries.count > 1 else { return nil }
    return entries.allSatisfy { $0.occurrence.plan == plan } ? words.document(plan) : nil
  }

  private func item(_ entry: EntryWords) -> [String] {
    let due = entry.occurrence.due.map { "; thời hạn: \(words.date($0.nominal))" } ?? ""
    let state = entry.entry.state.isOverdue ? " (\(words.state(entry.entry.state).lowercased()))" : ""
    let title = CleanText.shortened(entry.occurrence.title, to: entries.count > 10 ? 120 : 4000)
    let section = entry.occurrence.section
    let source = commonSource == nil ? ", theo \(entry.source)" : section.isEmpty ? "" : " (\(section))"
    return paragraph("- \(title)\(source)\(due)\(state).")
  }

  private var signature: [String] {
    [
      sides("Nơi nhận:", "TM. ỦY BAN NHÂN DÂN"),
      sides("- Như trên;", "CHỦ TỊCH"),
      sides("- \(letterhead.contact);", ""),
      sides("- Lưu: VT, ......", ""),
      "",
      sides("", "(Chữ ký, dấu, họ tên)"),
    ]
  }

  /// Two short texts, each in the middle of its half of the page.
  private func sides(_ left: String, _ right: String) -> String {
    let middle = Self.width / 2 - 1
    let isList = left.hasPrefix("-") && left.contains(" ") || left.hasPrefix("Nơi nhận")
    let start = isList ? left : blanks((middle - left.count) / 2) + left
    guard !right.isEmpty else { return start }
    let gap = max(middle + (Self.width - middle - right.count) / 2 - start.count, 2)
    return start + blanks(gap) + right
  }

  private func centred(_ text: String) -> [String] {
    PlainTextLayout.wrap(text, width: Self.width, indent: max((Self.width - text.count) / 2, 0))
  }

  private func paragraph(_ text: String, firstIndent: Int = 4) -> [String] {
    PlainTextLayout.wrap(text, width: Self.width, indent: firstIndent, hanging: -firstIndent)
  }

  private func blanks(_ number: Int) -> String { String(repeating: " ", count: max(number, 0)) }
}
