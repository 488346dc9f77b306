import TestSupport
import Testing

@testable import Deadlines

@Suite("Whom a dead letter concerns")
struct UndeliveredTests {
  private func way(_ recipient: Recipient?, in office: Office = Offices.office([])) throws -> [String] {
    office.wayUp(from: try #require(recipient)).map { String($0.address.prefix { $0 != "@" }) }
  }

  @Test("a unit's goes to its head, those above, the following unit, Văn phòng, and last the chair")
  func unit() throws {
    #expect(try way(Offices.directory.recipient(unit: "kt")) == ["truong.kt", "phochutich", "vhxh", "vp", "chutich"])
    #expect(try way(Offices.directory.recipient(unit: "vhxh")) == ["truong.vhxh", "vp", "chutich"])
  }

  @Test("a post's goes to its deputy before those above; the chair's deputy is the last resort")
  func post() throws {
    var office = Offices.office([])
    var posts = Offices.posts
    posts[0].deputy = "pho-chu-tich"
    posts[4].deputy = "truong-vp"
    office.directory = Directory(units: Offices.units, groups: [], posts: posts, people: [])
    #expect(
      try way(office.directory.recipient(post: "truong-kt"), in: office).prefix(2) == ["truong.vp", "phochutich"]
    )
    #expect(try way(office.directory.recipient(post: "chu-tich"), in: office) == ["phochutich", "vhxh", "vp"])
  }

  @Test("a person's goes by every post held, and never back to the person")
  func person() throws {
    var office = Offices.office([])
    let lan = Person(id: "lan", name: "Lan", address: "lan@xa.example")
    var posts = Offices.posts
    for index in [3, 4] {
      posts[index].holder = "lan"
      posts[index].address = nil
    }
    office.directory = Directory(units: Offices.units, groups: [], posts: posts, people: [lan])
    let way = try way(office.directory.recipient(post: "truong-kt"), in: office)
    #expect(way == ["vhxh", "vp", "chutich"])
  }

  @Test("every way up ends and names each mailbox once", arguments: ["kt", "vhxh", "vp"])
  func ends(unit: String) throws {
    let office = Offices.office([])
    var seen: Set<String> = []
    var next = office.directory.recipient(unit: unit)
    while let recipient = next {
      #expect(seen.insert(recipient.address).inserted)
      next = office.wayUp(from: recipient).first { !seen.contains($0.address) }
    }
    #expect(seen.contains("chutich@xa.example"))
  }

  @Test(
    "the admin is whom the settings name, else Văn phòng",
    arguments: [
      (nil, "vp@xa.example", ["mail"]), (Admin(.unit("kt")), "kt@xa.example", ["mail"]),
      (Admin(.post("chu-tich"), channels: ["hook", "mail"]), "chutich@xa.example", ["hook", "mail"]),
      (Admin(.address("Admin@Xa.example"), channels: ["mail"]), "admin@xa.example", ["mail"]),
    ]
  )
  func admin(admin: Admin?, address: String, channels: [String]) throws {
    var office = Offices.office([])
    office.policy.admin = admin
    let recipient = try #require(office.admin)
    #expect(recipient.address == address && recipient.channels == channels)
  }
}
