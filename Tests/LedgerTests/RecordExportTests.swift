import Deadlines
import Foundation
import Ledger
import Messages
import TestSupport
import Testing

@Suite("An exported file")
struct RecordExportTests {
  /// A key as `openssl genpkey -algorithm ed25519` made it, and its public half.
  private static let key = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIDpfqW9rTvW7UCcLLbXfmqmQFFrRTIBMmr/GKdCw5Te7
    -----END PRIVATE KEY-----
    """
  private static let publicKey = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEAOA/XRQZcEbZYAmSgqLObXKur4d0IYBeQo9LYqgYkB/s=
    -----END PUBLIC KEY-----
    """

  /// The record of a small store, of which every third line is given in full.
  private func exported(disclosing: (Int64) -> Bool = { $0 % 3 == 0 }, after: Int = 2) async throws -> [UInt8] {
    let folder = try Folder()
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    defer { try? ledger.close() }
    try await ledger.adopt((0..<20).map { try occurrence("\($0)") })
    try await ledger.arm()
    try await ledger.put([message([notice("0"), notice("1")])])
    let claim = try #require(try await ledger.take().first)
    let settlement = Settlement(
      claim: claim,
      report: DeliveryReport(outcome: .accepted, replyCode: 250, reply: "2.0.0 Ok"),
      next: .accepted,
      attemptedAt: start,
      sentDigest: RecordChain.digest(of: Array("a mail".utf8))
    )
    try await ledger.settle([settlement], office: office, now: start)
    let head = try await ledger.recordMark(office: office)
    let content = RecordExport.Content(
      opening: ExportLine.Opening(
        office: Offices.office([]),
        unit: "vhxh",
        unitName: "Phòng Văn hóa - Xã hội",
        period: today...today,
        madeAt: start,
        after: try #require(try await ledger.recordMark(office: office, at: after)),
        publicKey: nil
      ),
      disclosed: Set((1...Int64(head.entries)).filter { disclosing($0) || $0 == Int64(head.entries) }),
      sent: [(message: claim.message.messageID, bytes: Array("a mail".utf8))],
      page: Array("<p>page</p>".utf8)
    )
    return try await ledger.exportRecord(content, office: office, head: head)
  }

  @Test("holds by itself, and gives of others’ lines nothing but digests")
  func holds() async throws {
    let file = try await exported()
    let verdict = ExportVerdict(file: file)
    #expect(verdict.findings.isEmpty && verdict.head?.entries == 23, "\(verdict.findings)")
    #expect(verdict.disclosed == 8 && verdict.hidden == 13 && verdict.provenMessages == 1)
    #expect(verdict.page == RecordChain.digest(of: "<p>page</p>"))
    let text = String(decoding: file, as: UTF8.self)
    #expect(text.contains("P/1/once/2") && !text.contains("P/1/once/3"))
  }

  @Test("the record of a moment ends by its own order, not by a clock that was ahead")
  func recordOfMoment() async throws {
    let ledger = try SQLiteLedger.inMemory()
    let ahead = start.adding(seconds: 90 * 86_400)
    try await ledger.adopt([occurrence("a"), occurrence("b")])
    try await ledger.say(.acknowledged, ["P/1/once/a"], at: ahead)
    // The clock is set right: this writes `clockSetBack` first.
    try await ledger.say(.acknowledged, ["P/1/once/b"], at: start.adding(seconds: 3600))
    func entries(_ seconds: Int64) async throws -> Int {
      try await ledger.recordEntries(office: office, asOf: start.adding(seconds: seconds))
    }
    #expect(try await ledger.kinds() == ["adopted", "adopted", "acknowledged", "clockSetBack", "acknowledged"])
    #expect(
      try await [entries(-1), entries(0), entries(3599), entries(3600), entries(100 * 86_400)] == [0, 2, 2, 5, 5]
    )
  }

  @Test("goes through a head noted elsewhere, or says that it does not")
  func noted() async throws {
    let file = try await exported()
    let lines = String(decoding: file, as: UTF8.self).split(separator: "\n")
    let line = try JSONDecoder().decode(ExportLine.self, from: Data(lines[1].utf8))
    let hash = try #require(line.hash ?? line.digests?.first)
    let through = RecordMark(entries: 3, hash: String(hash.prefix(16)))
    #expect(ExportVerdict(file: file, noted: through).findings.isEmpty)
    #expect(!ExportVerdict(file: file, noted: RecordMark(entries: 4, hash: through.hash)).findings.isEmpty)
    #expect(!ExportVerdict(file: file, noted: RecordMark(entries: 0, hash: "00000000")).findings.isEmpty)
  }

  @Test("a byte that is another breaks the signature, wherever it is", arguments: 1...60 as ClosedRange<UInt64>)
  func signature(seed: UInt64) async throws {
    var random = Seeded(seed)
    let file = try await exported()
    let key = try RecordKey(pem: Self.key)
    let signature = try key.signature(of: file)
    let known = try RecordPublicKey(pem: Self.publicKey)
    #expect(known.isSignature(signature, of: file) && known.base64 == key.publicKey.base64)
    var other = file
    let place = Int.random(in: 0..<other.count, using: &random)
    other[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
    #expect(!known.isSignature(signature, of: other))
    #expect(!known.isSignature(Array(signature.dropLast()), of: file))
  }

  @Test(
    "a line that is altered, missing, put in or moved is found, whatever it is",
    arguments: 1...60 as ClosedRange<UInt64>
  )
  func tampered(seed: UInt64) async throws {
    var random = Seeded(seed)
    var lines = String(decoding: try await exported(), as: UTF8.self).split(separator: "\n").map(String.init)
    // The lines of the record: the first is the opening, the last three are no part of the chain.
    let place = Int.random(in: 1..<(lines.count - 3), using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: lines.remove(at: place)
    case 1: lines.insert(lines[place], at: place + 1)
    case 2: lines.swapAt(place, place == 1 ? 2 : place - 1)
    default: lines[place] = Self.altered(lines[place], &random)
    }
    let verdict = ExportVerdict(file: Array(lines.joined(separator: "\n").utf8))
    #expect(!verdict.findings.isEmpty, "place \(place)")
    #expect(verdict.findings.allSatisfy { $0.fileLine <= lines.count })
  }

  @Test("a line altered with its hash is not led back to the real chain by a bare hash of the line behind it")
  func ledBack() async throws {
    var lines = String(decoding: try await exported(), as: UTF8.self).split(separator: "\n").map(String.init)
    let read = { try JSONDecoder().decode(ExportLine.self, from: Data(($0 as String).utf8)) }
    let after = try #require(try read(lines[0]).opening?.after.hash)
    let (line, hash) = (try #require(try read(lines[1]).line), try #require(try read(lines[1]).hash))
    let digests = try #require(try read(lines[2]).digests)
    let forged = line.replacing("P/1/once/2", with: "P/1/once/9")
    #expect(forged != line)
    lines[1] = try Self.json([
      "line": forged, "hash": RecordChain.hash(after: after, lineDigest: RecordChain.digest(of: forged)),
    ])
    lines[2] = try Self.json(["hashes": [RecordChain.hash(after: hash, lineDigest: digests[0])]])
    lines.insert(try Self.json(["digests": Array(digests.dropFirst())]), at: 3)
    let verdict = ExportVerdict(file: Array(lines.joined(separator: "\n").utf8))
    #expect(verdict.findings.map(\.fileLine) == [3], "\(verdict.findings)")
    #expect(verdict.boundFrom == 5)
  }

  private static func json(_ object: [String: Any]) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
  }

  @Test(
    "lines before a hash of the first stores are not proven by the head, and the verdict says from where on they are"
  )
  func oldLines() async throws {
    var lines = String(decoding: try await exported(), as: UTF8.self).split(separator: "\n").map(String.init)
    let read = { try JSONDecoder().decode(ExportLine.self, from: Data(($0 as String).utf8)) }
    #expect(ExportVerdict(file: Array(lines.joined(separator: "\n").utf8)).boundFrom == 3)
    let hash = try #require(try read(lines[1]).hash)
    lines[1] = try Self.json(["hashes": [hash]])
    let verdict = ExportVerdict(file: Array(lines.joined(separator: "\n").utf8))
    #expect(verdict.findings.isEmpty && verdict.taken == 1 && verdict.boundFrom == 4, "\(verdict.findings)")
  }

  /// One letter of the line’s own content becomes another, so that the JSON stays readable.
  private static func altered(_ line: String, _ random: inout Seeded) -> String {
    var bytes = Array(line.utf8)
    let hex = bytes.indices.filter { $0 > 12 && (97...102).contains(bytes[$0]) }
    guard let place = hex.randomElement(using: &random) else { return "{}" }
    bytes[place] = bytes[place] == 97 ? 98 : 97
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("a message that is not the one sent is found")
  func otherMessage() async throws {
    let file = String(decoding: try await exported(), as: UTF8.self)
    let other = file.replacing(
      Data("a mail".utf8).base64EncodedString(),
      with: Data("b mail".utf8).base64EncodedString()
    )
    let verdict = ExportVerdict(file: Array(other.utf8))
    #expect(verdict.provenMessages == 0 && verdict.findings.count == 1)
  }

  @Test("a file that was cut off, or is something else, is found", arguments: ["", "{}", "{\"head\":1}", "not JSON"])
  func cut(text: String) async throws {
    #expect(!ExportVerdict(file: Array(text.utf8)).findings.isEmpty)
    let file = try await exported()
    let short = file.split(separator: UInt8(ascii: "\n")).dropLast().joined(separator: [UInt8(ascii: "\n")])
    #expect(ExportVerdict(file: Array(short)).findings.map(\.detail) == ["the file has no end: it was cut off"])
  }

  @Test("a record that does not hold is not exported")
  func broken() async throws {
    let folder = try Folder()
    let ledger = try SQLiteLedger.open(path: folder.file("s"))
    try await ledger.adopt((0..<5).map { try occurrence("\($0)") })
    let head = try await ledger.recordMark(office: office)
    try ledger.close()
    try await tamper(folder.file("s"), "UPDATE record SET facts = '{}' WHERE sequence = 3")
    let opening = ExportLine.Opening(
      office: Offices.office([]),
      unit: "vhxh",
      unitName: "",
      period: today...today,
      madeAt: start,
      after: RecordMark(entries: 0, hash: RecordChain.genesis),
      publicKey: nil
    )
    let content = RecordExport.Content(opening: opening, disclosed: [], sent: [], page: [])
    let again = try SQLiteLedger.openForVerifying(path: folder.file("s"))
    await #expect(throws: RecordBroken(sequence: 3)) {
      try await again.exportRecord(content, office: office, head: head)
    }
  }

  @Test(
    "a key that cannot sign is named",
    arguments: [
      ("", RecordKeyError.notPEM(expected: "PRIVATE KEY")),
      ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", .notEd25519),
      ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", .encrypted),
      (publicKey, .notPEM(expected: "PRIVATE KEY")),
    ]
  )
  func keys(pem: String, expected: RecordKeyError) {
    #expect(throws: expected) { _ = try RecordKey(pem: pem) }
  }
}
