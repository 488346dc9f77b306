public import Deadlines
internal import Foundation
internal import Glibc
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
    /// It tells of these offices and not of this one.
    case ofOthers([String])
  }

  func read(office: String) -> Reading {
    do {
      guard let text = try text() else { return .none }
      let (marks, isWhole) = Self.marks(text)
      guard isWhole else { return .unreadable(reason: "it is damaged") }
      return marks[office].map(Reading.mark) ?? .ofOthers(marks.keys.sorted())
    } catch {
      return .unreadable(reason: error.description)
    }
  }

  /// On the disk when this returns.
  ///
  /// Takes the place of one that cannot be read, of which the start has told; what can be read of it is kept.
  public func write(_ head: RecordMark, office: String) throws {
    var marks = (try? text()).flatMap { $0 }.map { Self.marks($0).0 } ?? [:]
    marks[office] = head
    let text = marks.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value.entries)\t\($0.value.hash)\n" }.joined()
    try DurableFile.write(path) { temporary in
      try Data(text.utf8).write(to: URL(fileURLWithPath: temporary))
      try DurableFile.giveToOwner(of: store, temporary)
    }
  }

  /// Why it cannot be read, with its place and the way out.
  private struct Unreadable: Error, CustomStringConvertible {
    var description: String
  }

  /// Nil when there is nothing of that name; any other failure is one.
  private func text() throws(Unreadable) -> String? {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw Unreadable(description: "\(path): \(Self.systemReason) — let the service's user read it")
    }
    guard stat(path, &status) == 0 else {
      throw Unreadable(description: "\(path) is a link that leads nowhere — restore what it named, or delete it")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is no ordinary file"
      throw Unreadable(description: "\(path) \(kind) — move it away: the service writes a new one")
    }
    guard let file = fopen(path, "re") else {
      throw Unreadable(description: "\(path): \(Self.systemReason) — let the service's user read it")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else {
      throw Unreadable(description: "\(path): \(Self.systemReason) — look for disk errors in the system's log")
    }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private static var systemReason: String { String(cString: strerror(errno)) }

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
