internal import Glibc

/// Why the simulated robot cannot start or must stop.
package enum SimulatorError: Error, Equatable, CustomStringConvertible {
  /// The profile has no `simulation:` section.
  case noSimulation(profile: String)
  /// MuJoCo refuses the model file; `reason` is its own message.
  case model(path: String, reason: String)
  /// The model lacks something that the profile names.
  case missing(path: String, kind: String, name: String)
  /// The firmware refuses the configuration made from the profile.
  case firmwareConfiguration(profile: String)
  /// A system call failed.
  case system(call: String, path: String, errno: Int32)
  /// Something other than a symlink is where the port's symlink should be.
  case occupied(path: String)
  /// Lockstep: the peer closed the line while the simulator waited for it.
  case peerClosed(tick: UInt64)
  /// Lockstep: the peer said nothing for `seconds` while the simulator waited for its TICK_DONE.
  case peerSilent(tick: UInt64, seconds: Int)

  /// One line for a person.
  package var description: String {
    switch self {
    case .noSimulation(let profile):
      "\(profile): found no simulation: section, expected one (limbd-sim needs a model and motors)"
    case .model(let path, let reason): "\(path): the physics engine refuses this model: \(reason)"
    case .missing(let path, let kind, let name): "\(path): found no \(kind) named \(name), which the profile needs"
    case .firmwareConfiguration(let profile):
      "\(profile): the firmware refuses these limits: joint ranges must fit ±8 rad, and rates 50 to 1000 Hz"
    case .system(let call, let path, let code): "\(path): \(call) failed: \(unsafe String(cString: strerror(code)))"
    case .occupied(let path): "\(path): found something other than a symlink, expected a free name for the port"
    case .peerClosed(let tick): "the peer closed the line at tick \(tick), before its TICK_DONE"
    case .peerSilent(let tick, let seconds): "no TICK_DONE for tick \(tick) within \(seconds) s: the peer is stuck"
    }
  }
}
