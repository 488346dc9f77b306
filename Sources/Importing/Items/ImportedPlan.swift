public import Deadlines

/// A plan as read from a document, with everything that a person should look at.
public struct ImportedPlan: Sendable {
  public var number: String
  public var type: String
  public var title: String
  public var issuer: String
  public var issued: CivilDate
  public var secrecy: String?
  public var tasks: [ImportedTask]
  public var disagreements: [Disagreement]
  /// About the document as a whole.
  public var doubts: [Doubt]
}

/// One task in the document's words.
public struct ImportedTask: Sendable {
  public var id: String
  public var section: String
  public var title: String
  public var product: String?
  /// Word for word; empty when the document states none.
  public var limit: String
  /// Names as the document writes them; every one is known to the directory.
  public var lead: [String]
  public var coordinating: [String]
  public var tellsCoordinating = true
  public var notes: [String] = []
  public var doubts: [Doubt] = []

  /// Everything said about the task, for comparing it with others.
  var content = ""
  var leadParties: [Party] = []
  var isAppendix = false
  /// It stands in a section on carrying out the plan, which assigns the running of it rather than its work.
  var isOrganisation = false
}

/// Something to look at, beside the line that it is about.
public struct Doubt: Sendable, Hashable, Codable {
  public enum Key: String, Sendable, Hashable, Codable {
    case number, type, title, issuer, issued, secrecy, tasks, id, product, limit, lead, coordinating
  }

  public var key: Key
  public var text: String

  public init(_ key: Key, _ text: String) {
    self.key = key
    self.text = text
  }
}
