import Deadlines
import Foundation
import Messages
import Testing

@Suite("the chair's page")
struct DigestTests {
  private func flat(_ digest: Digest, _ language: Language = .vietnamese) -> String {
    var message = Samples.digestMessage(digest)
    message.recipient.language = language
    return MailFormat.html(message, letterhead: Samples.letterhead)
  }

  private func rows(_ number: Int) -> [Digest.Row] {
    (1...number).map { index in
      var row = Samples.fullDigest.comingDue[0]
      row.task = "VI.\(index)"
      row.nominal = Samples.day("2026-11-30").adding(days: number - index)
      return row
    }
  }

  @Test("twelve coming tasks are named, the nearest first, and the others counted")
  func cutsComingDue() {
    var digest = Samples.fullDigest
    digest.comingDue = rows(20)
    let page = flat(digest)
    #expect(page.contains("3. Sắp đến hạn trong 10 ngày làm việc: 20"))
    #expect(page.contains("và 08 nhiệm vụ khác."))
    #expect(page.contains("VI.20 –") && page.contains("VI.9 –") && !page.contains("VI.8 –"))
    #expect(flat(digest, .english).contains("and 8 other tasks."))
  }

  @Test("what is overdue is never cut")
  func keepsOverdue() {
    var digest = Samples.fullDigest
    digest.overdue = rows(70)
    let page = flat(digest)
    for index in 1...70 { #expect(page.contains("VI.\(index) –")) }
  }

  @Test("doubts are a line each, without proposals and long quotations, twelve and a count")
  func cutsDoubts() {
    var digest = Samples.ordinaryDigest
    digest.unclear += digest.unclear
    let page = flat(digest)
    #expect(page.contains("5. Cần xác nhận, cho ý kiến: 23"))
    #expect(page.contains("và 11 mục khác."))
    #expect(!page.contains("Đề xuất:"))
    #expect(
      page.contains(
        "<li style=\"margin:0 0 1px 0;\">PL.3: Thân Kế hoạch (II.5.a) ghi “Hoàn thành rà soát trong quý III…”; Phụ lục ghi"
      )
    )
    #expect(flat(digest, .english).contains("PL.3: The plan’s body (II.5.a) says “Hoàn thành rà soát"))
  }

  @Test("many units are named as far as they are few")
  func shortensUnits() {
    var digest = Samples.fullDigest
    digest.comingDue[0].unitName = (1...5).map { "Trường \($0)" }.joined(separator: "; ")
    digest.overdue[0].unitName = (1...40).map { "Trường tiểu học số \($0)" }.joined(separator: "; ")
    let page = flat(digest)
    #expect(page.contains("05 đơn vị: Trường 1 và 04 đơn vị khác"))
    #expect(page.contains("40 đơn vị: Trường tiểu học số 1; "))
    #expect(page.contains("Trường tiểu học số 6 và 34 đơn vị khác"))
  }

  @Test("the document is named once when there is one, else beside every task")
  func namesDocuments() {
    var digest = Samples.fullDigest
    #expect(flat(digest).contains("Ký hiệu các mục dưới đây theo văn bản số 153a/KH-UBND."))
    #expect(flat(digest).contains(">PL.13 – Báo cáo"))
    digest.comingDue[0].planNumber = "160/KH-UBND"
    #expect(!flat(digest).contains("Ký hiệu"))
    #expect(flat(digest).contains(">153a/KH-UBND, PL.13 – Báo cáo"))
    #expect(flat(digest).contains(">160/KH-UBND, IV.1.b – "))
  }

  @Test("of those told the leaders come first, two by name, and the owing unit is not named again")
  func namesTold() {
    var digest = Samples.fullDigest
    digest.overdue[0].toldAbove = [
      "Trưởng phòng Văn hóa - Xã hội", digest.overdue[0].unitName, "Văn phòng HĐND và UBND xã", "Phó Chủ tịch UBND xã",
      "Chủ tịch UBND xã",
    ]
    #expect(flat(digest).contains("đã báo: Chủ tịch UBND xã; Phó Chủ tịch UBND xã và 02 nơi khác"))
    #expect(flat(digest, .english).contains("told: Chủ tịch UBND xã; Phó Chủ tịch UBND xã and 2 others"))
  }

  @Test("what changed is a line each, six and a count")
  func listsChanges() {
    var digest = Samples.ordinaryDigest
    digest.changes.newlyOverdue = (1...9).map { "PL.\($0) – Báo cáo (năm 2026), Phòng Kinh tế" }
    let text = MailFormat.plainText(Samples.digestMessage(digest), letterhead: Samples.letterhead)
    #expect(text.contains("- Mới hoàn thành: 02\n  + PL.3 – Thực hiện cắt giảm"))
    #expect(text.contains("- Mới quá hạn: 09\n  + PL.1 – Báo cáo (năm 2026), Phòng Kinh tế\n"))
    #expect(text.contains("  + và 03 mục khác.\n"))
  }

  @Test("says which years' dates are provisional, and nothing when there are none")
  func saysProvisional() throws {
    var digest = Samples.ordinaryDigest
    digest.provisionalYears = [2027, 2028]
    #expect(
      flat(digest).contains("Lịch nghỉ năm 2027 và 2028 chưa có thông báo chính thức; các thời hạn trong các năm đó")
    )
    #expect(
      flat(digest, .english).contains("The days off of 2027 and 2028 are not yet announced; dates in those years")
    )
    digest.provisionalYears = []
    #expect(!flat(digest).contains("tạm tính"))
  }

  @Test("the foot tells how far the record went, so that the paper proves it later")
  func record() {
    var digest = Samples.fullDigest
    digest.record = RecordMark(entries: 1234, hash: "3f9a12cd77e0b41c5d")
    #expect(flat(digest).contains("Nhật ký hệ thống đến bản này: 1.234 dòng, mã 3f9a-12cd-77e0-b41c."))
    #expect(flat(digest, .english).contains("The record up to here: 1,234 lines, mark 3f9a-12cd-77e0-b41c."))
    digest.record = nil
    #expect(!flat(digest).contains("Nhật ký"))
  }

  @Test("a digest stored before provisional years and the record were told is still read")
  func readsOlder() throws {
    let stored = try JSONEncoder().encode(Samples.fullDigest)
    var facts = try #require(try JSONSerialization.jsonObject(with: stored) as? [String: Any])
    #expect(facts.removeValue(forKey: "provisionalYears") != nil && facts.removeValue(forKey: "record") != nil)
    let older = try JSONDecoder().decode(Digest.self, from: JSONSerialization.data(withJSONObject: facts))
    #expect(older.provisionalYears == nil && older.record == nil && older.figures == Samples.fullDigest.figures)
  }
}
