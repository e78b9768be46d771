/// Where the joints should go, before the safety envelope: what the action mapper or a scripted motion asks for.
package struct JointTargets: BitwiseCopyable, Sendable {
  /// Target angles, radians.
  package var positionRadians = JointVector()
  /// Target velocities, radians per second (0 unless a driver asks for a velocity feed-forward).
  package var velocityRadiansPerSecond = JointVector()
  /// Feed-forward torques, newton metres.
  package var feedForwardNewtonMeters = JointVector()
  /// Position gains, newton metres per radian.
  package var stiffness = JointVector()
  /// Damping gains, newton metre seconds per radian.
  package var damping = JointVector()

  /// Nothing asked: no gains, no torque.
  @_noLocks package init() {}
}

/// What the command asks the device to be.
package enum CommandMode: UInt8, BitwiseCopyable, Sendable {
  /// Motors off; q carries the measured position (SPEC, arming).
  case off = 0
  /// Track the targets.
  case run = 1
}

/// One command for the device, in SI units and the profile's joint order, already inside the envelope.
///
/// Only the envelope of `LimbControl` makes them for motion; the driver turns them into wire units.
package struct JointCommand: BitwiseCopyable, Sendable {
  /// Motors off, or following the targets.
  package var mode = CommandMode.off
  /// True while no fresh frame is behind it (docs/architecture.md, Time, coasting): no feed-forward, no velocity, no
  /// extension of the time-to-live.
  package var isCoasting = false
  /// How long the device may live on it, milliseconds, counted from the sampling time of `answersTick`.
  package var timeToLiveMilliseconds: UInt16 = 0
  /// The tick whose frame it answers.
  package var answersTick: UInt64 = 0
  /// What the joints shall do; in mode off the measured angles and nothing else.
  package var targets = JointTargets()

  /// Mode off.
  @_noLocks package init() {}
}

/// Which stage of the envelope changed a target, one bit each (docs/safety.md).
package struct LimitedBy: BitwiseCopyable, Sendable, Equatable {
  /// The bits as the replay store has them.
  package var rawValue: UInt32

  /// The stages with these bits.
  @_noLocks package init(rawValue: UInt32 = 0) { self.rawValue = rawValue }

  /// A target was not a number: the last one went on.
  package static var nonFinite: LimitedBy { @_noLocks get { LimitedBy(rawValue: 1) } }
  /// A target lay outside its joint's range.
  package static var position: LimitedBy { @_noLocks get { LimitedBy(rawValue: 2) } }
  /// A target was further away than the joint may move in one period.
  package static var slew: LimitedBy { @_noLocks get { LimitedBy(rawValue: 4) } }
  /// Gains and feed-forward were scaled down to the torque limit.
  package static var torque: LimitedBy { @_noLocks get { LimitedBy(rawValue: 8) } }
  /// Gains and feed-forward were scaled down to the power level.
  package static var power: LimitedBy { @_noLocks get { LimitedBy(rawValue: 16) } }
  /// A joint stood outside its range and might only move inward, at ramp speed.
  package static var inward: LimitedBy { @_noLocks get { LimitedBy(rawValue: 32) } }
  /// The device clamped further.
  package static var device: LimitedBy { @_noLocks get { LimitedBy(rawValue: 64) } }

  /// Adds the bits of `other`.
  @_noLocks package mutating func insert(_ other: LimitedBy) { rawValue |= other.rawValue }
  /// True if every bit of `other` is set.
  @_noLocks package func contains(_ other: LimitedBy) -> Bool { rawValue & other.rawValue == other.rawValue }
}
