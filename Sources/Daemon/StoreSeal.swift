public import Deadlines
internal import Foundation
internal import Ledger

/// How far the record had come when the service last looked, kept beside the store and not in it.
///
/// A store whose record does not have that line is an older copy that somebody put in its place: what was sent since
/// then would be sent again, so it holds its messages. Written after the commit that it tells of, so it is never ahead of
/// the store, whatever crashes. Each office has a line: its id, the number and the hash, with tabs between them.
public struct StoreSeal: Sendable {
  private let path: String

  public init(store: String) { path = store + ".seal" }

  /// Nil when there is none: a first start, or the store came without it.
  func read(office: String) -> RecordMark? { lines()[office] }

  /// On the disk when this returns.
  public func write(_ head: RecordMark, office: String) throws {
    var lines = lines()
    lines[office] = head
    let text = lines.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value.entries)\t\($0.value.hash)\n" }.joined()
    try DurableFile.write(path) { try Data(text.utf8).write(to: URL(fileURLWithPath: $0)) }
  }

  private func lines() -> [String: RecordMark] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [:] }
    let lines = text.split(separator: "\n").compactMap { line -> (String, RecordMark)? in
      let cells = line.split(separator: "\t").map(String.init)
      guard cells.count == 3, let entries = Int(cells[1]) else { return nil }
      return (cells[0], RecordMark(entries: entries, hash: cells[2]))
    }
    return Dictionary(lines, uniquingKeysWith: { first, _ in first })
  }
}
