/// What control believes about the robot at one tick: measurement, estimate and kinematics, in SI units.
///
/// Made by the state estimator on the control thread from frames alone; a plain value.
package struct RobotState: BitwiseCopyable, Sendable {
  /// The tick of the newest frame that went into it.
  package var tick: UInt64 = 0
  /// Device time of that frame, microseconds.
  package var deviceTimeMicroseconds: UInt64 = 0
  /// Measured joint angles, in the profile's order.
  package var jointPositionRadians = JointVector()
  /// Joint velocities.
  package var jointVelocityRadiansPerSecond = JointVector()
  /// Torques at the joints, measured or modelled.
  package var jointTorqueNewtonMeters = JointVector()
  /// Attitude: body to world.
  package var orientation = Quaternion()
  /// Roll against gravity.
  package var rollRadians: Float = 0
  /// Pitch against gravity.
  package var pitchRadians: Float = 0
  /// Yaw from an arbitrary start.
  package var yawRadians: Float = 0
  /// Angular velocity in the body frame, radians per second.
  package var angularVelocityRadiansPerSecond = Vector3()
  /// Estimated velocity of the base in the heading frame (x along the body's forward axis laid into the floor, z up),
  /// m/s.
  package var baseVelocityMetersPerSecond = Vector3()
  /// Estimated height of the base over the feet that stand, metres; 0 if no foot stands.
  package var baseHeightMeters: Float = 0
  /// Bit f set = foot f carries load.
  package var contacts: UInt8 = 0
  /// Bit f set = foot f carried load but its motion did not fit the others, so the velocity estimate left it out.
  package var slipping: UInt8 = 0
  /// Normal force a foot.
  package var footForceNewtons = FootVector()
  /// Position of the hand in the robot's base frame (arms).
  package var handPositionMeters = Vector3()
  /// Velocity of the hand in the robot's base frame (arms).
  package var handVelocityMetersPerSecond = Vector3()
  /// Gripper opening, metres.
  package var gripperWidthMeters: Float = 0
  /// Standard deviation that the estimator gives its own forward velocity, m/s.
  package var velocityDeviationMetersPerSecond: Float = 0

  /// Nothing known: all zeros, upright.
  @_noLocks package init() {}
}

/// The most numbers one frame of observation terms may have.
package var observationFrameCapacity: Int { @_noLocks get { 128 } }

/// One frame of observation terms in raw units, in the order of `observation.terms`.
///
/// History, scale and clip are applied when a network reads it, by the same function live and at sampling.
package struct ObservationFrame: BitwiseCopyable, Sendable {
  /// The raw terms; entries from `count` on are 0.
  package var storage: InlineArray<128, Float>
  /// How many entries mean something, 0 … observationFrameCapacity.
  package var count: Int32

  /// No terms.
  @_noLocks package init() {
    storage = InlineArray(repeating: 0)
    count = 0
  }

  /// Entry `index`, 0 ..< observationFrameCapacity; traps outside.
  package subscript(index: Int) -> Float {
    @_noLocks get { storage[index] }
    @_noLocks set { storage[index] = newValue }
  }
}
