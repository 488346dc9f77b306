import Deadlines
import Foundation
import TestSupport

/// A program under another wall clock (libfaketime), to be killed without a word at any moment.
///
/// The library is loaded into the program itself: the `faketime` command would stay in between, and be killed instead.
final class KillableProcess: Sendable {
  private let process: ServerProcess
  private let id: pid_t

  /// - Parameters:
  ///   - command: The program's path and its arguments.
  ///   - clock: What the wall clock shows when it starts.
  ///   - log: A file to which it says what it has to say.
  /// - Throws: `NotStarted` when no process came of it.
  init(_ command: [String], clock: Instant, log: String) async throws {
    let clocked = [
      "/usr/bin/env", "TZ=UTC", "LD_PRELOAD=/usr/$LIB/faketime/libfaketimeMT.so.1", "FAKETIME=\(Self.written(clock))",
      "FAKETIME_DONT_FAKE_MONOTONIC=1",
      // With shared memory of its own libfaketime would leave files behind at every kill, and change the environment
      // before Swift has found the program's arguments beside it.
      "FAKETIME_SHARED=/none /none",
    ]
    // `exec` keeps the number that was printed.
    let script = #"echo $$; exec 2>>"$0"; exec "$@""#
    process = try ServerProcess(["/bin/sh", "-c", script, log] + clocked + command)
    guard await process.waits(until: { $0.contains("\n") }), let id = pid_t(process.output.prefix { $0.isNumber })
    else { throw NotStarted() }
    self.id = id
  }

  struct NotStarted: Error {}

  func signal(_ number: CInt) { Foundation.kill(id, number) }

  /// Kills it with SIGKILL, in the middle of whatever it does, and waits for its end.
  func kill() async {
    signal(SIGKILL)
    await process.stop()
  }

  /// UTC, as libfaketime reads it: the clock goes on from there.
  private static func written(_ clock: Instant) -> String {
    let utc = OfficeZone("UTC").map { $0.civil(clock) }
    return utc.map { "@\($0.date) \($0.time):\($0.second < 10 ? "0" : "")\($0.second)" } ?? ""
  }
}
