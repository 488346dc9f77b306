import Deadlines
import TestSupport
import Testing

@Suite("Backoff")
struct BackoffTests {
  @Test(
    "doubles from two minutes to four hours",
    arguments: [(1, 120), (2, 240), (3, 480), (4, 960), (5, 1920), (6, 3840), (7, 7680), (8, 14_400), (60, 14_400)]
  )
  func doubles(attempt: Int, expected: Int64) {
    #expect(Backoff.standard.delay(afterAttempt: attempt, age: 0, jitter: 0) == expected)
  }

  @Test("is never longer than its longest, whatever the attempt, and shrinks by a tenth at the most")
  func bounded() {
    var numbers = Seeded(5)
    for _ in 0..<5000 {
      let attempt = Int.random(in: -3...10_000, using: &numbers)
      let jitter = Double.random(in: 0..<1, using: &numbers)
      guard let wait = Backoff.standard.delay(afterAttempt: attempt, age: 0, jitter: jitter),
        let full = Backoff.standard.delay(afterAttempt: attempt, age: 0, jitter: 0)
      else {
        Issue.record("gave up at age 0")
        continue
      }
      #expect(wait <= full && wait <= Backoff.standard.longestDelay)
      #expect(Double(wait) >= Double(full) * 0.9 - 1)
    }
  }

  @Test("honours a longer wait that the server asks for")
  func retryAfter() {
    #expect(Backoff.standard.delay(afterAttempt: 1, age: 0, retryAfter: 3600, jitter: 0) == 3600)
    #expect(Backoff.standard.delay(afterAttempt: 8, age: 0, retryAfter: 60, jitter: 0) == 14_400)
    #expect(Backoff.standard.delay(afterAttempt: 1, age: 0, retryAfter: 99_999_999, jitter: 0) == 86_400)
  }

  @Test("makes one last attempt at the end of the message's life, then a dead letter")
  func endsInTime() {
    let age = Backoff.standard.longestAge
    #expect(Backoff.standard.delay(afterAttempt: 30, age: age - 10, jitter: 0) == 10)
    #expect(Backoff.standard.delay(afterAttempt: 30, age: age, jitter: 0) == nil)
  }
}
