package import LimbTypes

/// What the robot's sensors say at one instant, in the profile's joint order, signs and body frame; noise included.
package struct SensorReading: Sendable {
  package var jointPositionRadians = JointVector()
  package var jointVelocityRadiansPerSecond = JointVector()
  package var jointTorqueNewtonMeters = JointVector()
  /// Body to world.
  package var orientation = Quaternion()
  package var angularVelocityRadiansPerSecond = Vector3()
  package var accelerationMetersPerSecondSquared = Vector3()
  package var footForceNewtons = FootVector()
  package var gripperWidthMeters: Float = 0
  package var gripperForceNewtons: Float = 0
  package var busVolts: Float = 0
  package var busAmperes: Float = 0

  package init() {}
}
