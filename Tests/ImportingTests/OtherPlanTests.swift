import Configuration
import Deadlines
import Foundation
import TestSupport
import Testing

@testable import Importing

@Suite("Importing other plans")
struct OtherPlanTests {
  @Test("gives the file kept with the tests, and `check` loads it", arguments: Documents.names)
  func wholeFile(name: String) throws {
    let text = Documents.file(try Documents.plan(Documents.fixture(name)))
    let stem = name.prefix { $0 != "." }
    try Golden.compare(text, "\(stem).yaml")
    #expect(try Documents.load(text).office.plans.count == 1)
  }

  @Test("reads merged cells, numbers that Word makes, and tracked changes")
  func word() async throws {
    let folder = try await Documents.made.value
    let text = Documents.file(try Documents.plan("\(folder.path)/52-KH-UBND.docx"))
    try Golden.compare(text, "52-KH-UBND.yaml")
    #expect(try Documents.load(text).office.plans.first?.tasks.count == 6)
  }

  @Test("writes what it read: the loader reads the same words", arguments: Documents.names + ["153a-KH-UBND.txt"])
  func roundTrip(name: String) throws {
    let plan = try Documents.plan(Documents.fixture(name))
    let read = try #require(try Documents.load(Documents.file(plan)).office.plans.first)
    #expect(read.number == plan.number && read.title == plan.title && read.issuer == plan.issuer)
    #expect(read.issued == plan.issued && read.documentType == plan.type)
    #expect(read.tasks.map(\.title) == plan.tasks.map(\.title))
    #expect(read.tasks.map(\.product) == plan.tasks.map(\.product))
    #expect(read.tasks.map(\.limit) == plan.tasks.map(\.limit))
    #expect(read.tasks.map(\.leads) == plan.tasks.map { parties($0.leadParties) })
    #expect(read.disagreements == plan.disagreements)
  }

  private func parties(_ parties: [Party]) -> [Party] {
    parties.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// A table with one row, under a letterhead.
  private func document(
    head: String = "Số: 9/KH-UBND\nCẩm Giàng, ngày 1 tháng 6 năm 2026\nKẾ HOẠCH\nVề một việc",
    _ table: String
  ) -> String {
    "\(head)\nPHỤ LỤC\n\(table)\n"
  }

  private func imported(_ text: String) throws -> ImportedPlan {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/văn bản.txt"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try Documents.plan(path)
  }

  private static let heads: [(String, [String])] = [
    ("TT\tNội dung công việc\tCơ quan chủ trì\tCơ quan phối hợp\tSản phẩm\tThời gian", ["1", "A", "L", "C", "P", "T"]),
    (
      "STT\tThời hạn hoàn thành\tTên nhiệm vụ\tĐơn vị thực hiện\tKết quả dự kiến\tĐơn vị phối hợp",
      ["1", "T", "A", "L", "P", "C"]
    ),
    (
      "Số TT\tNhiệm vụ, giải pháp\tPhòng, ban chủ trì thực hiện\tTiến độ\tSản phẩm đầu ra\tPhối hợp\tGhi chú",
      ["1", "A", "L", "T", "P", "C", ""]
    ),
  ]

  @Test("finds the columns by what their heads say, in any order", arguments: heads)
  func columns(head: String, order: [String]) throws {
    let words = [
      "1": "1", "A": "Làm đường", "L": "Phòng Kinh tế", "C": "Trung tâm DVTH", "P": "Con đường", "T": "Quý III/2026",
      "": "",
    ]
    let plan = try imported(document("\(head)\n\(order.map { words[$0] ?? "" }.joined(separator: "\t"))"))
    let task = try #require(plan.tasks.first)
    #expect(plan.tasks.count == 1 && task.id == "PL.1" && task.title == "Làm đường" && task.product == "Con đường")
    #expect(task.lead == ["Phòng Kinh tế"] && task.coordinating == ["Trung tâm DVTH"] && task.limit == "Quý III/2026")
  }

  private static let cells: [(String, [String], Bool)] = [
    ("Phòng Kinh tế, Phòng Văn hóa – Xã hội", ["Phòng Kinh tế", "Phòng Văn hóa – Xã hội"], false),
    ("Các cơ quan, tổ chức, đơn vị", ["Các cơ quan, tổ chức, đơn vị"], false),
    (
      "Phòng Kinh tế và các cơ quan, đơn vị có liên quan.", ["Phòng Kinh tế", "các cơ quan, đơn vị có liên quan"], false
    ),
    ("- Trung tâm PVHCC xã; VHXH", ["Trung tâm PVHCC xã", "VHXH"], false),
    ("PHÒNG KINH TẾ (đ/c An)", ["PHÒNG KINH TẾ"], false),
    ("Phòng Kinh tế - Hạ tầng", ["Văn phòng HĐND và UBND xã"], true),
    ("Trung tâm Phục vụ hành chính công tỉnh", ["Văn phòng HĐND và UBND xã"], true),
    ("Phòng Kinh tế, Công an xã", ["Phòng Kinh tế"], true),
    ("Trưởng phòng Kinh tế", ["Phòng Kinh tế"], true),
  ]

  @Test("never divides a name at its own commas, and doubts what the directory does not know", arguments: cells)
  func parties(cell: String, lead: [String], isDoubtful: Bool) throws {
    let plan = try imported(document("TT\tNội dung\tCơ quan chủ trì\tThời hạn\n1\tLàm đường\t\(cell)\tQuý III/2026"))
    let task = try #require(plan.tasks.first)
    #expect(task.lead == lead)
    #expect(task.doubts.contains { $0.key == .lead } == isDoubtful, "\(task.doubts)")
  }

  @Test("keeps the words of an unknown unit in a doubt, and the file loads")
  func unknownLead() throws {
    let plan = try imported(document("TT\tNội dung\tCơ quan chủ trì\tThời hạn\n1\tTuần tra\tCông an xã\tQuý III/2026"))
    #expect(plan.tasks.first?.doubts.contains { $0.text.contains("“Công an xã”") } == true)
    let text = Documents.file(plan)
    #expect(text.contains("# ? “Công an xã” chưa có trong directory.yaml"))
    #expect(try Documents.load(text).office.plans.first?.tasks.first?.leads == [.unit("vp")])
  }

  private static let inherited = ["nt", "-nt-", "Như trên", "\"", ""]

  @Test("takes “nt” and an empty cell from the row above, with a doubt", arguments: inherited)
  func ditto(sign: String) throws {
    let table =
      "TT\tNội dung\tCơ quan chủ trì\tThời hạn\n1\tLàm đường\tPhòng Kinh tế\tQuý III/2026\n2\tSửa cầu\t\(sign)\t\(sign)"
    let task = try #require(try imported(document(table)).tasks.last)
    #expect(task.lead == ["Phòng Kinh tế"] && task.limit == "Quý III/2026")
    #expect(task.doubts.contains { $0.key == .lead } && task.doubts.contains { $0.key == .limit })
  }

  @Test("asks where the caption's date is not the issue date (R1), and where the grade of secrecy stands")
  func doubtsOfTheHead() throws {
    let table = "TT\tNội dung\tCơ quan chủ trì\tThời hạn\n1\tLàm đường\tPhòng Kinh tế\tQuý III/2026"
    let caption = "(Kèm theo Kế hoạch số 9/KH-UBND ngày 02 tháng 6 năm 2026 của UBND xã)"
    let head = "MẬT\nSố: 9/KH-UBND\nCẩm Giàng, ngày 1 tháng 6 năm 2026\nKẾ HOẠCH\nVề một việc"
    let plan = try imported(document(head: head, "\(caption)\n\(table)"))
    #expect(plan.secrecy == "Mật" && plan.doubts.contains { $0.key == .secrecy })
    #expect(plan.doubts.contains { $0.key == .issued && $0.text.contains("2/6/2026") })
  }

  @Test("names a draft without number and day as such")
  func draft() throws {
    let head = "Số:       /KH-UBND\nCẩm Giàng, ngày      tháng 6 năm 2026\nKẾ HOẠCH\nVề một việc"
    let plan = try imported(
      document(head: head, "TT\tNội dung\tCơ quan chủ trì\tThời hạn\n1\tLàm đường\tPhòng Kinh tế\tQuý III/2026")
    )
    #expect(plan.number == "chưa-có-số/KH-UBND" && plan.issued == CivilDate("2026-06-01"))
    #expect(plan.doubts.contains { $0.key == .number } && plan.doubts.contains { $0.key == .issued })
    #expect(try Documents.load(Documents.file(plan)).office.plans.count == 1)
  }

  @Test("compares a body and an appendix that agree, and finds nothing")
  func agreement() throws {
    let body = """
      Số: 9/KH-UBND
      Cẩm Giàng, ngày 1 tháng 6 năm 2026
      KẾ HOẠCH
      Về một việc
      II. NHIỆM VỤ
      1. Rà soát, cập nhật danh sách hộ nghèo, hộ cận nghèo trên địa bàn xã.
      - Đơn vị chủ trì: Phòng Văn hóa - Xã hội.
      - Thời gian thực hiện: Quý III năm 2026.
      2. Duy tu, sửa chữa các tuyến đường giao thông nông thôn xuống cấp.
      - Đơn vị chủ trì: Phòng Kinh tế.
      - Thời gian thực hiện: Trước ngày 01/10/2026.
      """
    let table = """
      TT\tNội dung\tCơ quan chủ trì\tThời hạn
      1\tRà soát, cập nhật danh sách hộ nghèo, hộ cận nghèo\tPhòng Văn hóa – Xã hội\tĐến 30/9/2026
      2\tDuy tu, sửa chữa đường giao thông nông thôn xuống cấp\tPhòng Kinh tế\tTháng 9/2026
      3\tMua sắm trang thiết bị văn phòng\tVăn phòng HĐND và UBND xã\tNăm 2026
      """
    #expect(try imported(document(head: body, table)).disagreements.isEmpty)
    let changed = table.replacingOccurrences(of: "Đến 30/9/2026", with: "Đến 30/10/2026")
      .replacingOccurrences(of: "Phòng Kinh tế\tTháng 9/2026", with: "Trung tâm DVTH\tTháng 9/2026")
    let found = try imported(document(head: body, changed)).disagreements
    #expect(found.map { [$0.body, $0.appendix] } == [["II.1", "PL.1"], ["II.2", "PL.2"]])
    #expect(found.last?.proposal.contains("Trung tâm DVTH") == true)
  }
}
