/// Bends phrases until no office would write them: what a broken scan or a hostile hand may give.
public struct PhraseMutator {
  private let seeds: [String]
  private var random: Seeded

  /// - Parameters:
  ///   - seeds: Phrases to bend; not empty.
  ///   - seed: The same gives the same phrases again.
  public init(_ seeds: [String], seed: UInt64) {
    self.seeds = seeds
    self.random = Seeded(seed)
  }

  /// A phrase of at most a few kilobytes.
  public mutating func next() -> String { mutated(seeds[number(seeds.count)]) }

  /// The phrase, changed in one to four places.
  public mutating func mutated(_ phrase: String) -> String {
    var scalars = Array(phrase.unicodeScalars)
    for _ in 0...number(4) { change(&scalars) }
    if number(12) == 0 { return flippingBytes(scalars) }
    return Self.text(scalars.prefix(4000))
  }

  private mutating func number(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  private mutating func change(_ scalars: inout [Unicode.Scalar]) {
    let start = number(scalars.count + 1)
    let end = min(scalars.count, start + number(30))
    switch number(9) {
    case 0, 1: scalars.insert(contentsOf: Self.pieces[number(Self.pieces.count)].unicodeScalars, at: start)
    case 2: scalars.removeSubrange(start..<end)
    case 3: scalars.insert(contentsOf: seeds[number(seeds.count)].unicodeScalars, at: start)
    case 4: repeatPart(start..<end, in: &scalars)
    case 5: scalars.removeSubrange(end...)
    case 6: if let scalar = Unicode.Scalar(UInt32(number(0x3000))) { scalars.insert(scalar, at: start) }
    case 7: scalars.insert(contentsOf: scalars[start..<end].reversed(), at: number(scalars.count + 1))
    default: nest(&scalars, at: start)
    }
  }

  private mutating func repeatPart(_ part: Range<Int>, in scalars: inout [Unicode.Scalar]) {
    let piece = Array(scalars[part])
    for _ in 0..<number(20) { scalars.insert(contentsOf: piece, at: part.lowerBound) }
  }

  /// “((((…))))”, “từ ngày 1/6 đến từ ngày 1/6 đến …”.
  private mutating func nest(_ scalars: inout [Unicode.Scalar], at start: Int) {
    let (opening, closing) = Self.nests[number(Self.nests.count)]
    let depth = number(60)
    scalars.insert(contentsOf: String(repeating: closing, count: depth).unicodeScalars, at: scalars.count)
    scalars.insert(contentsOf: String(repeating: opening, count: depth).unicodeScalars, at: start)
  }

  private mutating func flippingBytes(_ scalars: [Unicode.Scalar]) -> String {
    var bytes = Array(Self.text(scalars.prefix(4000)).utf8)
    guard !bytes.isEmpty else { return "" }
    for _ in 0...number(6) { bytes[number(bytes.count)] ^= UInt8(1 << number(8)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private static let nests = [
    ("(", ")"), ("(", ""), ("từ ngày 01/6 đến ", ""), ("trước ", ""), ("5 ngày sau ", ""), ("“", "”"), ("không ", ""),
    ("[", "]"), ("hằng ", ""), ("quý I, ", ""), ("kể từ ngày ", ""),
  ]

  private static let pieces = [
    "/", "-", ".", ",", ";", "(", ")", "0", "99", "2026", "IV", "ngày ", " tháng ", "quý ", "trước ", " đến ", "hằng ",
    " 6 tháng ", "\u{301}", "\u{200B}", "\u{0}", "\u{202E}", "\u{200F}", "\u{2066}", "🙂", "漢", "مهلة",
    "\u{1F468}\u{200D}\u{1F469}",
    "999999999999", "99999999999999999999999999999999", "-1", "0/0/0", "31/31/9999", " năm ", "h", "T", " và ",
    " báo cáo ",
    " kể từ ", " lần ", " thứ ", "\r\n", "\t", "\u{FEFF}", "\u{FFFD}", "\u{10FFFF}", "١٥/٦/٢٠٢٦", "１５/６/２０２６", "ⅠⅢ",
    "25:99", "24h60", "1e9", "½ ngày", "29/2/2027", "0 ngày làm việc", "999999 năm", "by ", " every ", "before ",
    "Q9/2026",
    "tuần 60 năm 2026", "ngày 0 hằng tháng", "ngày 99 hằng tháng", "chạp", "tết", " hoặc ", "; ", ", báo cáo ",
  ]
}
