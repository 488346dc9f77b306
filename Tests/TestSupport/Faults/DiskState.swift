import Foundation

/// The files of one folder with what of them is on the disk and what is not yet.
///
/// A file's bytes are on the disk once its sync has ended that began after they were written; a name is once the
/// folder's has. Of what was not synced a power cut keeps some sectors of 512 bytes and some first names, by chance.
public struct DiskState: Sendable {
  public struct Loss: Sendable {
    /// Writes and cuts that no sync had covered.
    public var unsynced = 0
    /// Sectors of them that reached the disk all the same.
    public var kept = 0
    public var lost = 0
    /// New, other or lost names that no sync had covered.
    public var names = 0
  }

  fileprivate struct Change {
    var number: Int
    var offset: Int
    /// Nil: cut or stretched to `offset`.
    var bytes: ArraySlice<UInt8>?
  }

  fileprivate struct Rename {
    var number: Int
    var apply: @Sendable (inout [String: Int]) -> Void
  }

  fileprivate struct File {
    var bytes: [UInt8] = []
    var pending: [Change] = []
  }

  /// By a number of our own: the file system gives an inode's number away again.
  private var files: [Int: File] = [:]
  private var numberOfInode: [Int64: Int] = [:]
  /// Names as programs see them, and as the disk has them.
  private var names: [String: Int] = [:]
  private var namesOnDisk: [String: Int] = [:]
  private var pendingNames: [Rename] = []
  /// How much had happened when each sync began.
  private var begun: [Int64: Int] = [:]
  private var clock = 0

  private let folder: String

  init(folder: String) throws {
    self.folder = folder
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let path = "\(folder)/\(name)"
      var facts = stat()
      guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, !Self.isShared(path) else { continue }
      let number = files.count
      files[number] = File(bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
      numberOfInode[Int64(facts.st_ino)] = number
      names[path] = number
    }
    namesOnDisk = names
  }

  private static func isShared(_ path: String) -> Bool { path.hasSuffix("-shm") }

  // MARK: What the program did

  mutating func apply(_ record: DiskJournal.Record) {
    clock += 1
    switch record.kind {
    case "O": open(record.paths[0], inode: record.first)
    case "W": change(record.first, Change(number: clock, offset: Int(record.second), bytes: record.bytes))
    case "T": change(record.first, Change(number: clock, offset: Int(record.second), bytes: nil))
    case "B": begun[record.second] = clock
    case "S": sync(record.first, upTo: begun[record.second] ?? 0)
    case "D": syncNames(upTo: begun[record.second] ?? 0)
    default: rename(record)
    }
  }

  private mutating func open(_ path: String, inode: Int64) {
    // Files of folders in it, as the copy of the configuration, are left alone.
    guard names[path] == nil, !path.dropFirst(folder.count + 1).contains("/") else { return }
    let number = files.count
    files[number] = File()
    numberOfInode[inode] = number
    renamed { $0[path] = number }
  }

  private mutating func rename(_ record: DiskJournal.Record) {
    let paths = record.paths
    guard names[paths[0]] != nil, !paths.contains(where: Self.isShared) else { return }
    switch record.kind {
    case "R":
      renamed {
        $0[paths[1]] = $0[paths[0]]
        $0[paths[0]] = nil
      }
    case "L": renamed { $0[paths[1]] = $0[paths[0]] }
    case "U": renamed { $0[paths[0]] = nil }
    default: preconditionFailure("no such record: \(record.kind)")
    }
  }

  private mutating func renamed(_ apply: @escaping @Sendable (inout [String: Int]) -> Void) {
    apply(&names)
    pendingNames.append(Rename(number: clock, apply: apply))
  }

  private mutating func change(_ inode: Int64, _ change: Change) {
    guard let number = numberOfInode[inode] else { return }
    files[number]?.pending.append(change)
  }

  private mutating func sync(_ inode: Int64, upTo limit: Int) {
    guard let number = numberOfInode[inode], var file = files[number] else { return }
    for change in file.pending where change.number < limit { file.apply(change) { _ in true } }
    file.pending.removeAll { $0.number < limit }
    files[number] = file
  }

  private mutating func syncNames(upTo limit: Int) {
    for change in pendingNames where change.number < limit { change.apply(&namesOnDisk) }
    pendingNames.removeAll { $0.number < limit }
  }

  // MARK: The cut

  /// Takes away what chance does not keep.
  mutating func cut(seed: UInt64) -> Loss {
    var random = Seeded(seed)
    var loss = Loss()
    loss.names = pendingNames.count
    // A journalling file system keeps the order of names.
    for change in pendingNames.prefix(Int.random(in: 0...pendingNames.count, using: &random)) {
      change.apply(&namesOnDisk)
    }
    // Nothing, everything, or every second sector.
    let chance = [0.0, 1.0, 0.5][Int.random(in: 0..<3, using: &random)]
    for number in files.keys.sorted() {
      guard var file = files[number] else { continue }
      loss.unsynced += file.pending.count
      for change in file.pending {
        file.apply(change) { _ in
          let isKept = Double.random(in: 0..<1, using: &random) < chance
          if isKept { loss.kept += 1 } else { loss.lost += 1 }
          return isKept
        }
      }
      file.pending = []
      files[number] = file
    }
    return loss
  }

  /// Puts what is on the disk into the folder; folders in it stay as they are.
  func write(to folder: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let path = "\(folder)/\(name)"
      let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      if type == .typeRegular { try FileManager.default.removeItem(atPath: path) }
    }
    for (path, number) in namesOnDisk {
      let contents = Data(files[number]?.bytes ?? [])
      let isMade = FileManager.default.createFile(
        atPath: path,
        contents: contents,
        attributes: [.posixPermissions: 0o600]
      )
      guard isMade else { throw CocoaError(.fileWriteUnknown) }
    }
  }
}

extension DiskState.File {
  /// Does the change, sector by sector where `isKept` says so.
  fileprivate mutating func apply(_ change: DiskState.Change, isKept: (_ sector: Int) -> Bool) {
    guard let written = change.bytes else {
      if isKept(0) { resize(to: change.offset) }
      return
    }
    var from = written.startIndex
    while from < written.endIndex {
      let offset = change.offset + from - written.startIndex
      let end = min(written.endIndex, from + 512 - offset % 512)
      if isKept(offset / 512) { put(written[from..<end], at: offset) }
      from = end
    }
  }

  private mutating func put(_ piece: ArraySlice<UInt8>, at offset: Int) {
    if bytes.count < offset + piece.count { resize(to: offset + piece.count) }
    bytes.replaceSubrange(offset..<offset + piece.count, with: piece)
  }

  private mutating func resize(to length: Int) {
    if length < bytes.count {
      bytes.removeSubrange(length...)
    } else {
      bytes += [UInt8](repeating: 0, count: length - bytes.count)
    }
  }
}
