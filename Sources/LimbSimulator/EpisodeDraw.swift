package import LimbProfile
internal import LimbTypes

/// What differs in one episode: a pure function of (seed, episode), so that it can be recomputed at any time.
///
/// Philox key: (seed, `simulator`); counter: episode in the upper, 0 in the lower half (the lower half counts
/// milliseconds for sensor noise); one lane block of four numbers for each group below.
package struct EpisodeDraw: Sendable, Equatable {
  /// Factor on every body's mass.
  package var massScale: Double
  /// Factor on every body's rotational inertia, on top of the mass.
  package var inertiaScale: Double
  /// Factor on the motors' torque.
  package var motorStrength: Double
  /// Voltage of the supply without load.
  package var supplyVolts: Double
  /// Friction torque per joint speed, N·m·s/rad.
  package var viscousFriction: Double
  /// Constant friction torque of a moving joint, N·m.
  package var coulombFriction: Double
  /// Sliding friction coefficient of the floor.
  package var floorFriction: Double
  /// Sensing plus command latency, milliseconds.
  package var latencyMilliseconds: Double
  /// Added to the angular velocity for the whole episode, rad/s.
  package var gyroBias: SIMD3<Double>
  /// Added to the specific force for the whole episode, m/s².
  package var accelerometerBias: SIMD3<Double>
  /// Roll and pitch, radians.
  package var attitudeBias: SIMD2<Double>
  /// Added to each measured angle for the whole episode, radians.
  package var jointPositionBias: [Double]
  /// Start angles minus nominal, radians.
  package var startJoints: [Double]
  /// Yaw at the start, radians.
  package var startYaw: Double

  /// Draws episode `episode` of `seed`.
  package init(_ simulation: RobotProfile.Simulation, jointCount: Int, seed: UInt64, episode: UInt32) {
    func four(_ lane: UInt32) -> SIMD4<Double> {
      let u = Philox.uniforms(seed: seed, stream: .simulator, counter: UInt64(episode) << 32, lane: lane)
      return SIMD4<Double>(Double(u.x), Double(u.y), Double(u.z), Double(u.w))
    }
    func within(_ range: ClosedRange<Double>, _ u: Double) -> Double {
      range.lowerBound + (range.upperBound - range.lowerBound) * u
    }
    let random = simulation.randomization
    let noise = simulation.noise
    let body = four(0)
    massScale = within(random.massScale, body.x)
    inertiaScale = within(random.inertiaScale, body.y)
    motorStrength = within(random.motorStrengthScale, body.z)
    supplyVolts = within(random.supplyVolts, body.w)
    let contact = four(1)
    viscousFriction = simulation.motors.viscousFrictionNewtonMeterSeconds
      + within(random.viscousFrictionNewtonMeterSeconds, contact.x)
    coulombFriction = simulation.motors.coulombFrictionNewtonMeters
      + within(random.coulombFrictionNewtonMeters, contact.y)
    floorFriction = within(random.floorFriction, contact.z)
    latencyMilliseconds = within(simulation.latencyMilliseconds, contact.w)
    let gyro = 2 * four(2) - 1
    gyroBias = noise.gyroBiasRadiansPerSecond * SIMD3(gyro.x, gyro.y, gyro.z)
    startYaw = random.startYawRadians * gyro.w
    let acceleration = 2 * four(3) - 1
    accelerometerBias = noise.accelerometerBiasMetersPerSecondSquared
      * SIMD3(acceleration.x, acceleration.y, acceleration.z)
    let attitude = 2 * four(4) - 1
    attitudeBias = noise.attitudeBiasRadians * SIMD2(attitude.x, attitude.y)
    jointPositionBias = []
    startJoints = []
    for joint in 0..<jointCount {
      let u = 2 * four(UInt32(8 + joint)) - 1
      jointPositionBias.append(noise.jointPositionBiasRadians * u.x)
      startJoints.append(random.startJointRadians * u.y)
    }
  }
}
