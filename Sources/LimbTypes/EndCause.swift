/// Why an episode ended; stored in its last record. The table of docs/safety.md is `consequence`, and stands nowhere
/// else.
package enum EndCause: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case none = 0
  /// Attitude or height beyond `task.terminate`.
  case fall = 1
  /// A self-inflicted trip that `task.terminate` lists.
  case trip = 2
  case timeLimit = 3
  case pause = 4
  case disarm = 5
  /// SIGTERM or the end of a run that was asked for.
  case shutdown = 6
  /// A person changed the policy.
  case policyChange = 7
  case emergencyStop = 8
  case linkLoss = 9
  case staleSensors = 10
  case deviceFault = 11
  /// A person's hand is on the robot: the button on it was pressed anew while the episode ran. A button that was already
  /// down when it began is no sign of a hand.
  case handOnRobot = 12
  /// A second non-finite action.
  case nonFiniteAction = 13
  /// Reserved: the battery or a motor temperature asked for a rest in the middle of an episode. Control lets the episode
  /// end by itself and rests afterwards, so that no record has it; readers take it as an ordinary truncation.
  case rest = 14

  /// The raw value, readable on the control path (a synthesised accessor is not).
  package var number: UInt64 { @_noLocks get { UInt64(rawValue) } }

  /// What the end means for learning.
  package enum Consequence: UInt8, BitwiseCopyable, Sendable {
    /// Not an end.
    case running
    /// The future is worth nothing: no bootstrap.
    case terminated
    /// The episode stops, the world would have gone on: bootstrap.
    case truncated
    /// Truncated, and the last transition is not to be learned from: the chain ends one step earlier.
    case truncatedDropped
  }

  /// The one place that says how an end is learned (promise E2).
  package var consequence: Consequence {
    @_noLocks get {
      switch self {
      case .none: .running
      case .fall, .trip: .terminated
      case .timeLimit, .pause, .disarm, .shutdown, .policyChange, .rest: .truncated
      case .emergencyStop, .linkLoss, .staleSensors, .deviceFault, .handOnRobot, .nonFiniteAction: .truncatedDropped
      }
    }
  }

  /// The word used in files and messages.
  package var name: StaticString {
    switch self {
    case .none: "none"
    case .fall: "fall"
    case .trip: "trip"
    case .timeLimit: "time_limit"
    case .pause: "pause"
    case .disarm: "disarm"
    case .shutdown: "shutdown"
    case .policyChange: "policy_change"
    case .emergencyStop: "emergency_stop"
    case .linkLoss: "link_loss"
    case .staleSensors: "stale_sensors"
    case .deviceFault: "device_fault"
    case .handOnRobot: "hand_on_robot"
    case .nonFiniteAction: "non_finite_action"
    case .rest: "rest"
    }
  }
}
