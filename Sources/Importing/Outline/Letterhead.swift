internal import Deadlines

/// What stands above a document's body, and what is doubtful about it.
struct Letterhead {
  var number = ""
  var type = ""
  var title = ""
  var issuer = ""
  var issued: CivilDate?
  /// Month and year, when the day was left open for the signature.
  var openDate: (month: Int?, year: Int)?
  var secrecy: String?
  var doubts: [Doubt] = []
  /// The lines that tie appendices to this document.
  var captions: [Caption] = []
  /// The first paragraph after the title.
  var bodyStart = 0
}

/// Reads number, date, kind, title and issuer.
struct LetterheadReader {
  let paragraphs: [Paragraph]
  /// The office of this configuration, as “UBND xã Cẩm Giàng”.
  let officeName: String

  private var head: ArraySlice<Paragraph> { paragraphs.prefix(60) }

  func read() -> Letterhead {
    var letterhead = Letterhead()
    readNumber(&letterhead)
    readDate(&letterhead)
    readSecrecy(&letterhead)
    readTitle(&letterhead)
    readIssuer(&letterhead)
    return letterhead
  }

  // MARK: Number and date

  private func readNumber(_ letterhead: inout Letterhead) {
    for (index, paragraph) in head.enumerated() {
      guard let number = Self.number(paragraph.text) else { continue }
      letterhead.bodyStart = max(letterhead.bodyStart, index + 1)
      if number.first?.isNumber == true {
        letterhead.number = number
      } else {
        letterhead.number = "chưa-có-số\(number.hasPrefix("/") || number.hasPrefix("-") ? "" : "/")\(number)"
        letterhead.doubts.append(Doubt(.number, "văn bản chưa ghi số; điền số khi đã ban hành"))
      }
      return
    }
  }

  /// “Số: 153a/KH-UBND”, “Số 12-KH/ĐU”; what follows the number, when that was left open.
  static func number(_ text: String) -> String? {
    let words = text.prefix(100)
    guard let first = words.split(separator: " ").first, foldedWords(first).first == Phrase("số").words.first else {
      return nil
    }
    var rest = words.dropFirst(2).drop { ": .…_".contains($0) || $0 == "\u{A0}" }
    let digits = rest.prefix { $0.isNumber && $0.isASCII }
    rest = rest.dropFirst(digits.count)
    let suffix = digits.isEmpty ? "" : rest.prefix { $0.isLowercase && $0.isASCII }.prefix(2)
    rest = rest.dropFirst(suffix.count).drop { $0 == " " || $0 == "…" || $0 == "." }
    guard let sign = rest.first, sign == "/" || sign == "-" else { return nil }
    let code = rest.drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber || "/-&.".contains($0) }
    let signs = String(code).trimmed.reversed().drop { ".-/&".contains($0) }.reversed()
    guard signs.contains(where: \.isUppercase), digits.count <= 6, signs.count <= 40 else { return nil }
    return "\(digits)\(suffix)\(String(signs))"
  }

  private func readDate(_ letterhead: inout Letterhead) {
    for (index, paragraph) in head.enumerated() {
      guard let date = OfficeDate.placeAndDate(paragraph.text) else { continue }
      letterhead.bodyStart = max(letterhead.bodyStart, index + 1)
      if let day = date.date { letterhead.issued = day } else { letterhead.openDate = date.open }
      break
    }
    let captions = paragraphs.compactMap { Caption($0.text) }
    if letterhead.issued == nil, let date = captions.compactMap(\.date).first {
      letterhead.issued = date
      letterhead.doubts.append(Doubt(.issued, "không thấy ngày ở dòng địa danh; lấy theo dòng “Kèm theo …”"))
    }
    if letterhead.number.isEmpty, let number = captions.compactMap(\.number).first {
      letterhead.number = number
      letterhead.doubts.append(Doubt(.number, "không thấy dòng “Số: …”; lấy theo dòng “Kèm theo …”"))
    }
    for caption in captions.prefix(10) { compare(caption, &letterhead) }
  }

  /// R1: the caption repeats date and number; if they differ, ask.
  private func compare(_ caption: Caption, _ letterhead: inout Letterhead) {
    if let date = caption.date, let issued = letterhead.issued, date != issued {
      letterhead.doubts.append(
        Doubt(.issued, "dòng “Kèm theo …” ghi ngày \(date.slashed), khác ngày ban hành \(issued.slashed) (R1)")
      )
    }
    if let number = caption.number, !letterhead.number.isEmpty, foldedWords(number) != foldedWords(letterhead.number) {
      letterhead.doubts.append(Doubt(.number, "dòng “Kèm theo …” ghi số \(number), khác số \(letterhead.number)"))
    }
    letterhead.captions.append(caption)
  }

  private func readSecrecy(_ letterhead: inout Letterhead) {
    let grades: [(Phrase, String)] = [("tuyệt mật", "Tuyệt mật"), ("tối mật", "Tối mật"), ("mật", "Mật")]
    for paragraph in head where paragraph.text.count <= 30 {
      var words = foldedWords(paragraph.text)
      for lead in ["độ mật", "mức độ mật"] as [Phrase] where words.starts(with: lead) {
        words.removeFirst(lead.words.count)
      }
      if let grade = grades.first(where: { $0.0.words == words }) {
        letterhead.secrecy = grade.1
        letterhead.doubts.append(
          Doubt(.secrecy, "văn bản đóng dấu “\(paragraph.text)”: không gửi qua thư thường; xem lại trước khi nạp")
        )
        return
      }
      if words.starts(with: "dự thảo"), words.count <= 4 {
        letterhead.doubts.append(Doubt(.number, "văn bản ghi “\(paragraph.text)”: mới là dự thảo"))
      }
    }
  }

  // MARK: Kind and title

  private static let types: [(Phrase, String)] = [
    ("kế hoạch hành động", "Kế hoạch hành động"), ("kế hoạch", "Kế hoạch"), ("quyết định", "Quyết định"),
    ("thông báo kết luận", "Thông báo kết luận"), ("thông báo", "Thông báo"), ("kết luận", "Kết luận"),
    ("chỉ thị", "Chỉ thị"), ("chương trình hành động", "Chương trình hành động"),
    ("chương trình công tác", "Chương trình công tác"), ("chương trình", "Chương trình"), ("nghị quyết", "Nghị quyết"),
    ("hướng dẫn", "Hướng dẫn"), ("phương án", "Phương án"), ("đề án", "Đề án"), ("báo cáo", "Báo cáo"),
    ("công điện", "Công điện"), ("công văn", "Công văn"), ("tờ trình", "Tờ trình"), ("quy chế", "Quy chế"),
  ]

  private func readTitle(_ letterhead: inout Letterhead) {
    if let index = head.firstIndex(where: { Self.type($0.text) != nil }), let type = Self.type(head[index].text) {
      letterhead.type = type
      takeTitle(after: index, &letterhead)
    } else if let index = head.firstIndex(where: { Self.isSubject($0.text) }) {
      letterhead.type = "Công văn"
      letterhead.title = joined(from: index, &letterhead)
    } else {
      letterhead.type = Self.type(ofNumber: letterhead.number)
      let index = head.indices.first { $0 >= letterhead.bodyStart && head[$0].text.count > 10 } ?? 0
      if head.indices.contains(index), Marker.parse(head[index].text) == nil {
        letterhead.title = joined(from: index, &letterhead)
      }
      letterhead.doubts.append(Doubt(.title, "không thấy tên loại và trích yếu văn bản; xem lại loại và tên"))
    }
    if letterhead.title.isEmpty { letterhead.title = "\(letterhead.type) số \(letterhead.number)" }
  }

  /// A line that is only the kind of document, in capitals.
  private static func type(_ text: String) -> String? {
    let words = foldedWords(text)
    guard words.count <= 5, text.isUppercased, !text.hasSuffix(":") else { return nil }
    return types.first { $0.0.words == words }?.1
  }

  private static func isSubject(_ text: String) -> Bool {
    let start = text.prefix(4).lowercased()
    return start.hasPrefix("v/v") || foldedWords(text.prefix(12)).starts(with: "về việc")
  }

  private static func type(ofNumber number: String) -> String {
    let codes: [(String, String)] = [
      ("KH", "Kế hoạch"), ("QĐ", "Quyết định"), ("TB", "Thông báo"), ("KL", "Kết luận"), ("CT", "Chỉ thị"),
      ("CTr", "Chương trình"), ("NQ", "Nghị quyết"), ("HD", "Hướng dẫn"), ("BC", "Báo cáo"), ("PA", "Phương án"),
    ]
    let parts = number.split { "/-".contains($0) }
    return codes.first { code in parts.contains { $0 == code.0 } }?.1 ?? "Công văn"
  }

  private func takeTitle(after index: Int, _ letterhead: inout Letterhead) {
    let next = index + 1
    guard head.indices.contains(next), Marker.parse(head[next].text) == nil else {
      letterhead.bodyStart = next
      return
    }
    letterhead.title = joined(from: next, &letterhead)
  }

  /// The title's paragraph and those that go on with it.
  private func joined(from index: Int, _ letterhead: inout Letterhead) -> String {
    var title = head[index].text
    var next = index + 1
    while head.indices.contains(next), title.count < 1000, goesOn(title, head[next - 1], head[next]) {
      title += " " + head[next].text
      next += 1
    }
    letterhead.bodyStart = next
    return title
  }

  private func goesOn(_ title: String, _ previous: Paragraph, _ next: Paragraph) -> Bool {
    guard let last = title.last, !".:;".contains(last), Marker.parse(next.text) == nil, Caption(next.text) == nil,
      Self.number(next.text) == nil, OfficeDate.placeAndDate(next.text) == nil,
      !Self.opensBody(next.text), !foldedWords(next.text.prefix(12)).starts(with: "kính gửi")
    else { return false }
    if next.text.first?.isLowercase == true { return true }
    return (previous.isStrong && next.isStrong)
      || (title.isUppercased && next.text.isUppercased && next.text.count < 200)
  }

  private static func opensBody(_ text: String) -> Bool {
    text.hasSuffix(":")
      || (text.count > 120
        && foldedWords(text.prefix(30)).starts(withAny: ["căn cứ", "thực hiện", "triển khai", "để"])
        && text.hasSuffix("."))
  }

  // MARK: Issuer

  private func readIssuer(_ letterhead: inout Letterhead) {
    if let written = letterheadIssuer() {
      letterhead.issuer = Self.isSame(written, officeName) ? officeName : Self.spelled(written)
      if !Self.isSame(written, officeName) {
        letterhead.doubts.append(Doubt(.issuer, "đầu văn bản ghi “\(written)”, khác tên cơ quan trong nhachan.yaml"))
      }
    } else {
      letterhead.issuer = officeName
      let words = Self.office(officeName)
      if !paragraphs.prefix(300).contains(where: { Self.office($0.text).hasWords(words) }) {
        letterhead.doubts.append(Doubt(.issuer, "không thấy tên cơ quan ban hành; lấy theo nhachan.yaml"))
      }
    }
    compareCaptions(&letterhead)
  }

  /// The caption of an appendix is often copied from a plan of the level above.
  private func compareCaptions(_ letterhead: inout Letterhead) {
    let levels: [Phrase] = ["ubnd tỉnh", "ubnd huyện", "ubnd thành phố", "ubnd xã", "ubnd phường", "ubnd đặc khu"]
    guard let own = levels.firstIndex(where: { Self.office(letterhead.issuer).has($0) }) else { return }
    for caption in letterhead.captions {
      let words = Self.office(caption.text)
      guard let other = levels.indices.first(where: { words.has(levels[$0]) }), other != own, !words.has(levels[own])
      else {
        continue
      }
      letterhead.doubts.append(
        Doubt(.issuer, "dòng “\(caption.text.prefix(160))” ghi cơ quan khác; có lẽ chép từ văn bản cấp trên")
      )
    }
  }

  /// “ỦY BAN NHÂN DÂN” and “XÃ CẨM GIÀNG” of the letterhead, as one.
  private func letterheadIssuer() -> String? {
    let above = head.prefix(20)
    guard
      let index = above.firstIndex(where: {
        $0.text.isUppercased
          && foldedWords($0.text).starts(withAny: ["ủy ban nhân dân", "ubnd", "hội đồng nhân dân", "đảng ủy"])
      })
    else { return nil }
    let first = above[index].text
    if foldedWords(first).count > 4 || foldedWords(first).starts(with: "ubnd") && foldedWords(first).count > 1 {
      return first
    }
    for next in above[(index + 1)...].prefix(3) {
      let words = foldedWords(next.text)
      if next.text.isUppercased,
        words.starts(withAny: ["xã", "phường", "tỉnh", "huyện", "thành phố", "thị trấn", "đặc khu"])
      {
        return "\(first) \(next.text)"
      }
    }
    return nil
  }

  private static func office(_ text: String) -> [String] {
    var words = foldedWords(text.prefix(3000))
    let long = Phrase("ủy ban nhân dân").words
    while let start = words.position(of: "ủy ban nhân dân") {
      words.replaceSubrange(start..<(start + long.count), with: ["ubnd"])
    }
    return words
  }

  private static func isSame(_ left: String, _ right: String) -> Bool { office(left) == office(right) }

  /// “UBND xã Cẩm Giàng” of capitals.
  private static func spelled(_ capitals: String) -> String {
    let text = capitals.replacing("ỦY BAN NHÂN DÂN", with: "UBND").replacing("UỶ BAN NHÂN DÂN", with: "UBND")
    let small: [Phrase] = [
      "xã", "phường", "tỉnh", "huyện", "thành phố", "thị trấn", "thành", "phố", "đặc", "khu", "thị", "trấn",
    ]
    return text.split(separator: " ").map { word in
      if word == "UBND" || word == "HĐND" { return String(word) }
      if small.contains(where: { $0.words == foldedWords(word) }) { return word.lowercased() }
      return word.prefix(1) + word.dropFirst().lowercased()
    }.joined(separator: " ")
  }
}

extension [String] {
  fileprivate func hasWords(_ words: [String]) -> Bool {
    guard !words.isEmpty, count >= words.count else { return false }
    return (0...(count - words.count)).contains { self[$0..<($0 + words.count)].elementsEqual(words) }
  }
}

/// “(Kèm theo Kế hoạch số 153a/KH-UBND ngày 13 tháng 5 năm 2026 của …)”.
struct Caption {
  let text: String
  let number: String?
  let date: CivilDate?

  init?(_ text: String) {
    guard text.count < 600 else { return nil }
    let words = foldedWords(text.prefix(60))
    guard words.starts(withAny: ["kèm theo", "ban hành kèm theo", "kèm"]) else { return nil }
    self.text = text
    let parts = text.split(separator: " ").map(String.init)
    number =
      parts.indices.lazy.compactMap { index -> String? in
        foldedWords(parts[index]) == Phrase("số").words
          ? LetterheadReader.number(parts[index...].prefix(3).joined(separator: " ")).flatMap {
            $0.first?.isNumber == true ? $0 : nil
          }
          : nil
      }.first
    date = OfficeDate.first(in: text)
  }
}

/// Dates as documents write them.
enum OfficeDate {
  /// “Cẩm Giàng, ngày 13 tháng 5 năm 2026”; with an open day the month and year.
  static func placeAndDate(_ text: String) -> (date: CivilDate?, open: (month: Int?, year: Int)?)? {
    guard text.count <= 120, let comma = text.firstIndex(of: ","), text[..<comma].count <= 60 else { return nil }
    let words = foldedWords(text[comma...])
    guard words.starts(with: "ngày"), let year = words.last.flatMap({ Int($0) }), (1990...2200).contains(year) else {
      return nil
    }
    if let date = spelled(words) { return (date, nil) }
    guard words.has("tháng"), words.count <= 8 else { return nil }
    let month = words.position(of: "tháng").flatMap { words.indices.contains($0 + 1) ? Int(words[$0 + 1]) : nil }
    return (nil, (month.flatMap { (1...12).contains($0) ? $0 : nil }, year))
  }

  /// The first “ngày 13 tháng 5 năm 2026” or “ngày 13/5/2026”.
  static func first(in text: String) -> CivilDate? {
    let words = foldedWords(text)
    let day = Phrase("ngày").words[0]
    for index in words.indices where words[index] == day {
      if let date = spelled(Array(words[index...].prefix(6))) ?? numbers(words[(index + 1)...].prefix(3)) {
        return date
      }
    }
    return nil
  }

  private static func spelled(_ words: [String]) -> CivilDate? {
    guard words.count >= 6, words[0] == Phrase("ngày").words[0], words[2] == Phrase("tháng").words[0],
      words[4] == Phrase("năm").words[0]
    else { return nil }
    return numbers([words[1], words[3], words[5]])
  }

  private static func numbers(_ words: some Sequence<String>) -> CivilDate? {
    let numbers = words.compactMap { Int($0) }
    guard numbers.count == 3, numbers.allSatisfy({ (1...9999).contains($0) }) else { return nil }
    return CivilDate(year: numbers[2], month: numbers[1], day: numbers[0])
  }
}

extension CivilDate {
  /// 13/5/2026.
  var slashed: String { "\(day)/\(month)/\(year)" }
}
