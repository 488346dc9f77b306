internal import Foundation

/// A copy of the files in force, beside the store, so that commands can answer while the folder itself is broken.
///
/// Only the files the loader reads are copied; a password that lies beside them is not.
public enum LastGoodConfiguration {
  public static func path(beside store: String) -> String { store + ".config" }

  /// Replaces the copy as a whole.
  static func save(_ folder: String, beside store: String) throws {
    let manager = FileManager.default
    let copy = path(beside: store)
    let fresh = "\(copy).new"
    try? manager.removeItem(atPath: fresh)
    let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
    for part in ["", "/plans", "/calendar"] {
      try manager.createDirectory(atPath: fresh + part, withIntermediateDirectories: true, attributes: attributes)
      for name in try files(in: folder + part, ending: part == "/calendar" ? ".tsv" : ".yaml") {
        try manager.copyItem(atPath: "\(folder)\(part)/\(name)", toPath: "\(fresh)\(part)/\(name)")
      }
    }
    try? manager.removeItem(atPath: copy)
    try manager.moveItem(atPath: fresh, toPath: copy)
  }

  private static func files(in folder: String, ending: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(ending) }
  }
}
