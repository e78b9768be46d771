package import LimbTypes

/// Who chooses actions.
package enum PolicyMode: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  /// The policy's law, sampled; before the warm-up is over, what `learning.warm_up_actions` says.
  case sample = 0
  /// The policy's mean.
  case mean = 1
  /// Zero: the stance.
  case zero = 2
  /// Uniform actions.
  case uniform = 3
  /// The open-loop trot of `ScriptedGait`.
  case scripted = 4
  /// Somebody else's, one a step, awaited at the step's edge: in lockstep alone (`ControlLoop.decide`).
  case external = 5

  /// The raw value, readable on the control path (a synthesised accessor is not).
  package var number: UInt64 { @_noLocks get { UInt64(rawValue) } }
}

/// What operations may ask of control. Control decides, and answers each with a `RequestReply`.
package enum ControlRequestKind: BitwiseCopyable, Sendable {
  case arm
  case disarm
  case pause
  /// Goes on after a pause, and confirms in WAIT that the robot is on its feet.
  case resume
  /// Clears a latched fault or hold (cause gone) and the device's latch.
  case clear
  case clearEmergencyStop
  /// Robot safe, then disarmed; answered when done.
  case shutdown
  case policy(PolicyMode)
  /// Power level, 10 … the profile's percent.
  case power(percent: Float)
  /// A label for the episode: external reward per step from now on, success label, and its revision.
  case label(reward: Float, success: Int32, revision: UInt32)
  /// The base's velocity in its own frame, m/s, for profiles with `estimation.velocity: external`. It is an input, not a
  /// question: never answered, and refused silently where the profile measures by itself.
  case velocity(Vector3)

  /// A number for events; stable.
  package var code: UInt64 {
    @_noLocks get {
      switch self {
      case .arm: 1
      case .disarm: 2
      case .pause: 3
      case .resume: 4
      case .clear: 5
      case .clearEmergencyStop: 6
      case .shutdown: 7
      case .policy: 8
      case .power: 9
      case .label: 10
      case .velocity: 11
      }
    }
  }
}

/// A request and the number that its answer carries.
package struct ControlRequest: BitwiseCopyable, Sendable {
  /// Number of the request, chosen by operations; the reply carries it back.
  package var id: UInt64
  /// What is asked, with its arguments.
  package var kind: ControlRequestKind
  /// E-stops that had been raised when it was handed in: what a `clearEmergencyStop` knew of. The board fills it in.
  package internal(set) var emergencyStopCount: UInt64 = 0

  /// A request of that kind under that number.
  @_noLocks package init(id: UInt64, _ kind: ControlRequestKind) {
    self.id = id
    self.kind = kind
  }
}

/// What became of a request.
package enum RequestResult: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case done = 0
  /// The state does not allow it; `detail` = SupervisorCode.
  case wrongState = 1
  case notLinked = 2
  case latchedEmergencyStop = 3
  case latchedFault = 4
  /// The device is stopped and latched: `clear` first; `detail` = DeviceState.
  case deviceLatched = 5
  /// Not enough fresh frames in the last half second.
  case framesMissing = 6
  /// Too many frames lost or damaged; `detail` = parts per thousand, rounded up.
  case linkLoss = 7
  /// `detail` = millivolts, or −1: not measured.
  case voltage = 8
  /// `detail` = degrees Celsius, rounded up, or −128: not measured.
  case temperature = 9
  /// `detail` = joint.
  case jointOutsideRange = 10
  case inertialUnitFrozen = 11
  /// The operator has not calibrated this device (promise S9).
  case notCalibrated = 12
  /// Real-time scheduling or memory locking was refused (promise R3).
  case realtimeRefused = 13
  /// Updates owed from the last run are being paid first.
  case learnerInDebt = 14
  /// The device refused; `detail` = its result code (SPEC §5).
  case deviceRefused = 15
  /// The device did not answer.
  case deviceSilent = 16
  case invalidArgument = 17
  /// Another request of this kind is under way.
  case busy = 18
  /// The cause of the fault is still there.
  case causePresent = 19
  /// Something else came in between: stop, e-stop, unplug.
  case interrupted = 20
  /// `estimation.velocity: external`, and nobody has sent one lately.
  case externalVelocityMissing = 21
  /// Control is late, time and again; `detail` = deadlines missed in a row.
  case deadlinesMissed = 22

  /// The raw value, readable on the control path (a synthesised accessor is not).
  package var number: UInt64 { @_noLocks get { UInt64(rawValue) } }

  /// The word used in files and messages.
  package var name: StaticString {
    switch self {
    case .done: "done"
    case .wrongState: "wrong_state"
    case .notLinked: "not_linked"
    case .latchedEmergencyStop: "latched_emergency_stop"
    case .latchedFault: "latched_fault"
    case .deviceLatched: "device_latched"
    case .framesMissing: "frames_missing"
    case .linkLoss: "link_loss"
    case .voltage: "voltage"
    case .temperature: "temperature"
    case .jointOutsideRange: "joint_outside_range"
    case .inertialUnitFrozen: "inertial_unit_frozen"
    case .notCalibrated: "not_calibrated"
    case .realtimeRefused: "realtime_refused"
    case .learnerInDebt: "learner_in_debt"
    case .deviceRefused: "device_refused"
    case .deviceSilent: "device_silent"
    case .invalidArgument: "invalid_argument"
    case .busy: "busy"
    case .causePresent: "cause_present"
    case .interrupted: "interrupted"
    case .externalVelocityMissing: "external_velocity_missing"
    case .deadlinesMissed: "deadlines_missed"
    }
  }
}

/// The answer to a request.
package struct RequestReply: BitwiseCopyable, Sendable {
  /// Number of the request answered.
  package var id: UInt64
  /// What became of it.
  package var result: RequestResult
  /// What the result is about; see `RequestResult`.
  package var detail: Int64

  /// The answer to request `id`.
  @_noLocks package init(id: UInt64, _ result: RequestResult, detail: Int64 = 0) {
    self.id = id
    self.result = result
    self.detail = detail
  }
}

/// Reasons outside control why arming must be refused, one bit each; the daemon sets them in `ControlBoard`.
package struct ArmingBlocks: BitwiseCopyable, Sendable {
  /// The bits; any of them refuses arming.
  package var rawValue: UInt32
  /// The reasons with these bits.
  @_noLocks package init(rawValue: UInt32) { self.rawValue = rawValue }
  /// This device has not been calibrated (promise S9).
  package static var notCalibrated: ArmingBlocks { @_noLocks get { ArmingBlocks(rawValue: 1) } }
  /// Real-time scheduling or memory locking was refused (promise R3).
  package static var realtimeRefused: ArmingBlocks { @_noLocks get { ArmingBlocks(rawValue: 2) } }
  /// Updates owed from the last run are being paid first.
  package static var learnerInDebt: ArmingBlocks { @_noLocks get { ArmingBlocks(rawValue: 4) } }
  /// True if every bit of `other` is set.
  @_noLocks package func contains(_ other: ArmingBlocks) -> Bool { rawValue & other.rawValue == other.rawValue }
}
