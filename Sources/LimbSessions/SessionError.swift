internal import Glibc

/// What can go wrong with session files.
package enum SessionError: Error, Equatable {
  /// A system call failed.
  case io(operation: String, path: String, errno: Int32)
  /// No room: the entries at hand were dropped and counted, the log tries again.
  case diskFull(path: String)
  /// The file is no session log, or of a version that this build does not know.
  case notASession(path: String)
  case unknownVersion(path: String, expected: Int, actual: Int)
  /// The header of a part is damaged.
  case damagedHeader(path: String)
  /// There is no session of this run.
  case noSuchRun(directory: String, run: UInt64)
  /// The run counter's file does not hold a number.
  case damagedCounter(path: String)

  static func system(_ operation: String, _ path: String) -> SessionError {
    switch errno {
    case ENOSPC, EDQUOT, EFBIG: .diskFull(path: path)
    default: .io(operation: operation, path: path, errno: errno)
    }
  }
}

extension SessionError: CustomStringConvertible {
  /// One line for a person.
  package var description: String {
    switch self {
    case .io(let operation, let path, let number): return "\(path): \(operation) failed with error \(number)"
    case .diskFull(let path): return "\(path): disk full"
    case .notASession(let path): return "\(path): not a session log of limbd"
    case .unknownVersion(let path, let expected, let actual):
      return "\(path): session log version \(actual), this build reads up to \(expected)"
    case .damagedHeader(let path): return "\(path): damaged header"
    case .noSuchRun(let directory, let run): return "\(directory): no session of run \(run)"
    case .damagedCounter(let path): return "\(path): not a number"
    }
  }
}
