internal import Foundation

/// The civil days at UTC+7 on which the moon is new.
enum NewMoons {
  /// The day of new moon number `index`, as days since 1970-01-01; number 0 is that of 6 January 2000.
  static func localDay(_ index: Int) -> Int {
    if let settled = settledDays[index] { return settled }
    return Int(EarthClock.localDay(dynamical: moment(index)).rounded(.down))
  }

  /// New moons that the series cannot place, because they are nearer to midnight than its error.
  ///
  /// Numerical ephemerides (Moshier's, fitted to JPL's DE404) have that of 7 July 1967 at 17:00:02 UTC, so on 8 July in
  /// Viet Nam; the series is 5 s early. From 1900 to today no other is as near; the two of the future, 9 December 2072
  /// and 4 January 2125, hang on how the earth will turn.
  private static let settledDays = [-402: -908]

  /// Days since 2000-01-01 12:00 in dynamical time (JDE − 2451545).
  ///
  /// Meeus, “Astronomical Algorithms”, second edition, chapter 49, with all its terms; against numerical ephemerides of
  /// 1900–2199 the error is 4.5 s on average, 17 s at most.
  static func moment(_ index: Int) -> Double {
    let number = Double(index)
    let centuries = number / 1236.85
    let arguments = Arguments(number, centuries)
    let mean =
      5.09766 + 29.530588861 * number
      + centuries * centuries * (0.00015437 + centuries * (-0.000000150 + centuries * 0.00000000073))
    let periodic = terms.reduce(0) { $0 + arguments.value($1) }
    let slow = 0.000325 * sine(299.77 + 0.107408 * number - 0.009173 * centuries * centuries)
    return mean + periodic + slow + planetary.reduce(0) { $0 + $1.days * sine($1.start + $1.step * number) }
  }

  /// One periodic term: an amount in days, a power of the eccentricity, and multiples of the four angles.
  private struct Term {
    var days: Double
    var power: Int
    var angles: SIMD4<Double>

    init(_ days: Double, _ power: Int, _ sun: Double, _ moon: Double, _ latitude: Double, _ node: Double = 0) {
      self.days = days
      self.power = power
      self.angles = SIMD4(sun, moon, latitude, node)
    }
  }

  private struct Arguments {
    /// M, M′, F and Ω in degrees.
    let angles: SIMD4<Double>
    let eccentricity: Double

    init(_ number: Double, _ t: Double) {
      eccentricity = 1 - t * (0.002516 + t * 0.0000074)
      angles = SIMD4(
        2.5534 + 29.10535670 * number - t * t * (0.0000014 + t * 0.00000011),
        201.5643 + 385.81693528 * number + t * t * (0.0107582 + t * (0.00001238 - t * 0.000000058)),
        160.7108 + 390.67050284 * number - t * t * (0.0016118 + t * (0.00000227 - t * 0.000000011)),
        124.7746 - 1.56375588 * number + t * t * (0.0020672 + t * 0.00000215)
      )
    }

    func value(_ term: Term) -> Double {
      let factor = term.power == 0 ? 1 : term.power == 1 ? eccentricity : eccentricity * eccentricity
      return term.days * factor * sine((term.angles * angles).sum())
    }
  }

  private static let terms = [
    Term(-0.40720, 0, 0, 1, 0), Term(0.17241, 1, 1, 0, 0), Term(0.01608, 0, 0, 2, 0), Term(0.01039, 0, 0, 0, 2),
    Term(0.00739, 1, -1, 1, 0), Term(-0.00514, 1, 1, 1, 0), Term(0.00208, 2, 2, 0, 0), Term(-0.00111, 0, 0, 1, -2),
    Term(-0.00057, 0, 0, 1, 2), Term(0.00056, 1, 1, 2, 0), Term(-0.00042, 0, 0, 3, 0), Term(0.00042, 1, 1, 0, 2),
    Term(0.00038, 1, 1, 0, -2), Term(-0.00024, 1, -1, 2, 0), Term(-0.00017, 0, 0, 0, 0, 1), Term(-0.00007, 0, 2, 1, 0),
    Term(0.00004, 0, 0, 2, -2), Term(0.00004, 0, 3, 0, 0), Term(0.00003, 0, 1, 1, -2), Term(0.00003, 0, 0, 2, 2),
    Term(-0.00003, 0, 1, 1, 2), Term(0.00003, 0, -1, 1, 2), Term(-0.00002, 0, -1, 1, -2), Term(-0.00002, 0, 1, 3, 0),
    Term(0.00002, 0, 0, 4, 0),
  ]

  /// The planets' pull: days, and degrees at number 0 and for each later one.
  private static let planetary: [(days: Double, start: Double, step: Double)] = [
    (0.000165, 251.88, 0.016321), (0.000164, 251.83, 26.651886), (0.000126, 349.42, 36.412478),
    (0.000110, 84.66, 18.206239), (0.000062, 141.74, 53.303771), (0.000060, 207.14, 2.453732),
    (0.000056, 154.84, 7.306860), (0.000047, 34.52, 27.261239), (0.000042, 207.19, 0.121824),
    (0.000040, 291.34, 1.844379), (0.000037, 161.72, 24.198154), (0.000035, 239.56, 25.513099),
    (0.000023, 331.55, 3.592518),
  ]
}

/// The sine of an angle in degrees.
func sine(_ degrees: Double) -> Double { sin(degrees * .pi / 180) }

/// How far dynamical time runs ahead of the clocks, and where local midnight is.
enum EarthClock {
  /// Days since the local midnight at UTC+7 with which 1970-01-01 began, of a moment in days since J2000.
  static func localDay(dynamical moment: Double) -> Double {
    moment - deltaT(moment) / 86_400 + daysTo2000 + vietNam
  }

  /// Days since J2000 in dynamical time of the local midnight with which that day (since 1970-01-01) begins.
  static func dynamical(midnight day: Int) -> Double {
    let universal = Double(day) - daysTo2000 - vietNam
    return universal + deltaT(universal) / 86_400
  }

  /// 2000-01-01 12:00 in days since 1970-01-01 00:00.
  private static let daysTo2000 = 10_957.5
  private static let vietNam = 7.0 / 24

  /// Dynamical minus universal time in seconds.
  ///
  /// To 2025 as measured (Astronomical Almanac; IERS), between every fifth year straight; later the mean slowing down
  /// found by Stephenson, Morrison and Hohenkerk (Proc. R. Soc. A 472, 2016, 20160404) and Morrison et al. (477, 2021,
  /// 20200776), joined to 2025. Nobody knows the future to better than about 10 s by 2050 and a minute by 2200.
  static func deltaT(_ moment: Double) -> Double {
    let year = 2000 + moment / 365.25
    guard year < 2025 else { return 69.14 + slowing(year) - slowing(2025) }
    let place = max(0, (year - 1900) / 5)
    let index = min(Int(place), measured.count - 2)
    return measured[index] + (place - Double(index)) * (measured[index + 1] - measured[index])
  }

  private static func slowing(_ year: Double) -> Double {
    let t = (year - 1825) / 100
    return 31.4115 * t * t + 284.8436 * cos(2 * .pi * (t + 0.75) / 14)
  }

  /// On 1 January of 1900, 1905 … 2025.
  private static let measured = [
    -2.72, 3.86, 10.46, 17.20, 21.16, 23.62, 24.02, 23.93, 24.33, 26.77, 29.15, 31.07, 33.15, 35.73, 40.18, 45.48,
    50.54,
    54.34, 56.86, 60.78, 63.83, 64.69, 66.07, 67.64, 69.36, 69.14,
  ]
}
