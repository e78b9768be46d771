package import LimbTypes

/// The last stage before the device, and the only maker of commands that can move a motor (promise S2).
///
/// In order: finite → position → velocity and slew → torque → power level (docs/safety.md). Between two commands a
/// target moves by at most the slew limit times one nominal period, whatever time has passed, so that nothing jumps
/// after a stall. All functions are pure in their arguments and in the few values kept here; control thread only.
package struct SafetyEnvelope: BitwiseCopyable, Sendable {
  /// The profile's limits that it keeps.
  package let limits: ControlLimits
  /// The target in force: what the last command carried, or the measured angle after `seed`. Radians.
  package private(set) var appliedRadians = JointVector()
  /// The gains of the last command, kept while coasting.
  package private(set) var appliedStiffness = JointVector()
  /// The damping of the last command, kept while coasting.
  package private(set) var appliedDamping = JointVector()

  /// An envelope that has no target yet; `seed` gives it one before motion.
  @_noLocks package init(limits: ControlLimits) { self.limits = limits }

  /// Takes the measured angles as the target in force, so that what follows starts without a jump. A measurement that
  /// is not finite leaves its joint's target as it is.
  @_noLocks package mutating func seed(_ measuredRadians: JointVector) {
    for joint in 0..<limits.jointCount where measuredRadians[joint].isFinite {
      appliedRadians[joint] = measuredRadians[joint]
    }
  }

  /// Limits `requested` and fills `command` for motion.
  ///
  /// - Parameters:
  ///   - measuredRadians, measuredRadiansPerSecond: the newest measurement, for the torque stage and for joints outside
  ///     their range.
  ///   - slewRadiansPerSecond: the speed limit of targets: the profile's in an episode, the ramp's otherwise. A joint
  ///     outside its range never moves faster than the ramp, and only inward.
  ///   - powerPercent: 0–100; scales kp, kd and feed-forward after everything else.
  /// - Returns: the stages that changed something. If it contains `.nonFinite`, the request was refused: `command` and
  ///   the target in force are untouched, and the caller coasts.
  @_noLocks package mutating func apply(
    _ requested: JointTargets, measuredRadians: JointVector, measuredRadiansPerSecond: JointVector,
    slewRadiansPerSecond: Float, powerPercent: Float, to command: inout JointCommand
  ) -> LimitedBy {
    var limited = LimitedBy()
    guard isFinite(requested), isFinite(measuredRadians), isFinite(measuredRadiansPerSecond),
      powerPercent >= 0, powerPercent <= 100, slewRadiansPerSecond >= 0
    else { return .nonFinite }
    command.mode = .run
    command.isCoasting = false
    let power = powerPercent * 0.01
    if power < 1 { limited.insert(.power) }
    for joint in 0..<limits.jointCount {
      let target = limitedTarget(
        requested.positionRadians[joint], joint: joint, measured: measuredRadians[joint],
        slew: slewRadiansPerSecond, &limited)
      appliedRadians[joint] = target
      let velocity = clamp(
        requested.velocityRadiansPerSecond[joint], limits.velocityMaximumRadiansPerSecond[joint], .slew, &limited)
      let feedForward = clamp(
        requested.feedForwardNewtonMeters[joint], limits.torqueMaximumNewtonMeters[joint], .torque, &limited)
      var kp = clampGain(requested.stiffness[joint], limits.stiffness[joint])
      var kd = clampGain(requested.damping[joint], limits.damping[joint])
      let scale = torqueScale(
        kp * (target - measuredRadians[joint]) + kd * (velocity - measuredRadiansPerSecond[joint]) + feedForward,
        limits.torqueMaximumNewtonMeters[joint], &limited)
      kp *= scale * power
      kd *= scale * power
      appliedStiffness[joint] = kp
      appliedDamping[joint] = kd
      command.targets.positionRadians[joint] = target
      command.targets.velocityRadiansPerSecond[joint] = velocity
      command.targets.feedForwardNewtonMeters[joint] = feedForward * scale * power
      command.targets.stiffness[joint] = kp
      command.targets.damping[joint] = kd
    }
    return limited
  }

  /// No fresh frame: the last applied target goes on with its gains, feed-forward and velocity zero
  /// (docs/architecture.md, Time).
  @_noLocks package func coast(_ command: inout JointCommand) {
    command.mode = .run
    command.isCoasting = true
    for joint in 0..<limits.jointCount {
      command.targets.positionRadians[joint] = appliedRadians[joint]
      command.targets.velocityRadiansPerSecond[joint] = 0
      command.targets.feedForwardNewtonMeters[joint] = 0
      command.targets.stiffness[joint] = appliedStiffness[joint]
      command.targets.damping[joint] = appliedDamping[joint]
    }
  }

  /// No stiffness, no feed-forward, damping kd: what FALLEN, WAIT, PAUSED and the end of a safe stop stream. The target
  /// follows the measured angles, so that standing up starts from where the joints are.
  @_noLocks package mutating func damp(measuredRadians: JointVector, _ command: inout JointCommand) {
    seed(measuredRadians)
    command.mode = .run
    command.isCoasting = false
    for joint in 0..<limits.jointCount {
      appliedStiffness[joint] = 0
      appliedDamping[joint] = limits.damping[joint]
      command.targets.positionRadians[joint] = appliedRadians[joint]
      command.targets.velocityRadiansPerSecond[joint] = 0
      command.targets.feedForwardNewtonMeters[joint] = 0
      command.targets.stiffness[joint] = 0
      command.targets.damping[joint] = limits.damping[joint]
    }
  }

  /// Motors off, q carrying the measured angles: what a disarmed device validates and counts for ARM (SPEC §6.1).
  @_noLocks package mutating func off(measuredRadians: JointVector, _ command: inout JointCommand) {
    seed(measuredRadians)
    command.mode = .off
    command.isCoasting = false
    command.targets = JointTargets()
    for joint in 0..<limits.jointCount {
      appliedStiffness[joint] = 0
      appliedDamping[joint] = 0
      command.targets.positionRadians[joint] = appliedRadians[joint]
    }
  }
}
