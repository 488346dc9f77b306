internal import Deadlines

/// A scalar of a YAML file: always its text, whether it looks like a number, a date or a word.
struct YAMLText {
  var string: String
  /// Written without quotes, so that `null` and `~` mean nothing at all.
  var isPlain: Bool
  var place: SourcePlace

  var isNull: Bool { isPlain && ["", "~", "null"].contains(string) }
}

/// What a YAML file says, with the place of every value.
indirect enum YAMLValue {
  case text(YAMLText)
  case list([YAMLValue], SourcePlace)
  case mapping([YAMLEntry], SourcePlace)

  var place: SourcePlace {
    switch self {
    case .text(let text): text.place
    case .list(_, let place), .mapping(_, let place): place
    }
  }

  var isNull: Bool {
    if case .text(let text) = self { text.isNull } else { false }
  }

  /// What it is, for a sentence about what it should have been.
  var form: String {
    switch self {
    case .text: "text"
    case .list: "a list"
    case .mapping: "keys with values"
    }
  }
}

struct YAMLEntry {
  let key: String
  let place: SourcePlace
  let value: YAMLValue
}
