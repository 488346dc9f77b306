internal import GRDB

extension SQLiteLedger {
  /// The same store once more, in memory: what is done to the copy is not done to this one.
  public func copyInMemory() throws -> SQLiteLedger {
    try LedgerError.explaining(path: path) {
      let queue = try DatabaseQueue(configuration: StoreFile.configuration())
      try database.backup(to: queue)
      return SQLiteLedger(queue, path: ":memory:")
    }
  }
}
