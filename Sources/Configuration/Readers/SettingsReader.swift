internal import Deadlines

/// What `nhachan.yaml` says, before names in it are looked up.
struct SettingsFile {
  var id = ""
  var name = ""
  var contact = ""
  var zone = OfficeZone.vietNam
  var digest = DigestFile()
  var admin: Admin?
  var settings = Settings(channels: [])
  /// Of all channels that were described, with or without mistakes.
  var channelNames: [String] = []
}

struct DigestFile {
  var posts: [String] = []
  var units: [String] = []
  var weekday = 1
  var aheadDays = 10
}

/// Reads `nhachan.yaml`.
struct SettingsReader {
  static let file = "nhachan.yaml"

  let directory: String
  let findings: Findings

  func read(_ root: YAMLValue) -> SettingsFile? {
    let keys = ["office", "store", "channels", "delivery", "digest", "admin", "catchUp", "portal", "record"]
    guard let fields = Fields(root, "the file", keys: keys, findings) else { return nil }
    var file = SettingsFile()
    readOffice(fields, into: &file)
    file.digest = digest(fields)
    let reader = ChannelReader(directory: directory, officeName: file.name, findings: findings)
    let (channels, names) = reader.read(fields)
    file.channelNames = names
    file.admin = AdminReader(usualChannels: Array(names.prefix(1)), findings: findings).read(fields)
    let delivery = fields.section("delivery", keys: Self.deliveryKeys)
    let store = fields.section("store", keys: ["path", "keepTextsFor"])
    file.settings = Settings(
      storePath: store.flatMap { $0.value("path") == nil ? nil : $0.required("path")?.string },
      keepTextsFor: store.map(keepTextsFor) ?? Settings.standardKeepTextsFor,
      channels: channels,
      backoff: delivery.map(backoff) ?? .standard,
      tellAfter: delivery?.duration("tellAfter") ?? TellingRules().gathering,
      tellAgainAfter: delivery?.duration("tellAgainAfter") ?? TellingRules().rest,
      catchUp: catchUp(fields),
      portalURL: portal(fields),
      recordKey: recordKey(fields)
    )
    return file
  }

  private func readOffice(_ root: Fields, into file: inout SettingsFile) {
    guard let fields = root.section("office", keys: ["id", "name", "contact", "timeZone"]) else {
      if root.value("office") == nil { root.reportMissing("office") }
      return
    }
    file.id = fields.identifier()?.string ?? ""
    file.name = fields.required("name")?.string ?? ""
    file.contact = fields.text("contact")?.string ?? file.name
    file.zone = zone(fields) ?? .vietNam
  }

  private func zone(_ fields: Fields) -> OfficeZone? {
    fields.parsed("timeZone", expected: "a known time zone", remedy: "write its IANA name, as “Asia/Ho_Chi_Minh”") {
      $0 == OfficeZone.vietNam.identifier ? .vietNam : OfficeZone($0)
    }
  }

  private func digest(_ root: Fields) -> DigestFile {
    var digest = DigestFile()
    guard let fields = root.section("digest", keys: ["to", "units", "weekday", "aheadWorkingDays"]) else {
      return digest
    }
    let (posts, units) = (fields.texts("to"), fields.texts("units"))
    for post in posts { findings.refer(to: .post, post) }
    for unit in units { findings.refer(to: .unit, unit) }
    digest.posts = posts.map(\.string)
    digest.units = units.map(\.string)
    let names = Measures.englishWeekdays.joined(separator: ", ")
    digest.weekday =
      fields.parsed("weekday", expected: "a weekday", remedy: "write one of \(names)", Measures.weekday) ?? 1
    digest.aheadDays = fields.number("aheadWorkingDays", in: 1...60) ?? 10
    return digest
  }

  private static let deliveryKeys = ["firstDelay", "longestDelay", "longestAge", "tellAfter", "tellAgainAfter"]

  private func backoff(_ fields: Fields) -> Backoff {
    let first = fields.duration("firstDelay") ?? Backoff.standard.firstDelay
    let longest = fields.duration("longestDelay") ?? max(first, Backoff.standard.longestDelay)
    let age = fields.duration("longestAge") ?? Backoff.standard.longestAge
    if longest < first {
      findings.error(
        fields.place(of: "longestDelay"),
        "“longestDelay” is shorter than “firstDelay”",
        remedy: "make it at least as long"
      )
    }
    if age < 3 * 86_400 {
      findings.warning(
        fields.place(of: "longestAge"),
        "messages are given up after less than three days",
        remedy: "write at least “3d”, so that a relay that is down over a weekend loses nothing"
      )
    }
    return Backoff(firstDelay: first, longestDelay: longest, longestAge: age)
  }

  private func keepTextsFor(_ store: Fields) -> Int64 {
    let seconds = store.duration("keepTextsFor") ?? Settings.standardKeepTextsFor
    if seconds < 30 * 86_400 {
      findings.error(
        store.place(of: "keepTextsFor"),
        "the texts of messages would be kept for less than 30 days",
        remedy: "write at least “30d”: people ask about what they were told"
      )
    }
    return seconds
  }

  private func catchUp(_ root: Fields) -> CatchUp {
    let days = root.section("catchUp", keys: ["holdAfterSilenceDays"])?.number("holdAfterSilenceDays", in: 1...365)
    return CatchUp(holdAfterSilenceDays: days ?? 7)
  }

  private func recordKey(_ root: Fields) -> SecretSource? {
    guard let fields = root.section("record", keys: ["credential", "keyFile"]) else { return nil }
    let reader = ChannelReader(directory: directory, officeName: "", findings: findings)
    let sources = reader.secrets(fields, file: "keyFile")
    guard sources.count == 1 else {
      findings.error(
        fields.place(of: fields.has("credential") ? "credential" : "keyFile"),
        sources.isEmpty ? "“record” names no key" : "two keys for the record",
        remedy: "write either “credential: …” or “keyFile: …”"
      )
      return nil
    }
    return sources.first
  }

  private func portal(_ root: Fields) -> String? {
    guard let text = root.section("portal", keys: ["url"])?.required("url") else { return nil }
    do throws(WebAddress.Fault) {
      let address = try WebAddress(text.string)
      if !address.isEncrypted && !address.isLoopback {
        findings.warning(
          text.place,
          "links in messages would go over plain HTTP",
          remedy: "put the portal behind a proxy with TLS and write “https://…”"
        )
      }
      return String(address.text.reversed().drop { $0 == "/" }.reversed())
    } catch {
      findings.error(
        text.place,
        "the portal's address has \(error.rawValue)",
        remedy: "write it as “https://host/…”"
      )
      return nil
    }
  }
}
