/// What can go wrong with a replay store. Every case says what was expected and what was found.
package enum ReplayError: Error, Equatable {
  /// Another process holds the directory; its process id if it could be read.
  case locked(directory: String, holderProcess: Int32?)
  /// A system call failed.
  case io(operation: String, path: String, errno: Int32)
  /// No room for the next segment. The record was dropped and counted; the store tries again at the next record.
  case diskFull(path: String, neededBytes: Int)
  /// A stored segment was written by another robot or another task: `field` differs.
  case foreign(path: String, field: String, expected: String, actual: String)
  /// A segment of a format that this build does not know.
  case unknownFormat(path: String, expected: Int, actual: Int)
  /// The header does not fit into its fixed space.
  case headerTooLarge(bytes: Int, limit: Int)
  /// A limit that makes no store.
  case invalidLimit(field: String, actual: Int, minimum: Int)
  /// Prior data without a record.
  case empty(directory: String)
  /// A segment file whose header is damaged; only an inspection says so by throwing, a store skips it and counts it.
  case damagedHeader(path: String)
}

extension ReplayError: CustomStringConvertible {
  /// One line for a person.
  package var description: String {
    switch self {
    case .locked(let directory, let holder):
      let who = holder.map { "process \($0)" } ?? "another process"
      return "\(directory): \(who) is using this replay store"
    case .io(let operation, let path, let errno): return "\(path): \(operation): \(PosixFile.message(errno))"
    case .diskFull(let path, let needed): return "\(path): disk full, the next segment needs \(needed) bytes"
    case .foreign(let path, let field, let expected, let actual):
      return "\(path): \(field) is \(actual), this profile has \(expected); use another state directory"
    case .unknownFormat(let path, let expected, let actual):
      return "\(path): format version \(actual), this build reads up to \(expected)"
    case .headerTooLarge(let bytes, let limit): return "segment header of \(bytes) bytes, at most \(limit) fit"
    case .invalidLimit(let field, let actual, let minimum): return "\(field) is \(actual), at least \(minimum) is needed"
    case .empty(let directory): return "\(directory)/replay: no records in it"
    case .damagedHeader(let path): return "\(path): damaged segment header"
    }
  }
}
