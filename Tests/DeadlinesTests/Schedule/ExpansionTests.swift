import Deadlines
import TestSupport
import Testing

@Suite("A plan's occurrences")
struct ExpansionTests {
  private func occurrences(_ tasks: [PlanTask], disagreements: [Disagreement] = []) -> [Occurrence] {
    Offices.office(tasks, disagreements: disagreements).occurrences(through: Offices.date("2027-12-31"))
  }

  @Test("has one per unit where a group leads, so that each answers for itself")
  func groupLeads() {
    let all = occurrences([Offices.task("1", "Năm 2026", lead: .group("tat-ca"))])
    #expect(all.map(\.id) == ["vp", "vhxh", "kt"].map { "1-KH/1/window/once/\($0)" })
    #expect(all.allSatisfy { $0.carriesAssignment && $0.coLeads.isEmpty })
  }

  @Test("belongs to the lead named first; the second is told the same")
  func twoLeads() {
    var task = Offices.task("1", "Năm 2026", lead: .unit("kt"), coordinating: [.group("tat-ca")])
    task.leads.append(.unit("vhxh"))
    let all = occurrences([task])
    #expect(all.map(\.unit) == ["kt"])
    #expect(all.map(\.coLeads) == [["vhxh"]])
    #expect(all.map(\.coordinating) == [["vp"]])
  }

  @Test("goes to the heads where the document names the heads")
  func headsNamed() {
    let all = occurrences([Offices.task("1", "Năm 2026", lead: .group("thu-truong"))])
    #expect(all.count == 3 && all.allSatisfy { $0.meansHead })
  }

  @Test("keeps its id when its date moves and when other lines change")
  func stableIDs() {
    let before = occurrences([Offices.task("1", "Chậm nhất 30/6/2026"), Offices.task("2", "Hằng tháng")])
    let after = occurrences([
      Offices.task("0", "Năm 2026"), Offices.task("1", "Chậm nhất 30/9/2026"), Offices.task("2", "Hằng tháng"),
    ])
    #expect(before.map(\.id) == after.filter { $0.task != "0" }.map(\.id))
  }

  @Test("has ids that are unique")
  func uniqueIDs() {
    let limits = [
      "Hoàn thành trong tháng 6/2026, báo cáo kết quả trước ngày 05/7/2026", "Hằng quý, 6 tháng, năm",
      "Năm 2026, hằng năm", "ngày 15 và ngày 30 hằng tháng", "Thường xuyên", "", "ngày 10 và ngày 25 tháng cuối quý",
      "Hoàn thành rà soát trong quý III năm 2026; thực hiện thường xuyên hằng năm.",
    ]
    let ids = occurrences(limits.enumerated().map { Offices.task("\($0)", $1, lead: .group("tat-ca")) }).map(\.id)
    #expect(Set(ids).count == ids.count)
  }

  @Test("carries the notice of assignment once for each unit and task")
  func oneAssignment() {
    let all = occurrences([Offices.task("1", "Hằng tháng", lead: .group("tat-ca"))])
    #expect(all.count == 60)
    #expect(all.filter(\.carriesAssignment).map(\.id) == ["vp", "vhxh", "kt"].map { "1-KH/1/recurring/2026-05/\($0)" })
  }

  @Test("is without a date where the words give none, and is told of all the same")
  func undated() {
    let all = occurrences([Offices.task("1", "theo quy định")])
    #expect(all.map(\.id) == ["1-KH/1/none/once/kt"])
    #expect(all.allSatisfy { $0.due == nil && $0.carriesAssignment && !$0.isDated })
  }

  @Test("is due by the date a person confirmed beside the words")
  func confirmed() {
    var task = Offices.task("1", "Trong thời gian sớm nhất")
    task.confirmedDue = Offices.date("2026-08-31")
    let all = occurrences([task])
    #expect(all.map(\.due?.nominal) == [Offices.date("2026-08-31")])
    #expect(all.map(\.due?.target) == [Offices.date("2026-08-28")])
    #expect(all.map(\.due?.legal) == [Offices.date("2026-09-03")])
    #expect(all.allSatisfy { $0.doubts.isEmpty })
  }

  @Test("is not overdue before the later of two dates that body and appendix give (R12)", arguments: [false, true])
  func disagreement(isSettled: Bool) {
    let dispute = Disagreement(body: "II.5", appendix: "PL.7", proposal: "hai việc", isSettled: isSettled)
    let all = occurrences(
      [Offices.task("II.5", "Hoàn thành trong quý III năm 2026"), Offices.task("PL.7", "Năm 2026")],
      disagreements: [dispute]
    )
    #expect(all.map(\.due?.legal) == [Offices.date("2026-09-30"), Offices.date("2026-12-31")])
    #expect(all[0].overdueAfter == Offices.date(isSettled ? "2026-09-30" : "2026-12-31"))
    #expect(all.allSatisfy { $0.doubts.isEmpty == isSettled })
  }

  @Test("reaches however far a single date lies ahead, and no further than the horizon where it recurs")
  func horizon() {
    let all = occurrences([Offices.task("1", "Chậm nhất ngày 30/6/2031"), Offices.task("2", "Hằng năm")])
    #expect(all.compactMap(\.due?.nominal) == ["2031-06-30", "2026-12-31", "2027-12-31"].map(Offices.date))
  }
}
