package import LimbTypes

/// What happened between two step records: sums over ticks that become the outcome half of the next record.
package struct StepInterval: BitwiseCopyable, Sendable {
  private var velocitySum = Vector3()
  private var rateSum = Vector3()
  private var powerSum: Float = 0
  private var effortSum: Float = 0
  private var smallestMargin: Float = 1
  private var ticks: Float = 0
  /// When it began, device time.
  package private(set) var startMicroseconds: UInt64 = 0
  /// Ticks that control coasted.
  package private(set) var coastedTicks: UInt16 = 0
  /// Union over its commands.
  package private(set) var limitedBy = LimitedBy()
  /// False once something happened that the learner must not see as an ordinary transition.
  package private(set) var isRegular = true
  private var powerPercent: Float = 0

  /// An interval that has not begun.
  @_noLocks package init() {}

  /// Starts a new interval at a record.
  @_noLocks package mutating func begin(atMicroseconds start: UInt64, powerPercent power: Float) {
    self = StepInterval()
    startMicroseconds = start
    powerPercent = power
  }

  /// Adds one tick with a fresh frame.
  @_noLocks package mutating func add(_ state: RobotState, limits: ControlLimits) {
    velocitySum += state.baseVelocityMetersPerSecond
    rateSum += state.angularVelocityRadiansPerSecond
    var power: Float = 0
    var effort: Float = 0
    for joint in 0..<limits.jointCount {
      let torque = state.jointTorqueNewtonMeters[joint]
      power += (torque * state.jointVelocityRadiansPerSecond[joint]).magnitude
      effort += torque * torque
    }
    powerSum += power
    effortSum += effort
    let margin = limits.margin(state.jointPositionRadians)
    if ticks == 0 || margin < smallestMargin { smallestMargin = margin }
    ticks += 1
  }

  /// One tick without a fresh frame.
  @_noLocks package mutating func addCoast() {
    if coastedTicks < .max { coastedTicks += 1 }
    isRegular = false
  }

  /// What the envelope did to one command, and the power it had.
  @_noLocks package mutating func add(_ limited: LimitedBy, powerPercent power: Float) {
    limitedBy.insert(limited)
    if power < powerPercent || power > powerPercent { isRegular = false }
  }

  /// The device reported that it clamped.
  @_noLocks package mutating func addDeviceClamp() { limitedBy.insert(.device) }

  /// Something irregular happened: a missed step, a refused action.
  @_noLocks package mutating func spoil() { isRegular = false }

  /// Its length until `end`, seconds of device time.
  @_noLocks package func seconds(untilMicroseconds end: UInt64) -> Float {
    end > startMicroseconds ? Float(end - startMicroseconds) * 1e-6 : 0
  }

  /// The signals at its end. Heading, actions, goal and labels are the caller's.
  @_noLocks package func signals(_ state: RobotState, limits: ControlLimits) -> RewardSignals {
    var signals = RewardSignals()
    if ticks > 0 {
      let share = 1 / ticks
      signals.baseVelocityMetersPerSecond = velocitySum * share
      signals.angularVelocityRadiansPerSecond = rateSum * share
      signals.jointPowerWatts = powerSum * share
      signals.effortSquared = effortSum * share
      signals.jointLimitMargin = smallestMargin
    } else {
      signals.baseVelocityMetersPerSecond = state.baseVelocityMetersPerSecond
      signals.angularVelocityRadiansPerSecond = state.angularVelocityRadiansPerSecond
      signals.jointLimitMargin = limits.margin(state.jointPositionRadians)
    }
    signals.rollRadians = state.rollRadians
    signals.pitchRadians = state.pitchRadians
    signals.baseHeightMeters = state.baseHeightMeters
    signals.contacts = UInt32(state.contacts)
    signals.handPositionMeters = state.handPositionMeters
    signals.achievedGoalMeters = state.handPositionMeters
    signals.handSpeedMetersPerSecond = length(state.handVelocityMetersPerSecond)
    return signals
  }
}
