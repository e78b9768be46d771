package import LimbProfile
package import LimbTypes

/// The numbers of a profile that the control path needs, as fixed-capacity values: compiled once, never changed while
/// the thread runs (the power level is a request and lives in the step).
package struct ControlLimits: BitwiseCopyable, Sendable {
  /// Joints that count; the entries beyond are 0.
  package var jointCount: Int
  /// Least angle of each joint.
  package var positionMinimumRadians = JointVector()
  /// Greatest angle of each joint.
  package var positionMaximumRadians = JointVector()
  /// Greatest speed of each joint.
  package var velocityMaximumRadiansPerSecond = JointVector()
  /// Greatest torque of each joint at 100 % power.
  package var torqueMaximumNewtonMeters = JointVector()
  /// The profile's kp at 100 % power, N·m/rad.
  package var stiffness = JointVector()
  /// The profile's kd at 100 % power, N·m·s/rad.
  package var damping = JointVector()
  /// The stance (or home) angles.
  package var nominalRadians = JointVector()
  /// How far outside its range each joint may stand and still be armed, in its unit.
  package var armingTolerance = JointVector()
  /// Where sitting or parking ends.
  package var parkRadians = JointVector()
  /// Largest speed of a target in RUN.
  package var slewRadiansPerSecond: Float
  /// Largest speed of a target during RAMP, STAND, sitting, parking and on the way back into range.
  package var rampRadiansPerSecond: Float
  /// Nominal time between two commands, seconds.
  package var periodSeconds: Float
  /// The profile's power level, 10–100 %: the most that a request may ask for.
  package var powerPercent: Float
  /// HOLD: the target stays this near to the measured angle, radians.
  package var holdErrorRadians: Float

  /// Limits of `jointCount` joints with every per-joint entry 0, to be filled in by the caller.
  @_noLocks package init(
    jointCount: Int, slewRadiansPerSecond: Float, rampRadiansPerSecond: Float, periodSeconds: Float,
    powerPercent: Float, holdErrorRadians: Float
  ) {
    self.jointCount = jointCount
    self.slewRadiansPerSecond = slewRadiansPerSecond
    self.rampRadiansPerSecond = rampRadiansPerSecond
    self.periodSeconds = periodSeconds
    self.powerPercent = powerPercent
    self.holdErrorRadians = holdErrorRadians
  }

  /// Compiles the limits of a validated profile. Reads arrays: not for the control path.
  package init(profile: RobotProfile) {
    jointCount = profile.jointCount
    slewRadiansPerSecond = Float(profile.safety.slewRadiansPerSecond)
    rampRadiansPerSecond = Float(profile.safety.rampRadiansPerSecond)
    periodSeconds = Float(profile.control.periodSeconds)
    powerPercent = Float(profile.safety.powerPercent)
    holdErrorRadians = Float(profile.safety.holdErrorRadians)
    for (index, joint) in profile.joints.enumerated() {
      positionMinimumRadians[index] = Float(joint.positionRadians.lowerBound)
      positionMaximumRadians[index] = Float(joint.positionRadians.upperBound)
      velocityMaximumRadiansPerSecond[index] = Float(joint.velocityMaxRadiansPerSecond)
      torqueMaximumNewtonMeters[index] = Float(joint.torqueMaxNewtonMeters)
      armingTolerance[index] =
        joint.kind == .hinge ? ControlLimits.hingeToleranceRadians : ControlLimits.slideToleranceMeters
      stiffness[index] = Float(joint.kp)
      damping[index] = Float(joint.kd)
      nominalRadians[index] = Float(joint.nominalRadians)
      parkRadians[index] = Float(joint.parkRadians)
    }
  }

  /// How far outside its range a joint may stand and still be armed (docs/safety.md). Profiles keep some 0.1 rad from the
  /// mechanical stop; a robot that has collapsed lies with its weight on that stop, which yields by some hundredths
  /// (0.03 rad in the simulated quadruped), and encoders add noise. Less would leave a fallen robot where it lies; more
  /// would arm one whose zero is wrong. RAMP moves the joint inward slowly.
  package static var hingeToleranceRadians: Float { @_noLocks get { 0.15 } }
  /// The same for a slide.
  package static var slideToleranceMeters: Float { @_noLocks get { 0.01 } }

  /// The joint that stands farthest outside its range by more than its `armingTolerance`; −1 if none does. One that is
  /// not finite is outside.
  @_noLocks package func jointOutsideRange(_ position: JointVector) -> Int {
    var worst: Float = 0
    var joint = -1
    for index in 0..<jointCount {
      let below = positionMinimumRadians[index] - position[index]
      let above = position[index] - positionMaximumRadians[index]
      let outside = (below > above ? below : above) - armingTolerance[index]
      if outside > worst || !position[index].isFinite {
        worst = outside
        joint = index
      }
    }
    return joint
  }

  /// The smallest distance of any joint to its range as a share of half the range: 1 in the middle, 0 at the limit,
  /// negative outside.
  @_noLocks package func margin(_ position: JointVector) -> Float {
    var smallest: Float = 1
    for index in 0..<jointCount {
      let half = (positionMaximumRadians[index] - positionMinimumRadians[index]) * 0.5
      let below = position[index] - positionMinimumRadians[index]
      let above = positionMaximumRadians[index] - position[index]
      let margin = (below < above ? below : above) / half
      if margin < smallest { smallest = margin }
    }
    return smallest
  }
}
