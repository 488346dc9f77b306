public import Configuration
public import Deadlines
internal import Delivery
public import Ledger
public import Messages

/// Makes the proof for one unit: the readable page, and the file that is signed.
public struct RecordExporter {
  private let configuration: LoadedConfiguration
  private let ledger: SQLiteLedger
  private let key: RecordKey?
  private let disclosesOthers: Bool

  private var office: Office { configuration.office }

  public struct Export: Sendable {
    public var proof: UnitProof
    public var page: [UInt8]
    public var file: [UInt8]
    /// Nil without a key.
    public var signature: [UInt8]?
  }

  /// Without a key the file is not signed; `disclosesOthers` gives lines in full that speak of other units too, as those
  /// about messages to the chair.
  public init(
    _ configuration: LoadedConfiguration,
    ledger: SQLiteLedger,
    key: RecordKey?,
    disclosesOthers: Bool = false
  ) {
    self.configuration = configuration
    self.ledger = ledger
    self.key = key
    self.disclosesOthers = disclosesOthers
  }

  /// Page, file and signature for one unit and period; the page calls the file `fileName`.
  ///
  /// It is made now. With `asOf` it tells what was known at that moment: of later lines it gives the digests alone, so
  /// that the file can still be held against a head of today.
  public func export(
    unit: String,
    period: ClosedRange<CivilDate>,
    now: Instant,
    asOf: Instant? = nil,
    fileName: String
  ) async throws -> Export {
    let head = try await ledger.recordMark(office: office.id)
    let known = try await entries(asOf: asOf, head)
    let record = try await ledger.unitRecord(office: office.id, unit: unit, entries: known)
    let events = record.lines.map(RecordedEvent.init)
    let builder = UnitProofBuilder(office: office, unit: unit, period: period, events: events)
    var proof = builder.proof(of: record.occurrences, now: now, asOf: asOf)
    let disclosed = disclosure(of: proof, events)
    let begin = Int(disclosed.min() ?? Int64(head.entries) + 1) - 1
    guard let after = try await ledger.recordMark(office: office.id, at: begin) else {
      throw RecordBroken(sequence: Int64(begin))
    }
    proof.seal = seal(head: head, begin: begin, disclosed: disclosed.count, fileName: fileName)
    let content = RecordExport.Content(
      opening: opening(proof, after: after),
      disclosed: disclosed,
      sent: provenMessages(of: proof, record, disclosed),
      page: Array(UnitProofPage.render(proof).utf8)
    )
    let file = try await ledger.exportRecord(content, office: office.id, head: head)
    return Export(proof: proof, page: content.page, file: file, signature: try key?.signature(of: file))
  }

  /// How many lines the record had then.
  private func entries(asOf: Instant?, _ head: RecordMark) async throws -> Int {
    guard let asOf else { return head.entries }
    return min(head.entries, try await ledger.recordEntries(office: office.id, asOf: asOf))
  }

  private func opening(_ proof: UnitProof, after: RecordMark) -> ExportLine.Opening {
    ExportLine.Opening(
      office: office,
      unit: proof.unit,
      unitName: proof.unitName,
      period: proof.period,
      madeAt: proof.madeAt,
      asOf: proof.asOf,
      after: after,
      publicKey: key?.publicKey.base64
    )
  }

  private func seal(head: RecordMark, begin: Int, disclosed: Int, fileName: String) -> UnitProof.Seal {
    var seal = UnitProof.Seal()
    seal.head = head
    seal.begin = Int64(begin)
    seal.disclosed = disclosed
    seal.hidden = head.entries - begin - disclosed
    seal.publicKey = key?.publicKey.base64
    seal.fileName = fileName
    return seal
  }

  /// The lines that the page tells of, but for those that speak of other units too.
  private func disclosure(of proof: UnitProof, _ events: [RecordedEvent]) -> Set<Int64> {
    let ids = Set(proof.obligations.map(\.occurrence.id))
    let deliveries = proof.obligations.flatMap(\.deliveries) + proof.asCoordinating
    let told = Set(deliveries.flatMap(\.lines))
    let own = events.filter { event in event.occurrence.map(ids.contains) ?? told.contains(event.sequence) }
    return Set(own.filter { disclosesOthers || isOfUnit($0, proof.unit) }.map(\.sequence))
  }

  /// A line of planning names every obligation of its message: what went to others may name other units’.
  private func isOfUnit(_ event: RecordedEvent, _ unit: String) -> Bool {
    guard event.kind == "planned", event.facts.unit != unit else { return true }
    return (event.facts.notices ?? []).allSatisfy { key in
      key.split(separator: "|").first?.split(separator: "/").last.map(String.init) == unit
    }
  }

  /// Messages as they were sent, where what is made of them again has the digest that the record noted.
  ///
  /// Another letterhead, another version or a text that is no longer kept gives other bytes: then they are left out.
  private func provenMessages(of proof: UnitProof, _ record: UnitRecord, _ disclosed: Set<Int64>)
    -> [(message: String, bytes: [UInt8])]
  {
    var seen: Set<String> = []
    return (proof.obligations.flatMap(\.deliveries) + proof.asCoordinating)
      .filter { Set($0.lines.prefix(1)).isSubset(of: disclosed) && seen.insert($0.messageID).inserted }
      .compactMap { delivery in
        guard let message = record.messages[delivery.messageID],
          let digest = delivery.attempts.compactMap(\.sent).last,
          let bytes = bytes(of: message, dropped: dropped(record, delivery.messageID)),
          RecordChain.digest(of: bytes) == digest
        else { return nil }
        return (delivery.messageID, bytes)
      }
  }

  private func dropped(_ record: UnitRecord, _ message: String) -> Set<String> {
    Set(
      record.lines.filter { $0.kind == "dropped" && RecordedEvent($0).facts.message == message }
        .compactMap(\.occurrence)
    )
  }

  private func bytes(of message: Message, dropped: Set<String>) -> [UInt8]? {
    guard let settings = configuration.settings.channel(message.channel),
      let left = message.dropping(where: { $0.kind != .settled && dropped.contains($0.occurrence) })
    else { return nil }
    // The signature of a webhook stands in its headers and not in what is made here: no secret is needed.
    let channel = Channels.withoutSecrets(settings, configuration, transport: SilentTransport())
    // A recipient that the channel cannot reach any more leaves nothing to compare.
    return try? channel.parcel(for: left, now: message.createdAt).bytes
  }
}

extension RecordedEvent {
  /// The line with its facts read.
  public init(_ entry: RecordEntry) {
    self.init(
      sequence: entry.sequence,
      at: entry.at,
      kind: entry.kind,
      occurrence: entry.occurrence,
      facts: entry.facts
    )
  }
}
