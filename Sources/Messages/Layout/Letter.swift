internal import Deadlines

/// What a message says, in order, before it becomes plain text or HTML.
///
/// Both are made from the same letter, so they cannot say different things.
struct Letter {
  var language: Language
  var title: String
  /// Pixels of the HTML page; a digest's tables need more room than a letter.
  var pixels = 640
  /// Columns of the plain text.
  var columns = 78
  /// Close lines, for a page of tables that should fit on one sheet.
  var isDense = false
  var blocks: [Block] = []

  enum Block {
    /// “Kính gửi: …”.
    case salutation(String)
    /// The name of the whole, as “TỔNG HỢP …”.
    case title(String)
    case heading(String)
    case paragraph(String)
    case points([Point])
    case card(Card)
    case table(Table)
    /// A page, with the words for it.
    case link(String, url: String)
    case footer(String)
  }

  /// How grave something is: a colour in HTML, always beside the words that say it.
  enum Tone { case overdue, today, soon, calm, plain }

  /// A point of a list, with points of its own.
  struct Point {
    var words: String
    var parts: [String]

    init(_ words: String, parts: [String] = []) {
      self.words = words
      self.parts = parts
    }
  }

  struct Badge {
    var words: String
    var tone: Tone
  }

  struct Fact {
    var label: String
    var value: String
  }

  /// All about one task.
  struct Card {
    var heading: String?
    var badge: Badge?
    var tone: Tone
    var facts: [Fact]
    var dates: Table?
    var remarks: [String]
  }

  struct Table {
    /// What it lists, for screen readers.
    var summary: String
    var columns: [Column]
    var rows: [[Cell]]
  }

  struct Column {
    var title: String
    /// Its share of the width in hundredths.
    var share: Int
    var isNumber = false
  }

  struct Cell: ExpressibleByStringInterpolation {
    var words: String
    /// A second line in smaller type.
    var detail: String?
    var tone: Tone?

    init(_ words: String, detail: String? = nil, tone: Tone? = nil) {
      self.words = words
      self.detail = detail
      self.tone = tone
    }

    init(stringLiteral value: String) { self.init(value) }
  }
}
