internal import Glibc

/// Keeps a second service off a store: two would not send anything twice, but would plan and probe beside each other.
public struct StoreLock: Sendable {
  private let descriptor: CInt

  /// - Throws: `StoreInUse` when another service has it. A folder that cannot be written is left to the store to name.
  public init(store: String) throws {
    descriptor = open("\(store).lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw StoreInUse(store: store)
    }
  }

  public func release() { if descriptor >= 0 { close(descriptor) } }

  /// Another `nhachan run` works on this store.
  public struct StoreInUse: Error, CustomStringConvertible {
    public let store: String
    public var description: String {
      "\(store): another nhachan runs on this store — stop it first, or name another --store"
    }
  }
}
