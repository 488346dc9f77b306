import Foundation
import TestSupport

/// An office that has something to say on every working day: weekly and monthly reports of all its units.
struct CrashOffice {
  let units: Int
  let connections: Int

  /// The task whose occurrences are answered while the service is killed; what is said of it depends on the moment.
  static let answeredTask = "3"

  /// Writes the configuration beside the ready example's calendar, its relay on `port` of the loopback.
  ///
  /// - Returns: The folder.
  func write(in folder: TemporaryFolder, port: Int) throws -> String {
    let config = try folder.config(
      port: port,
      edit: [
        "nhachan.yaml": { [connections] text in
          // Whole holidays pass between two starts, and are no reason to hold messages here.
          text.replacingOccurrences(of: "holdAfterSilenceDays: 7", with: "holdAfterSilenceDays: 300")
            .replacingOccurrences(of: "[chu-tich, pho-chu-tich]", with: "[chu-tich]")
            .replacingOccurrences(of: "units: [vp]", with: "units: [u0]")
            .replacingOccurrences(
              of: "    security: plain\n",
              with: "    security: plain\n    connections: \(connections)\n"
            )
        },
        "policy.yaml": {
          $0.replacingOccurrences(of: "monitor: vhxh", with: "monitor: u1")
            .replacingOccurrences(of: "office: vp", with: "office: u0")
        },
        "directory.yaml": { [self] _ in directory },
      ]
    )
    try FileManager.default.removeItem(atPath: "\(config)/plans/153a-KH-UBND.yaml")
    try writePlan(to: config, edition: 1)
    return config
  }

  /// Writes the plan anew with other titles, so that a reload has every occurrence to take over.
  func writePlan(to config: String, edition: Int) throws {
    let tasks = [
      ("1", "Hằng tuần", "Các đơn vị"), ("2", "Hằng tháng", "Các đơn vị"),
      (Self.answeredTask, "Hằng tuần", "Đơn vị số 0"),
    ]
    .map { id, limit, lead in
      "  - {id: \"\(id)\", section: mục \(id), title: \"Việc số \(id), bản \(edition)\", limit: \(limit), lead: \(lead)}\n"
    }
    let head = "number: 1/KH\ntype: Kế hoạch\ntitle: Kế hoạch thử\nissuer: UBND xã\nissued: 2026-05-13\ntasks:\n"
    try Data((head + tasks.joined()).utf8).write(
      to: URL(fileURLWithPath: "\(config)/plans/1-KH.yaml"),
      options: .atomic
    )
  }

  private var directory: String {
    let numbers = 0..<units
    let members = numbers.map { "u\($0)" }.joined(separator: ", ")
    return "units:\n"
      + numbers.map {
        "  - {id: u\($0), name: Đơn vị số \($0), address: u\($0)@xa.example, head: truong-\($0), viceChair: pho}\n"
      }.joined()
      + "groups:\n  - {id: tat-ca, name: Các đơn vị, members: [\(members)]}\n"
      + "posts:\n  - {id: chu-tich, title: Chủ tịch UBND xã, address: chutich@xa.example}\n"
      + "  - {id: pho, title: Phó Chủ tịch UBND xã, address: pho@xa.example, superior: chu-tich}\n"
      + numbers.map {
        "  - {id: truong-\($0), title: Trưởng đơn vị \($0), address: truong\($0)@xa.example, superior: pho}\n"
      }.joined()
  }
}
