import Deadlines
import Foundation
import TestSupport

/// A program under another wall clock (libfaketime), to be killed without a word at any moment.
final class KillableProcess: Sendable {
  private let process: ServerProcess
  private let id: pid_t
  /// The `faketime` command in between.
  private let parent: pid_t

  /// - Parameters:
  ///   - command: The program's path and its arguments.
  ///   - clock: What the wall clock shows when it starts.
  ///   - log: A file to which it says what it has to say.
  /// - Throws: `NotStarted` when no process came of it.
  init(_ command: [String], clock: Instant, log: String) async throws {
    let clocked = [
      "/usr/bin/env", "TZ=UTC", "/usr/bin/faketime", "-m", "--exclude-monotonic", "-f", Self.written(clock),
    ]
    // `faketime` stays in between, so the program's own number is printed by a shell that then becomes the program.
    let script = #"echo $$; exec 2>>"$0"; exec "$@""#
    let started = try await Self.started(clocked + ["/bin/sh", "-c", script, log] + command)
    (process, id, parent) = started
  }

  /// Another number is drawn when a dead program has left the files of the first (see `kill`).
  private static func started(_ command: [String]) async throws -> (ServerProcess, id: pid_t, parent: pid_t) {
    for _ in 0..<5 {
      let process = try ServerProcess(command)
      if await process.waits(until: { $0.contains("\n") }), let id = pid_t(process.output.prefix { $0.isNumber }),
        let parent = parent(of: id)
      {
        return (process, id, parent)
      }
      await process.stop()
    }
    throw NotStarted()
  }

  struct NotStarted: Error {}

  func signal(_ number: CInt) { Foundation.kill(id, number) }

  /// Kills it with SIGKILL, in the middle of whatever it does, and waits for its end.
  func kill() async {
    signal(SIGKILL)
    await process.stop()
    // `faketime` takes them away only after a decent end, and does not start where a dead one's number has left some.
    for name in ["faketime_shm_\(parent)", "sem.faketime_sem_\(parent)"] { unlink("/dev/shm/\(name)") }
  }

  /// The process that started this one (proc_pid_stat(5): after the name in brackets come the state and its number).
  private static func parent(of id: pid_t) -> pid_t? {
    guard let line = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return nil }
    let fields = line.split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 1 ? pid_t(fields[1]) : nil
  }

  /// UTC, as libfaketime reads it: the clock goes on from there.
  private static func written(_ clock: Instant) -> String {
    let utc = OfficeZone("UTC").map { $0.civil(clock) }
    return utc.map { "@\($0.date) \($0.time):\($0.second < 10 ? "0" : "")\($0.second)" } ?? ""
  }
}
