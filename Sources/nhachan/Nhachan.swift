import ArgumentParser
import CLinux
import Daemon
import Delivery
import Foundation
import Ledger

@main
enum Main {
  static func main() async {
    CurlLibrary.initialise()
    do {
      var command = try Nhachan.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      try finishOutput()
    } catch {
      Failure.leave(after: error)
    }
  }
}

struct Nhachan: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nhachan",
    abstract: "Nhắc hạn: reminds an office's units of their time limits, and can prove it.",
    discussion: """
      Reads the office's plans, turns every time limit into dates, mails or webhooks the units before each date, \
      urges them after it, goes up the hierarchy, and puts one digest a week before the chair.

      Begin with:
        nhachan check --config Config            what the plans mean, and every mistake in the files
        nhachan agenda --from 2026-05-13 --to 2026-12-31 --config Config
        nhachan rehearse --from 2026-05-13 --to 2026-12-31 --out /tmp/rehearsal --config Config
        nhachan import plan.docx --out plan.yaml  a plan file from a document, doubts marked
        nhachan run                              the service (systemd: nhachan.service)

      Exit status: 0 done, 1 the answer is no, 2 wrong usage, 3 the service or store cannot be reached.
      """,
    version: Version.text,
    subcommands: [
      Run.self, Check.self, Due.self, CalendarCommand.self, Import.self, Agenda.self, Rehearse.self, Diff.self,
      Status.self, Tasks.self, Why.self, Event.self, Ack.self, Done.self, Reopen.self, Outbox.self, RecordCommand.self,
      TestMessage.self, Doctor.self, Arm.self, Hold.self, Backup.self, Restore.self,
    ]
  )
}

/// How a command ends when it cannot do what was asked.
struct Failure: Error {
  /// 1 the answer is no, 2 wrong usage, 3 the service or store cannot be reached.
  var status: Int32
  var message: String

  static func no(_ message: String) -> Failure { Failure(status: 1, message: message) }
  static func usage(_ message: String) -> Failure { Failure(status: 2, message: message) }
  static func unreachable(_ message: String) -> Failure { Failure(status: 3, message: message) }

  /// Prints what is wrong and exits with the status that interfaces promise.
  static func leave(after error: any Error) -> Never {
    if let failure = error as? Failure {
      if !failure.message.isEmpty { printError(failure.message) }
      exit(failure.status)
    }
    if let failure = error as? LedgerError {
      printError(failure.description)
      exit(3)
    }
    let code = Nhachan.exitCode(for: error)
    let text = Nhachan.fullMessage(for: error)
    if code == .success {
      if !text.isEmpty { print(text) }
      do { try finishOutput() } catch { leave(after: error) }
      exit(0)
    }
    printError(text)
    exit(code == .validationFailure ? 2 : 1)
  }
}

/// Brings out what was printed; a full disk behind it is an error, a reader that has gone away is not.
func finishOutput() throws {
  let failure = flush_standard_output()
  guard failure != 0, !isReaderGone else { return }
  let reason = failure > 0 ? String(cString: strerror(failure)) : "a part of it was refused"
  throw Failure.no("standard output cannot be written: \(reason) — make room where it goes")
}

private var isReaderGone: Bool {
  var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
  return poll(&output, 1, 0) == 1 && output.revents & Int16(POLLERR | POLLHUP) != 0
}

func printError(_ text: String) { writeError(text + "\n") }

/// Writes to standard error; a reader that has gone away is its own business.
///
/// After all that was printed before: both may go to one place, where a warning must not stand in the middle of a line.
func writeError(_ text: String) {
  // What could not be brought out is told of at the end, by `finishOutput`.
  _ = flush_standard_output()
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    guard count > 0 else { return }
    rest = rest.dropFirst(count)
  }
}
