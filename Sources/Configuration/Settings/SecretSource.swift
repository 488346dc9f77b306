internal import Foundation

/// Where a password or signing key is kept; the configuration never holds the secret itself.
public enum SecretSource: Sendable, Hashable {
  /// A file that only the service can read.
  case file(String)
  /// The same, by a name that counts from the configuration folder.
  case fileBeside(folder: String, name: String)
  /// The name of a systemd credential, a file in `$CREDENTIALS_DIRECTORY`.
  case credential(String)

  /// The secret without one trailing line end.
  /// - Throws: `SecretError`, which names the place and never the secret.
  public func read() throws -> String {
    let path = try path()
    let content: RegularFile.Content
    do throws(RegularFile.Fault) {
      content = try RegularFile.read(path, atMost: 65_536)
    } catch {
      throw SecretError(
        path: isTellable ? path : folder,
        reason: isTellable ? Self.reason(for: error) : .nothingNamedSo
      )
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
    case .fileBeside(let folder, let name): return "\(folder)/\(name)"
    case .credential(let name):
      guard let directory = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else {
        throw SecretError(path: name, reason: .noCredentials)
      }
      return "\(directory)/\(name)"
    }
  }

  /// A name of which there is no file may be the secret itself, written where the name belongs.
  private var isTellable: Bool {
    guard case .fileBeside(let folder, let name) = self else { return true }
    return FileManager.default.fileExists(atPath: "\(folder)/\(name)")
  }

  private var folder: String { if case .fileBeside(let folder, _) = self { folder } else { "" } }

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
    case nothingNamedSo
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

  /// The file, or the credential's name when there is no folder of credentials.
  public let path: String
  public let reason: Reason

  public init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  public var description: String {
    switch reason {
    case .missing: "\(path): the secret is missing — create the file, or correct its name in nhachan.yaml"
    case .nothingNamedSo:
      "\(path): the file that should hold the secret is not there — create it, or correct its name in nhachan.yaml, "
        + "where the secret itself does not belong"
    case .empty: "\(path): the secret is empty — write it into the file"
    case .openToAll: "\(path): every account on this machine can reach the secret — chmod 0600 \(path)"
    case .notAFile: "\(path): not an ordinary file — put the secret into a text file"
    case .notText: "\(path): not UTF-8 text — write the secret as text"
    case .tooLarge: "\(path): larger than 64 KB — a secret is one line"
    case .noCredentials:
      "\(path): no folder of credentials — start the service by systemd with LoadCredential=, or name a file"
    case .unreadable(let reason): "\(path): cannot be read: \(reason) — let the account of the service read it"
    }
  }
}
