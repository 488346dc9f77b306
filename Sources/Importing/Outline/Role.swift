/// What a column or a labelled line says about a task.
enum Role: Hashable {
  case number, title, lead, coordinating, product, limit
  /// Lead and coordinating units in one place.
  case parties
  case note
  /// A leader who watches over it; an authority it is submitted to.
  case other

  /// By the words of a column's head, as “Cơ quan chủ trì tham mưu”.
  static func ofColumn(_ heading: String) -> Role? {
    let words = foldedWords(heading)
    guard !words.isEmpty, words.count <= 16, !saysOnlyStart(words) else { return nil }
    if words.count <= 3, words.has(any: ["tt", "stt", "số tt", "số thứ tự", "thứ tự"]) { return .number }
    if words.has(any: ["ghi chú", "căn cứ", "kinh phí", "địa điểm", "đơn vị tính", "số lượng"]) {
      return words.has("ghi chú") ? .note : .other
    }
    if words.has("phối hợp") { return words.has(any: ["chủ trì", "thực hiện và phối hợp"]) ? .parties : .coordinating }
    if words.has(any: ["thời gian", "thời hạn", "tiến độ", "hạn hoàn thành", "thời điểm", "hạn", "đến ngày"]) {
      return .limit
    }
    if words.has(any: ["ngày kết thúc", "ngày hoàn thành"]) { return .limit }
    if words.has(any: ["sản phẩm", "đầu ra", "kết quả"]) { return .product }
    if words.has(any: ["cấp trình", "cấp ban hành", "thẩm quyền", "lãnh đạo", "chỉ đạo", "theo dõi"]) { return .other }
    if words.has(any: ["chủ trì", "chịu trách nhiệm", "phụ trách", "đầu mối", "tham mưu", "phân công"]) {
      return .lead
    }
    let isUnit = words.has(any: ["cơ quan", "đơn vị", "bộ phận", "người", "phòng", "tổ chức", "cá nhân", "cán bộ"])
    if isUnit && words.has(any: ["thực hiện", "giao", "triển khai", "được giao"]) { return .lead }
    if words.has(any: ["nội dung", "nhiệm vụ", "công việc", "hoạt động", "giải pháp", "tên việc", "việc", "chỉ tiêu"]) {
      return .title
    }
    if words.has("hoàn thành") { return .limit }
    return isUnit && words.count <= 3 ? .lead : nil
  }

  /// “Từ ngày”, “Thời gian bắt đầu”: no limit, only when it may begin.
  private static func saysOnlyStart(_ words: [String]) -> Bool {
    words.has(any: ["từ ngày", "từ tháng", "bắt đầu", "thời gian từ", "thời hạn từ"])
      && !words.has(any: ["đến", "kết thúc", "hoàn thành"])
  }

  /// By the words before a colon, as “Thời gian thực hiện”; nil when other words stand among them.
  static func ofLabel(_ label: some StringProtocol) -> Role? {
    let words = foldedWords(label)
    guard (1...9).contains(words.count), words.allSatisfy({ labelWords.contains($0) }) else { return nil }
    if words.has("phối hợp") { return words.has(any: ["chủ trì"]) ? .parties : .coordinating }
    if words.has(any: ["thời gian", "thời hạn", "tiến độ", "thời điểm", "hạn", "hoàn thành"]) { return .limit }
    if words.has(any: ["sản phẩm", "kết quả"]) { return .product }
    if words.has(any: ["chủ trì", "phụ trách", "đầu mối", "chịu trách nhiệm", "tham mưu", "phân công", "giao"]) {
      return .lead
    }
    let isUnit = words.has(any: ["cơ quan", "đơn vị", "bộ phận", "người", "cá nhân", "trách nhiệm", "tổ chức"])
    return isUnit && words.has("thực hiện") ? .lead : nil
  }

  private static let labelWords: Set<String> = Set(
    foldedWords(
      """
      cơ quan đơn vị bộ phận tổ chức cá nhân người phòng chủ trì thực hiện tham mưu phối hợp thời gian thời hạn tiến độ hạn
      hoàn thành sản phẩm kết quả dự kiến giao phân công triển khai và phụ trách đầu mối chịu trách nhiệm chính đạt được
      thời điểm chính xong yêu cầu về cùng
      """
    )
  )
}

/// A line of labels and values, as “Đơn vị chủ trì: Phòng Kinh tế; thời gian: quý II/2026”.
struct LabelLine {
  var fields: [(role: Role, value: String)]
  /// The words before the first label, when the line does not begin with one.
  var before: String

  /// Nil when the line does not begin with a label.
  static func parse(_ text: String) -> LabelLine? {
    let line = all(in: text)
    return line.fields.isEmpty || !line.before.isEmpty ? nil : line
  }

  /// Every label in the text, each at the beginning of a sentence or clause.
  static func all(in text: String) -> LabelLine {
    var line = LabelLine(fields: [], before: "")
    var rest = text[...]
    // Longer texts are prose; labels stand near their beginning and end.
    var budget = 200
    var pending = ""
    while budget > 0, let colon = rest.firstIndex(of: ":") {
      budget -= 1
      let head = rest[..<colon]
      let start = labelStart(head)
      let label = head[start...].drop { "-–+•*( ".contains($0) }
      if let role = Role.ofLabel(label) {
        line.finish(pending + head[..<start])
        line.fields.append((role, ""))
        pending = ""
      } else {
        pending += rest[...colon]
      }
      rest = rest[rest.index(after: colon)...]
    }
    line.finish(pending + rest)
    return line
  }

  private mutating func finish(_ words: some StringProtocol) {
    let text = words.trimmed
    guard let last = fields.indices.last else {
      before = Marker.parse(text + " x")?.rest == "x" || text == "-" || text == "+" || text == "(" ? "" : text
      return
    }
    fields[last].value = Self.tidied(text)
  }

  /// After the last end of a clause.
  private static func labelStart(_ head: Substring) -> String.Index {
    var index = head.endIndex
    var length = 0
    while index > head.startIndex, length < 70 {
      let previous = head.index(before: index)
      if ".;(".contains(head[previous]) { return index }
      if ",".contains(head[previous]), Role.ofLabel(head[index...]) != nil { return index }
      index = previous
      length += 1
    }
    return length < 70 ? head.startIndex : index
  }

  /// A label at a clause's end leaves its separator behind.
  private static func tidied(_ text: String) -> String {
    var value = text
    while let last = value.last, ";,(".contains(last) || (last == ")" && !value.contains("(")) {
      value = value.dropLast().trimmed
    }
    return value
  }
}
