/// Puts the words of an English time limit into the order in which the grammar reads them: “30 June 2026” becomes
/// “ngày 30 tháng 6 năm 2026”, “the last working day of each month” “ngày làm việc cuối cùng hằng tháng”.
///
/// So there is one grammar and one set of rules for both languages. Every token keeps its place in the phrase; those of
/// a group that changes its order share the group's.
struct EnglishOrder {
  let tokens: [EnglishToken]
  var at = 0
  var output: [Token] = []
  var remarks: [Remark] = []

  init(_ tokens: [EnglishToken]) { self.tokens = tokens }

  /// The same words in the grammar's order.
  mutating func reorder() -> [Token] {
    while at < tokens.count {
      if !group() { pass() }
    }
    return output
  }

  /// The groups whose order differs, the longest first.
  private mutating func group() -> Bool {
    attempt { $0.figureDate() } || attempt { $0.reports() } || attempt { $0.frequency() } || attempt { $0.date() }
      || attempt { $0.monthFirst() }
      || attempt { $0.quarter() } || attempt { $0.half() } || attempt { $0.edgeMonths() } || attempt { $0.edgeDay() }
      || attempt { $0.edgeWeekday() } || attempt { $0.edgeDays() }
      || attempt { $0.edgeMonth() } || attempt { $0.weekByOrdinal() } || attempt { $0.relative() }
      || attempt { $0.part() } || attempt { $0.clock() } || attempt { $0.event() } || attempt { $0.dayOfMonth() }
      || attempt { $0.between() } || attempt { $0.countedOf() }
  }

  // MARK: Reading

  func word(_ offset: Int = 0) -> EnglishWord? {
    guard tokens.indices.contains(at + offset), case .known(let word) = tokens[at + offset].kind else { return nil }
    return word
  }

  func term(_ offset: Int = 0) -> Term? {
    guard case .term(let term) = word(offset) else { return nil }
    return term
  }

  func isMark(_ mark: Character, _ offset: Int = 0) -> Bool {
    tokens.indices.contains(at + offset) && tokens[at + offset].kind == .mark(mark.asciiValue ?? 0)
  }

  /// A number in figures of at most two digits, without an ordinal's ending unless wanted.
  func figure(_ offset: Int = 0) -> Int? {
    guard tokens.indices.contains(at + offset) else { return nil }
    let token = tokens[at + offset]
    return token.kind == .number && token.width <= 2 ? token.value : nil
  }

  /// “25”, “25th”, “first”, “two”.
  func number(_ offset: Int = 0) -> Int? {
    if let figure = figure(offset) { return figure }
    switch word(offset) {
    case .number(let value), .ordinal(let value): return value
    default: return nil
    }
  }

  func isOrdinal(_ offset: Int = 0) -> Bool {
    if case .ordinal = word(offset) { return true }
    return tokens.indices.contains(at + offset) && tokens[at + offset].isOrdinal
  }

  func month(_ offset: Int = 0) -> Int? {
    guard case .month(let month) = word(offset) else { return nil }
    return month
  }

  func yearFigure(_ offset: Int = 0) -> Int? {
    guard tokens.indices.contains(at + offset), tokens[at + offset].kind == .number, tokens[at + offset].width == 4,
      (1900...2200).contains(tokens[at + offset].value)
    else { return nil }
    return tokens[at + offset].value
  }

  mutating func skip(_ words: EnglishWord...) {
    while let word = word(), words.contains(word) { at += 1 }
  }

  /// What `rule` writes, or everything as before.
  mutating func attempt(_ rule: (inout EnglishOrder) -> Bool) -> Bool {
    let (start, count) = (at, output.count)
    if rule(&self) {
      spread(from: count, over: start..<at)
      return true
    }
    at = start
    output.removeLast(output.count - count)
    return false
  }

  /// The tokens of a group cover its words together.
  private mutating func spread(from first: Int, over words: Range<Int>) {
    for index in first..<output.count {
      output[index].start = tokens[words.lowerBound].start
      output[index].end = tokens[words.upperBound - 1].end
    }
  }

  // MARK: Writing

  mutating func write(_ terms: Term...) {
    for term in terms { append(.term(term)) }
  }

  mutating func write(number: Int) {
    append(.number)
    output[output.count - 1].value = number
    output[output.count - 1].width = number > 99 ? 4 : 2
  }

  mutating func write(mark: Character) { append(.mark(mark.asciiValue ?? 0)) }

  private mutating func append(_ kind: Token.Kind) {
    let source = tokens[min(at, tokens.count - 1)]
    output.append(Token(kind: kind, start: source.start, end: source.end, isGlued: false))
  }

  /// One token as it stands.
  private mutating func pass() {
    let token = tokens[at]
    switch token.kind {
    case .known(let word): pass(word)
    case .unknown:
      append(.word)
      output[output.count - 1].isGlued = token.isGlued
    case .number: passNumber(token)
    case .mark(let mark):
      append(.mark(mark))
      output[output.count - 1].isGlued = token.isGlued
    }
    at += 1
    // “No. 25”: the dot of an abbreviation ends no sentence.
    if token.kind == .known(.term(.numberSign)), isMark("."), tokens[at].isGlued { at += 1 }
  }

  private mutating func pass(_ word: EnglishWord) {
    switch word {
    case .term(let term): write(term)
    case .number(let value): passNumberWord(value)
    case .ordinal(let value), .times(let value): write(number: value)
    case .part(.last), .relative(.next): write(.filler)
    case .vaguePart, .other: write(.hedge)
    case .per: write(.every)
    case .issue: write(.day, .issue)
    case .clock(let hour, let minute): write(hour: hour, minute: minute)
    case .fortnight:
      write(number: 2)
      write(.week)
    case .skip: break
    default: append(.word)
    }
  }

  /// “five (5) working days”: the figure repeats the word; when it does not, a person decides.
  private mutating func passNumberWord(_ value: Int) {
    write(number: value)
    guard isMark("(", 1), let figure = figure(2), isMark(")", 3) else { return }
    if figure != value { write(.hedge) }
    at += 3
  }

  private mutating func passNumber(_ token: EnglishToken) {
    append(.number)
    output[output.count - 1].value = token.value
    output[output.count - 1].width = token.width
    output[output.count - 1].isGlued = token.isGlued
    // Only a day can be an ordinal by itself: “the 25th”.
    guard token.isOrdinal, (1...31).contains(token.value) else { return }
    output.removeLast()
    write(.day)
    write(number: token.value)
  }

  mutating func write(hour: Int, minute: Int) {
    write(number: hour)
    write(mark: ":")
    write(number: minute)
    output[output.count - 1].width = 2
  }

  /// The year behind a day, month or quarter: “, 2026”, “of 2026”.
  mutating func writeYear() {
    var offset = isMark(",") || isMark("/") || isMark("-") ? 1 : 0
    if term(offset) == .of || term(offset) == .within { offset += 1 }
    guard let year = yearFigure(offset), !isMark("-", offset + 1) || yearFigure(offset + 2) == nil else { return }
    at += offset + 1
    write(.year)
    write(number: year)
  }
}
