public import Deadlines

// Why a date is what it is, and why a step is given or not.
extension Wording {
  /// A rule in one sentence, as the documentation has it; the id alone where there is no such rule.
  public func rule(_ id: String) -> String {
    let known: [String: (String, String)] = [
      "R1": ("tính từ ngày ban hành văn bản", "counted from the date of issue"),
      "R2": (
        "“trước ngày D” kết thúc ngày D−1; “chậm nhất”, “đến hết” kết thúc ngày D",
        "“before D” ends on D−1; “at the latest”, “until the end of” end on D"
      ),
      "R3": (
        "ngày theo văn bản rơi vào ngày nghỉ thì làm xong sớm hơn, chỉ tính quá hạn muộn hơn",
        "when the words name a day off, work ends before it and counts as overdue only after it"
      ),
      "R4": ("một khoảng thời gian đến hạn vào ngày cuối của nó", "a window is due on its last day"),
      "R5": ("báo cáo theo ngày chốt số liệu, không theo ngày cuối kỳ", "reports follow the cut-off of data"),
      "R6": ("“thường xuyên” không có hạn; hệ thống hỏi theo kỳ báo cáo", "continuous work has no due date"),
      "R7": (
        "từ chỉ kỳ cho ngày cuối kỳ, hoặc ngày báo cáo nếu nhiệm vụ là báo cáo",
        "a periodic word gives period ends, or report dates for a report"
      ),
      "R8": ("mỗi vế của thời hạn là một nghĩa vụ", "each part of the phrase is an obligation of its own"),
      "R9": (
        "không ghi năm: lấy ngày như vậy đầu tiên kể từ ngày ban hành", "no year: the first such date from the issue on"
      ),
      "R10": ("ngày không có trong lịch thì không tự sửa", "a date that does not exist is not mended"),
      "R11": ("ngày làm việc: thứ Hai đến thứ Sáu, trừ ngày nghỉ", "working days: Monday to Friday without days off"),
      "R12": (
        "thân văn bản và phụ lục khác nhau: nhắc theo ngày sớm, tính quá hạn theo ngày muộn",
        "body and appendix disagree: reminded for the earlier, overdue by the later"
      ),
      "R13": ("ngày do người phụ trách ghi trong tệp kế hoạch", "the day a person wrote into the plan file"),
      "R14": ("có giờ trong ngày", "with a time of day"),
      "R16": ("số và ngày trong văn bản không phải thời hạn", "numbers and dates that are no time limit"),
      "R17": (
        "lịch nghỉ của năm này chưa có thông báo chính thức, có thể đổi", "the days off of this year are provisional"
      ),
    ]
    return known[id].map { say($0.0, $0.1) } ?? ""
  }

  /// Why a step is not given.
  public func reason(_ reason: StepOutlook.Reason) -> String {
    switch reason {
    case .pastAtAdoption:
      say(
        "đã qua khi đưa vào hệ thống; thông báo giao việc thay cho bước này",
        "past when it was taken in; the notice of assignment stands for it"
      )
    case .shortLimit: say("chỉ dùng cho thời hạn trên một tháng", "for limits of more than a month only")
    case .acknowledged: say("đơn vị đã nhận việc", "the unit has acknowledged")
    case .assignedWithAnother: say("đã giao cùng kỳ khác của nhiệm vụ", "assigned with another period of the task")
    case .toldLater: say("đã báo bước sau", "something later was told")
    case .reopened: say("việc đã quá hạn từ trước, chỉ đôn đốc", "long due: urged, not assigned")
    case .done: say("đã hoàn thành", "it is done")
    case .backfill: say("chờ xác nhận, chưa gửi gì", "to be confirmed; nothing is sent")
    case .undated: say("không có hạn", "there is no due date")
    }
  }

  /// What becomes of a step.
  public func fate(_ fate: StepOutlook.Fate) -> String {
    switch fate {
    case .given: say("đã đưa vào thư", "put into a message")
    case .superseded: say("được thay bằng bước sau", "passed over for a later step")
    case .due: say("đến lúc, sẽ gửi ở lần xét tới", "due; the next look takes it up")
    case .toCome: say("chưa đến lúc", "to come")
    case .notNeeded(let reason): say("không gửi: \(self.reason(reason))", "not given: \(self.reason(reason))")
    }
  }
}
