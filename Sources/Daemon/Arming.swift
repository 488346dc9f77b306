public import Deadlines
internal import Glibc
public import Ledger

/// Whether this store may send from this machine (behaviour 4.8): a restored backup, a copy on a test machine or a
/// service that was silent for a week plans, but holds its messages until an admin says `nhachan arm`.
public enum Arming {
  /// Looks at where the store was last and when, disarms it when that is not here and lately, and says why.
  ///
  /// At a start `seal` is what lies beside the store: how far the record had come when the service last looked.
  /// - Returns: The reason it is not armed, nil when it is.
  public static func check(
    _ ledger: any Ledger,
    office: String,
    machine: String,
    holdAfterDays: Int,
    now: Instant,
    seal: StoreSeal.Reading = .none
  ) async throws -> String? {
    let reason = try await reasonToHold(
      ledger,
      office: office,
      machine: machine,
      holdAfterDays: holdAfterDays,
      now: now,
      seal: seal
    )
    if let reason {
      try await rememberSilence(ledger, office: office, reason: reason)
      try await hold(ledger, office: office, reason: reason, now: now)
    } else if try await wasNoSilence(ledger, office: office, holdAfterDays: holdAfterDays, now: now) {
      try await ledger.setArmed(true, office: office, by: "nhachan", reason: clockWasWrong, now: now)
      try await ledger.setFact(office: office, reasonFact, clockWasWrong)
    } else {
      try await forgetOldSetBack(ledger, office: office, now: now)
      try await noteIfSetBack(ledger, office: office, now: now)
    }
    try await ledger.setFact(office: office, Fact.machine, machine)
    try await heartbeat(ledger, office: office, now: now)
    guard try await !ledger.isArmed(office: office) else { return nil }
    return try await ledger.fact(office: office, reasonFact) ?? "never armed"
  }

  /// Disarms the store; why it was held before, as “restored from the backup of …”, is said as well.
  private static func hold(_ ledger: any Ledger, office: String, reason: String, now: Instant) async throws {
    let wasArmed = try await ledger.isArmed(office: office)
    let before = wasArmed ? nil : try await ledger.fact(office: office, reasonFact)
    try await ledger.setArmed(false, office: office, by: "nhachan", reason: reason, now: now)
    let reasons = [before, reason].compactMap { $0 }.filter { !$0.isEmpty }
    let said = before?.contains(reason) == true ? before ?? reason : reasons.joined(separator: anotherReason)
    try await ledger.setFact(office: office, reasonFact, said)
  }

  private static func reasonToHold(
    _ ledger: any Ledger,
    office: String,
    machine: String,
    holdAfterDays: Int,
    now: Instant,
    seal: StoreSeal.Reading
  ) async throws -> String? {
    let known = try await ledger.fact(office: office, Fact.machine)
    guard known == nil || known == machine else { return "the store comes from another machine" }
    if let reason = try await contradiction(of: seal, ledger, office: office, isNew: known == nil) { return reason }
    guard known != nil else { return "a new store" }
    guard let last = try await ledger.moment(office: office, Fact.heartbeat)?.milliseconds else { return nil }
    let hasComeBack = try await isRecent(Fact.aheadBefore, ledger, office: office, days: holdAfterDays, now: now)
    guard !hasComeBack else { return nil }
    let silentDays = (now.milliseconds - last) / 86_400_000
    return silentDays >= Int64(holdAfterDays) ? "\(silence) for \(silentDays) days" : nil
  }

  /// What the seal says against this store; nil when nothing.
  private static func contradiction(of seal: StoreSeal.Reading, _ ledger: any Ledger, office: String, isNew: Bool)
    async throws -> String?
  {
    switch seal {
    case .none: return nil
    case .unreadable(let reason):
      return "the seal beside the store cannot be read, so nobody knows whether the store is an older copy: \(reason)"
    case .ofOthers(let offices):
      return "the seal beside the store is of another office (\(offices.joined(separator: ", "))), "
        + "so nobody knows whether the store is an older copy"
    case .mark(let mark):
      guard try await !ledger.recordHolds(mark, office: office) else { return nil }
      let said =
        isNew ? "the store was lost or replaced by a new one" : "an older copy of the store was put in its place"
      return "\(said): line \(mark.entries) of the record is not in it"
    }
  }

  private static let anotherReason = "; "
  private static let silence = "the service was silent"
  private static let clockWasWrong = "the silence was the clock's mistake, which is set right"

  /// Keeps the last sign of life before a silence, which the next one overwrites.
  private static func rememberSilence(_ ledger: any Ledger, office: String, reason: String) async throws {
    guard reason.hasPrefix(silence), try await ledger.isArmed(office: office),
      let last = try await ledger.fact(office: office, Fact.heartbeat)
    else { return }
    try await ledger.setFact(office: office, Fact.silentSince, last)
  }

  /// True when messages are held for a silence that a clock set forward by mistake has feigned, and the clock is back:
  /// what was planned meanwhile has not left and is planned anew, so nobody need look at it.
  private static func wasNoSilence(_ ledger: any Ledger, office: String, holdAfterDays: Int, now: Instant) async throws
    -> Bool
  {
    guard let held = try await ledger.fact(office: office, reasonFact), held.hasPrefix(silence),
      !held.contains(anotherReason), try await !ledger.isArmed(office: office)
    else { return false }
    return try await isRecent(Fact.silentSince, ledger, office: office, days: holdAfterDays, now: now)
  }

  /// True when the noted time lies less than so many days ago.
  private static func isRecent(_ fact: String, _ ledger: any Ledger, office: String, days: Int, now: Instant)
    async throws
    -> Bool
  {
    guard let noted = try await ledger.moment(office: office, fact)?.milliseconds else { return false }
    return (-60_000..<Int64(days) * 86_400_000).contains(now.milliseconds - noted)
  }

  /// A clock that was set back may be the one that is wrong: should it come to the time it showed before, that is no
  /// silence either.
  private static func noteIfSetBack(_ ledger: any Ledger, office: String, now: Instant) async throws {
    guard let last = try await ledger.moment(office: office, Fact.heartbeat)?.milliseconds,
      last > now.adding(seconds: 60).milliseconds
    else { return }
    try await ledger.setFact(office: office, Fact.aheadBefore, "\(last)")
    try await ledger.setFact(office: office, aheadNotedFact, "\(now.milliseconds)")
  }

  /// A clock that has run on for a day since it was set back is the right one: should the service fall silent until the
  /// time that it showed before, that is a silence.
  private static func forgetOldSetBack(_ ledger: any Ledger, office: String, now: Instant) async throws {
    guard let noted = try await ledger.moment(office: office, aheadNotedFact)?.milliseconds,
      now.milliseconds - noted > 86_400_000
    else { return }
    try await ledger.setFact(office: office, Fact.aheadBefore, "")
    try await ledger.setFact(office: office, aheadNotedFact, "")
  }

  /// When `Fact.aheadBefore` was noted, by the clock that was set back.
  private static let aheadNotedFact = "aheadNotedAt"

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
