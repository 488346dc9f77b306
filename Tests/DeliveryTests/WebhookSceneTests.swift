import Deadlines
import Foundation
import TestSupport
import Testing

@testable import Delivery

/// One way in which an endpoint may behave, and what must come of it.
private struct WebhookScene: Sendable, CustomStringConvertible {
  var description: String
  var acts: [ScriptedHTTPServer.Act]
  var outcome: DeliveryOutcome
  /// Nil when nothing was answered that counts.
  var code: Int?

  init(_ description: String, _ outcome: DeliveryOutcome, _ code: Int?, _ acts: ScriptedHTTPServer.Act...) {
    self.description = description
    self.acts = acts
    self.outcome = outcome
    self.code = code
  }
}

private let whole = "Content-Length: 2\r\n\r\nok"

private let scenes = [
  WebhookScene(
    "100 before the answer",
    .accepted,
    200,
    .text("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\(whole)")
  ),
  WebhookScene(
    "103 and 102 before the answer",
    .accepted,
    204,
    .text(
      "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
    )
  ),
  WebhookScene("100 and nothing more", .deferred, nil, .text("HTTP/1.1 100 Continue\r\n\r\n"), .close),
  WebhookScene("100 and silence", .deferred, nil, .text("HTTP/1.1 100 Continue\r\n\r\n"), .stall),
  WebhookScene(
    "interim answers without end",
    .deferred,
    nil,
    .endless(String(repeating: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", count: 50))
  ),
  WebhookScene("HTTP/1.0", .accepted, 200, .text("HTTP/1.0 200 OK\r\n\r\nok"), .close),
  WebhookScene("HTTP/1.0 with a length", .accepted, 200, .text("HTTP/1.0 200 OK\r\n\(whole)")),
  WebhookScene("HTTP/1.0, 503", .deferred, 503, .text("HTTP/1.0 503 Later\r\n\r\n"), .close),
  WebhookScene("bare line feeds", .accepted, 200, .text("HTTP/1.1 200 OK\nContent-Length: 2\n\nok")),
  WebhookScene("no reason after the status", .accepted, 200, .text("HTTP/1.1 200\r\n\(whole)")),
  WebhookScene(
    "chunks",
    .accepted,
    200,
    .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
  ),
  WebhookScene(
    "a broken chunk",
    .accepted,
    200,
    .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    .close
  ),
  WebhookScene("status 000", .deferred, nil, .text("HTTP/1.1 000 Nothing\r\n\(whole)"), .close),
  WebhookScene("status 099", .deferred, nil, .text("HTTP/1.1 099 Less\r\n\(whole)"), .close),
  WebhookScene("a status of four digits", .deferred, nil, .text("HTTP/1.1 2000 OK\r\n\(whole)"), .close),
  WebhookScene("a status of letters", .deferred, nil, .text("HTTP/1.1 abc OK\r\n\(whole)"), .close),
  WebhookScene("no HTTP at all", .deferred, nil, .text("220 mail.example ESMTP\r\n"), .close),
  WebhookScene("another protocol's HTTP", .deferred, nil, .text("HTTP/7.3 200 OK\r\n\(whole)"), .close),
  WebhookScene("empty lines only", .deferred, nil, .text("\r\n\r\n\r\n"), .close),
  WebhookScene("silence", .deferred, nil, .stall),
  WebhookScene("silence after the status", .deferred, nil, .text("HTTP/1.1 200 OK\r\n"), .stall),
  WebhookScene("silence in the body", .accepted, 200, .text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"), .stall),
  WebhookScene(
    "silence before the body",
    .accepted,
    200,
    .text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
    .stall
  ),
  WebhookScene(
    "silence in the body of a refusal",
    .rejected,
    404,
    .text("HTTP/1.1 404 Gone\r\nContent-Length: 9\r\n\r\nab"),
    .stall
  ),
  WebhookScene("closed at once", .deferred, nil, .close),
  WebhookScene("reset at once", .deferred, nil, .reset),
  WebhookScene("closed in the headers", .deferred, nil, .text("HTTP/1.1 200 OK\r\nX-A: b\r\n"), .close),
  WebhookScene("reset in the body", .accepted, 200, .text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"), .reset),
  WebhookScene("headers letter by letter", .accepted, 200, .slowly("HTTP/1.1 200 OK\r\n\(whole)", milliseconds: 2)),
  WebhookScene("headers too slow", .deferred, nil, .slowly("HTTP/1.1 200 OK\r\n\(whole)", milliseconds: 400)),
  WebhookScene(
    "headers without end",
    .deferred,
    nil,
    .text("HTTP/1.1 200 OK\r\n"),
    .endless(String(repeating: "X-Filler: abcdefghijklmnopqrstuvwxyz\r\n", count: 200))
  ),
  WebhookScene(
    "one header without end",
    .deferred,
    nil,
    .text("HTTP/1.1 200 OK\r\nX-Filler: "),
    .endless(String(repeating: "x", count: 8192))
  ),
  WebhookScene(
    "a body without end",
    .accepted,
    200,
    .text("HTTP/1.1 200 OK\r\n\r\n"),
    .endless(String(repeating: "spam ", count: 2000))
  ),
  WebhookScene(
    "a body of nine exabytes",
    .accepted,
    200,
    .text("HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n"),
    .endless(String(repeating: "spam ", count: 2000))
  ),
  WebhookScene("a length below zero", .deferred, nil, .text("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok"), .close),
  WebhookScene(
    "a redirect to itself",
    .misconfigured,
    307,
    .answer(307, headers: ["Location: /hook"], body: "")
  ),
  WebhookScene(
    "an upgrade nobody asked for",
    .deferred,
    nil,
    .text("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"),
    .stall
  ),
]

private func call(_ port: Int, host: String = "127.0.0.1", path: String = "/hook", headers: [String] = []) -> Parcel {
  let all = ["content-type: application/json", "webhook-id: msg_1"] + headers
  return Parcel(destination: .webhook(url: "http://\(host):\(port)\(path)", headers: all), bytes: Array("{}".utf8))
}

private let limits = WebhookLimits(total: 4, allowPrivateAddresses: true, allowPlainHTTP: true)

private func deliver(_ parcel: Parcel, _ limits: WebhookLimits = limits) async -> DeliveryReport {
  let transport = WebhookTransport(limits: limits)
  let report = await transport.deliver(parcel)
  await transport.shutDown(grace: 5)
  return report
}

@Suite("Scenes of a webhook's endpoint")
struct WebhookSceneTests {
  @Test("all at once on one transport: each ends as it must and in time, and a good endpoint is as quick as before")
  func allAtOnce() async throws {
    let transport = WebhookTransport(limits: limits)
    let good = try ScriptedHTTPServer(.answer(200, body: "ok"))
    let ended = Locked(0)
    let times = await withTaskGroup(of: [Double].self) { group in
      for scene in scenes {
        group.addTask {
          await play(scene, over: transport)
          ended.withLock { $0 += 1 }
          return []
        }
      }
      group.addTask {
        var times: [Double] = []
        while ended.withLock({ $0 }) < scenes.count {
          let (report, seconds) = await duration { await transport.deliver(call(good.port)) }
          #expect(report.outcome == .accepted, "\(report)")
          times.append(seconds)
          try? await Task.sleep(for: .milliseconds(20))
        }
        return times
      }
      return await group.reduce([], +)
    }
    // A scene lasts up to four seconds, and calls that waited for one would all be slow; one alone is the machine's doing.
    #expect(!times.isEmpty && times.count { $0 < 1 } * 10 >= times.count * 9, "\(times.sorted().suffix(20))")
    await transport.shutDown(grace: 5)
  }

  private func play(_ scene: WebhookScene, over transport: WebhookTransport) async {
    do {
      let server = try ScriptedHTTPServer { _, _ in scene.acts }
      let (report, seconds) = await duration { await transport.deliver(call(server.port)) }
      #expect(report.outcome == scene.outcome && report.replyCode == scene.code, "\(scene): \(report)")
      #expect(report.reply.count <= 200 && seconds < 15, "\(scene): \(report)")
    } catch {
      Issue.record(error, "\(scene)")
    }
  }

  @Test("a kept connection that was closed meanwhile: posted again at once, under the same id")
  func staleConnection() async throws {
    let server = try ScriptedHTTPServer { number, _ in number == 1 ? [.close] : [.answer(200, body: "ok")] }
    let transport = WebhookTransport(limits: limits)
    for _ in 0..<3 { #expect(await transport.deliver(call(server.port)).outcome == .accepted) }
    await transport.shutDown(grace: 5)
    #expect(server.requests.count == 4 && server.connections == 2)
    #expect(Set(server.requests.map { $0.value(of: "webhook-id") }) == ["msg_1"])
    #expect(Set(server.requests.map(\.body)).count == 1)
  }

  @Test("the loopback of IPv6 in brackets")
  func bracketed() async throws {
    let server = try ScriptedHTTPServer(isV6: true) { _, _ in [.answer(200)] }
    #expect(await deliver(call(server.port, host: "[::1]")).outcome == .accepted)
    #expect(server.requests.first?.value(of: "Host") == "[::1]:\(server.port)")
    var guarded = limits
    guarded.allowPrivateAddresses = false
    for host in ["[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]", "localhost"] {
      let report = await deliver(call(server.port, host: host), guarded)
      #expect(report.outcome == .misconfigured && report.reply.contains("not allowed"), "\(host): \(report)")
    }
    #expect(server.connections == 1)
  }

  @Test(
    "odd ways to write a private address never reach it",
    arguments: [
      "localhost.", "127.0.0.1.", "0177.0.0.1", "0177.1", "017700000001", "0x7f000001", "0x7F.0.0.0x1", "127.0.1",
      "[::7f00:1]",
      "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]", "１２７.0.0.1", "①②⑦.⓪.⓪.①",
      "127。0。0。1", "user@127.0.0.1", "127.0.0.1%20", "127.0.0.1%00.example", "0", "127.1%2f", "[::1%251]",
    ]
  )
  func oddHosts(host: String) async throws {
    let server = try ScriptedHTTPServer(.answer(200))
    var guarded = limits
    guarded.allowPrivateAddresses = false
    let report = await deliver(call(server.port, host: host), guarded)
    #expect(report.outcome != .accepted, "\(report)")
    #expect(server.connections == 0, "\(report)")
  }

  @Test("the environment's proxies are not asked", arguments: ["http_proxy", "https_proxy", "ALL_PROXY"])
  func proxies(variable: String) async throws {
    let proxy = try ScriptedHTTPServer(.answer(200))
    let server = try ScriptedHTTPServer(.answer(200))
    setenv(variable, "http://127.0.0.1:\(proxy.port)", 1)
    defer { unsetenv(variable) }
    #expect(await deliver(call(server.port)).outcome == .accepted)
    #expect(proxy.connections == 0 && server.connections == 1)
  }

  @Test("Retry-After in each of the three forms of a date")
  func retryAfterDates() async throws {
    let later = Date(timeIntervalSinceNow: 7200)
    func text(_ format: String) -> String {
      let formatter = DateFormatter()
      formatter.locale = Locale(identifier: "en_US_POSIX")
      formatter.timeZone = TimeZone(secondsFromGMT: 0)
      formatter.dateFormat = format
      return formatter.string(from: later)
    }
    // > IMF-fixdate, RFC 850, asctime (RFC 9110 section 5.6.7).
    let forms = ["EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy"]
    let dates = forms.map(text) + ["Thu, 01 Jan 1970 00:00:00 GMT", "-5", "99999999999999999999", "2, 3"]
    let server = try ScriptedHTTPServer { number, _ in [.answer(429, headers: ["Retry-After: \(dates[number])"])] }
    let transport = WebhookTransport(limits: limits)
    var waits: [Int64?] = []
    for _ in dates { waits.append(await transport.deliver(call(server.port)).retryAfter) }
    await transport.shutDown(grace: 5)
    for wait in waits.prefix(3) { #expect((7000...7201).contains(wait ?? 0), "\(waits)") }
    #expect(waits[3] == nil && waits[4] == nil, "\(waits)")
  }
}

@Suite("Secrets of a webhook")
struct RedactionTests {
  private static let token = "T0K3N-xoxb-1234567890"

  @Test("an answer that says our secrets back is kept without them")
  func echoes() async throws {
    let server = try ScriptedHTTPServer { _, request in
      let path = request.line.split(separator: " ")[1]
      let authorization = request.value(of: "Authorization") ?? ""
      return [.answer(404, body: "no route POST \(path) for \(authorization), \(Self.token.dropFirst(6))")]
    }
    let parcel = call(
      server.port,
      path: "/services/\(Self.token)/B1?sig=AbCdEf123456&x=1",
      headers: ["Authorization: Bearer secret-bearer-42"]
    )
    let report = await deliver(parcel)
    #expect(report.reply.hasPrefix("no route POST ••••"), "\(report)")
    for secret in [Self.token, "AbCdEf123456", "secret-bearer-42"] { #expect(!report.reply.contains(secret)) }
  }

  private static let written = Redaction(
    url: "https://x.example/hook/kh%C3%B3a%2Fb%c3%ad%20m%e1%ba%adt?sig=AbC+dEf/12==",
    headers: ["Authorization: Bearer t+k/42=secret"]
  )

  @Test(
    "a secret is found decoded, and encoded in small and capital letters",
    arguments: [
      "kh%C3%B3a%2Fb%c3%ad%20m%e1%ba%adt", "kh%c3%b3a%2fb%c3%ad%20m%e1%ba%adt",
      "khóa/bí mật", "khóa%2Fbí%20mật", "%6B%68%C3%B3%61%2F%62%C3%AD%20%6D%E1%BA%AD%74",
      "kh%25C3%25B3a%252Fb%25c3%25ad%2520m%25e1%25ba%25adt", "AbC+dEf/12==", "AbC%2BdEf%2F12%3D%3D",
      "AbC%2bdEf%2f12%3d%3d",
      "t%2Bk%2F42%3Dsecret", "t%2bk%2f42%3dsecret",
    ]
  )
  func encodings(said: String) {
    let answer = Array("no “\(said)” here".utf8)
    let kept = String(decoding: Self.written.applied(to: answer, isCut: false), as: UTF8.self)
    #expect(kept.hasPrefix("no “••••") && kept.hasSuffix("” here"), "\(kept)")
    for part in ["kh", "mật", "AbC", "12", "secret"] { #expect(!kept.contains(part), "\(kept)") }
  }

  @Test("an encoded secret that is cut off goes too, within an escape too", arguments: 1...32)
  func cutEncodings(shown: Int) {
    let redaction = Redaction(url: "https://x.example/T0K3N+xoxb", headers: [])
    let filler = String(repeating: "word ", count: 20)
    let encoded = "T0K3N+xoxb".utf8.map { "%" + String($0, radix: 16) }.joined()
    let answer = Array((filler + encoded.prefix(min(shown, encoded.count - 1))).utf8)
    let kept = String(decoding: redaction.applied(to: answer, isCut: true), as: UTF8.self)
    #expect(filler.hasPrefix(kept) && !kept.contains("%"), "\(kept)")
  }

  @Test("a secret cut off by the end of what is kept goes too", arguments: [0, 1, 5, 20])
  func cutSecrets(shown: Int) {
    let redaction = Redaction(url: "https://x.example/hook/\(Self.token)", headers: [])
    let answer = Array(("said: " + Self.token.prefix(shown)).utf8)
    let kept = String(decoding: redaction.applied(to: answer, isCut: true), as: UTF8.self)
    #expect("said: ".hasPrefix(kept))
    #expect(redaction.applied(to: Array("short".utf8), isCut: false) == Array("short".utf8))
  }

  @Test(
    "an address that fails is not named",
    arguments: ["http://hook.invalid/", "http://127.0.0.1:1/", "ftp://x.example/"]
  )
  func failures(url: String) async {
    let parcel = Parcel(destination: .webhook(url: "\(url)\(Self.token)?k=\(Self.token)", headers: []), bytes: [])
    let report = await deliver(parcel)
    #expect(report.outcome != .accepted && !report.reply.contains(Self.token), "\(report)")
  }
}
