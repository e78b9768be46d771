/// Why the supervisor changed its state; `value` of a `transition` event and `reason` in the status.
package enum TransitionReason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case none = 0
  case started = 1
  case linked = 2
  case unlinked = 3
  case armRequested = 4
  case checkRefused = 5
  case armed = 6
  /// The ramp ended at the stance.
  case ready = 7
  case episodeBegan = 8
  case fell = 9
  case upright = 10
  case confirmed = 11
  case standUpFailed = 12
  case timeLimit = 13
  case pauseRequested = 14
  case resumeRequested = 15
  case frameMissing = 16
  case frameFresh = 17
  case done = 18
  case cleared = 19
  case disarmRequested = 20
  case shutdownRequested = 21
  case policyChanged = 22
  /// The device is armed though limbd is not: it is asked to disarm. Of a `fault` event, never of a transition.
  case strayArming = 23
  case staleSensors = 30
  case linkLost = 31
  case deviceStopped = 32
  case deviceFault = 33
  case tilt = 34
  case voltage = 35
  case temperature = 36
  case overrun = 37
  case tooManyFalls = 38
  case rampTimeout = 39
  case nonFiniteAction = 40
  case jointRange = 41
  case emergencyStopRequested = 42
  case deviceEmergencyStop = 43
  case rest = 44
  /// The button on the robot was pressed in an episode.
  case handOnRobot = 45
  /// The park pose was not reached in the time that the profile's longest way to it takes.
  case parkTimeout = 46
  /// limbd's own finding: a temperature that was known is no longer, while motors are on.
  case temperatureSensorLost = 47

  /// The raw value, readable on the control path (a synthesised accessor is not).
  package var number: UInt64 { @_noLocks get { UInt64(rawValue) } }

  /// The word used in files and messages.
  package var name: StaticString {
    switch self {
    case .none: "none"
    case .started: "started"
    case .linked: "linked"
    case .unlinked: "unlinked"
    case .armRequested: "arm_requested"
    case .checkRefused: "check_refused"
    case .armed: "armed"
    case .ready: "ready"
    case .episodeBegan: "episode_began"
    case .fell: "fell"
    case .upright: "upright"
    case .confirmed: "confirmed"
    case .standUpFailed: "stand_up_failed"
    case .timeLimit: "time_limit"
    case .pauseRequested: "pause_requested"
    case .resumeRequested: "resume_requested"
    case .frameMissing: "frame_missing"
    case .frameFresh: "frame_fresh"
    case .done: "done"
    case .cleared: "cleared"
    case .disarmRequested: "disarm_requested"
    case .shutdownRequested: "shutdown_requested"
    case .policyChanged: "policy_changed"
    case .staleSensors: "stale_sensors"
    case .linkLost: "link_lost"
    case .deviceStopped: "device_stopped"
    case .deviceFault: "device_fault"
    case .tilt: "tilt"
    case .voltage: "voltage"
    case .temperature: "temperature"
    case .overrun: "overrun"
    case .tooManyFalls: "too_many_falls"
    case .rampTimeout: "ramp_timeout"
    case .nonFiniteAction: "non_finite_action"
    case .jointRange: "joint_range"
    case .emergencyStopRequested: "emergency_stop_requested"
    case .deviceEmergencyStop: "device_emergency_stop"
    case .rest: "rest"
    case .handOnRobot: "hand_on_robot"
    case .parkTimeout: "park_timeout"
    case .temperatureSensorLost: "temperature_sensor_lost"
    case .strayArming: "stray_arming"
    }
  }
}
