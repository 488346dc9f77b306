import Foundation
import TestSupport
import Testing

/// The real service and its commands on a disk that can fail, under a wall clock of their own.
final class DiskService: Sendable {
  let disk: FaultyDisk
  private let folder: TemporaryFolder
  let configPath: String
  private let process = Guarded<ServerProcess?>(nil)
  var store: String { "\(disk.folder)/nhachan.sqlite" }
  private var log: String { "\(folder.path)/log" }

  /// An office of so many units with one task each, which all are told of on the morning of 13 May 2026.
  init(units: Int, port: Int) async throws {
    folder = try TemporaryFolder()
    configPath = try Self.config(folder, units: units, port: port)
    let place = "\(folder.path)/disk"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    disk = try await FaultyDisk(place)
  }

  private static func config(_ folder: TemporaryFolder, units: Int, port: Int) throws -> String {
    let directory = (0..<units).map {
      "  - {id: u\($0), name: Đơn vị số \($0), address: u\($0)@xa.example, head: chu-tich}\n"
    }
    let tasks = (0..<units).map {
      "  - {id: T\($0), section: mục \($0), title: Việc \($0), limit: Chậm nhất ngày 30/9/2026, lead: Đơn vị số \($0)}\n"
    }
    let posts = """
      posts:
        - {id: chu-tich, title: Chủ tịch UBND xã, address: chutich@xa.example}
        - {id: pho-chu-tich, title: Phó Chủ tịch UBND xã, address: pct@xa.example, superior: chu-tich}

      """
    let head = "number: 1/KH\ntype: Kế hoạch\ntitle: Kế hoạch\nissuer: UBND xã\nissued: 2026-05-13\ntasks:\n"
    let config = try folder.config(
      port: port,
      edit: [
        "directory.yaml": { _ in "units:\n\(directory.joined())\(posts)" },
        "plans/153a-KH-UBND.yaml": { _ in head + tasks.joined() },
        "nhachan.yaml": { $0.replacingOccurrences(of: "units: [vp]", with: "units: [u0]") },
        "policy.yaml": {
          $0.replacing(/monitor: \S+/, with: "monitor: u1").replacing(/office: \S+/, with: "office: u0")
        },
      ]
    )
    return config
  }

  /// Sets the wall clock, for what runs too: hours and minutes of 13 May 2026 in Viet Nam.
  func set(clock hour: Int, _ minute: Int) throws {
    // 13 May 2026, 00:00 in Viet Nam, is 17:00 UTC of the day before.
    let midnight = 1_778_605_200
    try disk.set(.clockOffset, midnight + hour * 3600 + minute * 60 - Int(Date().timeIntervalSince1970))
  }

  /// Starts the service and waits until it has adopted its plans; one that is `isRecording` may be killed before.
  func start(isRecording: Bool = false) async throws {
    let before = starts
    let script = #"echo $$; exec "$@" 2>>"$0""#
    let command =
      disk.prefix(isRecording: isRecording) + [
        "/bin/sh", "-c", script, log, Nhachan.path, "run", "--config", configPath, "--store", store,
      ]
    let started = try ServerProcess(command)
    process.set(started)
    #expect(await started.waits { $0.contains("\n") })
    if !isRecording { #expect(try await waits { self.starts > before }, "\(said())") }
  }

  private var starts: Int { said().split(separator: "\n").count { $0.contains("plans adopted") } }

  private var number: Int32? { process.value.flatMap { Int32($0.output.prefix { $0.isNumber }) } }

  /// False once it has ended, by itself or killed.
  var isRunning: Bool {
    guard let number, let facts = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8) else {
      return false
    }
    // > pid (comm) state …, Z for a zombie (proc(5)).
    return !facts.contains(") Z ")
  }

  /// Ends it at once, if it has not ended by itself.
  func cut() async throws {
    if let number, isRunning { kill(number, SIGKILL) }
    #expect(try await waits { !self.isRunning })
    await process.value?.stop()
  }

  /// Ends it as systemd does.
  func stop() async throws {
    if let number { kill(number, SIGTERM) }
    #expect(try await waits { !self.isRunning })
    await process.value?.stop()
  }

  func command(_ arguments: String...) async throws -> CommandResult {
    try await run(disk.prefix() + [Nhachan.path] + arguments + ["--config", configPath, "--store", store])
  }

  func status() async throws -> StoreStatus? {
    let result = try await command("status", "--json")
    return try? JSONDecoder().decode(StoreStatus.self, from: Data(result.output.utf8))
  }

  /// Asks again until the answer satisfies, at most half a minute.
  func waits(until isDone: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<600 {
      if try await isDone() { return true }
      _ = await onAThread { usleep(50_000) }
    }
    return false
  }

  /// Lets the service look at its clock now, as a command that changes something does.
  func ring() throws {
    let bell = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(store).bell"))
    try bell.write(contentsOf: Data([0x0A]))
    try bell.close()
  }

  /// What the service has said so far.
  func said() -> String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  /// Planned, armed, nothing sent yet, and stopped: at six in the morning.
  func prepare() async throws {
    try set(clock: 6, 0)
    try await start()
    #expect(try await waits { try await self.command("arm").status == 0 })
    try await stop()
    #expect(FileManager.default.fileExists(atPath: store), "\(said())")
  }
}

struct StoreStatus: Decodable {
  struct Outbox: Decodable {
    var pending: Int
    var deferred: Int
    var accepted: Int
  }
  var armed: Bool
  var heldBecause: String?
  var storeProblem: String?
  var outbox: Outbox
}

/// A value that several tasks reach.
final class Guarded<Value: Sendable>: @unchecked Sendable {
  // Unchecked, and so: reached under the lock alone.
  private let lock = NSLock()
  private var stored: Value

  init(_ value: Value) { stored = value }

  var value: Value { lock.withLock { stored } }
  func set(_ value: Value) { lock.withLock { stored = value } }
}

/// Runs statements on a database by Python's own SQLite module.
func runSQL(_ statements: String, in database: String) async throws -> CommandResult {
  let folder = try TemporaryFolder()
  let file = "\(folder.path)/statements.sql"
  try Data(statements.utf8).write(to: URL(fileURLWithPath: file))
  let script = """
    import sqlite3, sys
    store = sqlite3.connect(sys.argv[1], isolation_level=None)
    store.execute("PRAGMA synchronous = OFF")
    store.executescript(open(sys.argv[2], encoding="utf-8").read())
    store.close()
    """
  return try await run(["/usr/bin/python3", "-c", script, database, file])
}

extension MaildirServer {
  /// How often each Message-ID has arrived.
  func copies() throws -> [String: Int] {
    let ids = try mails().map { path in
      let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
      let head = text.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("message-id: <") }
      return head.map { String($0.dropFirst("message-id: <".count).dropLast()) } ?? "none in \(path)"
    }
    return ids.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}
