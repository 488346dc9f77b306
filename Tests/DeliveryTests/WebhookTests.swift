import Deadlines
import Delivery
import Foundation
import TestSupport
import Testing

/// A call to a path of a server on the loopback.
private func call(_ port: Int, _ path: String = "/hook", headers: [String] = [], body: String = "{}") -> Parcel {
  let all = ["content-type: application/json", "webhook-id: msg_1"] + headers
  return Parcel(destination: .webhook(url: "http://127.0.0.1:\(port)\(path)", headers: all), bytes: Array(body.utf8))
}

/// What the tests need to reach the loopback at all.
private let onTheLoopback = WebhookLimits(total: 10, allowPrivateAddresses: true, allowPlainHTTP: true)

private func deliver(_ parcel: Parcel, _ limits: WebhookLimits = onTheLoopback) async -> DeliveryReport {
  let transport = WebhookTransport(limits: limits)
  let report = await transport.deliver(parcel)
  await transport.shutDown(grace: 5)
  return report
}

@Suite("Webhooks")
struct WebhookTests {
  @Test(
    "the status decides",
    arguments: [
      (200, DeliveryOutcome.accepted), (201, .accepted), (202, .accepted), (203, .accepted), (204, .accepted),
      (205, .accepted), (206, .accepted), (299, .accepted), (300, .misconfigured), (301, .misconfigured),
      (302, .misconfigured), (303, .misconfigured), (304, .misconfigured), (307, .misconfigured),
      (308, .misconfigured), (400, .rejected), (401, .misconfigured), (402, .misconfigured), (403, .misconfigured),
      (404, .rejected), (405, .misconfigured), (406, .misconfigured), (407, .misconfigured), (408, .deferred),
      (409, .deferred), (410, .rejected), (413, .rejected), (414, .rejected), (415, .misconfigured),
      (417, .rejected), (421, .deferred), (422, .rejected), (423, .deferred), (425, .deferred),
      (426, .misconfigured), (429, .deferred), (431, .rejected), (451, .rejected), (499, .rejected),
      (500, .deferred), (501, .deferred), (502, .deferred), (503, .deferred), (504, .deferred), (505, .deferred),
      (507, .deferred), (511, .deferred), (520, .deferred), (529, .deferred), (599, .deferred), (600, .deferred),
      (999, .deferred),
    ]
  )
  func status(_ status: Int, outcome: DeliveryOutcome) async throws {
    let server = try ScriptedHTTPServer(
      .answer(
        status,
        headers: ["Location: http://127.0.0.1:1/elsewhere"],
        body: [204, 205, 304].contains(status) ? "" : "why"
      )
    )
    let report = await deliver(call(server.port))
    #expect(report.outcome == outcome && report.replyCode == status && report.curlCode == 0, "\(report)")
    #expect(server.requests.count == 1)
  }

  @Test("Retry-After in seconds and as a date", arguments: [429, 503])
  func retryAfter(_ status: Int) async throws {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    let later = formatter.string(from: Date(timeIntervalSinceNow: 3600))
    let forms = ["Retry-After: 120", "retry-after: \(later)", "Retry-After: soon", "Retry-After: 0"]
    let server = try ScriptedHTTPServer { number, _ in [.answer(status, headers: [forms[number]])] }
    let transport = WebhookTransport(limits: onTheLoopback)
    var waits: [Int64?] = []
    for _ in forms { waits.append(await transport.deliver(call(server.port)).retryAfter) }
    await transport.shutDown(grace: 5)
    #expect(waits[0] == 120)
    #expect((3500...3601).contains(waits[1] ?? 0))
    #expect(waits[2] == nil && waits[3] == nil)
  }

  @Test("the request is what was signed: headers in order, body to the byte, nothing added")
  func request() async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    let body = String(repeating: "{\"việc\": \"báo cáo\"}\n", count: 100_000)
    let signed = ["webhook-timestamp: 1", "webhook-signature: v1,abc="]
    #expect(await deliver(call(server.port, "/a?b=c", headers: signed, body: body)).outcome == .accepted)
    let request = try #require(server.requests.first)
    #expect(request.line == "POST /a?b=c HTTP/1.1")
    #expect(request.body == Array(body.utf8))
    let names = request.headers.map { $0.prefix { $0 != ":" }.lowercased() }
    #expect(names.filter { $0.hasPrefix("webhook") } == ["webhook-id", "webhook-timestamp", "webhook-signature"])
    #expect(request.value(of: "Content-Type") == "application/json")
    #expect(!names.contains("expect") && !names.contains("transfer-encoding") && !names.contains("user-agent"))
  }

  @Test("a body without a type is not called a form")
  func untyped() async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    let parcel = Parcel(destination: .webhook(url: "http://127.0.0.1:\(server.port)/", headers: []), bytes: [65])
    #expect(await deliver(parcel).outcome == .accepted)
    #expect(server.requests.first?.value(of: "Content-Type") == nil)
  }

  @Test("calls one after another share a connection")
  func reuse() async throws {
    let server = try ScriptedHTTPServer(.answer(200, body: "ok"))
    let transport = WebhookTransport(limits: onTheLoopback)
    for _ in 1...20 { #expect(await transport.deliver(call(server.port)).outcome == .accepted) }
    await transport.shutDown(grace: 5)
    #expect(server.connections == 1 && server.requests.count == 20)
  }

  @Test("many calls at once share a few connections")
  func manyAtOnce() async throws {
    let server = try ScriptedHTTPServer(.answer(200, body: "ok"))
    let transport = WebhookTransport(limits: onTheLoopback)
    let outcomes = await withTaskGroup { group in
      for number in 0..<200 { group.addTask { await transport.deliver(call(server.port, "/\(number)")).outcome } }
      return await group.reduce(into: Set()) { $0.insert($1) }
    }
    await transport.shutDown(grace: 5)
    #expect(outcomes == [.accepted])
    #expect(Set(server.requests.map(\.line)).count == 200 && server.connections <= 4)
  }

  @Test(
    "an endless answer is cut off, and a success stays one",
    arguments: [(200, DeliveryOutcome.accepted), (500, .deferred), (404, .rejected)]
  )
  func endless(_ status: Int, outcome: DeliveryOutcome) async throws {
    let server = try ScriptedHTTPServer(
      .text("HTTP/1.1 \(status) Fine\r\nConnection: close\r\n\r\n"),
      .endless(String(repeating: "spam ", count: 2000))
    )
    let (report, seconds) = await duration { await deliver(call(server.port)) }
    #expect(report.outcome == outcome && report.replyCode == status, "\(report)")
    #expect(report.reply.hasPrefix("spam spam") && report.reply.count <= 200)
    #expect(seconds < 20)
  }

  @Test("an answer whose headers do not come whole is none, and the call goes again")
  func brokenAnswers() async throws {
    let acts: [[ScriptedHTTPServer.Act]] = [
      [.close], [.reset], [.text("HTTP/1.1 200 OK\r\n"), .close], [.text("HTTP/1.1 200 OK\r\nContent-"), .close],
    ]
    for act in acts {
      let server = try ScriptedHTTPServer { _, _ in act }
      let report = await deliver(call(server.port))
      #expect(report.outcome == .deferred && report.replyCode == nil, "\(act): \(report)")
    }
  }

  @Test("a slow endpoint is given up in time and delays no other")
  func slow() async throws {
    let slow = try ScriptedHTTPServer(.stall)
    let quick = try ScriptedHTTPServer(.answer(200))
    var limits = onTheLoopback
    limits.total = 5
    let transport = WebhookTransport(limits: limits)
    async let late = transport.deliver(call(slow.port))
    #expect(await slow.waits(forRequests: 1))
    let (report, seconds) = await duration { await transport.deliver(call(quick.port)) }
    #expect(report.outcome == .accepted && seconds < 5)
    let given = await late
    #expect(given.outcome == .deferred && given.curlCode == 28, "\(given)")
    await transport.shutDown(grace: 5)
  }

  @Test("nobody listens, or no such name: deferred")
  func unreachable() async throws {
    #expect(await deliver(call(try unusedPort())).outcome == .deferred)
    let nowhere = Parcel(destination: .webhook(url: "http://hook.invalid/", headers: []), bytes: [])
    #expect(await deliver(nowhere).outcome == .deferred)
  }

  @Test(
    "an endpoint in our own network is refused when the socket opens, however it is written",
    arguments: ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0"]
  )
  func privateAddress(_ host: String) async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    let parcel = Parcel(destination: .webhook(url: "http://\(host):\(server.port)/", headers: []), bytes: [])
    var limits = onTheLoopback
    limits.allowPrivateAddresses = false
    let report = await deliver(parcel, limits)
    #expect(report.outcome == .misconfigured && report.reply.contains("not allowed"), "\(report)")
    #expect(server.connections == 0)
  }

  @Test(
    "schemes, names in the address and broken addresses are mistakes in the settings",
    arguments: [
      "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "http://user:secret@127.0.0.1/", "http://",
      "nonsense://x", "http://a b/",
    ]
  )
  func badAddress(_ url: String) async {
    let report = await deliver(Parcel(destination: .webhook(url: url, headers: []), bytes: []))
    #expect(report.outcome == .misconfigured, "\(report)")
  }

  @Test("clear text only when allowed")
  func plainHTTP() async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    var limits = onTheLoopback
    limits.allowPlainHTTP = false
    #expect(await deliver(call(server.port), limits).outcome == .misconfigured)
    #expect(server.connections == 0)
  }

  @Test("a header that could be two is never sent", arguments: ["a: b\r\nc: d", "a: b\nc", "a: \u{0}", "no colon"])
  func unsafeHeader(_ header: String) async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    let report = await deliver(call(server.port, headers: [header]))
    #expect(report.outcome == .rejected && report.reply.hasPrefix("not sent: "), "\(report)")
    #expect(server.connections == 0)
  }

  @Test("a cancelled call ends at once, beforehand too")
  func cancelled() async throws {
    let server = try ScriptedHTTPServer(.stall)
    let transport = WebhookTransport(limits: onTheLoopback)
    let inFlight = Task { await transport.deliver(call(server.port)) }
    #expect(await server.waits(forRequests: 1))
    inFlight.cancel()
    let (report, seconds) = await duration { await inFlight.value }
    #expect(report == DeliveryReport(outcome: .deferred, reply: "cancelled") && seconds < 10)
    let beforehand = Task {
      while !Task.isCancelled { await Task.yield() }
      return await transport.deliver(call(server.port))
    }
    beforehand.cancel()
    #expect(await beforehand.value.outcome == .deferred)
    await transport.shutDown(grace: 5)
  }

  @Test("shutting down lets calls in flight end, cuts them off after the grace, and takes no more")
  func shutDown() async throws {
    let server = try ScriptedHTTPServer { _, request in
      request.line.contains("slow") ? [.stall] : [.answer(200)]
    }
    let transport = WebhookTransport(limits: onTheLoopback)
    #expect(await transport.deliver(call(server.port)).outcome == .accepted)
    let inFlight = Task { await transport.deliver(call(server.port, "/slow")) }
    #expect(await server.waits(forRequests: 2))
    let (_, seconds) = await duration { await transport.shutDown(grace: 0.1) }
    #expect(seconds < 20)
    #expect(await inFlight.value == DeliveryReport(outcome: .deferred, reply: "shutting down"))
    #expect(await transport.deliver(call(server.port)).outcome == .deferred)
    await transport.shutDown(grace: 5)
  }

  @Test("a transport nobody holds any more closes by itself")
  func dropped() async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    do {
      let transport = WebhookTransport(limits: onTheLoopback)
      #expect(await transport.deliver(call(server.port)).outcome == .accepted)
    }
    // Returns only when the client has closed, or has been closed: the thread of its connection is waited for.
    await onAThread { server.stop() }
  }

  @Test("a mail is no webhook")
  func noWebhook() async {
    #expect(await deliver(mail()).outcome == .rejected)
  }
}
