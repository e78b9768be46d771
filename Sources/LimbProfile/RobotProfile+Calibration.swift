extension RobotProfile {
  /// Stands for everything that a calibration confirms: each joint's name, number, direction, zero and gear, and how the IMU is
  /// mounted. Changes with any of them, and with nothing else.
  package var calibrationHash: UInt64 {
    var text = ""
    for joint in joints {
      text += "\(joint.name) \(joint.deviceIndex) \(joint.direction) \(joint.zeroRadians) \(joint.gearRatio)\n"
    }
    if let mounting = imu?.mountingRollPitchYawDegrees { text += "imu \(mounting.x) \(mounting.y) \(mounting.z)\n" }
    return StableHash.of(text)
  }
}
