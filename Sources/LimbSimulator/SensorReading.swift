package import LimbTypes

/// What the robot's sensors say at one instant, in the profile's joint order, signs and body frame; noise included.
package struct SensorReading: Sendable {
  /// Joint angles.
  package var jointPositionRadians = JointVector()
  /// Joint velocities.
  package var jointVelocityRadiansPerSecond = JointVector()
  /// Torques at the joints.
  package var jointTorqueNewtonMeters = JointVector()
  /// Body to world.
  package var orientation = Quaternion()
  /// Angular velocity in the body frame.
  package var angularVelocityRadiansPerSecond = Vector3()
  /// Specific force in the body frame: +g upwards at rest.
  package var accelerationMetersPerSecondSquared = Vector3()
  /// Normal force a foot.
  package var footForceNewtons = FootVector()
  /// Gripper opening (arms).
  package var gripperWidthMeters: Float = 0
  /// Squeezing force (arms).
  package var gripperForceNewtons: Float = 0
  /// Supply voltage under load.
  package var busVolts: Float = 0
  /// Current that the motors draw.
  package var busAmperes: Float = 0

  /// All zeros, upright.
  package init() {}
}
