import Glibc

/// Why `limbd run` could not start or had to end. Each case says the place, what was found and what to do.
package enum DaemonError: Error, Equatable, Sendable {
  /// A file or directory of the state directory could not be made or opened.
  case state(path: String, call: String, errno: Int32)
  /// Another daemon uses this state directory.
  case stateInUse(path: String, pid: Int32)
  /// The simulator beside the executable is missing or did not come up.
  case simulator(path: String, reason: String)
  /// The robot's port could not be opened, or nobody answers on it; the exit code that fits.
  case port(reason: String, exitCode: Int32)
  /// Two things were asked for that exclude each other.
  case usage(String)
  /// Real-time scheduling or locked memory was refused, and the profile says that this is not acceptable.
  case realtimeRefused(what: String, remedy: String)
  /// The peer of a lockstep run went away or fell silent.
  case peerLost(reason: String)
  /// The other side of the environment protocol is gone, lies or says nothing.
  case environment(reason: String)
  /// A signal came.
  case stopped
  /// A part of another room failed; its own words.
  case part(name: String, reason: String)

  /// One sentence for a person.
  package var message: String {
    switch self {
    case .state(let path, let call, let errno): "\(path): \(call): \(describeErrno(errno))"
    case .stateInUse(let path, let pid):
      pid > 0
        ? "\(path): process \(pid) uses this state directory; one daemon a directory"
        : "\(path): another process uses this state directory; one daemon a directory"
    case .simulator(let path, let reason): "\(path): \(reason)"
    case .port(let reason, _): reason
    case .usage(let text): text
    case .realtimeRefused(let what, let remedy): "\(what) was refused: \(remedy)"
    case .peerLost(let reason): reason
    case .environment(let reason): reason
    case .stopped: "stopped by a signal"
    case .part(let name, let reason): "\(name): \(reason)"
    }
  }

  /// The exit code of docs/architecture.md that fits.
  package var exitCode: Int32 {
    switch self {
    case .port(_, let exitCode): exitCode
    case .usage: 64
    case .simulator, .peerLost, .environment: 69
    case .state, .stateInUse: 74
    case .realtimeRefused: 77
    case .stopped, .part: 1
    }
  }
}

/// The system's words for an error number.
func describeErrno(_ number: Int32) -> String {
  guard let text = unsafe strerror(number) else { return "error \(number)" }
  return unsafe String(cString: text)
}
