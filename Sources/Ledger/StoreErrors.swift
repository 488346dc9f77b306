internal import GRDB

extension LedgerError {
  /// Runs work on the store and says its failures in the operator's words.
  static func explaining<Value>(path: String, _ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch {
      throw explaining(error, path: path)
    }
  }

  /// An SQLite failure with what to do about it; other errors as they are.
  static func explaining(_ error: any Error, path: String) -> any Error {
    guard let failure = error as? DatabaseError else { return error }
    let (reason, remedy) = words(for: failure)
    return LedgerError.cannotUse(path: path, reason: reason, remedy: remedy)
  }

  static func damaged(path: String, finding: String) -> LedgerError {
    .cannotUse(path: path, reason: "is damaged: \(finding)", remedy: "stop the service and restore the last backup")
  }

  static func noBackup(path: String) -> LedgerError {
    .cannotUse(path: path, reason: "holds no store", remedy: "name a file that `nhachan backup` wrote")
  }

  static func cutShort(path: String, bytes: UInt64, of whole: UInt64) -> LedgerError {
    .cannotUse(
      path: path,
      reason: "is cut short: \(bytes) of \(whole) bytes are there",
      remedy: "copy it once more from where it was made, or name another backup"
    )
  }

  static func unfinishedRestore(path: String) -> LedgerError {
    .cannotUse(
      path: path,
      reason: "a restore of it was interrupted",
      remedy: "run `nhachan restore` once more; what was there before lies beside it (`.before-…`)"
    )
  }

  static func notYetMigrated(path: String, version: Int) -> LedgerError {
    .cannotUse(
      path: path,
      reason: "has the older schema \(version)",
      remedy: "start the service once: it brings it up to date"
    )
  }

  static func notOurs(path: String) -> LedgerError {
    .cannotUse(
      path: path,
      reason: "is the database of another program",
      remedy: "name another file under `store:`"
    )
  }

  private static let makeRoom = "make room: nothing is lost, the service goes on by itself"

  /// The same for who starts the service, which then does not go on, but ends.
  public var atStart: LedgerError {
    guard case .cannotUse(let path, let reason, Self.makeRoom) = self else { return self }
    let remedy =
      "make room, then `systemctl start nhachan`: nothing is lost; systemd itself tries again only a few times"
    return .cannotUse(path: path, reason: reason, remedy: remedy)
  }

  private static func words(for failure: DatabaseError) -> (reason: String, remedy: String) {
    switch failure.resultCode {
    case .SQLITE_NOTADB:
      ("is not a store of nhachan", "name another file under `store:`, or move this one away")
    case .SQLITE_CORRUPT:
      ("is damaged", "stop the service and restore the last backup")
    case .SQLITE_FULL:
      ("the disk is full", makeRoom)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      ("is locked by another program", "end the program that holds it, as an open `sqlite3` or a backup")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      ("may not be written", "give the service's user the right to write the file and its folder")
    case .SQLITE_CANTOPEN:
      ("cannot be opened", "see that it is a file and that the service's user may read and write it and its folder")
    case .SQLITE_IOERR:
      ("cannot be read or written: \(failure)", "look for disk errors in the system's log")
    default:
      ("\(failure)", "this is a fault of nhachan: keep a copy of the file and report it")
    }
  }
}
