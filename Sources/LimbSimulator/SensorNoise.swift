internal import LimbProfile
internal import LimbTypes

/// White noise and bias on a reading. A pure function of (seed, episode, millisecond of the episode).
struct SensorNoise {
  let levels: RobotProfile.Noise
  let seed: UInt64

  /// Spoils the reading.
  func apply(
    _ draw: EpisodeDraw, episode: UInt32, millisecond: UInt32, jointCount: Int, to reading: inout SensorReading
  ) {
    let counter = UInt64(episode) << 32 | UInt64(millisecond)
    func four(_ lane: UInt32) -> SIMD4<Float> {
      Philox.normals(seed: seed, stream: .simulator, counter: counter, lane: 1000 + lane)
    }
    let position = Float(levels.jointPositionRadians)
    let velocity = Float(levels.jointVelocityRadiansPerSecond)
    for pair in 0..<(jointCount + 1) / 2 {
      let n = four(UInt32(pair))
      for side in 0..<min(2, jointCount - 2 * pair) {
        let joint = 2 * pair + side
        reading.jointPositionRadians[joint] += Float(draw.jointPositionBias[joint]) + position * n[2 * side]
        reading.jointVelocityRadiansPerSecond[joint] += velocity * n[2 * side + 1]
      }
    }
    let a = four(100)
    let b = four(101)
    let c = four(102)
    reading.angularVelocityRadiansPerSecond +=
      Vector3(draw.gyroBias) + Float(levels.gyroRadiansPerSecond) * Vector3(a.x, a.y, a.z)
    reading.accelerationMetersPerSecondSquared +=
      Vector3(draw.accelerometerBias) + Float(levels.accelerometerMetersPerSecondSquared) * Vector3(b.x, b.y, b.z)
    let attitude = Float(levels.attitudeRadians)
    let tilt = Quaternion(
      rollRadians: Float(draw.attitudeBias.x) + attitude * c.x,
      pitchRadians: Float(draw.attitudeBias.y) + attitude * c.y, yawRadians: 0)
    reading.orientation = (reading.orientation * tilt).normalized
  }
}
