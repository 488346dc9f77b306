import Deadlines
import Foundation
import TestSupport
import Testing

@testable import Importing

/// Small documents written in the test itself.
enum Texts {
  static let letterhead = """
    Số: 12/CV-UBND
    Cẩm Giàng, ngày 10 tháng 8 năm 2026
    V/v triển khai nhiệm vụ
    Kính gửi: Các cơ quan, đơn vị
    UBND xã yêu cầu:
    """

  static func imported(_ text: String, issued: CivilDate? = nil) throws -> ImportedPlan {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/văn bản.txt"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try PlanImporter(office: Documents.office()).plan(from: path, issued: issued)
  }

  static func letter(_ points: String) throws -> ImportedPlan { try imported("\(letterhead)\n\(points)\n") }

  static func table(_ rows: String) throws -> ImportedPlan {
    try imported("Số: 6/KH-UBND\nCẩm Giàng, ngày 10 tháng 8 năm 2026\nKẾ HOẠCH\nVề một việc\n\(rows)\n")
  }
}

@Suite("Deadlines written in the sentences of a document")
struct WrittenDeadlineTests {
  private static let points: [(String, [String], String)] = [
    (
      "1. Phòng Kinh tế tổng hợp số liệu, gửi trước 16h30 ngày 20/8/2026.", ["Phòng Kinh tế"],
      "trước 16h30 ngày 20/8/2026"
    ),
    ("1. Phòng Kinh tế lập danh mục trước 17 giờ ngày 24/8/2026.", ["Phòng Kinh tế"], "trước 17 giờ ngày 24/8/2026"),
    (
      "1. Phòng Kinh tế nộp hồ sơ trước 9:45 ngày 24/8/2026 tại trụ sở.", ["Phòng Kinh tế"], "trước 9:45 ngày 24/8/2026"
    ),
    ("1. Phòng Kinh tế nộp hồ sơ trước 30/9/2026.", ["Phòng Kinh tế"], "trước 30/9/2026"),
    ("1. Yêu cầu Phòng Kinh tế hoàn thành hồ sơ trước ngày 22/8/2026.", ["Phòng Kinh tế"], "trước ngày 22/8/2026"),
    (
      "1. Để kịp tiến độ, giao Phòng Kinh tế lập hồ sơ trước ngày 22/8/2026.", ["Phòng Kinh tế"], "trước ngày 22/8/2026"
    ),
    (
      "1. Phòng Kinh tế báo cáo định kỳ hằng tháng trước ngày 25.", ["Phòng Kinh tế"],
      "định kỳ hằng tháng trước ngày 25"
    ),
    ("1. Phòng Kinh tế gửi số liệu hàng quý trước ngày 05.", ["Phòng Kinh tế"], "hàng quý trước ngày 05"),
  ]

  @Test("become tasks of the unit they name, limit word for word", arguments: points)
  func ofAUnit(point: String, lead: [String], limit: String) throws {
    let task = try #require(try Texts.letter(point).tasks.first)
    #expect(task.lead == lead && task.limit == limit && task.id == "1")
  }

  @Test("are looked after by Văn phòng, with a doubt, where no unit is named or known")
  func ofNobody() throws {
    let tasks = try Texts.letter(
      """
      1. Phòng Kinh tế lập danh mục trước ngày 20/8/2026.
      2. Các đơn vị báo cáo kết quả trước ngày 30/8/2026 để tổng hợp.
      3. Hoàn thành việc kiểm kê trước ngày 24/8/2026.
      """
    ).tasks
    #expect(tasks.map(\.id) == ["1", "2", "3"])
    for task in tasks.dropFirst() {
      #expect(task.lead == ["Văn phòng HĐND và UBND xã"] && task.doubts.contains { $0.key == .lead }, "\(task.id)")
    }
  }

  @Test("below a unit's name are that unit's tasks, each point and each bullet")
  func belowAUnit() throws {
    let tasks = try Texts.letter(
      """
      1. Phòng Kinh tế:
      a) Lập danh mục trước 16h30 ngày 20/8/2026.
      b) Kiểm kê tài sản trong tháng 9/2026.
      2. Đối với Phòng Văn hóa - Xã hội:
      - Rà soát hộ nghèo trước ngày 25/8/2026;
      - Lập danh sách trước ngày 26/8/2026.
      """
    ).tasks
    #expect(tasks.map(\.id) == ["1.a", "1.b", "2.g1", "2.g2"])
    let social = "Phòng Văn hóa - Xã hội"
    #expect(tasks.map(\.lead) == [["Phòng Kinh tế"], ["Phòng Kinh tế"], [social], [social]])
    #expect(tasks.map(\.limit).suffix(2) == ["trước ngày 25/8/2026", "trước ngày 26/8/2026"])
  }

  @Test("below an order to a unit, or a unit with a verb, are that unit's")
  func belowAnOrder() throws {
    let tasks = try Texts.letter(
      """
      1. Giao Phòng Văn hóa - Xã hội:
      - Rà soát hộ nghèo trước ngày 25/8/2026;
      2. Phòng Kinh tế niêm yết
      - In ấn trước ngày 11/9/2026
      - Dán trước ngày 12/9/2026
      """
    ).tasks
    #expect(tasks.map(\.id) == ["1.g1", "2.g1", "2.g2"])
    #expect(tasks.map(\.lead) == [["Phòng Văn hóa - Xã hội"], ["Phòng Kinh tế"], ["Phòng Kinh tế"]])
  }

  @Test("in a detail of a task, and in a plain sentence, are tasks of their own; the same limit said twice is one")
  func details() throws {
    let tasks = try Texts.imported(
      """
      Số: 9/KH-UBND
      Cẩm Giàng, ngày 1 tháng 6 năm 2026
      KẾ HOẠCH
      Về một việc
      II. NHIỆM VỤ
      1. Rà soát hộ nghèo trên địa bàn xã.
      - Lập danh sách thôn trước ngày 15/7/2026.
      - Hoàn thành trước ngày 30/9/2026.
      - Đơn vị chủ trì: Phòng Kinh tế.
      - Thời gian thực hiện: trước ngày 30/9/2026.
      III. KINH PHÍ
      Phòng Kinh tế bố trí kinh phí trước ngày 01/8/2026.
      """
    ).tasks
    #expect(tasks.map(\.id) == ["II.1", "II.1.g1", "III"])
    #expect(tasks.map(\.limit) == ["trước ngày 30/9/2026.", "trước ngày 15/7/2026", "trước ngày 01/8/2026"])
    #expect(tasks.allSatisfy { $0.lead == ["Phòng Kinh tế"] })
  }

  @Test("that cover a stretch of time, or stand before the verb, are read whole")
  func stretches() throws {
    let tasks = try Texts.letter(
      """
      1. Phòng Kinh tế tổ chức trực từ ngày 01/9/2026 đến ngày 15/9/2026.
      2. Phòng Kinh tế tổng hợp số liệu tính đến ngày 30/8/2026, gửi trước ngày 05/9/2026.
      3. Công tác ứng phó: Phòng Văn hóa - Xã hội chủ trì, xong trước ngày 20/9/2026.
      Trên đây là các nhiệm vụ, đề nghị Phòng Kinh tế báo cáo trước ngày 25/9/2026./.
      """
    ).tasks
    #expect(
      tasks.map(\.limit) == [
        "trước ngày 25/9/2026", "từ ngày 01/9/2026 đến ngày 15/9/2026", "trước ngày 05/9/2026",
        "xong trước ngày 20/9/2026",
      ]
    )
    #expect(
      tasks.map { $0.lead.first } == ["Phòng Kinh tế", "Phòng Kinh tế", "Phòng Kinh tế", "Phòng Văn hóa - Xã hội"]
    )
  }

  @Test("are named when only a day is written, without the words of a limit")
  func bareDays() throws {
    let plan = try Texts.letter("1. Phòng Kinh tế báo cáo trước ngày 20/8/2026.\n2. Họp giao ban ngày 25 hằng tháng.")
    #expect(plan.tasks.map(\.id) == ["1"])
    #expect(plan.doubts.contains { $0.key == .tasks && $0.text.contains("2 ghi “") }, "\(plan.doubts)")
  }

  @Test("in a plain paragraph are tasks too")
  func paragraphs() throws {
    let text = "\(Texts.letterhead)\nYêu cầu Phòng Kinh tế báo cáo kết quả trước ngày 20/8/2026.\n"
    let task = try #require(try Texts.imported(text).tasks.first)
    #expect(task.lead == ["Phòng Kinh tế"] && task.limit == "trước ngày 20/8/2026" && task.id == "đoạn1")
  }

  @Test("are named where they stand among aims, or beside another limit")
  func named() throws {
    let plan = try Texts.imported(
      """
      Số: 9/KH-UBND
      Cẩm Giàng, ngày 1 tháng 6 năm 2026
      KẾ HOẠCH
      Về một việc
      I. MỤC ĐÍCH, YÊU CẦU
      1. Mục đích: mọi việc xong trước ngày 30/9/2026.
      2. Yêu cầu: làm theo Kế hoạch số 5/KH-UBND ngày 02/01/2026 của UBND tỉnh.
      II. NHIỆM VỤ
      1. Phòng Kinh tế lập danh sách trước ngày 20/8/2026; gửi kết quả trước ngày 30/8/2026.
      """
    )
    #expect(plan.tasks.map(\.id) == ["II.1"])
    let named = plan.doubts.filter { $0.key == .tasks }.map(\.text)
    #expect(named.count == 1 && named.first?.contains("I.1 ghi “xong trước ngày 30/9/2026”") == true, "\(named)")
    #expect(plan.tasks.first?.doubts.contains { $0.text.contains("“trước ngày 30/8/2026”") } == true)
  }
}

@Suite("What an import does not keep to itself")
struct ImportDoubtTests {
  private static let leads = [
    "Phòng Kinh tế (chủ trì), Phòng VHXH (phối hợp)", "Phòng Kinh tế chủ trì, phối hợp với Phòng VHXH",
    "Phòng Kinh tế chủ trì; Phòng VHXH phối hợp", "Phòng Kinh tế phối hợp với Phòng VHXH",
    "Phòng VHXH (phối hợp), Phòng Kinh tế (chủ trì)", "Chủ trì: Phòng Kinh tế; phối hợp: Phòng VHXH",
  ]

  @Test("a cell of leads may name both roles", arguments: leads)
  func roles(cell: String) throws {
    let plan = try Texts.table("TT\tNội dung\tCơ quan chủ trì\tThời hạn\n1\tLàm đường\t\(cell)\t30/9/2026")
    let task = try #require(plan.tasks.first)
    #expect(task.lead == ["Phòng Kinh tế"] && task.coordinating == ["Phòng VHXH"])
    #expect(!task.doubts.contains { $0.key == .lead }, "\(task.doubts)")
  }

  @Test("a column of helpers adds to those of the lead's cell")
  func moreHelpers() throws {
    let plan = try Texts.table(
      "TT\tNội dung\tCơ quan chủ trì\tPhối hợp\tThời hạn\n1\tLàm đường\tPhòng Kinh tế chủ trì, phối hợp với Phòng VHXH\tVP\t30/9/2026"
    )
    #expect(plan.tasks.first?.coordinating == ["Phòng VHXH", "VP"])
  }

  @Test("an issue date that differs from the document's own is a doubt; the same one is none")
  func issued() throws {
    let text = "\(Texts.letterhead)\n1. Phòng Kinh tế báo cáo trước ngày 20/8/2026.\n"
    let other = try Texts.imported(text, issued: CivilDate("2026-08-11"))
    #expect(other.issued == CivilDate("2026-08-11"))
    #expect(
      other.doubts.contains { $0.key == .issued && $0.text.contains("10/8/2026") && $0.text.contains("--issued") }
    )
    let same = try Texts.imported(text, issued: CivilDate("2026-08-10"))
    #expect(!same.doubts.contains { $0.key == .issued })
  }

  @Test("columns that nobody reads are named, and the end of a stretch of time is its limit")
  func columns() throws {
    let plan = try Texts.table(
      """
      STT\tNhiệm vụ\tNgười phụ trách\tĐơn vị\tTừ ngày\tĐến ngày\tGhi chú
      1\tLàm đường\tNguyễn Văn An\tPhòng Kinh tế\t01/9/2026\t15/9/2026\tgấp
      """
    )
    let task = try #require(plan.tasks.first)
    #expect(task.limit == "15/9/2026" && task.lead == ["Phòng Kinh tế"] && task.notes == ["Ghi chú: gấp"])
    let doubt = try #require(plan.doubts.first { $0.text.hasPrefix("cột") })
    #expect(doubt.text.contains("“Người phụ trách”, “Từ ngày” của bảng"), "\(doubt.text)")
  }

  @Test("a plan too large to compare says so")
  func tooLarge() throws {
    func task(_ id: Int, isAppendix: Bool) -> ImportedTask {
      var task = ImportedTask(id: "\(id)", section: "", title: "Việc", limit: "", lead: [], coordinating: [])
      task.isAppendix = isAppendix
      return task
    }
    func finder(_ count: Int) throws -> DisagreementFinder {
      let tasks = (0..<count).map { task($0, isAppendix: false) } + (0..<501).map { task($0, isAppendix: true) }
      let plan = ImportedPlan(
        number: "1",
        type: "",
        title: "",
        issuer: "",
        issued: try #require(CivilDate("2026-08-10")),
        tasks: tasks,
        disagreements: [],
        doubts: []
      )
      let office = try Documents.office()
      return DisagreementFinder(plan, calendar: office.calendar, regime: office.policy.regime)
    }
    let doubt = try finder(500).doubt
    #expect(doubt?.text.contains("500 × 501") == true)
    #expect(try finder(2).doubt == nil)
  }

  private func message(_ text: String) -> String {
    do {
      return "\(try Texts.imported(text).tasks.count) tasks"
    } catch {
      return "\(error)"
    }
  }

  @Test("too many cells, and a line that no office wrote, are refused as what they are", .timeLimit(.minutes(1)))
  func limits() {
    let row = String(repeating: "<td>a", count: 60)
    let cells = "\(Texts.letterhead)\n<table>\(String(repeating: "<tr>\(row)", count: 3400))</table>"
    #expect(message(cells).contains("more than 200000 cells"))
    let line = "\(Texts.letterhead)\n\(String(repeating: "a", count: 800_000))\n"
    #expect(message(line).contains("a line has more than 100000 characters"))
  }
}
