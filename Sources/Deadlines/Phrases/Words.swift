/// What a word or a fixed expression does in a time limit.
enum Term: Hashable, Sendable {
  // Units of time and their signs (T6, Q3, 17h).
  case day, earlyDay, workingDay, week, workingWeek, month, quarter, year, hour, minute
  case monthSign, quarterSign, hourSign, minuteSign
  // Parts of a unit.
  case first, middle, last, half, whole
  // How the limit lies to the date.
  case before, beforeEnd, latest, limit, until, end, within, span, atMost, from, after, presently, at, notBefore
  // Which one.
  case this, next, today, tomorrow
  case weekday, sunday, weekendDay
  case morning, noon, afternoon, evening, officeHours, halfHour
  case numeral(Int)
  case romanAboveFour
  case ten, tens, hundred, thousand, zero
  // Again and again.
  case every, periodic, times, report, reportPeriod, reportMonth, reportQuarter, reportYear
  // No date in the words themselves.
  case continuous, followingYears, onRequest, whenever, beforeEvent, vague, immediately, done, missing
  case issue, gathering, occasion, era, schoolYear
  // The lunar calendar and days with names.
  case lunar, fullMoon, leapMonth
  case lunarMonth(Int)
  /// The place of “Bính Ngọ” among the sixty years, from 0 for Giáp Tý.
  case yearName(Int)
  case feast(Feast)
  // What only looks like a time limit.
  case document, law, numberSign, atLeast, compared, yearly, sameLine, money
  /// What closes the data or the validity, not the work.
  case cutOff
  case exceptDaysOff
  // Between and around the rest.
  case and, or, hedge, not, of, filler, finish, verb, noun, foreign
}

/// Every word that the reader knows: the one place to extend.
///
/// Spelled in the ordinary way; `SyllableKey` takes care of the other spellings. The longest expression wins.
enum Words {
  static let table: [(term: Term, words: String)] = [
    (.day, "ngày, hôm, ngày đêm"), (.earlyDay, "mùng, mồng"),
    (.workingDay, "ngày làm việc, ngày công"),
    (.week, "tuần, tuần lễ"), (.workingWeek, "tuần làm việc"),
    (.month, "tháng"),
    (.quarter, "quý"),
    (.year, "năm"),
    (.hour, "giờ, tiếng"),
    (.minute, "phút"),
    (.monthSign, "t"),
    (.quarterSign, "q"),
    (.hourSign, "h, g"),
    (.minuteSign, "p, ph"),

    (.first, "đầu, đầu tiên"),
    (.middle, "giữa"),
    (.last, "cuối, cuối cùng"),
    (.half, "nửa"),
    (.whole, "cả, toàn"),

    (.before, "trước, trước thời điểm"),
    (.latest, "chậm nhất, muộn nhất, trễ nhất, lâu nhất, không muộn hơn, không trễ hơn, không chậm hơn, không sau"),
    (.latest, "chậm nhất là, muộn nhất là, trễ nhất là"),
    (.beforeEnd, "trước khi kết thúc, trước khi hết, trước thời điểm kết thúc, trước khi xong"),
    (
      .limit,
      "hạn, hạn cuối, hạn chót, hạn cuối cùng, thời hạn cuối, thời hạn cuối cùng, thời hạn chót, hạn nộp, hạn gửi"
    ),
    (.until, "đến, tới, cho đến, cho tới, đến khi"),
    (.end, "hết, khi hết, khi kết thúc"),
    (.within, "trong, vào, ngay trong, xong trong, trong khoảng thời gian, trong thời gian, trong phạm vi"),
    (.span, "trong vòng, trong thời hạn, thời hạn là, với thời hạn"),
    (.atMost, "không quá, tối đa, không vượt quá, không được quá, không để quá, không được vượt quá"),
    (.latest, "không được muộn hơn, không được chậm hơn, không được trễ hơn, không để muộn hơn, không để chậm hơn"),
    (.from, "từ, kể từ, bắt đầu từ, tính từ, bắt đầu"),
    (.after, "sau"),
    (.notBefore, "không trước, không sớm hơn, sớm nhất là, sớm nhất từ, sớm nhất vào, sớm nhất ngày"),
    (.presently, "nay, bây giờ"),
    (.at, "lúc, hồi"),

    (.this, "này"),
    (.next, "tiếp theo, kế tiếp, liền kề, kế, sau đó, tiếp, tiếp sau"),
    (.today, "hôm nay, cùng ngày, sáng nay, chiều nay"),
    (.tomorrow, "ngày mai, ngày hôm sau, mai"),
    (.weekday, "thứ"),
    (.sunday, "chủ nhật, chúa nhật"),
    (.morning, "sáng, buổi sáng"),
    (.noon, "trưa, buổi trưa"),
    (.afternoon, "chiều, buổi chiều, cuối giờ chiều, cuối buổi chiều"),
    (.halfHour, "rưỡi"),
    (.evening, "tối, buổi tối, đêm"),
    (.officeHours, "giờ hành chính, giờ làm việc, cuối giờ, cuối giờ làm việc, cuối giờ hành chính"),

    (.numeral(1), "một, mốt, nhất"), (.numeral(2), "hai, nhì"), (.numeral(3), "ba"), (.numeral(4), "bốn, tư"),
    (.numeral(5), "lăm, nhăm"), (.numeral(6), "sáu"), (.numeral(7), "bảy, bẩy"), (.numeral(8), "tám"),
    (.numeral(9), "chín"), (.ten, "mười"), (.tens, "mươi"), (.hundred, "trăm"), (.thousand, "nghìn, ngàn"),
    (.zero, "linh, lẻ"), (.romanAboveFour, "v, vi, vii, viii, ix, x"),

    (.every, "hằng, hàng, mỗi, từng"),
    (.periodic, "định kỳ"),
    (.times, "lần"),
    (.report, "báo cáo"),
    (.reportMonth, "tháng báo cáo"),
    (.reportYear, "năm báo cáo, năm liền kề năm báo cáo, năm sau năm báo cáo, năm kế tiếp năm báo cáo"),
    (.reportQuarter, "quý báo cáo"), (.reportPeriod, "kỳ báo cáo, kỳ"),

    (.continuous, "thường xuyên, liên tục, thường xuyên liên tục"),
    (.followingYears, "các năm tiếp theo, những năm tiếp theo, các năm sau, những năm sau, các năm kế tiếp"),
    (.followingYears, "các năm sau đó, những năm kế tiếp, năm tiếp theo, các năm tới, những năm tới"),
    (.onRequest, "theo yêu cầu, khi có yêu cầu, đột xuất, khi cần thiết, khi cần, khi có phát sinh, khi phát sinh"),
    (.onRequest, "theo tiến độ, sau khi có hướng dẫn, khi có hướng dẫn, khi có chỉ đạo, theo chỉ đạo, theo giấy mời"),
    (.onRequest, "khi được yêu cầu, khi có văn bản, theo văn bản, theo hướng dẫn, khi có kế hoạch, phát sinh"),
    (.whenever, "khi, sau khi, kể từ khi, từ khi"),
    (.beforeEvent, "trước khi"),
    (.vague, "khẩn trương, kịp thời, sớm nhất, càng sớm càng tốt, theo quy định, theo phân công, sớm, nhanh chóng"),
    (.vague, "trong thời gian sớm nhất, trong thời gian tới, đúng thời hạn, đúng hạn, đúng tiến độ, theo lộ trình"),
    (.immediately, "ngay, ngay lập tức, ngay sau, ngay sau khi, lập tức, hỏa tốc, thực hiện ngay, triển khai ngay"),
    (.done, "đã hoàn thành, đã xong, đã thực hiện, đã hoàn tất"),
    (.missing, "nt, như trên, ntr"),

    (.issue, "ký, ban hành, ký ban hành"),
    (
      .gathering,
      "họp, hội họp, thời gian họp, tọa đàm, kỳ họp, phiên họp, hội nghị, đại hội, cuộc họp, buổi họp, hội thảo, bầu cử, khai mạc, bế mạc"
    ),
    (.gathering, "cuộc bầu cử, khai giảng, ngày hội, lễ, hội thi, đợt kiểm tra"),
    (.occasion, "dịp, nhân dịp, thời điểm, mốc, kỷ niệm, lễ kỷ niệm, dịp lễ, nghỉ lễ, kỳ nghỉ lễ, dịp nghỉ lễ"),
    (.lunar, "âm lịch, theo âm lịch, al, lịch âm"), (.fullMoon, "rằm"), (.leapMonth, "nhuận"),
    (.lunarMonth(1), "giêng"), (.lunarMonth(12), "chạp"), (.lunarMonth(11), "một âm lịch"),
    (.feast(.lunarNewYear), "tết nguyên đán, tết, tết âm lịch, tết cổ truyền, nghỉ tết, nghỉ tết nguyên đán"),
    (.feast(.lunarNewYear), "kỳ nghỉ tết, kỳ nghỉ tết nguyên đán, đón tết, tết nguyên đán xuân, vui xuân đón tết"),
    (.feast(.newYear), "tết dương lịch, tết tây, năm mới dương lịch"), (.feast(.kitchenGods), "tết ông công ông táo"),
    (.feast(.firstFullMoon), "tết nguyên tiêu"), (.feast(.ghosts), "lễ vu lan, vu lan"),
    (.feast(.hungKings), "giỗ tổ hùng vương, giỗ tổ"), (.feast(.midAutumn), "tết trung thu, trung thu"),
    (.feast(.nationalDay), "quốc khánh, lễ quốc khánh, tết độc lập"),
    (.feast(.liberation), "giải phóng miền nam, chiến thắng, thống nhất đất nước"),
    (.feast(.labour), "quốc tế lao động"), (.feast(.women), "quốc tế phụ nữ"),
    (.feast(.vietnameseWomen), "phụ nữ việt nam"), (.feast(.children), "quốc tế thiếu nhi"),
    (.feast(.teachers), "nhà giáo việt nam, nhà giáo"), (.feast(.doctors), "thầy thuốc việt nam, thầy thuốc"),
    (.feast(.invalids), "thương binh liệt sĩ, thương binh"), (.feast(.youth), "thành lập đoàn"),
    (.feast(.hoChiMinh), "sinh nhật bác"), (.feast(.family), "gia đình việt nam"),
    (.feast(.august), "cách mạng tháng tám"), (.feast(.digital), "chuyển đổi số quốc gia"),
    (.feast(.law), "pháp luật việt nam"), (.feast(.unity), "hội đại đoàn kết, đại đoàn kết toàn dân tộc"),
    (.feast(.culture), "văn hóa việt nam"), (.feast(.army), "thành lập quân đội"),
    (.feast(.christmas), "lễ giáng sinh, giáng sinh"),
    (.era, "giai đoạn, nhiệm kỳ, thời kỳ"),
    (.schoolYear, "năm học, niên khóa, năm tài chính, năm ngân sách, học kỳ"),

    (.document, "quyết định, kế hoạch, kết luận, nghị quyết, công văn, thông tư, nghị định, chỉ thị, thông báo"),
    (.document, "văn bản, tờ trình, hướng dẫn, quy chế, đề án, chương trình, công điện, giấy mời, quy định"),
    (.law, "luật, bộ luật, pháp lệnh, hiến pháp"),
    (.numberSign, "số"),
    (.atLeast, "tối thiểu, ít nhất"),
    (.compared, "so với, tầm nhìn, tầm nhìn đến, tầm nhìn đến năm"),
    (.yearly, "ngân sách, dự toán, kinh phí, dự toán ngân sách"),

    (.money, "triệu, tỷ, đồng, triệu đồng, tỷ đồng, nghìn đồng"),
    (
      .cutOff,
      "tính đến, số liệu chốt đến, số liệu lấy đến, số liệu lấy đến hết, số liệu tính đến, số liệu tính từ, số liệu đến, chốt số liệu, chốt số liệu đến"
    ),
    (
      .cutOff,
      "thời điểm chốt số liệu, có hiệu lực, hiệu lực, có giá trị, có hiệu lực đến, có giá trị đến, hiệu lực đến"
    ),
    (.cutOff, "có hiệu lực từ, có hiệu lực kể từ, hiệu lực từ"),
    (.exceptDaysOff, "không kể, không tính, không bao gồm, trừ, không kể các, trừ các, không tính các"),
    (.and, "và, cùng"),
    (.or, "hoặc, hay"),
    (.hedge, "riêng, dự kiến, khoảng, nếu, ngoại trừ, nữa, có thể, tùy, vào khoảng, tầm"),
    (.not, "không, không phải, chưa phải, chưa"),
    (.of, "của, thuộc"),
    (
      .filler,
      "là, trước hết, trước mắt, trước đây, đầu mối, người đứng đầu, đầu tư, ngày càng, thì, cho, với, để"
    ),
    (.filler, "thời hạn, thời gian, thời hạn hoàn thành, thời gian hoàn thành, thời gian thực hiện, bằng văn bản, về"),
    (.filler, "thời hạn thực hiện, thời hạn báo cáo, thời hạn gửi, thời hạn nộp, gia hạn, tiến độ, tiến độ thực hiện"),
    (.filler, "hạn hoàn thành, hạn thực hiện, hạn báo cáo, hạn trình, hạn xử lý, thời hạn trình, thời hạn xử lý"),
    (.filler, "các, những, quý cơ quan, quý đơn vị, quý vị, đối với"),
    (.filler, "dự toán, tất cả, như sau, cụ thể, việc, được, phải, cần, đồng thời, tại, do, theo"),

    (.finish, "hoàn thành, xong, hoàn tất, hoàn thiện, kết thúc, dứt điểm"),
    (
      .verb, "thực hiện, triển khai, gửi, nộp, trình, tổng hợp, rà soát, xây dựng, tổ chức, kiểm tra, đôn đốc, theo dõi"
    ),
    (
      .verb, "thống kê, công bố, tham mưu, phối hợp, cập nhật, đánh giá, sơ kết, tổng kết, phê duyệt, tuyên truyền"
    ),
    (
      .verb, "phổ biến, quán triệt, đăng tải, bàn giao, khảo sát, lập, xử lý, giải quyết, tiếp nhận, khắc phục, đề xuất"
    ),
    (
      .verb,
      "phấn đấu, tiến hành, thẩm định, nghiệm thu, hoàn trả, trả lời, phản hồi, đăng ký, công khai, thông qua, tập huấn"
    ),
    (.verb, "gửi về, nộp về, tự, nhận, chốt, quyết toán, thanh toán, giải ngân, lấy ý kiến, góp ý, cung cấp"),
    (
      .verb,
      "chuẩn bị, bổ sung, sửa đổi, điều chỉnh, ra quân, phát động, bố trí, khởi công, chuyển, ban bố, diễn ra, thống nhất"
    ),
    (.noun, "kết quả, nội dung, nhiệm vụ, hồ sơ, danh sách, số liệu, biểu mẫu, dự thảo, công tác, ý kiến, sản phẩm"),
    (.noun, "chính sách, đợt, phụ lục, phần, mục, điều, khoản, xã, ubnd, hđnd"),

    // Not read yet: English limits. Known, so that a date beside them is never taken for a plain one.
    (.foreign, "before, after, by, until, till, from, since, within, later, than, end, of, due, deadline, every, each"),
    (.foreign, "day, days, week, month, year, quarter, the, june, july, daily, monthly, yearly"),
  ]

  /// “Giáp Tý” to “Quý Hợi”.
  private static let yearNames: [(term: Term, words: String)] = (0..<60).map { place in
    (.yearName(place), "\(LunarDate.stems[place % 10]) \(LunarDate.branches[place % 12])".lowercased())
  }

  static let lexicon = Lexicon(table + yearNames)
}

/// The words by their first syllable, exact and as they look without marks.
struct Lexicon: Sendable {
  struct Entry: Sendable {
    let keys: [SyllableKey]
    let term: Term
  }

  private var exact: [SyllableKey: [Entry]] = [:]
  private var plain: [SyllableKey: [Entry]] = [:]

  init(_ table: [(term: Term, words: String)]) {
    for (term, words) in table {
      for word in words.split(separator: ",") { insert(String(word), term) }
    }
    for key in exact.keys { exact[key]?.sort { $0.keys.count > $1.keys.count } }
    for key in plain.keys { plain[key]?.sort { $0.keys.count > $1.keys.count } }
  }

  /// False for most words, before anything else is looked at.
  func mayBegin(with key: SyllableKey) -> Bool { key.bits != 0 && plain[key.plain] != nil }

  /// The longest expression that begins there, as written or else as it looks without its marks.
  func longest(at keys: ArraySlice<SyllableKey>) -> (entry: Entry, isSlip: Bool)? {
    guard let first = keys.first, first.bits != 0 else { return nil }
    for entry in exact[first] ?? [] where keys.starts(with: entry.keys) { return (entry, false) }
    for entry in plain[first.plain] ?? [] where Self.mayBe(entry, keys) { return (entry, true) }
    return nil
  }

  /// Syllables in the longest expression.
  static let longestCount = 6

  private static func mayBe(_ entry: Entry, _ written: ArraySlice<SyllableKey>) -> Bool {
    guard written.count >= entry.keys.count else { return false }
    let manySyllables = entry.keys.count > 1
    return zip(written, entry.keys).allSatisfy { $0.mayBe($1, toneMayDiffer: manySyllables) }
  }

  private mutating func insert(_ word: String, _ term: Term) {
    let glyphs = normalised(word)
    let keys = glyphs.split(whereSeparator: \.isSpace).map { SyllableKey($0) }
    guard let first = keys.first else { return }
    // The first meaning in the table wins.
    if exact[first]?.contains(where: { $0.keys == keys }) == true { return }
    let entry = Entry(keys: keys, term: term)
    exact[first, default: []].append(entry)
    plain[first.plain, default: []].append(entry)
  }
}
