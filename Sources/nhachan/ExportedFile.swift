import Deadlines
import Foundation
import Ledger

/// An exported file, its signature and its page, as somebody outside the office checks them.
struct ExportedFile {
  private let path: String
  private let key: RecordPublicKey?
  private let noted: RecordMark?

  /// True for a file that is there and begins as JSON does; a store begins with “SQLite format 3”.
  static func isOne(_ path: String) throws -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Failure.unreachable("\(path): cannot be read — name a store, a backup of one, or an exported file")
    }
    defer { try? file.close() }
    return try file.read(upToCount: 1)?.first == UInt8(ascii: "{")
  }

  init(_ path: String, key: String?, isUnsigned: Bool, noted: RecordMark?) throws {
    self.path = path
    self.noted = noted
    if isUnsigned {
      self.key = nil
      return
    }
    guard let key else {
      throw Failure.usage(
        "\(path): an exported file is worth what its signature is worth — name the office's public key by --key, "
          + "or say --unsigned to see only whether the file agrees with itself"
      )
    }
    do {
      self.key = try RecordPublicKey(pem: String(decoding: try Self.read(key), as: UTF8.self))
    } catch let error as RecordKeyError {
      throw Failure.no("\(key): \(error)")
    }
  }

  struct Report: Encodable {
    var holds: Bool
    /// Whether the signature is the key's; null when it was not asked about.
    var signature: Bool?
    /// Whether the page beside the file is the one that was signed; null when it is not there.
    var page: Bool?
    var verdict: ExportVerdict
  }

  func verify(json: Bool) throws {
    let bytes = try Self.read(path)
    let verdict = ExportVerdict(file: bytes, noted: noted)
    let signature = try key.map { try isSigned(bytes, by: $0) }
    let page = try isPageThere ? RecordChain.digest(of: Self.read(pagePath)) == verdict.page : nil
    let holds = verdict.findings.isEmpty && signature != false && page != false
    let report = Report(holds: holds, signature: signature, page: page, verdict: verdict)
    if json { try printJSON(report) } else { print(text(report)) }
    guard holds else { throw Failure.no("\(path) does not hold") }
  }

  private func isSigned(_ bytes: [UInt8], by key: RecordPublicKey) throws -> Bool {
    key.isSignature(try Self.read(path + ".sig"), of: bytes)
  }

  private var pagePath: String { (path.hasSuffix(".jsonl") ? String(path.dropLast(6)) : path) + ".html" }
  private var isPageThere: Bool { FileManager.default.fileExists(atPath: pagePath) }

  private static func read(_ path: String) throws -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw Failure.unreachable("\(path): cannot be read: \(error.localizedDescription)")
    }
  }

  private func text(_ report: Report) -> String {
    let verdict = report.verdict
    var lines: [String] = []
    if let opening = verdict.opening {
      lines.append(
        "\(opening.officeName), \(opening.unitName), \(opening.from) to \(opening.to), made \(opening.madeAt)"
          + (opening.asOf.map { ", as of \($0)" } ?? "")
      )
    }
    switch report.signature {
    case true?: lines.append("signature: good, by the key given")
    case false?: lines.append("signature: NOT of this file and key: the file was altered, or another key has signed it")
    case nil: lines.append("signature: not checked; anybody can make a file that agrees with itself")
    }
    let taken = verdict.taken > 0 ? ", \(verdict.taken) by their hash alone" : ""
    lines.append("record: \(verdict.disclosed) lines in full, \(verdict.hidden) as digests\(taken)")
    if verdict.taken > 0 {
      lines.append(
        "not proven by the head: lines before \(verdict.boundFrom), as the hash of line \(verdict.boundFrom - 1) cannot be "
          + "worked out again; a head from elsewhere shows more only for what comes behind it"
      )
    }
    lines.append("messages as sent that agree with the record: \(verdict.provenMessages)")
    if let head = verdict.head { lines.append("head: \(head.entries) \(head.hash) (\(head.short))") }
    if let noted, verdict.findings.isEmpty { lines.append("it goes through the head \(noted.short)") }
    switch report.page {
    case true?: lines.append("page: the one that was signed")
    case false?: lines.append("page: \(pagePath) is NOT the one that was signed")
    case nil: lines.append("page: not there")
    }
    lines += verdict.findings.map { finding in
      let line = finding.sequence.map { " (line \($0) of the record)" } ?? ""
      return "  \(path):\(finding.fileLine)\(line): \(finding.detail)"
    }
    return lines.joined(separator: "\n")
  }
}
