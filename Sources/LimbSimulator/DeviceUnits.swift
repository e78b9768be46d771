internal import LimbProfile
internal import LimbTypes

/// From the profile's joints and body frame to the device's own order, signs, zeros and sensor mounting: the inverse of
/// what the daemon's driver applies, so that a profile with odd wiring is simulated with that wiring.
struct DeviceUnits {
  struct Joint {
    let device: Int
    let direction: Float
    let zero: Float
    let gear: Float

    func position(_ radians: Float) -> Float { gear * (direction * radians + zero) }
    func velocity(_ radiansPerSecond: Float) -> Float { gear * direction * radiansPerSecond }
    func torque(_ newtonMeters: Float) -> Float { direction * newtonMeters / gear }
    func jointTorque(device torque: Float) -> Float { direction * torque * gear }
    func gain(_ value: Float) -> Float { value / (gear * gear) }
  }

  let joints: [Joint]
  /// Number of joints the device has.
  let deviceCount: Int
  /// The sensor's frame in the body's.
  let bodyFromSensor: Quaternion

  init(_ profile: RobotProfile) {
    joints = profile.joints.map {
      Joint(
        device: $0.deviceIndex, direction: Float($0.direction), zero: Float($0.zeroRadians), gear: Float($0.gearRatio))
    }
    deviceCount = (profile.joints.map(\.deviceIndex).max() ?? -1) + 1
    let degrees = profile.imu?.mountingRollPitchYawDegrees ?? SIMD3()
    bodyFromSensor = Quaternion(
      rollRadians: Float(degrees.x * .pi / 180), pitchRadians: Float(degrees.y * .pi / 180),
      yawRadians: Float(degrees.z * .pi / 180))
  }
}
