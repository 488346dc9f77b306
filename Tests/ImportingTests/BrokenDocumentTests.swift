import Deadlines
import Foundation
import TestSupport
import Testing

@testable import Importing

@Suite("Importing what is no plan")
struct BrokenDocumentTests {
  private static let broken: [(name: String, words: String)] = [
    ("empty.txt", "the file is empty"), ("blank.txt", "the file is empty"), ("plan.pdf", "a PDF"),
    ("old.doc", "an old Word file"), ("text.odt", "an OpenDocument file"), ("picture.png", "a picture"),
    ("binary.txt", "a binary file"), ("old-letters.txt", "another encoding than UTF-8"),
    ("password.docx", "protected by a password"), ("password-zip.docx", "protected by a password"),
    ("cut.docx", "damaged"), ("tail.docx", "binary"), ("noisy.docx", "damaged"), ("other.zip", "no Word document"),
    ("laughs.docx", "damaged"), ("secret-file.docx", "damaged"), ("deep.docx", "damaged"), ("long-tag.docx", "damaged"),
    ("much-text.docx", "longer than any plan"), ("huge.txt", "more than the"),
    ("bomb.docx", "unpacks to more than 64 MB"), ("bomb-other-part.docx", "no Word document"),
    ("no-task.txt", "no task found"), ("no-date.txt", "no issue date"), ("no-such-file.txt", "no such file"),
  ]

  @Test("says what is wrong and what to do", arguments: broken)
  func errors(name: String, words: String) async throws {
    let folder = try await Documents.made.value
    let path = "\(folder.path)/\(name)"
    let error = #expect(throws: ImportError.self) { try Documents.plan(path) }
    #expect(error?.description.hasPrefix("\(name): ") == true && error?.description.contains(" — ") == true)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test("refuses a pipe and a folder without waiting")
  func notFiles() throws {
    let folder = try TemporaryFolder()
    let pipe = "\(folder.path)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in [pipe, folder.path] { #expect(throws: ImportError.self) { try Documents.plan(path) } }
  }

  @Test("reads UTF-16 and a byte order mark", arguments: ["utf16-le.txt", "utf16-be.txt", "utf8-mark.txt"])
  func encodings(name: String) async throws {
    let folder = try await Documents.made.value
    let expected = Documents.file(try Documents.plan(Documents.fixture("41-KH-UBND.txt")))
    #expect(Documents.file(try Documents.plan("\(folder.path)/\(name)")) == expected)
  }
}

@Suite("Importing mutated documents")
struct MutatedDocumentTests {
  /// 10,000 by hand, fewer in every run.
  private static let count = ProcessInfo.processInfo.environment["NHACHAN_FUZZ"].flatMap { Int($0) } ?? 400

  @Test("neither crashes nor hangs nor grows, and what it writes can be loaded")
  func mutations() async throws {
    let made = try await Documents.made.value
    let originals = try (Documents.names + ["153a-KH-UBND.txt"]).map {
      try Data(contentsOf: URL(fileURLWithPath: Documents.fixture($0)))
    }
    let words = try unpacked("\(made.path)/52-KH-UBND.docx")
    let folder = try TemporaryFolder()
    var random = Seeded(20_260_513)
    let importer = PlanImporter(office: try Documents.office())
    var slowest = Duration.zero
    var (plans, loaded, atTenth) = (0, 0, 0)
    for round in 0..<Self.count {
      let isWord = round % 4 == 3
      var bytes = [UInt8](isWord ? words : originals[round % originals.count])
      for _ in 0..<Int.random(in: 1...12, using: &random) { mutate(&bytes, &random) }
      let path = "\(folder.path)/\(isWord ? "mutated.docx" : "mutated.txt")"
      try (isWord ? StoredZip.archive(["word/document.xml": Data(bytes)]) : Data(bytes)).write(
        to: URL(fileURLWithPath: path)
      )
      let (plan, time) = timed { try? importer.plan(from: path) }
      slowest = max(slowest, time)
      if let plan {
        plans += 1
        let text = PlanImporter.planFile(plan, source: "mutated")
        // A secret plan is refused on purpose.
        if round % 20 == 0, plan.secrecy == nil, isCovered(plan) {
          #expect(throws: Never.self, "round \(round)") { try Documents.load(text) }
          loaded += 1
        }
      }
      if round == Self.count / 10 { atTenth = residentKilobytes() }
    }
    #expect(plans > Self.count / 10 && loaded > 0, "\(plans) plans, \(loaded) loaded")
    #expect(slowest < .seconds(10), "\(slowest)")
    #expect(residentKilobytes() - atTenth < 60_000, "grew from \(atTenth) to \(residentKilobytes()) KB")
    if Self.count > 1000 { print("fuzz: \(plans) plans, slowest \(slowest), \(atTenth) to \(residentKilobytes()) KB") }
  }

  private func isCovered(_ plan: ImportedPlan) -> Bool { (2024...2027).contains(plan.issued.year) }

  private func timed<Value>(_ body: () -> Value) -> (Value, Duration) {
    let clock = ContinuousClock()
    let start = clock.now
    let value = body()
    return (value, clock.now - start)
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout Seeded) {
    guard bytes.count > 20 else { return }
    let at = Int.random(in: 0..<bytes.count - 10, using: &random)
    let other = Int.random(in: 0..<bytes.count - 10, using: &random)
    let length = Int.random(in: 1...min(400, bytes.count - max(at, other)), using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes[at] = UInt8.random(in: 0...127, using: &random)
    case 1: bytes.removeSubrange(at..<min(bytes.count, at + length))
    case 2: bytes.insert(contentsOf: Array(bytes[other..<(other + length)]), at: at)
    case 3: bytes.insert(contentsOf: Self.signs.randomElement(using: &random).map { Array($0.utf8) } ?? [], at: at)
    case 4: bytes.swapAt(at, other)
    case 5: bytes.insert(contentsOf: [UInt8](repeating: bytes[at] & 127, count: length), at: at)
    case 6: bytes = Array(bytes[at...]) + bytes[..<at]
    default:
      bytes.insert(
        contentsOf: String(repeating: Self.signs.randomElement(using: &random) ?? "", count: min(length, 60)).utf8,
        at: at
      )
    }
  }

  private static let signs = [
    "\t", "\n", "|", "\n|---|---|\n", "<table>", "</td>", "<tr><td rowspan=9999 colspan=9999>", "**", "*", "#", "1.",
    "\na) ",
    "\n- ", ":", "Đơn vị chủ trì:", "\nThời gian thực hiện:", "PHỤ LỤC\n", "nt", "\"", "&#x110000;", "&amp;", "\\",
    "e\u{301}\u{323}",
    "\u{202E}", "\u{2028}", "999999999999999999999", "ngày 31 tháng 2 năm 2026", "<w:tbl>", "</w:p>",
    "<w:gridSpan w:val=\"999999999999\"/>",
    "<w:vMerge/>", "<w:tr>", "]]>", "(", "%", "“", "\nII. ", "\n1.1. ", ";", ", ", " và ",
  ]

  private func unpacked(_ path: String) throws -> Data {
    var data = Data()
    try ZipArchive(path: path).read("word/document.xml") { data += $0 }
    return data
  }

  private func residentKilobytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
  }
}

/// A zip archive without compression (APPNOTE 4.3).
enum StoredZip {
  static func archive(_ parts: [String: Data]) -> Data {
    var (out, central) = (Data(), Data())
    for (name, content) in parts {
      let sum = checksum(content)
      let facts =
        numbers(20, 2) + numbers(0, 2) + numbers(0, 2) + numbers(0, 4) + numbers(sum, 4)
        + numbers(UInt32(content.count), 4) + numbers(UInt32(content.count), 4) + numbers(UInt32(name.utf8.count), 2)
        + numbers(0, 2)
      let start = numbers(UInt32(out.count), 4)
      out += Data("PK\u{3}\u{4}".utf8) + facts + Data(name.utf8) + content
      central += Data("PK\u{1}\u{2}".utf8) + numbers(20, 2) + facts + numbers(0, 2) + numbers(0, 2) + numbers(0, 2)
      central += numbers(0, 4) + start + Data(name.utf8)
    }
    let count = numbers(UInt32(parts.count), 2)
    return out + central + Data("PK\u{5}\u{6}".utf8) + numbers(0, 4) + count + count + numbers(UInt32(central.count), 4)
      + numbers(UInt32(out.count), 4) + numbers(0, 2)
  }

  private static func numbers(_ value: UInt32, _ count: Int) -> Data {
    Data((0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) })
  }

  private static func checksum(_ data: Data) -> UInt32 {
    ~data.reduce(~UInt32(0)) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }
  }
}
