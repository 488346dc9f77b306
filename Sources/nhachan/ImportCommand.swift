import ArgumentParser
import Configuration
import Deadlines
import Foundation
import Importing

/// `import`: a document becomes a plan file.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turn a document (text, Markdown, .docx) into a plan file, with every doubt marked.",
    discussion: """
      Prints the plan file, or writes it to --out. Every doubt stands as a comment (“# ?”) above its line, and in the \
      summary on standard error. Units are found by the names and aliases of directory.yaml.
      Afterwards: read the doubts, put the file into “plans”, run `nhachan check`.
      """
  )

  @Argument(help: "The document's file.")
  var file: String
  @Option(help: "Write the plan file here instead of printing it.")
  var out: String?
  @Flag(help: "Replace the file of --out if it exists.")
  var force = false
  @Option(help: "The issue date, for a document that does not say it: YYYY-MM-DD.")
  var issued: CivilDate?
  @OptionGroup var place: PlaceOptions

  func run() throws {
    let office = try place.load().office
    if let out, !force, FileManager.default.fileExists(atPath: out) {
      throw Failure.no("\(out): the file exists — name another one, or add --force to replace it")
    }
    if let out, Self.isSameFile(out, file) {
      throw Failure.no("\(out): this is the document itself — name another file for the plan")
    }
    let plan: ImportedPlan
    do {
      plan = try PlanImporter(office: office).plan(from: file, issued: issued)
    } catch let error as ImportError {
      throw Failure.no(error.description)
    }
    let source = URL(fileURLWithPath: file).lastPathComponent
    let text = PlanImporter.planFile(plan, source: source)
    if let out { try PlanFile.write(text, to: out, replacing: force) }
    let summary = ImportSummary(plan, source: source, out: out, text: out == nil ? text : nil)
    if place.json {
      try PlanFile.print(try json(summary) + "\n")
    } else {
      if out == nil { try PlanFile.print(text) }
      printError(summary.words)
    }
  }

  /// The same file on the disk, by whatever path or link.
  private static func isSameFile(_ first: String, _ second: String) -> Bool {
    var (one, other) = (stat(), stat())
    guard stat(first, &one) == 0, stat(second, &other) == 0 else { return false }
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino
  }
}

/// Puts a whole file in its place at once.
enum PlanFile {
  /// Writes to standard output; a full disk behind it is an error, a reader that has gone away is not.
  static func print(_ text: String) throws {
    fflush(nil)
    guard !writeAll(Array(text.utf8), to: STDOUT_FILENO), errno != EPIPE else { return }
    throw Failure.no("standard output cannot be written: \(String(cString: strerror(errno))) — make room, or use --out")
  }

  /// Writes beside the goal, makes sure it is on the disk, and then gives it its name.
  static func write(_ text: String, to path: String, replacing: Bool) throws {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    let temporary = "\(folder)/.\(url.lastPathComponent).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    var isDone = false
    defer { if !isDone { unlink(temporary) } }
    let isWritten = writeAll(Array(text.utf8), to: descriptor) && fsync(descriptor) == 0
    let writeError = errno
    close(descriptor)
    guard isWritten else { throw failure(path, writeError) }
    // A link fails where a rename would silently replace what came there meanwhile.
    guard (replacing ? rename(temporary, path) : link(temporary, path)) == 0 else { throw failure(path) }
    isDone = replacing
    sync(folder: folder)
  }

  /// The name is as durable as the text.
  private static func sync(folder: String) {
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func failure(_ path: String, _ code: Int32 = errno) -> Failure {
    Failure.no("\(path): cannot be written: \(String(cString: strerror(code))) — check the folder and its permissions")
  }
}

/// What was read, and what a person should look at.
private struct ImportSummary: Encodable {
  struct Line: Encodable {
    var task: String?
    var key: String
    var text: String
  }

  struct Pair: Encodable {
    var body: String
    var appendix: String
    var proposal: String
  }

  var source: String
  var out: String?
  var number: String
  var type: String
  var issued: CivilDate
  var tasks: Int
  var doubts: [Line]
  var disagreements: [Pair]
  /// The plan file's text, when it was not written to a file.
  var plan: String?

  init(_ plan: ImportedPlan, source: String, out: String?, text: String?) {
    self.source = source
    self.out = out
    number = plan.number
    type = plan.type
    issued = plan.issued
    tasks = plan.tasks.count
    let document = plan.doubts.map { Line(task: nil, key: $0.key.rawValue, text: $0.text) }
    doubts =
      document
      + plan.tasks.flatMap { task in
        task.doubts.map { Line(task: task.id, key: $0.key.rawValue, text: $0.text) }
      }
    disagreements = plan.disagreements.map { Pair(body: $0.body, appendix: $0.appendix, proposal: $0.proposal) }
    self.plan = text
  }

  var words: String {
    var lines = [
      "\(type) \(number), ngày \(issued.written): \(tasks) việc; \(doubts.count + disagreements.count) chỗ cần xem lại"
    ]
    lines += doubts.map { "  ? \($0.task.map { "\($0) " } ?? "")[\($0.key)] \($0.text)" }
    lines += disagreements.map { "  ? \($0.body) và \($0.appendix) ghi khác nhau: \($0.proposal)" }
    if let out { lines.append("Đã ghi \(out). Xem các dòng “# ?”, đặt vào “plans” rồi chạy “nhachan check”.") }
    return lines.joined(separator: "\n")
  }
}
