internal import LimbTask
internal import LimbTypes

/// Velocity of the base from the accelerometer and the feet that stand.
extension StateEstimator {
  /// Variance that the unknown accelerometer bias and attitude error add each second, (m/s)²/s.
  private static var driftPerSecond: Float { @_noLocks get { 0.05 } }
  /// Gravity, m/s².
  private static var gravity: Float { @_noLocks get { 9.81 } }

  /// Predict by the accelerometer, correct by the mean of the loaded feet that fit the prediction, weighted by load.
  @_noLocks mutating func estimateVelocity(acceleration: Vector3, seconds: Float) {
    let world = state.orientation.rotate(acceleration) - Vector3(0, 0, StateEstimator.gravity)
    velocity += world * seconds
    let noise = settings.accelerometerDeviation * seconds
    variance += noise * noise + StateEstimator.driftPerSecond * seconds
    if variance > 1 { variance = 1 }
    blindSeconds += seconds

    var sum = Vector3()
    var weightSum: Float = 0
    var height: Float = 0
    var standing: Float = 0
    var slipping: UInt8 = 0
    for leg in 0..<kinematics.legCount where loadedSince[leg] != 0 {
      let foot = standingFoot(leg)
      height -= foot.positionMeters.z
      standing += 1
      guard state.deviceTimeMicroseconds - (loadedSince[leg] & ~1) >= settings.contactSettleMicroseconds else {
        continue
      }
      // The longer no foot has fitted, the less the prediction is worth as a judge.
      let gate = settings.slipGateMetersPerSecond * (1 + blindSeconds * 10)
      let misfit = foot.baseVelocityMetersPerSecond - velocity
      if dot(misfit, misfit) > gate * gate {
        slipping |= 1 << UInt8(leg)
        continue
      }
      let weight = loadWeight(leg)
      sum += foot.baseVelocityMetersPerSecond * weight
      weightSum += weight
    }
    if weightSum > 0 {
      correct(by: sum * (1 / weightSum), feet: weightSum)
    } else if state.contacts == 0, blindSeconds > 0.5 {
      // In somebody's hands: nothing measures the velocity, so it must not run away.
      let keep = 1 - 2 * seconds
      velocity = velocity * (keep > 0 ? keep : 0)
    }
    bound()
    publish(heightMeters: standing > 0 ? height / standing : 0, slipping: slipping)
  }

  /// One Kalman correction; more load on more feet means less doubt.
  @_noLocks private mutating func correct(by measured: Vector3, feet: Float) {
    let deviation = settings.legDeviationMetersPerSecond
    let gain = variance / (variance + deviation * deviation / feet)
    velocity += (measured - velocity) * gain
    variance *= 1 - gain
    blindSeconds = 0
  }

  /// A standing foot: where it touches the ground against the base (world axes, metres), and the velocity that the base
  /// has if that point stands still. A round foot rolls: the point that rests is the lowest of its sphere, not its
  /// centre.
  @_noLocks private func standingFoot(
    _ leg: Int
  ) -> (positionMeters: Vector3, baseVelocityMetersPerSecond: Vector3) {
    let foot = kinematics.footMotion(
      leg, joints: state.jointPositionRadians, velocities: state.jointVelocityRadiansPerSecond)
    let down = state.orientation.conjugate.rotate(Vector3(0, 0, -kinematics.footRadiusMeters(leg)))
    let point = foot.positionMeters + down
    let relative =
      foot.velocityMetersPerSecond + cross(foot.angularVelocityRadiansPerSecond, down)
      + cross(state.angularVelocityRadiansPerSecond, point)
    return (state.orientation.rotate(point), -state.orientation.rotate(relative))
  }

  /// A foot's share in the mean: its force, or 1 where none is measured.
  @_noLocks private func loadWeight(_ leg: Int) -> Float {
    guard kinematics.hasFootSensor(leg) else { return 1 }
    let force = state.footForceNewtons[leg]
    if force <= 0 { return 0.1 }
    return force > 40 ? 4 : 0.1 + force * 0.0975
  }

  /// Nothing that this robot does is faster than 5 m/s.
  @_noLocks private mutating func bound() {
    let square = dot(velocity, velocity)
    if !(square < 25) {
      velocity = square.isFinite ? velocity * (5 / PortableMath.sqrt(square)) : Vector3()
    }
  }
}
