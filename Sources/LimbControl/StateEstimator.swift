package import LimbProfile
package import LimbTask
package import LimbTypes

/// What a frame is worth.
package enum FrameHealth: UInt8, BitwiseCopyable, Sendable {
  /// Fresh and believable.
  case good
  /// The IMU repeats itself: attitude and rates are old. Joint values are fresh.
  case imuFrozen
  /// The attitude is not a rotation, a number is not finite, or a joint is where it cannot have got to. Nothing of it was
  /// used.
  case invalid
}

/// How the estimator weighs its sources.
package struct EstimatorSettings: BitwiseCopyable, Sendable {
  /// A foot whose velocity of the base differs from the prediction by more is taken to slip, m/s.
  package var slipGateMetersPerSecond: Float
  /// Standard deviation of the accelerometer, m/s².
  package var accelerometerDeviation: Float
  /// Standard deviation of one leg's velocity of the base.
  package var legDeviationMetersPerSecond: Float
  /// Whether the profile has an IMU.
  package var hasInertialUnit: Bool
  /// Joints that count.
  package var jointCount: Int
  /// Whether the base velocity is told from outside.
  package var velocityIsExternal: Bool
  /// How fast a joint may be taken to move: twice what its motor can, rad/s (slides m/s); a blow may push it.
  package var jointSpeedLimit = JointVector()
  /// How far a reading may be off beside that: noise and backlash, radians (slides metres).
  package var jointSlack = JointVector()

  /// A foot is loaded above this force.
  package var contactOnNewtons: Float = 4
  /// A loaded foot is unloaded below this force.
  package var contactOffNewtons: Float = 2
  /// A foot counts for velocity so long after touching down, microseconds: impacts ring.
  package var contactSettleMicroseconds: UInt64 = 8_000
  /// An IMU whose sequence number stands still for so long is frozen, microseconds.
  package var imuPatienceMicroseconds: UInt64 = 30_000

  /// From a validated profile. Reads its arrays: not for the control path.
  package init(profile: RobotProfile) {
    slipGateMetersPerSecond = Float(profile.estimation.slipGateMetersPerSecond)
    accelerometerDeviation = Float(profile.estimation.accelerometerStandardDeviation)
    legDeviationMetersPerSecond = Float(profile.estimation.legVelocityStandardDeviation)
    hasInertialUnit = profile.imu != nil
    jointCount = profile.jointCount
    velocityIsExternal = profile.estimation.velocitySource == .external
    for (index, joint) in profile.joints.enumerated() {
      jointSpeedLimit[index] = 2 * Float(joint.velocityMaxRadiansPerSecond)
      jointSlack[index] = joint.kind == .hinge ? 0.15 : 0.015
    }
  }
}

/// Attitude, velocity, height, contacts and hand from frames alone (control thread; a plain value).
///
/// The attitude is the device's, checked. The velocity of the base is a Kalman filter with one variance: predicted by
/// the accelerometer in the world frame, corrected by the loaded feet that do not slip (Bloesch et al., "State
/// estimation for legged robots", RSS 2012, in its simplest form).
package struct StateEstimator: BitwiseCopyable, Sendable {
  /// Its tuning, from the profile.
  package let settings: EstimatorSettings
  /// The legs, for odometry, and the hand.
  package let kinematics: KinematicsPlan
  /// The newest estimate.
  package private(set) var state = RobotState()
  /// Velocity of the base in the world frame of the IMU, m/s, and the variance of each component, (m/s)².
  var velocity = Vector3()
  var variance: Float = 1
  /// When each foot was loaded, device time in microseconds; 0 = it is not.
  var loadedSince = InlineArray<6, UInt64>(repeating: 0)
  /// Time since a foot last corrected the velocity, seconds.
  var blindSeconds: Float = 0
  /// The newest velocity from outside, body frame, m/s.
  private var externalVelocity = Vector3()
  private var imuSequence: UInt16 = 0
  private var imuChangedAt: UInt64 = 0
  private var hasFrame = false
  /// When the last frame came, believed or not, device time in microseconds.
  var receivedAt: UInt64 = 0

  /// An estimator that has seen nothing.
  @_noLocks package init(settings: EstimatorSettings, kinematics: KinematicsPlan) {
    self.settings = settings
    self.kinematics = kinematics
  }

  /// Forgets everything: after a new link session.
  @_noLocks package mutating func reset() { self = StateEstimator(settings: settings, kinematics: kinematics) }

  /// Takes one frame, newer than all before it. Frames that come late are welcome as long as they come in order; an
  /// older one than the last is ignored and counts as `invalid`.
  @_noLocks package mutating func absorb(_ frame: SensorFrame) -> FrameHealth {
    guard isBelievable(frame), !hasFrame || frame.deviceTimeMicroseconds > state.deviceTimeMicroseconds,
      !hasFrame || isReachable(frame)
    else { return .invalid }
    let seconds = hasFrame ? Float(frame.deviceTimeMicroseconds - state.deviceTimeMicroseconds) * 1e-6 : 0
    if !hasFrame || frame.imuSequence &- imuSequence != 0 {
      imuSequence = frame.imuSequence
      imuChangedAt = frame.deviceTimeMicroseconds
    }
    copyMeasurements(frame)
    if settings.hasInertialUnit { takeAttitude(frame) }
    takeContacts(frame)
    if settings.hasInertialUnit, kinematics.legCount > 0 {
      estimateVelocity(acceleration: frame.accelerationMetersPerSecondSquared, seconds: seconds < 0.1 ? seconds : 0.1)
    }
    if settings.velocityIsExternal {
      velocity = state.orientation.rotate(externalVelocity)
      variance = 0
      publish(heightMeters: state.baseHeightMeters, slipping: state.slipping)
    }
    if kinematics.hasArm { takeHand() }
    hasFrame = true
    receivedAt = frame.deviceTimeMicroseconds
    let isFrozen =
      settings.hasInertialUnit
      && frame.deviceTimeMicroseconds - imuChangedAt > settings.imuPatienceMicroseconds
    return isFrozen ? .imuFrozen : .good
  }

  /// Takes the base's velocity in its own frame, m/s, from outside; in force from the next frame on. Only where the
  /// settings say so.
  @_noLocks package mutating func take(externalMetersPerSecond velocity: Vector3) { externalVelocity = velocity }

  /// True if every number is finite and the attitude is near a rotation.
  @_noLocks private func isBelievable(_ frame: SensorFrame) -> Bool {
    for joint in 0..<settings.jointCount {
      guard frame.jointPositionRadians[joint].isFinite, frame.jointVelocityRadiansPerSecond[joint].isFinite,
        frame.jointTorqueNewtonMeters[joint].isFinite
      else { return false }
    }
    guard settings.hasInertialUnit else { return true }
    let q = frame.orientation
    let square = q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z
    let omega = frame.angularVelocityRadiansPerSecond
    let force = frame.accelerationMetersPerSecondSquared
    return square > 0.9 && square < 1.1 && dot(omega, omega).isFinite && dot(force, force).isFinite
  }

  @_noLocks private mutating func copyMeasurements(_ frame: SensorFrame) {
    state.tick = frame.tick
    state.deviceTimeMicroseconds = frame.deviceTimeMicroseconds
    state.jointPositionRadians = frame.jointPositionRadians
    state.jointVelocityRadiansPerSecond = frame.jointVelocityRadiansPerSecond
    state.jointTorqueNewtonMeters = frame.jointTorqueNewtonMeters
    state.footForceNewtons = frame.footForceNewtons
    state.gripperWidthMeters = frame.gripperWidthMeters
  }

  @_noLocks private mutating func takeAttitude(_ frame: SensorFrame) {
    let attitude = frame.orientation.normalized
    state.orientation = attitude
    state.rollRadians = attitude.rollRadians
    state.pitchRadians = attitude.pitchRadians
    state.yawRadians = attitude.yawRadians
    state.angularVelocityRadiansPerSecond = frame.angularVelocityRadiansPerSecond
  }

  /// Which feet carry load, with hysteresis. A robot without foot sensors: those within 1 cm of the lowest foot.
  @_noLocks private mutating func takeContacts(_ frame: SensorFrame) {
    let measured = frame.present.contains(.feet)
    var lowest: Float = .infinity
    if !measured {
      for leg in 0..<kinematics.legCount {
        let height = footHeight(leg)
        if height < lowest { lowest = height }
      }
    }
    var contacts: UInt8 = 0
    for leg in 0..<kinematics.legCount {
      let was = loadedSince[leg] != 0
      let isLoaded: Bool
      if measured, kinematics.hasFootSensor(leg) {
        let force = frame.footForceNewtons[leg]
        isLoaded = force > (was ? settings.contactOffNewtons : settings.contactOnNewtons)
      } else {
        isLoaded = footHeight(leg) < lowest + (was ? 0.012 : 0.008)
      }
      if isLoaded {
        contacts |= 1 << UInt8(leg)
        if !was { loadedSince[leg] = frame.deviceTimeMicroseconds | 1 }
      } else {
        loadedSince[leg] = 0
      }
    }
    state.contacts = contacts
  }

  /// Height of a foot's lowest point against the base, metres, negative below.
  @_noLocks private func footHeight(_ leg: Int) -> Float {
    state.orientation.rotate(kinematics.footPosition(leg, joints: state.jointPositionRadians)).z
      - kinematics.footRadiusMeters(leg)
  }

  @_noLocks private mutating func takeHand() {
    let hand = kinematics.handMotion(
      joints: state.jointPositionRadians, velocities: state.jointVelocityRadiansPerSecond)
    state.handPositionMeters = hand.positionMeters
    state.handVelocityMetersPerSecond = hand.velocityMetersPerSecond
  }

  /// Writes the filter's result into the state: velocity in the heading frame, height, slipping feet.
  @_noLocks mutating func publish(heightMeters: Float, slipping: UInt8) {
    let cosine = PortableMath.cos(state.yawRadians)
    let sine = PortableMath.sin(state.yawRadians)
    state.baseVelocityMetersPerSecond = Vector3(
      cosine * velocity.x + sine * velocity.y, cosine * velocity.y - sine * velocity.x, velocity.z)
    state.velocityDeviationMetersPerSecond = PortableMath.sqrt(variance)
    state.baseHeightMeters = heightMeters
    state.slipping = slipping
  }
}
