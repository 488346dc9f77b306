import Deadlines
import Foundation
import Messages
import TestSupport
import Testing

@testable import Ledger

@Suite("Values are kept as the JSON that Foundation writes")
struct JSONTextTests {
  /// What every store has been written with so far.
  private func foundation(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test("the same bytes are written, and read back as the same value")
  func occurrences() throws {
    let limits = ["Chậm nhất ngày 15/6/2026", "Hằng quý, 6 tháng, năm", "Thường xuyên", "", "16 giờ 00 ngày 9/12/2026"]
    let office = Offices.office(limits.enumerated().map { Offices.task("T\($0)", $1) })
    for occurrence in office.occurrences(through: Office.horizon(on: Offices.date("2026-05-13"))) {
      let text = try JSONText.write(occurrence)
      #expect(try text == foundation(occurrence))
      #expect(try JSONText.read(text) == occurrence)
    }
  }

  struct Everything: Codable, Hashable {
    enum Choice: Codable, Hashable {
      case plain
      case with(number: Int, String)
    }
    var text: String
    var flag: Bool
    var small: UInt8
    var large: Int64
    var choices: [Choice]
    var byName: [String: [Int]]
    var maybe: String?
    var nothing: [String?]
  }

  static let texts = [
    "", "Chậm nhất ngày 15/6/2026", "“ngoặc” \"kép\" \\ /", "dòng\nmới\tthụt\r\u{8}\u{c}", "\u{0}\u{1f}\u{7f}\u{85}",
    "🧑🏽‍🚒 😀", "\u{2028}\u{2029}", "<b>&amp;</b>", "e\u{301}",
  ]

  @Test("texts with anything in them", arguments: texts)
  func everything(text: String) throws {
    let value = Everything(
      text: text,
      flag: true,
      small: 255,
      large: .min,
      choices: [.plain, .with(number: -1, text)],
      byName: ["b": [1, 2], "a": [], text: [3]],
      maybe: nil,
      nothing: [nil, text]
    )
    let written = try JSONText.write(value)
    #expect(try written == foundation(value))
    #expect(try JSONText.read(written) == value)
  }

  @Test("escapes, blanks and unknown members that others write are read")
  func foreign() throws {
    let text = #" { "unknown" : [1, {"x": null}] , "a\/b" : "Ch\u1eadm \ud83d\ude00\n" } "#
    let read: [String: JSONValueProbe] = try JSONText.read(text)
    #expect(read["a/b"]?.text == "Chậm 😀\n")
  }

  /// A text, or anything else.
  struct JSONValueProbe: Decodable {
    var text: String?
    init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
  }

  @Test(
    "what is no JSON of ours is refused",
    arguments: [
      "", "{", "[1", "\"open", "{\"a\" 1}", "{\"text\":tru}", "[1,2]x", "nul", "{\"text\":1}",
      String(repeating: "[", count: 100_000),
    ]
  )
  func refused(text: String) {
    #expect(throws: DecodingError.self) { let _: Everything = try JSONText.read(text) }
  }
}
