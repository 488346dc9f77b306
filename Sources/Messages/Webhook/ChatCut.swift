/// What a receiver takes at most, in the units that `size` counts.
struct ChatRoom {
  /// All headings and lines together.
  var total: Int
  /// Heading and lines of one part; a longer part is told in several.
  var part: Int
  var parts: Int
  /// The size of a text as the receiver counts it, escapes included.
  var size: @Sendable (String) -> Int
}

/// The parts of a chat as far as there is room.
///
/// Whole lines are kept from the beginning, since half of a date misleads; only a line too long for any part is shortened.
struct ChatCut {
  private(set) var parts: [ChatLayout.Part] = []
  /// Lines for which there was no room.
  private(set) var leftOut = 0
  private let room: ChatRoom
  private var left: Int
  /// Room in the last part.
  private var leftInPart = 0

  init(_ layout: ChatLayout, to room: ChatRoom) {
    self.room = room
    left = room.total
    for part in layout.parts { add(part) }
  }

  private mutating func add(_ part: ChatLayout.Part) {
    var heading = part.heading
    for line in part.lines {
      guard leftOut == 0, add(shortened(line), under: heading) else {
        leftOut += 1
        continue
      }
      heading = ""
    }
    // What comes next begins a part of its own.
    leftInPart = 0
  }

  /// False when there is no room left for the line and the heading that is due before it.
  private mutating func add(_ line: String, under heading: String) -> Bool {
    let cost = room.size(line) + 1
    let isNew = leftInPart < cost || parts.isEmpty
    let whole = cost + (heading.isEmpty ? 0 : room.size(heading) + 1)
    guard left >= whole, !isNew || parts.count < room.parts else { return false }
    if isNew {
      parts.append(ChatLayout.Part(heading: heading))
      leftInPart = room.part
    }
    parts[parts.count - 1].lines.append(line)
    left -= whole
    leftInPart -= whole
    return true
  }

  private func shortened(_ line: String) -> String {
    let most = min(room.part, room.total) / 2
    return room.size(line) <= most ? line : CleanText.cut(line, to: most, size: room.size)
  }
}

extension CleanText {
  /// As much of the text as fits with “…” behind it, cut between graphemes: a Vietnamese letter and its marks, or a
  /// family of emoji, stays whole or goes.
  static func cut(_ text: String, to limit: Int, size: (String) -> Int) -> String {
    guard size(text) > limit else { return text }
    var left = limit - size("…")
    let kept = text.prefix { character in
      left -= size(String(character))
      return left >= 0
    }
    return kept.isEmpty && limit < size("…") ? "" : kept.trimmedAtEnd + "…"
  }
}

extension Substring {
  /// Without what looks odd before “…”.
  fileprivate var trimmedAtEnd: String {
    var text = self
    while let last = text.last, " ,;:-–(".contains(last) { text.removeLast() }
    return String(text)
  }
}
