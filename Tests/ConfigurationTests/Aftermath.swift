import Configuration
import Deadlines
import Foundation
import Testing

@Suite("What a folder says about messages that do not arrive")
struct AftermathSettings {
  /// The good folder with other texts in `nhachan.yaml`.
  private func loaded(_ edits: (String, String)...) throws -> LoadedConfiguration {
    try Folders.withCopyOfGood { folder in
      let file = folder.appending(path: "nhachan.yaml")
      var text = try String(contentsOf: file, encoding: .utf8)
      for (old, new) in edits {
        #expect(text.contains(old))
        text = text.replacingOccurrences(of: old, with: new)
      }
      try Data(text.utf8).write(to: file)
      return try Folders.load(folder)
    }
  }

  @Test("without a word: no fallback, Văn phòng is told, after a minute and then every half hour")
  func usual() throws {
    let loaded = try Folders.load(Folders.good)
    let expected = TellingRules(channels: ["mail", "hook"], fallbacks: [:], gathering: 60, rest: 1800)
    #expect(loaded.settings.telling == expected)
    #expect(loaded.office.policy.admin == nil)
    #expect(loaded.office.admin?.address == loaded.office.directory.recipient(unit: "office")?.address)
  }

  @Test("a fallback, the times of telling and the admin are taken over")
  func everything() throws {
    let loaded = try loaded(
      ("    perMinute: 20\n", "    perMinute: 20\n    fallback: hook\n"),
      ("  longestAge: 5d\n", "  longestAge: 5d\n  tellAfter: 30s\n  tellAgainAfter: 1h\n"),
      ("catchUp:\n", "admin: {post: chair, name: Quản trị, channels: [hook, mail], language: en}\ncatchUp:\n")
    )
    let expected = TellingRules(channels: ["mail", "hook"], fallbacks: ["mail": "hook"], gathering: 30, rest: 3600)
    #expect(loaded.settings.telling == expected)
    let admin = try #require(loaded.office.admin)
    #expect(admin.address == loaded.office.directory.recipient(post: "chair")?.address)
    #expect(admin.name == "Quản trị" && admin.channels == ["hook", "mail"] && admin.language == .english)
  }

  @Test("an admin outside the directory is told on the first channel")
  func outside() throws {
    let admin = try #require(
      try loaded(("catchUp:\n", "admin: {address: Admin@example.vn}\ncatchUp:\n")).office.admin
    )
    #expect(admin.address == "admin@example.vn" && admin.channels == ["mail"])
  }

  @Test("a fallback that is fit for secrets may stand in for one that is")
  func fit() throws {
    let loaded = try loaded(
      ("    perMinute: 20\n", "    perMinute: 20\n    fallback: hook\n    fitForSecrets: true\n"),
      ("    timeout: 20s\n", "    timeout: 20s\n    fitForSecrets: true\n")
    )
    #expect(loaded.settings.telling.fallbacks == ["mail": "hook"])
  }
}
