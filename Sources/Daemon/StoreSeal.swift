public import Deadlines
internal import Foundation
internal import Ledger

/// How far the record had come when the service last looked, kept beside the store and not in it.
///
/// A store whose record does not have that line is an older copy that somebody put in its place: what was sent since
/// then would be sent again, so it holds its messages. Written after the commit that it tells of, so it is never ahead of
/// the store, whatever crashes. Each office has a line: its id, the number and the hash, with tabs between them.
public struct StoreSeal: Sendable {
  private let store: String
  private var path: String { store + ".seal" }

  public init(store: String) { self.store = store }

  /// What the seal says of an office.
  public enum Reading: Sendable, Hashable {
    /// A first start, or the store came without it.
    case none
    case mark(RecordMark)
    /// It is there and bears no witness: damaged, or it may not be read.
    case unreadable(reason: String)
  }

  func read(office: String) -> Reading {
    do {
      guard let text = try text() else { return .none }
      let (marks, isWhole) = Self.marks(text)
      guard isWhole else { return .unreadable(reason: "it is damaged") }
      return marks[office].map(Reading.mark) ?? .none
    } catch {
      return .unreadable(reason: error.localizedDescription)
    }
  }

  /// On the disk when this returns.
  ///
  /// Takes the place of one that cannot be read, of which the start has told; what can be read of it is kept.
  public func write(_ head: RecordMark, office: String) throws {
    var marks = (try? text()).map { Self.marks($0).0 } ?? [:]
    marks[office] = head
    let text = marks.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value.entries)\t\($0.value.hash)\n" }.joined()
    try DurableFile.write(path) { temporary in
      try Data(text.utf8).write(to: URL(fileURLWithPath: temporary))
      try DurableFile.giveToOwner(of: store, temporary)
    }
  }

  /// Nil when there is no such file; any other failure is one.
  private func text() throws -> String? {
    do {
      return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
      return nil
    }
  }

  /// Each office's line, and whether all was there.
  private static func marks(_ text: String) -> ([String: RecordMark], isWhole: Bool) {
    let lines = text.split(separator: "\n")
    let marks = lines.compactMap { line -> (String, RecordMark)? in
      let cells = line.split(separator: "\t").map(String.init)
      guard cells.count == 3, let entries = Int(cells[1]), entries > 0 else { return nil }
      return (cells[0], RecordMark(entries: entries, hash: cells[2]))
    }
    let isWhole = !marks.isEmpty && marks.count == lines.count && text.hasSuffix("\n")
    return (Dictionary(marks, uniquingKeysWith: { first, _ in first }), isWhole)
  }
}
