internal import CLinux
internal import Configuration
internal import Deadlines
internal import Delivery
internal import Foundation
internal import Glibc
internal import Ledger

/// The store's file, looked at without touching it.
struct StoreProbe: Sendable {
  let path: String
  let configuration: LoadedConfiguration
  let now: Instant

  /// There is none yet, or no more; says whether the service can make one.
  static func missing(_ path: String, seal: StoreSeal.Reading) -> Finding {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      return .failure(
        "store",
        "\(path): the folder \(folder) does not exist",
        remedy:
          "start the service under systemd, which makes it (StateDirectory=), or create it for the service's user",
        isUnreachable: true
      )
    }
    guard isFolder.boolValue, access(folder, W_OK) == 0 else {
      return .failure(
        "store",
        "\(path): \(folder) \(isFolder.boolValue ? "may not be written" : "is not a folder")",
        remedy: "give the service's user a folder it may write, or name another place under `store:`",
        isUnreachable: true
      )
    }
    let witness: String? =
      switch seal {
      case .none: nil
      case .mark(let mark): "the seal beside it tells of \(mark.entries) lines of its record"
      case .unreadable(let reason): "its seal is there, and cannot be read: \(reason.replacing(" — ", with: "; "))"
      case .ofOthers(let offices): "its seal is there, of another office: \(offices.joined(separator: ", "))"
      }
    if case .ofOthers = seal, let witness {
      return lost(
        path,
        witness,
        remedy: "move the seal \(path).seal away if it is not this office's, or name this office's store under `store:`"
      )
    }
    if let witness { return lost(path, witness) }
    return .ok("store", "\(path): none yet; the service makes it, and holds its messages until `nhachan arm`")
  }

  private static let restoring =
    "put the last backup back: nhachan restore FILE; without one the service begins a new store, which knows "
    + "nothing of what was sent and done, and holds its messages until `nhachan arm`"

  private static func lost(_ path: String, _ witness: String, remedy: String = restoring) -> Finding {
    .failure("store", "\(path): the store is lost: \(witness)", remedy: remedy, isUnreachable: true)
  }

  func findings() async -> [Finding] {
    do {
      let version = try SQLiteLedger.schemaVersion(ofFile: path)
      guard version == SQLiteLedger.schemaVersion else {
        return [.ok("store", "\(path): schema \(version); the service brings it up to date when it starts")]
      }
      guard access(path, W_OK) == 0 else { return [notWritable] }
      let ledger = try SQLiteLedger.openReadOnly(path: path)
      try await ledger.checkIntegrity()
      let use = StoreLock.isHeld(store: path) ? "in use by the running service" : "no service runs on it"
      return [.ok("store", "\(path): sound, schema \(version), \(use)"), try await arming(ledger)]
    } catch {
      return [.failure("store", error, isUnreachable: true)]
    }
  }

  private var notWritable: Finding {
    .failure(
      "store",
      "\(path): may not be written",
      remedy: "give the service's user the right to write the file and its folder",
      isUnreachable: true
    )
  }

  private func arming(_ ledger: SQLiteLedger) async throws -> Finding {
    let office = configuration.office.id
    if try await ledger.isArmed(office: office) { return .ok("armed", "messages may leave") }
    let reason = try await ledger.fact(office: office, Arming.reasonFact) ?? "never armed"
    return .warning("armed", "messages are held: \(reason)", remedy: "look at `nhachan outbox`, then `nhachan arm`")
  }
}

/// Room for the store to grow.
enum DiskProbe {
  static func finding(store: String) -> Finding {
    var folder = URL(fileURLWithPath: store).deletingLastPathComponent()
    while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path) { folder.deleteLastPathComponent() }
    var facts = statvfs()
    guard statvfs(folder.path, &facts) == 0 else {
      return .warning("disk", "\(folder.path): its free space is not known", remedy: "see df \(folder.path)")
    }
    return finding(free: UInt64(facts.f_bavail) * UInt64(facts.f_frsize), folder: folder.path)
  }

  /// A year of a commune is some 10 MB; what is free is shared with everything else on the disk.
  static func finding(free: UInt64, folder: String) -> Finding {
    let megabytes = free / 1_000_000
    let detail = "\(folder): \(megabytes) MB free"
    let remedy = "make room on that disk: what cannot be written down is not sent"
    if megabytes < 20 { return .failure("disk", detail, remedy: remedy) }
    return megabytes < 500 ? .warning("disk", detail, remedy: remedy) : .ok("disk", detail)
  }
}

/// What the clock shows, and what speaks for it.
struct ClockReading: Sendable {
  var at: ZonedTime
  var zone: String
  /// Nil when the kernel does not say.
  var isSynchronised: Bool?
  /// When the service last noted that it lives.
  var lastSeen: ZonedTime?

  /// Whether the kernel's clock follows a time service.
  static var kernel: Bool? {
    let answer = clock_is_synchronised()
    return answer < 0 ? nil : answer == 1
  }

  var finding: Finding {
    let detail = "\(at.rfc3339), zone \(zone)"
    let remedy = "set the clock and let a time service keep it: timedatectl set-ntp true"
    if !(2025...2100).contains(at.date.year) {
      return .failure("clock", "\(detail): that cannot be", remedy: remedy)
    }
    if let lastSeen, lastSeen.date > at.date {
      return .failure("clock", "\(detail): behind the store, which has seen \(lastSeen.rfc3339)", remedy: remedy)
    }
    switch isSynchronised {
    case true?: return .ok("clock", "\(detail), kept by a time service")
    case false?: return .warning("clock", "\(detail), not kept by a time service", remedy: remedy)
    case nil: return .warning("clock", "\(detail); the kernel does not say whether it is kept", remedy: remedy)
    }
  }
}

/// A way out: connection, TLS, login; no message.
enum ChannelProbe {
  static func findings(_ channel: ChannelSettings) async -> [Finding] {
    switch channel.kind {
    case .smtp(let smtp): await relays(channel.name, smtp.relays)
    case .webhook(let webhook): [await endpoint(channel.name, webhook)]
    }
  }

  /// Every relay is tried, also those that are only asked when the ones before them fail.
  private static func relays(_ channel: String, _ relays: [SMTPSettings]) async -> [Finding] {
    let findings = await withTaskGroup(of: (Int, Finding).self) { group in
      for (number, relay) in relays.enumerated() {
        let name = number == 0 ? channel : "\(channel), backup \(number)"
        group.addTask { (number, await self.relay(name, relay)) }
      }
      return await group.reduce(into: [Int: Finding]()) { $0[$1.0] = $1.1 }
    }
    return weighed(relays.indices.compactMap { findings[$0] })
  }

  /// While one relay of a channel works its mail leaves, so the others' failures are worth a look, no more.
  static func weighed(_ findings: [Finding]) -> [Finding] {
    guard findings.contains(where: { $0.state == .ok }) else { return findings }
    return findings.map { finding in
      guard finding.state == .failure else { return finding }
      return .warning(finding.name, "\(finding.detail); mail goes over another relay", remedy: finding.remedy)
    }
  }

  private static func relay(_ name: String, _ smtp: SMTPSettings) async -> Finding {
    var settings = smtp
    // A secret that cannot be read is told of by itself; the rest of the way can be tried without.
    let canLogIn = smtp.user != nil && (try? smtp.password?.read()) != nil
    if !canLogIn { (settings.user, settings.password) = (nil, nil) }
    let relay: SMTPRelay
    do {
      relay = limited(try Channels.relay(settings))
    } catch {
      return .failure("channel \(name)", error)
    }
    let report = await Probe.relay(relay)
    let place = "\(smtp.host):\(smtp.port)"
    let login = smtp.user == nil ? "no login asked for" : canLogIn ? "logged in" : "login not tried without the secret"
    return finding(name, place, report, reached: "\(protection(smtp)), \(login)")
  }

  private static func protection(_ smtp: SMTPSettings) -> String {
    switch smtp.security {
    case .tls: "TLS verified"
    case .starttls: "STARTTLS verified"
    case .plain: "clear text, as configured"
    }
  }

  private static func limited(_ relay: SMTPRelay) -> SMTPRelay {
    var relay = relay
    relay.timeouts.connect = min(relay.timeouts.connect, 10)
    relay.timeouts.reply = min(relay.timeouts.reply, 10)
    relay.timeouts.total = min(relay.timeouts.total, Checkup.limit - 2)
    return relay
  }

  private static func endpoint(_ name: String, _ webhook: WebhookSettings) async -> Finding {
    let url: String
    do {
      url = try webhook.url()
      _ = try webhook.headerLines()
    } catch {
      return .failure("channel \(name)", error)
    }
    var limits = Channels.limits(webhook, url: url)
    limits.connect = min(limits.connect, 10)
    limits.total = min(limits.total, Checkup.limit - 2)
    let report = await Probe.endpoint(url, limits: limits)
    let parts = URLComponents(string: url)
    // The path and the query of an address may be a secret themselves.
    let place = "\(parts?.host ?? "?")\(parts?.port.map { ":\($0)" } ?? "")"
    let way = url.hasPrefix("http://") ? "connected, clear text as configured" : "connected, TLS verified"
    return finding(name, place, report, reached: "\(way), nothing posted")
  }

  /// What a report of a probe means to the admin.
  static func finding(_ channel: String, _ place: String, _ report: DeliveryReport, reached: String) -> Finding {
    let name = "channel \(channel)"
    if report.outcome == .accepted { return .ok(name, "\(place): \(reached)") }
    let code = report.replyCode.map { "\($0) " } ?? ""
    return .failure(
      name,
      "\(place): \(code)\(report.reply)",
      remedy: remedy(report),
      isUnreachable: report.outcome != .misconfigured
    )
  }

  private static func remedy(_ report: DeliveryReport) -> String {
    if report.outcome != .misconfigured {
      return report.replyCode == nil
        ? "is it running? see host, port and firewall" : "the server does not take mail now: ask who runs it, try later"
    }
    if [530, 534, 535, 538].contains(report.replyCode) { return "see user and password; the server refuses them" }
    // libcurl's codes (curl/curl.h) for certificates, TLS that is not offered, and a bad file of authorities.
    switch report.curlCode {
    case 60: return "the certificate is not vouched for: see host, caFile and the certificate's names and dates"
    case 64: return "the server offers no STARTTLS: see port and security"
    case 35: return "no TLS at that port: see port and security"
    case 77: return "caFile cannot be read: see its path"
    default: return "see the channel's settings in nhachan.yaml"
    }
  }
}
