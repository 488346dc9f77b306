import Configuration
import Deadlines
import Delivery
import Foundation
import Ledger
import Messages
import TestSupport
import Testing

@testable import Daemon

@Suite("A webhook channel, up to the wire")
struct WebhookChannelTests {
  private static let keys = [
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
  ]
  private static let wrongKeys = ["whsec_" + Data(repeating: 7, count: 32).base64EncodedString()]

  private func channel(_ scene: Scene, _ endpoint: Endpoint) -> Channel {
    var channel = scene.channel
    channel.form = .webhook(endpoint)
    let limits = WebhookLimits(total: 10, allowPrivateAddresses: true, allowPlainHTTP: true)
    channel.transport = WebhookTransport(limits: limits)
    return channel
  }

  private func message(_ scene: Scene) async throws -> Message {
    try await scene.adopt()
    let planned = try await scene.planner.tick(now: Offices.instant("2026-05-13 07:30"))
    return try #require(planned.messages.first)
  }

  private struct Job: Encodable {
    var headers: [String: String]
    var body: String
    var keys: [String]
    var wrongKeys: [String]

    init(_ request: ScriptedHTTPServer.Request, keys: [String], wrongKeys: [String]) {
      let names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
      headers = names.reduce(into: [:]) { $0[$1] = request.value(of: $1) }
      body = String(decoding: request.body, as: UTF8.self)
      self.keys = keys
      self.wrongKeys = wrongKeys
    }
  }

  @Test("the published verifier takes what was posted, by either key, and nothing that was changed, late or early")
  func signatures() async throws {
    let server = try ScriptedHTTPServer { number, _ in [.answer(number == 0 ? 503 : 200)] }
    let scene = try await Scene([Offices.task("1", "Chậm nhất 30/9/2026")])
    let message = try await message(scene)
    let keys = try Self.keys.map { try #require(WebhookKey($0)) }
    let url = "http://127.0.0.1:\(server.port)/hook"
    let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let rotating = channel(scene, Endpoint(url: url, keys: keys))
    #expect(await rotating.deliver(message, now: now).report.outcome == .deferred)
    #expect(await rotating.deliver(message, now: now.adding(seconds: 60)).report.outcome == .accepted)
    let rotated = channel(scene, Endpoint(url: url, keys: [keys[0]]))
    #expect(await rotated.deliver(message, now: now).report.outcome == .accepted)
    let requests = server.requests
    try #require(requests.count == 3)
    #expect(Set(requests.map { $0.value(of: "webhook-id") }) == [message.messageID])
    #expect(requests.map { $0.value(of: "webhook-timestamp") }[0...1] == ["\(now.seconds)", "\(now.seconds + 60)"])
    #expect(Set(requests.map(\.body)).count == 1)
    let jobs =
      requests.prefix(2).map { Job($0, keys: Self.keys, wrongKeys: Self.wrongKeys) }
      + requests.suffix(1).map { Job($0, keys: [Self.keys[0]], wrongKeys: [Self.keys[1]] + Self.wrongKeys) }
    #expect(try await problems(jobs) == [])
  }

  private func problems(_ jobs: [Job]) async throws -> [String] {
    let folder = try TemporaryFolder()
    try JSONEncoder().encode(jobs).write(to: URL(fileURLWithPath: "\(folder.path)/jobs.json"))
    let result = try await runPython("webhooks/verify_signatures.py", "\(folder.path)/jobs.json")
    #expect(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode([String].self, from: Data(result.output.utf8))
  }

  @Test("the form's media type and the admin's headers go with the message")
  func headers() async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    let scene = try await Scene([Offices.task("1", "Chậm nhất 30/9/2026")])
    let template = try BodyTemplate(
      "to={{recipient}}&text={{subject}}",
      contentType: "application/x-www-form-urlencoded"
    )
    let endpoint = Endpoint(
      url: "http://127.0.0.1:\(server.port)/hook",
      headers: ["Authorization: Bearer tk_abc", "access_token: xyz"],
      body: .custom(template)
    )
    let message = try await message(scene)
    #expect(await channel(scene, endpoint).deliver(message, now: message.createdAt).report.outcome == .accepted)
    let request = try #require(server.requests.first)
    #expect(request.value(of: "Content-Type") == "application/x-www-form-urlencoded")
    #expect(request.value(of: "Authorization") == "Bearer tk_abc" && request.value(of: "access_token") == "xyz")
    #expect(request.value(of: "webhook-signature") == nil)
    #expect(String(decoding: request.body, as: UTF8.self).hasPrefix("to=\(message.recipient.address.percent)&text=%5B"))
  }

  @Test(
    "Zalo says in the body what became of a message",
    arguments: [
      (
        #"{"data":{"msg_id":"a","quota":{"remainingQuota":"1"}},"error":0,"message":"Success"}"#,
        DeliveryOutcome.accepted
      ),
      (#"{"error":-118,"message":"Zalo account not existed"}"#, .rejected),
      (#"{"error":-124,"message":"Access token invalid"}"#, .misconfigured),
      (#"{"error":-133,"message":"not allowed at night"}"#, .deferred),
      (#"{"error":-9999,"message":"?"}"#, .deferred), (#"{"error":"-124"}"#, .misconfigured),
      (#"{"error":"0","message":"Success"}"#, .accepted), (#"{"error":0,"message":{"vi":"?"}}"#, .accepted),
    ]
  )
  func zalo(answer: String, outcome: DeliveryOutcome) async throws {
    let server = try ScriptedHTTPServer(.answer(200, body: answer))
    let scene = try await Scene([Offices.task("1", "Chậm nhất 30/9/2026")])
    let message = try await message(scene)
    let form = ZaloForm(
      templateID: "1",
      parameters: [ZaloForm.Parameter(name: "ten", fact: "recipientName")],
      phones: [message.recipient.address: "84912345678"]
    )
    let zalo = channel(scene, Endpoint(url: "http://127.0.0.1:\(server.port)/", body: .zalo(form)))
    let report = await zalo.deliver(message, now: message.createdAt).report
    #expect(report.outcome == outcome && report.replyCode == 200, "\(report)")
    #expect(server.requests.count == 1)
  }

  @Test(
    "an answer that is not in Zalo's form delivers nothing and holds the channel",
    arguments: [
      "", "ok", "<html>Bảo trì</html>", "{}", "[]", "0", #"{"message":"Success"}"#, #"{"error":null}"#,
      #"{"error":""}"#, #"{"error":"none"}"#, #"{"error":0"#,
    ]
  )
  func notZalo(answer: String) async throws {
    try await zalo(answer: answer, outcome: .misconfigured)
  }

  @Test("without a telephone number nothing is sent, and the message is given up at once")
  func withoutNumber() async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    let scene = try await Scene([Offices.task("1", "Chậm nhất 30/9/2026")])
    let message = try await message(scene)
    let form = BodyForm.zalo(ZaloForm(templateID: "1", parameters: [], phones: [:]))
    let endpoint = Endpoint(url: "http://127.0.0.1:\(server.port)/", body: form)
    let report = await channel(scene, endpoint).deliver(message, now: message.createdAt).report
    #expect(report.outcome == .rejected && report.reply.hasPrefix("not sent: no telephone number"), "\(report)")
    #expect(server.connections == 0)
  }

  @Test("a template that fails is told of, and the message leaves in the generic form")
  func brokenTemplate() async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    let scene = try await Scene([Offices.task("1", "Chậm nhất 30/9/2026")])
    var message = try await message(scene)
    message.content = .notices((0..<9).flatMap { _ in message.entries })
    let large = String(repeating: "x", count: 200_000)
    let template = try BodyTemplate("{{#occurrences}}\(large){{/occurrences}}", contentType: "text/plain")
    let faults = Locked<[String]>([])
    let endpoint = Endpoint(url: "http://127.0.0.1:\(server.port)/", body: .custom(template))
    var channel = channel(scene, endpoint)
    channel.onBrokenTemplate = { reason in faults.withLock { $0.append(reason) } }
    #expect(await channel.deliver(message, now: message.createdAt).report.outcome == .accepted)
    #expect(faults.withLock { $0 } == ["the body is larger than 1 MB"])
    #expect(server.requests.first?.body == WebhookFormat.body(message, letterhead: channel.letterhead))
    #expect(server.requests.first?.value(of: "Content-Type") == "application/json")
  }

  @Test("retried for three days and longer, and as late as the receiver asks")
  func schedule() async throws {
    let server = try ScriptedHTTPServer { number, _ in
      [.answer(503, headers: number == 2 ? ["Retry-After: 86400"] : [])]
    }
    let scene = try await Scene([Offices.task("1", "Chậm nhất 30/9/2026")])
    try await scene.adopt()
    _ = try await scene.planner.tick(now: Offices.instant("2026-05-13 07:30"))
    let start = Offices.instant("2026-05-13 07:30")
    let dispatcher = Dispatcher(
      office: "xa",
      channel: channel(scene, Endpoint(url: "http://127.0.0.1:\(server.port)/")),
      ledger: scene.ledger,
      courier: Courier(schedule: scene.schedule, backoff: .standard, jitter: { 0 }),
      schedule: scene.schedule,
      logger: quiet
    )
    var now = start
    var waits: [Int64] = []
    while try await dispatcher.pass(now: now) > 0, let next = try await dispatcher.nextPass(after: now) {
      waits.append(next.seconds - now.seconds)
      now = next
    }
    #expect(now.seconds - start.seconds >= 3 * 86_400, "\(waits)")
    #expect(waits.count > 10 && waits[2] >= 86_400, "\(waits)")
    #expect(Set(server.requests.map { $0.value(of: "webhook-id") }).count == 1)
    #expect(Set(server.requests.map { $0.value(of: "webhook-timestamp") }).count == server.requests.count)
  }

  @Test("410 switches the endpoint off: the messages after it wait for a person")
  func gone() async throws {
    let server = try ScriptedHTTPServer { number, _ in [.answer(number == 0 ? 410 : 200, body: "gone for good")] }
    let scene = try await Scene([Offices.task("1", "Chậm nhất 30/9/2026")])
    try await scene.adopt()
    _ = try await scene.planner.tick(now: Offices.instant("2026-05-13 07:30"))
    let dispatcher = Dispatcher(
      office: "xa",
      channel: channel(scene, Endpoint(url: "http://127.0.0.1:\(server.port)/")),
      ledger: scene.ledger,
      courier: Courier(schedule: scene.schedule, backoff: .standard, jitter: { 0 }),
      schedule: scene.schedule,
      logger: quiet
    )
    #expect(try await dispatcher.pass(now: Offices.instant("2026-05-13 07:30")) >= 1)
    let state = try await scene.ledger.channelState(office: "xa", channel: "mail")
    #expect(state.isHeld && state.probeAt == nil && state.heldBecause == "410 Gone: gone for good", "\(state)")
    _ = try await scene.planner.tick(now: Offices.instant("2026-09-22 07:30"))
    let before = server.requests.count
    #expect(try await dispatcher.pass(now: Offices.instant("2026-09-22 07:30")) == 0)
    #expect(server.requests.count == before)
  }
}

extension String {
  /// Percent-encoded but for letters, digits and `-._~`.
  fileprivate var percent: String {
    addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? ""
  }
}
