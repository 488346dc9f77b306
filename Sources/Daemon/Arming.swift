public import Deadlines
internal import Glibc
public import Ledger

/// Whether this store may send from this machine (behaviour 4.8): a restored backup, a copy on a test machine or a
/// service that was silent for a week plans, but holds its messages until an admin says `nhachan arm`.
public enum Arming {
  /// Looks at where the store was last and when, disarms it when that is not here and lately, and says why.
  ///
  /// - Returns: The reason it is not armed, nil when it is.
  public static func check(
    _ ledger: any Ledger,
    office: String,
    machine: String,
    holdAfterDays: Int,
    now: Instant
  ) async throws -> String? {
    let reason = try await reasonToHold(
      ledger,
      office: office,
      machine: machine,
      holdAfterDays: holdAfterDays,
      now: now
    )
    if let reason, try await ledger.isArmed(office: office) {
      try await ledger.setArmed(false, office: office, by: "nhachan", reason: reason, now: now)
    }
    try await ledger.setFact(office: office, Fact.machine, machine)
    try await heartbeat(ledger, office: office, now: now)
    if let reason { try await ledger.setFact(office: office, reasonFact, reason) }
    guard try await !ledger.isArmed(office: office) else { return nil }
    return try await ledger.fact(office: office, reasonFact) ?? "never armed"
  }

  private static func reasonToHold(
    _ ledger: any Ledger,
    office: String,
    machine: String,
    holdAfterDays: Int,
    now: Instant
  ) async throws -> String? {
    guard let known = try await ledger.fact(office: office, Fact.machine) else { return "a new store" }
    guard known == machine else { return "the store comes from another machine" }
    guard let last = try await ledger.fact(office: office, Fact.heartbeat).flatMap({ Int64($0) }) else { return nil }
    let silentDays = (now.milliseconds - last) / 86_400_000
    return silentDays >= Int64(holdAfterDays) ? "the service was silent for \(silentDays) days" : nil
  }

  /// The small fact that says why messages are held, or who let them out.
  public static let reasonFact = "armingReason"

  /// Notes that the service lives.
  static func heartbeat(_ ledger: any Ledger, office: String, now: Instant) async throws {
    try await ledger.setFact(office: office, Fact.heartbeat, "\(now.milliseconds)")
  }

  /// This machine's id (machine-id(5)); the host name where there is none.
  public static func machineID() -> String {
    for path in ["/etc/machine-id", "/var/lib/dbus/machine-id"] {
      if let line = firstLine(of: path), !line.isEmpty { return line }
    }
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return "host:" + String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func firstLine(of path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, CInt(line.count), file) != nil else { return nil }
    let bytes = line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
    return String(decoding: bytes, as: UTF8.self)
  }
}
