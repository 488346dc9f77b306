// Two directories, two policies: what is different, entry by entry, in the words of their files.

/// The entries of two lists by id: what is new, gone or changed.
private func details<Entry>(
  _ kind: String,
  _ old: [Entry],
  _ new: [Entry],
  id: (Entry) -> String,
  keys: (Entry) -> [String],
  changes: (Entry, Entry) -> [String]
) -> [OfficeDifference.Detail] {
  unique((old + new).map(id)).flatMap { name -> [OfficeDifference.Detail] in
    let before = old.first { id($0) == name }
    let after = new.first { id($0) == name }
    let all = Set([before, after].compactMap { $0 }.flatMap(keys)).union(["\(kind) \(name)"])
    let texts: [String] =
      switch (before, after) {
      case (nil, _?): ["is new"]
      case (_?, nil): ["is gone"]
      case (let before?, let after?): changes(before, after)
      case (nil, nil): []
      }
    return texts.map { OfficeDifference.Detail(text: "\(kind) \(name): \($0)", keys: all) }
  }
}

struct DirectoryDetails {
  let old: Directory
  let new: Directory

  var all: [OfficeDifference.Detail] { units + groups + posts + people }

  private var units: [OfficeDifference.Detail] {
    details("unit", old.units, new.units, id: \.id, keys: { [$0.address].compactMap { $0 } }) { before, after in
      [
        OfficeDifference.change("name", before.name, after.name),
        OfficeDifference.change("address", before.address, after.address),
        OfficeDifference.change("head", before.head, after.head),
        OfficeDifference.change("superior", before.superior, after.superior),
        OfficeDifference.change("viceChair", before.viceChair, after.viceChair),
        OfficeDifference.change("language", before.language.rawValue, after.language.rawValue),
        OfficeDifference.change("channels", list(before.channels), list(after.channels)),
      ].compactMap { $0 }
    }
  }

  private var groups: [OfficeDifference.Detail] {
    details("group", old.groups, new.groups, id: \.id, keys: { $0.members.map { "member \($0)" } }) { before, after in
      let joined = after.members.filter { !before.members.contains($0) }
      let left = before.members.filter { !after.members.contains($0) }
      let isReordered = joined.isEmpty && left.isEmpty && before.members != after.members
      return [
        joined.isEmpty ? nil : "joined by \(list(joined))", left.isEmpty ? nil : "left by \(list(left))",
        isReordered ? "members reordered" : nil,
        before.meansHeads == after.meansHeads ? nil : after.meansHeads ? "now means the heads" : "now means the units",
        OfficeDifference.change("name", before.name, after.name),
      ].compactMap { $0 }
    }
  }

  private var posts: [OfficeDifference.Detail] {
    details("post", old.posts, new.posts, id: \.id, keys: mailboxes) { before, after in
      [
        OfficeDifference.change("title", before.title, after.title),
        OfficeDifference.change("holder", before.holder, after.holder),
        OfficeDifference.change("address", before.address, after.address),
        OfficeDifference.change("deputy", before.deputy, after.deputy),
        OfficeDifference.change("superior", before.superior, after.superior),
        OfficeDifference.change("language", before.language.rawValue, after.language.rawValue),
        OfficeDifference.change("channels", list(before.channels), list(after.channels)),
      ].compactMap { $0 }
    }
  }

  /// Whom a post's mail reaches: its own mailbox or its holder's, before and after.
  private func mailboxes(_ post: Post) -> [String] {
    let reached = [old, new].compactMap { $0.recipient(post: post.id)?.address }
    return reached + [post.address].compactMap { $0 }
  }

  private var people: [OfficeDifference.Detail] {
    details("person", old.people, new.people, id: \.id, keys: { [$0.address] }) { before, after in
      [
        OfficeDifference.change("name", before.name, after.name),
        OfficeDifference.change("address", before.address, after.address),
        OfficeDifference.change("language", before.language.rawValue, after.language.rawValue),
        OfficeDifference.change("channels", list(before.channels), list(after.channels)),
      ].compactMap { $0 }
    }
  }

  private func list(_ words: [String]) -> String { words.joined(separator: ", ") }
}

struct PolicyDetails {
  let old: Policy
  let new: Policy

  var all: [OfficeDifference.Detail] { ladders + choice + window + digest + roles + dates + others }

  private var ladders: [OfficeDifference.Detail] {
    let kept = new.ladders.filter { ladder in old.ladders.contains { $0.name == ladder.name } }
    let whole = details("ladder", old.ladders, new.ladders, id: \.name, keys: { [$0.name] }) { _, _ in [] }
    return whole
      + kept.flatMap { after in
        steps(old.ladders.first { $0.name == after.name }?.steps ?? [], after.steps, of: after.name)
      }
  }

  private func steps(_ before: [LadderStep], _ after: [LadderStep], of ladder: String) -> [OfficeDifference.Detail] {
    details("step", before, after, id: \.id, keys: { ["\(ladder) \($0.id)", ladder] }) { before, after in
      [
        OfficeDifference.change("to", names(before.to), names(after.to)),
        OfficeDifference.change("kind", before.kind.rawValue, after.kind.rawValue),
        OfficeDifference.change("onlyLongLimits", "\(before.onlyLongLimits)", "\(after.onlyLongLimits)"),
        OfficeDifference.change("unlessAcknowledged", "\(before.unlessAcknowledged)", "\(after.unlessAcknowledged)"),
        OfficeDifference.change("draftsLetter", "\(before.draftsLetter)", "\(after.draftsLetter)"),
      ].compactMap { $0 }
    }.map { OfficeDifference.Detail(text: "ladder \(ladder), \($0.text)", keys: $0.keys) }
  }

  private func names(_ roles: [Role]) -> String { roles.map(\.written).joined(separator: ", ") }

  /// Which ladder a task gets.
  private var choice: [OfficeDifference.Detail] {
    let kinds = Set(old.ladderByKind.keys).union(new.ladderByKind.keys).sorted { $0.rawValue < $1.rawValue }
    let changes =
      kinds.map { OfficeDifference.change("ladderByKind \($0.rawValue)", old.ladderByKind[$0], new.ladderByKind[$0]) }
      + [OfficeDifference.change("first ladder", old.ladders.first?.name, new.ladders.first?.name)]
    return named(changes, "choice")
  }

  private var window: [OfficeDifference.Detail] {
    func hours(_ window: SendingWindow) -> String { "\(window.opens)–\(window.closes)" }
    return named([OfficeDifference.change("sendingWindow", hours(old.window), hours(new.window))], "window")
  }

  private var digest: [OfficeDifference.Detail] {
    func day(_ number: Int) -> String {
      let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
      return names.indices.contains(number - 1) ? names[number - 1] : "\(number)"
    }
    func list(_ names: [String]) -> String { names.joined(separator: ", ") }
    return named(
      [
        OfficeDifference.change("digest weekday", day(old.digestWeekday), day(new.digestWeekday)),
        OfficeDifference.change("digest to", list(old.digestPosts), list(new.digestPosts)),
        OfficeDifference.change("digest units", list(old.digestUnits), list(new.digestUnits)),
      ],
      "digest"
    )
  }

  private var roles: [OfficeDifference.Detail] {
    named(
      [
        OfficeDifference.change("role monitor", old.monitor, new.monitor),
        OfficeDifference.change("role office", old.office, new.office),
        OfficeDifference.change("role chair", old.chair, new.chair),
      ],
      "roles"
    )
  }

  private var dates: [OfficeDifference.Detail] {
    named(
      [
        old.regime == new.regime ? nil : "reporting changed",
        OfficeDifference.change(
          "graceForExclusiveDates",
          "\(old.gracesExclusiveDates)",
          "\(new.gracesExclusiveDates)"
        ),
      ],
      "dates"
    )
  }

  private var others: [OfficeDifference.Detail] {
    named(
      [
        OfficeDifference.change("dueSoonWorkingDays", "\(old.dueSoonDays)", "\(new.dueSoonDays)"),
        OfficeDifference.change("digest aheadWorkingDays", "\(old.digestAheadDays)", "\(new.digestAheadDays)"),
      ],
      "others"
    )
  }

  private func named(_ changes: [String?], _ key: String) -> [OfficeDifference.Detail] {
    changes.compactMap { $0 }.map { OfficeDifference.Detail(text: $0, keys: [key]) }
  }
}

extension Role {
  /// As policy.yaml names it.
  fileprivate var written: String {
    switch self {
    case .lead: "lead"
    case .coordinating: "coordinating"
    case .head: "head"
    case .superior: "superior"
    case .monitor: "monitor"
    case .office: "office"
    case .chair: "chair"
    case .viceChair: "viceChair"
    case .post(let id): "post:\(id)"
    case .unit(let id): "unit:\(id)"
    }
  }
}
