import Foundation

/// A disk that can be full, broken or without power, between one program and one folder (`Tests/Faults/faults.c`).
public final class FaultyDisk: Sendable {
  /// The numbers of the control file, in its order.
  public enum Knob: Int, Sendable {
    case writeError, syncError, readError, skip, killAt, steps, syncsOfLog, clockOffset
  }

  public let folder: String
  private let work: TemporaryFolder
  private var control: String { "\(work.path)/control" }
  private var journal: String { "\(work.path)/journal" }
  private let library: String

  /// A disk below that folder, which exists; throws what a compiler says that cannot make the shim.
  public init(_ folder: String) async throws {
    self.folder = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    work = try TemporaryFolder()
    library = "\(work.path)/faults.so"
    let source = Tree.root.appendingPathComponent("Tests/Faults/faults.c").path
    let made = try await run([
      "/usr/bin/cc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread",
    ])
    guard made.status == 0 else { throw NotCompiled(errors: made.errors) }
    try Data(count: 8 * 8).write(to: URL(fileURLWithPath: control))
  }

  public struct NotCompiled: Error { public let errors: String }

  /// What a program must be started with to stand on this disk: `env` and its arguments.
  public func prefix(isRecording: Bool = false) -> [String] {
    [
      "/usr/bin/env", "LD_PRELOAD=\(library)", "FAULTS_FOLDER=\(folder)", "FAULTS_CONTROL=\(control)",
      "FAULTS_JOURNAL=\(isRecording ? journal : "")",
    ]
  }

  /// Holds at once, for running programs too.
  public func set(_ knob: Knob, _ value: Int) throws {
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: control))
    defer { try? file.close() }
    try file.seek(toOffset: UInt64(knob.rawValue * 8))
    var number = Int64(value)
    try file.write(contentsOf: Data(bytes: &number, count: 8))
  }

  public func read(_ knob: Knob) throws -> Int {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: control)))
    return Int(LittleNumbers(bytes).number(at: knob.rawValue * 8))
  }

  // MARK: Power

  /// Everything in the folder as it is now, taken as being on the disk.
  public func state() throws -> DiskState { try DiskState(folder: folder) }

  /// Makes the folder as a power cut would have left it, after the program was killed, and forgets the journal.
  ///
  /// `before` is the state when the program was started.
  /// - Returns: Writes that had reached no disk, how many of them were kept whole or torn.
  public func cutPower(since before: DiskState, seed: UInt64) throws -> DiskState.Loss {
    let url = URL(fileURLWithPath: journal)
    let records = DiskJournal.records(in: [UInt8]((try? Data(contentsOf: url)) ?? Data()))
    var state = before
    for record in records { state.apply(record) }
    let loss = state.cut(seed: seed)
    try state.write(to: folder)
    try? FileManager.default.removeItem(at: url)
    return loss
  }
}

/// Numbers as the machine wrote them.
struct LittleNumbers {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func number(at offset: Int) -> Int64 {
    bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Int64.self) }
  }
}

/// What the shim wrote down, in its order.
enum DiskJournal {
  struct Record {
    var kind: Character
    var first: Int64
    var second: Int64
    var text: [UInt8]
    var bytes: ArraySlice<UInt8>

    /// One path, or two with a zero byte between them.
    var paths: [String] { text.split(separator: 0).map { String(decoding: $0, as: UTF8.self) } }
  }

  private static let head = 1 + 4 * 8

  /// A last record that was cut short by the kill did not happen.
  static func records(in journal: [UInt8]) -> [Record] {
    let numbers = LittleNumbers(journal)
    var records: [Record] = []
    var offset = 0
    while offset + head <= journal.count {
      let length = Int(numbers.number(at: offset + 17))
      let count = Int(numbers.number(at: offset + 25))
      let text = offset + head
      let bytes = text + length
      let end = bytes + count
      guard end <= journal.count else { break }
      records.append(
        Record(
          kind: Character(UnicodeScalar(journal[offset])),
          first: numbers.number(at: offset + 1),
          second: numbers.number(at: offset + 9),
          text: Array(journal[text..<bytes]),
          bytes: journal[bytes..<end]
        )
      )
      offset = end
    }
    return records
  }
}
