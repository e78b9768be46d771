package import LimbTypes

extension TransitionReason {
  /// With what a running episode ends when the supervisor leaves it for this reason: the one place that says so.
  /// `.none` for reasons that leave no episode.
  package var endCause: EndCause {
    @_noLocks get {
      switch self {
      case .fell, .tilt, .tooManyFalls, .standUpFailed: .fall
      case .timeLimit: .timeLimit
      case .pauseRequested: .pause
      case .disarmRequested: .disarm
      case .shutdownRequested: .shutdown
      case .policyChanged: .policyChange
      case .emergencyStopRequested, .deviceEmergencyStop: .emergencyStop
      // The device stops by itself when commands no longer reach it in time, or lose it altogether (a reset).
      case .unlinked, .linkLost, .deviceStopped: .linkLoss
      // Control that is late again and again acts on sensors that are as old.
      case .staleSensors, .frameMissing, .overrun: .staleSensors
      // Battery, motors and drives are the device.
      case .deviceFault, .voltage, .temperature, .temperatureSensorLost, .jointRange, .rampTimeout, .parkTimeout:
        .deviceFault
      case .nonFiniteAction: .nonFiniteAction
      case .rest: .rest
      case .handOnRobot: .handOnRobot
      case .none, .started, .linked, .armRequested, .checkRefused, .armed, .ready, .episodeBegan, .upright, .confirmed,
        .resumeRequested, .frameFresh, .done, .cleared, .strayArming:
        .none
      }
    }
  }
  /// A person asked for the stop that has this reason: it is no trouble, and not counted as any.
  package var isAsked: Bool {
    @_noLocks get {
      switch self {
      case .disarmRequested, .shutdownRequested: true
      default: false
      }
    }
  }
}
