import Messages

@testable import Deadlines

// Tasks led by a group: one occurrence for each unit.
extension Samples {
  static let unitNames = [
    "vp": "Văn phòng HĐND và UBND xã", "kt": "Phòng Kinh tế", "vhxh": "Phòng Văn hóa - Xã hội",
    "pvhcc": "Trung tâm Phục vụ hành chính công", "dvth": "Trung tâm Dịch vụ tổng hợp",
  ]
  static let units = ["dvth", "kt", "pvhcc", "vhxh", "vp"]

  static let economyOffice = Recipient(
    address: "kt@camgiang.example",
    name: "Phòng Kinh tế",
    unit: "kt",
    language: .vietnamese,
    channels: ["mail"]
  )

  /// PL.7: what every unit is to review by the end of the year.
  static func review(_ unit: String) -> Occurrence {
    var review = occurrence(
      "PL.7",
      section: "Phụ lục, mục 7",
      title: "Rà soát, hoàn thiện chức năng, nhiệm vụ, quyền hạn và quy chế làm việc; đề xuất bãi bỏ các quy trình, "
        + "thủ tục không còn phù hợp",
      product: "Quyết định điều chỉnh chức năng, nhiệm vụ và quy chế làm việc của các cơ quan",
      limit: "Năm 2026",
      due: window("năm 2026", "2026", "2026-12-31", "2026-12-31", "2026-12-31"),
      overdueAfter: day("2026-12-31"),
      unit: unit,
      doubts: [
        "Thân Kế hoạch (II.5.a) ghi “Hoàn thành rà soát trong quý III năm 2026; thực hiện thường xuyên hằng năm.”; "
          + "Phụ lục (PL.7) ghi “Năm 2026”. Đề xuất: Hoàn thành rà soát chậm nhất 30/9/2026."
      ]
    )
    review.coordinating = ["vp", "vhxh"]
    return review
  }

  static func reviewEntry(
    _ unit: String,
    role: Role,
    kind: NoticeKind = .reminder,
    state: OccurrenceState = .dueSoon,
    daysLeft: Int = 5,
    name: String? = nil
  ) -> Message.Entry {
    var entry = entry(
      review(unit),
      step: kind.rawValue,
      kind: kind,
      role: role,
      state: state,
      daysLeft: daysLeft,
      unitName: name ?? unitNames[unit] ?? unit
    )
    entry.coordinatingNames = ["Văn phòng HĐND và UBND xã", "Phòng Văn hóa - Xã hội"]
    return entry
  }

  /// Five units are overdue with one task, and the chair is told.
  static var groupEscalation: Message {
    let entries = units.enumerated().map { index, unit in
      var entry = reviewEntry(
        unit,
        role: .chair,
        kind: .escalation,
        state: .overdue(workingDays: 5),
        daysLeft: -5
      )
      entry.urgings = index == 0 ? 3 : 2
      entry.draftsLetter = true
      return entry
    }
    return message(entries, to: chair, on: "2027-01-08")
  }

  /// A unit leads its own review and coordinates the others’, and is told of its report besides.
  static var groupReminder: Message {
    let reviews = units.map { reviewEntry($0, role: $0 == "kt" ? .lead : .coordinating) }
    var report = yearEnd(3, "Thực hiện cắt giảm tối thiểu 15% số lượng văn bản hành chính")
    report.unit = "vp"
    let other = entry(
      report,
      step: "-5wd",
      kind: .reminder,
      role: .coordinating,
      state: .dueSoon,
      daysLeft: 5,
      unitName: "Văn phòng HĐND và UBND xã"
    )
    return message(reviews + [other], to: economyOffice, on: "2026-12-24")
  }

  /// Four hundred different tasks with long titles, each with its unit.
  static var hundreds: Message {
    let entries = (1...400).map { number in
      var task = yearEnd(
        number,
        "Chuẩn hóa chế độ báo cáo, thống nhất hệ thống biểu mẫu, chỉ tiêu báo cáo, bảo đảm tính đồng bộ, thống nhất; rà soát "
          + "cắt giảm, đơn giản hóa thủ tục hành chính, quy trình đơn giản, giảm chi phí tuân thủ cho người dân, doanh nghiệp"
      )
      task.product = "Báo cáo Chủ tịch UBND tỉnh danh mục văn bản cần sửa đổi; ban hành các văn bản sửa đổi, bổ sung"
      task.doubts = review("kt").doubts
      return entry(
        task,
        step: "assignment",
        kind: .assignment,
        role: .coordinating,
        state: .notYetDue,
        daysLeft: nil,
        unitName: "Trung tâm Phục vụ hành chính công"
      )
    }
    return message(entries, to: economyOffice, on: "2026-05-15")
  }

  /// An ordinary week: few overdue, more to come than are listed, many units and doubts.
  static var ordinaryDigest: Digest {
    var digest = fullDigest
    let all = units.compactMap { unitNames[$0] }.joined(separator: "; ")
    digest.closedPeriod = nil
    digest.overdue[0].unitName = all
    digest.overdue[0].toldAbove = ["Trưởng phòng Văn hóa - Xã hội", "Phó Chủ tịch UBND xã", "Chủ tịch UBND xã"]
    digest.comingDue = (0..<4).flatMap { round in
      fullDigest.comingDue.enumerated().map { index, row in
        var copy = row
        copy.title = review("kt").title
        copy.unitName = index == 0 ? all : row.unitName
        copy.nominal = day(index == 0 ? "2026-12-04" : "2026-11-30")
        copy.task = "PL.\(round * 2 + index + 1)"
        return copy
      }
    }
    digest.unclear = (1...11).map { number in
      Digest.Unclear(
        planNumber: "153a/KH-UBND",
        task: "PL.\(number)",
        title: review("kt").title,
        limit: "Năm 2026",
        doubt: review("kt").doubts[0].replacing("PL.7", with: "PL.\(number)")
      )
    }
    digest.byUnit += [digest.byUnit[0], digest.byUnit[1]]
    digest.changes.newlyDone = [
      "PL.3 – Thực hiện cắt giảm tối thiểu 15% số lượng văn bản hành chính (năm 2026), Phòng Kinh tế",
      "PL.6 – Thực hiện cắt giảm tối thiểu 10% số lượng hội nghị (năm 2026), Văn phòng HĐND và UBND xã",
    ]
    digest.changes.newlyOverdue = ["PL.13 – \(report.title) (năm 2026), Phòng Văn hóa - Xã hội"]
    return digest
  }
}
