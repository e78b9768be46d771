internal import Glibc

/// What can go wrong between a person, systemd and the running daemon. Cases carry what was found.
package enum OperationsError: Error, Equatable, Sendable {
  /// A system call on the control socket failed.
  case socket(call: String, path: String, errno: Int32)
  /// The path is longer than a Unix socket address may be.
  case pathTooLong(path: String, bytes: Int, limit: Int)
  /// Another daemon answers on this socket.
  case alreadyRunning(path: String)
  /// A socket of somebody else's stands in a daemon's place, and whether he listens cannot be seen.
  case notOurs(path: String)
  /// Nobody listens on the socket.
  case notRunning(path: String)
  /// The peer closed, stayed silent, or sent more than a reply may hold.
  case badReply(path: String, reason: String)
  /// A request that is not in the protocol.
  case badRequest(line: String)
  /// A truth file that is not one, or is cut.
  case badTruth(path: String, reason: String)

  /// One sentence for a person, naming the place.
  package var message: String {
    switch self {
    case .socket("connect", let path, EACCES):
      "\(path): permission denied: the socket is for its owner and group (sudo, or join the group: limbd under systemd)"
    case .socket(let call, let path, let errno): "\(path): \(call) failed: \(describe(errno: errno))"
    case .pathTooLong(let path, let bytes, let limit):
      "\(path): a socket path may have \(limit) bytes, this one has \(bytes)"
    case .alreadyRunning(let path): "\(path): another limbd answers on this socket; stop it first"
    case .notOurs(let path):
      "\(path): a socket of another user stands there, so that it cannot be told whether his limbd runs; if none does, remove the file"
    case .notRunning(let path): "\(path): no limbd is listening there (start one with: limbd run PROFILE; a run in --lockstep has no socket)"
    case .badReply(let path, let reason): "\(path): the daemon did not answer properly: \(reason)"
    case .badRequest(let line): "unknown request \"\(line)\""
    case .badTruth(let path, let reason): "\(path): not a usable truth file: \(reason)"
    }
  }
}
