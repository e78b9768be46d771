/// The state that the device reports in every cyclic frame; numbers as on the wire (firmware-protocol/SPEC.md).
package enum DeviceState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case boot = 0
  case waitHello = 1
  case disarmed = 2
  case armed = 3
  case coast = 4
  case damp = 5
  case hold = 6
  case limp = 7
  case fault = 8
  case emergencyStop = 9

  /// The raw value, readable on the control path (a synthesised accessor is not).
  package var number: UInt64 { @_noLocks get { UInt64(rawValue) } }

  /// The word used in files and messages.
  package var name: StaticString {
    switch self {
    case .boot: "boot"
    case .waitHello: "wait_hello"
    case .disarmed: "disarmed"
    case .armed: "armed"
    case .coast: "coast"
    case .damp: "damp"
    case .hold: "hold"
    case .limp: "limp"
    case .fault: "fault"
    case .emergencyStop: "emergency_stop"
    }
  }

  /// True while the device applies commands or coasts on the last one.
  package var isLive: Bool { @_noLocks get { self == .armed || self == .coast } }
}

/// What the device did to the last command and what it notices, one bit each.
package struct DeviceFlags: BitwiseCopyable, Sendable, Equatable {
  /// The bits; limbd's own numbering, not the wire's.
  package var rawValue: UInt16

  /// Flags with these bits.
  @_noLocks package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The device clamped a position since the last frame.
  package static var positionClamped: DeviceFlags { @_noLocks get { DeviceFlags(rawValue: 1) } }
  /// The device limited the speed of a target since the last frame.
  package static var slewClamped: DeviceFlags { @_noLocks get { DeviceFlags(rawValue: 2) } }
  /// The device clamped a torque since the last frame.
  package static var torqueClamped: DeviceFlags { @_noLocks get { DeviceFlags(rawValue: 4) } }
  /// The operator's button on the robot is pressed.
  package static var button: DeviceFlags { @_noLocks get { DeviceFlags(rawValue: 8) } }
  /// The battery is below the device's own limit.
  package static var lowVoltage: DeviceFlags { @_noLocks get { DeviceFlags(rawValue: 16) } }
  /// A motor is above the device's own limit.
  package static var overTemperature: DeviceFlags { @_noLocks get { DeviceFlags(rawValue: 32) } }
  /// The hottest motor's temperature was measured and no longer is: limbd's own finding, not the device's.
  package static var temperatureLost: DeviceFlags { @_noLocks get { DeviceFlags(rawValue: 64) } }
  /// The device powers its motors: they follow, coast, hold or damp.
  package static var motorsEnabled: DeviceFlags { @_noLocks get { DeviceFlags(rawValue: 128) } }

  /// True if every bit of `other` is set.
  @_noLocks package func contains(_ other: DeviceFlags) -> Bool { rawValue & other.rawValue == other.rawValue }
}

/// One cyclic frame in SI units, joint order, sign and zero of the profile, IMU turned into the body frame.
///
/// Made by a driver of `LimbDevices` on the control thread; a plain value. A field that the robot has no sensor for
/// is 0 and its bit in `present` is clear.
package struct SensorFrame: BitwiseCopyable, Sendable {
  /// The device's cyclic sequence number, unwrapped to 64 bits: the tick (docs/architecture.md, Time).
  package var tick: UInt64 = 0
  /// The device's sampling time, unwrapped, microseconds.
  package var deviceTimeMicroseconds: UInt64 = 0
  /// When the last byte of the frame was read, on the host's clock.
  package var receivedAt = Instant()
  /// Measured joint angles, radians.
  package var jointPositionRadians = JointVector()
  /// Measured joint velocities, radians per second.
  package var jointVelocityRadiansPerSecond = JointVector()
  /// Measured or modelled joint torques, newton metres.
  package var jointTorqueNewtonMeters = JointVector()
  /// The targets that the device applies at this sample, after its own limits, radians.
  package var deviceTargetRadians = JointVector()
  /// Attitude of the body in the world, yaw from an arbitrary start.
  package var orientation = Quaternion()
  /// Angular velocity in the body frame, radians per second.
  package var angularVelocityRadiansPerSecond = Vector3()
  /// Specific force in the body frame (an accelerometer at rest reads +9.81 upwards), metres per second squared.
  package var accelerationMetersPerSecondSquared = Vector3()
  /// Counts fresh IMU samples, so that a frozen IMU shows; wraps at 2¹⁶.
  package var imuSequence: UInt16 = 0
  /// Normal force a foot, newtons.
  package var footForceNewtons = FootVector()
  /// Gripper opening.
  package var gripperWidthMeters: Float = 0
  /// Squeezing force of the gripper.
  package var gripperForceNewtons: Float = 0
  /// Supply voltage at the device.
  package var busVolts: Float = 0
  /// Current from the supply.
  package var busAmperes: Float = 0
  /// The hottest motor; NaN if the robot should measure it and at present does not.
  package var temperatureMaxCelsius: Float = 0
  /// Which joint that is, in the profile's order.
  package var hottestJoint: UInt8 = 0
  /// The device's own state machine.
  package var deviceState = DeviceState.boot
  /// What the device did to the last command and what it notices.
  package var flags = DeviceFlags(rawValue: 0)
  /// The device's fault code, 0 = none (SPEC).
  package var faultCode: UInt32 = 0
  /// Sequence number of the last command that the device applied.
  package var lastCommandSequence: UInt16 = 0
  /// Its age at this sample, from the sampling of the frame that it answers.
  package var lastCommandAgeSeconds: Float = 0
  /// Commands that the device missed by their sequence numbers; wraps at 2¹⁶.
  package var commandsLost: UInt16 = 0
  /// Which groups of fields the robot really measures.
  package var present = SensorGroups(rawValue: 0)

  /// A frame of nothing measured.
  @_noLocks package init() {}
}

/// Groups of sensor fields a robot may have.
package struct SensorGroups: BitwiseCopyable, Sendable, Equatable {
  /// The bits.
  package var rawValue: UInt8
  /// The groups with these bits.
  @_noLocks package init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Attitude, angular velocity and specific force.
  package static var imu: SensorGroups { @_noLocks get { SensorGroups(rawValue: 1) } }
  /// Forces under the feet.
  package static var feet: SensorGroups { @_noLocks get { SensorGroups(rawValue: 2) } }
  /// Opening and force of the gripper.
  package static var gripper: SensorGroups { @_noLocks get { SensorGroups(rawValue: 4) } }
  /// Measured joint torques, not modelled ones.
  package static var torque: SensorGroups { @_noLocks get { SensorGroups(rawValue: 8) } }
  /// True if every group of `other` is there.
  @_noLocks package func contains(_ other: SensorGroups) -> Bool { rawValue & other.rawValue == other.rawValue }
}
