public import Deadlines
internal import Foundation

/// Where a password or signing key is kept; the configuration never holds the secret itself.
public enum SecretSource: Sendable, Hashable {
  /// A file that only the service can read.
  case file(String)
  /// The same, by a name that counts from the configuration folder.
  case fileBeside(folder: String, name: String, Entry)
  /// The name of a systemd credential, a file in `$CREDENTIALS_DIRECTORY`.
  case credential(String, Entry)

  /// Where the configuration names it; another place makes no other secret.
  public struct Entry: Sendable, Hashable, CustomStringConvertible {
    public let key: String
    public let place: SourcePlace

    public init(key: String, place: SourcePlace) {
      self.key = key
      self.place = place
    }

    public var description: String { "\(place.file):\(place.line): “\(key)”" }
    public static func == (left: Self, right: Self) -> Bool { true }
    public func hash(into hasher: inout Hasher) {}
  }

  /// The secret without one trailing line end.
  /// - Throws: `SecretError`, which names the place and never the secret.
  public func read() throws -> String {
    let path = try path()
    let content: RegularFile.Content
    do throws(RegularFile.Fault) {
      content = try RegularFile.read(path, atMost: 65_536)
    } catch {
      throw hiding(path) ?? SecretError(path: path, reason: Self.reason(for: error))
    }
    guard !content.isOpenToAll else { throw SecretError(path: path, reason: .openToAll) }
    guard let text = String(validating: content.bytes, as: UTF8.self) else {
      throw SecretError(path: path, reason: .notText)
    }
    let secret = text.last?.isNewline == true ? String(text.dropLast()) : text
    guard !secret.isEmpty else { throw SecretError(path: path, reason: .empty) }
    return secret
  }

  private func path() throws(SecretError) -> String {
    switch self {
    case .file(let path): return path
    case .fileBeside(let folder, let name, _): return "\(folder)/\(name)"
    case .credential(let name, let entry):
      guard let directory = Self.credentials else { throw SecretError(path: "\(entry)", reason: .noCredentials) }
      return "\(directory)/\(name)"
    }
  }

  private static var credentials: String? {
    let directory = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] ?? ""
    return directory.isEmpty ? nil : directory
  }

  /// A name of which there is no file may be the secret itself, written where the name belongs: then its place is told.
  private func hiding(_ path: String) -> SecretError? {
    guard Self.isNothing(path) else { return nil }
    return switch self {
    case .file: nil
    case .fileBeside(let folder, _, let entry): SecretError(path: "\(entry)", reason: .nothingNamedSo(folder: folder))
    case .credential(_, let entry):
      SecretError(path: "\(entry)", reason: .nothingNamedSo(folder: Self.credentials ?? ""))
    }
  }

  /// Nothing can be there; what may not be reached is perhaps there.
  private static func isNothing(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path, &facts) != 0 && [ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno)
  }

  private static func reason(for fault: RegularFile.Fault) -> SecretError.Reason {
    switch fault {
    case .missing: .missing
    case .notAFile: .notAFile
    case .tooLarge: .tooLarge
    case .unreadable(let reason): .unreadable(reason)
    }
  }
}

/// A secret that cannot be used, and what the admin does about it.
public struct SecretError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    case missing
    /// Of a name that is not told, as it may be the secret.
    case nothingNamedSo(folder: String)
    case empty
    /// Other accounts on the machine can read or change it.
    case openToAll
    case notAFile
    case notText
    case tooLarge
    /// `$CREDENTIALS_DIRECTORY` is not set.
    case noCredentials
    /// The system's reason.
    case unreadable(String)
  }

  /// The file, or the entry of the configuration where its name is not told.
  public let path: String
  public let reason: Reason

  public init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  public var description: String {
    switch reason {
    case .missing: "\(path): the secret is missing — create the file, or correct its name in nhachan.yaml"
    case .nothingNamedSo(let folder):
      "\(path) names no file in \(folder) — create it, or correct its name, where the secret itself does not belong"
    case .empty: "\(path): the secret is empty — write it into the file"
    case .openToAll: "\(path): every account on this machine can reach the secret — chmod 0600 \(path)"
    case .notAFile: "\(path): not an ordinary file — put the secret into a text file"
    case .notText: "\(path): not UTF-8 text — write the secret as text"
    case .tooLarge: "\(path): larger than 64 KB — a secret is one line"
    case .noCredentials:
      "\(path) names a credential, and there is no folder of credentials — start the service by systemd with "
        + "LoadCredential=, or name a file"
    case .unreadable(let reason): "\(path): cannot be read: \(reason) — let the account of the service read it"
    }
  }
}
