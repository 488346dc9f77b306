public import Deadlines
internal import Foundation

/// What a check of an exported file finds, by the file alone.
public struct ExportVerdict: Sendable, Hashable, Codable {
  public var opening: ExportLine.Opening?
  /// Lines of the record given in full, as digests, and as hashes that cannot be worked out again.
  public var disclosed = 0
  public var hidden = 0
  public var taken = 0
  /// The first line of the record that the head proves: what stands before it in the file is led past by a hash that
  /// cannot be worked out again.
  public var boundFrom: Int64 = 1
  /// Messages whose bytes agree with the digest in their line.
  public var provenMessages = 0
  public var head: RecordMark?
  public var page: String?
  /// What does not hold, each with the line of the file.
  public var findings: [Finding] = []

  public struct Finding: Sendable, Hashable, Codable {
    /// The line of the file, counted from 1.
    public var fileLine: Int
    /// The line of the record, where it is one.
    public var sequence: Int64?
    public var detail: String
  }

  /// Hashes all that the file says once more.
  ///
  /// The file must go through `noted`, a head noted elsewhere with its hash or the beginning of it; 0 lines mean any.
  public init(file: [UInt8], noted: RecordMark? = nil) {
    var reader = ExportReader(noted: noted)
    for (index, line) in file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty {
      reader.read(Data(line), number: index + 1)
    }
    reader.finish()
    self = reader.verdict
  }

  init() {}
}

/// Goes through an exported file from its first line to its last.
private struct ExportReader {
  var verdict = ExportVerdict()
  private let noted: RecordMark?
  private let decoder = JSONDecoder()
  private var number = 0
  private var last = RecordMark(entries: 0, hash: "")
  private var printed: [Int: [(fileLine: Int, printed: ExportLine.Printed)]] = [:]
  private var sent: [String: Set<String>] = [:]
  private var hashes: [Int: String] = [:]
  private var isNotedSeen = false
  /// The rule of the last line whose rule is known; a record never goes back to an older one.
  private var rule = RecordChain.Rule.lines

  init(noted: RecordMark?) { self.noted = noted }

  mutating func read(_ data: Data, number: Int) {
    self.number = number
    guard let line = try? decoder.decode(ExportLine.self, from: data) else { return add("is not readable") }
    if number == 1 { return open(line.opening) }
    if let text = line.line { return take(text, hash: line.hash) }
    if let digests = line.digests { return digests.forEach { step(lineDigest: $0) } }
    if let hashes = line.hashes { return hashes.forEach { trust($0) } }
    if let printed = line.printed { return compare(printed) }
    if let message = line.sent { return prove(message) }
    if let page = line.page {
      verdict.page = page
    } else if let head = line.head {
      close(head)
    } else {
      add("says nothing that this version knows")
    }
  }

  private mutating func open(_ opening: ExportLine.Opening?) {
    guard let opening, opening.format == RecordExport.format else { return add("is not the beginning of an export") }
    verdict.opening = opening
    last = opening.after
    verdict.boundFrom = Int64(last.entries) + 1
    note()
  }

  /// A line given in full: its hash is worked out from it and compared.
  private mutating func take(_ text: String, hash: String?) {
    let digest = RecordChain.digest(of: text)
    let expected = RecordChain.hash(after: last.hash, lineDigest: digest)
    let isOlder = rule == .lines && hash == RecordChain.firstHash(after: last.hash, line: text)
    let facts = try? decoder.decode(DisclosedLine.self, from: Data(text.utf8))
    if facts?.sequence != Int64(last.entries) + 1 {
      add("is line \(facts?.sequence ?? 0) of the record where \(last.entries + 1) must follow")
    } else if hash != expected && !isOlder {
      add("was altered, or a line before it")
    }
    if !isOlder { rule = .digests }
    if let message = facts?.facts.message, let bytes = facts?.facts.sent { sent[message, default: []].insert(bytes) }
    verdict.disclosed += 1
    // What follows is held against what is written here, so that one altered line gives one finding.
    go(to: hash ?? expected)
  }

  private struct DisclosedLine: Decodable {
    struct Facts: Decodable {
      var message: String?
      var sent: String?
    }
    var sequence: Int64
    var facts: Facts
  }

  private mutating func step(lineDigest: String) {
    verdict.hidden += 1
    rule = .digests
    go(to: RecordChain.hash(after: last.hash, lineDigest: lineDigest))
  }

  /// A bare hash leads the chain to wherever its writer likes, so there is none behind a line that needs none.
  private mutating func trust(_ hash: String) {
    if rule == .digests { add("gives a hash alone, where the lines before it go by their digests") }
    verdict.taken += 1
    go(to: hash)
    verdict.boundFrom = Int64(last.entries) + 1
  }

  private mutating func go(to hash: String) {
    last = RecordMark(entries: last.entries + 1, hash: hash)
    note()
  }

  private mutating func note() {
    if let noted, last.hash.hasPrefix(noted.hash), noted.entries == 0 || noted.entries == last.entries {
      isNotedSeen = true
    }
    hashes[last.entries] = last.hash
  }

  private mutating func compare(_ printed: ExportLine.Printed) {
    let head = printed.record
    guard head.entries >= verdict.opening?.after.entries ?? 0 else { return }
    if hashes[head.entries]?.hasPrefix(head.hash) != true {
      add("is a head that digest \(printed.number) printed and this record does not go through")
    }
  }

  private mutating func prove(_ message: ExportLine.Sent) {
    let digest = Data(base64Encoded: message.bytes).map { RecordChain.digest(of: Array($0)) } ?? ""
    guard sent[message.message]?.contains(digest) == true else {
      return add("is not the message \(message.message) as the record says it was sent")
    }
    verdict.provenMessages += 1
  }

  private mutating func close(_ head: RecordMark) {
    verdict.head = head
    if head != last { add("ends with another head than the lines before it give: some of them were altered") }
  }

  mutating func finish() {
    if verdict.head == nil { add("the file has no end: it was cut off") }
    if let noted, !isNotedSeen { add("the file does not go through the head \(noted.hash)") }
  }

  private mutating func add(_ detail: String) {
    guard verdict.findings.count < 20 else { return }
    verdict.findings.append(
      ExportVerdict.Finding(
        fileLine: number,
        sequence: last.entries > 0 ? Int64(last.entries) + 1 : nil,
        detail: detail
      )
    )
  }
}

extension [UInt8] {
  var base64: String { Data(self).base64EncodedString() }
}
